"""What speaks for and against running a pilot at a base service: one small function a feature.

The weights are the declared priors of ``priors``; the tables ``FIT`` and ``ORDER`` give the
order in which contributions are shown. What keeps a base from hosting stands in ``checks``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple, Protocol

from matcher.ranking.bases.priors import (
    FAR_BITS,
    FURTHER_SECTION_BITS,
    INDUSTRY_BITS,
    INDUSTRY_SENTENCES,
    KIND_BITS,
    LENT_FROM,
    LENT_WHOLE,
    LENT_WORDS,
    MASKED_DATA_SPACE_BITS,
    NEAR_BITS,
    NEAR_KM,
    PROVIDER_CITY_BITS,
    PROVIDER_PROVINCE_BITS,
    RELATIONS_THAT_SETTLE,
    SAFETY_COMPLIANCE_BITS,
    SAME_PROVINCE_BITS,
    START_BITS,
    STATUS_BITS,
    TASK_BITS,
    TASKS_OTHER_BITS,
    TASKS_SERVED_BITS,
    TEXT_BITS_PER_UNIT,
    TEXT_MAX_BITS,
    TEXT_MIN_BITS,
    TEXT_NEUTRAL,
    TEXT_SHARE_BESIDE_INDUSTRY,
    UNVERIFIED_BITS,
    VALIDATION_OFFERED_BITS,
    VALIDATION_OTHER_BITS,
)
from matcher.ranking.results import Contribution
from matcher.records import BaseService, Capability, Need, PilotBase, Provider
from matcher.retrieval.constraint_words import Vocabulary, industries, labels, places

REMEMBERED = 4096  # a need meets the same bases once for each of its matches


class BaseVocabulary(Vocabulary, Protocol):
    """The part of ``matcher.vocabulary`` that places industries and regions."""

    def is_industry(self, code: str) -> bool:
        """Say whether this is a code of the standard."""
        ...

    def industry_ancestors(self, code: str) -> tuple[str, ...]:
        """Return the codes above, nearest first."""
        ...

    def distance_km(self, left: str, right: str) -> float | None:
        """Return the distance between two regions."""
        ...


class Pairing(NamedTuple):
    """What a contribution looks at; a base without services stands with none."""

    need: Need
    capability: Capability | None
    provider: Provider | None
    base: PilotBase
    service: BaseService | None
    affinity: float
    vocabulary: BaseVocabulary
    lent: float = 1.0  # how far the capability's industries and tasks stand in, in [0, 1]

    @property
    def industry_share(self) -> float:
        """How far the compared industries speak for the need: its own do, lent ones in part."""
        return 1.0 if self.need.industries else self.lent


def lent_share(nearness: float) -> float:
    """Return how far a capability so near to the need lends it industries and tasks, in [0, 1]."""
    return min(max((nearness - LENT_FROM) / (LENT_WHOLE - LENT_FROM), 0.0), 1.0)


def contributions_of(
    pair: Pairing, features: tuple[Callable[[Pairing], Contribution | None], ...]
) -> tuple[Contribution, ...]:
    """Return what the features of a table, ``FIT`` or ``ORDER``, say of a base service."""
    found = (feature(pair) for feature in features)
    return tuple(contribution for contribution in found if contribution is not None)


def _prior(feature: str, bits: float, value: float | None, zh: str, en: str) -> Contribution:
    return Contribution(feature, bits, value, zh, en, is_prior=True)


def _start(pair: Pairing) -> Contribution:
    """Count how rarely a base fits before anything is known."""
    return _prior(
        "base_start",
        START_BITS,
        None,
        "起点：多数基地与某一需求无关。",
        "Start: most bases have nothing to do with a given need.",
    )


def _industry(pair: Pairing) -> Contribution | None:
    """Compare the industries of the need with those that the base's direction covers."""
    nearest = _industry_of(pair)
    if nearest is None:
        return None
    relation, code = nearest
    bits = INDUSTRY_BITS[relation]
    if relation.startswith("covered"):
        bits += FURTHER_SECTION_BITS * (len({code[0] for code in pair.base.industries}) - 1)
    zh, en = _industry_sentences(pair, relation, code)
    return _prior("base_industry", bits * pair.industry_share, None, zh, en)


def _industry_sentences(pair: Pairing, relation: str, code: str) -> tuple[str, ...]:
    words = industries(pair.vocabulary, (code,))
    direction = (pair.base.direction, pair.base.direction_en or pair.base.direction)
    said = (
        sentence.format(need=words[i], direction=direction[i])
        for i, sentence in enumerate(INDUSTRY_SENTENCES[relation])
    )
    if pair.need.industries:
        return tuple(said)
    return tuple(text.replace(*LENT_WORDS[i]) for i, text in enumerate(said))


