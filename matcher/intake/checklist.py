"""What a line of a completeness checklist is, and the judgements that several lines share."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.intake.substance import substance


@dataclass(frozen=True, slots=True)
class Sight:
    """What a line looks at: the record, the day, and the places that hold placeholder text."""

    record: Any
    today: date
    hollow: frozenset[str]  # paths as in a form's errors

    def says(self, name: str, least: float = 1.0, twin: bool = True) -> bool:
        """Say whether a text of the record, or its English twin, says at least so much."""
        names = (name, f"{name}_en") if twin else (name,)
        texts = (getattr(self.record, one, "") for one in names if one not in self.hollow)
        return any(substance(text) >= least for text in texts)

    def line_says(self, place: str, index: int, name: str, least: float = 1.0) -> bool:
        """Say whether a text of one line of a list says at least so much."""
        if f"{place}.{index}.{name}" in self.hollow:
            return False
        line = getattr(self.record, place)[index]
        twin = getattr(line, f"{name}_en", "")
        return max(substance(getattr(line, name)), substance(twin)) >= least

    def share_of_lines(self, place: str, is_good: Callable[[int, Any], float]) -> float:
        """Return the mean of a judgement over the lines of a list; 0 where there is none."""
        lines = getattr(self.record, place)
        return sum(is_good(index, line) for index, line in enumerate(lines)) / (len(lines) or 1)


@dataclass(frozen=True, slots=True)
class Item:
    """One line of a checklist: what is asked, what it weighs, how it is recognised."""

    code: str
    points: int
    fields: tuple[str, ...]  # names of form fields that the hint is about
    label_zh: str
    label_en: str
    hint_zh: str
    hint_en: str
    judge: Callable[[Sight], float]  # the share of the points that is earned, in [0, 1]


def is_answered(value: Any) -> bool:
    """Say whether a value says anything; nought does, no does, empty does not."""
    return value is not None and value is not False and value not in ("", ())


def answered(record: Any, names: Iterable[str]) -> float:
    """Return the share of some fields that have an answer."""
    values = [is_answered(getattr(record, name)) for name in names]
    return sum(values) / len(values)


def stated(*names: str) -> Callable[[Sight], float]:
    """Return a judgement that gives an equal share for each of these fields with an answer."""
    return lambda sight: answered(sight.record, names)


def either(*names: str) -> Callable[[Sight], float]:
    """Return a judgement that is met when one of these fields has an answer."""
    return lambda sight: float(any(is_answered(getattr(sight.record, name)) for name in names))
