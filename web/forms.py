"""Forms made from the field definitions of ``matcher.schemas``: read, check, show again.

A form that fails keeps what was typed beside every field's messages. Nothing here knows which
fields a record has.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from flask_babel import ngettext
from marshmallow import Schema
from werkzeug.datastructures import MultiDict

from matcher import vocabulary
from matcher.errors import InvalidRecord
from matcher.schemas.base import RecordSchema
from matcher.schemas.fields import RecordField, Text
from matcher.schemas.lists import Records
from matcher.schemas.loading import WHOLE_RECORD
from matcher.schemas.messages import Problem
from matcher.workflow.drafts.known_words import unknown_words
from matcher.workflow.drafts.lines import PRESELECTED
from web.form_lengths import Length, length_of
from web.i18n import gettext as _
from web.i18n import language

Record = TypeVar("Record")
LINE_KEY = re.compile(r"(\w+?)-(\d{1,3})-(\w+)")
WRITTEN_LISTS = {"industries", "regions", "texts", "ids"}  # typed into one box, parted by ;
CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
PARTS = re.compile(r"[;；\n]")
LONGEST_NOTED = 40
MOST_NOTED = 5  # words of one answer; of the others it is told how many there are


@dataclass(slots=True)
class FormState:
    """What was typed, as plain values, and what is wrong with it."""

    values: dict[str, Any] = field(default_factory=dict)
    errors: dict[str, list[Problem]] = field(
        default_factory=dict
    )  # by path, as requirements.0.text

    @property
    def is_valid(self) -> bool:
        return not self.errors


@dataclass(frozen=True, slots=True)
class Field:
    """One field as a template draws it."""

    name: str
    label: str
    hint: str
    unit: str
    kind: str
    multiline: bool
    required: bool
    values: list[str]
    errors: list[str]
    options: list[tuple[str, str]]
    notes: list[str] = field(default_factory=list)  # what is not wrong, but should be known
    length: Length | None = None

    @property
    def id(self) -> str:
        return self.name

    @property
    def value(self) -> str:
        return "; ".join(self.values) if self.kind in WRITTEN_LISTS else "".join(self.values[:1])

    def described_by(self, hint: bool = True) -> str:
        """The ids of the hint and of the messages, for ``aria-describedby``."""
        parts = [f"{self.id}-hint"] if self.hint and hint else []
        parts += [f"{self.id}-length"] if self.length else []
        parts += [f"{self.id}-note"] if self.notes else []
        return " ".join([*parts, f"{self.id}-error"] if self.errors else parts)


def read_form(schema: Schema, form: MultiDict[str, str]) -> dict[str, Any]:
    """Return a submitted form as plain values: lists for many, a list of objects for lines."""
    values: dict[str, Any] = {}
    for name, definition in schema.fields.items():
        if isinstance(definition, Records):
            lines = list(read_lines(name, form))
            if lines:
                values[name] = lines
        elif name in form:
            typed = [text for text in form.getlist(name) if text.strip()]
            if getattr(definition, "kind", "") in WRITTEN_LISTS:
                typed = [part.strip() for text in typed for part in PARTS.split(text)]
                typed = [part for part in typed if part]
            if typed:
                values[name] = typed if getattr(definition, "many", False) else typed[0]
    return values


def read_lines(name: str, form: MultiDict[str, str]) -> Iterator[dict[str, str]]:
    """Yield the lines of a list in their order, without those that nobody filled in."""
    lines: dict[int, dict[str, str]] = {}
    for key, text in form.items():
        match = LINE_KEY.fullmatch(key)
        if match and match[1] == name and text.strip():
            lines.setdefault(int(match[2]), {})[match[3]] = text
    for number in sorted(lines):
        if set(lines[number]) - PRESELECTED:
            yield lines[number]


def load_values(
    load: Callable[[Mapping[str, Any]], Record], values: dict[str, Any]
) -> tuple[Record | None, FormState]:
    """Make the record; on failure keep what was typed beside every field's messages."""
    try:
        return load(values), FormState(values)
    except InvalidRecord as error:
        return None, FormState(values, dict(error.errors))


