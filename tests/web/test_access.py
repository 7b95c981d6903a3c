"""Who may do what: declared by every view, proved by the session."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.accounts import find_by_email, update_account
from tests.web.conftest import SignIn, token_of
from tests.web.html import check_page, parsed
from web import access


def test_every_view_declares_its_access(site: Flask) -> None:
    undeclared = {
        rule.endpoint
        for rule in site.url_map.iter_rules()
        if access.access_of(site.view_functions[rule.endpoint]) is None
    }
    assert undeclared == set()


def test_every_view_that_is_not_public_sends_a_visitor_away(site: Flask) -> None:
    """Walks the whole URL map: nobody gets in without signing in, whatever the method."""
    client, checked = site.test_client(), 0
    token = token_of(client)
    for rule in site.url_map.iter_rules():
        if access.access_of(site.view_functions[rule.endpoint]).is_public:
            continue
        address = site.url_map.bind("localhost").build(
            rule.endpoint, dict.fromkeys(rule.arguments, "1")
        )
        for method in sorted(rule.methods - {"OPTIONS"}):
            answer = client.open(address, method=method, data={"csrf_token": token})
            checked += 1
            if method in {"GET", "HEAD"}:
                assert answer.status_code == 303, address
                assert answer.location.startswith("/sign-in"), address
            else:
                assert answer.status_code == 401, address
    assert checked >= 2


def test_view_that_declares_nothing_is_refused(own_site: Flask) -> None:
    own_site.add_url_rule("/forgotten", "forgotten", lambda: "open")
    assert own_site.test_client().get("/forgotten").status_code == 403


def send(client: FlaskClient, email: str, password: str, goal: str = "") -> int:
    data = {"csrf_token": token_of(client), "email": email, "password": password, "next": goal}
    return client.post("/sign-in", data=data).status_code


def test_form_for_writing_leads_to_signing_in_and_back(own_site: Flask) -> None:
    client = own_site.test_client()
    account = own_site.extensions["people"]["provider"]
    asked = client.get("/capabilities/new?provider=V001")
    assert asked.status_code == 303
    hidden = parsed(client.get(asked.location).text).select_one("[name=next]")
    assert hidden["value"] == "/capabilities/new?provider=V001"
    data = {"email": account.email, "password": account.password, "next": hidden["value"]}
    response = client.post("/sign-in", data={**data, "csrf_token": token_of(client)})
    assert response.location == "/capabilities/new?provider=V001"
    check_page(client.get(response.location))


def test_another_side_is_refused_in_words(sign_in: SignIn) -> None:
    response = sign_in("enterprise").get("/capabilities/new")
    assert response.status_code == 403
    assert "没有以这种身份" in check_page(response).h1.text


@pytest.mark.parametrize(
    ("email", "password"),
    [
        ("provider@demo.invalid", "wrong"),
        ("nobody@demo.invalid", "wrong"),
        ("", ""),
        ("\x00' OR 1=1 --", "x" * 5000),
        ("供给@demo.invalid", "口令"),
    ],
)
def test_wrong_words_open_nothing_and_do_not_tell_which(
    own_site: Flask, email: str, password: str
) -> None:
    client = own_site.test_client()
    data = {"csrf_token": token_of(client), "email": email, "password": password}
    response = client.post("/sign-in", data=data)
    assert response.status_code == 422
    assert "邮箱或密码不对" in check_page(response).select_one(".error-summary").text
    assert client.get("/capabilities/new").status_code == 303


def test_guessing_is_slowed_down_also_for_who_guesses_right(own_site: Flask) -> None:
    client = own_site.test_client()
    account = own_site.extensions["people"]["provider"]
    for guess in range(5):
        assert send(client, account.email, f"guess {guess}") == 422
    assert send(client, account.email, account.password) == 422
    other = own_site.extensions["people"]["enterprise"]
    assert send(client, other.email, other.password) == 303


def test_session_ends_with_signing_out(sign_in: SignIn) -> None:
    client = sign_in("provider")
    assert client.get("/capabilities/new").status_code == 200
    client.post("/sign-out", data={"csrf_token": token_of(client, "/capabilities/new")})
    assert client.get("/capabilities/new").status_code == 303


@pytest.mark.parametrize("changes", [{"session_epoch": 2}, {"is_active": False}])
def test_raised_epoch_or_a_disabled_account_ends_every_session(
    sign_in: SignIn, own_database: Database, changes: dict[str, int]
) -> None:
    client = sign_in("provider")
    account = find_by_email(own_database, "PROVIDER@demo.invalid ")
    assert account is not None
    update_account(own_database, account.account_id, changes)
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
def test_signing_in_never_leads_to_another_site(own_site: Flask, goal: str) -> None:
    client = own_site.test_client()
    account = own_site.extensions["people"]["provider"]
    data = {"email": account.email, "password": account.password, "next": goal}
    answer = client.post("/sign-in", data={**data, "csrf_token": token_of(client)})
    assert answer.location == "/"
