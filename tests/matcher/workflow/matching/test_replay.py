"""Shown scores are computed again to the last digit, whatever has changed since."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli.group import aiplus
from matcher.errors import InvalidRecord, ModelMissing, StoreError, UnknownRecord
from matcher.store.capabilities import save_capability
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import StoreDatabase, open_database
from matcher.store.matches import all_match_lists, list_match_lists, read_match_list
from matcher.store.migrations import apply_migrations
from matcher.store.needs import save_need
from matcher.text.embedding import MultilingualEncoder
from matcher.workflow.learning.models import promote, set_exploration
from matcher.workflow.matching.replay import read_match_id, replay_all, replay_match
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.needs.matches import match_and_keep
from matcher.workflow.needs.states import Act
from tests.factories import (
    make_capability,
    make_case,
    make_catalogue,
    make_claim,
    make_need,
    make_provider,
)
from tests.matcher.workflow.matching.test_serving_models import ADMIN, TODAY
from tests.web.models import NEXT, NOW, keep_comparison, two_models

NEED = make_need(need_id="N-1")
N_PROVIDERS = 16


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with a catalogue whose capabilities differ in what the features read."""
    folder = tmp_path_factory.mktemp("replay")
    db = open_database(folder / "aiplus.db")
    apply_migrations(db)
    capabilities = {
        f"CAP-{i:02}": make_capability(
            capability_id=f"CAP-{i:02}",
            provider_id=f"V{i:02}",
            industries=(("C31", "C17", "C26")[i % 3],),
            maturity=None if i % 4 == 0 else 3 + i % 7,
            name_en="" if i % 5 == 0 else "Surface crack detection",
            problem_en="" if i % 5 == 0 else "Finds cracks on strip",
            claims=(make_claim(claim_id=f"CL-{i:02}", case_ids=(f"CR-{i:02}",)),),
            case_ids=(),
        )
        for i in range(N_PROVIDERS)
    }
    providers = {f"V{i:02}": make_provider(provider_id=f"V{i:02}") for i in range(N_PROVIDERS)}
    cases = {
        f"CR-{i:02}": make_case(case_id=f"CR-{i:02}", provider_id=f"V{i:02}", year=2018 + i % 8)
        for i in range(N_PROVIDERS)
    }
    catalogue = make_catalogue(capabilities=capabilities, providers=providers, cases=cases)
    replace_catalogue(db, catalogue, source="tests", now=NOW)
    save_need(db, NEED, actor="tests", now=NOW)
    models = two_models(folder / "models")
    service = MatchingService(
        folder / "aiplus.db", models, encoder=MultilingualEncoder(), today=lambda: TODAY
    )
    match_and_keep(db, service, NEED.need_id, now=NOW)
    set_exploration(db, 0.1, Act(ADMIN, NOW, "because"))
    for _ in range(6):
        match_and_keep(db, service, NEED.need_id, now=NOW)
    keep_comparison(db, models, passed=True)
    promote(db, models, NEXT, Act(ADMIN, NOW, "because"))
    match_and_keep(db, service, NEED.need_id, now=NOW)
    db.close()
    return folder


@pytest.fixture
def folder(template: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(template, tmp_path / "own"))


@pytest.fixture
def db(folder: Path) -> Iterator[StoreDatabase]:
    database = open_database(folder / "aiplus.db")
    yield database
    database.close()


def run(folder: Path, *words: str) -> tuple[int, str]:
    environment = {
        "AIPLUS_DATABASE": str(folder / "aiplus.db"),
        "AIPLUS_MODELS": str(folder / "models"),
    }
    result = CliRunner().invoke(aiplus, ["replay", *words], env=environment)
    return result.exit_code, result.output


def test_every_score_of_two_models_comes_out_to_the_last_digit(
    db: StoreDatabase, folder: Path
) -> None:
    told: list[tuple[int, int]] = []
    replayed = list(
        replay_all(db, folder / "models", progress=lambda *reached: told.append(reached))
    )
    assert told == [(number, len(told)) for number in range(1, len(told) + 1)]
    assert len(told) == len(all_match_lists(db))
    assert len({one.model_id for one in replayed}) == 2
    assert len(replayed) > 8 * 10
    for one in replayed:
        assert (one.bits, one.probability) == (one.kept_bits, one.kept_probability)
        assert one.differences == ()
        assert one.changed == ()
    assert any(one.propensity < 1 for one in replayed)


def test_whole_row_of_features_is_kept_with_what_was_not_stated(db: StoreDatabase) -> None:
    kept = read_match_list(db, list_match_lists(db, NEED.need_id)[-1])
    rows = [match.features for match in kept.match_list.matches]
    assert len({tuple(row) for row in rows}) == 1
    assert any(value is None for row in rows for value in row.values())
    spoken = [item for match in kept.match_list.matches for item in match.contributions]
    assert len(rows[0]) > len({item.feature for item in spoken}) - 2
    assert kept.match_list.computed_on == TODAY
    assert len(kept.match_list.model_sha256) == 64


def test_versions_of_every_case_behind_a_claim_are_kept(db: StoreDatabase) -> None:
    kept = read_match_list(db, list_match_lists(db, NEED.need_id)[-1])
    for match in kept.match_list.matches:
        assert ("case", match.capability_id.replace("CAP", "CR")) in kept.record_versions


