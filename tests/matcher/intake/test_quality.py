"""The quality score: bounded, monotone, deaf to filler, the same in both languages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.checks import CHECKS, MOST_MUSTS
from matcher.intake.quality import PUBLISH_FROM, NeedQuality, score_need
from matcher.records import Catalogue, Need, Requirement
from matcher.schemas import need as need_schema
from matcher.schemas.need import NeedSchema
from tests.factories import make_need, make_requirement

EMPTY = Need(need_id="N0001", title="")
FULL = make_need(
    data_volume="1_100gb",
    labelled_share="21_50",
    problem="带钢表面裂纹靠人工抽检，漏检率高，裂纹流入下道工序，每月退货约二十卷，损失三十万元；"
    "希望在线识别裂纹、夹杂和划伤，给出位置和等级，减少退货并让质检人员转去处理疑难样本。",
)
FULL_EN = replace(
    FULL,
    language="en",
    title="Online detection of surface cracks on hot-rolled strip",
    problem="Surface cracks on strip are sampled by hand, many are missed and reach the next step; "
    "about twenty coils come back each month, a loss of 300,000 yuan. Cracks, inclusions and "
    "scratches should be found on line with place and grade, so that inspectors can turn to "
    "doubtful samples and fewer coils are returned.",
    title_en="",
    problem_en="",
    affected="Twelve quality inspectors, thirty customers downstream",
    tried="Rule-based vision gave too many false alarms after a change of grade",
    requirements=(make_requirement(text="Crack detection rate of at least 99 %", text_en=""),),
)
FILLERS = (
    "aaaa",
    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
    "测试测试",
    "测试" * 60,
    "测试，测试一下。" * 20,
    "待定",
    "暂无，待补充",
    "需求 需求 需求",
    "lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do eiusmod tempor",
    "test " * 40,
    "asdf qwer zxcv asdfgh qwerty zxcvbn poiu lkjh mnbv",
    "fjdkgh dkfjgh wlkrtj zxqjv bvnmq kjhqw rtyplk",
    "n/a",
    "1234567890 1234567890",
    "。。。！！！？？？",
    "啊啊啊啊啊啊啊啊哈哈哈哈",
    "的是在我有和人这中大为上个国的是在我有和人这中大为上个国",
)


def line_of(quality: NeedQuality, code: str) -> Any:
    return next(line for line in quality.checks if line.code == code)


def answers(need: Need) -> dict[str, Any]:
    """The fields of a need that hold an answer."""
    return {
        field.name: getattr(need, field.name)
        for field in fields(need)
        if getattr(need, field.name) not in ("", (), None, False) and field.name != "need_id"
    }


def test_weights_add_up_to_a_hundred() -> None:
    assert sum(check.points for check in CHECKS) == 100
    assert len({check.code for check in CHECKS}) == len(CHECKS)


def test_every_check_is_told_in_both_languages_and_names_form_fields() -> None:
    known = set(NeedSchema().fields)
    for check in CHECKS:
        assert all((check.label_zh, check.label_en, check.hint_zh, check.hint_en, check.source))
        assert set(check.fields) <= known


def test_limit_of_musts_is_that_of_the_form() -> None:
    assert need_schema.MOST_MUSTS == MOST_MUSTS


def test_complete_need_earns_everything_in_either_language() -> None:
    assert score_need(FULL).score == score_need(FULL_EN).score == 100
    assert score_need(FULL).missing == ()


def test_empty_draft_earns_nothing() -> None:
    quality = score_need(EMPTY)
    assert (quality.score, quality.is_publishable) == (0, False)
    assert [line.code for line in quality.missing][:2] == ["problem", "users"]


def test_problem_and_users_cannot_be_made_up_for() -> None:
    quality = score_need(replace(FULL, problem="", problem_en="", affected=""))
    assert quality.score < PUBLISH_FROM
    assert score_need(replace(FULL, affected="")).is_publishable


@pytest.mark.parametrize("filler", FILLERS)
def test_filler_earns_nothing(filler: str) -> None:
    line = make_requirement(text=filler, text_en="", metric="", operator="", threshold=None)
    need = replace(
        EMPTY, title=filler, problem=filler, affected=filler, tried=filler, requirements=(line,)
    )
    assert score_need(need).score == 0


@pytest.mark.parametrize(
    "affected",
    ["计划科三人", "质检员", "三名计划员", "高炉炉长4人", "three planners", "3 planners"],
)
def test_short_answer_that_names_who_is_affected_is_an_answer(affected: str) -> None:
    assert line_of(score_need(replace(EMPTY, affected=affected)), "users").is_met


@pytest.mark.parametrize(
    "affected",
    [
        "待定",
        "xxx",
        "无",
        "测试测试",
        "还没想好",
        "我们",
        "很多人",
        "哈哈哈",
        "嗯",
        "n/a",
        "unknown",
        "not yet",
        "many",
    ],
)
def test_short_answer_that_says_nothing_earns_nothing(affected: str) -> None:
    assert line_of(score_need(replace(EMPTY, affected=affected)), "users").earned == 0


@pytest.mark.parametrize(
    "title", ["智能化项目", "AI平台需求", "数字化转型", "Smart system project"]
)
def test_vague_title_earns_nothing(title: str) -> None:
    assert line_of(score_need(replace(EMPTY, title=title)), "title").earned == 0


def test_sixth_must_have_loses_the_points_until_one_becomes_a_wish() -> None:
    lines = tuple(make_requirement(requirement_id=f"R{i}") for i in range(6))
    assert line_of(score_need(replace(FULL, requirements=lines)), "musts").earned == 0
    eased = (*lines[:5], replace(lines[5], level="want"))
    assert line_of(score_need(replace(FULL, requirements=eased)), "musts").is_met


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("漏检率低于 0.5%", 1.0),
        ("Detection rate of at least 99 %", 1.0),
        ("响应时间不超过 300 毫秒", 1.0),
        ("检测要准确", 0.0),
        ("Detect cracks well", 0.0),
    ],
)
def test_target_is_read_from_the_text_of_a_line(text: str, share: float) -> None:
    need = replace(EMPTY, requirements=(Requirement("R1", text),))
    line = line_of(score_need(need), "target")
    assert line.earned == share * line.points


def test_target_in_the_problem_alone_counts_half() -> None:
    need = replace(EMPTY, problem="希望把裂纹漏检率降到0.5%以下，现在靠人工抽检")
    line = line_of(score_need(need), "target")
    assert line.earned == line.points / 2


@pytest.mark.parametrize(
    "budget", [{"budget_max_cny": 800_000}, {"budget_min_cny": 1}, {"budget_undecided": True}]
)
def test_budget_may_be_stated_or_undecided(budget: Mapping[str, Any]) -> None:
    without = replace(FULL, budget_min_cny=None, budget_max_cny=None)
    assert not line_of(score_need(without), "budget").earned
    assert line_of(score_need(replace(without, **budget)), "budget").is_met


def test_jargon_is_named_until_it_is_explained() -> None:
    unclear = replace(FULL, problem=f"{FULL.problem}数据来自FDC。", problem_en="")
    line = line_of(score_need(unclear), "jargon")
    assert line.found == ("FDC",)
    assert not line.is_met
    explained = replace(unclear, tried="故障检测与分类（FDC）系统已上线")
    assert line_of(score_need(explained), "jargon").is_met


def test_points_of_a_line_are_whole_and_never_above_its_weight() -> None:
    for need in (EMPTY, FULL, FULL_EN, replace(FULL, problem=FULL.problem[:30])):
        quality = score_need(need)
        assert all(0 <= line.earned <= line.points for line in quality.checks)
        assert quality.score == sum(line.earned for line in quality.checks)


TEXTS = st.one_of(
    st.sampled_from([*FILLERS, FULL.problem, FULL_EN.problem, "质检班组十二人", "用FDC数据赋能"]),
    st.text(max_size=80),
)
LINES = st.lists(
    st.builds(
        Requirement,
        requirement_id=st.just("R1"),
        text=TEXTS,
        level=st.sampled_from(["must", "want"]),
        operator=st.sampled_from(["", ">=", "<="]),
        threshold=st.none() | st.floats(0, 1e6),
    ),
    max_size=7,
).map(tuple)
DRAFTS = st.builds(
    Need,
    need_id=st.just("N0001"),
    title=TEXTS,
    problem=TEXTS,
    title_en=TEXTS,
    problem_en=TEXTS,
    affected=TEXTS,
    tried=TEXTS,
    requirements=LINES,
    industries=st.sampled_from([(), ("C31",)]),
    data_modalities=st.sampled_from([(), ("image",)]),
    budget_max_cny=st.none() | st.integers(0, 10**9),
    budget_undecided=st.booleans(),
    start_by=st.none() | st.dates(date(2026, 1, 1), date(2030, 1, 1)),
)


@given(DRAFTS)
def test_score_of_any_draft_stands_between_nothing_and_everything(need: Need) -> None:
    quality = score_need(need)
    assert 0 <= quality.score <= 100
    assert quality == score_need(need)


@given(draft=DRAFTS, full=st.sampled_from([FULL, FULL_EN]), data=st.data())
def test_filling_in_a_missing_answer_never_lowers_the_score(
    draft: Need, full: Need, data: st.DataObject
) -> None:
    stated, filled = answers(draft), answers(full)
    missing = sorted(set(filled) - set(stated))
    if not missing:
        missing = ["systems"]
        filled["systems"] = ("mes",)
    name = data.draw(st.sampled_from(missing))
    better = replace(draft, **{name: filled[name]})
    assert score_need(better).score >= score_need(draft).score


@given(full=DRAFTS, data=st.data())
def test_taking_an_answer_away_never_raises_the_score(full: Need, data: st.DataObject) -> None:
    stated = sorted(set(answers(full)) - {"requirements"})
    if not stated:
        return
    name = data.draw(st.sampled_from(stated))
    poorer = replace(full, **{name: getattr(EMPTY, name)})
    assert score_need(poorer).score <= score_need(full).score


def test_both_languages_earn_the_same(shipped_catalogue: Catalogue) -> None:
    """The shipped scenarios are twins: what their two texts earn differs by little."""
    pairs = [
        (
            score_need(replace(EMPTY, title=s.name, problem=s.pain_point)).score,
            score_need(replace(EMPTY, title=s.name_en, problem=s.pain_point_en)).score,
        )
        for s in shipped_catalogue.scenarios.values()
    ]
    gaps = np.array([zh - en for zh, en in pairs])
    assert len(gaps) == 293
    assert abs(gaps.mean()) < 1
    assert np.percentile(np.abs(gaps), 90) <= 5
