"""Measures: what numbers in evidence texts say, in both languages."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking.lines.comparison import compare, is_comparable
from matcher.ranking.lines.measures import clauses, measure_of, measures_in, plain

Read = tuple[set[str], str, str, float, str]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("裂纹检出率不低于 99%", [({"recall"}, "level", ">=", 99, "%")]),
        ("Crack detection rate of at least 99%", [({"recall"}, "level", ">=", 99, "%")]),
        ("过杀率3%以下；漏检率低于0.5%", [
            ({"false_alarm"}, "level", "<=", 3, "%"), ({"miss"}, "level", "<=", 0.5, "%")]),
        ("误判率低于0.3‰", [({"false_alarm"}, "level", "<=", 0.03, "%")]),
        ("识别准确率、召回率均超过95%", [({"accuracy", "recall"}, "level", ">=", 95, "%")]),
        ("误报过滤准确率不低于80%", [({"accuracy"}, "level", ">=", 80, "%")]),
        ("漏检率降低35%", [({"miss"}, "less", "", 35, "%")]),
        ("漏检率降到0.5%以下", [({"miss"}, "level", "<=", 0.5, "%")]),
        ("漏检率降低至少50%", [({"miss"}, "less", ">=", 50, "%")]),
        ("故障预测精度提升至99.7%", [({"accuracy"}, "level", "", 99.7, "%")]),
        ("准确率由80%提高到99%", [({"accuracy"}, "level", "", 99, "%")]),
        ("研发周期由420天缩至240天", [({"duration"}, "level", "", 240 * 86400, "s")]),
        ("Form filling cut from up to 3 days to 2 hours",
         [({"duration"}, "level", "", 7200, "s")]),
        ("Development cycle cut from 420 to 240 days",
         [({"duration"}, "level", "", 240 * 86400, "s")]),
        ("检测时间缩短80%", [({"duration"}, "less", "", 80, "%")]),
        ("2秒完成一件检测", [({"duration"}, "level", "", 2, "s")]),
        ("Alerts within 40 minutes with 95% accuracy",
         [({"duration"}, "level", "<=", 2400, "s"), ({"accuracy"}, "level", "", 95, "%")]),
        ("故障提前24-72小时预警",
         [({"lead"}, "level", "", 86400, "s"), ({"lead"}, "level", "", 259200, "s")]),
        ("查勘缩短至3小时（原3天）", [({"duration"}, "level", "", 10800, "s")]),
        ("about 30 minutes by hand before", []),
        ("提前数十小时预警", []),
        ("F1≥0.9", [({"f1"}, "level", ">=", 0.9, "")]),
        ("4号高炉上线，覆盖 12 条", [(set(), "level", "", 12, "item")]),
        ("18个街镇在2021年9月上线", [(set(), "level", "", 18, "item")]),
        ("Latency between 1 and 3 seconds",
         [({"duration"}, "level", "", 1, "s"), ({"duration"}, "level", "", 3, "s")]),
        ("作业效率不低于人工的90%", [(set(), "level", ">=", 90, "%")]),
        ("人工减少一半以上", [(set(), "less", ">=", 50, "%")]),
        ("未披露量化值", []),
    ],
)  # fmt: skip
def test_numbers_are_read_with_kind_form_and_operator(text: str, expected: list[Read]) -> None:
    found = [(set(m.kinds), m.form, m.operator, m.value, m.unit) for m in measures_in(text)]
    assert found == [
        (kinds, form, op, pytest.approx(v), unit) for kinds, form, op, v, unit in expected
    ]


@pytest.mark.parametrize(
    "bound",
    ["不能低于95%", "不得小于95%", "不允许低于95%", "绝不低于95%", "低于95%的不考虑",
     "低于95%，不予验收", "95%以下不合格", "若不足95%则拒收", "不得在95%以下",
     "≮95%", "必须突破95%", "不仅高于95%",
     "rate must not be below 95%", "rate must not fall below 95%", "rate may not be under 95%",
     "rate no worse than 95%", "rate below 95% is not acceptable",
     "rate below 95%, bids will not be considered", "rate of 95% or better"],
)  # fmt: skip
def test_a_denied_or_rejected_bound_is_turned_round(bound: str) -> None:
    (measure,) = measures_in(f"recognition {bound}" if bound.isascii() else f"识别率{bound}")
    assert (measure.operator, measure.value) == (">=", 95)


@pytest.mark.parametrize(
    "text",
    ["误报率不可超过1%", "误报率不会超过1%", "误报率不应大于1%", "误报率未超过1%", "误报率≯1%",
     "不允许出现误报率高于1%的情况", "误报率高于1%的一律淘汰", "误报率低于1%，不合格品自动剔除",
     "False alarm rate must not exceed 1%", "False alarm rate shall never exceed 1%",
     "Error rate not over 1%", "Error rate doesn't rise above 1%", "No false alarm rate above 1%",
     "不能联网时误报率低于1%", "不要求误报率低于1%"],
)  # fmt: skip
def test_a_prohibition_reaches_the_figure_it_names_and_no_other(text: str) -> None:
    (measure,) = measures_in(text)
    assert (measure.operator, measure.value) == ("<=", 1)


@pytest.mark.parametrize(
    "text",
    ["检测精度优于20微米", "检测精度不低于20微米", "定位精度≥20μm", "Resolution finer than 20 µm",
     "Accuracy better than 20 µm", "20 μm or better resolution", "精度低于20微米的不考虑"],
)  # fmt: skip
def test_any_bound_on_fineness_is_an_upper_one(text: str) -> None:
    (measure,) = measures_in(text)
    assert (measure.kinds, measure.operator) == ({"fineness"}, "<=")
    assert measure_of("检测精度", ">=", 0.02, "mm").operator == "<="
    assert not is_comparable(measure, measures_in("识别精度98%")[0])


def test_a_low_share_of_accuracy_is_a_tolerance() -> None:
    assert measures_in("测量精度优于1%")[0].operator == "<="
    assert not is_comparable(measures_in("测量精度优于1%")[0], measures_in("识别精度96%")[0])


def test_clause_of_a_measure_is_an_exact_part_of_the_text() -> None:
    text = "日处理超百万条流水、近200万条牌识；稽核准确率90%，人工减半"
    accuracy = next(m for m in measures_in(text) if m.kinds == {"accuracy"})
    assert text[accuracy.start : accuracy.end] == "稽核准确率90%"
    assert accuracy.subject == {"稽核"}


@pytest.mark.parametrize(
    ("target", "found", "expected"),
    [
        ((">=", 95), (">=", 95), "met"),
        ((">=", 95), ("=", 94), "partly"),
        ((">=", 95), ("=", 85.5), "partly"),
        ((">=", 95), ("=", 85.4), "not_met"),
        ((">=", 95), ("<=", 99), "open"),
        ((">=", 95), (">=", 60), "open"),
        ((">=", 95), (">=", 94), "partly"),
        ((">=", 95), ("<=", 94), "not_met"),
        ((">=", 95), ("<=", 60), "not_met"),
        (("<=", 0.5), ("<=", 0.3), "met"),
        (("<=", 0.5), ("=", 0.55), "partly"),
        (("<=", 0.5), ("=", 0.6), "not_met"),
        (("<=", 0.5), (">=", 0.1), "open"),
        (("=", 40), ("=", 40), "met"),
        (("=", 40), ("=", 42), "partly"),
        (("=", 40), (">=", 30), "open"),
        (("=", 40), (">=", 60), "not_met"),
        (("<=", 0), ("=", 0), "met"),
        (("<=", 0), ("=", 1), "not_met"),
    ],
)
def test_figures_are_compared_with_bounds_taken_seriously(
    target: tuple[str, float], found: tuple[str, float], expected: str | None
) -> None:
    one = measure_of("准确率", target[0], target[1], "%")
    other = measure_of("准确率", found[0], found[1], "%")
    assert compare(one, other) == expected


def test_units_are_converted_before_comparing() -> None:
    target = measure_of("响应时间", "<=", 0.5, "秒")
    assert compare(target, measure_of("响应时间", "=", 300, "ms")) == "met"
    assert (
        compare(measure_of("准确率", ">=", 95, "%"), measure_of("准确率", "=", 0.96, "")) == "met"
    )
    assert not is_comparable(target, measure_of("响应时间", "=", 3, "%"))


@pytest.mark.parametrize(
    ("target", "found", "expected"),
    [
        ("检出率不低于95%", "检出率90%-98%", "spans"),
        ("检出率不低于95%", "检出率96%～98%", "met"),
        ("检出率不低于95%", "detection rate between 94% and 94.5%", "partly"),
        ("检出率不低于95%", "检出率60%-70%", "not_met"),
        ("检出率不低于95%", "检出率低于90%-98%", "open"),
        ("漏检率不高于1%", "漏检率0.5%到3%", "spans"),
    ],
)
def test_of_a_published_range_the_worse_end_counts(target: str, found: str, expected: str) -> None:
    (goal,) = measures_in(target)
    assert {compare(goal, end) for end in measures_in(found)} == {expected}


def test_a_bare_number_is_a_share_only_up_to_one() -> None:
    share, bare = measures_in("准确率96%")[0], measure_of("准确率", ">=", 95, "")
    assert not is_comparable(bare, share)
    assert not is_comparable(measure_of("准确率", ">=", 95, "%"), measures_in("准确率96")[0])
    assert compare(measure_of("准确率", ">=", 0.95, ""), share) == "met"


@pytest.mark.parametrize(
    ("one", "other"),
    [("漏检率", "检出率"), ("误报率", "准确率"), ("良率", "不良率"), ("准确率", "召回率"),
     ("miss rate", "detection rate"), ("false alarm rate", "accuracy"), ("漏检率", "误检率")],
)  # fmt: skip
def test_opposite_or_other_metrics_are_never_comparable(one: str, other: str) -> None:
    assert not is_comparable(measure_of(one, ">=", 1, "%"), measure_of(other, ">=", 1, "%"))


def test_a_level_is_not_a_change() -> None:
    level = measure_of("漏检率", "<=", 30, "%")
    assert not is_comparable(level, measure_of("漏检率降幅", "=", 30, "%"))


@pytest.mark.parametrize(
    ("one", "other"), [("漏检率", "miss rate"), ("误报率", "false alarm rate"), ("良率", "yield")]
)
def test_kinds_are_the_same_in_both_languages(one: str, other: str) -> None:
    assert is_comparable(measure_of(one, "<=", 1, "%"), measure_of(other, "<=", 1, "%"))


@given(st.floats(allow_nan=True, allow_infinity=True), st.text(max_size=10))
def test_any_value_and_unit_can_be_compared_with_itself_without_raising(
    value: float, unit: str
) -> None:
    measure = measure_of("准确率", ">=", value, unit)
    assert compare(measure, measure) in {"met", None}
    assert isinstance(plain(value), str)


@given(st.text(max_size=200))
def test_any_text_is_read_and_places_lie_in_the_text(text: str) -> None:
    for start, end in clauses(text):
        assert text[start:end] == text[start:end].strip() != ""
    for measure in measures_in(text):
        assert 0 <= measure.start < measure.end <= len(text)


@given(
    st.lists(
        st.sampled_from(["漏检率", "由", "至", "降低", "3%", "0.5", "秒", "，", "；", "超过",
                         " to ", "from ", "accuracy ", "95%", "~", "、", "（", "数", "原",
                         "12 hours"]),
        max_size=14,
    ).map("".join)
)  # fmt: skip
def test_any_order_of_the_words_of_figures_is_read(text: str) -> None:
    for measure in measures_in(text):
        assert measure.operator in {"", ">=", "<="}
        assert measure.form in {"level", "less", "more"}
