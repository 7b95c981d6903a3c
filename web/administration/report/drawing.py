"""The geometry of the report's charts: rows with whiskers, and points on two axes.

Positions only; templates draw them. Rows are placed in per cent of a width, so that they fit any
window; points stand in a frame of 360 units, the width of a small phone, so that their words stay
readable there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from web.charts import Axis, Frame, Point, Tick

N_STEPS = 4
DAYS_FRAME = Frame(left=46.0, top=12.0, right=344.0, bottom=210.0, width=360.0, height=252.0)
Words = Callable[[float], str]


@dataclass(frozen=True, slots=True)
class Mark:
    """One value of a row chart with what belongs to it; None where there is nothing to draw."""

    value: float | None
    low: float | None = None
    high: float | None = None
    previous: float | None = None


@dataclass(frozen=True, slots=True)
class RowMark:
    """A row in per cent of the chart's width."""

    zero: float
    at: float | None
    low: float | None
    high: float | None
    previous: float | None

    @property
    def left(self) -> float:
        return min(self.zero, self.zero if self.at is None else self.at)

    @property
    def width(self) -> float:
        return 0.0 if self.at is None else round(max(abs(self.at - self.zero), 0.4), 2)


@dataclass(frozen=True, slots=True)
class Rows:
    """A row chart: marks one below the other over one axis.

    Attributes
    ----------
    is_bar : bars from zero; otherwise points, for what has no natural zero
    lines : values that matter, such as a target
    band : the stretch that is wanted, from and width
    """

    marks: tuple[RowMark, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[float, ...]
    band: tuple[float, float] | None
    is_bar: bool


@dataclass(frozen=True, slots=True)
class Look:
    """What a row chart holds its values against, and how its axis is written."""

    words: Words
    lines: tuple[float, ...] = ()
    band: tuple[float, float] | None = None
    is_bar: bool = True
    top: float | None = None  # where the axis ends at the least, such as 1 for a whole


def rows_chart(marks: Sequence[Mark], look: Look) -> Rows:
    """Return a row chart on round numbers that holds every value, line and band."""
    values = [0.0] if look.is_bar else []
    for mark in marks:
        parts = (mark.value, mark.low, mark.high, mark.previous)
        values += [value for value in parts if value is not None and math.isfinite(value)]
    values += [*look.lines, *(look.band or ())]
    if look.top is not None:
        values.append(look.top)
    axis = Axis.around(values or [0.0, 1.0], N_STEPS)
    return Rows(
        tuple(_row(axis, mark) for mark in marks),
        tuple(Tick(_per_cent(axis, value), look.words(value)) for value in axis.values()),
        tuple(_per_cent(axis, value) for value in look.lines),
        _band(axis, look.band),
        look.is_bar,
    )


def _row(axis: Axis, mark: Mark) -> RowMark:
    places = (
        None if value is None else _per_cent(axis, value)
        for value in (mark.value, mark.low, mark.high, mark.previous)
    )
    return RowMark(_per_cent(axis, 0.0), *places)


def _band(axis: Axis, band: tuple[float, float] | None) -> tuple[float, float] | None:
    if band is None:
        return None
    start, end = (_per_cent(axis, value) for value in band)
    return start, round(end - start, 2)


def _per_cent(axis: Axis, value: float) -> float:
    return round(100 * axis.share(value), 2)


@dataclass(frozen=True, slots=True)
class Given:
    """One series of a point chart as the report has it."""

    label: str
    style: str  # main, other or third: colour, shape and dash
    xs: Sequence[float]
    marks: Sequence[Mark]
    is_joined: bool = True


@dataclass(frozen=True, slots=True)
class Series:
    """One series, placed."""

    label: str
    style: str
    points: tuple[Point, ...]
    line: str


@dataclass(frozen=True, slots=True)
class Points:
    """A point chart, ready to be drawn."""

    series: tuple[Series, ...]
    x_ticks: tuple[Tick, ...]
    y_ticks: tuple[Tick, ...]
    diagonal: str
    x_title: str
    y_title: str
    frame: Frame


@dataclass(frozen=True, slots=True)
class Axes:
    """How the axes of a point chart are made and named."""

    x_title: str
    y_title: str
    words: Words
    x_values: Sequence[tuple[float, str]] = ()  # ticks of the lower axis; otherwise round numbers
    is_square: bool = False  # one scale for both axes, with the diagonal


def points_chart(given: Sequence[Given], axes: Axes) -> Points:
    """Return a chart of points with whiskers, from zero upwards."""
    frame = Frame() if axes.is_square else DAYS_FRAME
    ys = [v for one in given for m in one.marks for v in (m.value, m.low, m.high) if v is not None]
    xs = [x for one in given for x in one.xs]
    if axes.is_square:
        y_axis = x_axis = Axis.around([0.0, *xs, *ys])
    else:
        y_axis = Axis.around([0.0, *ys] if ys else [0.0, 1.0])
        known = [x for x, _label in axes.x_values] or xs or [0.0, 1.0]
        x_axis = Axis(min(known), max(max(known), min(known) + 1), 1.0)
    ticks = axes.x_values or [(value, axes.words(value)) for value in x_axis.values()]
    return Points(
        tuple(_series(frame, (x_axis, y_axis), one) for one in given),
        tuple(Tick(frame.x(x_axis.share(value)), label) for value, label in ticks),
        tuple(Tick(frame.y(y_axis.share(v)), axes.words(v)) for v in y_axis.values()),
        f"M{frame.x(0)} {frame.y(0)}L{frame.x(1)} {frame.y(1)}" if axes.is_square else "",
        axes.x_title,
        axes.y_title,
        frame,
    )


def _series(frame: Frame, axes: tuple[Axis, Axis], given: Given) -> Series:
    x_axis, y_axis = axes
    points = []
    for x, mark in zip(given.xs, given.marks, strict=True):
        if mark.value is None:
            continue
        low, high = (
            None if value is None else frame.y(y_axis.share(value))
            for value in (mark.low, mark.high)
        )
        at_x, at_y = frame.x(x_axis.share(x)), frame.y(y_axis.share(mark.value))
        points.append(Point(at_x, at_y, low, high if low is not None else None))
    line = "".join(f"{'L' if i else 'M'}{p.x} {p.y}" for i, p in enumerate(points))
    return Series(given.label, given.style, tuple(points), line if given.is_joined else "")
