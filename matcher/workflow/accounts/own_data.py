"""All that is kept about a person, to take along: own data and own words, nobody else's."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from sqlite_utils import Database

from matcher.store.accounts import read_account
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import read_snapshot
from matcher.store.notices import list_notices
from matcher.store.organisations import read_organisation
from matcher.store.personal import PARTS, list_own
from matcher.store.preferences import read_preferences
from matcher.store.recovery_codes import count_codes
from matcher.workflow.accounts.agreements import agreements_of

ALL = 1_000_000


def personal_data(db: Database, account_id: str) -> dict[str, Any]:
    """Return all that is kept about a person, as plain data; never a hash or a secret."""
    with read_snapshot(db, "gather a person's data"):
        account = read_account(db, account_id)
        organisation: dict[str, Any] = {}
        if account.organisation_id:
            organisation = asdict(read_organisation(db, account.organisation_id))
        return {
            "account": asdict(account),
            "organisation": organisation,
            "preferences": read_preferences(db, account_id),
            "recovery_codes_left": count_codes(db, account_id),
            "consents": [one._asdict() for one in agreements_of(db, account)],
            **{part: list_own(db, part, account_id) for part in PARTS},
            "notices": _notices(db, account_id),
            "what_you_did": _events(db, account_id),
        }


def _notices(db: Database, account_id: str) -> list[dict[str, Any]]:
    return [
        {**notice.message._asdict(), "created_at": notice.created_at, "read_at": notice.read_at}
        for notice in list_notices(db, account_id, limit=ALL)
    ]


def _events(db: Database, account_id: str) -> list[dict[str, Any]]:
    events = [
        *list_events(db, EventFilter(actor=account_id), limit=ALL),
        *list_events(db, EventFilter("account", account_id), limit=ALL),
    ]
    return [
        {
            "at": event.at,
            "action": event.action,
            "object": f"{event.object_kind}:{event.object_id}",
            "after": json.loads(event.after),
        }
        for event in sorted(set(events))
    ]
