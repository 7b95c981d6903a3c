"""Files of evidence: one a piece, kept with the draft and then with the record, never borrowed."""

from __future__ import annotations

from typing import Any

import pytest
from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.attachments import delete_attachments, list_attachments
from matcher.store.capabilities import read_capability
from matcher.store.connection import StoreDatabase
from matcher.store.drafts import Draft, read_draft
from matcher.workflow.drafts.keeping import DraftKey, start_draft, throw_away
from matcher.workflow.needs.attachments import AttachmentRefused, Upload
from matcher.workflow.registration.capability import submit_capability
from matcher.workflow.registration.checks import set_evidence_state
from matcher.workflow.registration.decisions import approve
from matcher.workflow.registration.evidence_files import (
    FILES,
    add_file,
    evidence_files,
    hand_over,
    noted_from,
    remove_file,
)
from matcher.workflow.registration.typed import typed_values
from tests.matcher.store.conftest import NOW, db, path
from tests.matcher.workflow.people import LATER, OFFER, account, act_of, inhabited, judge

__all__ = ["db", "path"]  # fixtures of the store's tests

PDF = b"%PDF-1.7 made up"
PIECE = {
    "kind": "test_report",
    "text": "（合成）在某热轧线连续运行六个月，用五百卷留样盲测，裂纹检出率 99.2%，"
    "误报每班不超过三次，结果由客户质检部门签字确认。",
}
WITH_EVIDENCE = {**OFFER, "evidence": [{**PIECE, "evidence_id": "E1"}]}


@pytest.fixture
def town(db: StoreDatabase) -> Database:
    return inhabited(db)


def begun(db: Database, values: Any = WITH_EVIDENCE, record_id: str = "") -> Draft:
    owner = account(db, "provider").account_id
    return start_draft(db, "capability", owner, values, record_id=record_id, now=NOW)


def upload(name: str = "报告.pdf", content: bytes = PDF) -> Upload:
    return Upload(name, content)


def published(db: Database, draft: Draft) -> str:
    """Send a draft as its form does, approve it and return the id of the record."""
    act = act_of(db, "provider", LATER)
    sent = submit_capability(db, draft.values, act, record_id=draft.record_id)
    hand_over(db, draft, sent.record_id)
    approve(db, sent.proposal_id, judge(db))
    return sent.record_id


def names(db: Database, draft: Draft) -> dict[str, str]:
    return {piece: file.file_name for piece, file in evidence_files(db, draft).items()}


def test_a_piece_has_one_file_and_the_later_takes_the_place_of_the_former(town: Database) -> None:
    act = act_of(town, "provider")
    draft = add_file(town, begun(town), "E1", upload("甲.pdf"), act)
    draft = add_file(town, draft, "E1", upload("乙.pdf"), act)
    assert names(town, draft) == {"E1": "乙.pdf"}
    assert len(list_attachments(town, "draft", draft.draft_id)) == 1
    draft = remove_file(town, draft, "E1", act)
    assert names(town, draft) == {}
    assert list_attachments(town, "draft", draft.draft_id) == []
    with pytest.raises(UnknownRecord):
        remove_file(town, draft, "E1", act)


def test_what_is_refused_changes_nothing(town: Database) -> None:
    act = act_of(town, "provider")
    draft = add_file(town, begun(town), "E1", upload("甲.pdf"), act)
    for piece, sent, why in (
        ("E9", upload(), "no_piece"),
        ("E1", upload("甲.exe"), "unknown_type"),
        ("E1", upload("甲.pdf", b"PK"), "content_differs"),
    ):
        with pytest.raises(AttachmentRefused) as caught:
            add_file(town, draft, piece, sent, act)
        assert caught.value.why == why
    key = DraftKey("capability", draft.draft_id, draft.owner)
    assert names(town, read_draft(town, *key)) == {"E1": "甲.pdf"}


def test_a_file_is_looked_into_before_the_database_is_locked(town: Database) -> None:
    draft, said = begun(town), []
    town.conn.set_trace_callback(said.append)
    with pytest.raises(AttachmentRefused, match="content_differs"):
        add_file(town, draft, "E1", upload(content=b"PK"), act_of(town, "provider"))
    town.conn.set_trace_callback(None)
    assert [one for one in said if one.startswith("BEGIN IMMEDIATE")] == []


