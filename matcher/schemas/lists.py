"""Fields that hold several items: texts, codes, industries, regions, ids, and lines of a record."""

from __future__ import annotations

import re
from abc import abstractmethod
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError

from matcher.schemas.fields import MATCH, About, RecordField
from matcher.schemas.messages import refuse
from matcher.schemas.values import clean_text, one_code, one_id, one_region
from matcher.vocabulary import industry_label, industry_parts, near_industries

if TYPE_CHECKING:
    from matcher.schemas.base import RecordSchema

MOST_IN_MATCH = 20  # items that the match profile takes whatever the field's own limit
MAXIMUM_ITEM = 300  # characters of one short text
MOST_TYPED = 500  # items that are looked into, repetitions counted; no field takes as many


def as_items(value: object) -> list[Any]:
    """Return the items of a list, or of a text in which ``;`` or line ends part them."""
    if isinstance(value, str):
        return [item for item in re.split(r"[;；\n]", value) if item.strip()]
    if isinstance(value, list | tuple):
        return [item for item in value if not (item is None or item == "")]
    raise refuse("not_list", value)


class Several(RecordField[tuple[str, ...]]):
    """Several items without repetition; a text is parted at ``;`` and line ends."""

    many = True

    def __init__(
        self,
        about: About,
        *,
        limits: tuple[int, int] = (0, 50),
        required_for: tuple[str, ...] = (),
    ) -> None:
        super().__init__(about, required_for=required_for)
        self.minimum, self.maximum = limits

    @abstractmethod
    def one(self, item: Any) -> Iterable[str]:
        """Return what one item stands for."""

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[str, ...]:
        found: dict[str, None] = {}
        items, most = as_items(value), int(self.maximum or 0)
        if self.profile == MATCH:
            most = max(most, MOST_IN_MATCH)
        if len(items) > MOST_TYPED:
            raise refuse("too_many", items[:MOST_TYPED], maximum=most, length=len(items))
        for item in items:
            found.update(dict.fromkeys(self.one(item)))
        if len(found) > most:
            raise refuse("too_many", list(found), maximum=most, length=len(found))
        return tuple(found)

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return list(value or ())


class Texts(Several):
    """Several short texts."""

    kind = "texts"

    def one(self, item: Any) -> Iterable[str]:
        """Return the cleaned text."""
        text = clean_text(item)
        if len(text) > MAXIMUM_ITEM:
            raise refuse("over_cap", text, maximum=MAXIMUM_ITEM, length=len(text))
        return (text,) if text else ()


class Codes(Several):
    """Several codes of one vocabulary, given as codes or labels."""

    kind = "codes"

    def __init__(
        self,
        about: About,
        vocabulary: str,
        *,
        limits: tuple[int, int] = (0, 50),
        required_for: tuple[str, ...] = (),
    ) -> None:
        super().__init__(about, limits=limits, required_for=required_for)
        self.vocabulary = vocabulary

    def one(self, item: Any) -> Iterable[str]:
        """Return the code that the item names."""
        return (one_code(self.vocabulary, item),)


class Industries(Several):
    """Several industries of GB/T 4754-2017, given as codes, names or everyday words."""

    kind = "industries"

    def one(self, item: Any) -> Iterable[str]:
        """Return the codes that the item names; a word may mean several, a line hold several."""
        found: list[str] = []
        for text, codes in industry_parts(clean_text(item)):
            if not codes:
                raise unknown_industry(text)
            found += codes
        return found


def unknown_industry(text: str) -> ValidationError:
    """Return the error for a word that names no industry, with those that come near to it."""
    near = near_industries(text)
    zh = "、".join(industry_label(code, "zh") for code in near)
    en = "; ".join(industry_label(code, "en") for code in near)
    told = {"near_zh": f"；相近的有：{zh}" if zh else "", "near_en": f"; near: {en}" if en else ""}
    return refuse("unknown_industry", text, **told)


class Regions(Several):
    """Several regions, given as adcodes or names."""

    kind = "regions"

    def one(self, item: Any) -> Iterable[str]:
        """Return the adcode of the region."""
        return (one_region(item),)


class Ids(Several):
    """Several ids of other records."""

    kind = "ids"

    def one(self, item: Any) -> Iterable[str]:
        """Return the id, refusing one that is not well formed."""
        return (one_id(item),)


class Records(RecordField[tuple[Any, ...]]):
    """Several lines, each a record of its own schema; a line without id is numbered."""

    kind = "records"
    many = True

    def __init__(
        self,
        about: About,
        schema: type[RecordSchema],
        *,
        id_prefix: str,
        limits: tuple[int, int],
        required_for: tuple[str, ...] = (),
    ) -> None:
        super().__init__(about, required_for=required_for)
        self.schema = schema
        self.id_prefix = id_prefix
        self.minimum, self.maximum = limits

    def _deserialize(
        self, value: Any, attr: str | None, data: Any, **kwargs: Any
    ) -> tuple[Any, ...]:
        items = as_items(value)
        if len(items) > (self.maximum or 0):
            raise refuse("too_many", len(items), maximum=self.maximum, length=len(items))
        schema = self.schema(profile=self.profile, today=getattr(self.root, "today", None))
        errors: dict[int, Any] = {}
        records = []
        for index, item in enumerate(items):
            try:
                records.append(schema.load(schema.as_line(item, f"{self.id_prefix}{index + 1}")))
            except ValidationError as error:
                errors[index] = error.messages
        if not errors:
            errors = self._repeated_ids(records)
        if errors:
            raise ValidationError(errors)
        return tuple(records)

    def _repeated_ids(self, records: list[Any]) -> dict[int, Any]:
        name = self.schema.id_field
        seen: set[str] = set()
        errors: dict[int, Any] = {}
        for index, record in enumerate(records):
            record_id = getattr(record, name)
            if record_id in seen:
                errors[index] = refuse("duplicate_id", record_id).messages
            seen.add(record_id)
        return {index: {name: messages} for index, messages in errors.items()}

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        schema = self.schema()
        return [schema.dump_changed(record) for record in value or ()]
