"""Properties of what providers say of themselves: added, blank, unrelated, renamed, moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from matcher.ranking.matching import Matcher
from matcher.records import Capability, Case, Need, Provider
from matcher.reports.property_results import PropertyResult, property_result
from matcher.reports.property_trials import (
    CaseNeed,
    Trials,
    capability_at,
    capability_scores,
    provider_order,
    ranked,
    standing,
)
from matcher.vocabulary import province_of

BLANK_NAMES = (("", ""), ("人工智能", "Artificial intelligence"), ("AI 解决方案", "AI solutions"))
PLACES = (0, 1, 4, 15, 60)  # who receives something relevant: the first, and others down the list
N_GIFTS = 30
N_MOVED = 20
N_ASKED = 50
ROUNDING_BITS = 1e-5  # vectors are float32
FAR_PROVINCE = "650000"  # where hardly any provider of the catalogue is


def blank_profile_last(trials: Trials) -> PropertyResult:
    """Check that providers with nothing but a name stand below every other."""
    blanks = [f"VX-BLANK-{i}" for i in range(len(BLANK_NAMES))]
    matcher = trials.changed(
        providers=[Provider(provider_id=i, name=i) for i in blanks],
        capabilities=[
            Capability(f"CAP-{i}", i, name, name_en)
            for i, (name, name_en) in zip(blanks, BLANK_NAMES, strict=True)
        ],
    )

    def is_last(need: Need) -> bool:
        order = provider_order(matcher, ranked(matcher, need))
        return set(order[-len(blanks) :]) == set(blanks)

    return property_result(
        "blank_profile_last",
        ((one.need.need_id, is_last(one.need)) for one in trials.some_cases(N_ASKED)),
    )


def relevant_case_never_lowers(trials: Trials) -> PropertyResult:
    """Check that a provider does not lose by having the case that answered the need."""

    def gift(case: Case, receiver: Capability) -> tuple[Case, Capability]:
        own = replace(case, case_id=f"CX-{case.case_id}", provider_id=receiver.provider_id)
        return own, replace(receiver, case_ids=(*receiver.case_ids, own.case_id))

    outcomes = []
    for one, receiver in _receivers(trials):
        case, capability = gift(one.case, receiver)
        matcher = trials.changed(capabilities=[capability], cases=[case])
        outcomes.append(
            (_trial_id(one, receiver), _stands_no_lower(trials, matcher, one, receiver))
        )
    return property_result("relevant_case_never_lowers", outcomes)


def relevant_capability_never_lowers(trials: Trials) -> PropertyResult:
    """Check that a provider does not lose by also offering what answered the need."""
    offered = trials.catalogue.capabilities.values()
    by_case = {case_id: capability for capability in offered for case_id in capability.case_ids}
    outcomes = []
    for one, receiver in _receivers(trials):
        answer = by_case.get(one.case.case_id)
        if answer is None:
            continue
        own = replace(answer, capability_id="CAP-VX-1", provider_id=receiver.provider_id)
        matcher = trials.changed(capabilities=[own])
        outcomes.append(
            (_trial_id(one, receiver), _stands_no_lower(trials, matcher, one, receiver))
        )
    return property_result("relevant_capability_never_lowers", outcomes)


def _receivers(trials: Trials) -> list[tuple[CaseNeed, Capability]]:
    """Pair cases with capabilities at the places of ``PLACES`` in turn, or the next below.

    Whoever rests on the case already is passed over: a copy of a text is no further evidence.
    """
    pairs = []
    for i, one in enumerate(trials.some_cases(N_GIFTS)):
        ranking = trials.rankings[one.need.need_id]
        for place in range(PLACES[i % len(PLACES)], len(ranking.best_rows)):
            receiver = capability_at(trials.matcher, ranking, place)
            if one.case.case_id not in receiver.case_ids:
                pairs.append((one, receiver))
                break
    return pairs


def _trial_id(one: CaseNeed, receiver: Capability) -> str:
    return f"{one.need.need_id} {receiver.provider_id}"


def _stands_no_lower(trials: Trials, changed: Matcher, one: CaseNeed, receiver: Capability) -> bool:
    before = standing(trials.matcher, trials.rankings[one.need.need_id], receiver.provider_id)
    after = standing(changed, ranked(changed, one.need), receiver.provider_id)
    return after[0] >= before[0] - ROUNDING_BITS and after[1] <= before[1]


def unrelated_capabilities_change_nothing(trials: Trials) -> PropertyResult:
    """Check that capabilities outside industry leave the best provider first."""
    first = {
        one.need.need_id: capability_at(trials.matcher, trials.rankings[one.need.need_id], 0)
        for one in trials.cases
    }
    winners = sorted({capability.provider_id for capability in first.values()})
    added, newcomers = _unrelated(trials.off_topic, winners)
    matcher = trials.changed(capabilities=added, providers=newcomers)

    def stays_first(need: Need) -> bool:
        best = capability_at(matcher, ranked(matcher, need), 0)
        return best.capability_id == first[need.need_id].capability_id

    return property_result(
        "unrelated_capabilities_change_nothing",
        ((one.need.need_id, stays_first(one.need)) for one in trials.cases),
        {"n_added": len(added)},
    )


def _unrelated(
    off_topic: Sequence[Need], winners: Sequence[str]
) -> tuple[list[Capability], list[Provider]]:
    """Turn needs outside the catalogue into offers, by newcomers and by winners in turn."""
    added, newcomers = [], []
    for i, need in enumerate(off_topic):
        provider_id = f"VX-{i}" if i % 2 or not winners else winners[i % len(winners)]
        if provider_id not in winners:
            newcomers.append(Provider(provider_id=provider_id, name=provider_id))
        zh, en = (need.title, need.problem), ("", "")
        if need.language == "en":
            zh, en = en, zh
        added.append(Capability(f"CAP-VX-{i}", provider_id, zh[0], en[0], zh[1], en[1]))
    return added, newcomers


def renaming_changes_nothing(trials: Trials) -> PropertyResult:
    """Check that no score moves when companies take other names."""
    chosen = _some_providers(trials)
    renamed = [_renamed(provider, i) for i, provider in enumerate(chosen)]
    matcher = trials.changed(
        providers=renamed, affected=trials.offered_by({p.provider_id for p in chosen})
    )
    changes = {
        one.need.need_id: _largest_change(trials, matcher, one)
        for one in trials.some_cases(N_ASKED)
    }
    return property_result(
        "renaming_changes_nothing",
        ((need_id, change <= ROUNDING_BITS) for need_id, change in changes.items()),
        {"n_providers": len(chosen), "largest_change": max(changes.values(), default=0.0)},
    )


def _some_providers(trials: Trials) -> list[Provider]:
    everyone = sorted(trials.catalogue.providers.values(), key=lambda p: p.provider_id)
    return everyone[:: max(1, len(everyone) // N_MOVED)]


def _renamed(provider: Provider, number: int) -> Provider:
    """Give a provider another name, in its own words about itself too."""
    name, name_en = f"合成更名{number}科技", f"Synthetic Rename {number}"
    summary_en = provider.summary_en
    if provider.name_en:
        summary_en = summary_en.replace(provider.name_en, name_en)
    return replace(
        provider,
        name=name,
        name_en=name_en,
        summary=provider.summary.replace(provider.name, name),
        summary_en=summary_en,
    )


def _largest_change(trials: Trials, changed: Matcher, one: CaseNeed) -> float:
    before = capability_scores(trials.matcher, trials.rankings[one.need.need_id])
    after = capability_scores(changed, ranked(changed, one.need))
    return max(abs(after[i] - before[i]) for i in before)


def province_counts_only_if_stated(trials: Trials) -> PropertyResult:
    """Check that moving a company changes no score unless the need states a region."""
    chosen = [
        p for p in _some_providers(trials) if not p.region or province_of(p.region) != FAR_PROVINCE
    ]
    offered = trials.offered_by({p.provider_id for p in chosen})
    moved = [replace(provider, region=FAR_PROVINCE) for provider in chosen]
    matcher = trials.changed(providers=moved, affected=offered)

    def holds(one: CaseNeed) -> bool:
        if _largest_change(trials, matcher, one) > ROUNDING_BITS:
            return False
        wishing = replace(one.need, region=FAR_PROVINCE, region_preference="prefer")
        before = capability_scores(trials.matcher, ranked(trials.matcher, wishing))
        after = capability_scores(matcher, ranked(matcher, wishing))
        return all(after[i] > before[i] for i in offered)

    return property_result(
        "province_counts_only_if_stated",
        ((one.need.need_id, holds(one)) for one in trials.some_cases(25)),
        {"n_providers": len(chosen)},
    )
