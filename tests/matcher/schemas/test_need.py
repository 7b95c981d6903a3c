from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from werkzeug.datastructures import MultiDict

from matcher.errors import InvalidRecord
from matcher.schemas import dump_record, load_need
from tests.factories import make_need


def keys_of(data: object, profile: str = "match") -> dict[str, str]:
    with pytest.raises(InvalidRecord) as caught:
        load_need(data, profile=profile)
    return {path: problems[0].key for path, problems in caught.value.errors.items()}


def published(**changes: Any) -> dict[str, Any]:
    data = {**dump_record(make_need()), **changes}
    return {name: value for name, value in data.items() if value is not None}


def test_title_problem_and_industry_are_enough_to_match() -> None:
    need = load_need({"title": "带钢表面质检", "problem": "漏检多", "industry": "钢铁"})
    assert (need.title, need.problem, need.industries) == ("带钢表面质检", "漏检多", ("C31",))
    assert need.budget_max_cny is None


@pytest.mark.parametrize(
    ("industry", "codes", "problem"),
    [
        ("C26", ("C26",), "p"),
        ("Chemical industry", ("C26",), "p"),
        ("华东地区一家炼油企业", ("C251",), "p"),
        ("quantum alchemy", (), "p\nquantum alchemy"),
        (["石化", "C31"], ("C25", "C26", "C31"), "p"),
    ],
)
def test_industry_is_resolved_or_kept_as_text(
    industry: object, codes: tuple[str, ...], problem: str
) -> None:
    need = load_need({"title": "t", "problem": "p", "industry": industry})
    assert (need.industries, need.problem) == (codes, problem)


def test_industries_may_be_listed_in_one_line() -> None:
    assert load_need({"title": "带钢质检", "industries": "钢铁、石化"}).industries == (
        "C31", "C25", "C26",
    )  # fmt: skip
    assert load_need({"title": "x", "industry": "钢铁、法律"}).industries == ("C31", "L723")


def test_an_unknown_industry_is_told_with_those_that_are_near() -> None:
    with pytest.raises(InvalidRecord) as error:
        load_need({"title": "合同审查", "industries": "律师"})
    (told,) = error.value.errors["industries"]
    assert "法律服务" in told.words("zh")
    assert "Legal services" in told.words("en")


def test_a_list_is_refused_by_its_length_before_it_is_looked_into() -> None:
    words = [f"炼丹{number}" for number in range(5_000)]
    assert keys_of({"title": "t", "industries": words}) == {"industries": "too_many"}
    assert keys_of({"title": "t", "industries": "; ".join(words)}) == {"industries": "too_many"}
    assert keys_of({"title": "t", "industry": words}) == {"industries": "too_many"}


def test_an_unknown_industry_is_refused_where_a_need_is_published() -> None:
    assert keys_of(published(industries=None, industry="quantum alchemy"), "publish") == {
        "industries": "unknown_industry"
    }


def test_nothing_to_match_with_is_refused_once() -> None:
    assert keys_of({}) == {"problem": "required_one_of"}
    assert keys_of({"title": "  \u3000\n", "problem": "\u200b"}) == {"problem": "required_one_of"}
    assert keys_of({"industry": ""}) == {"problem": "required_one_of"}


@pytest.mark.parametrize("text", ["a", "？", "🙂", "<script>", "'; drop table needs; --", "𠮷野"])
def test_odd_but_harmless_text_is_accepted_as_it_is(text: str) -> None:
    assert load_need({"problem": text}).problem == text


def test_sizes_are_capped_and_the_cap_is_told() -> None:
    assert len(load_need({"title": "字" * 200}).title) == 200
    assert len(load_need({"problem": "字" * 100_000}).problem) == 100_000
    assert keys_of({"title": "字" * 201}) == {"title": "over_cap"}
    assert keys_of({"problem": "字" * 100_001}) == {"problem": "over_cap"}


def test_control_characters_are_refused_with_their_place() -> None:
    with pytest.raises(InvalidRecord) as caught:
        load_need({"title": "ab\x00c"})
    assert "U+0000 at position 3" in caught.value.errors["title"][0].words("en")
    assert keys_of({"title": "\ud800x"}) == {"title": "control_characters"}


