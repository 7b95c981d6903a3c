"""Grading pairs without seeing score or rank, for reviewers and administrators."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import NotEnoughJudgements, UnknownRecord
from matcher.identity import Role
from matcher.learning.sampling import SamplingPlan
from matcher.ranking.registry import load_model
from matcher.store.judging import JudgingItem, find_item, last_sample, next_item, standing
from matcher.workflow.learning.judging import (
    JudgingRefused,
    draw_for_judging,
    give_grade,
    need_to_judge,
    reviewers_agreement,
    take_back,
)
from matcher.workflow.learning.models import shadow_model
from matcher.workflow.needs.states import Act
from web import access, backend, session
from web.administration.judging import grades, refusal_words
from web.administration.models import models_dir
from web.i18n import gettext as _
from web.needs.own import name_of_actor

blueprint = Blueprint("judging", __name__)
REVIEWERS = access.requires(Role.REVIEWER, Role.ADMINISTRATOR)


@blueprint.get("/judging")
@REVIEWERS
def show_judging() -> ResponseReturnValue:
    return overview()


@blueprint.post("/judging/draw")
@REVIEWERS
def draw_sample() -> ResponseReturnValue:
    db, shadow = backend.writable_database(), shadow_model(backend.database())
    other = load_model(models_dir() / shadow) if shadow else None
    try:
        draw_for_judging(db, backend.matching(), own_act(), seed=drawn_seed(), other=other)
    except JudgingRefused as error:
        return overview(refusal_words(error)), 422
    return redirect(url_for("judging.show_pair"), code=303)


@blueprint.get("/judging/pair")
@REVIEWERS
def show_pair() -> ResponseReturnValue:
    db, sample = backend.database(), last_sample(backend.database())
    item = next_item(db, sample.sample_id, session.signed_in().account_id) if sample else None
    if item is None:
        return redirect(url_for("judging.show_judging"), code=303)
    return pair_page(item)


@blueprint.post("/judging/pair/<int:sample_id>/<int:position>")
@REVIEWERS
def grade_pair(sample_id: int, position: int) -> ResponseReturnValue:
    db, item = backend.writable_database(), drawn_item(sample_id, position)
    need = need_to_judge(db, backend.catalogue(), item.need_id)
    typed = request.form.get("grade", "")
    grade = int(typed) if typed in {"0", "1", "2", "3"} else None
    line = request.form.get("requirement", "")
    try:
        give_grade(db, item, need, grade, own_act(), requirement_id=line)
    except JudgingRefused as error:
        if error.why != "graded_already":
            return pair_page(item, refusal_words(error), line), 422
        flash(refusal_words(error))
    return redirect(url_for("judging.show_pair"), code=303)


@blueprint.post("/judging/undo")
@REVIEWERS
def undo_grade() -> ResponseReturnValue:
    try:
        take_back(backend.writable_database(), own_act())
    except JudgingRefused as error:
        return overview(refusal_words(error)), 422
    flash(_("Your last grade is taken back. Its pair comes again."))
    return redirect(url_for("judging.show_pair"), code=303)


def own_act() -> Act:
    return Act(session.actor(), datetime.now(UTC), request.form.get("note", ""))


def drawn_seed() -> int:
    """Return the seed that was typed, or one by chance; it is kept with the sample."""
    typed = request.form.get("seed", "").strip()
    return int(typed) % 2**31 if typed.isascii() and typed.isdigit() else secrets.randbelow(2**31)


def drawn_item(sample_id: int, position: int) -> JudgingItem:
    item = find_item(backend.database(), sample_id, position)
    if item is None:
        raise UnknownRecord("judging_item", f"{sample_id}/{position}")
    return item


def overview(problem: str = "") -> str:
    db, sample = backend.database(), last_sample(backend.database())
    found = reviewers_agreement(db)
    few = found.context if isinstance(found, NotEnoughJudgements) else None
    own, plan = session.signed_in().account_id, SamplingPlan()
    return render_template(
        "pages/judging/show.html",
        sample=sample,
        progress=standing(db, sample.sample_id, own) if sample else None,
        has_next=bool(sample and next_item(db, sample.sample_id, own)),
        agreement=None if few else found,
        few=few,
        problem=problem,
        who=name_of_actor,
        n_pairs=plan.size,
        n_twice=round(plan.second_share * plan.size),
    )


def pair_page(item: JudgingItem, problem: str = "", line: str = "") -> str:
    db, catalogue, sample = backend.database(), backend.catalogue(), last_sample(backend.database())
    capability = catalogue.capabilities.get(item.capability_id)
    if capability is None or sample is None:
        raise UnknownRecord("capability", item.capability_id)
    own = session.signed_in().account_id
    context: dict[str, Any] = {
        "need": need_to_judge(db, catalogue, item.need_id),
        "capability": capability,
        "cases": [catalogue.cases[i] for i in capability.case_ids if i in catalogue.cases][:5],
        "progress": standing(db, sample.sample_id, own),
        "grades": grades(),
    }
    return render_template(
        "pages/judging/pair.html",
        item=item,
        sample=sample,
        problem=problem,
        line=line,
        note=request.form.get("note", ""),
        **context,
    )
