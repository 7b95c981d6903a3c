"""Rows of vectors, in blocks: what an index was built with, and what came after.

A block is never changed or copied when rows are added, so following a change costs what the change
is large. Up to ``EXACT_ROWS`` vectors are kept as they are. A larger block is kept in eight bits
and scanned by its leading directions: enough to say who may be close; ``take`` then gives
the whole vectors of those that are looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from matcher.text.arrays import Arrays

EXACT_ROWS = 60_000
SCANNED_DIRECTIONS = 96
FITTED_ROWS = 10_000  # a sample fixes the directions
CHUNK = 8_192

Vectors = NDArray[np.float32]
Indices = NDArray[np.int64]


class Block(Protocol):
    """Some rows of one matrix."""

    def __len__(self) -> int:
        """Return the number of rows."""
        ...

    def scan(self, query: Vectors) -> Vectors:
        """Return the product of every row with a vector, near enough to choose by."""
        ...

    def take(self, rows: Indices) -> Vectors:
        """Return some rows."""
        ...

    def arrays(self) -> Arrays:
        """Return what the block holds."""
        ...


class PlainBlock:
    """Rows as they are."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = vectors

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._vectors)

    def scan(self, query: Vectors) -> Vectors:
        """Return the exact product of every row with a vector."""
        found: Vectors = self._vectors @ query
        return found

    def take(self, rows: Indices) -> Vectors:
        """Return some rows."""
        return self._vectors[rows]

    def arrays(self) -> Arrays:
        """Return the rows."""
        return {"vectors": self._vectors}


class CompactBlock:
    """Rows in eight bits, and their projections on the directions in which rows differ most."""

    def __init__(self, vectors: Vectors) -> None:
        largest = np.abs(vectors).max(axis=1, initial=0.0)
        self._step = np.where(largest > 0, largest / 127.0, 1.0).astype(np.float32)
        self._small = np.empty(vectors.shape, dtype=np.int8)
        self._directions = leading_directions(vectors)
        self._projected = vectors @ self._directions
        for start in range(0, len(vectors), CHUNK):
            part = slice(start, start + CHUNK)
            self._small[part] = np.rint(vectors[part] / self._step[part, None])

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self._small)

    def scan(self, query: Vectors) -> Vectors:
        """Return the product of every projected row with the projected vector."""
        found: Vectors = self._projected @ (self._directions.T @ query)
        return found

    def take(self, rows: Indices) -> Vectors:
        """Return some rows, each number within a 254th of the row's largest."""
        restored: Vectors = self._small[rows].astype(np.float32)
        restored *= self._step[rows, None]
        return restored

    def arrays(self) -> Arrays:
        """Return the small rows and what they are scanned by."""
        return {
            "small": self._small,
            "step": self._step,
            "directions": self._directions,
            "projected": self._projected,
        }

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> CompactBlock:
        """Return the block that had these arrays."""
        block = cls.__new__(cls)
        block._small, block._step = arrays["small"], arrays["step"]
        block._directions, block._projected = arrays["directions"], arrays["projected"]
        return block


def leading_directions(vectors: Vectors) -> Vectors:
    """Return the directions of a sample's largest second moments (n_dimensions, n_directions)."""
    at = np.linspace(0, len(vectors) - 1, min(len(vectors), FITTED_ROWS)).astype(np.int64)
    sample = vectors[at].astype(np.float64)
    _, directions = np.linalg.eigh(sample.T @ sample)
    kept = directions[:, ::-1][:, :SCANNED_DIRECTIONS]
    return np.ascontiguousarray(kept.astype(np.float32))


class Rows:
    """A matrix of blocks.

    Parameters
    ----------
    blocks : sequence of Block
    width : int
        Number of columns.
    """

    def __init__(self, blocks: Sequence[Block], width: int) -> None:
        self._blocks = tuple(blocks)
        self._starts = np.cumsum([0, *(len(block) for block in self._blocks)])
        self.shape = (int(self._starts[-1]), width)

    @classmethod
    def of(cls, vectors: Vectors, *, compact: bool = False) -> Rows:
        """Return one block of these rows, in eight bits where they are many and that is allowed."""
        large = compact and len(vectors) > EXACT_ROWS
        return cls([CompactBlock(vectors) if large else PlainBlock(vectors)], vectors.shape[1])

    def arrays(self) -> Arrays:
        """Return what the first block holds: the rows of the build."""
        return self._blocks[0].arrays()

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Rows:
        """Return the rows of one block that had these arrays."""
        if "vectors" in arrays:
            return cls([PlainBlock(arrays["vectors"])], arrays["vectors"].shape[1])
        return cls([CompactBlock.of_arrays(arrays)], arrays["small"].shape[1])

    @property
    def is_exact(self) -> bool:
        """Whether ``scan`` is exact."""
        return not any(isinstance(block, CompactBlock) for block in self._blocks)

    def followed_by(self, vectors: Vectors) -> Rows:
        """Return these rows with others behind them.

        The first block stays as it is; later ones are joined, so that there are at most two.
        """
        first, *later = self._blocks
        everything = [np.arange(len(block)) for block in later]
        joined = [block.take(rows) for block, rows in zip(later, everything, strict=True)]
        return Rows([first, PlainBlock(np.concatenate([*joined, vectors]))], self.shape[1])

    def scan(self, query: Vectors) -> Vectors:
        """Return the product of every row with a vector, float32 (n_rows,)."""
        return np.concatenate([block.scan(query) for block in self._blocks])

    def take(self, rows: Indices) -> Vectors:
        """Return some rows, float32 (n_taken, n_columns)."""
        if len(self._blocks) == 1:
            return self._blocks[0].take(rows)
        taken = np.empty((len(rows), self.shape[1]), dtype=np.float32)
        for start, block in zip(self._starts, self._blocks, strict=False):
            inside = (rows >= start) & (rows < start + len(block))
            taken[inside] = block.take(rows[inside] - start)
        return taken

    def all(self) -> Vectors:
        """Return every row."""
        return self.take(np.arange(self.shape[0]))
