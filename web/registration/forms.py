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
from matcher.workflow.drafts.lines import LINE_ID, is_blank, next_id, with_ids
from web.forms import LINE_KEY, PARTS, WRITTEN_LISTS

ACT = re.compile(r"(add|remove|up|down):([a-z_]{1,40})(?::(\d{1,3}))?")
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
    """Return the lines of a list in their order, each with an id.

    A line that stood on the page is kept, filled in or not: its page sends the id along.
    """
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
    return with_ids([line for line in ordered if stood_there(line, definition)], definition)


def stood_there(line: Values, definition: Records) -> bool:
    """Whether a line says something, or names itself as one that its page had."""
    named = LINE_ID.fullmatch(str(line.get(definition.schema.id_field, "")))
    return named is not None or not is_blank(line, definition)


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
