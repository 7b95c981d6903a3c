"""Evaluation packs: every form that is read, every damage that is named."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import PackError
from matcher.interchange.packs import (
    PackDocument,
    PackEvidence,
    PackQuery,
    read_candidates,
    read_files,
    read_pack,
    write_run,
)

CORPUS = [
    {"id": "D1", "title": "表面缺陷检测", "text": "钢板质检", "n_awards": 3},
    {"id": "D2", "title": "Route planning", "text": "Logistics", "year": 2014},
]
QUERIES = [
    {"id": "Q1", "title": "钢板质检", "text": "人工目检漏检率高"},
    {"id": "Q2", "title": "Routes", "text": "Fewer empty trips", "release": "2015-12-10"},
]
EVIDENCE = [{"id": "E1", "doc_id": "D2", "year": 2013, "title": "Trips", "text": "Saved 9 %"}]
QRELS = "query-id\tdoc-id\trelevance\nQ1\tD1\t3\nQ1\tD2\t0\nQ2\tD2\t1\n"


def as_lines(records: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(record, ensure_ascii=False) + "\n" for record in records)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "corpus.jsonl").write_text(as_lines(CORPUS), encoding="utf-8")
    (tmp_path / "queries.dev.jsonl").write_text(as_lines(QUERIES), encoding="utf-8")
    (tmp_path / "evidence.jsonl").write_text(as_lines(EVIDENCE), encoding="utf-8")
    (tmp_path / "qrels.dev.tsv").write_text(QRELS, encoding="utf-8")
    return tmp_path


def problem_lines(error: pytest.ExceptionInfo[PackError]) -> list[str]:
    return [str(problem) for problem in error.value.context["problems"]]


def test_pack_is_read_in_the_order_of_its_files(folder: Path) -> None:
    pack = read_pack(folder, "dev")

    assert pack.name == folder.name
    assert pack.documents == (
        PackDocument("D1", "表面缺陷检测", "钢板质检"),
        PackDocument("D2", "Route planning", "Logistics", 2014),
    )
    assert pack.evidence == (PackEvidence("E1", "D2", "Trips", "Saved 9 %", 2013),)
    assert pack.queries == (
        PackQuery("Q1", "钢板质检", "人工目检漏检率高", None, "zh"),
        PackQuery("Q2", "Routes", "Fewer empty trips", 2015, "en"),
    )
    assert pack.qrels == {"Q1": {"D1": 3, "D2": 0}, "Q2": {"D2": 1}}
    assert pack.warnings == ()


def test_gzip_is_known_by_content_not_by_name(folder: Path) -> None:
    expected = read_pack(folder, "dev")
    for path in folder.iterdir():
        path.write_bytes(gzip.compress(path.read_bytes()))
    assert read_pack(folder, "dev") == expected

    corpus = folder / "corpus.jsonl"
    (folder / "corpus.jsonl.gz").write_bytes(gzip.decompress(corpus.read_bytes()))
    corpus.unlink()
    assert read_pack(folder, "dev") == expected


def test_byte_order_mark_blank_lines_and_windows_line_ends_are_tolerated(folder: Path) -> None:
    expected = read_pack(folder, "dev")
    for path in folder.iterdir():
        lines = path.read_bytes().replace(b"\n", b"\r\n")
        path.write_bytes(b"\xef\xbb\xbf" + lines + b"\r\n  \r\n")
    assert read_pack(folder, "dev") == expected


def test_missing_title_and_text_are_empty(folder: Path) -> None:
    (folder / "corpus.jsonl").write_text('{"id": "D1"}\n{"id": "D2", "title": null}\n')
    assert read_pack(folder, "dev").documents == (
        PackDocument("D1", "", ""),
        PackDocument("D2", "", ""),
    )


def test_files_without_a_split_serve_every_split(folder: Path) -> None:
    expected = read_pack(folder, "dev")
    (folder / "queries.dev.jsonl").rename(folder / "queries.jsonl")
    (folder / "qrels.dev.tsv").rename(folder / "qrels.tsv")
    assert read_pack(folder, "test") == expected


def test_unknown_split_is_refused_with_those_there_are(folder: Path) -> None:
    with pytest.raises(PackError, match=r"split 'test'.*splits there: dev"):
        read_pack(folder, "test")
    with pytest.raises(PackError, match="not a folder"):
        read_pack(folder / "elsewhere", "dev")


def test_split_cannot_lead_out_of_the_folder(folder: Path) -> None:
    inner = folder / "inner"
    inner.mkdir()
    with pytest.raises(PackError, match="no queries of the split"):
        read_pack(inner, "x/../../queries.dev")


def test_pack_without_judgements_can_be_read_and_says_so(folder: Path) -> None:
    (folder / "qrels.dev.tsv").unlink()
    pack = read_pack(folder, "dev")
    assert pack.qrels == {}
    assert "no judgement file" in pack.warnings[0]


@pytest.mark.parametrize(
    ("stated", "year"),
    [
        ({}, None),
        ({"year": 2016}, 2016),
        ({"year": "2016"}, 2016),
        ({"year": 0}, None),
        ({"release": "2011-07-28", "year": 2016}, 2011),
        ({"release": "2011-07-28T09:00:00Z"}, 2011),
        ({"release": "", "year": 2012.0}, 2012),
    ],
)
def test_year_of_a_query(folder: Path, stated: dict[str, Any], year: int | None) -> None:
    (folder / "queries.dev.jsonl").write_text(as_lines([{**QUERIES[0], **stated}]))
    (folder / "qrels.dev.tsv").write_text("Q1\tD1\t1\n")
    assert read_pack(folder, "dev").queries[0].year == year


@pytest.mark.parametrize(
    ("name", "line", "expected"),
    [
        ("corpus.jsonl", '{"id": "D3", "title": "cut of', "3 line: .*one complete JSON object"),
        ("corpus.jsonl", "[1, 2]", r"3 line: got \[1, 2\], expected a JSON object"),
        ("corpus.jsonl", "[" * 100_000, "3 line: .*one complete JSON object"),
        ("corpus.jsonl", '{"title": "no id"}', "3 id: got None, expected a non-empty text"),
        ("corpus.jsonl", '{"id": 7}', "3 id: got 7, expected a non-empty text"),
        ("corpus.jsonl", '{"id": "a\\tb"}', "3 id: .*without tab"),
        ("corpus.jsonl", '{"id": "\\ud800"}', "3 id: .*expected a non-empty text"),
        ("corpus.jsonl", '{"id": "D2"}', r"3 id: got 'D2', expected .*line 2 has it"),
        ("corpus.jsonl", '{"id": "D3", "title": 5}', "3 title: got 5, expected a text"),
        ("corpus.jsonl", '{"id": "D3", "text": ["x"]}', r"3 text: got \['x'\], expected a text"),
        ("corpus.jsonl", '{"id": "D3", "year": "soon"}', "3 year: got 'soon', expected a year"),
        ("corpus.jsonl", '{"id": "D3", "year": true}', "3 year: got True, expected a year"),
        ("queries.dev.jsonl", '{"id": "Q1"}', r"3 id: got 'Q1', expected .*line 1 has it"),
        ("queries.dev.jsonl", '{"id": "Q3", "release": 99}', "3 release: got 99, expected a year"),
        ("evidence.jsonl", '{"id": "E1", "doc_id": "D1"}', "2 id: got 'E1'.*line 1 has it"),
        ("evidence.jsonl", '{"id": "E2", "doc_id": "D9"}', "2 doc_id: got 'D9', .*of the corpus"),
        ("evidence.jsonl", '{"id": "E2"}', "2 doc_id: got None, expected"),
        ("qrels.dev.tsv", "Q1 D1 1", "5 line: got 'Q1 D1 1', expected 3 filled columns"),
        ("qrels.dev.tsv", "Q1\t\t1", "5 line: .*3 filled columns"),
        ("qrels.dev.tsv", "Q2\tD1\tyes", "5 relevance: got 'yes', expected a whole number"),
        ("qrels.dev.tsv", "Q2\tD1\t-1", "5 relevance: got '-1', expected a whole number"),
        ("qrels.dev.tsv", "Q2\tD1\t21", "5 relevance: got '21', expected .*from 0 to 20"),
        ("qrels.dev.tsv", "Q1\tD1\t2", r"5 relevance: got '2', expected one grade .*has 3 above"),
    ],
)
def test_damaged_line_is_named_with_its_place(
    folder: Path, name: str, line: str, expected: str
) -> None:
    with (folder / name).open("a", encoding="utf-8") as file:
        file.write(line + "\n")
    with pytest.raises(PackError, match=f"{name}:{expected}") as error:
        read_pack(folder, "dev")
    assert len(problem_lines(error)) == 1
    assert "repeat the command" in str(error.value)


def test_line_that_is_not_utf8_is_named(folder: Path) -> None:
    with (folder / "corpus.jsonl").open("ab") as file:
        file.write('{"id": "D3", "title": "钢"}\n'.encode("gb18030"))
    with pytest.raises(PackError, match=r"corpus\.jsonl:3 line: .*expected UTF-8 text"):
        read_pack(folder, "dev")


def test_gzip_cut_short_is_named(folder: Path) -> None:
    lines = as_lines([{**CORPUS[0], "id": f"D{i}", "n": i} for i in range(500)])
    whole = gzip.compress(lines.encode())
    (folder / "corpus.jsonl").write_bytes(whole[: len(whole) // 2])
    with pytest.raises(PackError, match=r"corpus.jsonl:\d+ file: .*complete gzip archive"):
        read_pack(folder, "dev")


def test_problems_of_all_files_are_told_at_once_up_to_twenty(folder: Path) -> None:
    for name in ("corpus.jsonl", "queries.dev.jsonl", "qrels.dev.tsv"):
        with (folder / name).open("a") as file:
            file.write("damaged\n")
    with pytest.raises(PackError) as error:
        read_pack(folder, "dev")
    assert [line.split(" ")[0] for line in problem_lines(error)] == [
        "corpus.jsonl:3", "queries.dev.jsonl:3", "qrels.dev.tsv:5",
    ]  # fmt: skip

    with (folder / "corpus.jsonl").open("a") as file:
        file.write("damaged\n" * 50)
    with pytest.raises(PackError, match="20 or more damaged lines") as error:
        read_pack(folder, "dev")
    assert len(problem_lines(error)) == 20


def test_damaged_document_does_not_make_its_evidence_look_lost(folder: Path) -> None:
    (folder / "corpus.jsonl").write_text(as_lines(CORPUS[:1]) + "damaged\n")
    with pytest.raises(PackError) as error:
        read_pack(folder, "dev")
    assert len(problem_lines(error)) == 1


@pytest.mark.parametrize(
    ("name", "kind"),
    [("corpus.jsonl", "document"), ("queries.dev.jsonl", "query"), ("qrels.dev.tsv", "judgement")],
)
def test_empty_file_is_refused(folder: Path, name: str, kind: str) -> None:
    (folder / name).write_text("\n")
    for evidence in folder.glob("evidence*"):
        evidence.unlink()
    with pytest.raises(PackError, match=f"{name} holds no {kind}"):
        read_pack(folder, "dev")


def test_judgements_of_unknown_documents_are_kept_and_said(folder: Path) -> None:
    with (folder / "qrels.dev.tsv").open("a") as file:
        file.write("Q1\tgone\t2\nQ9\tD1\t1\n")
    pack = read_pack(folder, "dev")
    assert pack.qrels["Q1"]["gone"] == 2
    assert [w.split(",")[0] for w in pack.warnings] == [
        "qrels.dev.tsv: 1 of 3 judged queries are not in the pack",
        "qrels.dev.tsv: 1 of 3 judged documents are not in the pack",
    ]


def test_judgements_of_another_pack_are_refused(folder: Path) -> None:
    (folder / "qrels.dev.tsv").write_text("X1\tD1\t1\n")
    with pytest.raises(PackError, match="none of its 1 judged queries is in the pack"):
        read_pack(folder, "dev")


def test_files_named_one_by_one_read_the_same(folder: Path) -> None:
    read = read_files(
        folder / "queries.dev.jsonl",
        folder / "corpus.jsonl",
        folder / "evidence.jsonl",
        folder / "qrels.dev.tsv",
    )
    assert read == read_pack(folder, "dev")
    with pytest.raises(PackError, match=r"nowhere\.jsonl cannot be read: No such file"):
        read_files(folder / "nowhere.jsonl", folder / "corpus.jsonl")
    with pytest.raises(PackError, match="cannot be read: Is a directory"):
        read_files(folder / "queries.dev.jsonl", folder)


@pytest.mark.parametrize("header", ["", "query-id\tdoc-id\n", "Query-ID\tdoc\tscore\n"])
def test_candidates_are_read_with_or_without_header(tmp_path: Path, header: str) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text(header + "Q1\tD2\nQ2\tD1\nQ1\tD1\textra\nQ1\tD2\n")
    assert read_candidates(path) == {"Q1": ["D2", "D1"], "Q2": ["D1"]}


def test_unknown_and_damaged_candidates_are_named(tmp_path: Path) -> None:
    path = tmp_path / "pairs.tsv"
    path.write_text("Q1\tD1\nQ7\tD1\nQ1\tD7\nQ1,D1\n")
    with pytest.raises(PackError) as error:
        read_candidates(path, ["Q1"], ["D1"])
    assert [line.split(",")[0] for line in problem_lines(error)] == [
        "pairs.tsv:2 query-id: got 'Q7'",
        "pairs.tsv:3 doc-id: got 'D7'",
        "pairs.tsv:4 line: got 'Q1",
    ]
    path.write_text("query-id\tdoc-id\n")
    with pytest.raises(PackError, match="names no pair"):
        read_candidates(path)


def test_run_is_written_best_first_without_header(tmp_path: Path) -> None:
    path = tmp_path / "run.tsv"
    write_run(path, {"Q2": {"b": 0.5, "a": 0.5, "需求": 2}, "Q1": {"c": -1e-30}})
    written = path.read_text(encoding="utf-8")
    assert written == "Q2\t需求\t2.0\nQ2\ta\t0.5\nQ2\tb\t0.5\nQ1\tc\t-1e-30\n"

    write_run(tmp_path / "run.tsv.gz", {"Q1": {"c": 1.0}})
    assert gzip.decompress((tmp_path / "run.tsv.gz").read_bytes()) == b"Q1\tc\t1.0\n"


@given(st.lists(st.floats(allow_nan=False, allow_infinity=False, width=32), unique=True))
def test_written_scores_keep_their_order(
    tmp_path_factory: pytest.TempPathFactory, scores: list[float]
) -> None:
    path = tmp_path_factory.mktemp("run") / "run.tsv"
    given_scores = {f"D{i:03}": np.float32(score) for i, score in enumerate(scores)}
    write_run(path, {"Q": given_scores})  # type: ignore[dict-item]
    read = [line.split("\t") for line in path.read_text().splitlines()]
    assert {document: np.float32(score) for _, document, score in read} == given_scores
    assert [float(row[2]) for row in read] == sorted(map(float, scores), reverse=True)


@pytest.mark.parametrize(
    "run",
    [{"Q": {"a": float("nan")}}, {"Q": {"a": float("inf")}}, {"Q": {"a\tb": 1.0}}, {"": {"a": 1}}],
)
def test_run_that_could_not_be_read_back_is_not_written(
    tmp_path: Path, run: dict[str, dict[str, float]]
) -> None:
    with pytest.raises(ValueError, match=r"not a finite number|cannot stand in a run file"):
        write_run(tmp_path / "run.tsv", run)
    assert not (tmp_path / "run.tsv").exists()


def test_run_into_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackError, match=r"run\.tsv cannot be written: No such file"):
        write_run(tmp_path / "none" / "run.tsv", {"Q": {"a": 1.0}})
