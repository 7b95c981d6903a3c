"""What an invented ranking shows: features, a score with a weakness for fame, exploration.

The shares of exploration leave at most one slot in twenty where the ranking did not want it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from matcher.simulation.world import LIST_LENGTH, Asked, Offers, exclusions_of

Floats = NDArray[np.float64]
SWAPPED_SHARE = 0.18  # lists in which the first place and another one change places
EXPLORED_SHARE = 0.1  # lists in which a random place goes to somebody from below the list
CHUNK = 400
FEATURES = (
    "industry_fit",
    "ai_task_fit",
    "meaning_affinity",
    "same_province",
    "evidence_strength",
    "over_budget",
)
# What really speaks for a pair, as each side sees it, in log-odds a unit of the feature.
NEED_WEIGHTS = np.array([1.3, 1.1, 2.0, 0.3, 0.6, -0.9])
PROVIDER_WEIGHTS = np.array([0.6, 0.5, 1.0, 0.4, 0.2, -0.5])
NEED_INTERCEPT, PROVIDER_INTERCEPT = -4.3, -1.1
FAME_IN_RANKING = 2.2
LEAST_CLOSE = 4.55  # of the third best; below it the answer is that nobody fits
UNSEEN = 0.6  # standard deviation of what the ranking cannot know
DRIFT_OF_MEANING = 0.18


@dataclass
class Shown:
    """Rows of shown pairs, one array a column, with what only the inventor knows."""

    need: NDArray[np.int64]
    capability: NDArray[np.int64]
    position: NDArray[np.int64]
    intended: NDArray[np.int64]
    propensity: Floats
    is_explored: NDArray[np.bool_]
    features: Floats  # (n_pairs, n_features)
    need_odds: Floats
    provider_odds: Floats
    n_eligible: NDArray[np.int64]  # one a need
    has_list: NDArray[np.bool_]  # one a need
    exclusions: dict[str, tuple[NDArray[np.int64], NDArray[np.int64]]]  # reason → need, capability


def show_lists(random: Generator, asked: Asked, offers: Offers) -> Shown:
    """Rank the capabilities for every need and return what is shown."""
    n = len(asked.industry)
    parts = [
        _chunk(random, asked, offers, np.arange(start, min(start + CHUNK, n)))
        for start in range(0, n, CHUNK)
    ]
    joined = {
        name: np.concatenate([getattr(part, name) for part in parts])
        for name in Shown.__dataclass_fields__
        if name != "exclusions"
    }
    reasons = dict.fromkeys(reason for part in parts for reason in part.exclusions)
    exclusions = {
        reason: (
            np.concatenate([part.exclusions[reason][0] for part in parts]),
            np.concatenate([part.exclusions[reason][1] for part in parts]),
        )
        for reason in reasons
    }
    return Shown(**joined, exclusions=exclusions)


def _chunk(random: Generator, asked: Asked, offers: Offers, needs: NDArray[np.int64]) -> Shown:
    excluded, reasons = exclusions_of(asked, offers, needs)
    features = _features(random, asked, offers, needs)
    score = features @ (NEED_WEIGHTS + PROVIDER_WEIGHTS) + FAME_IN_RANKING * offers.fame
    score = np.where(excluded, -np.inf, score)
    n_eligible = (~excluded).sum(axis=1)
    # The need of which nothing comes close enough is told so and shown nobody.
    has_list = (n_eligible > LIST_LENGTH + 1) & (np.sort(score, axis=1)[:, -3] > LEAST_CLOSE)
    order = np.argsort(-score, axis=1, kind="stable")
    top, intended, propensity, is_explored = _explored(random, order, n_eligible)
    rows = np.repeat(np.flatnonzero(has_list), LIST_LENGTH)
    columns = top[has_list].ravel()
    seen = features[rows, columns]
    quality = offers.quality[columns]
    n = len(rows)
    return Shown(
        need=needs[rows],
        capability=columns,
        position=np.tile(np.arange(1, LIST_LENGTH + 1), int(has_list.sum())),
        intended=intended[has_list].ravel(),
        propensity=propensity[has_list].ravel(),
        is_explored=is_explored[has_list].ravel(),
        features=seen,
        need_odds=seen @ NEED_WEIGHTS + NEED_INTERCEPT + quality + random.normal(0, UNSEEN, n),
        provider_odds=seen @ PROVIDER_WEIGHTS + PROVIDER_INTERCEPT + random.normal(0, UNSEEN, n),
        n_eligible=n_eligible,
        has_list=has_list,
        exclusions={name: _pointers(matrix, needs) for name, matrix in reasons.items()},
    )


def _pointers(
    matrix: NDArray[np.bool_], needs: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    rows, columns = np.nonzero(matrix)
    return needs[rows], columns.astype(np.int64)


def _features(random: Generator, asked: Asked, offers: Offers, needs: NDArray[np.int64]) -> Floats:
    """Return features (n_needs, n_capabilities, n_features)."""
    shape = (len(needs), len(offers.quality))
    industry = offers.serves[:, asked.industry[needs]].T.astype(float)
    task = offers.performs[:, asked.task[needs]].T.astype(float)
    closeness = 0.25 + 0.2 * industry + 0.2 * task + random.normal(0, 0.15, shape)
    closeness -= DRIFT_OF_MEANING * asked.is_drifted[needs][:, None]
    same = asked.table["region"][needs][:, None] == offers.table["region"]
    evidence = np.broadcast_to(np.clip(0.5 + 0.4 * offers.quality, 0, 1), shape)
    over = np.clip(random.normal(-0.2, 0.4, shape), 0, 1)
    stacked: Floats = np.stack(
        [industry, task, np.clip(closeness, 0, 1), same.astype(float), evidence, over], axis=2
    )
    return stacked


def _explored(
    random: Generator, order: NDArray[np.int64], n_eligible: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.int64], Floats, NDArray[np.bool_]]:
    """Return the shown capabilities, intended ranks, propensities and explored slots of lists."""
    n = len(order)
    top = order[:, :LIST_LENGTH].copy()
    intended = np.tile(np.arange(1, LIST_LENGTH + 1), (n, 1))
    draw = random.random(n)
    swapped = draw < SWAPPED_SHARE
    other = random.integers(1, LIST_LENGTH, n)
    rows = np.flatnonzero(swapped)
    for array in (top, intended):
        array[rows, 0], array[rows, other[rows]] = array[rows, other[rows]], array[rows, 0].copy()
    # To stand where the ranking wants it, a pair must be spared by both kinds of chance.
    stays = 1.0 - EXPLORED_SHARE / LIST_LENGTH - SWAPPED_SHARE / (LIST_LENGTH - 1)
    propensity = np.full((n, LIST_LENGTH), stays)
    propensity[:, 0] = 1.0 - EXPLORED_SHARE / LIST_LENGTH - SWAPPED_SHARE
    moved = intended != np.arange(1, LIST_LENGTH + 1)
    propensity[moved] = SWAPPED_SHARE / (LIST_LENGTH - 1)
    is_explored = moved.copy()
    explored = np.flatnonzero((draw >= SWAPPED_SHARE) & (draw < SWAPPED_SHARE + EXPLORED_SHARE))
    slot = random.integers(0, LIST_LENGTH, n)
    depth = np.maximum(n_eligible - LIST_LENGTH, 1)
    below = LIST_LENGTH + np.floor(random.random(n) * depth).astype(np.int64)
    below = np.minimum(below, order.shape[1] - 1)
    top[explored, slot[explored]] = order[explored, below[explored]]
    # All that come from below the list are one class: where they stand is pure chance.
    intended[explored, slot[explored]] = LIST_LENGTH + 1
    chance = EXPLORED_SHARE / LIST_LENGTH / depth
    propensity[explored, slot[explored]] = chance[explored]
    is_explored[explored, slot[explored]] = True
    return top, intended, propensity, is_explored
