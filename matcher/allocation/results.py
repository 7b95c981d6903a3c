"""What a round says: who got what, why others got nothing, and what it is compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from matcher.allocation.inputs import Option, canonical_json


@dataclass(frozen=True, slots=True)
class Unmatched:
    """Why a party got nothing, in words of both languages, without anybody's name."""

    party_id: str
    reason: str  # vocabulary unmatched_reason
    text_zh: str
    text_en: str
    cut_off: float | None = None  # the least points that got a place; None where it would tell who
    check: str = ""  # the hard check that failed, vocabulary blocking_constraint


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same inputs, first come first served."""

    n_placed: int
    total_score: float
    first_choice_share: float


@dataclass(frozen=True, slots=True)
class Result:
    """An allocation with all that explains it."""

    inputs_digest: str
    mode: str
    placements: tuple[Option, ...]
    unmatched_needs: tuple[Unmatched, ...]
    idle_providers: tuple[Unmatched, ...]
    idle_places: tuple[Unmatched, ...]
    wait_lists: dict[str, tuple[str, ...]]  # place or provider → needs, the next one first
    n_blocking: int
    total_score: float  # the sum of expected successes, without bonuses
    first_choice_share: float  # of the placed, who got the one they wanted most
    small_share: float
    first_come: Comparison
    shadow_prices: dict[str, float] = field(default_factory=dict)
    closed: tuple[str, ...] = ()  # providers and places below their minimum
    stability: str = ""  # in stable mode: nothing_blocks, none_exists (proved) or not_found

    def as_plain(self) -> dict[str, Any]:
        """Return the result as JSON has it; what nothing is known of is left out."""
        plain = asdict(self)
        if not self.stability:
            del plain["stability"]  # nor was it there when older results got their digest
        return plain

    @property
    def digest(self) -> str:
        """The SHA-256 that a later replay must give again; words may be put better meanwhile."""
        plain = self.as_plain()
        for name in ("unmatched_needs", "idle_providers", "idle_places"):
            for one in plain[name]:
                del one["text_zh"], one["text_en"]
        return hashlib.sha256(canonical_json(plain).encode("utf-8")).hexdigest()


def result_from(plain: Mapping[str, Any]) -> Result:
    """Return the result that ``as_plain`` wrote."""
    values = dict(plain)
    values["placements"] = tuple(Option(**one) for one in values["placements"])
    for name in ("unmatched_needs", "idle_providers", "idle_places"):
        values[name] = tuple(Unmatched(**one) for one in values[name])
    values["wait_lists"] = {party: tuple(one) for party, one in values["wait_lists"].items()}
    values["first_come"] = Comparison(**values["first_come"])
    values["closed"] = tuple(values["closed"])
    return Result(**values)
