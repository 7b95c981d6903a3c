"""Industries as people write them: several in a line, without the usual endings, mistyped."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.vocabulary import (
    industry_names,
    industry_parts,
    is_industry,
    known_industry,
    near_industries,
)
from matcher.vocabulary.industry_words import (
    _STRONG,
    _WEAK,
    LONGEST_LINE,
    LONGEST_NAME,
    MOST_PIECES,
)


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
        ("R&D", [()]),
        ("O & M", [()]),
        ("M and A", [()]),
        ("钢铁、A", [("C31",), ()]),
        ("R", [("R",)]),
        ("C; A", [("C",), ("A",)]),
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
    assert all(text in " ".join(line.split()) for text, _codes in parts)


def test_every_name_of_the_vocabulary_is_read_whole_also_among_others() -> None:
    names = industry_names()
    assert max(map(len, names)) <= LONGEST_NAME
    for name, codes in names.items():
        assert industry_parts(name) == [(name, codes)]
    for name in filter(_WEAK.search, names):
        assert industry_parts(f"{name}、钢铁") == [(name, names[name]), ("钢铁", ("C31",))]


def test_blanks_do_not_part_or_hide_a_name() -> None:
    blanks = " \t\u3000" * 4_000
    assert industry_parts(f"钢铁{blanks}、{blanks}石化") == [
        ("钢铁", ("C31",)),
        ("石化", ("C25", "C26")),
    ]
    assert industry_parts(blanks) == []


@pytest.mark.parametrize("sign", ["、", "和", "and ", "钢", "a b", "钢、", "农、", "&"])
def test_a_line_longer_than_anybody_writes_is_one_unknown_piece(sign: str) -> None:
    line = (sign * 100_000)[:100_000]
    assert industry_parts(line) == [(" ".join(line.split()), ())]
    assert known_industry(line) == ()


def test_pieces_after_the_first_are_not_looked_into() -> None:
    parts = industry_parts("钢铁;" * (MOST_PIECES + 3))
    assert [bool(codes) for _text, codes in parts] == [True] * MOST_PIECES + [False] * 3
    assert len("钢铁;" * (MOST_PIECES + 3)) < LONGEST_LINE


@pytest.mark.parametrize("signs", [_STRONG, _WEAK])
def test_no_sign_repeats_so_that_a_long_run_is_read_once(signs: re.Pattern[str]) -> None:
    """A repetition before what must follow it costs the square of a run of blanks."""
    assert not re.search(r"(?<!\\)[*+{]", signs.pattern)
