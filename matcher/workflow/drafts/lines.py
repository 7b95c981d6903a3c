"""Lines of a form: which of them nobody filled in yet, what each is called, where it stands.

A line that was put on a page stays in its draft until it is taken away, filled in or not; for
checking, matching and sending a line that nobody filled in is none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

from matcher.schemas.base import RecordSchema
from matcher.schemas.lists import Records

PRESELECTED = {"level", "operator"}  # a choice that stands in every blank line
LINE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{0,63}")
LAST_DIGITS = re.compile(r"(\d{1,6})$")
Line = dict[str, Any]
Told = TypeVar("Told")


def is_blank(line: Any, definition: Records) -> bool:
    """Whether nobody filled in a line: it holds its id and what was chosen beforehand at most."""
    if not isinstance(line, Mapping):
        return False
    return not set(line) - PRESELECTED - {definition.schema.id_field}


def without_blank_lines(values: Mapping[str, Any], schema: RecordSchema) -> dict[str, Any]:
    """Return values as they are checked and sent: a line that nobody filled in is none."""
    found: dict[str, Any] = {}
    for name, value in values.items():
        definition = schema.fields.get(name)
        if isinstance(definition, Records) and isinstance(value, list | tuple):
            lines = [line for line in value if not is_blank(line, definition)]
            if lines:
                found[name] = lines
        else:
            found[name] = value
    return found


def own_path(path: str, values: Mapping[str, Any], schema: RecordSchema) -> str:
    """Return the path of a checked value as its page counts, on which blank lines stand, too.

    Parameters
    ----------
    path : str
        Such as ``claims.0.text``, in the values without blank lines.
    values : mapping
        As they are kept, with blank lines.
    """
    name, *inner = path.split(".")
    definition, lines = schema.fields.get(name), values.get(name)
    if not inner or not isinstance(definition, Records) or not isinstance(lines, list | tuple):
        return path
    places = [place for place, line in enumerate(lines) if not is_blank(line, definition)]
    number = int(inner[0]) if inner[0].isdecimal() else len(places)
    if number >= len(places):
        return path
    return ".".join([name, str(places[number]), *inner[1:]])


def own_paths(
    told: Mapping[str, Told], values: Mapping[str, Any], schema: RecordSchema
) -> dict[str, Told]:
    """Return what is told by path with the paths as their page counts."""
    return {own_path(path, values, schema): one for path, one in told.items()}


def with_ids(lines: Iterable[Mapping[str, Any]], definition: Records) -> list[Line]:
    """Give every line an id that is well formed and its own."""
    every = list(lines)
    id_field = definition.schema.id_field
    taken: set[str] = set()
    done: list[Line] = []
    for line in every:
        line_id = str(line.get(id_field, ""))
        if line_id in taken or not LINE_ID.fullmatch(line_id):
            line_id = next_id([*every, *done], definition)
        taken.add(line_id)
        done.append({**line, id_field: line_id})
    return done


def next_id(lines: Iterable[Mapping[str, Any]], definition: Records) -> str:
    """Return the id after the largest number in use: a service PB1-S2 is followed by S3."""
    ids = (str(line.get(definition.schema.id_field, "")) for line in lines)
    numbers = (int(match[1]) for match in map(LAST_DIGITS.search, ids) if match)
    return f"{definition.id_prefix}{max(numbers, default=0) + 1}"
