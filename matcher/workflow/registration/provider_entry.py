"""The entry of an organisation among the providers of the catalogue, made when it first publishes.

An organisation offers under its own name alone: nobody chooses a provider.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Actor, Organisation
from matcher.records import Capability, Provider
from matcher.store.audit import Change, record_change
from matcher.store.organisations import find_by_provider, update_organisation
from matcher.store.providers import find_provider_by_name, save_provider
from matcher.vocabulary import label
from matcher.workflow.new_ids import new_id


def provider_of(organisation: Organisation, provider_id: str) -> Provider:
    """Return the provider that an organisation is, as far as it says so itself."""
    kind, kind_en = (
        label("org_kind", organisation.kind, language) if organisation.kind else ""
        for language in ("zh", "en")
    )
    return Provider(
        provider_id=provider_id,
        name=organisation.name,
        name_en=organisation.name_en,
        kind=kind,
        kind_en=kind_en,
        region=organisation.region,
    )


def namesake(db: Database, organisation: Organisation) -> Provider | None:
    """Return the provider of the catalogue with exactly the organisation's name, if it is free."""
    found = find_provider_by_name(db, organisation.name)
    if found is None or find_by_provider(db, found.provider_id) is not None:
        return None
    return found


def with_provider(
    db: Database, capability: Capability, organisation: Organisation, *, actor: Actor, now: datetime
) -> Capability:
    """Return a capability under its organisation's entry, which is made where there is none.

    The caller holds the transaction.
    """
    if not organisation.provider_id:
        organisation = _entered(db, organisation, actor=actor, now=now)
    return replace(capability, provider_id=organisation.provider_id)


def _entered(
    db: Database, organisation: Organisation, *, actor: Actor, now: datetime
) -> Organisation:
    known = namesake(db, organisation)
    provider_id = known.provider_id if known else new_id("VR")
    if known is None:
        save_provider(db, provider_of(organisation, provider_id), actor=actor.actor_id, now=now)
    own = organisation.organisation_id
    change = Change("organisation.entered", "organisation", own, after={"provider_id": provider_id})
    record_change(db, change, actor=actor, now=now)
    return update_organisation(db, own, {"provider_id": provider_id}, now=now)
