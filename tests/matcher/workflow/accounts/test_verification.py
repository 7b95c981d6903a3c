"""What an administrator decides about an organisation, and what its owner changes later."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Verification
from matcher.records import OrganisationDetails, Provider
from matcher.store.capabilities import save_capability
from matcher.store.connection import StoreDatabase
from matcher.store.organisations import read_organisation, update_organisation
from matcher.workflow.accounts.profile import update_profile
from matcher.workflow.accounts.verification import (
    DECISIONS,
    DecisionRefused,
    ProviderTaken,
    decide,
    link_provider,
)
from tests.factories import make_capability
from tests.matcher.people import NOW, make_organisation
from tests.matcher.workflow.people_db import (
    ADMINISTRATOR,
    OWNER,
    last_event,
    people_database,
    told,
)

STATES = [str(state) for state in Verification]


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    with people_database(tmp_path) as opened:
        yield opened


def put(db: StoreDatabase, state: str) -> None:
    update_organisation(db, "ORG-1", {"verification": state}, now=NOW)


@pytest.mark.parametrize("before", STATES)
@pytest.mark.parametrize("decision", [*STATES, "", "nonsense"])
def test_only_the_decisions_of_the_table_are_open(
    db: StoreDatabase, before: str, decision: str
) -> None:
    put(db, before)
    if decision in DECISIONS[before]:
        decide(db, "ORG-1", decision, reason="复核", actor=ADMINISTRATOR, now=NOW)
        assert read_organisation(db, "ORG-1").verification == decision
    else:
        with pytest.raises(DecisionRefused) as refused:
            decide(db, "ORG-1", decision, reason="复核", actor=ADMINISTRATOR, now=NOW)
        assert refused.value.context["why"] == "state"
        assert read_organisation(db, "ORG-1").verification == before


def test_decision_is_audited_with_its_reason_and_told_to_everybody(db: StoreDatabase) -> None:
    decide(db, "ORG-1", "suspended", reason="  投诉\n核实中 ", actor=ADMINISTRATOR, now=NOW)
    event = last_event(db)
    assert (event.action, event.actor) == ("organisation.suspended", "ACC-9")
    assert (event.before, event.after) == (
        '{"verification":"verified"}',
        '{"verification":"suspended"}',
    )
    assert event.reason == "投诉 核实中"
    assert told(db, "ACC-1") == ["organisation.suspended"]
    assert told(db, "ACC-2") == []


@pytest.mark.parametrize("decision", ["refused", "suspended"])
def test_bad_news_needs_a_reason(db: StoreDatabase, decision: str) -> None:
    put(db, "pending" if decision == "refused" else "verified")
    with pytest.raises(DecisionRefused) as refused:
        decide(db, "ORG-1", decision, reason=" \n", actor=ADMINISTRATOR, now=NOW)
    assert refused.value.context["why"] == "reason"
    assert told(db, "ACC-1") == []


def test_suspension_can_be_lifted(db: StoreDatabase) -> None:
    decide(db, "ORG-1", "suspended", reason="x", actor=ADMINISTRATOR, now=NOW)
    lifted = decide(db, "ORG-1", "verified", actor=ADMINISTRATOR, now=NOW)
    assert lifted.is_verified
    assert lifted.verification_reason == ""


def test_unknown_organisation_is_refused(db: StoreDatabase) -> None:
    with pytest.raises(UnknownRecord):
        decide(db, "ORG-404", "verified", actor=ADMINISTRATOR, now=NOW)


def details(**changes: Any) -> OrganisationDetails:
    stored = make_organisation(1)
    names = ("name", "credit_code", "name_en", "kind", "sides", "size", "region")
    values = {name: getattr(stored, name) for name in names}
    return replace(OrganisationDetails(**values), **changes)


def changed(db: StoreDatabase, **changes: Any) -> str:
    wish = details(**changes)
    after = update_profile(db, "ORG-1", wish, shares_contact=False, actor=OWNER, now=NOW)
    return str(after.verification)


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({"name": "另一虚构单位"}, "pending"),
        ({"credit_code": make_organisation(5).credit_code}, "pending"),
        ({"sides": ("enterprise", "provider")}, "pending"),
        ({"size": "small", "contact_name": "虚构某人", "contact_phone": "0512 000000"}, "verified"),
        ({}, "verified"),
    ],
)
def test_what_was_verified_is_checked_again_when_it_changes(
    db: StoreDatabase, changes: dict[str, Any], state: str
) -> None:
    assert changed(db, **changes) == state
    assert told(db, "ACC-9") == (["organisation.waiting"] if state == "pending" else [])


def test_suspended_organisation_stays_so_whatever_it_changes(db: StoreDatabase) -> None:
    put(db, "suspended")
    assert changed(db, name="另一虚构单位") == "suspended"


def test_trail_says_that_a_contact_changed_but_not_to_what(db: StoreDatabase) -> None:
    changed(db, contact_name="虚构某人", size="small")
    event = last_event(db)
    assert event.action == "organisation.changed"
    assert "虚构某人" not in event.after
    assert '"size":"small"' in event.after


def test_code_of_another_organisation_is_refused(db: StoreDatabase) -> None:
    with pytest.raises(InvalidRecord) as refused:
        changed(db, credit_code=make_organisation(2).credit_code)
    assert [problem.key for problem in refused.value.errors["credit_code"]] == ["code_taken"]
    assert read_organisation(db, "ORG-1") == replace(
        make_organisation(1), created_at=NOW, consent_at=NOW
    )


def test_provider_of_the_catalogue_belongs_to_one_organisation(db: StoreDatabase) -> None:
    provider = Provider(provider_id="VR1", name="虚构供给方")
    save_capability(db, make_capability(provider_id="VR1"), provider, actor="tests", now=NOW)
    linked = link_provider(db, "ORG-1", "VR1", actor=ADMINISTRATOR, now=NOW)
    assert linked.provider_id == "VR1"
    assert last_event(db).action == "organisation.linked_to_provider"
    with pytest.raises(ProviderTaken):
        link_provider(db, "ORG-2", "VR1", actor=ADMINISTRATOR, now=NOW)
    with pytest.raises(UnknownRecord):
        link_provider(db, "ORG-2", "VR404", actor=ADMINISTRATOR, now=NOW)
    link_provider(db, "ORG-1", "", actor=ADMINISTRATOR, now=NOW)
    assert link_provider(db, "ORG-2", "VR1", actor=ADMINISTRATOR, now=NOW).provider_id == "VR1"
