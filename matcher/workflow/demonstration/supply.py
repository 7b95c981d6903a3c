"""A gap and an open call of the demonstration, made up like the needs that they stand for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.identity import Account, actor_of
from matcher.store.needs import read_need
from matcher.store.open_calls import list_calls
from matcher.store.ownership import owner_of
from matcher.store.supply_gaps import NOT_TAKEN_UP, SupplyGap, open_gap
from matcher.workflow.needs.states import Act
from matcher.workflow.new_ids import new_id
from matcher.workflow.supply.gaps import topics_now
from matcher.workflow.supply.open_calls import (
    ANSWERABLE,
    DRAFT,
    close_call,
    draft_call,
    publish_call,
    texts_of,
)

ANSWERS_WITHIN = timedelta(days=60)
CONTACT = "演示揭榜办公室 · demonstration office, office@demo.invalid"
BLOCKS = ("data_must_stay", NOT_TAKEN_UP)


def add_demo_supply(
    db: Database, need_ids: Sequence[str], reviewer: Account, *, now: datetime
) -> str:
    """Let needs of the demonstration wait in vain, and publish a call for the first; return its id.

    They count as shown in vain, so that no night's new match ends them.
    """
    for need_id, blocking in zip(need_ids, BLOCKS, strict=False):
        _open(db, need_id, blocking, now)
    act = Act(actor_of(reviewer), now)
    first = next(one for one in topics_now(db) if one.gaps[0].need_id == need_ids[0])
    call = draft_call(db, first.figure, synthetic=True, act=act)
    dated = {"reply_by": (now + ANSWERS_WITHIN).date().isoformat(), "contact": CONTACT}
    return publish_call(db, call.call_id, {**texts_of(call), **dated}, act).call_id


def close_demo_calls(db: Database, act: Act) -> int:
    """Close every call that rests on invented needs; return how many."""
    found = [one for one in list_calls(db, states=(DRAFT, *ANSWERABLE), limit=-1) if one.synthetic]
    for call in found:
        close_call(db, call.call_id, act)
    return len(found)


def _open(db: Database, need_id: str, blocking: str, now: datetime) -> None:
    need = read_need(db, need_id)
    gap = SupplyGap(
        gap_id=new_id("GAP"),
        need_id=need_id,
        organisation_id=owner_of(db, "need", need_id),
        kind=NOT_TAKEN_UP,
        industry=need.industries[0] if need.industries else "",
        task=need.ai_tasks[0] if need.ai_tasks else "",
        blocking=blocking,
        budget_cny=need.budget_max_cny,
        match_list_id=None,
        opened_at=now,
    )
    open_gap(db, gap)
