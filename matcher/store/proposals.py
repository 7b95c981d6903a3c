"""Proposals: what an organisation wants published or changed, and what was decided about it.

For one record at most one proposal waits; a later one takes the place of the earlier. Whose a
proposal is stands in the query, so that somebody else's is not found.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

PENDING, APPROVED, REFUSED, WITHDRAWN = "pending", "approved", "refused", "withdrawn"
REPLACED = "replaced by a newer proposal"
_COLUMNS = (
    "proposal_id, kind, record_id, organisation_id, payload, base_version, note, proposed_by, "
    "proposed_at, state, decided_by, decided_at, reason, is_returned"
)


@dataclass(frozen=True, slots=True)
class Proposal:
    """One proposal; ``payload`` is the record as it shall become, as JSON has it."""

    proposal_id: str
    kind: str  # capability | pilot_base
    record_id: str
    organisation_id: str
    payload: Mapping[str, Any]
    proposed_by: str
    proposed_at: datetime
    base_version: int | None = None  # None: the first publication
    note: str = ""
    state: str = PENDING
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    is_returned: bool = field(default=False)  # refused, with the wish for a change

    @property
    def is_pending(self) -> bool:
        """Whether a decision is still to come."""
        return self.state == PENDING


@dataclass(frozen=True, slots=True)
class Decision:
    """What becomes of a proposal, and why."""

    state: str
    decided_by: str
    reason: str = ""
    is_returned: bool = False


def add_proposal(db: Database, proposal: Proposal) -> str:
    """Store a proposal that waits; return the id of the one that it replaces, or an empty text."""
    with write_transaction(db, f"propose {proposal.kind} {proposal.record_id}"):
        earlier = find_pending(db, proposal.kind, proposal.record_id)
        if earlier is not None:
            decision = Decision(WITHDRAWN, proposal.proposed_by, REPLACED)
            decide_proposal(db, earlier.proposal_id, decision, now=proposal.proposed_at)
        marks = ", ".join("?" * 14)
        db.conn.execute(
            f"INSERT INTO proposal ({_COLUMNS}) VALUES ({marks})",  # noqa: S608
            [
                proposal.proposal_id,
                proposal.kind,
                proposal.record_id,
                proposal.organisation_id,
                _json(proposal.payload),
                proposal.base_version,
                proposal.note,
                proposal.proposed_by,
                stamp(proposal.proposed_at),
                PENDING,
                "",
                None,
                "",
                0,
            ],
        )
    return "" if earlier is None else earlier.proposal_id


def decide_proposal(db: Database, proposal_id: str, decision: Decision, *, now: datetime) -> None:
    """Note what was decided; of two who decide at once only the first succeeds.

    Raises
    ------
    UnknownRecord
        When no proposal with this id waits.
    """
    with write_transaction(db, f"decide proposal {proposal_id}"):
        cursor = db.conn.execute(
            "UPDATE proposal SET state = ?, decided_by = ?, decided_at = ?, reason = ?, "
            "is_returned = ? WHERE proposal_id = ? AND state = 'pending'",
            [
                decision.state,
                decision.decided_by,
                stamp(now),
                decision.reason,
                int(decision.is_returned),
                proposal_id,
            ],
        )
        if cursor.rowcount != 1:
            raise UnknownRecord("waiting proposal", proposal_id)


def rebase_proposal(
    db: Database, proposal_id: str, payload: Mapping[str, Any], base_version: int
) -> None:
    """Let a waiting proposal start from a later version, with what that version brought."""
    with write_transaction(db, f"bring proposal {proposal_id} up to date"):
        db.conn.execute(
            "UPDATE proposal SET payload = ?, base_version = ? "
            "WHERE proposal_id = ? AND state = 'pending'",
            [_json(payload), base_version, proposal_id],
        )


def read_proposal(db: Database, proposal_id: str, *, organisation_id: str = "") -> Proposal:
    """Return a proposal; with ``organisation_id`` only one of that organisation.

    Raises
    ------
    UnknownRecord
        When there is none, or it is another's.
    """
    with driver_errors(f"read proposal {proposal_id}"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM proposal "  # noqa: S608
            "WHERE proposal_id = ? AND ? IN ('', organisation_id)",
            [proposal_id, organisation_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("proposal", proposal_id)
    return _proposal(row)


def find_pending(db: Database, kind: str, record_id: str) -> Proposal | None:
    """Return the proposal that waits for a record, or None."""
    found = _list(db, "kind = ? AND record_id = ? AND state = 'pending'", [kind, record_id], 1, 0)
    return found[0] if found else None


def list_pending(
    db: Database, *, kind: str = "", limit: int = 50, offset: int = 0
) -> list[Proposal]:
    """Return what waits, the oldest first."""
    return _list(db, "state = 'pending' AND ? IN ('', kind)", [kind], limit, offset)


def list_decided(db: Database, *, limit: int = 20) -> list[Proposal]:
    """Return what was decided, the latest decision first."""
    return _list(db, "state IN ('approved', 'refused')", [], limit, 0, order="decided_at DESC")


def proposals_of(
    db: Database, organisation_id: str, kind: str, record_id: str = "", *, limit: int = 200
) -> list[Proposal]:
    """Return an organisation's proposals of a kind, or for one record, the newest first."""
    where = "organisation_id = ? AND kind = ? AND ? IN ('', record_id)"
    chosen = [organisation_id, kind, record_id]
    return _list(db, where, chosen, limit, 0, order="proposed_at DESC")


def count_pending(db: Database) -> dict[str, int]:
    """Return how many proposals of each kind wait."""
    with driver_errors("count proposals"):
        rows = db.conn.execute(
            "SELECT kind, count(*) FROM proposal WHERE state = 'pending' GROUP BY kind"
        ).fetchall()
    return {kind: int(count) for kind, count in rows}


def _list(
    db: Database,
    where: str,
    chosen: list[Any],
    limit: int,
    offset: int,
    *,
    order: str = "proposed_at",
) -> list[Proposal]:
    with driver_errors("list proposals"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM proposal WHERE {where} "  # noqa: S608 - texts from above
            f"ORDER BY {order}, proposal_id LIMIT ? OFFSET ?",
            [*chosen, limit, offset],
        ).fetchall()
    return [_proposal(row) for row in rows]


def _proposal(row: tuple[Any, ...]) -> Proposal:
    names = [name.strip() for name in _COLUMNS.split(",")]
    values = dict(zip(names, row, strict=True))
    values["payload"] = json.loads(values["payload"])
    values["proposed_at"] = datetime.fromisoformat(values["proposed_at"])
    if values["decided_at"] is not None:
        values["decided_at"] = datetime.fromisoformat(values["decided_at"])
    values["is_returned"] = bool(values["is_returned"])
    return Proposal(**values)


def _json(payload: Mapping[str, Any]) -> str:
    return json.dumps(payload, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
