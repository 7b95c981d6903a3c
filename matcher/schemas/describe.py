"""Describe the fields of a schema, so that forms, templates and documents are generated from it."""

from __future__ import annotations

from dataclasses import dataclass

from matcher.schemas.base import RecordSchema
from matcher.schemas.fields import PROFILES, PUBLISH, RecordField, Text
from matcher.schemas.lists import Records
from matcher.vocabulary import options


@dataclass(frozen=True, slots=True)
class FieldDescription:
    """All that a form or a document needs to know of one field."""

    name: str
    kind: str  # text, code, codes, industries, regions, whole, number, money, day, flag, records …
    many: bool
    multiline: bool
    label_zh: str
    label_en: str
    hint_zh: str
    hint_en: str
    example: str
    unit: str
    visibility: str
    required: bool
    required_for: tuple[str, ...]
    minimum: float | None  # characters of Chinese for a text, items for a list, else the value
    maximum: float | None
    vocabulary: str
    line_kind: str  # for records: the kind of one line
    form_only: bool  # True: it is asked for in a form and kept under another name

    def choices(self, language: str = "zh") -> list[tuple[str, str]]:
        """Return pairs of code and label where the field has a vocabulary, else nothing."""
        return options(self.vocabulary, language) if self.vocabulary else []


def describe_field(schema: RecordSchema, name: str) -> FieldDescription:
    """Describe one field of a schema instance; ``required`` is as its profile wants it.

    Raises
    ------
    KeyError
        When the schema has no such field.
    """
    found = schema.fields[name]
    if not isinstance(found, RecordField):
        raise TypeError(f"{type(schema).__name__}.{name} is no field of a record")
    about = found.about
    return FieldDescription(
        name=name,
        kind=found.kind,
        many=found.many,
        multiline=isinstance(found, Text) and found.multiline,
        label_zh=about.label_zh,
        label_en=about.label_en,
        hint_zh=about.hint_zh,
        hint_en=about.hint_en,
        example=about.example,
        unit=about.unit,
        visibility=about.visibility,
        required=schema.profile in found.required_for,
        required_for=tuple(profile for profile in PROFILES if profile in found.required_for),
        minimum=found.minimum,
        maximum=found.maximum,
        vocabulary=found.vocabulary,
        line_kind=found.schema.record_kind if isinstance(found, Records) else "",
        form_only=found.load_only,
    )


def describe_fields(
    schema_class: type[RecordSchema], *, profile: str = PUBLISH
) -> tuple[FieldDescription, ...]:
    """Describe every field of a schema, in the order of declaration."""
    schema = schema_class(profile=profile)
    return tuple(describe_field(schema, name) for name in schema.fields)


def field_order(schema_class: type[RecordSchema]) -> tuple[str, ...]:
    """Return the names of the fields that a form asks for, in order.

    Examples
    --------
    >>> from matcher.schemas.need import NeedSchema
    >>> field_order(NeedSchema)[:4]
    ('title', 'problem', 'affected', 'tried')
    """
    return tuple(name for group in schema_class.groups for name in group.fields)