def test_five_pieces_have_files_at_most(town: Database) -> None:
    act = act_of(town, "provider")
    lines = [{**PIECE, "evidence_id": f"E{number}"} for number in range(1, 7)]
    draft = begun(town, {**OFFER, "evidence": lines})
    for number in range(1, 6):
        draft = add_file(town, draft, f"E{number}", upload(), act)
    with pytest.raises(AttachmentRefused) as caught:
        add_file(town, draft, "E6", upload(), act)
    assert caught.value.why == "too_many"
    assert len(names(town, add_file(town, draft, "E5", upload("新.pdf"), act))) == 5


def test_files_go_to_the_record_and_stay_there_when_it_is_changed(town: Database) -> None:
    act = act_of(town, "provider")
    record_id = published(town, add_file(town, begun(town), "E1", upload("甲.pdf"), act))
    stands = read_capability(town, record_id)
    (file,) = list_attachments(town, "capability", record_id)
    assert stands.evidence[0].attachment_id == file.attachment_id
    again = begun(town, noted_from(typed_values(stands)), record_id)
    assert names(town, again) == {"E1": "甲.pdf"}
    other = add_file(town, again, "E1", upload("乙.pdf"), act)
    throw_away(town, DraftKey("capability", other.draft_id, other.owner))
    assert [one.file_name for one in list_attachments(town, "capability", record_id)] == ["甲.pdf"]


def test_values_that_say_nothing_of_files_leave_them(town: Database) -> None:
    draft = add_file(town, begun(town), "E1", upload(), act_of(town, "provider"))
    record_id = published(town, draft)
    stands = read_capability(town, record_id)
    values = {**typed_values(stands), "price_max": "77"}
    sent = submit_capability(town, values, act_of(town, "provider", LATER), record_id=record_id)
    approve(town, sent.proposal_id, judge(town))
    assert read_capability(town, record_id).evidence == stands.evidence
    without = {**values, FILES: {}}
    sent = submit_capability(town, without, act_of(town, "provider", LATER), record_id=record_id)
    approve(town, sent.proposal_id, judge(town))
    assert read_capability(town, record_id).evidence[0].attachment_id == ""


def test_another_file_is_checked_again(town: Database) -> None:
    act = act_of(town, "provider")
    record_id = published(town, add_file(town, begun(town), "E1", upload(), act))
    looked = judge(town)._replace(reason="看过报告原件")
    set_evidence_state(town, record_id, "E1", "checked", looked)
    stands = read_capability(town, record_id)
    assert stands.evidence[0].check_state == "checked"
    again = begun(town, noted_from(typed_values(stands)), record_id)
    published(town, add_file(town, again, "E1", upload("乙.pdf"), act))
    assert read_capability(town, record_id).evidence[0].check_state == "unchecked"


def test_two_windows_that_attach_at_once_lose_no_file(town: Database) -> None:
    act = act_of(town, "provider")
    lines = [{**PIECE, "evidence_id": piece} for piece in ("E1", "E2")]
    opened = begun(town, {**OFFER, "evidence": lines})  # as both windows read it
    add_file(town, opened, "E1", upload("甲.pdf"), act)
    after = add_file(town, opened, "E2", upload("乙.pdf"), act)
    assert names(town, after) == {"E1": "甲.pdf", "E2": "乙.pdf"}
    after = remove_file(town, opened, "E1", act)
    assert names(town, after) == {"E2": "乙.pdf"}
    assert [one.file_name for one in list_attachments(town, "draft", opened.draft_id)] == ["乙.pdf"]


def test_a_window_opened_before_cannot_keep_two_files_of_one_piece(town: Database) -> None:
    act = act_of(town, "provider")
    opened = begun(town)
    add_file(town, opened, "E1", upload("甲.pdf"), act)
    after = add_file(town, opened, "E1", upload("乙.pdf"), act)
    assert names(town, after) == {"E1": "乙.pdf"}
    assert len(list_attachments(town, "draft", opened.draft_id)) == 1


def test_a_draft_that_was_thrown_away_takes_no_file(town: Database) -> None:
    opened = begun(town)
    throw_away(town, DraftKey("capability", opened.draft_id, opened.owner))
    with pytest.raises(UnknownRecord):
        add_file(town, opened, "E1", upload(), act_of(town, "provider"))
    assert list_attachments(town, "draft", opened.draft_id) == []


def test_what_is_sent_again_names_no_file_that_was_deleted(town: Database) -> None:
    draft = add_file(town, begun(town), "E1", upload(), act_of(town, "provider"))
    delete_attachments(town, "draft", draft.draft_id)
    record_id = published(town, draft)
    assert read_capability(town, record_id).evidence[0].attachment_id == ""
