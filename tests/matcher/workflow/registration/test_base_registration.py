"""Pilot bases: the gate, periods that are over, claims, slots that go live at once."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.records import PilotBase
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase
from matcher.store.notices import list_notices
from matcher.store.ownership import owner_of
from matcher.store.pilot_bases import read_pilot_base
from matcher.store.proposals import list_pending
from matcher.store.search import search
from matcher.workflow.registration.capacity_reminders import remind_owners
from matcher.workflow.registration.decisions import approve, refuse
from matcher.workflow.registration.owned_records import ProposalRefused, find_record
from matcher.workflow.registration.pilot_base import (
    claim_base,
    sketch_base,
    state_slots,
    submit_base,
)
from matcher.workflow.registration.proposals import withdraw_record
from matcher.workflow.registration.typed import typed_values
from tests.factories import make_registered_base
from tests.matcher.store.conftest import NOW, db, path
from tests.matcher.workflow.people import LATER, account, act_of, inhabited, judge

__all__ = ["db", "path"]  # fixtures of the store's tests

FORM = {
    **{
        name: value
        for name, value in typed_values(make_registered_base()).items()
        if name not in ("pilot_base_id", "source")
    },
    "name": "合成示例中试基地（制造领域乐器方向）",
    "slots": [
        {"slot_id": "T1", "start": "2026-10-01", "end": "2026-12-31", "total": "6", "taken": "2"}
    ],
}


@pytest.fixture
def town(db: StoreDatabase) -> Database:
    return inhabited(db)


def publish(db: Database, **changes: Any) -> str:
    sent = submit_base(db, {**FORM, **changes}, act_of(db, "base"))
    return approve(db, sent.proposal_id, judge(db))


def base_of(db: Database, record_id: str) -> PilotBase:
    return read_pilot_base(db, record_id)


def test_base_is_found_with_its_services_once_approved(town: Database) -> None:
    before = search(town, "乐器", kinds=("pilot_base",)).total
    record_id = publish(town)
    assert search(town, "乐器", kinds=("pilot_base",)).total == before + 1
    base = base_of(town, record_id)
    assert [one.pilot_base_id for one in base.services] == [record_id]
    own = act_of(town, "base").organisation.organisation_id
    assert owner_of(town, "pilot_base", record_id) == own
    withdraw_record(town, "pilot_base", record_id, act_of(town, "base", LATER))
    assert search(town, "乐器", kinds=("pilot_base",)).total == before


def test_gate_stops_what_is_not_complete_and_what_only_stands_in(town: Database) -> None:
    thin = {**FORM, "data_resources": [], "equipment": [], "benchmarks": [], "note": ""}
    service = {**FORM["services"][0], "description": "待补充"}
    for wanting in ({**thin, "services": [service]}, {**FORM, "note": "基地介绍待补充，xxx。"}):
        with pytest.raises(ProposalRefused) as caught:
            submit_base(town, wanting, act_of(town, "base"))
        assert caught.value.code == "below_gate"
    assert list_pending(town) == []


def test_registrant_does_not_say_where_the_facts_come_from(town: Database) -> None:
    base = base_of(town, publish(town, source="https://gov.example/", pilot_base_id="PB900"))
    assert base.source == ""
    assert base.pilot_base_id != "PB900"


def test_places_go_live_at_once_and_periods_that_are_over_stand(town: Database) -> None:
    record_id = publish(town)
    act = act_of(town, "base", LATER)
    state_slots(town, record_id, {"T1": {"total": "6", "taken": "4", "held": "2"}}, act)
    slot = base_of(town, record_id).slots[0]
    assert (slot.total, slot.taken, slot.held, slot.start) == (6, 4, 2, date(2026, 10, 1))
    with pytest.raises(InvalidRecord) as caught:
        state_slots(town, record_id, {"T1": {"total": "6", "taken": "6", "held": "1"}}, act)
    assert list(caught.value.errors) == ["slots.0.taken"]
    with pytest.raises(InvalidRecord):
        state_slots(town, record_id, {"T1": {"total": " "}}, act)
    late = act._replace(now=act.now.replace(year=2027))
    state_slots(town, record_id, {"T1": {"total": "1", "taken": "0", "held": "0"}}, late)
    assert base_of(town, record_id).slots[0].total == 6
    with pytest.raises(UnknownRecord):
        state_slots(town, record_id, {}, act_of(town, "provider", LATER))


def test_new_period_must_not_be_over_and_an_old_one_cannot_be_dropped(town: Database) -> None:
    record_id = publish(town)
    act = act_of(town, "base", NOW.replace(year=2027))
    values = typed_values(base_of(town, record_id))
    old = {"slot_id": "T2", "start": "2026-01-01", "end": "2026-02-01", "total": "3"}
    with pytest.raises(InvalidRecord) as caught:
        submit_base(town, {**values, "slots": [old]}, act, record_id=record_id)
    assert list(caught.value.errors) == ["slots.0.end"]
    fresh = {"slot_id": "T2", "start": "2027-04-01", "end": "2027-06-30", "total": "3"}
    sent = submit_base(town, {**values, "slots": [fresh]}, act, record_id=record_id)
    assert (sent.is_live, sent.proposal_id) == (True, "")
    assert [slot.slot_id for slot in base_of(town, record_id).slots] == ["T1", "T2"]


def test_contacts_change_at_once_and_stay_out_of_the_trail(town: Database) -> None:
    record_id = publish(town)
    values = typed_values(base_of(town, record_id))
    person = {"contact_id": "L1", "role": "general", "name": "另一位", "email": "new@example.org"}
    act = act_of(town, "base", LATER)
    sent = submit_base(town, {**values, "contacts": [person]}, act, record_id=record_id)
    assert (sent.is_live, sent.proposal_id) == (True, "")
    told = " ".join(event.before + event.after for event in list_events(town, EventFilter()))
    assert '"contacts"' in told
    for secret in ("new@example.org", "另一位", "base@example.org"):
        assert secret not in told


def test_changed_service_waits_and_its_places_do_not(town: Database) -> None:
    record_id = publish(town)
    values = typed_values(base_of(town, record_id))
    service = {**values["services"][0], "price_max": "99"}
    period = {**values["slots"][0], "taken": "5"}
    act = act_of(town, "base", LATER)
    changed = {**values, "services": [service], "slots": [period, *values["slots"][1:]]}
    sent = submit_base(town, changed, act, record_id=record_id)
    assert sent.is_live
    live = base_of(town, record_id)
    assert (live.slots[0].taken, live.slots_stated_at) == (5, LATER.date())
    assert live.services[0].price_max_cny == 60_000
    approve(town, sent.proposal_id, judge(town))
    assert base_of(town, record_id).services[0].price_max_cny == 990_000


def test_claimed_base_changes_hands_by_an_administrator_alone(town: Database) -> None:
    act = act_of(town, "base")
    sent = claim_base(town, "PB900", "我们是 2025 年批复中的牵头单位。", act)
    with pytest.raises(ProposalRefused) as caught:
        approve(town, sent.proposal_id, judge(town))
    assert caught.value.code == "wrong_role"
    before = find_record(town, "pilot_base", "PB900")
    approve(town, sent.proposal_id, judge(town, who="administrator"))
    assert owner_of(town, "pilot_base", "PB900") == act.organisation.organisation_id
    assert find_record(town, "pilot_base", "PB900") == before
    with pytest.raises(ProposalRefused) as again:
        claim_base(town, "PB900", "我们是 2025 年批复中的牵头单位。", act)
    assert again.value.code == "claimed_already"


@pytest.mark.parametrize(("base_id", "words"), [("PB900", "是"), ("PB900", " \n ")])
def test_claim_says_why(town: Database, base_id: str, words: str) -> None:
    with pytest.raises(ProposalRefused) as caught:
        claim_base(town, base_id, words, act_of(town, "base"))
    assert caught.value.code == "reason_missing"


def test_only_one_organisation_asks_for_a_base(town: Database) -> None:
    sent = claim_base(town, "PB900", "我们是批复中的牵头单位，附批复文号。", act_of(town, "base"))
    with pytest.raises(ProposalRefused) as caught:
        claim_base(town, "PB900", "不，我们才是牵头单位，特此说明。", act_of(town, "provider"))
    assert caught.value.code == "claimed_already"
    with pytest.raises(UnknownRecord):
        claim_base(town, "PB999", "没有这个基地，但我们想要它。", act_of(town, "base"))
    refuse(town, sent.proposal_id, judge(town, "批复中的单位不是这一家", who="administrator"))
    assert owner_of(town, "pilot_base", "PB900") == ""


def test_sketch_of_a_base_keeps_what_can_be_read(town: Database) -> None:
    found = sketch_base({**FORM, "decision_days": "很快", "domain": ""})
    assert (found.name, found.domain, found.decision_days) == (FORM["name"], "", None)
    assert len(found.services) == 1
    assert sketch_base({"services": "没有"}).name == ""


def test_a_calendar_that_nobody_confirms_is_recalled_once_and_counts_again_when_confirmed(
    town: Database,
) -> None:
    record_id = publish(town)
    assert base_of(town, record_id).slots_stated_at == NOW.date()
    later = NOW + timedelta(days=61)
    assert remind_owners(town, NOW + timedelta(days=60)) == 0
    assert (remind_owners(town, later), remind_owners(town, later)) == (1, 0)
    told = list_notices(town, account(town, "base").account_id)[0].message
    assert (told.topic, told.address) == ("pilot_base.stale", f"/my/bases/{record_id}")
    typed = {"T1": {"total": "6", "taken": "2", "held": "0"}}
    state_slots(town, record_id, typed, act_of(town, "base", later))
    assert base_of(town, record_id).slots_stated_at == later.date()
    assert remind_owners(town, later + timedelta(days=1)) == 0
