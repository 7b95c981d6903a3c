"""Models, for administrators: list, compare, promote, roll back, shadow, exploration."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.identity import Role
from matcher.ranking.registry import load_model
from matcher.reports.model_card import read_card
from matcher.store.jobs import read_job
from matcher.store.model_checks import list_checks
from matcher.store.models import list_changes, list_comparisons
from matcher.store.shadow import summarise_shadow
from matcher.workflow.jobs import COMPARE, UPDATE, seems_stopped, start_job
from matcher.workflow.learning.models import (
    PROMOTED,
    ModelChangeRefused,
    exploration_share,
    promote,
    roll_back,
    rollback_target,
    set_exploration,
    set_shadow,
    shadow_model,
    withdraw_request,
)
from web import access, backend, hx, session
from web.administration import card
from web.administration import models as model_pages
from web.administration.models import known_folder, models_dir, own_act, refusal_words
from web.confirm import confirmation_problem
from web.i18n import gettext as _
from web.needs.own import name_of_actor

blueprint = Blueprint("models", __name__)
ADMINISTRATORS = access.requires(Role.ADMINISTRATOR)
SOME_CASES = 25
N_CHECKS = 8  # nights that the page of a model shows


@blueprint.get("/models")
@ADMINISTRATORS
def list_models() -> ResponseReturnValue:
    return list_page()


@blueprint.get("/models/<model_id>")
@ADMINISTRATORS
def show_model(model_id: str) -> ResponseReturnValue:
    return model_page(model_id)


@blueprint.get("/models/<model_id>/card")
@ADMINISTRATORS
def show_card(model_id: str) -> ResponseReturnValue:
    found = read_card(known_folder(model_id))
    return render_template(
        "pages/models/card.html",
        line=model_pages.model_line(model_id, shadow_model(backend.database())),
        card=found,
        sections=card.sections_of(found.text) if found else [],
        words=card.marked,
        is_number=card.is_number,
    )


@blueprint.post("/models/<model_id>/compare")
@ADMINISTRATORS
def compare_model(model_id: str) -> ResponseReturnValue:
    known_folder(model_id)
    n_cases = SOME_CASES if request.form.get("cases") == "some" else 0
    given = {"model_id": model_id, "n_cases": n_cases, "properties": n_cases == 0}
    return started(COMPARE, given)


@blueprint.post("/models/update")
@ADMINISTRATORS
def update_model() -> ResponseReturnValue:
    return started(UPDATE, {"model_id": f"updated-{datetime.now(UTC):%Y-%m-%d-%H%M%S}"})


@blueprint.get("/models/jobs/<job_id>")
@ADMINISTRATORS
def show_job(job_id: str) -> ResponseReturnValue:
    job = read_job(backend.database(), job_id)
    name = "partials/_model_job.html" if hx.wants_fragment() else "pages/models/job.html"
    stopped = seems_stopped(job, datetime.now(UTC))
    return render_template(name, job=job, stopped=stopped, pages=model_pages)


@blueprint.post("/models/<model_id>/promote")
@ADMINISTRATORS
def promote_model(model_id: str) -> ResponseReturnValue:
    known_folder(model_id)
    unconfirmed = confirmation_problem()
    if unconfirmed:
        return model_page(model_id, unconfirmed=unconfirmed), 422
    try:
        state = promote(backend.writable_database(), models_dir(), model_id, own_act())
    except ModelChangeRefused as error:
        return model_page(model_id, problem=refusal_words(error)), 422
    if state == PROMOTED:
        flash(_("%(model)s serves from the next request on.", model=model_id))
    else:
        flash(_("Asked. It serves once another administrator agrees."))
    return redirect(url_for("models.show_model", model_id=model_id), code=303)


@blueprint.post("/models/<model_id>/withdraw")
@ADMINISTRATORS
def withdraw_model_request(model_id: str) -> ResponseReturnValue:
    def act() -> str:
        withdraw_request(backend.writable_database(), model_id, own_act())
        return _("The request is withdrawn.")

    return done(act, lambda told: model_page(model_id, problem=told))


@blueprint.post("/models/roll-back")
@ADMINISTRATORS
def roll_back_model() -> ResponseReturnValue:
    unconfirmed = confirmation_problem()
    if unconfirmed:
        return list_page(unconfirmed=unconfirmed), 422

    def act() -> str:
        model_id = roll_back(backend.writable_database(), models_dir(), own_act())
        return _("%(model)s serves again from the next request on.", model=model_id)

    return done(act, lambda told: list_page(problem=told))


@blueprint.post("/models/shadow")
@ADMINISTRATORS
def choose_shadow() -> ResponseReturnValue:
    def act() -> str:
        wanted = request.form.get("model_id", "")
        if wanted:
            known_folder(wanted)
        set_shadow(backend.writable_database(), models_dir(), wanted, own_act())
        return _("Saved. It holds from the next list on.")

    return done(act, lambda told: list_page(problem=told))


@blueprint.post("/models/exploration")
@ADMINISTRATORS
def choose_exploration() -> ResponseReturnValue:
    def act() -> str:
        typed = request.form.get("share", "").strip().rstrip("%").strip()
        try:
            share = float(typed) / 100.0
        except ValueError as error:
            raise ModelChangeRefused("", "exploration_range") from error
        set_exploration(backend.writable_database(), share, own_act())
        return _("Saved. It holds from the next list on.")

    return done(act, lambda told: list_page(share_problem=told))


def started(kind: str, given: dict[str, Any]) -> ResponseReturnValue:
    job_id = start_job(
        backend.writable_database(),
        kind,
        given,
        actor=session.actor(),
        now=datetime.now(UTC),
        models=models_dir(),
    )
    return redirect(url_for("models.show_job", job_id=job_id), code=303)


def done(act: Callable[[], str], again: Callable[[str], str]) -> ResponseReturnValue:
    """Do it and lead back to the page, or show the page with what is wrong."""
    try:
        flash(act())
    except ModelChangeRefused as error:
        return again(refusal_words(error)), 422
    return redirect(url_for("models.list_models"), code=303)


def list_page(problem: str = "", unconfirmed: str = "", share_problem: str = "") -> str:
    db = backend.database()
    shadow = shadow_model(db)
    return render_template(
        "pages/models/list.html",
        lines=model_pages.model_lines(shadow),
        changes=list_changes(db, limit=10),
        undo=rollback_target(db),
        shadow=shadow,
        share=request.form.get("share") if share_problem else f"{exploration_share(db) * 100:g}",
        share_problem=share_problem,
        jobs=model_pages.recent_jobs(),
        problem=problem,
        unconfirmed=unconfirmed,
        who=name_of_actor,
        pages=model_pages,
    )


def model_page(model_id: str, problem: str = "", unconfirmed: str = "") -> str:
    db = backend.database()
    model = load_model(known_folder(model_id))
    line = model_pages.model_line(model_id, shadow_model(db))
    kept = list_comparisons(db, model_id)
    comparison = line.comparison or (kept[0] if kept else None)
    return render_template(
        "pages/models/show.html",
        line=line,
        manifest=model.manifest,
        adequacy=model.adequacy,
        comparison=comparison,
        is_current=line.comparison is not None,
        sections=model_pages.comparison_sections(comparison.document) if comparison else [],
        shadow=summarise_shadow(db, model_id),
        changes=[one for one in list_changes(db) if one.model_id == model_id],
        checks=list_checks(db, model_id, limit=N_CHECKS),
        reason=request.form.get("reason", ""),
        problem=problem,
        unconfirmed=unconfirmed,
        who=name_of_actor,
        pages=model_pages,
    )
