"""Mail: queued with the notice, sent once, kept with its error where it could not be sent."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from matcher.identity import Role
from matcher.store.accounts import add_account, update_account
from matcher.store.connection import StoreDatabase
from matcher.store.mail import (
    TRIED_AGAIN_AFTER,
    WAITS_AT_MOST,
    Letter,
    add_mail,
    claim_mail,
    waiting_mail,
)
from matcher.store.notices import Message
from matcher.workflow.accounts.password_change import mail_reset
from matcher.workflow.messages.mail import MailServer, WrongMailSetting, mail_server, send_waiting
from matcher.workflow.messages.notifying import tell, tell_organisation
from tests.matcher.people import NOW, make_account
from tests.matcher.workflow.mail_sink import Sink, mail_sink
from tests.matcher.workflow.people_db import people_database, told

SITE = "https://aiplus.example.invalid/"
IMPORTANT = Message(
    "organisation.verified", "贵单位已通过核验", "You are verified", "/organisation"
)
OTHER = Message("search.news", "有新的结果", "There are new results", "/searches")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    with people_database(tmp_path) as opened:
        yield opened


@pytest.fixture
def sink() -> Iterator[Sink]:
    with mail_sink() as listening:
        yield listening


def server_of(sink: Sink) -> MailServer:
    return MailServer("127.0.0.1", sink.port, "aiplus@example.invalid", starttls=False)


def test_notice_is_mailed_once_with_a_link_to_the_site(db: StoreDatabase, sink: Sink) -> None:
    assert tell(db, ["ACC-1", "ACC-1"], IMPORTANT, now=NOW) == 1
    assert send_waiting(db, server_of(sink), site=SITE, now=NOW) == (1, [])
    assert send_waiting(db, server_of(sink), site=SITE, now=NOW) == (0, [])
    [letter] = sink.letters
    assert letter["To"] == "person1@example.invalid"
    assert letter["From"] == "aiplus@example.invalid"
    assert letter["Auto-Submitted"] == "auto-generated"
    text = letter.get_content()
    assert "贵单位已通过核验" in text
    assert "You are verified" in text
    assert "https://aiplus.example.invalid/organisation" in text


def test_letter_is_in_the_language_that_the_account_chose(db: StoreDatabase, sink: Sink) -> None:
    update_account(db, "ACC-1", {"language": "en"})
    tell(db, ["ACC-1"], IMPORTANT, now=NOW)
    send_waiting(db, server_of(sink), site=SITE, now=NOW)
    assert sink.letters[0]["Subject"] == "You are verified"
    assert "贵单位" not in sink.letters[0].get_content()


@pytest.mark.parametrize(
    ("mails", "topics"),
    [("all", 2), ("important", 1), ("none", 0)],
)
def test_people_are_mailed_what_they_want_and_told_everything(
    db: StoreDatabase, mails: str, topics: int
) -> None:
    update_account(db, "ACC-1", {"mails": mails})
    for message in (IMPORTANT, OTHER):
        tell(db, ["ACC-1"], message, now=NOW)
    assert len(waiting_mail(db, now=NOW)) == topics
    assert sorted(told(db, "ACC-1")) == ["organisation.verified", "search.news"]


def test_everybody_of_an_organisation_is_told_however_many_they_are(db: StoreDatabase) -> None:
    for number in range(100, 160):
        account = make_account(number, organisation_id="ORG-1", role=Role.MEMBER)
        add_account(db, account, password_hash="none", now=NOW)
    assert tell_organisation(db, "ORG-1", OTHER, now=NOW) == 61
    assert tell_organisation(db, "ORG-1", OTHER, but="ACC-1", now=NOW) == 60


def test_where_there_is_no_organisation_nobody_is_told(db: StoreDatabase) -> None:
    assert tell_organisation(db, "", OTHER, now=NOW) == 0
    assert [told(db, f"ACC-{number}") for number in (1, 2, 9)] == [[], [], []]


def test_disabled_and_unknown_accounts_are_not_told(db: StoreDatabase) -> None:
    update_account(db, "ACC-1", {"is_active": False})
    assert tell(db, ["ACC-1", "ACC-404"], IMPORTANT, now=NOW) == 0
    assert waiting_mail(db, now=NOW) == []


def test_refused_letter_stays_with_its_error_and_the_others_go(
    db: StoreDatabase, sink: Sink
) -> None:
    sink.refused.add("person1")
    tell(db, ["ACC-1", "ACC-2"], IMPORTANT, now=NOW)
    sending = send_waiting(db, server_of(sink), site=SITE, now=NOW)
    assert sending.n_sent == 1
    assert len(sending.errors) == 1
    [left] = waiting_mail(db, now=NOW)
    assert left.letter.recipient == "person1@example.invalid"
    assert "550" in left.last_error
    sink.refused.clear()
    assert send_waiting(db, server_of(sink), site=SITE, now=NOW).n_sent == 0  # not at once
    later = NOW + TRIED_AGAIN_AFTER
    assert send_waiting(db, server_of(sink), site=SITE, now=later).n_sent == 1
    assert [letter["To"] for letter in sink.letters] == [
        "person2@example.invalid",
        "person1@example.invalid",
    ]


def test_server_that_does_not_answer_is_asked_once_and_everything_is_kept(
    db: StoreDatabase,
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        server = MailServer(
            "127.0.0.1", closed.getsockname()[1], "a@example.invalid", starttls=False
        )
        tell(db, ["ACC-1", "ACC-2"], IMPORTANT, now=NOW)
        sending = send_waiting(db, server, site=SITE, now=NOW)
    assert sending.n_sent == 0
    assert len(sending.errors) == 1
    assert len(waiting_mail(db, now=NOW)) == 2


def test_two_senders_never_take_the_same_letter(db: StoreDatabase) -> None:
    add_mail(db, Letter("a@example.invalid", "x", "y"), now=NOW)
    assert claim_mail(db, now=NOW) is not None
    assert claim_mail(db, now=NOW) is None


def test_sent_text_is_forgotten_and_old_mail_is_dropped(db: StoreDatabase, sink: Sink) -> None:
    mail_reset(db, "person1@example.invalid", now=NOW)
    [waiting] = waiting_mail(db, now=NOW)
    secret = waiting.letter.body.split("/new-password/")[1].split()[0]
    send_waiting(db, server_of(sink), site=SITE, now=NOW)
    assert secret not in "\n".join(db.conn.iterdump())
    assert f"{SITE}new-password/{secret}" in sink.letters[0].get_content()
    tell(db, ["ACC-1"], IMPORTANT, now=NOW)
    later = NOW + WAITS_AT_MOST + timedelta(seconds=1)
    assert send_waiting(db, server_of(sink), site=SITE, now=later) == (0, [])


def test_unknown_address_gets_no_link(db: StoreDatabase) -> None:
    mail_reset(db, "nobody@example.invalid", now=NOW)
    update_account(db, "ACC-1", {"is_active": False})
    mail_reset(db, "person1@example.invalid", now=NOW)
    assert waiting_mail(db, now=NOW) == []


def test_header_cannot_be_smuggled_into_a_letter(db: StoreDatabase, sink: Sink) -> None:
    add_mail(db, Letter("a@example.invalid", "x\r\nBcc: b@example.invalid", "y"), now=NOW)
    send_waiting(db, server_of(sink), site=SITE, now=NOW)
    assert sink.letters[0]["Bcc"] is None


def test_settings_of_the_mail_server() -> None:
    assert mail_server({}) is None
    named = {"AIPLUS_SMTP_HOST": "mail.example.invalid", "AIPLUS_SMTP_FROM": "a@example.invalid"}
    server = mail_server(named)
    assert server is not None
    assert (server.port, server.starttls) == (587, True)
    plain = mail_server({**named, "AIPLUS_SMTP_STARTTLS": "0"})
    assert plain is not None
    assert plain.port == 25
    secret = mail_server({**named, "AIPLUS_SMTP_PASSWORD": "hidden"})
    assert "hidden" not in repr(secret)


@pytest.mark.parametrize(
    "wrong",
    [{"AIPLUS_SMTP_PORT": "0"}, {"AIPLUS_SMTP_PORT": "x"}, {"AIPLUS_SMTP_FROM": "nobody"}],
)
def test_wrong_setting_is_named(wrong: dict[str, str]) -> None:
    named = {"AIPLUS_SMTP_HOST": "mail.example.invalid", "AIPLUS_SMTP_FROM": "a@example.invalid"}
    with pytest.raises(WrongMailSetting, match=next(iter(wrong))):
        mail_server({**named, **wrong})
