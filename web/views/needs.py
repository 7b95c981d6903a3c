"""A need begins: title, problem, industry, with matches beside them; needs as all may read them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.intake.secrecy import SecrecyCheck
from matcher.records import Capability, Scenario
from matcher.schemas import MATCH
from matcher.schemas.need import NeedSchema
from matcher.store.drafts import list_drafts
from matcher.workflow.drafts.keeping import DraftTooLarge
from matcher.workflow.drafts.typed import find_secrets
from matcher.workflow.needs.draft_values import need_to_match
from matcher.workflow.needs.drafts import KIND, start_draft
from web import access, backend, session
from web.catalogue.results import results_page
from web.form_lengths import over_long, too_large
from web.forms import FormState, FormView, load_values, read_form
from web.i18n import LOCALES
from web.needs.answers import field_label
from web.needs.draft_form import requirement_views
from web.needs.examples import example_need
from web.needs.pages import need_page
from web.needs.token import LONGEST_TOKEN, UnreadableToken, pack_need, unpack_need
from web.presenters import text_of
from web.views.matches import answer_page

blueprint = Blueprint("needs", __name__)
N_PREVIEW = 3
SHORTEST_PREVIEW = 6  # characters; fewer say too little to compare anything with
FIRST_STEP = "problem"
FIRST_FIELDS = {"title", "problem", "industries"}
CARRIED = set(NeedSchema().fields) - FIRST_FIELDS - {"scenario_id", "need_id", "language"}


@blueprint.get("/needs/new")
@access.public
def new_need() -> ResponseReturnValue:
    return first_step(FormState(prefilled()))


def first_step(state: FormState, secrecy: SecrecyCheck | None = None) -> str:
    """Render the short first step; what else is known of the need goes along unseen."""
    form = FormView(NeedSchema(profile=MATCH), state)
    shown = FIRST_FIELDS | refused_fields(state)
    return render_template(
        "pages/needs/new.html",
        form=form,
        state=state,
        secrecy=secrecy,
        refused=sorted(refused_fields(state)),
        lines=requirement_views(form) if "requirements" in shown else [],
        carried=list(carried_inputs(state.values, shown)),
        carried_labels=[field_label(name) for name in state.values if name in CARRIED],
        own_drafts=n_own_drafts(),
    )


def refused_fields(state: FormState) -> set[str]:
    """Return what else must be shown because something is wrong with it."""
    names = {path.split(".")[0] for path in state.errors}
    return (names & set(NeedSchema().fields)) - FIRST_FIELDS


def carried_inputs(values: Mapping[str, Any], shown: set[str]) -> Iterator[tuple[str, str]]:
    """Yield names and values of hidden inputs for all that this step does not show."""
    for name, value in values.items():
        if name in shown:
            continue
        for number, item in enumerate(value if isinstance(value, list | tuple) else [value]):
            if isinstance(item, Mapping):
                yield from ((f"{name}-{number}-{key}", str(cell)) for key, cell in item.items())
            else:
                yield name, str(item)


def n_own_drafts() -> int:
    """Return how many drafts are waiting; somebody who never began one gets no cookie for it."""
    if session.current_account() is None and not session.has_visitor_key():
        return 0
    return len(list_drafts(backend.database(), KIND, session.draft_owner()))


def prefilled() -> dict[str, Any]:
    """Return what the form starts with: an example, a need that is being changed, a scenario."""
    token = request.args.get("need")
    if token:
        try:
            return unpack_need(token)
        except UnreadableToken:
            return {}
    scenario_id = request.args.get("scenario")
    if scenario_id:
        return of_scenario(scenario_id)
    capability_id = request.args.get("capability")
    if capability_id:
        return of_capability(capability_id)
    return example_need(request.args.get("example", "")) or {}


def of_capability(capability_id: str) -> dict[str, Any]:
    """A need that this capability should answer: the same words, for trying it out."""
    capability = backend.catalogue().capabilities.get(capability_id)
    if capability is None:
        raise UnknownRecord("capability", capability_id)
    return {
        "title": text_of(capability, "name"),
        "problem": text_of(capability, "problem"),
        **tags_of(capability),
    }


def tags_of(record: Scenario | Capability) -> dict[str, Any]:
    return {
        "industries": list(record.industries)[:3],
        "process_steps": list(record.process_steps)[:3],
        "ai_tasks": list(record.ai_tasks)[:3],
        "data_modalities": list(record.data_modalities),
    }


def of_scenario(scenario_id: str) -> dict[str, Any]:
    scenario = backend.catalogue().scenarios.get(scenario_id)
    if scenario is None:
        raise UnknownRecord("scenario", scenario_id)
    return {
        "title": text_of(scenario, "name"),
        "problem": text_of(scenario, "pain_point"),
        "scenario_id": scenario.scenario_id,
        **tags_of(scenario),
    }


@blueprint.post("/needs/new")
@access.public
def describe_need() -> ResponseReturnValue:
    """Show matches, or go on with the details; either way nothing typed is lost."""
    values = read_form(NeedSchema(profile=MATCH), request.form)
    action = request.form.get("action", "match")
    g.own_address = (url_for("needs.new_need"), kept_in_address(values))
    secrecy = find_secrets(values)
    if secrecy.is_refused:
        g.own_address = (url_for("needs.new_need"), [])
        return first_step(FormState(values), secrecy), 422
    if action.startswith("language:"):
        return redirect(to_first_step(values, action.removeprefix("language:")), code=303)
    too_long = over_long(NeedSchema(profile=MATCH), values)
    if too_long:
        g.own_address = (url_for("needs.new_need"), [])
        return first_step(FormState(values, too_long)), 422
    if action == "go_on" and (values.get("title") or values.get("problem")):
        return begin_draft(values)
    need, state = load_values(need_to_match, values)
    if need is None:
        return first_step(state), 422
    token = pack_need(values)
    if len(token) > LONGEST_TOKEN:
        return answer_page(need, values, token="")
    return redirect(url_for("matches.show_matches", need=token), code=303)


def kept_in_address(values: Mapping[str, Any]) -> list[tuple[str, str]]:
    token = pack_need(values)
    return [("need", token)] if len(token) <= LONGEST_TOKEN else []


def to_first_step(values: Mapping[str, Any], wish: str) -> str:
    query: dict[str, Any] = dict(kept_in_address(values))
    return url_for("needs.new_need", lang=wish if wish in LOCALES else None, **query)


def begin_draft(values: dict[str, Any]) -> ResponseReturnValue:
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        draft = start_draft(db, session.draft_owner(), values, now=now, step=FIRST_STEP)
    except DraftTooLarge:
        return first_step(FormState(values, too_large(NeedSchema(), values))), 422
    goal = url_for("drafts.show_step", draft_id=draft.draft_id, step=FIRST_STEP)
    return redirect(goal, code=303)


@blueprint.post("/needs/preview")
@access.public
def preview_matches() -> ResponseReturnValue:
    """The part under the form: nothing while the text is too short or not yet valid."""
    values = read_form(NeedSchema(profile=MATCH), request.form)
    written = f"{values.get('title', '')}{values.get('problem', '')}"
    secrecy = find_secrets(values)
    if secrecy.is_refused:
        return render_template("partials/_preview.html", result=None, secrecy=secrecy)
    told: dict[str, Any] = {"result": None}
    told["notes"] = FormView(NeedSchema(profile=MATCH), FormState(values)).field("industries").notes
    if len(written.strip()) >= SHORTEST_PREVIEW:
        try:
            told["result"] = backend.matching().match(need_to_match(values), top=N_PREVIEW)
        except InvalidRecord:
            told["is_invalid"] = True
    return render_template("partials/_preview.html", **told)


@blueprint.get("/needs")
@access.public
def list_needs() -> ResponseReturnValue:
    """The needs that everybody may answer."""
    return results_page("needs")


@blueprint.get("/needs/<need_id>")
@access.public
def show_need(need_id: str) -> ResponseReturnValue:
    return need_page(need_id)
