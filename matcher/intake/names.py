"""What an organisation is called: its full names and the short forms that would betray it, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from matcher.intake.folding import fold
from matcher.text.lexicon import Lexicon
from matcher.vocabulary import find_industries, region_codes, region_label
from matcher.vocabulary.regions import short_name

SHORTEST_NAME = 2  # folded characters; one character alone stands in too many words


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_LEGAL_ZH = re.compile(
    r"(?:（[^）]*）|\([^)]*\)|股份有限公司|有限责任公司|集团有限公司|有限公司|分公司|总公司|股份公司|公司"
    r"|集团股份|集团|股份)+$"
)
# What a name says of the trade, behind the brand; taken off word by word, the longest first.
_TRADE_ZH = _words(
    "信息技术 网络科技 智能科技 电子科技 信息科技 生物科技 数字科技 科技发展 科技 技术 实业 "
    "工业 制造 控股 投资 发展 贸易 工程 装备 设备 机械 材料 新材料 软件 电子 信息 智能 网络 "
    "数据 系统 服务 咨询 产业 精密 精工 精机 汽车 车辆 零部件 电气 电器 电力 电机 电缆 线缆 "
    "电池 能源 新能源 动力 光电 光学 光伏 半导体 微电子 芯片 通信 通讯 化工 化学 化纤 石化 "
    "石油 医药 制药 药业 医疗 器械 生物 食品 饮料 乳业 酒业 粮油 纺织 服装 服饰 家具 家居 "
    "建材 水泥 玻璃 陶瓷 搪瓷 橡胶 塑料 塑胶 纸业 造纸 印刷 包装 钢铁 钢业 特钢 钢管 轧钢 "
    "带钢 不锈钢 冶金 有色 铝业 铜业 金属 制品 五金 铸造 锻造 模具 机床 数控 阀门 轴承 齿轮 "
    "泵业 重工 轻工 造船 船舶 航空 航天 轨道 交通 物流 港口 铁路 矿业 矿山 煤业 煤炭 稀土 "
    "环保 环境 水务 燃气 仪器 仪表 传感 自动化 机器人 农业 牧业 种业 渔业 林业 园林 建筑 建设 "
    "置业 企业 大数据 云计算 人工智能 数科 研究院 研究所 设计院 中心"
)
_LONGEST_FIRST = tuple(sorted(_TRADE_ZH, key=lambda word: (-len(word), word)))
_LEGAL_EN = re.compile(
    r"(?:[\s,.()]*\b(?:co|company|ltd|limited|inc|incorporated|corp|corporation|llc|plc|gmbh|ag|sa"
    r"|group|holdings?|the)\b[\s,.()]*)+$",
    re.IGNORECASE,
)
_TRADE_EN = _words(
    "technology technologies tech techno scientific science industry industries industrial "
    "manufacturing manufacture manufacturer machinery machine machines mechanical equipment "
    "tool tools precision engineering automation robot robotics electric electrical "
    "electronic electronics power energy new material materials steel iron metal metals "
    "metallurgy rolling mill mills foundry casting auto automotive automobile vehicle "
    "vehicles parts components chemical chemicals petrochemical pharma pharmaceutical "
    "pharmaceuticals medical biotech food foods textile textiles glass cement ceramics rubber "
    "plastic plastics paper packaging printing furniture software information data digital "
    "intelligent intelligence smart system systems network networks solution solutions "
    "service services consulting trading trade international global development investment "
    "works plant factory enterprise enterprises institute research"
)
# First words of many a name that alone point to nobody.
_COMMON_EN = _words(
    "advanced first general united modern great golden star best central royal future "
    "innovative superior premier standard new smart green clean pacific asia east west north "
    "south eastern western northern southern demonstration synthetic example pilot surface "
    "online"
)
# Parts of an address that belong to nobody in particular: second levels and public mail services.
_NO_OWNER = _words(
    "com net org gov edu ac co mail smtp 163 126 yeah qq foxmail sina sohu aliyun 139 189 gmail "
    "outlook hotmail live icloud proton protonmail example demo"
)
SHORTEST_DOMAIN = 4
# Words that shorten many a name and stand in no list of terms.
_GENERIC = _words(
    "中国 国家 全国 中华 人工 国际 第一 中心 演示 示例 虚构 测试 china chinese national "
    "international"
)


def names_to_mask(
    name: str = "", name_en: str = "", others: Iterable[str] = (), credit_code: str = ""
) -> tuple[str, ...]:
    """Return what to look for: the full names, their short forms, and whatever else is given.

    The short forms leave out the legal form, the place in front and, one by one, the words of the
    trade behind, unless what is left is too common a word to mask.

    Examples
    --------
    >>> names_to_mask("江苏合成示例智能科技股份有限公司")
    ('江苏合成示例智能科技股份有限公司', '江苏合成示例智能科技', '合成示例智能科技', '合成示例')
    >>> names_to_mask(name_en="Veiled Rolling Mill Co., Ltd.")
    ('Veiled Rolling Mill', 'Veiled Rolling', 'Veiled', 'Veiled Rolling Mill Co., Ltd.')
    """
    short = [form for form in (*_short_zh(name), *_short_en(name_en)) if _is_telling(form)]
    given = (name, *_whole(name, name_en), *short, name_en, *others, credit_code)
    return tuple(dict.fromkeys(text.strip() for text in given if text.strip()))


def own_domain(email: str) -> str:
    """Return the word of a mail address that stands for its owner; none of a public mail service.

    Examples
    --------
    >>> own_domain("a@mail.veiled-mill.com.cn"), own_domain("a@163.com")
    ('veiled-mill', '')
    """
    labels = email.rpartition("@")[2].lower().split(".")
    own = [label for label in labels[:-1] if label not in _NO_OWNER]
    word = own[-1] if own else ""
    return word if len(word) >= SHORTEST_DOMAIN else ""


def _is_telling(short: str) -> bool:
    """Whether a short form points to one organisation and is not a word of the trade."""
    folded = fold(short).text
    if len(folded) < SHORTEST_NAME or folded in _GENERIC:
        return False
    return Lexicon.load().coverage(short) < 1.0 and not find_industries(short, 1)


def _whole(name: str, name_en: str) -> Iterator[str]:
    """Yield the names without their legal forms: a place and a trade together point to one."""
    plain = _plain_zh(name)
    if _without_place(plain) != plain:
        yield plain
    words = _plain_en(name_en)
    if len(words) > 1:
        yield " ".join(words)


def _plain_zh(name: str) -> str:
    return re.sub(r"[（(][^）)]*[）)]", "", _LEGAL_ZH.sub("", name.strip()))


def _plain_en(name: str) -> list[str]:
    bare = re.sub(r"[（(][^）)]*[）)]?", " ", _LEGAL_EN.sub("", name.strip()))
    return _LEGAL_EN.sub("", bare).strip(" ,.").split()


def _short_zh(name: str) -> Iterator[str]:
    """Yield shorter and shorter forms: without legal form, place, each word of the trade."""
    stem = _without_place(_plain_zh(name))
    while stem != name and len(stem) >= SHORTEST_NAME:
        yield stem
        word = next((one for one in _LONGEST_FIRST if stem.endswith(one) and stem != one), "")
        if not word:
            return
        stem = stem.removesuffix(word)


def _without_place(name: str) -> str:
    """Leave out the province or city that a name begins with, if enough is left."""
    for place in _places():
        if name.startswith(place) and len(name) >= len(place) + SHORTEST_NAME:
            return name[len(place) :].removeprefix("省").removeprefix("市")
    return name


def _places() -> list[str]:
    codes = (code for level in ("province", "city") for code in region_codes(level))
    names = {short_name(region_label(code)) for code in codes}
    return sorted(names | {"中国"}, key=lambda place: (-len(place), place))


def _short_en(name: str) -> Iterator[str]:
    """Yield shorter and shorter forms: without the legal form, brackets, each word of the trade."""
    words = _plain_en(name)
    while words and words[0].lower() in {"the", *_GENERIC}:
        words = words[1:]
    while words and " ".join(words) != name:
        if len(words) > 1 or words[0].lower() not in _TRADE_EN | _COMMON_EN:
            yield " ".join(words)
        if len(words) == 1 or words[-1].lower().strip(".,") not in _TRADE_EN:
            return
        words = words[:-1]