def _industry_of(pair: Pairing) -> tuple[str, str] | None:
    own = pair.need.industries or (pair.capability.industries if pair.capability else ())
    return _nearest_industry(own, pair.base.industries, pair.vocabulary)


@lru_cache(REMEMBERED)
def _nearest_industry(
    own: tuple[str, ...], covered: tuple[str, ...], vocabulary: BaseVocabulary
) -> tuple[str, str] | None:
    """Return the closest relation and the industry of the need that has it, of known codes."""
    relations = [
        (_relation(one, other, vocabulary), one)
        for one in own
        for other in covered
        if vocabulary.is_industry(one) and vocabulary.is_industry(other)
    ]
    return max(relations, key=lambda found: (INDUSTRY_BITS[found[0]], found[1]), default=None)


def _relation(need_code: str, base_code: str, vocabulary: BaseVocabulary) -> str:
    """Say how an industry of the need stands to one that the base covers."""
    need_path = (need_code, *vocabulary.industry_ancestors(need_code))
    base_path = (base_code, *vocabulary.industry_ancestors(base_code))
    if base_code in need_path:
        return "covered" if len(base_path) > 1 else "covered_by_section"
    if need_code in base_path:
        return "need_is_broader"
    n_shared = len(set(need_path) & set(base_path))
    return ("other_section", "same_section")[n_shared] if n_shared < 2 else "same_division"


def _text(pair: Pairing) -> Contribution:
    """Weigh how near the words of the base and its service are to the need."""
    bits = TEXT_BITS_PER_UNIT * (pair.affinity - TEXT_NEUTRAL)
    bits = min(max(bits, TEXT_MIN_BITS), TEXT_MAX_BITS)
    relation, _ = _industry_of(pair) or ("", "")
    if relation in RELATIONS_THAT_SETTLE:
        bits *= 1.0 - (1.0 - TEXT_SHARE_BESIDE_INDUSTRY) * pair.industry_share
    return _prior(
        "base_text",
        bits,
        pair.affinity,
        f"需求与基地方向、服务说明的文本相近程度为 {pair.affinity:.2f}。",
        f"Nearness of the need's text to the base's direction and service: {pair.affinity:.2f}.",
    )


def _task(pair: Pairing) -> Contribution | None:
    """Add what a kind of service is made for: an AI task, a safety level, masked data."""
    if pair.service is None:
        return None
    kind = pair.service.kind
    share = 1.0 if pair.need.ai_tasks else pair.lent
    tasks = pair.need.ai_tasks or (pair.capability.ai_tasks if pair.capability else ())
    reasons = [
        (TASK_BITS[kind, task] * share, labels(pair.vocabulary, "ai_task", (task,)))
        for task in dict.fromkeys(tasks)
        if (kind, task) in TASK_BITS
    ]
    if kind == "compliance" and pair.need.safety:
        words = labels(pair.vocabulary, "safety", pair.need.safety)
        reasons.append((SAFETY_COMPLIANCE_BITS, words))
    if kind == "data_space" and pair.need.data_leaves_site == "masked":
        words = labels(pair.vocabulary, "data_leaves_site", ("masked",))
        reasons.append((MASKED_DATA_SPACE_BITS, words))
    if not reasons:
        return None
    bits, words = max(reasons)
    service = labels(pair.vocabulary, "base_service", (kind,))
    return _prior(
        "base_task",
        bits,
        None,
        f"“{service[0]}”类服务适合需求的“{words[0]}”。",
        f"Services of the kind “{service[1]}” suit “{words[1]}” in the need.",
    )


def _kind(pair: Pairing) -> Contribution | None:
    """Weigh what a first real step can use of this kind of service."""
    if pair.service is None or pair.service.kind not in KIND_BITS:
        return None
    kind = pair.service.kind
    words = labels(pair.vocabulary, "base_service", (kind,))
    return _prior(
        "base_service_kind",
        KIND_BITS[kind],
        None,
        f"服务类型为“{words[0]}”，按对首次中试的用处计。",
        f"The kind of service is “{words[1]}”, weighed by its use for a first pilot.",
    )


