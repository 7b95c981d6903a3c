"""Read a need from the JSON that a person or a program hands over.

Everything that can be wrong with such a text ends in ``InvalidRecord`` with words that say what to
do; the fields themselves are checked by the schemas.
"""

from __future__ import annotations

import json
from typing import Any, NoReturn

from matcher.errors import InvalidRecord, shown
from matcher.records import Need
from matcher.schemas import load_need

TOO_DEEP = ("values nested too deeply", "a flat object of fields")
LONGEST_TEXT = 4_000_000  # bytes; a need at every limit of its fields is well below


def read_need_json(data: bytes) -> Need:
    """Return the need that a JSON text holds.

    Parameters
    ----------
    data : bytes
        UTF-8, with or without a byte order mark; an object with any subset of the need's fields.

    Raises
    ------
    InvalidRecord
        When it is too long, not UTF-8, not JSON, or not a need.
    """
    if len(data) > LONGEST_TEXT:
        _refuse(f"{len(data)} bytes", f"at most {LONGEST_TEXT} bytes of JSON")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        _refuse(shown(data[error.start : error.start + 8]), "JSON in UTF-8", error)
    if not text.strip():
        _refuse("nothing", 'a JSON object, such as {"title": "…", "problem": "…"}')
    try:
        given = json.loads(text, object_pairs_hook=_once, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        seen = shown(text[max(0, error.pos - 20) : error.pos + 20])
        _refuse(f"{seen} at line {error.lineno}", f"JSON ({error.msg})", error)
    except RecursionError as error:
        _refuse(*TOO_DEEP, error)
    except ValueError as error:  # a number of thousands of digits
        _refuse(shown(str(error)), "JSON with numbers of a sensible length", error)
    try:
        return load_need(given)
    except RecursionError as error:  # shallow enough to parse, too deep to be shown in a message
        _refuse(*TOO_DEEP, error)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Refuse an object that names a field twice: one of the two values would be lost silently."""
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = sorted({name for name in names if names.count(name) > 1})
        _refuse(f"the field {shown(twice[0])} twice", "each field once")
    return found


def _no_constant(name: str) -> NoReturn:
    _refuse(name, "a number; JSON has no such value")


def _refuse(seen: str, expected: str, cause: Exception | None = None) -> NoReturn:
    raise InvalidRecord("need", {"_file": [f"got {seen}, expected {expected}"]}) from cause
