"""Units stand by candidate, whatever order they came in."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from matcher.retrieval.collection import Collection, Unit, build_collection


def unit(unit_id: str, candidate_id: str, **changes: object) -> Unit:
    return Unit(unit_id, candidate_id, **{"title": unit_id, "text": "", **changes})  # type: ignore[arg-type]


def owners(collection: Collection) -> list[str]:
    return [collection.candidate_ids[i] for i in collection.candidate_of]


@given(st.lists(st.sampled_from("abcde"), max_size=30))
def test_units_of_a_candidate_are_neighbours_in_the_order_given(names: list[str]) -> None:
    units = [unit(f"u{i}", name) for i, name in enumerate(names)]
    collection = build_collection(units)
    assert collection.candidate_ids == tuple(dict.fromkeys(names))
    assert owners(collection) == [u.candidate_id for u in collection.units]
    for i, candidate in enumerate(collection.candidate_ids):
        own = [u.unit_id for u in collection.units if u.candidate_id == candidate]
        assert own == [f"u{k}" for k, name in enumerate(names) if name == candidate]
        start = collection.starts[i]
        assert [u.unit_id for u in collection.units[start : start + len(own)]] == own


def test_candidate_without_a_unit_can_still_be_ranked() -> None:
    collection = build_collection([unit("u", "b")], ["a", "b"])
    assert collection.candidate_ids == ("a", "b")
    assert collection.units[0].texts == ()
    assert collection.n_units == 2


def test_empty_collection_has_no_candidates() -> None:
    collection = build_collection([])
    assert (collection.n_candidates, collection.n_units) == (0, 0)
    assert collection.starts.shape == (0,)


def test_years_are_columns() -> None:
    collection = build_collection([unit("u", "a", year=2020), unit("v", "a")])
    assert collection.years.tolist() == [2020, 0]


def test_later_candidates_stand_behind_and_take_over_their_name() -> None:
    first = build_collection([unit("u", "a"), unit("v", "b")])
    second = build_collection([unit("w", "b"), unit("x", "c")])
    both = first.followed_by(second)
    assert both.candidate_ids == ("a", "b", "b", "c")
    assert owners(both) == ["a", "b", "b", "c"]
    assert both.index_of == {"a": 0, "b": 2, "c": 3}
    assert [u.unit_id for u in both.units] == ["u", "v", "w", "x"]
    assert both.starts.tolist() == [0, 1, 2, 3]
    assert first.n_candidates == 2


def test_units_of_some_candidates_are_found() -> None:
    collection = build_collection([unit(f"u{i}", name) for i, name in enumerate("aabccc")])
    found = collection.units_of(np.array([0, 2]))
    assert sorted(collection.units[i].unit_id for i in found) == ["u0", "u1", "u3", "u4", "u5"]


def test_texts_are_those_that_are_written() -> None:
    both = unit("u", "a", title="标题", text="正文", title_en="Title", text_en="Body")
    assert both.texts == (("标题", "正文"), ("Title", "Body"))
    assert unit("u", "a", title="", text="").texts == ()
    assert unit("u", "a", title="", text_en="Body").texts == (("", "Body"),)


def test_body_that_only_repeats_its_title_is_dropped() -> None:
    assert unit("u", "a", title="带钢 质检", text="带钢质检").texts == (("带钢 质检", ""),)
