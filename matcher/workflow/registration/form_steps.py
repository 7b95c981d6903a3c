"""The pages of the two long forms: which groups of fields stand on which page, in which order."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.capability import CapabilitySchema
from matcher.schemas.pilot_base import PilotBaseSchema

CHECK = "check"  # the last page: nothing is asked there


@dataclass(frozen=True, slots=True)
class Step:
    """One page of a form."""

    code: str
    label_zh: str
    label_en: str
    groups: tuple[Group, ...]

    @property
    def fields(self) -> tuple[str, ...]:
        """The names of the fields that are asked for, in order."""
        return tuple(name for group in self.groups for name in group.fields)


def _step(
    schema: type[RecordSchema], code: str, label_zh: str, label_en: str, *groups: str
) -> Step:
    found = {group.code: group for group in schema.groups}
    return Step(code, label_zh, label_en, tuple(found[group] for group in groups))


STEPS: Mapping[str, tuple[Step, ...]] = {
    "capability": (
        _step(CapabilitySchema, "problem", "解决什么", "What it solves", "what", "place"),
        _step(CapabilitySchema, "proof", "声明与证据", "Claims and evidence", "evidence"),
        _step(
            CapabilitySchema, "conditions", "部署与数据", "Deployment and data",
            "conditions", "data",
        ),
        _step(CapabilitySchema, "offer", "价格与承接", "Price and capacity", "offer"),
        _step(
            CapabilitySchema, "customers", "客户与条款", "Customers and terms",
            "wanted", "terms",
        ),
    ),
    "pilot_base": (
        _step(PilotBaseSchema, "base", "基地概况", "The base", "what", "who", "state"),
        _step(PilotBaseSchema, "services", "服务项", "Services", "services"),
        _step(
            PilotBaseSchema, "resources", "数据、算力与设备", "Data, computing, equipment",
            "resources", "equipment",
        ),
        _step(PilotBaseSchema, "slots", "名额", "Slots", "slots"),
        _step(PilotBaseSchema, "rules", "规则与联系人", "Rules and contacts", "rules", "contacts"),
        _step(PilotBaseSchema, "twin", "英文", "English", "twin"),
    ),
}  # fmt: skip


def find_step(kind: str, code: str) -> Step | None:
    """Return a page of a form by its code, or None."""
    return next((step for step in STEPS[kind] if step.code == code), None)


def neighbour(kind: str, code: str, by: int) -> str:
    """Return the code of the page so many places on; past the last one that of the check.

    Examples
    --------
    >>> neighbour("capability", "problem", 1), neighbour("capability", "customers", 1)
    ('proof', 'check')
    >>> neighbour("capability", "problem", -1)
    'problem'
    """
    codes = [step.code for step in STEPS[kind]] + [CHECK]
    place = codes.index(code) + by
    return codes[min(max(place, 0), len(codes) - 1)]


def step_of(kind: str, field: str) -> str:
    """Return the code of the page that asks for a field, or that of the check for none."""
    return next((step.code for step in STEPS[kind] if field in step.fields), CHECK)
