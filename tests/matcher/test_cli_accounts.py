"""``aiplus create-admin``, ``reset-link``, ``send-mail``, ``audit`` and ``end-demo``."""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

import pyotp
import pytest
from click.testing import CliRunner, Result

from matcher.cli import aiplus
from matcher.cli.demonstration import open_if_empty
from matcher.identity import SYSTEM, Role
from matcher.settings import demo_accounts_path
from matcher.store.accounts import find_by_email, list_accounts, read_credentials
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.installation import DEMONSTRATION, read_setting
from matcher.store.need_status import NeedStatus, add_status, read_status
from matcher.store.needs import list_kept_needs, save_need
from matcher.store.notices import Message
from matcher.store.ownership import set_owner
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.accounts.second_factor_setup import confirm, secret_to_enrol
from matcher.workflow.messages.notifying import tell_staff
from tests.factories import make_need
from tests.matcher.workflow.mail_sink import mail_sink

Run = Callable[..., Result]
EMAIL = "chen@example.invalid"
PASSWORD = "four calm herons"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "accounts.db"


@pytest.fixture
def run(path: Path) -> Run:
    def call(*arguments: str, given: str | None = None, **environ: str) -> Result:
        settings = {"AIPLUS_DATABASE": str(path), **environ}
        return CliRunner(env=settings).invoke(
            aiplus, arguments, input=given, catch_exceptions=False
        )

    assert call("init", "--quiet").exit_code == 0
    return call


@pytest.fixture
def db(run: Run, path: Path) -> Iterator[StoreDatabase]:
    opened = open_database(path)
    yield opened
    close_database(opened)


def made_admin(run: Run) -> None:
    assert run("create-admin", EMAIL, "--password-stdin", given=f"{PASSWORD}\n").exit_code == 0


def test_first_administrator_is_made_and_can_sign_in(run: Run, db: StoreDatabase) -> None:
    made_admin(run)
    account = find_by_email(db, EMAIL)
    assert account is not None
    assert account.role == Role.ADMINISTRATOR
    assert Passwords().fits(PASSWORD, read_credentials(db, account.account_id).password_hash)


def test_password_is_asked_for_twice_and_never_shown(run: Run, db: StoreDatabase) -> None:
    asked = run("create-admin", EMAIL, given=f"{PASSWORD}\n{PASSWORD}\n")
    assert asked.exit_code == 0
    assert PASSWORD not in asked.output
    assert find_by_email(db, EMAIL) is not None


@pytest.mark.parametrize(
    ("email", "password", "field"),
    [(EMAIL, "short", "password"), ("chen", PASSWORD, "email"), (EMAIL, "", "password")],
)
def test_wrong_answer_is_named_and_makes_nobody(
    run: Run, db: StoreDatabase, email: str, password: str, field: str
) -> None:
    refused = run("create-admin", email, "--password-stdin", given=f"{password}\n")
    assert refused.exit_code == 2
    assert f"  {field}: " in refused.stderr
    assert list_accounts(db) == []


def test_second_administrator_needs_another_address(run: Run) -> None:
    made_admin(run)
    again = run("create-admin", EMAIL.upper(), "--password-stdin", given=f"{PASSWORD}\n")
    assert again.exit_code == 2
    assert "已有账户" in again.stderr


def test_reset_link_is_printed_for_the_site_that_is_set(run: Run) -> None:
    made_admin(run)
    printed = run("reset-link", EMAIL, AIPLUS_URL="https://aiplus.example.invalid/")
    assert printed.stdout.startswith("https://aiplus.example.invalid/new-password/")
    refused = run("reset-link", "nobody@example.invalid")
    assert refused.exit_code == 2
    assert "[unknown_address]" in refused.stderr


def test_lost_second_factor_is_reset_and_owed_by_an_administrator(
    run: Run, db: StoreDatabase
) -> None:
    made_admin(run)
    account = find_by_email(db, EMAIL)
    assert account is not None
    refused = run("reset-second-factor", EMAIL)
    assert (refused.exit_code, "[second_factor_unset]" in refused.stderr) == (2, True)
    now = datetime.now(UTC)
    secret = secret_to_enrol(db, account.account_id)
    confirm(db, account.account_id, pyotp.TOTP(secret).at(now), now=now)
    done = run("reset-second-factor", EMAIL.upper())
    assert done.exit_code == 0
    assert "the next sign-in sets up another" in done.stderr
    after = find_by_email(db, EMAIL)
    assert after is not None
    assert (after.has_second_factor, after.must_set_second_factor) == (False, True)
    trail = run("audit", "list", "--object", f"account:{account.account_id}").stdout
    assert "account.second_factor_reset" in trail
    assert run("reset-second-factor", "nobody@example.invalid").exit_code == 2


