"""What differs between two states of a record, field by field, for whoever has to compare them.

Labels and words for codes are the presenter's. A list of lines (claims, services, slots) is
compared line by line, by id, so that adding one in front does not make all of them look new.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from matcher.schemas import SCHEMAS
from matcher.schemas.base import RecordSchema
from matcher.schemas.lists import Records

ADDED, REMOVED, CHANGED, MOVED, SAME = "added", "removed", "changed", "moved", "same"


class FieldChange(NamedTuple):
    """One field in both states; a value is as JSON has it, None where nothing is stated."""

    name: str
    old: Any
    new: Any
    lines: tuple[LineChange, ...] = ()  # of a list of lines, in the order of the new state

    @property
    def is_change(self) -> bool:
        """Whether the two differ."""
        return bool(self.old != self.new)


class LineChange(NamedTuple):
    """One line of a list in both states."""

    line_id: str
    state: str
    old_place: int  # from 1; 0 where it does not stand
    new_place: int
    fields: tuple[FieldChange, ...]


def compare(
    kind: str, old: Mapping[str, Any] | None, new: Mapping[str, Any]
) -> tuple[FieldChange, ...]:
    """Compare two records that were dumped; an old one that is None never was.

    Parameters
    ----------
    kind : str
        A key of ``SCHEMAS``.
    old, new : mapping
        As ``dump_record`` returns them.

    Returns
    -------
    tuple of FieldChange
        Every field that either states, in the order in which a form asks, the others behind.
    """
    return tuple(_fields(SCHEMAS[kind](), old or {}, new))


def changes_only(found: tuple[FieldChange, ...]) -> tuple[FieldChange, ...]:
    """Return those that differ."""
    return tuple(change for change in found if change.is_change)


def _fields(
    schema: RecordSchema, old: Mapping[str, Any], new: Mapping[str, Any]
) -> Iterator[FieldChange]:
    for name in _in_order(schema):
        definition = schema.fields[name]
        before, after = old.get(name), new.get(name)
        if before is None and after is None:
            continue
        lines: tuple[LineChange, ...] = ()
        if isinstance(definition, Records):
            lines = tuple(_lines(definition.schema(), before or [], after or []))
        yield FieldChange(name, before, after, lines)


def _in_order(schema: RecordSchema) -> Iterator[str]:
    """Yield the names of all fields, those of the form first; amounts where they are asked for."""
    asked = [name for group in schema.groups for name in group.fields]
    kept = [f"{name}_cny" if name in schema.money else name for name in asked]
    yield from kept
    yield from (name for name in schema.fields if name not in kept)


def _lines(
    schema: RecordSchema, old: list[Mapping[str, Any]], new: list[Mapping[str, Any]]
) -> Iterator[LineChange]:
    before = {line[schema.id_field]: (place, line) for place, line in enumerate(old, 1)}
    after = {line[schema.id_field]: (place, line) for place, line in enumerate(new, 1)}
    kept = [line_id for line_id in before if line_id in after]
    kept_now = [line_id for line_id in after if line_id in before]
    moved = {one for one, other in zip(kept, kept_now, strict=True) if one != other}
    for line_id in (*after, *(one for one in before if one not in after)):
        old_place, old_line = before.get(line_id, (0, {}))
        new_place, new_line = after.get(line_id, (0, {}))
        found = tuple(_fields(schema, old_line, new_line))
        state = _state(old_place, new_place, old_line != new_line, line_id in moved)
        yield LineChange(line_id, state, old_place, new_place, found)


def _state(old_place: int, new_place: int, is_change: bool, is_moved: bool) -> str:
    if not old_place:
        return ADDED
    if not new_place:
        return REMOVED
    if is_change:
        return CHANGED
    return MOVED if is_moved else SAME
