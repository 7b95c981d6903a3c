"""Sites with an invented year and kept reports, made once, for tests that read them."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from bs4 import Tag
from flask import Flask
from flask.testing import FlaskClient

from matcher.identity import COMMAND_LINE
from matcher.learning.history import Wanted
from matcher.settings import PROJECT
from matcher.simulation.year import Plan
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.demonstration.accounts import open_demonstration
from matcher.workflow.demonstration.history import invent_history
from matcher.workflow.learning.report_selection import (
    Selection,
    build_view,
    keep_month,
    month_of,
)
from tests.web.conftest import CHEAP, make_site, token_of

NOW = datetime(2026, 11, 22, 8, tzinfo=UTC)
MODELS = PROJECT / "models"
OCTOBER = month_of("2026-10")
PLACE = "2026-10-synthetic"
SMALL = Selection(OCTOBER, Wanted(size="small"))
SMALL_QUERY = {"from": "2026-10-01", "last": "2026-10-31", "size": "small"}


def site_with_people(path: Path) -> Flask:
    """Return a site without a catalogue; its people are in ``extensions``."""
    db = open_database(path)
    apply_migrations(db)
    people = open_demonstration(db, Passwords(CHEAP), now=NOW)
    close_database(db)
    made = make_site(path)
    made.extensions["people"] = {one.email.split("@")[0]: one for one in people}
    return made


def add_year(site: Flask, *, n_pairs: int = 6_000, ends_on: date = OCTOBER.end) -> None:
    """Put an invented year into a site."""
    with opened(site) as db:
        plan = Plan(7, ends_on, n_pairs)
        invent_history(db, plan, actor=COMMAND_LINE, now=NOW, anyway=True)


def add_reports(site: Flask) -> None:
    """Keep two months and build one part."""
    with opened(site) as db:
        for month in ("2026-09", "2026-10"):
            keep_month(db, MODELS, month_of(month), actor=COMMAND_LINE, now=NOW)
        build_view(db, MODELS, SMALL, now=NOW)


class opened:  # noqa: N801 (used as a statement)
    """The database of a site, for the length of a block."""

    def __init__(self, site: Flask) -> None:
        self.path = Path(site.config["DATABASE"])

    def __enter__(self) -> StoreDatabase:
        self.db = open_database(self.path)
        return self.db

    def __exit__(self, *_problem: object) -> None:
        close_database(self.db)


def signed_in(site: Flask, who: str) -> FlaskClient:
    """Return a client that is signed in as one of the demonstration."""
    account, client = site.extensions["people"][who], site.test_client()
    data = {"csrf_token": token_of(client), "email": account.email, "password": account.password}
    assert client.post("/sign-in", data=data).status_code == 303
    return client


def post(client: FlaskClient, address: str, **data: str) -> Any:
    """Send a form with the token of a page."""
    return client.post(address, data={"csrf_token": token_of(client, "/account"), **data})


def csv_of(client: FlaskClient, address: str) -> list[dict[str, str]]:
    """Return the rows of a file."""
    response = client.get(address)
    assert response.mimetype == "text/csv"
    return list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff"))))


def json_of(client: FlaskClient, address: str) -> dict[str, Any]:
    """Return a document."""
    found: dict[str, Any] = json.loads(client.get(address).text)
    return found


def figure_rows(section: Tag) -> dict[int, Tag]:
    """Return the row of each figure in the tables of a block; no figure may stand in two."""
    rows = section.select("tr[data-figure]")
    found = {int(row["data-figure"]): row for row in rows}
    assert len(found) == len(rows)
    return found


def value_in(row: Tag) -> str:
    """Return the number of a row as a program reads it, or nothing."""
    data = row.select_one("data")
    return "" if data is None else str(data["value"])
