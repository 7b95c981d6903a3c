"""A need that found nobody here, or somebody elsewhere: what ends with it, and what is learned."""

from __future__ import annotations

import pytest

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.records.pilot import Outcome
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase
from matcher.store.engagements import list_declines, list_transitions, read_engagement
from matcher.store.need_status import read_status, write_state
from matcher.store.notices import list_notices
from matcher.store.outcomes import list_labels, outcomes_of_need
from matcher.workflow.engagements.labels import labelled_by
from matcher.workflow.engagements.need_outcomes import NeedEnd, record_need_outcome
from matcher.workflow.needs.lifecycle import TransitionRefused
from tests.matcher.workflow.engagements.world import (
    BROKER,
    ENTERPRISE,
    NOW,
    PROVIDER,
    SECRETS,
    STRANGER,
    brought_to,
    opened,
)

NONE = Outcome("", "", "none_suitable", why_not=("capability", "budget"), note="合成隐名的说明")
ELSEWHERE = Outcome("", "", "off_platform")
BEFORE_PILOT = ("shown", "need_accepted", "mutual", "revealed", "talks", "pilot_applied")


def end(db: StoreDatabase, told: Outcome = NONE, **kwargs: bool) -> NeedEnd:
    return record_need_outcome(db, "N0001", told, actor=ENTERPRISE, now=NOW, **kwargs)


@pytest.mark.parametrize("state", BEFORE_PILOT)
def test_everything_that_is_open_ends_with_the_need(db: StoreDatabase, state: str) -> None:
    engagement = brought_to(db, state) if state != "shown" else opened(db)
    other = opened(db, capability_id="CAP-V901-1")
    ended = end(db)
    assert ended.n_closed == 2
    assert read_status(db, "N0001").state == "none_suitable"
    for one in (engagement, other):
        after = read_engagement(db, one.engagement_id)
        assert (after.state, after.close_cause) == ("closed", "declined")
        assert running_clock(db, "engagement", one.engagement_id) is None
    assert verify_chain(db).broken is None


def test_reasons_label_each_pair_and_reach_the_other_side(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    end(db)
    (decline,) = list_declines(db, engagement.engagement_id).values()
    assert set(labelled_by(decline.codes)) == {"fit", "budget"}
    told = [one.message.text_zh for one in list_notices(db, "A-provider")]
    assert any("能力不符" in text for text in told)
    assert not any(secret in text for text in told for secret in SECRETS)
    assert list_labels(db) == []  # no grade of a whole need


def test_reasons_stay_with_the_enterprise_where_it_wishes(db: StoreDatabase) -> None:
    brought_to(db, "need_accepted")
    end(db, tells_reasons=False)
    told = [one.message.text_zh for one in list_notices(db, "A-provider")]
    assert told
    assert not any("能力不符" in text for text in told)


def test_who_found_somebody_elsewhere_says_nothing_against_the_candidates(
    db: StoreDatabase,
) -> None:
    engagement = brought_to(db, "talks")
    end(db, ELSEWHERE)
    assert read_status(db, "N0001").state == "done"
    (decline,) = list_declines(db, engagement.engagement_id).values()
    assert labelled_by(decline.codes) == {}


def test_a_pilot_that_runs_comes_first_and_nothing_is_changed(db: StoreDatabase) -> None:
    other = opened(db, capability_id="CAP-V901-1")
    running = brought_to(db, "in_pilot")
    with pytest.raises(ImpossibleStep) as caught:
        end(db)
    assert caught.value.why == "pilot_running"
    assert read_engagement(db, running.engagement_id).state == "in_pilot"
    assert read_engagement(db, other.engagement_id).state == "shown"
    assert outcomes_of_need(db, "N0001") == []


def test_a_later_account_is_kept_beside_the_first(db: StoreDatabase) -> None:
    end(db)
    end(db, ELSEWHERE)
    results = [one.result for one in outcomes_of_need(db, "N0001")]
    assert results == ["none_suitable", "off_platform"]
    assert read_status(db, "N0001").state == "none_suitable"
    actions = [one.action for one in list_events(db, EventFilter("need", "N0001"))]
    assert actions.count("need.outcome") == 2


def test_a_broker_may_say_so_too(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    record_need_outcome(db, "N0001", NONE, actor=BROKER, now=NOW)
    assert list_transitions(db, engagement.engagement_id)[-1].action == "close"
    assert read_status(db, "N0001").state == "none_suitable"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        (Outcome("", "", "none_suitable"), "why_not"),
        (
            Outcome("", "", "none_suitable", why_not=("budget", "data", "region", "other")),
            "why_not",
        ),
        (Outcome("", "", "none_suitable", why_not=("gossip",)), "why_not"),
        (Outcome("", "", "contracted"), "result"),
        (Outcome("", "", ""), "result"),
    ],
)
def test_what_cannot_be_said_is_named(db: StoreDatabase, told: Outcome, field: str) -> None:
    with pytest.raises(InvalidRecord) as caught:
        end(db, told)
    assert list(caught.value.errors) == [field]
    assert read_status(db, "N0001").state == "open"


def test_others_and_unpublished_needs_are_refused(db: StoreDatabase) -> None:
    for actor in (PROVIDER, STRANGER):
        with pytest.raises(UnknownRecord):
            record_need_outcome(db, "N0001", NONE, actor=actor, now=NOW)
    write_state(db, "N0001", "draft", actor="t", reason="", now=NOW)
    with pytest.raises(TransitionRefused):
        end(db)
    assert outcomes_of_need(db, "N0001") == []
