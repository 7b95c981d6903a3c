"""What a suspended organisation offers leaves the matching and the search, and comes back after it.

Its provider and its pilot bases stay where they are published, and say that they take no part: a
visitor shall not be led to somebody with whom nothing can be begun.
"""

from __future__ import annotations

from sqlite_utils import Database

from matcher.identity import Organisation
from matcher.store.ownership import owned_by
from matcher.store.versions import current_of_provider, next_revision, refresh_documents


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
    if keys:
        next_revision(db)  # whoever keeps the catalogue in memory reads it again
        refresh_documents(db, keys)
