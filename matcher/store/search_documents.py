"""What the search index holds of each record: title, summary, other texts and facets.

Both languages of a record stand in one document, so either finds it. Pure: ``search_index`` writes
what stands here, ``search`` reads it. A pilot base makes a document for itself and one for each of
its services. A need comes as everybody may see it: what is masked or private is not here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from matcher.errors import UnknownRecord
from matcher.records import BaseService, Capability, Case, Need, PilotBase, Provider, Scenario
from matcher.vocabulary import (
    NATIONWIDE,
    industry_label,
    label,
    province_of,
    region_parent,
)

Key = tuple[str, str]  # kind, record id

# Facet → the vocabulary that labels its codes ("" where the value is text or another code).
FACETS: dict[str, str] = {
    "kind": "",
    "sector": "",
    "industry": "",  # GB/T 4754: each section and division that a code lies in
    "region": "",  # adcodes: the province and, where known, the city
    "process_step": "process_step",
    "ai_task": "ai_task",
    "data_modality": "data_modality",
    "maturity": "maturity",
    "trust": "trust",
    "verification": "verification",
    "deployment": "deployment",
    "certificate": "certificate",
    "relation": "relation",
    "provider_kind": "",
    "domain": "base_domain",
    "direction": "",
    "level": "base_level",
    "status": "base_status",
    "service": "base_service",
    "validation_type": "validation_type",
    "mode": "service_mode",
    "base": "",  # the pilot base that a service belongs to
    "scenario": "",  # what a case or a capability is an instance of
    "domestic_stack": "domestic_stack",
    "needs_base": "needs_base",
    "unverified": "",  # "yes" where the source could not be checked
}
# Facets whose codes lie in one another: whoever chooses a division means it, not its section.
TREES: dict[str, Callable[[str], str]] = {
    "industry": lambda code: code[:1] if len(code) > 1 else "",
    "region": lambda code: code[:2] + "0000" if not code.endswith("0000") else "",
}
DIVISION_LENGTH = 3  # a section's letter and two digits


@dataclass(frozen=True, slots=True)
class Document:
    """One record as the search box sees it."""

    title: str
    title_en: str
    summary: str
    summary_en: str
    texts: tuple[str, ...]  # what else it is found by
    facets: Mapping[str, Iterable[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class PublicNeed:
    """A need without what not everybody may see, and the names under which it is shown."""

    need: Need
    names: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a document says of other records: whose it is, and what a provider offers."""

    find_provider: Callable[[str], Provider | None]
    capabilities_of: Callable[[str], Sequence[Capability]]
    suspended: frozenset[Key] = frozenset()  # providers and bases that take no part at present


def documents_of(key: Key, record: object, around: Surroundings) -> Iterator[tuple[Key, Document]]:
    """Yield the documents of a record: its own, and those of the parts that are found alone.

    Who takes no part at present is found; what it offers is not.
    """
    if isinstance(record, Capability) and ("provider", record.provider_id) in around.suspended:
        return
    yield key, document_of(record, around)
    if isinstance(record, PilotBase) and key not in around.suspended:
        for service in record.services:
            yield ("base_service", service.service_id), _base_service(service, record)


def document_of(record: object, around: Surroundings) -> Document:
    """Return the search document of a record of any kind that is searched."""
    if isinstance(record, Scenario):
        return _scenario(record)
    if isinstance(record, Provider):
        return _provider(record, around.capabilities_of(record.provider_id))
    if isinstance(record, Capability):
        return _capability(record, around.find_provider(record.provider_id))
    if isinstance(record, Case):
        return _case(record, around.find_provider(record.provider_id))
    if isinstance(record, PilotBase):
        return _pilot_base(record)
    if isinstance(record, PublicNeed):
        return _need(record)
    raise TypeError(f"a {type(record).__name__} is not searched")


def _scenario(scenario: Scenario) -> Document:
    return Document(
        scenario.name,
        scenario.name_en,
        scenario.pain_point,
        scenario.pain_point_en,
        (
            scenario.industry_label,
            scenario.industry_label_en,
            *scenario.techniques,
            *scenario.techniques_en,
            *scenario.typical_data,
            *scenario.typical_data_en,
            *scenario.measures,
            *scenario.measures_en,
        ),
        {"sector": [scenario.sector], **_tags(scenario), **_trust(scenario)},
    )


def _provider(provider: Provider, offered: Sequence[Capability]) -> Document:
    texts = [text for item in offered for text in (item.name, item.name_en)]
    texts += [text for item in offered for text in (item.problem, item.problem_en)]
    return Document(
        provider.name,
        provider.name_en,
        provider.summary,
        provider.summary_en,
        (provider.kind, provider.kind_en, provider.city, provider.province, *texts),
        {
            "provider_kind": [provider.kind],
            "region": _regions(provider.region),
            **_tags_of_all(offered),
            **_trust(provider),
        },
    )


def _capability(capability: Capability, provider: Provider | None) -> Document:
    claims = [text for claim in capability.claims for text in (claim.text, claim.text_en)]
    return Document(
        capability.name,
        capability.name_en,
        capability.problem,
        capability.problem_en,
        (*claims, *_names(provider)),
        {
            "region": _regions(provider.region) if provider else [],
            "maturity": _levels(capability.maturity, capability.maturity),
            "verification": [capability.verification],
            "deployment": capability.deployments,
            "certificate": capability.certificates,
            "scenario": capability.scenario_ids,
            **_tags(capability),
            **_trust(capability),
        },
    )


