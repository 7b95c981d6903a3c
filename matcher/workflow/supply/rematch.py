"""Match needs of the supply gap again, so that an entry ends as soon as somebody comes close."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlite_utils import Database

from matcher.identity import SYSTEM
from matcher.ranking.standing import standing
from matcher.store.need_status import find_status
from matcher.store.needs import read_need
from matcher.store.supply_gaps import NO_CANDIDATE, SupplyGap, list_gaps
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.needs.matches import match_and_keep
from matcher.workflow.needs.notices import tell_enterprise
from matcher.workflow.needs.states import ANSWERABLE, Act

TOPIC = "need.candidates"
SAID = (
    "有了新的候选供给方，请查看新的匹配清单。",
    "has new candidates; look at the new list.",
)


def waits_for_candidates(db: Database) -> list[SupplyGap]:
    """Return the entries of open needs that nobody came close to."""
    return [gap for gap in list_gaps(db) if gap.kind == NO_CANDIDATE and _is_open(db, gap.need_id)]


def rematch(db: Database, service: MatchingService, *, now: datetime) -> int:
    """Match again every need to which somebody comes close by now; return how many.

    Its new list closes the entry, and the enterprise is told in the same transaction: an entry that
    is closed is looked at no more, so nobody would tell it later.
    """
    found_by_now: list[str] = []

    def tell(need_id: str) -> None:
        tell_enterprise(db, need_id, TOPIC, SAID, Act(SYSTEM, now))
        found_by_now.append(need_id)

    for gap in waits_for_candidates(db):
        need = read_need(db, gap.need_id)
        found = standing(service.snapshot().matcher, need, today=service.today())
        if found.n_adequate:
            match_and_keep(
                db, service, gap.need_id, now=now, on_candidates=partial(tell, gap.need_id)
            )
    return len(found_by_now)


def _is_open(db: Database, need_id: str) -> bool:
    status = find_status(db, need_id)
    return status is not None and status.state in ANSWERABLE
