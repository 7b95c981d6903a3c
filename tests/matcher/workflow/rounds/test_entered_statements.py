"""What the operator enters for a party without an account: with its source, or not at all."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from matcher.allocation.inputs import Rules
from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase
from matcher.store.round_parties import list_parties, replace_parties
from matcher.store.rounds import Round, list_answers, read_round
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.lifecycle import freeze_round, frozen_inputs, publish_rules
from matcher.workflow.rounds.opening import _carry_answers, candidates_in
from matcher.workflow.rounds.statements import (
    enter_statements,
    n_entered,
    parties_without_account,
    save_statements,
    sheet_of,
    silent_party,
)
from tests.matcher.workflow.engagements.world import BROKER, ENTERPRISE, PROVIDER
from tests.matcher.workflow.rounds.world import ADMIN, CLOSES, NOW, inputs_for, open_world, world

SOURCE = "供给方 2026-02-27 来函，平台代录"


def without_account(db: StoreDatabase) -> str:
    """An open round whose provider is known from the public catalogue only."""
    round_id = open_world(db)
    db.execute("UPDATE round_party SET organisation_id = '' WHERE party_id = 'V900'")
    return round_id


def enter(db: StoreDatabase, round_id: str, **changes: object) -> int:
    said = {"N0001": "no", "N0002": "willing", "N0003": "must"}
    given = {"party_id": "V900", "said": said, "source": SOURCE, "actor": ADMIN, "now": NOW}
    return enter_statements(db, round_id, **{**given, **changes})  # type: ignore[arg-type]


def test_it_is_kept_with_its_source_and_day_and_counts_like_any_other() -> None:
    db = world()
    round_id = without_account(db)
    assert [one.party_id for one in parties_without_account(db, round_id)] == ["V900"]
    assert enter(db, round_id) == 2  # willing is what silence says already
    kept = {one.other_id: one for one in list_answers(db, round_id)}
    assert {(one.other_id, one.answer, one.source) for one in kept.values()} == {
        ("N0001", "no", SOURCE),
        ("N0003", "must", SOURCE),
    }
    assert kept["N0001"].answered_at == NOW
    assert n_entered(db, round_id) == 1
    sheet = sheet_of(db, round_id, silent_party(db, round_id, "V900"))
    assert sheet.entered["N0003"].source == SOURCE
    events = list_events(db, EventFilter(action="round.answer_entered"))
    assert [(one.actor, one.reason) for one in events] == [(ADMIN.actor_id, SOURCE)] * 2
    freeze_round(db, round_id, lambda _db, _found: inputs_for(), actor=ADMIN, now=CLOSES)
    answers = {(one.party_id, one.other_id): one.answer
               for one in frozen_inputs(db, round_id).answers}  # fmt: skip
    assert answers == {("V900", "N0001"): "no", ("V900", "N0003"): "must"}


def test_a_second_click_changes_nothing() -> None:
    db = world()
    round_id = without_account(db)
    enter(db, round_id)
    before = list_answers(db, round_id)
    assert enter(db, round_id) == 0
    assert list_answers(db, round_id) == before


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"source": " \n"}, "missing_reason"),
        ({"actor": BROKER}, "not_allowed"),
        ({"actor": ENTERPRISE}, "not_allowed"),
        ({"now": CLOSES}, "expired"),
        ({"said": {"N0001": "perhaps"}}, "wrong_state"),
    ],
)
def test_it_is_refused_with_a_reason(changes: dict[str, object], why: str) -> None:
    db = world()
    round_id = without_account(db)
    with pytest.raises(ImpossibleStep) as caught:
        enter(db, round_id, **changes)
    assert caught.value.why == why
    assert list_answers(db, round_id) == []


def test_nobody_is_spoken_for_who_can_speak() -> None:
    db = world()
    round_id = without_account(db)
    for party_id in ("N0001", "PB900/T1", "nobody"):
        with pytest.raises(UnknownRecord):
            enter(db, round_id, party_id=party_id)
    with pytest.raises(UnknownRecord):  # all or nothing
        enter(db, round_id, said={"N0001": "no", "V900": "must"})
    assert list_answers(db, round_id) == []


def test_after_the_inputs_are_frozen_nothing_is_entered() -> None:
    db = world()
    round_id = without_account(db)
    freeze_round(db, round_id, lambda _db, _found: inputs_for(), actor=ADMIN, now=CLOSES)
    for now in (NOW, CLOSES):
        with pytest.raises(ImpossibleStep):
            enter(db, round_id, now=now)


def test_a_party_that_gets_an_account_speaks_for_itself_again() -> None:
    db = world()
    round_id = without_account(db)
    enter(db, round_id)
    db.execute("UPDATE round_party SET organisation_id = 'O-provider' WHERE party_id = 'V900'")
    with pytest.raises(UnknownRecord):
        enter(db, round_id)
    said = {"N0001": "willing"}
    save_statements(db, round_id, "V900", said, actor=PROVIDER, now=NOW)
    provider = next(one for one in list_parties(db, round_id) if one.party_id == "V900")
    sheet = sheet_of(db, round_id, provider)
    assert set(sheet.entered) == {"N0003"}  # the other word is now its own
    assert sheet.answers["N0001"] == "willing"
    repeated = {"N0001": "willing", "N0003": "must"}
    changed = [
        save_statements(db, round_id, "V900", repeated, actor=PROVIDER, now=NOW) for _ in range(2)
    ]
    assert changed == [1, 0]  # the operator's word, repeated, is its own as well
    assert sheet_of(db, round_id, provider).entered == {}
    assert n_entered(db, round_id) == 0
    said = list_events(db, EventFilter(action="round.answered"))
    assert [event.actor for event in said] == [PROVIDER.actor_id] * 2


def test_in_a_second_round_it_keeps_its_source_and_its_day() -> None:
    db = world()
    round_id = without_account(db)
    enter(db, round_id)
    first, later = read_round(db, round_id), CLOSES + timedelta(days=1)
    new = replace(first, round_id="", opens_at=later, closes_at=later + timedelta(days=9),
                  follows=round_id)  # fmt: skip
    made = draft_round(db, new, Rules(), actor=ADMIN, now=later)
    parties = list_parties(db, round_id)

    def also(opened: Round) -> None:
        replace_parties(db, opened.round_id, parties, candidates_in(inputs_for()))
        _carry_answers(db, opened, parties, ADMIN, later)

    publish_rules(db, made.round_id, actor=ADMIN, now=later, also=also)
    assert list_answers(db, made.round_id) == list_answers(db, round_id)
    (kept, _) = list_answers(db, made.round_id)
    assert (kept.source, kept.answered_at) == (SOURCE, NOW)
