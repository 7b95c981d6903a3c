"""Who may be ranked at all: the hard checks of a need over a whole catalogue.

A check reads few fields, and their values repeat: each is answered once a distinct value. The
reasons are put into words only for those that are shown.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

import matcher.vocabulary as shared_vocabulary
from matcher.ranking.columns import CapabilityColumns
from matcher.ranking.engine import CatalogueIndex
from matcher.ranking.results import Exclusion
from matcher.records import Need
from matcher.retrieval.constraints import CHECKS, NOBODY, Sides, check_capability, failed

# What they look at is who the provider is, and not a column of what it states.
OF_PROVIDERS = ("excluded_provider", "taking_part")


@dataclass(frozen=True)
class Eligibility:
    """Which capabilities passed every hard check of a need.

    Attributes
    ----------
    columns : CapabilityColumns
    need, today, suspended : what was checked
    eligible : bool array (n_capabilities,)
    excluded : int array, positions of those that are current and failed a check, ascending
    """

    columns: CapabilityColumns
    need: Need
    today: date
    eligible: NDArray[np.bool_]
    excluded: NDArray[np.int64]
    suspended: Collection[str] = NOBODY

    @property
    def mask(self) -> NDArray[np.bool_] | None:
        """The eligible ones, or None where that is everybody."""
        return None if bool(self.eligible.all()) else self.eligible

    def exclusions(self, limit: int) -> tuple[Exclusion, ...]:
        """Return why the first of those excluded are, at most ``limit``."""
        return tuple(self._exclusions(self.excluded[:limit].tolist()))

    def exclusion_of(self, provider_id: str) -> Exclusion | None:
        """Return why the first excluded capability of a provider is, or None."""
        capabilities = self.columns.capabilities
        own = (i for i in self.excluded.tolist() if capabilities[i].provider_id == provider_id)
        return next(self._exclusions(own), None)

    def _exclusions(self, positions: Iterable[int]) -> Iterator[Exclusion]:
        for i in positions:
            capability, provider = self.columns.capabilities[i], self.columns.providers[i]
            checks = check_capability(
                self.need, capability, provider, today=self.today, suspended=self.suspended
            )
            check = failed(checks)[0]
            yield Exclusion(
                provider_id=capability.provider_id,
                capability_id=capability.capability_id,
                reason_code=check.reason_code,
                reason_zh=check.reason_zh,
                reason_en=check.reason_en,
            )


def check_index(index: CatalogueIndex, need: Need, *, today: date) -> Eligibility:
    """Check every current capability of a catalogue against every hard constraint."""
    return check_all(
        index.columns,
        need,
        today=today,
        retired=index.retired,
        suspended=index.catalogue.suspended_providers,
    )


def check_all(
    columns: CapabilityColumns,
    need: Need,
    *,
    today: date,
    retired: NDArray[np.bool_],
    suspended: Collection[str] = NOBODY,
) -> Eligibility:
    """Check every current capability against every hard constraint.

    Parameters
    ----------
    retired : bool array (n_capabilities,)
        Former versions, neither ranked nor named.
    suspended : collection of str
        Ids of the providers with which nothing can be begun at present.
    """
    passed = ~_has_provider(columns, (*need.excluded_provider_ids, *suspended))
    for name in CHECKS:
        if name not in OF_PROVIDERS:
            passed &= _passed(name, columns, need, today)
    current, excluded = passed & ~retired, np.flatnonzero(~passed & ~retired)
    return Eligibility(columns, need, today, current, excluded, suspended)


def _passed(name: str, columns: CapabilityColumns, need: Need, today: date) -> NDArray[np.bool_]:
    group, check = columns.groups[name], CHECKS[name]
    answers = np.ones(len(group.examples), dtype=bool)
    for code, i in enumerate(group.examples):
        sides = Sides(need, columns.capabilities[i], columns.providers[i], today, shared_vocabulary)
        answers[code] = not failed(check(sides))
    passed: NDArray[np.bool_] = answers[group.codes]
    return passed


def _has_provider(columns: CapabilityColumns, provider_ids: Iterable[str]) -> NDArray[np.bool_]:
    """Say whose provider is one of these."""
    group = columns.groups["provider"]
    hit = [group.code_of[p] for p in provider_ids if p in group.code_of]
    return np.isin(group.codes, hit)
