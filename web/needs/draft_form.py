"""One step of the need form: what its page shows, and what its buttons ask for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple, cast

from flask import g, render_template, request, url_for

from matcher.errors import UnknownRecord
from matcher.intake.conditions import StatedCondition, change_of, conditions_of
from matcher.intake.secrecy import SecrecyCheck
from matcher.intake.suggestions import ScenarioSuggestion
from matcher.schemas.fields import PUBLISH
from matcher.schemas.lists import Records
from matcher.schemas.need import MOST_MUSTS, NeedSchema
from matcher.schemas.requirement import RequirementSchema
from matcher.store.attachments import list_attachments
from matcher.store.drafts import Draft, read_draft
from matcher.workflow.drafts.keeping import DraftKey
from matcher.workflow.drafts.lines import next_id, with_ids
from matcher.workflow.drafts.typed import step_values, with_step
from matcher.workflow.needs.draft_values import STEPS, FormStep, answers, find_step
from matcher.workflow.needs.drafts import KIND
from matcher.workflow.needs.publishing import CHINA, missing_answers
from web import backend, session
from web.draft_windows import new_basis
from web.forms import FormState, FormView, as_line, read_form
from web.needs.answers import field_label, own_label
from web.needs.panel import open_suggestions, panel_of
from web.needs.provider_choice import LISTS, pickers

ACTION = re.compile(r"([a-z]+)(?::([A-Za-z0-9_-]{1,40}))?(?::([A-Za-z0-9_.-]{1,40}))?")
ACCEPTED = {"industries", "process_steps", "ai_tasks", "data_modalities"}
MOST_LINES = 10
PROVIDER_LISTS = set(LISTS)
LINES = "requirements"


class Action(NamedTuple):
    """What a button asks for, such as ``accept:industries:C31`` or ``up:2``."""

    verb: str
    what: str = ""
    value: str = ""


@dataclass(slots=True)
class StepNews:
    """What a step's page has to say beside its answers."""

    errors: dict[str, list[Any]] = field(default_factory=dict)
    conflict: list[tuple[str, str]] | None = None  # label and what the other window wrote
    secrecy: SecrecyCheck | None = None
    typed: Mapping[str, Any] | None = None  # where it differs from what is stored
    focus_line: int | None = None
    file_problem: str = ""


@dataclass(frozen=True, slots=True)
class Progress:
    """One step in the list of steps."""

    code: str
    label: str
    number: int
    is_current: bool
    n_missing: int
    is_begun: bool


def asked_action() -> Action:
    """Return what the pressed button asks for; to go on where there is none."""
    match = ACTION.fullmatch(request.form.get("action", "continue"))
    return Action(match[1], match[2] or "", match[3] or "") if match else Action("continue")


def key_of(draft_id: str) -> DraftKey:
    return DraftKey(KIND, draft_id, session.draft_owner())


def own_draft(draft_id: str) -> Draft:
    """Return a draft of who asks; another's is unknown."""
    return read_draft(backend.database(), *key_of(draft_id))


def known_step(code: str) -> FormStep:
    step = find_step(code)
    if step is None:
        raise UnknownRecord("step", code)
    return step


def neighbour(step: FormStep, distance: int) -> FormStep | None:
    place = STEPS.index(step) + distance
    return STEPS[place] if 0 <= place < len(STEPS) else None


def typed_step(step: FormStep) -> dict[str, Any]:
    """Return what was typed into the fields of a step; providers may be named, too."""
    typed = step_values(read_form(NeedSchema(), request.form), step)
    if typed.get(LINES):
        typed[LINES] = with_ids(typed[LINES], line_list())
    for name in PROVIDER_LISTS & set(typed):
        typed[name] = [provider_id_of(text) for text in typed[name]]
    return typed


def line_list() -> Records:
    """Return the definition of the list of requirement lines."""
    definition: Any = NeedSchema().fields[LINES]
    return cast(Records, definition)


def provider_id_of(text: str) -> str:
    """Return the id of the provider that has this name, or the text as it is."""
    wanted = text.strip().casefold()
    for provider in backend.catalogue().providers.values():
        if wanted in {provider.name.casefold(), provider.name_en.casefold()} - {""}:
            return provider.provider_id
    return text


def today_in_china() -> Any:
    return datetime.now(UTC).astimezone(CHINA).date()


def requirement_views(form: FormView) -> list[FormView]:
    """Return a view a line: all that stand on the page, and one to fill in where there is none."""
    definition: Any = form.schema.fields[LINES]
    schema = definition.schema(profile=form.schema.profile)
    typed = form.state.values.get(LINES) or [{schema.id_field: next_id((), definition)}]
    typed = list(typed) if isinstance(typed, list | tuple) else [typed]
    return [
        FormView(
            schema,
            FormState(as_line(line, schema), form.state.errors),
            ("requirements", str(number)),
        )
        for number, line in enumerate(typed)
    ]


