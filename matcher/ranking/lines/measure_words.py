"""Words by which Chinese and English texts say what a number measures.

Only tables; ``measures`` reads texts with them. Patterns run on normalised (lower-case) words,
except those that are matched beside a number in the original text, which ignore case.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_SHARE = frozenset({"%", ""})
_TIME = frozenset({"s"})
_FINE_UNITS = frozenset({"m", "°", "°C", "kg", "m3", "Pa", "V", "A", "N", "W", "m/s"})
# How finely something is told apart or placed, in a unit of its own: smaller is better, and every
# bound on it means "at most": 优于, 高于 and 不低于 0.02 mm all ask for 0.02 mm or less.
FINENESS = "fineness"
FINE = re.compile(
    r"(?<![高均])精度|分辨[率力]|准确[度性]|精确度|重复性"
    r"|(?<!high )(?<!high-)\b(?:accuracy|precision|resolution|repeatability)\b"
)
# "精度优于 1 %" is a tolerance; no hit rate is asked for or published as low as this.
TOLERANCE_SHARE = 20.0


class Kind(NamedTuple):
    """A kind of measure: how texts name it, its base units, and which direction is better."""

    pattern: re.Pattern[str]
    units: frozenset[str]
    better: str  # >= | <=


def _kind(pattern: str, better: str, units: frozenset[str] = _SHARE) -> Kind:
    return Kind(re.compile(pattern), units, better)


# Different kinds are never compared: 漏检率 0.5 % says nothing sure about 检出率 99.5 %.
KINDS: dict[str, Kind] = {
    "accuracy": _kind(r"准确[率度性]|正确率|准确(?!$)|精度|accura\w*", ">="),
    "precision": _kind(r"精确率|查准率|\bprecision\b", ">="),
    "hit": _kind(r"命中率|\bhit rate", ">="),
    "recognition": _kind(r"识别率|\brecognition rate", ">="),
    "recall": _kind(
        r"检出率|召回率?|查全率|灵敏度|敏感[度性]|\brecall\b|\bsensitivity\b"
        r"|(?<!missed )(?<!false )\bdetection rate",
        ">=",
    ),
    "miss": _kind(
        r"漏[检报判诊](?:率|比例)?|\bmiss(?:ed)?[- ](?:detection |alarm |call )?rate|\bmissed \w+"
        r"|\bmisses\b|\bfalse negatives?(?: rate)?|\bescape rate",
        "<=",
    ),
    "false_alarm": _kind(
        r"误[检报判警诊](?:率|比例)?|虚警率?|过杀率?|错误率"
        r"|\bfalse[- ](?:alarms?|positives?|calls?|detections?|rejects?)(?: rate)?"
        r"|\boverkill(?: rate)?|\berror rate",
        "<=",
    ),
    "yield": _kind(
        r"良品?率|合格率|成品率|直通率|一级品率|一次通过率|优[等良]率|\byield\b|\bpass rate", ">="
    ),
    "defect": _kind(
        r"不良率|不合格率|缺陷率|次品率|废品率|报废率|返[修工]率|退货率"
        r"|\b(?:defect|scrap|rework|reject|return) rate",
        "<=",
    ),
    "failure": _kind(r"故障率|停机率|事故率|\bfailure rate|\bdowntime rate", "<="),
    "availability": _kind(
        r"可用[率性度]|开动率|在线率|稼动率|设备综合效率|\boee\b|\bavailability\b|\buptime\b", ">="
    ),
    "coverage": _kind(r"覆盖率|\bcoverage\b", ">="),
    "adoption": _kind(r"采纳率|采用率|\badoption(?: rate)?", ">="),
    "utilisation": _kind(r"利用率|\butili[sz]ation(?: rate)?", ">="),
    "f1": _kind(r"\bf1(?:[- ]?score|值)?", ">="),
    "map": _kind(r"\bmap(?:@[\w.]+)?\b|平均精度均值", ">="),
    "auc": _kind(r"\bauc\b", ">="),
    "fineness": _kind(FINE.pattern, "<=", _FINE_UNITS),
    "lead": _kind(
        r"提前[^，,。；;0-9]{0,8}时间|提前量?|预见期|预[报测]时效|\bhorizon\b|\blead time|\bahead\b"
        r"|预[测报警判][^，,。；;0-9]{0,8}未来|\b(?:predict|forecast)\w*[^,.;0-9]{0,40}\bnext\b"
        r"|\bin advance\b|\bbeforehand\b",
        ">=",
        _TIME,
    ),
    # How long it lasts: longer is better, unlike the time that something takes.
    "endurance": _kind(
        r"(?:续航|待机)(?:时间|时长)?|寿命|(?:平均)?无故障(?:运行|工作)?(?:间隔)?(?:时间)?|质保期?|保修期?|维保期?"
        r"|(?:连续|稳定)(?:运行|工作)(?:时间|时长)?|(?:保存|留存|存储|保留)(?:时间|时长|周期|期限?)?"
        r"|\bmtbf\b|\b(?:battery|service|working) life\b|\blifetime\b|\bwarranty\b"
        r"|\bretention(?: time)?\b"
        r"|\bmean time between failures\b",
        ">=",
        _TIME,
    ),
    "duration": _kind(
        r"时间|用时|耗时|时长|时延|延迟|延时|响应|节拍|周期|工期|停机|\blatency\b|\btime\b|\bdelay\b"
        r"|\bduration\b|\bcycle\b|\btakt\b|\bresponse\b|\bdowntime\b",
        "<=",
        _TIME,
    ),
}

LESS = re.compile(
    r"降低|下降|降幅|降本|降耗|减少|减幅|削减|缩短|缩减|压缩(?!空气|机)|节省|节约|节[能油电水煤料](?:率|量)?"
    r"|(?:降|减|省|少|缩)(?=了?\s*$)"
    r"|\b(?:reduc\w*|lower\w*|cut\w*|decreas\w*|down|shorte\w*|sav(?:e|es|ed|ing|ings)|less|fewer"
    r"|drop\w*|fell|fall\w*)\b"
)
MORE = re.compile(
    r"提升|提高|增加|增长|增幅|上升|增产|增效|提效|改善|翻番|(?:升|增|涨|高|快)(?=了?\s*$)"
    r"|\b(?:increas\w*|improv\w*|rais\w*|rose|up|higher|grow\w*|grew|gain\w*|more|faster)\b"
)
_ABOUT = r"(?:大?约|近|接近|仅|只有|about|around|nearly|only|just)?\s*"
_NOT_MORE = r"(?:不足|不到|低于|以下|under|below|less than)?\s*"
_NOT_LESS = r"(?:超过?|高于|over|above|more than)?\s*"
# 降至 5 %, "cut to 5 %": the number is the new level, not the change.
TO_LEVEL = re.compile(
    rf"(?:(?:[降减缩升增涨]|降低|下降|减少|缩短|缩减|压缩|节省|提升|提高|增加|增长|上升|达|变)[至到为成]"
    rf"|→|(?<!up )\bto\b)\s*{_ABOUT}{_NOT_MORE}{_NOT_LESS}$"
    r"|^\s*(?:[^0-9]{0,8}?[降减缩升增涨短低少高升长][至到为成]|→|(?:[^0-9]{0,30}\s)?to\b)",
    re.IGNORECASE,
)
FROM_BEFORE = re.compile(r"(?:[由从自][^0-9]{0,10}|\bfrom\b[^0-9]{0,16})$", re.IGNORECASE)
EARLIER_BEFORE = re.compile(
    r"(?:原(?![油片料材子理型位因始])|此前|以前|过去|原来|原先)[^0-9]{0,10}$"
    r"|\b(?:previously|formerly|originally|used to take|was|were|instead of|compared with)\b"
    r"[^0-9]{0,16}$",
    re.IGNORECASE,
)
EARLIER_AFTER = re.compile(
    r"[^0-9,，;；]{0,16}(?:\b(?:before|previously|formerly|by hand)\b)", re.IGNORECASE
)
SOME = re.compile(r"[数几]\s*$")  # 数十小时 is no figure
LEADING_NUMBER = re.compile(r"^[\d.,．，]+")
PERIOD = re.compile(
    r"(?:每|未来|连续|过去|近|every|each|per|next|past|last)[^0-9]{0,6}$|[0-9]\s*[x×*]\s*$"
)
EVERY = re.compile(r"(?:每隔?|\b(?:every|each))\s*$", re.IGNORECASE)
PERIOD_AFTER = re.compile(
    r"\s*(?:不间断|连续|运行|在线|值守|待命|a day\b|per day\b|operation\b|non-?stop\b)"
)
RANGE_SIGN = re.compile(r"\s*(?:-|–|—|~|～|〜|至|到|to)\s*", re.IGNORECASE)
# "between 90 % and 94 %" is one range, "90 % and 94 %" are two figures.
BETWEEN, BETWEEN_SIGN = (
    re.compile(r"(?:介于|\bbetween)\s*$", re.IGNORECASE),
    re.compile(r"\s*(?:和|与|and)\s*", re.IGNORECASE),
)
# A comma inside a number and a full stop inside a figure or a name end no clause.
CLAUSE_END = re.compile(r"[。；;！!？?\n（）()]+|，+|,(?![0-9]{3})|\.(?=\s|$)")
PART_END = re.compile(r"[、/&+]|以及|与|和|及|\band\b")
GENERIC = re.compile(
    r"同比|环比|year on year|平均|综合|整体|总体|系统|实现|达到|可达|达|单次|单件|每次|约|近|率$"
    r"|每件|要求|需要|必须|希望|目标|指标|[至到为成由从自了]\s*$"
    r"|\b(?:average|overall|mean|systems?|reach\w*|achiev\w*|rate|must|should|required?|target|with"
    r"|least|most|than|from|to|of|the)\b"
)
