"""A small synthetic round in the site's database, taken along by those who take part."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database
from werkzeug.test import TestResponse

from matcher.cli.model_jobs import run
from matcher.identity import Actor, Role
from matcher.store.connection import write_transaction
from matcher.store.jobs import add_job, list_jobs, read_job
from matcher.store.need_status import NeedStatus, add_status
from matcher.store.needs import save_need
from matcher.store.ownership import set_owner
from matcher.workflow.jobs import OPEN_ROUND, ROUND_KINDS, SOLVE_ROUND
from tests.factories import make_need
from tests.web.handshake import ENTERPRISE, OWNERS, add_answerers, add_world
from tests.web.html import check_page, token_in
from web.moments import CHINA

ADMIN = Actor("ACC-DEMO5", Role.ADMINISTRATOR)
SECOND = "N-SECOND"
PLACE = "PB900/T1"
SEATS = {"most-V900": "1", "least-V900": "0"}


def add_round_world(db: Database, **changes: Any) -> None:
    """Publish two needs of the enterprise that want the same provider and the same place."""
    add_world(
        db,
        **changes,
        title="演示制造企业热轧带钢表面裂纹在线检测",
        title_en="Cracks on hot-rolled strip at Demonstration Manufacturer, found on line",
        problem=f"{make_need().problem}联系演示制造企业，致电 0512-66668888。",
    )
    add_answerers(db)
    now = datetime.now(UTC)
    need = make_need(need_id=SECOND, title="冷轧带钢表面划伤在线识别", visibility="named",
                     title_en="Scratches on cold-rolled strip", **changes)  # fmt: skip
    save_need(db, need, actor="t", now=now)
    set_owner(db, "need", SECOND, ENTERPRISE, actor=OWNERS["enterprise"], now=now)
    add_status(db, NeedStatus(SECOND, "open", "named", now, published_at=now), actor="t")


def at(moment: datetime) -> str:
    """Return a moment as the form's field has it."""
    return f"{moment.astimezone(CHINA):%Y-%m-%dT%H:%M}"


def draft_values(**changes: str) -> dict[str, str]:
    """Return a form of a new round that is filled in as it should be."""
    now = datetime.now(UTC)
    values = {
        "title": "合成示例轮次",
        "title_en": "Synthetic round",
        "opens_at": at(now - timedelta(hours=1)),
        "closes_at": at(now + timedelta(days=14)),
        "mode": "optimal",
        "small_bonus": "0.05",
        "first_bonus": "0.05",
        "must_bonus": "0.2",
        "seed": "7",
        "per_need": "20",
        "least_probability": "0",
    }
    return {**values, **changes}


class Rounds:
    """One round and the clients of those who take part."""

    def __init__(self, site: Flask, clients: dict[str, FlaskClient], db: Database) -> None:
        self.site, self.clients, self.db, self.round_id = site, clients, db, ""

    @property
    def address(self) -> str:
        return f"/rounds/{self.round_id}"

    def page(self, who: str, address: str, status: int = 200) -> BeautifulSoup:
        """Read a page, checking what every page must be."""
        answer = self.clients[who].get(address)
        assert answer.status_code == status, answer.text
        return check_page(answer)

    def post(self, who: str, address: str, page: str = "", **data: Any) -> TestResponse:
        """Send a form with the token of a page of this reader."""
        client = self.clients[who]
        token = token_in(client.get(page or "/account").text)
        return client.post(address, data={"csrf_token": token, **data})

    def draft(self, **changes: str) -> None:
        answer = self.post("administrator", "/rounds/new", **draft_values(**changes))
        assert answer.status_code == 303, answer.text
        self.round_id = answer.location.rpartition("/")[2]

    def version(self) -> str:
        row = self.db.conn.execute(
            "SELECT version FROM allocation_round WHERE round_id = ?", [self.round_id]
        ).fetchone()
        return str(row[0])

    def choose(self, kind: str, *ids: str, **quotas: str) -> TestResponse:
        """Tick lines of a list; what is not named in the words of the filter stays."""
        data = {"version": self.version(), "shown": list(ids), "ticked": list(ids), **quotas}
        return self.post(
            "administrator", f"{self.address}/choose/{kind}?q={ids[0].split('/')[0]}", **data
        )

    def chosen(self, **changes: str) -> None:
        """Draft a round over both needs, the provider with one seat, and the place."""
        self.draft(**changes)
        for need_id in ("N-HIDDEN", SECOND):
            assert self.choose("needs", need_id).status_code == 303
        assert self.choose("providers", "V900", **SEATS).status_code == 303
        quotas = {f"most-{PLACE}": "1", f"least-{PLACE}": "0"}
        assert self.choose("places", PLACE, **quotas).status_code == 303

    def work(self, kind: str, **given: str) -> str:
        """Do a job of this round in this process, as the one beside the site would."""
        job_id = f"JOB-{len(list_jobs(self.db, kinds=ROUND_KINDS, limit=100))}"
        given = {"round_id": self.round_id, **given}
        add_job(self.db, job_id, kind, given, started_by=ADMIN.actor_id, now=datetime.now(UTC))
        config = self.site.config
        run(self.db, Path(config["DATABASE"]), Path(config["MODELS"]), job_id)
        return read_job(self.db, job_id).problem

    def opened(self, **changes: str) -> None:
        self.chosen(**changes)
        assert self.work(OPEN_ROUND) == ""

    def close(self) -> None:
        """Let the published end of the statements come."""
        with write_transaction(self.db):
            self.db.conn.execute(
                "UPDATE allocation_round SET closes_at = ? WHERE round_id = ?",
                [datetime.now(UTC).isoformat(), self.round_id],
            )

    def solved(self, **changes: str) -> None:
        self.opened(**changes)
        self.close()
        assert self.work(SOLVE_ROUND) == ""

    def published(self, **changes: str) -> None:
        self.solved(**changes)
        answer = self.post("administrator", f"{self.address}/publish", self.address)
        assert answer.status_code == 303, answer.text

    def state(self) -> str:
        row = self.db.conn.execute(
            "SELECT state FROM allocation_round WHERE round_id = ?", [self.round_id]
        ).fetchone()
        return str(row[0])
