"""What surrounds invented lists: bases, brokers, appeals, rounds, records, reviewers' grades."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.random import Generator

from matcher.learning.history import NEVER, Array, Table
from matcher.simulation.answers import Truth
from matcher.simulation.world import DAY_S, YEAR_DAYS, Plan, numbered

N_BASES = 6
SLOTS_A_MONTH = 4
ROUND_SIZE = 40
GRADE_FROM = (0.12, 0.3, 0.55)  # of the chance that both sides agree
FAILED_RULES = ("problem", "users", "budget", "target")  # of the checklist of needs


def invent_aside(
    random: Generator, plan: Plan, tables: Mapping[str, Table], truth: Truth
) -> dict[str, Table]:
    """Return the tables beside lists and pairs."""
    return {
        "applications": _applications(random, tables),
        "slots": _slots(plan),
        "overrides": _overrides(random, tables),
        "appeals": _appeals(random, plan),
        **_rounds(random, plan, tables),
        "records": _records(random, plan, tables),
        "judgements": _judgements(random, tables, truth),
    }


def _days(random: Generator, median: float, n: int) -> Array:
    spans: Array = (random.lognormal(np.log(median), 0.6, n) * DAY_S).astype("m8[s]")
    return spans


def _applications(random: Generator, tables: Mapping[str, Table]) -> Table:
    """Every pilot was applied for; a quarter as many applications were refused."""
    pairs = tables["pairs"]
    rows = np.flatnonzero(~np.isnat(pairs["pilot_at"]))
    refused = random.random(len(rows)) < 0.25
    at = pairs["pilot_at"][rows] - _days(random, 8, len(rows))
    rows = np.concatenate([rows, rows[refused]])
    n, n_refused = len(rows), int(refused.sum())
    applied = np.concatenate([at, at[refused] - _days(random, 12, n_refused)])
    is_refused = np.arange(n) >= n - n_refused
    decided = np.where(is_refused, applied + _days(random, 7, n), pairs["pilot_at"][rows])
    base = random.integers(1, N_BASES + 1, n)
    asked = random.random(n) < 0.6
    return {
        "base_id": np.char.add("SYN-B", base.astype(np.str_)),
        "service_id": np.char.add("SYN-S", (base * 10).astype(np.str_)),
        "need": tables["lists"]["need"][pairs["list"][rows]],
        "applied_at": applied.astype("M8[s]"),
        "decided_at": decided.astype("M8[s]"),
        "state": np.where(is_refused, "refused", "accepted"),
        "asked_type": asked,
        "fits_type": asked & (random.random(n) < np.where(is_refused, 0.5, 0.85)),
    }


def _slots(plan: Plan) -> Table:
    months = np.arange(0, YEAR_DAYS, 30)
    starts = plan.start + (np.tile(months, N_BASES) * DAY_S).astype("m8[s]")
    bases = np.repeat(np.arange(1, N_BASES + 1), len(months))
    return {
        "base_id": np.char.add("SYN-B", bases.astype(np.str_)),
        "n_slots": np.full(len(starts), SLOTS_A_MONTH),
        "at": starts,
        "until": starts + np.timedelta64(30, "D"),
    }


def _overrides(random: Generator, tables: Mapping[str, Table]) -> Table:
    """Brokers pin what they think fits: a little better than chance, never seeing the outcome."""
    pairs, lists = tables["pairs"], tables["lists"]
    n_pairs = len(pairs["list"])
    hunch = pairs["probability"] + random.normal(0, 0.15, n_pairs)
    wanted = random.random(n_pairs) < 0.006 * (1 + 2 * (hunch > np.quantile(hunch, 0.7)))
    rows = np.flatnonzero(wanted)
    at = lists["at"][pairs["list"][rows]]
    return {
        "need": lists["need"][pairs["list"][rows]],
        "capability": pairs["capability"][rows],
        "action": np.array(["pin", "propose", "exclude", "adjust"])[
            random.choice(4, len(rows), p=[0.4, 0.3, 0.2, 0.1])
        ],
        "actor": np.char.add("SYN-BROKER", random.integers(1, 4, len(rows)).astype(np.str_)),
        "reason": np.array(["knows_both", "nearby", "past_project", "conflict"])[
            random.integers(0, 4, len(rows))
        ],
        "at": at,
    }


def _appeals(random: Generator, plan: Plan, n: int = 36) -> Table:
    filed = plan.start + (random.uniform(0, YEAR_DAYS, n) * DAY_S).astype("m8[s]")
    decided = filed + _days(random, 9, n)
    open_ones = random.random(n) < 0.12
    decision = np.array(["upheld", "partly", "dismissed"])[random.choice(3, n, p=[0.2, 0.2, 0.6])]
    return {
        "appeal_id": numbered("AP", n),
        "kind": np.array(["match_list", "engagement"])[random.integers(0, 2, n)],
        "filed_at": filed,
        "due_at": filed + np.timedelta64(15, "D"),
        "decided_at": np.where(open_ones, NEVER, decided).astype("M8[s]"),
        "decision": np.where(open_ones, "", decision),
    }


def _rounds(random: Generator, plan: Plan, tables: Mapping[str, Table]) -> dict[str, Table]:
    """Four rounds a year, none with a blocking pair; one in six needs finds no place."""
    at = plan.start + (np.array([80, 170, 260, 350]) * DAY_S).astype("m8[s]")
    published = tables["needs"]["published_at"]
    seats = []
    for number, moment in enumerate(at):
        eligible = np.flatnonzero(published < moment)[-ROUND_SIZE:]
        choice = np.minimum(random.geometric(0.55, len(eligible)), 5)
        unmatched = random.random(len(eligible)) < 1 / 6
        why = np.array(["no_slot", "failed_check", "outranked"])
        reason = why[random.choice(3, len(eligible), p=[0.4, 0.3, 0.3])]
        seats.append(
            (
                np.full(len(eligible), number),
                eligible,
                np.where(unmatched, 0, choice),
                np.where(unmatched, reason, ""),
            )
        )
    names = ("round", "need", "choice", "reason")
    joined = {name: np.concatenate([s[i] for s in seats]) for i, name in enumerate(names)}
    rounds = {"round_id": numbered("R", 4), "at": at, "n_blocking": np.zeros(4, dtype=np.int64)}
    return {"rounds": rounds, "seats": joined}


def _records(random: Generator, plan: Plan, tables: Mapping[str, Table]) -> Table:
    """How good the records are at the end of the year."""
    kinds = (("need", tables["needs"]["need_id"]),
             ("capability", tables["capabilities"]["capability_id"]),
             ("pilot_base", numbered("B", N_BASES)))  # fmt: skip
    kind = np.concatenate([np.full(len(ids), name) for name, ids in kinds])
    n = len(kind)
    end = np.datetime64(plan.ends_on.isoformat(), "s")
    completeness = np.clip(random.normal(np.where(kind == "need", 76, 68), 14, n), 0, 100)
    fails = (kind == "need") & (completeness < 60)
    rule = np.array(FAILED_RULES)[random.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])]
    age = np.where(kind == "need", 60.0, 150.0)
    updated = end - (random.exponential(age, n) * DAY_S).astype("m8[s]")
    return {
        "kind": kind,
        "record_id": np.concatenate([ids for _, ids in kinds]),
        "checked_at": np.full(n, end - np.timedelta64(1, "h")),
        "updated_at": updated,
        "completeness": np.round(completeness),
        "is_duplicate": random.random(n) < 0.02,
        "failed": np.where(fails, rule, ""),
    }


def _judgements(random: Generator, tables: Mapping[str, Table], truth: Truth) -> Table:
    """Two reviewers in three grade pairs blindly; every third pair has a second opinion."""
    pairs, lists = tables["pairs"], tables["lists"]
    n = min(360, len(pairs["list"]))
    rows = np.sort(random.choice(len(pairs["list"]), n, replace=False))
    chance = (truth.need_accepts * truth.provider_accepts)[rows]
    second = np.arange(n) % 3 == 0
    rows = np.concatenate([rows, rows[second]])
    seen = np.concatenate([chance, chance[second]]) + random.normal(0, 0.07, len(rows))
    return {
        "need": lists["need"][pairs["list"][rows]],
        "capability": pairs["capability"][rows],
        "reviewer": np.where(np.arange(len(rows)) < n, "SYN-REVIEWER1", "SYN-REVIEWER2"),
        "grade": np.searchsorted(GRADE_FROM, seen),
        "at": lists["at"][pairs["list"][rows]] + _days(random, 5, len(rows)),
    }
