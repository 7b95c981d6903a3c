"""Words for industries that are not known: kept as typed, left out of what is tried meanwhile."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.schemas.base import RecordSchema
from matcher.schemas.lists import Industries
from matcher.vocabulary import industry_parts

MOST_ITEMS = 100  # that are looked into; what comes after them counts as not known


def unknown_words(value: Any) -> list[str]:
    """Return what of an answer about industries names none, each once.

    Examples
    --------
    >>> unknown_words(["钢铁、炼丹", "C26", "炼丹"])
    ['炼丹']
    """
    return list(dict.fromkeys(text for text, codes in _parts(value) if not codes))


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
        if not isinstance(schema.fields.get(name), Industries):
            continue
        parts = list(_parts(value))
        if not all(codes for _text, codes in parts):
            found[name] = [text for text, codes in parts if codes]
            if not found[name]:
                del found[name]
    return found


def _parts(value: Any) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield every item's pieces; an item that was written again says nothing more."""
    items = value if isinstance(value, list | tuple) else [value]
    texts = list(dict.fromkeys(item for item in items if isinstance(item, str)))
    for text in texts[:MOST_ITEMS]:
        yield from industry_parts(text)
    for text in texts[MOST_ITEMS:]:
        yield text.strip(), ()
