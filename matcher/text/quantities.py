"""Find numbers with their units in Chinese and English text and bring them to base units.

Base units are SI or the plainest word (``m``, ``kg``, ``s``, ``%``, ``CNY``, ``x`` for "times as
much"), so that 0.02 毫米 and 20 μm compare equal. Values are computed as decimals and only then
made floats: no rounding difference between equal quantities. ``terms`` offers these functions too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from matcher.text.units import (
    COUNTS,
    CURRENCIES,
    ENGLISH_NUMBERS,
    FACTORS,
    FACTORS_ANY_CASE,
    HAN_DIGITS,
    HAN_MYRIADS,
    HAN_TENS,
    MULTIPLIERS,
)

MAX_TEXT_LENGTH = 100_000  # characters read; the rest of a longer text is not searched
MAX_DIGITS = 18


class Quantity(NamedTuple):
    """A number of a text in its base unit, and where in the text it stands."""

    value: float
    unit: str  # base unit, "" for a bare number
    start: int  # first character of the number
    end: int  # one past the last character of number and unit


_FULL_WIDTH = str.maketrans("０１２３４５６７８９．－％～／，＋", "0123456789.-%~/,+")  # noqa: RUF100


def _alternatives(spellings: list[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(spellings, key=len, reverse=True))


_WORD_END = r"(?![A-Za-zμµ²³]|[0-9](?=[A-Za-z]))"
# One letter means what its case says (5G is no mass, 5M no length); longer ones in any case.
_EXACT = _alternatives(list(FACTORS))
_ANY_CASE = _alternatives(list(FACTORS_ANY_CASE))
_UNIT_ONE = rf"(?:(?:{_EXACT}|(?i:{_ANY_CASE})){_WORD_END})"
_UNIT = rf"{_UNIT_ONE}(?:\s?(?:/|每|per\s)\s?{_UNIT_ONE})?"
_MULTIPLIER = rf"(?i:{_alternatives(list(MULTIPLIERS))})(?![克瓦米伏帕赫焦牛分])(?![A-Za-z])"
_NUMBER = (
    rf"(?:[0-9]{{1,3}}(?:,[0-9]{{3}}){{1,5}}|[0-9]{{1,{MAX_DIGITS}}})(?:\.[0-9]{{1,{MAX_DIGITS}}})?"
)
_HAN_DIGIT = f"[{''.join(HAN_DIGITS)}]"
_HAN_NUMBER = rf"[{''.join(HAN_DIGITS)}十百千]{{1,8}}(?:点{_HAN_DIGIT}{{1,8}})?"
_HAN_WHOLE = f"[{''.join(HAN_DIGITS)}十百千万萬亿億]{{1,8}}"
_RANGE = r"\s?(?:-|–|—|~|～|〜|至|到|to\s)\s?"


def _tail(name: str) -> str:
    """Return the pattern of what may follow a number: a multiplier, a unit."""
    return rf"(?:\s?(?P<{name}_times>{_MULTIPLIER}))?(?:\s?(?P<{name}_unit>{_UNIT}))?"


_QUANTITY = re.compile(
    # Dates, standards and versions hold digits that measure nothing.
    r"(?P<skip>(?<![0-9])(?:19|20)[0-9]{2}\s?年(?:\s?[0-9]{1,2}\s?月)?(?:\s?[0-9]{1,2}\s?日)?"
    r"|(?<![0-9.])[0-9]{4}(?:-[0-9]{1,2}){1,2}(?![0-9])|(?<![0-9])[0-9]{1,2}\s?月(?:\s?[0-9]{1,2}\s?日)?"
    r"|(?<![0-9.])[0-9]{1,9}(?:\.[0-9]{1,9}){2,6}"
    r"|\b(?:GB|YB|JB|HG|YY|ISO|IEC|IEEE)(?:/[TZ])?\s?[0-9]{1,6}(?:[.\-][0-9]{1,6}){0,3})"
    rf"|(?P<denominator>{_HAN_WHOLE})分之\s?(?P<parts>{_HAN_NUMBER}|{_NUMBER})"
    # "百分之一到三", but neither "百分之一到百分之三" nor "百分之一到三秒".
    rf"(?:{_RANGE}(?P<parts_high>{_HAN_NUMBER}|{_NUMBER})"
    rf"(?!\s?{_UNIT}|[{''.join(HAN_DIGITS)}十百千万萬亿億点.0-9]|分之))?"
    # "A hundred and five days" and "point five seconds" are not read, nor is their end alone.
    r"|(?<![\w-])(?<!ty\s)(?i:(?<!hundred\s)(?<!hundred and\s)(?<!thousand\s)(?<!thousand and\s)"
    r"(?<!million\s)(?<!million and\s)(?<!point\s)(?<!one\s))"
    rf"(?P<word>(?i:{_alternatives(list(ENGLISH_NUMBERS))}))[\s-](?P<word_unit>{_UNIT})(?!-[A-Za-z])"
    r"|(?P<half>一半|(?<=[减降])半(?!径|导)|(?<=\bby )half\b|(?<=\bin )half\b(?!\s+an?\b))"
    r"|(?<![个天年月上下前后大多小])(?P<half_of>半)\s?个?(?P<half_unit>小时|年|月|分钟|秒|米|吨|公里)"
    rf"|(?P<below>零下\s?)?(?P<currency>[¥￥$€]|(?<![A-Za-z])(?:RMB|CNY|USD|EUR))?\s?"
    rf"(?<![0-9])(?<![0-9][.,])(?<![A-Za-z_])(?<![A-Za-z]-)(?P<sign>(?<![^\s:：=<>≤≥(（\[])-)?"
    rf"(?P<low>{_NUMBER})(?![0-9])"
    + _tail("low")
    + rf"(?:{_RANGE}(?P<high>{_NUMBER})(?![0-9])"
    + _tail("high")
    + rf")?|(?<![{''.join(HAN_DIGITS)}十百千第点])(?P<han>{_HAN_NUMBER})"
    + _tail("han")
)
_UNIT_PARTS = re.compile(r"\s?(?:/|每|\bper\s)\s?", re.IGNORECASE)


def numbers_with_units(text: str) -> list[Quantity]:
    """Find the numbers of a text with their units, converted to base units.

    Understands thousands separators, full-width digits, 万/亿/million, percent in all spellings,
    numerals in words before a unit of measurement (十五分钟, 千分之三, two hours), ranges (two
    values), rates (kg/t) and currency signs. Leaves out dates, standard numbers, versions and
    digits that are part of a name (GPT-4o, 5G).

    Parameters
    ----------
    text : str
        Any text; only the first 100,000 characters are read.

    Returns
    -------
    list of Quantity
        In the order of the text; ``start`` and ``end`` are places in the text as given.

    Examples
    --------
    >>> [(q.value, q.unit) for q in numbers_with_units("精度0.02毫米，准确率≥95％，30-40% in 5 ms")]
    [(2e-05, 'm'), (95.0, '%'), (30.0, '%'), (40.0, '%'), (0.005, 's')]
    """
    readable = text[:MAX_TEXT_LENGTH].translate(_FULL_WIDTH)
    return [
        quantity
        for found in _QUANTITY.finditer(readable)
        if found["skip"] is None
        for quantity in _quantities(found, readable)
    ]


def _quantities(found: re.Match[str], text: str) -> Iterator[Quantity]:
    if found["denominator"]:
        yield from _fraction(found)
    elif found["half"]:
        yield Quantity(50.0, "%", found.start(), found.end())
    elif found["half_of"]:
        factor, base = _conversion("个月" if found["half_unit"] == "月" else found["half_unit"])
        yield Quantity(float(factor / 2), base, found.start(), found.end())
    elif found["word"]:
        yield from _counted(
            Decimal(ENGLISH_NUMBERS[found["word"].lower()]), found["word_unit"], found.span()
        )
    elif found["han"]:
        yield from _han_quantity(found)
    elif not _runs_into_a_name(found, text):
        yield from _plain_quantities(found)


def _fraction(found: re.Match[str]) -> Iterator[Quantity]:
    """Read 百分之三, 十万分之一, 三分之二 in percent; of a range both ends."""
    whole = _decimal(found["denominator"])
    if not whole:
        return
    low = _decimal(found["parts"]) * 100 / whole
    yield Quantity(float(low), "%", found.start(), found.end("parts"))
    if found["parts_high"]:
        high = _decimal(found["parts_high"]) * 100 / whole
        yield Quantity(float(high), "%", found.start("parts_high"), found.end())


def _runs_into_a_name(found: re.Match[str], text: str) -> bool:
    """Whether digits without a unit are followed by a letter, as in 4o, 5G or 3D."""
    if found["high_unit"] or (found["low_unit"] and not found["high"]):
        return False
    following = text[found.end() : found.end() + 1]
    return following.isascii() and (following.isalpha() or following == "_")


def _han_quantity(found: re.Match[str]) -> Iterator[Quantity]:
    unit = found["han_unit"]
    if unit is None or found["han"] in {"百", "千"}:
        return
    if unit == "年" and found["han"] == "一":
        return
    times = Decimal(MULTIPLIERS[found["han_times"]]) if found["han_times"] else Decimal(1)
    yield from _counted(_decimal(found["han"]) * times, unit, (found.start("han"), found.end()))


def _counted(number: Decimal, unit: str, place: tuple[int, int]) -> Iterator[Quantity]:
    """Yield a number that is written in words; of a unit that only counts it measures nothing."""
    factor, base = _conversion(unit)
    if base not in COUNTS:
        yield Quantity(float(number * factor), base, *place)


def _plain_quantities(found: re.Match[str]) -> Iterator[Quantity]:
    """Yield one value, or two of a range; the first of a range borrows unit and multiplier."""
    prefix = CURRENCIES.get(found["currency"] or "")
    is_negative = bool(found["sign"] or found["below"])
    has_high = found["high"] is not None
    low_unit = found["low_unit"] or (found["high_unit"] if has_high else None) or prefix
    low_times = found["low_times"] or (
        found["high_times"] if has_high and not found["low_unit"] else None
    )
    start = found.start("sign") if found["sign"] else found.start("low")
    end = max(found.end("low"), found.end("low_times"), found.end("low_unit"))
    value, base = _in_base(found["low"], low_times, low_unit)
    yield Quantity(-value if is_negative else value, base, start, end)
    if has_high:
        value, base = _in_base(found["high"], found["high_times"], found["high_unit"] or low_unit)
        yield Quantity(value, base, found.start("high"), found.end())


def _in_base(number: str, times: str | None, unit: str | None) -> tuple[float, str]:
    factor, base = _conversion(unit) if unit else (Decimal(1), "")
    scale = Decimal(MULTIPLIERS[times.lower()]) if times else Decimal(1)
    return float(_decimal(number) * scale * factor), base


def _conversion(unit: str) -> tuple[Decimal, str]:
    """Return the factor to the base unit and its name; of a rate, of both parts."""
    if unit in FACTORS or unit.lower() in FACTORS_ANY_CASE:
        return _one_conversion(unit)
    parts = [_one_conversion(part) for part in _UNIT_PARTS.split(unit)]
    if len(parts) == 1:
        return parts[0]
    (above, name_above), (below, name_below) = parts
    return above / below, f"{name_above}/{name_below}"


def _one_conversion(unit: str) -> tuple[Decimal, str]:
    return FACTORS.get(unit) or FACTORS_ANY_CASE[unit.lower()]


def _decimal(number: str) -> Decimal:
    """Read Arabic digits with separators, or a Chinese numeral such as 三点五, 十五, 百万."""
    if number[0].isdigit() and number[0].isascii():
        return Decimal(number.replace(",", ""))
    whole, _, fraction = number.partition("点")
    behind = "".join(str(HAN_DIGITS[digit]) for digit in fraction)
    return Decimal(f"{_han_whole(whole)}.{behind or 0}")


def _han_whole(number: str) -> int:
    """Read a Chinese numeral; 十, 百, 千 and 万 without a digit before them are one of each."""
    total, part, digit = 0, 0, 0
    for character in number:
        if character in HAN_MYRIADS:
            total = (total + part + digit or 1) * HAN_MYRIADS[character]
            part, digit = 0, 0
        elif character in HAN_TENS:
            part += (digit or 1) * HAN_TENS[character]
            digit = 0
        else:
            digit = digit * 10 + HAN_DIGITS[character]
    return total + part + digit
