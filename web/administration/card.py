"""A model's card as a page: the Markdown that the card is written in, and no more of it.

Headings, paragraphs, lists and tables; ``code`` and **strong** words. A card is in both languages:
of what stands in both, the page shows its own, "中文 · English" in a heading or a cell included.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile

from markupsafe import Markup

from web.i18n import language
from web.presenters import in_language, is_chinese

BETWEEN = " \u00b7 "
MARKS = re.compile(r"(`[^`]*`|\*\*[^*]*\*\*)")
TITLE, SECTION, PART = "# ", "## ", "### "
ITEM, GOES_ON = "- ", "  "
NUMBER = re.compile(r"[-+\u2212\u2013]?\d*\.?\d*%?( \[.*\])?")


@dataclass
class Piece:
    """A paragraph, a list or a table."""

    kind: str  # text | list | table
    texts: list[str] = field(default_factory=list)
    rows: list[list[str]] = field(default_factory=list)  # of a table, the first is its head


@dataclass
class CardSection:
    """What stands under a heading of level 2 or 3; the first may have none."""

    level: int
    title: str
    pieces: list[Piece] = field(default_factory=list)


def sections_of(text: str) -> list[CardSection]:
    """Return the sections of a card in the page's language, without its title."""
    found = [CardSection(2, "")]
    lines = text.splitlines()
    while lines:
        line = lines.pop(0)
        if line.startswith((SECTION, PART)):
            level = 2 if line.startswith(SECTION) else 3
            found.append(CardSection(level, own_words(line.lstrip("# "))))
        elif line.startswith("|"):
            rows = [line, *takewhile(lambda one: one.startswith("|"), lines)]
            del lines[: len(rows) - 1]
            found[-1].pieces.append(Piece("table", rows=[cells(row) for row in rows if cells(row)]))
        elif line.strip() and not line.startswith(TITLE):
            rest = list(takewhile(goes_on, lines))
            del lines[: len(rest)]
            add_text(found[-1].pieces, [line, *rest])
    for section in found:
        section.pieces = own_pieces(section.pieces)
    return [section for section in found if section.title or section.pieces]


def goes_on(line: str) -> bool:
    """Whether a line belongs to the paragraph or the item before it."""
    return bool(line.strip()) and not line.startswith(("#", "|", ITEM))


def add_text(pieces: list[Piece], lines: Sequence[str]) -> None:
    joined = join_lines([line.strip() for line in lines])
    if not lines[0].startswith(ITEM):
        pieces.append(Piece("text", [joined]))
    elif pieces and pieces[-1].kind == "list":
        pieces[-1].texts.append(joined.removeprefix(ITEM))
    else:
        pieces.append(Piece("list", [joined.removeprefix(ITEM)]))


def join_lines(lines: Sequence[str]) -> str:
    """Join broken lines: Chinese ones without a space."""
    return (" " if not is_chinese("".join(lines)) else "").join(lines)


def cells(row: str) -> list[str]:
    """Return the cells of a row of a table, none for the rule under its head."""
    found = [cell.strip() for cell in row.strip().strip("|").split("|")]
    return [] if all(set(cell) <= set("-:") for cell in found) else found


def own_pieces(pieces: Sequence[Piece]) -> list[Piece]:
    """Leave out what a section says in the other language where it says it in this one, too."""
    is_own = [is_chinese(text) == (language() == "zh") for text in texts_of(pieces)]
    if not any(is_own) or all(is_own):
        return list(pieces)
    wanted = language() == "zh"
    kept = [
        Piece(one.kind, [text for text in one.texts if is_chinese(text) == wanted], one.rows)
        for one in pieces
    ]
    return [one for one in kept if one.texts or one.rows]


def texts_of(pieces: Sequence[Piece]) -> Iterator[str]:
    for piece in pieces:
        yield from piece.texts


def own_words(text: str) -> str:
    """Return the half of "中文 · English" that is in the page's language."""
    first, between, second = text.partition(BETWEEN)
    if not between or is_chinese(first) == is_chinese(second):
        return text
    return first if is_chinese(first) == (language() == "zh") else second


def marked(text: str) -> Markup:
    """Return a text with its code and strong words, each part with its language."""
    return Markup("").join(part_of(part) for part in MARKS.split(own_words(text)) if part)


def part_of(part: str) -> Markup:
    if part.startswith("`"):
        return Markup("<code>{}</code>").format(part.strip("`"))
    if part.startswith("**"):
        return Markup("<strong>{}</strong>").format(in_language(own_words(part.strip("*"))))
    return Markup("{}").format(in_language(part))


def is_number(cell: str) -> bool:
    return bool(NUMBER.fullmatch(cell))
