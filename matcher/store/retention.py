"""Count and delete what is older than its term, and say how far back each log goes.

Which kinds there are and how long they are kept is decided in ``matcher.workflow.upkeep``. The
audit trail is never deleted; no statement here could. Of a shown list its digest stays in the chain
of what was shown, and one that an engagement or an entry of unmet needs came from stays whole.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.shown_chain import remove_lists
from matcher.store.versions import stamp

_IS_LOST = (
    "object_kind = 'draft' AND uploaded_at < ? AND object_id NOT IN (SELECT draft_id FROM draft)"
)
# Of a file's id in a text of JSON: ids are random, so that it stands there only as a name of it.
_NAMES_IT = "instr({}.payload, '\"' || attachment_id || '\"') > 0"
# Nothing in force, waiting, being written or still talked about names the file, nor did any of it
# after the time; a draft leaves no trace, so that its files are over with it.
_IS_UNNAMED = f"""
    object_kind = 'capability' AND uploaded_at < ?1
    AND NOT EXISTS (
        SELECT 1 FROM record_version AS v
        WHERE v.kind = 'capability' AND v.record_id = attachment.object_id
        AND (v.valid_to IS NULL OR v.valid_to >= ?1) AND {_NAMES_IT.format("v")})
    AND NOT EXISTS (
        SELECT 1 FROM proposal AS p
        WHERE p.kind = 'capability' AND p.record_id = attachment.object_id
        AND (p.state = 'pending' OR p.decided_at >= ?1) AND {_NAMES_IT.format("p")})
    AND NOT EXISTS (
        SELECT 1 FROM draft AS d WHERE d.kind = 'capability' AND {_NAMES_IT.format("d")})
    AND NOT EXISTS (
        SELECT 1 FROM engagement AS e JOIN record_version AS v ON v.kind = 'capability'
            AND v.record_id = e.capability_id AND v.version = e.capability_version
        WHERE e.capability_id = attachment.object_id
        AND (e.state <> 'closed' OR e.updated_at >= ?1) AND {_NAMES_IT.format("v")})"""  # noqa: S608
_LED_NOWHERE = """created_at < ?
    AND NOT EXISTS (SELECT 1 FROM engagement AS e WHERE e.match_list_id = match_list.match_list_id)
    AND NOT EXISTS (SELECT 1 FROM supply_gap AS g WHERE g.match_list_id = match_list.match_list_id)
    """
SHOWN_LISTS = "shown_lists"
# Kind → table and what of it is over at a time.
_OVER = {
    "login_attempts": ("login_attempt", "at < ?"),
    "one_time_links": ("one_time_link", "min(expires_at, coalesce(used_at, expires_at)) < ?"),
    "mails": ("mail", "created_at < ?"),
    "visitor_drafts": ("draft", "substr(owner, 1, 8) = 'visitor-' AND updated_at < ?"),
    "member_drafts": ("draft", "substr(owner, 1, 8) <> 'visitor-' AND updated_at < ?"),
    "lost_files": ("attachment", _IS_LOST),
    "evidence_files": ("attachment", _IS_UNNAMED),
    "read_notices": ("notice", "read_at < ?"),
    "unread_notices": ("notice", "read_at IS NULL AND created_at < ?"),
    "jobs": ("job", "ended_at < ?"),
    "model_checks": ("model_check", "made_at < ?"),
    SHOWN_LISTS: ("match_list", _LED_NOWHERE),
}
# Log → table and the column with the time of an entry.
_LOGS = {
    "audit": ("audit_event", "at"),
    "shown_lists": ("match_list", "created_at"),
    "engagement_steps": ("engagement_transition", "at"),
    "need_states": ("need_transition", "at"),
    "consents": ("consent", "given_at"),
    "overrides": ("match_override", "made_at"),
    "judgements": ("judgement", "judged_at"),
    "serving_changes": ("serving_change", "made_at"),
    "sign_ins": ("login_attempt", "at"),
}
KINDS, LOGS = tuple(_OVER), tuple(_LOGS)


class LogSpan(NamedTuple):
    """How many entries a log has, and from when to when they reach."""

    log: str
    n: int
    oldest: datetime | None
    newest: datetime | None


def count_over(db: Database, kind: str, before: datetime) -> int:
    """Return how many of a kind were over before a time."""
    table, is_over = _OVER[kind]
    with driver_errors(f"count {kind}"):
        row = db.conn.execute(
            f"SELECT count(*) FROM {table} WHERE {is_over}",  # noqa: S608 - from the table above
            [stamp(before)],
        ).fetchone()
    return int(row[0])


def delete_over(db: Database, kind: str, before: datetime) -> int:
    """Delete what of a kind was over before a time; return how many."""
    table, is_over = _OVER[kind]
    with write_transaction(db, f"delete old {kind}"):
        if kind == SHOWN_LISTS:
            return remove_lists(db, _ids_over(db, before))
        cursor = db.conn.execute(
            f"DELETE FROM {table} WHERE {is_over}",  # noqa: S608 - from the table above
            [stamp(before)],
        )
        return int(cursor.rowcount)


def _ids_over(db: Database, before: datetime) -> list[int]:
    """Return the shown lists that are over, the first one first."""
    rows = db.conn.execute(
        f"SELECT match_list_id FROM match_list WHERE {_LED_NOWHERE} "  # noqa: S608 - from above
        "ORDER BY match_list_id",
        [stamp(before)],
    ).fetchall()
    return [int(row[0]) for row in rows]


def log_spans(db: Database) -> list[LogSpan]:
    """Return how far back each log goes."""
    found = []
    with driver_errors("read how far the logs go back"):
        for log, (table, at) in _LOGS.items():
            n, oldest, newest = db.conn.execute(
                f"SELECT count(*), min({at}), max({at}) FROM {table}"  # noqa: S608 - from above
            ).fetchone()
            found.append(LogSpan(log, int(n), _time(oldest), _time(newest)))
    return found


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
