"""The administrator's models: who may, what is refused, two people where it is advised against."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.identity import COMMAND_LINE, Role
from matcher.ranking.registry import serving_model_id
from matcher.reports.property_results import property_result
from matcher.store.audit import EventFilter, list_events
from matcher.store.installation import read_setting
from matcher.store.jobs import add_job, end_job, update_job
from matcher.store.model_checks import add_check
from matcher.store.models import last_change
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.accounts.staff import add_staff
from matcher.workflow.matching.serving import model_digest, serving_id
from tests.web.conftest import CHEAP, SignIn, reader_of, token_of
from tests.web.html import check_page
from tests.web.models import NEXT, NOW, keep_comparison, two_models

Send = Callable[..., int]
PASSWORD = "correct horse battery staple"


@pytest.fixture
def models(own_site: Flask, tmp_path: Path) -> Path:
    folder = two_models(tmp_path / "models")
    own_site.config["MODELS"] = str(folder)
    backend = own_site.extensions["backend"]
    backend.models_dir, backend.service = folder, None  # it loads its model from there
    return folder


@pytest.fixture
def administrator(models: Path, sign_in: SignIn) -> FlaskClient:
    return sign_in("administrator")


@pytest.fixture
def colleague(own_site: Flask, own_database: Database) -> FlaskClient:
    """Another administrator, signed in."""
    values = {
        "email": "second@example.invalid",
        "name": "虚构管理员",
        "password": PASSWORD,
        "password_again": PASSWORD,
    }
    add_staff(
        own_database,
        Passwords(CHEAP),
        values,
        role=Role.ADMINISTRATOR,
        actor=COMMAND_LINE,
        now=datetime.now(UTC),
    )
    client = own_site.test_client()
    data = {"email": values["email"], "password": PASSWORD, "csrf_token": token_of(client)}
    assert client.post("/sign-in", data=data).status_code == 303
    return client


def post(client: FlaskClient, path: str, **data: str) -> int:
    token = token_of(client, "/account")
    return client.post(path, data={"csrf_token": token, **data}).status_code


def actions(db: Database) -> list[str]:
    return [event.action for event in list_events(db, EventFilter(object_kind="model"))]


@pytest.mark.parametrize("path", ["/models", f"/models/{NEXT}", "/models/jobs/JOB1"])
def test_only_administrators_see_models(models: Path, sign_in: SignIn, path: str) -> None:
    for who in ("enterprise", "provider", "reviewer"):
        assert sign_in(who).get(path).status_code == 403


def test_visitor_is_led_to_the_sign_in(client: FlaskClient) -> None:
    assert client.get("/models").status_code == 303


@pytest.mark.parametrize("path", ["/models/../secret", "/models/none", "/models/jobs/none"])
def test_what_is_not_there_is_not_found(administrator: FlaskClient, path: str) -> None:
    assert administrator.get(path).status_code == 404
    for act in ("compare", "promote"):
        assert post(administrator, f"/models/none/{act}", reason="x") == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_say_what_was_found(
    administrator: FlaskClient, own_database: Database, models: Path, lang: str
) -> None:
    read = reader_of(administrator)
    assert NEXT in read("/models", lang=lang).text
    keep_comparison(own_database, models, passed=False)
    soup = read(f"/models/{NEXT}", lang=lang)
    rows = soup.select("main table tbody tr")
    assert len(rows) == 4
    word = {"zh": "更差", "en": "worse"}[lang]
    assert {tag.text for tag in soup.select("td .tag-bad")} == {word}
    few = next(row for row in rows if row.select_one(".tag-unknown"))
    assert few.text.count("—") == 3


def test_uncompared_model_is_not_promoted(
    administrator: FlaskClient, own_database: Database, models: Path
) -> None:
    assert post(administrator, f"/models/{NEXT}/promote", reason="because") == 422
    assert last_change(own_database) is None


def test_promotion_wants_a_reason_and_is_audited(
    administrator: FlaskClient, own_database: Database, models: Path
) -> None:
    keep_comparison(own_database, models, passed=True)
    assert post(administrator, f"/models/{NEXT}/promote", reason="  ") == 422
    assert post(administrator, f"/models/{NEXT}/promote", reason="the month's labels") == 303
    assert serving_id(own_database, models) == NEXT
    event = list_events(own_database, EventFilter(object_kind="model"))[0]
    assert (event.action, event.reason) == ("model.promoted", "the month's labels")
    assert json.loads(event.before) == {"serving": serving_model_id(models)}
    assert post(administrator, f"/models/{NEXT}/promote", reason="again") == 422


def test_model_that_is_advised_against_takes_two_administrators(
    administrator: FlaskClient, colleague: FlaskClient, own_database: Database, models: Path
) -> None:
    keep_comparison(own_database, models, passed=False)
    assert post(administrator, f"/models/{NEXT}/promote", reason="we know better") == 303
    assert serving_id(own_database, models) == serving_model_id(models)
    assert post(administrator, f"/models/{NEXT}/promote", reason="really") == 422
    assert serving_id(own_database, models) == serving_model_id(models)
    assert "we know better" in colleague.get(f"/models/{NEXT}").text
    assert post(colleague, f"/models/{NEXT}/promote", reason="agreed") == 303
    change = last_change(own_database)
    assert change is not None
    assert change.model_id == NEXT
    assert change.asked_by
    assert change.asked_by != change.made_by
    assert actions(own_database)[:2] == ["model.promoted", "model.promotion_asked"]


def test_request_can_be_refused(
    administrator: FlaskClient, colleague: FlaskClient, own_database: Database, models: Path
) -> None:
    keep_comparison(own_database, models, passed=False)
    post(administrator, f"/models/{NEXT}/promote", reason="we know better")
    assert post(colleague, f"/models/{NEXT}/withdraw") == 303
    assert post(colleague, f"/models/{NEXT}/withdraw") == 422
    assert actions(own_database)[0] == "model.request_withdrawn"


def test_one_click_rolls_back(
    administrator: FlaskClient, own_database: Database, models: Path
) -> None:
    assert post(administrator, "/models/roll-back") == 422
    keep_comparison(own_database, models, passed=True)
    post(administrator, f"/models/{NEXT}/promote", reason="try")
    assert post(administrator, "/models/roll-back") == 303
    assert serving_id(own_database, models) == serving_model_id(models)
    assert actions(own_database)[0] == "model.rolled_back"
    assert post(administrator, "/models/roll-back") == 422


@pytest.mark.parametrize(
    ("typed", "status", "kept"),
    [("3", 303, "0.03"), ("11", 422, ""), ("-1", 422, ""), ("many", 422, "")],
)
def test_exploration_stays_within_a_tenth(
    administrator: FlaskClient, own_database: Database, typed: str, status: int, kept: str
) -> None:
    assert post(administrator, "/models/exploration", share=typed) == status
    assert read_setting(own_database, "exploration_share") == kept


def test_shadow_is_a_known_model_or_none(
    administrator: FlaskClient, own_database: Database
) -> None:
    assert post(administrator, "/models/shadow", model_id=NEXT) == 303
    assert read_setting(own_database, "shadow_model") == NEXT
    assert post(administrator, "/models/shadow", model_id="none") == 404
    assert post(administrator, "/models/shadow", model_id="") == 303
    assert read_setting(own_database, "shadow_model") == ""


def test_job_shows_progress_and_its_end(administrator: FlaskClient, own_database: Database) -> None:
    add_job(own_database, "JOB1", "models.compare", {"model_id": NEXT}, started_by="a", now=NOW)
    now = datetime.now(UTC)
    update_job(own_database, "JOB1", n_done=12, n_total=30, stage="cases", now=now)
    read = reader_of(administrator)
    bar = read("/models/jobs/JOB1").select_one("progress")
    assert (bar["value"], bar["max"]) == ("12", "30")
    end_job(own_database, "JOB1", now=now, problem="[model_missing] gone")
    soup = read("/models/jobs/JOB1")
    assert "gone" in soup.select_one(".notice-warn").text
    assert soup.select_one("#job").get("hx-get") is None


def test_page_shows_last_nights_tests_with_the_faithfulness_of_explanations(
    administrator: FlaskClient, own_database: Database, models: Path
) -> None:
    shipped = serving_model_id(models)
    digest = model_digest(models, shipped)
    for n_failed, day in ((0, 0), (3, 1)):
        outcomes = [(f"C{i}", i >= n_failed) for i in range(75)]
        found = property_result("top_reason_lowers", outcomes).as_record()
        document = {"n_held": int(found["passed"]), "properties": [found]}
        add_check(own_database, (shipped, digest), 1, document, now=NOW + timedelta(days=day))
    page = check_page(administrator.get(f"/models/{shipped}"))
    section = page.select_one("section[aria-labelledby=nightly]")
    assert "96.0%" in section.select_one(".notice-warn").text
    row = section.select_one("tbody tr")
    assert "72 / 75" in " ".join(row.text.split())
    assert row.select("td")[-1].text == "100%"
    assert "C0, C1, C2" in row.text
    check_page(administrator.get(f"/models/{shipped}?lang=en"))
