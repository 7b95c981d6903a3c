"""A need as a list of answers, step by step: for its summary, its page, its review and its past."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from matcher.records import Need
from matcher.schemas import dump_record
from matcher.schemas.fields import PUBLISH
from matcher.schemas.messages import Problem
from matcher.schemas.need import NeedSchema
from matcher.workflow.needs.draft_values import STEPS
from matcher.workflow.registration.differences import FieldChange
from web import backend
from web.draft_windows import raw_words
from web.forms import CONTROL, messages
from web.i18n import gettext as _
from web.i18n import language
from web.moments import day_words
from web.presenters import industry_label, label, money, region_label, text_of

SIGNS = {">=": "≥", "<=": "≤", "=": "="}
# Asked in 万元, kept in yuan.
KEPT_AS = {"budget_min": "budget_min_cny", "budget_max": "budget_max_cny"}
YES = {"yes", "true", "1", "on"}


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer as it is read; ``texts`` is empty where nothing was stated."""

    name: str
    label: str
    texts: tuple[str, ...]
    required: bool
    problems: tuple[str, ...] = ()
    is_long: bool = False
    anchor: str = ""

    @property
    def is_blank(self) -> bool:
        """Whether nothing was stated and nothing has to be."""
        return not self.texts and not self.problems


@dataclass(frozen=True, slots=True)
class Section:
    """The answers of one step."""

    code: str
    label: str
    answers: tuple[Answer, ...]


def own_label(thing: Any) -> str:
    """Return the label of a step, a group or a field in the page's language."""
    return str(thing.label_zh if language() == "zh" else thing.label_en)


def field_label(name: str) -> str:
    schema = NeedSchema()
    name = next((asked for asked, kept in KEPT_AS.items() if kept == name), name)
    return own_label(schema.about(name)) if name in schema.fields else name


def sections_of(
    need: Need,
    *,
    typed: Mapping[str, Any] | None = None,
    problems: Mapping[str, Iterable[Problem]] | None = None,
    stated_only: bool = False,
    without: frozenset[str] = frozenset(),
) -> list[Section]:
    """Return the answers of a need by step.

    ``typed`` holds what was written where the need cannot say it; ``problems`` what is missing.
    """
    dumped = dump_record(need)
    found = []
    for step in STEPS:
        answers = [
            answer_of(name, dumped, typed or {}, problems or {})
            for name in step.fields
            if name not in without
        ]
        kept = tuple(answer for answer in answers if answer.texts or not stated_only)
        if kept:
            found.append(Section(step.code, own_label(step), kept))
    return found


def answer_of(
    name: str,
    dumped: Mapping[str, Any],
    typed: Mapping[str, Any],
    problems: Mapping[str, Iterable[Problem]],
) -> Answer:
    schema = NeedSchema(profile=PUBLISH)
    definition: Any = schema.fields[name]
    value = dumped.get(KEPT_AS.get(name, name))
    texts = words_of(name, value) if value is not None else raw_words(typed.get(name))
    told = [
        text
        for path, found in problems.items()
        if path.split(".")[0] == name
        for text in messages(found)
    ]
    return Answer(
        name=name,
        label=own_label(definition.about),
        texts=tuple(CONTROL.sub("\ufffd", text) for text in texts),
        required=bool(definition.required),
        problems=tuple(told),
        is_long=bool(getattr(definition, "multiline", False)),
        anchor={"codes": f"{name}-0", "records": "requirement-0"}.get(definition.kind, name),
    )


def words_of(name: str, value: Any) -> list[str]:
    """Return a stored value of a field as words."""
    definition: Any = NeedSchema().fields[KEPT_AS.get(name, name)]
    items = value if isinstance(value, list | tuple) else [value]
    if name in KEPT_AS or name in KEPT_AS.values():
        return [money(int(value))]
    if name.endswith("_provider_ids"):
        return [provider_name(provider_id) for provider_id in items]
    in_words = WORDS_OF_KIND.get(definition.kind)
    if in_words is not None:
        return [in_words(item) for item in items]
    if definition.vocabulary:
        return [label(definition.vocabulary, str(code)) for code in items]
    return [str(item) for item in items]


def provider_name(provider_id: str) -> str:
    provider = backend.catalogue().providers.get(str(provider_id))
    return str(provider_id) if provider is None else text_of(provider, "name")


def line_words(line: Mapping[str, Any]) -> str:
    """Return a requirement line as one sentence."""
    own = line.get("text_en") if language() == "en" else ""
    parts = [str(own or line.get("text", ""))]
    if line.get("threshold") is not None:
        sign = SIGNS.get(str(line.get("operator", "")), "")
        target = f"{line.get('metric', '')} {sign} {line['threshold']:g}{line.get('unit', '')}"
        parts.append(" ".join(target.split()))
    if line.get("current_value") is not None:
        today = f"{line['current_value']:g}{line.get('unit', '')}"
        parts.append(_("today %(value)s", value=today))
    parts.append(label("requirement_level", str(line.get("level", "must"))))
    return " · ".join(part for part in parts if part)


def flag_words(value: Any) -> str:
    return _("Yes") if str(value).lower() in YES else _("No")


WORDS_OF_KIND: dict[str, Callable[[Any], str]] = {
    "records": line_words,
    "industries": industry_label,
    "region": region_label,
    "day": lambda value: day_words(date.fromisoformat(str(value))),
    "flag": flag_words,
}


@dataclass(frozen=True, slots=True)
class Difference:
    """One answer in two versions."""

    label: str
    old: tuple[str, ...]
    new: tuple[str, ...]


def differences(changes: Iterable[FieldChange]) -> list[Difference]:
    """Return changed answers as words, in the page's language."""
    return [
        Difference(
            field_label(change.name),
            tuple(words_of(change.name, change.old)) if change.old is not None else (),
            tuple(words_of(change.name, change.new)) if change.new is not None else (),
        )
        for change in changes
    ]
