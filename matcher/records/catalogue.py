"""All that can be matched, together."""

from __future__ import annotations

from dataclasses import dataclass, field

from matcher.records.capability import Capability
from matcher.records.facts import Case, Provider, Scenario
from matcher.records.pilot_base import PilotBase


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that can be matched, as it stood at one revision of the database."""

    revision: int = 0
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    capabilities: dict[str, Capability] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    pilot_bases: dict[str, PilotBase] = field(default_factory=dict)
