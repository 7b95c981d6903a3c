"""The serving model is a record: promoted and rolled back without a restart, scores as before."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlite_utils import Database

from matcher.errors import ModelMissing
from matcher.identity import Account, Actor, Role
from matcher.ranking.registry import serving_model_id
from matcher.ranking.results import Match
from matcher.store.accounts import add_account, update_account
from matcher.store.catalogue import replace_catalogue
from matcher.store.connection import open_database
from matcher.store.installation import DEMONSTRATION, write_setting
from matcher.store.jobs import add_job, end_job, read_job, update_job
from matcher.store.matches import read_match_list, save_match_list
from matcher.store.migrations import apply_migrations
from matcher.store.models import list_changes
from matcher.store.needs import save_need
from matcher.store.shadow import read_shadow, summarise_shadow
from matcher.text.embedding import MultilingualEncoder, SentenceEncoder
from matcher.workflow.demonstration.end import end_demonstration
from matcher.workflow.jobs import SILENT_AFTER, JobProgress, seems_stopped
from matcher.workflow.learning.models import (
    ASKED,
    PROMOTED,
    ModelChangeRefused,
    promote,
    roll_back,
    set_exploration,
    set_shadow,
    shadow_model,
)
from matcher.workflow.matching.exploration import explore
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.matching.serving import serving_id
from matcher.workflow.needs.matches import match_and_keep
from matcher.workflow.needs.states import Act
from tests.factories import make_capability, make_catalogue, make_need, make_provider
from tests.web.models import NEXT, NOW, copy_model, keep_comparison, two_models

TODAY = date(2026, 11, 22)
ADMIN = Actor("ACC-1", Role.ADMINISTRATOR)
SECOND = Actor("ACC-2", Role.ADMINISTRATOR)
NEED = make_need(need_id="N-1", requirements=())
N_PROVIDERS = 40


def act(actor: Actor = ADMIN, reason: str = "because") -> Act:
    return Act(actor, NOW, reason)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    database = open_database(tmp_path / "aiplus.db")
    apply_migrations(database)
    capabilities = {
        f"CAP-{i:02}": make_capability(
            capability_id=f"CAP-{i:02}", provider_id=f"V{i:02}", industries=(("C31", "C17")[i % 2],)
        )
        for i in range(N_PROVIDERS)
    }
    providers = {f"V{i:02}": make_provider(provider_id=f"V{i:02}") for i in range(N_PROVIDERS)}
    catalogue = make_catalogue(capabilities=capabilities, providers=providers)
    replace_catalogue(database, catalogue, source="tests", now=NOW)
    save_need(database, NEED, actor="tests", now=NOW)
    yield database
    database.close()


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return MultilingualEncoder()


@pytest.fixture
def models(tmp_path: Path) -> Path:
    return two_models(tmp_path / "models")


@pytest.fixture
def service(
    db: Database, models: Path, tmp_path: Path, encoder: SentenceEncoder
) -> MatchingService:
    path = tmp_path / "aiplus.db"
    return MatchingService(path, models, encoder=encoder, today=lambda: TODAY)


def scores(service: MatchingService) -> bytes:
    ranking = service.snapshot().matcher.rank(NEED, today=TODAY)
    return ranking.raw.tobytes() + np.float64(ranking.field).tobytes()


def why_refused(error: pytest.ExceptionInfo[ModelChangeRefused]) -> str:
    return error.value.why


def test_promotion_and_rollback_reach_a_running_service_and_restore_byte_equal_scores(
    db: Database, models: Path, service: MatchingService
) -> None:
    shipped, before = serving_model_id(models), scores(service)
    whole = replace(service.match(NEED, top=10), timing_ms={})
    keep_comparison(db, models, passed=True)
    assert promote(db, models, NEXT, act()) == PROMOTED
    assert service.model.model_id == NEXT
    assert scores(service) != before
    assert service.match(NEED).model_id == NEXT
    assert roll_back(db, models, act()) == shipped
    assert service.model_info["model_id"] == shipped
    assert scores(service) == before
    assert replace(service.match(NEED, top=10), timing_ms={}) == whole


def test_new_service_takes_the_recorded_model(
    db: Database, models: Path, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    keep_comparison(db, models, passed=True)
    promote(db, models, NEXT, act())
    path = tmp_path / "aiplus.db"
    fresh = MatchingService(path, models, encoder=encoder, today=lambda: TODAY)
    assert fresh.model.model_id == NEXT


def test_several_promotions_are_rolled_back_one_by_one(db: Database, models: Path) -> None:
    shipped = serving_model_id(models)
    keep_comparison(db, models, passed=True)
    promote(db, models, NEXT, act())
    roll_back(db, models, act())
    keep_comparison(db, models, passed=True)
    promote(db, models, NEXT, act())
    assert serving_id(db, models) == NEXT
    roll_back(db, models, act())
    assert serving_id(db, models) == shipped
    with pytest.raises(ModelChangeRefused) as error:
        roll_back(db, models, act())
    assert why_refused(error) == "nothing_to_roll_back"


def test_comparison_of_a_changed_model_counts_no_more(db: Database, models: Path) -> None:
    keep_comparison(db, models, passed=True)
    path = models / NEXT / "model.json"
    copy_model(models, serving_model_id(models), "third")
    path.write_text(path.read_text("utf-8").replace('"model_id"', '"model_id" '), "utf-8")
    with pytest.raises(Exception, match="altered"):
        promote(db, models, NEXT, act())
    with pytest.raises(ModelChangeRefused) as error:
        promote(db, models, "third", act())
    assert why_refused(error) == "not_compared"


def test_earlier_model_that_was_changed_does_not_come_back(db: Database, models: Path) -> None:
    keep_comparison(db, models, passed=True)
    promote(db, models, NEXT, act())
    shipped = serving_model_id(models)
    copied = (models / NEXT / "model.json").read_text("utf-8")
    manifest = (models / NEXT / "manifest.json").read_text("utf-8")
    (models / shipped / "model.json").write_text(copied, "utf-8")
    (models / shipped / "manifest.json").write_text(manifest, "utf-8")
    with pytest.raises(ModelChangeRefused) as error:
        roll_back(db, models, act())
    assert why_refused(error) == "model_changed"


def test_two_different_administrators_against_advice(db: Database, models: Path) -> None:
    keep_comparison(db, models, passed=False)
    assert promote(db, models, NEXT, act()) == ASKED
    with pytest.raises(ModelChangeRefused) as error:
        promote(db, models, NEXT, act())
    assert why_refused(error) == "second_person"
    with pytest.raises(ModelChangeRefused) as error:
        promote(db, models, NEXT, act(Actor("ACC-3", Role.REVIEWER)))
    assert why_refused(error) == "not_entitled"
    assert promote(db, models, NEXT, act(SECOND)) == PROMOTED


def test_who_was_sent_away_meanwhile_is_no_second_administrator(db: Database, models: Path) -> None:
    asker = Account(ADMIN.actor_id, "first@example.invalid", Role.ADMINISTRATOR)
    add_account(db, asker, password_hash="none", now=NOW)
    keep_comparison(db, models, passed=False)
    assert promote(db, models, NEXT, act()) == ASKED
    update_account(db, ADMIN.actor_id, {"is_active": False})
    assert promote(db, models, NEXT, act(SECOND)) == ASKED
    assert promote(db, models, NEXT, act(Actor("ACC-3", Role.ADMINISTRATOR))) == PROMOTED


def test_model_of_synthetic_history_serves_in_a_demonstration_alone(
    db: Database, tmp_path: Path
) -> None:
    folder = two_models(tmp_path / "others", synthetic=True)
    keep_comparison(db, folder, passed=True)
    with pytest.raises(ModelChangeRefused) as error:
        promote(db, folder, NEXT, act())
    assert why_refused(error) == "synthetic"
    write_setting(db, DEMONSTRATION, "1")
    assert promote(db, folder, NEXT, act()) == PROMOTED


def test_address_is_no_model(db: Database, models: Path) -> None:
    with pytest.raises(ModelMissing):
        promote(db, models, "../models", act())


def test_shadow_ranks_beside_and_changes_nothing_shown(
    db: Database, models: Path, service: MatchingService
) -> None:
    plain = match_and_keep(db, service, NEED.need_id, now=NOW)
    set_shadow(db, models, NEXT, act())
    beside = match_and_keep(db, service, NEED.need_id, now=NOW)
    shown = [read_match_list(db, one).match_list.matches for one in (plain, beside)]
    assert shown[0] == shown[1]
    assert read_shadow(db, plain, NEXT) == []
    pairs = read_shadow(db, beside, NEXT)
    assert [pair.rank for pair in pairs] == list(range(1, 21))
    assert {pair.bits for pair in pairs} != {match.bits for match in shown[1]}
    assert summarise_shadow(db, NEXT).n_lists == 1


def test_damaged_shadow_never_reaches_who_asked(
    db: Database, models: Path, service: MatchingService
) -> None:
    set_shadow(db, models, NEXT, act())
    (models / NEXT / "model.json").write_text("{}", "utf-8")
    kept = match_and_keep(db, service, NEED.need_id, now=NOW)
    assert read_match_list(db, kept).match_list.matches
    assert read_shadow(db, kept, NEXT) == []


def test_without_exploration_every_pair_stands_where_it_was_wanted(
    db: Database, service: MatchingService
) -> None:
    kept = read_match_list(db, match_and_keep(db, service, NEED.need_id, now=NOW))
    assert set(kept.propensities.values()) == {1.0}


def test_explored_list_is_kept_with_its_propensities(
    db: Database, service: MatchingService
) -> None:
    set_exploration(db, 0.1, act())
    moved = 0
    for _ in range(12):
        kept = match_and_keep(db, service, NEED.need_id, now=NOW)
        rows = list(
            db.query(
                "SELECT rank, intended_rank, origin, propensity FROM match_pair "
                "WHERE match_list_id = ?",
                [kept],
            )
        )
        off = [row for row in rows if row["rank"] != row["intended_rank"]]
        assert {row["origin"] for row in off} <= {"exploration"}
        assert all(0 < row["propensity"] <= 1 for row in rows)
        assert len(rows) == 20
        assert len(off) <= 2
        moved += bool(off)
    assert moved > 0


def matches(service: MatchingService) -> tuple[Match, ...]:
    return service.match(NEED, top=30).matches


def test_exploration_is_a_function_of_its_seed_and_its_chances_are_true(
    service: MatchingService,
) -> None:
    every = matches(service)
    wanted = {m.capability_id: m.rank for m in every}
    n, share = 4_000, 0.1
    times: dict[tuple[str, int], int] = {}
    stated: dict[tuple[str, int], float] = {}
    moved = 0
    for seed in range(n):
        found = explore(lambda k: every[:k], 20, share, seed)
        assert len({m.capability_id for m in found.matches}) == 20
        for match in found.matches:
            key = (match.capability_id, match.rank)
            times[key] = times.get(key, 0) + 1
            stated[key] = found.propensities[match.capability_id]
            moved += wanted[match.capability_id] != match.rank and match.rank <= 10
    assert explore(lambda k: every[:k], 20, share, 5) == explore(lambda k: every[:k], 20, share, 5)
    assert moved / (10 * n) == pytest.approx(share, abs=0.01)
    gaps = [abs(times[key] / n - chance) for key, chance in stated.items()]
    assert max(gaps) < 0.03


def test_newcomer_passed_the_same_hard_checks(db: Database, service: MatchingService) -> None:
    barred = [f"V{i:02}" for i in range(0, N_PROVIDERS, 2)]
    need = replace(NEED, excluded_provider_ids=tuple(barred))
    for seed in range(60):
        found = explore(lambda k: service.match(need, top=k).matches, 5, 0.1, seed)
        assert not {match.provider_id for match in found.matches} & set(barred)


@pytest.mark.parametrize("share", [-0.01, 0.11, float("nan")])
def test_exploration_beyond_a_tenth_is_refused(db: Database, share: float) -> None:
    with pytest.raises(ModelChangeRefused) as error:
        set_exploration(db, share, act())
    assert why_refused(error) == "exploration_range"


def test_kept_list_without_exploration_wants_each_rank(
    db: Database, service: MatchingService
) -> None:
    found = service.match(NEED, top=3)
    kept = save_match_list(db, found, record_versions={}, origin="site", now=NOW)
    rows = db.query("SELECT rank, intended_rank FROM match_pair WHERE match_list_id = ?", [kept])
    assert [row["rank"] for row in rows] == [1, 2, 3]


def test_job_tells_how_far_it_is_and_its_end_stands(db: Database) -> None:
    add_job(db, "JOB1", "models.compare", {"model_id": NEXT}, started_by="ACC-1", now=NOW)
    progress = JobProgress(db, "JOB1", clock=lambda: NOW)
    progress.say("cases")
    progress(3, 30)
    job = read_job(db, "JOB1")
    assert (job.state, job.n_done, job.n_total, job.stage) == ("running", 3, 30, "cases")
    assert seems_stopped(job, NOW + SILENT_AFTER * 2)
    end_job(db, "JOB1", now=NOW, result={"comparison_id": 4})
    end_job(db, "JOB1", now=NOW, problem="too late")
    update_job(db, "JOB1", n_done=1, n_total=1, stage="", now=datetime.now(UTC))
    job = read_job(db, "JOB1")
    assert (job.state, job.problem, job.result) == ("done", "", {"comparison_id": 4})
    assert not seems_stopped(job, NOW + SILENT_AFTER * 2)


def promoted_in_a_demonstration(db: Database, models: Path) -> None:
    write_setting(db, DEMONSTRATION, "1")
    keep_comparison(db, models, passed=True)
    promote(db, models, NEXT, act())
    set_shadow(db, models, NEXT, act())


def test_model_of_invented_history_does_not_outlive_its_demonstration(
    db: Database, tmp_path: Path
) -> None:
    models = two_models(tmp_path / "others", synthetic=True)
    shipped = serving_model_id(models)
    promoted_in_a_demonstration(db, models)
    for _twice in range(2):
        end_demonstration(db, models=models, now=NOW)
        assert (serving_id(db, models), shadow_model(db)) == (shipped, "")
    assert [one.kind for one in list_changes(db)] == ["rolled_back", "promoted"]


def test_model_that_taught_itself_from_real_history_stays_when_a_demonstration_ends(
    db: Database, models: Path
) -> None:
    promoted_in_a_demonstration(db, models)
    end_demonstration(db, models=models, now=NOW)
    assert (serving_id(db, models), shadow_model(db)) == (NEXT, NEXT)


def test_rolling_back_leads_to_no_model_of_invented_history(db: Database, tmp_path: Path) -> None:
    models = two_models(tmp_path / "others", synthetic=True)
    promoted_in_a_demonstration(db, models)
    db.conn.execute("UPDATE serving_change SET previous_id = model_id, model_id = previous_id")
    db.conn.commit()
    write_setting(db, DEMONSTRATION, "0")
    with pytest.raises(ModelChangeRefused) as error:
        roll_back(db, models, act())
    assert why_refused(error) == "synthetic"
