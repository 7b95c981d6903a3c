"""The reply clock: due in working days, two reminders, escalation, courteous closure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.store.brokering import resting_since
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase
from matcher.store.engagements import read_engagement
from matcher.store.notices import list_notices
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.engagements.quotas import is_resting, quota_of, return_from_rest
from matcher.workflow.engagements.steps import advance
from matcher.workflow.working_days import due_after
from tests.matcher.workflow.engagements.world import (
    AGREES,
    BASE,
    BROKER,
    DECLINES,
    ENTERPRISE,
    NOW,
    PROVIDER,
    STRANGER,
    add_need,
    brought_to,
    opened,
)


def next_act(db: StoreDatabase, engagement_id: str) -> datetime:
    clock = running_clock(db, "engagement", engagement_id)
    assert clock is not None
    return clock.next_at


def topics(db: StoreDatabase, account_id: str) -> list[str]:
    return [notice.message.topic for notice in list_notices(db, account_id, limit=200)]


def test_a_silent_provider_is_reminded_twice_then_a_broker_then_it_closes(
    db: StoreDatabase,
) -> None:
    engagement = brought_to(db, "need_accepted")
    assert next_act(db, engagement.engagement_id) == due_after(NOW, 5).at
    done = []
    for _ in range(4):
        moment = next_act(db, engagement.engagement_id)
        assert run_clocks(db, moment - timedelta(seconds=1)) == {}
        (act,) = run_clocks(db, moment)
        done.append(act)
        assert run_clocks(db, moment) == {}
    assert done == ["reminded", "reminded", "escalated", "lapsed"]
    after = read_engagement(db, engagement.engagement_id)
    assert (after.state, after.close_cause) == ("closed", "no_answer")
    assert running_clock(db, "engagement", engagement.engagement_id) is None
    assert topics(db, PROVIDER.actor_id).count("engagement.reminder") == 2
    assert topics(db, BROKER.actor_id) == ["engagement.escalated"]
    assert topics(db, ENTERPRISE.actor_id)[0] == "engagement.lapse"


def test_days_without_power_skip_no_reminder(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    late = due_after(NOW, 60).at
    assert run_clocks(db, late) == {"reminded": 1}
    assert next_act(db, engagement.engagement_id) == due_after(late, 2).at
    assert read_engagement(db, engagement.engagement_id).state == "need_accepted"


def test_an_answer_after_reminders_still_counts(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    run_clocks(db, due_after(NOW, 5).at)
    later = due_after(NOW, 6).at
    after = advance(db, engagement.engagement_id, "accept", actor=PROVIDER, now=later)
    assert after.state == "mutual"
    assert run_clocks(db, due_after(NOW, 8).at) == {}


def test_a_base_that_stays_silent_loses_the_application_and_not_the_partners(
    db: StoreDatabase,
) -> None:
    engagement = brought_to(db, "pilot_applied")
    clock = running_clock(db, "engagement", engagement.engagement_id)
    assert clock is not None
    assert (clock.kind, clock.waits_for) == ("decision", ("base",))
    assert clock.due_at == due_after(NOW, 15).at  # the base's own stated days
    for _ in range(4):
        run_clocks(db, next_act(db, engagement.engagement_id))
    after = read_engagement(db, engagement.engagement_id)
    assert (after.state, after.pilot_base_id) == ("talks", "")
    assert topics(db, BASE.actor_id).count("engagement.reminder") == 2


def test_a_pilot_never_closes_by_itself_and_is_never_forgotten(db: StoreDatabase) -> None:
    engagement = brought_to(db, "in_pilot")
    for _ in range(8):
        run_clocks(db, next_act(db, engagement.engagement_id))
    assert read_engagement(db, engagement.engagement_id).state == "in_pilot"
    assert topics(db, BROKER.actor_id).count("engagement.escalated") == 6


def test_after_one_consent_only_the_other_side_is_waited_for(db: StoreDatabase) -> None:
    engagement = brought_to(db, "mutual")
    advance(db, engagement.engagement_id, "consent", actor=ENTERPRISE, now=NOW, given=AGREES)
    clock = running_clock(db, "engagement", engagement.engagement_id)
    assert clock is not None
    assert clock.waits_for == ("provider",)


def test_a_date_counted_before_the_announcement_is_counted_again(db: StoreDatabase) -> None:
    late = datetime(2026, 12, 30, 2, tzinfo=UTC)
    engagement = opened(db, now=late)
    clock = running_clock(db, "engagement", engagement.engagement_id)
    assert clock is not None
    assert clock.is_provisional
    # Nothing has been announced, so nothing is counted again, and nothing is lost.
    assert run_clocks(db, late) == {}
    # As if the clock had been started before the days off of 2026 were announced.
    db.conn.execute(
        "UPDATE clock SET started_at = ?, due_at = ?, next_at = ? WHERE clock_id = ?",
        ["2026-09-01T02:00:00+00:00", "2026-10-30T10:00:00.000000+00:00",
         "2026-10-30T10:00:00.000000+00:00", clock.clock_id],
    )  # fmt: skip
    assert run_clocks(db, datetime(2026, 9, 2, tzinfo=UTC)) == {"recounted": 1}
    again = running_clock(db, "engagement", engagement.engagement_id)
    assert again is not None
    assert (again.due_at, again.is_provisional) == (
        due_after(datetime(2026, 9, 1, 2, tzinfo=UTC), 20).at,
        False,
    )


def test_who_stays_silent_three_times_rests_and_comes_back_by_one_click(
    db: StoreDatabase,
) -> None:
    for i in range(2, 7):
        add_need(db, f"N000{i}")
    for i in range(2, 5):
        silent = brought_to(db, "need_accepted", need_id=f"N000{i}")
        assert not is_resting(db, "O-provider")
        for _ in range(4):
            run_clocks(db, next_act(db, silent.engagement_id))
    assert list(resting_since(db)) == ["O-provider"]
    fifth = opened(db, need_id="N0005")
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, fifth.engagement_id, "accept", actor=ENTERPRISE, now=NOW)
    assert caught.value.why == "resting"
    with pytest.raises(UnknownRecord):
        return_from_rest(db, "O-provider", actor=STRANGER, now=NOW)
    back = due_after(NOW, 40).at
    return_from_rest(db, "O-provider", actor=PROVIDER, now=back)
    assert not is_resting(db, "O-provider")
    after = advance(db, fifth.engagement_id, "accept", actor=ENTERPRISE, now=back)
    assert after.state == "need_accepted"
    # What lapsed before the return is forgiven: one more silence does not end in rest at once.
    for _ in range(4):
        run_clocks(db, next_act(db, fifth.engagement_id))
    assert not is_resting(db, "O-provider")


def test_too_many_requests_at_once_are_refused(db: StoreDatabase) -> None:
    for i in range(11):
        add_need(db, f"Q{i}")
    for i in range(10):
        brought_to(db, "need_accepted", need_id=f"Q{i}")
    assert quota_of(db, "O-need", NOW).is_used_up
    last = opened(db, need_id="Q10")
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, last.engagement_id, "accept", actor=ENTERPRISE, now=NOW)
    assert caught.value.why == "quota"


def test_whose_requests_are_mostly_declined_may_send_fewer(db: StoreDatabase) -> None:
    for i in range(6):
        add_need(db, f"Q{i}")
        asked = brought_to(db, "need_accepted", need_id=f"Q{i}")
        if i < 4:
            advance(db, asked.engagement_id, "decline", actor=PROVIDER, now=NOW, given=DECLINES)
    quota = quota_of(db, "O-need", NOW)
    assert (quota.n_waiting, quota.most, quota.is_halved) == (2, 5, True)
