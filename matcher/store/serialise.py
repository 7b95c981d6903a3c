"""Records of the domain as JSON text and back, driven by their dataclass fields.

The text is canonical: fields in the order of the dataclass, and a field is left out where it says
nothing (empty text, empty tuple, ``None`` or ``False`` as its default). Every other default is
written, so a later change of a default does not change what an old version said. Reading refuses
unknown keys and wrong types.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import types
from collections.abc import Callable
from datetime import date
from functools import cache
from typing import Any, NamedTuple, TypeVar, Union, cast, get_args, get_origin, get_type_hints

from matcher.errors import InvalidRecord, shown

Record = TypeVar("Record")
_Convert = Callable[[Any], Any]
_SAYS_NOTHING: tuple[Any, ...] = (None, "", (), False)


class _Wrong(Exception):
    """A value is not of the type its field has."""

    def __init__(self, value: object, expected: str) -> None:
        super().__init__(f"got {shown(value)}, expected {expected}")


class _Field(NamedTuple):
    name: str
    is_required: bool
    empty: Any  # the default where it says nothing, else a value that equals no field's
    encode: _Convert | None  # None: JSON holds the value as it is
    decode: _Convert


class _Never:
    """Equals nothing, so a field with a default that says something is always written."""


def to_json(record: object) -> str:
    """Return a record as canonical JSON text.

    Raises
    ------
    InvalidRecord
        When a value cannot be stored: not a finite number, or text with half a surrogate pair.
    """
    try:
        text = json.dumps(
            _encoded(record), ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        text.encode("utf-8")
    except (ValueError, TypeError) as error:
        raise InvalidRecord(type(record).__name__, {"record": [str(error)]}) from error
    return text


def digest_of(text: str) -> str:
    """Return the SHA-256 of a text in hexadecimal."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def from_json(cls: type[Record], text: str) -> Record:
    """Return the record that ``to_json`` wrote.

    Raises
    ------
    InvalidRecord
        When the text is not JSON, has unknown or missing keys or a value of the wrong type.
    """
    try:
        data = json.loads(text)
    except ValueError as error:
        raise InvalidRecord(cls.__name__, {"record": [f"not JSON: {error}"]}) from error
    return from_plain(cls, data)


def to_plain(record: object) -> dict[str, Any]:
    """Return a record as the mapping that ``to_json`` writes."""
    return _encoded(record)


def from_plain(cls: type[Record], data: object) -> Record:
    """Return a record from a mapping as read from JSON; see ``from_json``."""
    try:
        return cast(Record, _decoded(cls, data))
    except _Wrong as error:
        raise InvalidRecord(cls.__name__, {"record": [str(error)]}) from error


def _encoded(record: object) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    for field in _fields(cast(Any, type(record))):
        value = getattr(record, field.name)
        if value == field.empty and type(value) is type(field.empty):
            continue
        plain[field.name] = value if field.encode is None else field.encode(value)
    return plain


def _decoded(cls: type[Any], data: object) -> Any:
    if not isinstance(data, dict):
        raise _Wrong(data, f"the fields of {cls.__name__}")
    decoders, required = _readers(cast(Any, cls))
    values = {}
    for name, value in data.items():
        decode = decoders.get(name)
        if decode is None:
            raise InvalidRecord(cls.__name__, {str(name): ["is not a known field"]})
        try:
            values[name] = decode(value)
        except _Wrong as error:
            raise InvalidRecord(cls.__name__, {name: [str(error)]}) from error
    if not required <= values.keys():
        missing = sorted(required - values.keys())
        raise InvalidRecord(cls.__name__, {name: ["is missing"] for name in missing})
    return cls(**values)


@cache
def _fields(cls: Any) -> tuple[_Field, ...]:
    """Return how each field of a dataclass is written and read; worked out once a class."""
    hints = get_type_hints(cls)
    fields = []
    for field in dataclasses.fields(cls):
        default = field.default
        required = default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING
        says_nothing = not required and any(default is value for value in _SAYS_NOTHING)
        encode, decode = _converters(hints[field.name])
        empty = default if says_nothing else _Never()
        fields.append(_Field(field.name, required, empty, encode, decode))
    return tuple(fields)


@cache
def _readers(cls: Any) -> tuple[dict[str, _Convert], frozenset[str]]:
    """Return the reader of each field, and which fields must be there."""
    fields = _fields(cls)
    return (
        {field.name: field.decode for field in fields},
        frozenset(field.name for field in fields if field.is_required),
    )


def _converters(hint: Any) -> tuple[_Convert | None, _Convert]:
    origin = get_origin(hint)
    if origin in (Union, types.UnionType):
        return _optional(*(part for part in get_args(hint) if part is not type(None)))
    if origin is tuple:
        return _tuple_of(get_args(hint)[0])
    if dataclasses.is_dataclass(hint):
        return _encoded, lambda data: _decoded(cast(type[Any], hint), data)
    if hint is date:
        return date.isoformat, _date
    if hint is float:
        return float, _number
    if origin is dict:
        return None, _exactly(dict)
    return None, _exactly(hint)


def _optional(hint: Any) -> tuple[_Convert | None, _Convert]:
    encode, decode = _converters(hint)
    if encode is None:
        return None, lambda value: None if value is None else decode(value)
    kept = encode
    return (
        lambda value: None if value is None else kept(value),
        lambda value: None if value is None else decode(value),
    )


def _tuple_of(hint: Any) -> tuple[_Convert, _Convert]:
    if hint is str:
        return list, _texts
    encode, decode = _converters(hint)

    def read(values: Any) -> tuple[Any, ...]:
        if type(values) is not list:
            raise _Wrong(values, "a list")
        return tuple([decode(value) for value in values])

    if encode is None:
        return list, read
    kept = encode
    return lambda values: [kept(value) for value in values], read


def _texts(values: Any) -> tuple[str, ...]:
    """Read a list of texts; most of a record, so their types are checked all at once."""
    if type(values) is not list:
        raise _Wrong(values, "a list")
    if not set(map(type, values)) <= {str}:
        raise _Wrong(values, "a list of texts")
    return tuple(values)


def _exactly(hint: Any) -> _Convert:
    def read(value: Any) -> Any:
        if type(value) is not hint:  # bool is no int here
            raise _Wrong(value, f"a value of type {hint.__name__}")
        return value

    return read


def _number(value: Any) -> float:
    if type(value) is not float and type(value) is not int:
        raise _Wrong(value, "a number")
    return float(value)


def _date(value: Any) -> date:
    try:
        return date.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise _Wrong(value, "a date such as 2026-01-31") from error
