"""The third side of a match: which base service could host the pilot, or that none fits.

Additive in bits from the declared priors of ``priors``; **there are no labels for bases**, so
nothing here was learned. What keeps a base from hosting stands in ``checks``. "No base fits"
is a valid answer: a base is offered only where its direction fits the need.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

import matcher.vocabulary as shared_vocabulary
from matcher.ranking.bases.checks import Hosting, check_base
from matcher.ranking.bases.features import (
    FIT,
    ORDER,
    PLACE,
    STATE,
    BaseVocabulary,
    Feature,
    Pairing,
    contributions_of,
    lent_share,
)
from matcher.ranking.catalogue_units import described
from matcher.ranking.results import BaseMatch, Contribution, HardCheck
from matcher.records import BaseService, Capability, Need, PilotBase, Provider
from matcher.retrieval.constraint_words import labels

# What a base is *about* must outweigh the start: then it is likelier than not that it concerns the
# need. The kind of service, the place and the status order what fits; they make nothing fit.
MIN_FIT_BITS = 0.0

Affinity = Callable[[list[str]], NDArray[np.floating]]
Features = tuple[Feature, ...]
Said = tuple[Contribution, ...]


class _Fitting(NamedTuple):
    """A service that fits, with what is said of it before and after the provider's place."""

    base: PilotBase
    service: BaseService | None
    before: Said
    after: Said


class Hosts:
    """The bases that could host a pilot of one need, asked again for each who would pilot there.

    What does not depend on who asks is worked out once: how near each text is, what a base and a
    service are about, the kind of service, its place and its state.

    Parameters
    ----------
    need : Need
    bases : iterable of PilotBase
        In any order; the order does not change the answer.
    affinity : callable
        From a list of texts to an array ``(n_texts,)``: how near each is to the need, in [0, 1].
    today : date
        A base that has published a later launch is not open yet.

    Raises
    ------
    ValueError
        When ``affinity`` returns an array of another shape.
    """

    def __init__(
        self,
        need: Need,
        bases: Iterable[PilotBase],
        affinity: Affinity,
        today: date,
        vocabulary: BaseVocabulary = shared_vocabulary,
    ) -> None:
        self._need, self._today, self._vocabulary = need, today, vocabulary
        self._affinity = affinity
        listed = sorted(bases, key=lambda base: base.pilot_base_id)
        self._bases = [] if need.needs_base == "no" else listed
        self._near = _nearness(self._bases, affinity, vocabulary) if self._bases else {}
        self._fitting: dict[tuple[Hashable, ...], list[list[_Fitting]]] = {}
        self._checked: dict[tuple[str, str, int | None], tuple[HardCheck, ...]] = {}

    def rank(
        self, capability: Capability | None = None, provider: Provider | None = None, top: int = 3
    ) -> tuple[BaseMatch, ...]:
        """Return the bases that fit, one service a base; see ``rank_base_services``."""
        best = (self._best_service(f, capability, provider) for f in self._fitting_for(capability))
        return tuple(sorted(best, key=_order)[:top])

    def _best_service(
        self, fitting: list[_Fitting], capability: Capability | None, provider: Provider | None
    ) -> BaseMatch:
        """Return the service of one base that suits best."""
        base = fitting[0].base
        pair = Pairing(self._need, capability, provider, base, None, 0.0, self._vocabulary)
        place = contributions_of(pair, PLACE)
        matches = (self._match(one, place, capability) for one in fitting)
        # The lowest id wins a tie, so that the order of the services changes nothing.
        return min(matches, key=lambda match: (*_order(match), match.service_id))

    def _match(self, fitting: _Fitting, place: Said, capability: Capability | None) -> BaseMatch:
        contributions = (*fitting.before, *place, *fitting.after)
        return BaseMatch(
            pilot_base_id=fitting.base.pilot_base_id,
            service_id=_id(fitting.service),
            bits=_total(contributions),
            contributions=contributions,
            checks=self._checks(fitting.base, fitting.service, capability),
        )

    def _fitting_for(self, capability: Capability | None) -> list[list[_Fitting]]:
        """Return the services that fit, by base.

        Features but for place read of the capability no more than industries and tasks, and these
        only where the need states none of its own, as far as the capability is near to it.
        """
        lent = self._lent_by(capability)
        lender = capability if lent else None
        key = (
            () if self._need.industries or lender is None else lender.industries,
            () if self._need.ai_tasks or lender is None else lender.ai_tasks,
            lent,
        )
        found = self._fitting.get(key)
        if found is None:
            by_base = (list(self._fitting_of(base, lender, lent)) for base in self._bases)
            found = self._fitting[key] = [fitting for fitting in by_base if fitting]
        return found

    def _lent_by(self, capability: Capability | None) -> float:
        """Return how far a capability's industries and tasks may stand in for the need's."""
        states_both = self._need.industries and self._need.ai_tasks
        if capability is None or states_both or not self._bases:
            return 0.0
        texts = [text for text in described(capability) if text]
        return lent_share(max(_nearness_of(texts, self._affinity).values(), default=0.0))

    def _fitting_of(
        self, base: PilotBase, capability: Capability | None, lent: float
    ) -> Iterator[_Fitting]:
        services: Sequence[BaseService | None] = base.services or (None,)
        for service in services:
            nearest = self._near[base.pilot_base_id, _id(service)]
            pair = Pairing(
                self._need, capability, None, base, service, nearest, self._vocabulary, lent
            )
            fit = contributions_of(pair, FIT)
            if _total(fit) >= MIN_FIT_BITS:
                before = (*fit, *contributions_of(pair, ORDER))
                yield _Fitting(base, service, before, contributions_of(pair, STATE))

    def _checks(
        self, base: PilotBase, service: BaseService | None, capability: Capability | None
    ) -> tuple[HardCheck, ...]:
        key = (base.pilot_base_id, _id(service), capability.maturity if capability else None)
        found = self._checked.get(key)
        if found is None:
            hosting = Hosting(self._need, base, service, capability, self._today)
            found = self._checked[key] = check_base(hosting)
        return found


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
    capability, provider : Capability, Provider, optional
        Who would pilot there; their maturity and place then count too.
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
    return Hosts(need, bases, affinity, today, vocabulary).rank(capability, provider, top)


def _order(match: BaseMatch) -> tuple[bool, float, str]:
    is_barred = any(check.status == "failed" for check in match.checks)
    return is_barred, -match.bits, match.pilot_base_id


def _total(contributions: Iterable[Contribution]) -> float:
    return sum(contribution.bits for contribution in contributions)


def _nearness(
    bases: Iterable[PilotBase], affinity: Affinity, vocabulary: BaseVocabulary
) -> dict[tuple[str, str], float]:
    """Return base and service id → nearness of their nearest text, asking for all texts at once."""
    said = _said(bases, vocabulary)
    texts = list(dict.fromkeys(text for own in said.values() for text in own))
    nearness = _nearness_of(texts, affinity)
    return {key: max((nearness[text] for text in own), default=0.0) for key, own in said.items()}


def _nearness_of(texts: list[str], affinity: Affinity) -> dict[str, float]:
    """Return text → how near it is to the need, in [0, 1]."""
    if not texts:
        return {}
    near = np.asarray(affinity(texts), dtype=np.float64)
    if near.shape != (len(texts),):
        raise ValueError(f"affinity returned shape {near.shape}, expected {(len(texts),)}")
    values = np.clip(np.nan_to_num(near), 0.0, 1.0).tolist()
    return dict(zip(texts, values, strict=True))


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
