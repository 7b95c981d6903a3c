"""Several capabilities together: the fewest that meet all musts that can be, when no one does.

A small set cover over the requirement lines that the matcher already explained; nothing here scores
anything anew. Exact for up to ten musts, which is what a need may state, and the forty candidates
that cover most.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import combinations

from matcher.ranking.results import Match

MET, PARTLY = "met", "partly"
MUST = "must"
MOST_REQUIREMENTS = 10
MOST_PARTNERS = 4  # more partners than this are no project
MOST_CANDIDATES = 40


@dataclass(frozen=True, slots=True)
class Share:
    """What one partner covers."""

    match: Match
    requirement_ids: tuple[str, ...]  # the musts that it meets; several partners may meet one
    leads_on: tuple[str, ...]  # of these, those that nobody before it in the list meets


@dataclass(frozen=True, slots=True)
class Consortium:
    """The answer: who together meets all musts that can be met, and which must nobody meets."""

    shares: tuple[Share, ...]
    unmet: tuple[str, ...]  # musts that no candidate meets
    is_needed: bool  # False: a single candidate meets all musts

    @property
    def bits(self) -> float:
        """The sum of the partners' scores, by which equals are ordered."""
        return sum(share.match.bits for share in self.shares)

    @property
    def is_joint(self) -> bool:
        """Whether more than one partner is needed for what can be met."""
        return len(self.shares) > 1


def find_together(matches: Sequence[Match]) -> Consortium | None:
    """Return the partners that a need wants when no single candidate meets all its musts.

    Musts that are met count; where nobody adds to another that way, those met in part count too.

    Returns
    -------
    Consortium or None
        None where one candidate meets all, there is no must, or there are more than ten.
    """
    if not 0 < len(_musts(matches)) <= MOST_REQUIREMENTS:
        return None
    found = find_consortium(matches)
    if not found.is_needed:
        return None
    return found if found.is_joint else find_consortium(matches, counts=(MET, PARTLY))


def find_consortium(matches: Sequence[Match], counts: Collection[str] = (MET,)) -> Consortium:
    """Return the smallest set of candidates that together meet all musts that anybody meets.

    Parameters
    ----------
    matches : sequence of Match
        Candidates of one need; all have lines for the same requirements.
    counts : collection of str
        Which status of a requirement line counts as met.

    Returns
    -------
    Consortium
        Of several smallest sets the one with the highest sum of bits, then the ids first in
        alphabet. One capability a provider. ``unmet`` names what nobody meets; empty ``shares``
        where no set of at most four meets all the others.

    Raises
    ------
    ValueError
        When there are more than ten musts.
    """
    musts = _musts(matches)
    if len(musts) > MOST_REQUIREMENTS:
        raise ValueError(f"at most {MOST_REQUIREMENTS} musts, got {len(musts)}")
    covers = {match.capability_id: _cover(match, musts, counts) for match in matches}
    everything = (1 << len(musts)) - 1
    union = 0
    for cover in covers.values():
        union |= cover
    unmet = tuple(name for i, name in enumerate(musts) if not union >> i & 1)
    is_needed = not any(cover == everything for cover in covers.values())
    if not union:
        return Consortium((), unmet, bool(unmet))
    best = _smallest(_worth_a_look(matches, covers), covers, union)
    return Consortium(_shares(best, covers, musts), unmet, is_needed)


def _musts(matches: Sequence[Match]) -> tuple[str, ...]:
    lines = matches[0].requirements if matches else ()
    return tuple(line.requirement_id for line in lines if line.level == MUST)


def _cover(match: Match, musts: Sequence[str], counts: Collection[str]) -> int:
    """Return the musts that a candidate meets as a number with one bit a must."""
    met = {line.requirement_id for line in match.requirements if line.status in counts}
    return sum(1 << i for i, name in enumerate(musts) if name in met)


def _worth_a_look(matches: Sequence[Match], covers: dict[str, int]) -> list[Match]:
    """Return candidates that may be in the best set: the best of each provider and cover."""
    best: dict[tuple[str, int], Match] = {}
    for match in sorted(matches, key=_order):
        if covers[match.capability_id]:
            best.setdefault((match.provider_id, covers[match.capability_id]), match)
    # Of one cover, as many as there are partners suffice: providers differ within a set.
    kept: dict[int, list[Match]] = {}
    for match in sorted(best.values(), key=_order):
        kept.setdefault(covers[match.capability_id], []).append(match)
    found = [match for group in kept.values() for match in group[:MOST_PARTNERS]]
    found.sort(key=lambda match: (-covers[match.capability_id].bit_count(), *_order(match)))
    return found[:MOST_CANDIDATES]


def _order(match: Match) -> tuple[float, str]:
    return -match.bits, match.capability_id


def _smallest(
    candidates: Sequence[Match], covers: dict[str, int], everything: int
) -> tuple[Match, ...]:
    for size in range(1, MOST_PARTNERS + 1):
        fitting = [
            team
            for team in combinations(candidates, size)
            if _union(team, covers) == everything
            and len({match.provider_id for match in team}) == size
        ]
        if fitting:
            return min(fitting, key=_preference)
    return ()


def _union(team: Sequence[Match], covers: dict[str, int]) -> int:
    union = 0
    for match in team:
        union |= covers[match.capability_id]
    return union


def _preference(team: Sequence[Match]) -> tuple[float, list[str]]:
    return -sum(match.bits for match in team), sorted(match.capability_id for match in team)


def _shares(
    team: Sequence[Match], covers: dict[str, int], musts: Sequence[str]
) -> tuple[Share, ...]:
    shares, taken = [], 0
    for match in sorted(team, key=_order):
        cover = covers[match.capability_id]
        shares.append(Share(match, _names(cover, musts), _names(cover & ~taken, musts)))
        taken |= cover
    return tuple(shares)


def _names(cover: int, musts: Sequence[str]) -> tuple[str, ...]:
    return tuple(name for i, name in enumerate(musts) if cover >> i & 1)
