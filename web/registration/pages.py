"""A page of a long form as its template draws it: groups, rows of fields, lists of lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.lists import Records
from matcher.workflow.registration.form_steps import STEPS, Step
from web.forms import CONTROL, Field, FormState, FormView, as_line, messages
from web.i18n import gettext as _
from web.i18n import language

# Fields that stand side by side where there is room.
BESIDE: tuple[tuple[str, ...], ...] = (
    ("price_min", "price_max", "price_unit"),
    ("delivery_weeks_min", "delivery_weeks"),
    ("free_slots", "earliest_start"),
    ("free_slots", "decision_days"),
    ("metric", "operator", "value", "unit"),
    ("client", "start", "end"),
    ("number", "valid_to"),
    ("maturity_from", "maturity_to"),
    ("days_min", "days_max"),
    ("discount_large", "discount_medium", "discount_small", "discount_micro"),
    ("region", "city"),
    ("compute_total", "compute_bookable_percent", "compute_scheduler"),
    ("kind", "hours_free_week"),
    ("size", "labels"),
    ("owner", "licence"),
    ("start", "end"),
    ("total", "taken", "held"),
    ("name", "email", "phone"),
    ("level", "status", "launched"),
)
CHOSEN_IDS = frozenset({"evidence_ids", "case_ids", "scenario_ids"})
MANY_FIELDS = 12  # a line with more of them can be folded away
Options = Callable[[str, str], list[tuple[str, str]] | None]


@dataclass(frozen=True, slots=True)
class Row:
    """Fields that stand side by side."""

    fields: list[Field]


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a list."""

    number: int
    id_name: str
    line_id: str
    title: str
    rows: list[Row]
    twin: list[Row]  # the same in English
    is_open: bool
    has_errors: bool


@dataclass(frozen=True, slots=True)
class Lines:
    """A list of lines with what is needed to add one."""

    name: str
    label: str
    one: str
    hint: str
    errors: list[str]
    lines: list[Line]
    may_add: bool
    folds: bool


@dataclass(frozen=True, slots=True)
class Part:
    """One group of a page: rows and lists in the order in which they are asked."""

    code: str
    title: str
    items: list[Row | Lines]
    twin: list[Row] = field(default_factory=list)


