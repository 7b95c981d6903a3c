"""What a pilot base brings to its form: own choices, what is wrong, the panel, how it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from matcher.errors import InvalidRecord
from matcher.intake.completeness import PUBLISH_BASE_FROM, base_completeness, is_base_publishable
from matcher.schemas.pilot_base import PilotBaseSchema
from matcher.store.drafts import Draft
from matcher.workflow.drafts.lines import without_blank_lines
from matcher.workflow.registration.pilot_base import (
    find_own_base,
    read_base_form,
    sketch_base,
    submit_base,
)
from matcher.workflow.registration.proposals import Submission
from web import backend
from web.registration.capability_form import cut, sent_words
from web.registration.flow import Flow, act_now
from web.registration.forms import Values
from web.registration.pages import Options
from web.registration.panel import WHOLE, completeness_panel

KIND = "pilot_base"


def options(draft: Draft, values: Values) -> Options:
    """Offer the base's own services to choose from where slots belong to one of them."""

    def of(within: str, name: str) -> list[tuple[str, str]] | None:
        if (within, name) != ("slots", "service_id"):
            return None
        lines = [line for line in values.get("services") or [] if isinstance(line, dict)]
        return [
            (str(line["service_id"]), cut(str(line["name"])))
            for line in lines
            if line.get("service_id") and line.get("name")
        ]

    return of


def check(draft: Draft, values: Values) -> dict[str, list[Any]]:
    act = act_now()
    current = find_own_base(backend.database(), draft.record_id, act)
    try:
        read_base_form(values, act, record_id=draft.record_id, current=current)
    except InvalidRecord as error:
        return error.errors
    return {}


def panel(draft: Draft, values: Values, extent: str) -> dict[str, Any]:
    record = sketch_base(
        without_blank_lines(values, PilotBaseSchema()), pilot_base_id=draft.record_id
    )
    found = base_completeness(record, today=datetime.now(UTC).date())

    def link(code: str, anchor: str) -> str:
        return FLOW.url("show_step", draft_id=draft.draft_id, code=code, _anchor=anchor)

    told = completeness_panel(found, values, KIND, link, whole=extent == WHOLE)
    told["gate"] = PUBLISH_BASE_FROM
    told["is_publishable"] = is_base_publishable(found)
    return told


def submit(draft: Draft, values: Values) -> Submission:
    db = backend.writable_database()
    return submit_base(db, values, act_now(), record_id=draft.record_id)


FLOW = Flow(
    kind=KIND,
    blueprint="base_services",
    folder="bases",
    own_pages="my_bases",
    schema=PilotBaseSchema,
    order={},
    options=options,
    check=check,
    panel=panel,
    submit=submit,
    sent_words=sent_words,
)
