"""Grading pairs blind: what is drawn, who grades next, taking a grade back, and how far all agree.

A reviewer sees the need and the capability, never a score, a rank or somebody else's grade. Needs
are those that are published and, so that a young platform has something to ask, the scenarios of
the catalogue.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from matcher.errors import MatcherError, NotEnoughJudgements, UnknownRecord
from matcher.identity import STAFF_ROLES
from matcher.learning.agreement import Agreement, agreement, doubly_graded
from matcher.learning.sampling import Drawable, SamplingPlan, draw_sample
from matcher.learning.update_from_labels import PRIOR_SHARE
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.matching import Ranking
from matcher.ranking.model import AdditiveModel
from matcher.records import Capability, Catalogue, Need
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.judgements import Judgement, add_judgement, list_judgements
from matcher.store.judging import (
    JudgingItem,
    add_sample,
    find_item,
    last_sample,
    withdraw_last_judgement,
)
from matcher.store.needs import list_kept_needs, read_need
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.needs.states import LISTED, Act

SCENARIO = "scenario:"
N_NEEDS = 40
N_LOOKED_AT = 10  # first places of each order
DIGITS = 6
LONGEST_NOTE = 500
GRADES = range(4)
CLOSEST_WORDS = "lexical_best"  # the order that is compared where no second model is named


class JudgingRefused(MatcherError):
    """A grade cannot be given so; ``why`` is a code."""

    code = "judging_refused"

    def __init__(self, why: str) -> None:
        told = {
            "not_entitled": "only reviewers and administrators grade pairs",
            "no_grade": "a grade is a whole number from 0 to 3",
            "unknown_requirement": "this need has no such requirement line",
            "graded_already": "this person has graded the pair already",
            "nothing_to_draw": "there is no need and capability left to grade",
            "nothing_to_take_back": "this person has given no grade",
        }
        super().__init__(told[why], why=why)
        self.why = why


@dataclass(frozen=True)
class _Found:
    pair: Drawable
    features: dict[str, float | None]


def need_to_judge(db: Database, catalogue: Catalogue, need_id: str) -> Need:
    """Return a need that was drawn, of an enterprise or made of a scenario.

    Raises
    ------
    UnknownRecord
        It is no longer there.
    """
    if not need_id.startswith(SCENARIO):
        return read_need(db, need_id)
    scenario = catalogue.scenarios.get(need_id.removeprefix(SCENARIO))
    if scenario is None:
        raise UnknownRecord("scenario", need_id)
    return Need(
        need_id=need_id,
        title=scenario.name,
        problem=scenario.pain_point,
        title_en=scenario.name_en,
        problem_en=scenario.pain_point_en,
        language="zh",
        industries=scenario.industries,
        process_steps=scenario.process_steps,
        ai_tasks=scenario.ai_tasks,
        data_modalities=scenario.data_modalities,
    )


def draw_for_judging(
    db: Database,
    service: MatchingService,
    act: Act,
    *,
    seed: int,
    plan: SamplingPlan | None = None,
    other: AdditiveModel | None = None,
) -> int:
    """Draw a new sample and return its number.

    Parameters
    ----------
    other : AdditiveModel, optional
        The model whose order is compared; by default that of the closest words alone.

    Raises
    ------
    JudgingRefused
        When this person may not, or nothing is left to grade.
    """
    wanted = plan or SamplingPlan()
    if act.actor.role not in STAFF_ROLES:
        raise JudgingRefused("not_entitled")
    graded = {(one.need_id, one.capability_id) for one in list_judgements(db)}
    needs = _needs(db, service.catalogue, seed)
    found = {
        (one.pair.need_id, one.pair.capability_id): one
        for need in needs
        for one in _pairs(service, need, other)
        if (one.pair.need_id, one.pair.capability_id) not in graded
    }
    if not found:
        raise JudgingRefused("nothing_to_draw")
    drawn = draw_sample([one.pair for _, one in sorted(found.items())], wanted, seed)
    items = [
        JudgingItem(
            place,
            one.pair.need_id,
            one.pair.capability_id,
            one.drawn_for,
            one.chance,
            one.n_wanted,
            found[one.pair.need_id, one.pair.capability_id].features,
        )
        for place, one in enumerate(drawn, start=1)
    ]
    told = {
        **wanted.as_json(),
        "n_needs": len(needs),
        "n_pairs": len(found),
        "model": service.model.model_id,
        "other": other.model_id if other else CLOSEST_WORDS,
    }
    with write_transaction(db, "draw a judging sample"):
        sample_id = add_sample(db, items, told, seed=seed, made_by=act.actor.actor_id, now=act.now)
        change = Change(
            "judging.drawn", "judging_sample", str(sample_id), after={**told, "seed": seed}
        )
        record_change(db, change, actor=act.actor, now=act.now)
    return sample_id


def _needs(db: Database, catalogue: Catalogue, seed: int) -> list[Need]:
    """Return the needs that are asked: published ones first, then scenarios by chance."""
    published = [kept.need for kept in list_kept_needs(db, states=LISTED, limit=500)]
    random = np.random.default_rng(seed)
    chosen = [published[i] for i in random.permutation(len(published))[:N_NEEDS]]
    names = sorted(catalogue.scenarios)
    fill = random.permutation(len(names))[: N_NEEDS - len(chosen)]
    scenarios = [need_to_judge(db, catalogue, f"{SCENARIO}{names[i]}") for i in sorted(fill)]
    return [*chosen, *scenarios]


def _pairs(service: MatchingService, need: Need, other: AdditiveModel | None) -> Iterator[_Found]:
    """Yield the pairs that either order has among its first ten, with what a grade would teach."""
    matcher = service.snapshot().matcher
    ranking = matcher.rank(need, today=service.today())
    matrix = ranking.look_up.matrix
    if other is None:
        second = np.nan_to_num(matrix[:, FEATURE_NAMES.index(CLOSEST_WORDS)])
    else:
        second = other.contributions(matrix, "catalogue").sum(axis=1)
    places = [_places(ranking.raw, ranking.best_rows), _places(second, ranking.best_rows)]
    unsure = _unsure(ranking)
    for row in ranking.best_rows:
        ours, theirs = places[0][int(row)], places[1][int(row)]
        if min(ours, theirs) > N_LOOKED_AT:
            continue
        capability = matcher.index.capabilities[int(ranking.look_up.pool.candidates[row])]
        apart = abs(float(1 / np.log2(1 + ours)) - float(1 / np.log2(1 + theirs)))
        pair = Drawable(
            need.need_id,
            capability.capability_id,
            disagreement=round(apart, DIGITS),
            unsure=round(float(unsure[row]), DIGITS),
            slice_name=_slice_of(need, capability),
        )
        yield _Found(pair, _features(matrix[row]))


def _places(scores: NDArray[np.float64], rows: NDArray[np.int64]) -> dict[int, int]:
    order = rows[np.argsort(-scores[rows], kind="stable")]
    return {int(row): place for place, row in enumerate(order, start=1)}


def _unsure(ranking: Ranking) -> NDArray[np.float64]:
    """Return how far each score moves if every weight is off by its prior's deviation, in bits."""
    bits = ranking.bits - ranking.bits[ranking.best_rows].mean(axis=0)
    width: NDArray[np.float64] = PRIOR_SHARE * np.sqrt((bits**2).sum(axis=1))
    return width


