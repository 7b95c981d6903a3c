"""Read the file of the lexicon and refuse it whole when a row cannot be used.

Not here: looking terms up. Only ``lexicon`` calls this.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from matcher.errors import ImportFailed, RowProblem, shown
from matcher.text.terms import ranking_terms, search_terms

__all__ = ["COLUMNS", "KINDS", "read_pairs"]

COLUMNS = ("zh", "en", "kind")
KINDS = frozenset(
    {
        "ai", "data", "industry", "process", "defect", "equipment", "material", "measure",
        "management", "health", "agri", "energy", "transport", "finance", "public", "general",
        "place",
    }
)  # fmt: skip


def read_pairs(path: Path) -> list[tuple[str, str]]:
    """Return the pairs of a lexicon file, Chinese first, in file order.

    Raises
    ------
    ImportFailed
        When the file is missing or a row of it cannot be used; names every such row.
    """
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.reader(stream))
    except (OSError, UnicodeError, csv.Error) as error:
        problem = RowProblem(str(path), 0, "file", shown(str(error)), "a readable CSV file, UTF-8")
        raise ImportFailed([problem]) from error
    problems = list(_problems(str(path), rows))
    if problems:
        raise ImportFailed(problems)
    return [(zh, en) for zh, en, _ in rows[1:]]


def _problems(path: str, rows: list[list[str]]) -> Iterator[RowProblem]:
    """Return what is wrong with the rows of a lexicon file, in order."""
    header = tuple(rows[0]) if rows else ()
    if header != COLUMNS:
        yield RowProblem(path, 1, "header", shown(header), f"columns {', '.join(COLUMNS)}")
        return
    seen: set[tuple[str, str]] = set()
    for number, row in enumerate(rows[1:], start=2):
        if len(row) != len(COLUMNS):
            yield RowProblem(path, number, "row", shown(row), f"{len(COLUMNS)} cells")
            continue
        zh, en, kind = row
        checks = (
            ("zh", zh, bool(search_terms(zh)), "a Chinese term"),
            ("en", en, en.isascii() and bool(ranking_terms(en)), "an English term in ASCII"),
            ("kind", kind, kind in KINDS, f"one of {', '.join(sorted(KINDS))}"),
            ("row", f"{zh},{en}", (zh, en) not in seen, "each pair once"),
        )
        seen.add((zh, en))
        for field, value, is_right, expected in checks:
            if not is_right:
                yield RowProblem(path, number, field, shown(value), expected)
