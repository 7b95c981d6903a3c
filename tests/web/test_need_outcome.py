"""The end of a need as a whole, from the page of its enterprise."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from matcher.store.need_status import read_status
from matcher.store.notices import list_notices
from matcher.store.outcomes import outcomes_of_need
from tests.web.conftest import SignIn
from tests.web.handshake import NEED, Handshake, add_answerers, add_world, send
from tests.web.html import check_page

PAGE, ACT = f"/my/needs/{NEED}", f"/my/needs/{NEED}/outcome"
GOOD = {"result": "none_suitable", "why_not": ["capability", "timing"], "note": "（合成）差得远"}


@pytest.fixture
def handshake(own_database: Database, sign_in: SignIn) -> Handshake:
    add_world(own_database)
    add_answerers(own_database)
    return Handshake({who: sign_in(who) for who in ("enterprise", "provider", "base")})


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_form_is_on_the_page_in_both_languages(handshake: Handshake, lang: str) -> None:
    page = check_page(handshake.clients["enterprise"].get(f"{PAGE}?lang={lang}"))
    form = page.select_one("#outcome-form")
    assert len(form.select("input[type=radio]")) == 2
    assert len(form.select("input[name=why_not]")) > 5


def test_need_and_its_engagements_end_and_the_page_says_so(
    handshake: Handshake, own_database: Database
) -> None:
    handshake.begin()
    client = handshake.clients["enterprise"]
    assert send(client, ACT, PAGE, **GOOD, tell_other="yes").status_code == 303
    assert read_status(own_database, NEED).state == "none_suitable"
    page = check_page(client.get(PAGE))
    told = page.select_one("section[aria-labelledby=outcome-told]").text
    assert "能力不符" in told
    assert "差得远" in told
    assert not page.select("#outcome-form")
    engagement = check_page(handshake.clients["provider"].get(handshake.address))
    assert "能力不符" in engagement.main.text
    notices = [one.message.topic for one in list_notices(own_database, "ACC-DEMO2")]
    assert "engagement.decline" in notices


def test_wrong_answers_keep_what_was_typed(handshake: Handshake, own_database: Database) -> None:
    client = handshake.clients["enterprise"]
    for wrong in (
        {"result": ""},
        {"why_not": []},
        {"why_not": ["budget", "data", "region", "other"]},
    ):
        answer = send(client, ACT, PAGE, **{**GOOD, **wrong})
        assert answer.status_code == 422
        page = check_page(answer)
        assert page.select_one(".error-summary a[href='#outcome-form']")
        assert page.select_one("#outcome-note").text.strip() == GOOD["note"]
        assert page.select_one("#outcome-form").find_parent("details").has_attr("open")
    assert outcomes_of_need(own_database, NEED) == []


def test_pilot_that_runs_comes_first(handshake: Handshake, own_database: Database) -> None:
    handshake.pilot()
    answer = send(handshake.clients["enterprise"], ACT, PAGE, **GOOD)
    assert answer.status_code == 409
    assert "中试" in check_page(answer).select_one(".error-summary").text
    assert read_status(own_database, NEED).state == "in_pilot"


def test_others_do_not_find_it(handshake: Handshake) -> None:
    assert send(handshake.clients["provider"], ACT, **GOOD).status_code in {403, 404}


def test_double_click_records_once_more_and_breaks_nothing(
    handshake: Handshake, own_database: Database
) -> None:
    client = handshake.clients["enterprise"]
    answers = [
        send(client, ACT, PAGE, result="off_platform", note="（合成）别处已签").status_code
        for _ in range(2)
    ]
    assert answers == [303, 303]
    assert read_status(own_database, NEED).state == "done"
