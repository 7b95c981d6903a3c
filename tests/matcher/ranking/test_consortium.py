"""Consortia: the fewest partners that meet every must, against trying all sets."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.ranking.consortium import MOST_PARTNERS, find_consortium, find_together
from matcher.ranking.results import Match, RequirementLine


def line(requirement_id: str, status: str, level: str = "must") -> RequirementLine:
    return RequirementLine(requirement_id, "要求", level, status, "", "", "", "", "")


def candidate(name: str, met: set[int], n: int, bits: float = 0.0, provider: str = "") -> Match:
    lines = tuple(line(f"R{i}", "met" if i in met else "partly") for i in range(n))
    return Match(
        1, provider or f"V-{name}", name, name, name, 0.5, bits,
        (), lines, (), (), (), (), True,
    )  # fmt: skip


def names(matches: list[Match]) -> list[str]:
    return [share.match.capability_id for share in find_consortium(matches).shares]


def test_a_single_candidate_that_meets_all_needs_no_partner() -> None:
    found = find_consortium([candidate("a", {0, 1}, 2), candidate("b", {0}, 2, 9.0)])
    assert [share.match.capability_id for share in found.shares] == ["a"]
    assert not found.is_needed


def test_two_that_complete_each_other_are_found_and_share_the_work() -> None:
    found = find_consortium(
        [candidate("a", {0, 1}, 3, 2.0), candidate("b", {1, 2}, 3, 1.0), candidate("c", {0}, 3)]
    )
    assert found.is_needed
    assert [share.leads_on for share in found.shares] == [("R0", "R1"), ("R2",)]
    assert found.shares[1].requirement_ids == ("R1", "R2")
    assert found.bits == 3.0


def test_what_nobody_meets_is_said_and_the_rest_is_shared() -> None:
    found = find_consortium([candidate("a", {0}, 3), candidate("b", {1}, 3)])
    assert [share.leads_on for share in found.shares] == [("R0",), ("R1",)]
    assert found.unmet == ("R2",)
    assert found.is_needed


def test_nobody_is_proposed_together_where_one_meets_all_or_there_is_no_must() -> None:
    assert find_together([candidate("a", {0, 1}, 2), candidate("b", {0}, 2)]) is None
    assert find_together([candidate("a", set(), 0)]) is None
    assert find_together([]) is None
    assert find_together([candidate("a", {0}, 11)]) is None


def test_what_is_met_in_part_counts_where_nobody_adds_to_another() -> None:
    """All lines that are not met are met in part here, so one partner is enough then."""
    found = find_together([candidate("a", {0}, 2), candidate("b", {0}, 2)])
    assert found is not None
    assert len(found.shares) == 1
    assert found.unmet == ()
    both = find_together([candidate("a", {0}, 2), candidate("b", {1}, 2)])
    assert both is not None
    assert both.is_joint


def test_two_capabilities_of_one_provider_are_no_consortium() -> None:
    matches = [candidate("a", {0}, 2, provider="V"), candidate("b", {1}, 2, provider="V")]
    assert names(matches) == []
    assert names([*matches, candidate("c", {1}, 2)]) == ["a", "c"]


def test_wishes_do_not_ask_for_partners() -> None:
    wish = Match(
        1, "V", "a", "a", "a", 0.5, 0.0, (),
        (line("R0", "met"), line("R1", "not_met", "want")), (), (), (), (), True,
    )  # fmt: skip
    assert not find_consortium([wish]).is_needed


def test_no_candidates_and_too_many_musts() -> None:
    assert find_consortium([]).shares == ()
    with pytest.raises(ValueError, match="at most 10"):
        find_consortium([candidate("a", {0}, 11)])


@given(
    n=st.integers(1, 6),
    covers=st.lists(st.sets(st.integers(0, 5)), min_size=1, max_size=8),
    data=st.data(),
)
def test_against_trying_every_set(n: int, covers: list[set[int]], data: st.DataObject) -> None:
    providers = [data.draw(st.sampled_from("VWXYZ")) for _ in covers]
    bits = [float(data.draw(st.integers(-3, 3))) for _ in covers]
    matches = [
        candidate(f"c{i}", {j for j in cover if j < n}, n, bits[i], providers[i])
        for i, cover in enumerate(covers)
    ]
    met = {
        m.capability_id: {x.requirement_id for x in m.requirements if x.status == "met"}
        for m in matches
    }
    whole = set().union(*met.values())
    best: tuple[int, float] | None = None
    for size in range(1, MOST_PARTNERS + 1):
        for team in combinations(matches, size):
            union = set().union(*(met[m.capability_id] for m in team))
            if union == whole and whole and len({m.provider_id for m in team}) == size:
                total = -sum(m.bits for m in team)
                best = min(best or (size, total), (size, total))
        if best:
            break
    found = find_consortium(matches)
    assert set(found.unmet) == {f"R{i}" for i in range(n)} - whole
    assert (len(found.shares), -found.bits) == (best or (0, 0.0))
    led = [name for share in found.shares for name in share.leads_on]
    assert sorted(led) == sorted({name for share in found.shares for name in share.requirement_ids})
    assert find_consortium(matches[::-1]) == found
