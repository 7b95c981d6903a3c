"""The needs behind an open call: which of them may be called for, and what they say together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from sqlite_utils import Database

from matcher.errors import ImpossibleStep
from matcher.records import Need
from matcher.reports.history.open_call import Target, require_cluster
from matcher.store.need_status import find_status
from matcher.store.needs import KeptNeed, read_kept_need
from matcher.store.open_calls import needs_with_told_budgets
from matcher.store.organisations import read_organisation
from matcher.store.ownership import owner_of
from matcher.workflow.needs.disclosure import (
    ANONYMOUS,
    INVITED,
    is_suspended,
    masked_need,
    names_of,
)
from matcher.workflow.needs.states import ANSWERABLE, State

MOST_TARGETS = 8
WAITING = (*ANSWERABLE, State.NONE_SUITABLE)  # in which a need stays in the supply gap


def callable_part(db: Database, figure: Mapping[str, Any], *, synthetic: bool) -> dict[str, Any]:
    """Return a cluster without the needs that no call may speak of, as ``may_be_called`` has it.

    What is counted is counted anew from the needs that are left, as they are now. A budget that
    another call tells of counts for nobody here: with each call three enterprises or more come in
    whose budgets no other call holds, so that no difference of calls is about fewer. Only a
    synthetic report may stand for needs that are not here: those were invented.

    Raises
    ------
    InvalidRecord
        It is no cluster.
    ImpossibleStep
        None is left (``no_public_need``).
    """
    require_cluster(figure)
    needs = [str(one) for one in figure.get("needs", ())]
    found = here(db, needs)
    if not found and synthetic:
        return {**figure, "needs": needs}
    left = [kept for kept in found if may_be_called(db, kept)]
    if not left:
        raise ImpossibleStep("draft", "draft", "no_public_need")
    budgets = {kept.need.need_id: budget_of(kept.need) or 0 for kept in left}
    told = needs_with_told_budgets(db)
    stating = {
        kept.organisation_id
        for kept in left
        if budgets[kept.need.need_id] and kept.need.need_id not in told
    }
    counted = {
        "n_enterprises": len({kept.organisation_id for kept in left}),
        "waiting_budget_cny": sum(budgets.values()),
        "n_enterprises_stating": len(stating),
    }
    facts = {**figure["facts"], **counted}
    return {**figure, "n": len(left), "needs": list(budgets), "facts": facts}


def may_be_called(db: Database, kept: KeptNeed) -> bool:
    """Whether a call may speak of a need: it still waits, and everybody may know of it."""
    is_public = kept.status.visibility != INVITED and kept.status.state in WAITING
    return is_public and not is_suspended(db, kept)


def budget_of(need: Need) -> int | None:
    """Return what a need has to spend at most, or at least where it says no more."""
    return need.budget_max_cny or need.budget_min_cny


def targets_of(db: Database, need_ids: Iterable[str]) -> tuple[Target, ...]:
    """Return what needs want to reach, in figures, without what betrays an enterprise.

    Needs for invited providers only say nothing outside of them.
    """
    found: dict[Target, None] = {}
    for kept in here(db, need_ids):
        if kept.status.visibility == INVITED:
            continue
        names = names_of(db, kept.organisation_id)
        need = masked_need(kept.need, ANONYMOUS, names)  # a call names nobody, whatever the need
        for line in need.requirements:
            if line.threshold is not None:
                found[Target(line.text, line.text_en)] = None
    return tuple(found)[:MOST_TARGETS]


def is_made_up(db: Database, need_ids: Iterable[str]) -> bool:
    """Whether any of these needs belongs to the demonstration."""
    owners = {owner_of(db, "need", need_id) for need_id in need_ids} - {""}
    return any(read_organisation(db, owner).is_demo for owner in owners)


def here(db: Database, need_ids: Iterable[str]) -> list[KeptNeed]:
    """Return those of some needs that this installation has, each once."""
    return [
        read_kept_need(db, need_id)
        for need_id in dict.fromkeys(need_ids)
        if find_status(db, need_id) is not None
    ]
