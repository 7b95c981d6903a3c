"""Nothing blocks wherever that is possible: against trying everything, and for older rounds."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.allocation.fewest import MOST_OPTIONS, fewest_blocking
from matcher.allocation.inputs import (
    Inputs,
    Lock,
    Option,
    Quota,
    Rules,
    Unsolvable,
    as_plain,
    digest_of,
    from_plain,
)
from matcher.allocation.paths import Board, settled
from matcher.allocation.results import result_from
from matcher.allocation.solve import check_placed, solve_round
from matcher.allocation.stable import blocking_options, stable_allocation
from matcher.allocation.values import Market
from tests.matcher.allocation.instances import LOCKED, large_round, small_rounds

EXAMPLES = settings(max_examples=150, deadline=None)


def placements_of(market: Market) -> Iterator[tuple[Option, ...]]:
    """Every set of placements that keeps the quotas."""
    own: dict[str, list[Option]] = {}
    for option in market.options:
        own.setdefault(option.need_id, []).append(option)

    def extended(left: list[str], chosen: tuple[Option, ...]) -> Iterator[tuple[Option, ...]]:
        if not left:
            yield chosen
            return
        yield from extended(left[1:], chosen)
        for option in own[left[0]]:
            if has_room(market, chosen, option):
                yield from extended(left[1:], (*chosen, option))

    yield from extended(list(own), ())


def has_room(market: Market, chosen: tuple[Option, ...], option: Option) -> bool:
    sides = [(1, False, option.provider_id)]
    sides += [(2, True, option.place_id)] if option.place_id else []
    return all(
        sum(one.key[position] == party for one in chosen) < market.most_of(party, is_place=is_place)
        for position, is_place, party in sides
    )


def least_blocking(market: Market) -> int:
    """The fewest blocking options of all placements, by trying; stops at none."""
    fewest = len(market.options)
    for chosen in placements_of(market):
        fewest = min(fewest, len(blocking_options(market, chosen)))
        if not fewest:
            break
    return fewest


def blocks(market: Market, chosen: tuple[Option, ...], one: Option, *, asked: bool) -> bool:
    """Whether all sides would rather have an option, spelled out; ``asked``: who keeps the need."""
    own = next((x for x in chosen if x.need_id == one.need_id), None)
    if own is not None and market.need_order(own) <= market.need_order(one):
        return False
    for position, order in ((1, market.provider_order), (2, market.place_order)):
        party = one.key[position]
        if not party:
            continue
        if own is not None and own.key[position] == party:
            if asked and order(own) < order(one):
                return False
            continue
        there = [x for x in chosen if x.key[position] == party]
        is_free = len(there) < market.most_of(party, is_place=position == 2)
        if not is_free and not any(order(one) < order(x) for x in there):
            return False
    return True


@EXAMPLES
@given(small_rounds(mode="stable", minima=True), st.sampled_from((1, 2, 3)))
def test_what_blocks_is_counted_as_the_rules_say(inputs: Inputs, algorithm: int) -> None:
    inputs = replace(inputs, rules=replace(inputs.rules, algorithm=algorithm))
    result = solve_round(inputs)
    market = Market(inputs, frozenset(result.closed))
    by_hand = [
        one for one in market.options if blocks(market, result.placements, one, asked=algorithm > 1)
    ]
    assert result.n_blocking == len(by_hand)


@EXAMPLES
@given(small_rounds(mode="stable"), st.data())
def test_the_board_finds_what_blocks(inputs: Inputs, data: st.DataObject) -> None:
    market = Market(inputs)
    if not market.options:
        return
    board = Board(market)
    for _ in range(data.draw(st.integers(0, 6))):
        found = board.blocking()
        chosen = tuple(board.options[i] for i in board.taken if i >= 0)
        assert [board.options[i] for i in found] == blocking_options(market, chosen)
        if not len(found):
            break
        board.satisfy(int(data.draw(st.sampled_from(found.tolist()))))


@EXAMPLES
@given(small_rounds(mode="stable"))
def test_a_stable_placement_is_found_wherever_there_is_one(inputs: Inputs) -> None:
    market = Market(inputs)
    result = solve_round(inputs)
    fewest = least_blocking(market)
    assert result.n_blocking == fewest
    assert result.stability == ("none_exists" if fewest else "nothing_blocks")


@EXAMPLES
@given(small_rounds(mode="stable"))
def test_the_exact_program_agrees_with_trying_everything(inputs: Inputs) -> None:
    market = Market(inputs)
    exact = fewest_blocking(market)
    if exact is None:
        assert not market.options
        return
    assert exact.n_blocking == least_blocking(market)
    assert len(blocking_options(market, exact.placements)) == exact.n_blocking


# N1 with V1 keeps N2 out, N2 with V1 keeps N1 out of P, and N1 prefers P: somebody always blocks.
CIRCLE = (
    Option("N1", "V1", "Q", "", 0.5, 0.2, 0.9, 0.5),
    Option("N1", "V2", "P", "", 0.5, 0.9, 0.5, 0.1),
    Option("N2", "V1", "P", "", 0.5, 0.5, 0.1, 0.9),
)
SEATS = {"V1": Quota(1), "V2": Quota(1)}
PLACES = {"P": Quota(1), "Q": Quota(1)}


def test_where_no_stable_placement_exists_the_result_says_so() -> None:
    inputs = Inputs(("N1", "N2"), CIRCLE, SEATS, PLACES, rules=Rules("stable"))
    result = solve_round(inputs)
    assert (result.stability, result.n_blocking) == ("none_exists", 1)
    assert result_from(result.as_plain()) == result
    turned = replace(inputs, options=CIRCLE[::-1])
    assert solve_round(turned).digest == result.digest


def test_the_exact_program_places_what_was_fixed_by_hand() -> None:
    result = solve_round(LOCKED)
    check_placed(LOCKED, result.placements)
    assert LOCKED.locks[0].key in {one.key for one in result.placements}
    assert (result.stability, result.n_blocking) == ("none_exists", 1)


@EXAMPLES
@given(small_rounds(mode="stable"), st.data())
def test_the_exact_program_proves_the_least_with_a_lock(
    inputs: Inputs, data: st.DataObject
) -> None:
    possible = [
        one
        for one in inputs.options
        if inputs.provider_quotas[one.provider_id].most
        and (not one.place_id or inputs.place_quotas[one.place_id].most)
    ]
    if not possible:
        return
    wanted = data.draw(st.sampled_from(possible))
    market = Market(replace(inputs, locks=(Lock(*wanted.key, "国家任务"),)))
    exact = fewest_blocking(market)
    assert exact is not None
    assert wanted in exact.placements
    assert exact.n_blocking == len(blocking_options(market, exact.placements))
    assert (exact.n_blocking == 0) == (least_blocking(market) == 0)
    kept = [x for x in placements_of(market) if wanted in x]
    assert exact.n_blocking == min(len(blocking_options(market, x)) for x in kept)


# What these rounds had under the second algorithm, before the third.
SECOND = {
    "optimal": (
        "d17d4a3238c6b292aa068d15734b61a385fc0dd4f3c91476ce95d080f93b93aa",
        "92f1082c373cb797a8d403e3b62b2d25bab4e113af9c24da1337bebb1beeac52",
    ),
    "stable": (
        "385831f535035ce63b371d1361648e2fb3fd94ede60fff9e16a0fa2508243d30",
        "d71be50b92f12338e8914abacd933214426af4fec0db0edd2e0a9f8a86af3ce8",
    ),
    "ordered": (
        "e7310b9276e7cf77c7a431a0f8c43d62007df698fe2b5f623f399502d2583788",
        "942740885be381f062f24096a1e91fa41f3e7338792a8fe589bcf901cf488a3e",
    ),
}


def test_a_round_of_the_second_algorithm_replays_even_where_it_lost_a_lock() -> None:
    old = replace(LOCKED, rules=Rules(mode="stable", algorithm=2))
    result = solve_round(old)
    assert (digest_of(old), result.digest) == (
        "43749dca935f3482f96962d75d0efdb65cc5850bdc25bc679e64f67b5af7c98b",
        "0c54ab537e646ae88b09cd1262983c2bd3ceefa05f345dc0318c84488466790b",
    )
    with pytest.raises(Unsolvable, match="N2 / P0"):
        check_placed(old, result.placements)


def test_what_a_large_round_leaves_is_not_called_the_least() -> None:
    filler = large_round(60, 80, 4, mode="stable", per_need=5)
    inputs = replace(
        filler,
        needs=(*filler.needs, "N1", "N2"),
        options=(*filler.options, *CIRCLE),
        provider_quotas={**filler.provider_quotas, **SEATS},
        place_quotas={**filler.place_quotas, **PLACES},
    )
    assert len(inputs.options) > MOST_OPTIONS
    result = solve_round(inputs)
    assert (result.stability, result.n_blocking) == ("not_found", 1)
    assert {one.need_id for one in result.placements} >= set(filler.needs)


@pytest.mark.parametrize("seed", [0, 1, 2])
def test_scarce_places_with_an_order_of_their_own_are_settled(seed: int) -> None:
    found = large_round(90, 60, 3, mode="stable", per_need=5)
    inputs = replace(
        found,
        seed=seed,
        place_quotas={place: Quota(9) for place in found.place_quotas},
        provider_quotas={one: Quota(1) for one in found.provider_quotas},
    )
    market = Market(inputs)
    placements, left = settled(market, ())
    assert left == len(blocking_options(market, placements)) == 0
    again, _ = settled(Market(replace(inputs, options=inputs.options[::-1])), ())
    assert again == placements
    assert solve_round(inputs).stability == "nothing_blocks"


# What rounds had that were published before the second algorithm.
OLD = {
    "optimal": (
        "b2da7ed7ea20e1f1fed6162e224fe1ac717ce761212b14931579683ec04e9f4c",
        "2e24409901401904fbe7ee39dcc2476dee3ea3da44d07d6d9649e7d5585b3743",
    ),
    "stable": (
        "c82123244cf826a094fb7bbb027e7f13dca4e4aa86e1563b332af1a6016f11ba",
        "ea797f5f8aae140f550776e49f0b1e9550b0ed1694a03c8ebceb3b6ff5d0bbc8",
    ),
    "ordered": (
        "e586b2a0212423c25f21def226106b7b08bc268b1a25e7ecfdf4eb19e26a7af4",
        "e2f9776a914311140a3517c9e0efb6c2d15cbe01f5ac7f26ee0c1f1d9d65b99e",
    ),
}


def scarce_round(mode: str) -> Inputs:
    found = large_round(24, 30, 3, mode=mode, per_need=5)
    return replace(
        found,
        place_quotas={place: Quota(5, 2) for place in found.place_quotas},
        provider_quotas={one: Quota(1) for one in found.provider_quotas},
    )


@pytest.mark.parametrize("mode", sorted(SECOND))
def test_a_round_of_the_second_algorithm_keeps_its_digests(mode: str) -> None:
    inputs = scarce_round(mode)
    old = replace(inputs, rules=replace(inputs.rules, algorithm=2))
    assert (digest_of(old), solve_round(old).digest) == SECOND[mode]
    assert digest_of(inputs) != digest_of(old)
    assert solve_round(inputs).placements == solve_round(old).placements


@pytest.mark.parametrize("mode", sorted(OLD))
def test_a_round_from_before_keeps_its_digests(mode: str) -> None:
    inputs = scarce_round(mode)
    stored = as_plain(inputs)
    del stored["rules"]["algorithm"]  # as it was stored then
    old = from_plain(stored)
    assert (digest_of(old), solve_round(old).digest) == OLD[mode]
    assert digest_of(inputs) != digest_of(old)
    if mode == "stable":
        assert len(blocking_options(Market(inputs), stable_allocation(Market(inputs))[0])) == 0


def test_an_unknown_algorithm_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown algorithm 4"):
        Inputs((), (), {}, rules=Rules(algorithm=4))
