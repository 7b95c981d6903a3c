"""``aiplus match``: the promised JSON, text for people, and every bad input told in words."""

from __future__ import annotations

import dataclasses
import json
import math
import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from matcher.cli import aiplus
from matcher.cli.text import width
from matcher.errors import InvalidRecord
from matcher.interchange.match_json import match_list_to_json
from matcher.interchange.need_json import LONGEST_TEXT, read_need_json
from matcher.ranking.results import Contribution, Match, MatchList
from matcher.records import Need
from matcher.store.catalogue import read_catalogue, replace_catalogue
from matcher.store.connection import close_database, open_database
from matcher.store.installation import DEMONSTRATION, write_setting
from matcher.store.migrations import apply_migrations
from matcher.store.organisations import add_organisation
from tests.factories import make_capability, make_catalogue, make_pilot_base, make_provider
from tests.matcher.people import make_organisation

Run = Callable[..., Result]
STEEL = {"title": "热轧带钢表面裂纹检测", "problem": "人工抽检漏检多", "industry": "钢铁"}
OFFERS = {  # synthetic
    "CAP2": ("果园病虫害识别", "无人机拍摄果树叶片，识别病斑并给出用药建议。", ("A01",)),
    "CAP3": ("炼化装置泄漏预警", "用红外视频和时序数据提前发现泄漏。", ("C25",)),
    "CAP4": ("客服对话质检", "对通话录音转写并检查话术是否合规。", ("L72",)),
    "CAP5": ("仓储路径规划", "为叉车规划路径，减少空驶。", ("G59",)),
}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small synthetic catalogue in a database, matched by the shipped model."""
    path = tmp_path_factory.mktemp("match") / "small.db"
    start = make_catalogue()
    providers, capabilities = dict(start.providers), dict(start.capabilities)
    for number, (key, (name, problem, industries)) in enumerate(OFFERS.items(), 2):
        provider = make_provider(provider_id=f"VT{number}", name=f"合成供给方{number}号")
        providers[provider.provider_id] = provider
        capabilities[key] = make_capability(
            capability_id=key,
            provider_id=provider.provider_id,
            name=name,
            name_en="",
            problem=problem,
            problem_en="",
            industries=industries,
            claims=(),
            case_ids=(),
            scenario_ids=(),
            derived_from_case_ids=(),
        )
    db = open_database(path)
    apply_migrations(db)
    catalogue = make_catalogue(providers=providers, capabilities=capabilities)
    replace_catalogue(db, catalogue, source="synthetic", now=datetime(2026, 1, 1, tzinfo=UTC))
    close_database(db)
    return path


@pytest.fixture(scope="module")
def match(database: Path) -> Run:
    """Run ``aiplus match`` on a need given as a dict, as text or as bytes."""

    def call(need: object, *arguments: str) -> Result:
        raw = need if isinstance(need, str | bytes) else json.dumps(need)
        return CliRunner(env={"AIPLUS_DATABASE": str(database)}).invoke(
            aiplus, ["match", "--need", "-", *arguments], input=raw, catch_exceptions=False
        )

    return call


@pytest.fixture(scope="module")
def steel(match: Run) -> dict[str, Any]:
    answered = match(STEEL, "--json")
    assert answered.exit_code == 0, answered.stderr
    found: dict[str, Any] = json.loads(answered.stdout)
    return found


def test_json_has_the_promised_names(steel: dict[str, Any]) -> None:
    assert {"model", "need", "no_adequate_match", "matches", "excluded", "timing_ms"} <= set(steel)
    first = steel["matches"][0]
    assert {
        *("rank", "provider_id", "provider", "capability_id", "probability", "bits"),
        *("contributions", "requirements", "evidence", "bases"),
    } <= set(first)
    assert set(first["provider"]) == {"zh", "en"}
    assert {"feature", "bits", "reason_zh", "reason_en"} <= set(first["contributions"][0])
    assert {"case_id", "text", "source"} <= set(first["evidence"][0])
    for base in first["bases"]:
        assert {"pilot_base_id", "service_id", "bits", "reasons"} <= set(base)


@pytest.fixture(scope="module")
def made_up(database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same catalogue, in which the first provider is an organisation of a demonstration."""
    path = Path(shutil.copy(database, tmp_path_factory.mktemp("made-up") / "small.db"))
    db = open_database(path)
    write_setting(db, DEMONSTRATION, "1")
    provider_id = make_capability().provider_id
    organisation = make_organisation(1, provider_id=provider_id, is_demo=True)
    add_organisation(db, organisation, now=datetime(2026, 1, 1, tzinfo=UTC))
    close_database(db)
    return path


