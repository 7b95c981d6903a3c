"""What the demonstration's provider offers, and who is reminded of what goes out of date."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlite_utils import Database

from matcher.store.audit import verify_chain
from matcher.store.capabilities import list_capabilities, read_capability
from matcher.store.connection import StoreDatabase
from matcher.store.notices import list_notices
from matcher.store.proposals import count_pending
from matcher.workflow.demonstration.capabilities import add_demo_capabilities
from matcher.workflow.registration.capability import renew, state_capacity
from matcher.workflow.registration.capacity_reminders import ENDING, STALE, remind_owners
from tests.matcher.store.conftest import NOW, db, path
from tests.matcher.workflow.people import account, act_of, inhabited

__all__ = ["db", "path"]  # fixtures of the store's tests


@pytest.fixture
def town(db: StoreDatabase) -> Database:
    return inhabited(db)


def test_demonstration_is_named_so_and_goes_the_way_of_every_record(town: Database) -> None:
    assert add_demo_capabilities(town, now=NOW) == 2
    own = act_of(town, "provider").organisation.provider_id
    records = list_capabilities(town, own)
    assert len(records) == 2
    assert all("虚构" in one.name and "虚构" in one.problem for one in records)
    assert {one.verification for one in records} == {"declared"}
    assert count_pending(town) == {"capability": 1}
    assert verify_chain(town).broken is None


def test_without_its_people_there_is_no_demonstration(db: StoreDatabase) -> None:
    assert add_demo_capabilities(db, now=NOW) == 0


def test_owner_is_reminded_once_and_again_after_the_next_answer(town: Database) -> None:
    add_demo_capabilities(town, now=NOW)
    assert remind_owners(town, NOW + timedelta(days=60)) == 0
    stale = NOW + timedelta(days=61)
    assert remind_owners(town, stale) == 2
    assert remind_owners(town, stale + timedelta(days=1)) == 0
    own = act_of(town, "provider").organisation.provider_id
    record_id = list_capabilities(town, own)[0].capability_id
    act = act_of(town, "provider", stale)
    state_capacity(town, record_id, act, free_slots=1, earliest_start=None)
    assert remind_owners(town, stale + timedelta(days=30)) == 0
    assert remind_owners(town, stale + timedelta(days=61)) == 1
    notice = list_notices(town, account(town, "provider").account_id)[0].message
    assert notice.topic == STALE
    assert notice.address == f"/my/capabilities/{record_id}"


def test_owner_is_reminded_before_validity_ends(town: Database) -> None:
    add_demo_capabilities(town, now=NOW)
    later = NOW + timedelta(days=340)
    remind_owners(town, later)
    topics = [one.message.topic for one in list_notices(town, account(town, "provider").account_id)]
    assert topics.count(ENDING) == 2
    own = act_of(town, "provider").organisation.provider_id
    record_id = list_capabilities(town, own)[0].capability_id
    renew(town, record_id, act_of(town, "provider", later))
    until = read_capability(town, record_id).valid_to
    assert until is not None
    assert (until - later.date()).days == 365
    assert remind_owners(town, later + timedelta(days=1)) == 0
