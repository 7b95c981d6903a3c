"""What a suspended organisation offers leaves the matching and the search, and comes back after it.

Its provider and its pilot bases stay where they are published, and say that they take no part: a
visitor shall not be led to somebody with whom nothing can be begun.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.identity import Organisation
from matcher.store.organisations import read_organisation, update_organisation
from matcher.store.ownership import owned_by
from matcher.store.versions import current_of_provider, next_revision, refresh_documents
from matcher.workflow.needs.listing import list_needs_of


def change_standing(
    db: Database, organisation_id: str, changes: Mapping[str, Any], *, now: datetime
) -> Organisation:
    """Write another state of verification; needs and offers follow it out of sight, or back.

    The caller holds the write transaction.
    """
    before = read_organisation(db, organisation_id)
    after = update_organisation(db, organisation_id, changes, now=now)
    list_needs_of(db, organisation_id)
    if before.is_suspended or after.is_suspended:
        bring_offers_in_step(db, after)
    return after


def bring_offers_in_step(db: Database, organisation: Organisation) -> None:
    """Let matching and search follow an organisation's suspension, or its end.

    The caller holds the write transaction.
    """
    provider_id = organisation.provider_id
    own = owned_by(db, organisation.organisation_id, "pilot_base")
    keys = [("pilot_base", base_id) for base_id in own]
    if provider_id:
        offered = current_of_provider(db, "capability", provider_id)
        keys += [("capability", capability_id) for capability_id, _ in offered]
    if keys or provider_id:
        next_revision(db)  # whoever keeps the catalogue in memory reads it again
        refresh_documents(db, keys)