def test_what_is_made_up_is_named_so_in_json_and_on_standard_error(
    steel: dict[str, Any], made_up: Path
) -> None:
    answered = match_in(made_up, "--json")
    assert "demonstration data" in answered.stderr
    found = json.loads(answered.stdout)
    assert (found["demonstration"], steel["demonstration"]) == (True, False)
    own = make_capability().provider_id
    assert {row["provider_id"]: row["synthetic"] for row in found["matches"]} == {
        row["provider_id"]: row["provider_id"] == own for row in steel["matches"]
    }
    assert not any(row["synthetic"] for row in steel["matches"])


@pytest.mark.parametrize(
    ("language", "told", "mark"),
    [("zh", "演示数据：", "（演示数据）"), ("en", "Demonstration data:", "(demonstration)")],
)
def test_what_is_made_up_is_named_so_in_the_text(
    match: Run, made_up: Path, language: str, told: str, mark: str
) -> None:
    lines = match_in(made_up, "--lang", language).stdout.splitlines()
    assert lines[0].startswith(told)
    own = make_capability()
    named = [line for line in lines if own.provider_id in line or own.capability_id in line]
    assert len(named) >= 2
    assert all(mark in line for line in named[:2])
    assert mark not in match(STEEL, "--lang", language).stdout


@pytest.mark.parametrize(("language", "told"), [("zh", "仅见名称"), ("en", "known by name only")])
def test_a_base_known_by_name_only_is_told_so_before_what_speaks_for_it(
    match: Run, database: Path, tmp_path: Path, language: str, told: str
) -> None:
    path = Path(shutil.copy(database, tmp_path / "small.db"))
    db = open_database(path)
    catalogue = read_catalogue(db)
    bases = {
        key: dataclasses.replace(base, status="name_only")
        for key, base in catalogue.pilot_bases.items()
    }
    changed = dataclasses.replace(catalogue, pilot_bases=bases)
    replace_catalogue(db, changed, source="synthetic", now=datetime(2026, 1, 2, tzinfo=UTC))
    close_database(db)
    told_lines = match_in(path, "--lang", language).stdout.splitlines()
    lines = [line for line in told_lines if make_pilot_base().pilot_base_id in line]
    assert lines
    assert all(told in line for line in lines)
    assert told not in match(STEEL, "--lang", language).stdout


def match_in(path: Path, *arguments: str) -> Result:
    return CliRunner(env={"AIPLUS_DATABASE": str(path)}).invoke(
        aiplus,
        ["match", "--need", "-", *arguments],
        input=json.dumps(STEEL),
        catch_exceptions=False,
    )


def test_the_provider_of_the_same_thing_comes_first(steel: dict[str, Any]) -> None:
    assert steel["matches"][0]["capability_id"] == make_capability().capability_id


def test_ranks_count_up_one_row_a_provider(steel: dict[str, Any]) -> None:
    rows = steel["matches"]
    assert [row["rank"] for row in rows] == list(range(1, len(rows) + 1))
    assert len({row["provider_id"] for row in rows}) == len(rows)
    assert [row["bits"] for row in rows] == sorted((row["bits"] for row in rows), reverse=True)


def test_contributions_sum_to_the_bits_and_bits_give_the_probability(steel: dict[str, Any]) -> None:
    for row in steel["matches"]:
        total = math.fsum(entry["bits"] for entry in row["contributions"])
        assert total == pytest.approx(row["bits"], abs=1e-9)
        assert row["probability"] == pytest.approx(1 / (1 + 2 ** -row["bits"]), abs=1e-9)
        assert all(entry["reason_zh"] and entry["reason_en"] for entry in row["contributions"])


