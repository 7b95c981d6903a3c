"""Which group goes to which fold: by a stable hash of its name, never by pair.

A group is whatever must not stand on both sides of a split: a need, an enterprise, a topic. The
fold of a group depends on nothing but its name and the seed, so added data moves nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements

_HASH_BYTES = 8


@dataclass(frozen=True, slots=True)
class Fold:
    """Row numbers to train on and row numbers held out; no group is in both."""

    number: int
    train: NDArray[np.int64]
    held_out: NDArray[np.int64]


def fold_of(group_id: str, n_folds: int, seed: int = 0) -> int:
    """Return the fold of a group, in [0, n_folds), the same on every machine for ever.

    Source
    ------
    First 64 bits of SHA-256 (FIPS 180-4) of seed and name, modulo the number of folds.

    Examples
    --------
    >>> [fold_of(need, 5) for need in ("N1", "N2", "需求3")]
    [2, 4, 4]
    """
    if n_folds < 1:
        raise ValueError(f"n_folds is {n_folds}, expected at least 1")
    digest = hashlib.sha256(f"{seed}\x1f{group_id}".encode("utf-8", "surrogatepass")).digest()
    return int.from_bytes(digest[:_HASH_BYTES], "big") % n_folds


def partition(group_ids: Sequence[str], n_folds: int, seed: int = 0) -> list[Fold]:
    """Split rows into folds by their groups.

    Parameters
    ----------
    group_ids : sequence of str, length n_rows
        The group of each row.
    n_folds : int
        At least 2.
    seed : int
        Another seed gives another, equally stable, split.

    Returns
    -------
    list of Fold
        In the order of their numbers; a fold that no group fell into is left out.

    Raises
    ------
    NotEnoughJudgements
        All rows fell into one fold, so nothing would be left to train on.
    """
    if n_folds < 2:
        raise ValueError(f"n_folds is {n_folds}, expected at least 2")
    fold_by_group = {group: fold_of(group, n_folds, seed) for group in dict.fromkeys(group_ids)}
    folds = np.array([fold_by_group[group] for group in group_ids], dtype=np.int64)
    numbers = np.unique(folds)
    if len(numbers) < 2:
        raise NotEnoughJudgements(len(fold_by_group), n_folds, "groups to split")
    return [Fold(int(k), np.flatnonzero(folds != k), np.flatnonzero(folds == k)) for k in numbers]
