"""Published facts that matching rests on: who offers, what was done, which kinds of problem."""

from __future__ import annotations

from dataclasses import dataclass


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
