"""The third side of a match: which base service could host the pilot, or that none fits.

Additive in bits from the declared priors of ``base_priors``; **there are no labels for bases**, so
nothing here was learned. What keeps a base from hosting stands in ``base_checks``. "No base fits"
is a valid answer: a base is offered only where its direction fits the need.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

import matcher.vocabulary as shared_vocabulary
from matcher.ranking.base_checks import Hosting, check_base
from matcher.ranking.base_features import FIT, ORDER, BaseVocabulary, Pairing, contributions_of
from matcher.ranking.results import BaseMatch, Contribution
from matcher.records import BaseService, Capability, Need, PilotBase, Provider
from matcher.retrieval.constraint_words import labels

# What a base is *about* must outweigh the start: then it is likelier than not that it concerns the
# need. The kind of service, the place and the status order what fits; they make nothing fit.
MIN_FIT_BITS = 0.0

Affinity = Callable[[list[str]], NDArray[np.floating]]


@dataclass(frozen=True, slots=True)
class Asked:
    """For whom a base is sought."""

    need: Need
    capability: Capability | None
    provider: Provider | None
    today: date
    vocabulary: BaseVocabulary


def rank_base_services(  # noqa: PLR0913 - three sides, and what they are judged with
    need: Need,
    bases: Iterable[PilotBase],
    *,
    capability: Capability | None = None,
    provider: Provider | None = None,
    affinity: Affinity,
    today: date,
    vocabulary: BaseVocabulary = shared_vocabulary,
    top: int = 3,
) -> tuple[BaseMatch, ...]:
    """Rank the bases that could host a pilot of this need, one service a base.

    Parameters
    ----------
    need : Need
        One that needs no base gets none.
    bases : iterable of PilotBase
        In any order; the order does not change the answer.
    capability, provider : Capability, Provider, optional
        Who would pilot there; their maturity and place then count too.
    affinity : callable
        From a list of texts to an array ``(n_texts,)``: how near each is to the need, in [0, 1].
    today : date
        A base that has published a later launch is not open yet.
    vocabulary : BaseVocabulary
        Labels, industries and regions; the shared vocabulary unless another is given.
    top : int
        At most so many bases.

    Returns
    -------
    tuple of BaseMatch
        Bases that fail no check first, then by bits; empty when no base fits. The contributions
        of each sum exactly to its ``bits``; ``service_id`` is empty where none is published.

    Raises
    ------
    ValueError
        When ``affinity`` returns an array of another shape.
    """
    listed = sorted(bases, key=lambda base: base.pilot_base_id)
    if need.needs_base == "no" or not listed:
        return ()
    asked = Asked(need, capability, provider, today, vocabulary)
    near = _nearness(listed, affinity, vocabulary)
    best = (_best_service(asked, base, near) for base in listed)
    fitting = [match for match in best if match is not None]
    return tuple(sorted(fitting, key=_order)[:top])


def _order(match: BaseMatch) -> tuple[bool, float, str]:
    is_barred = any(check.status == "failed" for check in match.checks)
    return is_barred, -match.bits, match.pilot_base_id


def _best_service(
    asked: Asked, base: PilotBase, near: dict[tuple[str, str], float]
) -> BaseMatch | None:
    """Return the service of a base that suits best, or ``None`` where the base does not fit."""
    services: Sequence[BaseService | None] = base.services or (None,)
    matches = (_match(asked, base, service, near) for service in services)
    fitting = [match for match in matches if match is not None]
    # The lowest id wins a tie, so that the order of the services changes nothing.
    return min(fitting, key=lambda match: (*_order(match), match.service_id), default=None)


def _match(
    asked: Asked, base: PilotBase, service: BaseService | None, near: dict[tuple[str, str], float]
) -> BaseMatch | None:
    nearest = near[base.pilot_base_id, _id(service)]
    need, capability, vocabulary = asked.need, asked.capability, asked.vocabulary
    pair = Pairing(need, capability, asked.provider, base, service, nearest, vocabulary)
    fit = contributions_of(pair, FIT)
    if _total(fit) < MIN_FIT_BITS:
        return None
    contributions = fit + contributions_of(pair, ORDER)
    return BaseMatch(
        pilot_base_id=base.pilot_base_id,
        service_id=_id(service),
        bits=_total(contributions),
        contributions=contributions,
        checks=check_base(Hosting(need, base, service, capability, asked.today)),
    )


def _total(contributions: Iterable[Contribution]) -> float:
    return sum(contribution.bits for contribution in contributions)


def _nearness(
    bases: Iterable[PilotBase], affinity: Affinity, vocabulary: BaseVocabulary
) -> dict[tuple[str, str], float]:
    """Return base and service id → nearness of their nearest text, asking for all texts at once."""
    said = _said(bases, vocabulary)
    texts = list(dict.fromkeys(text for own in said.values() for text in own))
    if not texts:
        return dict.fromkeys(said, 0.0)
    near = np.asarray(affinity(texts), dtype=np.float64)
    if near.shape != (len(texts),):
        raise ValueError(f"affinity returned shape {near.shape}, expected {(len(texts),)}")
    values = np.clip(np.nan_to_num(near), 0.0, 1.0).tolist()
    nearness = dict(zip(texts, values, strict=True))
    return {key: max((nearness[text] for text in own), default=0.0) for key, own in said.items()}


def base_texts(
    bases: Iterable[PilotBase], vocabulary: BaseVocabulary = shared_vocabulary
) -> list[str]:
    """Return the texts that ``rank_base_services`` asks the nearness of, each once."""
    said = _said(bases, vocabulary)
    return list(dict.fromkeys(text for own in said.values() for text in own))


def _said(
    bases: Iterable[PilotBase], vocabulary: BaseVocabulary
) -> dict[tuple[str, str], tuple[str, ...]]:
    """Return base and service id → what they say of themselves."""
    return {
        (base.pilot_base_id, _id(service)): _texts(base, service, vocabulary)
        for base in bases
        for service in (base.services or (None,))
    }


def _id(service: BaseService | None) -> str:
    return service.service_id if service else ""


def _texts(
    base: PilotBase, service: BaseService | None, vocabulary: BaseVocabulary
) -> tuple[str, ...]:
    """Return what a base and a service say of themselves, in each language; no names of places."""
    domain = labels(vocabulary, "base_domain", (base.domain,)) if base.domain else ("", "")
    said = [f"{domain[0]} {base.direction}", f"{domain[1]} {base.direction_en}"]
    if service is not None:
        said += [
            f"{service.name} {service.description}",
            f"{service.name_en} {service.description_en}",
        ]
    return tuple(text.strip() for text in said if text.strip())
