"""Read what a number in a text measures, so that a target and a published figure can be compared.

A measure has a *kind* (accuracy, miss rate, …), a *form* (a level, or how much less or more than
before), the words of its subject, an operator and a value in a base unit. Opposite kinds such as
漏检率 and 检出率 are different kinds and never compared. Comparing stands in
``comparison``, judging in ``judging``.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from matcher.ranking.lines.bounds import LEAST, LOOK, MOST, bound_of, directed
from matcher.ranking.lines.measure_words import (
    BETWEEN,
    BETWEEN_SIGN,
    CLAUSE_END,
    EARLIER_AFTER,
    EARLIER_BEFORE,
    EVERY,
    FINE,
    FINENESS,
    FROM_BEFORE,
    GENERIC,
    KINDS,
    LEADING_NUMBER,
    LESS,
    MORE,
    PART_END,
    PERIOD,
    PERIOD_AFTER,
    RANGE_SIGN,
    SOME,
    TO_LEVEL,
    TOLERANCE_SHARE,
)
from matcher.text.terms import Quantity, normalise, numbers_with_units, ranking_terms

_HIT_KINDS = frozenset({"accuracy", "precision"})
REMEMBERED = 16_384  # texts whose measures are kept; parsing is the dearest step of judging


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and what it measures; ``start`` and ``end`` are its clause in the text.

    ``span`` holds both ends where the number is one end of a range such as 90-98 %.
    """

    kinds: frozenset[str]
    form: str  # level | less | more
    subject: frozenset[str]
    operator: str  # >= | <= | = ; "" where a text does not say
    value: float
    unit: str  # base unit
    shown: str
    start: int = 0
    end: int = 0
    span: Span | None = None
    about: str = ""  # the words of its subject, normalised


class Span(NamedTuple):
    """A range of figures as a text publishes it."""

    low: float
    high: float
    shown: str


class Wording(NamedTuple):
    """What the words around a number say about it."""

    kinds: frozenset[str]
    form: str
    subject: frozenset[str]
    about: str


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
    starts = [quantity.start for quantity in quantities]
    return tuple(
        measure
        for start, end in clauses(text)
        for measure in _of_clause(
            text, (start, end), quantities[bisect_left(starts, start) : bisect_left(starts, end)]
        )
    )


@lru_cache(REMEMBERED)
def measure_of(metric: str, operator: str, value: float, unit: str) -> Measure:
    """Return the measure that the fields of a requirement or a claim state.

    Examples
    --------
    >>> measure_of("响应时间", "<=", 300, "毫秒").value
    0.3
    """
    amount, base = base_quantity(value, unit)
    worded = _wording(metric, base)
    kinds = worded.kinds or _kind_of_unit(base, worded.form, metric)
    measure = Measure(
        kinds=kinds,
        form=worded.form,
        subject=worded.subject,
        operator=operator,
        value=amount,
        unit=base,
        shown=amount_words(value, unit),
        about=worded.about,
    )
    return _as_fineness(measure, metric)


def better_of(measure: Measure) -> str:
    """Return the better direction of what is measured; ``""`` where none is clear.

    Examples
    --------
    >>> better_of(measures_in("漏检率0.5%")[0]), better_of(measures_in("提升5%")[0])
    ('<=', '>=')
    """
    if measure.form != "level":
        return LEAST
    directions = {KINDS[kind].better for kind in measure.kinds}
    return directions.pop() if len(directions) == 1 else ""


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
        # What rejects a figure may follow the comma that ends its clause.
        is_last = i + 1 == len(groups)
        bound = bound_of(before, text[group[-1].end : end + LOOK] if is_last else after)
        words_from = min(group[-1].end + bound[2], end)
        # The words of a figure of the past go on to describe the one of today.
        words_before = "" if now else before + " "
        said = (bound[0], before[: bound[1]], after[bound[2] :])
        for quantity in now:
            measure = _measure(quantity, *said)
            if len(now) < len(group):
                measure = _as_new_level(measure, before)
            measure = replace(measure, shown=_shown(text, quantity, group[-1]))
            if measure.unit or measure.kinds:
                yield replace(measure, start=start, end=end, span=_span(text, now))


def _span(text: str, group: Sequence[Quantity]) -> Span | None:
    """Return the range that two figures are the ends of."""
    if len(group) < 2 or group[0].unit != group[-1].unit:
        return None
    low, high = sorted((group[0].value, group[-1].value))
    return Span(low, high, text[group[0].start : group[-1].end].strip())


