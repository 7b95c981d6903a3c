"""Who may be ranked at all: the hard checks of a need over a whole catalogue.

A check reads few fields, and their values repeat: each is answered once a distinct value. The
reasons are put into words only for those that are shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

import matcher.vocabulary as shared_vocabulary
from matcher.ranking.columns import CapabilityColumns
from matcher.ranking.results import Exclusion
from matcher.records import Need
from matcher.retrieval.constraints import CHECKS, Sides, check_capability, failed


@dataclass(frozen=True)
class Eligibility:
    """Which capabilities passed every hard check of a need.

    Attributes
    ----------
    columns : CapabilityColumns
    need, today : what was checked
    eligible : bool array (n_capabilities,)
    excluded : int array, positions of those that are current and failed a check, ascending
    """

    columns: CapabilityColumns
    need: Need
    today: date
    eligible: NDArray[np.bool_]
    excluded: NDArray[np.int64]

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
            check = failed(check_capability(self.need, capability, provider, today=self.today))[0]
            yield Exclusion(
                provider_id=capability.provider_id,
                capability_id=capability.capability_id,
                reason_code=check.reason_code,
                reason_zh=check.reason_zh,
                reason_en=check.reason_en,
            )


def check_all(
    columns: CapabilityColumns, need: Need, *, today: date, retired: NDArray[np.bool_]
) -> Eligibility:
    """Check every current capability against every hard constraint.

    Parameters
    ----------
    retired : bool array (n_capabilities,)
        Former versions, neither ranked nor named.
    """
    passed = np.ones(len(columns.capabilities), dtype=bool)
    for name in CHECKS:
        passed &= _passed(name, columns, need, today)
    return Eligibility(columns, need, today, passed & ~retired, np.flatnonzero(~passed & ~retired))


def _passed(name: str, columns: CapabilityColumns, need: Need, today: date) -> NDArray[np.bool_]:
    if name == "excluded_provider":
        return _is_considered(columns, need)
    group, check = columns.groups[name], CHECKS[name]
    answers = np.ones(len(group.examples), dtype=bool)
    for code, i in enumerate(group.examples):
        sides = Sides(need, columns.capabilities[i], columns.providers[i], today, shared_vocabulary)
        answers[code] = not failed(check(sides))
    passed: NDArray[np.bool_] = answers[group.codes]
    return passed


def _is_considered(columns: CapabilityColumns, need: Need) -> NDArray[np.bool_]:
    """Say whose provider the need does not exclude by name."""
    group = columns.groups["provider"]
    hit = [group.code_of[p] for p in need.excluded_provider_ids if p in group.code_of]
    considered: NDArray[np.bool_] = ~np.isin(group.codes, hit)
    return considered
