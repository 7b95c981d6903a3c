"""Arrays by name: the form in which what was built is kept beside the database.

Here: how names nest, how words become bytes, and the digest of the code that builds. Files are the
store's business; which arrays there are is said by each class with ``arrays`` and ``of_arrays``.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

LIBRARIES = ("numpy", "scipy", "opencc-python-reimplemented", "rjieba", "snowballstemmer")


class ArrayCache(Protocol):
    """Where arrays survive a restart; the store has one. What it cannot give is built anew."""

    def get(self, name: str, key: str) -> Arrays | None:
        """Return the arrays kept under this name if they were kept under this key."""
        ...

    def put(self, name: str, key: str, arrays: Arrays) -> None:
        """Keep arrays under a name in place of those before."""
        ...


def packed_words(words: Iterable[str]) -> NDArray[np.uint8]:
    """Return words as bytes, in order.

    Examples
    --------
    >>> words_of(packed_words(["裂纹", "crack", ""]))
    ['裂纹', 'crack', '']
    """
    return np.frombuffer(json.dumps(list(words)).encode("ascii"), dtype=np.uint8)


def words_of(packed: NDArray[np.uint8]) -> list[str]:
    """Return the words that were packed."""
    words: list[str] = json.loads(packed.tobytes())
    return words


def nested(parts: Mapping[str, Arrays]) -> Arrays:
    """Put arrays of several parts under one roof: ``part/name``."""
    return {f"{part}/{name}": a for part, arrays in parts.items() for name, a in arrays.items()}


def part_of(arrays: Arrays, part: str) -> Arrays:
    """Return the arrays of one part, under their own names."""
    start = f"{part}/"
    return {n.removeprefix(start): a for n, a in arrays.items() if n.startswith(start)}


def number(value: float) -> NDArray[np.float64]:
    """Return a number as an array of itself."""
    return np.array(value, dtype=np.float64)


@cache
def code_digest() -> str:
    """Return the digest of the code that cuts, weighs and compares texts, with its libraries.

    Part of every key: whoever changes that code, or updates a library, meets nothing of before.
    """
    found = hashlib.sha256(" ".join(version(name) for name in LIBRARIES).encode())
    rooms = Path(__file__).resolve().parents[1]
    for room in ("text", "retrieval"):
        for path in sorted((rooms / room).glob("*.py")):
            found.update(path.name.encode() + path.read_bytes())
    return found.hexdigest()
