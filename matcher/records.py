"""Frozen records of the domain: what a need, a capability, a case, a base are.

Free text stands in the language it was written in; its optional English twin ends in ``_en``.
Enumerations hold codes of ``data/vocabulary``; empty text or ``None`` means *unknown*, which is
never the same as *no*. Money is integer yuan (``_cny``). Validation lives in ``matcher.schemas``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date


@dataclass(frozen=True, slots=True)
class Requirement:
    """One line of a need: a text, and where possible a measurable target."""

    requirement_id: str
    text: str
    text_en: str = ""
    level: str = "must"  # must | want
    metric: str = ""
    operator: str = ""  # >= | <= | =
    threshold: float | None = None
    unit: str = ""
    current_value: float | None = None
    verification: str = ""


@dataclass(frozen=True, slots=True)
class Need:
    """What an enterprise asks for; only title and problem are needed to match."""

    need_id: str
    title: str
    problem: str = ""
    title_en: str = ""
    problem_en: str = ""
    language: str = ""  # zh | en; detected when empty
    scenario_id: str = ""
    industries: tuple[str, ...] = ()  # GB/T 4754-2017 codes, such as C26 or A
    process_steps: tuple[str, ...] = ()
    ai_tasks: tuple[str, ...] = ()
    data_modalities: tuple[str, ...] = ()
    affected: str = ""
    tried: str = ""
    requirements: tuple[Requirement, ...] = ()
    data_leaves_site: str = ""  # yes | masked | no
    deployments: tuple[str, ...] = ()
    domestic_stack: str = ""  # required | preferred | any
    safety: tuple[str, ...] = ()
    certificates: tuple[str, ...] = ()  # certificate kinds the provider must hold
    budget_min_cny: int | None = None
    budget_max_cny: int | None = None
    budget_is_limit: bool = False  # True: a price above the budget fails a hard check
    start_by: date | None = None
    region: str = ""  # adcode
    region_preference: str = ""  # none | prefer | must (same province)
    min_maturity: int | None = None  # 1-9
    needs_base: str = ""  # yes | no | advise
    validation_types: tuple[str, ...] = ()
    excluded_provider_ids: tuple[str, ...] = ()


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
    delivery_weeks: int | None = None
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


@dataclass(frozen=True, slots=True)
class Provider:
    """An organisation that offers capabilities."""

    provider_id: str
    name: str
    name_en: str = ""
    kind: str = ""
    kind_en: str = ""
    summary: str = ""
    summary_en: str = ""
    region: str = ""  # adcode of the head office
    city: str = ""
    province: str = ""
    source: str = ""
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    """A real past deployment: evidence that a provider met a need."""

    case_id: str
    what: str
    what_en: str = ""
    effect: str = ""
    effect_en: str = ""
    need: str = ""  # the need as the enterprise would have said it beforehand
    need_en: str = ""
    user_enterprise: str = ""
    user_enterprise_en: str = ""
    scenario_id: str = ""
    provider_id: str = ""
    industry: str = ""  # GB/T code
    city: str = ""
    region: str = ""
    year: int | None = None
    relation: str = ""  # third_party | affiliated | base_model | self_developed | undisclosed
    quantified: bool = False
    weak: bool = False  # True: not counted as evidence of a match between two parties
    source: str = ""
    trust: str = ""  # A | B | C | D
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class Scenario:
    """A catalogue entry: the kind of problem, with typical data, techniques and measures."""

    scenario_id: str
    name: str
    name_en: str = ""
    pain_point: str = ""
    pain_point_en: str = ""
    industry_label: str = ""
    industry_label_en: str = ""
    industries: tuple[str, ...] = ()
    sector: str = ""
    process_steps: tuple[str, ...] = ()
    ai_tasks: tuple[str, ...] = ()
    data_modalities: tuple[str, ...] = ()
    techniques: tuple[str, ...] = ()
    techniques_en: tuple[str, ...] = ()
    typical_data: tuple[str, ...] = ()
    typical_data_en: tuple[str, ...] = ()
    measures: tuple[str, ...] = ()
    measures_en: tuple[str, ...] = ()
    source: str = ""
    origin: str = ""
    unverified: bool = False


@dataclass(frozen=True, slots=True)
class BaseService:
    """One service that a pilot base offers."""

    service_id: str
    pilot_base_id: str
    name: str
    name_en: str = ""
    description: str = ""
    description_en: str = ""
    kind: str = ""  # vocabulary base_service
    validation_types: tuple[str, ...] = ()
    ai_tasks: tuple[str, ...] = ()
    data_modalities: tuple[str, ...] = ()
    maturity_from: int | None = None
    maturity_to: int | None = None
    free_slots: int | None = None
    price_min_cny: int | None = None
    price_max_cny: int | None = None
    decision_days: int | None = None


@dataclass(frozen=True, slots=True)
class PilotBase:
    """A national AI application pilot base, or one that is planned or related."""

    pilot_base_id: str
    name: str
    name_en: str = ""
    domain: str = ""  # vocabulary base_domain
    direction: str = ""
    direction_en: str = ""
    industries: tuple[str, ...] = ()  # GB/T codes that the direction covers
    lead: str = ""
    lead_en: str = ""
    partners: tuple[str, ...] = ()
    region: str = ""
    city: str = ""
    province: str = ""
    level: str = ""  # national | national-planned | provincial
    status: str = ""  # launched | approved | under_construction | planned | name_only
    launched: str = ""  # as published: a date, a month, a year or "planned"
    note: str = ""
    note_en: str = ""
    source: str = ""
    unverified: bool = False
    services: tuple[BaseService, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """Everything that can be matched, as it stood at one revision of the database."""

    revision: int = 0
    scenarios: dict[str, Scenario] = field(default_factory=dict)
    providers: dict[str, Provider] = field(default_factory=dict)
    capabilities: dict[str, Capability] = field(default_factory=dict)
    cases: dict[str, Case] = field(default_factory=dict)
    pilot_bases: dict[str, PilotBase] = field(default_factory=dict)
