"""Drafts: whole as typed, by their owner alone, never silently overwritten, never classified."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.schemas import load_need
from matcher.schemas.need import NeedSchema
from matcher.store.drafts import list_drafts, read_draft
from matcher.workflow.drafts.keeping import (
    KEEP_VISITORS,
    MOST_OF_VISITOR,
    Basis,
    ClassifiedContent,
    DraftChanged,
    DraftKey,
    DraftTooLarge,
    TooManyDrafts,
    claim,
    forget_visitors,
    save_step,
    throw_away,
)
from matcher.workflow.drafts.typed import basis_of, with_step
from matcher.workflow.needs.draft_values import (
    STEP_OF_FIELD,
    STEPS,
    find_step,
    need_so_far,
    problems_now,
    values_of_need,
)
from matcher.workflow.needs.drafts import KIND, start_draft
from tests.factories import make_need
from tests.matcher.store.conftest import NOW, db, path

__all__ = ["db", "path"]  # fixtures of the store's tests

PROBLEM = STEPS[0]
VISITOR = "visitor-abc"
LATER = NOW + timedelta(minutes=1)


def start(db: Database, owner: str = "ACC-1", **values: Any) -> DraftKey:
    return DraftKey(KIND, start_draft(db, owner, values, now=NOW).draft_id, owner)


def save(db: Database, key: DraftKey, basis: Basis, **typed: Any) -> Any:
    return save_step(db, key, PROBLEM, typed, basis=basis, now=LATER)


def test_steps_ask_for_every_field_of_the_form_once() -> None:
    asked = [name for step in STEPS for name in step.fields]
    grouped = [name for group in NeedSchema.groups for name in group.fields]
    assert sorted(asked) == sorted(grouped)
    assert len(set(asked)) == len(asked)
    assert set(STEP_OF_FIELD) == set(asked)
    assert find_step("nowhere") is None


def test_a_step_replaces_its_own_answers_alone(db: Database) -> None:
    key = start(db, title="旧标题", tried="试过", industries=["C31"])
    draft = save(db, key, Basis(""), title="新标题")
    assert dict(draft.values)["title"] == "新标题"
    assert draft.values["industries"] == ["C31"]
    assert "tried" not in draft.values


def test_a_draft_of_somebody_else_is_unknown(db: Database) -> None:
    key = start(db, title="甲")
    for other in (DraftKey(KIND, key.draft_id, "ACC-2"), DraftKey(KIND, "D0", key.owner)):
        with pytest.raises(UnknownRecord):
            save(db, other, Basis(""), title="乙")
        with pytest.raises(UnknownRecord):
            throw_away(db, other)
    assert read_draft(db, *key).values["title"] == "甲"


def test_a_second_window_is_told_and_nothing_is_overwritten(db: Database) -> None:
    key = start(db, title="起初")
    mark = basis_of({"title": "起初"}, PROBLEM)
    save(db, key, Basis(mark, "window-1"), title="第一个窗口")
    with pytest.raises(DraftChanged) as refused:
        save(db, key, Basis(mark, "window-2"), title="第二个窗口")
    assert refused.value.draft.values["title"] == "第一个窗口"
    assert read_draft(db, *key).values["title"] == "第一个窗口"
    seen = Basis(basis_of(refused.value.draft.values, PROBLEM), "window-3")
    assert save(db, key, seen, title="第二个窗口").values["title"] == "第二个窗口"


def test_a_form_may_overwrite_what_it_saved_itself(db: Database) -> None:
    key = start(db, title="起初")
    mark = Basis(basis_of({"title": "起初"}, PROBLEM), "window-1")
    save(db, key, mark, title="自动保存")
    assert save(db, key, mark, title="最后").values["title"] == "最后"


def test_what_saved_itself_and_arrives_late_takes_nothing_back(db: Database) -> None:
    key = start(db, title="起初")
    mark = basis_of({"title": "起初"}, PROBLEM)
    typing, sent = Basis(mark, "window-1", is_live=True), Basis(mark, "window-1")
    save(db, key, typing, title="写了一半")
    save(db, key, sent, title="写完了")
    for late in ("写了一半", "写完"):
        with pytest.raises(DraftChanged):
            save(db, key, typing, title=late)
    assert read_draft(db, *key).values["title"] == "写完了"
    assert save(db, key, sent, title="退回后再改").values["title"] == "退回后再改"


def test_sending_what_was_saved_already_ends_the_saving(db: Database) -> None:
    key = start(db, title="起初")
    mark = basis_of({"title": "起初"}, PROBLEM)
    typing = Basis(mark, "window-1", is_live=True)
    save(db, key, typing, title="写完了")
    save(db, key, Basis(mark, "window-1"), title="写完了")
    with pytest.raises(DraftChanged):
        save(db, key, typing, title="写了一半")
    assert read_draft(db, *key).values["title"] == "写完了"


def test_the_same_words_in_two_windows_are_no_conflict(db: Database) -> None:
    key = start(db, title="起初")
    mark = basis_of({"title": "起初"}, PROBLEM)
    save(db, key, Basis(mark, "a"), title="一样")
    assert save(db, key, Basis(mark, "b"), title="一样").values["title"] == "一样"


def test_windows_on_different_steps_do_not_meet(db: Database) -> None:
    key = start(db, title="起初")
    save(db, key, Basis(basis_of({}, PROBLEM), "a"), title="起初")
    step = STEPS[1]
    typed = {"industries": ["C31"]}
    draft = save_step(db, key, step, typed, basis=Basis(basis_of({}, step), "b"), now=LATER)
    assert (draft.values["title"], draft.values["industries"]) == ("起初", ["C31"])


@pytest.mark.parametrize(
    "typed",
    [
        {"problem": "图纸为机密级"},
        {"title": "涉密项目检测"},
        {"problem": "This holds classified information of the state"},
    ],
)
def test_classified_content_is_kept_nowhere(db: Database, typed: dict[str, str]) -> None:
    key = start(db, title="起初")
    with pytest.raises(ClassifiedContent) as refused:
        save(db, key, Basis(""), **typed)
    assert refused.value.check.words_zh
    assert read_draft(db, *key).values == {"title": "起初"}
    with pytest.raises(ClassifiedContent):
        start_draft(db, "ACC-1", typed, now=NOW)
    with pytest.raises(ClassifiedContent):
        start_draft(db, "ACC-1", {"title": "x", "safety": ["classified"]}, now=NOW)


def test_far_too_much_text_is_refused_whole(db: Database) -> None:
    key = start(db, title="起初")
    with pytest.raises(DraftTooLarge):
        save(db, key, Basis(""), problem="长" * 100_000)
    assert read_draft(db, *key).version == 1


def test_a_visitor_keeps_few_drafts_and_takes_them_along(db: Database) -> None:
    for number in range(MOST_OF_VISITOR):
        start(db, VISITOR, title=f"第 {number} 份")
    with pytest.raises(TooManyDrafts):
        start(db, VISITOR, title="再一份")
    assert claim(db, VISITOR, "ACC-1") == MOST_OF_VISITOR
    assert claim(db, VISITOR, "ACC-2") == 0
    assert len(list_drafts(db, "need", "ACC-1")) == MOST_OF_VISITOR


def test_an_account_is_never_claimed_by_another(db: Database) -> None:
    start(db, "ACC-1", title="甲")
    assert claim(db, "ACC-1", "ACC-2") == 0
    assert len(list_drafts(db, "need", "ACC-1")) == 1


def test_what_visitors_left_is_forgotten_after_a_month(db: Database) -> None:
    start(db, VISITOR, title="访客")
    start(db, "ACC-1", title="账户")
    assert forget_visitors(db, NOW + KEEP_VISITORS) == 0
    assert forget_visitors(db, NOW + KEEP_VISITORS + timedelta(seconds=1)) == 1
    assert len(list_drafts(db, "need", "ACC-1")) == 1


def test_need_typed_again_is_the_same_need() -> None:
    need = make_need(budget_undecided=False)
    assert load_need({**values_of_need(need), "need_id": need.need_id}) == need


TEXTS = st.text(max_size=30)
CELLS = st.one_of(TEXTS, st.sampled_from(["must", ">=", "99", "abc", "1e400", "-5"]))
LINES = st.dictionaries(st.sampled_from(["text", "level", "operator", "threshold"]), CELLS)
VALUES = st.fixed_dictionaries(
    {},
    optional={
        "title": TEXTS,
        "problem": TEXTS,
        "industries": st.lists(TEXTS, max_size=4),
        "requirements": st.lists(LINES, max_size=14),
        "budget_max": CELLS,
        "start_by": st.sampled_from(["2026-02-30", "morgen", "2027-01-01", "\x00"]),
        "ai_tasks": st.lists(st.sampled_from(["robotics", "nothing", ""]), max_size=3),
        "budget_undecided": CELLS,
    },
)


@given(VALUES)
def test_anything_half_filled_amounts_to_a_need(values: dict[str, Any]) -> None:
    need = need_so_far(values, "N1")
    assert need.need_id == "N1"
    assert load_need(values_of_need(need) | {"problem": "x"}).industries == need.industries
    for step in STEPS:
        told = problems_now(values, step.fields)
        assert {path.split(".")[0] for path in told} <= set(step.fields)
        assert with_step(values, step, values).keys() == values.keys()
