"""Two who act in the same moment, each in a window of their own: one wins, the other is told."""

from __future__ import annotations

import subprocess
import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from matcher.errors import ChangedMeanwhile, ImpossibleStep
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase, open_database
from matcher.store.engagements import list_transitions, read_engagement
from matcher.store.notices import list_notices
from matcher.store.pilots import slots_taken
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.engagements.steps import advance
from matcher.workflow.engagements.talks import Proposal, answer_meeting, propose_meeting
from tests.contracts.project import PROJECT
from tests.matcher.workflow.at_once import as_file, before_its_lock
from tests.matcher.workflow.engagements.world import (
    BASE,
    DECLINES,
    ENTERPRISE,
    NOW,
    PROVIDER,
    add_need,
    brought_to,
    fresh_world,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The small world as a file that two windows can open."""
    return as_file(fresh_world(), tmp_path / "at_once.db")


def test_of_two_applications_for_the_last_place_one_is_taken(path: Path) -> None:
    one, other = open_database(path), open_database(path)
    for i in (2, 3):
        add_need(one, f"N000{i}")
    brought_to(one, "in_pilot")  # one of two places
    waiting = [brought_to(one, "pilot_applied", need_id=f"N000{i}") for i in (2, 3)]
    before_its_lock(
        one,
        lambda: advance(other, waiting[0].engagement_id, "accept_pilot", actor=BASE, now=NOW),
    )
    with pytest.raises(ImpossibleStep) as caught:
        advance(one, waiting[1].engagement_id, "accept_pilot", actor=BASE, now=NOW)
    assert caught.value.why == "no_slot"
    assert slots_taken(one, "PB900") == {"T1": 2}
    assert read_engagement(one, waiting[1].engagement_id) == waiting[1]


def test_an_acceptance_and_a_refusal_at_once_do_not_both_hold(path: Path) -> None:
    one, other = open_database(path), open_database(path)
    waits = brought_to(one, "need_accepted")
    before_its_lock(
        one,
        lambda: advance(
            other, waits.engagement_id, "decline", actor=ENTERPRISE, now=NOW, given=DECLINES
        ),
    )
    seen = Given(version=waits.version)
    with pytest.raises(ChangedMeanwhile):
        advance(one, waits.engagement_id, "accept", actor=PROVIDER, now=NOW, given=seen)
    assert read_engagement(one, waits.engagement_id).state == "closed"
    past = [step.action for step in list_transitions(one, waits.engagement_id)]
    assert past == ["open", "accept", "decline"]


def test_an_answer_in_the_moment_of_the_automatic_closure_is_told_that_it_is_late(
    path: Path,
) -> None:
    one, other = open_database(path), open_database(path)
    waits = brought_to(one, "need_accepted")
    for _ in range(3):  # two reminders, then the broker
        run_clocks(one, due(one, waits.engagement_id))
    moment = due(one, waits.engagement_id)
    before_its_lock(one, lambda: run_clocks(other, moment))
    with pytest.raises(ImpossibleStep) as caught:
        advance(one, waits.engagement_id, "accept", actor=PROVIDER, now=moment)
    assert caught.value.why == "wrong_state"
    closed = read_engagement(one, waits.engagement_id)
    assert (closed.state, closed.close_cause) == ("closed", "no_answer")


def due(db: StoreDatabase, engagement_id: str) -> datetime:
    """When the clock of an engagement acts next."""
    clock = running_clock(db, "engagement", engagement_id)
    assert clock is not None
    return clock.next_at


def test_two_clock_runs_at_once_remind_once(path: Path) -> None:
    one, other = open_database(path), open_database(path)
    waits = brought_to(one, "need_accepted")
    clock = running_clock(one, "engagement", waits.engagement_id)
    assert clock is not None
    n = len(list_notices(one, PROVIDER.actor_id))
    before_its_lock(one, lambda: run_clocks(other, clock.next_at))
    run_clocks(one, clock.next_at)
    assert len(list_notices(one, PROVIDER.actor_id)) == n + 1


def test_a_time_of_a_meeting_is_chosen_once(path: Path) -> None:
    one, other = open_database(path), open_database(path)
    talks = brought_to(one, "talks")
    slots = tuple(NOW + timedelta(days=days) for days in (2, 3, 4))
    meeting = propose_meeting(
        one, talks.engagement_id, Proposal("合成会议", slots), actor=PROVIDER, now=NOW
    )
    before_its_lock(
        one, lambda: answer_meeting(other, meeting.meeting_id, 0, actor=ENTERPRISE, now=NOW)
    )
    with pytest.raises(ImpossibleStep):
        answer_meeting(one, meeting.meeting_id, 1, actor=ENTERPRISE, now=NOW)


KILLED = """
import os, signal, sys
from datetime import datetime
from matcher.store.connection import open_database
from matcher.workflow.engagements.clock_runs import run_clocks
db = open_database(sys.argv[1])
def kill(sql):
    if {word!r} in sql:
        os.kill(os.getpid(), signal.SIGKILL)
db.conn.set_trace_callback(kill)
run_clocks(db, datetime.fromisoformat(sys.argv[2]))
"""


@pytest.mark.parametrize("word", ['INSERT INTO "notice"', "COMMIT"])
def test_a_clock_run_that_is_killed_is_made_up_for_by_the_next(path: Path, word: str) -> None:
    db = open_database(path)
    waits = brought_to(db, "need_accepted")
    clock = running_clock(db, "engagement", waits.engagement_id)
    assert clock is not None
    n = len(list_notices(db, PROVIDER.actor_id))
    command = [sys.executable, "-c", KILLED.format(word=word), str(path), clock.next_at.isoformat()]
    assert subprocess.run(command, cwd=PROJECT, check=False).returncode == -9
    assert running_clock(db, "engagement", waits.engagement_id) == clock
    assert len(list_notices(db, PROVIDER.actor_id)) == n
    run_clocks(db, clock.next_at)
    assert len(list_notices(db, PROVIDER.actor_id)) == n + 1
