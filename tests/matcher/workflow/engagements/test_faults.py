"""Late words, second clicks, killed processes, clocks that are set: nothing is half done."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli import aiplus
from matcher.errors import ImpossibleStep
from matcher.store.audit import verify_chain
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase, backup, close_database, open_database
from matcher.store.consents import list_consents
from matcher.store.engagements import list_transitions, read_engagement
from matcher.store.notices import list_notices
from matcher.store.pilots import list_applications
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.engagements.disclosure import give_consent
from matcher.workflow.engagements.steps import advance
from matcher.workflow.engagements.talks import (
    Proposal,
    answer_meeting,
    propose_meeting,
    send_message,
)
from tests.contracts.project import PROJECT
from tests.matcher.workflow.engagements.world import (
    AGREES,
    DECLINES,
    ENTERPRISE,
    NOW,
    PROVIDER,
    TERMS,
    brought_to,
)

LATER = NOW + timedelta(days=1)
# A process of its own that is killed at the moment when it writes some word of SQL.
KILLED = """
import os, signal, sys
from matcher.store.connection import open_database
from matcher.workflow.engagements.steps import advance
from tests.matcher.workflow.engagements.world import AGREES, AT_BASE, ENTERPRISE, NOW, PROVIDER
db = open_database(sys.argv[1])
def kill(sql):
    if {word!r} in sql:
        os.kill(os.getpid(), signal.SIGKILL)
db.conn.set_trace_callback(kill)
advance(db, sys.argv[2], {action!r}, actor=ENTERPRISE, now=NOW, given={given})
"""


@pytest.mark.parametrize("end", ["decline", "lapse"])
def test_reply_after_closure_changes_nothing(db: StoreDatabase, end: str) -> None:
    engagement = brought_to(db, "talks")
    slots = tuple(NOW + timedelta(days=days) for days in (2, 3, 4))
    proposal = Proposal("合成会议", slots)
    meeting = propose_meeting(db, engagement.engagement_id, proposal, actor=PROVIDER, now=NOW)
    actor, given = (ENTERPRISE, DECLINES) if end == "decline" else (None, None)
    if actor is not None and given is not None:
        advance(db, engagement.engagement_id, "decline", actor=actor, now=NOW, given=given)
    else:
        moment = NOW
        for _ in range(4):
            clock = running_clock(db, "engagement", engagement.engagement_id)
            assert clock is not None
            moment = clock.next_at
            run_clocks(db, moment)
    closed = read_engagement(db, engagement.engagement_id)
    assert closed.state == "closed"
    late = NOW + timedelta(days=100)
    for act in (
        lambda: advance(db, closed.engagement_id, "keep_talking", actor=PROVIDER, now=late),
        lambda: advance(
            db, closed.engagement_id, "contract", actor=PROVIDER, now=late, given=AGREES
        ),
        lambda: send_message(db, closed.engagement_id, "还在吗", actor=PROVIDER, now=late),
        lambda: answer_meeting(db, meeting.meeting_id, 1, actor=ENTERPRISE, now=late),
        lambda: give_consent(
            db, closed.engagement_id, "data", terms_version=TERMS, actor=ENTERPRISE, now=late
        ),
    ):
        with pytest.raises(ImpossibleStep):
            act()
    assert read_engagement(db, closed.engagement_id) == closed
    assert running_clock(db, "engagement", closed.engagement_id) is None


@pytest.mark.parametrize(
    ("state", "action", "given", "word"),
    [
        ("mutual", "consent", "AGREES", "INSERT INTO consent"),
        ("mutual", "consent", "AGREES", "INSERT INTO audit_event"),
        ("talks", "apply_pilot", "AT_BASE", "UPDATE engagement SET"),
        ("talks", "apply_pilot", "AT_BASE", 'INSERT INTO "notice"'),
    ],
)
def test_process_killed_in_the_middle_of_a_step_leaves_no_half_state(
    db: StoreDatabase, tmp_path: Path, state: str, action: str, given: str, word: str
) -> None:
    engagement = brought_to(db, state)
    path = tmp_path / "killed.db"
    backup(db, path)
    code = KILLED.format(action=action, given=given, word=word)
    done = subprocess.run(
        [sys.executable, "-c", code, str(path), engagement.engagement_id],
        cwd=PROJECT, check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert done.returncode == -9, done.stderr
    after = open_database(path)
    try:
        assert read_engagement(after, engagement.engagement_id) == engagement
        assert list_transitions(after, engagement.engagement_id) == list_transitions(
            db, engagement.engagement_id
        )
        assert list_consents(after, engagement.engagement_id) == list_consents(
            db, engagement.engagement_id
        )
        assert list_applications(after, engagement.engagement_id) == []
        assert verify_chain(after).broken is None
    finally:
        close_database(after)


def test_clock_set_back_does_nothing_twice_and_set_on_skips_nobody(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    clock = running_clock(db, "engagement", engagement.engagement_id)
    assert clock is not None
    assert run_clocks(db, clock.next_at) == {"reminded": 1}
    for earlier in (NOW, NOW - timedelta(days=900)):
        assert run_clocks(db, earlier) == {}
    far = NOW + timedelta(days=3650)
    done = [run_clocks(db, far + timedelta(days=60 * i)) for i in range(4)]
    assert [sorted(one) for one in done] == [["reminded"], ["escalated"], ["lapsed"], []]
    topics = [one.message.topic for one in list_notices(db, "A-provider", limit=200)]
    assert topics.count("engagement.reminder") == 2


def test_step_taken_by_a_clock_that_was_set_back_is_kept_with_its_time(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    before = NOW - timedelta(days=2)
    after = advance(db, engagement.engagement_id, "accept", actor=PROVIDER, now=before)
    assert after.state == "mutual"
    assert list_transitions(db, engagement.engagement_id)[-1].at == before
    clock = running_clock(db, "engagement", engagement.engagement_id)
    assert clock is not None
    assert clock.due_at > before
    assert verify_chain(db).broken is None


@pytest.mark.parametrize("hours", [-11, 0, 8, 14])
def test_same_moment_in_another_zone_is_due_at_the_same_moment(
    db: StoreDatabase, hours: int
) -> None:
    zone = timezone(timedelta(hours=hours))
    engagement = brought_to(db, "need_accepted")
    advance(db, engagement.engagement_id, "accept", actor=PROVIDER, now=LATER.astimezone(zone))
    clock = running_clock(db, "engagement", engagement.engagement_id)
    assert clock is not None
    assert clock.due_at == datetime(2026, 3, 10, 10, 0, tzinfo=UTC)


def test_daily_command_runs_the_reply_clock(db: StoreDatabase, tmp_path: Path) -> None:
    brought_to(db, "need_accepted")  # long before today
    path = tmp_path / "aiplus.db"
    backup(db, path)
    outputs = [
        CliRunner().invoke(aiplus, ["daily"], env={"AIPLUS_DATABASE": str(path)}).output
        for _ in range(2)
    ]
    assert ["reminded 1" in text for text in outputs] == [True, False]
