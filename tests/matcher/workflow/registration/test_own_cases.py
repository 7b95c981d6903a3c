"""A case that grew out of an engagement is evidence of its capability, also through a change."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from matcher.identity import SYSTEM
from matcher.store.capabilities import read_capability
from matcher.store.connection import StoreDatabase
from matcher.store.history import current_version
from matcher.store.proposals import find_pending
from matcher.store.published_cases import publish_case
from matcher.workflow.registration.decisions import approve
from matcher.workflow.registration.own_cases import add_case
from matcher.workflow.registration.proposals import withdraw_record
from tests.factories import make_case
from tests.matcher.store.conftest import db, path
from tests.matcher.workflow.people import LATER, act_of, inhabited, judge
from tests.matcher.workflow.registration.test_proposals import edit, publish

__all__ = ["db", "path"]  # fixtures of the store's tests


@pytest.fixture
def town(db: StoreDatabase) -> Database:
    return inhabited(db)


def add(db: Database, record_id: str, case_id: str = "CR-9") -> bool:
    provider_id = read_capability(db, record_id).provider_id
    case = make_case(case_id=case_id, provider_id=provider_id, source="platform:OC1")
    publish_case(db, case, actor="tests", now=LATER)
    return add_case(db, record_id, case_id, actor=SYSTEM, now=LATER)


def test_case_is_added_once(town: Database) -> None:
    record_id = publish(town)
    version = current_version(town, "capability", record_id)
    assert add(town, record_id)
    assert add(town, record_id)
    assert read_capability(town, record_id).case_ids == ("CR-9",)
    assert current_version(town, "capability", record_id) == (version or 0) + 1


def test_change_that_waits_keeps_the_case(town: Database) -> None:
    record_id = publish(town)
    edit(town, record_id, maturity="8")
    assert add(town, record_id)
    waiting = find_pending(town, "capability", record_id)
    assert waiting is not None
    approve(town, waiting.proposal_id, judge(town))
    after = read_capability(town, record_id)
    assert (after.case_ids, after.maturity) == (("CR-9",), 8)


def test_withdrawn_capability_gets_no_case(town: Database) -> None:
    record_id = publish(town)
    withdraw_record(town, "capability", record_id, act_of(town, "provider", LATER))
    assert not add_case(town, record_id, "CR-9", actor=SYSTEM, now=LATER)
