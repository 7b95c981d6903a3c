"""Two states of a record side by side: labels, words for codes, and what changed marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.schemas import SCHEMAS
from matcher.schemas.base import RecordSchema
from matcher.schemas.visibility import is_private
from matcher.store.attachments import find_attachment
from matcher.text.spans import Span, changed_spans
from matcher.workflow.registration.differences import FieldChange, LineChange
from web import backend
from web.forms import unit_words
from web.i18n import gettext as _
from web.i18n import language
from web.moments import day_words
from web.presenters import industry_label, label, money, region_label
from web.registration.organisation_choice import as_choice

NOT_TOLD = frozenset({"provider_id"})  # follows from whose the record is
SEPARATOR = {"zh": "；", "en": "; "}


@dataclass(frozen=True, slots=True)
class Compared:
    """One field in both states, as stretches of text."""

    label: str
    old: tuple[Span, ...]
    new: tuple[Span, ...]
    is_change: bool
    is_private: bool


@dataclass(frozen=True, slots=True)
class ComparedLine:
    """One line of a list in both states."""

    title: str
    state: str  # added | removed | changed | moved | same
    state_words: str
    fields: list[Compared]


@dataclass(frozen=True, slots=True)
class ComparedList:
    """A list of lines in both states."""

    label: str
    lines: list[ComparedLine]
    is_change: bool
    is_private: bool


def compared(kind: str, changes: Iterable[FieldChange]) -> list[Compared | ComparedList]:
    """Return changes as words in the page's language."""
    schema = SCHEMAS[kind]()
    shown = (one for one in changes if one.name not in {schema.id_field, *NOT_TOLD})
    return [compared_field(schema, change) for change in shown]


def compared_field(schema: RecordSchema, change: FieldChange) -> Compared | ComparedList:
    definition: Any = schema.fields[change.name]
    private = is_private(schema, change.name)
    if change.lines:
        inner = definition.schema()
        lines = [compared_line(inner, line) for line in change.lines]
        return ComparedList(own_label(definition), lines, change.is_change, private)
    old, new = (value_words(definition, change.name, value) for value in (change.old, change.new))
    left, right = changed_spans(old, new)
    return Compared(own_label(definition), left, right, change.is_change, private)


def compared_line(schema: RecordSchema, line: LineChange) -> ComparedLine:
    shown = (
        compared_field(schema, one)
        for one in line.fields
        if one.name != schema.id_field and one.is_change
    )
    words = {
        "added": _("added"),
        "removed": _("removed"),
        "changed": _("changed"),
        "moved": _("moved to another place"),
        "same": _("as before"),
    }
    place = line.new_place or line.old_place
    one = schema.label_zh if language() == "zh" else schema.label_en
    fields = [field for field in shown if isinstance(field, Compared)]
    named = next((c for c in line.fields if c.name in ("name", "text")), None)
    called = str((named.old or named.new) if named and line.state != "added" else "")
    title = f"{one} {place} · {called}" if called else f"{one} {place}"
    return ComparedLine(title, line.state, words[line.state], fields)


def own_label(definition: Any) -> str:
    about = definition.about
    return str(about.label_zh if language() == "zh" else about.label_en)


def value_words(definition: Any, name: str, value: Any) -> str:
    """Return a stored value as a reader understands it; nothing stated is an empty text."""
    if value is None or value == "":
        return ""
    if name == "attachment_id":
        return file_name(str(value))
    if name == "excluded_organisation_ids":
        return SEPARATOR[language()].join(as_choice(str(one)).name for one in value)
    items = value if isinstance(value, list | tuple) else [value]
    return SEPARATOR[language()].join(item_words(definition, name, item) for item in items)


def file_name(attachment_id: str) -> str:
    """Return what a file is called, by whose id alone nobody would know it."""
    found = find_attachment(backend.database(), attachment_id)
    return attachment_id if found is None else found.file_name


def item_words(definition: Any, name: str, item: Any) -> str:
    kind = definition.kind
    if name.endswith("_cny"):
        return money(int(item))
    if kind == "industries":
        return industry_label(str(item))
    if kind in {"region", "regions"}:
        return region_label(str(item))
    if kind == "day":
        return day_words(date.fromisoformat(str(item)))
    if kind == "flag":
        return _("Yes") if item else _("No")
    if kind == "level":
        return f"{item} · {label(definition.vocabulary, str(item))}"
    if definition.vocabulary:
        return label(definition.vocabulary, str(item))
    unit = unit_words(definition.about.unit)
    number = f"{item:g}" if isinstance(item, float) else str(item)
    return f"{number} {unit}".strip() if isinstance(item, int | float) else number
