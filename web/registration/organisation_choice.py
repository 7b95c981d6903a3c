"""Organisations that are chosen by name in the form of a capability: those it does not serve."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, NamedTuple

from flask import request, url_for

from matcher.errors import UnknownRecord
from matcher.identity import Organisation
from matcher.store.organisations import read_organisation
from matcher.workflow.registration.exclusions import find_organisations
from matcher.workflow.registration.form_steps import Step
from web import backend, session
from web.catalogue.picking import (
    FIND,
    Choice,
    Control,
    Picker,
    asked_words,
    picker_of,
    with_picked,
)
from web.i18n import gettext as _
from web.presenters import region_label, text_of
from web.registration.forms import Values

LISTS = ("excluded_organisation_ids",)
ACT = re.compile(r"(find|pick|drop):([a-z_]{1,40})(?::([A-Za-z0-9_.-]{1,64}))?")


class ChoiceAct(NamedTuple):
    """What a button of a list asks for."""

    verb: str
    name: str
    record_id: str


def choice_act(wish: str, step: Step) -> ChoiceAct | None:
    """Read a button of a list of organisations; who presses Enter in its search box looks."""
    match = ACT.fullmatch(wish)
    if match is not None and match[2] in LISTS and match[2] in step.fields:
        return ChoiceAct(match[1], match[2], match[3] or "")
    if wish != "next":
        return None
    name = next((one for one in LISTS if asked_words(request.form, one)), "")
    return ChoiceAct("find", name, "") if name in step.fields else None


def changed_choice(values: Values, act: ChoiceAct) -> Values:
    """Return what was typed after an organisation was picked or dropped."""
    if act.verb == "find" or not act.record_id:
        return values
    return {**values, act.name: with_picked(values, act.verb, act.name, act.record_id)}


def find_query(act: ChoiceAct) -> dict[str, str]:
    """Return what the address says of the words that are looked for."""
    if act.verb != "find":
        return {}
    return {f"{FIND}{act.name}": asked_words(request.form, act.name)}


def picker(draft_id: str, name: str, values: Mapping[str, Any], words: str = "") -> Picker:
    """Return one list of organisations with what some words find for it."""
    control = Control(
        form="record-form",
        act="act",
        find=url_for("capabilities.find_organisations", draft_id=draft_id, name=name),
        ask=_("Name, or the whole credit code"),
        none=_(
            "Nothing is found by “%(words)s”. An organisation that nothing here names in public "
            "is found by its whole name or credit code.",
            words=words,
        ),
    )
    return picker_of(control, (name, values, words), found_choices, as_choice)


def pickers(draft_id: str, step: Step, values: Mapping[str, Any]) -> dict[str, Picker]:
    """Return the lists of a page; the address says what was looked for."""
    return {
        name: picker(draft_id, name, values, asked_words(request.args, name))
        for name in LISTS
        if name in step.fields
    }


def found_choices(words: str) -> list[Choice]:
    own = session.own_organisation().organisation_id
    return [named(one) for one in find_organisations(backend.database(), words, besides=own)]


def as_choice(organisation_id: str) -> Choice:
    try:
        return named(read_organisation(backend.database(), organisation_id))
    except UnknownRecord:  # typed by hand: the check of the form says so
        return Choice(organisation_id, organisation_id, "")


def named(organisation: Organisation) -> Choice:
    place = region_label(organisation.region) if organisation.region else ""
    return Choice(organisation.organisation_id, text_of(organisation, "name"), place)
