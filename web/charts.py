"""The geometry of charts: records in, positions out. Templates draw them beside their tables."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol


class Term(Protocol):
    """What a waterfall needs to know of one contribution."""

    @property
    def bits(self) -> float: ...

    @property
    def is_prior(self) -> bool: ...


ROUNDING = 1e-9  # a value this close to a line of the grid stands on it


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


@dataclass(frozen=True, slots=True)
class Tick:
    """A line of the grid with its words."""

    at: float
    label: str


@dataclass(frozen=True, slots=True)
class Point:
    """A point of a chart with the interval around it, in units of the drawing."""

    x: float
    y: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Plot:
    """A drawing with two axes, ready for the template: everything is a position in it."""

    points: tuple[Point, ...]
    line: str
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    frame: Frame
    strip: tuple[StripBar, ...] = ()


@dataclass(frozen=True, slots=True)
class StripBar:
    """How many values lie in a part of the axis, drawn below it in units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class Frame:
    """The inner edges of a drawing; y grows downwards as in SVG."""

    left: float = 46.0
    top: float = 10.0
    right: float = 338.0
    bottom: float = 250.0
    width: float = 360.0
    height: float = 296.0
    foot: float = 0.0  # what stands between the axis and its words

    def x(self, share: float) -> float:
        return round(self.left + share * (self.right - self.left), 1)

    def y(self, share: float) -> float:
        return round(self.bottom - share * (self.bottom - self.top), 1)


@dataclass(frozen=True, slots=True)
class Axis:
    """Maps values between two round limits to shares of an axis."""

    low: float
    high: float
    step: float

    @classmethod
    def around(cls, values: Sequence[float], n_steps: int = 4) -> Axis:
        """Return limits on round numbers that hold all values."""
        low, high = min(values), max(values)
        width = high - low if high - low > ROUNDING else max(abs(high), 1.0)
        step = round_step(width / n_steps)
        floor = math.floor(low / step + ROUNDING) * step
        ceiling = math.ceil(high / step - ROUNDING) * step
        return cls(floor, max(ceiling, floor + step), step)

    def share(self, value: float) -> float:
        share = (value - self.low) / (self.high - self.low)
        return min(1.0, max(0.0, share))

    def values(self) -> list[float]:
        count = round((self.high - self.low) / self.step)
        return [self.low + number * self.step for number in range(count + 1)]


def round_step(width: float) -> float:
    """Return the smallest of 1, 2, 2.5, 5 times a power of ten that is not below a width."""
    power: float = 10.0 ** math.floor(math.log10(width))
    return next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= width * 0.999)


def reliability(
    predicted: Sequence[float],
    observed: Sequence[float],
    intervals: Sequence[tuple[float, float]],
    words: Callable[[float], str],
) -> Plot:
    """Return the chart of what was promised against what came true, both on one scale from 0."""
    axis = Axis.around([0.0, *predicted, *observed, *(high for _low, high in intervals)])
    frame = Frame()
    points = tuple(
        Point(
            frame.x(axis.share(x)),
            frame.y(axis.share(y)),
            frame.y(axis.share(low)),
            frame.y(axis.share(high)),
        )
        for x, y, (low, high) in zip(predicted, observed, intervals, strict=True)
    )
    ideal = f"M{frame.x(0)} {frame.y(0)}L{frame.x(1)} {frame.y(1)}"
    return Plot(
        points,
        ideal,
        tuple(Tick(frame.x(axis.share(value)), words(value)) for value in axis.values()),
        tuple(Tick(frame.y(axis.share(value)), words(value)) for value in axis.values()),
        frame,
    )


STRIP_GAP, STRIP_HEIGHT = 6.0, 40.0
LEAST_HEIGHT = 1.5  # one value in a thousand is still to be seen; none is not


def curve(
    xs: Sequence[float],
    ys: Sequence[float],
    words: Callable[[float], str],
    counts: Sequence[int] = (),
) -> Plot:
    """Return the line through points: how one feature's value turns into bits.

    ``counts`` says how many values lie in each of as many equal parts between the first and the
    last point; they stand as a strip of bars below the axis.
    """
    x_axis, y_axis = Axis.around(xs), Axis.around([0.0, *ys])
    foot = STRIP_GAP + STRIP_HEIGHT if any(counts) else 0.0
    frame = Frame(height=Frame().height + foot, foot=foot)
    places = [
        (frame.x(x_axis.share(x)), frame.y(y_axis.share(y))) for x, y in zip(xs, ys, strict=True)
    ]
    return Plot(
        tuple(Point(x, y) for x, y in places),
        "".join(f"{'L' if number else 'M'}{x} {y}" for number, (x, y) in enumerate(places)),
        tuple(Tick(frame.x(x_axis.share(value)), words(value)) for value in x_axis.values()),
        tuple(Tick(frame.y(y_axis.share(value)), words(value)) for value in y_axis.values()),
        frame,
        density_strip(counts, (xs[0], xs[-1]), x_axis, frame, words) if foot else (),
    )


def density_strip(
    counts: Sequence[int],
    limits: tuple[float, float],
    axis: Axis,
    frame: Frame,
    words: Callable[[float], str],
) -> tuple[StripBar, ...]:
    """Return a bar for each part that holds values; heights grow as the root of the count."""
    low, high = limits
    edges = [low + (high - low) * number / len(counts) for number in range(len(counts) + 1)]
    floor, most = frame.bottom + frame.foot, max(counts)
    bars = []
    for count, start, end in zip(counts, edges, edges[1:], strict=False):
        if not count:
            continue
        left, right = frame.x(axis.share(start)), frame.x(axis.share(end))
        height = round(max(LEAST_HEIGHT, STRIP_HEIGHT * math.sqrt(count / most)), 1)
        bars.append(
            StripBar(
                x=left,
                y=round(floor - height, 1),
                width=round(max(right - left - 1.0, 1.0), 1),
                height=height,
                title=f"{words(start)} – {words(end)}: {count:,}",
            )
        )
    return tuple(bars)
