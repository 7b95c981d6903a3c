"""The draft of a round: made, changed, and whether it can be opened."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.allocation.inputs import Rules, canonical_json
from matcher.errors import ChangedMeanwhile, ImpossibleStep
from matcher.identity import Actor
from matcher.store.connection import write_transaction
from matcher.store.rounds import Round, add_round, change_round, read_round
from matcher.workflow.new_ids import new_id
from matcher.workflow.rounds.lifecycle import DRAFT, note, require_administrator
from matcher.workflow.rounds.scope import scope_of


def draft_round(db: Database, new: Round, rules: Rules, *, actor: Actor, now: datetime) -> Round:
    """Store a round that is being prepared; its state, and an id where it has none, are given here.

    Raises
    ------
    ImpossibleStep
        When the actor is no administrator.
    """
    require_administrator(actor, "draft_round", "")
    made = replace(
        new,
        round_id=new.round_id or new_id("RD"),
        state=DRAFT,
        rules=canonical_json(asdict(rules)),
        created_by=actor.actor_id,
    )
    with write_transaction(db, "draft a round"):
        add_round(db, made, now=now)
        note(db, made.round_id, "drafted", {"title": made.title}, actor, now)
        return read_round(db, made.round_id)


def change_draft(
    db: Database,
    round_id: str,
    changes: Mapping[str, Any],
    *,
    version: int,
    actor: Actor,
    now: datetime,
) -> Round:
    """Change what a draft says: its title, days, rules, scope or seed.

    Raises
    ------
    ChangedMeanwhile
        When it is no longer at the version that was on the screen.
    """
    with write_transaction(db, f"change the draft of round {round_id}"):
        found = read_round(db, round_id)
        require_administrator(actor, "change_draft", found.state)
        if found.state != DRAFT:
            raise ImpossibleStep("change_draft", found.state, "wrong_state")
        if found.version != version:
            raise ChangedMeanwhile("round", round_id, version)
        note(db, round_id, "changed", {"fields": sorted(changes)}, actor, now)
        return change_round(db, found, changes)


def check_can_open(found: Round, now: datetime) -> None:
    """Refuse to open a round that is about nothing, or that would be over at once.

    Raises
    ------
    ImpossibleStep
    """
    why = ""
    if found.state != DRAFT:
        why = "wrong_state"
    elif not scope_of(found).is_complete:
        why = "missing_scope"
    elif found.closes_at <= now:
        why = "expired"
    if why:
        raise ImpossibleStep("publish_rules", found.state, why)
