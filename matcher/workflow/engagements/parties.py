"""Who stands on which side of an engagement, and who is told about it."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import SYSTEM, Actor, Role
from matcher.records.engagement import Engagement
from matcher.store.accounts import list_accounts
from matcher.store.engagements import read_engagement
from matcher.workflow.engagements.states import (
    ALL_PARTIES,
    BASE,
    BROKER,
    IN_PILOT,
    PILOT_APPLIED,
    SYSTEM_SIDE,
)

STAFF = frozenset({Role.REVIEWER.value, Role.ADMINISTRATOR.value})
ALL = 1_000_000
BASE_STATES = frozenset({PILOT_APPLIED, IN_PILOT})


def is_staff(actor: Actor) -> bool:
    """Whether somebody acts for the platform."""
    return actor.role in STAFF


def sides_of(engagement: Engagement, actor: Actor) -> tuple[str, ...]:
    """Return the sides that somebody may act for.

    A broker also acts for a side that has no organisation with accounts: a provider or a base that
    is known from the public catalogue only.
    """
    if actor == SYSTEM:
        return (SYSTEM_SIDE,)
    if is_staff(actor):
        return (BROKER, *_without_account(engagement))
    if not actor.organisation_id:
        return ()
    return tuple(
        side for side in ALL_PARTIES if engagement.organisation_of(side) == actor.organisation_id
    )


def _without_account(engagement: Engagement) -> tuple[str, ...]:
    has_base = bool(engagement.pilot_base_id)
    return tuple(
        side
        for side in ALL_PARTIES
        if not engagement.organisation_of(side) and (side != BASE or has_base)
    )


def engagement_for(db: Database, engagement_id: str, actor: Actor) -> Engagement:
    """Return an engagement to somebody who takes part in it, or acts for the platform.

    Raises
    ------
    UnknownRecord
        When there is none, and in the same words when it is not theirs to know of.
    """
    found = read_engagement(db, engagement_id)
    sides = sides_of(found, actor)
    is_former_base = sides == (BASE,) and not found.pilot_base_id
    if not sides or is_former_base:
        raise UnknownRecord("engagement", engagement_id)
    return found


def accounts_of_side(db: Database, engagement: Engagement, side: str) -> list[str]:
    """Return whom to tell on one side: all active accounts of the organisation, or the broker.

    A side without accounts has a broker to act for it, so the broker is told.
    """
    organisation_id = engagement.organisation_of(side)
    if side != BROKER and organisation_id:
        accounts = list_accounts(db, organisation_id=organisation_id, limit=ALL)
        return [account.account_id for account in accounts if account.is_active]
    return brokers_of(db, engagement.broker_id)


def brokers_of(db: Database, broker_id: str) -> list[str]:
    """Return the broker who was assigned, or every broker while nobody is."""
    if broker_id:
        return [broker_id]
    reviewers = list_accounts(db, role=Role.REVIEWER, limit=ALL)
    return [account.account_id for account in reviewers if account.is_active]


def administrators(db: Database) -> list[str]:
    """Return the administrators, for what nobody else has answered."""
    found = list_accounts(db, role=Role.ADMINISTRATOR, limit=ALL)
    return [account.account_id for account in found if account.is_active]
