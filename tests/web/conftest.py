"""The shipped catalogue in a database, the site over it, and a reader that checks every page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.settings import PROJECT
from matcher.store.connection import open_database
from tests.web.html import check_page
from web import create_app

WORD = "ling-bang-yi-dian"  # the word for writing, in tests
Page = Callable[..., BeautifulSoup]


@pytest.fixture(scope="session")
def site(shipped_database: Path) -> Flask:
    """The site over the shipped catalogue and model; for tests that only read."""
    return make_site(shipped_database)


def make_site(database: Path, **environ: str) -> Flask:
    values = {
        "AIPLUS_DATABASE": str(database),
        "AIPLUS_MODELS": str(PROJECT / "models"),
        "AIPLUS_SECRET_KEY": "a key for tests",
        "AIPLUS_WRITE_SECRET": WORD,
    }
    return create_app({**values, **environ}, {"TESTING": False})


@pytest.fixture
def own_site(shipped_database: Path, tmp_path: Path) -> Flask:
    """The site over a copy of the database, for tests that write."""
    return make_site(Path(shutil.copy(shipped_database, tmp_path / "aiplus.db")))


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
