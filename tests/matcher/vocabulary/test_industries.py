from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import UnknownRecord
from matcher.vocabulary import (
    find_industries,
    industry_ancestors,
    industry_codes,
    industry_distance,
    industry_label,
    industry_parent,
    is_industry,
    resolve_industry,
)

any_code = st.sampled_from(industry_codes())


def test_the_tree_has_the_size_of_the_standard() -> None:
    sizes = [len(industry_codes(depth)) for depth in (1, 2, 3, 4)]
    assert sizes == [20, 97, 473, 1381]
    assert len(industry_codes()) == sum(sizes)


def test_every_parent_exists_and_every_industry_has_names_in_both_languages() -> None:
    for code in industry_codes():
        parent = industry_parent(code)
        assert (parent == "") == (len(code) == 1)
        assert parent == "" or (is_industry(parent) and code.startswith(parent))
        assert industry_label(code, "zh")
        assert industry_label(code, "en").isascii()


@given(any_code, any_code, any_code)
def test_distance_is_a_metric(left: str, middle: str, right: str) -> None:
    assert (industry_distance(left, right) == 0) == (left == right)
    assert industry_distance(left, right) == industry_distance(right, left)
    assert industry_distance(left, right) <= industry_distance(left, middle) + industry_distance(
        middle, right
    )


def test_nearer_in_the_tree_is_nearer() -> None:
    within_group = industry_distance("C2611", "C2612")
    within_division = industry_distance("C2611", "C2621")
    within_section = industry_distance("C2611", "C3110")
    across = industry_distance("C2611", "A0111")
    assert within_group < within_division < within_section < across
    assert industry_ancestors("C2611") == ("C261", "C26", "C")


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("c26", ("C26",)),
        ("化学原料和化学制品制造业", ("C26",)),
        ("石化行业", ("C25", "C26")),
        ("Steel industry", ("C31",)),
        ("agriculture", ("A",)),
        ("钢铁企业", ("C31",)),
        ("量子炼金术", ()),
        ("", ()),
    ],
)
def test_names_and_everyday_words_resolve(words: str, expected: tuple[str, ...]) -> None:
    assert resolve_industry(words) == expected


def test_the_longest_name_within_a_text_decides() -> None:
    assert resolve_industry("苏州某汽车零部件企业", within_text=True) == ("C367",)
    assert resolve_industry("a mid-size dairy farming company", within_text=True) == ("A031",)
    assert resolve_industry("a carpet of rumours", within_text=True) == ()


@given(any_code)
def test_search_finds_every_industry_by_its_chinese_name(code: str) -> None:
    assert code in find_industries(industry_label(code, "zh"), limit=50)


def test_search_in_english_puts_the_exact_name_first() -> None:
    assert find_industries("steel")[0] == "C31"
    assert "C312" in find_industries("steelmaking")
    assert find_industries("   ") == []
    assert len(find_industries("制造", limit=7)) == 7


def test_unknown_code_is_named() -> None:
    with pytest.raises(UnknownRecord, match="'Z99'"):
        industry_label("Z99")