def _slice_of(need: Need, capability: Capability) -> str:
    industries = need.industries or capability.industries
    return f"{industries[0][:1] if industries else '-'}:{need.language or 'zh'}"


def _features(row: NDArray[np.float64]) -> dict[str, float | None]:
    return {
        name: None if np.isnan(value) else round(float(value), DIGITS)
        for name, value in zip(FEATURE_NAMES, row, strict=True)
    }


def give_grade(
    db: Database,
    item: JudgingItem,
    need: Need,
    grade: int | None,
    act: Act,
    *,
    requirement_id: str = "",
) -> None:
    """Keep a reviewer's grade of a drawn pair; the note is the act's reason.

    Raises
    ------
    JudgingRefused
        With the reason; nothing was kept.
    """
    if act.actor.role not in STAFF_ROLES:
        raise JudgingRefused("not_entitled")
    if grade not in GRADES:
        raise JudgingRefused("no_grade")
    if requirement_id and requirement_id not in {r.requirement_id for r in need.requirements}:
        raise JudgingRefused("unknown_requirement")
    judgement = Judgement(
        item.need_id,
        item.capability_id,
        grade if grade is not None else 0,
        item.drawn_for,
        act.actor.actor_id,
        act.now,
        requirement_id=requirement_id,
        note=act.reason.strip()[:LONGEST_NOTE],
    )
    if not add_judgement(db, judgement):
        raise JudgingRefused("graded_already")


def take_back(db: Database, act: Act) -> JudgingItem | None:
    """Take back the grade that this person gave last; return its place in the present sample.

    Raises
    ------
    JudgingRefused
        There is none.
    """
    with write_transaction(db, "take a judgement back"):
        undone = withdraw_last_judgement(db, act.actor.actor_id)
        if undone is None:
            raise JudgingRefused("nothing_to_take_back")
        need_id, capability_id, grade = undone
        change = Change(
            "judgement.withdrawn",
            "judgement",
            f"{need_id} {capability_id}",
            before={"grade": grade},
        )
        record_change(db, change, actor=act.actor, now=act.now)
    sample = last_sample(db)
    if sample is None:
        return None
    n_items = int(sample.plan.get("size", 0))
    places = (find_item(db, sample.sample_id, place) for place in range(1, n_items + 1))
    return next(
        (i for i in places if i and (i.need_id, i.capability_id) == (need_id, capability_id)), None
    )


def reviewers_agreement(db: Database) -> Agreement | NotEnoughJudgements:
    """Return how far reviewers agree on pairs graded twice, or that there are too few of them."""
    grades = [
        (one.need_id, one.capability_id, one.judged_by, one.grade) for one in list_judgements(db)
    ]
    first, second = doubly_graded(grades)
    try:
        return agreement(first, second)
    except NotEnoughJudgements as error:
        return error
