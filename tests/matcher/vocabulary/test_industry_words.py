"""Industries as people write them: several in a line, without the usual endings, mistyped."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.vocabulary import industry_parts, is_industry, near_industries


@pytest.mark.parametrize(
    ("line", "codes"),
    [
        ("钢铁、石化", [("C31",), ("C25", "C26")]),
        ("Steel; petrochemicals", [("C31",), ("C25", "C26")]),
        ("steel and oil & gas", [("C31",), ("B07",)]),
        ("Oil & gas", [("B07",)]),
        ("法律", [("L723",)]),
        ("石油和天然气", [("B07",)]),
        ("钢铁/石化", [("C31",), ("C25", "C26")]),
        ("农、林、牧、渔业；C31", [("A",), ("C31",)]),
        ("汽车 钢铁", [("C36",), ("C31",)]),
        ("钢铁和炼丹", [("C31",), ()]),
        ("和面", [()]),
        ("炼丹、画符", [()]),
        ("", []),
    ],
)
def test_a_line_is_taken_apart_into_what_is_known(line: str, codes: list[tuple[str, ...]]) -> None:
    assert [found for _text, found in industry_parts(line)] == codes


@pytest.mark.parametrize(
    ("word", "near"),
    [("律师", "L723"), ("petrochemcals", "C26"), ("Stel", "C31"), ("machine", "C34")],
)
def test_a_word_that_is_not_known_leads_to_names_like_it(word: str, near: str) -> None:
    assert near in near_industries(word)


@pytest.mark.parametrize("word", ["炼丹", "xyz", "IT", "", "长" * 5000])
def test_nothing_is_proposed_for_what_is_like_no_name(word: str) -> None:
    assert near_industries(word) == ()


@given(st.text(max_size=40))
def test_any_line_is_read_without_losing_its_words(line: str) -> None:
    parts = industry_parts(line)
    assert all(is_industry(code) for _text, codes in parts for code in codes)
    assert all(text in line for text, _codes in parts)
