"""How long a text of a form may be: told beside the field, counted while it is written, refused.

What a field asks for holds where the record is published; what no field takes is refused at once,
on its own form, with everything that was typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from matcher.schemas.base import RecordSchema
from matcher.schemas.fields import DEFAULT_CAP, MATCH, Text
from matcher.schemas.lists import Records
from matcher.schemas.messages import Problem, problem
from web.i18n import gettext as _

# Latin letters count half: a limit of Chinese characters is twice as many of them.
LATIN_PER_HAN = 2
LONGEST_QUOTED = 200
Errors = dict[str, list[Problem]]


@dataclass(frozen=True, slots=True)
class Length:
    """The limits of one text in Chinese characters, and what the control itself takes."""

    least: int
    most: int
    longest: int  # characters of any kind; 0 where the control does not hold it back
    words: str


def length_of(definition: Any, profile: str) -> Length | None:
    """Return the limits of a text that has some worth telling."""
    if not isinstance(definition, Text) or definition.maximum is None:
        return None
    least, most = int(definition.minimum or 0), int(definition.maximum)
    if not (definition.multiline or least):
        return None
    longest = longest_typed(definition) if definition.multiline else 0
    is_tried = definition.multiline and profile == MATCH
    return Length(least, most, longest, limit_words(least, most, is_tried))


def limit_words(least: int, most: int, is_tried: bool) -> str:
    """Return the limits as a hint; where a need is only tried out they do not hold yet."""
    counts = {
        "least": f"{least:,}",
        "most": f"{most:,}",
        "latin_least": f"{LATIN_PER_HAN * least:,}",
        "latin_most": f"{LATIN_PER_HAN * most:,}",
    }
    if not least:
        return _("At most %(most)s Chinese or %(latin_most)s Latin characters.", **counts)
    if is_tried:
        return _(
            "To publish it, %(least)s–%(most)s Chinese or %(latin_least)s–%(latin_most)s Latin "
            "characters; to see matches, a sentence is enough.",
            **counts,
        )
    return _(
        "%(least)s–%(most)s Chinese or %(latin_least)s–%(latin_most)s Latin characters.", **counts
    )


def longest_typed(definition: Text) -> int:
    """Return how many characters a form takes; files of needs may hold longer texts."""
    return min(definition.cap, DEFAULT_CAP)


def over_long(schema: RecordSchema, values: Mapping[str, Any]) -> Errors:
    """Return what is longer than any form takes, by path."""
    found: Errors = {}
    for path, definition, text in typed_texts(schema, values):
        if len(text) > longest_typed(definition):
            found[path] = [too_much(definition, text)]
    return found


def too_large(schema: RecordSchema, values: Mapping[str, Any]) -> Errors:
    """Return why a page is too large to be kept: its texts that are too long, or the longest."""
    found = over_long(schema, values)
    texts = list(typed_texts(schema, values))
    if not found and texts:
        path, definition, text = max(texts, key=lambda one: len(one[2]))
        found[path] = [too_much(definition, text)]
    return found


def too_much(definition: Text, text: str) -> Problem:
    """Return the problem of a text: it is longer than the form takes, or than publishing does.

    Its beginning is quoted on one line, and no more of it than any message shows.
    """
    longest = longest_typed(definition)
    most = longest if len(text) > longest else int(definition.maximum or longest)
    quoted = " ".join(text[:LONGEST_QUOTED].split())
    return problem("over_cap", quoted, maximum=most, length=len(text))


def typed_texts(schema: RecordSchema, values: Mapping[str, Any]) -> Iterable[tuple[str, Text, str]]:
    """Yield path, definition and text of everything typed into a text field, also in lines."""
    for name, value in values.items():
        definition: Any = schema.fields.get(name)
        if isinstance(definition, Text) and isinstance(value, str):
            yield name, definition, value
        elif isinstance(definition, Records) and isinstance(value, list | tuple):
            inner = definition.schema(profile=schema.profile)
            for number, line in enumerate(value):
                if isinstance(line, Mapping):
                    for path, field, text in typed_texts(inner, line):
                        yield f"{name}.{number}.{path}", field, text
