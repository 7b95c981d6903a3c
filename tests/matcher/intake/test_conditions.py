"""Musts in the words of a need: read where they bind, left where they are wishes or taken back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.conditions import change_of, conditions_of, read_conditions
from matcher.schemas import load_need

MUSTS = [
    ("data must stay on our premises", "data_leaves_site", "no"),
    ("数据不得出厂", "data_leaves_site", "no"),
    ("数据不出域", "data_leaves_site", "no"),
    ("数据必须留在厂区", "data_leaves_site", "no"),
    ("Images may not leave the hospital", "data_leaves_site", "no"),
    ("数据脱敏后可以出厂，原始数据不得出厂", "data_leaves_site", "masked"),
    ("只能本地部署", "deployments", "on_premise"),
    ("必须私有化部署", "deployments", "on_premise"),
    ("不得使用公有云", "deployments", "on_premise"),
    ("It must run on-premises.", "deployments", "on_premise"),
    ("must not be deployed in the cloud", "deployments", "on_premise"),
    ("必须国产化", "domestic_stack", "required"),
    ("要求信创环境", "domestic_stack", "required"),
    ("Domestic chips are required", "domestic_stack", "required"),
    ("供应商必须在本省", "region_preference", "must"),
    ("The provider must be in our province", "region_preference", "must"),
    ("预算不超过50万", "budget_max", "50"),
    ("总价控制在一百万元以内", "budget_max", "100"),
    ("Our budget is at most 500,000 yuan.", "budget_max", "50"),
    ("The budget must not exceed CNY 500k.", "budget_max", "50"),
]
NO_MUSTS = [
    "云端也可以",
    "只能本地部署，云端也可以",
    "最好本地部署",
    "希望数据不出厂",
    "不要求国产化",
    "无需本地部署",
    "是否必须本地部署？",
    "我们已有本地部署的MES",
    "数据可以出厂",
    "供应商不限地域",
    "视频不出画面",
    "图像不能上传到系统",
    "预算大约50万",
    "漏检率不超过0.5%",
    "每件价格不超过5000元",
    "On-premises deployment is not required",
    "We need no on-premises deployment",
    "prefer on-premises, cloud is fine",
    "Data may leave the site",
    "不得本地部署",
    "只能上云",
    "must not be deployed on premises",
    "cannot run locally because we have no servers",
    "严禁使用国产芯片",
    "供应商不得是本省企业",
    "Scrap costs us up to 2 million yuan a year",
    "去年返工费用最多的一个月达到80万元",
    "去年维修费用不超过20万元",
    "Our data must be kept two years",
    "The data shall stay under 5 GB",
    "样本都留在现场，无法集中分析",
    "We have no cloud platform yet",
    "There is no cloud in the sky images",
]


@pytest.mark.parametrize(("text", "field", "code"), MUSTS)
def test_a_must_is_read_with_its_words(text: str, field: str, code: str) -> None:
    (found,) = read_conditions([text])
    assert (found.field, found.code) == (field, code)
    assert found.quote in text
    assert found.quote in found.reason_zh
    assert found.quote in found.reason_en


@pytest.mark.parametrize("text", NO_MUSTS)
def test_a_wish_a_denial_or_a_fact_is_no_must(text: str) -> None:
    assert read_conditions([text]) == ()


@pytest.mark.parametrize(("text", "field", "code"), MUSTS)
def test_what_makes_it_a_condition_is_read_by_the_form(text: str, field: str, code: str) -> None:
    values = {"title": "带钢质检", "problem": text}
    assert [one.code for one in conditions_of(values)] == [code]
    made = {**values, **change_of(field, code)}
    assert load_need(made)
    assert conditions_of(made) == ()


def test_an_answer_that_was_given_is_left_to_its_writer() -> None:
    values = {"title": "质检", "problem": "数据不得出厂", "data_leaves_site": "yes"}
    assert conditions_of(values) == ()
    lines = [{"text": "只能本地部署", "level": "must"}]
    assert conditions_of({"title": "质检", "requirements": lines})[0].field == "deployments"


@given(st.text(max_size=300))
def test_any_text_is_read_without_a_fault(text: str) -> None:
    assert len(read_conditions([text])) <= 5
