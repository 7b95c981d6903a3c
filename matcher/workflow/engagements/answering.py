"""How reliably an organisation answers: the share answered, and the median time to a first reply.

Requests that still wait are neither answered nor silent. The median comes from the Kaplan-Meier
estimate, in which they count as long as they have waited; leaving them out would flatter the slow.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.store.clocks import Wait, waits_of

FEWEST_TO_SHOW = 3
ASKED = {"provider": ("reply",), "need": ("reply",), "base": ("decision",)}


class AnswerFigures(NamedTuple):
    """Figures to be shown together, always with their counts."""

    n_requests: int
    n_answered: int
    n_lapsed: int
    n_open: int
    answer_rate: float | None  # answered of those that are over
    median_days: float | None  # None: fewer than half have answered so far

    @property
    def is_shown(self) -> bool:
        """Whether enough requests are over to say something of the organisation."""
        return self.n_answered + self.n_lapsed >= FEWEST_TO_SHOW


def answer_figures(waits: Iterable[Wait], now: datetime) -> AnswerFigures:
    """Return the figures of some waits.

    Parameters
    ----------
    waits : iterable of Wait
        One a request; one that ended otherwise than by an answer or its lapse is left out before.
    now : datetime
        Until when those still open have waited.

    Source
    ------
    E. L. Kaplan, P. Meier, Nonparametric Estimation from Incomplete Observations, JASA 53 (1958).
    """
    seen = list(waits)
    n_answered = sum(wait.ended_by == "answered" for wait in seen)
    n_lapsed = sum(wait.ended_by == "lapsed" for wait in seen)
    days = [
        (((wait.ended_at or now) - wait.started_at).total_seconds() / 86_400,
         wait.ended_by == "answered")
        for wait in seen
    ]  # fmt: skip
    n_over = n_answered + n_lapsed
    return AnswerFigures(
        n_requests=len(seen),
        n_answered=n_answered,
        n_lapsed=n_lapsed,
        n_open=len(seen) - n_over,
        answer_rate=n_answered / n_over if n_over else None,
        median_days=median_time(days),
    )


def median_time(times: Iterable[tuple[float, bool]]) -> float | None:
    """Return the Kaplan-Meier median of durations, or None where it is not reached.

    Parameters
    ----------
    times : iterable of (float, bool)
        How long each was observed, and whether the event came; without it the time is censored.

    Examples
    --------
    >>> median_time([(1.0, True), (2.0, True), (9.0, True)])
    2.0
    >>> median_time([(1.0, True), (2.0, False), (9.0, False)]) is None
    True
    """
    left = sorted(times, key=lambda pair: (pair[0], not pair[1]))
    survival, at_risk = 1.0, len(left)
    for duration, came in left:
        if came:
            survival *= (at_risk - 1) / at_risk
        at_risk -= 1
        if came and survival <= 0.5 + 1e-12:
            return duration
    return None


def answers_of(db: Database, organisation_id: str, side: str, now: datetime) -> AnswerFigures:
    """Return how an organisation answers on one side: ``need``, ``provider`` or ``base``."""
    return answer_figures(waits_of(db, organisation_id, ASKED[side]), now)
