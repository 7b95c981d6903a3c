"""From unit scores to the feature matrix of a need: one row a candidate, one column a feature.

Relative features are standardised over all eligible candidates of the need, so that one table
serves collections of any size and language. Above ``EXACT_CANDIDATES`` the mean and deviation are
estimated on a fixed sample; the shortlist itself is always exact.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.features import FEATURE_NAMES, FEATURES, TEXT_FEATURE_NAMES
from matcher.ranking.features.affinity import affinity_columns
from matcher.ranking.features.base import Column, view_units
from matcher.retrieval.index import EvidenceIndex, QueryText, UnitScores

EXACT_CANDIDATES = 8_192
SAMPLE_CANDIDATES = 2_048
# Below half of the need's words known to the collection, word-based columns fade out in proportion:
# across languages they see only numbers and abbreviations.
FULL_TRUST_SHARE = 0.5
WORD_FEATURES = frozenset(
    {
        "lexical_best",
        "lexical_recent",
        "phrase_affinity",
        "topic_recent",
        "topic_focus",
        "title_lexical",
    }
)
COLUMN_OF = {name: i for i, name in enumerate(FEATURE_NAMES)}
_RELATIVE_TEXT = tuple(f.name for f in FEATURES if f.is_relative and f.name in TEXT_FEATURE_NAMES)


@dataclass(frozen=True)
class Pool:
    """The candidates that a need is compared with.

    Attributes
    ----------
    candidates : int array, ascending indices of the candidates whose columns are computed
    is_population : bool array (len(candidates),), those over which columns are standardised
    n_eligible : int, how many candidates the population stands for
    """

    candidates: NDArray[np.int64]
    is_population: NDArray[np.bool_]
    n_eligible: int


def make_pool(
    index: EvidenceIndex,
    scores: UnitScores,
    eligible: NDArray[np.bool_] | None = None,
    *,
    per_channel: int = 300,
    always: NDArray[np.int64] | None = None,
) -> Pool:
    """Choose whom to look at: everyone, or in a large collection the best of each channel.

    Parameters
    ----------
    eligible : bool array (n_candidates,), optional
        Candidates that passed the hard constraints.
    per_channel : int
        How many of the best by words, topics and meaning enter the shortlist of a large collection.
    always : int array, optional
        Candidates that are looked at in any case, where they are eligible.
    """
    collection = index.collection
    allowed = np.ones(collection.n_candidates, dtype=bool) if eligible is None else eligible
    everyone = np.flatnonzero(allowed)
    if len(everyone) <= EXACT_CANDIDATES:
        return Pool(everyone, np.ones(len(everyone), dtype=bool), len(everyone))
    sample = everyone[np.linspace(0, len(everyone) - 1, SAMPLE_CANDIDATES).astype(np.int64)]
    channels = (scores.lexical, scores.topic, scores.meaning, scores.title_meaning, scores.pivot)
    chosen = [sample]
    if always is not None:
        chosen.append(always[allowed[always]])
    for channel in channels:
        best = np.maximum.reduceat(channel, collection.starts)
        best = np.where(allowed, best, -1.0)
        top = np.argpartition(-best, per_channel)[:per_channel]
        chosen.append(top[best[top] > 0])
    candidates = np.unique(np.concatenate(chosen))
    return Pool(candidates, np.isin(candidates, sample), len(everyone))


def text_matrix(
    index: EvidenceIndex,
    query: QueryText,
    scores: UnitScores,
    pool: Pool,
    hidden: NDArray[np.bool_] | None = None,
) -> NDArray[np.float64]:
    """Fill the text columns of the feature matrix; all others are NaN (nothing stated).

    Parameters
    ----------
    hidden : bool array (n_units,), optional
        Evidence that must not be seen.

    Returns
    -------
    float64 array (len(pool.candidates), n_features)
    """
    year = query.year if query.year is not None else index.latest_year
    view = view_units(index.collection, pool.candidates, year, hidden)
    topic = index.topics.vector(query.terms).astype(np.float64)
    scores = index.refined(query, scores, view.units)
    columns = affinity_columns(scores, index.topics.vectors, view, topic)
    matrix = np.full((len(pool.candidates), len(FEATURE_NAMES)), np.nan)
    for name in TEXT_FEATURE_NAMES:
        matrix[:, COLUMN_OF[name]] = columns[name]
    trust = min(1.0, query.known_share / FULL_TRUST_SHARE)
    for name in _RELATIVE_TEXT:
        factor = trust if name in WORD_FEATURES else 1.0
        column = matrix[:, COLUMN_OF[name]]
        matrix[:, COLUMN_OF[name]] = factor * standardised(column, pool.is_population)
    return matrix


def standardised(column: Column, is_population: NDArray[np.bool_]) -> Column:
    """Return (x - mean) / deviation over the population; zeros where all are equal."""
    population = column[is_population]
    if not len(population):
        return np.zeros_like(column)
    deviation = float(population.std())
    # Relative to the size of the values: rounding noise must not be blown up into differences.
    if deviation <= 1e-6 * max(float(np.abs(population).max()), 1e-12):
        return np.zeros_like(column)
    result: Column = (column - population.mean()) / deviation
    return result
