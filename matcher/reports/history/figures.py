"""What a block is made of: figures with period, number, interval, and the needs behind them.

Every number of the report is one ``Figure``; a chart is a row of them. So the page, the CSV file
and the JSON document show the same records, and a figure that rests on too little has no value.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

LEAST, LEAST_IN_GROUP = 30, 10
MAX_NEEDS = 200  # ids kept for a drill-down; ``n_needs`` says how many there are
WATCH, ACT = "watch", "act"
Value = str | int | float | None


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report, or the statement that there is not enough data for it.

    Attributes
    ----------
    key : what is measured, see ``measures``
    system : which ranking, where several are compared; empty for what was really shown
    dimension, group : by what it is split and which part this is; empty for the whole
    value, low, high : the number with its 95 % interval; None where there is not enough data or,
        for an interval, where the number is a plain count
    n, n_of : on how many of what it rests
    needed : how many would be enough
    x : where on a chart's axis it belongs, such as the predicted share of a bin
    method : how the interval was made
    alert : ``watch`` or ``act`` where a threshold is passed
    facts : what belongs to the figure and is no number of its own
    needs : ids of the needs behind it, at most ``MAX_NEEDS`` of ``n_needs``
    """

    key: str
    value: float | None
    n: int
    low: float | None = None
    high: float | None = None
    system: str = ""
    dimension: str = ""
    group: str = ""
    n_of: str = "pairs"
    needed: int = 0
    x: float | None = None
    method: str = ""
    alert: str = ""
    start: str = ""
    end: str = ""
    previous: float | None = None
    n_previous: int | None = None
    facts: Mapping[str, Value] = field(default_factory=dict)
    n_needs: int = 0
    needs: tuple[str, ...] = ()

    @property
    def is_enough(self) -> bool:
        """Whether there is a number at all."""
        return self.value is not None

    @property
    def identity(self) -> tuple[str, str, str, str]:
        """What tells this figure from the others of its block."""
        return self.key, self.system, self.dimension, self.group

    def as_json(self) -> dict[str, Any]:
        """Return the figure as plain values."""
        found = asdict(self)
        found["facts"] = dict(self.facts)
        found["needs"] = list(self.needs)
        found["enough_data"] = self.is_enough
        found["status"] = "ok" if self.is_enough else "not enough data"
        return found


@dataclass(frozen=True, slots=True)
class Block:
    """One block of the report."""

    key: str
    figures: tuple[Figure, ...]
    synthetic: bool
    notes: tuple[str, ...] = ()  # codes of what a reader must know, see ``measures.NOTES``

    def find(
        self, key: str, group: str = "", *, system: str = "", dimension: str = ""
    ) -> Figure | None:
        """Return a figure by what tells it from others, or None."""
        wanted = (key, system, dimension, group)
        return next((one for one in self.figures if one.identity == wanted), None)

    def as_json(self) -> dict[str, Any]:
        """Return the block as plain values."""
        return {
            "key": self.key,
            "synthetic": self.synthetic,
            "enough_data": any(figure.is_enough for figure in self.figures),
            "notes": list(self.notes),
            "figures": [figure.as_json() for figure in self.figures],
        }


def named(
    key: str, group: str = "", *, dimension: str = "", system: str = "", n_of: str = "pairs"
) -> Figure:
    """Return what a figure is called, before it has a number."""
    return Figure(key, None, 0, system=system, dimension=dimension, group=group, n_of=n_of)


def finite(value: float | None) -> float | None:
    """Return a number, or None for one that is not finite."""
    return None if value is None or not math.isfinite(value) else float(value)


def with_previous(block: Block, before: Block) -> Block:
    """Return a block with the value that each figure had in the period before."""
    known = {figure.identity: figure for figure in before.figures}
    figures = []
    for figure in block.figures:
        old = known.get(figure.identity)
        figures.append(
            figure if old is None else replace(figure, previous=old.value, n_previous=old.n)
        )
    return replace(block, figures=tuple(figures))


COLUMNS = ("block", "synthetic", *(f.name for f in fields(Figure) if f.name != "needs"))


def rows_of(block: Mapping[str, Any]) -> list[dict[str, Value]]:
    """Return the rows of a block's CSV file from its JSON form: the very numbers of the page.

    Every row says whether it is synthetic, so that a row that is copied elsewhere still does.
    """
    rows = []
    for figure in block["figures"]:
        row = {name: figure.get(name) for name in COLUMNS}
        row["facts"] = "; ".join(f"{k}={v}" for k, v in figure["facts"].items())
        rows.append(row | {"block": block["key"], "synthetic": block["synthetic"]})
    return rows
