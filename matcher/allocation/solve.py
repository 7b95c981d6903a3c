"""Run a round: the allocation by its mode, the reasons, the comparison; a pure function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from matcher.allocation.inputs import (
    NO_BASE,
    OPTIMAL,
    STABLE,
    Inputs,
    Lock,
    Option,
    Unsolvable,
    digest_of,
)
from matcher.allocation.reasons import idle_parties, unmatched_needs
from matcher.allocation.results import Comparison, Result
from matcher.allocation.stable import blocking_options, stable_allocation
from matcher.allocation.values import Market


def solve_round(inputs: Inputs) -> Result:
    """Return the allocation of frozen inputs; the same inputs give the same result.

    Raises
    ------
    Unsolvable
        When locks exceed a quota, or leave a party below its minimum.
    """
    from matcher.allocation.optimal import shadow_prices  # SciPy: not for a start of the site

    check_locks(inputs)
    market, placements, finding = _allocated(inputs)
    unmatched = unmatched_needs(inputs, market, placements)
    return Result(
        inputs_digest=digest_of(inputs),
        mode=inputs.rules.mode,
        placements=tuple(sorted(placements)),
        unmatched_needs=unmatched,
        idle_providers=idle_parties(inputs, market, placements, is_place=False),
        idle_places=idle_parties(inputs, market, placements, is_place=True),
        wait_lists=wait_lists(market, placements),
        n_blocking=len(blocking_options(market, placements)),
        total_score=total_score(placements),
        first_choice_share=first_choice_share(market, placements),
        small_share=_share(inputs, placements),
        first_come=_first_come(market),
        shadow_prices=shadow_prices(market),
        closed=tuple(sorted(market.closed)),
        stability=finding,
    )


def check_locks(inputs: Inputs) -> None:
    """Refuse locks that exceed a quota.

    Raises
    ------
    Unsolvable
        Naming the party.
    """
    seats = Counter(lock.provider_id for lock in inputs.locks)
    places = Counter(lock.place_id for lock in inputs.locks if lock.place_id)
    over = [party for party, n in seats.items() if n > inputs.provider_quotas[party].most]
    over += [party for party, n in places.items() if n > inputs.place_quotas[party].most]
    if over or len({lock.need_id for lock in inputs.locks}) != len(inputs.locks):
        raise Unsolvable(f"the locks exceed the quota of {', '.join(sorted(over)) or 'a need'}")


def lost_locks(inputs: Inputs, placements: Iterable[Option]) -> list[Lock]:
    """Return the locks whose placements are not among those of a result."""
    placed = {option.key for option in placements}
    return [lock for lock in inputs.locks if lock.key not in placed]


def check_placed(inputs: Inputs, placements: Iterable[Option]) -> None:
    """Refuse a result without a placement that an administrator fixed.

    For results that are new: a round that was published under the second algorithm may lack one,
    and is replayed as it was.

    Raises
    ------
    Unsolvable
        Naming the placements.
    """
    lost = sorted(" / ".join(filter(None, one.key)) for one in lost_locks(inputs, placements))
    if lost:
        raise Unsolvable(
            f"algorithm {inputs.rules.algorithm} leaves out what was fixed by hand: "
            f"{'; '.join(lost)}; take these locks away, or hold the round again under "
            "the algorithm of today"
        )


def _allocated(inputs: Inputs) -> tuple[Market, tuple[Option, ...], str]:
    """Return market, placements and their stability; who stays below its minimum does not open."""
    if inputs.rules.mode == OPTIMAL:
        from matcher.allocation.optimal import best_allocation

        market = Market(inputs)
        placements = best_allocation(market)
        return _with_closed(market, placements), placements, ""
    locked = {party for lock in inputs.locks for party in lock.key[1:]}
    closed: frozenset[str] = frozenset()
    while True:
        market = Market(inputs, closed)
        placements, finding = stable_allocation(market)
        short = _below_minimum(inputs, placements)
        if not short:
            return market, placements, finding
        # Whoever has a lock has to open: it may still fill up with those who move on.
        closable = [one for one in short if one[1] not in locked]
        if not closable:
            below = ", ".join(sorted(party for _, party in short))
            raise Unsolvable(f"with its locks and all who want it {below} stays below its minimum")
        # One at a time, the emptiest first: the others may fill up with those who move on.
        closed |= {min(closable)[1]}


def _with_closed(market: Market, placements: Sequence[Option]) -> Market:
    """Return the market with those closed that the program left empty for their minimum."""
    filled = {party for option in placements for party in (option.provider_id, option.place_id)}
    quotas = {**market.inputs.provider_quotas, **market.inputs.place_quotas}
    wanted = {party for option in market.options for party in option.key[1:]}
    closed = {
        party
        for party, quota in quotas.items()
        if quota.least > 1 and party in wanted and party not in filled
    }
    return Market(market.inputs, frozenset(closed)) if closed else market


def _below_minimum(inputs: Inputs, placements: Iterable[Option]) -> list[tuple[int, str]]:
    """Return how many are missing nothing but a minimum: pairs of number and party."""
    count: Counter[str] = Counter()
    for option in placements:
        count.update({option.provider_id, option.place_id} - {NO_BASE})
    quotas = {**inputs.provider_quotas, **inputs.place_quotas}
    return [(n, party) for party, n in count.items() if n < quotas[party].least]


def total_score(placements: Iterable[Option]) -> float:
    """Return the expected number of successes."""
    return round(sum(sorted(option.score for option in placements)), 9)


def first_choice_share(market: Market, placements: Iterable[Option]) -> float:
    """Return which share of the placed needs got the option that they wanted most."""
    best: dict[str, Option] = {}
    for option in sorted(market.options, key=market.need_order):
        best.setdefault(option.need_id, option)
    placed = list(placements)
    if not placed:
        return 0.0
    return round(sum(best[one.need_id].key == one.key for one in placed) / len(placed), 6)


def _share(inputs: Inputs, placements: Sequence[Option]) -> float:
    n = sum(bool({one.need_id, one.provider_id} & inputs.small) for one in placements)
    return round(n / len(placements), 6) if placements else 0.0


def first_come_first_served(market: Market) -> list[Option]:
    """Return what would happen if needs chose in the order of their arrival."""
    chosen: list[Option] = []
    left = {
        (is_place, party): quota.most
        for is_place, quotas in (
            (False, market.inputs.provider_quotas),
            (True, market.inputs.place_quotas),
        )
        for party, quota in quotas.items()
    }
    own: dict[str, list[Option]] = {}
    for option in sorted(market.options, key=market.need_order):
        own.setdefault(option.need_id, []).append(option)
    for need_id in market.inputs.needs:
        for option in own.get(need_id, []):
            seats = [(False, option.provider_id)]
            seats += [(True, option.place_id)] if option.place_id else []
            if all(left[seat] > 0 for seat in seats):
                left.update({seat: left[seat] - 1 for seat in seats})
                chosen.append(option)
                break
    return chosen


def _first_come(market: Market) -> Comparison:
    chosen = first_come_first_served(market)
    return Comparison(len(chosen), total_score(chosen), first_choice_share(market, chosen))


def wait_lists(market: Market, placements: Iterable[Option]) -> dict[str, tuple[str, ...]]:
    """Return for each place, and provider, the needs that would be next, the first one first."""
    placed = {option.need_id for option in placements}
    waiting: dict[str, list[Option]] = {}
    for option in market.options:
        if option.need_id not in placed:
            waiting.setdefault(option.place_id or option.provider_id, []).append(option)
    lists = {}
    for party, options in sorted(waiting.items()):
        is_place = party in market.inputs.place_quotas
        order = market.place_order if is_place else market.provider_order
        lists[party] = tuple(dict.fromkeys(one.need_id for one in sorted(options, key=order)))
    return lists


def moved_up(waiting: Sequence[str], gone: Iterable[str]) -> tuple[str, ...]:
    """Return a wait-list without those who got a place or left: everybody else moves forward only.

    Examples
    --------
    >>> moved_up(("N1", "N2", "N3"), ["N1"])
    ('N2', 'N3')
    """
    left = frozenset(gone)
    return tuple(need_id for need_id in waiting if need_id not in left)


def second_round(inputs: Inputs, result: Result, *, seed: int) -> Inputs:
    """Return the inputs of a round for what is left: unmatched needs, seats that are free."""
    placed = {option.need_id for option in result.placements}
    taken = Counter(option.provider_id for option in result.placements)
    taken_places = Counter(option.place_id for option in result.placements)
    needs = tuple(need_id for need_id in inputs.needs if need_id not in placed)
    return Inputs(
        needs=needs,
        options=tuple(option for option in inputs.options if option.need_id not in placed),
        provider_quotas={
            party: type(quota)(quota.most - taken[party])
            for party, quota in inputs.provider_quotas.items()
        },
        place_quotas={
            party: type(quota)(quota.most - taken_places[party])
            for party, quota in inputs.place_quotas.items()
        },
        answers=inputs.answers,
        small=inputs.small,
        first_timers=inputs.first_timers,
        failed_checks={k: v for k, v in inputs.failed_checks.items() if k in needs},
        rules=inputs.rules,
        seed=seed,
    )


__all__ = [
    "STABLE",
    "Unsolvable",
    "check_locks",
    "check_placed",
    "first_choice_share",
    "first_come_first_served",
    "lost_locks",
    "moved_up",
    "second_round",
    "solve_round",
    "total_score",
    "wait_lists",
]
