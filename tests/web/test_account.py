"""A person's own pages: settings, password, recovery, inbox, data, closing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlite_utils import Database

from matcher.store.accounts import find_by_email, read_credentials
from matcher.store.mail import waiting_mail
from matcher.store.notices import Message, add_notice, count_unread
from matcher.workflow.accounts.sign_in import FREE_FAILURES
from matcher.workflow.accounts.sign_up import TERMS_VERSION
from tests.matcher.workflow.mail_sink import Sink, mail_sink
from tests.web.conftest import SignIn, make_site, token_of
from tests.web.handshake import Handshake, add_answerers, add_world
from tests.web.html import check_page
from tests.web.people import PASSWORD, own_password, read, send, summary

CHANGE = {"password": PASSWORD, "password_again": PASSWORD}


def test_settings_are_kept_and_wrong_ones_refused(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    good = {"name": "虚构改名", "language": "en", "mails": "none"}
    assert send(client, "/account", good).status_code == 303
    soup = read(client, "/account")
    assert soup.select_one("#name")["value"] == "虚构改名"
    for name, wrong in (("name", ""), ("name", "长" * 500), ("language", "fr"), ("mails", "x")):
        assert send(client, "/account", {**good, name: wrong}).status_code == 422
    assert send(client, "/account", {**good, "role": "administrator"}).status_code == 303
    assert client.get("/people").status_code == 403


def test_language_of_the_account_is_used_where_nothing_else_says_otherwise(
    sign_in: SignIn,
) -> None:
    client = sign_in("enterprise")
    send(client, "/account", {"name": "x", "language": "en", "mails": "all"})
    assert client.get("/about").text.count('<html lang="en"') == 1
    chosen = client.get("/about?lang=zh")
    assert '<html lang="zh-Hans"' in chosen.text
    assert '<html lang="zh-Hans"' in client.get("/about").text  # remembered by the cookie


def test_new_password_needs_the_old_one_and_ends_other_sessions(
    sign_in: SignIn, own_site: Flask
) -> None:
    here, there = sign_in("enterprise"), sign_in("enterprise")
    refused = send(here, "/account/password", {**CHANGE, "old_password": "a guess"})
    assert refused.status_code == 422
    assert len(summary(refused)) == 1
    old = own_password(own_site)
    weak = {"password": "short", "password_again": "short", "old_password": old}
    assert send(here, "/account/password", weak).status_code == 422
    before = here.get_cookie("aiplus")
    assert send(here, "/account/password", {**CHANGE, "old_password": old}).status_code == 303
    after = here.get_cookie("aiplus")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    assert here.get("/account").status_code == 200
    assert there.get("/account").status_code == 303


def test_guessing_the_old_password_is_slowed_down(sign_in: SignIn, own_site: Flask) -> None:
    client = sign_in("enterprise")
    for guess in range(5):
        send(client, "/account/password", {**CHANGE, "old_password": f"guess {guess}"})
    right = {**CHANGE, "old_password": own_password(own_site)}
    assert send(client, "/account/password", right).status_code == 422


def test_data_of_a_person_can_be_taken_along(sign_in: SignIn, own_database: Database) -> None:
    answer = sign_in("enterprise").get("/account/data")
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Cache-Control"] == "no-store"
    data = json.loads(answer.text)
    assert data["account"]["email"] == "enterprise@demo.invalid"
    kept = read_credentials(own_database, data["account"]["account_id"])
    assert kept.password_hash not in answer.text


def test_account_page_lists_what_was_agreed_to_and_what_was_taken_back(
    sign_in: SignIn, own_database: Database
) -> None:
    add_world(own_database)
    add_answerers(own_database)
    handshake = Handshake({who: sign_in(who) for who in ("enterprise", "provider")})
    handshake.reveal()
    handshake.post("enterprise", "consents/contact", act="take_back")
    for who, language, said in (("enterprise", "zh", "撤回"), ("provider", "en", "stands")):
        page = check_page(handshake.clients[who].get(f"/account?lang={language}"))
        rows = page.select("#agreements tbody tr")
        (row,) = [one for one in rows if handshake.engagement_id in one.text]
        assert said in row.td.text
        assert row.a["href"] == f"{handshake.address}#disclosure"
        assert TERMS_VERSION in row.text
    names = page.select("#agreements tbody th")
    assert [one.text for one in names] == ["Show name and contact", "Terms and privacy"]
    data = json.loads(handshake.clients["enterprise"].get("/account/data").text)
    mine = [one for one in data["consents"] if one["engagement_id"] == handshake.engagement_id]
    assert [one["what"] for one in mine] == ["contact"]
    assert mine[0]["taken_back_at"]


def test_closed_account_is_gone(sign_in: SignIn, own_site: Flask, own_database: Database) -> None:
    client = sign_in("enterprise")
    assert send(client, "/account/close", {"old_password": "a guess"}).status_code == 422
    own = own_password(own_site)
    assert send(client, "/account/close", {"old_password": own}).status_code == 303
    assert client.get("/account").status_code == 303
    assert find_by_email(own_database, "enterprise@demo.invalid") is None


def test_last_administrator_cannot_close_the_account(sign_in: SignIn, own_site: Flask) -> None:
    form = {"old_password": own_password(own_site, "administrator")}
    client = sign_in("administrator")
    assert send(client, "/account/close", form).status_code == 422
    assert client.get("/account").status_code == 200


def told(db: Database, account_id: str, n: int = 1, address: str = "/organisation") -> None:
    for number in range(n):
        message = Message("organisation.x", f"通知{number}", f"Notice {number}", address)
        add_notice(db, [account_id], message, now=datetime.now(UTC))


def test_inbox_counts_opens_and_marks(sign_in: SignIn, own_database: Database) -> None:
    client = sign_in("enterprise")
    assert read(client, "/inbox").select_one(".empty") is not None
    told(own_database, "ACC-DEMO1", 3)
    assert read(client, "/about").select_one(".account-nav .badge").text.strip().endswith("3")
    soup = read(client, "/inbox")
    form = soup.select_one(".notices form")
    goal = form.select_one("[name=goal]")["value"]
    opened = send(client, form["action"], {"goal": goal})
    assert opened.location == "/organisation"
    assert count_unread(own_database, "ACC-DEMO1") == 2
    assert len(read(client, "/inbox?unread=1").select(".notices > li")) == 2
    assert send(client, "/inbox/read").status_code == 303
    assert count_unread(own_database, "ACC-DEMO1") == 0
    assert read(client, "/about").select_one(".account-nav .badge") is None


def test_inbox_is_paged(sign_in: SignIn, own_database: Database) -> None:
    told(own_database, "ACC-DEMO1", 25)
    client = sign_in("enterprise")
    first = read(client, "/inbox")
    assert len(first.select(".notices > li")) == 20
    assert len(read(client, first.select_one("a[rel=next]")["href"]).select(".notices > li")) == 5


@pytest.mark.parametrize("goal", ["https://else.where/", "//else.where", "/\\else.where"])
def test_notice_leads_to_no_other_site(sign_in: SignIn, own_database: Database, goal: str) -> None:
    told(own_database, "ACC-DEMO1")
    client = sign_in("enterprise")
    action = read(client, "/inbox").select_one(".notices form")["action"]
    assert send(client, action, {"goal": goal}).location == "/inbox"


def test_notices_of_others_stay_unread(sign_in: SignIn, own_database: Database) -> None:
    told(own_database, "ACC-DEMO1")
    other = sign_in("provider")
    send(other, "/inbox/1/read")
    send(other, "/inbox/read")
    assert count_unread(own_database, "ACC-DEMO1") == 1
    for odd in ("0", "99999999999999999999", "x", "-1"):
        assert send(other, f"/inbox/{odd}/read").status_code in {303, 404}


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_sink() as listening:
        yield listening


def mailing(site: Flask, sink: Sink) -> Flask:
    """The same site with a mail server."""
    return make_site(
        site.config["DATABASE"],
        AIPLUS_SMTP_HOST="127.0.0.1",
        AIPLUS_SMTP_PORT=str(sink.port),
        AIPLUS_SMTP_FROM="aiplus@example.invalid",
        AIPLUS_SMTP_STARTTLS="0",
    )


def test_asking_for_a_new_password_answers_the_same_whoever_asks(
    own_site: Flask, own_database: Database, sink: Sink
) -> None:
    own_database.conn.execute("UPDATE account SET is_demo = 0")
    own_database.conn.commit()
    client, pages = mailing(own_site, sink).test_client(), []
    for email in ("enterprise@demo.invalid", "nobody@demo.invalid", "", "\x00'"):
        answer = send(client, "/forgotten-password", {"email": email})
        assert answer.status_code == 200
        pages.append(check_page(answer).main.get_text())
    assert len(set(pages)) == 1
    queued = own_database.conn.execute("SELECT recipient FROM mail").fetchall()
    assert queued == [("enterprise@demo.invalid",)]


def test_other_spellings_of_an_address_are_no_way_to_flood_its_inbox(
    own_site: Flask, own_database: Database, sink: Sink
) -> None:
    own_database.conn.execute("UPDATE account SET is_demo = 0")
    own_database.conn.commit()
    client, email = mailing(own_site, sink).test_client(), "enterprise@demo.invalid"
    spelled = [f"{email[:n]}{email[n:].upper()}" for n in range(FREE_FAILURES + 3)]
    answers = [send(client, "/forgotten-password", {"email": one}) for one in spelled]
    assert [one.status_code for one in answers] == [200] * FREE_FAILURES + [429] * 3
    (queued,) = own_database.conn.execute("SELECT count(*) FROM mail").fetchone()
    assert queued == FREE_FAILURES


def test_without_a_mail_server_the_page_says_whom_to_ask(own_site: Flask) -> None:
    client = own_site.test_client()
    soup = read(client, "/forgotten-password")
    assert soup.select("main form") == []
    assert "管理员" in soup.main.text
    assert send(client, "/forgotten-password", {"email": "a@example.invalid"}).status_code == 303


def test_demonstration_is_named_on_every_page_and_where_its_passwords_are(
    own_site: Flask, own_database: Database
) -> None:
    client = own_site.test_client()
    for address in ("/", "/about", "/nowhere", "/sign-up"):
        assert check_page(client.get(address)).select_one(".demo-banner") is not None
    assert "demo-accounts.tsv" in client.get("/sign-in").text
    english = client.get("/about", headers={"Accept-Language": "en"})
    assert "made up" in check_page(english).select_one(".demo-banner").text
    own_database.conn.execute("UPDATE installation SET value = '0'")
    own_database.conn.commit()
    assert check_page(client.get("/")).select_one(".demo-banner") is None
    assert "demo-accounts.tsv" not in client.get("/sign-in").text


def test_session_begins_anew_at_sign_in(own_site: Flask) -> None:
    client = own_site.test_client()
    token_of(client)
    before = client.get_cookie("aiplus")
    account = own_site.extensions["people"]["enterprise"]
    send(client, "/sign-in", {"email": account.email, "password": account.password})
    after = client.get_cookie("aiplus")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    client.set_cookie("aiplus", before.value)  # what an attacker may have planted or seen
    assert client.get("/account").status_code == 303


def test_failures_count_in_the_database_for_every_process(own_site: Flask) -> None:
    account = own_site.extensions["people"]["enterprise"]
    for guess in range(5):
        form = {"email": account.email, "password": f"guess {guess}"}
        assert send(own_site.test_client(), "/sign-in", form).status_code == 422
    restarted = make_site(own_site.config["DATABASE"])
    right = {"email": account.email, "password": account.password}
    assert send(restarted.test_client(), "/sign-in", right).status_code == 422


def test_menu_offers_what_the_account_may_do(sign_in: SignIn) -> None:
    def links(who: str) -> set[str]:
        return {link["href"] for link in read(sign_in(who), "/about").select(".account-panel a")}

    assert {"/inbox", "/organisation", "/account"} <= links("enterprise")
    assert "/people" not in links("enterprise")
    assert {"/people", "/audit"} <= links("administrator")
    assert "/organisation" not in links("administrator")


def test_nothing_waits_in_the_queue_for_demonstration_accounts(own_database: Database) -> None:
    assert waiting_mail(own_database, now=datetime.now(UTC)) == []
