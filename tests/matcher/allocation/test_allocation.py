"""Allocation against trying everything on small rounds, and its promises on all of them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from itertools import combinations, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from matcher.allocation.inputs import (
    Answer,
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
from matcher.allocation.optimal import best_allocation, shadow_prices
from matcher.allocation.reasons import WORDS
from matcher.allocation.solve import (
    first_come_first_served,
    moved_up,
    second_round,
    solve_round,
)
from matcher.allocation.stable import blocking_options, stable_allocation
from matcher.allocation.values import Market
from matcher.vocabulary import codes
from tests.matcher.allocation.instances import large_round, small_rounds

EXAMPLES = settings(max_examples=80, deadline=None)


def feasible(inputs: Inputs, chosen: tuple[Option, ...], *, minima: bool = True) -> bool:
    """Whether a set of options keeps one placement a need and every quota."""
    if len({one.need_id for one in chosen}) != len(chosen):
        return False
    for position, quotas in ((1, inputs.provider_quotas), (2, inputs.place_quotas)):
        count = Counter(one.key[position] for one in chosen if one.key[position])
        for party, n in count.items():
            if n > quotas[party].most or (minima and n < quotas[party].least):
                return False
    return True


def best_by_trying(inputs: Inputs) -> float:
    """The highest value of all feasible sets of options."""
    market = Market(inputs)
    options = market.options
    return max(
        sum(market.value(one) for one in chosen)
        for size in range(len(inputs.needs) + 1)
        for chosen in combinations(options, size)
        if feasible(inputs, chosen)
    )


def option(need: str, provider: str, place: str = "", **values: float) -> Option:
    return Option(need, provider, place, **values)


@EXAMPLES
@given(small_rounds(minima=True))
def test_the_best_total_is_reached_and_every_quota_kept(inputs: Inputs) -> None:
    market = Market(inputs)
    chosen = best_allocation(market)
    assert feasible(inputs, chosen)
    total = sum(market.value(one) for one in chosen)
    assert total == pytest.approx(best_by_trying(inputs), abs=1e-7)


@EXAMPLES
@given(small_rounds(mode="stable", with_places=False))
def test_between_two_sides_nobody_blocks(inputs: Inputs) -> None:
    market = Market(inputs)
    chosen = stable_allocation(market).placements
    assert feasible(inputs, chosen)
    assert blocking_options(market, chosen) == []


def stable_sets(market: Market) -> list[tuple[Option, ...]]:
    """All stable sets of placements, by trying."""
    return [
        chosen
        for size in range(len(market.inputs.needs) + 1)
        for chosen in combinations(market.options, size)
        if feasible(market.inputs, chosen) and not blocking_options(market, chosen)
    ]


@EXAMPLES
@given(small_rounds(mode="stable", with_places=False))
def test_every_enterprise_gets_the_best_that_any_stable_placement_gives_it(
    inputs: Inputs,
) -> None:
    market = Market(inputs)
    mine = {one.need_id: one for one in stable_allocation(market).placements}
    for other in stable_sets(market):
        theirs = {one.need_id: one for one in other}
        assert set(theirs) == set(mine)  # the rural hospitals theorem
        assert all(market.need_order(mine[n]) <= market.need_order(theirs[n]) for n in mine)


@EXAMPLES
@given(small_rounds(mode="stable", with_places=False), st.data())
def test_no_enterprise_gains_by_stating_another_order(inputs: Inputs, data: st.DataObject) -> None:
    liar = data.draw(st.sampled_from(inputs.needs))
    own = [one for one in inputs.options if one.need_id == liar]
    truth = Market(inputs)
    honest = {one.need_id: one for one in stable_allocation(truth).placements}.get(liar)
    for order in list(permutations(range(len(own))))[:6]:
        values = dict(zip((one.key for one in own), order, strict=True))
        lied = tuple(
            replace(one, need_value=values[one.key] / 10) if one.need_id == liar else one
            for one in inputs.options
        )
        market = Market(replace(inputs, options=lied))
        got = {one.need_id: one for one in stable_allocation(market).placements}
        if liar in got:
            assert honest is not None
            mine = next(one for one in inputs.options if one.key == got[liar].key)
            assert truth.need_order(honest) <= truth.need_order(mine)


@EXAMPLES
@given(st.sampled_from(("optimal", "stable")).flatmap(lambda m: small_rounds(mode=m, minima=True)))
def test_the_same_inputs_give_the_same_result_whatever_their_order(inputs: Inputs) -> None:
    result = solve_round(inputs)
    turned = replace(inputs, options=inputs.options[::-1], answers=inputs.answers[::-1])
    assert digest_of(turned) == digest_of(inputs) == result.inputs_digest
    assert solve_round(turned).digest == result.digest
    assert from_plain(as_plain(inputs)).rules == inputs.rules
    assert digest_of(from_plain(as_plain(inputs))) == digest_of(inputs)


@EXAMPLES
@given(st.sampled_from(("optimal", "stable")).flatmap(lambda m: small_rounds(mode=m, minima=True)))
def test_everybody_is_placed_or_told_why(inputs: Inputs) -> None:
    result = solve_round(inputs)
    placed = {one.need_id for one in result.placements}
    told = {one.party_id for one in result.unmatched_needs}
    assert placed | told == set(inputs.needs)
    assert not placed & told
    for one in (*result.unmatched_needs, *result.idle_providers, *result.idle_places):
        assert one.reason in codes("unmatched_reason")
        assert one.text_zh != one.text_en
        assert "{" not in one.text_zh + one.text_en
    assert not any(party in str(text) for text in told_texts(result) for party in inputs.needs)


def told_texts(result: object) -> list[str]:
    return [one.text_zh + one.text_en for one in result.unmatched_needs]  # type: ignore[attr-defined]


def test_every_reason_has_words() -> None:
    assert set(WORDS) == set(codes("unmatched_reason"))


@EXAMPLES
@given(small_rounds())
def test_one_more_place_never_brings_more_than_its_price(inputs: Inputs) -> None:
    market = Market(inputs)
    prices = shadow_prices(market)
    base = best_by_trying(inputs)
    for place, price in prices.items():
        more = {**inputs.place_quotas, place: Quota(inputs.place_quotas[place].most + 1)}
        gain = best_by_trying(replace(inputs, place_quotas=more)) - base
        relaxed = price + _slack(market, base)
        assert gain <= relaxed + 1e-5


def _slack(market: Market, base: float) -> float:
    """By how much the relaxed program is above the whole one; zero in almost every round."""
    from scipy.optimize import linprog

    from matcher.allocation.optimal import _program

    if not market.options:
        return 0.0
    program = _program(market, market.options)
    values = [-market.value(one) for one in market.options]
    solved = linprog(values, A_ub=program.matrix, b_ub=program.upper, bounds=(0, 1))
    return float(-solved.fun) - base


@EXAMPLES
@given(small_rounds())
def test_the_best_total_is_never_below_first_come_first_served(inputs: Inputs) -> None:
    market = Market(inputs)
    first_come = sum(market.value(one) for one in first_come_first_served(market))
    assert sum(market.value(one) for one in best_allocation(market)) >= first_come - 1e-7


@EXAMPLES
@given(small_rounds(), st.data())
def test_a_lock_holds_whatever_the_values_and_vetoes(inputs: Inputs, data: st.DataObject) -> None:
    if not inputs.options:
        return
    wanted = data.draw(st.sampled_from(inputs.options))
    quotas = {party: Quota(quota.most + 1) for party, quota in inputs.provider_quotas.items()}
    places = {party: Quota(quota.most + 1) for party, quota in inputs.place_quotas.items()}
    lock = Lock(*wanted.key, "国家任务")
    for mode in ("optimal", "stable", "ordered"):
        locked = replace(
            inputs, locks=(lock,), provider_quotas=quotas, place_quotas=places,
            rules=Rules(mode=mode),
        )  # fmt: skip
        assert wanted in solve_round(locked).placements


def test_locks_beyond_a_quota_are_refused() -> None:
    options = (option("N0", "V"), option("N1", "V"))
    locks = (Lock("N0", "V", "", "甲"), Lock("N1", "V", "", "乙"))
    with pytest.raises(Unsolvable, match="V"):
        solve_round(Inputs(("N0", "N1"), options, {"V": Quota(1)}, locks=locks))


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"options": ()}, "no_candidate"),
        ({"options": (), "failed_checks": {"N0": "部署方式"}}, "failed_check"),
        ({"answers": (Answer("V", "N0", "no"),)}, "vetoed"),
        ({"provider_quotas": {"V": Quota(0)}}, "no_slot"),
        ({"provider_quotas": {"V": Quota(3, 2)}}, "below_minimum"),
    ],
)
@pytest.mark.parametrize("mode", ["optimal", "stable"])
def test_each_reason_is_told_where_it_holds(
    changes: dict[str, object], reason: str, mode: str
) -> None:
    plain = Inputs(("N0",), (option("N0", "V", score=0.5),), {"V": Quota(1)}, rules=Rules(mode))
    result = solve_round(replace(plain, **changes))  # type: ignore[arg-type]
    (unmatched,) = result.unmatched_needs
    assert unmatched.reason == reason


def test_the_outranked_see_a_cut_off_only_where_it_tells_nobodys_points() -> None:
    needs = tuple(f"N{i}" for i in range(4))
    options = tuple(
        option(n, "V", score=(9 - i) / 10, provider_value=(9 - i) / 10) for i, n in enumerate(needs)
    )
    result = solve_round(Inputs(needs, options, {"V": Quota(3)}))
    (last,) = result.unmatched_needs
    assert (last.party_id, last.reason, last.cut_off) == ("N3", "outranked", 0.7)
    assert "0.70" in last.text_zh
    result = solve_round(Inputs(needs, options, {"V": Quota(2)}))
    assert {one.cut_off for one in result.unmatched_needs} == {None}


def test_locked_places_are_named_as_the_reason() -> None:
    options = (option("N0", "V", score=0.1), option("N1", "V", score=0.9))
    lock = Lock("N0", "V", "", "国家任务")
    result = solve_round(Inputs(("N0", "N1"), options, {"V": Quota(1)}, locks=(lock,)))
    (unmatched,) = result.unmatched_needs
    assert (unmatched.party_id, unmatched.reason) == ("N1", "locked_out")


def test_small_firms_win_a_tie_by_the_published_bonus_only() -> None:
    options = (option("N0", "V", score=0.52), option("N1", "V", score=0.5))
    inputs = Inputs(("N0", "N1"), options, {"V": Quota(1)}, small=frozenset({"N1"}))
    assert [one.need_id for one in solve_round(inputs).placements] == ["N1"]
    plain = replace(inputs, rules=Rules(small_bonus=0.0))
    assert [one.need_id for one in solve_round(plain).placements] == ["N0"]


@EXAMPLES
@given(small_rounds(), st.integers(0, 9))
def test_a_second_round_places_only_who_is_left_in_what_is_left(inputs: Inputs, seed: int) -> None:
    first = solve_round(inputs)
    rest = second_round(inputs, first, seed=seed)
    second = solve_round(rest)
    assert not {o.need_id for o in first.placements} & {o.need_id for o in second.placements}
    assert feasible(inputs, (*first.placements, *second.placements), minima=False)


@given(st.lists(st.integers(0, 20), unique=True), st.lists(st.integers(0, 20)))
def test_a_wait_list_only_moves_forward(numbers: list[int], leaving: list[int]) -> None:
    waiting = tuple(f"N{n}" for n in numbers)
    after = moved_up(waiting, [f"N{n}" for n in leaving])
    for name in after:
        assert after.index(name) <= waiting.index(name)
    assert list(after) == sorted(after, key=waiting.index)


@pytest.mark.parametrize(
    "wrong",
    [
        {"needs": ("N0", "N0")},
        {"provider_quotas": {}},
        {"provider_quotas": {"V": Quota(1, 2)}},
        {"options": (option("N0", "V", "P"),)},
        {"locks": (Lock("N9", "V", "", ""),)},
        {"rules": Rules(mode="dice")},
    ],
)
def test_inputs_that_contradict_themselves_are_refused(wrong: dict[str, object]) -> None:
    good = Inputs(("N0",), (option("N0", "V"),), {"V": Quota(1)})
    with pytest.raises(ValueError, match=r"\w"):
        replace(good, **wrong)  # type: ignore[arg-type]


@EXAMPLES
@given(small_rounds(mode="ordered", minima=True))
def test_in_one_order_nobody_blocks_on_all_three_sides(inputs: Inputs) -> None:
    result = solve_round(inputs)
    assert feasible(inputs, result.placements)
    assert result.n_blocking == 0


@pytest.mark.parametrize("mode", ["optimal", "stable", "ordered"])
def test_a_larger_round_keeps_its_promises(mode: str) -> None:
    inputs = large_round(120, 200, 7, mode=mode, per_need=6)
    result = solve_round(inputs)
    assert feasible(inputs, result.placements)
    if mode == "optimal":
        assert result.total_score > result.first_come.total_score
        assert len(result.placements) == 120
    if mode in {"stable", "ordered"}:
        assert result.n_blocking == 0


@pytest.mark.parametrize("mode", ["stable", "ordered"])
def test_who_has_a_lock_is_never_closed_for_its_minimum(mode: str) -> None:
    # V0 wants two at least; N0 is locked there, N1 takes V0 only because V1 stays too small.
    inputs = Inputs(
        ("N0", "N1"),
        (
            option("N0", "V0", score=0.5, need_value=0.5),
            option("N1", "V0", score=0.4, need_value=0.1),
            option("N1", "V1", score=0.9, need_value=0.9),
        ),
        {"V0": Quota(2, 2), "V1": Quota(2, 2)},
        locks=(Lock("N0", "V0", "", "国家重大专项"),),
        rules=Rules(mode=mode),
    )
    result = solve_round(inputs)
    assert [one.key for one in result.placements] == [("N0", "V0", ""), ("N1", "V0", "")]
    assert result.closed == ("V1",)
    alone = replace(inputs, options=inputs.options[:1], needs=("N0",))
    with pytest.raises(Unsolvable, match="V0"):
        solve_round(alone)


@EXAMPLES
@given(small_rounds(minima=True), st.sampled_from(("optimal", "stable", "ordered")), st.data())
def test_locks_hold_or_the_round_is_unsolvable(
    inputs: Inputs, mode: str, data: st.DataObject
) -> None:
    fixed = data.draw(st.lists(st.sampled_from(inputs.options), max_size=2) if inputs.options
                      else st.just([]))  # fmt: skip
    locks = {one.need_id: Lock(*one.key, "重大专项") for one in fixed}
    locked = replace(inputs, rules=Rules(mode=mode), locks=tuple(locks.values()))
    try:
        result = solve_round(locked)
    except Unsolvable:
        return
    assert {one.key for one in locked.locks} <= {one.key for one in result.placements}
    assert feasible(locked, result.placements)
