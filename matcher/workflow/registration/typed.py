"""Between a record and the values of its form: what is asked, and how a record is typed again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from matcher.intake.duplicates import NEAR_FROM, text_similarity
from matcher.schemas import SCHEMAS, dump_record
from matcher.schemas.base import RecordSchema
from matcher.schemas.fields import YUAN_PER_UNIT
from matcher.schemas.lists import Records


class Asked(NamedTuple):
    """The fields that a form asks for; of lists of lines those of a line."""

    names: frozenset[str]
    lines: Mapping[str, frozenset[str]]


def asked_fields(schema_class: type[RecordSchema]) -> Asked:
    """Return what a form of this record asks for: its groups, and the ids of its lines."""
    names = frozenset(name for group in schema_class.groups for name in group.fields)
    lines = {
        name: frozenset(
            {field.schema.id_field, *(one for group in field.schema.groups for one in group.fields)}
        )
        for name, field in schema_class().fields.items()
        if isinstance(field, Records)
    }
    return Asked(names, lines)


def only_asked(asked: Asked, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return what of some values the form asks for; ids, checks and grades are not among it.

    Examples
    --------
    >>> asked = Asked(frozenset({"name", "claims"}), {"claims": frozenset({"text"})})
    >>> only_asked(asked, {"name": "a", "trust": "A", "claims": [{"text": "b", "x": 1}]})
    {'name': 'a', 'claims': [{'text': 'b'}]}
    """
    kept: dict[str, Any] = {}
    for name in values:
        if name not in asked.names:
            continue
        value = values[name]
        if name in asked.lines and isinstance(value, list | tuple):
            value = [_line(line, asked.lines[name]) for line in value]
        kept[name] = value
    return kept


def _line(line: Any, names: frozenset[str]) -> Any:
    if not isinstance(line, Mapping):
        return line
    return {name: value for name, value in line.items() if name in names}


def typed_values(record: Any) -> dict[str, Any]:
    """Return a record as its form would hold it: amounts in 万元, flags as a tick."""
    kind = next(kind for kind, schema in SCHEMAS.items() if schema.record is type(record))
    return typed_again(kind, dump_record(record))


def typed_again(kind: str, dumped: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dumped record as its form would hold it."""
    schema = SCHEMAS[kind]()
    values: dict[str, Any] = {}
    for name, value in dumped.items():
        definition = schema.fields.get(name)
        form_name = name.removesuffix("_cny")
        if name != form_name and form_name in schema.money:
            amount = Decimal(value) / YUAN_PER_UNIT
            values[form_name] = f"{amount.normalize():f}"
        elif isinstance(definition, Records):
            values[name] = [typed_again(definition.schema.record_kind, line) for line in value]
        elif value is True:
            values[name] = "yes"
        else:
            values[name] = list(value) if isinstance(value, list) else str(value)
    return values


def near_names(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two records, each a title and a text, say nearly the same."""
    return text_similarity(*one, *other) >= NEAR_FROM


def left_out(values: Mapping[str, Any], wrong: Iterable[str]) -> dict[str, Any]:
    """Return values without what was refused: of a line its cell, of anything else the answer.

    Examples
    --------
    >>> left_out({"a": 1, "claims": [{"text": "x", "value": "?"}]}, ["a", "claims.0.value"])
    {'claims': [{'text': 'x'}]}
    """
    kept = {
        name: [dict(line) if isinstance(line, Mapping) else line for line in value]
        if isinstance(value, list | tuple)
        else value
        for name, value in values.items()
    }
    for path in wrong:
        name, *inner = path.split(".")
        lines = kept.get(name)
        place = int(inner[0]) if len(inner) == 2 and inner[0].isdigit() else -1
        line = lines[place] if isinstance(lines, list) and 0 <= place < len(lines) else None
        if not isinstance(line, dict) or line.pop(inner[1], None) is None:
            kept.pop(name, None)
    return kept
