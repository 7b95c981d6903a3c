"""A round: rules published and frozen first, answers, locks, preview, publication, replay."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlite_utils import Database

from matcher.allocation.inputs import (
    Inputs,
    Lock,
    Option,
    Quota,
    Rules,
    Unsolvable,
    canonical_json,
)
from matcher.allocation.solve import solve_round
from matcher.errors import ChangedMeanwhile, ImpossibleStep, StoreError, UnknownRecord
from matcher.identity import Actor, Role
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.store.rounds import Round, StoredAnswer, change_round, read_round
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.lifecycle import (
    cancel_round,
    freeze_round,
    frozen_inputs,
    preview_round,
    publish_result,
    publish_rules,
    state_answer,
)
from matcher.workflow.rounds.locks import lock_placement, unlock_placement
from matcher.workflow.rounds.replay import ReplayDiffers, inputs_for_second_round, replay_round
from tests.matcher.allocation.instances import LOCKED
from tests.matcher.store.conftest import NOW

ADMIN = Actor("A-admin", Role.ADMINISTRATOR)
REVIEWER = Actor("A-broker", Role.REVIEWER)
ENTERPRISE = Actor("A-need", Role.OWNER, "O-need")
CLOSES = NOW + timedelta(days=14)
NEW = Round("", "合成示例轮次", "draft", "{}", "{}", 7, NOW, CLOSES, "Synthetic round")


@pytest.fixture
def db() -> Iterator[StoreDatabase]:
    opened = open_database(":memory:")
    apply_migrations(opened)
    yield opened
    close_database(opened)


def gathered(db: Database, found: Round) -> Inputs:
    """Three needs that want one provider of two seats, and one place each."""
    options = tuple(
        Option(f"N{i}", "V", "P", "C", score, score, score, score)
        for i, score in enumerate((0.9, 0.7, 0.5))
    )
    return Inputs(("N0", "N1", "N2"), options, {"V": Quota(2)}, {"P": Quota(3)})


def at_open(db: StoreDatabase, mode: str = "optimal") -> str:
    made = draft_round(db, NEW, Rules(mode), actor=ADMIN, now=NOW)
    return publish_rules(db, made.round_id, actor=ADMIN, now=NOW).round_id


def at_frozen(db: StoreDatabase) -> str:
    round_id = at_open(db)
    freeze_round(db, round_id, gathered, actor=ADMIN, now=CLOSES)
    return round_id


def test_the_rules_stand_once_they_are_published(db: StoreDatabase) -> None:
    made = draft_round(db, NEW, Rules(), actor=ADMIN, now=NOW)
    changed = change_round(db, made, {"rules": json.dumps({"mode": "stable"})})
    opened = publish_rules(db, changed.round_id, actor=ADMIN, now=NOW)
    for changes in ({"rules": "{}"}, {"seed": 8}, {"scope": "[]"}):
        with pytest.raises(StoreError):
            change_round(db, opened, changes)
    assert read_round(db, made.round_id) == opened


def test_answers_are_taken_while_the_round_is_open_and_decide(db: StoreDatabase) -> None:
    round_id = at_open(db)
    veto = StoredAnswer("V", "N0", "no")
    state_answer(db, round_id, veto, actor=ENTERPRISE, now=NOW)
    for moment in (NOW - timedelta(seconds=1), CLOSES):
        with pytest.raises(ImpossibleStep) as caught:
            state_answer(db, round_id, veto, actor=ENTERPRISE, now=moment)
        assert caught.value.why == "expired"
    with pytest.raises(ImpossibleStep):
        state_answer(db, round_id, veto._replace(answer="maybe"), actor=ENTERPRISE, now=NOW)
    freeze_round(db, round_id, gathered, actor=ADMIN, now=CLOSES)
    with pytest.raises(ImpossibleStep):
        state_answer(db, round_id, veto, actor=ENTERPRISE, now=NOW)
    result = preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    assert [one.need_id for one in result.placements] == ["N1", "N2"]
    assert [(one.party_id, one.reason) for one in result.unmatched_needs] == [("N0", "vetoed")]


def test_what_happens_after_freezing_changes_no_result(db: StoreDatabase) -> None:
    round_id = at_frozen(db)
    first = preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    # The base withdraws its place in the database; the frozen inputs hold what was published.
    with pytest.raises(ImpossibleStep):
        freeze_round(
            db,
            round_id,
            lambda db, found: replace(gathered(db, found), place_quotas={"P": Quota(0)}),
            actor=ADMIN,
            now=CLOSES,
        )
    assert preview_round(db, round_id, actor=ADMIN, now=CLOSES).digest == first.digest


def test_a_lock_wants_a_reason_and_makes_the_preview_out_of_date(db: StoreDatabase) -> None:
    round_id = at_frozen(db)
    preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    lock = Lock("N2", "V", "P", "重大专项")
    with pytest.raises(ImpossibleStep):
        lock_placement(db, round_id, replace(lock, reason=" "), actor=ADMIN, now=CLOSES)
    with pytest.raises(UnknownRecord):
        lock_placement(db, round_id, replace(lock, need_id="N9"), actor=ADMIN, now=CLOSES)
    lock_placement(db, round_id, lock, actor=ADMIN, now=CLOSES)
    with pytest.raises(ImpossibleStep) as caught:
        publish_result(db, round_id, actor=ADMIN, now=CLOSES)
    assert caught.value.possible == ("preview",)
    result = preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    assert [one.need_id for one in result.placements] == ["N0", "N2"]
    unlock_placement(db, round_id, "N2", actor=ADMIN, now=CLOSES)
    assert preview_round(db, round_id, actor=ADMIN, now=CLOSES).digest != result.digest
    actions = [event.action for event in list_events(db, EventFilter("round", round_id))]
    assert {"round.locked", "round.unlocked"} <= set(actions)


def test_locks_beyond_a_quota_leave_the_round_as_it_was(db: StoreDatabase) -> None:
    round_id = at_frozen(db)
    for i in range(3):
        lock = Lock(f"N{i}", "V", "P", "理由")
        lock_placement(db, round_id, lock, actor=ADMIN, now=CLOSES)
    with pytest.raises(Unsolvable):
        preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    assert read_round(db, round_id).state == "frozen"


def test_a_result_without_what_was_fixed_by_hand_is_neither_kept_nor_published(
    db: StoreDatabase,
) -> None:
    rules = Rules("stable", algorithm=2)  # whose exact program may leave a lock out
    made = draft_round(db, replace(NEW, seed=LOCKED.seed), rules, actor=ADMIN, now=NOW)
    round_id = publish_rules(db, made.round_id, actor=ADMIN, now=NOW).round_id
    for said in LOCKED.answers:
        stated = StoredAnswer(said.party_id, said.other_id, said.answer)
        state_answer(db, round_id, stated, actor=ENTERPRISE, now=NOW)
    freeze_round(db, round_id, lambda *_: LOCKED, actor=ADMIN, now=CLOSES)
    lock_placement(db, round_id, LOCKED.locks[0], actor=ADMIN, now=CLOSES)
    with pytest.raises(Unsolvable, match="N2 / P0"):
        preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    assert read_round(db, round_id).state == "frozen"
    result = solve_round(frozen_inputs(db, round_id))  # a preview that was kept before this check
    text = canonical_json(result.as_plain())
    kept = {"state": "preview", "result": text, "result_digest": result.digest}
    change_round(db, read_round(db, round_id), kept)
    with pytest.raises(ImpossibleStep) as caught:
        publish_result(db, round_id, actor=ADMIN, now=CLOSES)
    assert caught.value.why == "not_solved"


def test_a_published_result_stands_and_is_replayed(db: StoreDatabase) -> None:
    round_id = at_frozen(db)
    lock_placement(db, round_id, Lock("N2", "V", "P", "重大专项"), actor=ADMIN, now=CLOSES)
    result = preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    published = publish_result(db, round_id, actor=ADMIN, now=CLOSES)
    assert published.result_digest == result.digest
    assert replay_round(db, round_id).digest == result.digest
    for changes in ({"result": "{}"}, {"inputs": "{}"}):
        with pytest.raises(StoreError):
            change_round(db, published, changes)
    with pytest.raises(ImpossibleStep):
        cancel_round(db, round_id, "太晚了", actor=ADMIN, now=CLOSES)


def test_a_replay_says_where_the_file_was_altered(db: StoreDatabase) -> None:
    round_id = at_frozen(db)
    preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    publish_result(db, round_id, actor=ADMIN, now=CLOSES)
    db.conn.execute("DROP TRIGGER allocation_round_result_stands")
    db.conn.execute(
        "UPDATE allocation_round SET inputs = replace(inputs, '0.9', '0.1') WHERE round_id = ?",
        [round_id],
    )
    with pytest.raises(ReplayDiffers, match="digest"):
        replay_round(db, round_id)


def test_a_second_round_takes_up_who_is_left(db: StoreDatabase) -> None:
    round_id = at_frozen(db)
    with pytest.raises(ImpossibleStep):
        inputs_for_second_round(db, round_id, seed=1)
    preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    publish_result(db, round_id, actor=ADMIN, now=CLOSES)
    rest = inputs_for_second_round(db, round_id, seed=1)
    assert rest.needs == ("N2",)
    assert (rest.provider_quotas["V"].most, rest.place_quotas["P"].most) == (0, 1)


@pytest.mark.parametrize("actor", [REVIEWER, ENTERPRISE])
def test_rounds_are_an_administrators(db: StoreDatabase, actor: Actor) -> None:
    with pytest.raises(ImpossibleStep) as caught:
        draft_round(db, NEW, Rules(), actor=actor, now=NOW)
    assert caught.value.why == "not_allowed"
    round_id = at_frozen(db)
    with pytest.raises(ImpossibleStep):
        preview_round(db, round_id, actor=actor, now=CLOSES)
    assert read_round(db, round_id).state == "frozen"


def test_of_two_who_change_a_round_at_once_one_wins(db: StoreDatabase) -> None:
    made = draft_round(db, NEW, Rules(), actor=ADMIN, now=NOW)
    change_round(db, made, {"title": "甲"})
    with pytest.raises(ChangedMeanwhile):
        change_round(db, made, {"title": "乙"})


def test_a_round_is_called_off_with_a_reason(db: StoreDatabase) -> None:
    round_id = at_open(db)
    with pytest.raises(ImpossibleStep):
        cancel_round(db, round_id, "", actor=ADMIN, now=NOW)
    assert cancel_round(db, round_id, "报名不足", actor=ADMIN, now=NOW).state == "cancelled"
