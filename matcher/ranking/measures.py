"""Read what a number in a text measures, so that a target and a published figure can be compared.

A measure has a *kind* (accuracy, miss rate, …), a *form* (a level, or how much less or more than
before), the words of its subject, an operator and a value in a base unit. Opposite kinds such as
漏检率 and 检出率 are different kinds and never compared. Comparing stands in
``comparison``, judging in ``requirements``.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from matcher.ranking.measure_words import (
    AFTER_OPERATOR,
    BEFORE_OPERATOR,
    CLAUSE_END,
    EARLIER_AFTER,
    EARLIER_BEFORE,
    FROM_BEFORE,
    GENERIC,
    KINDS,
    LEADING_NUMBER,
    LESS,
    MORE,
    PART_END,
    PERIOD,
    RANGE_SIGN,
    SOME,
    TO_LEVEL,
)
from matcher.text.terms import Quantity, normalise, numbers_with_units, ranking_terms

REMEMBERED = 16_384  # texts whose measures are kept; parsing is the dearest step of judging


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and what it measures; ``start`` and ``end`` are its clause in the text."""

    kinds: frozenset[str]
    form: str  # level | less | more
    subject: frozenset[str]
    operator: str  # >= | <= | = ; "" where a text does not say
    value: float
    unit: str  # base unit
    shown: str
    start: int = 0
    end: int = 0


class Wording(NamedTuple):
    """What the words around a number say about it."""

    kinds: frozenset[str]
    form: str
    subject: frozenset[str]


def clauses(text: str) -> list[tuple[int, int]]:
    """Return the places of the clauses of a text, in order, without white space at the ends.

    Examples
    --------
    >>> text = "漏检率0.5%；节拍 1,200 件，三班"
    >>> [text[start:end] for start, end in clauses(text)]
    ['漏检率0.5%', '节拍 1,200 件', '三班']
    """
    ends = [*(found.span() for found in CLAUSE_END.finditer(text)), (len(text), len(text))]
    places, start = [], 0
    for end, after in ends:
        piece = text[start:end]
        if piece.strip():
            left = start + len(piece) - len(piece.lstrip())
            places.append((left, left + len(piece.strip())))
        start = after
    return places


@lru_cache(REMEMBERED)
def measures_in(text: str) -> tuple[Measure, ...]:
    """Find the measured numbers of a text.

    Figures that stand for the state before (由 40 天, 原 15%) are left out, and so are bare numbers
    of no known kind. A range gives both its ends.

    Examples
    --------
    >>> [(sorted(m.kinds), m.operator, m.value, m.unit) for m in measures_in("漏检率低于0.5%")]
    [(['miss'], '<=', 0.5, '%')]
    """
    quantities = numbers_with_units(text)
    return tuple(
        measure
        for start, end in clauses(text)
        for measure in _of_clause(text, (start, end), _within(quantities, start, end))
    )


def measure_of(metric: str, operator: str, value: float, unit: str) -> Measure:
    """Return the measure that the fields of a requirement or a claim state.

    Examples
    --------
    >>> measure_of("响应时间", "<=", 300, "毫秒").value
    0.3
    """
    amount, base = base_quantity(value, unit)
    worded = _wording(metric, base)
    return Measure(
        kinds=worded.kinds or _kind_of_unit(base, worded.form, metric),
        form=worded.form,
        subject=worded.subject,
        operator=operator,
        value=amount,
        unit=base,
        shown=amount_words(value, unit),
    )


def base_quantity(value: float, unit: str) -> tuple[float, str]:
    """Convert a value to its base unit; a unit that is not known stands for itself."""
    if not math.isfinite(value):
        return value, unit
    number = plain(abs(value))
    found = numbers_with_units(f"{number} {unit}")
    if len(found) == 1 and found[0].unit and found[0].end == len(number) + 1 + len(unit):
        return math.copysign(found[0].value, value), found[0].unit
    return value, normalise(unit).strip()


def plain(value: float) -> str:
    """Write a number without an exponent and without needless zeros."""
    if not math.isfinite(value):
        return str(value)
    written = format(Decimal(repr(float(value))), "f")
    return written.rstrip("0").rstrip(".") if "." in written else written


def amount_words(value: float, unit: str) -> str:
    """Write a value with its unit."""
    space = " " if unit[:1].isalpha() else ""
    return f"{plain(value)}{space}{unit}"


def _within(quantities: Sequence[Quantity], start: int, end: int) -> list[Quantity]:
    return [quantity for quantity in quantities if start <= quantity.start < end]


