"""Collections too large to look at everyone: who may enter the shortlist, and who is scored."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from matcher.interchange.packs import Pack, PackDocument, PackEvidence, PackQuery
from matcher.learning.dataset import hidden_units, pack_collection
from matcher.learning.systems import (
    MAX_RUN,
    baseline_runs,
    judged_only,
    load_served,
    model_run,
)
from matcher.ranking.matrix import EXACT_CANDIDATES, make_pool
from matcher.retrieval.index import EvidenceIndex
from matcher.settings import PROJECT

N_DOCUMENTS = EXACT_CANDIDATES + 400
WINNER = "D4001"  # odd: the evenly spread sample does not meet it
NEED = "purple submarine telescope"


class CountingEncoder:
    """Vectors that say only how many letters a text has; nothing here rests on meaning."""

    name = "letters"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return two numbers a text, of length one together."""
        angles = np.array([len(text) / 100.0 for text in texts], dtype=np.float32)
        return np.column_stack((np.cos(angles), np.sin(angles))).astype(np.float32)


@pytest.fixture(scope="module")
def pack() -> Pack:
    """Everyone has an old text; the winner also has one, years later, in the need's own words."""
    ids = [f"D{i}" for i in range(N_DOCUMENTS)]
    texts = [PackEvidence(f"{i}-old", i, "", f"common text number {i}", 2010) for i in ids]
    texts.append(PackEvidence("won", WINNER, "", NEED, 2015))
    return Pack(
        name="large",
        documents=tuple(PackDocument(i, "", "") for i in ids),
        evidence=tuple(texts),
        queries=(PackQuery("Q1", NEED, "", 2015, "en"),),
        qrels={"Q1": {WINNER: 1}},
    )


@pytest.fixture(scope="module")
def index(pack: Pack) -> EvidenceIndex:
    return EvidenceIndex(pack_collection(pack), CountingEncoder())


def test_evidence_from_after_the_need_brings_nobody_into_the_shortlist(
    pack: Pack, index: EvidenceIndex
) -> None:
    scores = index.score_units(index.read_query(NEED, "", year=2015))
    only_words = replace(
        scores,
        meaning=np.zeros_like(scores.meaning),
        title_meaning=np.zeros_like(scores.meaning),
    )
    winner = index.collection.index_of[WINNER]
    hidden = hidden_units(index.collection, pack.queries[0])
    assert winner in make_pool(index, only_words).candidates
    assert winner not in make_pool(index, only_words, hidden=hidden).candidates


def test_a_baseline_scores_every_candidate_asked_for_however_low(
    pack: Pack, index: EvidenceIndex
) -> None:
    wanted = {"Q1": [document.id for document in pack.documents[: MAX_RUN + 200]]}
    runs = baseline_runs(pack, index, ("random",), candidates=wanted)
    assert list(runs["random"]["Q1"]) == wanted["Q1"]


def test_without_candidates_the_best_and_the_judged_are_kept(
    pack: Pack, index: EvidenceIndex
) -> None:
    kept = baseline_runs(pack, index, ("random",))["random"]["Q1"]
    assert set(judged_only(pack)["Q1"]) <= kept.keys()
    assert MAX_RUN <= len(kept) <= MAX_RUN + 1


def test_being_judged_brings_nobody_into_the_shortlist_unless_asked_for(
    pack: Pack, index: EvidenceIndex
) -> None:
    served = load_served(PROJECT / "models")
    everyone = {"Q1": {document.id: 1 for document in pack.documents}}
    judged = replace(pack, qrels=everyone)
    found = model_run(judged, index, served)["Q1"]
    assert MAX_RUN <= len(found) < N_DOCUMENTS
    asked = model_run(judged, index, served, candidates=judged_only(judged))["Q1"]
    assert asked.keys() == everyone["Q1"].keys()
