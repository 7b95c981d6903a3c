"""Every way of comparing, over one collection, and a segment beside it that moves nobody."""

from __future__ import annotations

from dataclasses import fields

import numpy as np
import pytest

from matcher.retrieval.collection import Unit, build_collection
from matcher.retrieval.index import EvidenceIndex, UnitScores, unit_terms
from tests.matcher.light_encoder import DictCache, TermEncoder

CHANNELS = [field.name for field in fields(UnitScores) if field.name != "is_refined"]


class Phrasebook:
    """Translates two words."""

    def translate(self, text: str) -> dict[str, float]:
        pairs = {"裂纹": "crack", "带钢": "strip"}
        return {other: 1.0 for word, other in pairs.items() if word in text}


def units() -> list[Unit]:
    chinese = ("带钢裂纹检测", "在线识别带钢裂纹")
    return [
        Unit("u-both", "both", *chinese, "Strip crack detection", "On line"),
        Unit("u-zh", "chinese", *chinese, year=2024),
        Unit("u-en", "english", "Strip crack detection", "Cracks on the strip are found"),
        Unit("u-far", "far", "生猪疫病预警", "猪场体温监测"),
    ]


@pytest.fixture(scope="module")
def evidence() -> EvidenceIndex:
    return EvidenceIndex(build_collection(units()), TermEncoder(), lexicon=Phrasebook())


def scores_of(index: EvidenceIndex, title: str, text: str = "") -> dict[str, np.ndarray]:
    scores = index.score_units(index.read_query(title, text))
    return {name: getattr(scores, name) for name in CHANNELS}


def test_every_channel_gives_one_score_a_unit_and_none_below_zero(evidence: EvidenceIndex) -> None:
    for name, scores in scores_of(evidence, "带钢裂纹检测", "漏检多").items():
        assert scores.shape == (4,), name
        assert scores.min() >= 0.0, name


def test_closest_words_are_found_in_their_own_language(evidence: EvidenceIndex) -> None:
    found = scores_of(evidence, "带钢裂纹")
    assert found["lexical"][1] > found["lexical"][3]
    assert found["lexical"][2] == 0.0
    assert found["title_lexical"][1] > 0.0


def test_lexicon_reaches_the_other_language(evidence: EvidenceIndex) -> None:
    pivot = scores_of(evidence, "带钢裂纹")["pivot"]
    assert pivot[2] > 0.0
    assert pivot[1] == pivot[3] == 0.0


def test_without_a_lexicon_there_is_no_pivot() -> None:
    plain = EvidenceIndex(build_collection(units()), TermEncoder())
    assert not scores_of(plain, "带钢裂纹")["pivot"].any()


def test_index_knows_who_is_written_in_which_language(evidence: EvidenceIndex) -> None:
    assert evidence.written_in["zh"].tolist() == [True, True, False, True]
    assert evidence.written_in["en"].tolist() == [True, False, True, False]


def test_language_of_a_need_is_given_or_detected(evidence: EvidenceIndex) -> None:
    assert evidence.read_query("Strip cracks", "").language == "en"
    assert evidence.read_query("带钢裂纹", "").language == "zh"
    assert evidence.read_query("Strip cracks", "", language="zh").language == "zh"


def test_need_without_words_compares_with_nobody(evidence: EvidenceIndex) -> None:
    for name, scores in scores_of(evidence, "", "").items():
        assert not scores.any(), name


def test_regime_follows_the_length_of_evidence(evidence: EvidenceIndex) -> None:
    assert evidence.regime == "short"
    abstract = " ".join(f"word{i}" for i in range(100))
    long = EvidenceIndex(build_collection([Unit("u", "a", "T", abstract)]), TermEncoder())
    assert long.regime == "long"


def test_latest_year_is_that_of_the_newest_unit(evidence: EvidenceIndex) -> None:
    assert evidence.latest_year == 2024


def test_vectors_come_from_the_cache_where_it_has_them() -> None:
    cache, second = DictCache(), TermEncoder()
    EvidenceIndex(build_collection(units()), TermEncoder(), cache=cache)
    again = EvidenceIndex(build_collection(units()), second, cache=cache)
    assert second.seen == []
    assert again.collection.n_units == 4


def test_segment_moves_nobody_and_equal_texts_score_alike(evidence: EvidenceIndex) -> None:
    added = [
        Unit("u-new", "new", "带钢裂纹检测", "在线识别带钢裂纹"),
        Unit("u-far2", "far", "带钢裂纹", ""),
    ]
    longer = evidence.extended(build_collection(added), TermEncoder(), None)
    before, after = (scores_of(i, "带钢裂纹检测", "漏检多") for i in (evidence, longer))
    for name in CHANNELS:
        assert after[name].shape == (6,), name
        assert after[name][:4] == pytest.approx(before[name], abs=1e-6), name
        assert after[name][4] == pytest.approx(before[name][1], abs=1e-6), name
    assert evidence.collection.n_units == 4


def test_segment_knows_who_is_new_and_who_is_replaced(evidence: EvidenceIndex) -> None:
    added = [Unit("u-new", "new", "Pumps", ""), Unit("u-far2", "far", "带钢", "")]
    once = evidence.extended(build_collection(added), TermEncoder(), None)
    assert once.is_fitted.tolist() == [True] * 4 + [False, True]
    assert once.written_in["en"].tolist()[4:] == [True, False]
    again = [Unit("u-new2", "new", "水泵", ""), Unit("u-far3", "far", "", "")]
    twice = once.extended(build_collection(again), TermEncoder(), None)
    assert twice.is_fitted.tolist() == [True] * 4 + [False, True, False, True]


def test_title_words_are_those_of_the_title_or_the_beginning() -> None:
    titles, bodies = unit_terms([Unit("u", "a", "crack", "rail"), Unit("v", "a", "", "pump")])
    assert titles == [("crack",), ("pump",)]
    assert bodies == [("crack", "rail"), ("pump",)]
