"""End a demonstration: its accounts open nothing any more, and what they published is withdrawn."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import COMMAND_LINE, Organisation, Verification
from matcher.store.accounts import list_accounts, update_account
from matcher.store.audit import Change, record_change
from matcher.store.capabilities import withdraw_capability
from matcher.store.connection import write_transaction
from matcher.store.installation import DEMONSTRATION, write_setting
from matcher.store.need_status import find_status, write_state
from matcher.store.organisations import list_organisations
from matcher.store.ownership import owned_by
from matcher.store.pilot_bases import withdraw_pilot_base
from matcher.store.proposals import WITHDRAWN, Decision, decide_proposal, proposals_of
from matcher.store.synthetic_history import remove_synthetic_history
from matcher.workflow.accounts.suspension import change_standing
from matcher.workflow.demonstration.rounds import cancel_demo_rounds
from matcher.workflow.demonstration.supply import close_demo_calls
from matcher.workflow.demonstration.traces import withdraw_traces
from matcher.workflow.learning.models import leave_synthetic
from matcher.workflow.needs.listing import list_needs_of
from matcher.workflow.needs.states import Act

ALL = 1_000_000
ENDED = frozenset({"done", "none_suitable", "withdrawn", "expired"})
REASON = "演示结束 · the demonstration has ended"
_WITHDRAW = {"capability": withdraw_capability, "pilot_base": withdraw_pilot_base}


class Ended(NamedTuple):
    """What ending the demonstration has touched."""

    n_accounts: int
    n_records: int


def end_demonstration(db: Database, *, models: Path, now: datetime) -> Ended:
    """Disable the demonstration's accounts, withdraw their records, take the mark away.

    No record is erased, so that matches which were made meanwhile can still be explained; doing it
    twice changes nothing the second time. Where a model serves that invented history taught, the
    one before it serves again.

    Parameters
    ----------
    models : Path
        The folder of stored models.

    Raises
    ------
    ModelChangeRefused
        As ``leave_synthetic``; nothing was changed.
    """
    with write_transaction(db, "end the demonstration"):
        organisations = [one for one in list_organisations(db, limit=ALL) if one.is_demo]
        accounts = [one for one in list_accounts(db, limit=ALL) if one.is_demo and one.is_active]
        for account in accounts:
            changes = {"is_active": False, "session_epoch": account.session_epoch + 1}
            update_account(db, account.account_id, changes)
        n_records = sum(_withdraw_all(db, organisation, now) for organisation in organisations)
        n_records += withdraw_traces(db, REASON, now=now)
        close_demo_calls(db, Act(COMMAND_LINE, now, REASON))
        cancel_demo_rounds(db, COMMAND_LINE, REASON, now=now)
        leave_synthetic(db, models, Act(COMMAND_LINE, now, REASON))
        write_setting(db, DEMONSTRATION, "0")
        remove_synthetic_history(db)  # real reports begin with nothing invented
        ended = Ended(len(accounts), n_records)
        change = Change("demonstration.ended", "installation", DEMONSTRATION, after=ended._asdict())
        record_change(db, change, actor=COMMAND_LINE, now=now)
    return ended


def _withdraw_all(db: Database, organisation: Organisation, now: datetime) -> int:
    """Suspend one organisation and withdraw what it has published or proposed."""
    own = organisation.organisation_id
    changes = {"verification": Verification.SUSPENDED, "verification_reason": REASON}
    change_standing(db, own, changes, now=now)
    decision = Decision(WITHDRAWN, COMMAND_LINE.actor_id, REASON)
    for kind in _WITHDRAW:
        for proposal in proposals_of(db, own, kind, limit=ALL):
            if proposal.is_pending:
                decide_proposal(db, proposal.proposal_id, decision, now=now)
    n_needs = sum(_withdraw_need(db, need_id, now) for need_id in owned_by(db, own, "need"))
    list_needs_of(db, own)
    return n_needs + sum(
        _withdraw_record(db, kind, record_id, now)
        for kind in _WITHDRAW
        for record_id in owned_by(db, own, kind)
    )


def _withdraw_need(db: Database, need_id: str, now: datetime) -> bool:
    status = find_status(db, need_id)
    if status is None or status.state in ENDED:
        return False
    write_state(db, need_id, "withdrawn", actor=COMMAND_LINE.actor_id, reason=REASON, now=now)
    return _audited(db, "need", need_id, now)


def _withdraw_record(db: Database, kind: str, record_id: str, now: datetime) -> bool:
    try:
        _WITHDRAW[kind](db, record_id, actor=COMMAND_LINE.actor_id, now=now)
    except UnknownRecord:  # withdrawn before, or never published
        return False
    return _audited(db, kind, record_id, now)


def _audited(db: Database, kind: str, record_id: str, now: datetime) -> bool:
    change = Change(f"{kind}.withdrawn", kind, record_id, reason=REASON)
    record_change(db, change, actor=COMMAND_LINE, now=now)
    return True