def test_top_limits_the_list(match: Run) -> None:
    answered = match(STEEL, "--json", "--top", "2")
    assert len(json.loads(answered.stdout)["matches"]) == 2


def test_title_problem_and_industry_are_enough_in_english_too(match: Run) -> None:
    need = {"title": "Surface cracks on steel strip", "problem": "missed", "industry": "steel"}
    found = json.loads(match(need, "--json").stdout)
    assert found["matches"][0]["capability_id"] == make_capability().capability_id


def test_a_need_can_be_a_file(match: Run, database: Path, tmp_path: Path) -> None:
    path = tmp_path / "need.json"
    path.write_text(json.dumps(STEEL), "utf-8-sig")
    answered = CliRunner(env={"AIPLUS_DATABASE": str(database)}).invoke(
        aiplus, ["match", "--need", str(path), "--json"]
    )
    expected = json.loads(match(STEEL, "--json").stdout)["matches"]
    assert json.loads(answered.stdout)["matches"] == expected


@pytest.mark.parametrize(("language", "word"), [("zh", "供给方"), ("en", "provider")])
def test_text_is_a_table_in_the_language_asked_for(match: Run, language: str, word: str) -> None:
    text = match(STEEL, "--lang", language).stdout
    lines = text.splitlines()
    header = next(line for line in lines if word in line)
    column = width(header[: header.index(word)])
    names = [line for line in lines if "%" in line and line[:1].isdigit()]
    assert names
    for line in names:
        assert width(line[: line.index("%")]) < column
    assert all(width(line) <= 100 for line in lines)


def test_failed_conditions_are_told_with_their_reason(match: Run) -> None:
    need = {**STEEL, "excluded_provider_ids": [make_provider().provider_id]}
    found = json.loads(match(need, "--json").stdout)
    gone = [row for row in found["excluded"] if row["provider_id"] == make_provider().provider_id]
    assert gone
    assert all(row["reason_code"] and row["reason_zh"] and row["reason_en"] for row in gone)
    assert make_provider().provider_id not in {row["provider_id"] for row in found["matches"]}


BAD = {
    "nothing": b"",
    "blank": b"  \n ",
    "not json": b"{title: 1}",
    "half": b'{"title": "a"',
    "list": b"[]",
    "number": b"5",
    "null": b"null",
    "empty object": b"{}",
    "blank title": '{"title": "　"}'.encode(),
    "wrong type": b'{"title": 5}',
    "nested type": b'{"title": {"a": 1}}',
    "unknown field": b'{"title": "abc", "titel": "abc"}',
    "unknown code": b'{"title": "abc", "ai_tasks": ["magic"]}',
    "nul": b'{"title": "a\\u0000b"}',
    "raw nul": b'{"title": "a\0b"}',
    "lone surrogate": b'{"title": "\\ud800"}',
    "not a number": b'{"title": "abc", "budget_max_cny": NaN}',
    "infinity": b'{"title": "abc", "budget_max_cny": 1e999}',
    "huge number": b'{"title": "abc", "budget_max_cny": ' + b"9" * 5000 + b"}",
    "negative": b'{"title": "abc", "budget_max_cny": -1}',
    "given twice": b'{"title": "a", "title": "b"}',
    "too deep": b"[" * 100_000,
    "too deep to show": b'{"title": ' + b"[" * 900 + b"]" * 900 + b"}",
    "utf-16": '{"title": "质检"}'.encode("utf-16"),
    "cut utf-8": '{"title": "质检"}'.encode()[:-4],
    "over the limit": json.dumps({"problem": "长" * 100_001}).encode(),
    "requirement": b'{"title": "abc", "requirements": [{"text": 5}]}',
}


@pytest.mark.parametrize("name", BAD)
def test_bad_input_ends_with_2_and_words(match: Run, name: str) -> None:
    refused = match(BAD[name], "--json")
    assert refused.exit_code == 2
    assert refused.stdout == ""
    assert refused.stderr.startswith("aiplus: [invalid_record]")
    assert "Traceback" not in refused.stderr
    assert len(refused.stderr) < 3_000


