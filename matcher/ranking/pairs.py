"""All providers that could serve one need, scored without a word of explanation.

An allocation round asks this for each of its needs; a match of ``matching`` explains its first few
as well and costs twenty times as much.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.bases.hosts import Hosts
from matcher.ranking.eligibility import Eligibility, check_index
from matcher.ranking.matching import Matcher, Ranking
from matcher.ranking.model import probability
from matcher.records import Capability, Need, PilotBase, Provider

NOT_ADEQUATE = "no_adequate_candidate"  # of the vocabulary blocking_constraint
MOST_READ = 50  # excluded capabilities whose reason is looked up where nobody is left


class Pair(NamedTuple):
    """A provider with its best capability for a need, and the calibrated log-odds of the match."""

    capability: Capability
    provider: Provider
    bits: float

    @property
    def probability(self) -> float:
        """How likely it is that this is a match."""
        return probability(self.bits)


@dataclass(frozen=True)
class NeedPairs:
    """What one need could be placed with.

    Attributes
    ----------
    pairs : tuple of Pair, the likeliest first
    blocked_by : str, why there is none, a code of blocking_constraint; empty where there is one
    hosts : Hosts, the bases to be asked for each pair
    """

    pairs: tuple[Pair, ...]
    blocked_by: str
    hosts: Hosts


def pairs_of(
    matcher: Matcher,
    need: Need,
    bases: Iterable[PilotBase],
    *,
    providers: Collection[str],
    today: date,
    top: int,
) -> NeedPairs:
    """Return the likeliest of some providers for a need, each with its best capability.

    Only who passes every hard check and comes close enough in meaning is a candidate. The
    probabilities are those of an ordinary match: the field is the whole catalogue.

    Parameters
    ----------
    providers : collection of str
        Who is asked about.
    top : int
        At most so many pairs.
    """
    index = matcher.index
    checked = check_index(index, need, today=today)
    ranking = matcher.rank(need, checked.mask, today=today)
    affinity = NeedAffinity(index, ranking.look_up)
    near = affinity.closest_each(ranking.best_rows) >= matcher.model.adequacy.threshold
    found: list[Pair] = []
    for row in ranking.best_rows[near].tolist():
        capability = index.capabilities[int(ranking.look_up.pool.candidates[row])]
        if capability.provider_id in providers:
            bits = matcher.calibrated(ranking, float(ranking.raw[row]))
            found.append(Pair(capability, index.catalogue.providers[capability.provider_id], bits))
        if len(found) == top:
            break
    blocked_by = "" if found else _why_nobody(matcher, ranking, checked, providers)
    return NeedPairs(tuple(found), blocked_by, Hosts(need, bases, affinity.to_need, today))


def _why_nobody(
    matcher: Matcher, ranking: Ranking, checked: Eligibility, providers: Collection[str]
) -> str:
    """Return that those who passed come not close enough, or the check that most failed."""
    capabilities = matcher.index.capabilities
    passed = ranking.look_up.pool.candidates[ranking.best_rows].tolist()
    if any(capabilities[i].provider_id in providers for i in passed):
        return NOT_ADEQUATE
    excluded = (checked.exclusion_of(provider_id) for provider_id in sorted(providers)[:MOST_READ])
    codes = Counter(one.reason_code for one in excluded if one is not None)
    return min(codes, key=lambda code: (-codes[code], code), default="")
