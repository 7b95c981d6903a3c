"""Offers of a round under two hands, killed processes, withdrawn places and clocks set back."""

from __future__ import annotations

import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path

import pytest

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.records import SlotPeriod
from matcher.store.connection import open_database
from matcher.store.engagements import read_engagement
from matcher.store.pilot_bases import save_pilot_base
from matcher.store.round_parties import GIVEN_UP, list_offers
from matcher.store.rounds import list_answers, read_round
from matcher.workflow.engagements.steps import advance
from matcher.workflow.rounds.lifecycle import freeze_round
from matcher.workflow.rounds.offers import confirm_offer, give_up
from matcher.workflow.rounds.replay import replay_round
from matcher.workflow.rounds.statements import save_statements
from tests.contracts.project import PROJECT
from tests.factories import make_registered_base
from tests.matcher.workflow.at_once import as_file, before_its_lock
from tests.matcher.workflow.engagements.world import AGREES, AT_BASE, BASE, ENTERPRISE, PROVIDER
from tests.matcher.workflow.rounds.world import (
    ADMIN,
    CLOSES,
    NOW,
    inputs_for,
    open_world,
    published,
    world,
)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database of the small world as a file that another window can open."""
    return as_file(world(), tmp_path / "round.db")


def test_a_place_given_back_in_the_moment_of_its_confirmation_is_not_taken_up(path: Path) -> None:
    one, other = open_database(path), open_database(path)
    round_id = published(one)
    offer = list_offers(one, round_id)[0]
    before_its_lock(
        one, lambda: give_up(other, offer.offer_id, "停产", actor=ENTERPRISE, now=CLOSES)
    )
    with pytest.raises(ImpossibleStep):
        confirm_offer(one, offer.offer_id, actor=PROVIDER, now=CLOSES)
    first, *_, moved = list_offers(one, round_id)
    assert (first.state, first.engagement_id) == (GIVEN_UP, "")
    assert (moved.need_id, moved.state) == ("N0003", "offered")


def test_both_sides_who_confirm_at_once_meet_in_one_engagement(path: Path) -> None:
    one, other = open_database(path), open_database(path)
    round_id = published(one)
    offer = list_offers(one, round_id)[0]
    before_its_lock(one, lambda: confirm_offer(other, offer.offer_id, actor=PROVIDER, now=CLOSES))
    held = confirm_offer(one, offer.offer_id, actor=ENTERPRISE, now=CLOSES)
    assert held.state == "mutual"
    assert one.execute("SELECT count(*) FROM engagement").fetchone() == (1,)


def test_a_place_given_back_twice_at_once_moves_one_up(path: Path) -> None:
    one, other = open_database(path), open_database(path)
    round_id = published(one)
    offer = list_offers(one, round_id)[0]
    before_its_lock(
        one, lambda: give_up(other, offer.offer_id, "停产", actor=ENTERPRISE, now=CLOSES)
    )
    with pytest.raises(ImpossibleStep):
        give_up(one, offer.offer_id, "停产", actor=ENTERPRISE, now=CLOSES)
    assert [one.origin for one in list_offers(one, round_id)].count("wait_list") == 1


KILLED = """
import os, signal, sys
from matcher.store.connection import open_database
from matcher.workflow.rounds.offers import confirm_offer
from tests.matcher.workflow.engagements.world import ENTERPRISE
from tests.matcher.workflow.rounds.world import CLOSES
db = open_database(sys.argv[1])
def kill(sql):
    if {word!r} in sql:
        os.kill(os.getpid(), signal.SIGKILL)
db.conn.set_trace_callback(kill)
confirm_offer(db, int(sys.argv[2]), actor=ENTERPRISE, now=CLOSES)
"""


@pytest.mark.parametrize("word", ["UPDATE round_offer", "UPDATE engagement SET", "COMMIT"])
def test_a_process_killed_while_it_confirms_leaves_the_offer_open(path: Path, word: str) -> None:
    db = open_database(path)
    round_id = published(db)
    before = list_offers(db, round_id)
    code = KILLED.format(word=word)
    command = [sys.executable, "-c", code, str(path), str(before[0].offer_id)]
    assert subprocess.run(command, cwd=PROJECT, check=False).returncode == -9
    assert list_offers(db, round_id) == before
    assert db.execute("SELECT count(*) FROM engagement").fetchone() == (0,)
    held = confirm_offer(db, before[0].offer_id, actor=ENTERPRISE, now=CLOSES)
    assert held.state == "need_accepted"


def test_a_place_withdrawn_after_publication_changes_no_result_and_takes_nobody() -> None:
    db = world()
    round_id = published(db, inputs_for(seats=2, places=2))
    offer = list_offers(db, round_id)[0]
    confirm_offer(db, offer.offer_id, actor=ENTERPRISE, now=CLOSES)
    held = confirm_offer(db, offer.offer_id, actor=PROVIDER, now=CLOSES)
    for actor in (ENTERPRISE, PROVIDER):
        advance(db, held.engagement_id, "consent", actor=actor, now=CLOSES, given=AGREES)
    none_left = (SlotPeriod("T1", date(2026, 3, 1), date(2026, 12, 31), total=0),)
    save_pilot_base(db, make_registered_base(slots=none_left), actor="t", now=CLOSES)
    with pytest.raises(ImpossibleStep) as caught:
        advance(db, held.engagement_id, "apply_pilot", actor=ENTERPRISE, now=CLOSES, given=AT_BASE)
    assert caught.value.why == "no_slot"
    assert read_engagement(db, held.engagement_id).state == "revealed"  # the two go on
    assert replay_round(db, round_id).digest == read_round(db, round_id).result_digest
    second = list_offers(db, round_id)[1]
    assert give_up(db, second.offer_id, "设备停用", actor=BASE, now=CLOSES) == []


@pytest.mark.parametrize("back", [timedelta(0), timedelta(days=1), timedelta(days=13)])
def test_a_clock_set_back_opens_no_statements_that_were_closed(back: timedelta) -> None:
    db = world()
    round_id = open_world(db)
    freeze_round(db, round_id, lambda _db, _found: inputs_for(), actor=ADMIN, now=CLOSES)
    with pytest.raises(ImpossibleStep):
        save_statements(db, round_id, "N0001", {"V900": "no"}, actor=ENTERPRISE, now=CLOSES - back)
    assert list_answers(db, round_id) == []


def test_an_offer_of_another_round_or_none_is_unknown() -> None:
    db = world()
    published(db)
    with pytest.raises(UnknownRecord):
        confirm_offer(db, 99, actor=ENTERPRISE, now=NOW)
