"""The shipped catalogue in a database, the site over it, and a reader that checks every page."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from copy import copy
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from jinja2.bccache import Bucket, BytecodeCache
from sqlite_utils import Database

from matcher.settings import PROJECT
from matcher.store.connection import close_database, open_database
from matcher.workflow.accounts.passwords import Effort, Passwords
from matcher.workflow.demonstration.accounts import DemoAccount, open_demonstration
from tests.shared import copied_database
from tests.web.html import check_page, token_in
from web import create_app

CHEAP = Effort(memory_kib=8, passes=1, lanes=1)  # a test's password protects nothing
Page = Callable[..., BeautifulSoup]
SignIn = Callable[[str], FlaskClient]


class CompiledOnce(BytecodeCache):
    """Keeps what the templates were compiled to, for every site of this process."""

    def __init__(self) -> None:
        self.kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.kept:
            bucket.bytecode_from_string(self.kept[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.kept[bucket.key] = bucket.bytecode_to_string()


TEMPLATES = CompiledOnce()


@pytest.fixture(scope="session")
def site(shipped_database: Path) -> Flask:
    """The site over the shipped catalogue and model; for tests that only read."""
    return make_site(shipped_database)


def make_site(database: Path, **environ: str) -> Flask:
    values = {
        "AIPLUS_DATABASE": str(database),
        "AIPLUS_MODELS": str(PROJECT / "models"),
        "AIPLUS_SECRET_KEY": "a key for tests",
    }
    made = create_app({**values, **environ}, {"TESTING": False, "PASSWORD_EFFORT": CHEAP})
    made.jinja_env.bytecode_cache = TEMPLATES
    return made


@pytest.fixture
def own_site(site: Flask, shipped_database: Path, tmp_path: Path) -> Flask:
    """The site over a copy of the database, with people in it, for tests that write."""
    path = copied_database(shipped_database, tmp_path / "aiplus.db")
    made = make_site(path)
    lend_index(site, made)
    db = open_database(path)
    people = open_demonstration(db, Passwords(CHEAP), now=datetime.now(UTC))
    close_database(db)
    made.extensions["people"] = {account.email.split("@")[0]: account for account in people}
    return made


def lend_index(site: Flask, other: Flask) -> None:
    """Give a site the index of another, which holds the same catalogue.

    Building one takes many times as long as a test; from then on it follows its own database.
    """
    lent = copy(site.extensions["backend"].matching())
    lent._path = Path(other.config["DATABASE"])
    lent._lock = Lock()
    other.extensions["backend"].service = lent


@pytest.fixture
def sign_in(own_site: Flask) -> SignIn:
    """Return a client that is signed in: enterprise, provider, base, reviewer, administrator."""

    def signed_in(who: str) -> FlaskClient:
        account: DemoAccount = own_site.extensions["people"][who]
        client = own_site.test_client()
        data = {
            "csrf_token": token_of(client),
            "email": account.email,
            "password": account.password,
        }
        assert client.post("/sign-in", data=data).status_code == 303
        return client

    return signed_in


def token_of(client: FlaskClient, address: str = "/sign-in") -> str:
    """Return the token of a form's page, without which nothing can be sent."""
    return token_in(client.get(address).text)


@pytest.fixture
def own_database(own_site: Flask) -> Iterator[Database]:
    db = open_database(own_site.config["DATABASE"])
    yield db
    db.close()


@pytest.fixture
def client(site: Flask) -> FlaskClient:
    return site.test_client()


@pytest.fixture
def page(client: FlaskClient) -> Page:
    """Read a page, checking what every page must be; Chinese unless told otherwise."""
    return reader_of(client)


def reader_of(client: FlaskClient) -> Page:
    def read(url: str, *, status: int = 200, lang: str = "zh", **query: Any) -> BeautifulSoup:
        response = client.get(
            url,
            query_string={**query, "lang": lang} if query else None,
            headers={"Accept-Language": {"zh": "zh-CN", "en": "en"}[lang]},
        )
        assert response.status_code == status, response.get_data(as_text=True)
        return check_page(response)

    return read
