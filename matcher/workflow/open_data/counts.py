"""Counts that tell nothing of fewer than three organisations, not even by subtraction.

Every need that was published is counted, also one for invited parties, which no list shows. A
reader can take the listed ones away from a count and the told counts away from a total that
another table gives away; so both remainders must be made up by three organisations as well.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

FEWEST = 3


class Counted(NamedTuple):
    """One thing that is counted: where it belongs, whose it is, whether a list shows it."""

    value: str
    organisation_id: str
    is_listed: bool
    is_synthetic: bool = False


class Count(NamedTuple):
    """One line of a table of counts."""

    value: str
    n: int | None  # None where it is not told
    is_synthetic: bool


def safe_counts(things: Iterable[Counted]) -> list[Count]:
    """Return how many things there are of each value, in the order of the values.

    Examples
    --------
    >>> of = [Counted("C31", f"ORG-{i}", is_listed=True) for i in range(3)]
    >>> [(one.value, one.n) for one in safe_counts([*of, Counted("C26", "ORG-9", True)])]
    [('C26', None), ('C31', None)]
    """
    cells: dict[str, list[Counted]] = {}
    for thing in things:
        cells.setdefault(thing.value, []).append(thing)
    told = {value for value, found in cells.items() if _is_safe(found)}
    while told and not _is_safe([t for value in cells if value not in told for t in cells[value]]):
        told.discard(min(told, key=lambda value: (len(cells[value]), value)))
    return [_count(value, cells, value in told) for value in sorted(cells)]


def _count(value: str, cells: Mapping[str, list[Counted]], is_told: bool) -> Count:
    found = cells[value]
    return Count(value, len(found) if is_told else None, any(one.is_synthetic for one in found))


def _is_safe(found: list[Counted]) -> bool:
    """Whether things, and those of them that no list shows, are of none or of three and more."""
    parts = (found, [one for one in found if not one.is_listed])
    n_organisations = [len({one.organisation_id for one in part}) for part in parts]
    return all(n == 0 or n >= FEWEST for n in n_organisations)