def test_text_is_stored_composed_and_trimmed() -> None:
    need = load_need({"title": "  Cafe\u0301 \n quality ", "problem": " a \r\n b \n"})
    assert need.title == "Café quality"
    assert need.problem == "a\n b"


def test_money_in_forms_is_ten_thousand_yuan_and_exact() -> None:
    need = load_need({"title": "t", "budget_min": "0.0001", "budget_max": "12.3456"})
    assert (need.budget_min_cny, need.budget_max_cny) == (1, 123_456)
    assert load_need({"title": "t", "budget_max": 80}).budget_max_cny == 800_000
    assert load_need({"title": "t", "budget_max_cny": 5}).budget_max_cny == 5
    assert keys_of({"title": "t", "budget_max": "0.00001"}) == {"budget_max": "not_exact_money"}
    assert keys_of({"title": "t", "budget_max": "-1"}) == {"budget_max": "out_of_range"}
    assert keys_of({"title": "t", "budget_max": "many"}) == {"budget_max": "not_number"}
    assert keys_of({"title": "t", "budget_max": True}) == {"budget_max": "not_number"}
    assert keys_of({"title": "t", "budget_max": "1", "budget_max_cny": 5}) == {
        "budget_max": "given_twice"
    }


def test_an_inverted_budget_is_told_in_the_unit_it_was_given() -> None:
    with pytest.raises(InvalidRecord) as caught:
        load_need({"title": "t", "budget_min": "9", "budget_max": "3"})
    assert "got 9.0" in caught.value.errors["budget_min"][0].words("en")
    assert keys_of({"title": "t", "budget_min_cny": 9, "budget_max_cny": 3}) == {
        "budget_min": "inverted_range"
    }


def test_state_secrets_are_refused_early() -> None:
    assert keys_of({"title": "t", "safety": ["涉密（不受理）"]}) == {"safety": "classified"}


def test_codes_may_be_labels_of_either_language() -> None:
    need = load_need(
        {
            "title": "t",
            "ai_tasks": ["视觉检测", "Object detection"],
            "deployments": "边缘；public_cloud",
            "region": "Suzhou",
        }
    )
    assert need.ai_tasks == ("visual_inspection", "detection")
    assert need.deployments == ("edge", "public_cloud")
    assert need.region == "320500"
    assert keys_of({"title": "t", "ai_tasks": ["telepathy"]}) == {"ai_tasks": "unknown_code"}
    assert keys_of({"title": "t", "region": "Lemuria"}) == {"region": "unknown_region"}


@pytest.mark.parametrize("day", ["2027-02-30", "01/03/2027", "1999-12-31", 20270301, "tomorrow"])
def test_days_are_real_days_of_this_century(day: object) -> None:
    assert keys_of({"title": "t", "start_by": day}) == {"start_by": "not_date"}


def test_days_and_levels_are_read_from_text() -> None:
    need = load_need({"title": "t", "start_by": "2027-03-01", "min_maturity": "7"})
    assert (need.start_by, need.min_maturity) == (date(2027, 3, 1), 7)
    assert keys_of({"title": "t", "min_maturity": 10}) == {"min_maturity": "out_of_range"}
    assert keys_of({"title": "t", "min_maturity": "九级"}) == {"min_maturity": "not_whole_number"}


def test_requirements_come_as_texts_lines_or_form_fields() -> None:
    plain = load_need({"title": "t", "requirements": ["检出率高", {"text": "误报少"}]})
    assert [line.requirement_id for line in plain.requirements] == ["R1", "R2"]
    form = MultiDict(
        [
            ("title", "t"),
            ("requirements-0-text", "检出率不低于 99%"),
            ("requirements-0-operator", "≥"),
            ("requirements-0-threshold", "99"),
            ("requirements-1-text", ""),
            ("requirements-3-text", "误报率低"),
            ("requirements-3-level", "期望"),
        ]
    )
    first, second = load_need(form).requirements
    assert (first.operator, first.threshold, first.level) == (">=", 99.0, "must")
    assert (second.text, second.level) == ("误报率低", "want")


def test_two_requirements_with_one_id_are_refused() -> None:
    lines = [{"requirement_id": "R1", "text": "甲乙"}, {"requirement_id": "R1", "text": "丙丁"}]
    assert keys_of({"title": "t", "requirements": lines}) == {
        "requirements.1.requirement_id": "duplicate_id"
    }


