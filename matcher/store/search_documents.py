"""What the search index holds of each record: title, summary, terms and facets.

Both languages of a record stand in one document, so either finds it. ``versions`` calls this in
the transaction that changes a record; ``search`` reads what stands here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records import Capability, Case, PilotBase, Provider, Scenario
from matcher.text.terms import HAN, normalise, search_terms
from matcher.vocabulary import industry_label, label, province_of

FindProvider = Callable[[str], Provider | None]

# Facet → the vocabulary that labels its codes ("" where the value is text or another code).
FACETS: dict[str, str] = {
    "kind": "",
    "sector": "",
    "section": "",  # first letter of a GB/T 4754 code
    "province": "",  # adcode
    "process_step": "process_step",
    "ai_task": "ai_task",
    "data_modality": "data_modality",
    "trust": "trust",
    "verification": "verification",
    "deployment": "deployment",
    "certificate": "certificate",
    "relation": "relation",
    "provider_kind": "",
    "domain": "base_domain",
    "level": "base_level",
    "status": "base_status",
    "service": "base_service",
    "validation_type": "validation_type",
    "unverified": "",  # "yes" where the source could not be checked
}

_HAN_RUN = re.compile(f"[{HAN}]{{2,}}")


@dataclass(frozen=True, slots=True)
class Document:
    """One record as the search box sees it."""

    title: str
    title_en: str
    summary: str
    summary_en: str
    texts: tuple[str, ...]  # what else it is found by
    facets: Mapping[str, Iterable[str]] = field(default_factory=dict)


def document_of(record: object, find_provider: FindProvider) -> Document:
    """Return the search document of a record of any kind that is searched."""
    if isinstance(record, Scenario):
        return _scenario(record)
    if isinstance(record, Provider):
        return _provider(record)
    if isinstance(record, Capability):
        return _capability(record, find_provider(record.provider_id))
    if isinstance(record, Case):
        return _case(record, find_provider(record.provider_id))
    if isinstance(record, PilotBase):
        return _pilot_base(record)
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


def _provider(provider: Provider) -> Document:
    return Document(
        provider.name,
        provider.name_en,
        provider.summary,
        provider.summary_en,
        (provider.kind, provider.kind_en, provider.city, provider.province),
        {
            "provider_kind": [provider.kind],
            "province": [_province(provider.region)],
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
            "province": [_province(provider.region)] if provider else [],
            "verification": [capability.verification],
            "deployment": capability.deployments,
            "certificate": capability.certificates,
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
            "section": _sections([case.industry]),
            "province": [_province(case.region)],
            "relation": [case.relation],
            **_trust(case),
        },
    )


def _pilot_base(base: PilotBase) -> Document:
    services = base.services
    texts = [text for item in services for text in (item.name, item.name_en)]
    texts += [text for item in services for text in (item.description, item.description_en)]
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
            "section": _sections(base.industries),
            "province": [_province(base.region)],
            "domain": [base.domain],
            "level": [base.level],
            "status": [base.status],
            "service": [item.kind for item in services],
            "validation_type": [kind for item in services for kind in item.validation_types],
            **_trust(base),
        },
    )


def _tags(record: Scenario | Capability) -> dict[str, Iterable[str]]:
    return {
        "section": _sections(record.industries),
        "process_step": record.process_steps,
        "ai_task": record.ai_tasks,
        "data_modality": record.data_modalities,
    }


def _trust(record: Any) -> dict[str, Iterable[str]]:
    return {
        "trust": [getattr(record, "trust", "")],
        "unverified": ["yes"] if record.unverified else [],
    }


def _names(provider: Provider | None) -> tuple[str, ...]:
    return () if provider is None else (provider.name, provider.name_en)


def _sections(industries: Iterable[str]) -> list[str]:
    return [code[:1] for code in industries]


def _province(region: str) -> str:
    try:
        return province_of(region) if region else ""
    except UnknownRecord:  # a code of a newer vocabulary must not stop a record from being stored
        return ""


def _industry_names(codes: Iterable[str]) -> list[str]:
    return _both_languages(industry_label, codes)


def _labels(vocabulary: str, codes: Iterable[str]) -> list[str]:
    return _both_languages(lambda code, language: label(vocabulary, code, language), codes)


def _both_languages(name_of: Callable[[str, str], str], codes: Iterable[str]) -> list[str]:
    names = []
    for code in filter(None, codes):
        try:
            names += [name_of(code, "zh"), name_of(code, "en")]
        except UnknownRecord:  # as in _province
            continue
    return names


def _index_text(texts: Iterable[str]) -> str:
    """Return the terms of texts, with the last character of every Han run.

    A query of one character is looked up as the beginning of a pair; only a run's last character
    begins none.
    """
    terms: list[str] = []
    for text in filter(None, texts):
        terms += search_terms(text)
        terms += [run[-1] for run in _HAN_RUN.findall(normalise(text))]
    return " ".join(terms)


def write_documents(
    db: Database,
    records: Mapping[tuple[str, str], object],
    revision: int,
    find_provider: FindProvider,
) -> None:
    """Put records into the search index in place of what stood there for them."""
    remove_documents(db, records)
    for (kind, record_id), record in records.items():
        document = document_of(record, find_provider)
        shown = (document.title, document.title_en, document.summary, document.summary_en)
        row = db.conn.execute(
            "INSERT INTO search_document (kind, record_id, title, title_en, summary, summary_en, "
            "revision) VALUES (?, ?, ?, ?, ?, ?, ?) RETURNING document_id",
            [kind, record_id, *shown, revision],
        ).fetchone()
        db.conn.execute(
            "INSERT INTO search_index (rowid, title, body) VALUES (?, ?, ?)",
            [
                row[0],
                _index_text([document.title, document.title_en, record_id]),
                _index_text([document.summary, document.summary_en, *document.texts]),
            ],
        )
        facets = {"kind": [kind], **document.facets}
        pairs = {(name, value) for name, values in facets.items() for value in values if value}
        db.conn.executemany(
            "INSERT INTO search_facet (facet, value, document_id) VALUES (?, ?, ?)",
            [(name, value, row[0]) for name, value in sorted(pairs)],
        )


def remove_documents(db: Database, keys: Iterable[tuple[str, str]]) -> None:
    """Take records out of the search index; those not in it are passed over."""
    for key in keys:
        row = db.conn.execute(
            "SELECT document_id FROM search_document WHERE kind = ? AND record_id = ?", list(key)
        ).fetchone()
        if row is not None:
            db.conn.execute("DELETE FROM search_index WHERE rowid = ?", [row[0]])
            db.conn.execute("DELETE FROM search_document WHERE document_id = ?", [row[0]])
