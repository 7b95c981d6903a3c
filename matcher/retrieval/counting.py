"""Count terms of documents into columns, without a loop over terms."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray


class TermCounts(NamedTuple):
    """How often each document holds each of its terms.

    Attributes
    ----------
    vocabulary : mapping of term to number, in the order in which terms are first met
    documents, terms, counts : int64 arrays (n_pairs,), documents ascending; the terms of one
        document in the order in which it first holds them
    lengths : int64 array (n_documents,)
    """

    vocabulary: dict[str, int]
    documents: NDArray[np.int64]
    terms: NDArray[np.int64]
    counts: NDArray[np.int64]
    lengths: NDArray[np.int64]


def count_terms(documents: Sequence[Sequence[str]]) -> TermCounts:
    """Count the terms of each document.

    Examples
    --------
    >>> found = count_terms([["b", "a", "b"], [], ["a"]])
    >>> found.vocabulary, found.terms.tolist(), found.counts.tolist(), found.lengths.tolist()
    ({'b': 0, 'a': 1}, [0, 1, 1], [2, 1, 1], [3, 0, 1])
    """
    lengths = np.array([len(document) for document in documents], dtype=np.int64)
    distinct = dict.fromkeys(chain.from_iterable(documents))
    vocabulary = {term: number for number, term in enumerate(distinct)}
    every = map(vocabulary.__getitem__, chain.from_iterable(documents))
    terms = np.fromiter(every, dtype=np.int64, count=int(lengths.sum()))
    owners = np.repeat(np.arange(len(lengths)), lengths)
    pairs = owners * max(len(vocabulary), 1) + terms
    _, first, counts = np.unique(pairs, return_index=True, return_counts=True)
    order = np.argsort(first, kind="stable")
    at = first[order]
    return TermCounts(vocabulary, owners[at], terms[at], counts[order], lengths)