def test_a_complete_need_can_be_published() -> None:
    assert load_need(published(), profile="publish") == make_need()


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"title": "五个字标题"}, {"title": "too_short"}),
        ({"title": "字" * 41}, {"title": "too_long"}),
        ({"title": "x" * 81}, {"title": "too_long"}),
        ({"problem": "太短"}, {"problem": "too_short"}),
        ({"affected": None}, {"affected": "required"}),
        ({"industries": ["C31", "C32", "C33", "C34"]}, {"industries": "too_many"}),
        ({"requirements": None}, {"requirements": "required"}),
        ({"requirements": [f"第{n}项要求" for n in range(6)]}, {"requirements": "too_many_musts"}),
        ({"requirements": ["可以检验"] * 11}, {"requirements": "too_many"}),
        (
            {"requirements": [{"text": "检出率", "threshold": 99}]},
            {"requirements.0.operator": "operator_missing"},
        ),
        ({"budget_min_cny": None, "budget_max_cny": None}, {"budget_max": "required_one_of"}),
        ({"budget_undecided": True}, {"budget_undecided": "contradiction"}),
        ({"needs_base": None}, {"needs_base": "required"}),
    ],
)
def test_publishing_wants_the_minimum(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert keys_of(published(**changes), "publish") == expected


def test_limits_count_chinese_characters_and_twice_as_many_latin_ones() -> None:
    assert load_need(published(title="字" * 40), profile="publish").title == "字" * 40
    assert load_need(published(title="x" * 80), profile="publish").title == "x" * 80


def test_an_undecided_budget_can_be_published() -> None:
    data = published(budget_min_cny=None, budget_max_cny=None, budget_undecided="on")
    need = load_need(data, profile="publish")
    assert (need.budget_max_cny, need.budget_undecided) == (None, True)
    assert load_need(dump_record(need), profile="publish") == need


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"visibility": None}, {"visibility": "required"}),
        ({"visibility": "secret"}, {"visibility": "unknown_code"}),
        ({"visibility": "invited"}, {"invited_provider_ids": "nobody_invited"}),
        ({"budget_min_cny": 0, "budget_max_cny": 0}, {"budget_max": "budget_is_nothing"}),
        ({"systems": ["none", "mes"]}, {"systems": "stands_alone"}),
        ({"labelled_share": "105%"}, {"labelled_share": "unknown_code"}),
        ({"owner_cleared": "perhaps"}, {"owner_cleared": "unknown_code"}),
        ({"attachment_ids": [f"F{n}" for n in range(6)]}, {"attachment_ids": "too_many"}),
        ({"excluded_reason": "字" * 101}, {"excluded_reason": "too_long"}),
    ],
)
def test_publishing_refuses_what_contradicts_itself(
    changes: dict[str, Any], expected: dict[str, str]
) -> None:
    assert keys_of(published(**changes), "publish") == expected


def test_a_need_for_invited_ones_names_them() -> None:
    data = published(visibility="invited", invited_provider_ids=["V900"])
    assert load_need(data, profile="publish").invited_provider_ids == ("V900",)


@pytest.mark.parametrize("today", [date(2026, 11, 1), date(2026, 12, 26)])
def test_a_reply_date_5_to_60_days_ahead_is_accepted(today: date) -> None:
    assert load_need(published(), profile="publish", today=today).reply_by == date(2026, 12, 31)


@pytest.mark.parametrize(
    ("today", "names"),
    [
        (date(2026, 10, 31), {"reply_by"}),
        (date(2026, 12, 27), {"reply_by"}),
        (date(2027, 3, 2), {"reply_by", "start_by"}),
    ],
)
def test_dates_outside_of_what_publishing_wants_are_refused(today: date, names: set[str]) -> None:
    with pytest.raises(InvalidRecord) as caught:
        load_need(published(), profile="publish", today=today)
    assert set(caught.value.errors) == names
    assert {told.key for told, *_ in caught.value.errors.values()} == {"day_outside"}


def test_a_published_need_is_read_again_whatever_the_day() -> None:
    assert load_need(published(reply_by="2020-01-01"), profile="publish").reply_by is not None
