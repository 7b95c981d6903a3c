"""Who takes part in an invented year: enterprises with their needs, providers with capabilities."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from matcher.learning.history import NEVER, Array, Table

LIST_LENGTH = 10
DEFAULT_PAIRS = 24_000
YEAR_DAYS = 365
DRIFT_SHARE = 0.7  # of the year, before the drift sets in
SECOND = np.timedelta64(1, "s")
DAY_S = 86_400

INDUSTRIES = ("C26", "C31", "C34", "C36", "C39", "D44", "A01", "Q84")
TASKS = (
    "visual_inspection",
    "forecasting",
    "anomaly",
    "optimisation",
    "knowledge_qa",
    "document",
    "simulation",
    "robotics",
)
REGIONS = ("320000", "310000", "440000", "330000", "370000", "510000", "420000", "610000")
SIZES = ("large", "medium", "small", "micro")
LANGUAGES = ("zh", "en")
SIZE_SHARES = (0.2, 0.35, 0.35, 0.1)
REGION_SHARES = (0.2, 0.12, 0.18, 0.14, 0.12, 0.1, 0.08, 0.06)


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to invent.

    Attributes
    ----------
    seed : the same seed and days give the same history, byte for byte
    ends_on : the first day after the year
    n_pairs : shown pairs, ten a list
    """

    seed: int
    ends_on: date
    n_pairs: int = DEFAULT_PAIRS

    @property
    def starts_on(self) -> date:
        """The first day of the year."""
        return self.ends_on - timedelta(days=YEAR_DAYS)

    @property
    def n_lists(self) -> int:
        """Lists of ten."""
        return max(1, round(self.n_pairs / LIST_LENGTH))

    @property
    def start(self) -> np.datetime64:
        """The first moment of the year."""
        return np.datetime64(self.starts_on.isoformat(), "s")

    @property
    def drift_at(self) -> np.datetime64:
        """When the drift sets in."""
        return self.start + round(DRIFT_SHARE * YEAR_DAYS) * DAY_S * SECOND


@dataclass(frozen=True)
class Offers:
    """The capabilities of the invented world with what nobody sees: their quality and fame."""

    table: Table
    serves: NDArray[np.bool_]  # (n_capabilities, n_industries)
    performs: NDArray[np.bool_]  # (n_capabilities, n_tasks)
    quality: NDArray[np.float64]
    fame: NDArray[np.float64]
    can_edge: NDArray[np.bool_]
    is_domestic: NDArray[np.bool_]
    is_certified: NDArray[np.bool_]


@dataclass(frozen=True)
class Asked:
    """The needs of the invented world with what they insist on."""

    table: Table
    industry: NDArray[np.int64]
    task: NDArray[np.int64]
    wants_edge: NDArray[np.bool_]
    wants_domestic: NDArray[np.bool_]
    wants_certificate: NDArray[np.bool_]
    is_drifted: NDArray[np.bool_]


def chosen(
    random: Generator, values: tuple[str, ...], n: int, shares: Array | None = None
) -> Array:
    """Return n of some values by their shares."""
    return np.array(values)[random.choice(len(values), size=n, p=shares)]


def numbered(prefix: str, n: int) -> Array:
    """Return ids that say that they are synthetic."""
    return np.array([f"SYN-{prefix}{i:06d}" for i in range(1, n + 1)], dtype=np.str_)


