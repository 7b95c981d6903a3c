"""Who sees which need, and how much of it; questions that betray nobody."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import pytest
from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Organisation, Verification
from matcher.store.needs import read_kept_need
from matcher.store.notices import list_notices
from matcher.store.organisations import read_organisation, update_organisation
from matcher.workflow.drafts.keeping import ClassifiedContent
from matcher.workflow.needs.disclosure import province_of, show_need
from matcher.workflow.needs.draft_values import values_of_need
from matcher.workflow.needs.drafts import start_draft
from matcher.workflow.needs.lifecycle import change_state
from matcher.workflow.needs.publishing import send_draft
from matcher.workflow.needs.questions import (
    MOST_OF_ORGANISATION,
    QuestionRefused,
    answer,
    ask,
    hide,
    shown_questions,
)
from matcher.workflow.needs.states import State
from tests.matcher.store.conftest import NOW, db, path
from tests.matcher.workflow.needs_db import NO_WISH, act, inhabited, opened, person, sent

__all__ = ["db", "path"]  # fixtures of the store's tests

NAME = "演示制造企业"
BETRAYING: dict[str, Any] = {
    "visibility": "anonymous",
    "title": "演示制造企业带钢表面裂纹检测",
    "tried": "Demonstration Manufacturer 试过，见 www.demo-maker.com",
    "affected": "演示制造企业质检班组十二人，电话 0512-66668888",
}


def provider_of(db: Database) -> Organisation:
    return read_organisation(db, person(db, "provider").organisation_id)


def test_a_named_need_shows_the_enterprise_but_not_budget_or_private_answers(
    db: Database,
) -> None:
    inhabited(db)
    need_id = opened(db, excluded_provider_ids=["V900"], excluded_reason="有竞争关系")
    shown = show_need(db, need_id, None)
    assert NAME in shown.organisation_name
    assert shown.need.budget_max_cny is None
    assert (shown.need.excluded_provider_ids, shown.need.excluded_reason) == ((), "")
    own = show_need(db, need_id, person(db, "enterprise"))
    assert own.need.budget_max_cny == 800_000
    assert own.need.excluded_reason == "有竞争关系"


def test_an_anonymous_need_betrays_its_enterprise_nowhere(db: Database) -> None:
    inhabited(db)
    need_id = opened(db, **BETRAYING)
    shown = show_need(db, need_id, person(db, "provider"))
    for word in (NAME, "Demonstration Manufacturer", "demo-maker", "66668888"):
        assert word not in str(asdict(shown))
    assert shown.need.region == "320000"
    assert "■■■" in shown.need.title
    assert NAME in show_need(db, need_id, person(db, "reviewer")).need.title


def test_what_others_are_told_of_an_anonymous_need_is_masked(db: Database) -> None:
    inhabited(db)
    need_id = opened(db, **BETRAYING)
    question = ask(db, need_id, provider_of(db), "带钢宽度是多少？", act=act(db, "provider"))
    answer(db, need_id, question.question_id, "一米五，联系演示制造企业", act=act(db, "enterprise"))
    change_state(db, need_id, State.WITHDRAWN, act(db, "enterprise", "演示制造企业停产"))
    texts = [
        notice.message.text_zh + notice.message.text_en
        for notice in list_notices(db, person(db, "provider").account_id)
    ]
    assert len(texts) == 2
    assert all(NAME not in text for text in texts)
    shown = shown_questions(db, need_id, sees_all=False)[0]
    assert NAME not in shown.answer
    assert NAME in shown_questions(db, need_id, sees_all=True)[0].answer


def test_who_asked_is_told_nothing_more_of_a_need_that_is_for_the_invited_alone(
    db: Database,
) -> None:
    inhabited(db)
    need_id = opened(db, **BETRAYING)
    question = ask(db, need_id, provider_of(db), "带钢宽度是多少？", act=act(db, "provider"))
    hidden = {"visibility": "invited", "invited_provider_ids": ["V900"]}
    values = {**values_of_need(read_kept_need(db, need_id).need), **hidden}
    enterprise, doing = person(db, "enterprise"), act(db, "enterprise")
    draft = start_draft(db, enterprise.account_id, values, now=NOW, record_id=need_id)
    send_draft(db, draft, read_organisation(db, enterprise.organisation_id), doing, NO_WISH)
    answer(db, need_id, question.question_id, "一米五左右", act=doing)
    change_state(db, need_id, State.WITHDRAWN, act(db, "enterprise", "停产"))
    assert list_notices(db, person(db, "provider").account_id) == []


def test_an_invited_need_exists_for_the_invited_alone(db: Database) -> None:
    inhabited(db)
    need_id = opened(db, visibility="invited", invited_provider_ids=["V900"])
    for account, provider_id in ((None, ""), (person(db, "provider"), "V901")):
        with pytest.raises(UnknownRecord):
            show_need(db, need_id, account, provider_id)
    with pytest.raises(UnknownRecord):
        ask(db, need_id, provider_of(db), "带钢宽度是多少？", act=act(db, "provider"))
    assert show_need(db, need_id, person(db, "provider"), "V900").state == "open"
    assert show_need(db, need_id, person(db, "enterprise")).is_own
    assert show_need(db, need_id, person(db, "reviewer")).may_manage


def test_what_is_not_published_or_withdrawn_is_unknown(db: Database) -> None:
    inhabited(db)
    waiting = sent(db)
    with pytest.raises(UnknownRecord):
        show_need(db, waiting, person(db, "provider"))
    assert show_need(db, waiting, person(db, "enterprise")).state == "in_review"
    other = opened(
        db, title="另一个需求：铸件气孔检测", problem="（合成）" + "铸件气孔靠敲击听音判断" * 6
    )
    change_state(db, other, State.WITHDRAWN, act(db, "enterprise", "停产"))
    with pytest.raises(UnknownRecord):
        show_need(db, other, None)


def test_needs_of_a_suspended_enterprise_are_out_of_sight(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    organisation_id = person(db, "enterprise").organisation_id
    changes = {"verification": Verification.SUSPENDED}
    update_organisation(db, organisation_id, changes, now=NOW)
    with pytest.raises(UnknownRecord):
        show_need(db, need_id, None)
    with pytest.raises(UnknownRecord):
        ask(db, need_id, provider_of(db), "带钢宽度是多少？", act=act(db, "provider"))
    assert show_need(db, need_id, person(db, "reviewer")).state == "open"


def test_a_place_is_known_by_its_province() -> None:
    assert [province_of(code) for code in ("320500", "110000", "")] == ["320000", "110000", ""]


@pytest.mark.parametrize("text", ["", "短", "长" * 501, "a\x00bcdefghijk", "x" * 5000])
def test_unfit_questions_are_refused_with_words(db: Database, text: str) -> None:
    inhabited(db)
    need_id = opened(db)
    with pytest.raises(InvalidRecord) as error:
        ask(db, need_id, provider_of(db), text, act=act(db, "provider"))
    problem = error.value.errors["text"][0]
    assert problem.words("zh")
    assert shown_questions(db, need_id, sees_all=True) == []


def test_classified_questions_are_refused(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    with pytest.raises(ClassifiedContent):
        ask(db, need_id, provider_of(db), "能否提供秘密级图纸？", act=act(db, "provider"))


def test_who_may_ask_and_how_often(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    asker = provider_of(db)
    unverified = replace(asker, verification=Verification.PENDING)
    enterprise = read_organisation(db, person(db, "enterprise").organisation_id)
    for organisation, why in ((unverified, "not_entitled"), (enterprise, "not_entitled")):
        with pytest.raises(QuestionRefused) as error:
            ask(db, need_id, organisation, "带钢宽度是多少？", act=act(db, "provider"))
        assert error.value.why == why
    for number in range(MOST_OF_ORGANISATION):
        ask(db, need_id, asker, f"第 {number} 个问题是什么？", act=act(db, "provider"))
    with pytest.raises(QuestionRefused) as error:
        ask(db, need_id, asker, "还有一个问题？", act=act(db, "provider"))
    assert error.value.why == "too_many"


def test_only_its_enterprise_answers_and_only_staff_hide(db: Database) -> None:
    inhabited(db)
    need_id = opened(db)
    question = ask(db, need_id, provider_of(db), "带钢宽度是多少？", act=act(db, "provider"))
    with pytest.raises(UnknownRecord):
        answer(db, need_id, question.question_id, "一米五左右", act=act(db, "provider"))
    with pytest.raises(QuestionRefused):
        hide(db, need_id, question.question_id, act=act(db, "enterprise", "不喜欢"))
    with pytest.raises(QuestionRefused):
        hide(db, need_id, question.question_id, act=act(db, "reviewer", " "))
    hide(db, need_id, question.question_id, act=act(db, "reviewer", "含广告"))
    assert shown_questions(db, need_id, sees_all=False) == []
    assert shown_questions(db, need_id, sees_all=True, with_hidden=True)[0].is_hidden
    with pytest.raises(QuestionRefused):
        answer(db, need_id, question.question_id, "一米五左右", act=act(db, "enterprise"))
    hide(db, need_id, question.question_id, act=act(db, "reviewer"))
    assert len(shown_questions(db, need_id, sees_all=False)) == 1
