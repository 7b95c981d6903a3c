"""Words for industries that are not known: kept as typed, left out of what is tried meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.schemas.base import RecordSchema
from matcher.schemas.lists import Industries
from matcher.vocabulary import industry_parts


def unknown_words(value: Any) -> list[str]:
    """Return what of an answer about industries names none.

    Examples
    --------
    >>> unknown_words(["钢铁、炼丹", "C26"])
    ['炼丹']
    """
    return [text for text, codes in _parts(value) if not codes]


def with_known_words(values: Mapping[str, Any], schema: RecordSchema) -> dict[str, Any]:
    """Return values in which answers about industries hold those that are known.

    Examples
    --------
    >>> from matcher.schemas.need import NeedSchema
    >>> with_known_words({"title": "a", "industries": ["钢铁、炼丹"]}, NeedSchema())
    {'title': 'a', 'industries': ['钢铁']}
    """
    found = dict(values)
    for name, value in values.items():
        if isinstance(schema.fields.get(name), Industries) and unknown_words(value):
            found[name] = [text for text, codes in _parts(value) if codes]
            if not found[name]:
                del found[name]
    return found


def _parts(value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    for item in value if isinstance(value, list | tuple) else [value]:
        if isinstance(item, str):
            yield from industry_parts(item)
