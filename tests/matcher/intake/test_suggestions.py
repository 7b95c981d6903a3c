"""What is read out of a text: right for plain needs in both languages, silent for gibberish."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.cues import read_cues
from matcher.intake.suggestions import FIELDS, MAX_SUGGESTIONS, Suggestions, suggest
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.vocabulary import codes, is_industry
from tests.factories import make_catalogue

STEEL = ("热轧带钢表面裂纹检测", "人工目检漏检率高，裂纹流入下道工序，希望在线拍照识别缺陷。")
STEEL_EN = (
    "Surface cracks on hot-rolled strip",
    "Manual inspection misses cracks that reach the next step; defects should be found by cameras.",
)
CLAIMS = ("车险定损太慢", "理赔员逐张看照片估损，客户等待久，存在骗保风险。")
CLAIMS_EN = (
    "Motor claims take too long",
    "Adjusters look at photos one by one to assess the loss; policyholders wait for days.",
)


@pytest.mark.parametrize(
    ("text", "industry", "step", "task", "modality"),
    [
        (STEEL, "C31", "quality", "visual_inspection", "image"),
        (STEEL_EN, "C31", "quality", "visual_inspection", "image"),
        (CLAIMS, "J68", "service", "document", "image"),
        (CLAIMS_EN, "J68", "service", "document", "image"),
    ],
)
def test_plain_need_is_read_in_either_language(
    index: CatalogueIndex,
    text: tuple[str, str],
    industry: str,
    step: str,
    task: str,
    modality: str,
) -> None:
    found = suggest(*text, index)
    assert found.industries[0].code == industry
    assert step in [s.code for s in found.process_steps]
    assert task in [s.code for s in found.ai_tasks]
    assert modality in [s.code for s in found.data_modalities]
    assert found.scenarios


def test_every_suggestion_says_why_in_both_languages(index: CatalogueIndex) -> None:
    for text in (STEEL, STEEL_EN, CLAIMS, CLAIMS_EN):
        found = suggest(*text, index)
        for field in FIELDS:
            for one in found.of(field):
                assert one.reasons
                assert one.reason_zh
                assert one.reason_en
                assert one.label_zh
                assert one.label_en
                for reason in one.reasons:
                    if reason.kind == "scenario":
                        scenario = index.catalogue.scenarios[reason.scenario_id]
                        assert one.code in getattr(scenario, field)


def test_word_given_as_reason_stands_in_the_text(index: CatalogueIndex) -> None:
    found = suggest(*STEEL, index)
    words = {r.text_zh for s in found.industries for r in s.reasons if r.kind == "word"}
    assert "带钢" in words
    assert "文中有“" in found.industries[0].reason_zh
    assert "the text says “" in found.industries[0].reason_en


def test_codes_are_those_of_the_vocabularies_best_first(index: CatalogueIndex) -> None:
    found = suggest(*CLAIMS, index)
    assert all(is_industry(one.code) for one in found.industries)
    assert {one.code for one in found.ai_tasks} <= set(codes("ai_task"))
    for field in FIELDS:
        scores = [one.score for one in found.of(field)]
        assert scores == sorted(scores, reverse=True)
        assert len(scores) <= MAX_SUGGESTIONS
        assert all(0 < score <= 1 for score in scores)


def test_scenario_of_the_catalogue_finds_itself(index: CatalogueIndex) -> None:
    for scenario in list(index.catalogue.scenarios.values())[::40]:
        found = suggest(scenario.name, scenario.pain_point, index)
        assert found.scenarios[0].scenario_id == scenario.scenario_id
        english = suggest(scenario.name_en, scenario.pain_point_en, index)
        assert scenario.scenario_id in [one.scenario_id for one in english.scenarios]


def test_scenario_left_out_neither_votes_nor_shows(index: CatalogueIndex) -> None:
    scenario = index.catalogue.scenarios["SC092"]
    found = suggest(scenario.name, scenario.pain_point, index, without={"SC092"})
    shown = {one.scenario_id for one in found.scenarios}
    named = {r.scenario_id for f in FIELDS for s in found.of(f) for r in s.reasons}
    assert "SC092" not in shown | named
    assert shown


@pytest.mark.parametrize("text", ["", "aaaa", "测试测试", "asdf qwer zxcv", "啊啊啊啊啊啊"])
def test_gibberish_gets_no_suggestion(index: CatalogueIndex, text: str) -> None:
    assert suggest(text, text, index) == Suggestions()


def test_catalogue_without_scenarios_still_reads_words(parts: IndexParts) -> None:
    empty = CatalogueIndex(make_catalogue(scenarios={}), parts)
    found = suggest(*STEEL, empty)
    assert found.scenarios == ()
    assert found.industries[0].code == "C31"


def test_text_already_read_by_the_index_gives_the_same(index: CatalogueIndex) -> None:
    query = index.evidence.read_query(*STEEL)
    assert suggest(*STEEL, index, query=query) == suggest(*STEEL, index)


def test_field_that_is_not_suggested_is_refused() -> None:
    with pytest.raises(ValueError, match="industries"):
        Suggestions().of("budget")


@given(title=st.text(max_size=60), problem=st.text(max_size=200))
def test_any_text_is_read_for_cues(title: str, problem: str) -> None:
    for (field, code), said in read_cues(title, problem).items():
        assert field in FIELDS
        assert code
        assert said.weight > 0
        assert said.words
