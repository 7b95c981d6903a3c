"""Killed processes, double clicks and late words: nothing is ever half done."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from matcher.allocation.inputs import Lock, Rules
from matcher.errors import ChangedMeanwhile, ImpossibleStep, UnknownRecord
from matcher.identity import Actor
from matcher.store.connection import close_database, open_database
from matcher.store.jobs import add_job, end_job, read_job
from matcher.store.round_parties import list_offers, list_parties
from matcher.store.rounds import StoredAnswer, list_answers, read_round
from matcher.workflow.jobs import DIED, SILENT_AFTER, SOLVE_ROUND, start_job
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.lifecycle import (
    close_early,
    freeze_round,
    frozen_inputs,
    preview_round,
    publish_rules,
    state_answer,
)
from matcher.workflow.rounds.locks import lock_placement
from matcher.workflow.rounds.offers import publish_and_offer
from matcher.workflow.rounds.replay import replay_round
from matcher.workflow.rounds.statements import save_statements
from tests.contracts.project import PROJECT
from tests.matcher.workflow.engagements.world import ENTERPRISE, PROVIDER, STRANGER
from tests.matcher.workflow.rounds.world import (
    ADMIN,
    CLOSES,
    NOW,
    frozen,
    inputs_for,
    open_world,
    world,
)

# A process of its own that is killed at the moment when it writes some word of SQL.
KILLED = """
import os, signal, sys
from matcher.store.connection import open_database
from tests.matcher.workflow.rounds.world import ADMIN, CLOSES
from {module} import {act}
db = open_database(sys.argv[1])
def kill(sql):
    if {word!r} in sql:
        os.kill(os.getpid(), signal.SIGKILL)
