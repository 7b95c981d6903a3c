"""Small random rounds for properties, and large synthetic ones."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
from hypothesis import strategies as st

from matcher.allocation.inputs import NO_BASE, Answer, Inputs, Lock, Option, Quota, Rules

GRID = st.integers(0, 20).map(lambda n: n / 20)


@st.composite
def small_rounds(
    draw: Any, *, mode: str = "optimal", with_places: bool = True, minima: bool = False
) -> Inputs:
    """At most 4 needs, 3 providers and 2 places, each option there or not."""
    needs = [f"N{i}" for i in range(draw(st.integers(1, 4)))]
    providers = [f"V{i}" for i in range(draw(st.integers(1, 3)))]
    places = [f"P{i}" for i in range(draw(st.integers(1, 2)))] if with_places else [NO_BASE]
    options = [
        Option(*key, "", draw(GRID), draw(GRID), draw(GRID), draw(GRID))
        for key in product(needs, providers, places)
        if draw(st.integers(0, 3))
    ]

    def quota() -> Quota:
        most = draw(st.integers(0, 3))
        least = draw(st.integers(0, most)) if minima else 0
        return Quota(most, least)

    parties = st.sampled_from([*needs, *providers])
    answers = {
        (draw(parties), draw(parties)): draw(st.sampled_from(("must", "willing", "no")))
        for _ in range(draw(st.integers(0, 2)))
    }
    return Inputs(
        needs=tuple(needs),
        options=tuple(options),
        provider_quotas={party: quota() for party in providers},
        place_quotas={party: quota() for party in places if party},
        answers=tuple(Answer(*pair, word) for pair, word in answers.items()),
        small=frozenset(draw(st.lists(st.sampled_from(needs), max_size=2))),
        rules=Rules(mode=mode),
        seed=draw(st.integers(0, 9)),
    )


def large_round(
    n_needs: int, n_providers: int, n_places: int, *, mode: str, per_need: int
) -> Inputs:
    """A synthetic round: each need has so many providers, each with up to three places."""
    rng = np.random.default_rng(7)
    places = [f"P{i:02d}" for i in range(n_places)]
    options = []
    for i in range(n_needs):
        chosen = rng.choice(n_providers, size=per_need, replace=False)
        hosts = rng.choice(n_places, size=3, replace=False)
        for provider, host in product(chosen, hosts):
            score, need, own, points = rng.random(4).round(4).tolist()
            options.append(
                Option(f"N{i:04d}", f"V{provider:04d}", places[host], "", score, need, own, points)
            )
    return Inputs(
        needs=tuple(f"N{i:04d}" for i in range(n_needs)),
        options=tuple(options),
        provider_quotas={f"V{i:04d}": Quota(1 + i % 3) for i in range(n_providers)},
        place_quotas={place: Quota(20, 2) for place in places},
        small=frozenset(f"N{i:04d}" for i in range(0, n_needs, 3)),
        rules=Rules(mode=mode),
        seed=1,
    )


# No way settles these; the program alone would leave the lock of N2 out: one blocks either way.
LOCKED = Inputs(
    ("N0", "N1", "N2"),
    (
        Option("N0", "P0", "", "CP0", 0.4, 0.8, 0.4, 0.0, ""),
        Option("N0", "P0", "A", "CP0", 0.8, 0.2, 0.2, 0.6, "S"),
        Option("N0", "P0", "B", "CP0", 0.4, 0.4, 0.4, 0.8, "S"),
        Option("N0", "P1", "A", "CP1", 0.6, 0.8, 0.4, 0.8, "S"),
        Option("N1", "P0", "A", "CP0", 0.4, 0.6, 0.8, 0.6, "S"),
        Option("N2", "P0", "", "CP0", 0.2, 0.6, 0.8, 0.0, ""),
        Option("N2", "P0", "A", "CP0", 0.6, 0.8, 0.6, 0.2, "S"),
        Option("N2", "P0", "B", "CP0", 0.2, 0.8, 0.8, 0.4, "S"),
        Option("N2", "P1", "B", "CP1", 0.4, 0.2, 0.2, 0.8, "S"),
    ),
    {"P0": Quota(2), "P1": Quota(1)},
    {"A": Quota(1, 1), "B": Quota(1, 1)},
    (Answer("P0", "N2", "no"), Answer("B", "N2", "no")),
    locks=(Lock("N2", "P0", "", "committed by contract"),),
    rules=Rules(mode="stable"),
    seed=86,
)
