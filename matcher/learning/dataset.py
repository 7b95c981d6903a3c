"""Evaluation packs and catalogue cases as ranked queries: what is indexed, what may be seen.

A pack's document may carry dated evidence; a need then sees only evidence of years before its own.
A ``RankedQuery`` holds everything that training, evaluation and baselines need of one query.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.interchange.packs import Pack, PackQuery
from matcher.ranking.matrix import Pool, make_pool, text_matrix
from matcher.retrieval.collection import Collection, Unit, build_collection
from matcher.retrieval.index import EvidenceIndex

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class RankedQuery:
    """One query with its feature matrix over the candidates looked at.

    Attributes
    ----------
    query_id, group_id : str
        The group decides the side of every split.
    candidate_ids : tuple of str (n_candidates,)
    matrix : float64 array (n_candidates, n_features)
    grades : int array (n_candidates,), 0 where nothing is known
    is_population : bool array (n_candidates,)
    n_eligible : int
    regime : ``long``, ``short`` or ``catalogue``
    source : str, which pack it comes from
    """

    query_id: str
    group_id: str
    candidate_ids: tuple[str, ...]
    matrix: NDArray[np.float64]
    grades: NDArray[np.int64]
    is_population: NDArray[np.bool_]
    n_eligible: int
    regime: str
    source: str


def pack_collection(pack: Pack, *, titles_only: bool = False) -> Collection:
    """Turn a pack into a collection: dated evidence where it has some, else one unit a document.

    Parameters
    ----------
    titles_only : bool
        Keep only titles: the same task with the short evidence that a young platform has.
    """
    documents = [document.id for document in pack.documents]
    if pack.evidence:
        units = [
            Unit(e.id, e.doc_id, e.title, "" if titles_only else e.text, year=e.year)
            for e in pack.evidence
        ]
    else:
        units = [
            Unit(d.id, d.id, d.title, "" if titles_only and d.title else d.text, year=d.year)
            for d in pack.documents
        ]
    return build_collection(units, documents)


def hidden_units(collection: Collection, query: PackQuery) -> NDArray[np.bool_] | None:
    """Return which units are not older than the query, or None where time is unknown."""
    if query.year is None:
        return None
    hidden: NDArray[np.bool_] = (collection.years > 0) & (collection.years >= query.year)
    return hidden if bool(hidden.any()) else None


def eligible_candidates(
    collection: Collection, hidden: NDArray[np.bool_] | None
) -> NDArray[np.bool_] | None:
    """Return which candidates keep at least one unit, or None where all do."""
    if hidden is None:
        return None
    seen = np.bincount(collection.candidate_of[~hidden], minlength=collection.n_candidates)
    return seen > 0


def ranked_queries(
    pack: Pack,
    index: EvidenceIndex,
    *,
    grades: Mapping[str, Mapping[str, int]] | None = None,
    per_channel: int = 300,
    always: Mapping[str, Sequence[str]] | None = None,
    progress: Progress | None = None,
) -> Iterator[RankedQuery]:
    """Compute the feature matrix of every query of a pack.

    Parameters
    ----------
    grades : mapping of query id to mapping of document id to grade, optional
        The pack's own judgements when omitted.
    always : mapping of query id to document ids, optional
        Documents that are looked at whatever the shortlist says.
    """
    judged = pack.qrels if grades is None else grades
    collection = index.collection
    for done, query in enumerate(pack.queries):
        hidden = hidden_units(collection, query)
        text = index.read_query(query.title, query.text, year=query.year)
        scores = index.score_units(text)
        pool = make_pool(
            index,
            scores,
            eligible_candidates(collection, hidden),
            per_channel=per_channel,
            always=_positions(collection, (always or {}).get(query.id, ())),
            hidden=hidden,
        )
        yield _ranked_query(
            pack.name,
            query,
            judged.get(query.id, {}),
            index,
            pool,
            text_matrix(index, text, scores, pool, hidden),
        )
        if progress:
            progress(done + 1, len(pack.queries))


def _positions(collection: Collection, ids: Sequence[str]) -> NDArray[np.int64]:
    known = [collection.index_of[i] for i in ids if i in collection.index_of]
    return np.array(known, dtype=np.int64)


def _ranked_query(
    source: str,
    query: PackQuery,
    judged: Mapping[str, int],
    index: EvidenceIndex,
    pool: Pool,
    matrix: NDArray[np.float64],
) -> RankedQuery:
    ids = tuple(index.collection.candidate_ids[i] for i in pool.candidates)
    return RankedQuery(
        query_id=query.id,
        group_id=query.id,
        candidate_ids=ids,
        matrix=matrix,
        grades=np.array([judged.get(i, 0) for i in ids], dtype=np.int64),
        is_population=pool.is_population,
        n_eligible=pool.n_eligible,
        regime=index.regime,
        source=source,
    )
