"""Count terms of documents into columns, without a loop over terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, count, islice
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

CHUNK = 4_096  # documents


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


def count_terms(documents: Iterable[Sequence[str]]) -> TermCounts:
    """Count the terms of each document.

    Examples
    --------
    >>> found = count_terms([["b", "a", "b"], [], ["a"]])
    >>> found.vocabulary, found.terms.tolist(), found.counts.tolist(), found.lengths.tolist()
    ({'b': 0, 'a': 1}, [0, 1, 1], [2, 1, 1], [3, 0, 1])
    """
    number_of: defaultdict[str, int] = defaultdict(count().__next__)
    parts, lengths, n_before = [], [np.empty(0, dtype=np.int64)], 0
    for chunk in _chunks(documents):
        lengths.append(np.array([len(document) for document in chunk], dtype=np.int64))
        numbers = map(number_of.__getitem__, chain.from_iterable(chunk))
        terms = np.fromiter(numbers, dtype=np.int64, count=int(lengths[-1].sum()))
        parts.append(_pairs(terms, np.repeat(np.arange(len(chunk)), lengths[-1]), n_before))
        n_before += len(chunk)
    nothing = np.empty(0, dtype=np.int64)
    owners, terms, counts = (
        np.concatenate([nothing, *(part[i] for part in parts)]) for i in range(3)
    )
    return TermCounts(dict(number_of), owners, terms, counts, np.concatenate(lengths))


def _chunks(documents: Iterable[Sequence[str]]) -> Iterator[list[Sequence[str]]]:
    """Take documents by the thousand, so that those of a stream need not all be in memory."""
    stream = iter(documents)
    while chunk := list(islice(stream, CHUNK)):
        yield chunk


def _pairs(
    terms: NDArray[np.int64], owners: NDArray[np.int64], n_before: int
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Return document, term and count of each distinct pair, in the order of first places."""
    keys = owners * (int(terms.max(initial=0)) + 1) + terms
    _, first, counts = np.unique(keys, return_index=True, return_counts=True)
    order = np.argsort(first, kind="stable")
    at = first[order]
    return owners[at] + n_before, terms[at], counts[order].astype(np.int64)