class PageForm:
    """The fields of one page beside what was typed and what is wrong.

    Parameters
    ----------
    options : callable
        From the name of a list (or an empty text) and of a field to choices that only this record
        has, such as its own evidence; None where the field has its usual control.
    """

    def __init__(self, schema: RecordSchema, state: FormState, options: Options) -> None:
        self.schema, self.state, self.options = schema, state, options
        self.view = FormView(schema, state)

    def parts(self, step: Step, order: Mapping[str, tuple[str, ...]]) -> list[Part]:
        """Return the groups of a page; ``order`` overrides that of a group's fields."""
        return [self.part(group, order.get(group.code, group.fields)) for group in step.groups]

    def part(self, group: Group, names: Iterable[str]) -> Part:
        own, twin = split_twins(names)
        items: list[Row | Lines] = []
        plain: list[str] = []
        for name in own:
            if isinstance(self.schema.fields[name], Records):
                items += self.rows(self.view, plain, "")
                plain = []
                items.append(self.lines(name))
            else:
                plain.append(name)
        items += self.rows(self.view, plain, "")
        title = group.label_zh if language() == "zh" else group.label_en
        return Part(group.code, title, items, self.rows(self.view, twin, ""))

    def rows(self, view: FormView, names: Iterable[str], within: str) -> list[Row]:
        fields = {name: self.field(view, name, within) for name in names}
        shown = {name: one for name, one in fields.items() if one is not None}
        return [Row([shown[name] for name in row]) for row in side_by_side(shown)]

    def field(self, view: FormView, name: str, within: str) -> Field | None:
        """Return a field, with own choices where the record has some; None where it has nothing."""
        found = view.field(name)
        choices = self.options(within, name)
        if choices is None:
            return found
        if not choices and not found.values:
            return None
        extra = [(value, value) for value in found.values if value not in dict(choices)]
        kind = "codes" if found.kind == "ids" else "code"
        return replace(found, kind=kind, options=[*choices, *extra])

    def lines(self, name: str) -> Lines:
        definition: Any = self.schema.fields[name]
        about = self.view.field(name)
        schema = definition.schema(profile=self.schema.profile)
        typed = self.state.values.get(name) or []
        typed = list(typed) if isinstance(typed, list | tuple) else [typed]
        lines = [self.line(name, i, as_line(one, schema), schema) for i, one in enumerate(typed)]
        n_fields = len([one for group in schema.groups for one in group.fields])
        return Lines(
            name=name,
            label=about.label,
            one=schema.label_zh if language() == "zh" else schema.label_en,
            hint=about.hint,
            errors=messages(self.state.errors.get(name)),
            lines=lines,
            may_add=len(lines) < definition.maximum,
            folds=n_fields > MANY_FIELDS,
        )

    def line(self, name: str, index: int, typed: dict[str, Any], schema: RecordSchema) -> Line:
        place = (name, str(index))
        view = FormView(schema, FormState(typed, self.state.errors), place)
        own, twin = split_twins(one for group in schema.groups for one in group.fields)
        has_errors = any(path.startswith(f"{name}.{index}.") for path in self.state.errors)
        titled = typed.get("name") or typed.get("text") or ""
        return Line(
            number=index + 1,
            id_name="-".join((*place, schema.id_field)),
            line_id=str(typed.get(schema.id_field, "")),
            title=CONTROL.sub("\ufffd", str(titled)),
            rows=self.rows(view, own, name),
            twin=self.rows(view, twin, name),
            is_open=has_errors or not titled,
            has_errors=has_errors,
        )


def split_twins(names: Iterable[str]) -> tuple[list[str], list[str]]:
    """Return the fields and their English twins apart; twins alone are fields."""
    every = list(names)
    own = [name for name in every if not (name.endswith("_en") and name[:-3] in every)]
    return own, [name for name in every if name not in own]


def side_by_side(names: Iterable[str]) -> list[list[str]]:
    """Return names in rows: those of ``BESIDE`` that follow one another stand in one."""
    rows: list[list[str]] = []
    for name in names:
        if rows and any({*rows[-1], name} <= set(group) for group in BESIDE):
            rows[-1].append(name)
        else:
            rows.append([name])
    return rows


def summary_rows(form: FormView) -> list[tuple[str, str, str]]:
    """Return anchor, label and message of what is wrong; a problem of a whole list leads to it."""
    rows = []
    for path, problems in form.state.errors.items():
        name = path.partition(".")[0]
        definition = form.schema.fields.get(name)
        for text in messages(problems):
            if isinstance(definition, Records) and "." not in path:
                rows.append((f"{name}-list", form.field(name).label, text))
            else:
                rows.append(row_of(form, path, text))
    return rows


def row_of(form: FormView, path: str, text: str) -> tuple[str, str, str]:
    anchor, label = form._named(path.split("."))
    if path.rpartition(".")[2] in CHOSEN_IDS:  # drawn as boxes to tick, the first of which it is
        anchor = f"{anchor}-0"
    return anchor, label or _("The whole form"), text


def first_step(flow: Any, draft: Any) -> str:
    """Return the address of the page of a form that its writer was on last."""
    codes = [step.code for step in STEPS[flow.kind]]
    code = draft.step if draft.step in codes else codes[0]
    address: str = flow.url("show_step", draft_id=draft.draft_id, code=code)
    return address


def draft_name(draft: Any) -> str:
    """Return what a draft is called so far, fit for a page."""
    return CONTROL.sub("\ufffd", str(draft.values.get("name", ""))) or _("Without a name yet")
