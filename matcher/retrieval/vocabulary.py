"""The numbers of terms without their texts: a sorted table of digests.

A large catalogue has millions of phrases, most of them met once; as text they would take more room
than everything that is known of them. A term is looked up by its 64-bit digest. Two of four million
terms share one with a chance of one in two million; the build refuses that, so a lookup of a known
term is exact, and an unknown one is mistaken for a known one as rarely as 1 in 10^12.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

_DIGEST_BYTES = 8

Digests = NDArray[np.uint64]


class Vocabulary:
    """Terms numbered from 0 in the order given.

    Parameters
    ----------
    terms : iterable of distinct str

    Raises
    ------
    ValueError
        A term is there twice, or two share a digest.
    """

    def __init__(self, terms: Iterable[str] = ()) -> None:
        digests = digests_of(list(terms))
        order = np.argsort(digests)
        self._sorted = digests[order]
        self._number = order.astype(np.int32)
        if len(digests) and bool((self._sorted[1:] == self._sorted[:-1]).any()):
            raise ValueError("two terms share a digest, or one is there twice")

    @classmethod
    def of_arrays(cls, digests: Digests, numbers: NDArray[np.int32]) -> Vocabulary:
        """Return the vocabulary that had these columns."""
        found = cls()
        found._sorted, found._number = digests, numbers
        return found

    @property
    def columns(self) -> tuple[Digests, NDArray[np.int32]]:
        """The digests in ascending order, and the number of each term."""
        return self._sorted, self._number

    def __len__(self) -> int:
        return len(self._sorted)

    def __contains__(self, term: str) -> bool:
        return self.get(term) is not None

    def get(self, term: str) -> int | None:
        """Return the number of a term, or None where it is not known."""
        number = int(self.numbers([term])[0])
        return None if number < 0 else number

    def numbers(self, terms: Sequence[str]) -> NDArray[np.int64]:
        """Return the number of each term, -1 where it is not known."""
        if not len(self._sorted):
            return np.full(len(terms), -1, dtype=np.int64)
        wanted = digests_of(terms)
        at = np.minimum(np.searchsorted(self._sorted, wanted), len(self._sorted) - 1)
        found: NDArray[np.int64] = np.where(
            self._sorted[at] == wanted, self._number[at].astype(np.int64), -1
        )
        return found


def digests_of(terms: Sequence[str]) -> Digests:
    """Return the first 64 bits of each term's BLAKE2b, the same on every machine."""
    joined = b"".join(
        hashlib.blake2b(term.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
        for term in terms
    )
    return np.frombuffer(joined, dtype="<u8").astype(np.uint64)
