"""What waits for somebody: counts for the first page, each of one indexed question."""

from __future__ import annotations

from collections.abc import Mapping

from sqlite_utils import Database

from matcher.store.driver import driver_errors

# What waits for an account, for its organisation, or for the platform's staff.
_OF_OWNER = {
    "drafts_of_needs": "SELECT count(*) FROM draft WHERE owner = ? AND kind = 'need'",
    "drafts_of_capabilities": "SELECT count(*) FROM draft WHERE owner = ? AND kind = 'capability'",
    "drafts_of_bases": "SELECT count(*) FROM draft WHERE owner = ? AND kind = 'pilot_base'",
}
_OF_ORGANISATION = {
    "needs_open": (
        "SELECT count(*) FROM need_status JOIN record_owner AS o ON o.kind = 'need' "
        "AND o.record_id = need_id WHERE o.organisation_id = ? AND state IN ('open', 'matching')"
    ),
    "needs_in_review": (
        "SELECT count(*) FROM need_status JOIN record_owner AS o ON o.kind = 'need' "
        "AND o.record_id = need_id WHERE o.organisation_id = ? AND state = 'in_review'"
    ),
    "questions_to_answer": (
        "SELECT count(*) FROM question AS q JOIN record_owner AS o ON o.kind = 'need' "
        "AND o.record_id = q.need_id "
        "WHERE o.organisation_id = ? AND q.answer = '' AND q.hidden_by = ''"
    ),
    "proposals_waiting": (
        "SELECT count(*) FROM proposal WHERE organisation_id = ? AND state = 'pending'"
    ),
    "capabilities": (
        "SELECT count(*) FROM record_owner JOIN record_current AS r USING (kind, record_id) "
        "WHERE organisation_id = ? AND kind = 'capability'"
    ),
}
_OF_STAFF = {
    "needs_to_review": "SELECT count(*) FROM need_status WHERE state = 'in_review'",
    "proposals_to_review": "SELECT count(*) FROM proposal WHERE state = 'pending'",
    "weak_points": (
        "SELECT coalesce(max(json_extract(document, '$.headline.n_weak')), 0) FROM ("
        "SELECT document FROM report_snapshot "
        "WHERE synthetic = EXISTS (SELECT 1 FROM synthetic_history) "
        "ORDER BY ends_on DESC, starts_on DESC LIMIT 1)"
    ),
    "organisations_to_verify": ("SELECT count(*) FROM organisation WHERE verification = 'pending'"),
}


def count_waiting(
    db: Database, account_id: str, organisation_id: str, *, is_staff: bool
) -> dict[str, int]:
    """Return how many things of each kind wait for somebody, by a stable word.

    Parameters
    ----------
    organisation_id : str
        Empty for staff, who act for none.
    """
    counts = _counted(db, _OF_OWNER, [account_id])
    if organisation_id:
        counts |= _counted(db, _OF_ORGANISATION, [organisation_id])
    if is_staff:
        counts |= _counted(db, _OF_STAFF, [])
    return counts


def _counted(db: Database, questions: Mapping[str, str], given: list[str]) -> dict[str, int]:
    with driver_errors("count what waits"):
        return {
            name: int(db.conn.execute(question, given).fetchone()[0])
            for name, question in questions.items()
        }
