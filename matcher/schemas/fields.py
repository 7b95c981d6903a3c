"""The kinds of field that records are made of; each takes form text and JSON values alike.

A field knows its words (``About``), its limits and for which profiles it is required. Which fields
a record has is said in the record's own module.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, ClassVar, TypeVar
from urllib.parse import urlsplit

from marshmallow import fields

from matcher.schemas.messages import refuse
from matcher.schemas.values import (
    LARGEST_NUMBER,
    clean_text,
    decimal_number,
    one_code,
    one_id,
    one_region,
    text_length,
    whole_number,
)
from matcher.vocabulary import codes, resolve_industry

T = TypeVar("T")

MATCH, PUBLISH, CATALOGUE = "match", "publish", "catalogue"
PROFILES = (MATCH, PUBLISH, CATALOGUE)
ALWAYS = PROFILES
DEFAULT_CAP = 10_000  # characters that any text may have, whatever the profile
YUAN_PER_UNIT = 10_000  # forms state money in 万元
LARGEST_AMOUNT = 10**12
FIRST_YEAR, LAST_YEAR = 2000, 2100
_TRUE = frozenset({"true", "1", "yes", "on", "y", "是", "有"})
_FALSE = frozenset({"false", "0", "no", "off", "n", "否", "无"})


@dataclass(frozen=True, slots=True)
class About:
    """What a field is called and how it is explained, in both languages."""

    label_zh: str
    label_en: str
    hint_zh: str = ""
    hint_en: str = ""
    example: str = ""
    unit: str = ""
    visibility: str = "public"  # public | parties (after both sides agree) | private


class RecordField(fields.Field[T]):
    """A field with words, limits and the profiles for which it is required."""

    kind: ClassVar[str]
    many: ClassVar[bool] = False

    def __init__(
        self, about: About, *, required_for: tuple[str, ...] = (), load_only: bool = False
    ) -> None:
        super().__init__(
            metadata=asdict(about), load_only=load_only, error_messages={"required": "required"}
        )
        self.about = about
        self.required_for = required_for
        self.minimum: float | None = None
        self.maximum: float | None = None
        self.vocabulary = ""

    @property
    def profile(self) -> str:
        """The profile of the schema that is loading."""
        return str(getattr(self.root, "profile", PUBLISH))


class Text(RecordField[str]):
    """A text; limits count Chinese characters and hold outside the match profile."""

    kind = "text"

    def __init__(
        self,
        about: About,
        *,
        limits: tuple[int, int] = (0, 200),
        cap: int = DEFAULT_CAP,
        multiline: bool = False,
        required_for: tuple[str, ...] = (),
    ) -> None:
        super().__init__(about, required_for=required_for)
        self.minimum, self.maximum = limits
        self.cap = cap
        self.multiline = multiline

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        if isinstance(value, str) and len(value) > max(self.cap, DEFAULT_CAP):
            raise refuse("over_cap", value, maximum=self.cap, length=len(value))
        text = clean_text(value, multiline=self.multiline)
        if len(text) > self.cap:
            raise refuse("over_cap", text, maximum=self.cap, length=len(text))
        if self.profile != MATCH:
            self._check_limits(text)
        return text

    def _check_limits(self, text: str) -> None:
        length, minimum, maximum = text_length(text), self.minimum or 0, self.maximum or 0
        if length < minimum:
            limit = {"minimum": minimum, "minimum_en": 2 * minimum}
            raise refuse("too_short", text, length=length, **limit)
        if length > maximum:
            limit = {"maximum": maximum, "maximum_en": 2 * maximum}
            raise refuse("too_long", text, length=length, **limit)


class Source(Text):
    """Where a fact comes from: a web address, or words that name the source."""

    kind = "source"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs)
        scheme = re.match(r"([A-Za-z][A-Za-z0-9+.-]*):(//|[^ ])", text)
        if scheme and scheme[1].lower() in {"javascript", "data", "file", "vbscript", "ftp"}:
            raise refuse("wrong_source", text)
        if "://" in text and not (re.match(r"https?://[^\s/]+", text) and _is_address(text)):
            raise refuse("wrong_source", text)
        return text


def _is_address(text: str) -> bool:
    """Say whether a page can take the address apart to show its host."""
    try:
        return bool(urlsplit(text).netloc)
    except ValueError:
        return False


class Id(RecordField[str]):
    """The id of a record."""

    kind = "id"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return one_id(value)


class Code(RecordField[str]):
    """One code of a vocabulary, given as code or as label of either language."""

    kind = "code"

    def __init__(
        self,
        about: About,
        vocabulary: str,
        *,
        synonyms: Mapping[str, str] | None = None,
        required_for: tuple[str, ...] = (),
    ) -> None:
        super().__init__(about, required_for=required_for)
        self.vocabulary = vocabulary
        self.synonyms = synonyms or {}

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return one_code(self.vocabulary, self.synonyms.get(str(value).strip(), value))


class Industry(RecordField[str]):
    """One industry of GB/T 4754-2017, given as code or as a name that means one industry."""

    kind = "industry"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        found = resolve_industry(clean_text(value))
        if len(found) != 1:
            raise refuse("unknown_industry", value, near_zh="", near_en="")
        return found[0]


class Region(RecordField[str]):
    """One region, given as adcode or as name."""

    kind = "region"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        return one_region(value)


class Whole(RecordField[int]):
    """A whole number within limits."""

    kind = "whole"

    def __init__(
        self, about: About, *, limits: tuple[int, int], required_for: tuple[str, ...] = ()
    ) -> None:
        super().__init__(about, required_for=required_for)
        self.minimum, self.maximum = limits

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number = whole_number(value)
        if not (self.minimum or 0) <= number <= (self.maximum or 0):
            raise refuse("out_of_range", value, minimum=self.minimum, maximum=self.maximum)
        return number


class Level(RecordField[int]):
    """A level of a numbered scale whose steps a vocabulary describes."""

    kind = "level"

    def __init__(
        self, about: About, vocabulary: str, *, required_for: tuple[str, ...] = ()
    ) -> None:
        super().__init__(about, required_for=required_for)
        self.vocabulary = vocabulary
        self.minimum, self.maximum = 1, len(codes(vocabulary))

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number = whole_number(value)
        if str(number) not in codes(self.vocabulary):
            raise refuse("out_of_range", value, minimum=self.minimum, maximum=self.maximum)
        return number


class Number(RecordField[float]):
    """A finite number."""

    kind = "number"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> float:
        number = float(decimal_number(value))
        if abs(number) > LARGEST_NUMBER:
            limits = {"minimum": f"-{LARGEST_NUMBER:.0e}", "maximum": f"{LARGEST_NUMBER:.0e}"}
            raise refuse("out_of_range", value, **limits)
        return number


class FormMoney(RecordField[int]):
    """An amount that a form states in 万元 and the record keeps in whole yuan."""

    kind = "money"

    def __init__(self, about: About, *, required_for: tuple[str, ...] = ()) -> None:
        super().__init__(about, required_for=required_for, load_only=True)
        self.minimum, self.maximum = 0, LARGEST_AMOUNT // YUAN_PER_UNIT

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        number = decimal_number(value)
        if not 0 <= number <= LARGEST_AMOUNT // YUAN_PER_UNIT:
            raise refuse("out_of_range", value, minimum=0, maximum=self.maximum)
        yuan = number * YUAN_PER_UNIT
        if yuan != yuan.to_integral_value():
            raise refuse("not_exact_money", value)
        return int(yuan)


class Day(RecordField[date]):
    """A calendar day."""

    kind = "day"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> date:
        text = value.strip() if isinstance(value, str) else ""
        try:
            day = date.fromisoformat(text) if re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) else None
        except ValueError as error:
            raise refuse("not_date", value) from error
        if day is None or not FIRST_YEAR <= day.year < LAST_YEAR:
            raise refuse("not_date", value)
        return day

    def _serialize(self, value: Any, attr: str | None, obj: Any, **kwargs: Any) -> Any:
        return value.isoformat() if value is not None else None


class Flag(RecordField[bool]):
    """Yes or no; a box left unticked is no."""

    kind = "flag"

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> bool:
        if isinstance(value, bool):
            return value
        word = value.strip().lower() if isinstance(value, str) else str(value)
        if word in _TRUE | _FALSE and not isinstance(value, float):
            return word in _TRUE
        raise refuse("not_flag", value)
