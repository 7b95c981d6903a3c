"""A collection: candidates, each with the units of text that speak for it.

A candidate is whatever gets ranked: a capability of the catalogue, a company of an evaluation
pack. Its units are the texts that count as evidence: the capability's own description, each of
its claims, each of its cases. Units stand grouped by candidate, so that a best unit a candidate is
one ``reduceat``. Nothing here scores.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

UNKNOWN_YEAR = 0


@dataclass(frozen=True, slots=True)
class Unit:
    """One text that speaks for a candidate, with its twin in the other language if there is one."""

    unit_id: str
    candidate_id: str
    title: str
    text: str
    title_en: str = ""
    text_en: str = ""
    year: int = UNKNOWN_YEAR
    kind: str = "text"  # text | capability | claim | case

    @property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Return (title, text) in each language that the unit is written in."""
        twins = ((self.title, self.text), (self.title_en, self.text_en))
        return tuple(
            (title, "" if _squeezed(text) == _squeezed(title) else text)
            for title, text in twins
            if title or text
        )


def _squeezed(text: str) -> str:
    """Return the text without white space: a body that only repeats its title adds nothing."""
    return "".join(text.split())


@dataclass(frozen=True)
class Collection:
    """Candidates and their units as columns; units of one candidate are neighbours.

    Attributes
    ----------
    candidate_ids : tuple of str, length n_candidates
    units : tuple of Unit, length n_units, grouped by candidate in the order of ``candidate_ids``
    candidate_of : int32 array (n_units,), index into ``candidate_ids``
    starts : int64 array (n_candidates,), where each candidate's units begin
    years : int32 array (n_units,), 0 where unknown
    """

    candidate_ids: tuple[str, ...]
    units: tuple[Unit, ...]
    candidate_of: NDArray[np.int32]
    starts: NDArray[np.int64]
    years: NDArray[np.int32]
    index_of: dict[str, int] = field(repr=False)

    @property
    def n_candidates(self) -> int:
        """Number of candidates."""
        return len(self.candidate_ids)

    @property
    def n_units(self) -> int:
        """Number of units."""
        return len(self.units)

    def units_of(self, candidates: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the units of some candidates, ascending where these ascend."""
        begin = self.starts[candidates]
        ends = np.append(self.starts, self.n_units)[candidates + 1]
        counts = ends - begin
        before = np.cumsum(counts) - counts
        units: NDArray[np.int64] = np.repeat(begin - before, counts) + np.arange(counts.sum())
        return units

    def followed_by(self, other: Collection) -> Collection:
        """Return this collection with the candidates of another behind its own.

        A candidate that stands in both is there twice; ``index_of`` names the later one.
        """
        n_candidates, n_units = self.n_candidates, self.n_units
        later = {name: i + n_candidates for name, i in other.index_of.items()}
        return Collection(
            candidate_ids=self.candidate_ids + other.candidate_ids,
            units=self.units + other.units,
            candidate_of=np.concatenate((self.candidate_of, other.candidate_of + n_candidates)),
            starts=np.concatenate((self.starts, other.starts + n_units)),
            years=np.concatenate((self.years, other.years)),
            index_of={**self.index_of, **later},
        )


def build_collection(units: Iterable[Unit], candidate_ids: Sequence[str] = ()) -> Collection:
    """Group units by candidate.

    Parameters
    ----------
    units : iterable of Unit
        In any order.
    candidate_ids : sequence of str
        Order of the candidates; those that have no unit get an empty one, so that every
        candidate can be ranked (last). Candidates met only in ``units`` follow in order.
    """
    grouped: dict[str, list[Unit]] = {candidate_id: [] for candidate_id in candidate_ids}
    for unit in units:
        grouped.setdefault(unit.candidate_id, []).append(unit)
    for candidate_id, own in grouped.items():
        if not own:
            own.append(Unit(unit_id=candidate_id, candidate_id=candidate_id, title="", text=""))
    counts = np.array([len(own) for own in grouped.values()], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(counts)[:-1])) if len(counts) else counts
    ordered = tuple(unit for own in grouped.values() for unit in own)
    return Collection(
        candidate_ids=tuple(grouped),
        units=ordered,
        candidate_of=np.repeat(np.arange(len(counts), dtype=np.int32), counts),
        starts=starts.astype(np.int64),
        years=np.array([unit.year for unit in ordered], dtype=np.int32),
        index_of={candidate_id: i for i, candidate_id in enumerate(grouped)},
    )
