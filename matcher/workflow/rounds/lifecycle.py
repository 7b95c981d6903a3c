"""An allocation round from its published rules to its published result.

Draft → open (rules published, parties answer) → frozen (inputs fixed, named by their digest) →
preview (solved; locks may still be set, each with a reason, and solved again) → published. Solving
is a pure function of the frozen inputs and may run as a job; nothing is stored before it is done,
so a killed job leaves the round frozen.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.allocation.inputs import (
    Answer,
    Inputs,
    Lock,
    Rules,
    as_plain,
    canonical_json,
    digest_of,
    from_plain,
)
from matcher.allocation.results import Result
from matcher.allocation.solve import second_round, solve_round
from matcher.errors import ImpossibleStep, MatcherError, UnknownRecord
from matcher.identity import Actor, Role
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.rounds import (
    Round,
    StoredAnswer,
    StoredLock,
    add_lock,
    add_round,
    change_round,
    list_answers,
    list_locks,
    read_round,
    remove_lock,
    save_answer,
)
from matcher.vocabulary import codes
from matcher.workflow.new_ids import new_id

DRAFT, OPEN, FROZEN, PREVIEW, PUBLISHED = "draft", "open", "frozen", "preview", "published"
Gather = Callable[[Database, Round], Inputs]


class ReplayDiffers(MatcherError):
    """A round that was solved again gave another result than the one that is stored."""

    code = "replay_differs"


def draft_round(db: Database, new: Round, rules: Rules, *, actor: Actor, now: datetime) -> Round:
    """Store a round that is being prepared; ids and states are given here.

    Raises
    ------
    ImpossibleStep
        When the actor is no administrator.
    """
    _require_administrator(actor, "draft_round", "")
    made = replace(
        new,
        round_id=new_id("RD"),
        state=DRAFT,
        rules=canonical_json(asdict(rules)),
        created_by=actor.actor_id,
    )
    with write_transaction(db, "draft a round"):
        add_round(db, made, now=now)
        _note(db, made.round_id, "drafted", {"title": made.title}, actor, now)
        return read_round(db, made.round_id)


def publish_rules(db: Database, round_id: str, *, actor: Actor, now: datetime) -> Round:
    """Open a round: its rules, scope and seed stand from now on, and parties may answer."""
    return _move(db, round_id, "publish_rules", (DRAFT,), {"state": OPEN}, actor, now)


def state_answer(
    db: Database, round_id: str, answer: StoredAnswer, *, actor: Actor, now: datetime
) -> None:
    """Say must, willing or no of another party while the round is open.

    The caller has checked that the actor speaks for ``answer.party_id``.

    Raises
    ------
    ImpossibleStep
        Before the round opens, after it closed, or for an unknown word.
    """
    with write_transaction(db, f"answer in round {round_id}"):
        found = read_round(db, round_id)
        if found.state != OPEN or answer.answer not in codes("round_answer"):
            raise ImpossibleStep("state_answer", found.state, "wrong_state")
        if not found.opens_at <= now < found.closes_at:
            raise ImpossibleStep("state_answer", found.state, "expired")
        save_answer(db, round_id, answer, actor=actor.actor_id, now=now)
        after = {"party_id": answer.party_id, "other_id": answer.other_id}
        _note(db, round_id, "answered", after | {"answer": answer.answer}, actor, now)


def freeze_round(
    db: Database, round_id: str, gather: Gather, *, actor: Actor, now: datetime
) -> Round:
    """Fix the inputs of a round: what is in the database now, and what was answered.

    Parameters
    ----------
    gather : callable
        Returns the needs, options, quotas and firms of the round's scope; answers, rules and seed
        are put in here.
    """
    found = read_round(db, round_id)
    gathered = gather(db, found)
    inputs = replace(
        gathered,
        answers=tuple(Answer(*answer) for answer in list_answers(db, round_id)),
        locks=(),
        rules=Rules(**json.loads(found.rules)),
        seed=found.seed,
    )
    changes = {
        "state": FROZEN,
        "inputs": canonical_json(as_plain(inputs)),
        "inputs_digest": digest_of(inputs),
    }
    return _move(db, round_id, "freeze", (OPEN,), changes, actor, now)


def frozen_inputs(db: Database, round_id: str) -> Inputs:
    """Return the inputs of a frozen round with the locks that stand.

    Raises
    ------
    ImpossibleStep
        When it is not frozen yet.
    """
    found = read_round(db, round_id)
    if found.inputs is None:
        raise ImpossibleStep("solve", found.state, "wrong_state")
    inputs = from_plain(json.loads(found.inputs))
    if found.state == PUBLISHED:  # its locks were frozen with its result
        return inputs
    locks = tuple(Lock(*lock[1:]) for lock in list_locks(db, round_id))
    return replace(inputs, locks=locks)


def preview_round(db: Database, round_id: str, *, actor: Actor, now: datetime) -> Result:
    """Solve a frozen round with its locks and keep the result for a look before publishing.

    Raises
    ------
    ImpossibleStep, Unsolvable
    ChangedMeanwhile
        When a lock or another preview came while it was solved.
    """
    before = read_round(db, round_id)
    if before.state not in (FROZEN, PREVIEW):
        raise ImpossibleStep("preview", before.state, "wrong_state")
    result = solve_round(frozen_inputs(db, round_id))  # outside of any transaction
    changes = {
        "state": PREVIEW,
        "result": canonical_json(result.as_plain()),
        "result_digest": result.digest,
    }
    with write_transaction(db, f"keep the preview of round {round_id}"):
        _require_administrator(actor, "preview", before.state)
        change_round(db, before, changes)
        _note(db, round_id, "previewed", {"result_digest": result.digest}, actor, now)
    return result


def lock_placement(db: Database, round_id: str, lock: Lock, *, actor: Actor, now: datetime) -> None:
    """Fix a placement by hand, with a reason that is published with the result."""
    with write_transaction(db, f"lock a placement of round {round_id}"):
        found = _lockable(db, round_id, lock, actor)
        stored = StoredLock(0, lock.need_id, lock.provider_id, lock.place_id, lock.reason.strip())
        if not add_lock(db, round_id, stored, actor=actor.actor_id, now=now):
            raise ImpossibleStep("lock", found.state, "already_done")
        change_round(db, found, {"state": found.state})  # a preview that runs now is out of date
        _note(db, round_id, "locked", {"key": list(lock.key)}, actor, now, lock.reason.strip())


def _lockable(db: Database, round_id: str, lock: Lock, actor: Actor) -> Round:
    found = read_round(db, round_id)
    _require_administrator(actor, "lock", found.state)
    if found.state not in (FROZEN, PREVIEW) or found.inputs is None:
        raise ImpossibleStep("lock", found.state, "wrong_state")
    if not lock.reason.strip():
        raise ImpossibleStep("lock", found.state, "missing_reason")
    inputs = from_plain(json.loads(found.inputs))
    if lock.key not in {option.key for option in inputs.options}:
        raise UnknownRecord("option", "/".join(lock.key))
    return found


def unlock_placement(
    db: Database, round_id: str, need_id: str, *, actor: Actor, now: datetime
) -> None:
    """Take away a lock before the result is published; its trace stays."""
    with write_transaction(db, f"unlock a placement of round {round_id}"):
        found = read_round(db, round_id)
        _require_administrator(actor, "unlock", found.state)
        if found.state not in (FROZEN, PREVIEW):
            raise ImpossibleStep("unlock", found.state, "wrong_state")
        if not remove_lock(db, round_id, need_id, actor=actor.actor_id, now=now):
            raise UnknownRecord("lock", need_id)
        change_round(db, found, {"state": found.state})
        _note(db, round_id, "unlocked", {"need_id": need_id}, actor, now)


def publish_result(db: Database, round_id: str, *, actor: Actor, now: datetime) -> Round:
    """Publish the previewed result, if it still is what the inputs and locks give.

    Raises
    ------
    ImpossibleStep
        When there is no preview, or a lock changed after it.
    """
    inputs = frozen_inputs(db, round_id)
    found = read_round(db, round_id)
    if found.result is None or json.loads(found.result)["inputs_digest"] != digest_of(inputs):
        raise ImpossibleStep("publish", found.state, "wrong_state", ("preview",))
    changes = {
        "state": PUBLISHED,
        "inputs": canonical_json(as_plain(inputs)),
        "inputs_digest": digest_of(inputs),
        "published_at": now,
    }
    return _move(db, round_id, "publish", (PREVIEW,), changes, actor, now)


def cancel_round(db: Database, round_id: str, reason: str, *, actor: Actor, now: datetime) -> Round:
    """Call off a round that is not published, with a reason."""
    if not reason.strip():
        raise ImpossibleStep("cancel", "", "missing_reason")
    states = (DRAFT, OPEN, FROZEN, PREVIEW)
    return _move(db, round_id, "cancel", states, {"state": "cancelled"}, actor, now, reason.strip())


def replay_round(db: Database, round_id: str) -> Result:
    """Solve a round again from what is stored and return the result.

    Raises
    ------
    ReplayDiffers
        Where the inputs do not have their digest, or the result is another one.
    """
    found = read_round(db, round_id)
    inputs = frozen_inputs(db, round_id)
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
    return second_round(frozen_inputs(db, round_id), replay_round(db, round_id), seed=seed)


def _move(  # noqa: PLR0913 - what changes, from where, by whom and when
    db: Database,
    round_id: str,
    action: str,
    sources: tuple[str, ...],
    changes: dict[str, Any],
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Round:
    with write_transaction(db, f"{action} round {round_id}"):
        found = read_round(db, round_id)
        _require_administrator(actor, action, found.state)
        if found.state not in sources:
            raise ImpossibleStep(action, found.state, "wrong_state")
        after = change_round(db, found, changes)
        shown = ("state", "inputs_digest")
        told: dict[str, Any] = {name: changes[name] for name in shown if name in changes}
        _note(db, round_id, action, told, actor, now, reason)
        return after


def _require_administrator(actor: Actor, action: str, state: str) -> None:
    if actor.role != Role.ADMINISTRATOR:
        raise ImpossibleStep(action, state, "not_allowed")


def _note(  # noqa: PLR0913 - what an audit event says
    db: Database,
    round_id: str,
    what: str,
    after: dict[str, Any],
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    change = Change(f"round.{what}", "round", round_id, {}, after, reason)
    record_change(db, change, actor=actor, now=now)
