"""Vectors of the texts that an explanation may quote or compare: evidence, and what bases say.

The vectors of a catalogue of ordinary size are kept as one matrix, so that an explanation looks
rows up and encodes nothing. Texts beyond that come from the vector cache at the time of asking.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.bases.hosts import base_texts
from matcher.ranking.catalogue_units import evidence_texts
from matcher.records import Capability, Catalogue
from matcher.retrieval.dense import DenseIndex, centred
from matcher.text.embedding import SentenceEncoder, VectorCache, encode_cached
from matcher.text.terms import detect_language

MAX_KEPT = 20_000  # texts; 40 MB

Vectors = NDArray[np.float32]


class Quotes:
    """Centred vectors of texts, by text; safe to read from several threads.

    Parameters
    ----------
    space : DenseIndex
        Whose language means are taken out.
    encoder : SentenceEncoder

    Attributes
    ----------
    source : VectorCache or None
        Where vectors that are not kept here are asked for; must be safe in every thread.
    """

    def __init__(self, space: DenseIndex, encoder: SentenceEncoder) -> None:
        self.source: VectorCache | None = None
        self._means = space.means
        self._encoder = encoder
        self._row_of: dict[str, int] = {}
        self._kept: Vectors = np.zeros((0, 0), dtype=np.float32)

    def keep(self, texts: Iterable[str], cache: VectorCache | None = None) -> None:
        """Encode texts now and keep their vectors, as many as there is room for."""
        new = [text for text in dict.fromkeys(texts) if text and text not in self._row_of]
        n_before = len(self._row_of)
        new = new[: max(MAX_KEPT - n_before, 0)]
        if not new:
            return
        vectors = self._encoded(new, cache)
        # The longer matrix first: whoever finds a row number also finds the row.
        self._kept = np.concatenate((self._kept, vectors)) if n_before else vectors
        self._row_of.update((text, n_before + i) for i, text in enumerate(new))

    def vectors(self, texts: Sequence[str]) -> Vectors:
        """Return the centred vector of each text, (n_texts, n_dimensions)."""
        rows = [self._row_of.get(text, -1) for text in texts]
        if min(rows, default=0) >= 0:
            return self._kept[rows]
        missing = [text for text, row in zip(texts, rows, strict=True) if row < 0]
        found = dict(zip(missing, self._encoded(missing, self.source), strict=True))
        kept = self._kept
        return np.array(
            [found[t] if row < 0 else kept[row] for t, row in zip(texts, rows, strict=True)]
        )

    def centre(self, texts: Sequence[str], vectors: Vectors) -> Vectors:
        """Return raw vectors of texts without the mean of each text's language."""
        return centred(vectors, [detect_language(text) for text in texts], self._means)

    def _encoded(self, texts: Sequence[str], cache: VectorCache | None) -> Vectors:
        return self.centre(texts, encode_cached(texts, self._encoder, cache))


def quotable_texts(catalogue: Catalogue, capabilities: Iterable[Capability]) -> list[str]:
    """Return what explanations of these capabilities compare, and what every base says."""
    texts = dict.fromkeys(base_texts(catalogue.pilot_bases.values()))
    for capability in capabilities:
        for evidence in evidence_texts(capability, catalogue):
            texts.update(dict.fromkeys((evidence.text, evidence.text_en)))
    return [text for text in texts if text]
