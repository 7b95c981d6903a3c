"""From an organisation's wish to a published record: propose, decide, withdraw, change at once.

What ``matcher.workflow.registration.materiality`` lists goes live at once; the rest waits as a
proposal until a reviewer approves it. Each act, its audit event and what people are told stand in
one transaction.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, NamedTuple, TypeVar

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import Actor
from matcher.records import Capability, PilotBase
from matcher.schemas import dump_record, load_record
from matcher.schemas.fields import PUBLISH
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.history import current_version
from matcher.store.ownership import owner_of
from matcher.store.proposals import (
    WITHDRAWN,
    Decision,
    Proposal,
    add_proposal,
    decide_proposal,
    find_pending,
    read_proposal,
    rebase_proposal,
)
from matcher.workflow.new_ids import new_id
from matcher.workflow.registration.materiality import REVIEWERS, is_material, kind_of, with_at_once
from matcher.workflow.registration.materiality import Registered as Owned
from matcher.workflow.registration.owned_records import (
    Act,
    find_record,
    id_of,
    read_own,
    save_audited,
    withdraw_audited,
)

Kept = TypeVar("Kept", bound=Owned)
BLANK: Mapping[str, Owned] = {
    "capability": Capability("", "", ""),
    "pilot_base": PilotBase("", ""),
}
CLAIM = "claim"  # key of a payload that claims a base of the catalogue instead of changing it
LONGEST_NOTE = 500


class Submission(NamedTuple):
    """What sending did."""

    record_id: str
    proposal_id: str  # empty: nothing of it has to wait
    is_live: bool  # something was changed at once
    replaced: str = ""  # the earlier proposal whose place it took


def submit(
    db: Database,
    record: Owned,
    act: Act,
    *,
    note: str = "",
) -> Submission:
    """Send a validated record: what may go live at once does, the rest becomes a proposal.

    Raises
    ------
    UnknownRecord
        When the record, or a proposal that waits for it, is somebody else's.
    """
    kind, record_id = kind_of(record), id_of(record)
    with write_transaction(db, f"submit {kind} {record_id}"):
        current = _own_or_new(db, kind, record_id, act.organisation.organisation_id)
        if current is None:
            return _propose(db, record, None, note, act)
        live = with_at_once(current, record)
        if live != current:
            save_audited(db, live, current, action=f"{kind}.changed", actor=act.actor, now=act.now)
        if is_material(live, record):
            version = current_version(db, kind, record_id)
            sent = _propose(db, record, version, note, act)
            return sent._replace(is_live=live != current)
        replaced = _drop_pending(db, kind, record_id, act)
        return Submission(record_id, "", live != current, replaced)


def _own_or_new(db: Database, kind: str, record_id: str, organisation_id: str) -> Owned | None:
    """Return what stands, None for a new record; refuse what is somebody else's."""
    waiting = find_pending(db, kind, record_id)
    if waiting is not None and waiting.organisation_id != organisation_id:
        raise UnknownRecord(kind, record_id)
    owner = owner_of(db, kind, record_id)
    current = find_record(db, kind, record_id)
    if owner != organisation_id and (owner or current is not None):
        raise UnknownRecord(kind, record_id)
    return current


def _propose(
    db: Database,
    record: Owned,
    version: int | None,
    note: str,
    act: Act,
) -> Submission:
    return add_audited(
        db,
        Proposal(
            proposal_id=new_id("P"),
            kind=kind_of(record),
            record_id=id_of(record),
            organisation_id=act.organisation.organisation_id,
            payload=dump_record(record),
            base_version=version,
            note=note[:LONGEST_NOTE],
            proposed_by=act.actor.actor_id,
            proposed_at=act.now,
        ),
        actor=act.actor,
    )


def add_audited(db: Database, proposal: Proposal, *, actor: Actor) -> Submission:
    """Store a proposal with its audit event."""
    with write_transaction(db, "propose"):
        replaced = add_proposal(db, proposal)
        after: dict[str, Any] = {"record": proposal.record_id, "kind": proposal.kind}
        after["base_version"] = proposal.base_version
        after |= {"replaced": replaced} if replaced else {}
        change = Change("proposal.submitted", "proposal", proposal.proposal_id, after=after)
        record_change(db, change, actor=actor, now=proposal.proposed_at)
    return Submission(proposal.record_id, proposal.proposal_id, is_live=False, replaced=replaced)


