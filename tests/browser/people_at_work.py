"""A running site gets people at work, so that each of its pages has something to show.

All of it is made up: an engagement at its pilot, an appeal, records that wait for a reviewer, links
that open once, work in the background, a person with a second factor.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.identity import Account, Role
from matcher.learning.history import Wanted
from matcher.ranking.registry import serving_model_id
from matcher.settings import PROJECT
from matcher.store.accounts import add_account, find_by_email, read_credentials, update_account
from matcher.store.connection import close_database, open_database
from matcher.store.jobs import add_job
from matcher.store.need_status import update_status, write_state
from matcher.store.one_time_links import Link, add_link
from matcher.store.open_calls import list_calls
from matcher.store.ownership import set_owner
from matcher.store.recovery_codes import replace_codes
from matcher.store.rounds import read_round
from matcher.workflow.accounts.second_factor_setup import new_recovery_codes
from matcher.workflow.demonstration.rounds import PUBLISHED_ID
from matcher.workflow.jobs import BUILD_REPORT, UPDATE
from matcher.workflow.learning.report_selection import Selection, month_of
from matcher.workflow.rounds.scope import scope_of
from tests.browser.rounds_site import DRAFT_ID, add_draft_round
from tests.browser.site import Site
from tests.web.conftest import make_site, token_of
from tests.web.handshake import (
    CAPABILITY,
    ENTERPRISE,
    NEED,
    OWNERS,
    PROVIDER,
    Handshake,
    add_answerers,
    add_world,
    send,
)
from tests.web.html import parsed
from tests.web.registering import Form, own_id

WAITING, OPEN = "N-WAITING", "N-OPEN"
STORIES = ("N-script", "N-plain")  # wait for a reviewer, who begins a story with them
N_PLACES = 9  # of the pilot base
CODE_EMAIL, OWING_EMAIL = "code@demo.invalid", "owing@demo.invalid"
APPEAL = "对方没有说明理由就不再答复，请复核。"
ROLES = ("enterprise", "provider", "base", "reviewer")


def add_people_at_work(site: Site) -> None:
    """Put all of it into the site and write down what it is called."""
    add_draft_round(site)
    db = open_database(site.database)
    try:
        add_needs(db)
        clients = signed_in(site)
        site.ids.update(
            need=NEED,
            need_waiting=WAITING,
            need_open=OPEN,
            capability=CAPABILITY,
            base="PB900",
            service="PB900-S1",
            round_draft=DRAFT_ID,
            need_of_round=scope_of(read_round(db, PUBLISHED_ID)).needs[0],
            call=list_calls(db)[0].call_id,
            model=serving_model_id(PROJECT / "models"),
            **add_engagement(clients),
            **add_proposal(clients),
            **add_links(db),
            **add_jobs(db),
        )
        add_searches(clients["enterprise"])
        site.spare_codes.extend(add_second_factors(db))
        send(clients["reviewer"], "/judging/draw", "/judging")
    finally:
        close_database(db)


def signed_in(site: Site) -> dict[str, FlaskClient]:
    """Return clients of the same site in this process, signed in as its people."""
    app, clients = make_site(site.database), {}
    for who in ROLES:
        email, password = site.accounts[who]
        client = clients[who] = app.test_client()
        data = {"csrf_token": token_of(client), "email": email, "password": password}
        assert client.post("/sign-in", data=data).status_code == 303
    return clients


def add_needs(db: Database) -> None:
    now = datetime.now(UTC)
    add_answerers(db, n_places=N_PLACES)
    set_owner(db, "capability", CAPABILITY, PROVIDER, actor=OWNERS["provider"], now=now)
    for need_id in (NEED, OPEN, WAITING, *STORIES):
        add_world(db, need_id=need_id, reply_by=now.date() + timedelta(days=30))
    for need_id in (WAITING, *STORIES):
        write_state(db, need_id, "in_review", actor="t", reason="", now=now)
        update_status(db, need_id, {"quality_score": 90}, now=now)


def add_engagement(clients: dict[str, FlaskClient]) -> dict[str, str]:
    """Take an engagement to its pilot, and appeal to somebody about it."""
    handshake = Handshake(clients)
    handshake.pilot()
    page = f"/appeals/new/engagement/{handshake.engagement_id}"
    filed = send(clients["provider"], page, page, text=APPEAL)
    assert filed.status_code == 303, filed.text
    return {
        "engagement": handshake.engagement_id,
        "appeal": filed.location.rpartition("/")[2],
    }


def add_proposal(clients: dict[str, FlaskClient]) -> dict[str, str]:
    """Send a capability to review; it waits there."""
    record_id = own_id(Form(clients["provider"], "capabilities").fill().send())
    queue = parsed(clients["reviewer"].get("/review").text)
    link = queue.select("section[aria-labelledby=waiting] th a")[-1]
    return {"record": record_id, "proposal": str(link["href"]).rpartition("/")[2]}


def add_links(db: Database) -> dict[str, str]:
    """Make a link to join an organisation and one to set a new password."""
    now, made = datetime.now(UTC), {}
    owner = find_by_email(db, "enterprise@demo.invalid")
    assert owner is not None
    invite = {"organisation_id": ENTERPRISE, "email": "new@demo.invalid", "role": Role.MEMBER}
    for purpose, given in (("invite", invite), ("reset", {"account_id": owner.account_id})):
        made[purpose] = secrets.token_urlsafe(32)
        link = Link(purpose, owner.account_id, now + timedelta(days=1), **given)
        add_link(db, made[purpose], link, now=now)
    return made


def add_jobs(db: Database) -> dict[str, str]:
    """Write down work that nobody ever begins; who asks for the same is led to it and waits."""
    now = datetime.now(UTC)
    report = Selection(month_of("2026-10"), Wanted(size="medium")).as_given()
    add_job(db, "JOB-MODEL", UPDATE, {}, started_by="ACC-DEMO5", now=now)
    add_job(db, "JOB-REPORT", BUILD_REPORT, report, started_by="ACC-DEMO5", now=now)
    return {"model_job": "JOB-MODEL", "report_job": "JOB-REPORT"}


def add_searches(client: FlaskClient) -> None:
    """Keep a search, as its page does."""
    page = "/searches/new?list=capabilities&q=窑炉"
    form = parsed(client.get(page).text).select_one("main form[method=post]")
    assert form is not None
    hidden = {str(one["name"]): str(one["value"]) for one in form.select("input[type=hidden]")}
    kept = client.post(str(form["action"]), data={**hidden, "name": "窑炉能力"})
    assert kept.status_code == 303, kept.text


def add_second_factors(db: Database) -> list[str]:
    """Add somebody who is asked for a code, and somebody who has to set that up anew.

    Both have the password of the enterprise; return the recovery codes of the first.
    """
    now, owner = datetime.now(UTC), find_by_email(db, "enterprise@demo.invalid")
    assert owner is not None
    known = read_credentials(db, owner.account_id).password_hash
    for account_id, email, changes in (
        ("ACC-CODE", CODE_EMAIL, {"totp_secret": "A" * 32, "totp_confirmed_at": now}),
        ("ACC-OWES", OWING_EMAIL, {"must_set_second_factor": True}),
    ):
        account = Account(account_id, email, Role.MEMBER, "虚构同事", ENTERPRISE)
        add_account(db, account, password_hash=known, now=now)
        update_account(db, account_id, changes)
    codes = [*new_recovery_codes(), *new_recovery_codes()]
    replace_codes(db, "ACC-CODE", codes)
    return codes
