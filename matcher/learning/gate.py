"""May a candidate replace the serving model? Each reason for or against it is a row with figures.

Both are measured on the same queries, and queries are what is resampled. A row speaks against the
candidate only beyond its 95 % interval: what cannot be told apart passes, and says so by its width.
Property tests are run elsewhere (``matcher.reports``) and come in as plain outcomes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.learning.adequacy import Tried, net_benefit
from matcher.learning.bootstrap import paired_difference
from matcher.learning.dataset import RankedQuery
from matcher.learning.measures import query_ndcg
from matcher.learning.probability_metrics import N_BINS, wilson_interval

CANDIDATE, SERVING, BASE_RATE = "candidate", "serving", "base_rate"
N_SHOWN = 10
MIN_QUERIES = 20
MIN_MEMBERS = 5  # of a group, before its share of exposure says anything
# A group's share of what is shown over its share of who could be shown; the four-fifths rule and
# its inverse. Inside the band no difference to the serving model counts.
FAIR_BAND = (0.8, 1.25)
# By so much may the most shown provider's share of all that is seen exceed the serving model's.
CONCENTRATION_MARGIN = 0.03
# A difference that three digits do not show counts as none, however narrow its interval: over many
# queries a change of a few hundred-thousandths is certain, and says nothing to anybody.
SMALLEST = 0.0005
N_RESAMPLES = 1_000
BETTER, EQUAL, WORSE, NOT_ENOUGH = "better", "equal", "worse", "not_enough"

Array = NDArray[np.float64]
Weights = NDArray[np.float64]  # (n_resamples, n_queries): how often each query was drawn


@dataclass(frozen=True, slots=True)
class GateRow:
    """One check: the candidate's figure, the other's, and how sure their difference is.

    ``low`` and ``high`` bound ``difference``; a difference above zero is good for the candidate.
    """

    check: str
    against: str
    queries: str  # which queries: cases, history, properties
    candidate: float | None
    other: float | None
    difference: float | None
    low: float | None
    high: float | None
    n: int
    verdict: str


@dataclass(frozen=True, slots=True)
class PropertyOutcome:
    """How one property test ended for one model."""

    name: str
    n: int
    n_passed: int
    passed: bool


@dataclass(frozen=True)
class Measured:
    """One model on the queries: scores and probabilities of each query's candidates."""

    scores: Sequence[Array]
    probabilities: Sequence[Array]


def passes(rows: Iterable[GateRow]) -> bool:
    """Say whether nothing speaks against the candidate."""
    return all(row.verdict != WORSE for row in rows)


def rows_json(rows: Iterable[GateRow]) -> list[dict[str, Any]]:
    """Return rows as plain records."""
    return [asdict(row) for row in rows]


def ndcg_values(queries: Sequence[RankedQuery], scores: Sequence[Array]) -> dict[str, float]:
    """Return nDCG@10 of each query by its id."""
    return {q.query_id: query_ndcg(q, s) for q, s in zip(queries, scores, strict=True)}


def ranking_row(
    candidate: Mapping[str, float],
    other: Mapping[str, float],
    against: str,
    queries: str,
    seed: int,
) -> GateRow:
    """Compare nDCG@10 on the queries that both have.

    Parameters
    ----------
    candidate, other : mapping of query id to nDCG@10
    """
    shared = sorted(set(candidate) & set(other))
    if len(shared) < MIN_QUERIES:
        return _too_few("ndcg@10", against, queries, len(shared))
    ours, theirs = (np.array([of[q] for q in shared]) for of in (candidate, other))
    found = paired_difference(ours, theirs, seed=seed)
    figures = (float(ours.mean()), float(theirs.mean()), found.mean, found.low, found.high)
    verdict = _verdict(found.mean, found.low, found.high)
    return GateRow("ndcg@10", against, queries, *figures, found.n, verdict)


def calibration_rows(
    queries: Sequence[RankedQuery], candidate: Measured, serving: Measured, name: str, seed: int
) -> list[GateRow]:
    """Compare Brier score and calibration error on what either model would show.

    The pairs are the union of the first ten of both, so that neither chooses what it is asked; the
    simplest calibrated answer, the share of matches among them, stands beside as a baseline.
    """
    if len(queries) < MIN_QUERIES:
        return [_too_few(c, SERVING, name, len(queries)) for c in ("brier", "calibration_error")]
    shown = [_either_shows(a, b) for a, b in zip(candidate.scores, serving.scores, strict=True)]
    happened = [(q.grades[s] > 0).astype(float) for q, s in zip(queries, shown, strict=True)]
    ours = [p[s] for p, s in zip(candidate.probabilities, shown, strict=True)]
    theirs = [p[s] for p, s in zip(serving.probabilities, shown, strict=True)]
    rate = float(np.concatenate(happened).mean())
    flat = [np.full(len(y), rate) for y in happened]
    rows = [
        _brier_row(ours, other, happened, against, name, seed)
        for against, other in ((SERVING, theirs), (BASE_RATE, flat))
    ]
    weights = _resamples(len(queries), seed)
    parts = [_bin_sums(p, happened) for p in (ours, theirs)]
    errors = [_calibration_error(part, weights) for part in parts]
    plain = [float(_calibration_error(part, np.ones((1, len(queries))))[0]) for part in parts]
    rows.append(
        _row("calibration_error", SERVING, name, plain, errors[1] - errors[0], len(queries))
    )
    return rows


