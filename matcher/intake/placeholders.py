"""Text that stands in for text: 待补充, xxx, lorem ipsum, one sentence copied to every service.

Bases of other networks were published with such text in every entry; here it is found, quoted and
named by its field. Which fields are text is read from the schemas.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

from matcher.intake.substance import is_placeholder
from matcher.records import BaseService, PilotBase
from matcher.schemas import SCHEMAS
from matcher.schemas.fields import Text
from matcher.schemas.lists import Records, Texts
from matcher.text.terms import normalise

SHORTEST_TEXT = 30  # limit of a field in characters: units, versions and the like hold no prose
# Of the letter pairs of two descriptions, once their own names are taken out. The descriptions of
# the shipped bases, written from one sentence, share 0.64 or more; separate ones share 0.1.
MOST_SHARED = 0.5
SHORTEST_COMPARED = 8  # letters that must be left to compare
QUOTED = 40
# Answers, not fillers, where a field may stay empty.
NOTHING_TO_SAY = frozenset({"无", "没有", "暂无", "none", "nothing", "n/a"})
MARKS = re.compile(
    r"待(?:补充|填写|完善|定稿|更新|确认后补)"
    r"|[此这]处(?:填写|输入|补充|填入)|请(?:在此|在这里)?(?:填写|输入|补充)"
    r"|[xｘ×＊*]{3,}|[_＿]{3,}|\bt\.?b\.?[dac]\b|\bto ?-?do\b(?=:)|\blorem ipsum\b"
    r"|\b(?:insert|enter|add|your) (?:text|description|name|details) here\b"
    r"|[\[【{<](?:[^\]】}>]{0,12})(?:填写|名称|内容|text|name|description)[^\]】}>]{0,12}[\]】}>]",
    re.IGNORECASE,
)
REASONS = {
    "placeholder": (
        "这是占位文字，请写上真实内容。",
        "This is placeholder text; write what is so.",
    ),
    "mark": (
        "文字里留有待填写的标记，请补完。",
        "The text still holds a mark to be filled in.",
    ),
    "repeated": (
        "与另一项服务几乎是同一句话，请写清这一项的不同之处。",
        "Nearly the same sentence as another service; say what is different about this one.",
    ),
}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """One place where text is missing although something stands there."""

    path: str  # as in a form's errors, such as services.0.description
    code: str  # a key of REASONS
    quote: str
    reason_zh: str
    reason_en: str


def find_placeholders(kind: str, record: Any) -> tuple[Placeholder, ...]:
    """Return every placeholder in the texts of a record, in the order of its fields.

    Parameters
    ----------
    kind : str
        A key of ``SCHEMAS``, such as ``capability`` or ``pilot_base``.
    record : record of that kind
        Also a draft.

    Examples
    --------
    >>> base = PilotBase("PB", "某中试基地", note="本基地介绍待补充。", lead="×××研究院")
    >>> [(one.path, one.quote) for one in find_placeholders("pilot_base", base)]
    [('lead', '×××'), ('note', '待补充')]
    """
    found = list(_in_record(kind, record, ()))
    if isinstance(record, PilotBase):
        found += repeated_descriptions(record.services)
    return tuple(found)


def _in_record(kind: str, record: Any, path: tuple[str, ...]) -> Iterator[Placeholder]:
    for name, field in SCHEMAS[kind]().fields.items():
        value = getattr(record, name, None)
        where = (*path, name)
        if isinstance(field, Records):
            for index, line in enumerate(value or ()):
                yield from _in_record(field.schema.record_kind, line, (*where, str(index)))
        elif isinstance(field, Texts):
            for text in value or ():
                yield from _in_text(text, where, is_required=field.required)
        elif isinstance(field, Text) and value and (field.maximum or 0) >= SHORTEST_TEXT:
            yield from _in_text(value, where, is_required=field.required)


def _in_text(text: str, path: tuple[str, ...], *, is_required: bool) -> Iterator[Placeholder]:
    marked = MARKS.search(text)
    if marked:
        yield _placeholder(path, "mark", marked.group())
    elif not any(character.isalpha() for character in text):
        return  # a number is an answer
    elif is_placeholder(text) and (is_required or normalise(text).strip() not in NOTHING_TO_SAY):
        yield _placeholder(path, "placeholder", text)


def _placeholder(path: tuple[str, ...], code: str, quote: str) -> Placeholder:
    zh, en = REASONS[code]
    shown = quote if len(quote) <= QUOTED else quote[: QUOTED - 1] + "…"
    return Placeholder(".".join(path), code, shown, zh, en)


def repeated_descriptions(services: Sequence[BaseService]) -> list[Placeholder]:
    """Return the services whose description is that of another with the name exchanged."""
    pairs = [_pairs(service) for service in services]
    repeated = {
        index
        for one, other in combinations(range(len(services)), 2)
        if _share(pairs[one], pairs[other]) >= MOST_SHARED
        for index in (one, other)
    }
    return [
        _placeholder(("services", str(n), "description"), "repeated", services[n].description)
        for n in sorted(repeated)
    ]


def _pairs(service: BaseService) -> frozenset[str]:
    """Return the letter pairs of a description without the words of the service's own name."""
    letters = "".join(mark for mark in normalise(service.description) if mark.isalnum())
    name = "".join(mark for mark in normalise(service.name) if mark.isalnum())
    letters = letters.replace(name, "") if name else letters
    if len(letters) < SHORTEST_COMPARED:
        return frozenset()
    return frozenset(letters[i : i + 2] for i in range(len(letters) - 1))


def _share(one: frozenset[str], other: frozenset[str]) -> float:
    together = one | other
    return len(one & other) / len(together) if one and other else 0.0
