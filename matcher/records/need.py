"""A need and its requirement lines."""

from __future__ import annotations

from dataclasses import dataclass
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
    visibility: str = ""  # named | anonymous | invited
    invited_provider_ids: tuple[str, ...] = ()
    excluded_reason: str = ""
    data_volume: str = ""  # vocabulary data_volume
    labelled_share: str = ""  # vocabulary labelled_share
    owner_cleared: str = ""  # yes | no | unsure
    collection_live: str = ""  # yes | no
    systems: tuple[str, ...] = ()  # to be connected: mes, erp, scada_dcs ...
    budget_undecided: bool = False  # True: said to be undecided, which is never an amount of 0
    funding_route: str = ""  # own | subsidy | open_call | shared
    reply_by: date | None = None
    own_site: str = ""  # yes | partly | no
    scenario_class: str = ""  # major | integrated | small_cut
    reuse: str = ""  # one_site | group | sector
    attachment_ids: tuple[str, ...] = ()
