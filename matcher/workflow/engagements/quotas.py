"""How many requests an organisation may have waiting, and when one that stays silent rests.

A provider that floods enterprises with requests, or an enterprise that asks everybody, costs the
answers of all. Where more than half of somebody's requests are declined, the quota halves.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import SYSTEM, Actor
from matcher.store.audit import Change, record_change
from matcher.store.brokering import end_rest, last_return, resting_since, start_rest
from matcher.store.clocks import waits_of
from matcher.store.connection import write_transaction
from matcher.store.engagements import count_waiting_requests, request_fates
from matcher.store.notices import Message
from matcher.workflow.messages.notifying import tell_organisation

MOST_WAITING = 10
LOOK_BACK = timedelta(days=90)
FEWEST_TO_JUDGE = 6
LAPSES_TO_REST = 3
REST_LOOK_BACK = timedelta(days=180)


class Quota(NamedTuple):
    """How many requests wait now, how many may, and whether the number was halved."""

    n_waiting: int
    most: int
    is_halved: bool

    @property
    def is_used_up(self) -> bool:
        """Whether another request would be one too many."""
        return self.n_waiting >= self.most


def allowed_waiting(n_requests: int, n_declined: int) -> int:
    """Return how many requests may wait at once, from what became of the last ones.

    Examples
    --------
    >>> allowed_waiting(8, 4), allowed_waiting(8, 5), allowed_waiting(4, 4)
    (10, 5, 10)
    """
    is_judged = n_requests >= FEWEST_TO_JUDGE
    return MOST_WAITING // 2 if is_judged and 2 * n_declined > n_requests else MOST_WAITING


def quota_of(db: Database, organisation_id: str, now: datetime) -> Quota:
    """Return an organisation's quota as it stands."""
    most = allowed_waiting(*request_fates(db, organisation_id, since=now - LOOK_BACK))
    return Quota(count_waiting_requests(db, organisation_id), most, most < MOST_WAITING)


def rest_if_silent(db: Database, organisation_id: str, now: datetime) -> bool:
    """Let an organisation rest that let too many requests lapse since it last came back.

    Returns
    -------
    bool
        Whether its rest began now.
    """
    since = now - REST_LOOK_BACK
    returned = last_return(db, organisation_id)
    waits = waits_of(db, organisation_id, ("reply",))
    ended = [wait for wait in waits if wait.ended_at is not None and wait.ended_at >= since]
    if returned is not None:
        ended = [wait for wait in ended if wait.ended_at is not None and wait.ended_at > returned]
    last = ended[-LAPSES_TO_REST:]
    n_lapsed = sum(wait.ended_by == "lapsed" for wait in last)
    if n_lapsed < LAPSES_TO_REST:
        return False
    with write_transaction(db, "let an organisation rest"):
        if not start_rest(db, organisation_id, n_lapsed, now=now):
            return False
        change = Change("organisation.rests", "organisation", organisation_id)
        record_change(db, change, actor=SYSTEM, now=now)
        tell_organisation(db, organisation_id, REST_MESSAGE, now=now)
    return True


def return_from_rest(db: Database, organisation_id: str, *, actor: Actor, now: datetime) -> None:
    """Let an organisation take requests again; one click of its own is enough.

    Raises
    ------
    UnknownRecord
        When it does not rest, or the actor is not of this organisation.
    """
    is_own = actor.organisation_id == organisation_id
    if not is_own and actor.role not in ("reviewer", "administrator"):
        raise UnknownRecord("rest", organisation_id)
    with write_transaction(db, "end an organisation's rest"):
        if not end_rest(db, organisation_id, actor=actor.actor_id, now=now):
            raise UnknownRecord("rest", organisation_id)
        change = Change("organisation.returned", "organisation", organisation_id)
        record_change(db, change, actor=actor, now=now)


def is_resting(db: Database, organisation_id: str) -> bool:
    """Whether an organisation takes no requests at present."""
    return bool(organisation_id) and organisation_id in resting_since(db)


REST_MESSAGE = Message(
    "engagement.rests",
    "贵单位连续三次未答复对接请求，已暂停接收新请求。点击“恢复接收”即可随时恢复。",
    "Three requests in a row went unanswered, so your organisation takes no new ones for now. "
    "One click on “take requests again” ends this at any time.",
    "/engagements",
)
