"""The demonstration's rounds: made up and named so, replayed like all, and over with it."""

from __future__ import annotations

from dataclasses import replace

from matcher.identity import COMMAND_LINE, Account, Role
from matcher.store.accounts import add_account
from matcher.store.connection import StoreDatabase
from matcher.store.pilot_bases import withdraw_pilot_base
from matcher.store.round_parties import list_offers, list_parties
from matcher.store.rounds import read_round
from matcher.workflow.demonstration.rounds import (
    OPEN_ID,
    PUBLISHED_ID,
    add_demo_rounds,
    cancel_demo_rounds,
)
from matcher.workflow.learning.history_rounds import round_tables
from matcher.workflow.rounds.replay import replay_round
from tests.matcher.workflow.rounds.world import NEEDS, NOW, published, world

DEMO = Account("A-demo", "administrator@demo.invalid", Role.ADMINISTRATOR, is_demo=True)


def demonstrated() -> StoreDatabase:
    db = world()
    add_account(db, DEMO, password_hash="-", now=NOW)
    assert add_demo_rounds(db, NEEDS, DEMO, now=NOW) == [OPEN_ID, PUBLISHED_ID]
    return db


def test_one_takes_statements_and_one_has_a_result_that_replays() -> None:
    db = demonstrated()
    assert read_round(db, OPEN_ID).state == "open"
    held = read_round(db, PUBLISHED_ID)
    assert (held.state, "虚构" in held.title) == ("published", True)
    assert replay_round(db, PUBLISHED_ID).digest == held.result_digest
    assert [one.need_id for one in list_offers(db, PUBLISHED_ID)] == ["N0001"]
    assert {one.organisation_id for one in list_parties(db, OPEN_ID)} >= {"O-need", "O-base"}


def test_an_empty_catalogue_gets_none() -> None:
    db = world()
    withdraw_pilot_base(db, "PB900", actor="t", now=NOW)
    account = replace(DEMO, account_id="A-admin")
    assert add_demo_rounds(db, NEEDS, account, now=NOW) == []


def test_no_report_counts_them_as_what_happened() -> None:
    db = demonstrated()
    known = {need_id: i for i, need_id in enumerate(NEEDS)}
    assert round_tables(db, known) == {}
    real = published(db)
    assert round_tables(db, known)["rounds"]["round_id"] == [real]


def test_the_open_one_ends_with_the_demonstration() -> None:
    db = demonstrated()
    assert cancel_demo_rounds(db, COMMAND_LINE, "演示结束", now=NOW) == 1
    assert read_round(db, OPEN_ID).state == "cancelled"
    assert read_round(db, PUBLISHED_ID).state == "published"
    assert cancel_demo_rounds(db, COMMAND_LINE, "演示结束", now=NOW) == 0
