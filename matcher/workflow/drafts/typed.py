"""What the values of a half-filled form are: kept as typed, by page; what in them is classified.

Shared by the drafts of needs, capabilities and pilot bases; nothing here stores them.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from typing import Any, Protocol

from matcher.intake.secrecy import SecrecyCheck, SecrecyFinding, find_classified

_BASIS_LENGTH = 16


class FormPage(Protocol):
    """One page of a form: a stable code, and the names of the fields that it asks for."""

    @property
    def code(self) -> str:
        """Its name in addresses."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields in their order."""


def step_values(values: Mapping[str, Any], step: FormPage) -> dict[str, Any]:
    """Return what was typed in one step."""
    return {name: values[name] for name in step.fields if name in values}


def with_step(
    values: Mapping[str, Any], step: FormPage, typed: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the values after a step was written anew; what it leaves blank is gone."""
    others = {name: value for name, value in values.items() if name not in step.fields}
    return {**others, **step_values(typed, step)}


def basis_of(values: Mapping[str, Any], step: FormPage) -> str:
    """Return a mark of what a step holds, by which a form knows what it was begun upon."""
    text = json.dumps(step_values(values, step), ensure_ascii=False, sort_keys=True)
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass"))
    return digest.hexdigest()[:_BASIS_LENGTH]


def find_secrets(values: Mapping[str, Any]) -> SecrecyCheck:
    """Look through every text that was typed, readable as an answer or not."""
    found = [finding for field, text in _texts(values) for finding in find_classified(text, field)]
    if "classified" in values.get("safety", ()):
        found.append(SecrecyFinding("safety", "涉密", 0, 2, "涉密 · classified"))
    return SecrecyCheck(tuple(found))


def _texts(value: Any, field: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _texts(inner, field or str(name))
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner, field)
