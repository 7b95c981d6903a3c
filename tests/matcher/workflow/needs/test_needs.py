"""The way of a need: only what the table has, by those who may, dated, audited and told."""

from __future__ import annotations

from itertools import product

import pytest
from sqlite_utils import Database

from matcher.identity import SYSTEM, Actor
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.need_status import list_transitions, read_status
from matcher.store.notices import list_notices
from matcher.workflow.needs.lifecycle import (
    TransitionRefused,
    capacity_of,
    change_state,
    check_step,
    possible_steps,
)
from matcher.workflow.needs.states import STEPS, TABLE, Act, State, Who
from tests.matcher.store.conftest import db, path
from tests.matcher.workflow.needs_db import NOW, act, inhabited, opened, person, sent

__all__ = ["db", "path"]  # fixtures of the store's tests


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
@pytest.mark.parametrize("who", [*Who, None])
def test_nothing_happens_but_what_the_table_has(
    before: State, after: State, who: Who | None
) -> None:
    step = STEPS.get((before, after))
    if step is not None and who in step.who:
        assert check_step("N1", before, after, who, "why") is step
        return
    with pytest.raises(TransitionRefused) as refused:
        check_step("N1", before, after, who, "why")
    assert refused.value.why == ("impossible" if step is None else "not_entitled")


@pytest.mark.parametrize("step", [step for step in TABLE if step.wants_reason])
@pytest.mark.parametrize("reason", ["", "  \n"])
def test_an_end_without_a_reason_is_refused(step: object, reason: str) -> None:
    from_state, to_state, who = step.from_state, step.to_state, step.who[0]  # type: ignore[attr-defined]
    with pytest.raises(TransitionRefused) as refused:
        check_step("N1", from_state, to_state, who, reason)
    assert refused.value.why == "reason_missing"


def test_unknown_states_are_impossible() -> None:
    with pytest.raises(TransitionRefused) as refused:
        check_step("N1", "open", "nonsense", Who.STAFF, "why")
    assert refused.value.why == "impossible"


def test_every_state_can_be_reached_and_left_or_is_an_end() -> None:
    reached = {step.to_state for step in TABLE}
    left = {step.from_state for step in TABLE}
    assert reached == set(State)
    assert set(State) - left == {State.DONE, State.NONE_SUITABLE, State.WITHDRAWN}


def test_a_stranger_has_no_capacity(db: Database) -> None:
    inhabited(db)
    owner = person(db, "enterprise").organisation_id
    assert capacity_of(act(db, "provider").actor, owner) is None
    assert capacity_of(act(db, "enterprise").actor, owner) == Who.ENTERPRISE
    assert capacity_of(act(db, "administrator").actor, owner) == Who.STAFF
    assert capacity_of(SYSTEM, owner) == Who.SYSTEM
    assert capacity_of(Actor("x"), "") is None
    assert possible_steps(State.OPEN, None) == ()


def test_a_change_is_dated_audited_and_told(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    change_state(db, need_id, State.WITHDRAWN, act(db, "enterprise", "产线停产"))
    assert read_status(db, need_id).state == "withdrawn"
    way = [(t.from_state, t.to_state) for t in list_transitions(db, need_id)]
    assert way == [
        ("", "draft"),
        ("draft", "in_review"),
        ("in_review", "open"),
        ("open", "withdrawn"),
    ]
    assert list_transitions(db, need_id)[-1].at == NOW
    event = list_events(db, EventFilter(object_id=need_id))[0]
    assert (event.action, event.reason) == ("need.withdrawn", "产线停产")
    assert verify_chain(db).broken is None


def test_reviewers_are_told_of_what_waits_and_the_enterprise_of_the_decision(
    db: Database,
) -> None:
    inhabited(db)
    need_id = sent(db)
    waiting = list_notices(db, person(db, "reviewer").account_id)[0].message
    assert (waiting.topic, waiting.address) == ("need.to_review", f"/review/needs/{need_id}")
    change_state(db, need_id, State.DRAFT, act(db, "reviewer", "请写清数据"))
    told = list_notices(db, person(db, "enterprise").account_id)[0].message
    assert told.topic == "need.draft"
    assert "请写清数据" in told.text_zh
    assert "请写清数据" in told.text_en


def test_a_refused_change_leaves_no_trace(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    before = (len(list_events(db)), len(list_transitions(db, need_id)))
    with pytest.raises(TransitionRefused):
        change_state(db, need_id, State.DONE, act(db, "enterprise"))
    with pytest.raises(TransitionRefused):
        change_state(db, need_id, State.WITHDRAWN, act(db, "provider", "x"))
    with pytest.raises(TransitionRefused):
        change_state(db, need_id, State.EXPIRED, Act(act(db, "enterprise").actor, NOW))
    assert (len(list_events(db)), len(list_transitions(db, need_id))) == before
