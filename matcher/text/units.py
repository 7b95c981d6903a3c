"""Tables of units, multipliers and numerals as Chinese and English texts write them.

Only data; ``quantities`` reads texts with it.
"""

from __future__ import annotations

from decimal import Decimal

# base unit: factor → spellings, "_" for a space. Case matters only where two spellings differ by
# nothing else.
UNITS: dict[str, dict[str, str]] = {
    "%": {
        "1": "% ％ 百分点 个百分点 percent per_cent pct percentage_point percentage_points",
        "0.1": "‰ 千分点",
        "0.0001": "ppm",
        "1e-7": "ppb",
        "10": "成",
    },
    "x": {
        "1": "倍 x × fold times",
    },
    "m": {
        "1": "m 米 公尺 metre metres meter meters",
        "1000": "km 千米 公里 kilometre kilometres kilometer kilometers",
        "0.1": "dm 分米",
        "0.01": "cm 厘米 釐米 公分 centimetre centimetres centimeter centimeters",
        "0.001": "mm 毫米 millimetre millimetres millimeter millimeters",
        "1e-6": "μm µm um 微米 micron microns micrometre micrometres micrometer micrometers",
        "1e-9": "nm 纳米 奈米 nanometre nanometres nanometer nanometers",
        "0.0254": "inch inches 英寸",
    },
    "m2": {
        "1": "m2 m² ㎡ 平方米 平米 sqm",
        "10000": "公顷 hectare hectares ha",
        "1e-6": "mm2 mm² 平方毫米",
        "0.0001": "cm2 cm² 平方厘米",
        "1000000": "km2 km² 平方公里 平方千米",
        "666.6666666667": "亩 畝 mu",
    },
    "m3": {
        "1": "m3 m³ 立方米 方",
        "0.001": "L l 升 litre litres liter liters",
        "0.000001": "mL ml 毫升 cm3 cm³",
    },
    "kg": {
        "1": "kg 千克 公斤 kilogram kilograms",
        "0.001": "g 克 gram grams",
        "1e-6": "mg 毫克 milligram milligrams",
        "1e-9": "μg µg ug 微克",
        "0.5": "斤",
        "1000": "t 吨 噸 ton tons tonne tonnes",
        "0.45359237": "lb lbs pound pounds",
    },
    "s": {
        "1": "s 秒 秒钟 sec secs second seconds",
        "0.001": "ms 毫秒 millisecond milliseconds",
        "1e-6": "μs µs us 微秒 microsecond microseconds",
        "1e-9": "ns 纳秒",
        "60": "min mins 分钟 分鐘 minute minutes",
        "3600": "h hr hrs 小时 小時 个小时 hour hours",
        "86400": "天 day days 个工作日 工作日",
        "604800": "周 星期 个星期 week weeks",
        "2629800": "个月 個月 month months",
        "31557600": "年 year years",
    },
    "CNY": {
        "1": "元 元人民币 CNY RMB yuan ¥ ￥",
        "10000": "万元人民币",
    },
    "USD": {
        "1": "USD 美元 $ dollar dollars",
    },
    "EUR": {
        "1": "EUR 欧元 € euro euros",
    },
    "W": {
        "1": "W 瓦 watt watts",
        "1000": "kW 千瓦",
        "1000000": "MW 兆瓦",
        "1e9": "GW 吉瓦",
        "0.001": "mW",
    },
    "kWh": {
        "1": "kWh 千瓦时 千瓦·时 度电",
        "1000": "MWh 兆瓦时",
        "1000000": "GWh",
    },
    "J": {
        "1": "J 焦耳",
        "1000": "kJ 千焦",
        "1000000": "MJ 兆焦",
        "1e9": "GJ 吉焦",
    },
    "V": {
        "1": "V 伏 伏特 volt volts",
        "1000": "kV 千伏",
        "0.001": "mV 毫伏",
    },
    "A": {
        "1": "A 安 安培",
        "0.001": "mA 毫安",
    },
    "Hz": {
        "1": "Hz 赫兹 fps 帧/秒 帧每秒",
        "1000": "kHz 千赫",
        "1000000": "MHz 兆赫",
        "1e9": "GHz",
    },
    "°C": {
        "1": "℃ °C 摄氏度 度 degree_Celsius degrees_Celsius",
    },
    "°": {
        "1": "° degree degrees deg",
        "1/60": "′ 角分 arcmin arcminute arcminutes",
        "1/3600": "″ 角秒 arcsec arcsecond arcseconds",
    },
    "Pa": {
        "1": "Pa 帕",
        "1000": "kPa 千帕",
        "1000000": "MPa 兆帕",
        "100000": "bar",
    },
    "N": {
        "1": "N 牛 牛顿",
        "1000": "kN 千牛",
    },
    "dB": {
        "1": "dB 分贝",
    },
    "byte": {
        "1": "B 字节 byte bytes",
        "1000": "KB kB",
        "1000000": "MB",
        "1e9": "GB",
        "1e12": "TB",
        "1e15": "PB",
    },
    "bit": {
        "1000": "kbit",
        "1000000": "Mbit",
        "1e9": "Gbit",
    },
    "rpm": {
        "1": "rpm 转/分 转每分",
    },
    "person": {
        "1": "人 名 位 people persons workers employees",
    },
    "occurrence": {
        "1": "次 起 occurrences",
    },
    "device": {
        "1": "台 套 devices units machines",
    },
    "company": {
        "1": "家 companies enterprises",
    },
    "item": {
        "1": "个 個 件 张 張 条 條 项 項 片 块 只 例 份 篇 items pieces parts samples images",
    },
}

MULTIPLIERS = {
    "百": "1e2", "千": "1e3", "万": "1e4", "萬": "1e4", "十万": "1e5", "百万": "1e6", "千万": "1e7",
    "亿": "1e8", "億": "1e8", "十亿": "1e9", "百亿": "1e10", "千亿": "1e11", "万亿": "1e12",
    "hundred": "1e2", "thousand": "1e3", "million": "1e6", "billion": "1e9", "trillion": "1e12",
}  # fmt: skip
CURRENCIES = {"¥": "CNY", "￥": "CNY", "RMB": "CNY", "CNY": "CNY", "$": "USD", "USD": "USD",
               "€": "EUR", "EUR": "EUR"}  # fmt: skip
# Written-out English numbers before a unit. "One" is left out: it mostly measures nothing.
ENGLISH_NUMBERS = {
    "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9,
    "ten": 10, "eleven": 11, "twelve": 12, "fifteen": 15, "twenty": 20, "thirty": 30, "forty": 40,
    "fifty": 50, "sixty": 60, "ninety": 90,
}  # fmt: skip
HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")}
HAN_DIGITS |= {"〇": 0, "两": 2, "兩": 2}
HAN_TENS = {"十": 10, "百": 100, "千": 1000}
HAN_MYRIADS = {"万": 10**4, "萬": 10**4, "亿": 10**8, "億": 10**8}
# Counting words after a Chinese numeral are mostly grammar (一个, 一次), not measurements.
COUNTS = {"person", "occurrence", "device", "company", "item", "°C"}


def _factor(written: str) -> Decimal:
    above, _, below = written.partition("/")
    return Decimal(above) / Decimal(below or 1)


FACTORS = {
    spelling.replace("_", " "): (_factor(factor), base)
    for base, factors in UNITS.items()
    for factor, spellings in factors.items()
    for spelling in spellings.split()
}
FACTORS_ANY_CASE = {
    spelling.lower(): entry for spelling, entry in reversed(FACTORS.items()) if len(spelling) > 1
}
