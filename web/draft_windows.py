"""Two windows on one draft: what a form was drawn upon, and what the other window wrote meanwhile.

Shared by the forms of needs, capabilities and bases. A page that is drawn carries a mark of what
its fields held and a name of its own; both come back with whatever it sends.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from typing import Any

from flask import request

from matcher.schemas.base import RecordSchema
from matcher.store.drafts import Draft
from matcher.workflow.drafts.keeping import Basis
from matcher.workflow.drafts.typed import FormPage, basis_of, step_values
from web.forms import CONTROL, FormState, FormView

LONGEST_MARK = 40


def new_basis(draft: Draft, page: FormPage) -> Basis:
    """Return the mark and the name that a page is drawn with."""
    return Basis(basis_of(draft.values, page), secrets.token_hex(8))


def asked_basis(*, live: bool = False) -> Basis:
    """Return what the page that was sent, or that saves itself, had been drawn with."""
    mark, window = (request.form.get(name, "")[:LONGEST_MARK] for name in ("basis", "window"))
    return Basis(mark, window, live)


def theirs(
    draft: Draft, page: FormPage, typed: Mapping[str, Any], schema: RecordSchema
) -> list[tuple[str, str]]:
    """Return what the other window wrote where it differs: label and words."""
    form = FormView(schema, FormState())
    stored = step_values(draft.values, page)
    return [
        (form.field(name).label, "; ".join(raw_words(stored.get(name))))
        for name in page.fields
        if stored.get(name) != typed.get(name)
    ]


def raw_words(value: Any) -> list[str]:
    """Return what was typed as it was typed: an answer, a list of them or the lines of a list."""
    items = value if isinstance(value, list | tuple) else [value]
    return [CONTROL.sub("\ufffd", _one(item)) for item in items if item]


def _one(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    cells = [cell for name, cell in item.items() if not name.endswith("_id")]
    return " ".join(", ".join(map(str, c)) if isinstance(c, list) else str(c) for c in cells)
