"""Packs as ranked queries: nothing from the need's own year or later is seen."""

from __future__ import annotations

import numpy as np
import pytest

from matcher.interchange.packs import Pack, PackDocument, PackEvidence, PackQuery
from matcher.learning.dataset import (
    eligible_candidates,
    hidden_units,
    pack_collection,
    ranked_queries,
)
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.matrix import COLUMN_OF
from matcher.retrieval.index import EvidenceIndex
from tests.matcher.light_encoder import TermEncoder

WORDS = ("crack", "rail", "pump", "valve", "strip", "glass", "wheel", "blade", "board", "tile")


def query(year: int | None = 2020, **changes: str) -> PackQuery:
    values = {"id": "Q1", "title": "crack in rail", "text": "find a crack", "language": "en"}
    return PackQuery(**{**values, **changes}, year=year)  # type: ignore[arg-type]


def dated_pack(*queries: PackQuery) -> Pack:
    """Ten companies with one text of 2015 each; the first two have later ones."""
    documents = tuple(PackDocument(f"D{i}", f"Company {i}", "") for i in range(12))
    evidence = [
        PackEvidence(f"E{i}", f"D{i}", f"{WORDS[i]} study", f"{WORDS[i]} work", 2015)
        for i in range(10)
    ]
    evidence.append(PackEvidence("E-late", "D5", "crack in rail", "find a crack", 2020))
    evidence.append(PackEvidence("E-only", "D10", "crack in rail", "find a crack", 2021))
    evidence.append(PackEvidence("E-undated", "D11", "crack", "", 0))
    qrels = {q.id: {"D0": 2, "D3": 1, "D99": 1} for q in queries}
    return Pack("synthetic", documents, tuple(evidence), queries, qrels)


def plain_pack() -> Pack:
    documents = tuple(PackDocument(f"D{i}", WORDS[i], f"{WORDS[i]} text", 2010) for i in range(3))
    return Pack("plain", documents, (), (query(None),), {})


def test_evidence_is_grouped_by_document_and_every_document_can_be_ranked() -> None:
    collection = pack_collection(dated_pack())
    assert collection.candidate_ids == tuple(f"D{i}" for i in range(12))
    own = [u.unit_id for u in collection.units if u.candidate_id == "D5"]
    assert own == ["E5", "E-late"]


def test_pack_without_evidence_has_one_unit_a_document() -> None:
    collection = pack_collection(plain_pack())
    first = collection.units[0]
    assert (first.title, first.text, first.year) == ("crack", "crack text", 2010)
    titles = pack_collection(plain_pack(), titles_only=True)
    assert {u.text for u in titles.units} == {""}


def test_untitled_document_keeps_its_text_among_titles() -> None:
    pack = Pack("p", (PackDocument("D0", "", "only text"),), (), (), {})
    assert pack_collection(pack, titles_only=True).units[0].text == "only text"


@pytest.mark.parametrize(
    ("year", "hidden"),
    [(2020, {"E-late", "E-only"}), (2021, {"E-only"}), (2022, None), (None, None)],
)
def test_what_is_not_older_than_the_need_is_hidden(
    year: int | None, hidden: set[str] | None
) -> None:
    collection = pack_collection(dated_pack())
    mask = hidden_units(collection, query(year))
    found = None if mask is None else {collection.units[i].unit_id for i in np.flatnonzero(mask)}
    assert found == hidden


def test_company_of_the_future_is_not_ranked() -> None:
    collection = pack_collection(dated_pack())
    eligible = eligible_candidates(collection, hidden_units(collection, query(2020)))
    assert eligible is not None
    assert [n for n, ok in zip(collection.candidate_ids, eligible, strict=True) if not ok] == [
        "D10"
    ]
    assert eligible_candidates(collection, None) is None


def test_ranked_query_says_who_is_relevant_and_sees_no_future() -> None:
    pack = dated_pack(query(2020), query(2030, id="Q2"))
    index = EvidenceIndex(pack_collection(pack), TermEncoder())
    told: list[tuple[int, int]] = []
    past, future = ranked_queries(pack, index, progress=lambda *n: told.append(n))
    assert told == [(1, 2), (2, 2)]
    assert "D10" not in past.candidate_ids
    assert "D10" in future.candidate_ids
    assert past.n_eligible == 11
    assert dict(zip(past.candidate_ids, past.grades.tolist(), strict=True))["D0"] == 2
    assert past.grades.sum() == 3
    assert past.matrix.shape == (11, len(FEATURE_NAMES))
    at, best = past.candidate_ids.index("D5"), COLUMN_OF["lexical_best"]
    later = future.candidate_ids.index("D5")
    assert past.matrix[at, best] < 0.5
    assert future.matrix[later, best] > 1.5
    assert (past.regime, past.source) == ("short", "synthetic")


def test_other_judgements_can_be_given() -> None:
    pack = dated_pack(query(2020))
    index = EvidenceIndex(pack_collection(pack), TermEncoder())
    (found,) = ranked_queries(pack, index, grades={"Q1": {"D4": 1}}, always={"Q1": ["D4", "D99"]})
    assert [i for i, g in zip(found.candidate_ids, found.grades, strict=True) if g] == ["D4"]


def test_order_of_documents_changes_no_feature() -> None:
    pack = dated_pack(query(2020))
    turned = Pack(
        "synthetic", pack.documents[::-1], pack.evidence[::-1], pack.queries, dict(pack.qrels)
    )
    (one,), (two,) = (
        ranked_queries(p, EvidenceIndex(pack_collection(p), TermEncoder())) for p in (pack, turned)
    )
    exact = [i for name, i in COLUMN_OF.items() if not name.startswith("topic")]
    back = [two.candidate_ids.index(i) for i in one.candidate_ids]
    found = two.matrix[back][:, exact]
    assert one.matrix[:, exact] == pytest.approx(found, abs=1e-4, nan_ok=True)
