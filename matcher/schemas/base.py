"""What all record schemas share: cleaning input, profiles, money, ranges, building the record.

Three profiles: ``match`` takes any subset and only caps sizes, ``publish`` is what a registration
must fulfil, ``catalogue`` is what a published fact of the shipped catalogue must fulfil.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import MISSING, dataclass
from dataclasses import fields as dataclass_fields
from datetime import date
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, post_load, pre_load, validates_schema

from matcher.schemas.fields import PROFILES, PUBLISH, YUAN_PER_UNIT, RecordField
from matcher.schemas.messages import Problem, problem, refuse
from matcher.vocabulary import label

_LINE_KEY = re.compile(r"(\w+?)-(\d{1,3})-(\w+)")


@dataclass(frozen=True, slots=True)
class Group:
    """Fields that stand together in a form, under one heading."""

    code: str
    label_zh: str
    label_en: str
    fields: tuple[str, ...]


class RecordSchema(Schema):
    """The schema of one record; subclasses declare fields and the class variables below."""

    record: ClassVar[type]
    record_kind: ClassVar[str]
    label_zh: ClassVar[str]
    label_en: ClassVar[str]
    id_field: ClassVar[str]
    text_field: ClassVar[str] = ""  # what a line that is only a text stands for
    groups: ClassVar[tuple[Group, ...]] = ()
    money: ClassVar[tuple[str, ...]] = ()  # form fields in 万元; the record has them as …_cny
    ranges: ClassVar[tuple[tuple[str, str], ...]] = ()  # pairs of lower and upper
    any_of: ClassVar[Mapping[str, tuple[str, ...]]] = {}  # profile → one of these is required

    class Meta:
        """Refuse unknown names instead of dropping them."""

        unknown = RAISE

    def __init__(self, *, profile: str = PUBLISH, today: date | None = None) -> None:
        if profile not in PROFILES:
            raise ValueError(f"profile must be one of {PROFILES}, got {profile!r}")
        self.profile = profile
        self.today = today  # against which days are read; None: they are not
        self.given: frozenset[str] = frozenset()  # names that the input gave a value
        super().__init__()
        self.error_messages.update(unknown="unknown_field", type="not_object")

    def on_bind_field(self, field_name: str, field_obj: Any) -> None:
        """Make a field required if the profile wants it."""
        if isinstance(field_obj, RecordField):
            field_obj.required = self.profile in field_obj.required_for

    def as_line(self, item: Any, line_id: str) -> Any:
        """Return a line of a list as an object that has an id."""
        if isinstance(item, str) and self.text_field:
            item = {self.text_field: item}
        if isinstance(item, Mapping) and not item.get(self.id_field):
            return {**item, self.id_field: line_id}
        return item

    @pre_load
    def clean(self, data: Any, **kwargs: Any) -> dict[str, Any]:
        """Turn a form or a JSON object into plain values, without the blank ones."""
        if not isinstance(data, Mapping):
            raise refuse("not_object", data)
        given = self.with_aliases(_nested_lines(self._plain(data)))
        kept = {name: value for name, value in given.items() if not _is_blank(value)}
        self.given = frozenset(kept)
        return kept

    def _plain(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Return a dict; of a form's repeated values the list fields keep all, others the first."""
        getlist = getattr(data, "getlist", None)
        if getlist is None:
            return {str(name): value for name, value in data.items()}
        lists = {name for name, field in self.fields.items() if getattr(field, "many", False)}
        return {name: getlist(name) if name in lists else data[name] for name in data}

    def with_aliases(self, given: dict[str, Any]) -> dict[str, Any]:
        """Return the input with other accepted names brought to the field's own name."""
        return given

    def amount(self, data: Mapping[str, Any], name: str) -> Any:
        """Return a value by its form name, whichever of the two ways of stating money was used."""
        value = data.get(name)
        return data.get(f"{name}_cny") if value is None and name in self.money else value

    def is_stated(self, data: Mapping[str, Any], name: str) -> bool:
        """Say whether a value was given; an amount of nothing is an amount, a no is no answer."""
        value = self.amount(data, name)
        return value is not None and value is not False

    def day_outside(
        self, data: Mapping[str, Any], name: str, earliest: date, latest: date
    ) -> list[tuple[str, Any]]:
        """Return the problem of a day that is given and lies outside of two days."""
        day = data.get(name)
        if day is None or earliest <= day <= latest:
            return []
        limits = {"earliest": earliest.isoformat(), "latest": latest.isoformat()}
        return [(name, problem("day_outside", day.isoformat(), **limits))]

    def as_given(self, data: Mapping[str, Any], name: str) -> Any:
        """Return a value in the unit in which it was given: 万元 in a form, yuan in a record."""
        if name in self.money and data.get(name) is not None:
            return data[name] / YUAN_PER_UNIT
        return self.amount(data, name)

    @validates_schema(skip_on_field_errors=False)
    def check_together(self, data: Mapping[str, Any], **kwargs: Any) -> None:
        """Refuse what only several fields together show to be wrong."""
        errors: dict[str, list[Any]] = {}
        for name, problems in self.problems_together(data):
            errors.setdefault(name, []).append(problems)
        if errors:
            raise ValidationError(errors)

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Return pairs of field name and problem; a subclass adds its own."""
        found: list[tuple[str, Any]] = []
        for name in self.money:
            stated, kept = data.get(name), data.get(f"{name}_cny")
            if stated is not None and kept is not None and stated != kept:
                found.append(
                    (name, problem("given_twice", self.as_given(data, name), other=f"{name}_cny"))
                )
        for lower, upper in self.ranges:
            least, most = self.amount(data, lower), self.amount(data, upper)
            if least is not None and most is not None and least > most:
                about = self.about(upper)
                other = {"other_zh": about.label_zh, "other_en": about.label_en}
                other["other_value"] = self.as_given(data, upper)
                seen = self.as_given(data, lower)
                found.append((lower, problem("inverted_range", seen, **other)))
        names = self.any_of.get(self.profile, ())
        refused = self.given.intersection(names) - set(data)
        if names and not refused and not any(self.is_stated(data, name) for name in names):
            zh = "、".join(self.about(name).label_zh for name in names)
            words = {"names_zh": zh, "names_en": ", ".join(names)}
            found.append((names[0], problem("required_one_of", **words)))
        return found

    def about(self, name: str) -> Any:
        """Return the words of a field."""
        return getattr(self.fields[name], "about")  # noqa: B009 - marshmallow types a plain Field

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Any:
        """Build the frozen record."""
        known = {field.name for field in dataclass_fields(self.record)}
        values = {name: value for name, value in data.items() if name in known}
        for name in self.money:
            if data.get(name) is not None:
                values[f"{name}_cny"] = data[name]
        for field in dataclass_fields(self.record):
            if field.default is MISSING and field.default_factory is MISSING:
                values.setdefault(field.name, "")
        return self.record(**values)

    def dump_changed(self, record: Any) -> dict[str, Any]:
        """Return the record as a JSON-able object, without values that are unknown."""
        dumped: dict[str, Any] = self.dump(record)
        unchanged = {
            field.name
            for field in dataclass_fields(record)
            if field.default is not MISSING and getattr(record, field.name) == field.default
        }
        return {
            name: value
            for name, value in dumped.items()
            if name not in unchanged and not _is_blank(value)
        }


def stands_alone(vocabulary: str, code: str, chosen: tuple[str, ...]) -> Problem:
    """Return the problem of a choice such as *none* that was made beside others."""
    names = {f"alone_{language}": label(vocabulary, code, language) for language in ("zh", "en")}
    return problem("stands_alone", list(chosen), **names)


def _is_blank(value: Any) -> bool:
    """Say whether nothing was given; zero and no are something."""
    if isinstance(value, str):
        return all(mark.isspace() or unicodedata.category(mark) == "Cf" for mark in value)
    if isinstance(value, list | tuple):
        return all(_is_blank(item) for item in value)
    return value is None or value == {}


def _nested_lines(given: dict[str, Any]) -> dict[str, Any]:
    """Gather form names such as ``requirements-0-text`` into a list of lines; blank lines go."""
    plain: dict[str, Any] = {}
    lines: dict[str, dict[int, dict[str, Any]]] = {}
    for name, value in given.items():
        match = _LINE_KEY.fullmatch(name)
        if match:
            lines.setdefault(match[1], {}).setdefault(int(match[2]), {})[match[3]] = value
        else:
            plain[name] = value
    for name, numbered in lines.items():
        kept = [numbered[index] for index in sorted(numbered)]
        plain[name] = [line for line in kept if not all(_is_blank(cell) for cell in line.values())]
    return plain