ODD = {
    "one character": {"title": "裂"},
    "emoji": {"title": "🔥🏭🤖"},
    "punctuation": {"title": "……？！，。"},
    "html": {"title": "<script>alert(1)</script><b>带钢</b>"},
    "sql": {"title": "'; DROP TABLE record_head; --"},
    "mixed scripts": {"title": "सतह दोष كشف العيوب поверхность 表面 kühl"},
    "right to left": {"title": "كشف العيوب السطحية في شرائط الصلب"},
    "line breaks": {"problem": "漏检\r\n\t多\n\n退货"},
    "at the limit": {"problem": "带钢表面裂纹 " * 14_000},
    "traditional": {"title": "熱軋帶鋼表面裂紋檢測"},
    "full width": {"title": "ＡＩ　質検　９９％"},
}


@pytest.mark.parametrize("name", ODD)
def test_odd_input_gets_a_sensible_answer(match: Run, name: str) -> None:
    answered = match(ODD[name], "--json")
    assert answered.exit_code == 0, answered.stderr
    found = json.loads(answered.stdout)
    for row in found["matches"]:
        assert 0 < row["probability"] < 1
    if name in {"emoji", "punctuation"}:
        assert found["no_adequate_match"] is True


def test_traditional_characters_find_what_simplified_ones_find(match: Run) -> None:
    found = json.loads(match(ODD["traditional"], "--json").stdout)
    assert found["matches"][0]["capability_id"] == make_capability().capability_id


def need_or_refusal(raw: bytes) -> tuple[dict[str, Any], Need]:
    """What was refused by field, and the need; any other error fails the test."""
    try:
        return {}, read_need_json(raw)
    except InvalidRecord as refused:
        return refused.errors, Need("", "")


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@given(given_value=JSON_VALUES | st.dictionaries(st.sampled_from(["title", "industry"]), st.text()))
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_any_json_is_a_need_or_is_refused(given_value: object) -> None:
    told, need = need_or_refusal(json.dumps(given_value).encode())
    assert told or need.title or need.problem


@given(st.binary(max_size=200))
@settings(max_examples=150, deadline=None)
def test_any_bytes_are_refused_or_read(raw: bytes) -> None:
    told, need = need_or_refusal(raw)
    assert told or need.title or need.problem


def test_an_endless_file_is_not_parsed() -> None:
    with pytest.raises(InvalidRecord, match="at most"):
        read_need_json(b" " * (LONGEST_TEXT + 1))


@pytest.mark.parametrize("source", ["nowhere.json", "."])
def test_a_missing_file_or_a_folder_is_told(database: Path, source: str) -> None:
    environ = {"AIPLUS_DATABASE": str(database)}
    refused = CliRunner(env=environ).invoke(aiplus, ["match", "--need", source])
    assert refused.exit_code == 2
    assert source in refused.stderr


def test_without_a_model_it_says_which_file_is_missing(database: Path, tmp_path: Path) -> None:
    environ = {"AIPLUS_DATABASE": str(database), "AIPLUS_MODELS": str(tmp_path)}
    refused = CliRunner(env=environ).invoke(
        aiplus, ["match", "--need", "-"], input=json.dumps(STEEL)
    )
    assert refused.exit_code == 2
    assert "[model_missing]" in refused.stderr
    assert "serving.txt" in refused.stderr


def test_figures_that_are_not_finite_become_null() -> None:
    entry = Contribution("f", 1.0, math.nan, "甲", "a")
    row = Match(
        rank=1,
        provider_id="V1",
        provider_name="甲",
        provider_name_en="A",
        capability_id="C1",
        probability=0.5,
        bits=0.0,
        contributions=(entry,),
        requirements=(),
        evidence=(),
        checks=(),
        bases=(),
        counterfactuals=(),
        adequate=True,
    )
    found = match_list_to_json(
        MatchList("m", 1, {}, False, (row,), (), (), 1, timing_ms={"total": math.inf})
    )
    text = json.dumps(found, allow_nan=False)
    assert json.loads(text)["matches"][0]["contributions"][0]["value"] is None
    assert found["timing_ms"] == {"total": None}
