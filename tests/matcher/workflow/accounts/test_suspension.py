"""What a suspended organisation offers is proposed and found no more, until it takes part again."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, fields
from pathlib import Path

import pytest

from matcher.records import OrganisationDetails
from matcher.store.capabilities import save_capability, withdraw_capability
from matcher.store.catalogue import catalogue_revision, read_catalogue
from matcher.store.changes import read_changes
from matcher.store.connection import StoreDatabase
from matcher.store.organisations import read_organisation, update_organisation
from matcher.store.ownership import set_owner
from matcher.store.pilot_bases import save_pilot_base, withdraw_pilot_base
from matcher.store.search import search
from matcher.store.versions import refresh_search_index
from matcher.workflow.accounts.own_account import close_account
from matcher.workflow.accounts.profile import update_profile
from matcher.workflow.accounts.verification import decide, link_provider
from tests.factories import make_base_service, make_capability, make_pilot_base, make_provider
from tests.matcher.people import NOW
from tests.matcher.workflow.people_db import ADMINISTRATOR, OWNER, people_database

WORD = "声呐"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    """ORG-1 is a provider with one capability and answers for a base with one service."""
    with people_database(tmp_path) as opened:
        for number in (1, 2):
            capability = make_capability(
                capability_id=f"CAP-{number}",
                provider_id=f"VR-{number}",
                name=f"{WORD}信号识别{number}",
            )
            provider = make_provider(provider_id=f"VR-{number}", name=f"虚构供方{number}")
            save_capability(opened, capability, provider, actor="test", now=NOW)
        service = make_base_service(
            service_id="BS-1", pilot_base_id="PB-1", name=f"{WORD}测试服务", description=""
        )
        base = make_pilot_base(pilot_base_id="PB-1", name=f"{WORD}基地", services=(service,))
        save_pilot_base(opened, base, actor="test", now=NOW)
        set_owner(opened, "pilot_base", "PB-1", "ORG-1", actor=ADMINISTRATOR, now=NOW)
        link_provider(opened, "ORG-1", "VR-1", actor=ADMINISTRATOR, now=NOW)
        yield opened


def found(db: StoreDatabase) -> set[tuple[str, str]]:
    hits = search(db, WORD, limit=200).hits
    return {(hit.kind, hit.record_id) for hit in hits}


def put(db: StoreDatabase, state: str) -> None:
    decide(db, "ORG-1", state, reason="核实中", actor=ADMINISTRATOR, now=NOW)


def renamed(db: StoreDatabase) -> str:
    stored = asdict(read_organisation(db, "ORG-1"))
    known = {field.name: stored[field.name] for field in fields(OrganisationDetails)}
    wish = OrganisationDetails(**{**known, "name": "虚构新名称"})
    after = update_profile(db, "ORG-1", wish, shares_contact=False, actor=OWNER, now=NOW)
    return str(after.verification)


OFFERS = {("capability", "CAP-1"), ("base_service", "BS-1")}


def test_offers_leave_the_search_and_come_back(db: StoreDatabase) -> None:
    before = found(db)
    assert before >= OFFERS
    put(db, "suspended")
    assert found(db) == before - OFFERS
    put(db, "verified")
    assert found(db) == before


def test_who_is_suspended_is_still_found_itself(db: StoreDatabase) -> None:
    put(db, "suspended")
    assert {("provider", "VR-1"), ("pilot_base", "PB-1")} <= found(db)


def test_a_new_index_leaves_them_out_too(db: StoreDatabase) -> None:
    put(db, "suspended")
    before = found(db)
    db.execute("UPDATE search_state SET mapping = 0")
    assert refresh_search_index(db)
    assert found(db) == before


def test_what_is_saved_meanwhile_does_not_come_back_by_it(db: StoreDatabase) -> None:
    put(db, "suspended")
    changed = make_capability(capability_id="CAP-1", provider_id="VR-1", name=f"{WORD}新名称")
    save_capability(db, changed, None, actor="test", now=NOW)
    assert not found(db) & OFFERS


def test_catalogue_says_who_takes_no_part_and_the_change_is_noticed(db: StoreDatabase) -> None:
    before = read_catalogue(db)
    assert before.suspended == frozenset()
    put(db, "suspended")
    changes = read_changes(db, before.revision)
    assert changes.revision > before.revision
    after = changes.applied_to(before)
    assert after.suspended == {("provider", "VR-1"), ("pilot_base", "PB-1")}
    assert after == read_catalogue(db)
    assert after.suspended_providers == {"VR-1"}
    assert after.bases_taking_part == ()
    assert set(after.capabilities) == {"CAP-1", "CAP-2"}  # what is published stays


def test_a_refused_claim_to_a_provider_takes_nothing_out(db: StoreDatabase) -> None:
    """Who signs up in another's name must not be able to silence the other."""
    update_organisation(db, "ORG-1", {"verification": "pending"}, now=NOW)
    before, revision = found(db), catalogue_revision(db)
    put(db, "refused")
    assert found(db) == before
    assert catalogue_revision(db) == revision


def test_who_is_refused_after_a_suspension_stays_out_until_it_is_verified_again(
    db: StoreDatabase,
) -> None:
    before = found(db)
    update_organisation(db, "ORG-1", {"verified_at": NOW}, now=NOW)
    put(db, "suspended")
    put(db, "refused")
    assert found(db) == before - OFFERS
    assert renamed(db) == "pending"
    assert found(db) == before - OFFERS
    put(db, "verified")
    assert found(db) == before


def test_another_name_of_a_verified_organisation_takes_nothing_out(db: StoreDatabase) -> None:
    before = found(db)
    update_organisation(db, "ORG-1", {"verified_at": NOW}, now=NOW)
    assert renamed(db) == "pending"
    assert found(db) == before


def test_the_last_person_who_leaves_takes_the_offers_along(db: StoreDatabase) -> None:
    before, revision = found(db), catalogue_revision(db)
    close_account(db, "ACC-1", now=NOW)
    assert read_organisation(db, "ORG-1").is_suspended
    assert found(db) == before - OFFERS
    assert catalogue_revision(db) > revision


def test_a_provider_without_offers_is_known_to_be_suspended_too(db: StoreDatabase) -> None:
    withdraw_capability(db, "CAP-1", actor="test", now=NOW)
    withdraw_pilot_base(db, "PB-1", actor="test", now=NOW)
    before = read_catalogue(db)
    put(db, "suspended")
    after = read_changes(db, before.revision).applied_to(before)
    assert after.suspended_providers == {"VR-1"}
    assert after.revision > before.revision


def test_a_link_that_is_taken_away_brings_the_offers_back(db: StoreDatabase) -> None:
    put(db, "suspended")
    link_provider(db, "ORG-1", "VR-2", actor=ADMINISTRATOR, now=NOW)
    assert ("capability", "CAP-1") in found(db)
    assert ("capability", "CAP-2") not in found(db)
    assert read_catalogue(db).suspended_providers == {"VR-2"}
