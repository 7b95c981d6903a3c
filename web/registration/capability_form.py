"""What a capability brings to its form: own choices, what is wrong, the panel, how it is sent."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from matcher.errors import ModelError
from matcher.intake.completeness import capability_completeness
from matcher.intake.suggestions import suggest
from matcher.records import Capability
from matcher.schemas.capability import CapabilitySchema
from matcher.store.drafts import Draft
from matcher.workflow.drafts.known_words import with_known_words
from matcher.workflow.drafts.lines import without_blank_lines
from matcher.workflow.registration.capability import (
    find_own_capability,
    near_duplicates,
    problems_of_form,
    sketch,
    submit_capability,
)
from matcher.workflow.registration.evidence_files import hand_over
from matcher.workflow.registration.proposals import Submission
from web import backend, session
from web.forms import CONTROL
from web.i18n import gettext as _
from web.presenters import text_of
from web.registration.evidence_files import EvidenceFiles
from web.registration.flow import Flow, act_now
from web.registration.forms import Values
from web.registration.pages import Options
from web.registration.panel import QUICK, WHOLE, completeness_panel, matches_of

KIND = "capability"
LONGEST_CHOICE = 28
MOST_SCENARIOS = 6


def options(draft: Draft, values: Values) -> Options:
    """Offer the record's own evidence, the provider's cases and near scenarios to choose from."""

    def of(within: str, name: str) -> list[tuple[str, str]] | None:
        if name == "evidence_ids":
            return own_evidence(values)
        if name == "case_ids":
            return own_cases()
        if name == "scenario_ids" and not within:
            return near_scenarios(sketched(draft, values), values)
        return None

    return of


def own_evidence(values: Values) -> list[tuple[str, str]]:
    lines = [line for line in values.get("evidence") or [] if isinstance(line, dict)]
    return [
        (str(line["evidence_id"]), f"{line['evidence_id']} · {cut(str(line.get('text', '')))}")
        for line in lines
        if line.get("evidence_id") and line.get("text")
    ]


def cut(text: str) -> str:
    """Return a text short enough for a choice, without what no page can hold."""
    text = CONTROL.sub("\ufffd", text)
    return text if len(text) <= LONGEST_CHOICE else text[: LONGEST_CHOICE - 1] + "…"


def own_cases() -> list[tuple[str, str]]:
    provider_id = session.own_organisation().provider_id
    cases = backend.catalogue().cases.values() if provider_id else ()
    own = [case for case in cases if case.provider_id == provider_id]
    return [(case.case_id, f"{case.case_id} · {cut(text_of(case, 'what'))}") for case in own]


def near_scenarios(record: Capability, values: Values) -> list[tuple[str, str]]:
    """Return the catalogue's scenarios that are near in meaning, and those chosen already."""
    catalogue = backend.catalogue()
    chosen = [str(one) for one in values.get("scenario_ids") or []]
    try:
        index = backend.matching().snapshot().matcher.index
        near = [one.scenario_id for one in suggest(record.name, record.problem, index).scenarios]
    except ModelError:
        near = []
    ids = dict.fromkeys((*chosen, *near[:MOST_SCENARIOS]))
    return [(i, text_of(catalogue.scenarios[i], "name")) for i in ids if i in catalogue.scenarios]


def sketched(draft: Draft, values: Values) -> Capability:
    stated = with_known_words(without_blank_lines(values, CapabilitySchema()), CapabilitySchema())
    return sketch(stated, act_now(), capability_id=draft.record_id)


def check(draft: Draft, values: Values) -> dict[str, list[Any]]:
    act = act_now()
    db = backend.database()
    current = find_own_capability(db, draft.record_id, act)
    return problems_of_form(db, values, act, record_id=draft.record_id, current=current)


def panel(draft: Draft, values: Values, extent: str) -> dict[str, Any]:
    record = sketched(draft, values)
    found = capability_completeness(record, today=datetime.now(UTC).date())

    def link(code: str, anchor: str) -> str:
        return FLOW.url("show_step", draft_id=draft.draft_id, code=code, _anchor=anchor)

    told = completeness_panel(found, values, KIND, link, whole=extent == WHOLE)
    if extent == QUICK:
        return told
    told["unbacked"] = [one for one in record.claims if not (one.evidence_ids or one.case_ids)]
    told["near"] = near_duplicates(backend.database(), record)
    told["would"] = matches_of(record)
    told["catalogue"] = backend.catalogue()
    return told


def submit(draft: Draft, values: Values) -> Submission:
    db = backend.writable_database()
    sent = submit_capability(db, values, act_now(), record_id=draft.record_id)
    hand_over(db, draft, sent.record_id)
    return sent


def sent_words(sent: Submission) -> str:
    if sent.proposal_id and sent.is_live:
        return _("Sent for review. What needs no review is live already.")
    if sent.proposal_id:
        return _("Sent for review. You are told as soon as it is decided.")
    return _("Saved and live.") if sent.is_live else _("Nothing had changed, so nothing was sent.")


FLOW = Flow(
    kind=KIND,
    blueprint="capabilities",
    folder="capabilities",
    own_pages="my_capabilities",
    schema=CapabilitySchema,
    # Evidence comes first: a claim points at it.
    order={"evidence": ("maturity", "evidence", "claims", "case_ids")},
    options=options,
    check=check,
    panel=panel,
    submit=submit,
    sent_words=sent_words,
    files=EvidenceFiles(),
)
