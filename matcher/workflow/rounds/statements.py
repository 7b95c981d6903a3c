"""What the parties of an open round say of each other: must, willing or no.

Silence counts as willing. A party says something only of those with whom it could be placed; a
base's answers count for the place that it gives them for. For a party without an account, such as
one known from the public catalogue only, the operator may enter what it is known to want, with the
source; whoever reads the statement reads that, too.
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
from matcher.workflow.rounds.lifecycle import OPEN, require_administrator, state_answer

WILLING = "willing"
LONGEST_SOURCE = 500


class Sheet(NamedTuple):
    """What one party may say something about, and what it has said."""

    party: Party
    candidates: tuple[Candidate, ...]
    answers: Mapping[str, str]  # of whom → must, willing or no
    entered: Mapping[str, StoredAnswer]  # of whom → what the operator entered, with its source

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
    own = [one for one in list_answers(db, round_id) if one.party_id == party.party_id]
    return Sheet(
        party,
        tuple(candidates_of(db, round_id, party)),
        {one.other_id: one.answer for one in own},
        {one.other_id: one for one in own if one.source},
    )


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

    A word that the operator entered and the party repeats counts as changed: it is its own now.

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
        return _save(db, round_id, own[party_id], said, "", actor, now)


def _save(  # noqa: PLR0913 - whose word about whom, from where, entered by whom and when
    db: Database,
    round_id: str,
    party: Party,
    said: Mapping[str, str],
    source: str,
    actor: Actor,
    now: datetime,
) -> int:
    sheet = sheet_of(db, round_id, party)
    possible = {sheet.other_of(one) for one in sheet.candidates}
    found = read_round(db, round_id)
    if not takes_answers(found, now):
        raise ImpossibleStep("state_answer", found.state, "expired")
    # A party that repeats what the operator entered for it makes the word its own.
    lent = set() if source else set(sheet.entered)
    changed = {k: v for k, v in said.items() if sheet.answers.get(k) != v or k in lent}
    for other_id, answer in sorted(changed.items()):
        if other_id not in possible:
            raise UnknownRecord("candidate", other_id)
        stored = StoredAnswer(party.party_id, other_id, answer, source)
        state_answer(db, round_id, stored, actor=actor, now=now)
    return len(changed)


def parties_without_account(db: Database, round_id: str) -> list[Party]:
    """Return who takes part in a round and cannot say anything itself."""
    return [one for one in list_parties(db, round_id) if not one.organisation_id]


def silent_party(db: Database, round_id: str, party_id: str) -> Party:
    """Return a party without an account.

    Raises
    ------
    UnknownRecord
        When there is none with this id, or it can speak for itself.
    """
    for party in parties_without_account(db, round_id):
        if party.party_id == party_id:
            return party
    raise UnknownRecord("party", party_id)


def enter_statements(  # noqa: PLR0913 - as above
    db: Database,
    round_id: str,
    party_id: str,
    said: Mapping[str, str],
    source: str,
    *,
    actor: Actor,
    now: datetime,
) -> int:
    """Store what a party without an account is known to want; return how many answers changed.

    Parameters
    ----------
    source : str
        From where it is known and why it is entered, such as a letter of the base; everybody who
        reads the statement reads it.

    Raises
    ------
    UnknownRecord
        When the party has an account, or could not be placed with somebody who is named.
    ImpossibleStep
        For somebody who is no administrator, without a source, or out of the published days.
    """
    with write_transaction(db, f"enter statements in round {round_id}"):
        found = read_round(db, round_id)
        require_administrator(actor, "enter_statements", found.state)
        party = silent_party(db, round_id, party_id)
        if not takes_answers(found, now):
            raise ImpossibleStep("enter_statements", found.state, "expired")
        if not source.strip():
            raise ImpossibleStep("enter_statements", found.state, "missing_reason")
        # What nothing was said of counts as willing already: that is no statement to enter.
        before = sheet_of(db, round_id, party).answers
        meant = {one: word for one, word in said.items() if word != before.get(one, WILLING)}
        told = source.strip()[:LONGEST_SOURCE]
        return _save(db, round_id, party, meant, told, actor, now)


def n_entered(db: Database, round_id: str) -> int:
    """Return for how many parties the operator entered statements that stand."""
    return len({one.party_id for one in list_answers(db, round_id) if one.source})


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
