"""An open call as its pages show it: who may see it, its form, its responses."""

from __future__ import annotations

from typing import Any

from flask import request

from matcher.errors import UnknownRecord
from matcher.identity import STAFF_ROLES, Organisation
from matcher.records import Capability
from matcher.schemas import MATCH, PUBLISH
from matcher.schemas.open_call import OpenCallSchema
from matcher.store.open_calls import OpenCall, read_call, read_responses
from matcher.store.ownership import owned_by
from matcher.workflow.registration.owned_records import find_record
from matcher.workflow.supply.open_calls import ANSWERABLE, LONGEST_NOTE, texts_of
from web import backend
from web.forms import FormState, FormView, read_form
from web.i18n import gettext as _
from web.plain_fields import plain_field
from web.presenters import text_of
from web.session import current_account, current_organisation


def is_staff() -> bool:
    account = current_account()
    return account is not None and account.role in STAFF_ROLES


def readable_call(call_id: str) -> OpenCall:
    """Return a call that was published, and to staff a draft; to others a draft is unknown."""
    call = read_call(backend.database(), call_id)
    if call.published_at is None and not is_staff():
        raise UnknownRecord("open_call", call_id)
    return call


def typed_texts() -> dict[str, Any]:
    return read_form(OpenCallSchema(profile=MATCH), request.form)


def form_of(call: OpenCall, state: FormState | None = None) -> FormView:
    return FormView(OpenCallSchema(profile=PUBLISH), state or FormState(texts_of(call)))


def own_capabilities(organisation: Organisation | None) -> list[Capability]:
    """Return the published capabilities of an organisation."""
    if organisation is None:
        return []
    db = backend.database()
    found = (
        find_record(db, "capability", record_id)
        for record_id in owned_by(db, organisation.organisation_id, "capability")
    )
    return [one for one in found if isinstance(one, Capability)]


def answer_fields(errors: dict[str, list[str]]) -> list[Any]:
    """Return the fields of an answer: which capability, and what it says."""
    choices = [
        (one.capability_id, text_of(one, "name"))
        for one in own_capabilities(current_organisation())
    ]
    return [
        plain_field(
            "capability_id",
            _("Your capability"),
            kind="code",
            value=request.form.get("capability_id", ""),
            options=choices,
            errors=errors.get("capability_id", ()),
        ),
        plain_field(
            "note",
            _("How you meet the targets"),
            kind="lines",
            value=request.form.get("note", "")[: LONGEST_NOTE * 2],
            hint=_(
                "At most %(number)s characters; reviewers read it, others do not.",
                number=LONGEST_NOTE,
            ),
            errors=errors.get("note", ()),
            required=False,
        ),
    ]


def page_context(call: OpenCall) -> dict[str, Any]:
    """Return what the page of a call shows beside its texts; names of answers to staff only."""
    invited, answers = read_responses(backend.database(), call.call_id)
    organisation = current_organisation()
    own = [
        one
        for one in answers
        if organisation is not None and one.organisation_id == organisation.organisation_id
    ]
    acts = organisation is not None and organisation.acts_as("provider") and not is_staff()
    return {
        "invited": invited,
        "answers": answers,
        "own_answers": own,
        "is_staff": is_staff(),
        "is_answerable": call.state in ANSWERABLE,
        "acts_as_provider": acts,
        "may_answer": acts and organisation is not None and organisation.is_verified,
        "catalogue": backend.catalogue(),
    }
