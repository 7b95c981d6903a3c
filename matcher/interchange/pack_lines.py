"""Lines of pack files: opened whatever their compression, every damage noted with its place.

``PackProblems`` gathers what is wrong over all files of a pack, so that one run shows it all. What
the lines mean is said in ``packs`` and ``runs``, which call it.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, cast

from matcher.errors import PackError, RowProblem, shown

MAX_PROBLEMS = 20
GZIP_MAGIC = b"\x1f\x8b"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"
HEADER_NAMES = frozenset({"query-id", "query_id", "queryid", "query", "qid", "need_id", "need-id"})
EARLIEST_YEAR, LATEST_YEAR = 1000, 9999

_DATE = re.compile(r"(\d{4})(?:-\d{1,2}(?:-\d{1,2})?(?:[T ].*)?)?")


class PackProblems:
    """Everything found wrong so far; raises by itself when the list is full."""

    def __init__(self) -> None:
        self.found: list[RowProblem] = []

    def add(self, path: Path, line: int, field: str, value: object, expected: str) -> None:
        """Note one problem; the twentieth ends the reading."""
        self.found.append(RowProblem(path.name, line, field, shown(value), expected))
        if len(self.found) >= MAX_PROBLEMS:
            self.raise_if_any(path.parent)

    def raise_if_any(self, folder: Path) -> None:
        """Raise what was gathered.

        Raises
        ------
        PackError
            With every problem as file:line, value seen and value expected.
        """
        if not self.found:
            return
        listed = "\n".join(f"  {problem}" for problem in self.found)
        more = " or more" if len(self.found) >= MAX_PROBLEMS else ""
        raise PackError(
            f"{len(self.found)}{more} damaged lines in {folder}, nothing was evaluated:\n{listed}\n"
            "Correct or remove these lines, or fetch the files again, then repeat the command.",
            folder=str(folder),
            problems=tuple(self.found),
        )


def open_bytes(path: Path) -> BinaryIO:
    """Open a file for reading, through gzip where its content, not its name, says so."""
    with path.open("rb") as file:
        is_gzip = file.read(2) == GZIP_MAGIC
    return cast(BinaryIO, gzip.open(path, "rb")) if is_gzip else path.open("rb")


def read_lines(path: Path, problems: PackProblems) -> Iterator[tuple[int, str]]:
    """Yield line number and text of every line that is not blank.

    Parameters
    ----------
    path : Path
        UTF-8, plain or gzip, with or without a byte order mark.
    problems : PackProblems
        Told of lines that are not UTF-8 and of an archive that ends early.

    Raises
    ------
    PackError
        The file cannot be opened.
    """
    line = 0
    try:
        with open_bytes(path) as stream:
            for line, raw in enumerate(stream, start=1):
                content = raw.removeprefix(BYTE_ORDER_MARK) if line == 1 else raw
                try:
                    text = content.decode("utf-8").rstrip("\r\n")
                except UnicodeDecodeError:
                    problems.add(path, line, "line", content[:60], "UTF-8 text")
                    continue
                if text.strip():
                    yield line, text
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        problems.add(path, line + 1, "file", str(error), "a complete gzip archive")
    except OSError as error:
        raise PackError(
            f"{path} cannot be read: {error.strerror or error}; expected a file of the pack; "
            "check the path and the permission",
            path=str(path),
        ) from error


def read_objects(path: Path, problems: PackProblems) -> Iterator[tuple[int, dict[str, Any]]]:
    """Yield line number and JSON object of every line that holds one; note the others."""
    for line, text in read_lines(path, problems):
        try:
            value = json.loads(text)
        except (ValueError, RecursionError):
            problems.add(path, line, "line", text, "one complete JSON object a line")
            continue
        if isinstance(value, dict):
            yield line, value
        else:
            problems.add(path, line, "line", value, 'a JSON object such as {"id": …, "text": …}')


def read_rows(
    path: Path, n_columns: int, problems: PackProblems
) -> Iterator[tuple[int, tuple[str, ...]]]:
    """Yield line number and the first columns of every tab-separated line that has enough."""
    for line, text in read_lines(path, problems):
        cells = tuple(cell.strip() for cell in text.split("\t"))[:n_columns]
        if len(cells) == n_columns and all(cells):
            yield line, cells
        else:
            expected = f"{n_columns} filled columns separated by tabs"
            problems.add(path, line, "line", text, expected)


def is_header(cell: str) -> bool:
    """Whether the first cell of a file is a column's name.

    Examples
    --------
    >>> is_header("query-id"), is_header("T131")
    (True, False)
    """
    return cell.lower() in HEADER_NAMES


class LineRecord:
    """One JSON object of a file, asked for its fields; wrong types are noted."""

    def __init__(self, path: Path, line: int, values: dict[str, Any], problems: PackProblems):
        self.path = path
        self.line = line
        self.values = values
        self.problems = problems

    def note(self, field: str, expected: str) -> None:
        """Note that the value of a field is not what was expected."""
        self.problems.add(self.path, self.line, field, self.values.get(field), expected)

    def identifier(self, field: str) -> str:
        """Return a text that can name something in a run file, or ``""`` after noting why not."""
        value = self.values.get(field)
        if isinstance(value, str) and is_identifier(value):
            return value
        self.note(field, "a non-empty text in quotes, without tab, line end or outer blanks")
        return ""

    def text(self, field: str) -> str:
        """Return a text; a missing one is empty."""
        value = self.values.get(field)
        if value is None or isinstance(value, str):
            return value or ""
        self.note(field, "a text in quotes")
        return ""

    def year(self, field: str) -> int:
        """Return the year of a number or of a date such as 2015-12-10; 0 when not stated."""
        value = self.values.get(field)
        if value is None or value == "" or (value == 0 and not isinstance(value, bool)):
            return 0
        year = _year_of(value)
        if EARLIEST_YEAR <= year <= LATEST_YEAR:
            return year
        self.note(field, "a year such as 2014 or a date such as 2014-05-31")
        return 0


def is_identifier(value: str) -> bool:
    """Whether a run file can hold this id and give it back unchanged."""
    has_surrogate = any("\ud800" <= character <= "\udfff" for character in value)
    breaks_line = any(character in value for character in "\t\r\n")
    return bool(value) and value == value.strip() and not breaks_line and not has_surrogate


def _year_of(value: object) -> int:
    if isinstance(value, bool):
        return -1
    if isinstance(value, int):
        return value
    if isinstance(value, float) and value.is_integer():
        return int(value)
    found = _DATE.fullmatch(value.strip()) if isinstance(value, str) else None
    return int(found.group(1)) if found else -1
