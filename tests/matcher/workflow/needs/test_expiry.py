"""The clock of needs: what was done in the moment in which it acts is not done again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.need_status import read_status
from matcher.store.notices import list_notices
from matcher.workflow.needs.expiry import REMIND_BEFORE, expire_and_remind
from matcher.workflow.needs.publishing import renew
from tests.matcher.store.conftest import db, path
from tests.matcher.workflow.needs_db import act, inhabited, opened, person

__all__ = ["db", "path"]  # fixtures of the store's tests


def renewed(db: StoreDatabase, need_id: str, now: datetime) -> None:
    days = {"reply_by": 60, "start_by": 90}
    dates = {name: (now + timedelta(days=n)).date().isoformat() for name, n in days.items()}
    renew(db, need_id, dates, act(db, "enterprise", now=now))


def done_by_another_process(db: StoreDatabase, _need_id: str, now: datetime) -> None:
    expire_and_remind(db, now)


@pytest.mark.parametrize("meanwhile", [renewed, done_by_another_process])
@pytest.mark.parametrize("before_end", [REMIND_BEFORE - timedelta(minutes=1), -timedelta(hours=1)])
def test_what_was_done_in_that_moment_is_not_done_again_by_the_clock(
    db: StoreDatabase,
    path: Path,
    meanwhile: Callable[[StoreDatabase, str, datetime], None],
    before_end: timedelta,
) -> None:
    inhabited(db)
    need_id = opened(db)
    end = read_status(db, need_id).expires_at
    assert end is not None
    other, now = open_database(path), end - before_end

    def act_first(statement: str) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            db.conn.set_trace_callback(None)
            meanwhile(other, need_id, now)

    db.conn.set_trace_callback(act_first)
    assert expire_and_remind(db, now) == (0, 0)
    close_database(other)
    notices = list_notices(db, person(db, "enterprise").account_id)
    told = [one.message.topic for one in notices]
    by_clock = ("need.expiring", "need.expired")
    expected = 1 if meanwhile is done_by_another_process else 0
    assert sum(topic in by_clock for topic in told) == expected