db.conn.set_trace_callback(kill)
{act}(db, sys.argv[2], actor=ADMIN, now=CLOSES)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database of the small world as a file that another process can open."""
    file = tmp_path / "round.db"
    db, memory = open_database(file), world()
    memory.conn.backup(db.conn)
    close_database(db)
    return file


def killed(path: Path, round_id: str, module: str, act: str, word: str) -> int:
    """Run an act in a process that dies at a word of SQL; return its exit code."""
    code = KILLED.format(module=f"matcher.workflow.rounds.{module}", act=act, word=word)
    command = [sys.executable, "-c", code, str(path), round_id]
    return subprocess.run(command, cwd=PROJECT, check=False).returncode


def test_a_process_killed_while_it_keeps_a_result_leaves_the_round_frozen(path: Path) -> None:
    db = open_database(path)
    round_id = frozen(db)
    assert killed(path, round_id, "lifecycle", "preview_round", "UPDATE allocation_round") == -9
    assert killed(path, round_id, "lifecycle", "preview_round", "INSERT INTO audit_event") == -9
    found = read_round(db, round_id)
    assert (found.state, found.result, found.result_digest) == ("frozen", None, "")
    result = preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    assert replay_round(db, round_id).digest == result.digest


def test_a_process_killed_while_it_publishes_offers_nothing(path: Path) -> None:
    db = open_database(path)
    round_id = frozen(db)
    preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    for word in ("INSERT INTO round_offer", "COMMIT"):
        assert killed(path, round_id, "offers", "publish_and_offer", word) == -9
        assert read_round(db, round_id).state == "preview"
        assert list_offers(db, round_id) == []
    publish_and_offer(db, round_id, actor=ADMIN, now=CLOSES)
    assert len(list_offers(db, round_id)) == 2


def test_a_second_click_on_publish_offers_nothing_twice() -> None:
    db = world()
    round_id = frozen(db)
    preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    publish_and_offer(db, round_id, actor=ADMIN, now=CLOSES)
    with pytest.raises(ImpossibleStep):
        publish_and_offer(db, round_id, actor=ADMIN, now=CLOSES)
    assert len(list_offers(db, round_id)) == 2


def test_an_answer_that_comes_while_records_are_read_still_counts() -> None:
    db = world()
    round_id = open_world(db)

    def gather(_db: object, _found: object) -> object:
        late = StoredAnswer("V900", "N0001", "no")
        state_answer(db, round_id, late, actor=PROVIDER, now=NOW)
        return inputs_for()

    freeze_round(db, round_id, gather, actor=ADMIN, now=CLOSES)  # type: ignore[arg-type]
    assert [one.answer for one in frozen_inputs(db, round_id).answers] == ["no"]


def test_a_change_while_records_are_read_is_not_overwritten() -> None:
    db = world()
    round_id = open_world(db)

    def gather(_db: object, _found: object) -> object:
        close_early(db, round_id, "各方已表态", actor=ADMIN, now=CLOSES.replace(day=3))
        return inputs_for()

    with pytest.raises(ChangedMeanwhile):
        freeze_round(db, round_id, gather, actor=ADMIN, now=CLOSES)  # type: ignore[arg-type]
    assert read_round(db, round_id).state == "open"


def test_of_two_administrators_who_solve_and_lock_at_once_one_is_told(path: Path) -> None:
    """The lock comes between reading and keeping: the preview that knows nothing of it is lost."""
    one, other = open_database(path), open_database(path)
    round_id = frozen(one)
    option = frozen_inputs(one, round_id).options[2]

    def lock(sql: str) -> None:
        if sql.startswith("BEGIN"):
            one.conn.set_trace_callback(None)
            reason = Lock(*option.key, "重大专项")
            lock_placement(other, round_id, reason, actor=ADMIN, now=CLOSES)

    one.conn.set_trace_callback(lock)
    with pytest.raises(ChangedMeanwhile):
        preview_round(one, round_id, actor=ADMIN, now=CLOSES)
    assert read_round(one, round_id).state == "frozen"
    assert option in preview_round(one, round_id, actor=ADMIN, now=CLOSES).placements


def test_reading_the_inputs_again_wants_a_reason_and_drops_the_preview() -> None:
    db = world()
    round_id = frozen(db)
    first = preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    fewer = inputs_for(places=1)
    with pytest.raises(ImpossibleStep):
        freeze_round(db, round_id, lambda _d, _f: fewer, actor=ADMIN, now=CLOSES)
    freeze_round(db, round_id, lambda _d, _f: fewer, actor=ADMIN, now=CLOSES, reason="基地撤回")
    assert read_round(db, round_id).result is None
    second = preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    assert (len(first.placements), len(second.placements)) == (2, 1)


def test_a_draft_that_is_about_nothing_or_over_is_not_opened() -> None:
    db = world()
    opened = read_round(db, open_world(db))
    late = draft_round(db, replace(opened, round_id=""), Rules(), actor=ADMIN, now=NOW)
    with pytest.raises(ImpossibleStep) as caught:
        publish_rules(db, late.round_id, actor=ADMIN, now=CLOSES)
    assert caught.value.why == "expired"
    assert list_parties(db, late.round_id) == []


@pytest.mark.parametrize(
    ("actor", "party", "other", "answer", "error"),
    [
        (STRANGER, "N0001", "V900", "no", UnknownRecord),
        (PROVIDER, "N0001", "V900", "no", UnknownRecord),
        (ENTERPRISE, "N0001", "V901", "no", UnknownRecord),
        (ENTERPRISE, "N0001", "V900", "perhaps", ImpossibleStep),
    ],
)
def test_statements_are_ones_own_and_of_candidates_only(
    actor: Actor, party: str, other: str, answer: str, error: type[Exception]
) -> None:
    db = world()
    round_id = open_world(db)
    said = {"V900": "must", other: answer} if error is UnknownRecord else {other: answer}
    with pytest.raises(error):
        save_statements(db, round_id, party, said, actor=actor, now=NOW)
    assert list_answers(db, round_id) == []
    n = save_statements(db, round_id, "N0001", {"V900": "must"}, actor=ENTERPRISE, now=NOW)
    again = save_statements(db, round_id, "N0001", {"V900": "must"}, actor=ENTERPRISE, now=NOW)
    assert (n, again) == (1, 0)


def test_a_second_click_starts_no_second_job(path: Path) -> None:
    db, given = open_database(path), {"round_id": "RD1"}
    add_job(db, "JOB1", SOLVE_ROUND, given, started_by="A", now=NOW)
    same = start_job(db, SOLVE_ROUND, given, actor=ADMIN, now=NOW, models=path, one_per="round_id")
    assert same == "JOB1"
    # One whose process has died long ago ends, and new work begins: here for no round at all.
    later = NOW + 2 * SILENT_AFTER
    new = start_job(db, SOLVE_ROUND, given, actor=ADMIN, now=later, models=path, one_per="round_id")
    assert read_job(db, "JOB1").problem == DIED
    for thread in threading.enumerate():
        if thread is not threading.current_thread() and thread.daemon:
            thread.join(120)
    ended = read_job(db, new)
    assert (ended.state, ended.is_over) == ("failed", True)
    assert "unknown_record" in ended.problem


def test_a_job_that_is_over_stays_as_it_ended(path: Path) -> None:
    db = open_database(path)
    add_job(db, "JOB1", SOLVE_ROUND, {"round_id": "RD1"}, started_by="A", now=NOW)
    end_job(db, "JOB1", now=NOW, result={"n_placed": 2})
    end_job(db, "JOB1", now=NOW, problem=DIED)
    assert read_job(db, "JOB1").state == "done"
