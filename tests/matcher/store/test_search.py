"""The search box: both languages, facets, nothing typed is syntax, always in step with records."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.records import Scenario
from matcher.store.capabilities import save_capability, withdraw_capability
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import StoreDatabase, write_transaction
from matcher.store.search import MAX_LIMIT, Hit, search
from matcher.store.search_words import near_words
from tests.factories import (
    make_capability,
    make_case,
    make_catalogue,
    make_pilot_base,
    make_provider,
    make_scenario,
)
from tests.matcher.store.conftest import NOW

LEXICON = {
    "质检": ["quality inspection"],
    "窑炉": ["kiln"],
    "kiln": ["窑炉"],
    "predictive maintenance": ["预测性维护"],
}


def expand(words: str) -> Sequence[str]:
    return LEXICON.get(words, [])


def scenario(scenario_id: str, name: str, name_en: str = "", **changes: object) -> Scenario:
    blank = {
        "pain_point": "", "pain_point_en": "", "industry_label": "", "industry_label_en": "",
        "techniques": (), "techniques_en": (), "typical_data": (), "typical_data_en": (),
        "measures": (), "measures_en": (),
    }  # fmt: skip
    return make_scenario(
        scenario_id=scenario_id, name=name, name_en=name_en, **{**blank, **changes}
    )


SCENARIOS = {
    "S1": scenario("S1", "钢铁表面缺陷检测", "Steel surface defect detection"),
    "S2": scenario("S2", "炼钢炉温预测", "Furnace temperature forecast", ai_tasks=("forecasting",)),
    "S3": scenario("S3", "", "Quality inspection of welds", industries=("C26",)),
    "S4": scenario("S4", "窑炉节能控制", "", industries=("C30", "C31")),
    "S5": scenario("S5", "预测性维护", "", process_steps=("maintenance",)),
}


@pytest.fixture
def filled(db: StoreDatabase) -> StoreDatabase:
    catalogue = make_catalogue(
        scenarios=SCENARIOS, providers={}, capabilities={}, cases={}, pilot_bases={}
    )
    replace_catalogue(db, catalogue, source="synthetic", now=NOW)
    return db


def marked(hit: Hit, name: str) -> list[str]:
    return [getattr(hit, name)[mark.start : mark.end] for mark in hit.highlights[name]]


def ids(hits: tuple[Hit, ...]) -> list[str]:
    return [hit.record_id for hit in hits]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("缺陷", {"S1"}),
        ("缺陷 钢铁", {"S1"}),
        ("缺陷检测钢铁", {"S1"}),
        ("鋼鐵", {"S1"}),
        ("DEFECTS", {"S1"}),
        ("钢", {"S1", "S2"}),  # the beginning of one run, inside another
        ("护", {"S5"}),  # the last character of a run
        ("S4", {"S4"}),
        ("我们的炉温", {"S2"}),
    ],
)
def test_words_find_records(filled: StoreDatabase, query: str, expected: set[str]) -> None:
    found = search(filled, query)
    assert set(ids(found.hits)) == expected
    assert found.total == len(expected)


def test_all_words_must_be_found_or_the_result_says_so(filled: StoreDatabase) -> None:
    strict = search(filled, "炉温 预测")
    assert (ids(strict.hits), strict.is_relaxed) == (["S2"], False)
    relaxed = search(filled, "炉温 缺陷")
    assert (set(ids(relaxed.hits)), relaxed.is_relaxed) == ({"S1", "S2"}, True)
    nothing = search(filled, "量子 芯片")
    assert (nothing.hits, nothing.total, nothing.is_relaxed) == ((), 0, False)


def test_a_term_of_several_words_is_replaced_as_a_whole(db: StoreDatabase) -> None:
    lexicon = {
        "predictive": ["预测"],
        "maintenance": ["维护"],
        "predictive maintenance": ["预测性维护"],
        "steel": ["钢铁"],
    }

    def parts_too(text: str) -> list[str]:
        """Give the longest terms of a text, as a lexicon does."""
        if "predictive maintenance" in text:
            text = text.replace("predictive maintenance", "predictive_maintenance")
        words = [word.replace("_", " ") for word in text.split()]
        return [other for word in words for other in lexicon.get(word, [])]

    scenarios = {
        "A": scenario("A", "钢铁设备预测性维护"),
        "B": scenario("B", "钢铁订单预测"),
        "C": scenario("C", "设备维护派工"),
    }
    replace_catalogue(db, make_catalogue(scenarios=scenarios), source="synthetic", now=NOW)
    found = search(db, "steel predictive maintenance", kinds=["scenario"], expand=parts_too)
    assert (ids(found.hits), found.is_relaxed) == (["A"], False)
    assert ids(search(db, "maintenance", kinds=["scenario"], expand=parts_too).hits) == ["C", "A"]


@pytest.mark.parametrize(
    ("query", "found"), [("质检", "S3"), ("kiln", "S4"), ("predictive maintenance", "S5")]
)
def test_a_query_finds_a_record_of_the_other_language(
    filled: StoreDatabase, query: str, found: str
) -> None:
    assert ids(search(filled, query).hits) == []
    result = search(filled, query, expand=expand)
    assert ids(result.hits) == [found]
    hit = result.hits[0]
    texts = {"title": hit.title, "title_en": hit.title_en}
    assert any(hit.highlights[name] for name in texts)


def test_a_name_counts_more_than_a_mention(db: StoreDatabase) -> None:
    scenarios = {
        "A": scenario("A", "仓储盘点", pain_point="缺陷检测与缺陷分级，缺陷多"),
        "B": scenario("B", "缺陷检测"),
    }
    replace_catalogue(db, make_catalogue(scenarios=scenarios), source="synthetic", now=NOW)
    found = search(db, "缺陷检测", kinds=["scenario"])
    assert ids(found.hits) == ["B", "A"]
    assert found.hits[0].score > found.hits[1].score > 0


def test_highlights_cover_what_was_found_in_both_languages(filled: StoreDatabase) -> None:
    (hit,) = search(filled, "缺陷检测 steel").hits
    assert marked(hit, "title") == ["缺陷检测"]
    assert marked(hit, "title_en") == ["Steel"]
    (single,) = search(filled, "炼").hits
    assert marked(single, "title") == ["炼"]


def test_facets_narrow_and_their_counts_show_the_alternatives(filled: StoreDatabase) -> None:
    everything = search(filled, "")
    assert everything.facets["industry"] == {"C": 5, "C31": 4, "C26": 1, "C30": 1}
    assert everything.facets["ai_task"] == {"visual_inspection": 4, "forecasting": 1}
    chosen = search(filled, "", facets={"ai_task": ["forecasting"]})
    assert ids(chosen.hits) == ["S2"]
    assert chosen.facets["ai_task"] == everything.facets["ai_task"]
    assert chosen.facets["process_step"] == {"quality": 1}
    both = search(filled, "", facets={"ai_task": ["forecasting", "visual_inspection"]})
    assert both.total == 5
    none = search(filled, "", facets={"ai_task": ["forecasting"], "process_step": ["maintenance"]})
    assert none.total == 0


def test_facet_counts_never_exceed_the_total(filled: StoreDatabase) -> None:
    for query in ("", "预测", "C"):
        found = search(filled, query)
        assert all(n <= found.total for values in found.facets.values() for n in values.values())


def test_kinds_narrow_and_are_counted(db: StoreDatabase) -> None:
    replace_catalogue(db, make_catalogue(), source="synthetic", now=NOW)
    found = search(db, "", kinds=["case", "provider"])
    assert {hit.kind for hit in found.hits} == {"case", "provider"}
    assert found.facets["kind"] == dict.fromkeys(
        ["base_service", "capability", "case", "pilot_base", "provider", "scenario"], 1
    )


def test_everything_is_listed_by_name_and_by_page(filled: StoreDatabase) -> None:
    whole = search(filled, "  ，。 ")
    assert [hit.title for hit in whole.hits] == sorted(item.name for item in SCENARIOS.values())
    pages = [search(filled, "", limit=2, offset=offset).hits for offset in (0, 2, 4)]
    assert search(filled, "", limit=2, offset=60).hits == pages[-1]
    assert [hit for page in pages for hit in page] == list(whole.hits)


def test_newest_first_lists_the_last_change_first(filled: StoreDatabase) -> None:
    save_capability(filled, make_capability(), make_provider(), actor="user:1", now=NOW)
    assert search(filled, "", order="newest").hits[0].kind in {"capability", "provider"}


@pytest.mark.parametrize(
    "text",
    ['"', "'", "缺陷\"", "NEAR(a b)", "title:缺陷", "缺陷 OR", "AND", "NOT 缺陷", "*", "缺*", "a-b",
     "^缺陷", "(", "{}", "\x00缺陷\x00", "🙂", "\ud800", "'; DROP TABLE search_document; --", "%_"],
)  # fmt: skip
def test_nothing_typed_is_syntax(filled: StoreDatabase, text: str) -> None:
    assert search(filled, text, expand=expand).total <= 5
    assert search(filled, "缺陷").total == 1


@given(
    text=st.text(max_size=80)
    | st.text(alphabet="\"*()^:-+{}[] ANDORNOTEA缺陷钢检测'\\", max_size=40)
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_gives_a_sensible_answer(filled: StoreDatabase, text: str) -> None:
    found = search(filled, text, expand=lambda word: [word[::-1], '"', ""])
    assert 0 <= len(found.hits) <= found.total <= 5
    for hit in found.hits:
        for name, marks in hit.highlights.items():
            spans = [(mark.start, mark.end) for mark in marks]
            assert all(0 <= a < b <= len(getattr(hit, name)) for a, b in spans)
            assert spans == sorted(spans)


def test_a_very_long_query_is_answered(filled: StoreDatabase) -> None:
    assert search(filled, "缺陷检测与预测性维护。" * 10_000, expand=expand).is_relaxed


@pytest.mark.parametrize(("limit", "offset"), [(0, 0), (MAX_LIMIT + 1, 0), (5, -1)])
def test_a_page_out_of_range_is_refused(filled: StoreDatabase, limit: int, offset: int) -> None:
    with pytest.raises(ValueError, match="limit"):
        search(filled, "", limit=limit, offset=offset)


def test_an_unknown_facet_is_refused(filled: StoreDatabase) -> None:
    with pytest.raises(ValueError, match="colour"):
        search(filled, "", facets={"colour": ["red"]})


def test_unknown_facet_values_find_nothing(filled: StoreDatabase) -> None:
    assert search(filled, "", facets={"ai_task": ["'; --"]}).total == 0


def test_a_registered_capability_is_found_at_once_and_a_withdrawn_one_no_more(
    filled: StoreDatabase,
) -> None:
    both = ["CAP-V900-1", "V900"]  # a provider is found by what it offers
    mine = make_capability(name="玻璃熔窑火焰识别与调优")
    save_capability(filled, mine, make_provider(), actor="user:1", now=NOW)
    assert ids(search(filled, "熔窑 火焰").hits) == both
    changed = make_capability(name="水泥回转窑能效优化")
    save_capability(filled, changed, None, actor="user:1", now=NOW)
    assert search(filled, "熔窑 火焰").total == 0
    assert ids(search(filled, "回转窑").hits) == both
    withdraw_capability(filled, "CAP-V900-1", actor="user:1", now=NOW)
    assert search(filled, "回转窑").total == 0
    assert filled.conn.execute("SELECT count(*) FROM search_index").fetchone() == (6,)


def test_a_provider_is_found_with_what_it_offers_by_its_new_name(db: StoreDatabase) -> None:
    replace_catalogue(db, make_catalogue(), source="synthetic", now=NOW)
    assert {hit.kind for hit in search(db, "合成示例智能科技").hits} == {
        "provider", "capability", "case",
    }  # fmt: skip
    renamed = make_provider(name="更名后的星火单位")
    save_capability(db, make_capability(), renamed, actor="user:1", now=NOW)
    assert {hit.kind for hit in search(db, "星火").hits} == {"provider", "capability", "case"}
    assert search(db, "智能科技", kinds=["capability"]).total == 0


def test_every_kind_is_found_by_its_own_words(db: StoreDatabase) -> None:
    replace_catalogue(
        db,
        make_catalogue(
            cases={"C900": make_case(user_enterprise="合成轧钢一厂")},
            pilot_bases={"PB900": make_pilot_base(partners=("合成伙伴大学",))},
        ),
        source="synthetic",
        now=NOW,
    )
    assert ids(search(db, "轧钢一厂").hits) == ["C900"]
    assert ids(search(db, "伙伴大学").hits) == ["PB900"]
    assert search(db, "", facets={"region": ["320000"]}).total == 5
    assert ids(search(db, "", facets={"domain": ["manufacturing"]}).hits) == ["PB900-S1", "PB900"]


def test_codes_of_a_newer_vocabulary_do_not_stop_a_record(db: StoreDatabase) -> None:
    base = make_pilot_base(domain="orbital", industries=("Z99",), region="990000")
    replace_catalogue(db, make_catalogue(pilot_bases={"PB900": base}), source="s", now=NOW)
    assert ids(search(db, "", facets={"domain": ["orbital"]}).hits) == ["PB900-S1", "PB900"]


def test_a_failed_load_leaves_the_index_in_step(filled: StoreDatabase) -> None:
    def fail_after_saving() -> None:
        with write_transaction(filled):
            save_capability(filled, make_capability(), make_provider(), actor="user:1", now=NOW)
            assert search(filled, "夹杂").total == 2
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail_after_saving()
    assert search(filled, "夹杂").total == 0
    assert search(filled, "").total == 5


def test_documents_of_an_older_program_are_made_anew_when_the_catalogue_is_loaded(
    db: StoreDatabase,
) -> None:
    replace_catalogue(db, make_catalogue(), source="synthetic", now=NOW)
    whole = search(db, "", order="newest")
    db.conn.execute("UPDATE search_state SET mapping = 0")
    db.conn.execute("DELETE FROM search_facet WHERE facet = 'industry'")
    db.conn.execute("DELETE FROM search_index")
    db.conn.commit()
    assert search(db, "带钢").total == 0
    replace_catalogue(db, make_catalogue(), source="synthetic", now=NOW)
    assert search(db, "", order="newest").facets == whole.facets
    assert search(db, "带钢").total > 0


def test_own_words_and_those_of_the_other_language_are_told_apart(filled: StoreDatabase) -> None:
    (hit,) = search(filled, "kiln", expand=expand).hits
    assert [mark.is_other for mark in hit.highlights["title"]] == [True]
    (own,) = search(filled, "窑炉", expand=expand).hits
    assert [mark.is_other for mark in own.highlights["title"]] == [False]
    assert search(filled, "kiln", expand=expand).others == ("窑炉",)


def test_passage_is_the_text_with_most_of_the_query(db: StoreDatabase) -> None:
    replace_catalogue(db, make_catalogue(), source="synthetic", now=NOW)
    (hit,) = search(db, "裂纹检出率", kinds=["capability"]).hits
    first = hit.passages[0]
    assert first.text == "带钢表面裂纹检出率不低于 99%"
    assert [first.text[mark.start : mark.end] for mark in first.marks] == ["裂纹检出率"]


@pytest.mark.parametrize(
    ("typed", "near"),
    [("defcet", "defect"), ("inspecton", "inspection"), ("预测性", "预测")],
)
def test_words_written_alike_are_named(filled: StoreDatabase, typed: str, near: str) -> None:
    assert near in near_words(filled, typed)


@given(text=st.text(max_size=60))
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_near_words_of_any_text_find_something(filled: StoreDatabase, text: str) -> None:
    for word in near_words(filled, text):
        assert search(filled, word).total > 0
