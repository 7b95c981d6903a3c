"""What both sides answer in the invented year, how late, and what comes of it.

An enterprise looks at the k-th place with probability ``k ** -0.6``: who is not looked at is not
accepted, however well it fits. Rates are set so that about one in six of the first five places ends
in both sides agreeing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from matcher.learning.history import NEVER, SEPARATOR, SETTLED_AFTER_DAYS, Array, Table
from matcher.simulation.showing import Shown
from matcher.simulation.world import DAY_S, LIST_LENGTH

Floats = NDArray[np.float64]
Truths = NDArray[np.bool_]

EXAMINATION: Floats = np.arange(1.0, LIST_LENGTH + 1.0) ** -0.6
FAME_IN_ANSWERS = 0.5  # log-odds that a famous name adds in the enterprise's eyes
DECLINES = 0.4  # of the pairs looked at and not accepted, those declined in words
PROVIDER_DECLINES = 0.7
REASONS_NEED = ("capability", "budget", "timing", "supplied", "region", "data")
SHARES_NEED = np.array([0.45, 0.2, 0.12, 0.1, 0.06, 0.07])
REASONS_PROVIDER = ("no_capacity", "budget", "capability", "unclear", "data")
SHARES_PROVIDER = np.array([0.35, 0.25, 0.15, 0.15, 0.1])
MEDIAN_DAYS = {
    "need": 3.0,
    "provider": 2.5,
    "reveal": 1.5,
    "talks": 4.0,
    "pilot": 25.0,
    "outcome": 45.0,
    "contract": 35.0,
}
REVEALED, TALKED, PILOTED, PASSED, CONTRACTED, CONTRACTED_ALONE = 0.88, 0.8, 0.28, 0.6, 0.45, 0.08


@dataclass(frozen=True)
class Truth:
    """What the inventor knows and the log does not say.

    Attributes
    ----------
    examination : probability that each place is looked at
    need_accepts, provider_accepts : probability of each pair, were it looked at
    """

    examination: Floats
    need_accepts: Floats
    provider_accepts: Floats
    famous_provider: str
    drift_at: np.datetime64
    drift_feature: str


def answer(random: Generator, shown: Shown, shown_at: Array, fame: Floats) -> tuple[Table, Truth]:
    """Return the columns of answers and outcomes of shown pairs, and what they were drawn from."""
    n = len(shown.need)
    need_p = _share(shown.need_odds + FAME_IN_ANSWERS * fame[shown.capability])
    provider_p = _share(shown.provider_odds)
    looked_at = random.random(n) < EXAMINATION[shown.position - 1]
    need_says = looked_at & (random.random(n) < need_p)
    provider_would = random.random(n) < provider_p
    days = {name: _delay(random, n, median) for name, median in MEDIAN_DAYS.items()}
    in_time = days["need"] < SETTLED_AFTER_DAYS
    need_says &= in_time
    columns: dict[str, Array] = {}
    columns["need_accepted_at"] = _when(need_says, shown_at + _span(days["need"]))
    asked_at = columns["need_accepted_at"]
    provider_says = need_says & provider_would
    columns["provider_accepted_at"] = _when(provider_says, asked_at + _span(days["provider"]))
    columns["mutual_at"] = columns["provider_accepted_at"]
    declines = looked_at & ~need_says & in_time & (random.random(n) < DECLINES)
    refuses = need_says & ~provider_would & (random.random(n) < PROVIDER_DECLINES)
    columns["need_declined_at"] = _when(declines, shown_at + _span(days["need"]))
    columns["provider_declined_at"] = _when(refuses, asked_at + _span(days["provider"]))
    columns["declines_need"] = _reasons(random, declines, REASONS_NEED, SHARES_NEED)
    columns["declines_provider"] = _reasons(random, refuses, REASONS_PROVIDER, SHARES_PROVIDER)
    columns |= _afterwards(random, columns["mutual_at"], days)
    columns |= _closing(columns, shown_at)
    truth = Truth(EXAMINATION, need_p, provider_p, "SYN-P000001", NEVER, "meaning_affinity")
    return columns, truth


def _share(odds: Floats) -> Floats:
    found: Floats = 1.0 / (1.0 + np.exp(-odds))
    return found


def _delay(random: Generator, n: int, median_days: float) -> Floats:
    """Return waiting times in days: most are short, a few are long."""
    return random.lognormal(np.log(median_days), 0.9, n)


def _span(days: Floats) -> Array:
    span: Array = (days * DAY_S).astype("m8[s]")
    return span


def _when(happened: Truths, at: Array) -> Array:
    found: Array = np.where(happened, at, NEVER).astype("M8[s]")
    return found


def _reasons(random: Generator, declined: Truths, codes: tuple[str, ...], shares: Floats) -> Array:
    """Return one reason for each that declined, two for a fifth of them."""
    n = len(declined)
    first = np.array(codes)[random.choice(len(codes), n, p=shares)]
    second = np.array(codes)[random.choice(len(codes), n, p=shares)]
    has_second = (random.random(n) < 0.2) & (first != second)
    both = np.char.add(np.char.add(first, SEPARATOR), second)
    found: Array = np.where(declined, np.where(has_second, both, first), "")
    return found


def _afterwards(random: Generator, mutual_at: Array, days: dict[str, Floats]) -> dict[str, Array]:
    """Return what follows an agreement: names, talks, a pilot, a contract."""
    n = len(mutual_at)
    revealed = ~np.isnat(mutual_at) & (random.random(n) < REVEALED)
    talked = revealed & (random.random(n) < TALKED)
    piloted = talked & (random.random(n) < PILOTED)
    passed = piloted & (random.random(n) < PASSED)
    signed = (passed & (random.random(n) < CONTRACTED)) | (
        talked & ~piloted & (random.random(n) < CONTRACTED_ALONE)
    )
    revealed_at = _when(revealed, mutual_at + _span(days["reveal"]))
    talks_at = _when(talked, revealed_at + _span(days["talks"]))
    pilot_at = _when(piloted, talks_at + _span(days["pilot"]))
    tested_at = _when(piloted, pilot_at + _span(days["outcome"]))
    last = np.where(passed, tested_at, talks_at)
    signed_at = _when(signed, last + _span(days["contract"]))
    outcome = np.where(passed, "pilot_passed", np.where(piloted, "pilot_failed", ""))
    return {
        "revealed_at": revealed_at,
        "talks_at": talks_at,
        "pilot_at": pilot_at,
        "contracted_at": signed_at,
        "outcome": np.where(signed, "contracted", outcome),
        "outcome_at": np.where(signed, signed_at, tested_at),
    }


def _closing(columns: dict[str, Array], shown_at: Array) -> dict[str, Array]:
    """Return when and why what came to nothing was closed."""
    waited = np.timedelta64(SETTLED_AFTER_DAYS, "D").astype("m8[s]")
    declined_at = np.where(
        np.isnat(columns["need_declined_at"]),
        columns["provider_declined_at"],
        columns["need_declined_at"],
    )
    is_mutual = ~np.isnat(columns["mutual_at"])
    is_asked = ~np.isnat(columns["need_accepted_at"])
    lapsed_at = np.where(is_asked, columns["need_accepted_at"], shown_at) + waited
    declined = ~np.isnat(declined_at)
    closed_at = np.where(declined, declined_at, np.where(is_mutual, NEVER, lapsed_at))
    silent = np.where(is_asked, "no_answer", "not_taken_up")
    cause = np.where(declined, "declined", np.where(is_mutual, "", silent))
    return {"closed_at": closed_at.astype("M8[s]"), "close_cause": cause}
