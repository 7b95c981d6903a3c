"""What stands beside a list of matches: words of the need that took no part in it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import url_for

from matcher.intake.conditions import StatedCondition, change_of, conditions_of
from matcher.schemas.fields import MATCH
from matcher.schemas.need import NeedSchema
from web.forms import FormState, FormView
from web.needs.answers import field_label
from web.needs.token import LONGEST_TOKEN, pack_need
from web.presenters import said


@dataclass(frozen=True, slots=True)
class Unused:
    """A must of the text that is no condition, and the address at which it is one."""

    quote: str
    label: str
    url: str


@dataclass(frozen=True, slots=True)
class Beside:
    """Everything that was written and not used for the list."""

    notes: list[str]
    conditions: list[Unused]


def beside_of(values: Mapping[str, Any]) -> Beside:
    """Return what of a need, as it was typed, took no part in matching."""
    form = FormView(NeedSchema(profile=MATCH), FormState(dict(values)))
    found = [unused(one, values) for one in conditions_of(values)]
    return Beside(form.field("industries").notes, found)


def unused(one: StatedCondition, values: Mapping[str, Any]) -> Unused:
    token = pack_need({**values, **change_of(one.field, one.code)})
    url = url_for("matches.show_matches", need=token) if len(token) <= LONGEST_TOKEN else ""
    return Unused(one.quote, f"{field_label(one.field)}: {said(one, 'label')}", url)
