"""Registering a capability: checked, stored as a new version, searchable and matched at once."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import InvalidRecord
from matcher.intake.evidence_states import with_earned_states
from matcher.records import Capability, Provider
from matcher.schemas import PUBLISH, load_capability, load_provider
from matcher.schemas.messages import problem
from matcher.store.capabilities import save_capability
from matcher.store.driver import driver_errors
from matcher.store.versions import current_of_provider

ACTOR = "registration"
_PROVIDER_FIELDS = {
    "provider_name": "name",
    "provider_name_en": "name_en",
    "provider_summary": "summary",
    "provider_summary_en": "summary_en",
    "provider_region": "region",
}


def register_capability(
    db: Database, data: Mapping[str, Any], *, now: datetime, actor: str = ACTOR
) -> Capability:
    """Validate and store a capability, with its provider where that is new.

    Parameters
    ----------
    data : mapping
        Fields of the capability; either ``provider_id`` of a known provider or ``provider_name``
        (with ``provider_name_en``, ``provider_summary``, ``provider_region`` where known) of a new
        one. Ids are given here when they are absent.
    now : datetime
        Aware time.

    Raises
    ------
    InvalidRecord
        With the messages of every field that is wrong, or a case named as evidence is not of this
        provider; nothing was stored.
    UnknownRecord
        ``provider_id`` names nobody.
    """
    fields = {k: v for k, v in data.items() if k not in _PROVIDER_FIELDS}
    provider = _new_provider(data) if not _text(data, "provider_id") else None
    if provider is not None:
        fields["provider_id"] = provider.provider_id
    if not _text(data, "capability_id"):
        fields["capability_id"] = f"CAP-R{secrets.token_hex(6).upper()}"
    capability = load_capability(fields, profile=PUBLISH, today=now.date())
    capability = replace(
        capability,
        capacity_stated_at=now.date(),
        evidence=with_earned_states(capability.evidence),
    )
    _check_evidence(db, capability)
    save_capability(db, capability, provider, actor=actor, now=now)
    return capability


def _check_evidence(db: Database, capability: Capability) -> None:
    """Refuse cases of others: evidence carries a match, so it cannot be borrowed."""
    named = {"case_ids": capability.case_ids}
    named |= {f"claims.{i}.case_ids": claim.case_ids for i, claim in enumerate(capability.claims)}
    if not any(named.values()):
        return
    with driver_errors(f"read the cases of {capability.provider_id}"):
        own = {case_id for case_id, _ in current_of_provider(db, "case", capability.provider_id)}
    errors = {
        path: [problem("not_own_case", case_id) for case_id in case_ids if case_id not in own]
        for path, case_ids in named.items()
    }
    if any(errors.values()):
        raise InvalidRecord("capability", {path: told for path, told in errors.items() if told})


def _new_provider(data: Mapping[str, Any]) -> Provider | None:
    given = {ours: data[name] for name, ours in _PROVIDER_FIELDS.items() if _text(data, name)}
    if not given:
        return None
    given["provider_id"] = f"VR{secrets.token_hex(6).upper()}"
    try:
        return load_provider(given, profile=PUBLISH)
    except InvalidRecord as error:
        names = {ours: name for name, ours in _PROVIDER_FIELDS.items()}
        renamed = {names.get(key, key): value for key, value in error.errors.items()}
        raise InvalidRecord("capability", renamed) from error


def _text(data: Mapping[str, Any], name: str) -> str:
    value = data.get(name, "")
    return value.strip() if isinstance(value, str) else str(value or "")
