from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from matcher.errors import ImportFailed, RowProblem
from matcher.interchange.catalogue_files import FILES, catalogue_digest, read_catalogue
from matcher.schemas import dump_record
from tests.factories import (
    make_base_service,
    make_capability,
    make_catalogue,
    make_pilot_base,
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A valid catalogue of one record a kind."""
    catalogue = make_catalogue()
    for file in FILES:
        records = getattr(catalogue, file.attribute).values()
        write_rows(tmp_path / file.name, [dump_record(record) for record in records])
    return tmp_path


def write_rows(path: Path, rows: list[object]) -> None:
    path.write_text("".join(f"{json.dumps(row)}\n" for row in rows), encoding="utf-8")


def problems_of(folder: Path) -> list[RowProblem]:
    with pytest.raises(ImportFailed) as caught:
        read_catalogue(folder)
    return caught.value.problems


def only_problem(folder: Path) -> RowProblem:
    problems = problems_of(folder)
    assert len(problems) == 1, problems
    return problems[0]


def test_a_valid_folder_reads_back_what_was_written(folder: Path) -> None:
    read = read_catalogue(folder)
    expected = make_catalogue(revision=0)
    assert read == expected


def test_blank_lines_and_windows_line_ends_do_no_harm(folder: Path) -> None:
    path = folder / "cases.jsonl"
    path.write_bytes(b"\n" + path.read_bytes().replace(b"\n", b"\r\n") + b"\r\n\n")
    assert read_catalogue(folder) == make_catalogue(revision=0)


@pytest.mark.parametrize("name", [file.name for file in FILES])
def test_a_missing_or_empty_file_is_told(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert (name, 0, "file") in [(one.file, one.row, one.field) for one in problems_of(folder)]
    (folder / name).write_bytes(b" \n\n")
    assert (name, "an empty file") in [(one.file, one.value) for one in problems_of(folder)]


def append(content: bytes) -> Callable[[bytes], bytes]:
    return lambda before: before + content


@pytest.mark.parametrize(
    ("change", "row", "field", "seen", "expected"),
    [
        (lambda before: b"\xef\xbb\xbf" + before, 1, "file", "byte order mark", "without byte"),
        (append(b"{'a': 1}\n"), 2, "line", "{'a': 1}", "one JSON object a line"),
        (append(b'{"a": 1\n'), 2, "line", '{"a": 1', "one JSON object a line"),
        (append(b'{"name": "a", "name": "b"}\n'), 2, "line", "name", "stands twice"),
        (append(b"[" * 100_000 + b"\n"), 2, "line", "[[[", "one JSON object a line"),
        (append(b"[1, 2]\n"), 2, "_record", "[1, 2]", "an object of field names"),
        (append(b'"text"\n'), 2, "_record", "'text'", "an object of field names"),
        (append(b"\xff\xfe\n"), 2, "line", "byte 0xff at 1", "UTF-8"),
        (append(b'{"a": "' + b"x" * 1_000_001 + b'"}\n'), 2, "line", "bytes", "at most 1000000"),
        (append(b"\x00\n"), 2, "line", "\\x00", "one JSON object a line"),
    ],
)
def test_what_cannot_be_read_is_one_clean_problem(
    folder: Path, change: Callable[[bytes], bytes], row: int, field: str, seen: str, expected: str
) -> None:
    path = folder / "providers.jsonl"
    path.write_bytes(change(path.read_bytes()))
    problem = only_problem(folder)
    assert (problem.file, problem.row, problem.field) == ("providers.jsonl", row, field)
    assert seen in problem.value
    assert expected in problem.expected
    assert len(problem.value) < 100


def test_a_nul_in_a_value_is_told_with_its_field(folder: Path) -> None:
    row = dump_record(make_capability(name="带钢表面缺陷\x00在线识别"))
    write_rows(folder / "capabilities.jsonl", [row])
    problem = only_problem(folder)
    assert (problem.file, problem.row, problem.field) == ("capabilities.jsonl", 1, "name")
    assert "U+0000" in problem.expected


def test_a_repeated_id_names_the_row_that_had_it_first(folder: Path) -> None:
    row = dump_record(make_capability(claims=()))
    write_rows(folder / "capabilities.jsonl", [row, row])
    problem = only_problem(folder)
    assert (problem.row, problem.field) == (2, "capability_id")
    assert "row 1 has it too" in problem.expected


def test_a_claim_id_is_unique_across_capabilities(folder: Path) -> None:
    rows = [dump_record(make_capability(capability_id=f"CAP-{n}")) for n in (1, 2)]
    write_rows(folder / "capabilities.jsonl", rows)
    problem = only_problem(folder)
    assert (problem.row, problem.field) == (2, "claims.0.claim_id")
    assert "CAP-1 has it too" in problem.expected


def test_every_dangling_reference_is_told(folder: Path) -> None:
    row = dump_record(
        make_capability(
            provider_id="V404",
            scenario_ids=("SC900", "SC404"),
            case_ids=("C404",),
            derived_from_case_ids=("C405",),
        )
    )
    row["claims"][0]["case_ids"] = ["C406"]
    write_rows(folder / "capabilities.jsonl", [row])
    told = {(one.field, one.value, one.expected) for one in problems_of(folder)}
    assert told == {
        ("provider_id", "'V404'", "the id of a provider in the catalogue"),
        ("scenario_ids", "'SC404'", "the id of a scenario in the catalogue"),
        ("case_ids", "'C404'", "the id of a case in the catalogue"),
        ("derived_from_case_ids", "'C405'", "the id of a case in the catalogue"),
        ("claims.0.case_ids", "'C406'", "the id of a case in the catalogue"),
    }


def test_all_problems_of_all_files_come_at_once(folder: Path) -> None:
    write_rows(folder / "providers.jsonl", [{"provider_id": "V900", "colour": "red"}])
    foreign = make_pilot_base(services=(make_base_service(kind="teleport"),))
    write_rows(folder / "pilot_bases.jsonl", [dump_record(foreign)])
    (folder / "cases.jsonl").write_text("oops\n", encoding="utf-8")
    places = {(one.file, one.field) for one in problems_of(folder)}
    assert {
        ("providers.jsonl", "colour"),
        ("providers.jsonl", "name"),
        ("providers.jsonl", "source"),
        ("pilot_bases.jsonl", "services.0.kind"),
        ("cases.jsonl", "line"),
        ("capabilities.jsonl", "provider_id"),
        ("capabilities.jsonl", "case_ids"),
    } <= places


def test_the_digest_follows_content_not_place(folder: Path, tmp_path: Path) -> None:
    before = catalogue_digest(folder)
    copy = tmp_path / "copy"
    copy.mkdir()
    for file in FILES:
        (copy / file.name).write_bytes((folder / file.name).read_bytes())
    assert catalogue_digest(copy) == before
    with (copy / "cases.jsonl").open("a", encoding="utf-8") as stream:
        stream.write("\n")
    assert catalogue_digest(copy) != before
