"""Several providers together: who covers which must, when no single candidate covers all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from matcher.ranking.consortium import MUST, Share, find_together
from matcher.ranking.results import Match, RequirementLine

N_LOOKED_AT = 20  # candidates among whom partners are looked for


@dataclass(frozen=True, slots=True)
class Partner:
    """One of several, with the lines that it takes and those that it could take as well."""

    match: Match
    leads_on: tuple[RequirementLine, ...]
    also: tuple[RequirementLine, ...]


@dataclass(frozen=True, slots=True)
class Together:
    """Partners who cover the musts between them, and the musts that nobody covers."""

    partners: tuple[Partner, ...]  # empty: one candidate covers whatever can be covered
    uncovered: tuple[RequirementLine, ...]
    n_musts: int


def wants_partners(matches: Sequence[Match]) -> bool:
    """Whether no single one of the candidates shown meets all musts."""
    return find_together(matches) is not None


def together_of(matches: Sequence[Match]) -> Together | None:
    """Return the partners among some candidates, or nothing where nothing is to be said."""
    found = find_together(matches)
    if found is None:
        return None
    musts = [line for line in matches[0].requirements if line.level == MUST]
    uncovered = tuple(line for line in musts if line.requirement_id in found.unmet)
    partners = tuple(map(_partner, found.shares)) if found.is_joint else ()
    if not partners and not uncovered:
        return None
    return Together(partners, uncovered, len(musts))


def _partner(share: Share) -> Partner:
    lines = {line.requirement_id: line for line in share.match.requirements}
    also = [name for name in share.requirement_ids if name not in share.leads_on]
    return Partner(
        share.match,
        tuple(lines[name] for name in share.leads_on),
        tuple(lines[name] for name in also),
    )
