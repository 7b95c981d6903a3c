"""Which group goes to which fold: by a stable hash of its name, never by pair.

A group is whatever must not stand on both sides of a split: a need, an enterprise, a topic. The
fold of a group depends on nothing but its name and the seed, so added data moves nothing.
"""

from __future__ import annotations

import hashlib

_HASH_BYTES = 8


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