def change_at_once(
    db: Database,
    kind: str,
    record_id: str,
    changes: Mapping[str, Any],
    act: Act,
) -> Owned:
    """Change fields that need no review, such as free slots, and return the record as it stands.

    A proposal that waits is brought up to date, so that it can still be approved.

    Raises
    ------
    UnknownRecord
        When the record is not published, or somebody else's.
    ValueError
        When a field is named that a reviewer has to see.
    """
    with write_transaction(db, f"change {kind} {record_id}"):
        before = read_own(db, kind, record_id, act.organisation.organisation_id)
        after: Owned = replace(before, **changes)
        if is_material(before, after):
            raise ValueError(f"these fields do not go live at once: {sorted(changes)}")
        if after != before:
            action = f"{kind}.changed"
            save_audited(db, after, before, action=action, actor=act.actor, now=act.now)
            bring_pending_up_to_date(db, after)
    return after


def bring_pending_up_to_date(db: Database, current: Owned) -> None:
    """Let a waiting proposal start from the record as it now stands.

    Call it after a change that the proposer's own text does not touch: what goes live at once, and
    what reviewers set.
    """
    kind, record_id = kind_of(current), id_of(current)
    waiting = find_pending(db, kind, record_id)
    version = current_version(db, kind, record_id)
    if waiting is None or version is None or CLAIM in waiting.payload:
        return
    wanted: Owned = proposed_record(waiting)
    merged = with_reviewers_fields(current, with_at_once(wanted, current))
    rebase_proposal(db, waiting.proposal_id, dump_record(merged), version)


def with_reviewers_fields(current: Owned | None, record: Kept) -> Kept:
    """Return a registrant's record with the fields that only reviewers set as they stand."""
    kind = kind_of(record)
    source = BLANK[kind] if current is None else current
    return replace(record, **{name: getattr(source, name) for name in REVIEWERS[kind]})


def proposed_record(proposal: Proposal) -> Owned:
    """Return the record that a proposal asks for.

    Raises
    ------
    InvalidRecord
        When it does not fit the fields as they are now.
    """
    record: Owned = load_record(proposal.kind, proposal.payload, profile=PUBLISH)
    return record


def withdraw_proposal(db: Database, proposal_id: str, act: Act) -> Proposal:
    """Take a waiting proposal back and return it.

    Raises
    ------
    UnknownRecord
        When it is somebody else's, or waits no longer.
    """
    with write_transaction(db, f"withdraw proposal {proposal_id}"):
        own = act.organisation.organisation_id
        found = read_proposal(db, proposal_id, organisation_id=own)
        _take_back(db, proposal_id, act)
    return found


def withdraw_record(
    db: Database,
    kind: str,
    record_id: str,
    act: Act,
    *,
    reason: str = "",
) -> None:
    """Take a published record, and what waits for it, back: it is found and matched no more.

    Raises
    ------
    UnknownRecord
        When it is not published, or somebody else's.
    """
    with write_transaction(db, f"withdraw {kind} {record_id}"):
        read_own(db, kind, record_id, act.organisation.organisation_id)
        _drop_pending(db, kind, record_id, act)
        withdraw_audited(db, kind, record_id, actor=act.actor, reason=reason, now=act.now)


def _drop_pending(db: Database, kind: str, record_id: str, act: Act) -> str:
    waiting = find_pending(db, kind, record_id)
    if waiting is None:
        return ""
    _take_back(db, waiting.proposal_id, act)
    return waiting.proposal_id


def _take_back(db: Database, proposal_id: str, act: Act) -> None:
    decide_proposal(db, proposal_id, Decision(WITHDRAWN, act.actor.actor_id), now=act.now)
    change = Change("proposal.withdrawn", "proposal", proposal_id)
    record_change(db, change, actor=act.actor, now=act.now)
