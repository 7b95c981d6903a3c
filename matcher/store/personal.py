"""What one person wrote, answered, graded or sent, table by table: the own part of each row only.

A row that two people wrote, such as a question with its answer, is given to each without the words
of the other. What a person did besides stands in the audit trail.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.store.driver import driver_errors


class _Part(NamedTuple):
    """Where rows of a person stand, which column names the person, and what is the person's own."""

    table: str
    person: str
    columns: str
    at: str


_STEPS = "engagement_transition LEFT JOIN decline USING (engagement_id, sequence)"
_PARTS = {
    "messages": _Part("engagement_message", "author", "engagement_id, text, sent_at", "sent_at"),
    "questions_asked": _Part("question", "asked_by", "need_id, text, asked_at", "asked_at"),
    "questions_answered": _Part(
        "question", "answered_by", "need_id, answer, answered_at", "answered_at"
    ),
    "steps_of_engagements": _Part(
        _STEPS, "actor", "engagement_id, action, reason, codes, note, at", "at"
    ),
    "steps_of_needs": _Part("need_transition", "actor", "need_id, to_state, reason, at", "at"),
    "ratings": _Part(
        "rating",
        "given_by",
        "engagement_id, overall, fit, responsiveness, competence, given_at",
        "given_at",
    ),
    "outcomes": _Part(
        "outcome", "recorded_by", "need_id, engagement_id, result, note, recorded_at", "recorded_at"
    ),
    "follow_ups": _Part(
        "follow_up", "given_by", "engagement_id, state, n_sites, text, given_at", "given_at"
    ),
    "appeals_filed": _Part(
        "appeal", "filed_by", "appeal_id, object_kind, object_id, text, filed_at", "filed_at"
    ),
    "appeals_decided": _Part(
        "appeal", "decided_by", "appeal_id, decision, decision_reason, decided_at", "decided_at"
    ),
    "proposals": _Part(
        "proposal", "proposed_by", "proposal_id, kind, record_id, note, proposed_at", "proposed_at"
    ),
    "decisions": _Part(
        "proposal", "decided_by", "proposal_id, state, reason, decided_at", "decided_at"
    ),
    "changes_of_order": _Part(
        "match_override",
        "made_by",
        "need_id, capability_id, action, value, reason, made_at",
        "made_at",
    ),
    "answers_in_rounds": _Part(
        "round_answer",
        "answered_by",
        "round_id, party_id, other_id, answer, answered_at",
        "answered_at",
    ),
    "grades": _Part(
        "judgement",
        "judged_by",
        "need_id, capability_id, grade, requirement_id, note, judged_at",
        "judged_at",
    ),
    "files": _Part(
        "attachment",
        "uploaded_by",
        "attachment_id, object_kind, object_id, file_name, n_bytes, uploaded_at",
        "uploaded_at",
    ),
    "saved_searches": _Part(
        "saved_search",
        "account_id",
        "name, page, query, facets, wants_alerts, created_at",
        "created_at",
    ),
    "drafts": _Part(
        "draft",
        "owner",
        "draft_id, kind, record_id, step, payload, created_at, updated_at",
        "created_at",
    ),
}
PARTS = tuple(_PARTS)
_AS_JSON = frozenset({"payload", "facets", "codes"})


def list_own(db: Database, part: str, account_id: str) -> list[dict[str, Any]]:
    """Return what is a person's own of a part of ``PARTS``, the oldest first."""
    table, person, columns, at = _PARTS[part]
    with driver_errors(f"read the {part} of a person"):
        rows = db.conn.execute(
            f"SELECT {columns} FROM {table} WHERE {person} = ? "  # noqa: S608 - from the table above
            f"ORDER BY {at}, {columns.partition(',')[0]}",
            [account_id],
        ).fetchall()
    names = columns.split(", ")
    return [_plain(dict(zip(names, row, strict=True))) for row in rows]


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {
        name: json.loads(value) if name in _AS_JSON and value is not None else value
        for name, value in row.items()
    }
