"""History as it lies in the tables: what was shown, what was answered, who could have been shown.

Rows as they are, times as text, in the order of their keys;
``matcher.workflow.learning.history`` makes one log of them. What a label is, or when a pair
counts, is not known here.
"""

from __future__ import annotations

import json
from datetime import date
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.store.connection import read_snapshot
from matcher.store.driver import driver_errors

NOT_SHOWN = "command_line"  # an answer on a terminal: no enterprise saw it


class ListRow(NamedTuple):
    """A list that was shown."""

    match_list_id: int
    need_id: str
    need: dict[str, Any]
    model_id: str
    origin: str
    at: str
    n_eligible: int
    no_adequate: bool
    excluded: list[dict[str, Any]]


class PairRow(NamedTuple):
    """A pair of a list."""

    match_list_id: int
    rank: int
    intended_rank: int | None
    capability_id: str
    origin: str
    propensity: float
    bits: float
    probability: float
    probability_need: float | None
    probability_provider: float | None
    features: dict[str, float | None]
    closeness: float | None


class EngagementRow(NamedTuple):
    """An engagement with the first time of each step; ``closed_at`` only while it is closed."""

    engagement_id: str
    need_id: str
    capability_id: str
    match_list_id: int | None
    origin: str
    close_cause: str
    created_at: str
    need_accepted_at: str | None
    provider_accepted_at: str | None
    mutual_at: str | None
    revealed_at: str | None
    talks_at: str | None
    pilot_at: str | None
    contracted_at: str | None
    closed_at: str | None
    result: str | None
    recorded_at: str | None


class DeclineRow(NamedTuple):
    """Why a side declined, and when."""

    engagement_id: str
    side: str
    codes: list[str]
    at: str


class NeedRow(NamedTuple):
    """A need that was published, with whose it is and where it stands."""

    need_id: str
    payload: str
    organisation_id: str | None
    size: str | None
    since: str | None
    state: str
    published_at: str
    updated_at: str
    quality_score: int | None


class OfferRow(NamedTuple):
    """A capability with when it came and went, and who offers it."""

    capability_id: str
    payload: str
    provider_id: str
    region: str | None
    size: str | None
    language: str | None
    since: str
    until: str | None


class BesideRows(NamedTuple):
    """What happened beside lists and engagements."""

    applications: list[tuple[Any, ...]]  # base, service, need, applied, decided, state
    overrides: list[tuple[Any, ...]]  # need, capability, action, actor, reason, at
    appeals: list[tuple[Any, ...]]  # id, kind, filed, due, decided, decision, organisation
    judgements: list[tuple[Any, ...]]  # need, capability, reviewer, grade, at
    bases: list[tuple[Any, ...]]  # id, payload, since


class HistoryRows(NamedTuple):
    """Everything, of one state of the database."""

    lists: list[ListRow]
    pairs: list[PairRow]
    engagements: list[EngagementRow]
    declines: list[DeclineRow]
    needs: list[NeedRow]
    offers: list[OfferRow]
    beside: BesideRows


_LISTS = """SELECT match_list_id, need_id, need, model_id, origin, created_at, n_eligible,
    no_adequate_match, excluded FROM match_list WHERE need_id <> '' AND origin <> ?
    ORDER BY created_at, match_list_id"""
_PAIRS = """SELECT p.match_list_id, p.rank, p.intended_rank, p.capability_id, p.origin,
    p.propensity, p.bits, p.probability, p.probability_need, p.probability_provider, p.features,
    p.closeness
    FROM match_pair AS p JOIN match_list AS l USING (match_list_id)
    WHERE l.need_id <> '' AND l.origin <> ? ORDER BY p.match_list_id, p.rank"""
_ENGAGEMENTS = """SELECT e.engagement_id, e.need_id, e.capability_id, e.match_list_id, e.origin,
    e.close_cause, e.created_at,
    min(CASE WHEN t.action = 'accept' AND t.side = 'need' THEN t.at END),
    min(CASE WHEN t.action = 'accept' AND t.side = 'provider' THEN t.at END),
    min(CASE WHEN t.to_state = 'mutual' THEN t.at END),
    min(CASE WHEN t.to_state = 'revealed' THEN t.at END),
    min(CASE WHEN t.action = 'start_talks' THEN t.at END),
    min(CASE WHEN t.action = 'accept_pilot' THEN t.at END),
    min(CASE WHEN t.to_state = 'contracted' THEN t.at END),
    max(CASE WHEN t.to_state = 'closed' AND e.state = 'closed' THEN t.at END),
    o.result, o.recorded_at
    FROM engagement AS e LEFT JOIN engagement_transition AS t USING (engagement_id)
    LEFT JOIN outcome AS o USING (engagement_id)
    GROUP BY e.engagement_id ORDER BY e.created_at, e.engagement_id"""
_DECLINES = """SELECT d.engagement_id, d.side, d.codes, t.at FROM decline AS d
    JOIN engagement_transition AS t USING (engagement_id, sequence)
    ORDER BY d.engagement_id, d.sequence"""
