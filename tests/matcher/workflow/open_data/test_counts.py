"""Counts for everybody: nothing of fewer than three organisations follows from them."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.workflow.open_data.counts import FEWEST, Counted, safe_counts

THINGS = st.lists(
    st.builds(
        Counted,
        value=st.sampled_from(["A", "B", "C", "D", ""]),
        organisation_id=st.sampled_from([f"ORG-{i}" for i in range(6)]),
        is_listed=st.booleans(),
        is_synthetic=st.booleans(),
    ),
    max_size=40,
)


def owners(things: list[Counted]) -> int:
    return len({one.organisation_id for one in things})


@settings(max_examples=300, deadline=None)
@given(THINGS)
def test_no_count_and_no_remainder_is_of_fewer_than_three(things: list[Counted]) -> None:
    counts = safe_counts(things)
    assert [one.value for one in counts] == sorted({one.value for one in things})
    told = {one.value for one in counts if one.n is not None}
    groups = [[one for one in things if one.value == value] for value in told]
    if told:  # what is left of the total, which another table may give away
        groups.append([one for one in things if one.value not in told])
    for group in groups:
        for part in (group, [one for one in group if not one.is_listed]):
            assert owners(part) == 0 or owners(part) >= FEWEST
    for count in counts:
        found = [one for one in things if one.value == count.value]
        assert count.n in (None, len(found))
        assert count.is_synthetic == any(one.is_synthetic for one in found)


def of(value: str, *numbers: int, listed: bool = True) -> list[Counted]:
    return [Counted(value, f"ORG-{number}", listed) for number in numbers]


def test_three_organisations_are_told_and_two_are_not() -> None:
    assert [one.n for one in safe_counts(of("C31", 1, 2, 3, 3))] == [4]
    assert [one.n for one in safe_counts(of("C31", 1, 2, 2, 2))] == [None]


def test_one_cell_that_could_be_found_by_subtraction_takes_another_with_it() -> None:
    things = [*of("A", 1, 2, 3), *of("B", 1, 2, 3, 4, 5), *of("C", 6)]
    assert [one.n for one in safe_counts(things)] == [None, 5, None]


def test_what_no_list_shows_must_be_of_three_itself() -> None:
    things = [*of("A", 1, 2, 3, 4), *of("A", 5, listed=False)]
    assert [one.n for one in safe_counts(things)] == [None]
    more = [*things, *of("A", 6, 7, listed=False)]
    assert [one.n for one in safe_counts(more)] == [7]
