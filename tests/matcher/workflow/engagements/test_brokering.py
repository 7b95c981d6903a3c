"""Brokers: queue by urgency, changes with reason, end and undo; appeals decided by others."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.ranking.results import Match
from matcher.store.audit import EventFilter, list_events
from matcher.store.brokering import Override
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase
from matcher.store.engagements import find_pair, read_engagement
from matcher.store.notices import list_notices
from matcher.workflow.engagements.appeals import decide_appeal, file_appeal
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.brokering import (
    ListChange,
    active_overrides,
    assign_broker,
    broker_queue,
    change_list,
    placed,
    reason_for,
    undo_change,
)
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.engagements.steps import advance
from matcher.workflow.working_days import due_after
from tests.matcher.workflow.engagements.world import (
    ADMINISTRATOR,
    BROKER,
    ENTERPRISE,
    ENTERPRISE_NAME,
    NOW,
    OTHER_BROKER,
    PROVIDER,
    STRANGER,
    add_need,
    brought_to,
    opened,
)

NEXT_MONTH = NOW + timedelta(days=30)
NAMING = f"{ENTERPRISE_NAME}指定要现场交付的单位"


def match(rank: int, bits: float, capability_id: str) -> Match:
    return Match(
        rank, f"V{rank}", "供给方", "Provider", capability_id, 0.5, bits,
        (), (), (), (), (), (), True,
    )  # fmt: skip


def override(capability_id: str, action: str, value: float | None = None) -> Override:
    return Override("OV", "N", capability_id, action, value, "理由充分", "A", NOW, NEXT_MONTH)


def test_the_queue_leads_with_what_was_escalated(db: StoreDatabase) -> None:
    for i in (2, 3):
        add_need(db, f"N000{i}")
    brought_to(db, "talks")
    stuck = brought_to(db, "need_accepted", need_id="N0002")
    opened(db, need_id="N0003")
    moment = NOW
    for _ in range(3):
        clock = running_clock(db, "engagement", stuck.engagement_id)
        assert clock is not None
        moment = clock.next_at
        run_clocks(db, moment)
    queue = broker_queue(db, BROKER.actor_id, moment)
    assert queue[0].engagement.engagement_id == stuck.engagement_id
    assert queue[0].is_escalated
    assert [item.clock.due_at for item in queue[1:]] == sorted(
        item.clock.due_at for item in queue[1:]
    )
    assign_broker(db, stuck.engagement_id, OTHER_BROKER.actor_id, actor=ADMINISTRATOR, now=NOW)
    mine = broker_queue(db, BROKER.actor_id, moment)
    assert stuck.engagement_id not in {item.engagement.engagement_id for item in mine}


def test_only_staff_is_assigned_and_only_by_staff(db: StoreDatabase) -> None:
    engagement = opened(db)
    for broker, actor in ((PROVIDER.actor_id, BROKER), (BROKER.actor_id, PROVIDER)):
        with pytest.raises(ImpossibleStep) as caught:
            assign_broker(db, engagement.engagement_id, broker, actor=actor, now=NOW)
        assert caught.value.why == "not_allowed"


def test_a_change_wants_a_reason_an_end_and_a_broker(db: StoreDatabase) -> None:
    good = ListChange("CAP-V900-1", "pin", "已现场核实", NEXT_MONTH, 1)
    wrong: list[dict[str, Any]] = [
        {"reason": "好"},
        {"expires_at": NOW},
        {"expires_at": NOW + timedelta(days=91)},
        {"action": "hide"},
        {"action": "adjust", "value": 9.0},
    ]
    for changes in wrong:
        with pytest.raises(InvalidRecord):
            change_list(db, "N0001", good._replace(**changes), actor=BROKER, now=NOW)
    with pytest.raises(ImpossibleStep):
        change_list(db, "N0001", good, actor=PROVIDER, now=NOW)
    made = change_list(db, "N0001", good, actor=BROKER, now=NOW)
    assert active_overrides(db, "N0001", NOW) == [made]
    assert active_overrides(db, "N0001", NEXT_MONTH) == []
    assert list_events(db, EventFilter("override"))[0].reason == "已现场核实"


def test_a_proposal_opens_an_engagement_of_the_brokers_origin(db: StoreDatabase) -> None:
    wanted = ListChange("CAP-V900-1", "propose", "符合要求的同类案例", NEXT_MONTH)
    change_list(db, "N0001", wanted, actor=BROKER, now=NOW)
    found = find_pair(db, "N0001", "CAP-V900-1")
    assert found is not None
    assert (found.origin, found.state) == ("broker", "shown")


def test_an_undone_change_no_longer_holds_and_keeps_its_trace(db: StoreDatabase) -> None:
    wanted = ListChange("CAP-V900-1", "exclude", "资质正在复核", NEXT_MONTH)
    made = change_list(db, "N0001", wanted, actor=BROKER, now=NOW)
    undone = undo_change(db, made.override_id, "复核通过", actor=OTHER_BROKER, now=NOW)
    assert (undone.undone_by, undone.undo_reason) == ("A-broker-2", "复核通过")
    assert active_overrides(db, "N0001", NOW) == []
    with pytest.raises(ImpossibleStep):
        undo_change(db, made.override_id, "又一次", actor=BROKER, now=NOW)


def test_a_pin_an_exclusion_and_an_adjustment_move_places_and_no_probability() -> None:
    matches = [match(1, 5.0, "a"), match(2, 4.0, "b"), match(3, 3.5, "c"), match(4, 1.0, "d")]
    changes = [override("d", "pin", 1), override("b", "exclude"), override("c", "adjust", 2.0)]
    result = placed(matches, changes)
    assert [item.match.capability_id for item in result] == ["d", "c", "a"]
    assert {item.match.probability for item in result} == {0.5}
    assert [item.match for item in placed(matches, [])] == matches


@given(
    bits=st.lists(st.floats(-5, 5), min_size=1, max_size=8, unique=True),
    data=st.data(),
)
def test_no_candidate_is_lost_or_doubled_but_by_exclusion(
    bits: list[float], data: st.DataObject
) -> None:
    ordered = sorted(bits, reverse=True)
    matches = [match(i + 1, value, f"c{i}") for i, value in enumerate(ordered)]
    actions = st.sampled_from(("pin", "exclude", "adjust", "propose"))
    changes = [
        override(f"c{i}", data.draw(actions), float(data.draw(st.integers(1, 9))))
        for i in data.draw(st.lists(st.integers(0, len(bits) - 1), unique=True))
    ]
    excluded = {one.capability_id for one in changes if one.action == "exclude"}
    names = [item.match.capability_id for item in placed(matches, changes)]
    assert sorted(names) == sorted({one.capability_id for one in matches} - excluded)


def test_an_appeal_is_decided_by_somebody_else_in_ten_working_days(db: StoreDatabase) -> None:
    wanted = ListChange("CAP-V900-1", "exclude", "资质正在复核", NEXT_MONTH)
    made = change_list(db, "N0001", wanted, actor=BROKER, now=NOW)
    text = "我方资质在有效期内，附证书编号。"
    with pytest.raises(UnknownRecord):
        file_appeal(db, "override", made.override_id, text, actor=STRANGER, now=NOW)
    appeal = file_appeal(db, "override", made.override_id, text, actor=ENTERPRISE, now=NOW)
    assert appeal.due_at == due_after(NOW, 10).at
    with pytest.raises(ImpossibleStep):
        file_appeal(db, "override", made.override_id, text, actor=ENTERPRISE, now=NOW)
    with pytest.raises(ImpossibleStep) as caught:
        decide_appeal(db, appeal.appeal_id, "dismissed", "维持", actor=BROKER, now=NOW)
    assert caught.value.why == "same_person"
    with pytest.raises(UnknownRecord):
        decide_appeal(db, appeal.appeal_id, "upheld", "同意", actor=ENTERPRISE, now=NOW)
    with pytest.raises(InvalidRecord):
        decide_appeal(db, appeal.appeal_id, "upheld", " ", actor=OTHER_BROKER, now=NOW)
    decided = decide_appeal(db, appeal.appeal_id, "upheld", "证书有效", actor=OTHER_BROKER, now=NOW)
    assert decided.decided_by == "A-broker-2"
    assert active_overrides(db, "N0001", NOW) == []
    assert running_clock(db, "appeal", appeal.appeal_id) is None
    assert list_notices(db, ENTERPRISE.actor_id)[0].message.topic == "appeal.decided"


def test_an_overdue_appeal_is_pressed_until_it_is_decided(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    closed = Given(reason="误操作关闭")
    advance(db, engagement.engagement_id, "close", actor=BROKER, now=NOW, given=closed)
    text = "双方仍在洽谈，请恢复。"
    appeal = file_appeal(db, "engagement", engagement.engagement_id, text, actor=PROVIDER, now=NOW)
    for days in (10, 11, 12):
        run_clocks(db, due_after(NOW, days).at)
    pressed = [
        notice
        for notice in list_notices(db, ADMINISTRATOR.actor_id)
        if notice.message.topic == "appeal.overdue"
    ]
    assert len(pressed) == 3
    decide_appeal(db, appeal.appeal_id, "upheld", "恢复", actor=OTHER_BROKER, now=NOW)
    assert read_engagement(db, engagement.engagement_id).state == "shown"
    assert run_clocks(db, due_after(NOW, 14).at).get("escalated", 0) == 0


def test_provider_reads_a_reason_without_the_name_of_an_anonymous_enterprise(
    db: StoreDatabase,
) -> None:
    add_need(db, "N-veiled")
    add_need(db, "N-open", visibility="named")
    for need_id, told in (("N-veiled", NAMING.replace(ENTERPRISE_NAME, "■■■")), ("N-open", NAMING)):
        wanted = ListChange("CAP-V900-1", "exclude", NAMING, NEXT_MONTH)
        made = change_list(db, need_id, wanted, actor=BROKER, now=NOW)
        assert reason_for(db, made, PROVIDER.organisation_id) == told
        assert reason_for(db, made, ENTERPRISE.organisation_id) == NAMING
