"""Write a need step by step: each step kept on the way, suggestions one click away."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.schemas.need import NeedSchema
from matcher.store.drafts import Draft, list_drafts
from matcher.workflow.drafts.keeping import (
    Basis,
    ClassifiedContent,
    DraftChanged,
    DraftTooLarge,
    change_values,
    save_step,
    throw_away,
)
from matcher.workflow.needs.chosen_providers import provider_problems
from matcher.workflow.needs.draft_values import FormStep, answers, need_so_far, problems_now
from matcher.workflow.needs.drafts import KIND
from web import access, backend, hx, session
from web.catalogue.picking import FIND, asked_words, with_picked
from web.draft_windows import asked_basis, theirs
from web.form_lengths import too_large
from web.forms import FormState, FormView
from web.i18n import LOCALES
from web.i18n import gettext as _
from web.needs.answers import field_label
from web.needs.draft_form import (
    Action,
    StepNews,
    asked_action,
    key_of,
    known_step,
    line_context,
    moved_lines,
    n_musts,
    neighbour,
    notes_of_step,
    own_draft,
    progress_of,
    step_page,
    typed_step,
    with_accepted,
)
from web.needs.panel import anchor_of, panel_of
from web.needs.provider_choice import LISTS, picker
from web.needs.token import LONGEST_TOKEN, pack_need
from web.views.matches import answer_page

blueprint = Blueprint("drafts", __name__)
LINE_VERBS = {"add", "up", "down", "remove"}
PROVIDER_VERBS = {"find", "pick", "drop"}


@blueprint.get("/needs/drafts")
@access.public
def list_own_drafts() -> ResponseReturnValue:
    found = list_drafts(backend.database(), KIND, session.draft_owner())
    rows = [
        {
            "draft": draft,
            "need": need_so_far(draft.values),
            "n_begun": sum(step.is_begun for step in progress_of(draft, "")),
            "n_missing": sum(step.n_missing for step in progress_of(draft, "")),
        }
        for draft in found
    ]
    return render_template("pages/needs/drafts.html", rows=rows)


@blueprint.get("/needs/drafts/<draft_id>")
@access.public
def resume_draft(draft_id: str) -> ResponseReturnValue:
    draft = own_draft(draft_id)
    step = draft.step or "problem"
    return redirect(url_for("drafts.show_step", draft_id=draft_id, step=step), code=303)


@blueprint.get("/needs/drafts/<draft_id>/<step>")
@access.public
def show_step(draft_id: str, step: str) -> ResponseReturnValue:
    draft, found = own_draft(draft_id), known_step(step)
    line = request.args.get("line", "")
    focus = int(line) if line.isdecimal() and len(line) < 4 else None
    news = StepNews(focus_line=focus)
    if "check" in request.args:
        news.errors = wrong_now(draft, found)
    return step_page(draft, found, news)


@blueprint.post("/needs/drafts/<draft_id>/<step>")
@access.public
def write_step(draft_id: str, step: str) -> ResponseReturnValue:
    """Keep the step, then do what the pressed button says."""
    found, typed, action = known_step(step), typed_step(known_step(step)), asked_action()
    try:
        draft = keep(draft_id, found, typed, asked_basis())
    except DraftChanged as error:
        news = StepNews(
            typed=typed,
            conflict=theirs(error.draft, found, typed, NeedSchema()),
        )
        return step_page(error.draft, found, news), 409
    except ClassifiedContent as error:
        news = StepNews(typed=typed, secrecy=error.check)
        return step_page(own_draft(draft_id), found, news), 422
    except DraftTooLarge:
        news = StepNews(typed=typed, errors=too_large(NeedSchema(), typed))
        return step_page(own_draft(draft_id), found, news), 422
    return act_on(draft, found, looked_for(action))


def looked_for(action: Action) -> Action:
    """Return what is really asked for: who types a name and presses Enter looks for it."""
    if action.verb != "continue":
        return action
    name = next((one for one in LISTS if asked_words(request.form, one)), "")
    return Action("find", name) if name else action


def keep(draft_id: str, step: FormStep, typed: Mapping[str, Any], basis: Basis) -> Draft:
    db, now = backend.writable_database(), datetime.now(UTC)
    return save_step(db, key_of(draft_id), step, typed, basis=basis, now=now)


def act_on(draft: Draft, step: FormStep, action: Action) -> ResponseReturnValue:
    if action.verb in LINE_VERBS and step.code == "requirements":
        return change_lines(draft, step, action)
    if action.verb == "accept":
        return accept(draft, step, action)
    if action.what in LISTS and action.verb in PROVIDER_VERBS:
        return choose_provider(draft, step, action)
    if action.verb == "leave":
        flash(_("Your draft is kept. You can go on whenever you like."))
        return redirect(url_for("drafts.list_own_drafts"), code=303)
    if action.verb == "language" and action.what in LOCALES:
        return to_step(draft, step.code, lang=action.what)
    if action.verb == "goto":
        return to_summary(draft) if action.what == "summary" else to_step(draft, action.what)
    if action.verb == "back":
        previous = neighbour(step, -1)
        return to_step(draft, (previous or step).code)
    return go_on(draft, step)


def go_on(draft: Draft, step: FormStep) -> ResponseReturnValue:
    """Lead to the next step, unless an answer of this one cannot be read."""
    errors = wrong_now(draft, step)
    if errors:
        return step_page(draft, step, StepNews(errors=errors)), 422
    following = neighbour(step, 1)
    return to_summary(draft) if following is None else to_step(draft, following.code)


def wrong_now(draft: Draft, step: FormStep) -> dict[str, list[Any]]:
    """Return what of a step cannot stay as it is, with providers that are none or one's own."""
    organisation = session.current_organisation()
    own = "" if organisation is None else organisation.provider_id
    chosen = provider_problems(backend.database(), draft.values, own)
    known = {name: told for name, told in chosen.items() if name in step.fields}
    return {**known, **problems_now(draft.values, step.fields)}


