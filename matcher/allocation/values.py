"""What a placement is worth by the published rules, and in which order each party wants them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cached_property
from typing import Any

from matcher.allocation.inputs import MUST, NO, ORDERED, Inputs, Option, lottery

Key = tuple[str, str, str]
Order = tuple[Any, ...]
TIE_BREAK = 1e-6  # far below any difference of a score that means something


class Market:
    """The options that remain after vetoes, with the value and the order that each side gives."""

    def __init__(self, inputs: Inputs, closed: frozenset[str] = frozenset()) -> None:
        self.inputs = inputs
        self.closed = closed  # providers and places that do not open: below their minimum
        self._answers = {(one.party_id, one.other_id): one.answer for one in inputs.answers}
        self._locked = {lock.need_id: lock.key for lock in inputs.locks}
        self._orders: dict[tuple[str, Key], Order] = {}  # each is asked for many times

    @cached_property
    def options(self) -> tuple[Option, ...]:
        """Options that nobody vetoed and no lock rules out; a lock overrules a veto."""
        return tuple(option for option in sorted(self.inputs.options) if self._stands(option))

    def _stands(self, option: Option) -> bool:
        locked = self._locked.get(option.need_id)
        if locked is not None:
            return option.key == locked
        return not self.is_vetoed(option) and not self.closed & set(option.key)

    def is_vetoed(self, option: Option) -> bool:
        """Whether a side of the option says no to another."""
        return any(answer == NO for answer in self.answers_on(option))

    def answers_on(self, option: Option) -> Iterable[str]:
        """Yield what each party of an option says of each other one, where it says anything."""
        parties = [party for party in option.key if party]
        for one in parties:
            for other in parties:
                answer = self._answers.get((one, other))
                if one != other and answer is not None:
                    yield answer

    def wants(self, party_id: str, other_id: str) -> bool:
        """Whether a party says that it must have another."""
        return self._answers.get((party_id, other_id)) == MUST

    def value(self, option: Option) -> float:
        """Return what a placement adds: expected success, the stated bonuses, the lottery."""
        rules, inputs = self.inputs.rules, self.inputs
        parties = {option.need_id, option.provider_id}
        bonus = rules.small_bonus * len(parties & inputs.small)
        bonus += rules.first_bonus * len(parties & inputs.first_timers)
        bonus += rules.must_bonus * sum(answer == MUST for answer in self.answers_on(option))
        return option.score + bonus + TIE_BREAK * lottery(inputs.seed, option.key)

    @cached_property
    def _ranks(self) -> dict[str, tuple[float, float]]:
        """Return need → its place in the one published order of all needs, the best first."""
        points: dict[str, float] = {}
        for option in self.inputs.options:
            own = option.place_value if option.place_id else option.provider_value
            points[option.need_id] = max(own, points.get(option.need_id, 0.0))
        seed = self.inputs.seed
        return {need: (-value, lottery(seed, (need,))) for need, value in points.items()}

    def need_order(self, option: Option) -> Order:
        """Return the key by which an enterprise orders its options, the best first."""
        return self._once("need", option, self._need_order)

    def provider_order(self, option: Option) -> Order:
        """Return the key by which a provider orders needs; a lock comes before all."""
        return self._once("provider", option, self._provider_order)

    def place_order(self, option: Option) -> Order:
        """Return the key by which a place orders needs: the base's published points."""
        return self._once("place", option, self._place_order)

    def _once(self, side: str, option: Option, made: Callable[[Option], Order]) -> Order:
        at = side, option.key
        found = self._orders.get(at)
        if found is None:
            found = self._orders[at] = made(option)
        return found

    def _need_order(self, option: Option) -> Order:
        is_must = self.wants(option.need_id, option.provider_id)
        return not is_must, -option.need_value, lottery(self.inputs.seed, option.key)

    def _provider_order(self, option: Option) -> Order:
        if self.inputs.rules.mode == ORDERED:
            return not self.is_locked(option), False, *self._ranks[option.need_id]
        is_must = self.wants(option.provider_id, option.need_id)
        draw = lottery(self.inputs.seed, (option.provider_id, option.need_id))
        return not self.is_locked(option), not is_must, -option.provider_value, draw

    def _place_order(self, option: Option) -> Order:
        if self.inputs.rules.mode == ORDERED:
            return not self.is_locked(option), *self._ranks[option.need_id]
        draw = lottery(self.inputs.seed, (option.place_id, option.need_id))
        return not self.is_locked(option), -option.place_value, draw

    def is_locked(self, option: Option) -> bool:
        """Whether an administrator fixed this placement."""
        return self._locked.get(option.need_id) == option.key

    def most_of(self, party_id: str, *, is_place: bool) -> int:
        """Return the largest number of placements of a provider or a place."""
        quotas = self.inputs.place_quotas if is_place else self.inputs.provider_quotas
        return 0 if party_id in self.closed else quotas[party_id].most
