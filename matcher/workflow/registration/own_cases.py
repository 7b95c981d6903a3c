"""A case that grew out of an engagement here, as evidence of the capability that it speaks for."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Actor
from matcher.records import Capability
from matcher.schemas import dump_record
from matcher.store.connection import write_transaction
from matcher.store.history import current_version
from matcher.store.proposals import find_pending, rebase_proposal
from matcher.workflow.registration.owned_records import find_record, save_audited
from matcher.workflow.registration.proposals import proposed_record


def add_case(
    db: Database, capability_id: str, case_id: str, *, actor: Actor, now: datetime
) -> bool:
    """Count a case as evidence of a capability, and of a change of it that waits for a reviewer.

    Both parties have measured it and agreed to publish it, so no reviewer has to look at it again.

    Returns
    -------
    bool
        False where the capability was withdrawn meanwhile; then the case stands alone.
    """
    with write_transaction(db, f"add case {case_id} to capability {capability_id}"):
        before = find_record(db, "capability", capability_id)
        if not isinstance(before, Capability):
            return False
        if case_id in before.case_ids:
            return True
        after = _with_case(before, case_id)
        save_audited(db, after, before, action="capability.case_added", actor=actor, now=now)
        _add_to_waiting(db, capability_id, case_id)
    return True


def _with_case(capability: Capability, case_id: str) -> Capability:
    return replace(capability, case_ids=tuple(dict.fromkeys((*capability.case_ids, case_id))))


def _add_to_waiting(db: Database, capability_id: str, case_id: str) -> None:
    waiting = find_pending(db, "capability", capability_id)
    version = current_version(db, "capability", capability_id)
    if waiting is None or version is None:
        return
    wanted = proposed_record(waiting)
    if isinstance(wanted, Capability):
        payload = dump_record(_with_case(wanted, case_id))
        rebase_proposal(db, waiting.proposal_id, payload, version)


def remove_case(
    db: Database, capability_id: str, case_id: str, *, actor: Actor, now: datetime
) -> None:
    """Let a case that is withdrawn speak for a capability no more, nor for a change that waits."""
    with write_transaction(db, f"remove case {case_id} from capability {capability_id}"):
        before = find_record(db, "capability", capability_id)
        if not isinstance(before, Capability) or case_id not in before.case_ids:
            return
        after = _without_case(before, case_id)
        save_audited(db, after, before, action="capability.case_removed", actor=actor, now=now)
        waiting = find_pending(db, "capability", capability_id)
        version = current_version(db, "capability", capability_id)
        wanted = proposed_record(waiting) if waiting is not None else None
        if waiting is not None and version is not None and isinstance(wanted, Capability):
            payload = dump_record(_without_case(wanted, case_id))
            rebase_proposal(db, waiting.proposal_id, payload, version)


def _without_case(capability: Capability, case_id: str) -> Capability:
    return replace(capability, case_ids=tuple(one for one in capability.case_ids if one != case_id))
