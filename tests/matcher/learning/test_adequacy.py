"""The threshold below which nobody is proposed is found in outcomes, or honestly left alone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from matcher.learning.adequacy import (
    CHOSEN,
    FEW,
    FLAT,
    LEVEL,
    MAX_REFUSED,
    NOT_REACHED,
    NOTHING_TRIED,
    TOP,
    UNCLEAR,
    Tried,
    choose_adequacy,
    crossings,
    fit_lines,
    refused_share,
    tried_of,
    tried_pairs,
)
from matcher.learning.gate import BETTER, EQUAL, NOT_ENOUGH, WORSE, adequacy_row
from matcher.learning.history import SETTLED_AFTER_DAYS, HistoryLog
from matcher.ranking.model import Adequacy
from matcher.simulation.answers import EXAMINATION
from tests.matcher.invented import END, invented_year

PARENT = Adequacy(0.2829, 0.05)


def tried_of_year(seed: int = 7, n_pairs: int = 24_000) -> Tried:
    return tried_pairs(invented_year(seed, n_pairs)[0], END)


def made_up(rate_at: float, n: int = 6_000, seed: int = 0, slope: float = 12.0) -> Tried:
    """Pairs of which one in twenty is agreed on at a closeness; five a list, two lists a group."""
    random = np.random.default_rng(seed)
    closeness = random.uniform(0.1, 0.9, n)
    odds = np.log(LEVEL / (1 - LEVEL)) + slope * (closeness - rate_at)
    agreed = (random.random(n) < 1 / (1 + np.exp(-odds))).astype(float)
    return Tried(closeness.round(4), agreed, np.arange(n) // 5, np.arange(n) // 10)


@pytest.mark.parametrize("seed", [3, 7])
def test_what_was_put_into_the_invented_year_is_found(seed: int) -> None:
    log, truth = invented_year(seed)
    tried = tried_pairs(log, END)
    counted = (log.pairs["position"] <= TOP) & (
        log.shown_at + np.timedelta64(SETTLED_AFTER_DAYS, "D") < END
    )
    chance = truth.need_accepts * truth.provider_accepts * EXAMINATION[log.pairs["position"] - 1]
    known = replace(tried, agreed=chance[counted])  # what the inventor knows, without chance
    (goal,) = crossings(fit_lines(known, np.ones((1, tried.groups.max() + 1))))
    found, record = choose_adequacy(tried, Adequacy(0.6, 0.05))
    assert record.verdict == CHOSEN
    assert record.low is not None
    assert record.high is not None
    assert record.low <= goal <= record.high
    assert found.threshold == record.estimate == pytest.approx(goal, abs=0.05)
    assert found.false_refusal_share <= MAX_REFUSED
    # A threshold within the interval stays: nothing says that it should move.
    stays, record = choose_adequacy(tried, PARENT)
    assert (stays, record.verdict) == (PARENT, UNCLEAR)


def test_threshold_moves_down_as_well_as_up() -> None:
    low, high = (choose_adequacy(made_up(at), PARENT) for at in (0.2, 0.5))
    assert low[1].verdict == high[1].verdict == CHOSEN
    assert low[0].threshold == pytest.approx(0.2, abs=0.04)
    # Lists that found somebody are refused for at most one in twenty, whatever the line says.
    assert 0.35 < high[0].threshold <= 0.54
    assert high[0].false_refusal_share <= MAX_REFUSED


def test_few_answers_a_flat_line_and_a_line_that_is_never_low_keep_the_parents() -> None:
    random = np.random.default_rng(1)
    tried = made_up(0.5)
    few = tried_of({name: of[:400] for name, of in tried.as_json().items()})
    flat = replace(tried, closeness=random.permutation(tried.closeness))
    never_low = made_up(-0.2, slope=5.0)
    far = Adequacy(0.09, 0.05)
    for given, parent, verdict in (
        (NOTHING_TRIED, PARENT, FEW), (few, PARENT, FEW), (flat, PARENT, FLAT),
        (never_low, far, NOT_REACHED),
    ):  # fmt: skip
        found, record = choose_adequacy(given, parent)
        assert record.verdict == verdict
        assert found == parent
        assert record.threshold == record.parent == parent.threshold


def test_only_pairs_that_had_their_time_and_whose_closeness_was_logged_are_tried() -> None:
    log, _ = invented_year(7, 6_000)
    late = log.shown_at + np.timedelta64(SETTLED_AFTER_DAYS, "D") >= END
    assert late.any()
    assert len(tried_pairs(log, END).closeness) == (~late & (log.pairs["position"] <= TOP)).sum()
    unknown = {**log.pairs, "closeness": np.full(log.n("pairs"), np.nan)}
    silent = HistoryLog({**log.tables, "pairs": unknown}, log.features, True)
    assert len(tried_pairs(silent, END).closeness) == 0


def test_line_is_that_of_scikit_learn() -> None:
    tried = made_up(0.5)
    rounded = replace(tried, closeness=(tried.closeness / 0.005).round() * 0.005)
    (ours,) = fit_lines(rounded, np.ones((1, rounded.groups.max() + 1)))
    theirs = LogisticRegression(C=1e9, tol=1e-10, max_iter=1_000)
    theirs.fit(rounded.closeness[:, None], rounded.agreed)
    assert ours == pytest.approx([theirs.intercept_[0], theirs.coef_[0, 0]], abs=1e-2)


def test_gate_speaks_against_who_refuses_too_many_or_proposes_the_hopeless() -> None:
    tried = made_up(0.5)
    rows = {at: adequacy_row(tried, at, 0.5, "history", 0) for at in (0.1, 0.5, 0.8)}
    assert {at: row.verdict for at, row in rows.items()} == {0.1: WORSE, 0.5: EQUAL, 0.8: WORSE}
    assert adequacy_row(tried, 0.5, 0.8, "history", 0).verdict == BETTER
    assert adequacy_row(NOTHING_TRIED, 0.5, 0.8, "history", 0).verdict == NOT_ENOUGH
    share = refused_share(tried, 0.8)
    assert share is not None
    assert share > 0.3
