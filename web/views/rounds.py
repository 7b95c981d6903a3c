"""Allocation rounds, for administrators: draft, publish the rules, close, solve, publish."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.allocation.inputs import MODES
from matcher.errors import ChangedMeanwhile, ImpossibleStep
from matcher.identity import Role
from matcher.store.rounds import list_rounds
from matcher.workflow.jobs import OPEN_ROUND, SOLVE_ROUND, start_job
from matcher.workflow.rounds.drafting import change_draft, check_can_open, draft_round
from matcher.workflow.rounds.following import draft_second_round
from matcher.workflow.rounds.lifecycle import cancel_round, check_can_freeze, close_early
from matcher.workflow.rounds.offers import publish_and_offer
from matcher.workflow.rounds.scope import scope_of
from matcher.workflow.rounds.telling import tell_all
from web import access, backend, hx, session
from web.administration.models import models_dir
from web.confirm import confirmation_problem
from web.i18n import gettext as _
from web.rounds import drafts, words
from web.rounds.pages import found_round, job_of, result_page, round_page

blueprint = Blueprint("rounds", __name__)
ADMINISTRATORS = access.requires(Role.ADMINISTRATOR)
ONE = "/rounds/<round_id>"
SHOWN = 200


@blueprint.get("/rounds")
@ADMINISTRATORS
def show_list() -> ResponseReturnValue:
    now = datetime.now(UTC)
    found = list_rounds(backend.database(), limit=SHOWN)
    rows = [(one, words.phase_of(one, now), scope_of(one)) for one in found]
    return render_template("pages/rounds/list.html", rows=rows, words=words)


@blueprint.get("/rounds/new")
@ADMINISTRATORS
def new_round() -> ResponseReturnValue:
    return form_page(drafts.DraftForm(drafts.new_typed(datetime.now(UTC))))


def form_page(form: drafts.DraftForm, round_id: str = "", version: int = 0) -> str:
    """Show the form of a draft; one without an id is new."""
    goal = url_for("rounds.edit_round", round_id=round_id) if round_id else "/rounds/new"
    g.own_address = (goal, [])
    return render_template(
        "pages/rounds/edit.html",
        form=form,
        fields=drafts.fields_of(form),
        round_id=round_id,
        version=version,
        words=words,
        modes=MODES,
    )


@blueprint.post("/rounds/new")
@ADMINISTRATORS
def create_round() -> ResponseReturnValue:
    now = datetime.now(UTC)
    form = drafts.read_draft(request.form, now)
    if form.errors:
        return form_page(form), 422
    made = draft_round(
        backend.writable_database(),
        drafts.new_round(form),
        drafts.rules_of(form),
        actor=session.actor(),
        now=now,
    )
    flash(_("The draft is kept. Choose now what the round is about."))
    return to_round(made.round_id)


@blueprint.get(f"{ONE}/edit")
@ADMINISTRATORS
def edit_round(round_id: str) -> ResponseReturnValue:
    found = found_round(round_id)
    if found.state != "draft":
        return to_round(round_id)
    return form_page(drafts.DraftForm(drafts.typed_of(found)), round_id, found.version)


@blueprint.post(f"{ONE}/edit")
@ADMINISTRATORS
def save_round(round_id: str) -> ResponseReturnValue:
    now, found = datetime.now(UTC), found_round(round_id)
    form, version = drafts.read_draft(request.form, now), typed_version()
    if form.errors:
        return form_page(form, round_id, version), 422

    def act() -> str:
        changes = drafts.changes_of(form, found)
        change_draft(backend.writable_database(), round_id, changes, version=version,
                     actor=session.actor(), now=now)  # fmt: skip
        return _("Saved.")

    return done(round_id, act)


def typed_version() -> int:
    """Return the version that was on the screen; nonsense is a version that nobody has."""
    text = request.form.get("version", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 0


@blueprint.get(ONE)
@ADMINISTRATORS
def show_round(round_id: str) -> ResponseReturnValue:
    return round_page(round_id)


@blueprint.get(f"{ONE}/job")
@ADMINISTRATORS
def show_job(round_id: str) -> ResponseReturnValue:
    """Show how far the work on a round is; without scripts this is the round's page."""
    found_round(round_id)
    if not hx.wants_fragment():
        return to_round(round_id)
    job, stopped = job_of(round_id)
    return render_template(
        "partials/_round_job.html", job=job, stopped=stopped, round_id=round_id, words=words
    )


