"""Publishing: the gate, near-duplicates, review, amendments, renewal, expiry."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import SYSTEM
from matcher.store.attachments import list_attachments
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.drafts import list_drafts
from matcher.store.need_status import list_transitions, read_status
from matcher.store.needs import list_kept_needs, list_need_versions, read_kept_need
from matcher.store.notices import list_notices
from matcher.store.organisations import read_organisation
from matcher.workflow.drafts.keeping import DraftKey, throw_away
from matcher.workflow.needs.attachments import Target, Upload, attach, attach_to_draft
from matcher.workflow.needs.draft_values import BEGUN_ON, values_of_need
from matcher.workflow.needs.drafts import start_draft
from matcher.workflow.needs.expiry import REMIND_BEFORE, expire_and_remind
from matcher.workflow.needs.lifecycle import TransitionRefused, change_state
from matcher.workflow.needs.publishing import (
    NotPublishable,
    Wishes,
    approve,
    check_ready,
    end_of,
    need_made_of,
    renew,
    send_draft,
)
from matcher.workflow.needs.questions import ask
from matcher.workflow.needs.states import State
from tests.matcher.store.conftest import NOW, db, path
from tests.matcher.workflow.at_once import before_its_lock
from tests.matcher.workflow.needs_db import (
    VALUES,
    act,
    draft_of,
    inhabited,
    opened,
    person,
    sent,
)

__all__ = ["db", "path"]  # fixtures of the store's tests

LOW: dict[str, Any] = {
    "problem": "（合成）" + "问题很多，希望改进，希望改进问题，" * 8,
    "requirements": [{"text": "好用", "level": "must"}],
    "budget_max": None,
    "budget_undecided": "yes",
    "title": "改进一下我们的问题",
    "affected": "很多很多很多很多很多很多人",
}


def refused(db: Database, wishes: Wishes | None = None, **changes: Any) -> NotPublishable:
    with pytest.raises(NotPublishable) as error:
        sent(db, wishes or Wishes(), **changes)
    return error.value


def test_a_whole_need_goes_to_review_and_is_opened(db: Database) -> None:
    inhabited(db)
    need_id = sent(db)
    kept = read_kept_need(db, need_id)
    assert (kept.status.state, kept.version) == ("in_review", 1)
    assert kept.organisation_id == person(db, "enterprise").organisation_id
    assert list_drafts(db, "need", person(db, "enterprise").account_id) == []
    status = approve(db, need_id, act(db, "reviewer"))
    assert (status.state, status.published_at) == ("open", NOW)
    assert status.expires_at == end_of(kept.need.reply_by)
    actions = [event.action for event in list_events(db, EventFilter(object_id=need_id))]
    assert actions == ["need.published", "need.sent", "need.created"]


@pytest.mark.parametrize("missing", [name for name in VALUES if name not in {"region"}])
def test_every_required_answer_is_named_with_its_step(db: Database, missing: str) -> None:
    inhabited(db)
    error = refused(db, Wishes(asks_override=True), **{missing: None})
    assert "incomplete" in error.why
    named = {path.split(".")[0] for path in error.readiness.problems}
    assert named == {missing}
    assert error.readiness.step_of(missing)
    assert list_events(db, EventFilter(action="need.created")) == []


@pytest.mark.parametrize("days", [-1, 4, 61])
def test_a_reply_date_must_leave_time_and_not_too_much(db: Database, days: int) -> None:
    inhabited(db)
    day = (NOW + timedelta(days=days)).date().isoformat()
    assert "reply_by" in refused(db, reply_by=day).readiness.problems


def test_a_poor_need_is_opened_only_by_an_override_with_its_reason(db: Database) -> None:
    inhabited(db)
    assert refused(db, **LOW).why == ("score",)
    need_id = sent(db, Wishes(asks_override=True), **LOW)
    with pytest.raises(TransitionRefused) as error:
        approve(db, need_id, act(db, "reviewer", " "))
    assert error.value.why == "reason_missing"
    status = approve(db, need_id, act(db, "reviewer", "试点县重点项目"))
    assert (status.override_by, status.override_reason) == (
        person(db, "reviewer").account_id,
        "试点县重点项目",
    )
    event = list_events(db, EventFilter(action="need.published"))[0]
    assert event.reason == "试点县重点项目"


def test_the_enterprise_cannot_open_its_need_itself(db: Database) -> None:
    inhabited(db)
    need_id = sent(db)
    with pytest.raises(TransitionRefused) as error:
        approve(db, need_id, act(db, "enterprise", "x"))
    assert error.value.why == "not_entitled"
    assert read_status(db, need_id).published_at is None


def test_a_near_duplicate_is_shown_and_wants_confirming(db: Database) -> None:
    inhabited(db)
    first = opened(db)
    error = refused(db, title="热轧带钢的表面裂纹，在线检测")
    assert error.why == ("near",)
    assert [near.need_id for near in error.readiness.near] == [first]
    assert sent(db, Wishes(accepts_near=True)) != first


def test_needs_of_other_organisations_are_no_duplicates(db: Database) -> None:
    inhabited(db)
    opened(db)
    other = person(db, "provider").organisation_id
    ready = check_ready(db, VALUES, organisation_id=other, today=NOW.date())
    assert ready.near == ()


def test_classified_content_is_never_sent(db: Database) -> None:
    inhabited(db)
    ready = check_ready(db, {**VALUES, "tried": "按秘密级图纸试过"}, today=NOW.date())
    assert ready.secrecy.is_refused
    assert not ready.is_complete


def test_a_date_that_passed_in_review_is_not_opened(db: Database) -> None:
    inhabited(db)
    need_id = sent(db)
    late = act(db, "reviewer", now=NOW + timedelta(days=40))
    with pytest.raises(TransitionRefused) as error:
        approve(db, need_id, late)
    assert error.value.why == "too_late"


def amend(db: Database, need_id: str, **changes: Any) -> str:
    kept = read_kept_need(db, need_id)
    enterprise = person(db, "enterprise")
    draft = start_draft(
        db,
        enterprise.account_id,
        {**values_of_need(kept.need), **changes},
        now=NOW,
        record_id=need_id,
    )
    organisation = read_organisation(db, enterprise.organisation_id)
    return send_draft(db, draft, organisation, act(db, "enterprise"), Wishes()).state


def test_an_amendment_keeps_history_and_tells_who_asked(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    provider = person(db, "provider")
    asker = read_organisation(db, provider.organisation_id)
    ask(db, need_id, asker, "产线速度是多少？", act=act(db, "provider"))
    assert amend(db, need_id, budget_max="120", tried="试过规则视觉") == "open"
    versions = list_need_versions(db, need_id)
    assert [one.version for one in versions] == [2, 1]
    assert [one.need.budget_max_cny for one in versions] == [1_200_000, 800_000]
    told = list_notices(db, provider.account_id)[0].message
    assert (told.topic, told.address) == ("need.amended", f"/needs/{need_id}")
    event = list_events(db, EventFilter(action="need.amended"))[0]
    assert "800000" in event.before
    assert "1200000" in event.after


def test_what_was_changed_since_a_draft_was_begun_is_not_undone_unseen(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    begun = read_kept_need(db, need_id)
    enterprise, doing = person(db, "enterprise"), act(db, "enterprise")
    values = {**values_of_need(begun.need), BEGUN_ON: begun.version, "tried": "试过规则视觉"}
    draft = start_draft(db, enterprise.account_id, values, now=NOW, record_id=need_id)
    later = (NOW + timedelta(days=45)).date()
    renew(db, need_id, {"reply_by": later.isoformat()}, doing)
    organisation = read_organisation(db, enterprise.organisation_id)
    for wishes in (Wishes(), Wishes(replaces=begun.version)):
        with pytest.raises(NotPublishable) as error:
            send_draft(db, draft, organisation, doing, wishes)
        assert error.value.why == ("changed",)
    kept = read_kept_need(db, need_id)
    assert (kept.need.reply_by, kept.need.tried) == (later, begun.need.tried)
    send_draft(db, draft, organisation, doing, Wishes(replaces=kept.version))
    assert read_kept_need(db, need_id).need.tried == "试过规则视觉"


def test_renewal_keeps_what_was_amended_in_that_moment(db: Database, path: Path) -> None:
    inhabited(db)
    need_id = opened(db)
    other = open_database(path)

    def amend_first(statement: str) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            db.conn.set_trace_callback(None)
            amend(other, need_id, tried="试过规则视觉")

    dates = {"reply_by": (NOW + timedelta(days=45)).date().isoformat()}
    doing = act(db, "enterprise")
    db.conn.set_trace_callback(amend_first)
    renew(db, need_id, dates, doing)
    close_database(other)
    assert read_kept_need(db, need_id).need.tried == "试过规则视觉"


def test_private_answers_stay_out_of_the_audit_trail(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    amend(db, need_id, excluded_provider_ids=["V900"], excluded_reason="有竞争关系")
    texts = "".join(event.before + event.after for event in list_events(db))
    assert "有竞争关系" not in texts
    assert "excluded_reason" in texts


def test_a_returned_need_is_sent_again(db: Database) -> None:
    inhabited(db)
    need_id = sent(db)
    change_state(db, need_id, State.DRAFT, act(db, "reviewer", "写清数据"))
    assert amend(db, need_id, tried="试过规则视觉，误报多") == "in_review"
    way = [t.to_state for t in list_transitions(db, need_id)]
    assert way == ["draft", "in_review", "draft", "in_review"]


def test_an_ended_need_is_not_amended(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    change_state(db, need_id, State.WITHDRAWN, act(db, "enterprise", "停产"))
    with pytest.raises(TransitionRefused):
        amend(db, need_id, budget_max="90")
    assert len(list_need_versions(db, need_id)) == 1


def test_files_go_with_the_draft_to_the_need(db: Database) -> None:
    inhabited(db)
    enterprise = person(db, "enterprise")
    draft = draft_of(db)
    target = Target("draft", draft.draft_id, enterprise.organisation_id)
    file = attach(db, target, Upload("流程.txt", "现场流程".encode()), act(db, "enterprise"))
    organisation = read_organisation(db, enterprise.organisation_id)
    status = send_draft(db, draft, organisation, act(db, "enterprise"), Wishes())
    assert list_attachments(db, "draft", draft.draft_id) == []
    kept = read_kept_need(db, status.need_id)
    assert (kept.need.attachment_ids, kept.version) == ((file.attachment_id,), 1)


def test_of_two_clicks_at_once_the_second_gets_the_need_of_the_first(
    db: StoreDatabase, path: Path
) -> None:
    inhabited(db)
    organisation = read_organisation(db, person(db, "enterprise").organisation_id)
    draft, doing = draft_of(db), act(db, "enterprise")
    other = open_database(path)
    before_its_lock(db, lambda: send_draft(other, draft, organisation, doing, Wishes()))
    status = send_draft(db, draft, organisation, doing, Wishes())
    close_database(other)
    assert [kept.need.need_id for kept in list_kept_needs(db)] == [status.need_id]
    assert [one.to_state for one in list_transitions(db, status.need_id)] == ["draft", "in_review"]


def test_a_draft_that_is_gone_is_sent_by_nobody(db: Database) -> None:
    inhabited(db)
    organisation = read_organisation(db, person(db, "enterprise").organisation_id)
    draft, doing = draft_of(db), act(db, "enterprise")
    throw_away(db, DraftKey(draft.kind, draft.draft_id, draft.owner))
    with pytest.raises(UnknownRecord):
        send_draft(db, draft, organisation, doing, Wishes())
    assert list_kept_needs(db) == []
    made = send_draft(db, draft_of(db), organisation, doing, Wishes())
    assert need_made_of(db, draft.draft_id, organisation.organisation_id) is None
    stranger = read_organisation(db, person(db, "provider").organisation_id)
    assert made.state == "in_review"
    assert need_made_of(db, draft.draft_id, stranger.organisation_id) is None


def test_a_file_that_comes_while_a_draft_is_sent_is_kept_or_refused(
    db: StoreDatabase, path: Path
) -> None:
    inhabited(db)
    organisation = read_organisation(db, person(db, "enterprise").organisation_id)
    draft, doing = draft_of(db), act(db, "enterprise")
    other = open_database(path)
    file = Upload("流程.txt", "现场流程".encode())

    def add() -> None:
        attach_to_draft(other, draft, organisation.organisation_id, file, doing)

    before_its_lock(db, add)
    need_id = send_draft(db, draft, organisation, doing, Wishes()).need_id
    (kept,) = list_attachments(db, "need", need_id)
    assert read_kept_need(db, need_id).need.attachment_ids == (kept.attachment_id,)
    with pytest.raises(UnknownRecord):
        add()
    close_database(other)
    assert list_attachments(db, "draft", draft.draft_id) == []


def test_needs_expire_once_and_are_reminded_of_once(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    end = read_status(db, need_id).expires_at
    assert end is not None
    assert expire_and_remind(db, NOW) == (0, 0)
    soon = end - REMIND_BEFORE + timedelta(minutes=1)
    assert expire_and_remind(db, soon) == (0, 1)
    assert expire_and_remind(db, soon) == (0, 0)
    told = list_notices(db, person(db, "enterprise").account_id)[0].message
    assert told.topic == "need.expiring"
    assert expire_and_remind(db, end + timedelta(minutes=1)) == (1, 0)
    assert expire_and_remind(db, end + timedelta(minutes=1)) == (0, 0)
    assert list_transitions(db, need_id)[-1].actor == SYSTEM.actor_id


def test_a_renewed_need_is_open_again_with_its_new_date(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    end = read_status(db, need_id).expires_at
    assert end is not None
    expire_and_remind(db, end + timedelta(days=1))
    later = act(db, "enterprise", now=end + timedelta(days=2))
    with pytest.raises(InvalidRecord) as error:
        renew(db, need_id, {"reply_by": "2020-01-01"}, later)
    assert set(error.value.errors) == {"reply_by"}
    day = (end + timedelta(days=20)).date()
    status = renew(db, need_id, {"reply_by": day.isoformat()}, later)
    assert (status.state, status.reply_by, status.reminded_at) == ("open", day, None)
    assert read_kept_need(db, need_id).need.reply_by == day


def test_a_stranger_renews_nothing(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    day = (NOW + timedelta(days=50)).date().isoformat()
    with pytest.raises(TransitionRefused):
        renew(db, need_id, {"reply_by": day}, act(db, "provider"))
    assert len(list_need_versions(db, need_id)) == 1
