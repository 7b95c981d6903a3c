"""Terms: what search and scoring compare."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.text import quantities
from matcher.text.terms import (
    detect_language,
    normalise,
    numbers_with_units,
    ranking_terms,
    search_terms,
    token_spans,
)

any_text = st.text(max_size=200)
mixed_text = st.lists(
    st.sampled_from(["钢铁", "於", "檢測", "缺陷", "AI", "’s", "é", "e\u0301", "4.5", "%", "ﬁ", " ",
                     "，", "\x00", "\u200b", "ＧＰＴ", "-", "İ", "ß", "を", "🙂", "\ud800", "的"]),
    max_size=30,
).map("".join)  # fmt: skip


def test_search_terms_are_han_pairs_and_latin_words() -> None:
    assert search_terms("AI+医疗影像 GPT-4o模型，质检") == [
        "ai", "医疗", "疗影", "影像", "gpt", "4o", "模型", "质检",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("機器學習檢測", "机器学习检测"),
        ("用於鋼鐵", "用于钢铁"),  # an ambiguous character gives one result, not both
        ("ＡＩ１２", "ai12"),
        ("Quality Inspections", "quality inspection"),
        ("the company's robots", "the company robot"),
        ("缺\x00陷\u200b检测", "缺陷检测"),
        ("cafe\u0301", "café"),
    ],
)
def test_spellings_of_the_same_thing_give_the_same_terms(one: str, other: str) -> None:
    assert search_terms(one) == search_terms(other)


def test_line_ends_separate_words() -> None:
    assert normalise("ab\r\ncd\tef") == "ab  cd ef"
    assert search_terms("ab\ncd") == ["ab", "cd"]


def test_a_lone_han_character_stays_and_a_decimal_is_one_term() -> None:
    assert search_terms("钢 / 4.5 mm") == ["钢", "4.5", "mm"]


@pytest.mark.parametrize("text", ["", "，。！", "\x00", "🙂🙂", "\ud800", "   ", "---"])
def test_text_without_words_has_no_terms(text: str) -> None:
    assert search_terms(text) == []
    assert ranking_terms(text) == []
    assert token_spans(text) == []


def test_ranking_terms_tell_their_kinds_apart_by_prefix() -> None:
    terms = ranking_terms("预测性维护 of machines")
    assert {"1:预", "预测", "w:预测性", "machin"} <= set(terms)
    assert "of" not in terms
    assert not any(term.startswith("w:") for term in ranking_terms("预测性维护", words=False))


def test_ranking_terms_drop_chinese_stop_words() -> None:
    terms = ranking_terms("我们需要检测表面的缺陷")
    assert not {"我们", "需要", "1:的", "1:我"} & set(terms)
    assert {"检测", "表面", "缺陷"} <= set(terms)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("基于LightGBM与XGBoost的高炉炉温预测", "zh"),
        ("表面缺陷检测", "zh"),
        ("Surface defect inspection of strip steel", "en"),
        ("Blast furnace (高炉) temperature control", "en"),
        ("123 %", "zh"),
        ("", "zh"),
    ],
)
def test_language_is_told_by_the_share_of_han_letters(text: str, language: str) -> None:
    assert detect_language(text) == language


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("96%", [(96.0, "%")]),
        ("0.02毫米", [(2e-05, "m")]),
        ("20 μm", [(2e-05, "m")]),
        ("3分钟", [(180.0, "s")]),
        ("2 kg/吨", [(0.002, "kg/kg")]),
        ("≥95％", [(95.0, "%")]),
        ("千分之三", [(0.3, "%")]),
        ("百分之九十五点", [(95.0, "%")]),
        ("1.2万元", [(12000.0, "CNY")]),
        ("less than 5 ms", [(0.005, "s")]),
        ("30-40%", [(30.0, "%"), (40.0, "%")]),
        ("30%～40%", [(30.0, "%"), (40.0, "%")]),
        ("30至40万元", [(300000.0, "CNY"), (400000.0, "CNY")]),
        ("1,200万吨", [(12_000_000_000.0, "kg")]),
        ("5千克与3千瓦", [(5.0, "kg"), (3000.0, "W")]),
        ("5MW or 5mW", [(5_000_000.0, "W"), (0.005, "W")]),
        ("$5 million", [(5_000_000.0, "USD")]),
        ("十五分钟", [(900.0, "s")]),
        ("成本下降三成，效率提升两倍", [(30.0, "%"), (2.0, "x")]),
        ("零下5度", [(-5.0, "°C")]),
        ("-5℃", [(-5.0, "°C")]),
        ("100件/小时", [(100 / 3600, "item/s")]),
        ("提高3.5个百分点", [(3.5, "%")]),
        ("召回率0.95", [(0.95, "")]),
        ("百万分之五十", [(0.005, "%")]),
        ("十万分之一，千分之零点五", [(0.001, "%"), (0.05, "%")]),
        ("三分之二", [(200 / 3, "%")]),
        ("百分之一到三，百分之一到三秒", [(1.0, "%"), (3.0, "%"), (1.0, "%"), (3.0, "s")]),
        ("零分之一", []),
        ("人工减半，库存减少一半, cut by half", [(50.0, "%"), (50.0, "%"), (50.0, "%")]),
        ("半小时，半个月，上半年，两个半小时", [(1800.0, "s"), (2629800.0 / 2, "s")]),
        ("零点五秒", [(0.5, "s")]),
        ("95 per cent, 95 Per Cent", [(95.0, "%"), (95.0, "%")]),
        ("3 percentage points", [(3.0, "%")]),
        ("0.5° or 30 arcmin", [(0.5, "°"), (0.5, "°")]),
        ("20 degrees Celsius", [(20.0, "°C")]),
    ],
)
def test_numbers_are_read_with_their_units(text: str, expected: list[tuple[float, str]]) -> None:
    found = [(quantity.value, quantity.unit) for quantity in numbers_with_units(text)]
    assert [unit for _, unit in found] == [unit for _, unit in expected]
    assert [value for value, _ in found] == pytest.approx([value for value, _ in expected])


def test_equal_quantities_in_different_units_compare_equal() -> None:
    (thin,), (same,) = numbers_with_units("0.02毫米"), numbers_with_units("20 μm")
    assert (thin.value, thin.unit) == (same.value, same.unit)


@pytest.mark.parametrize(
    "text",
    [
        "2025年5月",
        "2024-05-01",
        "GPT-4o",
        "5G网络",
        "4K视频",
        "GB/T 4754-2017",
        "v2.0.1",
        "一个",
        "第三天",
    ],
)
def test_digits_that_measure_nothing_are_left_out(text: str) -> None:
    assert numbers_with_units(text) == []


def test_spans_point_into_the_text_as_given() -> None:
    text = "精度Ｎo 95％，误差０.02毫米"
    assert [text[q.start : q.end] for q in numbers_with_units(text)] == ["95％", "０.02毫米"]
    text = "鋼鐵ＡＩ檢測"
    assert [(term, text[start:end]) for term, start, end in token_spans(text)] == [
        ("钢铁", "鋼鐵"),
        ("ai", "ＡＩ"),
        ("检测", "檢測"),
    ]


@given(any_text | mixed_text)
def test_normalise_is_idempotent(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(any_text | mixed_text)
def test_search_terms_do_not_change_under_nfkc(text: str) -> None:
    assert search_terms(unicodedata.normalize("NFKC", text)) == search_terms(text)


@given(any_text | mixed_text)
def test_terms_are_storable_non_empty_and_of_one_word(text: str) -> None:
    for term in search_terms(text) + ranking_terms(text):
        assert term.encode("utf-8")
        assert term.split() == [term]


@given(any_text | mixed_text)
def test_bigrams_of_ranking_stand_in_the_search_index(text: str) -> None:
    plain = {term for term in ranking_terms(text) if term[:2] not in {"1:", "w:"}}
    assert plain <= set(search_terms(text))


@given(any_text | mixed_text)
def test_spans_lie_inside_the_text_and_cover_its_terms(text: str) -> None:
    for term, start, end in token_spans(text):
        assert 0 <= start < end <= len(text)
        assert term in search_terms(text[start:end]) or len(term) == 2


@given(
    st.text(alphabet="0123456789.,-~至万千百分之%％毫米kgμms/吨 元$¥倍成十三年月零下", max_size=60)
    | any_text
)
def test_numbers_never_fail_and_stay_in_place(text: str) -> None:
    previous_end = 0
    for quantity in numbers_with_units(text):
        assert previous_end <= quantity.start < quantity.end <= len(text)
        assert quantity.value == quantity.value  # not NaN
        previous_end = quantity.end


@given(
    st.decimals(min_value=0, max_value=10_000, places=3),
    st.sampled_from(["mm", "毫米", "kg", "吨", "%", "ms", "分钟", "万元", "MPa"]),
)
def test_a_number_and_its_unit_are_found_whole_in_a_sentence(number: object, unit: str) -> None:
    text = f"要求达到{number}{unit}以内"
    (quantity,) = numbers_with_units(text)
    assert text[quantity.start : quantity.end] == f"{number}{unit}"
    assert quantity.unit != ""


def test_text_beyond_the_cap_is_not_searched_for_numbers() -> None:
    text = "字" * quantities.MAX_TEXT_LENGTH + "96%"
    assert numbers_with_units(text) == []


@pytest.mark.parametrize(
    "unit",
    ["检测精度0.02毫米，", "1", "一", "1 ", "1,", "1.1-", "機器學習於", "百千万分之", "a", " "],
)
def test_hundred_thousand_awkward_characters_say_what_a_few_say(unit: str) -> None:
    """Each of these once took quadratic time in some step; a return of that would halt the run."""
    few, many = unit * 200, unit * (100_000 // len(unit))
    assert set(search_terms(many)) == set(search_terms(few))
    assert {term for term, _, _ in token_spans(many)} == {term for term, _, _ in token_spans(few)}
