"""Forms: what was typed is read, kept and explained, whatever it is."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.datastructures import MultiDict

from matcher.schemas import MATCH, load_need
from matcher.schemas.need import NeedSchema
from web.form_lengths import over_long
from web.forms import MOST_NOTED, FormState, FormView, load_values, read_form

SCHEMA = NeedSchema(profile=MATCH)


def load(form: list[tuple[str, str]]) -> tuple[Any, FormState]:
    typed = read_form(SCHEMA, MultiDict(form))
    return load_values(lambda values: load_need(values, profile=MATCH), typed)


def test_form_becomes_a_need() -> None:
    need, state = load(
        [
            ("title", "带钢表面缺陷"),
            ("problem", "漏检多"),
            ("industries", "钢铁；C26"),
            ("ai_tasks", "visual_inspection"),
            ("ai_tasks", "detection"),
            ("budget_max", "80"),
            ("requirements-0-level", "must"),
            ("requirements-2-level", "want"),
            ("requirements-2-text", "检出率不低于 99%"),
            ("requirements-2-threshold", "99"),
            ("requirements-2-operator", ">="),
            ("csrf_token", "x"),
        ]
    )
    assert state.is_valid
    assert need.industries == ("C31", "C26")
    assert need.ai_tasks == ("visual_inspection", "detection")
    assert need.budget_max_cny == 800_000
    assert [(line.text, line.level, line.threshold) for line in need.requirements] == [
        ("检出率不低于 99%", "want", 99.0)
    ]


def test_failure_keeps_every_value_and_names_the_place(site: Flask) -> None:
    need, state = load(
        [
            ("title", "带钢表面缺陷"),
            ("industries", "不存在的行业"),
            ("budget_max", "很多"),
            ("requirements-3-text", "检出率"),
            ("requirements-3-threshold", "高"),
        ]
    )
    assert need is None
    with site.test_request_context("/?lang=zh"):
        form = FormView(SCHEMA, state)
        assert form.field("title").value == "带钢表面缺陷"
        assert form.field("industries").value == "不存在的行业"
        assert form.field("industries").errors
        assert "'很多'" in form.field("budget_max").errors[0]
        line = form.lines("requirements", 3)[0]
        assert line.field("threshold").value == "高"
        assert line.field("threshold").errors
        anchors = {anchor for anchor, _label, _text in form.summary()}
    assert anchors == {"industries", "budget_max", "requirements-0-threshold"}


def test_messages_come_in_the_language_of_the_page(site: Flask) -> None:
    _need, state = load([("title", "带钢"), ("budget_max", "x")])
    with site.test_request_context("/?lang=zh"):
        assert FormView(SCHEMA, state).field("budget_max").errors == ["填写的是 'x'，应为数字"]
    with site.test_request_context("/?lang=en"):
        assert FormView(SCHEMA, state).field("budget_max").errors == ["got 'x', expected a number"]


def test_nothing_at_all_says_what_is_needed(site: Flask) -> None:
    need, state = load([("title", "   "), ("problem", "\u3000")])
    assert need is None
    with site.test_request_context("/?lang=zh"):
        assert len(FormView(SCHEMA, state).summary()) == 1


def test_there_is_always_a_line_to_fill_in_until_there_are_enough(site: Flask) -> None:
    typed = [{"text": f"要求 {number}"} for number in range(10)]
    with site.test_request_context("/"):
        sizes = [
            len(FormView(SCHEMA, FormState({"requirements": typed[:n]})).lines("requirements", 3))
            for n in (0, 2, 3, 9, 10)
        ]
    assert sizes == [3, 3, 4, 10, 10]


KEYS = st.one_of(
    st.sampled_from([*SCHEMA.fields, "requirements-0-text", "requirements-x-text", "a-1-b"]),
    st.text(max_size=20),
)


@given(st.lists(st.tuples(KEYS, st.text(max_size=60)), max_size=12))
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_any_form_is_read_and_shown_again(site: Flask, form: list[tuple[str, str]]) -> None:
    _need, state = load(form)
    with site.test_request_context("/"):
        view = FormView(SCHEMA, state)
        shown = [view.field(name) for name in ("title", "industries", "ai_tasks", "budget_max")]
        assert all(isinstance(field.value, str) for field in shown)
        assert state.is_valid == (view.summary() == [])


@pytest.mark.parametrize("separator", ["; ", "；", "\n", ";;"])
def test_written_list_is_parted(separator: str) -> None:
    form = MultiDict([("industries", f"钢铁{separator}化工")])
    assert read_form(SCHEMA, form)["industries"] == ["钢铁", "化工"]


def test_of_many_unknown_words_a_few_are_named_once_and_the_others_counted(site: Flask) -> None:
    words = [f"炼丹{number}" for number in range(5_000)]
    state = FormState({"industries": [*words, *words, "钢铁"]})
    with site.test_request_context("/?lang=en"):
        notes = FormView(SCHEMA, state).field("industries").notes
    assert len(notes) == MOST_NOTED + 1
    assert [word in note for word, note in zip(words, notes[:-1], strict=False)] == [True] * 5
    assert "4996" in notes[-1]  # the last one stands after more than are looked into
    with site.test_request_context("/?lang=zh"):
        twice = FormView(SCHEMA, FormState({"industries": ["炼丹", "炼丹"]})).field("industries")
    assert len(twice.notes) == 1


def test_an_error_quotes_a_long_text_without_line_ends(site: Flask) -> None:
    errors = over_long(SCHEMA, {"problem": "第一行\n第二行\n" * 2_000})
    with site.test_request_context("/?lang=en"):
        told = FormView(SCHEMA, FormState({}, errors)).field("problem").errors[0]
    assert "第一行 第二行" in told
    assert "\\" not in told
