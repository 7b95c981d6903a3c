"""Which fields of a need hold free text, in which what betrays its enterprise is masked."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from matcher.records import Need, Requirement

# A test holds both lists to the text fields of the forms.
NEED_TEXTS = (
    "title",
    "title_en",
    "problem",
    "problem_en",
    "affected",
    "tried",
    "excluded_reason",
)
LINE_TEXTS = ("text", "text_en", "metric", "unit", "verification")


def with_texts(need: Need, change: Callable[[str], str]) -> Need:
    """Return the need with every free text changed."""
    lines = tuple(_changed_line(line, change) for line in need.requirements)
    texts: dict[str, Any] = {name: change(getattr(need, name)) for name in NEED_TEXTS}
    return replace(need, requirements=lines, **texts)


def _changed_line(line: Requirement, change: Callable[[str], str]) -> Requirement:
    texts: dict[str, Any] = {name: change(getattr(line, name)) for name in LINE_TEXTS}
    return replace(line, **texts)
