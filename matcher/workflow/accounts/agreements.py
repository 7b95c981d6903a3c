"""What a person has agreed to, when, in which version, and whether it was taken back since.

The terms of the site and showing the contact are agreed to for the organisation; each step of the
disclosure in an engagement by the person who gave the consent.
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.identity import Account
from matcher.store.audit import AuditEvent, EventFilter, list_events
from matcher.store.consents import consents_given_by
from matcher.store.organisations import read_organisation

ALL = 1_000_000
TERMS, SHARES_CONTACT = "terms", "shares_contact"


class Agreement(NamedTuple):
    """One thing that was agreed to."""

    what: str  # terms | shares_contact | a step of vocabulary consent_step
    given_at: datetime
    version: str = ""  # of the terms; empty where there are none
    taken_back_at: datetime | None = None
    engagement_id: str = ""
    side: str = ""  # of the engagement
    by_you: bool = True  # False: somebody of the organisation agreed to it for all of it


def agreements_of(db: Database, account: Account) -> list[Agreement]:
    """Return what a person, or for it the organisation, has agreed to, the latest first."""
    found = [
        Agreement(
            one.step, one.given_at, one.terms_version, one.revoked_at, one.engagement_id, one.side
        )
        for one in consents_given_by(db, account.account_id)
    ]
    if account.organisation_id:
        found += _of_organisation(db, account)
    return sorted(found, key=lambda one: one.given_at, reverse=True)


def _of_organisation(db: Database, account: Account) -> list[Agreement]:
    about = EventFilter("organisation", account.organisation_id)
    events = list_events(db, about, limit=ALL)[::-1]
    organisation = read_organisation(db, account.organisation_id)
    found = []
    if organisation.consent_at is not None:
        version, given_at = organisation.consent_version, organisation.consent_at
        signers = {one.actor for one in events if one.action == "organisation.signed_up"}
        by_you = account.account_id in signers
        found.append(Agreement(TERMS, given_at, version, by_you=by_you))
    return found + _contact_shown(events, account.account_id)


def _contact_shown(events: list[AuditEvent], account_id: str) -> list[Agreement]:
    """Return each time that showing the contact was agreed to, with the end of it."""
    found: list[Agreement] = []
    for event in events:
        after: dict[str, Any] = json.loads(event.after)
        at = datetime.fromisoformat(event.at)
        stands = bool(found) and found[-1].taken_back_at is None
        if after.get(SHARES_CONTACT) is True and not stands:
            version = str(after.get("consent_version", ""))
            by_you = event.actor == account_id
            found.append(Agreement(SHARES_CONTACT, at, version, by_you=by_you))
        elif after.get(SHARES_CONTACT) is False and stands:
            found[-1] = found[-1]._replace(taken_back_at=at)
    return found
