"""Begin an engagement: a need and a capability that were matched, searched or proposed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import SYSTEM, Actor
from matcher.records.engagement import Engagement, Transition
from matcher.store.audit import Change, record_change
from matcher.store.capabilities import read_capability
from matcher.store.connection import write_transaction
from matcher.store.engagements import add_engagement, add_transition, find_pair, read_engagement
from matcher.store.history import current_version
from matcher.store.needs import KeptNeed, read_kept_need
from matcher.store.organisations import find_by_provider, read_organisation
from matcher.workflow.engagements.asked import refused
from matcher.workflow.engagements.clocks import start_for_state
from matcher.workflow.engagements.parties import is_staff, sides_of
from matcher.workflow.needs.disclosure import INVITED, is_invited
from matcher.workflow.needs.states import ANSWERABLE
from matcher.workflow.new_ids import new_id


@dataclass(frozen=True, slots=True)
class Occasion:
    """How a need and a capability met."""

    origin: str = "system"  # vocabulary match_origin
    match_list_id: int | None = None
    rank: int | None = None
    probability: float | None = None


SEARCH = Occasion("search")


def open_engagement(
    db: Database,
    need_id: str,
    capability_id: str,
    *,
    actor: Actor,
    now: datetime,
    occasion: Occasion = SEARCH,
) -> Engagement:
    """Return the engagement of a need and a capability, beginning it where there is none.

    Raises
    ------
    UnknownRecord
        When the need or the capability does not exist for this actor.
    ImpossibleStep
        When the need takes no answers, a side excluded the other, both are one organisation, or one
        of them is suspended and could not answer (``resting``).
    """
    with write_transaction(db, f"open an engagement of need {need_id}"):
        found = find_pair(db, need_id, capability_id)
        if found is not None:
            if actor != SYSTEM and not sides_of(found, actor):
                raise UnknownRecord("need", need_id)
            if _is_resting(db, found):
                raise refused(found, "open", "resting", sides_of(found, actor))
            return found
        kept = read_kept_need(db, need_id)
        new = _new(db, kept, capability_id, occasion)
        _check(db, kept, new, actor)
        add_engagement(db, new, now=now)
        step = Transition(0, "open", "", new.state, _side(new, actor), actor.actor_id, "", now)
        add_transition(db, new.engagement_id, step)
        after = {"need_id": need_id, "capability_id": capability_id, "origin": occasion.origin}
        change = Change("engagement.open", "engagement", new.engagement_id, {}, after)
        record_change(db, change, actor=actor, now=now)
        start_for_state(db, new, now=now, answered=False)
        return read_engagement(db, new.engagement_id)


def _new(db: Database, kept: KeptNeed, capability_id: str, occasion: Occasion) -> Engagement:
    capability = read_capability(db, capability_id)
    organisation = find_by_provider(db, capability.provider_id)
    return Engagement(
        engagement_id=new_id("EN"),
        need_id=kept.need.need_id,
        need_version=kept.version,
        need_organisation_id=kept.organisation_id,
        provider_id=capability.provider_id,
        provider_organisation_id=organisation.organisation_id if organisation else "",
        capability_id=capability_id,
        capability_version=current_version(db, "capability", capability_id) or 1,
        origin=occasion.origin,
        match_list_id=occasion.match_list_id,
        rank=occasion.rank,
        probability=occasion.probability,
    )


def _check(db: Database, kept: KeptNeed, new: Engagement, actor: Actor) -> None:
    """Refuse a pair that must not meet; to an outsider a need that is not open does not exist."""
    sides = sides_of(new, actor)
    is_hidden = kept.status.visibility == INVITED and not is_invited(kept, new.provider_id)
    is_answerable = kept.status.state in ANSWERABLE
    is_own = actor == SYSTEM or is_staff(actor) or "need" in sides
    if not sides or (not is_own and (is_hidden or not is_answerable)):
        raise UnknownRecord("need", kept.need.need_id)
    if not is_answerable or (is_hidden and not is_own):
        raise refused(new, "open", "wrong_state", sides)
    if new.provider_organisation_id == new.need_organisation_id:
        raise refused(new, "open", "same_organisation", sides)
    if _is_resting(db, new):
        raise refused(new, "open", "resting", sides)
    if _is_excluded(db, kept, new):
        raise refused(new, "open", "excluded", sides)


def _organisations(new: Engagement) -> tuple[str, ...]:
    return tuple(filter(None, (new.need_organisation_id, new.provider_organisation_id)))


def _is_resting(db: Database, engagement: Engagement) -> bool:
    """Whether either side takes no part at present."""
    return any(read_organisation(db, one).is_suspended for one in _organisations(engagement))


def _is_excluded(db: Database, kept: KeptNeed, new: Engagement) -> bool:
    capability = read_capability(db, new.capability_id)
    return (
        new.provider_id in kept.need.excluded_provider_ids
        or new.need_organisation_id in capability.excluded_organisation_ids
    )


def _side(engagement: Engagement, actor: Actor) -> str:
    sides = sides_of(engagement, actor)
    return sides[0] if sides else ""
