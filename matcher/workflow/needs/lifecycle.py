"""How a need goes its way: the changes of state that the table of ``need_states`` allows.

Every change goes through ``change_state``: dated, audited and told in one write transaction.
Publishing (what a need must fulfil to be sent) lives in ``publishing``, expiry in ``expiry``.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from matcher.errors import MatcherError
from matcher.identity import STAFF_ROLES, SYSTEM, Actor
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.need_status import NeedStatus, read_status, update_status, write_state
from matcher.store.ownership import owner_of
from matcher.workflow.needs.listing import list_in_search
from matcher.workflow.needs.notices import tell_state
from matcher.workflow.needs.states import STEPS, TABLE, Act, Step, Who

LONGEST_REASON = 500  # characters


class TransitionRefused(MatcherError):
    """A need cannot go from its state to another one, or not by this person.

    ``context["why"]`` is ``impossible``, ``not_entitled``, ``reason_missing`` or ``too_late``.
    """

    code = "transition_refused"

    def __init__(self, need_id: str, from_state: str, to_state: str, why: str) -> None:
        told = {
            "impossible": f"nothing leads from {from_state!r} to {to_state!r}",
            "not_entitled": "this is not for this person to do",
            "reason_missing": "a reason is wanted; say why",
            "too_late": "its reply date is over; return it for a new one",
        }
        super().__init__(
            f"need {need_id}, {from_state!r} to {to_state!r}: {told[why]}",
            need_id=need_id,
            from_state=from_state,
            to_state=to_state,
            why=why,
        )
        self.why = why


def capacity_of(actor: Actor, organisation_id: str) -> Who | None:
    """Return in what capacity somebody deals with a need of an organisation, if in any."""
    if actor == SYSTEM:
        return Who.SYSTEM
    if actor.role in STAFF_ROLES:
        return Who.STAFF
    if organisation_id and actor.organisation_id == organisation_id:
        return Who.ENTERPRISE
    return None


def possible_steps(state: str, who: Who | None) -> tuple[Step, ...]:
    """Return what somebody can do with a need in a state, in the order of the table."""
    return tuple(step for step in TABLE if step.from_state == state and who in step.who)


def check_step(need_id: str, from_state: str, to_state: str, who: Who | None, reason: str) -> Step:
    """Return the change of state, refusing one that the table does not have.

    Raises
    ------
    TransitionRefused
        With the reason.
    """
    step = STEPS.get((from_state, to_state))
    if step is None:
        raise TransitionRefused(need_id, from_state, to_state, "impossible")
    if who not in step.who:
        raise TransitionRefused(need_id, from_state, to_state, "not_entitled")
    if step.wants_reason and not reason.strip():
        raise TransitionRefused(need_id, from_state, to_state, "reason_missing")
    return step


def change_state(
    db: Database, need_id: str, to_state: str, act: Act, notes: Mapping[str, Any] | None = None
) -> NeedStatus:
    """Bring a need into another state: checked, dated, audited, told, all or nothing.

    Parameters
    ----------
    act : Act
        Who does it, when, and why.
    notes : mapping, optional
        What is noted beside the state in the same transaction, such as ``expires_at``.

    Raises
    ------
    TransitionRefused
        When nothing leads there, or it is not for this person, or the reason is missing.
    UnknownRecord
        When no such need is on its way.
    """
    actor, now, reason = act.actor, act.now, act.reason.strip()[:LONGEST_REASON]
    with write_transaction(db, f"bring need {need_id} to {to_state}"):
        before = read_status(db, need_id)
        who = capacity_of(actor, owner_of(db, "need", need_id))
        step = check_step(need_id, before.state, to_state, who, reason)
        after = write_state(
            db, need_id, step.to_state, actor=actor.actor_id, reason=reason, now=now
        )
        if notes:
            after = update_status(db, need_id, notes, now=now)
        change = Change(
            step.action,
            "need",
            need_id,
            before={"state": before.state},
            after={"state": after.state, **_plain(notes or {})},
            reason=reason,
        )
        record_change(db, change, actor=actor, now=now)
        tell_state(db, after, act._replace(reason=reason))
        list_in_search(db, need_id)
    return after


def _plain(notes: Mapping[str, Any]) -> dict[str, Any]:
    return {name: None if value is None else str(value) for name, value in notes.items()}