def test_audit_is_verified_listed_and_its_break_named(run: Run, path: Path) -> None:
    made_admin(run)
    whole = run("audit", "verify")
    assert whole.exit_code == 0
    assert "2 events" in whole.stdout
    listed = json.loads(run("audit", "list", "--json").stdout)
    assert [event["action"] for event in listed] == ["account.created", "database.migrated"]
    assert listed[0]["after"] == {"role": "administrator"}
    one = run("audit", "list", "--object", f"account:{listed[0]['object_id']}")
    assert one.stdout.count("\n") == 1
    raw = sqlite3.connect(path)
    raw.execute("DROP TRIGGER audit_event_no_update")
    raw.execute("UPDATE audit_event SET actor = 'somebody' WHERE sequence = 2")
    raw.commit()
    raw.close()
    broken = run("audit", "verify")
    assert broken.exit_code == 1
    assert "broken at event 2" in broken.stdout


@pytest.mark.parametrize("wrong", ["x", "x:", ":x"])
def test_object_of_the_trail_is_a_kind_and_an_id(run: Run, wrong: str) -> None:
    refused = run("audit", "list", "--object", wrong)
    assert refused.exit_code == 2
    assert "KIND:ID" in refused.stderr


def test_mail_waits_for_a_server_and_is_then_sent(run: Run, db: StoreDatabase) -> None:
    made_admin(run)
    message = Message("organisation.waiting", "有单位等待核验", "An organisation waits", "/people")
    tell_staff(db, Role.ADMINISTRATOR, message, now=datetime.now(UTC))
    refused = run("send-mail", AIPLUS_SMTP_HOST="")
    assert refused.exit_code == 2
    assert "AIPLUS_SMTP_HOST" in refused.stderr
    with mail_sink() as sink:
        settings = {
            "AIPLUS_SMTP_HOST": "127.0.0.1",
            "AIPLUS_SMTP_PORT": str(sink.port),
            "AIPLUS_SMTP_FROM": "aiplus@example.invalid",
            "AIPLUS_SMTP_STARTTLS": "0",
        }
        assert "sent 1" in run("send-mail", **settings).stderr
        assert [letter["To"] for letter in sink.letters] == [EMAIL]
    tell_staff(db, Role.ADMINISTRATOR, message, now=datetime.now(UTC))
    assert run("send-mail", **settings).exit_code == 1  # the server is gone


def test_end_of_the_demonstration_leaves_nothing_open(
    run: Run, db: StoreDatabase, path: Path
) -> None:
    open_if_empty(path)
    need, now = make_need(need_id="N-DEMO"), datetime.now(UTC)
    save_need(db, need, actor="tests", now=now)
    set_owner(db, "need", "N-DEMO", "ORG-DEMO1", actor=SYSTEM, now=now)
    add_status(db, NeedStatus("N-DEMO", "open", "named", now), actor="tests")
    made_admin(run)
    ended = run("end-demo")
    assert re.search(r"5 accounts disabled, [1-9]\d* records withdrawn", ended.stderr)
    live = ("in_review", "open", "matching")
    assert list_kept_needs(db, organisation_id="ORG-DEMO1", states=live) == []
    assert [account.email for account in list_accounts(db) if account.is_active] == [EMAIL]
    assert read_status(db, "N-DEMO").state == "withdrawn"
    assert read_setting(db, DEMONSTRATION) == "0"
    assert not demo_accounts_path(path).exists()
    assert "0 accounts disabled, 0 records" in run("end-demo").stderr
    assert run("audit", "verify").exit_code == 0


def test_loading_the_catalogue_leaves_an_event_once(run: Run, db: StoreDatabase) -> None:
    for _ in range(2):
        assert run("load-catalogue", "--quiet").exit_code == 0
    listed = json.loads(run("audit", "list", "--json").stdout)
    assert [event["action"] for event in listed] == ["catalogue.loaded", "database.migrated"]
    assert "sha256:" in listed[0]["after"]["source"]