def _case(case: Case, provider: Provider | None) -> Document:
    return Document(
        case.what,
        case.what_en,
        case.effect,
        case.effect_en,
        (
            case.need,
            case.need_en,
            case.user_enterprise,
            case.user_enterprise_en,
            case.city,
            *_industry_names([case.industry]),
            *_names(provider),
        ),
        {
            "industry": _industries([case.industry]),
            "region": _regions(case.region),
            "relation": [case.relation],
            "scenario": [case.scenario_id],
            **_trust(case),
        },
    )


def _pilot_base(base: PilotBase) -> Document:
    services = base.services
    texts = [text for item in services for text in (item.name, item.name_en)]
    texts += [text for item in services for text in (item.description, item.description_en)]
    texts += [text for item in base.data_resources for text in (item.name, item.name_en)]
    texts += [text for item in base.equipment for text in (item.name, item.name_en)]
    texts += [text for item in base.benchmarks for text in (item.name, item.name_en)]
    return Document(
        base.name,
        base.name_en,
        base.note,
        base.note_en,
        (
            base.direction,
            base.direction_en,
            base.lead,
            base.lead_en,
            *base.partners,
            base.city,
            base.province,
            *_labels("base_domain", [base.domain]),
            *_industry_names(base.industries),
            *texts,
        ),
        {
            "industry": _industries(base.industries),
            "region": _regions(base.region),
            "direction": [base.direction],
            "domain": [base.domain],
            "level": [base.level],
            "status": [base.status],
            "service": [item.kind for item in services],
            "validation_type": [kind for item in services for kind in item.validation_types],
            **_trust(base),
        },
    )


def _base_service(service: BaseService, base: PilotBase) -> Document:
    return Document(
        service.name,
        service.name_en,
        service.description,
        service.description_en,
        (
            base.name,
            base.name_en,
            base.direction,
            base.direction_en,
            *_labels("base_service", [service.kind]),
            *_labels("validation_type", service.validation_types),
        ),
        {
            "industry": _industries(base.industries),
            "region": _regions(base.region),
            "domain": [base.domain],
            "direction": [base.direction],
            "status": [base.status],
            "base": [base.pilot_base_id],
            "service": [service.kind],
            "mode": [service.mode],
            "validation_type": service.validation_types,
            "ai_task": service.ai_tasks,
            "data_modality": service.data_modalities,
            "maturity": _levels(service.maturity_from, service.maturity_to),
        },
    )


def _need(shown: PublicNeed) -> Document:
    need = shown.need
    lines = [text for line in need.requirements for text in (line.text, line.text_en, line.metric)]
    return Document(
        need.title,
        need.title_en,
        need.problem,
        need.problem_en,
        (
            *filter(None, (need.affected, need.tried, *lines, *shown.names)),
            *_industry_names(need.industries),
        ),
        {
            "region": _regions(need.region),
            "deployment": need.deployments,
            "domestic_stack": [need.domestic_stack],
            "certificate": need.certificates,
            "needs_base": [need.needs_base],
            "validation_type": need.validation_types,
            **_tags(need),
        },
    )


def _tags_of_all(capabilities: Iterable[Capability]) -> dict[str, Iterable[str]]:
    tags: dict[str, list[str]] = {}
    for capability in capabilities:
        for name, codes in _tags(capability).items():
            tags.setdefault(name, []).extend(codes)
    return dict(tags)


def _tags(record: Scenario | Capability | Need) -> dict[str, Iterable[str]]:
    return {
        "industry": _industries(record.industries),
        "process_step": record.process_steps,
        "ai_task": record.ai_tasks,
        "data_modality": record.data_modalities,
    }


def _trust(record: Any) -> dict[str, Iterable[str]]:
    is_unverified = record.unverified or getattr(record, "is_compiled_without_case", False)
    return {
        "trust": [getattr(record, "trust", "")],
        "unverified": ["yes"] if is_unverified else [],
    }


def _names(provider: Provider | None) -> tuple[str, ...]:
    return () if provider is None else (provider.name, provider.name_en)


def _levels(lowest: int | None, highest: int | None) -> list[str]:
    if lowest is None and highest is None:
        return []
    first = highest if lowest is None else lowest
    last = lowest if highest is None else highest
    return [str(level) for level in range(int(first or 0), int(last or 0) + 1)]


def _industries(industries: Iterable[str]) -> list[str]:
    """Return the section and the division of each code."""
    return [upper for code in industries for upper in (code[:1], code[:DIVISION_LENGTH])]


def _regions(region: str) -> list[str]:
    """Return the province of a region and, below it, the city."""
    try:
        if not region or region == NATIONWIDE:
            return []
        province = province_of(region)
        while region_parent(region) not in {province, NATIONWIDE}:
            region = region_parent(region)
    except UnknownRecord:  # a code of a newer vocabulary must not stop a record from being stored
        return []
    return [province, region]


def _industry_names(codes: Iterable[str]) -> list[str]:
    return _both_languages(industry_label, codes)


def _labels(vocabulary: str, codes: Iterable[str]) -> list[str]:
    return _both_languages(lambda code, language: label(vocabulary, code, language), codes)


def _both_languages(name_of: Callable[[str, str], str], codes: Iterable[str]) -> list[str]:
    names = []
    for code in filter(None, codes):
        try:
            names += [name_of(code, "zh"), name_of(code, "en")]
        except UnknownRecord:  # as in _regions
            continue
    return names
