"""The serving model is tested each night, and what holds no more reaches the administrators."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from matcher.cli.daily_matching import model_duty
from matcher.identity import Account, Role
from matcher.learning.cases import evidence_cases
from matcher.ranking.registry import serving_model_id
from matcher.records import Catalogue
from matcher.reports.property_results import WORDS
from matcher.settings import PROJECT
from matcher.store.accounts import add_account
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.store.model_checks import add_check, list_checks
from matcher.store.notices import list_notices
from matcher.text.embedding import MultilingualEncoder
from matcher.workflow.learning.model_checks import (
    FRESH_FOR,
    check_serving_model,
    is_due,
    lost_properties,
)
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.matching.serving import model_digest
from tests.shared import copied_database
from tests.web.models import NEXT, copy_model

TODAY = date(2026, 11, 22)
NOW = datetime(2026, 11, 22, 1, 0, tzinfo=UTC)
MODELS = PROJECT / "models"
SHIPPED = serving_model_id(MODELS)


@pytest.fixture
def db(shipped_database: Path, tmp_path: Path) -> Iterator[StoreDatabase]:
    database = open_database(copied_database(shipped_database, tmp_path / "aiplus.db"))
    admin = Account("ACC-9", "admin9@example.org", Role.ADMINISTRATOR)
    add_account(database, admin, password_hash="-", now=NOW)
    yield database
    close_database(database)


@pytest.fixture
def few_cases(shipped_catalogue: Catalogue) -> Catalogue:
    asked = {case.case_id for case in evidence_cases(shipped_catalogue)[::25]}
    cases = {i: c for i, c in shipped_catalogue.cases.items() if i in asked}
    return replace(shipped_catalogue, cases=cases)


def test_check_is_kept_once_a_night_and_what_holds_no_more_is_told(
    db: StoreDatabase, few_cases: Catalogue, real_encoder: MultilingualEncoder
) -> None:
    service = MatchingService(Path(str(db.path)), MODELS, encoder=real_encoder, today=lambda: TODAY)
    assert is_due(db, MODELS, SHIPPED, now=NOW)
    everything = [{"name": name, "passed": True} for name in WORDS]
    digest = model_digest(MODELS, SHIPPED)
    add_check(db, (SHIPPED, digest), 1, {"n_held": 14, "properties": everything}, now=NOW)
    assert not is_due(db, MODELS, SHIPPED, now=NOW + FRESH_FOR)
    night = NOW + timedelta(days=1)
    assert is_due(db, MODELS, SHIPPED, now=night)
    found = check_serving_model(db, service, now=night, asked=few_cases)
    assert not is_due(db, MODELS, SHIPPED, now=night)
    assert found.model_sha256 == digest
    assert found.n_held == sum(one["passed"] for one in found.properties)
    assert {one["name"] for one in found.properties} == set(WORDS)
    before = list_checks(db, SHIPPED)[1]
    assert [one["name"] for one in lost_properties(before, found)] == ["off_topic_says_so"]
    assert lost_properties(found, found) == []
    (told,) = list_notices(db, "ACC-9")
    assert told.message.topic == "model.property_lost"
    assert WORDS["off_topic_says_so"][0] in told.message.text_zh
    assert WORDS["off_topic_says_so"][1] in told.message.text_en


def test_altered_model_is_due_at_once(db: StoreDatabase, tmp_path: Path) -> None:
    folder = tmp_path / "models"
    shutil.copytree(MODELS, folder)
    copy_model(folder, SHIPPED)
    add_check(
        db, (SHIPPED, model_digest(folder, SHIPPED)), 1, {"n_held": 0, "properties": []}, now=NOW
    )
    assert not is_due(db, folder, SHIPPED, now=NOW)
    shutil.copyfile(folder / NEXT / "model.json", folder / SHIPPED / "model.json")
    assert is_due(db, folder, SHIPPED, now=NOW)


def test_duty_without_cases_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIPLUS_MODELS", str(MODELS))
    db = open_database(tmp_path / "empty.db")
    apply_migrations(db)
    assert "not done" in model_duty(db, NOW)
    assert list_checks(db, SHIPPED) == []
    db.close()
