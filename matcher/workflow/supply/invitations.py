"""Invite the providers that come closest to an open call: who they are, and telling them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from matcher.ranking.results import Match
from matcher.records import Need
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.need_status import find_status
from matcher.store.needs import read_need
from matcher.store.notices import Message
from matcher.store.open_calls import (
    Invitation,
    OpenCall,
    add_invitations,
    needs_of_call,
    read_call,
    read_responses,
)
from matcher.store.organisations import find_by_provider
from matcher.store.suspension import suspended_records
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.messages.notifying import tell_organisation
from matcher.workflow.needs.states import Act
from matcher.workflow.supply.open_calls import ANSWERABLE

N_INVITED = 10
MOST_NEEDS = 20  # of a call that are asked; alike as they are, more change little
TOPIC = "open_call.invited"


def closest_providers(
    service: MatchingService, needs: Iterable[Need], limit: int = N_INVITED
) -> list[Match]:
    """Return the providers that come closest to several needs together, closest first.

    Each need gives a provider one over its rank; whoever a hard check keeps out of a need gets
    nothing from it.
    """
    points: dict[str, float] = {}
    best: dict[str, Match] = {}
    for need in needs:
        for match in service.match(need, top=limit).matches:
            points[match.provider_id] = points.get(match.provider_id, 0.0) + 1.0 / match.rank
            known = best.get(match.provider_id)
            if known is None or match.rank < known.rank:
                best[match.provider_id] = match
    order = sorted(points, key=lambda provider_id: (-points[provider_id], provider_id))
    return [best[provider_id] for provider_id in order[:limit]]


def needs_to_ask(db: Database, call: OpenCall) -> list[Need]:
    """Return the needs of a call; where they are not here, the call's own words as one need."""
    known = [one for one in needs_of_call(db, call.call_id) if find_status(db, one) is not None]
    if known:
        return [read_need(db, need_id) for need_id in known[:MOST_NEEDS]]
    return [
        Need(
            call.call_id,
            call.title,
            call.text,
            call.title_en,
            industries=(call.industry,) if call.industry else (),
            ai_tasks=(call.task,) if call.task else (),
        )
    ]


def invite(db: Database, service: MatchingService, call: OpenCall, act: Act) -> list[Invitation]:
    """Invite those that come closest and tell their accounts; return who was invited anew.

    Doing it again invites those who came in meanwhile, and nobody twice.
    """
    if call.state not in ANSWERABLE:
        return []
    found = closest_providers(service, needs_to_ask(db, call))
    known = {one.provider_id for one in read_responses(db, call.call_id)[0]}
    new = [(place, match) for place, match in enumerate(found, 1) if match.provider_id not in known]
    with write_transaction(db, f"invite to open call {call.call_id}"):
        if read_call(db, call.call_id).state not in ANSWERABLE:  # closed while matching
            return []
        idle = suspended_records(db)  # as above, meanwhile
        invited = [
            Invitation(
                match.provider_id,
                match.capability_id,
                place,
                _tell(db, call, match, act.now),
                act.now,
            )
            for place, match in new
            if ("provider", match.provider_id) not in idle
        ]
        add_invitations(db, call.call_id, invited)
        after = {"providers": [one.provider_id for one in invited]}
        change = Change("open_call.invited", "open_call", call.call_id, after=after)
        record_change(db, change, actor=act.actor, now=act.now)
    return invited


def _tell(db: Database, call: OpenCall, match: Match, now: datetime) -> int:
    """Tell the accounts of a provider; 0 where it takes no part in the service yet."""
    organisation = find_by_provider(db, match.provider_id)
    if organisation is None:
        return 0
    message = Message(
        TOPIC,
        f"邀请贵单位揭榜：“{call.title}”。你们的能力是目前最接近的之一。",
        f"You are invited to answer an open call: “{call.title_en}”. Your capability is among "
        "the closest so far.",
        f"/open-calls/{call.call_id}",
        "open_call",
        call.call_id,
    )
    return tell_organisation(db, organisation.organisation_id, message, now=now)
