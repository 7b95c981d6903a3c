"""``daily``: one duty that fails keeps none of the others from being done."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from matcher.cli import aiplus
from matcher.cli.daily import DUTIES
from matcher.store.connection import StoreDatabase, write_transaction
from matcher.store.mail import waiting_mail
from matcher.store.notices import Message
from matcher.workflow.messages.kinds import DAILY, choose_timings
from matcher.workflow.messages.notifying import tell
from tests.matcher.people import NOW
from tests.matcher.workflow.people_db import people_database

NEWS = Message("search.news", "有新的结果", "There are new results", "/searches")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    with people_database(tmp_path) as opened:
        choose_timings(opened, "ACC-1", {"search": DAILY}, now=NOW)
        tell(opened, ["ACC-1"], NEWS, now=NOW)
        yield opened


def run_daily(db: StoreDatabase, *options: str) -> Result:
    environment = {"AIPLUS_DATABASE": str(db.path)}
    return CliRunner().invoke(aiplus, ["daily", *options], env=environment)


def test_every_duty_is_told_and_the_exit_code_is_0(db: StoreDatabase) -> None:
    result = run_daily(db)
    assert result.exit_code == 0
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        duty.name for duty in DUTIES
    ]


@pytest.mark.parametrize("options", [(), ("--quiet",)])
def test_failing_duty_is_named_and_the_others_are_done(
    db: StoreDatabase, options: tuple[str, ...]
) -> None:
    with write_transaction(db):
        db.conn.execute("DROP TABLE supply_gap")
    result = run_daily(db, *options)
    assert result.exit_code == 1
    (failed,) = (line for line in result.stderr.splitlines() if "supply gap" in line)
    assert "未完成 · not done" in failed
    assert "[store_error]" in failed
    assert "no such table: supply_gap" in failed
    (waiting,) = waiting_mail(db, now=NOW)
    assert "There are new results" in waiting.letter.body
    assert ("digests: 1" in result.stderr) == (not options)


def test_fault_of_the_program_in_one_duty_leaves_the_others_to_be_done(db: StoreDatabase) -> None:
    with write_transaction(db):
        db.conn.execute(
            "INSERT INTO need_status (need_id, state, visibility, override_by, override_reason, "
            "copied_from, expires_at, updated_at) VALUES "
            "('N-1', 'open', 'named', '', '', '', 'no time', '2026-01-01T00:00:00+00:00')"
        )
        db.conn.execute("UPDATE need_status SET expires_at = '0 is no time'")
    result = run_daily(db)
    assert result.exit_code == 1
    (failed,) = (line for line in result.stderr.splitlines() if "未完成" in line)
    assert failed.startswith("需求 · needs: 未完成")
    assert "a fault of the program (ValueError" in failed
    assert len(waiting_mail(db, now=NOW)) == 1
