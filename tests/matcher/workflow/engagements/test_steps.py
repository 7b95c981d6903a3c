"""The handshake step by step: who may, what it needs, what follows, and what is refused why."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import Barrier, Thread

import pytest

from matcher.errors import ChangedMeanwhile, ImpossibleStep, UnknownRecord
from matcher.identity import SYSTEM, Actor
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.capabilities import read_capability, save_capability
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.engagements import list_declines, list_transitions, read_engagement
from matcher.store.need_status import read_status
from matcher.store.needs import save_need
from matcher.store.notices import list_notices
from matcher.store.organisations import update_organisation
from matcher.vocabulary import codes, label
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.opening import open_engagement
from matcher.workflow.engagements.steps import advance
from tests.factories import make_need
from tests.matcher.workflow.engagements.world import (
    AGREES,
    AT_BASE,
    BASE,
    BROKER,
    DECLINES,
    ENTERPRISE,
    NOW,
    PATH,
    PROVIDER,
    STATES_ON_PATH,
    STRANGER,
    add_need,
    brought_to,
    fresh_world,
    opened,
)


def test_the_usual_path_leads_from_a_match_to_a_pilot(db: StoreDatabase) -> None:
    engagement = opened(db)
    for (action, actor, given), state in zip(PATH, STATES_ON_PATH, strict=True):
        engagement = advance(
            db, engagement.engagement_id, action, actor=actor, now=NOW, given=given
        )
        assert engagement.state == state
    steps = list_transitions(db, engagement.engagement_id)
    assert [step.action for step in steps] == ["open", *(action for action, _, _ in PATH)]
    events = list_events(db, EventFilter("engagement", engagement.engagement_id))
    assert len(events) == len(steps)
    assert verify_chain(db).broken is None
    assert read_status(db, "N0001").state == "in_pilot"


def test_interest_of_either_side_may_come_first(db: StoreDatabase) -> None:
    engagement = opened(db)
    after = advance(db, engagement.engagement_id, "accept", actor=PROVIDER, now=NOW)
    assert after.state == states.PROVIDER_ACCEPTED
    after = advance(db, engagement.engagement_id, "accept", actor=ENTERPRISE, now=NOW)
    assert after.state == states.MUTUAL


def test_a_second_click_is_refused_and_changes_nothing(db: StoreDatabase) -> None:
    engagement = opened(db)
    first = advance(db, engagement.engagement_id, "accept", actor=ENTERPRISE, now=NOW)
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, engagement.engagement_id, "accept", actor=ENTERPRISE, now=NOW)
    assert caught.value.why == "already_done"
    assert read_engagement(db, engagement.engagement_id) == first
    assert len(list_transitions(db, engagement.engagement_id)) == 2


@pytest.mark.parametrize("who", ["O-need", "O-provider"])
def test_nothing_begins_and_no_name_is_shown_with_who_is_suspended(
    db: StoreDatabase, who: str
) -> None:
    steps = [("accept", ENTERPRISE), ("accept", PROVIDER), ("consent", ENTERPRISE)]
    engagement = opened(db)
    for action, actor in steps:
        update_organisation(db, who, {"verification": "suspended"}, now=NOW)
        with pytest.raises(ImpossibleStep) as caught:
            advance(db, engagement.engagement_id, action, actor=actor, now=NOW, given=AGREES)
        own = actor.organisation_id == who
        assert caught.value.why == ("resting_self" if own else "resting")
        update_organisation(db, who, {"verification": "verified"}, now=NOW)
        advance(db, engagement.engagement_id, action, actor=actor, now=NOW, given=AGREES)
    closed = Given(reason="双方条件不合")
    advance(db, engagement.engagement_id, "close", actor=BROKER, now=NOW, given=closed)
    update_organisation(db, who, {"verification": "suspended"}, now=NOW)
    with pytest.raises(ImpossibleStep):
        advance(db, engagement.engagement_id, "reopen", actor=BROKER, now=NOW, given=closed)
    with pytest.raises(ImpossibleStep):
        open_engagement(db, "N0001", "CAP-V900-1", actor=BROKER, now=NOW)


def test_what_was_on_the_screen_is_what_is_decided_on(db: StoreDatabase) -> None:
    engagement = opened(db)
    advance(db, engagement.engagement_id, "accept", actor=ENTERPRISE, now=NOW)
    stale = Given(version=engagement.version)
    with pytest.raises(ChangedMeanwhile):
        advance(db, engagement.engagement_id, "accept", actor=PROVIDER, now=NOW, given=stale)


@pytest.mark.parametrize("actor", [STRANGER, BASE, Actor("nobody")])
def test_for_those_who_take_no_part_an_engagement_does_not_exist(
    db: StoreDatabase, actor: Actor
) -> None:
    engagement = opened(db)
    with pytest.raises(UnknownRecord):
        advance(db, engagement.engagement_id, "accept", actor=actor, now=NOW)


@pytest.mark.parametrize(
    ("state", "action", "actor", "given", "why"),
    [
        ("shown", "start_talks", ENTERPRISE, Given(), "wrong_state"),
        ("need_accepted", "accept", BROKER, Given(), "wrong_side"),
        ("need_accepted", "decline", PROVIDER, Given(), "missing_declines"),
        ("need_accepted", "decline", PROVIDER, Given(declines=("weather",)), "unknown_decline"),
        (
            "need_accepted",
            "decline",
            PROVIDER,
            Given(declines=("budget", "timing", "data", "region")),
            "missing_declines",
        ),
        ("mutual", "consent", ENTERPRISE, Given(), "missing_consent"),
        ("mutual", "consent", ENTERPRISE, Given(agrees=True), "missing_consent"),
        ("talks", "apply_pilot", ENTERPRISE, Given(), "missing_base"),
        ("talks", "apply_pilot", ENTERPRISE, Given(pilot_base_id="PB900", service_id="X"),
         "missing_base"),
        ("pilot_applied", "withdraw_pilot", ENTERPRISE, Given(), "missing_reason"),
        ("pilot_applied", "refuse_pilot", BASE, Given(), "missing_declines"),
        ("in_pilot", "finish_pilot", BASE, Given(), "missing_results"),
        ("in_pilot", "decline", ENTERPRISE, DECLINES, "wrong_state"),
        ("talks", "close", BROKER, Given(), "missing_reason"),
    ],
)  # fmt: skip
def test_an_impossible_step_says_why_and_what_is_possible(
    db: StoreDatabase, state: str, action: str, actor: Actor, given: Given, why: str
) -> None:
    engagement = brought_to(db, state)
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, engagement.engagement_id, action, actor=actor, now=NOW, given=given)
    assert caught.value.why == why
    assert label("step_refusal", why) != label("step_refusal", why, "en")
    assert set(caught.value.possible) <= set(states.ACTIONS)
    assert read_engagement(db, engagement.engagement_id) == engagement


def test_a_refusal_is_kept_with_its_reasons_and_told_as_wished(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    given = Given(declines=("budget", "timing"), note="内部备注", tell_other=False)
    after = advance(db, engagement.engagement_id, "decline", actor=PROVIDER, now=NOW, given=given)
    assert (after.state, after.close_cause) == ("closed", "declined")
    (kept,) = list_declines(db, engagement.engagement_id).values()
    assert (kept.codes, kept.side, kept.tell_other) == (("budget", "timing"), "provider", False)
    (notice, *_) = list_notices(db, ENTERPRISE.actor_id)
    assert "不继续" in notice.message.text_zh
    assert "预算" not in notice.message.text_zh + notice.message.text_en
    assert "内部备注" not in notice.message.text_zh


def test_told_reasons_are_read_in_both_languages_but_never_the_note(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    given = Given(declines=("budget",), note="内部备注")
    advance(db, engagement.engagement_id, "decline", actor=PROVIDER, now=NOW, given=given)
    (notice, *_) = list_notices(db, ENTERPRISE.actor_id)
    assert "预算" in notice.message.text_zh
    assert "budget" in notice.message.text_en
    assert "内部备注" not in notice.message.text_zh


def test_a_refusal_stands_and_silence_may_be_made_good(db: StoreDatabase) -> None:
    declined = brought_to(db, "need_accepted")
    advance(db, declined.engagement_id, "decline", actor=PROVIDER, now=NOW, given=DECLINES)
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, declined.engagement_id, "reopen", actor=ENTERPRISE, now=NOW)
    assert caught.value.why == "not_reopenable"
    add_need(db, "N0002")
    silent = brought_to(db, "need_accepted", need_id="N0002")
    advance(db, silent.engagement_id, "lapse", actor=SYSTEM, now=NOW)
    after = advance(db, silent.engagement_id, "reopen", actor=PROVIDER, now=NOW)
    assert (after.state, after.close_cause) == ("shown", "")
    assert running_clock(db, "engagement", silent.engagement_id) is not None


def test_silence_can_be_made_good_for_a_while_only(db: StoreDatabase) -> None:
    silent = brought_to(db, "need_accepted")
    advance(db, silent.engagement_id, "lapse", actor=SYSTEM, now=NOW)
    late = NOW + timedelta(days=91)
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, silent.engagement_id, "reopen", actor=PROVIDER, now=late)
    assert caught.value.why == "expired"


def test_both_confirm_a_contract(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    one = advance(db, engagement.engagement_id, "contract", actor=PROVIDER, now=NOW, given=AGREES)
    assert one.state == "talks"
    both = advance(
        db, engagement.engagement_id, "contract", actor=ENTERPRISE, now=NOW, given=AGREES
    )
    assert both.state == "contracted"
    assert read_status(db, "N0001").state == "done"
    clock = running_clock(db, "engagement", engagement.engagement_id)
    assert clock is not None
    assert (clock.kind, clock.due_at) == ("follow_up", NOW + timedelta(days=90))


def test_a_base_without_a_free_slot_takes_nobody(db: StoreDatabase) -> None:
    for i in (2, 3, 4):
        add_need(db, f"N000{i}")
    first = brought_to(db, "in_pilot")
    second = brought_to(db, "pilot_applied", need_id="N0002")
    third = brought_to(db, "pilot_applied", need_id="N0003")
    fourth = brought_to(db, "talks", need_id="N0004")
    assert first.state == "in_pilot"
    advance(db, second.engagement_id, "accept_pilot", actor=BASE, now=NOW)
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, third.engagement_id, "accept_pilot", actor=BASE, now=NOW)
    assert caught.value.why == "no_slot"
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, fourth.engagement_id, "apply_pilot", actor=ENTERPRISE, now=NOW, given=AT_BASE)
    assert caught.value.why == "no_slot"
    stopped = Given(reason="设备故障")
    advance(db, first.engagement_id, "stop_pilot", actor=BASE, now=NOW, given=stopped)
    after = advance(db, third.engagement_id, "accept_pilot", actor=BASE, now=NOW)
    assert after.state == "in_pilot"


def test_a_base_whose_hard_check_fails_is_refused(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    immature = replace(read_capability(db, "CAP-V900-1"), maturity=2)
    save_capability(db, immature, None, actor="t", now=NOW)
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, engagement.engagement_id, "apply_pilot", actor=PROVIDER, now=NOW, given=AT_BASE)
    assert caught.value.why == "base_unfit"


def test_excluded_and_own_needs_are_never_engaged(db: StoreDatabase) -> None:
    add_need(db, "N0002", excluded_provider_ids=("V900",))
    with pytest.raises(ImpossibleStep) as caught:
        opened(db, need_id="N0002")
    assert caught.value.why == "excluded"
    save_need(db, make_need(need_id="N0009"), actor="t", now=NOW)
    with pytest.raises(UnknownRecord):
        opened(db, need_id="N0009")


def test_an_invitation_of_others_is_unknown_to_a_provider(db: StoreDatabase) -> None:
    add_need(db, "N0002", visibility="invited", invited_provider_ids=("V901",))
    with pytest.raises(UnknownRecord):
        opened(db, need_id="N0002", actor=PROVIDER)
    found = opened(db, need_id="N0002", actor=STRANGER, capability_id="CAP-V901-1")
    assert found.state == "shown"


def test_a_pair_meets_once(db: StoreDatabase) -> None:
    first = opened(db)
    assert opened(db, actor=PROVIDER) == first
    with pytest.raises(UnknownRecord):
        open_engagement(db, "N0001", "CAP-V900-1", actor=STRANGER, now=NOW)


def test_the_table_is_complete() -> None:
    assert set(codes("engagement_state")) == set(states.STATES)
    assert set(codes("engagement_action")) == {"open", *states.ACTIONS}
    reached = {rule.target for rule in states.RULES} | {states.SHOWN}
    assert reached == set(states.STATES)
    # From every state that is not over somebody can always get out, and somebody is waited for.
    for state in set(states.STATES) - states.OVER:
        assert any(rule.target != state for rule in states.RULES if state in rule.sources)
        assert state in states.WAITS
    for rule in states.RULES:
        assert bool(rule.when) == bool(rule.consent)


@pytest.mark.parametrize("n_rivals", [2, 4])
def test_of_several_at_once_exactly_one_wins(tmp_path: Path, n_rivals: int) -> None:
    world = fresh_world()
    engagement = brought_to(world, "need_accepted")
    path = tmp_path / "world.db"
    world.conn.execute("VACUUM INTO ?", [str(path)])
    close_database(world)
    barrier, results = Barrier(n_rivals), []

    def rival(action: str) -> None:
        own = open_database(path)
        barrier.wait()
        try:
            given = DECLINES if action == "decline" else Given()
            advance(own, engagement.engagement_id, action, actor=PROVIDER, now=NOW, given=given)
            results.append("won")
        except ImpossibleStep as error:
            results.append(error.why)
        finally:
            close_database(own)

    rivals = [
        Thread(target=rival, args=("accept" if i % 2 else "decline",)) for i in range(n_rivals)
    ]
    for thread in rivals:
        thread.start()
    for thread in rivals:
        thread.join()
    # Whoever declines after the other accepted still may: both orders are a possible history.
    after = open_database(path)
    final = read_engagement(after, engagement.engagement_id)
    steps = list_transitions(after, engagement.engagement_id)[2:]
    close_database(after)
    assert results.count("won") == len(steps)
    assert [step.action for step in steps] in (["decline"], ["accept"], ["accept", "decline"])
    assert final.state == steps[-1].to_state
    assert final.version == engagement.version + len(steps)
