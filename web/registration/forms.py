"""Long forms in pages: what was typed on one page, and lines that are added, moved and removed.

Buttons of the form are called ``act``: ``next``, ``back``, ``save``, ``go:<page>``,
``add:<list>``, ``remove:<list>:<n>``, ``up:<list>:<n>``, ``down:<list>:<n>``. Each is a submit, so
that everything works without a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from werkzeug.datastructures import MultiDict

from matcher.schemas.base import RecordSchema
from matcher.schemas.lists import Records
from web.forms import LINE_KEY, PARTS, PRESELECTED, WRITTEN_LISTS

ACT = re.compile(r"(add|remove|up|down):([a-z_]{1,40})(?::(\d{1,3}))?")
LINE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
LAST_DIGITS = re.compile(r"(\d{1,6})$")
Values = dict[str, Any]


class LineAct(NamedTuple):
    """What is to be done to a line of a list."""

    verb: str
    name: str
    place: int


def read_page(schema: RecordSchema, names: Iterable[str], form: MultiDict[str, str]) -> Values:
    """Return what was typed into some fields; what was left blank is not there."""
    values: Values = {}
    for name in names:
        definition: Any = schema.fields[name]
        if isinstance(definition, Records):
            found: Any = read_lines(name, definition, form)
        else:
            found = read_answer(definition, form.getlist(name))
        if found:
            values[name] = found
    return values


def read_answer(definition: Any, typed: list[str]) -> Any:
    texts = [text for text in typed if text.strip()]
    if definition.kind in WRITTEN_LISTS:
        parts = (part.strip() for text in texts for part in PARTS.split(text))
        texts = [part for part in parts if part]
    if not texts:
        return None
    return texts if definition.many else texts[0]


def read_lines(name: str, definition: Records, form: MultiDict[str, str]) -> list[Values]:
    """Return the lines of a list in their order, each with an id, without blank ones."""
    schema = definition.schema()
    lines: dict[int, Values] = {}
    for key in form:
        match = LINE_KEY.fullmatch(key)
        field: Any = schema.fields.get(match[3]) if match and match[1] == name else None
        if match is None or field is None:
            continue
        found = read_answer(field, form.getlist(key))
        if found:
            lines.setdefault(int(match[2]), {})[match[3]] = found
    ordered = [lines[number] for number in sorted(lines)]
    return with_ids([line for line in ordered if not is_blank(line, definition)], definition)


def is_blank(line: Any, definition: Records) -> bool:
    if not isinstance(line, Mapping):
        return False
    return not set(line) - PRESELECTED - {definition.schema.id_field}


def with_ids(lines: list[Values], definition: Records) -> list[Values]:
    """Give every line an id that is well formed and its own."""
    id_field = definition.schema.id_field
    taken: set[str] = set()
    done: list[Values] = []
    for line in lines:
        line_id = str(line.get(id_field, ""))
        if line_id in taken or not LINE_ID.fullmatch(line_id):
            line_id = next_id([*lines, *done], definition)
        taken.add(line_id)
        done.append({**line, id_field: line_id})
    return done


def next_id(lines: Iterable[Mapping[str, Any]], definition: Records) -> str:
    """Return the id after the largest number in use: a service PB1-S2 is followed by S3."""
    ids = (str(line.get(definition.schema.id_field, "")) for line in lines)
    numbers = (int(match[1]) for match in map(LAST_DIGITS.search, ids) if match)
    return f"{definition.id_prefix}{max(numbers, default=0) + 1}"


def line_act(text: str, schema: RecordSchema) -> LineAct | None:
    """Read the name of a button that changes lines; anything else is none."""
    match = ACT.fullmatch(text)
    if match is None or not isinstance(schema.fields.get(match[2]), Records):
        return None
    return LineAct(match[1], match[2], int(match[3] or 0))


def changed_lines(values: Mapping[str, Any], act: LineAct, schema: RecordSchema) -> Values:
    """Return the values after a line was added, removed or moved; nothing else changes."""
    definition: Any = schema.fields[act.name]
    kept = values.get(act.name)
    lines = list(kept) if isinstance(kept, list | tuple) else []
    if act.verb == "add":
        if len(lines) < definition.maximum:
            lines.append({definition.schema.id_field: next_id(lines, definition)})
    elif 0 <= act.place < len(lines):
        line = lines.pop(act.place)
        by = {"up": -1, "down": 1}.get(act.verb)
        if by is not None:
            lines.insert(min(max(act.place + by, 0), len(lines)), line)
    return {**values, act.name: lines}


def anchor_after(act: LineAct, values: Mapping[str, Any]) -> str:
    """Return the id of what should be in view after a line was changed."""
    n_lines = len(values.get(act.name) or [])
    if act.verb == "add":
        return f"{act.name}-line-{n_lines - 1}" if n_lines else f"{act.name}-add"
    by = {"up": -1, "down": 1}.get(act.verb, 0)
    place = min(max(act.place + by, 0), n_lines - 1)
    return f"{act.name}-line-{place}" if n_lines else f"{act.name}-add"


def without_blank_lines(values: Mapping[str, Any], schema: RecordSchema) -> Values:
    """Return values as they are checked and sent: a line that nobody filled in is none."""
    found: Values = {}
    for name, value in values.items():
        definition = schema.fields.get(name)
        if isinstance(definition, Records) and isinstance(value, list | tuple):
            lines = [line for line in value if not is_blank(line, definition)]
            if lines:
                found[name] = lines
        else:
            found[name] = value
    return found
