"""Long work on an allocation round, done in this process: open it, gather and solve it."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlite_utils import Database

    from matcher.allocation.results import Result
    from matcher.identity import Actor
    from matcher.ranking.matching import Matcher
    from matcher.store.jobs import Job
    from matcher.store.rounds import Round
    from matcher.workflow.jobs import JobProgress

    Matching = Callable[[], Matcher]


class Told(Protocol):
    """Where the work says how far it is: a job's row, or a bar on the terminal."""

    def __call__(self, done: int, total: int) -> None:
        """Show that so many of so many are finished."""

    def say(self, stage: str, /) -> None:
        """Begin a stage and name it."""


def utc_now() -> datetime:
    """Return the time, with its zone."""
    return datetime.now(UTC)


def done(
    db: Database, database: Path, models: Path, job: Job, progress: JobProgress
) -> dict[str, Any]:
    """Do what a job asks for and return its result; what is stored is stored at once or not at all.

    Raises
    ------
    MatcherError
        With the words that the job ends with.
    """
    from matcher.workflow.jobs import OPEN_ROUND

    round_id, actor = str(job.given["round_id"]), _actor(db, job.started_by)

    def matching() -> Matcher:
        progress.say("models")
        return matcher_of(database, models)

    if job.kind == OPEN_ROUND:
        opened = open_now(db, round_id, matching, actor, progress)
        return {"round_id": round_id, "state": opened.state}
    result = solve_now(db, round_id, matching, actor, progress, str(job.given.get("reason", "")))
    return {"round_id": round_id, "n_placed": len(result.placements), "digest": result.digest}


def matcher_of(database: Path, models: Path) -> Matcher:
    """Return the serving model over the catalogue as it stands."""
    from matcher.workflow.matching.service import MatchingService

    return MatchingService(database, models).snapshot().matcher


def open_now(
    db: Database, round_id: str, matching: Matching, actor: Actor, progress: Told
) -> Round:
    """Work out who could be placed with whom, and publish the rules."""
    from matcher.store.rounds import read_round
    from matcher.workflow.rounds.drafting import check_can_open
    from matcher.workflow.rounds.lifecycle import require_administrator
    from matcher.workflow.rounds.opening import open_round

    found = read_round(db, round_id)
    require_administrator(actor, "publish_rules", found.state)
    check_can_open(found, utc_now())  # before a model is loaded for nothing
    matcher = matching()
    progress.say("pairs")
    return open_round(db, matcher, round_id, actor=actor, now=utc_now(), progress=progress)


def solve_now(
    db: Database,
    round_id: str,
    matching: Matching,
    actor: Actor,
    progress: Told,
    reason: str = "",
) -> Result:
    """Gather the inputs where they are not frozen, or are to be read again; solve; keep a preview.

    A run that is broken off leaves the round open, frozen, or as it was previewed before: the next
    run goes on from there.
    """
    from matcher.store.rounds import read_round
    from matcher.workflow.rounds.gather import gather
    from matcher.workflow.rounds.lifecycle import (
        OPEN,
        check_can_freeze,
        freeze_round,
        preview_round,
        require_administrator,
    )
    from matcher.workflow.rounds.telling import tell_administrators

    found = read_round(db, round_id)
    require_administrator(actor, "freeze", found.state)
    if found.state == OPEN or reason:
        check_can_freeze(found, utc_now(), reason)
        matcher = matching()
        progress.say("pairs")

        def read(db: Database, one: Round) -> Any:
            return gather(db, matcher, one, now=utc_now(), progress=progress)

        freeze_round(db, round_id, read, actor=actor, now=utc_now(), reason=reason)
    progress.say("solve")
    result = preview_round(db, round_id, actor=actor, now=utc_now())
    tell_administrators(db, read_round(db, round_id), "round.solved", now=utc_now())
    return result


def _actor(db: Database, account_id: str) -> Actor:
    from matcher.identity import Actor, actor_of
    from matcher.store.accounts import find_account

    found = find_account(db, account_id)
    return Actor(account_id) if found is None or not found.is_active else actor_of(found)