class FormView:
    """The fields of a schema beside the state of a form, in the page's language.

    ``place`` is where the schema stands in a larger form, such as ``("requirements", "0")``: names
    of controls join it with a dash, paths of problems with a dot.
    """

    def __init__(self, schema: RecordSchema, state: FormState, place: tuple[str, ...] = ()) -> None:
        self.schema = schema
        self.state = state
        self.place = place

    def field(self, name: str) -> Field:
        definition: Any = self.schema.fields[name]
        about = definition.about
        own = language()
        return Field(
            name="-".join((*self.place, name)),
            label=about.label_zh if own == "zh" else about.label_en,
            hint=about.hint_zh if own == "zh" else about.hint_en,
            unit=unit_words(about.unit),
            kind=definition.kind,
            multiline=isinstance(definition, Text) and definition.multiline,
            required=bool(definition.required),
            values=shown_values(definition, self.state.values.get(name)),
            errors=messages(self.state.errors.get(".".join((*self.place, name)))),
            options=options_of(definition),
            notes=notes_of(definition, self.state.values.get(name)),
            length=length_of(definition, self.schema.profile),
        )

    def lines(self, name: str, n_least: int) -> list[FormView]:
        """Return a view a line: those typed and one more to fill in, ``n_least`` or more."""
        definition: Any = self.schema.fields[name]
        schema = definition.schema(profile=self.schema.profile)
        typed = self.state.values.get(name) or []
        typed = typed if isinstance(typed, list | tuple) else [typed]
        n_lines = min(definition.maximum, max(n_least, len(typed) + 1))
        return [
            FormView(
                schema,
                FormState(
                    as_line(typed[index], schema) if index < len(typed) else {}, self.state.errors
                ),
                (*self.place, name, str(index)),
            )
            for index in range(n_lines)
        ]

    def summary(self) -> list[tuple[str, str, str]]:
        """Return anchor, label and message of everything that is wrong, for the top of the page."""
        return [
            (*self._named(path.split(".")), text)
            for path, problems in self.state.errors.items()
            for text in messages(problems)
        ]

    def _named(self, path: list[str]) -> tuple[str, str]:
        """Return the anchor of the control that a path means, and what it is called."""
        definition: Any = self.schema.fields.get(path[0])
        if definition is None:
            return "main", path[-1] if path[0] != WHOLE_RECORD else ""
        label = FormView(self.schema, FormState()).field(path[0]).label
        if not isinstance(definition, Records) or len(path) < 2:
            first = "-0" if definition.kind in {"codes", "records"} else ""
            return f"{path[0]}{'-0-text' if definition.kind == 'records' else first}", label
        inner = FormView(definition.schema(profile=self.schema.profile), FormState())
        anchor, inner_label = inner._named(path[2:]) if len(path) > 2 else ("text", "")
        return f"{path[0]}-{path[1]}-{anchor}", f"{label} {int(path[1]) + 1} · {inner_label}"


def as_line(line: Any, schema: RecordSchema) -> dict[str, Any]:
    return dict(line) if isinstance(line, Mapping) else {schema.text_field: line}


def unit_words(unit: str) -> str:
    """Return a unit of a form in the page's language; money is stated in 万元 in both."""
    if language() == "zh":
        return unit
    english = {"万元": "10,000 CNY", "元": "CNY", "周": "weeks", "天": "days", "小时": "hours"}
    return {**english, "个": ""}.get(unit, unit)


def shown_values(definition: RecordField[Any], value: Any) -> list[str]:
    """Return values as a person wrote or would write them: names of industries, not codes."""
    if definition.kind == "password":  # typed anew each time, and never part of a page
        return []
    items: Iterable[Any] = value if isinstance(value, list | tuple) else [value]
    texts = [CONTROL.sub("\ufffd", str(item)) for item in items if item is not None]
    if definition.kind == "industries":
        return [name_of_industry(text) for text in texts]
    if definition.kind in {"region", "regions"}:
        return [name_of_region(text) for text in texts]
    return texts


def notes_of(definition: RecordField[Any], value: Any) -> list[str]:
    """Return what is said of words that are kept as typed although they are not known."""
    if definition.kind != "industries" or not value:
        return []
    words = unknown_words(value)
    notes = [note_of_industry(CONTROL.sub("\ufffd", word)) for word in words[:MOST_NOTED]]
    n_more = len(words) - len(notes)
    if n_more:
        notes.append(
            ngettext(
                "And %(num)s more is not known as an industry.",
                "And %(num)s more are not known as industries.",
                n_more,
            )
        )
    return notes


def note_of_industry(word: str) -> str:
    """Say that a word names no known industry, and which come near to it."""
    shown = word if len(word) <= LONGEST_NOTED else f"{word[: LONGEST_NOTED - 1]}…"
    near = [
        vocabulary.industry_label(code, language()) for code in vocabulary.near_industries(word)
    ]
    if near:
        names = _("; ").join(near)
        return _(
            "“%(word)s” is not known as an industry and is left out of matching. Near: %(names)s.",
            word=shown,
            names=names,
        )
    return _(
        "“%(word)s” is not known as an industry and is left out of matching. Choose one from the "
        "list that opens while you type, or leave the field empty.",
        word=shown,
    )


def name_of_industry(text: str) -> str:
    return vocabulary.industry_label(text, language()) if vocabulary.is_industry(text) else text


def name_of_region(text: str) -> str:
    return vocabulary.region_label(text, language()) if vocabulary.is_region(text) else text


def options_of(definition: RecordField[Any]) -> list[tuple[str, str]]:
    """Return the choices of a field, or what it proposes while somebody types."""
    own = language()
    if definition.kind == "industries":
        return [(code, vocabulary.industry_label(code, own)) for code in industry_choices()]
    if definition.kind in {"region", "regions"}:
        return [(code, vocabulary.region_label(code, own)) for code in region_choices()]
    return vocabulary.options(definition.vocabulary, own) if definition.vocabulary else []


def industry_choices() -> tuple[str, ...]:
    return (*vocabulary.industry_codes(1), *vocabulary.industry_codes(2))


def region_choices() -> tuple[str, ...]:
    return (*vocabulary.region_codes("province"), *vocabulary.region_codes("city"))


def messages(problems: Any) -> list[str]:
    """Return the messages of one field in the page's language."""
    return [problem.words(language()) for problem in problems or ()]
