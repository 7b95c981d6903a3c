"""Judging: blind, by a drawn sample, one grade a person, taken back in one click."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.audit import EventFilter, list_events
from matcher.store.judgements import list_judgements
from matcher.store.judging import find_item, last_sample
from tests.web.conftest import SignIn, reader_of, token_of


@pytest.fixture
def reviewer(sign_in: SignIn) -> FlaskClient:
    return sign_in("reviewer")


def post(client: FlaskClient, path: str, **data: str) -> int:
    token = token_of(client, "/judging")
    return client.post(path, data={"csrf_token": token, **data}).status_code


def draw(client: FlaskClient) -> str:
    """Draw a sample and return where the first pair is graded."""
    assert post(client, "/judging/draw", seed="7") == 303
    form = reader_of(client)("/judging/pair").select_one("main form")
    return str(form["action"])


@pytest.mark.parametrize("who", ["enterprise", "provider"])
def test_only_reviewers_judge(sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    assert client.get("/judging").status_code == 403
    assert client.get("/judging/pair").status_code == 403


def test_sample_is_drawn_by_its_seed_and_audited(
    reviewer: FlaskClient, own_database: Database
) -> None:
    draw(reviewer)
    sample = last_sample(own_database)
    assert sample is not None
    assert (sample.seed, sample.plan["size"]) == (7, 30)
    first = [find_item(own_database, sample.sample_id, place) for place in range(1, 31)]
    assert {one.drawn_for for one in first if one} == {"disagreement", "unsure", "slice"}
    draw(reviewer)
    again = last_sample(own_database)
    assert again is not None
    second = [find_item(own_database, again.sample_id, place) for place in range(1, 31)]
    assert first == second
    events = list_events(own_database, EventFilter(action="judging.drawn"))
    assert len(events) == 2


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pair_shows_neither_score_nor_rank(reviewer: FlaskClient, lang: str) -> None:
    draw(reviewer)
    soup = reader_of(reviewer)("/judging/pair", lang=lang)
    words = " ".join(part.text for part in soup.select("main > form, main .page-head, title"))
    described = soup.select_one(".judging-pair").extract().text  # figures of the records themselves
    words += soup.select_one("main").text
    assert len(described) > 100
    assert not re.search(r"\d\s*%|bits|比特|probability|概率|rank\b|名次", words)
    assert len(soup.select("input[type=radio][name=grade]")) == 4
    assert re.search(r"1 (of|/) 36", words)


def test_grade_is_kept_once_and_the_next_pair_comes(
    reviewer: FlaskClient, own_database: Database
) -> None:
    address = draw(reviewer)
    assert post(reviewer, address, grade="2", note="plain") == 303
    assert post(reviewer, address, grade="0") == 303  # twice by a double click: the first stands
    (kept,) = list_judgements(own_database)
    assert (kept.grade, kept.note) == (2, "plain")
    following = reader_of(reviewer)("/judging/pair").select_one("main form")
    assert following["action"] != address


@pytest.mark.parametrize("grade", ["", "4", "-1", "x", "２"])
def test_wrong_grade_keeps_what_was_typed(
    reviewer: FlaskClient, own_database: Database, grade: str
) -> None:
    address = draw(reviewer)
    token = token_of(reviewer, "/judging")
    data = {"csrf_token": token, "grade": grade, "note": "my words"}
    response = reviewer.post(address, data=data)
    assert response.status_code == 422
    assert "my words" in response.text
    assert list_judgements(own_database) == []


def test_requirement_of_another_need_is_refused(
    reviewer: FlaskClient, own_database: Database
) -> None:
    assert post(reviewer, draw(reviewer), grade="1", requirement="R-foreign") == 422
    assert list_judgements(own_database) == []


def test_last_grade_is_taken_back(reviewer: FlaskClient, own_database: Database) -> None:
    address = draw(reviewer)
    assert post(reviewer, "/judging/undo") == 422
    post(reviewer, address, grade="3")
    assert post(reviewer, "/judging/undo") == 303
    assert list_judgements(own_database) == []
    assert reader_of(reviewer)("/judging/pair").select_one("main form")["action"] == address
    (event,) = list_events(own_database, EventFilter(action="judgement.withdrawn"))
    assert '"grade":3' in event.before


def test_second_opinion_goes_to_somebody_else(
    reviewer: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    address = draw(reviewer)  # the first ones want two grades
    post(reviewer, address, grade="3")
    colleague = sign_in("administrator")
    assert reader_of(colleague)("/judging/pair").select_one("main form")["action"] == address
    post(colleague, address, grade="2")
    assert len(list_judgements(own_database)) == 2
    assert reader_of(colleague)("/judging/pair").select_one("main form")["action"] != address


def test_unknown_pair_is_not_found(reviewer: FlaskClient) -> None:
    draw(reviewer)
    assert post(reviewer, "/judging/pair/999/1", grade="1") == 404


def test_overview_says_how_far_it_is(reviewer: FlaskClient) -> None:
    read = reader_of(reviewer)
    assert read("/judging").select_one("progress") is None
    post(reviewer, draw(reviewer), grade="1")
    bar = read("/judging").select_one("progress")
    assert (bar["value"], bar["max"]) == ("1", "36")
