"""All that can be matched, together."""

from __future__ import annotations

from dataclasses import dataclass, field

from matcher.records.capability import Capability
from matcher.records.facts import Case, Provider, Scenario
from matcher.records.pilot_base import PilotBase


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that can be matched, as it stood at one revision of the database.

    Attributes
    ----------
    suspended : frozenset of (kind, id)
        The providers and pilot bases that take no part at present, because the organisation that
        answers for them is suspended. What is published of them stays.
    """

    revision: int = 0
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    capabilities: dict[str, Capability] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    pilot_bases: dict[str, PilotBase] = field(default_factory=dict)
    suspended: frozenset[tuple[str, str]] = frozenset()

    @property
    def suspended_providers(self) -> frozenset[str]:
        """The ids of the providers that take no part at present."""
        return frozenset(own_id for kind, own_id in self.suspended if kind == "provider")

    @property
    def bases_taking_part(self) -> tuple[PilotBase, ...]:
        """The bases that can be asked at present."""
        everyone = self.pilot_bases.values()
        return tuple(b for b in everyone if ("pilot_base", b.pilot_base_id) not in self.suspended)
