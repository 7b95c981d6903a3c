"""What a block of the report is drawn as: tiles, charts titled with their finding, tables.

Each figure of a block stands in exactly one table of its section: under the chart that draws it, or
under "further figures".
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from web.administration.report.drawing import Look, Mark, Points, Rows, rows_chart
from web.administration.report.numbers import Shown, on_axis, shown, unit_of
from web.i18n import gettext as _

Json = Mapping[str, Any]
ACT, WATCH = "act", "watch"


@dataclass(frozen=True, slots=True)
class Line:
    """One row of a row chart: its words beside its mark."""

    label: str
    figure: Shown
    aside: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One chart with its finding and its table.

    Attributes
    ----------
    title : what was found, in a sentence
    about : what is drawn
    figures : what the table under the chart lists
    links : words and address of what can be done about it
    """

    key: str
    title: str
    about: str
    figures: tuple[Shown, ...]
    lines: tuple[Line, ...] = ()
    rows: Rows | None = None
    points: Points | None = None
    legend: tuple[tuple[str, str], ...] = ()
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Tile:
    """One figure that stands on its own."""

    figure: Shown
    label: str
    note: str = ""  # what the number is like, in words


@dataclass(frozen=True, slots=True)
class Parts:
    """What a block is drawn as."""

    finding: str
    tiles: tuple[Tile, ...] = ()
    panels: tuple[Panel, ...] = ()
    models: tuple[Any, ...] = ()


@dataclass(frozen=True)
class Source:
    """The figures of a block with their words."""

    key: str
    shown: tuple[Shown, ...] = field(default=())

    @classmethod
    def of(cls, block: Json) -> Source:
        key = str(block["key"])
        return cls(key, tuple(shown(raw, i, key) for i, raw in enumerate(block["figures"])))

    def find(
        self, key: str, group: str = "", *, system: str = "", dimension: str = ""
    ) -> Shown | None:
        wanted = (key, system, dimension, group)
        return next((one for one in self.shown if identity(one.raw) == wanted), None)

    def all(self, key: str, dimension: str = "", *, system: str | None = None) -> list[Shown]:
        return [
            one
            for one in self.shown
            if one.raw["key"] == key
            and one.raw["dimension"] == dimension
            and (system is None or one.raw["system"] == system)
        ]

    def tiles(self, *keys: str) -> tuple[Tile, ...]:
        """Return tiles of figures that are split by nothing, those that the block has."""
        found = (self.find(key) for key in keys)
        return tuple(Tile(one, one.measure) for one in found if one is not None)

    def unit(self, figure: Shown) -> str:
        return unit_of(figure.raw, self.key)


def identity(raw: Json) -> tuple[str, str, str, str]:
    """Return what tells a figure from the others of its block."""
    return raw["key"], raw["system"], raw["dimension"], raw["group"]


def mark(figure: Shown) -> Mark:
    raw = figure.raw
    return Mark(raw["value"], raw["low"], raw["high"], raw["previous"])


def tone_of(figures: Iterable[Shown]) -> str:
    alerts = {one.alert for one in figures}
    return ACT if ACT in alerts else WATCH if WATCH in alerts else ""


def said(figure: Shown) -> str:
    """Return a number with its interval in brackets."""
    return f"{figure.value} ({figure.interval})" if figure.interval else figure.value


def part_name(figure: Shown) -> str:
    return figure.part or figure.system or figure.measure


@dataclass(frozen=True, slots=True)
class Wish:
    """What a row panel is to look like, beside its figures."""

    key: str
    title: str
    about: str
    label: Callable[[Shown], str] = part_name
    aside: Callable[[Shown], str] = lambda _figure: ""
    lines: tuple[float, ...] = ()
    line_words: str = ""  # what the lines are, where they are no thresholds
    band: tuple[float, float] | None = None
    is_bar: bool = True
    top: float | None = None
    further: tuple[Shown, ...] = ()  # in the table, but not drawn


def row_panel(source: Source, figures: Sequence[Shown], wish: Wish) -> tuple[Panel, ...]:
    """Return a panel of rows, or none where the block has no such figure."""
    if not figures:
        return ()
    unit = source.unit(figures[0])
    key = str(figures[0].raw["key"])
    look = Look(
        lambda value: on_axis(value, unit, key), wish.lines, wish.band, wish.is_bar, wish.top
    )
    return (
        Panel(
            key=wish.key,
            title=wish.title,
            about=wish.about,
            figures=(*figures, *wish.further),
            lines=tuple(Line(wish.label(one), one, wish.aside(one)) for one in figures),
            rows=rows_chart([mark(one) for one in figures], look),
            legend=row_legend(figures, wish),
            tone=tone_of(figures),
        ),
    )


def row_legend(figures: Sequence[Shown], wish: Wish) -> tuple[tuple[str, str], ...]:
    """Return the symbols of a row chart that occur in it, with their words."""
    found = []
    if any(one.raw["low"] is not None for one in figures):
        found.append(("interval", _("95 per cent interval")))
    if any(one.raw["previous"] is not None for one in figures):
        found.append(("previous", _("period before")))
    if wish.lines:
        found.append(("target", wish.line_words or _("threshold")))
    if wish.band:
        found.append(("band", _("wanted range")))
    return tuple(found)


def known(figures: Iterable[Shown | None]) -> list[Shown]:
    """Return the figures that have a number."""
    return [one for one in figures if one is not None and one.is_enough]


def value_of(figure: Shown) -> float:
    return float(figure.raw["value"])


def largest(figures: Iterable[Shown]) -> Shown | None:
    return max(known(figures), key=value_of, default=None)


def smallest(figures: Iterable[Shown]) -> Shown | None:
    return min(known(figures), key=value_of, default=None)


def not_enough() -> str:
    return _("Not enough data yet to say anything")