@blueprint.post(f"{ONE}/open")
@ADMINISTRATORS
def open_round(round_id: str) -> ResponseReturnValue:
    def act() -> str:
        check_can_open(found_round(round_id), datetime.now(UTC))
        start(OPEN_ROUND, round_id)
        return _("Begun. When it is done the rules are published and all parties are told.")

    return done(round_id, act, confirmed=True)


@blueprint.post(f"{ONE}/close")
@ADMINISTRATORS
def close_round(round_id: str) -> ResponseReturnValue:
    reason, now = request.form.get("reason", "")[:500], datetime.now(UTC)

    def act() -> str:
        db = backend.writable_database()
        close_early(
            db, round_id, reason, actor=session.actor(), now=now,
            also=lambda after: told(after, "round.closed", reason, now),
        )  # fmt: skip
        return _("Closed. All parties are told, with the reason.")

    return done(round_id, act, about="close")


def told(after: object, topic: str, reason: str, now: datetime) -> None:
    found = found_round(getattr(after, "round_id", ""))
    tell_all(backend.writable_database(), found, topic, now=now, reason=reason.strip())


@blueprint.post(f"{ONE}/solve")
@ADMINISTRATORS
def solve_round(round_id: str) -> ResponseReturnValue:
    """Freeze and solve, or solve again; with a reason read the inputs of a frozen round again."""
    reason = request.form.get("reason", "").strip()[:500]
    again = request.form.get("again") == "1"

    def act() -> str:
        found = found_round(round_id)
        if again and not reason:
            raise ImpossibleStep("freeze_again", found.state, "missing_reason")
        if again or found.state == "open":
            check_can_freeze(found, datetime.now(UTC), reason)
        start(SOLVE_ROUND, round_id, reason=reason if again else "")
        return _("Begun. It goes on when you leave this page, and you are told when it is done.")

    return done(round_id, act, about="again" if again else "")


def start(kind: str, round_id: str, **given: str) -> None:
    start_job(
        backend.writable_database(),
        kind,
        {"round_id": round_id, **given},
        actor=session.actor(),
        now=datetime.now(UTC),
        models=models_dir(),
        one_per="round_id",
    )


@blueprint.get(f"{ONE}/result")
@ADMINISTRATORS
def show_result(round_id: str) -> ResponseReturnValue:
    if found_round(round_id).result is None:
        return to_round(round_id)
    return result_page(round_id)


@blueprint.post(f"{ONE}/publish")
@ADMINISTRATORS
def publish(round_id: str) -> ResponseReturnValue:
    def act() -> str:
        db, now = backend.writable_database(), datetime.now(UTC)
        publish_and_offer(db, round_id, actor=session.actor(), now=now)
        return _("Published. Each party is told of its own result.")

    return done(round_id, act, confirmed=True)


@blueprint.post(f"{ONE}/cancel")
@ADMINISTRATORS
def cancel(round_id: str) -> ResponseReturnValue:
    reason, now = request.form.get("reason", "")[:500], datetime.now(UTC)

    def act() -> str:
        cancel_round(
            backend.writable_database(), round_id, reason, actor=session.actor(), now=now,
            also=lambda after: told(after, "round.cancelled", reason, now),
        )  # fmt: skip
        return _("The round is called off; its trace stays.")

    return done(round_id, act, about="cancel")


@blueprint.post(f"{ONE}/second")
@ADMINISTRATORS
def second(round_id: str) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        made = draft_second_round(db, round_id, actor=session.actor(), now=now)
    except ImpossibleStep as error:
        return round_page(round_id, words.refusal_words(error)), 409
    flash(_("A draft of what is left. Look at its days and its choice before you publish it."))
    return to_round(made.round_id)


def done(
    round_id: str, act: Callable[[], str], *, confirmed: bool = False, about: str = ""
) -> ResponseReturnValue:
    """Do it and lead back to the round, or show its page with why nothing was done."""
    if confirmed:
        unconfirmed = confirmation_problem()
        if unconfirmed:
            return round_page(round_id, unconfirmed=unconfirmed), 422
    try:
        flash(act())
    except ImpossibleStep as error:
        status = 422 if error.why == "missing_reason" else 409
        return round_page(round_id, words.refusal_words(error), about=about), status
    except ChangedMeanwhile:
        told = _("Somebody else has changed this round meanwhile. Look at it, then try again.")
        return round_page(round_id, told, about=about), 409
    return to_round(round_id)


def to_round(round_id: str) -> ResponseReturnValue:
    return redirect(url_for("rounds.show_round", round_id=round_id), code=303)
