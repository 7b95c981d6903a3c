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
_BUSINESS_ZH = re.compile(
    r"(?:信息技术|网络科技|智能科技|电子科技|信息科技|生物科技|数字科技|科技发展|科技|技术|实业|工业|制造|控股"
    r"|投资|发展|贸易|工程|装备|设备|机械|材料|软件|电子|信息|智能|网络|数据|系统|服务|咨询|产业)+$"
)
_LEGAL_EN = re.compile(
    r"(?:[\s,.()]*\b(?:co|company|ltd|limited|inc|incorporated|corp|corporation|llc|plc|gmbh|ag|sa"
    r"|group|holdings?|the)\b[\s,.()]*)+$",
    re.IGNORECASE,
)
# Words that shorten many a name and stand in no list of terms.
_GENERIC = _words("中国 国家 全国 中华 人工 国际 第一 中心 china chinese national international")


def names_to_mask(
    name: str = "", name_en: str = "", others: Iterable[str] = (), credit_code: str = ""
) -> tuple[str, ...]:
    """Return what to look for: the full names, their short forms, and whatever else is given.

    The short form leaves out the place in front and the legal and business words behind, unless
    what is left is too common a word to mask.

    Examples
    --------
    >>> names_to_mask("江苏合成示例智能科技股份有限公司")
    ('江苏合成示例智能科技股份有限公司', '合成示例智能科技', '合成示例')
    >>> names_to_mask(name_en="Synthetic Example Co., Ltd.")
    ('Synthetic Example', 'Synthetic Example Co., Ltd.')
    """
    short = [form for form in (*_short_zh(name), *_short_en(name_en)) if _is_telling(form)]
    given = (name, *short, name_en, *others, credit_code)
    return tuple(dict.fromkeys(text.strip() for text in given if text.strip()))


def _is_telling(short: str) -> bool:
    """Whether a short form points to one organisation and is not a word of the trade."""
    folded = fold(short).text
    if len(folded) < SHORTEST_NAME or folded in _GENERIC:
        return False
    return Lexicon.load().coverage(short) < 1.0 and not find_industries(short, 1)


def _short_zh(name: str) -> Iterator[str]:
    without_legal = _LEGAL_ZH.sub("", name.strip())
    stem = _without_place(re.sub(r"[（(][^）)]*[）)]", "", without_legal))
    if stem != name:
        yield stem
    brand = _BUSINESS_ZH.sub("", stem)
    if brand != stem and _is_telling(stem):
        yield brand


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
    stem = _LEGAL_EN.sub("", name.strip()).strip(" ,.")
    if stem and stem != name:
        yield stem
