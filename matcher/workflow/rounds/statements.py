"""What the parties of an open round say of each other: must, willing or no.

Silence counts as willing. A party says something only of those with whom it could be placed; a
base's answers count for the place that it gives them for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.identity import Actor
from matcher.store.connection import write_transaction
from matcher.store.round_parties import (
    Candidate,
    Party,
    candidates_of,
    list_parties,
    parties_that_answered,
    rounds_of_organisation,
)
from matcher.store.rounds import Round, StoredAnswer, list_answers, read_round
from matcher.workflow.rounds.lifecycle import OPEN, state_answer

WILLING = "willing"


class Sheet(NamedTuple):
    """What one party may say something about, and what it has said."""

    party: Party
    candidates: tuple[Candidate, ...]
    answers: Mapping[str, str]  # of whom → must, willing or no

    def other_of(self, candidate: Candidate) -> str:
        """Return whom a candidate is about, seen from this party."""
        is_need = candidate.need_id == self.party.party_id
        return candidate.other_id if is_need else candidate.need_id


def takes_answers(found: Round, now: datetime) -> bool:
    """Whether parties may say something now."""
    return found.state == OPEN and found.opens_at <= now < found.closes_at


def own_rounds(db: Database, organisation_id: str) -> list[Round]:
    """Return the rounds in which an organisation takes part, the last made first."""
    return [read_round(db, round_id) for round_id in rounds_of_organisation(db, organisation_id)]


def own_parties(db: Database, round_id: str, organisation_id: str) -> list[Party]:
    """Return for what an organisation takes part in a round.

    Raises
    ------
    UnknownRecord
        When it has no part in it: for everybody else a round does not exist.
    """
    found = list_parties(db, round_id, organisation_id=organisation_id) if organisation_id else []
    if not found:
        raise UnknownRecord("round", round_id)
    return found


def sheet_of(db: Database, round_id: str, party: Party) -> Sheet:
    """Return what a party may say something about, the likeliest candidates first."""
    said = {
        answer.other_id: answer.answer
        for answer in list_answers(db, round_id)
        if answer.party_id == party.party_id
    }
    return Sheet(party, tuple(candidates_of(db, round_id, party)), said)


def save_statements(
    db: Database,
    round_id: str,
    party_id: str,
    said: Mapping[str, str],
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Store what a party says of others, all or nothing; return how many answers changed.

    Raises
    ------
    UnknownRecord
        When the party is not the actor's, or could not be placed with somebody who is named.
    ImpossibleStep
        Before the round opens or after it closed, or for an unknown word.
    """
    with write_transaction(db, f"statements in round {round_id}"):
        own = {one.party_id: one for one in own_parties(db, round_id, actor.organisation_id)}
        if party_id not in own:
            raise UnknownRecord("party", party_id)
        sheet = sheet_of(db, round_id, own[party_id])
        possible = {sheet.other_of(one) for one in sheet.candidates}
        if not takes_answers(read_round(db, round_id), now):
            raise ImpossibleStep("state_answer", read_round(db, round_id).state, "expired")
        changed = {k: v for k, v in said.items() if sheet.answers.get(k) != v}
        for other_id, answer in sorted(changed.items()):
            if other_id not in possible:
                raise UnknownRecord("candidate", other_id)
            stored = StoredAnswer(party_id, other_id, answer)
            state_answer(db, round_id, stored, actor=actor, now=now)
        return len(changed)


class Turnout(NamedTuple):
    """How many parties of one kind have said something."""

    kind: str
    n_parties: int
    n_with_account: int
    n_answered: int


def turnout(db: Database, round_id: str) -> list[Turnout]:
    """Return how many of each kind of party have said anything so far."""
    parties, spoke = list_parties(db, round_id), parties_that_answered(db, round_id)
    return [
        Turnout(
            kind,
            len(own),
            sum(bool(one.organisation_id) for one in own),
            sum(one.party_id in spoke for one in own),
        )
        for kind in ("need", "provider", "place")
        if (own := [one for one in parties if one.kind == kind])
    ]