def _of_clause(
    text: str, place: tuple[int, int], quantities: Sequence[Quantity]
) -> Iterator[Measure]:
    start, end = place
    groups = _groups(text, quantities)
    words_from, words_before = start, ""
    for i, group in enumerate(groups):
        before = words_before + text[words_from : group[0].start]
        after = text[group[-1].end : groups[i + 1][0].start if i + 1 < len(groups) else end]
        now = _now(group, before, after)
        operator_after = AFTER_OPERATOR.match(text, group[-1].end)
        words_from = operator_after.end() if operator_after else group[-1].end
        # The words of a figure of the past go on to describe the one of today.
        words_before = "" if now else before + " "
        for quantity in now:
            measure = _measure(text, quantity, before, after)
            if len(now) < len(group):
                measure = _as_new_level(measure, before)
            measure = replace(measure, shown=_shown(text, quantity, group[-1]))
            if measure.unit or measure.kinds:
                yield replace(measure, start=start, end=end)


def _groups(text: str, quantities: Sequence[Quantity]) -> list[list[Quantity]]:
    """Put the two ends of a range together."""
    groups: list[list[Quantity]] = []
    for quantity in quantities:
        between = text[groups[-1][-1].end : quantity.start] if groups else ""
        if groups and len(groups[-1]) == 1 and RANGE_SIGN.fullmatch(between):
            groups[-1].append(quantity)
        else:
            groups.append([quantity])
    return groups


def _now(group: Sequence[Quantity], before: str, after: str) -> Sequence[Quantity]:
    """Leave out figures of the state before: 由 A 降至 B keeps B, 原 A keeps nothing."""
    if SOME.search(before) or EARLIER_BEFORE.search(before) or EARLIER_AFTER.match(after):
        return ()
    if not FROM_BEFORE.search(before):
        return group
    if TO_LEVEL.search(after):
        return ()
    return group[-1:]


def _measure(text: str, quantity: Quantity, before: str, after: str) -> Measure:
    operator_before = BEFORE_OPERATOR.search(before)
    operator_after = AFTER_OPERATOR.match(after)
    operator = ""
    if operator_before:
        operator = _operator(operator_before)
        before = before[: operator_before.start()]
    elif operator_after:
        operator = _operator(operator_after)
        after = after[operator_after.end() :]
    worded = _wording(before, quantity.unit, is_text=True)
    if not (worded.kinds and worded.subject):
        behind = _wording(PART_END.split(after, maxsplit=1)[0], quantity.unit)
        is_settled = worded.form != "level" or TO_LEVEL.search(before) is not None
        worded = Wording(
            worded.kinds or behind.kinds,
            worded.form if is_settled else behind.form,
            worded.subject | behind.subject,
        )
    return Measure(
        kinds=worded.kinds or _kind_of_unit(quantity.unit, worded.form, before),
        form=worded.form,
        subject=worded.subject,
        operator=operator,
        value=quantity.value,
        unit=quantity.unit,
        shown="",
    )


def _shown(text: str, quantity: Quantity, last: Quantity) -> str:
    """Return a figure as written; the first of a range borrows the unit of the last."""
    written = text[quantity.start : quantity.end].strip()
    if quantity is last or not written[-1:].isdigit():
        return written
    return written + LEADING_NUMBER.sub("", text[last.start : last.end])


def _as_new_level(measure: Measure, words: str) -> Measure:
    """Return the second figure of "from A to B": a level, whatever the verb before it says."""
    kinds = measure.kinds or _kind_of_unit(measure.unit, "level", words)
    return replace(measure, form="level", operator="", kinds=kinds)


def _kind_of_unit(unit: str, form: str, words: str) -> frozenset[str]:
    """Read a time of no other kind as a duration, unless the words say that it is a period."""
    if unit == "s" and form == "level" and not PERIOD.search(normalise(words)):
        return frozenset({"duration"})
    return frozenset()


def _operator(found: re.Match[str]) -> str:
    return ">=" if found.lastgroup == "least" else "<="


def _wording(words: str, unit: str, *, is_text: bool = False) -> Wording:
    """Read kinds, form and subject from the words beside a number, or from a metric's name."""
    words = normalise(words)
    form = "level"
    if not (is_text and TO_LEVEL.search(words)):
        form = "less" if LESS.search(words) else "more" if MORE.search(words) else "level"
    kinds = _kinds(words, unit, form)
    subject = words
    for pattern in (*(kind.pattern for kind in KINDS.values()), LESS, MORE, PART_END, GENERIC):
        subject = pattern.sub(" ", subject)
    terms = ranking_terms(subject, words=False)
    return Wording(kinds, form, frozenset(t for t in terms if not t.startswith("1:")))


def _kinds(words: str, unit: str, form: str) -> frozenset[str]:
    """Return the kind that each coordinate part names last, for the head noun comes last.

    "误报过滤准确率" is an accuracy, no false-alarm rate; in "accuracy of X" the head comes first.
    """
    named = set()
    for part in PART_END.split(words):
        head = part.split(" of ", 1)[0]
        found = [
            (match.end(), -match.start(), name)
            for name, kind in KINDS.items()
            for match in kind.pattern.finditer(head)
        ]
        if found:
            named.add(max(found)[-1])
    if form != "level" and unit == "%":
        return frozenset(named)
    return frozenset(name for name in named if unit in KINDS[name].units)
