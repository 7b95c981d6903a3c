"""An engagement of a round that ends frees its seat: the next in line gets it, once."""

from __future__ import annotations

import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from matcher.errors import ImpossibleStep
from matcher.identity import Actor
from matcher.records.engagement import Engagement
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.engagements import read_engagement
from matcher.store.notices import list_notices
from matcher.store.round_parties import GIVEN_UP, Offer, list_offers
from matcher.store.rounds import read_round
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.engagements.steps import advance
from matcher.workflow.rounds.freed import ENDED
from matcher.workflow.rounds.lifecycle import inputs_of
from matcher.workflow.rounds.offers import confirm_offer, give_up
from matcher.workflow.rounds.replay import replay_round
from tests.contracts.project import PROJECT
from tests.matcher.workflow.engagements.world import (
    AGREES,
    AT_BASE,
    BASE,
    BROKER,
    DECLINES,
    ENTERPRISE,
    ENTERPRISE_NAME,
    PROVIDER,
)
from tests.matcher.workflow.rounds.world import ADMIN, CLOSES, inputs_for, published, world

LATER = CLOSES + timedelta(days=1)
CLOSES_IT = Given(reason="双方条件不合")


def taken_up(db: StoreDatabase, *, seats: int = 2, places: int = 2) -> tuple[str, Engagement]:
    """A published round whose first place both sides have confirmed."""
    round_id = published(db, inputs_for(seats=seats, places=places))
    offer = list_offers(db, round_id)[0]
    confirm_offer(db, offer.offer_id, actor=ENTERPRISE, now=CLOSES)
    return round_id, confirm_offer(db, offer.offer_id, actor=PROVIDER, now=CLOSES)


def moved(db: StoreDatabase, round_id: str) -> list[tuple[str, str]]:
    return [(one.need_id, one.state) for one in list_offers(db, round_id)
            if one.origin == "wait_list"]  # fmt: skip


@pytest.mark.parametrize(
    ("action", "actor", "given"),
    [("decline", ENTERPRISE, DECLINES), ("close", BROKER, CLOSES_IT)],
)
def test_the_next_gets_the_seat_of_an_engagement_that_ends(
    action: str, actor: Actor, given: Given
) -> None:
    db = world()
    round_id, held = taken_up(db)
    advance(db, held.engagement_id, action, actor=actor, now=LATER, given=given)
    first = list_offers(db, round_id)[0]
    assert (first.state, first.given_up_by, first.reason) == (GIVEN_UP, "need", ENDED)
    assert first.engagement_id == held.engagement_id
    assert moved(db, round_id) == [("N0003", "offered")]
    (freed,) = list_events(db, EventFilter(action="round.seat_freed"))
    assert held.engagement_id in freed.after
    assert len(list_events(db, EventFilter(action="round.moved_up"))) == 1
    assert verify_chain(db).broken is None


def test_those_concerned_are_told_and_no_name_and_no_reason_with_it() -> None:
    db = world()
    _, held = taken_up(db)
    private = Given(declines=("budget",), note="账上没有钱")
    advance(db, held.engagement_id, "decline", actor=ENTERPRISE, now=LATER, given=private)
    for actor in (ENTERPRISE, PROVIDER, BASE):
        told = {one.message.topic: one.message for one in list_notices(db, actor.actor_id)}
        assert {"round.seat_freed", "round.moved_up"} <= set(told)
        for topic in ("round.seat_freed", "round.moved_up"):
            words = told[topic].text_zh + told[topic].text_en
            assert ENTERPRISE_NAME not in words
            assert "账上" not in words


def test_a_seat_that_its_provider_ends_goes_to_nobody() -> None:
    db = world()
    round_id, held = taken_up(db)
    advance(db, held.engagement_id, "decline", actor=PROVIDER, now=LATER, given=DECLINES)
    assert list_offers(db, round_id)[0].given_up_by == "provider"
    assert moved(db, round_id) == []


def test_silence_of_the_provider_counts_as_its_doing() -> None:
    db = world()
    round_id = published(db, inputs_for(seats=2, places=2))
    offer = list_offers(db, round_id)[0]
    held = confirm_offer(db, offer.offer_id, actor=ENTERPRISE, now=CLOSES)
    for _ in range(4):
        clock = running_clock(db, "engagement", held.engagement_id)
        if clock is not None:
            run_clocks(db, clock.next_at)
    assert read_engagement(db, held.engagement_id).state == "closed"
    assert list_offers(db, round_id)[0].given_up_by == "provider"


def test_a_place_where_a_pilot_has_begun_is_used() -> None:
    db = world()
    round_id, held = taken_up(db)
    for actor in (ENTERPRISE, PROVIDER):
        advance(db, held.engagement_id, "consent", actor=actor, now=CLOSES, given=AGREES)
    advance(db, held.engagement_id, "apply_pilot", actor=ENTERPRISE, now=CLOSES, given=AT_BASE)
    advance(db, held.engagement_id, "accept_pilot", actor=BASE, now=CLOSES)
    stopped = Given(reason="设备故障")
    advance(db, held.engagement_id, "stop_pilot", actor=BASE, now=LATER, given=stopped)
    advance(db, held.engagement_id, "decline", actor=ENTERPRISE, now=LATER, given=DECLINES)
    assert list_offers(db, round_id)[0].state == "taken_up"
    assert moved(db, round_id) == []


