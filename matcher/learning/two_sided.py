"""Two probabilities and their joint: the enterprise accepts, the provider accepts, both do.

Each is a strictly rising table over the model's own calibrated log-odds, fitted on answers that
were really given and stored with the model, where ``matcher.ranking.sides`` reads it. Where too
few answers exist there is no table: not enough data.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.errors import NotEnoughJudgements
from matcher.learning.calibration import cross_calibrated, fit_calibration
from matcher.learning.history import HistoryLog
from matcher.learning.probability_metrics import brier, expected_calibration_error
from matcher.learning.split import fold_of
from matcher.ranking.model import Table
from matcher.ranking.sides import MIN_ANSWERS, PREFIX, SIDES

MIN_EACH = 20  # accepted, and not accepted
N_FOLDS = 5
ROUNDED = 6  # digits of log-odds that are kept, so that a file of answers gives the same tables

Array = NDArray[np.float64]


@dataclass(frozen=True)
class Answers:
    """What one side answered: bits of the pair, 1 where it accepted, and the group of the need."""

    bits: Array
    accepted: Array
    groups: tuple[str, ...]


@dataclass(frozen=True)
class SideRecord:
    """How far one side's probability can be believed, out of fold; figures are None with few."""

    side: str
    n: int
    n_accepted: int
    brier: float | None
    calibration_error: float | None


def answers_of(log: HistoryLog, side: str) -> Answers:
    """Return the answers of one side, or of both together, that a log holds.

    A pair that was closed without an answer of this side says nothing about it. Both accepted, or
    did not: that is known as soon as either side has declined.
    """
    pairs = log.pairs
    yes = {s: ~np.isnat(pairs[f"{s}_accepted_at"]) for s in ("need", "provider")}
    no = {s: ~np.isnat(pairs[f"{s}_declined_at"]) & ~yes[s] for s in ("need", "provider")}
    if side == "joint":
        accepted = ~np.isnat(pairs["mutual_at"])
        known = accepted | no["need"] | no["provider"]
    else:
        accepted, known = yes[side], yes[side] | no[side]
    known = known & np.isfinite(pairs["bits"])
    groups = log.needs["enterprise_id"][log.pair_need[known]]
    return Answers(
        np.asarray(pairs["bits"][known], dtype=np.float64).round(ROUNDED),
        accepted[known].astype(np.float64),
        tuple(map(str, groups)),
    )


def fit_side(answers: Answers) -> Table:
    """Return the table of one side.

    Raises
    ------
    NotEnoughJudgements
        Fewer than 200 answers, or fewer than 20 of either kind.
    """
    n, n_yes = len(answers.bits), int(answers.accepted.sum())
    if n < MIN_ANSWERS:
        raise NotEnoughJudgements(n, MIN_ANSWERS, "answers of one side")
    if min(n_yes, n - n_yes) < MIN_EACH:
        raise NotEnoughJudgements(min(n_yes, n - n_yes), MIN_EACH, "answers of the rarer kind")
    return fit_calibration(answers.bits, answers.accepted)


def record_of(side: str, answers: Answers) -> SideRecord:
    """Measure one side's calibration on enterprises whose answers were not fitted."""
    n, n_yes = len(answers.bits), int(answers.accepted.sum())
    if n < MIN_ANSWERS or min(n_yes, n - n_yes) < MIN_EACH:
        return SideRecord(side, n, n_yes, None, None)
    names = sorted(set(answers.groups))
    number = {name: i for i, name in enumerate(names)}
    owners = np.array([number[name] for name in answers.groups], dtype=np.int64)
    folds = [fold_of(name, N_FOLDS) for name in names]
    found = cross_calibrated(answers.bits, answers.accepted, owners, folds)
    error = expected_calibration_error(found, answers.accepted)
    return SideRecord(side, n, n_yes, brier(found, answers.accepted), error)


def all_answers(log: HistoryLog) -> dict[str, Answers]:
    """Return the answers of each side, and of both together."""
    return {side: answers_of(log, side) for side in SIDES}


def fit_sides(given: Mapping[str, Answers]) -> tuple[dict[str, Table], list[SideRecord]]:
    """Return a table for each side with enough answers, and the record of every side."""
    tables, records = {}, []
    for side, answers in given.items():
        records.append(record_of(side, answers))
        try:
            tables[f"{PREFIX}{side}"] = fit_side(answers)
        except NotEnoughJudgements:
            continue
    return tables, records