def fairness_rows(
    queries: Sequence[RankedQuery],
    candidate: Sequence[Array],
    serving: Sequence[Array],
    groups: Mapping[str, frozenset[str]],
    seed: int,
) -> list[GateRow]:
    """Compare who is seen: each group's exposure ratio, and the most shown provider's share.

    Parameters
    ----------
    groups : mapping of a group's name to the ids of its candidates

    Source
    ------
    Exposure 1 / log2(1 + rank) as in Singh & Joachims 2018, KDD, doi:10.1145/3219819.3220088.
    """
    if len(queries) < MIN_QUERIES:
        return [_too_few("most_shown", SERVING, "cases", len(queries))]
    weights = _resamples(len(queries), seed)
    one = np.ones((1, len(queries)))
    seen = [_exposure(queries, scores) for scores in (candidate, serving)]
    rows = [_group_row(n, queries, seen, members, weights) for n, members in groups.items()]

    def most_shown(w: Weights) -> list[Array]:
        return [(w @ of).max(axis=1) / w.sum(axis=1) for of in _dense(seen)]

    drawn, plain = most_shown(weights), [float(v[0]) for v in most_shown(one)]
    gap = drawn[1] - drawn[0]
    row = _row("most_shown", SERVING, "cases", plain, gap, len(queries))
    is_bad = row.high is not None and row.high < -CONCENTRATION_MARGIN
    rows.append(_with_verdict(row, WORSE if is_bad else EQUAL))
    return rows


def adequacy_row(
    tried: Tried, candidate: float, serving: float, queries: str, seed: int
) -> GateRow:
    """Compare from what closeness on each model proposes somebody, by what became of pairs.

    Parameters
    ----------
    tried : pairs among the first five places that had their time to be answered
    candidate, serving : the thresholds of closeness
        A pair that is proposed and agreed on counts 1, one that is not costs what makes a chance of
        one in twenty just worth it (``net_benefit``); the figure is the mean of a pair.
    """
    (ours, n_pairs), (theirs, _) = (net_benefit(tried, t) for t in (candidate, serving))
    if len(ours) < MIN_QUERIES:
        return _too_few("adequacy", SERVING, queries, len(ours))
    weights = _resamples(len(ours), seed)
    drawn = (weights @ (ours - theirs)) / (weights @ n_pairs)
    low, high = (float(v) for v in np.quantile(drawn, (0.025, 0.975)))
    mine, other = (float(of.sum() / n_pairs.sum()) for of in (ours, theirs))
    verdict = _verdict(mine - other, low, high)
    return GateRow(
        "adequacy", SERVING, queries, mine, other, mine - other, low, high, len(ours), verdict
    )


def property_rows(
    candidate: Sequence[PropertyOutcome], serving: Sequence[PropertyOutcome]
) -> list[GateRow]:
    """Compare property tests: what the serving model fulfils, the candidate must fulfil too."""
    others = {outcome.name: outcome for outcome in serving}
    rows = []
    for ours in candidate:
        theirs = others.get(ours.name)
        share = ours.n_passed / ours.n if ours.n else 0.0
        before = theirs.n_passed / theirs.n if theirs and theirs.n else share
        low, high = wilson_interval(ours.n_passed, ours.n) if ours.n else (0.0, 1.0)
        fails_anew = not ours.passed and (theirs is None or theirs.passed)
        is_bad = fails_anew or high < before
        figures = (share, before, share - before, low - before, high - before)
        verdict = WORSE if is_bad else EQUAL
        rows.append(
            GateRow(f"property:{ours.name}", SERVING, "properties", *figures, ours.n, verdict)
        )
    return rows


def _verdict(difference: float, low: float, high: float) -> str:
    if abs(difference) < SMALLEST:
        return EQUAL
    return BETTER if low > 0 else WORSE if high < 0 else EQUAL


def _too_few(check: str, against: str, queries: str, n: int) -> GateRow:
    return GateRow(check, against, queries, None, None, None, None, None, n, NOT_ENOUGH)


def _with_verdict(row: GateRow, verdict: str) -> GateRow:
    return GateRow(**{**asdict(row), "verdict": verdict})


