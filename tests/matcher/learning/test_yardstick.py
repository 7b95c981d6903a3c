"""The yardstick learns whatever tells the right answer, a trace of the test itself included."""

from __future__ import annotations

import numpy as np

from matcher.learning.dataset import RankedQuery
from matcher.learning.measures import query_ndcg
from matcher.learning.yardstick import lambdarank_scores
from matcher.ranking.features import FEATURE_NAMES

N_CANDIDATES = 60


def lists(*, only_the_answer_is_marked: bool, n: int = 60) -> list[RankedQuery]:
    """Return lists whose first column is noise but for a mark: -9 where a record lost something."""
    draw = np.random.default_rng(3)
    found = []
    for number in range(n):
        matrix = np.zeros((N_CANDIDATES, len(FEATURE_NAMES)))
        matrix[:, 0] = draw.normal(size=N_CANDIDATES)
        answer = int(draw.integers(N_CANDIDATES))
        matrix[answer if only_the_answer_is_marked else slice(None), 0] = -9.0
        found.append(
            RankedQuery(
                query_id=f"q{number}",
                group_id=f"g{number}",
                candidate_ids=tuple(f"p{i}" for i in range(N_CANDIDATES)),
                matrix=matrix,
                grades=(np.arange(N_CANDIDATES) == answer).astype(np.int64),
                is_population=np.ones(N_CANDIDATES, dtype=bool),
                n_eligible=N_CANDIDATES,
                regime="catalogue",
                source="cases",
            )
        )
    return found


def test_trees_find_a_mark_that_a_straight_line_of_the_declared_sign_cannot() -> None:
    marked = lists(only_the_answer_is_marked=True)
    scores = lambdarank_scores(marked)
    assert np.mean([query_ndcg(q, s) for q, s in zip(marked, scores, strict=True)]) > 0.9
    lines = [q.matrix[:, 0] for q in marked]  # more can only help: the mark is last
    assert np.mean([query_ndcg(q, s) for q, s in zip(marked, lines, strict=True)]) < 0.1


def test_trees_taught_where_all_are_marked_have_nothing_to_look_for() -> None:
    marked = lists(only_the_answer_is_marked=True)
    scores = lambdarank_scores(marked, taught_by=lists(only_the_answer_is_marked=False))
    assert all(len(set(s.tolist())) == 1 for s in scores)
