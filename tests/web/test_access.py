"""Who may do what: declared by every view, proved by the session."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import WORD, make_site
from tests.web.html import check_page, parsed
from web import access


def token_of(client: FlaskClient, address: str = "/unlock") -> str:
    return str(parsed(client.get(address).text).select_one("main [name=csrf_token]")["value"])


def unlock(client: FlaskClient, word: str = WORD, goal: str = "") -> int:
    data = {"csrf_token": token_of(client), "word": word, "next": goal}
    return client.post("/unlock", data=data).status_code


def test_every_view_declares_its_access(site: Flask) -> None:
    rules = {
        rule.endpoint: access.access_of(site.view_functions[rule.endpoint])
        for rule in site.url_map.iter_rules()
    }
    assert {endpoint for endpoint, rule in rules.items() if rule is None} == set()
    assert {endpoint for endpoint, rule in rules.items() if rule == access.WRITE_SECRET} == {
        "capabilities.new_capability",
        "capabilities.create_capability",
    }


def test_view_that_declares_nothing_is_refused(own_site: Flask) -> None:
    own_site.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert own_site.test_client().get("/forgotten").status_code == 403


def test_form_for_writing_leads_to_the_word_and_back(client: FlaskClient) -> None:
    asked = client.get("/capabilities/new?provider=V001")
    assert asked.status_code == 303
    hidden = parsed(client.get(asked.location).text).select_one("[name=next]")
    assert hidden["value"] == "/capabilities/new?provider=V001"
    data = {"csrf_token": token_of(client), "word": WORD, "next": hidden["value"]}
    response = client.post("/unlock", data=data)
    assert response.location == "/capabilities/new?provider=V001"
    check_page(client.get(response.location))


def test_write_without_the_word_is_refused_in_words(client: FlaskClient) -> None:
    response = client.post("/capabilities/new", data={"csrf_token": token_of(client)})
    assert response.status_code == 403
    assert check_page(response).select_one('main a[href="/unlock"]') is not None


@pytest.mark.parametrize("word", ["", "wrong", WORD.upper(), f"{WORD}x", "\udcff", "口令"])
def test_wrong_word_opens_nothing(client: FlaskClient, word: str) -> None:
    assert unlock(client, word.encode("utf-8", "replace").decode()) == 422
    assert client.get("/capabilities/new").status_code == 303


def test_word_can_be_forgotten_again(client: FlaskClient) -> None:
    assert unlock(client) == 303
    assert client.get("/capabilities/new").status_code == 200
    client.post("/lock", data={"csrf_token": token_of(client)})
    assert client.get("/capabilities/new").status_code == 303


def test_new_word_ends_old_sessions(own_site: Flask) -> None:
    client = own_site.test_client()
    assert unlock(client) == 303
    own_site.config["WRITE_SECRET"] = "another"
    assert client.get("/capabilities/new").status_code == 303


@pytest.mark.parametrize(
    "goal",
    [
        "https://else.where/",
        "//else.where",
        "/\\else.where",
        "\\\\x",
        "javascript:alert(1)",
        "",
        "/a\r\nSet-Cookie: x",
    ],
)
def test_word_never_leads_to_another_site(client: FlaskClient, goal: str) -> None:
    data = {"csrf_token": token_of(client), "word": WORD, "next": goal}
    assert client.post("/unlock", data=data).location == "/"


def test_wrong_word_is_logged_without_the_word(
    client: FlaskClient, caplog: pytest.LogCaptureFixture
) -> None:
    assert unlock(client, "guess-number-one") == 422
    assert "wrong_word" in caplog.text
    assert "guess" not in caplog.text


def test_blanks_around_the_word_do_not_matter(site: Flask) -> None:
    spaced = make_site(site.config["DATABASE"], AIPLUS_WRITE_SECRET=f" {WORD} ")
    assert unlock(spaced.test_client()) == 303
