"""The history of matches as one log: what the database holds, and what was invented beside it.

A pair counts once for a need and a model, at its first showing: a page that is opened again shows
nothing new. What came together without a list (a search, an invitation, a broker's proposal) is a
list of one, so that it has its place in the funnel under its own origin.

What a demonstration made is never in the real log: see ``history_demonstrations``.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import numpy as np
from sqlite_utils import Database

from matcher.learning.history import SEPARATOR, HistoryLog, from_bytes, make_log
from matcher.records import Need
from matcher.store.serialise import from_json
from matcher.store.shown_history import (
    DeclineRow,
    EngagementRow,
    HistoryRows,
    ListRow,
    PairRow,
    read_history_rows,
)
from matcher.store.synthetic_history import read_synthetic_content
from matcher.vocabulary import province_of
from matcher.workflow.learning.history_beside import beside_tables
from matcher.workflow.learning.history_demonstrations import is_synthetic, real_rows
from matcher.workflow.learning.history_rounds import round_tables
from matcher.workflow.learning.history_scores import baseline_scores

ENDED = ("done", "none_suitable", "withdrawn", "expired")
ORIGINS: Mapping[str, str] = {"site": "system"}  # what older lists call themselves
STEPS = (
    "need_accepted_at",
    "provider_accepted_at",
    "mutual_at",
    "revealed_at",
    "talks_at",
    "pilot_at",
    "contracted_at",
    "closed_at",
)
Columns = dict[str, list[Any]]
Scores = Callable[[ListRow, PairRow], tuple[float, float]]


def read_history(db: Database, *, today: date) -> HistoryLog:
    """Return what was shown and what came of it: the real log, or all of it, marked synthetic.

    While a demonstration is on, what it made and what was invented is in the log, and the log says
    that it is synthetic; see ``history_demonstrations``.

    Parameters
    ----------
    today : date
        Against which the quality of records is judged.
    """
    if not is_synthetic(db):
        return real_history(db, today=today)
    made = _log(db, read_history_rows(db), today, synthetic=True)
    content = read_synthetic_content(db)
    return made if content is None else made.joined(from_bytes(content))


def real_history(db: Database, *, today: date) -> HistoryLog:
    """Return what was really shown, without anything that was invented or demonstrated."""
    return _log(db, real_rows(db), today, synthetic=False)


def _log(db: Database, rows: HistoryRows, today: date, *, synthetic: bool) -> HistoryLog:
    made = _Made()
    _add_needs(made, rows)
    _add_offers(made, rows)
    _add_lists(made, rows)
    _add_engagements(made, rows)
    tables = {name: columns for name, columns in made.tables.items() if _n(columns)}
    tables |= beside_tables(rows, made.need, made.offer, today=today)
    tables |= round_tables(db, made.need)
    features = {
        name: np.array([pair.get(name) for pair in made.features], dtype=np.float64)
        for name in dict.fromkeys(name for pair in made.features for name in pair)
    }
    return make_log(tables, synthetic=synthetic, features=features, sources=("database",))


def _n(columns: Columns) -> int:
    return len(next(iter(columns.values())))


@dataclass
class _Made:
    """The tables as far as they are made, and the rows of what is in them."""

    tables: dict[str, Any] = field(default_factory=dict)
    need: dict[str, int] = field(default_factory=dict)
    offer: dict[str, int] = field(default_factory=dict)
    pair: dict[tuple[str, str, str], int] = field(default_factory=dict)  # need, capability, model
    first: dict[tuple[str, str], int] = field(default_factory=dict)  # need, capability
    model_of: dict[int, str] = field(default_factory=dict)  # by id of the list
    features: list[dict[str, float | None]] = field(default_factory=list)

    def add(self, table: str, **values: Any) -> int:
        """Add a row and return its number."""
        columns: Columns = self.tables.setdefault(table, {name: [] for name in values})
        for name, value in values.items():
            columns[name].append(value)
        return _n(columns) - 1


def _add_needs(made: _Made, rows: HistoryRows) -> None:
    for row in rows.needs:
        need = from_json(Need, row.payload)
        _add_need(
            made,
            need,
            enterprise_id=row.organisation_id or "",
            size=row.size or "",
            published_at=row.published_at,
            since=row.since or row.published_at,
            closed_at=row.updated_at if row.state in ENDED else "",
            state=row.state,
        )
    for shown in rows.lists:  # asked without having been published
        if shown.need_id not in made.need:
            need = _stated(shown.need_id, shown.need)
            _add_need(
                made, need, enterprise_id="", size="", published_at=shown.at, since=shown.at,
                closed_at="", state="open",
            )  # fmt: skip


def _stated(need_id: str, need: Mapping[str, Any]) -> Need:
    """Return what a stored list says of its need, as far as history looks at it."""
    return Need(
        need_id,
        str(need.get("title", "")),
        language=str(need.get("language", "")),
        industries=tuple(need.get("industries", ())),
        ai_tasks=tuple(need.get("ai_tasks", ())),
        region=str(need.get("region", "")),
        budget_max_cny=need.get("budget_max_cny"),
    )


def _add_need(made: _Made, need: Need, **known: str) -> None:
    budget = need.budget_max_cny or need.budget_min_cny
    made.need[need.need_id] = made.add(
        "needs",
        need_id=need.need_id,
        industry=need.industries[0] if need.industries else "",
        task=need.ai_tasks[0] if need.ai_tasks else "",
        region=province(need.region),
        language=need.language,
        budget_cny=np.nan if budget is None else float(budget),
        **known,
    )


def province(region: str) -> str:
    """Return the province of a region, or an empty text."""
    return province_of(region) if region else ""


def _add_offers(made: _Made, rows: HistoryRows) -> None:
    for row in rows.offers:
        made.offer[row.capability_id] = made.add(
            "capabilities",
            capability_id=row.capability_id,
            provider_id=row.provider_id,
            size=row.size or "",
            region=province(row.region or ""),
            language=row.language or "",
            since=row.since,
            until=row.until or "",
        )


def _add_lists(made: _Made, rows: HistoryRows) -> None:
    by_list: dict[int, list[PairRow]] = {}
    for pair in rows.pairs:
        by_list.setdefault(pair.match_list_id, []).append(pair)
    quality = {row.need_id: row.quality_score for row in rows.needs}
    scores = baseline_scores(rows)
    for row in rows.lists:
        made.model_of[row.match_list_id] = row.model_id
        pairs = by_list.get(row.match_list_id, [])
        new = [
            pair
            for pair in pairs
            if pair.capability_id in made.offer
            and (row.need_id, pair.capability_id, row.model_id) not in made.pair
        ]
        if new or not pairs:  # otherwise nothing that was not shown before
            number = _add_list(made, row, quality.get(row.need_id))
            for pair in new:
                # All that come from below a list are one class: where they stand is pure chance.
                intended = min(pair.intended_rank or pair.rank, len(pairs) + 1)
                _add_shown(made, row, pair._replace(intended_rank=intended), number, scores)


def _add_list(made: _Made, row: ListRow, quality: int | None) -> int:
    number = made.add(
        "lists",
        list_id=str(row.match_list_id),
        need=made.need[row.need_id],
        at=row.at,
        model_id=row.model_id,
        origin=ORIGINS.get(row.origin, row.origin),
        n_eligible=row.n_eligible,
        no_adequate=row.no_adequate,
        unknown_terms=np.nan,
        completeness=_share(quality),
    )
    for item in row.excluded:
        if item.get("capability_id") in made.offer:
            made.add(
                "exclusions",
                list=number,
                capability=made.offer[item["capability_id"]],
                reason=str(item.get("reason_code", "")),
            )
    return number


def _add_shown(made: _Made, row: ListRow, pair: PairRow, number: int, scores: Scores) -> None:
    rule, tags = scores(row, pair)
    _add_pair(
        made,
        (row.need_id, pair.capability_id, row.model_id),
        pair.features,
        list=number,
        position=pair.rank,
        intended=pair.intended_rank or pair.rank,
        propensity=pair.propensity,
        origin=pair.origin or ORIGINS.get(row.origin, row.origin),
        bits=pair.bits,
        probability=pair.probability,
        probability_need=_number(pair.probability_need),
        probability_provider=_number(pair.probability_provider),
        closeness=_number(pair.closeness),
        score_rule=rule,
        score_tags=tags,
    )


def _share(points: int | None) -> float:
    return np.nan if points is None else points / 100


def _number(value: float | None) -> float:
    return np.nan if value is None else value


def _add_pair(
    made: _Made, key: tuple[str, str, str], features: dict[str, float | None], **facts: Any
) -> int:
    number = made.add(
        "pairs",
        capability=made.offer[key[1]],
        **facts,
        **dict.fromkeys(STEPS, ""),
        need_declined_at="",
        provider_declined_at="",
        declines_need="",
        declines_provider="",
        close_cause="",
        outcome="",
        outcome_at="",
    )
    made.pair[key] = number
    made.first.setdefault(key[:2], number)
    made.features.append(features)
    return number


def _add_engagements(made: _Made, rows: HistoryRows) -> None:
    declines: dict[tuple[str, str], DeclineRow] = {}
    for one in rows.declines:
        declines.setdefault((one.engagement_id, one.side), one)
    for row in rows.engagements:
        if row.capability_id not in made.offer or row.need_id not in made.need:
            continue
        number = _pair_of(made, row)
        columns = made.tables["pairs"]
        for step in STEPS:
            columns[step][number] = getattr(row, step) or ""
        columns["close_cause"][number] = row.close_cause
        columns["outcome"][number] = row.result or ""
        columns["outcome_at"][number] = row.recorded_at or ""
        for side in ("need", "provider"):
            decline = declines.get((row.engagement_id, side))
            if decline is not None:
                columns[f"{side}_declined_at"][number] = decline.at
                columns[f"declines_{side}"][number] = SEPARATOR.join(decline.codes)


def _pair_of(made: _Made, row: EngagementRow) -> int:
    """Return the pair that an engagement is about; one that no list showed gets its own."""
    model = made.model_of.get(row.match_list_id or 0, "")
    for found in (
        made.pair.get((row.need_id, row.capability_id, model)),
        made.first.get((row.need_id, row.capability_id)),
    ):
        if found is not None:
            return found
    origin = ORIGINS.get(row.origin, row.origin)
    number = made.add(
        "lists", list_id=row.engagement_id, need=made.need[row.need_id], at=row.created_at,
        model_id="", origin=origin, n_eligible=1, no_adequate=False, unknown_terms=np.nan,
        completeness=np.nan,
    )  # fmt: skip
    unknown = dict.fromkeys(
        ("bits", "probability", "probability_need", "probability_provider", "closeness"), np.nan
    )
    return _add_pair(
        made, (row.need_id, row.capability_id, ""), {}, list=number, position=1, intended=1,
        propensity=np.nan, origin=origin, score_rule=np.nan, score_tags=np.nan, **unknown,
    )  # fmt: skip
