"""Files of evidence go when nothing names them any more, and never while somebody needs them."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from matcher.identity import SYSTEM
from matcher.records.engagement import Engagement
from matcher.store.attachments import list_attachments
from matcher.store.capabilities import read_capability
from matcher.store.connection import StoreDatabase
from matcher.store.drafts import Draft
from matcher.store.engagements import add_engagement, change_engagement
from matcher.store.history import current_version
from matcher.workflow.drafts.keeping import DraftKey, start_draft, throw_away
from matcher.workflow.needs.attachments import Upload
from matcher.workflow.registration.capability import submit_capability
from matcher.workflow.registration.decisions import approve, refuse
from matcher.workflow.registration.evidence_files import (
    add_file,
    hand_over,
    noted_from,
    remove_file,
)
from matcher.workflow.registration.proposals import withdraw_record
from matcher.workflow.registration.typed import typed_values
from matcher.workflow.upkeep.retention import EVIDENCE_FILES_KEPT, forget
from tests.matcher.store.conftest import NOW, db, path
from tests.matcher.workflow.people import LATER, OFFER, account, act_of, inhabited, judge

__all__ = ["db", "path"]  # fixtures of the store's tests

SECOND = timedelta(seconds=1)
CHANGED = LATER + timedelta(days=100)
OVER = CHANGED + EVIDENCE_FILES_KEPT + SECOND


@pytest.fixture
def town(db: StoreDatabase) -> Database:
    return inhabited(db)


def begun(db: Database, record_id: str = "") -> Draft:
    """Begin a draft, of what is published where that is named."""
    values = noted_from(typed_values(read_capability(db, record_id))) if record_id else OFFER
    owner = account(db, "provider").account_id
    return start_draft(db, "capability", owner, values, record_id=record_id, now=NOW)


def sent(db: Database, draft: Draft, now: datetime) -> tuple[str, str]:
    """Send a draft as its form does; return the ids of the record and of the proposal."""
    act = act_of(db, "provider", now)
    found = submit_capability(db, draft.values, act, record_id=draft.record_id)
    hand_over(db, draft, found.record_id)
    throw_away(db, DraftKey("capability", draft.draft_id, draft.owner))
    return found.record_id, found.proposal_id


def published(db: Database) -> str:
    """Publish a capability whose evidence has a file."""
    upload = Upload("甲.pdf", b"%PDF-1.7 made up")
    draft = add_file(db, begun(db), "E1", upload, act_of(db, "provider"))
    record_id, proposal_id = sent(db, draft, LATER)
    approve(db, proposal_id, judge(db))
    return record_id


def without_file(db: Database, record_id: str) -> Draft:
    """Begin a change of what is published, in which its file is deleted."""
    return remove_file(db, begun(db, record_id), "E1", act_of(db, "provider"))


def let_go(db: Database, record_id: str) -> None:
    """Publish a change that has no file any more."""
    _record, proposal_id = sent(db, without_file(db, record_id), CHANGED)
    approve(db, proposal_id, judge(db, now=CHANGED))


def forgotten(db: Database, now: datetime) -> int:
    return next(
        one.n for one in forget(db, actor=SYSTEM, now=now) if one.term.kind == "evidence_files"
    )


def files(db: Database, record_id: str) -> list[str]:
    return [one.file_name for one in list_attachments(db, "capability", record_id)]


def test_a_file_of_what_is_published_stays_for_years(town: Database) -> None:
    record_id = published(town)
    assert forgotten(town, NOW + timedelta(days=3650)) == 0
    assert files(town, record_id) == ["甲.pdf"]


def test_a_deleted_file_goes_a_term_after_the_change_was_published(town: Database) -> None:
    record_id = published(town)
    let_go(town, record_id)
    assert read_capability(town, record_id).evidence[0].attachment_id == ""
    assert forgotten(town, OVER - SECOND) == 0
    assert files(town, record_id) == ["甲.pdf"]
    assert forgotten(town, OVER) == 1
    assert files(town, record_id) == []


def test_deleting_in_a_draft_takes_nothing_from_what_is_published(town: Database) -> None:
    record_id = published(town)
    without_file(town, record_id)
    assert forgotten(town, OVER) == 0
    assert files(town, record_id) == ["甲.pdf"]


def test_files_of_a_first_proposal_wait_for_it_and_go_after_it_was_refused(town: Database) -> None:
    upload = Upload("甲.pdf", b"%PDF-1.7 made up")
    draft = add_file(town, begun(town), "E1", upload, act_of(town, "provider"))
    record_id, proposal_id = sent(town, draft, LATER)
    assert forgotten(town, OVER) == 0
    refuse(town, proposal_id, judge(town, "（合成）证据与声明不符，请另行说明。", now=CHANGED))
    assert forgotten(town, OVER - SECOND) == 0
    assert forgotten(town, OVER) == 1
    assert files(town, record_id) == []


def test_a_draft_that_takes_a_refused_proposal_up_again_keeps_its_files(town: Database) -> None:
    record_id = published(town)
    kept = begun(town, record_id)
    other = submit_capability(
        town, {**kept.values, "_files": {}}, act_of(town, "provider", CHANGED), record_id=record_id
    )
    approve(town, other.proposal_id, judge(town, now=CHANGED))
    assert forgotten(town, OVER) == 0  # the draft still names it
    throw_away(town, DraftKey("capability", kept.draft_id, kept.owner))
    assert forgotten(town, OVER) == 1


def test_a_withdrawn_capability_keeps_its_files_for_a_term(town: Database) -> None:
    record_id = published(town)
    withdraw_record(town, "capability", record_id, act_of(town, "provider", CHANGED))
    assert forgotten(town, OVER - SECOND) == 0
    assert forgotten(town, OVER) == 1


def test_an_engagement_keeps_the_file_of_its_version_until_it_is_closed(town: Database) -> None:
    record_id = published(town)
    version = current_version(town, "capability", record_id)
    provider = account(town, "provider").organisation_id
    enterprise = account(town, "enterprise").organisation_id
    begins = Engagement(
        "EN-1", "N-1", 1, enterprise, "V900", record_id, version or 0,
        provider_organisation_id=provider, origin="search",
    )  # fmt: skip
    add_engagement(town, begins, now=NOW)
    let_go(town, record_id)
    assert forgotten(town, OVER) == 0
    closed = OVER + timedelta(days=30)
    change_engagement(town, begins, {"state": "closed", "close_cause": "lapsed"}, now=closed)
    assert forgotten(town, closed + EVIDENCE_FILES_KEPT) == 0
    assert files(town, record_id) == ["甲.pdf"]
    assert forgotten(town, closed + EVIDENCE_FILES_KEPT + SECOND) == 1
