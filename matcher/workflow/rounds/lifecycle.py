"""An allocation round from its draft to its published result.

Draft → open (rules published, parties answer) → frozen (inputs fixed, named by their digest) →
preview (solved; locks may still be set, each with a reason, and solved again) → published. Solving
is a pure function of the frozen inputs and runs as a job; nothing is stored before it is done, so a
killed job leaves the round frozen.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.allocation.inputs import (
    Answer,
    Inputs,
    Lock,
    as_plain,
    canonical_json,
    digest_of,
    from_plain,
    rules_from,
)
from matcher.allocation.results import Result, result_from
from matcher.allocation.solve import check_placed, lost_locks, solve_round
from matcher.errors import ImpossibleStep
from matcher.identity import Actor, Role
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.rounds import (
    Round,
    StoredAnswer,
    change_round,
    list_answers,
    list_locks,
    read_round,
    save_answer,
)
from matcher.vocabulary import codes
from matcher.workflow.rounds.scope import rules_digest

DRAFT, OPEN, FROZEN, PREVIEW, PUBLISHED = "draft", "open", "frozen", "preview", "published"
CANCELLED = "cancelled"
SOLVABLE = (FROZEN, PREVIEW)
Gather = Callable[[Database, Round], Inputs]
Also = Callable[[Round], None]


class Step(NamedTuple):
    """One change of a round: what it is called, from where it is possible, what it sets."""

    action: str
    sources: tuple[str, ...]
    changes: Mapping[str, Any]
    reason: str = ""


def publish_rules(
    db: Database,
    round_id: str,
    *,
    actor: Actor,
    now: datetime,
    also: Also | None = None,
    read: Round | None = None,
) -> Round:
    """Open a round: its rules, scope and seed stand from now on, and parties may answer.

    Parameters
    ----------
    also : callable, optional
        What else is stored in the same transaction.
    read : Round, optional
        The draft as it was read before; where it has changed since, nothing is published.
    """
    found = read or read_round(db, round_id)
    if found.state == DRAFT and found.closes_at <= now:
        raise ImpossibleStep("publish_rules", found.state, "expired")
    step = Step("publish_rules", (DRAFT,), {"state": OPEN})
    return move(db, found, step, actor, now, also, told={"rules_digest": rules_digest(found)})


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
        what = "answer_entered" if answer.source else "answered"
        note(db, round_id, what, after | {"answer": answer.answer}, actor, now, answer.source)


def close_early(
    db: Database,
    round_id: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    also: Also | None = None,
) -> Round:
    """End the statements before their published day, with a reason that all parties are told."""
    found = read_round(db, round_id)
    require_administrator(actor, "close_round", found.state)
    if not reason.strip():
        raise ImpossibleStep("close_round", found.state, "missing_reason")
    if found.state == OPEN and not found.opens_at < now < found.closes_at:
        raise ImpossibleStep("close_round", found.state, "expired")
    step = Step("close_round", (OPEN,), {"closes_at": now}, reason.strip())
    return move(db, found, step, actor, now, also, told={"closes_at": now.isoformat()})


def freeze_round(
    db: Database,
    round_id: str,
    gather: Gather,
    *,
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> Round:
    """Fix the inputs of a round: what is in the database now, and what was answered.

    Parameters
    ----------
    gather : callable
        Returns the needs, options, quotas and firms of the round's scope; answers, rules and seed
        are put in here.
    reason : str
        Why the inputs of a round that was frozen already are read again, such as a place that its
        base withdrew; only before the result is published, and both digests are audited.

    Raises
    ------
    ImpossibleStep
        While answers are taken, and without a reason where the round is frozen.
    ChangedMeanwhile
        When somebody else changed the round while its inputs were read.
    """
    found = read_round(db, round_id)
    check_can_freeze(found, now, reason)
    gathered = gather(db, found)  # outside of any transaction: it takes long
    with write_transaction(db, f"freeze round {round_id}"):
        inputs = replace(
            gathered,
            # Read again with the write lock held: the last answer may just have come.
            answers=tuple(Answer(*answer[:3]) for answer in list_answers(db, round_id)),
            locks=(),
            rules=rules_from(json.loads(found.rules)),
            seed=found.seed,
        )
        digest = digest_of(inputs)
        changes = {
            "state": FROZEN,
            "inputs": canonical_json(as_plain(inputs)),
            "inputs_digest": digest,
            "result": None,
            "result_digest": "",
        }
        action = "freeze_again" if found.state in SOLVABLE else "freeze"
        step = Step(action, (OPEN, *SOLVABLE), changes, reason.strip())
        told = {"inputs_digest": digest, "was": found.inputs_digest}
        return move(db, found, step, actor, now, told=told)


def check_can_freeze(found: Round, now: datetime, reason: str = "") -> None:
    """Refuse to freeze a round at the wrong time.

    Raises
    ------
    ImpossibleStep
    """
    why = ""
    if found.state in SOLVABLE:
        why = "" if reason.strip() else "wrong_state"
    elif found.state != OPEN:
        why = "wrong_state"
    elif now < found.closes_at:
        why = "not_closed"
    if why:
        raise ImpossibleStep("freeze", found.state, why)


def frozen_inputs(db: Database, round_id: str) -> Inputs:
    """Return the inputs of a frozen round with the locks that stand.

    Raises
    ------
    ImpossibleStep
        When it is not frozen yet.
    """
    return inputs_of(db, read_round(db, round_id))


def inputs_of(db: Database, found: Round) -> Inputs:
    """Return the inputs of a round that was read, with the locks that stand."""
    if found.inputs is None:
        raise ImpossibleStep("solve", found.state, "wrong_state")
    inputs = from_plain(json.loads(found.inputs))
    if found.state == PUBLISHED:  # its locks were frozen with its result
        return inputs
    # A lock on an option that a later freeze no longer has binds nobody.
    known = {option.key for option in inputs.options}
    locks = (Lock(*lock[1:]) for lock in list_locks(db, found.round_id))
    return replace(inputs, locks=tuple(lock for lock in locks if lock.key in known))


def preview_round(db: Database, round_id: str, *, actor: Actor, now: datetime) -> Result:
    """Solve a frozen round with its locks and keep the result for a look before publishing.

    Raises
    ------
    ImpossibleStep, Unsolvable
    ChangedMeanwhile
        When a lock or another preview came while it was solved.
    """
    before = read_round(db, round_id)
    require_administrator(actor, "preview", before.state)
    if before.state not in SOLVABLE:
        raise ImpossibleStep("preview", before.state, "wrong_state")
    inputs = inputs_of(db, before)
    result = solve_round(inputs)  # outside of any transaction
    check_placed(inputs, result.placements)
    changes = {
        "state": PREVIEW,
        "result": canonical_json(result.as_plain()),
        "result_digest": result.digest,
    }
    with write_transaction(db, f"keep the preview of round {round_id}"):
        change_round(db, before, changes)
        note(db, round_id, "previewed", {"result_digest": result.digest}, actor, now)
    return result


def publish_result(
    db: Database, round_id: str, *, actor: Actor, now: datetime, also: Also | None = None
) -> Round:
    """Publish the previewed result, if it still is what the inputs and locks give.

    Raises
    ------
    ImpossibleStep
        When there is no preview, a lock changed after it, or it leaves out what is locked.
    ChangedMeanwhile
        When somebody set a lock at this very moment.
    """
    found = read_round(db, round_id)
    require_administrator(actor, "publish", found.state)
    if found.state != PREVIEW or found.result is None:
        raise ImpossibleStep("publish", found.state, "wrong_state")
    inputs = inputs_of(db, found)
    digest = digest_of(inputs)
    result = result_from(json.loads(found.result))
    if result.inputs_digest != digest or lost_locks(inputs, result.placements):
        raise ImpossibleStep("publish", found.state, "not_solved", ("preview",))
    changes = {
        "state": PUBLISHED,
        "inputs": canonical_json(as_plain(inputs)),
        "inputs_digest": digest,
        "published_at": now,
    }
    told = {"inputs_digest": digest, "result_digest": found.result_digest}
    return move(db, found, Step("publish", (PREVIEW,), changes), actor, now, also, told=told)


def cancel_round(
    db: Database,
    round_id: str,
    reason: str,
    *,
    actor: Actor,
    now: datetime,
    also: Also | None = None,
) -> Round:
    """Call off a round that is not published, with a reason; who waited before waits again."""
    from matcher.workflow.rounds.offers import go_on_before  # which are part of a round's life

    if not reason.strip():
        raise ImpossibleStep("cancel", "", "missing_reason")

    def then(after: Round) -> None:
        if also is not None:
            also(after)
        go_on_before(db, after, actor, now)

    sources = (DRAFT, OPEN, FROZEN, PREVIEW)
    step = Step("cancel", sources, {"state": CANCELLED}, reason.strip())
    return move(db, read_round(db, round_id), step, actor, now, then)


def move(  # noqa: PLR0913 - which round, what changes, by whom and when, and what goes with it
    db: Database,
    found: Round,
    step: Step,
    actor: Actor,
    now: datetime,
    also: Also | None = None,
    *,
    told: Mapping[str, Any] | None = None,
) -> Round:
    """Take a step of a round that is still as it was read, with all that goes with it, or nothing.

    Raises
    ------
    ImpossibleStep
        For somebody who is no administrator, or from a state in which it is not possible.
    ChangedMeanwhile
        When it is no longer as it was read.
    """
    require_administrator(actor, step.action, found.state)
    if found.state not in step.sources:
        raise ImpossibleStep(step.action, found.state, "wrong_state")
    with write_transaction(db, f"{step.action} round {found.round_id}"):
        after = change_round(db, found, step.changes)
        note(db, found.round_id, step.action, {"state": after.state, **(told or {})}, actor, now,
             step.reason)  # fmt: skip
        if also is not None:
            also(after)
        return after


def require_administrator(actor: Actor, action: str, state: str) -> None:
    """Refuse everybody else.

    Raises
    ------
    ImpossibleStep
    """
    if actor.role != Role.ADMINISTRATOR:
        raise ImpossibleStep(action, state, "not_allowed")


def note(  # noqa: PLR0913 - what an audit event says
    db: Database,
    round_id: str,
    what: str,
    after: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    reason: str = "",
) -> None:
    """Write an audit event about a round."""
    change = Change(f"round.{what}", "round", round_id, {}, dict(after), reason)
    record_change(db, change, actor=actor, now=now)
