"""Requirement lines: met, partly, not met, no evidence, and never more than the evidence says."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking.lines.judging import EvidenceText, judge_requirements
from matcher.ranking.results import RequirementLine
from matcher.records import Need, Requirement
from matcher.text.terms import ranking_terms

TITLE = "热轧带钢表面裂纹在线检测"


def nearness(units: Sequence[EvidenceText]) -> Callable[[list[str]], Any]:
    """Cosine of shared terms: a real, if plain, affinity."""
    terms = [set(ranking_terms(f"{unit.text} {unit.text_en}", words=False)) for unit in units]

    def affinity(texts: list[str]) -> Any:
        asked = [set(ranking_terms(text, words=False)) for text in texts]
        return np.array(
            [[len(a & t) / max(1.0, (len(a) * len(t)) ** 0.5) for t in terms] for a in asked]
        )

    return affinity


def level(*values: float) -> Callable[[list[str]], Any]:
    """The same nearness to every text."""
    return lambda texts: np.tile(np.array(values), (len(texts), 1))


def claim(text: str = "", **fields: Any) -> EvidenceText:
    values = {"evidence_id": "CL1", "kind": "claim", "text": text, "source": "S", "trust": "B"}
    return EvidenceText(**{**values, **fields})


def case(text: str, **fields: Any) -> EvidenceText:
    values = {"evidence_id": "C1", "kind": "case", "text": text, "source": "S", "trust": "B"}
    return EvidenceText(**{**values, **fields})


def judge(
    requirement: Requirement | str, *units: EvidenceText, near: float | None = None
) -> RequirementLine:
    if isinstance(requirement, str):
        requirement = Requirement("R1", requirement)
    need = Need("N1", TITLE, requirements=(requirement,))
    affinity = nearness(units) if near is None else level(*[near] * len(units))
    return judge_requirements(need, units, affinity)[0]


MISS = Requirement("R1", "漏检率要低", metric="裂纹漏检率", operator="<=", threshold=0.5, unit="%")


def test_claim_with_fields_is_compared_and_quoted() -> None:
    evidence = claim(
        "过杀率3%以下，裂纹漏检率低于0.3%", metric="裂纹漏检率", operator="<=", value=0.3, unit="%"
    )
    line = judge(MISS, evidence)
    assert line.status == "met"
    assert (line.evidence_id, line.source) == ("CL1", "S")
    assert line.quote == "裂纹漏检率低于0.3%"
    assert line.reason_zh == (
        "目标不高于 0.5%；公布数值不高于 0.3%，达到目标。由来源公布，非本平台实测。"
    )
    assert line.reason_en == (
        "Target: at most 0.5%. Published: at most 0.3%, which reaches it. "
        "Published by the source, not measured by us."
    )


@pytest.mark.parametrize(
    ("value", "status"), [(0.5, "met"), (0.55, "partly"), (0.56, "not_met"), (5.0, "not_met")]
)
def test_figure_decides_with_a_tenth_of_tolerance(value: float, status: str) -> None:
    evidence = claim("裂纹漏检率", metric="裂纹漏检率", operator="=", value=value, unit="%")
    assert judge(MISS, evidence).status == status


def test_figure_under_unverified_evidence_meets_only_in_part() -> None:
    for changes in ({"unverified": True}, {"trust": "D"}):
        line = judge(MISS, case("裂纹漏检率0.1%", **changes))
        assert line.status == "partly"
        assert "未经核验" in line.reason_zh
        assert "not verified" in line.reason_en


def test_contradicting_figure_with_a_known_source_is_said() -> None:
    line = judge(
        MISS,
        case("裂纹漏检率0.1%", evidence_id="C1"),
        case("裂纹漏检率2%", evidence_id="C2"),
    )
    assert (line.status, line.evidence_id) == ("partly", "C1")
    assert "2%" in line.reason_zh
    assert "another published figure, 2%" in line.reason_en


def test_opposite_metric_is_no_evidence() -> None:
    line = judge(MISS, case("裂纹检出率99.9%"), claim("裂纹误检率0.1%"), near=0.9)
    assert (line.status, line.evidence_id, line.quote) == ("no_evidence", "", "")
    assert "没有可比的数值" in line.reason_zh
    assert "at most 0.5%" in line.reason_en


def test_figure_about_something_else_is_no_evidence() -> None:
    evidence = case("客服语音识别准确率99%")
    assert judge("裂纹分级准确率不低于95%", evidence, near=0.1).status == "no_evidence"
    assert judge("语音识别准确率不低于95%", evidence, near=0.1).status == "met"


def test_times_of_different_things_are_not_compared() -> None:
    evidence = case("单次审批不超过20秒")
    assert judge("单件检测时间不超过10秒", evidence, near=0.45).status == "no_evidence"
    assert judge("单次审批不超过10秒", case("单次审批20秒"), near=0.45).status == "not_met"
    other = claim("隐患处置周期缩短70%")
    assert judge("巡视周期缩短50%", other, near=0.6).status == "no_evidence"


def test_a_bound_that_leaves_the_question_open_is_quoted_and_counts_for_nothing() -> None:
    line = judge("节约裂纹检测成本300万元以上", case("节约裂纹检测成本超过100万元"))
    assert (line.status, line.quote) == ("no_evidence", "节约裂纹检测成本超过100万元")
    assert "不足以说明" in line.reason_zh
    assert "leaves open" in line.reason_en


def test_of_a_range_the_lax_end_is_asked_for_and_the_worse_end_counts() -> None:
    assert judge("裂纹检测响应时间1-3秒", case("裂纹检测响应时间2秒")).status == "met"
    assert judge("过杀率在1%到5%之间", case("过杀率4%"), near=0.9).status == "met"
    line = judge("裂纹检出率不低于95%", case("裂纹检出率90%-98%"))
    assert line.status == "partly"
    assert "90%-98%" in line.reason_zh
    assert "较差的一端" in line.reason_zh


@pytest.mark.parametrize(
    ("told", "status", "quote"),
    [
        ("裂纹漏检率0.3%；裂纹过杀率0.8%", "met", "裂纹漏检率0.3%"),
        ("裂纹漏检率0.3%；裂纹过杀率5%", "not_met", "裂纹过杀率5%"),
        ("裂纹漏检率0.3%；人员减半", "partly", "裂纹漏检率0.3%"),
        ("裂纹过杀率0.8%", "partly", "裂纹过杀率0.8%"),
        ("裂纹漏检率低于2%", "no_evidence", "裂纹漏检率低于2%"),
        ("人员减半", "no_evidence", ""),
    ],
)
def test_each_figure_of_a_requirement_is_judged(told: str, status: str, quote: str) -> None:
    line = judge("裂纹漏检率不超过0.5%且过杀率低于1%", case(told))
    assert (line.status, line.quote) == (status, quote)
    assert line.reason_zh.count("目标不高于") == 2
    assert line.reason_zh.count("非本平台实测") <= 1
    with_fields = replace(MISS, text="裂纹漏检率不超过0.5%且过杀率低于1%")
    assert judge(with_fields, case(told)).status == status


def test_a_second_figure_of_the_same_thing_need_not_name_it_again() -> None:
    asked = "裂纹检出率比现有提升5%，达到98%"
    assert judge(asked, case("裂纹检出率提升6%")).status == "partly"
    assert judge(asked, case("裂纹检出率提升6%；裂纹检出率99%")).status == "met"


def test_what_lasts_should_last_long() -> None:
    asked = "检测相机平均无故障时间5000小时"
    assert judge(asked, case("检测相机平均无故障时间2000小时")).status == "not_met"
    assert judge(asked, case("检测相机平均无故障时间8000小时")).status == "met"
    for asked in ("可运行7×24小时", "全天24小时运行", "24小时在线"):
        assert judge(asked, case("连续运行143天，每天8小时"), near=0.9).status == "no_evidence"
    horizon = "Forecast horizon of at least 10 days"
    told = case("", text_en="Forecast completed within 1 minute")
    assert judge(horizon, told, near=0.9).status == "no_evidence"


def test_a_time_under_which_a_figure_holds_is_no_target() -> None:
    evidence = case("裂纹检出率99.5%")
    assert judge("24小时内裂纹检出率不低于99%", evidence).status == "partly"
    assert judge("裂纹跑满72小时检出率不低于99%", evidence).status == "met"


def test_target_is_read_from_the_text_when_fields_are_empty() -> None:
    evidence = case("4号线上线带钢表面检测。缺陷识别准确率96%；漏检率降低35%")
    assert judge("缺陷识别准确率不低于95%", evidence).quote == "缺陷识别准确率96%"
    assert judge("缺陷识别准确率 99%", evidence).status == "partly"
    assert judge("漏检率降低30%以上", evidence).quote == "漏检率降低35%"
    assert judge("漏检率不高于30%", evidence).status == "no_evidence"


def test_bare_target_is_about_the_title_of_the_need() -> None:
    said = claim("准确率超过95%")
    strip = EvidenceText("CAP", "capability", "热轧带钢表面裂纹在线检测系统", source="S")
    court = EvidenceText("CAP", "capability", "法院卷宗识别与文书生成", source="S")
    assert judge("准确率不低于95%", said, strip).status == "met"
    assert judge("准确率不低于95%", said, court).status == "no_evidence"


def test_english_requirement_is_quoted_in_english_and_units_convert() -> None:
    evidence = case("单片判定约400毫秒", text_en="About 400 milliseconds per image")
    requirement = Requirement("R1", "Image judged within 0.5 seconds")
    line = judge(requirement, evidence)
    assert (line.status, line.quote) == ("met", "About 400 milliseconds per image")
    assert "400 milliseconds" in line.reason_en
    assert "400毫秒" in line.reason_zh


def test_requirement_with_a_twin_meets_evidence_in_one_language() -> None:
    requirement = Requirement("R1", "裂纹漏检率不高于0.5%", text_en="Crack miss rate at most 0.5%")
    assert judge(requirement, case("", text_en="Crack miss rate of 0.2%"), near=0.0).status == "met"


@pytest.mark.parametrize(
    ("evidence", "near", "status"),
    [
        (case("与工厂MES系统对接并回写结果"), 0.7, "met"),
        (case("与工厂MES系统对接并回写结果", trust="A"), 0.5, "met"),
        (case("与工厂MES系统对接并回写结果"), 0.45, "partly"),
        (case("与工厂MES系统对接并回写结果", trust="C"), 0.9, "partly"),
        (case("与工厂MES系统对接并回写结果", unverified=True), 0.9, "partly"),
        (claim("与工厂MES系统对接并回写结果", trust="A"), 0.9, "partly"),
        (EvidenceText("CAP", "capability", "可与MES对接"), 0.9, "partly"),
        (case("与工厂MES系统对接并回写结果"), 0.39, "partly"),
        (case("与仓库ERP系统对接"), 0.39, "no_evidence"),
        (case(""), 0.9, "no_evidence"),
    ],
)
def test_requirement_without_a_figure_is_met_only_by_a_checked_case(
    evidence: EvidenceText, near: float, status: str
) -> None:
    assert judge("识别结果要能与MES系统对接", evidence, near=near).status == status


def test_quote_of_words_is_the_clause_that_speaks() -> None:
    line = judge("识别结果要能与MES对接", case("产线上线；结果与MES对接；人员减半"), near=0.8)
    assert line.quote == "结果与MES对接"


def test_checked_case_comes_before_a_nearer_claim() -> None:
    need = Need("N1", TITLE, requirements=(Requirement("R1", "能与MES对接"),))
    units = (claim("能与MES对接"), case("已与MES对接"))
    line = judge_requirements(need, units, level(0.95, 0.6))[0]
    assert (line.status, line.evidence_id) == ("met", "C1")


def test_no_units_no_requirements_and_a_wrong_shape() -> None:
    need = Need("N1", TITLE, requirements=(MISS, Requirement("R2", "能断网运行", level="want")))
    lines = judge_requirements(need, (), level())
    assert [(line.requirement_id, line.status) for line in lines] == [
        ("R1", "no_evidence"),
        ("R2", "no_evidence"),
    ]
    assert lines[1].level == "want"
    assert judge_requirements(Need("N1", TITLE), (case("x"),), level(1.0)) == ()
    with pytest.raises(ValueError, match="shape"):
        judge_requirements(need, (case("x"),), level(0.1, 0.2))


FRAGMENTS = ["裂纹", "漏检率", "检出率", "低于", "超过", "0.3%", "99%", "2秒", "降低", "至", "，",
             "；", "由", "accuracy ", "at least ", "MES对接", "🙂", "（", "\ud800"]  # fmt: skip
texts = st.lists(st.sampled_from(FRAGMENTS), max_size=8).map("".join) | st.text(max_size=40)
figures = st.none() | st.floats(allow_nan=True)
evidence_texts = st.builds(
    EvidenceText,
    evidence_id=st.sampled_from(("E1", "E2", "E3")),
    kind=st.sampled_from(("claim", "case", "capability")),
    text=texts,
    text_en=texts,
    source=st.sampled_from(("S1", "S2")),
    trust=st.sampled_from(("", "A", "B", "C", "D")),
    unverified=st.booleans(),
    metric=st.sampled_from(("", "漏检率", "检测时间", "准确率")),
    operator=st.sampled_from(("", ">=", "<=", "=")),
    value=figures,
    unit=st.sampled_from(("", "%", "秒", "架次")),
)
requirements = st.builds(
    Requirement,
    requirement_id=st.just("R1"),
    text=texts,
    text_en=texts,
    metric=st.sampled_from(("", "漏检率", "准确率")),
    operator=st.sampled_from(("", ">=", "<=", "=")),
    threshold=figures,
    unit=st.sampled_from(("", "%", "秒")),
)
units_and_order = st.lists(evidence_texts, max_size=4).flatmap(
    lambda units: st.tuples(st.just(units), st.permutations(range(len(units))))
)


@given(requirements, units_and_order)
def test_order_of_the_evidence_changes_nothing_and_no_text_raises(
    requirement: Requirement, units_order: tuple[list[EvidenceText], list[int]]
) -> None:
    units, order = units_order
    need = Need("N1", TITLE, requirements=(requirement,))
    shuffled = [units[i] for i in order]
    line = judge_requirements(need, units, nearness(units))[0]
    assert judge_requirements(need, shuffled, nearness(shuffled))[0] == line
    assert line.status in {"met", "partly", "not_met", "no_evidence"}
    quoted = [unit for unit in units if unit.evidence_id == line.evidence_id]
    if line.quote:
        assert any(line.quote in unit.text or line.quote in unit.text_en for unit in quoted)
    else:
        assert (line.status, line.evidence_id, line.source) == ("no_evidence", "", "")


@given(texts, st.lists(evidence_texts, min_size=1, max_size=4), st.floats(0, 1))
def test_without_a_contradicting_figure_nothing_is_not_met(
    text: str, units: list[EvidenceText], near: float
) -> None:
    need = Need("N1", TITLE, requirements=(Requirement("R1", text.translate(NO_DIGITS)),))
    line = judge_requirements(need, units, level(*[near] * len(units)))[0]
    assert line.status != "not_met"


NO_DIGITS = {ord(c): None for c in "0123456789０１２３４５６７８９一二两三四五六七八九十百千万零半"}


@given(st.lists(texts, max_size=4))
def test_unverified_evidence_alone_never_meets(said: list[str]) -> None:
    weak = [case(f"裂纹漏检率0.1%；{text}", evidence_id=f"C{i}", unverified=True)
            for i, text in enumerate(said)]  # fmt: skip
    assert judge(MISS, *weak, near=1.0).status in {"partly", "no_evidence"}


@pytest.mark.parametrize("asked", ["小麦赤霉病识别准确率不低于90%", "识别准确率不低于90%"])
@pytest.mark.parametrize("other", ["新增枯死松识别准确率超过95%", "公文格式修正准确率超过95%"])
def test_the_right_figure_of_another_thing_answers_nothing(asked: str, other: str) -> None:
    line = judge(asked, claim(other), near=0.3)
    assert (line.status, line.quote) == ("no_evidence", other)
    assert "没有写明是关于" in line.reason_zh
    assert "does not name" in line.reason_en


def test_a_figure_that_does_not_say_of_what_meets_only_in_part() -> None:
    general = claim("缺陷识别准确率超过95%")
    about = EvidenceText("CAP1", "capability", "变电站绝缘子、鸟巢与金具巡视。")
    asked = "绝缘子破损缺陷识别准确率不低于90%"
    assert judge(asked, general, near=0.1).status == "no_evidence"
    line = judge(asked, general, about, near=0.1)
    assert line.status == "partly"
    assert "没有写明该数值是关于“绝缘子破损缺陷识别”的" in line.reason_zh
    assert judge("鸟巢识别准确率不低于90%", general, about, near=0.1).status == "met"


def test_a_general_figure_that_falls_short_does_not_fail_a_target() -> None:
    general = claim("缺陷识别准确率70%")
    about = EvidenceText("CAP1", "capability", "绝缘子巡视。")
    assert judge("绝缘子破损识别准确率不低于90%", general, about, near=0.1).status == "no_evidence"
    assert judge("绝缘子识别准确率不低于90%", general, about, near=0.1).status == "not_met"


def test_how_often_something_is_updated_is_no_lead() -> None:
    told = case(
        "每10分钟预测未来2小时炉温", text_en="every 10 minutes it predicts furnace temperature"
    )
    line = judge("提前 2 小时预测炉温", told)
    assert (line.status, line.quote) == ("met", "每10分钟预测未来2小时炉温")
    assert "10分钟" not in line.reason_zh.split("公布", 1)[1]
    english = case("", text_en="every 10 minutes it predicts furnace temperature two hours ahead")
    line = judge("Furnace temperature predicted at least 3 hours ahead", english)
    assert line.status == "not_met"
    assert "two hours" in line.reason_en


def test_a_quote_is_in_the_language_that_was_asked() -> None:
    told = case("新建产线；瑕疵漏掉得少", text_en="A new line; crack miss rate 0.2%")
    assert judge(MISS, told).quote == "新建产线；瑕疵漏掉得少"
    assert judge(MISS, replace(told, text="")).quote == "crack miss rate 0.2%"


@pytest.mark.parametrize(
    ("told", "status"),
    [
        ("支持30余种缺陷", "partly"),
        ("支持近20种缺陷", "no_evidence"),
        ("支持19种缺陷", "no_evidence"),
        ("缺陷最多30种", "no_evidence"),
        ("缺陷涉及30种水果", "no_evidence"),
    ],
)
def test_a_higher_count_of_the_same_reaches_a_lower_one(told: str, status: str) -> None:
    assert judge("支持20种以上裂纹缺陷", case(told + "，含裂纹"), near=0.1).status == status


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("裂纹检出率不低于95%", "检出率98%（划痕），裂纹未测"),
        ("裂纹检出率不低于95%", "划痕裂纹在线检测；检出率98%（划痕）"),
        ("钢筋计数准确率不低于95%", "圆木计数准确率98%，钢筋暂不支持"),
    ],
)
def test_a_thing_named_beside_a_figure_of_another_does_not_lend_it(asked: str, told: str) -> None:
    assert judge(asked, claim(told), near=0.3).status == "no_evidence"


def test_the_end_of_a_number_in_words_is_no_number() -> None:
    said = case("", text_en="Response within one hundred and five days, two second-hand machines")
    line = judge("Response time at most 60 days", said, near=0.9)
    assert (line.status, line.quote) == ("no_evidence", "")


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ("持有二类医疗器械注册证", "持有三类医疗器械注册证"),
        ("覆盖3类场景", "第5类场景未覆盖"),
        ("支持20种方言", "可识别害虫30种，支持方言"),
    ],
)
def test_a_grade_an_ordinal_or_a_count_of_others_reaches_no_count(asked: str, told: str) -> None:
    assert judge(asked, case(told), near=0.6).status == "no_evidence"
