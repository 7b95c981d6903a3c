"""Store a capability as it stands after its approval, for tests of what matching makes of it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.records import Capability, Provider
from matcher.schemas import PUBLISH, load_capability
from matcher.store.capabilities import save_capability
from matcher.workflow.new_ids import new_id


def register_capability(db: Database, data: Mapping[str, Any], *, now: datetime) -> Capability:
    """Store an offer, with its provider where ``provider_name`` names a new one."""
    fields = {name: value for name, value in data.items() if name != "provider_name"}
    provider = None
    if "provider_id" not in fields:
        provider = Provider(new_id("VR"), str(data["provider_name"]))
        fields["provider_id"] = provider.provider_id
    fields.setdefault("capability_id", new_id("CAP-R"))
    capability = load_capability(fields, profile=PUBLISH)
    save_capability(db, capability, provider, actor="registration", now=now)
    return capability
