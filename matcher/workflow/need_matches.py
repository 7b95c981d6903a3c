"""The answers to a published need, kept as they were given, with the versions they rest on."""

from __future__ import annotations

from datetime import date, datetime

from sqlite_utils import Database

from matcher.ranking.standing import standing
from matcher.store.matches import (
    StoredMatchList,
    list_match_lists,
    read_match_list,
    save_match_list,
)
from matcher.store.needs import KeptNeed, read_need
from matcher.store.versions import Key, current_versions
from matcher.workflow.matching import MatchingService

N_KEPT = 20
MOST_COUNTS = 2_000
ORIGIN = "site"


def match_and_keep(db: Database, service: MatchingService, need_id: str, *, now: datetime) -> int:
    """Match a need against the catalogue as it stands and keep the answer; return its id.

    The need is scored before anything is locked.

    Raises
    ------
    UnknownRecord
        There is no such need.
    StoreError
        The answer could not be kept.
    """
    need = read_need(db, need_id)
    result = service.match(need, top=N_KEPT)
    keys: list[Key] = [("need", need_id)]
    for match in result.matches:
        keys += [("provider", match.provider_id), ("capability", match.capability_id)]
        keys += [("case", item.case_id) for item in match.evidence if item.case_id]
    versions = current_versions(db, dict.fromkeys(keys))
    return save_match_list(db, result, record_versions=versions, origin=ORIGIN, now=now)


def latest_answer(db: Database, need_id: str) -> StoredMatchList | None:
    """Return the answer that was kept last, or None where the need was never matched."""
    kept = list_match_lists(db, need_id)
    return read_match_list(db, kept[0]) if kept else None


class CandidateCounts:
    """How many adequate candidates needs have now, counted once for each state of the catalogue.

    Parameters
    ----------
    service : MatchingService
        Shared by threads; so is this object.
    """

    def __init__(self, service: MatchingService) -> None:
        self._service = service
        self._counts: dict[tuple[str, int, int, date], int] = {}

    def of(self, kept: KeptNeed) -> int:
        """Return the count for a need as it stands against the catalogue of today."""
        snapshot, today = self._service.snapshot(), self._service.today()
        key = (kept.need.need_id, kept.version, snapshot.revision, today)
        if key not in self._counts:
            if len(self._counts) >= MOST_COUNTS:
                self._counts.clear()
            counted = standing(snapshot.matcher, kept.need, today=today)
            self._counts[key] = counted.n_adequate
        return self._counts[key]
