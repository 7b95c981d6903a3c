"""A record field by field, as one reader may see it: by each field's visibility, masked if asked.

``public`` fields are everybody's, ``parties`` fields those of both sides after disclosure,
``private`` fields nobody's but the owner's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from matcher.intake.personal import mask
from matcher.schemas import SCHEMAS
from matcher.schemas.base import RecordSchema
from matcher.schemas.describe import FieldDescription, describe_fields

PUBLIC, WITH_PARTIES, ALL = ("public",), ("public", "parties"), ("public", "parties", "private")
_EMPTY: tuple[Any, ...] = (None, "", (), [])
# What a text kind holds was written by people, so it may betray them; codes and ids cannot.
_WRITTEN = frozenset({"text", "source", "texts", "email", "phone"})


@dataclass(frozen=True, slots=True)
class ShownField:
    """One field of a record with its value, and its words in both languages."""

    name: str
    label_zh: str
    label_en: str
    value: Any  # plain: text, number, flag, day, or a list of these or of dicts
    visibility: str
    vocabulary: str = ""


def shown_fields(
    schema: type[RecordSchema],
    record: Any,
    visible: Collection[str],
    *,
    names: Sequence[str] | None = None,
    without: Collection[str] = (),
) -> tuple[ShownField, ...]:
    """Return the fields of a record that have a value and that a reader may see.

    Parameters
    ----------
    visible : collection of str
        The visibilities that the reader may see.
    names : sequence of str, optional
        Where given, written texts are masked, and these names in particular.
    without : collection of str
        Fields that are left out whatever their visibility.
    """
    found = []
    for about in describe_fields(schema):
        if about.form_only or about.visibility not in visible or about.name in without:
            continue
        value = _value(about, getattr(record, about.name, None), visible, names)
        if value not in _EMPTY:
            found.append(
                ShownField(
                    about.name,
                    about.label_zh,
                    about.label_en,
                    value,
                    about.visibility,
                    about.vocabulary,
                )
            )
    return tuple(found)


def _value(
    about: FieldDescription, value: Any, visible: Collection[str], names: Sequence[str] | None
) -> Any:
    if about.kind == "records":
        schema = SCHEMAS[about.line_kind]
        return [_line(schema, line, visible, names) for line in value or ()]
    if names is None or about.kind not in _WRITTEN:
        return list(value) if isinstance(value, tuple) else value
    if isinstance(value, str):
        return mask(value, names)
    return [mask(item, names) if isinstance(item, str) else item for item in value or ()]


def _line(
    schema: type[RecordSchema], line: Any, visible: Collection[str], names: Sequence[str] | None
) -> dict[str, Any]:
    fields = shown_fields(schema, line, visible, names=names)
    return {field.name: field.value for field in fields}
