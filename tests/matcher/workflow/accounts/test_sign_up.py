"""Signing up: everything checked at once, nothing stored by halves, nobody's secret told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import InvalidRecord
from matcher.identity import Account, Role, Verification
from matcher.store.accounts import find_by_email, read_credentials
from matcher.store.audit import list_events
from matcher.store.connection import StoreDatabase
from matcher.store.notices import list_notices
from matcher.store.organisations import count_organisations, read_organisation
from matcher.workflow.accounts.sign_up import (
    TERMS_VERSION,
    ask_for_invitation,
    check_sign_up,
    sign_up,
)
from matcher.workflow.demonstration.accounts import synthetic_credit_code
from tests.matcher.people import CHEAP, NOW, make_organisation
from tests.matcher.workflow.people_db import people_database, told

ORGANISATION = {
    "name": "虚构轴承有限公司",
    "credit_code": synthetic_credit_code(7),
    "sides": ["enterprise", "provider"],
    "kind": "enterprise",
    "region": "苏州",
    "contact_name": "虚构联系人",
    "contact_email": "contact@example.invalid",
}
PERSON = {
    "email": "New.Person@example.invalid",
    "name": "虚构新人",
    "password": "four calm herons",
    "password_again": "four calm herons",
}


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    with people_database(tmp_path) as opened:
        yield opened


def signed_up(
    db: StoreDatabase,
    organisation: dict[str, Any] | None = None,
    person: dict[str, Any] | None = None,
    shares_contact: bool = False,
) -> Account:
    wish = check_sign_up(
        {**ORGANISATION, **(organisation or {})},
        {**PERSON, **(person or {})},
        agrees_to_terms=True,
        shares_contact=shares_contact,
    )
    return sign_up(db, CHEAP, wish, now=NOW)


def test_new_organisation_waits_and_its_first_account_owns_it(db: StoreDatabase) -> None:
    account = signed_up(db, shares_contact=True)
    assert account.role == Role.OWNER
    assert account.email == "new.person@example.invalid"
    organisation = read_organisation(db, account.organisation_id)
    assert organisation.verification == Verification.PENDING
    assert organisation.sides == ("enterprise", "provider")
    assert (organisation.consent_version, organisation.consent_at) == (TERMS_VERSION, NOW)
    assert organisation.shares_contact
    kept = read_credentials(db, account.account_id)
    assert CHEAP.fits(PERSON["password"], kept.password_hash)


def test_consent_to_show_the_contact_is_apart_and_not_needed(db: StoreDatabase) -> None:
    account = signed_up(db)
    assert not read_organisation(db, account.organisation_id).shares_contact


def test_administrators_are_told_and_the_trail_names_no_person(db: StoreDatabase) -> None:
    account = signed_up(db)
    assert told(db, "ACC-9") == ["organisation.waiting"]
    events = [event for event in list_events(db) if event.actor == account.account_id]
    assert {event.action for event in events} == {"organisation.signed_up", "account.created"}
    for event in events:
        for secret in (PERSON["name"], account.email, PERSON["password"], "contact@"):
            assert secret not in "".join(map(str, event))


def test_every_problem_is_told_at_once_under_its_own_place() -> None:
    with pytest.raises(InvalidRecord) as refused:
        check_sign_up(
            {**ORGANISATION, "credit_code": "91350100M000100Y40", "name": ""},
            {**PERSON, "password": "short", "name": ""},
            agrees_to_terms=False,
            shares_contact=True,
        )
    assert {"name", "credit_code", "account.name", "account.password", "terms"} <= set(
        refused.value.errors
    )


@pytest.mark.parametrize(
    ("organisation", "person", "field", "key"),
    [
        ({"credit_code": make_organisation(1).credit_code}, {}, "credit_code", "code_taken"),
        ({}, {"email": "PERSON1@example.invalid"}, "account.email", "email_taken"),
    ],
)
def test_what_is_registered_already_is_refused_and_nothing_is_stored(
    db: StoreDatabase, organisation: dict[str, str], person: dict[str, str], field: str, key: str
) -> None:
    before = count_organisations(db), len(list_events(db))
    with pytest.raises(InvalidRecord) as refused:
        signed_up(db, organisation, person)
    assert [problem.key for problem in refused.value.errors[field]] == [key]
    assert "虚构单位1" not in str(refused.value.errors)  # not who
    assert (count_organisations(db), len(list_events(db))) == before


@pytest.mark.parametrize("name", ["role", "organisation_id", "verification", "is_demo"])
def test_nobody_gives_themselves_what_is_not_asked_for(name: str) -> None:
    for part in (0, 1):
        sent: list[dict[str, Any]] = [dict(ORGANISATION), dict(PERSON)]
        sent[part][name] = "administrator"
        with pytest.raises(InvalidRecord):
            check_sign_up(*sent, agrees_to_terms=True, shares_contact=False)


def test_owner_hears_who_asks_to_join(db: StoreDatabase) -> None:
    code = make_organisation(1).credit_code
    ask_for_invitation(db, code, "asker@example.invalid", "虚构同事", now=NOW)
    [notice] = list_notices(db, "ACC-1")
    assert "虚构同事" in notice.message.text_zh
    assert "asker@example.invalid" in notice.message.text_en
    assert told(db, "ACC-2") == []


def test_asking_an_unknown_organisation_tells_nobody_anything(db: StoreDatabase) -> None:
    ask_for_invitation(db, synthetic_credit_code(99), "a@example.invalid", "某", now=NOW)
    assert told(db, "ACC-1") == told(db, "ACC-2") == []
    assert find_by_email(db, "a@example.invalid") is None