def _groups(text: str, quantities: Sequence[Quantity]) -> list[list[Quantity]]:
    """Put the two ends of a range together."""
    groups: list[list[Quantity]] = []
    for quantity in quantities:
        if groups and len(groups[-1]) == 1 and _is_range(text, groups[-1][-1], quantity):
            groups[-1] = [_like(text, groups[-1][0], quantity), quantity]
        else:
            groups.append([quantity])
    return groups


def _like(text: str, low: Quantity, high: Quantity) -> Quantity:
    """Return the first of "between 1 and 3 seconds" with the unit of the second."""
    if low.unit or not high.unit:
        return low
    unit = LEADING_NUMBER.sub("", text[high.start : high.end])
    read = numbers_with_units(text[low.start : low.end] + unit)
    return low._replace(value=read[0].value, unit=high.unit) if read else low


def _is_range(text: str, low: Quantity, high: Quantity) -> bool:
    between = text[low.end : high.start]
    if RANGE_SIGN.fullmatch(between):
        return True
    before = text[max(0, low.start - 12) : low.start]
    return BETWEEN_SIGN.fullmatch(between) is not None and BETWEEN.search(before) is not None


def _now(group: Sequence[Quantity], before: str, after: str) -> Sequence[Quantity]:
    """Leave out figures of the state before: 由 A 降至 B keeps B, 原 A keeps nothing."""
    if SOME.search(before) or EARLIER_BEFORE.search(before) or EARLIER_AFTER.match(after):
        return ()
    if not FROM_BEFORE.search(before):
        return group
    if TO_LEVEL.search(after):
        return ()
    return group[-1:]


def _measure(quantity: Quantity, operator: str, before: str, after: str) -> Measure:
    worded = _wording(before, quantity.unit, is_text=True)
    # "Every 10 minutes it predicts …": what follows is not what the 10 minutes measure.
    if not (worded.kinds and worded.subject) and not EVERY.search(before):
        behind = _wording(PART_END.split(after, maxsplit=1)[0], quantity.unit)
        is_settled = worded.form != "level" or TO_LEVEL.search(before) is not None
        worded = Wording(
            worded.kinds or behind.kinds,
            worded.form if is_settled else behind.form,
            worded.subject | behind.subject,
            f"{worded.about} {behind.about}",
        )
    measure = Measure(
        kinds=worded.kinds or _kind_of_unit(quantity.unit, worded.form, before, after),
        form=worded.form,
        subject=worded.subject,
        operator=operator,
        value=quantity.value,
        unit=quantity.unit,
        shown="",
        about=worded.about,
    )
    measure = _as_fineness(measure, before + after)
    return replace(measure, operator=directed(measure.operator, better_of(measure)))


def _as_fineness(measure: Measure, words: str) -> Measure:
    """Read a share too low for a hit rate as a tolerance, and any bound on fineness as at most."""
    is_share = measure.form == "level" and measure.unit == "%" and bool(measure.kinds)
    is_low = measure.kinds <= _HIT_KINDS and abs(measure.value) < TOLERANCE_SHARE
    if is_share and is_low and FINE.search(normalise(words)):
        measure = replace(measure, kinds=frozenset({FINENESS}))
    if FINENESS in measure.kinds and measure.form == "level" and measure.operator not in {"", "="}:
        return replace(measure, operator=MOST)
    return measure


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


def _kind_of_unit(unit: str, form: str, words: str, after: str = "") -> frozenset[str]:
    """Read a time of no other kind as a duration, unless the words say that it is a period."""
    if unit != "s" or form != "level":
        return frozenset()
    is_period = PERIOD.search(normalise(words)) or PERIOD_AFTER.match(normalise(after))
    return frozenset() if is_period else frozenset({"duration"})


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
    return Wording(kinds, form, frozenset(t for t in terms if not t.startswith("1:")), subject)


def _kinds(words: str, unit: str, form: str) -> frozenset[str]:
    """Return the kind that each coordinate part names last, for the head noun comes last.

    "误报过滤准确率" is an accuracy, no false-alarm rate; in "accuracy of X" the head comes first.
    Only kinds with this unit can be meant; a change in per cent may be one of any kind.
    """
    if form != "level" and unit == "%":
        fitting = {name: kind for name, kind in KINDS.items() if name != FINENESS}
    else:
        fitting = KINDS
    named = set()
    for part in PART_END.split(words):
        head = part.split(" of ", 1)[0]
        found = [
            (match.end(), -match.start(), unit in kind.units, name)
            for name, kind in fitting.items()
            for match in kind.pattern.finditer(head)
        ]
        if found:
            named.add(max(found)[-1])
    if form != "level" and unit == "%":
        return frozenset(named)
    return frozenset(name for name in named if unit in KINDS[name].units)
