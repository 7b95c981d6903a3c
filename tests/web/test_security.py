"""Headers, cross-site requests, sizes, hosts."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import SignIn, make_site, token_of
from tests.web.html import check_page
from web.security import CONTENT_SECURITY_POLICY

ADDRESSES = ["/", "/nowhere", "/health", "/static/site.css", "/needs/new"]


@pytest.mark.parametrize("address", ADDRESSES)
def test_every_answer_carries_the_headers(client: FlaskClient, address: str) -> None:
    with client.get(address) as response:
        headers = response.headers
    assert headers["Content-Security-Policy"] == CONTENT_SECURITY_POLICY
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["X-Request-ID"]
    assert "Strict-Transport-Security" not in headers


def test_policy_allows_no_inline_code() -> None:
    assert "unsafe" not in CONTENT_SECURITY_POLICY
    assert CONTENT_SECURITY_POLICY.startswith(
        "default-src 'none'; script-src 'self'; style-src 'self'"
    )


def test_form_without_its_token_is_refused_in_words(client: FlaskClient) -> None:
    response = client.post("/needs/new", data={"title": "表面缺陷检测"})
    assert response.status_code == 400
    assert "表单已过期" in check_page(response).h1.text


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Origin": "https://else.where"},
    ],
)
def test_write_from_another_site_is_refused(client: FlaskClient, headers: dict[str, str]) -> None:
    data = {"csrf_token": token_of(client)}
    assert client.post("/sign-out", data=data, headers=headers).status_code == 403
    own = {"Sec-Fetch-Site": "same-origin", "Origin": "http://localhost"}
    assert client.post("/sign-out", data=data, headers=own).status_code == 303


def test_too_large_a_form_is_refused_in_words(client: FlaskClient) -> None:
    response = client.post("/needs/new", data={"problem": "长" * 400_000})
    assert response.status_code == 413
    assert "文字太多了" in check_page(response).h1.text


def test_too_many_fields_are_refused(client: FlaskClient) -> None:
    response = client.post(
        "/needs/new",
        data={f"f{number}": "x" for number in range(600)},
        content_type="multipart/form-data",
    )
    assert response.status_code == 413


def test_unknown_host_is_told_what_to_do(client: FlaskClient) -> None:
    response = client.get("/", headers={"Host": "attacker.example"})
    assert response.status_code == 400
    assert "AIPLUS_TRUSTED_HOSTS" in response.text
    assert "attacker" not in response.text


def test_wrong_method_names_the_right_one(client: FlaskClient) -> None:
    response = client.post("/needs/preview/x")
    assert response.status_code == 404
    refused = client.post("/about", data={"csrf_token": token_of(client)})
    assert refused.status_code == 405
    assert "GET" in refused.headers["Allow"]


def test_https_brings_secure_cookies(site: Flask) -> None:
    secure = make_site(site.config["DATABASE"], AIPLUS_HTTPS="1")
    response = secure.test_client().get("/sign-in", base_url="https://localhost")
    cookie = response.headers["Set-Cookie"]
    assert cookie.startswith("__Host-aiplus=")
    assert "Secure" in cookie
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert response.headers["Strict-Transport-Security"]


@pytest.mark.parametrize("origin", ["http://[", "https://[::1", "]", "x"])
def test_origin_that_is_no_address_is_refused(client: FlaskClient, origin: str) -> None:
    data = {"csrf_token": token_of(client)}
    assert client.post("/sign-out", data=data, headers={"Origin": origin}).status_code == 403


def test_what_anybody_may_keep_carries_no_cookie(sign_in: SignIn) -> None:
    client = sign_in("provider")
    client.get("/")  # shows the notice, and with it changes the session for the last time
    with client.get("/static/site.css?lang=en") as response:
        assert response.cache_control.public
        assert response.cache_control.max_age
        assert not response.cache_control.no_cache
        assert "Set-Cookie" not in response.headers


def test_session_is_not_prolonged_by_reading(sign_in: SignIn) -> None:
    client = sign_in("provider")
    client.get("/")
    assert "Set-Cookie" not in client.get("/about").headers


def test_language_cookie_is_secure_behind_https(site: Flask) -> None:
    secure = make_site(site.config["DATABASE"], AIPLUS_HTTPS="1")
    response = secure.test_client().get("/about?lang=en")  # as a proxy passes it on
    cookies = response.headers.getlist("Set-Cookie")
    assert [cookie for cookie in cookies if cookie.startswith("language=") and "Secure" in cookie]
