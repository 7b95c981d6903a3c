"""Text in columns where a Han character is two columns wide."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

WIDE = {"W", "F"}


def width(text: str) -> int:
    """Return how many columns a terminal needs for a text.

    Examples
    --------
    >>> width("AI 质检")
    7
    """
    return sum(_columns(letter) for letter in text)


def _columns(letter: str) -> int:
    if unicodedata.combining(letter) or unicodedata.category(letter) in {"Cf", "Cc"}:
        return 0
    return 2 if unicodedata.east_asian_width(letter) in WIDE else 1


def cut(text: str, limit: int) -> str:
    """Return a text on one line that fits into ``limit`` columns, an ellipsis where it was cut.

    Examples
    --------
    >>> cut("钢板表面缺陷", 7)
    '钢板表…'
    """
    flat = " ".join(text.split())
    if width(flat) <= limit:
        return flat
    kept, used = [], 1
    for letter in flat:
        used += _columns(letter)
        if used > limit:
            break
        kept.append(letter)
    return "".join(kept) + "…"


def pad(text: str, columns: int) -> str:
    """Return a text filled with blanks to a number of columns."""
    return text + " " * max(0, columns - width(text))


def table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return rows under a header, columns aligned.

    Examples
    --------
    >>> print(table(("名称", "n"), [("质检", "12"), ("steel", "3")]))
    名称   n
    质检   12
    steel  3
    """
    lines = [header, *rows]
    widths = [max(width(line[column]) for line in lines) for column in range(len(header))]
    return "\n".join(
        "  ".join(pad(cell, columns) for cell, columns in zip(line, widths, strict=True)).rstrip()
        for line in lines
    )
