"""The inputs of an allocation round, frozen: who may be put with whom, quotas, answers, rules.

An option is one possible placement: a need with a provider's capability and a place of a base, or
with no base where none is needed. Everything that decides is in these records, so their digest
names the round: same digest, same result.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from matcher.errors import MatcherError

OPTIMAL, STABLE, ORDERED = "optimal", "stable", "ordered"
MODES = (OPTIMAL, STABLE, ORDERED)
MUST, WILLING, NO = "must", "willing", "no"
NO_BASE = ""
# Of stable placements; a round keeps the one it was drafted with.
FIRST_ALGORITHM, SECOND_ALGORITHM, ALGORITHM = 1, 2, 3
ALGORITHMS = (FIRST_ALGORITHM, SECOND_ALGORITHM, ALGORITHM)
KNOWN: dict[str, tuple[object, ...]] = {"mode": MODES, "algorithm": ALGORITHMS}


class Unsolvable(MatcherError, ValueError):
    """Locks and quotas of a round contradict each other: no allocation fulfils them all."""

    code = "unsolvable"


@dataclass(frozen=True, slots=True, order=True)
class Option:
    """One possible placement; the values are in [0, 1]."""

    need_id: str
    provider_id: str
    place_id: str = NO_BASE  # a period of a base service
    capability_id: str = ""
    score: float = 0.0  # expected success of the whole placement
    need_value: float = 0.0  # how much the enterprise wants it
    provider_value: float = 0.0  # how much the provider wants it
    place_value: float = 0.0  # its points by the base's published priority rules
    service_id: str = ""  # of the base, where the place is one of several services

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other options."""
        return self.need_id, self.provider_id, self.place_id


@dataclass(frozen=True, slots=True)
class Quota:
    """How many placements a party takes: none, or at least the minimum; never more than most."""

    most: int
    least: int = 0


@dataclass(frozen=True, slots=True)
class Answer:
    """What one party says of another: ``must``, ``willing`` or ``no``."""

    party_id: str
    other_id: str
    answer: str


@dataclass(frozen=True, slots=True)
class Lock:
    """A placement that an administrator fixed by hand, with the reason."""

    need_id: str
    provider_id: str
    place_id: str
    reason: str

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other placements."""
        return self.need_id, self.provider_id, self.place_id


@dataclass(frozen=True, slots=True)
class Rules:
    """What is published before a round starts, and holds until its end."""

    mode: str = OPTIMAL
    small_bonus: float = 0.05  # added to the value of a placement of a small or micro firm
    first_bonus: float = 0.05  # and of one that takes part for the first time
    must_bonus: float = 0.20  # for each side that says must
    text_zh: str = ""
    text_en: str = ""
    algorithm: int = ALGORITHM


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that an allocation is computed from; needs stand in the order of their arrival."""

    needs: tuple[str, ...]
    options: tuple[Option, ...]
    provider_quotas: Mapping[str, Quota]
    place_quotas: Mapping[str, Quota] = field(default_factory=dict)
    answers: tuple[Answer, ...] = ()
    small: frozenset[str] = frozenset()  # needs and providers of small and micro firms
    first_timers: frozenset[str] = frozenset()
    failed_checks: Mapping[str, str] = field(default_factory=dict)  # need → blocking_constraint
    locks: tuple[Lock, ...] = ()
    rules: Rules = Rules()
    seed: int = 0  # of the lottery that breaks ties
    model_id: str = ""  # of the model whose probabilities the scores are
    versions: Mapping[str, int] = field(default_factory=dict)  # "need/N1" → the version read

    def __post_init__(self) -> None:
        """Refuse inputs that contradict themselves."""
        problems = list(_problems(self))
        if problems:
            raise ValueError("; ".join(problems))