def _row(
    check: str, against: str, queries: str, plain: Sequence[float], drawn: Array, n: int
) -> GateRow:
    """Return a row of a figure of which less is better; ``drawn`` are resampled gains."""
    low, high = (float(v) for v in np.quantile(drawn, (0.025, 0.975)))
    ours, theirs = plain
    return GateRow(
        check, against, queries, ours, theirs, theirs - ours, low, high, n,
        _verdict(theirs - ours, low, high),
    )  # fmt: skip


def _brier_row(
    ours: Sequence[Array],
    theirs: Sequence[Array],
    happened: Sequence[Array],
    against: str,
    name: str,
    seed: int,
) -> GateRow:
    squares = [
        np.array([float(((p - y) ** 2).mean()) for p, y in zip(of, happened, strict=True)])
        for of in (ours, theirs)
    ]
    found = paired_difference(squares[1], squares[0], seed=seed)
    means = (float(squares[0].mean()), float(squares[1].mean()))
    verdict = _verdict(found.mean, found.low, found.high)
    return GateRow(
        "brier", against, name, *means, found.mean, found.low, found.high, found.n, verdict
    )


def _either_shows(ours: Array, theirs: Array) -> NDArray[np.int64]:
    tops = (np.argsort(-scores, kind="stable")[:N_SHOWN] for scores in (ours, theirs))
    return np.unique(np.concatenate(list(tops)))


def _resamples(n: int, seed: int) -> Weights:
    random = np.random.default_rng(seed)
    return random.multinomial(n, np.full(n, 1.0 / n), size=N_RESAMPLES).astype(np.float64)


def _bin_sums(predicted: Sequence[Array], happened: Sequence[Array]) -> tuple[Array, float]:
    """Return what each query adds to the gap of each bin, (n_queries, n_bins), and all pairs."""
    p, y = np.concatenate(predicted), np.concatenate(happened)
    edges = np.quantile(p, np.linspace(0, 1, N_BINS + 1)[1:-1])
    owner = np.repeat(np.arange(len(predicted)), [len(of) for of in predicted])
    gaps = np.zeros((len(predicted), N_BINS))
    np.add.at(gaps, (owner, np.searchsorted(edges, p)), p - y)
    return gaps, float(len(p))


def _calibration_error(part: tuple[Array, float], weights: Weights) -> Array:
    gaps, n_pairs = part
    error: Array = np.abs(weights @ gaps).sum(axis=1) / n_pairs
    return error


def _exposure(queries: Sequence[RankedQuery], scores: Sequence[Array]) -> list[dict[str, float]]:
    """Return each query's exposure by candidate, summing to 1."""
    found = []
    for query, score in zip(queries, scores, strict=True):
        top = np.argsort(-score, kind="stable")[:N_SHOWN]
        weight = 1.0 / np.log2(np.arange(len(top)) + 2.0)
        weight /= weight.sum()
        found.append({query.candidate_ids[i]: float(w) for i, w in zip(top, weight, strict=True)})
    return found


def _dense(seen: Sequence[Sequence[Mapping[str, float]]]) -> list[Array]:
    names = sorted({name for of in seen for query in of for name in query})
    column = {name: i for i, name in enumerate(names)}
    matrices = []
    for of in seen:
        matrix = np.zeros((len(of), len(names)))
        for row, query in enumerate(of):
            for name, weight in query.items():
                matrix[row, column[name]] = weight
        matrices.append(matrix)
    return matrices


def _group_row(
    name: str,
    queries: Sequence[RankedQuery],
    seen: Sequence[Sequence[Mapping[str, float]]],
    members: frozenset[str],
    weights: Weights,
) -> GateRow:
    """Compare how far a group's exposure ratio is from 1, on a scale where 2 and 1/2 are alike."""
    check = f"exposure:{name}"
    known = {i for query in queries for i in query.candidate_ids if i in members}
    if len(known) < MIN_MEMBERS:
        return _too_few(check, SERVING, "cases", len(known))
    share = np.array([np.mean([i in members for i in q.candidate_ids]) for q in queries])
    parts = [
        np.array([sum(w for i, w in query.items() if i in members) for query in of]) for of in seen
    ]

    def ratio(part: Array) -> Callable[[Weights], Array]:
        return lambda w: np.maximum((w @ part) / (w @ share), 1e-6)

    drawn = [np.abs(np.log2(ratio(part)(weights))) for part in parts]
    plain = [float(ratio(part)(np.ones((1, len(queries))))[0]) for part in parts]
    row = _row(check, SERVING, "cases", plain, drawn[1] - drawn[0], len(queries))
    is_inside = FAIR_BAND[0] <= plain[0] <= FAIR_BAND[1]
    gain = float(abs(np.log2(max(plain[1], 1e-6))) - abs(np.log2(max(plain[0], 1e-6))))
    verdict = EQUAL if is_inside and row.verdict == WORSE else row.verdict
    return GateRow(**{**asdict(row), "difference": gain, "verdict": verdict})
