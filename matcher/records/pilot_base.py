"""A pilot base: its services, resources, slots, rules and contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


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
    free_slots: int | None = None  # counts only where the base has no slot calendar
    price_min_cny: int | None = None
    price_max_cny: int | None = None
    decision_days: int | None = None
    mode: str = ""  # on_site | remote | mixed
    days_min: int | None = None
    days_max: int | None = None
    price_negotiable: bool = False
    discount_large: int | None = None  # per cent off for a large organisation; 100 is free
    discount_medium: int | None = None
    discount_small: int | None = None
    discount_micro: int | None = None
    applicants: tuple[str, ...] = ()  # vocabulary applicant
    applicants_note: str = ""
    outputs: tuple[str, ...] = ()  # report | certificate | data_set
    sample_report_id: str = ""


@dataclass(frozen=True, slots=True)
class DataResource:
    """A data set of a pilot base, and how it may be used."""

    resource_id: str
    name: str
    name_en: str = ""
    modalities: tuple[str, ...] = ()
    size: str = ""
    labels: str = ""
    access: str = ""  # open | trusted_space | on_site_only
    owner: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Equipment:
    """A machine, a line or a simulator of a pilot base."""

    equipment_id: str
    name: str
    name_en: str = ""
    kind: str = ""  # equipment | line | simulator
    parameters: str = ""
    hours_free_week: int | None = None


@dataclass(frozen=True, slots=True)
class BaseBenchmark:
    """A benchmark on which a pilot base evaluates."""

    benchmark_id: str
    name: str
    name_en: str = ""
    version: str = ""
    metrics: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SlotPeriod:
    """How many projects a pilot base takes in one period; free = total - taken - held."""

    slot_id: str
    start: date | None = None
    end: date | None = None
    total: int | None = None
    taken: int = 0
    held: int = 0
    service_id: str = ""  # empty: for any service of the base


@dataclass(frozen=True, slots=True)
class PriorityRule:
    """One line of the published order in which applicants are served; the first counts most."""

    rule_id: str
    text: str
    text_en: str = ""
    kind: str = ""  # region | size | sector | urgency | first_come | other


@dataclass(frozen=True, slots=True)
class BaseContact:
    """Whom to ask at a pilot base, by role."""

    contact_id: str
    role: str  # coordinator | technical | general
    name: str = ""
    email: str = ""
    phone: str = ""


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
    data_resources: tuple[DataResource, ...] = ()
    compute_chips: tuple[str, ...] = ()
    compute_total: str = ""
    compute_bookable_percent: int | None = None
    compute_scheduler: str = ""  # yes | no
    equipment: tuple[Equipment, ...] = ()
    benchmarks: tuple[BaseBenchmark, ...] = ()
    slots: tuple[SlotPeriod, ...] = ()
    slots_stated_at: date | None = None  # when the places were last said to be right
    priority_rules: tuple[PriorityRule, ...] = ()
    required_documents: tuple[str, ...] = ()
    decision_days: int | None = None
    compliance: tuple[str, ...] = ()
    contacts: tuple[BaseContact, ...] = ()