def test_a_second_click_frees_nothing_twice() -> None:
    db = world()
    round_id, held = taken_up(db)
    advance(db, held.engagement_id, "decline", actor=ENTERPRISE, now=LATER, given=DECLINES)
    after = list_offers(db, round_id)
    for actor in (ENTERPRISE, PROVIDER):
        with pytest.raises(ImpossibleStep):
            advance(db, held.engagement_id, "decline", actor=actor, now=LATER, given=DECLINES)
    assert list_offers(db, round_id) == after
    with pytest.raises(ImpossibleStep):
        give_up(db, after[0].offer_id, "再退一次", side="need", actor=ADMIN, now=LATER)
    assert list_offers(db, round_id) == after


def test_a_place_given_back_by_hand_is_not_freed_again() -> None:
    db = world()
    round_id, held = taken_up(db)
    offer = list_offers(db, round_id)[0]
    give_up(db, offer.offer_id, "企业停产", side="need", actor=ADMIN, now=LATER)
    after = list_offers(db, round_id)
    advance(db, held.engagement_id, "decline", actor=ENTERPRISE, now=LATER, given=DECLINES)
    assert list_offers(db, round_id) == after


def test_an_engagement_that_opens_again_takes_no_seat_back() -> None:
    db = world()
    round_id, held = taken_up(db)
    advance(db, held.engagement_id, "close", actor=BROKER, now=LATER, given=CLOSES_IT)
    again = Given(reason="双方愿意再谈")
    advance(db, held.engagement_id, "reopen", actor=BROKER, now=LATER, given=again)
    used = [seat for one in list_offers(db, round_id) for seat in one.seats_used()]
    inputs = inputs_of(db, read_round(db, round_id))
    assert used.count("V900") == inputs.provider_quotas["V900"].most
    assert replay_round(db, round_id).digest == read_round(db, round_id).result_digest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The database of the small world as a file that another process can open."""
    file = tmp_path / "round.db"
    db, memory = open_database(file), world()
    memory.conn.backup(db.conn)
    close_database(db)
    return file


def test_of_two_at_once_one_frees_the_seat(path: Path) -> None:
    """The provider's decline comes between the enterprise's click and its write lock."""
    one, other = open_database(path), open_database(path)
    round_id, held = taken_up(one)

    def decline(sql: str) -> None:
        if sql.startswith("BEGIN"):
            one.conn.set_trace_callback(None)
            advance(other, held.engagement_id, "decline", actor=PROVIDER, now=LATER,
                    given=DECLINES)  # fmt: skip

    one.conn.set_trace_callback(decline)
    with pytest.raises(ImpossibleStep):
        advance(one, held.engagement_id, "decline", actor=ENTERPRISE, now=LATER, given=DECLINES)
    assert list_offers(one, round_id)[0].given_up_by == "provider"
    assert len(list_events(one, EventFilter(action="round.seat_freed"))) == 1


def test_two_seats_that_become_free_at_once_go_to_two(path: Path) -> None:
    one, other = open_database(path), open_database(path)
    round_id = published(one, inputs_for(seats=2, places=2))
    both: list[Offer] = list_offers(one, round_id)
    held = [confirm_offer(one, offer.offer_id, actor=ENTERPRISE, now=CLOSES) for offer in both]

    def decline(sql: str) -> None:
        if sql.startswith("BEGIN"):
            one.conn.set_trace_callback(None)
            advance(other, held[1].engagement_id, "decline", actor=ENTERPRISE, now=LATER,
                    given=DECLINES)  # fmt: skip

    one.conn.set_trace_callback(decline)
    advance(one, held[0].engagement_id, "decline", actor=ENTERPRISE, now=LATER, given=DECLINES)
    assert moved(one, round_id) == [("N0003", "offered")]  # who waited; nobody else did
    assert [offer.state for offer in list_offers(one, round_id)] == [GIVEN_UP, GIVEN_UP, "offered"]


KILLED = """
import os, signal, sys
from matcher.store.connection import open_database
from matcher.workflow.engagements.steps import advance
from tests.matcher.workflow.engagements.world import DECLINES, ENTERPRISE
from tests.matcher.workflow.rounds.test_freed import LATER
db = open_database(sys.argv[1])
def kill(sql):
    if {word!r} in sql:
        os.kill(os.getpid(), signal.SIGKILL)
db.conn.set_trace_callback(kill)
advance(db, sys.argv[2], "decline", actor=ENTERPRISE, now=LATER, given=DECLINES)
"""


@pytest.mark.parametrize("word", ["UPDATE round_offer", "INSERT INTO round_offer", "COMMIT"])
def test_a_process_killed_between_closing_and_freeing_leaves_both_undone(
    path: Path, word: str
) -> None:
    db = open_database(path)
    round_id, held = taken_up(db)
    before = list_offers(db, round_id)
    code = [sys.executable, "-c", KILLED.format(word=word), str(path), held.engagement_id]
    assert subprocess.run(code, cwd=PROJECT, check=False).returncode == -9
    assert read_engagement(db, held.engagement_id) == held
    assert list_offers(db, round_id) == before
    advance(db, held.engagement_id, "decline", actor=ENTERPRISE, now=LATER, given=DECLINES)
    assert moved(db, round_id) == [("N0003", "offered")]
