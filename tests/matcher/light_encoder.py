"""A second sentence encoder: hashed terms. Fast and exact to reason about, blind to meaning."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.text.terms import search_terms

WIDTH = 32


class TermEncoder:
    """Adds one fixed random direction a term; equal texts get equal vectors."""

    name = "hashed-terms"

    def __init__(self) -> None:
        self.seen: list[str] = []

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        self.seen += texts
        rows = [sum((direction(term) for term in search_terms(t)), np.zeros(WIDTH)) for t in texts]
        vectors = np.array(rows, dtype=np.float32).reshape(len(texts), WIDTH)
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, np.where(norms > 0, norms, 1.0)).astype(np.float32)


def direction(term: str) -> NDArray[np.float64]:
    """A direction that depends on nothing but the term."""
    seed = int.from_bytes(hashlib.sha256(term.encode()).digest()[:8], "big")
    return np.random.default_rng(seed).standard_normal(WIDTH)


class DictCache:
    """Vectors by digest, with a note of what was asked."""

    def __init__(self) -> None:
        self.kept: dict[str, NDArray[np.float32]] = {}

    def get_many(self, digests: Sequence[str]) -> dict[str, NDArray[np.float32]]:
        return {d: self.kept[d] for d in digests if d in self.kept}

    def put_many(self, vectors: dict[str, NDArray[np.float32]]) -> None:
        self.kept.update(vectors)
