"""Near-duplicates are found whatever the spelling; different needs of one firm are not."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.duplicates import NEAR_FROM, find_near, shared_words, similarity
from matcher.records import Catalogue, Need
from tests.factories import make_need, make_requirement

NEED = make_need(title_en="", problem_en="")
OTHER = Need(
    need_id="N0002",
    title="炼钢车间行车无人调度",
    problem="行车靠人工指挥吊运钢包，等待时间长，夜班容易碰撞，希望统一调度并自动避让。",
)
CLAUSES = NEED.problem.rstrip("。").replace("；", "，").split("，")


@pytest.mark.parametrize(
    "problem",
    [
        "，".join(reversed(CLAUSES)),
        " ".join(CLAUSES),
        "\n".join(CLAUSES),
        NEED.problem.replace("，", ",").replace("。", "."),
        NEED.problem.replace("检", "檢").replace("识别", "識別").replace("质", "質"),
        NEED.problem.replace("约二十卷", "约三十卷") + "望尽快联系。",
    ],
)
def test_copy_is_near_in_any_order_spelling_and_punctuation(problem: str) -> None:
    copy = replace(NEED, need_id="N0009", problem=problem)
    (near,) = find_near(copy, [("N0001", NEED), ("N0002", OTHER)])
    assert near.need_id == "N0001"
    assert near.similarity > 0.85
    assert any("裂纹" in word or "裂紋" in word for word in near.shared_words)


def test_english_copy_is_near() -> None:
    one = Need("N1", "Crack detection on strip", "Cracks are missed by manual sampling of coils.")
    two = Need("N2", "CRACK DETECTION, ON STRIPS", "Manual sampling of coils misses the cracks")
    (near,) = find_near(two, [("N1", one)])
    assert near.similarity > 0.85
    assert "CRACK DETECTION" in near.shared_words


def test_twin_in_the_other_language_suffices() -> None:
    english = Need("N3", NEED.title_en or "Surface cracks", "Cracks on strip are missed")
    both = replace(NEED, title_en=english.title, problem_en=english.problem)
    assert similarity(english, both) == 1.0
    assert similarity(english, NEED) == 0.0


def test_need_is_no_duplicate_of_itself() -> None:
    assert find_near(NEED, [(NEED.need_id, NEED)]) == ()


def test_nearest_comes_first() -> None:
    exact, edited = replace(NEED, need_id="A"), replace(NEED, need_id="B", tried="")
    edited = replace(edited, problem=NEED.problem[:60], affected="")
    found = find_near(replace(NEED, need_id="N"), [("B", edited), ("A", exact)])
    assert [near.need_id for near in found] == ["A", "B"]
    assert found[0].similarity == 1.0


def test_empty_needs_are_no_duplicates() -> None:
    empty = Need("N8", "")
    assert find_near(empty, [("N9", Need("N9", "")), ("N1", NEED)]) == ()


def test_requirement_lines_belong_to_the_text() -> None:
    bare = replace(NEED, need_id="N7", requirements=())
    line = make_requirement(text="裂纹检出率不低于 99%")
    same = replace(bare, requirements=(line,))
    assert similarity(same, NEED) > similarity(bare, NEED)


def test_shared_words_stand_in_both_texts() -> None:
    other = replace(NEED, problem="裂纹流入下道工序，退货多。", title="带钢裂纹", affected="")
    words = shared_words(NEED, other)
    assert "裂纹流入下道工序" in words
    assert not any(mark in word for word in words for mark in "，。；")
    for need in (NEED, other):
        line = need.requirements[0].text
        assert all(word in need.title + need.problem + line for word in words)


def test_different_scenarios_are_not_near(shipped_catalogue: Catalogue) -> None:
    scenarios = shipped_catalogue.scenarios.values()
    needs = [Need(s.scenario_id, s.name, s.pain_point) for s in scenarios]
    near = [1 for left, right in combinations(needs, 2) if similarity(left, right) >= NEAR_FROM]
    assert len(near) <= 2


TEXTS = st.text(max_size=60) | st.sampled_from([NEED.problem, OTHER.problem])


@given(TEXTS, TEXTS, TEXTS, TEXTS)
def test_similarity_is_symmetric_and_bounded(a: str, b: str, c: str, d: str) -> None:
    left, right = Need("L", a, b), Need("R", c, d)
    assert 0.0 <= similarity(left, right) == similarity(right, left) <= 1.0


@given(st.permutations(CLAUSES))
def test_order_of_clauses_makes_no_difference(clauses: list[str]) -> None:
    assert similarity(replace(NEED, problem="，".join(clauses)), NEED) > 0.97