def test_changed_record_is_named_with_its_fields_and_the_number_stays(
    db: StoreDatabase, folder: Path
) -> None:
    before = replay_match(db, folder / "models", "1-1")[0]
    changed = make_capability(
        capability_id=before.capability_id, provider_id=before.provider_id, maturity=2
    )
    provider = make_provider(provider_id=before.provider_id)
    save_capability(db, changed, provider, actor="tests", now=NOW)
    save_need(db, replace(NEED, title="另一个问题"), actor="tests", now=NOW)
    after = replay_match(db, folder / "models", "1-1")[0]
    assert after.is_same
    assert after.probability == before.probability
    told = {change.kind: change for change in after.changed}
    assert set(told) == {"need", "capability"}
    assert told["need"].fields == ("title",)
    assert "maturity" in told["capability"].fields
    assert (told["capability"].version, told["capability"].version_now) == (1, 2)
    assert after.catalogue_now > after.catalogue_then
    code, output = run(folder, "1-1")
    assert code == 0
    assert f"capability {before.capability_id}: version 1 → 2" in output
    assert NEXT in output  # another model serves now, and it says so


def test_withdrawn_record_is_told(db: StoreDatabase, folder: Path) -> None:
    replace_catalogue(db, make_catalogue(), source="tests", now=NOW)
    one = replay_match(db, folder / "models", "1-1")[0]
    assert one.is_same
    assert {change.version_now for change in one.changed if change.kind == "capability"} == {None}


def alter(db: StoreDatabase, table: str, changes: str, *values: object) -> None:
    """Change what was shown, as somebody with the file could."""
    db.execute(f"DROP TRIGGER {table}_no_update")
    db.execute(f"UPDATE {table} SET {changes}", list(values))  # noqa: S608 - by the tests


def test_altered_number_is_found_and_named_first(db: StoreDatabase, folder: Path) -> None:
    assert run(folder, "--all")[0] == 0
    alter(db, "match_pair", "explanation = json_set(explanation, '$.probability', 0.5) "
          "WHERE match_list_id = 3 AND rank = 4")  # fmt: skip
    code, output = run(folder, "--all", "--json")
    told = json.loads(output)
    assert (code, told["same"], told["n_scores"] > 20) == (1, False, True)
    assert told["first_difference"]["match_id"] == "3-4"
    assert told["first_difference"]["differences"][0]["what"] == "probability"
    assert run(folder, "3-4")[0] == 1
    assert run(folder, "3-3")[0] == 0


def test_altered_feature_is_found(db: StoreDatabase, folder: Path) -> None:
    alter(db, "match_pair", "features = json_set(features, '$.lexical_best', 9.5) "
          "WHERE match_list_id = 1 AND rank = 2")  # fmt: skip
    assert run(folder, "1-2")[0] == 1
    assert "lexical_best" in run(folder, "1-2")[1]


def test_altered_record_version_is_refused(db: StoreDatabase, folder: Path) -> None:
    db.execute("UPDATE record_version SET payload = json_set(payload, '$.title', 'x') "
               "WHERE kind = 'need'")  # fmt: skip
    with pytest.raises(StoreError, match="altered"):
        replay_match(db, folder / "models", "1-1")


def test_model_that_is_gone_or_another_is_said(db: StoreDatabase, folder: Path) -> None:
    models = folder / "models"
    tables = models / NEXT / "model.json"
    manifest = models / NEXT / "manifest.json"
    alter(db, "match_list", "model_sha256 = ? WHERE match_list_id = 8", "f" * 64)
    assert [one.what for one in replay_match(db, models, "8-1")[0].differences] == ["model_sha256"]
    tables.unlink()
    manifest.unlink()
    with pytest.raises(ModelMissing, match=NEXT):
        replay_match(db, models, "8-1")
    code, output = run(folder, "--all")
    assert code == 2
    assert NEXT in output


@pytest.mark.parametrize("name", ["", "x", "1-", "-1", "1-2-3", "1.5", "²", "9" * 40])
def test_names_that_are_none_are_refused(name: str) -> None:
    with pytest.raises(InvalidRecord):
        read_match_id(name)


def test_unknown_matches_and_wrong_use_exit_2(db: StoreDatabase, folder: Path) -> None:
    with pytest.raises(UnknownRecord):
        replay_match(db, folder / "models", "99")
    with pytest.raises(UnknownRecord):
        replay_match(db, folder / "models", "1-99")
    for words in (("99",), ("1-99",), ("nothing",), (), ("1-1", "--all")):
        assert run(folder, *words)[0] == 2


def test_one_match_as_json_names_all_that_it_rests_on(folder: Path) -> None:
    code, output = run(folder, "2-1", "--json")
    told = json.loads(output)[0]
    assert code == 0
    assert told["same"] is True
    assert told["probability"] == told["kept_probability"]
    assert set(told) >= {"need_id", "capability_id", "model_id", "rank", "propensity", "changed"}


def test_each_sides_probability_is_replayed_too(db: StoreDatabase, folder: Path) -> None:
    alter(db, "match_pair", "probability_need = 0.25 WHERE match_list_id = 2 AND rank = 1")
    (one,) = replay_match(db, folder / "models", "2-1")
    assert [item.what for item in one.differences] == ["probability need"]
