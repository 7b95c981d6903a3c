"""The very needs and pairs behind a figure of the report, as they stood when its period ended."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from sqlite_utils import Database

from matcher.learning.history import Array, HistoryLog
from matcher.workflow.learning.history import read_history
from matcher.workflow.learning.report_selection import Selection

# What came of a pair, the furthest first: the word for it and the column that says when.
CAME_TO = (
    ("contracted", "contracted_at"),
    ("pilot", "pilot_at"),
    ("talks", "talks_at"),
    ("mutual", "mutual_at"),
)


@dataclass(frozen=True, slots=True)
class PairBehind:
    """One pair that was shown for a need.

    Attributes
    ----------
    came_to : contracted, pilot, talks, mutual, declined, one_side, or empty where nobody answered
    """

    place: int
    capability_id: str
    provider_id: str
    origin: str
    probability: float | None
    came_to: str


@dataclass(frozen=True, slots=True)
class NeedBehind:
    """One need with its pairs, in the order of their places."""

    need_id: str
    industry: str
    task: str
    size: str
    region: str
    language: str
    published_on: str
    state: str
    pairs: tuple[PairBehind, ...]


def needs_behind(
    db: Database, need_ids: Sequence[str], selection: Selection, *, today: date
) -> list[NeedBehind]:
    """Return needs with the pairs shown until the period ended, in the order they are asked for.

    A need that was published later, as records are judged as they stand now, comes without pairs.
    One that history does not know any more, such as an invented one whose demonstration has ended,
    is left out.
    """
    log = read_history(db, today=today)
    asked = log.where({"needs": np.isin(log.needs["need_id"], np.array(need_ids, dtype=np.str_))})
    then = asked.as_of(selection.period.bounds[1] - np.timedelta64(1, "s"))
    unseen = asked.where({"pairs": np.zeros(asked.n("pairs"), dtype=bool)})
    found = {one.need_id: one for one in [*_needs(unseen), *_needs(then)]}
    return [found[one] for one in need_ids if one in found]


def _needs(log: HistoryLog) -> list[NeedBehind]:
    return [_need(log, row) for row in range(log.n("needs"))]


def _need(log: HistoryLog, row: int) -> NeedBehind:
    facts = {name: str(log.needs[name][row]) for name in ("industry", "task", "size", "region")}
    inside = np.flatnonzero(log.pair_need == row)
    order = inside[np.lexsort((log.pairs["position"][inside], log.shown_at[inside]))]
    return NeedBehind(
        need_id=str(log.needs["need_id"][row]),
        language=str(log.needs["language"][row]),
        published_on=str(log.needs["published_at"][row].astype("M8[D]")),
        state=str(log.needs["state"][row]),
        pairs=tuple(_pair(log, int(one)) for one in order),
        **facts,
    )


def _pair(log: HistoryLog, row: int) -> PairBehind:
    pairs = log.pairs
    offer = pairs["capability"][row]
    probability = float(pairs["probability"][row])
    return PairBehind(
        place=int(pairs["position"][row]),
        capability_id=str(log.capabilities["capability_id"][offer]),
        provider_id=str(log.capabilities["provider_id"][offer]),
        origin=str(pairs["origin"][row]),
        probability=probability if np.isfinite(probability) else None,
        came_to=_came_to(pairs, row),
    )


def _came_to(pairs: Any, row: int) -> str:
    """Return the furthest that a pair got."""

    def is_set(*columns: str) -> bool:
        times: list[Array] = [pairs[column][row] for column in columns]
        return not all(np.isnat(time) for time in times)

    for word, column in CAME_TO:
        if is_set(column):
            return word
    if is_set("need_declined_at", "provider_declined_at"):
        return "declined"
    return "one_side" if is_set("need_accepted_at", "provider_accepted_at") else ""