def notes_of_step(draft: Draft, step: FormStep) -> list[str]:
    """Return what is said of the fields of a step that is not wrong, but should be known."""
    form = FormView(NeedSchema(), FormState(dict(draft.values)))
    return [note for name in step.fields for note in form.field(name).notes]


def n_musts(values: Mapping[str, Any]) -> int:
    """Return how many lines are musts; a line without a level is one."""
    lines = answers(values).get(LINES) or []
    return sum(
        isinstance(line, Mapping) and str(line.get("level", "must")) not in {"want", "期望"}
        for line in lines
    )


def progress_of(draft: Draft, current: str) -> list[Progress]:
    """Return the steps with how much of each is still missing."""
    missing = missing_answers(draft.values, today_in_china())
    names = [path.split(".")[0] for path in missing]
    return [
        Progress(
            step.code,
            own_label(step),
            number,
            step.code == current,
            sum(name in step.fields for name in names),
            bool(step_values(answers(draft.values), step)),
        )
        for number, step in enumerate(STEPS, 1)
    ]


def step_page(draft: Draft, step: FormStep, news: StepNews | None = None) -> str:
    """Render a step with what is stored or, after a refusal, with what was typed."""
    told = news or StepNews()
    values = dict(draft.values)
    if told.typed is not None:
        values = with_step(values, step, told.typed)
    form = FormView(NeedSchema(profile=PUBLISH), FormState(values, told.errors))
    panel = panel_of(values, draft.draft_id)
    suggestions = panel.advice.suggestions if panel.advice is not None else None
    g.own_address = (url_for("drafts.show_step", draft_id=draft.draft_id, step=step.code), [])
    return render_template(
        "pages/needs/step.html",
        draft=draft,
        step=step,
        number=STEPS.index(step) + 1,
        n_steps=len(STEPS),
        progress=progress_of(draft, step.code),
        next_step=neighbour(step, 1),
        previous_step=neighbour(step, -1),
        form=form,
        news=told,
        basis=new_basis(draft, step),
        panel=panel,
        suggestions=open_suggestions(suggestions, values) if suggestions else {},
        field_label=field_label,
        conditions=by_field(conditions_of(answers(values))),
        scenarios=open_scenarios(suggestions.scenarios if suggestions else (), values),
        files=list_attachments(backend.database(), "draft", draft.draft_id),
        problems=form.summary(),
        pickers=pickers(draft.draft_id, values) if PROVIDER_LISTS & set(step.fields) else {},
        **line_context(form, told),
    )


def by_field(found: Iterable[StatedCondition]) -> dict[str, list[StatedCondition]]:
    """Return what the text states as a must and no answer says yet, by field."""
    return {one.field: [one] for one in found}


def open_scenarios(
    found: Iterable[ScenarioSuggestion], values: Mapping[str, Any]
) -> list[ScenarioSuggestion]:
    return [one for one in found if one.scenario_id != values.get("scenario_id")][:3]


def line_context(form: FormView, news: StepNews) -> dict[str, Any]:
    """Return what the list of requirement lines is drawn from, alone or in its page."""
    lines = requirement_views(form)
    focus = news.focus_line
    return {
        "lines": lines,
        "n_musts": n_musts(form.state.values),
        "most_musts": MOST_MUSTS,
        "most_lines": MOST_LINES,
        "focus_line": None if focus is None else min(max(focus, 0), len(lines) - 1),
    }


def moved_lines(values: Mapping[str, Any], verb: str, place: int) -> tuple[list[Any], int] | None:
    """Return the requirement lines after a button, and the place of the line it was about."""
    lines = list(values.get(LINES) or [])
    if verb == "add":
        new = {RequirementSchema.id_field: next_id(lines, line_list())}
        return (lines if len(lines) >= MOST_LINES else [*lines, new]), len(lines)
    if not 0 <= place < len(lines):
        return None
    if verb == "remove":
        del lines[place]
        return lines, place
    other = place + (-1 if verb == "up" else 1)
    if 0 <= other < len(lines):
        lines[place], lines[other] = lines[other], lines[place]
        return lines, other
    return lines, place


def with_accepted(values: Mapping[str, Any], name: str, code: str) -> dict[str, Any]:
    """Return the change that accepting a suggestion makes, or nothing for an unknown field."""
    if name == "scenario_id" and code in backend.catalogue().scenarios:
        return {"scenario_id": code}
    if name not in ACCEPTED:
        read = {(one.field, one.code) for one in conditions_of(values)}
        return change_of(name, code) if (name, code) in read else {}
    stated = values.get(name) or []
    stated = list(stated) if isinstance(stated, list | tuple) else [stated]
    return {name: [*stated, code]} if code not in stated else {}