def to_step(
    draft: Draft, code: str, anchor: str | None = None, **query: Any
) -> ResponseReturnValue:
    known_step(code)
    address = url_for(
        "drafts.show_step", draft_id=draft.draft_id, step=code, _anchor=anchor, **query
    )
    return redirect(address, code=303)


def to_summary(draft: Draft) -> ResponseReturnValue:
    return redirect(url_for("publishing.show_summary", draft_id=draft.draft_id), code=303)


def change_lines(draft: Draft, step: FormStep, action: Action) -> ResponseReturnValue:
    """Add, move or remove a requirement line: the list alone for htmx, else its page."""
    place = int(action.what) if action.what.isdecimal() else -1
    moved = moved_lines(draft.values, action.verb, place)
    if moved is None:
        return to_step(draft, step.code)
    lines, focus = moved
    key, now = key_of(draft.draft_id), datetime.now(UTC)
    if lines != draft.values.get("requirements", []):
        draft = change_values(backend.writable_database(), key, {"requirements": lines}, now=now)
    if not hx.wants_fragment():
        return to_step(draft, step.code, line=focus)
    form = FormView(NeedSchema(), FormState(dict(draft.values)))
    context = line_context(form, StepNews(focus_line=focus))
    body = render_template("partials/_requirement_lines.html", draft=draft, form=form, **context)
    return hx.hx_response(body, event="draft-saved")


def accept(draft: Draft, step: FormStep, action: Action) -> ResponseReturnValue:
    changes = with_accepted(draft.values, action.what, action.value)
    if changes:
        key, now = key_of(draft.draft_id), datetime.now(UTC)
        draft = change_values(backend.writable_database(), key, changes, now=now)
        if action.what not in step.fields:
            words = _("Taken: %(field)s. You find it, and can change it, in its step.",
                      field=field_label(action.what))  # fmt: skip
            flash(words)
            return to_step(draft, step.code)
    return to_step(draft, step.code, anchor=anchor_of(action.what))


def choose_provider(draft: Draft, step: FormStep, action: Action) -> ResponseReturnValue:
    """Look for a provider by name, or put one into a list or out of it."""
    name, query = action.what, {}
    if action.verb == "find":
        query = {f"{FIND}{name}": asked_words(request.form, name)}
    else:
        ids = with_picked(draft.values, action.verb, name, action.value)
        key, now = key_of(draft.draft_id), datetime.now(UTC)
        draft = change_values(backend.writable_database(), key, {name: ids}, now=now)
    return to_step(draft, step.code, anchor=f"choice-{name}", **query)


@blueprint.get("/needs/drafts/<draft_id>/providers/<name>")
@access.public
def find_providers(draft_id: str, name: str) -> str:
    """The part under the search box while somebody types a name into it."""
    draft = own_draft(draft_id)
    if name not in LISTS:
        raise UnknownRecord("list", name)
    found = picker(draft_id, name, draft.values, asked_words(request.args, name))
    return render_template("partials/_name_found.html", picker=found)


@blueprint.post("/needs/drafts/<draft_id>/<step>/autosave")
@access.public
def autosave(draft_id: str, step: str) -> ResponseReturnValue:
    """Keep the step while it is written; what is said of it takes the place of the last word."""
    found, typed = known_step(step), typed_step(known_step(step))
    try:
        draft = keep(draft_id, found, typed, asked_basis(live=True))
    except DraftChanged as error:
        changes = theirs(error.draft, found, typed, NeedSchema())
        return render_template("partials/_saved.html", conflict=changes, secrecy=None), 422
    except ClassifiedContent as error:
        return render_template("partials/_saved.html", conflict=None, secrecy=error.check), 422
    except DraftTooLarge:
        return render_template("partials/_saved.html", is_too_large=True), 422
    shows_musts = n_musts(draft.values) if found.code == "requirements" else None
    notes = notes_of_step(draft, found)
    body = render_template("partials/_saved.html", draft=draft, n_musts=shows_musts, notes=notes)
    return hx.hx_response(body, event="draft-saved")


@blueprint.get("/needs/drafts/<draft_id>/panel")
@access.public
def show_panel(draft_id: str) -> ResponseReturnValue:
    draft = own_draft(draft_id)
    panel = panel_of(draft.values, draft_id)
    return render_template("partials/_need_panel.html", draft=draft, panel=panel)


@blueprint.get("/needs/drafts/<draft_id>/matches")
@access.public
def show_draft_matches(draft_id: str) -> ResponseReturnValue:
    """Lead to the ranked answer to the draft as it is now."""
    need_values = answers(own_draft(draft_id).values)
    token = pack_need(need_values)
    if len(token) > LONGEST_TOKEN:
        return answer_page(need_so_far(need_values), need_values, token="")
    return redirect(url_for("matches.show_matches", need=token), code=303)


@blueprint.post("/needs/drafts/<draft_id>/delete")
@access.public
def delete_draft(draft_id: str) -> ResponseReturnValue:
    throw_away(backend.writable_database(), key_of(draft_id))
    flash(_("The draft is deleted."))
    return redirect(url_for("drafts.list_own_drafts"), code=303)
