"""Pilots and outcomes through their pages: plan, measurements, ratings, publication, meetings."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from sqlite_utils import Database

from matcher.store.engagements import read_engagement
from matcher.store.outcomes import list_ratings, outcome_of
from matcher.store.pilots import list_lines, standing_application
from tests.web.conftest import SignIn
from tests.web.handshake import NEED, Handshake, add_answerers, add_world
from tests.web.html import check_page
from web.moments import CHINA

RESULTS = {"value-R1": "99.4", "note-R1": "五百件盲测", "met-R2": "yes"}


@pytest.fixture
def handshake(own_database: Database, sign_in: SignIn) -> Handshake:
    add_world(own_database)
    add_answerers(own_database)
    return Handshake({who: sign_in(who) for who in ("enterprise", "provider", "base")})


def test_from_application_to_a_published_case(handshake: Handshake, own_database: Database) -> None:
    """The plan comes from the requirements; measured, rated and allowed, it becomes a case."""
    handshake.pilot()
    early = handshake.step("base", "finish_pilot")
    assert early.status_code == 409
    assert "实测结果" in check_page(early).select_one(".error-summary").text
    assert handshake.post("base", "pilot/results", **RESULTS).status_code == 303
    assert handshake.step("base", "finish_pilot").status_code == 303
    told = {"result": "pilot_passed", "value_band": "100k_500k", "ends_on": "2027-02-01"}
    assert handshake.post("enterprise", "outcome", **told).status_code == 303
    for who in ("enterprise", "provider"):
        assert handshake.post(who, "publication", may_publish="anonymous").status_code == 303
    outcome = outcome_of(own_database, handshake.engagement_id)
    assert outcome is not None
    assert outcome.case_id
    case = check_page(handshake.clients["base"].get(f"/cases/{outcome.case_id}"))
    assert "99.4" in case.main.text
    assert "演示制造企业" not in case.text


def test_plan_is_made_of_the_requirements_and_can_be_said(
    handshake: Handshake, own_database: Database
) -> None:
    handshake.pilot()
    page = check_page(handshake.clients["base"].get(f"{handshake.address}/pilot?lang=en"))
    assert len(page.select("table tbody tr")) == 2
    plan = {"tester-R1": "third_party", "method-R1": "用留样盲测", "data-R1": "在基地内"}
    saved = handshake.post("base", "pilot/plan", **plan, **{"tester-R2": "base"})
    assert saved.status_code == 303, saved.text
    application = standing_application(own_database, handshake.engagement_id)
    assert application is not None
    lines = {line.requirement_id: line for line in list_lines(own_database,
             application.application_id)}  # fmt: skip
    assert lines["R1"].tester == "third_party"
    assert lines["R1"].target == 99.0


@pytest.mark.parametrize("typed", [{"value-R1": "很多"}, {"value-R1": "nan"}, {"value-R2": "3"}])
def test_a_result_that_cannot_be_read_is_asked_again(
    handshake: Handshake, own_database: Database, typed: dict[str, str]
) -> None:
    handshake.pilot()
    answer = handshake.post("base", "pilot/results", **typed)
    assert answer.status_code == 422
    page = check_page(answer)
    for name, text in typed.items():
        assert page.select_one(f"[name={name}]")["value"] == text
    application = standing_application(own_database, handshake.engagement_id)
    assert application is not None
    lines = list_lines(own_database, application.application_id)
    assert not any(line.has_result for line in lines)


def test_the_provider_records_no_results(handshake: Handshake) -> None:
    handshake.pilot()
    assert not check_page(handshake.clients["provider"].get(f"{handshake.address}/pilot")).select(
        "#results"
    )
    assert handshake.post("provider", "pilot/results", **RESULTS).status_code == 409


def test_a_refused_pilot_says_why_and_another_base_can_be_chosen(
    handshake: Handshake, own_database: Database
) -> None:
    handshake.reveal()
    nothing = handshake.step("enterprise", "apply_pilot")
    assert nothing.status_code == 422
    handshake.step("enterprise", "apply_pilot", service="PB900|PB900-S1")
    assert handshake.step("base", "refuse_pilot", note="排满了").status_code == 422
    refused = handshake.step(
        "base", "refuse_pilot", declines=["no_capacity"], note="排满了", tell_other="yes"
    )
    assert refused.status_code == 303
    assert read_engagement(own_database, handshake.engagement_id).state == "talks"
    page = check_page(handshake.clients["enterprise"].get(handshake.address))
    assert "产能已满" in page.main.text
    assert handshake.clients["base"].get(handshake.address).status_code == 404


def test_ratings_stay_hidden_until_both_are_in(
    handshake: Handshake, own_database: Database
) -> None:
    handshake.reveal()
    handshake.step("provider", "start_talks")
    assert handshake.post("enterprise", "outcome", result="paused").status_code == 303
    marks = {"overall": "2", "fit": "2", "responsiveness": "1", "competence": "2"}
    assert handshake.post("enterprise", "rating", **{**marks, "fit": "9"}).status_code == 422
    assert handshake.post("enterprise", "rating", **marks).status_code == 303
    before = check_page(handshake.clients["provider"].get(f"{handshake.address}/pilot?lang=en"))
    assert "Rated by: Enterprise" not in before.main.text
    assert handshake.post("provider", "rating", **marks).status_code == 303
    after = check_page(handshake.clients["provider"].get(f"{handshake.address}/pilot?lang=en"))
    assert "Rated by: Enterprise" in after.main.text
    assert len(list_ratings(own_database, handshake.engagement_id)) == 2
    assert handshake.post("provider", "rating", **marks).status_code == 409


@pytest.mark.parametrize(
    "typed",
    [
        {"result": ""},
        {"result": "contracted", "ends_on": "someday"},
        {"result": "stopped", "why_not": ["budget", "timing", "data", "region"]},
        {"result": "contracted", "n_sites": "viele"},
    ],
)
def test_an_outcome_that_cannot_be_is_asked_again(
    handshake: Handshake, own_database: Database, typed: dict[str, object]
) -> None:
    handshake.reveal()
    handshake.step("provider", "start_talks")
    answer = handshake.post("enterprise", "outcome", note="保留的附言", **typed)
    assert answer.status_code == 422
    assert "保留的附言" in check_page(answer).select_one("#outcome-note").text
    assert outcome_of(own_database, handshake.engagement_id) is None


def test_the_thread_of_a_requirement_runs_from_need_to_result(handshake: Handshake) -> None:
    handshake.pilot()
    handshake.post("base", "pilot/results", **RESULTS)
    for who, address in (
        ("enterprise", f"/my/needs/{NEED}/requirements/R1"),
        ("provider", f"{handshake.address}/requirements/R1"),
        ("base", f"{handshake.address}/requirements/R1"),
    ):
        page = check_page(handshake.clients[who].get(address))
        assert "99.4" in page.select_one("section[aria-labelledby=tested]").text, who
    assert (
        handshake.clients["enterprise"].get(f"/my/needs/{NEED}/requirements/R99").status_code == 404
    )


def slots() -> dict[str, str]:
    start = datetime.now(CHINA).replace(hour=10, minute=0, second=0, microsecond=0)
    days = (start + timedelta(days=number) for number in (2, 3, 4))
    return {f"slot-{number}": f"{day:%Y-%m-%dT%H:%M}" for number, day in enumerate(days)}


def test_a_meeting_is_proposed_chosen_and_taken_into_a_calendar(handshake: Handshake) -> None:
    handshake.reveal()
    typed = {"topic": "现场看线", "place": "二号会议室", "minutes": "90"}
    refused = handshake.post("enterprise", "meetings", **typed, **{"slot-0": "tomorrow"})
    assert refused.status_code == 422
    assert check_page(refused).select_one("#meeting-topic")["value"] == "现场看线"
    assert handshake.post("enterprise", "meetings", **typed, **slots()).status_code == 303
    page = check_page(handshake.clients["provider"].get(handshake.address))
    form = page.select_one(".slot-form")
    path = str(form["action"]).removeprefix(f"{handshake.address}/")
    meeting_id = path.rpartition("/")[2]
    assert len(form.select("button")) == 4
    assert handshake.clients["provider"].get(f"/meetings/{meeting_id}.ics").status_code == 404
    assert handshake.post("provider", path, chosen="1").status_code == 303
    calendar = handshake.clients["provider"].get(f"/meetings/{meeting_id}.ics")
    assert calendar.content_type.startswith("text/calendar")
    assert "SUMMARY:现场看线" in calendar.text
    assert handshake.clients["base"].get(f"/meetings/{meeting_id}.ics").status_code == 404
    handshake.post("enterprise", "consents/contact", act="take_back")
    assert handshake.clients["provider"].get(f"/meetings/{meeting_id}.ics").status_code == 404


def test_no_meeting_before_both_know_each_other(handshake: Handshake) -> None:
    handshake.begin()
    handshake.step("enterprise", "accept")
    typed = {"topic": "太早", "minutes": "60", **slots()}
    assert handshake.post("provider", "meetings", **typed).status_code == 409
