"""The page of a need opens to a party exactly what its engagement opens, and to nobody else."""

from __future__ import annotations

from dataclasses import asdict

import pytest

from matcher.errors import UnknownRecord
from matcher.identity import Actor
from matcher.store.capabilities import save_capability
from matcher.store.connection import StoreDatabase
from matcher.store.needs import read_kept_need
from matcher.workflow.engagements.disclosure import give_consent, take_back_consent, what_may_see
from matcher.workflow.engagements.need_view import PartyView, need_for_party
from matcher.workflow.needs.disclosure import as_shown
from tests.factories import make_capability, make_evidence
from tests.matcher.workflow.engagements.world import (
    BASE,
    BROKER,
    CONTACT,
    ENTERPRISE,
    ENTERPRISE_NAME,
    NOW,
    PROVIDER,
    SECRETS,
    STRANGER,
    TERMS,
    add_need,
    brought_to,
)


def view(db: StoreDatabase, viewer: Actor) -> PartyView | None:
    public = as_shown(db, read_kept_need(db, "N0001"), None)
    return need_for_party(db, public, viewer)


@pytest.mark.parametrize("state", ["need_accepted", "mutual"])
def test_before_both_agreed_a_party_reads_what_everybody_reads(
    db: StoreDatabase, state: str
) -> None:
    brought_to(db, state)
    found = view(db, PROVIDER)
    assert found is not None
    assert not found.is_open
    assert found.shown.need.budget_max_cny is None
    assert [secret for secret in SECRETS if secret in str(asdict(found.shown))] == []


def test_after_both_agreed_budget_name_and_contact_are_open_and_files_are_not(
    db: StoreDatabase,
) -> None:
    brought_to(db, "talks")
    found = view(db, PROVIDER)
    assert found is not None
    assert found.is_open
    assert found.shown.need.budget_max_cny is not None
    assert found.shown.organisation_name == ENTERPRISE_NAME
    assert "■" not in found.shown.need.title
    assert found.seen.value("enterprise", "contact_name") == CONTACT
    assert found.shown.need.excluded_provider_ids == ()
    assert found.files == ()


def test_files_open_after_confidentiality_and_close_when_it_is_taken_back(
    db: StoreDatabase,
) -> None:
    engagement_id = brought_to(db, "talks").engagement_id
    for step, actor in (("confidentiality", ENTERPRISE), ("confidentiality", PROVIDER),
                        ("data", ENTERPRISE)):  # fmt: skip
        give_consent(db, engagement_id, step, terms_version=TERMS, actor=actor, now=NOW)
    found = view(db, PROVIDER)
    assert found is not None
    assert found.seen.attachment_ids == ("AT1",)
    take_back_consent(db, engagement_id, "contact", actor=ENTERPRISE, now=NOW)
    closed = view(db, PROVIDER)
    assert closed is not None
    assert not closed.is_open
    assert closed.seen.attachment_ids == ()
    assert [secret for secret in SECRETS if secret in str(asdict(closed.shown))] == []


@pytest.mark.parametrize("viewer", [STRANGER, BASE, BROKER, ENTERPRISE])
def test_for_everybody_else_it_opens_nothing(db: StoreDatabase, viewer: Actor) -> None:
    brought_to(db, "talks")
    assert view(db, viewer) is None


def test_a_base_reads_it_while_the_pilot_is_before_it(db: StoreDatabase) -> None:
    brought_to(db, "pilot_applied")
    found = view(db, BASE)
    assert found is not None
    assert found.is_open
    assert found.shown.organisation_name == ENTERPRISE_NAME


def test_files_of_evidence_open_to_the_enterprise_after_both_agreed(db: StoreDatabase) -> None:
    offered = make_capability(
        case_ids=(), claims=(), evidence=(make_evidence(attachment_id="F1"), make_evidence(
            evidence_id="E2")),
    )  # fmt: skip
    save_capability(db, offered, None, actor="t", now=NOW)
    before = what_may_see(db, brought_to(db, "mutual"), ENTERPRISE)
    assert before.evidence_files == {}
    add_need(db, "N0002")
    revealed = brought_to(db, "revealed", need_id="N0002")
    assert what_may_see(db, revealed, ENTERPRISE).evidence_files == {"E1": "F1"}
    assert what_may_see(db, revealed, PROVIDER).evidence_files == {"E1": "F1"}
    with pytest.raises(UnknownRecord):
        what_may_see(db, revealed, STRANGER)
