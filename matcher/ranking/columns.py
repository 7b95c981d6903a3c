"""The capabilities of an index as columns: equal values once, and a code a capability.

Tags, prices and places repeat, so that what depends on one of them is computed once a value and
looked up for everybody else. Nothing here knows a need.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.features.base import Column
from matcher.ranking.features.strength import strength_columns
from matcher.records import Capability, Case, Provider

Key = Callable[[Capability, Provider | None], Hashable]
Codes = NDArray[np.int32]


def _region_of(provider: Provider | None) -> str:
    return provider.region if provider else ""


# What the features and the hard checks of a pair read of the capability's side, by their name.
KEYS: dict[str, Key] = {
    "provider": lambda c, _: c.provider_id,
    "industries": lambda c, _: c.industries,
    "process_steps": lambda c, _: c.process_steps,
    "ai_tasks": lambda c, _: c.ai_tasks,
    "data_modalities": lambda c, _: c.data_modalities,
    "scenarios": lambda c, _: c.scenario_ids,
    "validity": lambda c, _: c.valid_to,
    "free_slots": lambda c, _: (c.free_slots, c.capacity_stated_at),
    "deployment": lambda c, _: c.deployments,
    "data_residency": lambda c, _: c.data_leaves_site,
    "domestic_stack": lambda c, _: c.domestic_stack,
    "certificate": lambda c, _: (c.certificates, c.certificate_details),
    "maturity": lambda c, _: c.maturity,
    "excluded_industry": lambda c, _: c.excluded_industries,
    "region": lambda c, p: (c.service_regions, _region_of(p)),
    "price": lambda c, _: (c.price_min_cny, c.price_unit),
    "min_budget": lambda c, _: c.min_budget_cny,
    "earliest_start": lambda c, _: c.earliest_start,
}


@dataclass(frozen=True)
class Grouping:
    """One column: the distinct values, and which of them each capability has.

    Attributes
    ----------
    codes : int32 array (n_capabilities,)
    code_of : mapping of value to code
    examples : tuple of int, for each code the position of a capability that has the value
    """

    codes: Codes
    code_of: Mapping[Hashable, int]
    examples: tuple[int, ...]

    def followed_by(self, values: Sequence[Hashable]) -> Grouping:
        """Return this column with the values of further capabilities behind its own."""
        code_of, examples = dict(self.code_of), list(self.examples)
        added = np.empty(len(values), dtype=np.int32)
        for i, value in enumerate(values):
            code = code_of.setdefault(value, len(examples))
            if code == len(examples):
                examples.append(len(self.codes) + i)
            added[i] = code
        return Grouping(np.concatenate((self.codes, added)), code_of, tuple(examples))

    def spread(self, rows: NDArray[np.int64], value_of: Callable[[int], float]) -> Column:
        """Return ``value_of`` (position of a capability) for these rows, once a distinct value."""
        codes = self.codes[rows]
        used = np.flatnonzero(np.bincount(codes, minlength=len(self.examples)))
        values = np.full(len(self.examples), np.nan)
        values[used] = [value_of(self.examples[code]) for code in used.tolist()]
        result: Column = values[codes]
        return result


_EMPTY = Grouping(np.empty(0, dtype=np.int32), {}, ())


@dataclass(frozen=True)
class CapabilityColumns:
    """Every column of some capabilities.

    Attributes
    ----------
    capabilities : tuple of Capability
    providers : tuple of Provider or None, of each capability
    groups : mapping of a name of ``KEYS`` to its column
    strength : mapping of feature name to float array (n_capabilities,)
    id_rank : int array (n_capabilities,), place of each id in their order, which breaks ties
    """

    capabilities: tuple[Capability, ...]
    providers: tuple[Provider | None, ...]
    groups: Mapping[str, Grouping]
    strength: Mapping[str, Column]
    id_rank: NDArray[np.int64]

    def followed_by(
        self,
        added: Sequence[Capability],
        providers: Mapping[str, Provider],
        cases: Mapping[str, Case],
    ) -> CapabilityColumns:
        """Return these columns with further capabilities behind their own."""
        own = tuple(providers.get(c.provider_id) for c in added)
        pairs = list(zip(added, own, strict=True))
        everyone = (*self.capabilities, *added)
        strength = strength_columns(added, cases)
        return CapabilityColumns(
            capabilities=everyone,
            providers=(*self.providers, *own),
            groups={
                name: self.groups.get(name, _EMPTY).followed_by([key(c, p) for c, p in pairs])
                for name, key in KEYS.items()
            },
            strength={
                name: np.concatenate((self.strength.get(name, column[:0]), column))
                for name, column in strength.items()
            },
            id_rank=_id_rank(everyone),
        )


def capability_columns(
    capabilities: Sequence[Capability],
    providers: Mapping[str, Provider],
    cases: Mapping[str, Case],
) -> CapabilityColumns:
    """Return the columns of these capabilities."""
    nobody = CapabilityColumns((), (), {}, {}, np.empty(0, dtype=np.int64))
    return nobody.followed_by(capabilities, providers, cases)


def _id_rank(capabilities: Sequence[Capability]) -> NDArray[np.int64]:
    order = sorted(range(len(capabilities)), key=lambda i: capabilities[i].capability_id)
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank
