"""The demonstration has a gap and an open call, synthetic for all to see, that end with it."""

from __future__ import annotations

from datetime import UTC, datetime

from matcher.settings import PROJECT
from matcher.store.accounts import find_by_email
from matcher.store.connection import open_database
from matcher.store.migrations import apply_migrations
from matcher.store.open_calls import needs_of_call, read_call
from matcher.workflow.accounts.passwords import Effort, Passwords
from matcher.workflow.demonstration.accounts import open_demonstration
from matcher.workflow.demonstration.end import end_demonstration
from matcher.workflow.demonstration.needs import add_demo_needs
from matcher.workflow.demonstration.supply import add_demo_supply
from matcher.workflow.supply.gaps import review_gaps, topics_now

NOW = datetime(2026, 11, 22, 8, 0, tzinfo=UTC)


def test_call_of_the_demonstration_says_what_it_is_and_ends_with_it() -> None:
    db = open_database(":memory:")
    apply_migrations(db)
    open_demonstration(db, Passwords(Effort(memory_kib=8, passes=1, lanes=1)), now=NOW)
    need_ids = add_demo_needs(db, now=NOW)
    reviewer = find_by_email(db, "reviewer@demo.invalid")
    assert reviewer is not None
    call_id = add_demo_supply(db, need_ids[1:3], reviewer, now=NOW)
    call = read_call(db, call_id)
    assert (call.state, call.synthetic) == ("open", True)
    assert call.title.startswith("【合成演示】")
    assert needs_of_call(db, call_id) == [need_ids[1]]
    assert {gap.need_id for topic in topics_now(db) for gap in topic.gaps} == set(need_ids[1:3])
    end_demonstration(db, models=PROJECT / "models", now=NOW)
    assert read_call(db, call_id).state == "closed"
    assert review_gaps(db, now=NOW) == (2, 0)
    assert topics_now(db) == []
    db.close()