_NEEDS = """SELECT s.need_id, c.payload, r.organisation_id, o.size, o.created_at, s.state,
    s.published_at, s.updated_at, s.quality_score FROM need_status AS s
    JOIN record_current AS c ON c.kind = 'need' AND c.record_id = s.need_id
    LEFT JOIN record_owner AS r ON r.kind = 'need' AND r.record_id = s.need_id
    LEFT JOIN organisation AS o USING (organisation_id)
    WHERE s.published_at IS NOT NULL ORDER BY s.published_at, s.need_id"""
_OFFERS = """SELECT v.record_id, v.payload, json_extract(v.payload, '$.provider_id'),
    json_extract(p.payload, '$.region'), o.size, o.language,
    (SELECT min(f.valid_from) FROM record_version AS f
     WHERE f.kind = 'capability' AND f.record_id = v.record_id), v.valid_to
    FROM record_head AS h JOIN record_version AS v USING (kind, record_id, version)
    LEFT JOIN record_current AS p
    ON p.kind = 'provider' AND p.record_id = json_extract(v.payload, '$.provider_id')
    LEFT JOIN organisation AS o ON o.provider_id = json_extract(v.payload, '$.provider_id')
    AND o.provider_id <> ''
    WHERE h.kind = 'capability' GROUP BY v.record_id ORDER BY v.record_id"""
_APPLICATIONS = """SELECT a.pilot_base_id, a.service_id, e.need_id, a.applied_at, a.decided_at,
    a.state FROM pilot_application AS a JOIN engagement AS e USING (engagement_id)
    ORDER BY a.applied_at, a.application_id"""
_OVERRIDES = """SELECT need_id, capability_id, action, made_by, reason, made_at
    FROM match_override ORDER BY made_at, override_id"""
_APPEALS = """SELECT appeal_id, object_kind, filed_at, due_at, decided_at, decision,
    organisation_id FROM appeal ORDER BY filed_at, appeal_id"""
_JUDGEMENTS = """SELECT need_id, capability_id, judged_by, grade, judged_at FROM judgement
    ORDER BY judged_at, judgement_id"""
_BASES = """SELECT record_id, payload, valid_from FROM record_current WHERE kind = 'pilot_base'
    ORDER BY record_id"""


def first_shown_on(db: Database, *, really: bool) -> date | None:
    """Return the day on which anything was shown for the first time.

    Parameters
    ----------
    really : bool
        Leave out what was invented and what was shown to organisations of a demonstration.
    """
    with driver_errors("look for the first shown list"):
        row = db.conn.execute(
            "SELECT min(at) FROM (SELECT min(created_at) AS at FROM match_list AS l "
            "  WHERE origin <> ? AND (? = 0 OR NOT EXISTS (SELECT 1 FROM record_owner AS r "
            "    JOIN organisation AS o USING (organisation_id) WHERE o.is_demo = 1 "
            "    AND r.kind = 'need' AND r.record_id = l.need_id)) "
            "UNION ALL SELECT min(starts_on) FROM synthetic_history WHERE ? = 0)",
            [NOT_SHOWN, really, really],
        ).fetchone()
    return None if row[0] is None else date.fromisoformat(str(row[0])[:10])


def read_history_rows(db: Database) -> HistoryRows:
    """Return what was shown and what came of it, as of one moment."""
    with read_snapshot(db, "read the history of matches"):
        lists = _rows(db, _LISTS, [NOT_SHOWN])
        pairs = _rows(db, _PAIRS, [NOT_SHOWN])
        engagements = [EngagementRow(*row) for row in _rows(db, _ENGAGEMENTS)]
        declines = _rows(db, _DECLINES)
        needs = [NeedRow(*row) for row in _rows(db, _NEEDS)]
        offers = [OfferRow(*row) for row in _rows(db, _OFFERS)]
        beside = BesideRows(
            *(_rows(db, sql) for sql in (_APPLICATIONS, _OVERRIDES, _APPEALS, _JUDGEMENTS, _BASES))
        )
    return HistoryRows(
        [_list(row) for row in lists],
        [_pair(row) for row in pairs],
        engagements,
        [DeclineRow(row[0], row[1], json.loads(row[2]), row[3]) for row in declines],
        needs,
        offers,
        beside,
    )


def _list(row: tuple[Any, ...]) -> ListRow:
    match_list_id, need_id, need, model_id, origin, at, n_eligible, no_adequate, excluded = row
    return ListRow(
        match_list_id, need_id, json.loads(need), model_id, origin, at, n_eligible,
        bool(no_adequate), json.loads(excluded),
    )  # fmt: skip


def _pair(row: tuple[Any, ...]) -> PairRow:
    number, rank, intended, capability_id, origin, propensity, *scores, features, closeness = row
    bits, joint, of_need, of_provider = scores
    return PairRow(
        number, rank, intended, capability_id, origin, propensity, bits, joint, of_need,
        of_provider, json.loads(features), closeness,
    )  # fmt: skip


def _rows(db: Database, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
    found: list[tuple[Any, ...]] = db.conn.execute(sql, values or []).fetchall()
    return found
