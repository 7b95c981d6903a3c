"""Solve a round again, years later, from what was stored; and what a published one left over."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.allocation.inputs import Inputs, digest_of
from matcher.allocation.results import Result
from matcher.allocation.solve import second_round, solve_round
from matcher.errors import ImpossibleStep, MatcherError
from matcher.store.rounds import read_round
from matcher.workflow.rounds.lifecycle import PUBLISHED, inputs_of


class ReplayDiffers(MatcherError):
    """A round that was solved again gave another result than the one that is stored."""

    code = "replay_differs"


def replay_round(db: Database, round_id: str) -> Result:
    """Solve a round again from what is stored and return the result.

    Raises
    ------
    ReplayDiffers
        Where the inputs do not have their digest, or the result is another one.
    """
    found = read_round(db, round_id)
    inputs = inputs_of(db, found)
    if found.state == PUBLISHED and digest_of(inputs) != found.inputs_digest:
        raise ReplayDiffers(
            f"round {round_id}: the stored inputs do not have their digest", round_id=round_id
        )
    result = solve_round(inputs)
    if result.digest != found.result_digest:
        raise ReplayDiffers(
            f"round {round_id}: solved again it gives {result.digest}, stored is "
            f"{found.result_digest}",
            round_id=round_id,
        )
    return result


def inputs_for_second_round(db: Database, round_id: str, *, seed: int) -> Inputs:
    """Return the inputs of a round for what a published one left."""
    found = read_round(db, round_id)
    if found.state != PUBLISHED:
        raise ImpossibleStep("second_round", found.state, "wrong_state")
    return second_round(inputs_of(db, found), replay_round(db, round_id), seed=seed)
