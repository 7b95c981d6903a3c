"""The supply gap: which needs find nobody, kept as entries and put together into topics.

An answer without an adequate match opens an entry, or turns one of a need that nobody took up; a
later answer with one closes it. Once a day needs that nobody took up are added, and those that
ended or found somebody are closed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.identity import SYSTEM
from matcher.ranking.results import Exclusion, MatchList
from matcher.records import Need
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.matches import read_match_list
from matcher.store.needs import read_need
from matcher.store.ownership import owner_of
from matcher.store.supply_gaps import (
    CANDIDATE_APPEARED,
    NO_CANDIDATE,
    NOT_TAKEN_UP,
    SupplyGap,
    change_gap,
    close_gap,
    list_gaps,
    needs_not_taken_up,
    open_gap,
    settled_gaps,
)
from matcher.workflow.new_ids import new_id
from matcher.workflow.supply.called_needs import budget_of

NOT_TAKEN_UP_AFTER = timedelta(days=28)  # as the report's block ``supply_gap`` has it
BLOCKS_FROM = 0.2  # share of all candidates that one check kept out
DIVISION = 3  # characters of a division's code in GB/T 4754, such as C26


@dataclass(frozen=True, slots=True)
class Topic:
    """Unmet needs that are alike: the same industry, task and what stands in the way."""

    industry: str
    task: str
    blocking: str
    gaps: tuple[SupplyGap, ...]

    @property
    def code(self) -> str:
        """What tells this topic from the others."""
        return "|".join((self.industry, self.task, self.blocking))

    @property
    def n_enterprises(self) -> int:
        """How many organisations wait."""
        return len({gap.organisation_id for gap in self.gaps})

    @property
    def budgets(self) -> tuple[int, ...]:
        """The budgets that are stated."""
        return tuple(gap.budget_cny for gap in self.gaps if gap.budget_cny)

    @property
    def figure(self) -> dict[str, object]:
        """The topic as the report's block writes a cluster, from which an open call is drafted.

        It is exact, and counts needs for invited providers only: what is published of it is less.
        """
        return {
            "key": "cluster",
            "n": len(self.gaps),
            "facts": {
                "industry": self.industry,
                "task": self.task,
                "constraint": self.blocking,
                "n_enterprises": self.n_enterprises,
                "waiting_budget_cny": sum(self.budgets),
                "n_budgets_stated": len(self.budgets),
            },
            "needs": [gap.need_id for gap in self.gaps],
        }


def say_nothing() -> None:
    """Tell nobody that an entry is closed: who asked sees the list."""


def note_answer(
    db: Database,
    need: Need,
    answer: MatchList,
    match_list_id: int,
    *,
    now: datetime,
    on_candidates: Callable[[], None] = say_nothing,
) -> None:
    """Open or close the entry of a need that was just answered; call it once the list is kept.

    Parameters
    ----------
    on_candidates : function
        Called where the entry is closed, in the very transaction that closes it.
    """
    with write_transaction(db, f"note the supply gap of need {need.need_id}"):
        if not answer.claims_fit:  # what its writer was told: nobody fits
            _open(db, need, answer, (NO_CANDIDATE, match_list_id), now)
            return
        waiting = {gap.kind for gap in list_gaps(db, need_id=need.need_id)}
        if NO_CANDIDATE in waiting:
            _close(db, need.need_id, CANDIDATE_APPEARED, now)
            on_candidates()


def review_gaps(db: Database, *, now: datetime) -> tuple[int, int]:
    """Close what is settled and open what nobody took up; return how many of each.

    Doing it again on the same day changes nothing more.
    """
    settled = settled_gaps(db)
    for need_id, why in settled:
        with write_transaction(db, f"close the supply gap of need {need_id}"):
            _close(db, need_id, why, now)
    old = needs_not_taken_up(db, now - NOT_TAKEN_UP_AFTER)
    for need_id, list_id in old:
        answer = read_match_list(db, list_id).match_list
        kind = NOT_TAKEN_UP if answer.claims_fit else NO_CANDIDATE
        _open(db, read_need(db, need_id), answer, (kind, list_id), now)
    return len(settled), len(old)


def topics_now(db: Database) -> list[Topic]:
    """Return the open entries as topics, the one with most enterprises and budget first."""
    found: dict[tuple[str, str, str], list[SupplyGap]] = {}
    for gap in list_gaps(db):
        found.setdefault((gap.industry, gap.task, gap.blocking), []).append(gap)
    topics = [Topic(*key, tuple(gaps)) for key, gaps in found.items()]
    return sorted(topics, key=lambda one: (-one.n_enterprises, -sum(one.budgets), one.code))


def find_topic(topics: Iterable[Topic], code: str) -> Topic | None:
    """Return the topic with a code, or None where it has gone meanwhile."""
    return next((one for one in topics if one.code == code), None)


def blocking_of(excluded: Sequence[Exclusion], n_eligible: int, otherwise: str) -> str:
    """Return the check that kept out a fifth of all candidates or more, or what else it was."""
    counts = Counter(item.reason_code for item in excluded)
    if not counts:
        return otherwise
    reason, n = max(counts.items(), key=lambda one: (one[1], one[0]))
    return reason if n >= BLOCKS_FROM * (counts.total() + n_eligible) else otherwise


def _open(
    db: Database, need: Need, answer: MatchList, what: tuple[str, int], now: datetime
) -> None:
    kind, match_list_id = what
    blocking = blocking_of(answer.excluded, answer.n_eligible, kind)
    gap = SupplyGap(
        gap_id=new_id("GAP"),
        need_id=need.need_id,
        organisation_id=owner_of(db, "need", need.need_id),
        kind=kind,
        industry=need.industries[0][:DIVISION] if need.industries else "",
        task=need.ai_tasks[0] if need.ai_tasks else "",
        blocking=blocking,
        budget_cny=budget_of(need),
        match_list_id=match_list_id,
        opened_at=now,
    )
    with write_transaction(db, f"open a supply gap for need {need.need_id}"):
        is_new = open_gap(db, gap)
        if is_new or change_gap(db, gap):
            after = {"kind": kind, "blocking": blocking}
            action = "supply_gap.opened" if is_new else "supply_gap.changed"
            change = Change(action, "need", need.need_id, after=after)
            record_change(db, change, actor=SYSTEM, now=now)


def _close(db: Database, need_id: str, why: str, now: datetime) -> None:
    if close_gap(db, need_id, why, now=now):
        change = Change("supply_gap.closed", "need", need_id, after={"why": why})
        record_change(db, change, actor=SYSTEM, now=now)
