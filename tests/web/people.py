"""What the tests of the pages about people send and read."""

from __future__ import annotations

from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from matcher.workflow.demonstration.accounts import synthetic_credit_code
from tests.web.conftest import token_of
from tests.web.html import check_page

PASSWORD = "four calm herons"
SIGN_UP = {
    "name": "虚构轴承有限公司",
    "credit_code": synthetic_credit_code(77),
    "sides": "enterprise",
    "kind": "enterprise",
    "region": "苏州",
    "contact_name": "虚构联系人",
    "contact_email": "contact@example.invalid",
    "account-name": "虚构新人",
    "account-email": "new.person@example.invalid",
    "account-password": PASSWORD,
    "account-password_again": PASSWORD,
    "terms": "yes",
}


def send(
    client: FlaskClient, address: str, data: dict[str, Any] | None = None, **more: Any
) -> TestResponse:
    """Post a form with the token of this visitor."""
    return client.post(address, data={"csrf_token": token_of(client), **(data or {})}, **more)


def signed_up(site: Flask, **changes: Any) -> FlaskClient:
    """Return the client of a new organisation's owner."""
    client = site.test_client()
    answer = send(client, "/sign-up", {**SIGN_UP, **changes})
    assert answer.status_code == 303, answer.text
    return client


def read(client: FlaskClient, address: str, status: int = 200) -> BeautifulSoup:
    """Read a page, checking what every page must be."""
    response = client.get(address)
    assert response.status_code == status, response.text
    return check_page(response)


def summary(response: TestResponse) -> list[str]:
    """The lines of the error summary."""
    return [line.get_text(strip=True) for line in check_page(response).select(".error-summary li")]


def own_password(site: Flask, who: str = "enterprise") -> str:
    """The password of somebody of the demonstration."""
    password: str = site.extensions["people"][who].password
    return password
