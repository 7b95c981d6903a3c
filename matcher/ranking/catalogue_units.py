"""The catalogue as a collection: which texts speak for a capability.

A capability is a candidate. Its units are its own description, each claim, each case, and what its
provider says about itself. Twins in Chinese and English are one unit, so that a bilingual record
does not count twice.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from matcher.ranking.lines.judging import EvidenceText
from matcher.records import Capability, Case, Catalogue, Claim, Need, Provider, Scenario
from matcher.retrieval.collection import Collection, Unit, build_collection
from matcher.vocabulary import industry_label


def capability_units(capability: Capability, catalogue: Catalogue) -> Iterator[Unit]:
    """Yield the units of one capability, its own description first."""
    candidate = capability.capability_id
    yield Unit(
        unit_id=candidate,
        candidate_id=candidate,
        title=capability.name,
        text=capability.problem,
        title_en=capability.name_en,
        text_en=capability.problem_en,
        kind="capability",
    )
    for claim in capability.claims:
        yield _claim_unit(claim, candidate, catalogue)
    for case_id in capability.case_ids:
        case = catalogue.cases.get(case_id)
        if case is not None:
            yield case_unit(case, candidate)
    provider = catalogue.providers.get(capability.provider_id)
    if provider is not None and provider.summary:
        yield provider_unit(provider, candidate)


def _claim_unit(claim: Claim, candidate: str, catalogue: Catalogue) -> Unit:
    years = [catalogue.cases[c].year or 0 for c in claim.case_ids if c in catalogue.cases]
    return Unit(
        unit_id=claim.claim_id,
        candidate_id=candidate,
        title="",
        text=claim.text,
        text_en=claim.text_en,
        year=max(years, default=0),
        kind="claim",
    )


def case_unit(case: Case, candidate: str) -> Unit:
    """Return the unit of a case: what was done, for which need, with what effect."""
    return Unit(
        unit_id=case.case_id,
        candidate_id=candidate,
        title=case.what,
        text=f"{case.need}。{case.effect}" if case.need else case.effect,
        title_en=case.what_en,
        text_en=f"{case.need_en}. {case.effect_en}" if case.need_en else case.effect_en,
        year=case.year or 0,
        kind="case",
    )


def provider_unit(provider: Provider, candidate: str) -> Unit:
    """Return what a provider says about itself: business, industries, techniques, no name.

    The name stays out: renaming a company must change nothing.
    """
    return Unit(
        unit_id=f"{candidate}/{provider.provider_id}",
        candidate_id=candidate,
        title="",
        text=provider.summary.replace(provider.name, ""),
        text_en=provider.summary_en.replace(provider.name_en, "") if provider.name_en else "",
        kind="provider",
    )


def catalogue_collection(catalogue: Catalogue) -> Collection:
    """Return all capabilities of a catalogue with their units."""
    ids = sorted(catalogue.capabilities)
    units = (u for i in ids for u in capability_units(catalogue.capabilities[i], catalogue))
    return build_collection(units, ids)


def scenario_collection(scenarios: Iterable[Scenario]) -> Collection:
    """Return the catalogue's scenarios as candidates, to find which ones a need is close to."""
    units = []
    for scenario in scenarios:
        units.append(
            Unit(
                unit_id=scenario.scenario_id,
                candidate_id=scenario.scenario_id,
                title=scenario.name,
                text=_joined(
                    scenario.industry_label,
                    scenario.pain_point,
                    *scenario.techniques,
                    *scenario.typical_data,
                    *scenario.measures,
                ),
                title_en=scenario.name_en,
                text_en=_joined(
                    scenario.industry_label_en,
                    scenario.pain_point_en,
                    *scenario.techniques_en,
                    *scenario.typical_data_en,
                    *scenario.measures_en,
                ),
                kind="scenario",
            )
        )
    return build_collection(units)


def need_text(need: Need) -> tuple[str, str]:
    """Return (title, text) of a need for retrieval: the problem, then what else describes it."""
    language = "en" if need.language == "en" else "zh"
    industries = [industry_label(code, language) for code in need.industries]
    requirements = [requirement.text for requirement in need.requirements]
    text = _joined(need.problem, need.affected, *requirements, *industries, need.problem_en)
    return _joined(need.title, need.title_en), text


def evidence_texts(capability: Capability, catalogue: Catalogue) -> list[EvidenceText]:
    """Return what requirement lines may quote: claims, cases and the description."""
    texts = [_claim_evidence(claim, capability, catalogue) for claim in capability.claims]
    cases = (catalogue.cases.get(case_id) for case_id in capability.case_ids)
    texts.extend(_case_evidence(case) for case in cases if case is not None)
    own, own_en = described(capability)
    texts.append(
        EvidenceText(
            evidence_id=capability.capability_id,
            kind="capability",
            text=own,
            text_en=own_en,
            source=capability.source,
            trust=capability.trust,
            unverified=capability.unverified or capability.is_compiled_without_case,
        )
    )
    return texts


def described(capability: Capability) -> tuple[str, str]:
    """Return what a capability says of itself, name and problem, in Chinese and in English."""
    zh = "。".join(filter(None, (capability.name, capability.problem)))
    return zh, ". ".join(filter(None, (capability.name_en, capability.problem_en)))


def _claim_evidence(claim: Claim, capability: Capability, catalogue: Catalogue) -> EvidenceText:
    case = next((catalogue.cases[c] for c in claim.case_ids if c in catalogue.cases), None)
    return EvidenceText(
        evidence_id=claim.claim_id,
        kind="claim",
        text=claim.text,
        text_en=claim.text_en,
        source=case.source if case else capability.source,
        trust=case.trust if case else capability.trust,
        unverified=case.unverified if case else capability.unverified,
        metric=claim.metric,
        operator=claim.operator,
        value=claim.value,
        unit=claim.unit,
    )


def _case_evidence(case: Case) -> EvidenceText:
    return EvidenceText(
        evidence_id=case.case_id,
        kind="case",
        text="；".join(filter(None, (case.what, case.effect))),
        text_en="; ".join(filter(None, (case.what_en, case.effect_en))),
        source=case.source,
        trust=case.trust,
        unverified=case.unverified or case.weak,
    )


def _joined(*parts: str) -> str:
    return "。".join(part for part in parts if part)
