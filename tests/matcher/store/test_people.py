"""Organisations, accounts and links as the database keeps them."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matcher.errors import StoreError, UnknownRecord
from matcher.identity import Actor, Role, Side
from matcher.store.accounts import (
    add_account,
    find_by_email,
    list_accounts,
    read_account,
    update_account,
)
from matcher.store.connection import StoreDatabase
from matcher.store.one_time_links import Link, add_link, find_link, use_link
from matcher.store.organisations import (
    add_organisation,
    count_organisations,
    find_by_code,
    find_by_provider,
    list_organisations,
    read_organisation,
    update_organisation,
)
from matcher.store.ownership import owned_by, owner_of, set_owner
from tests.matcher.people import NOW, add_person, make_account, make_organisation


def test_organisation_comes_back_as_it_was(db: StoreDatabase) -> None:
    stored = make_organisation(sides=(Side.PROVIDER, Side.ENTERPRISE), contact_phone="000")
    add_organisation(db, stored, now=NOW)
    read = read_organisation(db, stored.organisation_id)
    assert read == replace(stored, consent_at=NOW, created_at=NOW)
    assert find_by_code(db, stored.credit_code) == read
    assert read.acts_as("provider")
    assert not read.acts_as("pilot_base")


def test_credit_code_is_registered_once(db: StoreDatabase) -> None:
    add_organisation(db, make_organisation(1), now=NOW)
    same = make_organisation(2, credit_code=make_organisation(1).credit_code)
    with pytest.raises(StoreError):
        add_organisation(db, same, now=NOW)
    assert count_organisations(db) == 1


def test_provider_belongs_to_one_organisation_at_most(db: StoreDatabase) -> None:
    for number in (1, 2):
        add_organisation(db, make_organisation(number), now=NOW)
    update_organisation(db, "ORG-1", {"provider_id": "V001"}, now=NOW)
    found = find_by_provider(db, "V001")
    assert found is not None
    assert found.organisation_id == "ORG-1"
    with pytest.raises(StoreError):
        update_organisation(db, "ORG-2", {"provider_id": "V001"}, now=NOW)


def test_organisations_are_listed_by_how_long_they_wait(db: StoreDatabase) -> None:
    for number in (3, 1, 2):
        organisation = make_organisation(number, verification="pending")
        add_organisation(db, organisation, now=NOW - timedelta(days=number))
    add_organisation(db, make_organisation(4), now=NOW)
    waiting = list_organisations(db, verification="pending")
    assert [each.organisation_id for each in waiting] == ["ORG-3", "ORG-2", "ORG-1"]
    assert count_organisations(db, verification="pending") == 3


@pytest.mark.parametrize("name", ["organisation_id", "is_demo", "nonsense"])
def test_what_never_changes_cannot_be_changed(db: StoreDatabase, name: str) -> None:
    add_organisation(db, make_organisation(), now=NOW)
    with pytest.raises(ValueError, match=name):
        update_organisation(db, "ORG-1", {name: "x"}, now=NOW)


def test_unknown_people_are_named(db: StoreDatabase) -> None:
    with pytest.raises(UnknownRecord, match="ORG-9"):
        read_organisation(db, "ORG-9")
    with pytest.raises(UnknownRecord, match="ACC-9"):
        read_account(db, "ACC-9")
    with pytest.raises(UnknownRecord):
        update_account(db, "ACC-9", {"name": "x"})


def test_account_is_found_by_its_address_however_written(db: StoreDatabase) -> None:
    stored = add_person(db)
    assert find_by_email(db, " PERSON1@example.INVALID") == read_account(db, stored.account_id)
    assert find_by_email(db, "person1@example.invali") is None


def test_staff_have_no_organisation_and_others_have_one(db: StoreDatabase) -> None:
    add_person(db)
    for changes in ({"role": Role.REVIEWER}, {"organisation_id": ""}):
        account = make_account(2, **{"organisation_id": "ORG-1", **changes})
        with pytest.raises(StoreError):
            add_account(db, account, password_hash="x", now=NOW)
    assert len(list_accounts(db)) == 1


def test_link_works_once_and_for_its_purpose_alone(db: StoreDatabase) -> None:
    add_person(db)
    link = Link("reset", "system", NOW + timedelta(hours=1), account_id="ACC-1")
    add_link(db, "secret", link, now=NOW)
    assert find_link(db, "secret", "invite", now=NOW) is None
    assert find_link(db, "other", "reset", now=NOW) is None
    assert find_link(db, "secret", "reset", now=NOW + timedelta(hours=1)) is None
    assert use_link(db, "secret", "reset", now=NOW) == link
    assert use_link(db, "secret", "reset", now=NOW) is None


def test_newer_link_takes_the_place_of_the_older(db: StoreDatabase) -> None:
    add_person(db)
    link = Link("reset", "system", NOW + timedelta(hours=1), account_id="ACC-1")
    add_link(db, "first", link, now=NOW)
    add_link(db, "second", link, now=NOW)
    assert find_link(db, "first", "reset", now=NOW) is None
    assert find_link(db, "second", "reset", now=NOW) is not None


def test_secret_of_a_link_is_not_in_the_database(db: StoreDatabase) -> None:
    link = Link("invite", "system", NOW + timedelta(hours=1), email="x@example.invalid")
    add_link(db, "a secret in a link", link, now=NOW)
    assert "a secret in a link" not in repr(list(db.conn.execute("SELECT * FROM one_time_link")))


def test_record_has_one_owner_at_a_time(db: StoreDatabase) -> None:
    for number in (1, 2):
        add_organisation(db, make_organisation(number), now=NOW)
    assert owner_of(db, "need", "N1") == ""
    set_owner(db, "need", "N1", "ORG-1", actor=Actor("ACC-1"), now=NOW)
    set_owner(db, "need", "N2", "ORG-1", actor=Actor("ACC-1"), now=NOW + timedelta(seconds=1))
    assert owned_by(db, "ORG-1", "need") == ["N2", "N1"]
    set_owner(db, "need", "N1", "ORG-2", actor=Actor("ACC-1"), now=NOW)
    assert owner_of(db, "need", "N1") == "ORG-2"
    assert owned_by(db, "ORG-1", "need") == ["N2"]
