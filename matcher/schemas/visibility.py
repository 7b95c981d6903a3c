"""Which fields others may see, read from the definitions: for audit events and comparisons."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.schemas.base import RecordSchema
from matcher.schemas.fields import RecordField
from matcher.schemas.lists import Records
from matcher.schemas.loading import SCHEMAS, dump_record

PUBLIC = "public"
TOLD_APART = "•••"  # stands for a value that is not shown


def is_private(schema: RecordSchema, name: str) -> bool:
    """Whether a field is not for everybody."""
    field = schema.fields.get(name)
    return isinstance(field, RecordField) and field.about.visibility != PUBLIC


def without_private(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """Return a dumped record with every private value replaced by a mark that it is there.

    Examples
    --------
    >>> without_private("base_contact", {"role": "general", "name": "某人"})
    {'role': 'general', 'name': '•••'}
    """
    schema = SCHEMAS[kind]()
    return {name: _shown(schema, name, value) for name, value in values.items()}


def public_dump(record: Any) -> dict[str, Any]:
    """Return a record as ``dump_record`` does, without what is private."""
    kind = next(kind for kind, schema in SCHEMAS.items() if schema.record is type(record))
    return without_private(kind, dump_record(record))


def _shown(schema: RecordSchema, name: str, value: Any) -> Any:
    if is_private(schema, name):
        return TOLD_APART
    definition = schema.fields.get(name)
    if isinstance(definition, Records):
        return [without_private(definition.schema.record_kind, line) for line in value]
    return value
