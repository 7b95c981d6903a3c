"""Published allocation rounds as history: what blocks in each, and which wish each need got."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlite_utils import Database

from matcher.allocation.inputs import Inputs, from_plain
from matcher.allocation.values import Market
from matcher.store.accounts import find_account
from matcher.store.rounds import list_rounds

Columns = dict[str, list[Any]]
PUBLISHED = "published"
ALL = 100_000


def round_tables(db: Database, need: Mapping[str, int]) -> dict[str, Columns]:
    """Return the published rounds and the seats of the needs that history knows.

    Notes
    -----
    The choice of a need is the place of what it got among its own wishes, from 1; 0 for nothing.
    """
    rounds: Columns = {"round_id": [], "at": [], "n_blocking": []}
    seats: Columns = {"round": [], "need": [], "choice": [], "reason": []}
    for held in list_rounds(db, state=PUBLISHED, limit=ALL):
        if held.result is None or held.inputs is None or held.published_at is None:
            continue
        if _is_demonstration(db, held.created_by):
            continue
        result = json.loads(held.result)
        number = len(rounds["round_id"])
        rounds["round_id"].append(held.round_id)
        rounds["at"].append(held.published_at.isoformat())
        rounds["n_blocking"].append(int(result["n_blocking"]))
        reasons = {one["party_id"]: one["reason"] for one in result["unmatched_needs"]}
        choices = choices_of(from_plain(json.loads(held.inputs)), result["placements"])
        for need_id in {**reasons, **choices}:
            if need_id in need:
                seats["round"].append(number)
                seats["need"].append(need[need_id])
                seats["choice"].append(choices.get(need_id, 0))
                seats["reason"].append(reasons.get(need_id, ""))
    made = {"rounds": rounds, "seats": seats}
    return {name: columns for name, columns in made.items() if next(iter(columns.values()))}


def _is_demonstration(db: Database, account_id: str) -> bool:
    """Whether a round was made up for a demonstration: no report counts it as what happened."""
    account = find_account(db, account_id)
    return account is not None and account.is_demo


def choices_of(inputs: Inputs, placements: list[dict[str, Any]]) -> dict[str, int]:
    """Return for each placed need which of its own wishes it got, from 1."""
    market = Market(inputs)
    wishes: dict[str, list[tuple[str, str, str]]] = {}
    for option in sorted(market.options, key=market.need_order):
        wishes.setdefault(option.need_id, []).append(option.key)
    found = {}
    for one in placements:
        key = (one["need_id"], one["provider_id"], one["place_id"])
        own = wishes.get(one["need_id"], [])
        found[one["need_id"]] = own.index(key) + 1 if key in own else len(own) + 1
    return found
