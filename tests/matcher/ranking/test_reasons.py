"""A reason says no more than what is behind it: likeness is measured, shared words are named."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date

import numpy as np
import pytest

from matcher.ranking.engine import LookUp
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.matching import Matcher
from matcher.ranking.reasons import tag_reasons
from matcher.ranking.reasons.sentences import Reasons
from matcher.ranking.reasons.shared_words import held
from matcher.ranking.reasons.text_reasons import (
    LEAST_WORDS,
    MEANING_LEVEL,
    SHARED_WORDS,
    TITLE_MEANING_LEVEL,
    TOPIC_LEVEL,
    Candidate,
    Reading,
)
from matcher.ranking.results import Match
from matcher.records import Capability, Need, Scenario
from matcher.text.terms import normalise

OUTSIDE = {
    "wedding": Need("N", "婚礼跟拍摄影师", "想给婚礼找摄影师，全程拍照和录像，三天内修好照片"),
    "noise": Need("N", "asdf qwer zxcv", "lkj poi mnb"),
    "emoji": Need("N", "🎉🎉🎉", "🎂🎂"),
    "one character": Need("N", "钢", ""),
}
STRONG = (
    "有多处相同的词",
    "含义与需求相近",
    "标题含义相近",
    "主题与需求相近",
    "集中在需求的主题上",
)
QUOTED = re.compile("“([^”]+)”")
EVERY_NTH = 20  # scenario: enough needs to count, few enough to ask


def asked_scenarios(matcher: Matcher) -> Iterator[tuple[Scenario, Need]]:
    scenarios = list(matcher.index.catalogue.scenarios.values())
    for scenario in scenarios[::EVERY_NTH]:
        yield scenario, Need("N", scenario.name, scenario.pain_point, language="zh")


def said(match: Match, name: str) -> str:
    return next((one.reason_zh for one in match.contributions if one.feature == name), "")


@pytest.mark.parametrize("kind", OUTSIDE)
def test_needs_from_outside_hear_of_no_likeness_that_is_not_there(
    kind: str, matcher: Matcher, today: date
) -> None:
    need = OUTSIDE[kind]
    answer = matcher.match(need, today=today)
    assert not answer.claims_fit
    asked = normalise(" ".join((need.title, need.problem)))
    for match in answer.matches:
        told = [said(match, name) for name in ("lexical_best", "title_lexical")]
        assert not any("有多处" in one for one in told)
        assert all(normalise(n) in asked for one in told for n in QUOTED.findall(one))
        if kind in {"wedding", "noise", "emoji"}:
            assert not any(part in one.reason_zh for one in match.contributions for part in STRONG)


def test_words_that_a_reason_names_stand_in_need_and_evidence(
    matcher: Matcher, case_needs: list[Need], today: date
) -> None:
    n_named = 0
    collection = matcher.index.evidence.collection
    for need in case_needs[::20]:
        asked = held(" 。".join((need.title, need.problem)))
        for match in matcher.match(need, today=today, top=3).matches:
            units = collection.units_of(np.array([collection.index_of[match.capability_id]]))
            texts = " 。".join(
                " 。".join(map(" 。".join, collection.units[u].texts)) for u in units
            )
            for name in QUOTED.findall(said(match, "lexical_best")):
                n_named += 1
                assert asked.has([name])
                assert held(texts).has([name])
    assert n_named > 10


def test_the_strong_sentence_follows_the_raw_value_and_not_the_rank(
    matcher: Matcher, case_needs: list[Need]
) -> None:
    seen = set()
    for need in case_needs[::20]:
        ranking = matcher.rank(need)
        for row in ranking.best_rows[:10].tolist():
            raw = raw_values(matcher, ranking.look_up, need, row)
            bits, values = ranking.bits[row], ranking.look_up.matrix[row]
            told = Reasons(matcher.index, ranking.look_up, need).of(row, bits, values)
            for name, level in LEVELS.items():
                if bits[FEATURE_NAMES.index(name)] <= 0 or np.isnan(values[0]):
                    continue
                is_strong = any(part in told[name][0] for part in STRONG)
                assert is_strong == (raw[name] >= level)
                seen.add((name, is_strong))
    assert seen == {(name, is_strong) for name in LEVELS for is_strong in (True, False)}


LEVELS = {"meaning_affinity": MEANING_LEVEL, "title_meaning": TITLE_MEANING_LEVEL}


def raw_values(matcher: Matcher, look_up: LookUp, need: Need, row: int) -> dict[str, float]:
    one = Candidate(Reading(matcher.index, look_up, need), int(look_up.pool.candidates[row]))
    return {
        "meaning_affinity": one.best(look_up.scores.meaning)[1],
        "title_meaning": one.best(look_up.scores.title_meaning)[1],
    }


def test_levels_are_reached_by_who_serves_a_scenario_and_seldom_by_anybody_unrelated(
    matcher: Matcher,
) -> None:
    """What the levels were chosen for, measured again on part of the scenarios."""
    far: dict[str, list[bool]] = {"words": [], "topic": [], "meaning": [], "title": []}
    serving: dict[str, list[bool]] = {name: [] for name in far}
    for scenario, need in asked_scenarios(matcher):
        look_up = matcher.rank(need).look_up
        reading = Reading(matcher.index, look_up, need)
        reached: dict[bool, list[dict[str, bool]]] = {True: [], False: []}
        for candidate, capability in enumerate(matcher.index.capabilities):
            if scenario.scenario_id in capability.scenario_ids:
                reached[True].append(levels_of(Candidate(reading, candidate)))
            elif is_unrelated(capability, scenario):
                reached[False].append(levels_of(Candidate(reading, candidate)))
        for name in far:
            far[name].append(any(one[name] for one in reached[False]))
            if reached[True]:
                serving[name].append(any(one[name] for one in reached[True]))
    for name in far:
        assert np.mean(far[name]) <= 0.25, name
        assert np.mean(serving[name]) >= 0.6, name


def levels_of(one: Candidate) -> dict[str, bool]:
    scores = one.look_up.scores
    unit, _ = one.best(scores.lexical)
    return {
        "words": one.shared(unit).n_words >= SHARED_WORDS,
        "topic": one.best(scores.topic)[1] >= TOPIC_LEVEL,
        "meaning": one.best(scores.meaning)[1] >= MEANING_LEVEL,
        "title": one.best(scores.title_meaning)[1] >= TITLE_MEANING_LEVEL,
    }


def is_unrelated(capability: Capability, scenario: Scenario) -> bool:
    divisions = {code[:3] for code in scenario.industries}
    return not (
        divisions & {code[:3] for code in capability.industries}
        or set(scenario.ai_tasks) & set(capability.ai_tasks)
    )


def test_every_need_that_the_catalogue_tells_of_says_enough(
    matcher: Matcher, case_needs: list[Need], today: date
) -> None:
    asked = [*case_needs, *(need for _, need in asked_scenarios(matcher))]
    for need in asked:
        reading = Reading(matcher.index, matcher.rank(need).look_up, need)
        assert reading.n_judged_words >= LEAST_WORDS, need.title
    for kind, need in OUTSIDE.items():
        answer = matcher.match(need, today=today, top=1)
        assert answer.is_unknown
        assert answer.says_too_little == (kind != "wedding")


@pytest.mark.parametrize(
    ("wanted", "offered", "told"),
    [
        (("image",), ("image", "video"), "能力处理需求拥有的数据：图像"),
        (("image", "video"), ("image",), "需求拥有的数据中，能力只处理：图像"),
        (("image",), ("sensor",), None),
    ],
)
def test_a_part_of_the_tags_is_called_a_part(
    wanted: tuple[str, ...], offered: tuple[str, ...], told: str | None
) -> None:
    need = Need("N", "带钢", data_modalities=wanted)
    capability = Capability("K", "P", "识别", data_modalities=offered)
    found = tag_reasons.sentence("data_fit", need, capability, {}, 0.2)
    assert (found[0] if found else None) == told


@pytest.mark.parametrize(
    ("value", "told"),
    [(0.5, "能力资料的 12 个主要项填了 6 项"), (-20.0, "资料只有名称，没有写明做什么")],
)
def test_completeness_is_told_as_a_count(value: float, told: str) -> None:
    found = tag_reasons.sentence(
        "completeness", Need("N", "t"), Capability("K", "P", "n"), {}, value
    )
    assert found is not None
    assert found[0] == told
