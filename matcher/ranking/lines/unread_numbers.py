"""The numbers of a requirement that are part of a name or a count: ISO 27001, IP67, 8 路, 三级.

A text answers such a requirement only where it holds the same number next to the same word, or,
where at least so many of something are asked for, a higher count of it. More lines stay without
evidence that way; none is answered by ISO 9001.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from matcher.ranking.lines.bounds import LOOK, MOST, bound_of
from matcher.ranking.lines.named_things import Thing, named_things, specific
from matcher.text.stopwords import ENGLISH_STOP_WORDS
from matcher.text.terms import normalise
from matcher.text.units import HAN_DIGITS, HAN_TENS

REMEMBERED = 8_192
OF = 24  # characters behind a count, or before it, that may say of what
BESIDE = 24  # characters before and behind a number in which its words stand

_COUNTED = (
    "路种类级等台个项套轴代层核线点位次人名家条件张片米年月日天期版类档倍度寸英面孔相吨只根批"
)
_HAN = f"[{''.join(HAN_DIGITS)}十百千]"
_NUMBER = re.compile(
    r"[0-9]{1,18}(?:,[0-9]{3}){0,5}(?:\.[0-9]{1,18}){0,5}"
    rf"|(?<!{_HAN})(?!一[^级等])(?!{_HAN}(?:个|次|点|名|位|等等)){_HAN}{{1,6}}(?=[路种类级轴核代])"
    r"|\b(?:halv(?:e[sd]?|ing)|half|thirds?|quarters?|twice|doubl(?:es?|ed|ing)|tripl(?:es?|ed|ing))\b"
    r"|翻[一两]?番|翻倍|倍增"
)
_LIST_MARK = re.compile(r"^\s*[(]?[0-9]{1,2}\s*[、.)](?![0-9])")
_TAIL = re.compile(rf"\s?[余多]?\s?(?:[a-z]{{1,12}}(?![a-z])|[%‰°℃+]|[{_COUNTED}])")
_WORD = re.compile(r"[a-z]{1,20}")
# "at least 8 cameras", "supports 8 cameras": the words that only lead to a number.
_LEADING = ENGLISH_STOP_WORDS | {
    "least", "most", "than", "over", "up", "support", "supports", "with", "about", "only",
    "minimum", "maximum", "handle", "handles", "within", "approximately", "under", "below", "above",
}  # fmt: skip


# A count of these asks for at least so many, even where no bound is written ("supports 8 cameras").
_SORTS = {
    "种": "种", "类": "种", "款": "款", "型": "型", "路": "路",
    "kind": "种", "type": "种", "specie": "种", "species": "种", "class": "种", "classe": "种",
    "category": "种", "categorie": "种", "variety": "种", "varietie": "种", "sort": "种",
    "channel": "路", "stream": "路",
}  # fmt: skip
_ORDINAL = re.compile(r"第\s*$")
# A grade is part of a name: 二类医疗器械 is not two sorts of them.
_GRADED = re.compile(r"医疗器械|创新药|新药|传染病|资质|[^，,；;。]{0,6}(?:注册证|许可证|证书)")
_CLAUSE = re.compile(r"[，,；;。.!！?？]|\s(?=[0-9])")
_NEARLY = re.compile(r"(?:近|接近|将近|nearly|almost)\s*$")


class Count(NamedTuple):
    """How many of what sort, and the things that its clause names behind it or else before."""

    value: int
    sort: str
    of: tuple[Thing, ...]


class Number(NamedTuple):
    """A number of a requirement as it is shown, and the ways in which a text may tell it."""

    shown: str
    ways: frozenset[str]
    least: Count | None = None  # at least so many are asked for


@lru_cache(REMEMBERED)
def numbers_of(text: str) -> tuple[Number, ...]:
    """Return the numbers of a text in order; a number alone tells one that has no word beside it.

    Examples
    --------
    >>> [(number.shown, sorted(number.ways)) for number in numbers_of("支持8路相机，ISO 27001")]
    [('8路', ['8路']), ('27001', ['iso 27001'])]
    """
    normal = _LIST_MARK.sub(" ", normalise(text))
    found = []
    for match in _NUMBER.finditer(normal):
        tail = _TAIL.match(normal, match.end())
        shown = match[0] + (tail[0] if tail and not tail[0].startswith(" ") else "")
        ways = frozenset(_beside(normal, match) or {_plain(match[0])})
        count = _count(normal, match)
        found.append(Number(shown, ways, count[0] if count and count[1] != MOST else None))
    return tuple(found)


def untold(numbers: Sequence[Number], texts: Iterable[str]) -> list[str]:
    """Return those of some numbers that no text tells next to the same word, as they are shown.

    Examples
    --------
    >>> asked = numbers_of("通过ISO 27001认证")
    >>> untold(asked, ["ISO/IEC 27001:2022"]), untold(asked, ["ISO 9001"])
    ([], ['27001'])
    >>> untold(numbers_of("支持20种以上"), ["可识别30余种害虫"])
    []
    """
    if not numbers:
        return []
    texts = list(texts)
    told = frozenset().union(*map(_told, texts))
    counts = [count for text in texts for count in _counts(text)]
    return [number.shown for number in numbers if not _is_told(number, told, counts)]


def _is_told(number: Number, told: frozenset[str], counts: Sequence[tuple[Count, str]]) -> bool:
    """Whether a number is told; how many of a sort there are is told by counts of it alone."""
    asked = number.least
    same = [one for one in counts if asked is not None and one[0].sort == asked.sort]
    if asked is None or not same:
        return not number.ways.isdisjoint(told)
    return any(operator != MOST and _reaches(count, asked) for count, operator in same)


@lru_cache(REMEMBERED)
def _told(text: str) -> frozenset[str]:
    normal = normalise(text)
    told: set[str] = set()
    for match in _NUMBER.finditer(normal):
        told |= {_plain(match[0])} | _beside(normal, match)
    return frozenset(told)


def _reaches(count: Count, asked: Count) -> bool:
    """Whether a published count is of what a requirement counts, and as high."""
    if count.value < asked.value:
        return False
    both = count.of and asked.of
    return not both or any(
        set(one.han) & set(other.han) or set(one.stems) & set(other.stems)
        for one in count.of
        for other in asked.of
    )


@lru_cache(REMEMBERED)
def _counts(text: str) -> tuple[tuple[Count, str], ...]:
    """Return the counts that a text publishes, with the bound of each."""
    normal = normalise(text)
    return tuple(filter(None, (_count(normal, match) for match in _NUMBER.finditer(normal))))


def _count(normal: str, match: re.Match[str]) -> tuple[Count, str] | None:
    """Return a number as a count with its bound; ``None`` where it counts no sort of things."""
    tail, number = _TAIL.match(normal, match.end()), _plain(match[0])
    sort = _SORTS.get(_singular(re.sub(r"[\s余多]", "", tail[0]))) if tail else None
    if tail is None or sort is None or not number.isdigit():
        return None
    before = normal[max(0, match.start() - LOOK) : match.start()]
    after = normal[tail.end() : tail.end() + LOOK]
    if _ORDINAL.search(before) or _GRADED.match(after):
        return None
    operator = MOST if _NEARLY.search(before) else bound_of(before, after)[0]
    behind, ahead = _CLAUSE.split(after, maxsplit=1)[0][:OF], _CLAUSE.split(before)[-1][-OF:]
    of = specific(named_things(behind)) or specific(named_things(ahead))
    return Count(int(number), sort, of), operator


def _plain(number: str) -> str:
    """Return digits without separators, and a Chinese numeral below a hundred as digits."""
    if number[0] not in HAN_DIGITS and number[0] not in HAN_TENS:
        return number.replace(",", "")
    total, digit = 0, 0
    for character in number:
        if character in HAN_TENS:
            total += (digit or 1) * HAN_TENS[character]
            digit = 0
        else:
            digit = digit * 10 + HAN_DIGITS[character]
    return str(total + digit)


def _beside(normal: str, match: re.Match[str]) -> set[str]:
    """Return a number with the word behind it, and with each of two Latin words before it."""
    number = _plain(match[0])
    ways: set[str] = set()
    if not number[0].isdigit():
        return ways
    tail = _TAIL.match(normal, match.end())
    if tail:
        unit = re.sub(r"[\s余多]", "", tail[0])
        if unit not in _LEADING:
            ways.add(number + _singular(unit))
    before = re.split(r"[^a-z0-9 /\-+._]", normal[max(0, match.start() - BESIDE) : match.start()])[
        -1
    ]
    names = [word for word in _WORD.findall(before)[-2:] if word not in _LEADING]
    return ways | {f"{name} {number}" for name in names}


def _singular(word: str) -> str:
    return word[:-1] if len(word) > 3 and word.endswith("s") else word