def _validation(pair: Pairing) -> Contribution | None:
    """Compare the kinds of validation wanted with those offered."""
    wanted = pair.need.validation_types
    if not wanted or pair.service is None or not pair.service.validation_types:
        return None
    offered = pair.service.validation_types
    is_offered = not set(wanted).isdisjoint(offered)
    wanted_words = labels(pair.vocabulary, "validation_type", wanted)
    offered_words = labels(pair.vocabulary, "validation_type", offered)
    return _prior(
        "base_validation",
        VALIDATION_OFFERED_BITS if is_offered else VALIDATION_OTHER_BITS,
        float(is_offered),
        f"需求希望做{wanted_words[0]}验证；该服务提供{offered_words[0]}验证。",
        f"Validation wanted: {wanted_words[1]}; offered: {offered_words[1]}.",
    )


def _service_tasks(pair: Pairing) -> Contribution | None:
    """Compare the AI tasks of the need with those that the service states."""
    if pair.service is None or not pair.service.ai_tasks or not pair.need.ai_tasks:
        return None
    is_served = not set(pair.need.ai_tasks).isdisjoint(pair.service.ai_tasks)
    wanted = labels(pair.vocabulary, "ai_task", pair.need.ai_tasks)
    served = labels(pair.vocabulary, "ai_task", pair.service.ai_tasks)
    return _prior(
        "base_service_tasks",
        TASKS_SERVED_BITS if is_served else TASKS_OTHER_BITS,
        float(is_served),
        f"需求的 AI 任务为{wanted[0]}；该服务面向{served[0]}。",
        f"AI tasks of the need: {wanted[1]}; of the service: {served[1]}.",
    )


def _region(pair: Pairing) -> Contribution | None:
    """Weigh the distance to the base, only where the need states a wish for place."""
    need, region = pair.need, pair.base.region
    if need.region_preference not in {"prefer", "must"}:
        return None
    km = _km(need.region, region, pair.vocabulary)
    if km is None:
        return None
    is_same = pair.vocabulary.province_of(need.region) == pair.vocabulary.province_of(region)
    bits = SAME_PROVINCE_BITS if is_same else NEAR_BITS if km <= NEAR_KM else FAR_BITS
    words = places(pair.vocabulary, (region,))
    return _prior(
        "base_region",
        bits,
        km,
        f"需求对地域有要求；基地在{words[0]}，相距约 {km:.0f} 公里。",
        f"The need states a wish for place; the base is in {words[1]}, about {km:.0f} km away.",
    )


def _km(left: str, right: str, vocabulary: BaseVocabulary) -> float | None:
    if not (vocabulary.is_region(left) and vocabulary.is_region(right)):
        return None
    km = vocabulary.distance_km(left, right)
    return None if km is None or not math.isfinite(km) else km


def _provider_place(pair: Pairing) -> Contribution | None:
    """Add a little where provider and base are neighbours: people can go there."""
    home = pair.provider.region if pair.provider else ""
    if _km(home, pair.base.region, pair.vocabulary) is None:
        return None
    is_city = home == pair.base.region
    province_of = pair.vocabulary.province_of
    if not is_city and province_of(home) != province_of(pair.base.region):
        return None
    words = places(pair.vocabulary, (pair.base.region,))
    return _prior(
        "base_provider_place",
        PROVIDER_CITY_BITS if is_city else PROVIDER_PROVINCE_BITS,
        None,
        f"供给方与基地同在{'一地' if is_city else '一省'}（{words[0]}）。",
        f"Provider and base are in the same {'place' if is_city else 'province'} ({words[1]}).",
    )


def _status(pair: Pairing) -> Contribution | None:
    """Prefer bases that are open; that a base is not open is also said by a check."""
    if pair.base.status not in STATUS_BITS:
        return None
    words = labels(pair.vocabulary, "base_status", (pair.base.status,))
    return _prior(
        "base_status",
        STATUS_BITS[pair.base.status],
        None,
        f"基地状态：{words[0]}。",
        f"Status of the base: {words[1]}.",
    )


def _source(pair: Pairing) -> Contribution | None:
    """Hold back where nobody has verified what is known of a base."""
    if not pair.base.unverified:
        return None
    return _prior(
        "base_source",
        UNVERIFIED_BITS,
        None,
        "基地信息有待核实。",
        "What is known of the base is still to be verified.",
    )


Feature = Callable[[Pairing], Contribution | None]

# What a base is about; only this can make it fit.
FIT: tuple[Feature, ...] = (_start, _industry, _text, _task)
# What orders the services and bases that fit.
ORDER: tuple[Feature, ...] = (
    _kind,
    _validation,
    _service_tasks,
    _region,
)
# Where the provider sits; this alone reads more of who would pilot than industries and tasks.
PLACE: tuple[Feature, ...] = (_provider_place,)
STATE: tuple[Feature, ...] = (_status, _source)