def _problems(inputs: Inputs) -> list[str]:
    found = []
    known = set(inputs.needs)
    if len(known) != len(inputs.needs):
        found.append("a need stands twice")
    keys = [option.key for option in inputs.options]
    if len(set(keys)) != len(keys):
        found.append("an option stands twice")
    for option in inputs.options:
        if option.need_id not in known or option.provider_id not in inputs.provider_quotas:
            found.append(f"option {option.key} names somebody who takes no part")
        if option.place_id and option.place_id not in inputs.place_quotas:
            found.append(f"option {option.key} names a place without a quota")
    possible = set(keys)
    missing = [lock.key for lock in inputs.locks if lock.key not in possible]
    found += [f"lock {key} is no option" for key in missing]
    quotas = (*inputs.provider_quotas.values(), *inputs.place_quotas.values())
    if any(not 0 <= quota.least <= max(quota.most, 0) for quota in quotas):
        found.append("a quota's minimum must lie between 0 and its maximum")
    for name, known_values in KNOWN.items():
        value = getattr(inputs.rules, name)
        found += [f"unknown {name} {value!r}"] if value not in known_values else []
    return found[:5]


_OPTION = tuple(one.name for one in fields(Option))


def as_plain(inputs: Inputs) -> dict[str, Any]:
    """Return the inputs as JSON has them, in one order whatever the order they came in."""
    bare = replace(inputs, options=(), locks=())
    plain = asdict(bare) | {"locks": [asdict(lock) for lock in inputs.locks]}
    # Options are many and flat: reading their fields is twenty times as fast as ``asdict``.
    plain["options"] = [
        {name: getattr(option, name) for name in _OPTION} for option in sorted(inputs.options)
    ]
    plain["answers"] = sorted(plain["answers"], key=lambda one: (one["party_id"], one["other_id"]))
    plain["locks"] = sorted(plain["locks"], key=lambda one: one["need_id"])
    for name in ("small", "first_timers"):
        plain[name] = sorted(plain[name])
    if inputs.rules.algorithm == FIRST_ALGORITHM:
        del plain["rules"]["algorithm"]  # not known when such a round got its digest
    return plain


def from_plain(plain: Mapping[str, Any]) -> Inputs:
    """Return the inputs that ``as_plain`` wrote."""
    return Inputs(
        needs=tuple(plain["needs"]),
        options=tuple(Option(**one) for one in plain["options"]),
        provider_quotas={key: Quota(**one) for key, one in plain["provider_quotas"].items()},
        place_quotas={key: Quota(**one) for key, one in plain["place_quotas"].items()},
        answers=tuple(Answer(**one) for one in plain["answers"]),
        small=frozenset(plain["small"]),
        first_timers=frozenset(plain["first_timers"]),
        failed_checks=dict(plain["failed_checks"]),
        locks=tuple(Lock(**one) for one in plain["locks"]),
        rules=rules_from(plain["rules"]),
        seed=plain["seed"],
        model_id=plain["model_id"],
        versions=dict(plain["versions"]),
    )


def rules_from(plain: Mapping[str, Any]) -> Rules:
    """Return rules as they were stored; those that name no algorithm are from before the second."""
    return Rules(**{"algorithm": FIRST_ALGORITHM, **plain})


def canonical_json(value: object) -> str:
    """Return a value as JSON text that is the same for the same value."""
    return json.dumps(
        value, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    )


def digest_of(inputs: Inputs) -> str:
    """Return the SHA-256 that names a round's inputs."""
    return hashlib.sha256(canonical_json(as_plain(inputs)).encode("utf-8")).hexdigest()


def lottery(seed: int, key: tuple[str, ...]) -> float:
    """Return the number in [0, 1) that a key drew: the same for ever, and not to be foreseen.

    Examples
    --------
    >>> lottery(7, ("a",)) == lottery(7, ("a",)) != lottery(8, ("a",))
    True
    """
    drawn = hashlib.sha256(f"{seed}:{':'.join(key)}".encode()).digest()
    return int.from_bytes(drawn[:8], "big") / 2**64
