"""The answers to a published need, kept as they were given, with the versions they rest on."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

from sqlite_utils import Database

from matcher.errors import Busy, shown
from matcher.ranking.results import MatchList
from matcher.ranking.sides import side_probabilities
from matcher.ranking.standing import standing
from matcher.records import Capability, Catalogue, Need
from matcher.store.catalogue import catalogue_revision
from matcher.store.connection import read_snapshot
from matcher.store.matches import (
    StoredMatchList,
    list_match_lists,
    read_match_list,
    save_match_list,
)
from matcher.store.needs import KeptNeed, read_need
from matcher.store.ownership import owner_of
from matcher.store.versions import Key, current_versions
from matcher.workflow.matching.exploration import seed_of
from matcher.workflow.matching.live_lists import LiveList, answer_live
from matcher.workflow.matching.plain_order import organisation_wants_plain_order
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.matching.shadow import log_shadow
from matcher.workflow.supply.gaps import note_answer, say_nothing

N_KEPT = 20
MOST_COUNTS = 2_000
MOST_ATTEMPTS = 5
ORIGIN = "site"


def match_and_keep(
    db: Database,
    service: MatchingService,
    need_id: str,
    *,
    now: datetime,
    on_candidates: Callable[[], None] = say_nothing,
) -> int:
    """Match a need against the catalogue as it stands and keep the answer; return its id.

    The need is scored before anything is locked. Where exploration is set, chance has moved at most
    one place, and every pair is kept with its propensity and, where the model knows it, with how
    likely each side accepts; a shadow model ranks the need unseen. An answer without an adequate
    match opens an entry of the supply gap, one with a match closes it.

    Parameters
    ----------
    on_candidates : function
        Called where an entry of the supply gap is closed, in the transaction that closes it.

    Raises
    ------
    UnknownRecord
        There is no such need.
    StoreError
        The answer could not be kept.
    """
    seed = seed_of(need_id, len(list_match_lists(db, need_id)))
    need, live, versions = _answered(db, service, need_id, seed)
    result, explored = live.match_list, live.explored
    kept = save_match_list(
        db,
        result,
        record_versions=versions,
        origin=ORIGIN,
        now=now,
        propensities=explored.propensities if explored else None,
        intended=explored.intended if explored else None,
        origins=explored.origins if explored else None,
        sides=_sides(service, result),
    )
    note_answer(db, need, result, kept, now=now, on_candidates=on_candidates)
    serving, today = service.snapshot().matcher, service.today()
    log_shadow(db, service.models_dir, serving, kept, need, today=today)
    return kept


def _sides(
    service: MatchingService, result: MatchList
) -> dict[str, tuple[float | None, float | None]]:
    """Return how likely each side accepts each pair; nothing where the model was just replaced."""
    model = service.model
    if model.model_id != result.model_id:
        return {}
    found = {match.capability_id: side_probabilities(model, match.bits) for match in result.matches}
    return {capability_id: (one.need, one.provider) for capability_id, one in found.items()}


def _answered(
    db: Database, service: MatchingService, need_id: str, seed: int
) -> tuple[Need, LiveList, dict[Key, int]]:
    """Answer a need and name the very versions that the answer was computed from.

    Where a record changed between scoring and looking its version up, the need is scored again.
    """
    explores = not organisation_wants_plain_order(db, owner_of(db, "need", need_id))
    for _attempt in range(MOST_ATTEMPTS):
        need = read_need(db, need_id)
        live = answer_live(db, service, need, top=N_KEPT, seed=seed, explores=explores)
        keys = _keys(live.match_list, service.snapshot().catalogue)
        with read_snapshot(db, f"read what the answer to need {need_id} rests on"):
            is_current = catalogue_revision(db) == live.match_list.catalogue_revision
            if is_current and read_need(db, need_id) == need:
                return need, live, current_versions(db, keys)
    raise Busy(f"records change faster than need {shown(need_id)} is matched; try again")


def _keys(answer: MatchList, catalogue: Catalogue) -> list[Key]:
    """Return every record whose texts or fields the shown scores were computed from."""
    keys: list[Key] = [("need", str(answer.need.get("need_id", "")))]
    for match in answer.matches:
        keys += [("provider", match.provider_id), ("capability", match.capability_id)]
        capability = catalogue.capabilities.get(match.capability_id)
        if capability is not None:
            keys += [("case", case_id) for case_id in case_ids_of(capability)]
    return list(dict.fromkeys(keys))


def case_ids_of(capability: Capability) -> tuple[str, ...]:
    """Return the cases that speak for a capability, by itself or by one of its claims."""
    claimed = (case_id for claim in capability.claims for case_id in claim.case_ids)
    return tuple(dict.fromkeys((*capability.case_ids, *claimed)))


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
