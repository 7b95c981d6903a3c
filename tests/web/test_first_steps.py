"""How many fields and clicks it takes from the landing page: counted on the site, kept in the docs.

``make golden`` writes the table of docs/needs.md anew.
"""

from __future__ import annotations

import os
from pathlib import Path

from flask import Flask
from sqlite_utils import Database

from matcher.store.need_status import read_status
from tests.web.conftest import SignIn
from tests.web.first_steps import Walk
from tests.web.needs import STEPS
from tests.web.people import SIGN_UP, own_password

DOCS = Path(__file__).resolve().parents[2] / "docs" / "needs.md"
BEGIN, END = "<!-- counted by tests/web/test_first_steps.py -->\n", "<!-- counted -->\n"
PROBLEM = {name: str(STEPS["problem"][name]) for name in ("title", "problem")}
# Step → the answers without which a need is not sent for review.
DETAILS = {
    "problem": ("affected",),
    "field": ("industries", "process_steps"),
    "requirements": ("requirements-0-text",),
    "readiness": ("data_modalities", "data_leaves_site", "deployments", "domestic_stack"),
    "terms": ("budget_max", "start_by", "reply_by", "needs_base"),
    "publication": ("visibility",),
}
SIGN_UP_FIELDS = (
    "name", "credit_code", "sides", "kind", "region", "contact_name", "contact_email",
    "account-name", "account-email", "account-password", "account-password_again", "terms",
)  # fmt: skip
NEW_NEED = "main .hero a.button"
GO_ON = "button[value=continue].button"
Rows = list[tuple[str, str, int, int]]


def sees_an_example(site: Flask) -> Walk:
    walk = Walk.begin(site.test_client())
    walk.follow("main .card-link a")
    return walk


def sees_own_matches(site: Flask) -> Walk:
    walk = Walk.begin(site.test_client())
    walk.follow(NEW_NEED)
    walk.fill(PROBLEM)
    walk.press("main button.button[value=match]")
    return walk


def signs_in(site: Flask, who: str) -> Walk:
    walk = Walk.begin(site.test_client())
    walk.follow('a[href^="/sign-in"]')
    email = site.extensions["people"][who].email
    walk.fill({"email": email, "password": own_password(site, who)})
    walk.press("main form .button")
    return walk


def signs_up(site: Flask) -> Walk:
    walk = Walk.begin(site.test_client())
    walk.follow('a[href^="/sign-up"]')
    walk.fill({name: str(SIGN_UP[name]) for name in SIGN_UP_FIELDS})
    walk.press("main form .button")
    return walk


def sends_a_need(site: Flask) -> Walk:
    walk = signs_in(site, "enterprise")
    walk.open("/")
    walk.follow(NEW_NEED)
    walk.fill(PROBLEM)
    walk.press("main button[value=go_on]")
    for step, names in DETAILS.items():
        assert walk.path.endswith(f"/{step}")
        walk.fill({name: str(STEPS[step][name]) for name in names})
        walk.press(GO_ON)
    walk.press(".publish-box button[type=submit]")
    return walk


def test_matches_of_an_example_and_of_the_own_problem_are_ranked(site: Flask) -> None:
    for walk in (sees_an_example(site), sees_own_matches(site)):
        assert walk.path == "/matches"
        assert walk.page.select_one("main #m1") is not None
        assert walk.page.select_one("main #m3") is not None


def test_signing_up_ends_signed_in(own_site: Flask) -> None:
    walk = signs_up(own_site)
    assert walk.client.get("/account").status_code == 200


def test_golden_counts_of_the_first_steps_stand_in_the_docs(
    own_site: Flask, own_database: Database, sign_in: SignIn
) -> None:
    need = sends_a_need(own_site)
    need_id = need.path.rpartition("/")[2]
    assert read_status(own_database, need_id).state == "in_review"
    table = markdown(
        [
            ("看一个例子的匹配结果", "see the matches of an example", sees_an_example(own_site)),
            (
                "不登录，看自己问题的匹配结果",
                "see the matches of an own problem, without an account",
                sees_own_matches(own_site),
            ),
            (
                "用已有账户登录，提交一条需求",
                "sign in with an account and send a need for review",
                need,
            ),
            ("注册新单位", "sign a new organisation up", signs_up(own_site)),
        ]
    )
    text = DOCS.read_text("utf-8")
    before, _begin, rest = text.partition(BEGIN)
    kept, _end, after = rest.partition(END)
    if os.environ.get("REWRITE_GOLDEN"):
        DOCS.write_text(f"{before}{BEGIN}{table}{END}{after}", "utf-8")
        kept = table
    assert kept == table
    publishes(sign_in, own_database, need_id)


def publishes(sign_in: SignIn, db: Database, need_id: str) -> None:
    """One press of a reviewer is what is left, and everybody finds the need."""
    reviewer = Walk(sign_in("reviewer"))
    reviewer.open(f"/review/needs/{need_id}")
    reviewer.press("button[value=approve]")
    assert read_status(db, need_id).state == "open"
    visitor = Walk(reviewer.client.application.test_client())
    visitor.open(f"/needs/{need_id}")
    assert PROBLEM["title"] in visitor.page.main.text


def markdown(rows: list[tuple[str, str, Walk]]) -> str:
    lines = [f"| {zh} · {en} | {walk.n_fields} | {walk.n_clicks} |\n" for zh, en, walk in rows]
    return "\n| 目标 goal | 填写 fields | 点击 clicks |\n|---|---|---|\n" + "".join(lines) + "\n"
