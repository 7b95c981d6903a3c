"""The numbers of a requirement that are part of a name or a count: ISO 27001, IP67, 8 路, 三级.

Nothing compares them, so a text answers such a requirement only where it holds the same number next
to the same word. More lines stay without evidence that way; none is answered by ISO 9001.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import NamedTuple

from matcher.text.stopwords import ENGLISH_STOP_WORDS
from matcher.text.terms import normalise
from matcher.text.units import HAN_DIGITS, HAN_TENS

REMEMBERED = 8_192
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


class Number(NamedTuple):
    """A number of a requirement as it is shown, and the ways in which a text may tell it."""

    shown: str
    ways: frozenset[str]


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
        found.append(Number(shown, frozenset(_beside(normal, match) or {_plain(match[0])})))
    return tuple(found)


def untold(numbers: Sequence[Number], texts: Iterable[str]) -> list[str]:
    """Return those of some numbers that no text tells next to the same word, as they are shown.

    Examples
    --------
    >>> asked = numbers_of("通过ISO 27001认证")
    >>> untold(asked, ["ISO/IEC 27001:2022"]), untold(asked, ["ISO 9001"])
    ([], ['27001'])
    """
    if not numbers:
        return []
    told = frozenset().union(*map(_told, texts))
    return [number.shown for number in numbers if number.ways.isdisjoint(told)]


@lru_cache(REMEMBERED)
def _told(text: str) -> frozenset[str]:
    normal = normalise(text)
    told: set[str] = set()
    for match in _NUMBER.finditer(normal):
        told |= {_plain(match[0])} | _beside(normal, match)
    return frozenset(told)


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
