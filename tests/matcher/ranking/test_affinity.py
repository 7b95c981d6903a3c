"""How close texts are to a need or a part of it: in [0, 1], across languages, by absolute scale."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.ranking.affinity import TELLING_SHARE, TOPIC_WEIGHT, NeedAffinity
from matcher.ranking.lines.judging import EvidenceText
from matcher.ranking.matching import Matcher
from matcher.records import Need

NEED = Need("N", "热轧带钢表面裂纹检测", "人工抽检漏检率高，希望在线识别裂纹。", language="zh")
SAME = "热轧带钢表面裂纹检测"
TWIN = "Detection of surface cracks on hot-rolled strip"
FAR = "生猪养殖疫病预警"


@pytest.fixture(scope="module")
def affinity(matcher: Matcher) -> NeedAffinity:
    return NeedAffinity(matcher.index, matcher.index.look_up(NEED))


def test_same_words_are_as_close_as_can_be(affinity: NeedAffinity) -> None:
    found = affinity.between([SAME], [(SAME, ""), (FAR, "")])
    assert found[0, 0] == pytest.approx(1.0, abs=1e-4)
    assert found[0, 1] < 0.2


def test_twin_in_the_other_language_is_closer_than_another_subject(affinity: NeedAffinity) -> None:
    found = affinity.between([SAME], [("", TWIN), (FAR, "Disease warning for pigs")])
    assert found[0, 0] > found[0, 1] + 0.1


def test_closer_of_two_languages_counts(affinity: NeedAffinity) -> None:
    both, chinese, english = affinity.between([SAME], [(SAME, TWIN), (SAME, ""), ("", TWIN)])[0]
    assert both == max(chinese, english)


def test_one_row_an_asked_text_and_one_column_a_text(affinity: NeedAffinity) -> None:
    asked, texts = [SAME, FAR, "裂纹"], [(SAME, TWIN), (FAR, "")]
    found = affinity.between(asked, texts)
    assert found.shape == (3, 2)
    assert ((found >= 0.0) & (found <= 1.0 + 1e-6)).all()
    for i, question in enumerate(asked):
        assert affinity.between([question], texts)[0] == pytest.approx(found[i], abs=1e-5)


def test_nothing_asked_or_nothing_there_is_not_close(affinity: NeedAffinity) -> None:
    assert affinity.between([], [(SAME, "")]).shape == (0, 1)
    assert affinity.between([SAME], []).shape == (1, 0)
    assert affinity.between([SAME, ""], [("", "")]).tolist() == [[0.0], [0.0]]


def test_evidence_texts_are_compared_by_both_twins(affinity: NeedAffinity) -> None:
    texts = [EvidenceText("E1", "case", SAME, TWIN), EvidenceText("E2", "case", FAR)]
    found = affinity.to(texts)([SAME])
    assert found == pytest.approx(affinity.between([SAME], [(SAME, TWIN), (FAR, "")]))


def test_texts_are_held_against_the_whole_need(affinity: NeedAffinity) -> None:
    found = affinity.to_need([SAME, FAR])
    assert found.shape == (2,)
    assert found[0] > found[1]
    assert np.array_equal(found, affinity.to_need([SAME, FAR]))


def test_adequacy_is_absolute_closeness(matcher: Matcher, affinity: NeedAffinity) -> None:
    ranking = matcher.rank(NEED)
    everyone = np.arange(len(ranking.raw))
    closest = affinity.closest(everyone)
    assert 0.0 <= closest <= 1.0 + 1e-6
    assert closest >= affinity.closest(ranking.best_rows[:5])
    assert affinity.closest(ranking.best_rows[:0]) == 0.0
    steel = NeedAffinity(matcher.index, ranking.look_up).closest(ranking.best_rows[:5])
    poem = matcher.rank(
        Need("N", "给奶奶写一首生日诗", "七言律诗，装裱好挂在客厅。", language="zh")
    )
    far = NeedAffinity(matcher.index, poem.look_up).closest(poem.best_rows[:5])
    assert steel > matcher.model.adequacy.threshold > far


def closest_with(matcher: Matcher, *, topic: float, known_share: float) -> tuple[float, float]:
    """Return the closeness of the first five where every text has this nearness in topic."""
    ranking = matcher.rank(NEED)
    scores = replace(
        ranking.look_up.scores, topic=np.full_like(ranking.look_up.scores.topic, topic)
    )
    query = replace(ranking.look_up.query, known_share=known_share)
    affinity = NeedAffinity(matcher.index, replace(ranking.look_up, scores=scores, query=query))
    rows = ranking.best_rows[:5]
    assert affinity.closest_each(rows).max() == pytest.approx(affinity.closest(rows))
    return affinity.closest(rows), affinity.nearest_meaning(rows)


def test_meaning_alone_is_not_near(matcher: Matcher) -> None:
    found, meaning = closest_with(matcher, topic=0.2, known_share=0.9)
    assert found == pytest.approx(TOPIC_WEIGHT * 0.2, abs=1e-6)
    assert found < matcher.model.adequacy.threshold < meaning
    assert closest_with(matcher, topic=1.0, known_share=0.9)[0] <= meaning


def test_topics_of_unknown_words_say_nothing(matcher: Matcher) -> None:
    found, meaning = closest_with(matcher, topic=0.0, known_share=TELLING_SHARE - 0.01)
    assert found == meaning
