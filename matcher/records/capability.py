"""A capability with its claims, its evidence and its certificates."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

FRESH_DAYS = 60  # how long an answer on free slots and earliest start holds


@dataclass(frozen=True, slots=True)
class Claim:
    """One statement that a capability makes about itself, with the evidence it rests on."""

    claim_id: str
    text: str
    text_en: str = ""
    metric: str = ""
    operator: str = ""  # >= | <= | =
    value: float | None = None
    unit: str = ""
    conditions: str = ""
    case_ids: tuple[str, ...] = ()
    evidence_ids: tuple[str, ...] = ()  # of the evidence of its capability


@dataclass(frozen=True, slots=True)
class Evidence:
    """One proof that a capability offers: a past case, a report, a patent, a reference."""

    evidence_id: str
    kind: str  # case | test_report | benchmark | patent | reference
    text: str = ""
    text_en: str = ""
    client: str = ""  # as it may be shown: a name, or a masked one such as "a steel mill"
    referee_contact: str = ""  # whom an administrator may ask; shown to nobody else
    start: date | None = None
    end: date | None = None
    link: str = ""
    attachment_id: str = ""
    check_state: str = ""  # vocabulary evidence_check; set by an administrator


@dataclass(frozen=True, slots=True)
class Certificate:
    """A certificate that the provider holds, with its number and its last day."""

    certificate_id: str
    kind: str  # vocabulary certificate
    number: str = ""
    valid_to: date | None = None
    attachment_id: str = ""


@dataclass(frozen=True, slots=True)
class Capability:
    """One thing that a provider offers, with claims and evidence."""

    capability_id: str
    provider_id: str
    name: str
    name_en: str = ""
    problem: str = ""
    problem_en: str = ""
    scenario_ids: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    process_steps: tuple[str, ...] = ()
    ai_tasks: tuple[str, ...] = ()
    data_modalities: tuple[str, ...] = ()
    claims: tuple[Claim, ...] = ()
    case_ids: tuple[str, ...] = ()
    derived_from_case_ids: tuple[str, ...] = ()  # cases that this text was written from
    maturity: int | None = None  # 1-9
    deployments: tuple[str, ...] = ()
    domestic_stack: str = ""  # full | partial | none
    data_leaves_site: str = ""  # what it needs: yes | masked | no
    price_min_cny: int | None = None
    price_max_cny: int | None = None
    price_unit: str = ""  # project | year | device
    delivery_weeks: int | None = None  # at most; ``delivery_weeks_min`` is the lower end
    free_slots: int | None = None
    earliest_start: date | None = None
    service_regions: tuple[str, ...] = ()  # adcodes; empty = not stated; 100000 = nationwide
    certificates: tuple[str, ...] = ()
    excluded_industries: tuple[str, ...] = ()
    min_budget_cny: int | None = None
    verification: str = "declared"  # declared | documents | tested
    valid_to: date | None = None
    source: str = ""
    trust: str = ""  # A | B | C | D grade of the source, "" for a registration
    unverified: bool = False
    evidence: tuple[Evidence, ...] = ()
    adapted_chips: tuple[str, ...] = ()
    adapted_systems: tuple[str, ...] = ()  # operating systems and databases
    min_data_modalities: tuple[str, ...] = ()
    min_data_volume: str = ""
    labels_needed: str = ""  # yes | no
    trains_on_site: str = ""  # yes | no: can be trained where the data are
    price_negotiable: bool = False
    delivery_weeks_min: int | None = None
    capacity_stated_at: date | None = None  # when free slots and earliest start were last said
    on_site_support: str = ""  # yes | no
    certificate_details: tuple[Certificate, ...] = ()  # their kinds stand in ``certificates`` too
    wanted_sizes: tuple[str, ...] = ()
    wanted_industries: tuple[str, ...] = ()
    excluded_organisation_ids: tuple[str, ...] = ()
    excluded_reason: str = ""
    ip_terms: str = ""  # client | shared | provider
    trains_on_client_data: str = ""  # yes | no

    @property
    def is_compiled_without_case(self) -> bool:
        """Whether this was compiled from public material and no graded case speaks for it.

        A source without a grade names the provider; nobody looked there for this very capability.
        """
        return bool(self.source) and not self.trust
