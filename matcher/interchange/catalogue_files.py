"""Read the shipped catalogue from JSON Lines files, all or nothing.

Five files, one record a line. Every row is validated with the schemas, every reference is checked,
and all problems are reported at once. Nothing here writes a database.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from matcher.errors import ImportFailed, InvalidRecord, RowProblem, shown
from matcher.records import Catalogue
from matcher.schemas import CATALOGUE, SCHEMAS, Problem, load_record

BYTE_ORDER_MARK = b"\xef\xbb\xbf"
LONGEST_LINE = 1_000_000  # bytes; the longest real row has a few thousand


@dataclass(frozen=True, slots=True)
class CatalogueFile:
    """One file: the kind of its records and where the catalogue keeps them."""

    kind: str
    attribute: str

    @property
    def name(self) -> str:
        """The file's name."""
        return f"{self.attribute}.jsonl"


FILES = (
    CatalogueFile("scenario", "scenarios"),
    CatalogueFile("provider", "providers"),
    CatalogueFile("case", "cases"),
    CatalogueFile("capability", "capabilities"),
    CatalogueFile("pilot_base", "pilot_bases"),
)
# kind → field → kind that the field's ids must name
REFERENCES = {
    "case": {"scenario_id": "scenario", "provider_id": "provider"},
    "capability": {
        "provider_id": "provider",
        "scenario_ids": "scenario",
        "case_ids": "case",
        "derived_from_case_ids": "case",
    },
    "claim": {"case_ids": "case"},
}


@dataclass
class _Reading:
    """What was read so far, and every problem met."""

    records: dict[str, dict[str, Any]] = field(default_factory=dict)  # kind → id → record
    places: dict[tuple[str, str], tuple[str, int]] = field(default_factory=dict)
    problems: list[RowProblem] = field(default_factory=list)

    def refuse(self, place: tuple[str, int], name: str, value: str, expected: str) -> None:
        """Note one problem."""
        self.problems.append(RowProblem(*place, name, value, expected))


def read_catalogue(folder: Path) -> Catalogue:
    """Read and validate the catalogue of a folder.

    Raises
    ------
    ImportFailed
        With every problem of every file; nothing is returned then.
    """
    reading = _Reading()
    for file in FILES:
        reading.records[file.kind] = {}
        for row, given in _rows(folder / file.name, file.name, reading):
            _take(file, row, given, reading)
    _check_references(reading)
    if reading.problems:
        raise ImportFailed(reading.problems)
    return Catalogue(
        scenarios=reading.records["scenario"],
        providers=reading.records["provider"],
        capabilities=reading.records["capability"],
        cases=reading.records["case"],
        pilot_bases=reading.records["pilot_base"],
    )


def catalogue_digest(folder: Path) -> str:
    """Return the SHA-256 over the five files, by name and content, as hexadecimal text."""
    digest = hashlib.sha256()
    for file in sorted(FILES, key=lambda entry: entry.name):
        content = (folder / file.name).read_bytes()
        digest.update(f"{file.name}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _rows(path: Path, name: str, reading: _Reading) -> Iterator[tuple[int, Any]]:
    """Yield row number and JSON value; what cannot be read is noted as a problem."""
    try:
        content = path.read_bytes()
    except OSError as error:
        expected = f"a readable file {name} in the catalogue folder"
        reading.refuse((name, 0), "file", shown(error.strerror), expected)
        return
    if content.startswith(BYTE_ORDER_MARK):
        reading.refuse((name, 1), "file", "a byte order mark", "UTF-8 without byte order mark")
        content = content.removeprefix(BYTE_ORDER_MARK)
    n_records = 0
    for row, line in enumerate(content.split(b"\n"), start=1):
        if line.strip():
            n_records += 1
            yield from ((row, value) for value in _values(line, (name, row), reading))
    if not n_records:
        reading.refuse((name, 0), "file", "an empty file", "at least one record, one a line")


def _values(line: bytes, place: tuple[str, int], reading: _Reading) -> Iterable[Any]:
    """Return the line's JSON value, or nothing when it cannot be read."""
    if len(line) > LONGEST_LINE:
        reading.refuse(place, "line", f"{len(line)} bytes", f"at most {LONGEST_LINE} bytes a line")
        return ()
    try:
        return (json.loads(line.decode("utf-8"), object_pairs_hook=_without_repeated_names),)
    except UnicodeDecodeError as error:
        value, expected = f"byte {line[error.start]:#04x} at {error.start + 1}", "text in UTF-8"
    except (json.JSONDecodeError, RecursionError, _RepeatedName) as error:
        value, expected = shown(line.decode("utf-8")), f"one JSON object a line ({error})"
    reading.refuse(place, "line", value, expected)
    return ()


class _RepeatedName(ValueError):
    """An object gives the same name twice."""


def _without_repeated_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    given = dict(pairs)
    if len(given) != len(pairs):
        raise _RepeatedName("a name stands twice in one object")
    return given


def _take(file: CatalogueFile, row: int, given: Any, reading: _Reading) -> None:
    """Validate one row and keep its record, or note its problems."""
    place = (file.name, row)
    try:
        record = load_record(file.kind, given, profile=CATALOGUE)
    except InvalidRecord as error:
        for name, problems in error.errors.items():
            _note(reading, place, name, problems)
        return
    id_field = SCHEMAS[file.kind].id_field
    record_id = getattr(record, id_field)
    if record_id in reading.records[file.kind]:
        first = reading.places[file.kind, record_id][1]
        expected = f"an id that occurs once; row {first} has it too"
        reading.refuse(place, id_field, shown(record_id), expected)
        return
    reading.records[file.kind][record_id] = record
    reading.places[file.kind, record_id] = place


def _note(reading: _Reading, place: tuple[str, int], name: str, problems: list[Problem]) -> None:
    for problem in problems:
        reading.refuse(place, name, problem.value or "nothing", problem.expected("en"))


def _check_references(reading: _Reading) -> None:
    """Note every id that names no record, and every nested id that occurs twice."""
    seen: dict[tuple[str, str], str] = {}
    for kind, records in reading.records.items():
        for record_id, record in records.items():
            place = reading.places[kind, record_id]
            _check_record(reading, place, kind, record)
            for nested_kind, path, nested in _nested(kind, record):
                _check_record(reading, place, nested_kind, nested, path)
                nested_id = getattr(nested, SCHEMAS[nested_kind].id_field)
                owner = seen.setdefault((nested_kind, nested_id), record_id)
                if owner != record_id:
                    name = f"{path}.{SCHEMAS[nested_kind].id_field}"
                    expected = f"an id that occurs once; {owner} has it too"
                    reading.refuse(place, name, shown(nested_id), expected)


def _nested(kind: str, record: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield kind, path and record of every line within a record."""
    name, nested_kind = {
        "capability": ("claims", "claim"),
        "pilot_base": ("services", "base_service"),
    }.get(kind, ("", ""))
    for index, line in enumerate(getattr(record, name) if name else ()):
        yield nested_kind, f"{name}.{index}", line


def _check_record(
    reading: _Reading, place: tuple[str, int], kind: str, record: Any, path: str = ""
) -> None:
    for name, target in REFERENCES.get(kind, {}).items():
        value = getattr(record, name)
        for reference in (value,) if isinstance(value, str) else value:
            if reference and reference not in reading.records[target]:
                where = f"{path}.{name}".lstrip(".")
                expected = f"the id of a {target} in the catalogue"
                reading.refuse(place, where, shown(reference), expected)
