"""What the values of a half-filled need draft amount to: its steps, and the need as far as it goes.

Values are kept as they were typed, by name of form field; nothing here stores or refuses them.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from matcher.errors import InvalidRecord
from matcher.records import Need
from matcher.schemas import MATCH, dump_record, load_need
from matcher.schemas.base import Group
from matcher.schemas.fields import YUAN_PER_UNIT
from matcher.schemas.need import NeedSchema
from matcher.workflow.drafts.known_words import with_known_words
from matcher.workflow.drafts.lines import own_paths, without_blank_lines

# Notes of a draft that are no answer begin with an underscore.
COPIED_FROM = "_copied_from"
BEGUN_ON = "_begun_on"  # the version of the need that an amendment was begun upon
_MONEY = {"budget_min_cny": "budget_min", "budget_max_cny": "budget_max"}
_NOT_TYPED = frozenset({"need_id", "attachment_ids"})


@dataclass(frozen=True, slots=True)
class FormStep:
    """One page of the form: a few groups of fields."""

    code: str
    label_zh: str
    label_en: str
    group_codes: tuple[str, ...]

    @property
    def groups(self) -> tuple[Group, ...]:
        """The groups of fields in their order."""
        return tuple(group for group in NeedSchema.groups if group.code in self.group_codes)

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that are asked for."""
        return tuple(name for group in self.groups for name in group.fields)


STEPS: tuple[FormStep, ...] = (
    FormStep("problem", "问题", "Problem", ("problem",)),
    FormStep("field", "行业与环节", "Industry and step", ("place",)),
    FormStep("requirements", "要求", "Requirements", ("requirements",)),
    FormStep("readiness", "数据与系统", "Data and systems", ("data", "conditions")),
    FormStep("terms", "预算、时间与地点", "Budget, time and place", ("budget", "where")),
    FormStep("publication", "公开方式与附件", "Publication and files", ("publication", "twin")),
)
STEP_OF_FIELD = {name: step.code for step in STEPS for name in step.fields}


def find_step(code: str) -> FormStep | None:
    """Return a step by its code, or None."""
    return next((step for step in STEPS if step.code == code), None)


def answers(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values without the draft's own notes and without lines nobody filled in."""
    typed = {name: value for name, value in values.items() if not name.startswith("_")}
    return without_blank_lines(typed, NeedSchema())


def need_to_match(values: Mapping[str, Any]) -> Need:
    """Return the need that is tried out; words for industries that are not known are left out.

    Raises
    ------
    InvalidRecord
        When anything else cannot be read.
    """
    return load_need(with_known_words(answers(values), NeedSchema()), profile=MATCH)


def need_so_far(values: Mapping[str, Any], need_id: str = "") -> Need:
    """Return the need that the values amount to, leaving out what cannot be read yet.

    Examples
    --------
    >>> need = need_so_far({"title": "带钢质检", "budget_max": "很多", "ai_tasks": ["robotics"]})
    >>> need.title, need.budget_max_cny, need.ai_tasks
    ('带钢质检', None, ('robotics',))
    """
    kept = json.loads(json.dumps(with_known_words(answers(values), NeedSchema())))
    is_blank = not str(kept.get("title", "")).strip() and not str(kept.get("problem", "")).strip()
    if is_blank:
        kept["title"] = "-"
    for _attempt in range(len(NeedSchema().fields)):
        try:
            need = load_need(kept)
        except InvalidRecord as error:
            _leave_out(kept, error.errors)
        else:
            return replace(need, need_id=need_id, title="" if is_blank else need.title)
    return Need(need_id=need_id, title="")


def _leave_out(kept: dict[str, Any], errors: Mapping[str, Any]) -> None:
    """Drop what was refused: of a line the cell, of anything else the whole answer."""
    for path in errors:
        name, *inner = path.split(".")
        lines = kept.get(name)
        if len(inner) == 2 and isinstance(lines, list) and inner[0].isdigit():
            line = lines[int(inner[0])] if int(inner[0]) < len(lines) else None
            if isinstance(line, dict) and line.pop(inner[1], None) is not None:
                continue
        kept.pop(name, None)
    if not kept.get("title") and not kept.get("problem"):
        kept["title"] = "-"


def values_of_need(need: Need) -> dict[str, Any]:
    """Return a need as somebody would have typed it: money in 万元, ticks as yes."""
    values: dict[str, Any] = {}
    for name, value in dump_record(need).items():
        if name in _MONEY:
            values[_MONEY[name]] = f"{value / YUAN_PER_UNIT:g}"
        elif name == "requirements":
            values[name] = [{key: _typed(cell) for key, cell in line.items()} for line in value]
        elif name not in _NOT_TYPED:
            values[name] = _typed(value)
    return values


def _typed(value: Any) -> Any:
    if isinstance(value, bool):
        return "yes" if value else ""
    if isinstance(value, float):
        return f"{value:.15g}"
    return str(value) if isinstance(value, int) else value


def problems_now(values: Mapping[str, Any], fields: tuple[str, ...]) -> dict[str, list[Any]]:
    """Return what of some fields cannot be read, as one who writes is told at once.

    Answers that are missing, too short or too long, and industries that are not known, are no
    problem yet: they keep the need from being published, not from being written.
    """
    schema = NeedSchema(profile=MATCH)
    stated = with_known_words(answers(values), schema)
    asked = {name: value for name, value in stated.items() if name in schema.fields}
    if not asked.get("title") and not asked.get("problem"):
        asked["title"] = "-"
    try:
        load_need(asked)
    except InvalidRecord as error:
        told = own_paths(error.errors, values, schema)
        return {path: found for path, found in told.items() if path.split(".")[0] in fields}
    return {}
