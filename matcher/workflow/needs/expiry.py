"""What time does to needs: a reminder before the reply date, expiry after it. Called once a day."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from matcher.identity import SYSTEM
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.need_status import NeedStatus, list_ending, read_status, update_status
from matcher.workflow.needs.lifecycle import change_state
from matcher.workflow.needs.notices import tell_enterprise
from matcher.workflow.needs.states import ANSWERABLE, Act, State

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
    n_expired = sum(_expire(db, one.need_id, act) for one in list_ending(db, now))
    ending = list_ending(db, now + REMIND_BEFORE, unreminded=True)
    return Ended(n_expired, sum(_remind(db, one.need_id, act) for one in ending))


def _expire(db: Database, need_id: str, act: Act) -> bool:
    """Let a need expire, unless it was renewed or ended since it was listed."""
    with write_transaction(db, f"let need {need_id} expire"):
        if not _ends_before(read_status(db, need_id), act.now):
            return False
        change_state(db, need_id, State.EXPIRED, act)
        return True


def _ends_before(status: NeedStatus, time: datetime) -> bool:
    ends = status.expires_at if status.state in ANSWERABLE else None
    return ends is not None and ends < time


def _remind(db: Database, need_id: str, act: Act) -> bool:
    """Remind of a need, unless another process did, or it was renewed or ended meanwhile."""
    with write_transaction(db, f"remind of need {need_id}"):
        status = read_status(db, need_id)
        is_due = _ends_before(status, act.now + REMIND_BEFORE) and status.reminded_at is None
        if not is_due:
            return False
        said = (
            f"的截止答复是 {status.reply_by}，之后自动到期；需要更多时间可以续期。",
            f"may be answered until {status.reply_by} and expires then; renew it for more time.",
        )
        tell_enterprise(db, status.need_id, "need.expiring", said, act)
        update_status(db, status.need_id, {"reminded_at": act.now}, now=act.now)
        change = Change("need.reminded", "need", status.need_id)
        record_change(db, change, actor=act.actor, now=act.now)
    return True
