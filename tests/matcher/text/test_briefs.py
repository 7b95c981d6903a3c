"""What of a text is asked: labelled sections, weights, and no more than a fixed length."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.text.briefs import (
    MAX_BODY_CHARACTERS,
    OBJECTIVE_WEIGHT,
    TITLE_WEIGHT,
    Brief,
    brief_terms,
    read_brief,
)

CALL = (
    "TECHNOLOGY AREA(S): Sensors. OBJECTIVE: Find cracks in rails. DESCRIPTION: Trains shake. "
    "PHASE I: Write a plan. PHASE II: Build it. REFERENCES: Smith 1999. KEYWORDS: crack, rail"
)


def test_sections_of_a_call_are_told_apart() -> None:
    brief = read_brief("Rail cracks", CALL)
    assert brief.objective == "Find cracks in rails. crack, rail"
    assert brief.body == "Trains shake."
    assert "Smith" not in brief.lead
    assert "plan" not in brief.lead


def test_sections_of_a_chinese_form_are_told_apart() -> None:
    text = "企业简介：成立于2001年。技术需求：识别裂纹。技术难点：油污。联系人：张三"
    brief = read_brief("裂纹识别", text)
    assert brief.objective == "识别裂纹。"
    assert brief.body == "油污。"
    assert "张三" not in brief.lead
    assert "2001" not in brief.lead


def test_text_before_the_first_label_is_kept() -> None:
    assert read_brief("T", "先说一句。技术需求：识别裂纹").body == "先说一句。"


def test_label_inside_a_sentence_is_no_label() -> None:
    text = "the background: a mill with references: none"
    assert read_brief("T", text) == Brief(title="T", body=text)


def test_text_of_nothing_but_notices_is_kept_whole() -> None:
    text = "REFERENCES: Smith 1999"
    assert read_brief("T", text).body == text


def test_lead_says_title_then_objective_then_body() -> None:
    assert Brief("标题", "目标", "正文").lead == "标题. 目标. 正文"
    assert Brief("", "", "正文").lead == "正文"


def test_endless_text_is_cut() -> None:
    assert len(read_brief("T", "裂" * 200_000).body) == MAX_BODY_CHARACTERS


def test_a_term_weighs_by_where_it_stands() -> None:
    terms = brief_terms(Brief("crack", "rail", "train"))
    assert terms["crack"] == pytest.approx(math.sqrt(TITLE_WEIGHT))
    assert terms["rail"] == pytest.approx(math.sqrt(OBJECTIVE_WEIGHT))
    assert terms["train"] == pytest.approx(1.0)


def test_repeating_a_word_counts_less_each_time() -> None:
    weights = [brief_terms(Brief("", "", "crack " * n))["crack"] for n in (1, 4, 9)]
    assert weights == pytest.approx([1.0, 2.0, 3.0])


@settings(max_examples=60)
@given(st.text(max_size=40), st.text(max_size=300))
def test_any_text_can_be_read(title: str, text: str) -> None:
    brief = read_brief(title, text)
    assert len(brief.objective) + len(brief.body) <= len(text) + 2
    assert all(weight > 0 for weight in brief_terms(brief).values())
