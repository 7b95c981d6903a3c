"""Describe a need: one form, matches that refresh under it, and the way to the results."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.records import Capability, Need, Scenario
from matcher.schemas import MATCH, load_need
from matcher.schemas.need import NeedSchema
from web import access, backend
from web.examples import example_need
from web.forms import FormState, FormView, load_form, read_form
from web.need_token import LONGEST_TOKEN, UnreadableToken, pack_need, unpack_need
from web.presenters import text_of
from web.views.matches import answer_page

blueprint = Blueprint("needs", __name__)
N_PREVIEW = 3
SHORTEST_PREVIEW = 6  # characters; fewer say too little to compare anything with
N_REQUIREMENT_LINES = 3


def load(values: Mapping[str, Any]) -> Need:
    return load_need(values, profile=MATCH)


@blueprint.get("/needs/new")
@access.public
def new_need() -> ResponseReturnValue:
    return render_template("pages/needs/new.html", **form_context(FormState(prefilled())))


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


def form_context(state: FormState) -> dict[str, Any]:
    form = FormView(NeedSchema(profile=MATCH), state)
    return {
        "form": form,
        "state": state,
        "lines": form.lines("requirements", N_REQUIREMENT_LINES),
    }


@blueprint.post("/needs/new")
@access.public
def describe_need() -> ResponseReturnValue:
    need, state = load_form(NeedSchema(profile=MATCH), load, request.form)
    if need is None:
        return render_template("pages/needs/new.html", **form_context(state)), 422
    token = pack_need(state.values)
    if len(token) > LONGEST_TOKEN:
        return answer_page(need, token="")
    return redirect(url_for("matches.show_matches", need=token), code=303)


@blueprint.post("/needs/preview")
@access.public
def preview_matches() -> ResponseReturnValue:
    """The part under the form: nothing while the text is too short or not yet valid."""
    values = read_form(NeedSchema(profile=MATCH), request.form)
    written = f"{values.get('title', '')}{values.get('problem', '')}"
    result = None
    if len(written.strip()) >= SHORTEST_PREVIEW:
        try:
            result = backend.matching().match(load(values), top=N_PREVIEW)
        except InvalidRecord:
            return render_template("partials/_preview.html", result=None, is_invalid=True)
    return render_template("partials/_preview.html", result=result, catalogue=backend.catalogue())
