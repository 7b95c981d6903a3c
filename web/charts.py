"""The geometry of charts: records in, positions out. Templates draw them beside their tables."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


class Term(Protocol):
    """What a waterfall needs to know of one contribution."""

    @property
    def bits(self) -> float: ...

    @property
    def is_prior(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a horizontal chart, in per cent of its width."""

    left: float
    width: float
    zero: float
    style: str
    low: float | None = None
    high: float | None = None


def waterfall(terms: Sequence[Term]) -> tuple[list[Bar], Bar]:
    """Return a bar a term, each starting where the one before ended, and the bar of their sum."""
    edges = [0.0]
    for term in terms:
        edges.append(edges[-1] + term.bits)
    scale = Scale.over(edges)
    bars = [
        scale.bar(start, start + term.bits, _style(term))
        for start, term in zip(edges, terms, strict=False)
    ]
    return bars, scale.bar(0.0, edges[-1], "bar-total")


def _style(term: Term) -> str:
    if term.is_prior:
        return "bar-prior"
    return "bar-plus" if term.bits >= 0 else "bar-minus"


@dataclass(frozen=True, slots=True)
class Scale:
    """Maps values to per cent of a width, with zero inside."""

    low: float
    high: float

    @classmethod
    def over(cls, values: Sequence[float]) -> Scale:
        low, high = min(0.0, *values), max(0.0, *values)
        return cls(low, high if high > low else low + 1.0)

    def place(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return round(100 * min(1.0, max(0.0, share)), 2)

    def bar(
        self,
        start: float,
        end: float,
        style: str,
        interval: tuple[float, float] | None = None,
    ) -> Bar:
        left, right = sorted((self.place(start), self.place(end)))
        return Bar(
            left=left,
            width=round(max(right - left, 0.4), 2),
            zero=self.place(0.0),
            style=style,
            low=None if interval is None else self.place(interval[0]),
            high=None if interval is None else self.place(interval[1]),
        )
