"""Which fields of a need hold free text: they are searched for secrets and masked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


def texts_of(need: Need) -> Iterator[tuple[str, str]]:
    """Yield (field, text) of every free text of a need; of lines as ``requirements.R1``."""
    for name in NEED_TEXTS:
        if text := getattr(need, name):
            yield name, text
    for line in need.requirements:
        for name in LINE_TEXTS:
            if text := getattr(line, name):
                yield f"requirements.{line.requirement_id}", text


def with_texts(need: Need, change: Callable[[str], str]) -> Need:
    """Return the need with every free text changed."""
    lines = tuple(_changed_line(line, change) for line in need.requirements)
    texts: dict[str, Any] = {name: change(getattr(need, name)) for name in NEED_TEXTS}
    return replace(need, requirements=lines, **texts)


def _changed_line(line: Requirement, change: Callable[[str], str]) -> Requirement:
    texts: dict[str, Any] = {name: change(getattr(line, name)) for name in LINE_TEXTS}
    return replace(line, **texts)
