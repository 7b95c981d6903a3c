"""Block ``stability``: after a round, does anybody have reason to go round the result?"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from matcher.reports.history.cut import Cut, groups_of
from matcher.reports.history.figures import ACT, LEAST_IN_GROUP, Block, Figure, named


def stability_block(cut: Cut) -> Block:
    """Return blocking pairs, needs without a place and why, and the share at their first choice."""
    log = cut.log
    held = cut.within(log.tables["rounds"]["at"], cut.start, cut.end)
    seats = log.tables["seats"]
    inside = held[seats["round"]] if len(held) else np.zeros(0, dtype=bool)
    need, choice, reason = (seats[name][inside] for name in ("need", "choice", "reason"))
    figures = [cut.figure(replace(named("rounds", n_of="rounds"), value=float(held.sum()),
                                  n=int(held.sum())))]  # fmt: skip
    if held.any():
        figures += [_blocking(cut, held), *_places(cut, need, choice)]
        for code in groups_of(reason):
            name = named("unmatched", code, dimension="reason", n_of="needs")
            figures.append(cut.count(name, need[reason == code]))
    notes = () if held.any() else ("no_round",)
    return Block("stability", tuple(figures), cut.synthetic, notes)


def _blocking(cut: Cut, held: np.ndarray[tuple[int, ...], np.dtype[np.bool_]]) -> Figure:
    """Return pairs that would both rather have each other: a stable result has none."""
    n = int(cut.log.tables["rounds"]["n_blocking"][held].sum())
    figure = replace(named("blocking_pairs", n_of="rounds"), value=float(n), n=int(held.sum()))
    return cut.figure(replace(figure, alert=ACT if n else ""))


def _places(
    cut: Cut,
    need: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
    choice: np.ndarray[tuple[int, ...], np.dtype[np.int64]],
) -> list[Figure]:
    group = "rounds"
    shares = {"unmatched_share": choice == 0, "first_choice_share": choice == 1}
    return [
        replace(
            cut.share_of(named(key, group, dimension="of", n_of="needs"), need, happened),
            needed=LEAST_IN_GROUP,
        )
        for key, happened in shares.items()
    ]
