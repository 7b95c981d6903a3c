"""What time does to needs: a reminder before the reply date, expiry after it. Called once a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from matcher.identity import SYSTEM
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.need_status import NeedStatus, list_ending, update_status
from matcher.workflow.needs.lifecycle import change_state
from matcher.workflow.needs.notices import tell_enterprise
from matcher.workflow.needs.states import Act, State

REMIND_BEFORE = timedelta(days=3)


class Ended(NamedTuple):
    """How many needs were dealt with."""

    n_expired: int
    n_reminded: int


def expire_and_remind(db: Database, now: datetime) -> Ended:
    """Let needs expire whose reply date is over, and remind enterprises of those that soon will.

    Doing it again on the same day changes nothing more.
    """
    act = Act(SYSTEM, now)
    expired = list_ending(db, now)
    for status in expired:
        change_state(db, status.need_id, State.EXPIRED, act)
    ending = list_ending(db, now + REMIND_BEFORE, unreminded=True)
    for status in ending:
        _remind(db, status, act)
    return Ended(len(expired), len(ending))


def _remind(db: Database, status: NeedStatus, act: Act) -> None:
    said = (
        f"的截止答复是 {status.reply_by}，之后自动到期；需要更多时间可以续期。",
        f"may be answered until {status.reply_by} and expires then; renew it for more time.",
    )
    with write_transaction(db, f"remind of need {status.need_id}"):
        tell_enterprise(db, status.need_id, "need.expiring", said, act)
        update_status(db, status.need_id, {"reminded_at": act.now}, now=act.now)
        change = Change("need.reminded", "need", status.need_id)
        record_change(db, change, actor=act.actor, now=act.now)
