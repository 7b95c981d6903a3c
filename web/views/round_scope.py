"""Choose what a round is about: needs, providers and places, by filters and ticks."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ChangedMeanwhile, ImpossibleStep, UnknownRecord
from matcher.identity import Role
from matcher.workflow.rounds.drafting import change_draft
from matcher.workflow.rounds.lifecycle import DRAFT
from matcher.workflow.rounds.scope import scope_text
from web import access, backend, session
from web.i18n import gettext as _
from web.rounds import words
from web.rounds.choice import KINDS, Choice, choice_of, chosen_scope, wish_of
from web.rounds.pages import found_round
from web.views.rounds import typed_version

blueprint = Blueprint("round_scope", __name__)
ADDRESS = "/rounds/<round_id>/choose/<kind>"


@blueprint.get(ADDRESS)
@access.requires(Role.ADMINISTRATOR)
def choose(round_id: str, kind: str) -> ResponseReturnValue:
    found = found_round(round_id)
    choice = choice_of(found, kind, wish_of(request.args))
    if found.state != DRAFT:
        return redirect(url_for("rounds.show_round", round_id=round_id), code=303)
    return choice_page(round_id, choice, found.version)


def choice_page(round_id: str, choice: Choice, version: int, problem: str = "") -> str:
    goal = url_for("round_scope.choose", round_id=round_id, kind=choice.kind)
    g.own_address = (goal, [(name, str(value)) for name, value in choice.wish.query().items()])
    return render_template(
        "pages/rounds/choose.html",
        found=found_round(round_id),
        choice=choice,
        version=version,
        problem=problem,
        words=words,
        page_url=lambda number: url_for(
            "round_scope.choose",
            round_id=round_id,
            kind=choice.kind,
            **choice.wish.query(page=number),
        ),
    )


@blueprint.post(ADDRESS)
@access.requires(Role.ADMINISTRATOR)
def save(round_id: str, kind: str) -> ResponseReturnValue:
    """Save the ticks of the lines that were shown; those that a filter hides stay."""
    if kind not in KINDS:
        raise UnknownRecord("choice", kind)
    found, version = found_round(round_id), typed_version()
    scope, choice = chosen_scope(found, kind, request.form)
    if choice.errors:
        return choice_page(round_id, choice, version), 422
    db, now = backend.writable_database(), datetime.now(UTC)
    changes = {"scope": scope_text(scope)}
    try:
        change_draft(db, round_id, changes, version=version, actor=session.actor(), now=now)
    except ImpossibleStep as error:
        return choice_page(round_id, choice, version, words.refusal_words(error)), 409
    except ChangedMeanwhile:
        told = _("Somebody else has changed this round meanwhile. Look at it, then try again.")
        return choice_page(round_id, choice, found.version, told), 409
    flash(_("Saved."))
    goal = url_for("round_scope.choose", round_id=round_id, kind=kind, **choice.wish.query())
    return redirect(goal, code=303)
