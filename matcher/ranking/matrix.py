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
SIDE_PRIOR = 20.0
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
    is_typical : bool array (len(candidates),) or None; in a large collection, those of the sample
        that no channel chose: they stand for whoever was not looked at
    """

    candidates: NDArray[np.int64]
    is_population: NDArray[np.bool_]
    n_eligible: int
    is_typical: NDArray[np.bool_] | None = None


def make_pool(  # noqa: PLR0913 (each narrows whom to look at)
    index: EvidenceIndex,
    scores: UnitScores,
    eligible: NDArray[np.bool_] | None = None,
    *,
    per_channel: int = 300,
    always: NDArray[np.int64] | None = None,
    hidden: NDArray[np.bool_] | None = None,
    owners: NDArray[np.integer] | None = None,
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
    hidden : bool array (n_units,), optional
        Evidence that must not be seen: it brings nobody into the shortlist either.
    owners : int array (n_candidates,), optional
        Who offers each candidate; the sample of a large collection then takes whole owners.
    """
    collection = index.collection
    allowed = np.ones(collection.n_candidates, dtype=bool) if eligible is None else eligible
    everyone = np.flatnonzero(allowed)
    is_fitted = index.is_fitted[everyone]
    if not is_fitted.any():
        is_fitted = np.ones(len(everyone), dtype=bool)
    if len(everyone) <= EXACT_CANDIDATES:
        return Pool(everyone, is_fitted, len(everyone))
    sample = _fair_sample(everyone[is_fitted], owners)
    channels = (scores.lexical, scores.topic, scores.meaning, scores.title_meaning, scores.pivot)
    chosen = []
    for channel in channels:
        visible = channel if hidden is None else np.where(hidden, 0.0, channel)
        best = np.maximum.reduceat(visible, collection.starts)
        best = np.where(allowed, best, -1.0)
        top = np.argpartition(-best, per_channel)[:per_channel]
        chosen.append(top[best[top] > 0])
    strong = np.unique(np.concatenate(chosen))
    candidates = np.union1d(sample, strong)
    if always is not None:
        candidates = np.union1d(candidates, always[allowed[always]])
    is_sampled = np.isin(candidates, sample)
    is_typical = is_sampled & ~np.isin(candidates, strong)
    return Pool(candidates, is_sampled, len(everyone), is_typical)


def _fair_sample(
    candidates: NDArray[np.int64], owners: NDArray[np.integer] | None
) -> NDArray[np.int64]:
    """Take about ``SAMPLE_CANDIDATES`` at even distances, or all those of as many owners."""
    if owners is None:
        return candidates[_evenly(len(candidates), SAMPLE_CANDIDATES)]
    own = owners[candidates]
    n_each = np.bincount(own)
    present = np.flatnonzero(n_each)
    n_owners = -(-SAMPLE_CANDIDATES * len(present) // len(candidates))
    is_chosen = np.zeros(len(n_each), dtype=bool)
    is_chosen[present[_evenly(len(present), n_owners)]] = True
    sample: NDArray[np.int64] = candidates[is_chosen[own]]
    return sample


def _evenly(n: int, n_taken: int) -> NDArray[np.int64]:
    return np.linspace(0, n - 1, n_taken).astype(np.int64)


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
    scores = index.refined(query, scores, view.units)
    columns = affinity_columns(scores, index.topics.vectors, view)
    matrix = np.full((len(pool.candidates), len(FEATURE_NAMES)), np.nan)
    for name in TEXT_FEATURE_NAMES:
        matrix[:, COLUMN_OF[name]] = columns[name]
    is_readable = index.written_in[query.language][pool.candidates]
    if is_readable.any() and not is_readable.all():
        _standardise_by_language(matrix, pool.is_population, is_readable)
        return matrix
    trust = min(1.0, query.known_share / FULL_TRUST_SHARE)
    for name in _RELATIVE_TEXT:
        factor = trust if name in WORD_FEATURES else 1.0
        column = matrix[:, COLUMN_OF[name]]
        matrix[:, COLUMN_OF[name]] = factor * standardised(column, pool.is_population)
    return matrix


def _standardise_by_language(
    matrix: NDArray[np.float64], is_population: NDArray[np.bool_], is_readable: NDArray[np.bool_]
) -> None:
    """Standardise candidates written in the need's language and all others apart, in place.

    Words say nothing of who writes in another language: NaN there, and the model reads the meaning
    in their place. Texts of one language are also closer to each other in meaning than texts of
    two, so each side is held against its own kind.
    """
    for name in _RELATIVE_TEXT:
        column = matrix[:, COLUMN_OF[name]]
        own = standardised(column, is_population, is_readable)
        others = standardised(column, is_population, ~is_readable)
        if name in WORD_FEATURES:
            others = np.full(len(column), np.nan)
        matrix[:, COLUMN_OF[name]] = np.where(is_readable, own, others)


def standardised(
    column: Column, is_population: NDArray[np.bool_], side: NDArray[np.bool_] | None = None
) -> Column:
    """Return (x - mean) / deviation over the population; zeros where all are equal.

    Parameters
    ----------
    side : bool array, optional
        Take mean and deviation from this part of the population; the whole then counts as
        ``SIDE_PRIOR`` more candidates, which matters where the part is small.
    """
    population = column[is_population]
    if not len(population):
        return np.zeros_like(column)
    mean, deviation = float(population.mean()), float(population.std())
    if side is not None:
        mean, deviation = _moments_of_side(column[is_population & side], mean, deviation)
    # Relative to the size of the values: rounding noise must not be blown up into differences.
    if deviation <= 1e-6 * max(float(np.abs(population).max()), 1e-12):
        return np.zeros_like(column)
    result: Column = (column - mean) / deviation
    return result


def _moments_of_side(own: Column, mean: float, deviation: float) -> tuple[float, float]:
    """Return mean and deviation of a part, drawn towards those of the whole."""
    weight = len(own) / (len(own) + SIDE_PRIOR)
    if not weight:
        return mean, deviation
    variance = weight * float(own.var()) + (1 - weight) * deviation**2
    return weight * float(own.mean()) + (1 - weight) * mean, variance**0.5