def invent_offers(random: Generator, plan: Plan, n: int = 240) -> Offers:
    """Invent capabilities: a few providers are famous, a third joins during the year."""
    n_providers = max(2, n // 2)
    provider = np.concatenate(
        [np.arange(n_providers), random.integers(0, n_providers, n - n_providers)]
    )
    size = chosen(random, SIZES, n_providers, np.array([0.12, 0.28, 0.4, 0.2]))
    region = chosen(random, REGIONS, n_providers, np.array(REGION_SHARES))
    # Fame falls as one over the rank, and is no sign of quality.
    fame = 1.0 / np.arange(1, n_providers + 1)
    joined = random.uniform(-2.0, 1.0, n) * YEAR_DAYS * DAY_S
    since = plan.start + joined.astype("m8[s]")
    table: Table = {
        "capability_id": numbered("C", n),
        "provider_id": numbered("P", n_providers)[provider],
        "size": size[provider],
        "region": region[provider],
        "language": chosen(random, LANGUAGES, n, np.array([0.9, 0.1])),
        "since": since,
        "until": np.full(n, NEVER),
    }
    return Offers(
        table,
        serves=_tags(random, n, len(INDUSTRIES), 2),
        performs=_tags(random, n, len(TASKS), 2),
        quality=random.normal(0, 0.5, n),
        fame=fame[provider],
        can_edge=random.random(n) < 0.6,
        is_domestic=random.random(n) < 0.7,
        is_certified=random.random(n) < 0.75,
    )


def _tags(random: Generator, n: int, n_tags: int, at_most: int) -> NDArray[np.bool_]:
    """Return a matrix with one to some tags a row."""
    tags = np.zeros((n, n_tags), dtype=bool)
    tags[np.arange(n), random.integers(0, n_tags, n)] = True
    for _ in range(at_most - 1):
        more = random.random(n) < 0.5
        tags[np.flatnonzero(more), random.integers(0, n_tags, int(more.sum()))] = True
    return tags


def invent_needs(random: Generator, plan: Plan, n: int) -> Asked:
    """Invent needs over the year; after the drift more come from a new field, and in English."""
    n_enterprises = max(2, int(n / 2.5))
    enterprise = random.integers(0, n_enterprises, n)
    size = chosen(random, SIZES, n_enterprises, np.array(SIZE_SHARES))
    region = chosen(random, REGIONS, n_enterprises, np.array(REGION_SHARES))
    field = random.choice(len(INDUSTRIES), n_enterprises, p=_shares(len(INDUSTRIES)))
    seconds = np.sort(random.uniform(0, YEAR_DAYS * DAY_S, n))
    at = plan.start + seconds.astype("m8[s]")
    is_drifted = at >= plan.drift_at
    industry = field[enterprise]
    moved = is_drifted & (random.random(n) < 0.3)
    industry[moved] = INDUSTRIES.index("Q84")
    english = random.random(n) < np.where(is_drifted, 0.22, 0.08)
    first = np.full(n_enterprises, np.datetime64("NaT", "s"))
    first[enterprise[::-1]] = at[::-1]  # the last one written is the earliest
    joined = (random.exponential(150, n_enterprises) * DAY_S).astype("m8[s]")
    table: Table = {
        "need_id": numbered("N", n),
        "enterprise_id": numbered("E", n_enterprises)[enterprise],
        "industry": np.array(INDUSTRIES)[industry],
        "task": np.array(TASKS)[random.integers(0, len(TASKS), n)],
        "size": size[enterprise],
        "region": region[enterprise],
        "language": np.where(english, "en", "zh"),
        "published_at": at,
        "since": (first - joined)[enterprise],
        "closed_at": np.full(n, NEVER),
        "state": np.full(n, "open", dtype="U16"),
        "budget_cny": np.round(random.lognormal(13.3, 0.8, n), -4),
    }
    return Asked(
        table,
        industry=industry.astype(np.int64),
        task=np.array([TASKS.index(task) for task in table["task"]], dtype=np.int64),
        wants_edge=random.random(n) < np.where(table["industry"] == "C26", 0.6, 0.15),
        wants_domestic=random.random(n) < 0.2,
        wants_certificate=random.random(n) < 0.15,
        is_drifted=is_drifted,
    )


def _shares(n: int) -> NDArray[np.float64]:
    weights = 1.0 / (np.arange(n) + 2.0)
    shares: NDArray[np.float64] = weights / weights.sum()
    return shares


def exclusions_of(
    asked: Asked, offers: Offers, needs: NDArray[np.int64]
) -> tuple[NDArray[np.bool_], dict[str, NDArray[np.bool_]]]:
    """Return which capabilities cannot be shown for some needs, and why, (n_needs, n_capabilities).

    The first is True where one is excluded; a capability that did not exist yet is so too, without
    a reason.
    """
    reasons = {
        "deployment_not_offered": asked.wants_edge[needs][:, None] & ~offers.can_edge,
        "domestic_stack_none": asked.wants_domestic[needs][:, None] & ~offers.is_domestic,
        "certificate_missing": asked.wants_certificate[needs][:, None] & ~offers.is_certified,
    }
    seen = np.zeros((len(needs), len(offers.quality)), dtype=bool)
    for name, matrix in reasons.items():
        reasons[name] = matrix & ~seen
        seen |= matrix
    absent = offers.table["since"] > asked.table["published_at"][needs][:, None]
    for name in reasons:
        reasons[name] &= ~absent
    return seen | absent, reasons
