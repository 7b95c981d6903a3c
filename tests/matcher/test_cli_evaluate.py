"""``aiplus evaluate``, ``train`` and ``report`` on a small synthetic pack, and what they refuse."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from matcher.cli import aiplus
from matcher.ranking.registry import load_model, serving_model_id
from matcher.settings import PROJECT

Run = Callable[..., Result]
# Synthetic: a field that no catalogue of ours knows.
DOCUMENTS = {
    "D1": ("Violin bows", "Horsehair bows for violins, rehaired and balanced by hand."),
    "D2": ("Sourdough starters", "Live sourdough cultures for bakeries, kept at rye hydration."),
    "D3": ("Glacier maps", "Survey of glacier retreat from aerial photographs and stakes."),
    "D4": ("Tea blending", "Black tea blends tasted and mixed for tea houses."),
    "D5": ("Clock repair", "Repair of pendulum clocks and escapements."),
    "D6": ("Beekeeping", "Hives, queens and honey extraction for beekeepers."),
    "D7": ("Kite making", "Silk kites with bamboo frames for festivals."),
    "D8": ("Harpsichord tuning", "Tuning and voicing of harpsichords in old temperaments."),
}
QUERIES = {
    "Q1": ("Rehair a violin bow", "The hair of our violin bows is worn.", "D1"),
    "Q2": ("Starter for rye bread", "Our bakery wants a live sourdough culture.", "D2"),
    "Q3": ("How fast does a glacier retreat", "Aerial photographs of a glacier exist.", "D3"),
    "Q4": ("Pendulum clock stands still", "The escapement of the clock is worn.", "D5"),
    "Q5": ("Tune a harpsichord", "A harpsichord needs an old temperament.", "D8"),
}


def write_lines(path: Path, rows: list[dict[str, Any]]) -> None:
    path.write_text("".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows), "utf-8")


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("crafts")
    write_lines(
        folder / "corpus.jsonl",
        [{"id": key, "title": title, "text": text} for key, (title, text) in DOCUMENTS.items()],
    )
    write_lines(
        folder / "queries.dev.jsonl",
        [{"id": key, "title": title, "text": text} for key, (title, text, _) in QUERIES.items()],
    )
    rows = [f"{key}\t{answer}\t1\n" for key, (_, _, answer) in QUERIES.items()]
    (folder / "qrels.dev.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(rows), "utf-8")
    return folder


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``aiplus`` where there is no database: evaluating a pack needs none."""

    def call(*arguments: object) -> Result:
        environ = {"AIPLUS_DATABASE": str(tmp_path / "none.db")}
        words = [str(argument) for argument in arguments]
        return CliRunner(env=environ).invoke(aiplus, words, catch_exceptions=False)

    return call


@pytest.mark.parametrize("system", ["", "bm25", "dense", "rrf", "random"])
def test_a_pack_of_any_field_is_measured(run: Run, pack: Path, system: str) -> None:
    chosen = ["--model", system] if system else []
    answered = run("evaluate", "--pack", pack, "--split", "dev", "--json", *chosen)
    assert answered.exit_code == 0, answered.stderr
    found = json.loads(answered.stdout)
    assert found["n_queries"] == len(QUERIES)
    measured = found["measures"]["mrr"]
    assert measured["n"] == len(QUERIES)
    assert measured["low"] <= measured["mean"] <= measured["high"]
    if system != "random":
        assert measured["mean"] > 0.8


def test_text_shows_every_measure_with_its_interval(run: Run, pack: Path) -> None:
    text = run("evaluate", "--pack", pack, "--model", "bm25").stdout
    assert "ndcg@10" in text
    assert "95 %" in text
    assert f"n_queries: {len(QUERIES)}" in text


def test_run_file_holds_query_document_and_score_by_tabs(
    run: Run, pack: Path, tmp_path: Path
) -> None:
    path = tmp_path / "run.tsv"
    assert run("evaluate", "--pack", pack, "--run-out", path).exit_code == 0
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    assert {row[0] for row in rows} == set(QUERIES)
    best = {key: max((float(s), d) for q, d, s in rows if q == key)[1] for key in QUERIES}
    assert best == {key: answer for key, (_, _, answer) in QUERIES.items()}


def test_files_without_judgements_are_scored(run: Run, pack: Path, tmp_path: Path) -> None:
    path = tmp_path / "run.tsv"
    files = ["--queries", pack / "queries.dev.jsonl", "--corpus", pack / "corpus.jsonl"]
    answered = run("evaluate", *files, "--run-out", path, "--json")
    assert answered.exit_code == 0, answered.stderr
    assert json.loads(answered.stdout)["n_queries"] == len(QUERIES)
    assert len(path.read_text("utf-8").splitlines()) == len(QUERIES) * len(DOCUMENTS)


def test_only_the_candidates_named_are_scored(run: Run, pack: Path, tmp_path: Path) -> None:
    pairs = tmp_path / "pairs.tsv"
    pairs.write_text("query-id\tdoc-id\nQ1\tD1\nQ1\tD4\nQ2\tD2\n", "utf-8")
    path = tmp_path / "run.tsv"
    files = ["--queries", pack / "queries.dev.jsonl", "--corpus", pack / "corpus.jsonl"]
    answered = run("evaluate", *files, "--candidates", pairs, "--run-out", path)
    assert answered.exit_code == 0, answered.stderr
    rows = [tuple(line.split("\t")[:2]) for line in path.read_text("utf-8").splitlines()]
    assert sorted(rows) == [("Q1", "D1"), ("Q1", "D4"), ("Q2", "D2")]


def test_evidence_speaks_for_its_document(run: Run, pack: Path, tmp_path: Path) -> None:
    evidence = tmp_path / "evidence.jsonl"
    row = {
        "id": "E1",
        "doc_id": "D7",
        "title": "Bows",
        "text": "We rehair a violin bow.",
        "year": 2024,
    }
    write_lines(evidence, [row])
    path = tmp_path / "run.tsv"
    files = ["--queries", pack / "queries.dev.jsonl", "--corpus", pack / "corpus.jsonl"]
    answered = run("evaluate", *files, "--evidence", evidence, "--run-out", path)
    assert answered.exit_code == 0, answered.stderr
    rows = [line.split("\t") for line in path.read_text("utf-8").splitlines()]
    scores = {d: float(s) for q, d, s in rows if q == "Q1"}
    assert scores["D7"] > scores["D4"]


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--cases", "--pack", "."),
        ("--queries", "{queries}"),
        ("--queries", "{queries}", "--corpus", "{queries}"),
        ("--pack", "{pack}", "--evidence", "{queries}"),
        ("--cases", "--run-out", "run.tsv"),
        ("--pack", "no-such-folder"),
        ("--pack", "{pack}", "--split", "no-such-split"),
        ("--pack", "{pack}", "--model", "no-such-model"),
        ("--pack", "{pack}", "--model", "../outside"),
        ("--pack", "{pack}", "--run-out", "{pack}/no/such/folder/run.tsv"),
    ],
    ids=str,
)
def test_what_cannot_be_done_ends_with_2_and_words(
    run: Run, pack: Path, arguments: tuple[str, ...]
) -> None:
    known = {"pack": str(pack), "queries": str(pack / "queries.dev.jsonl")}
    refused = run("evaluate", *(word.format(**known) for word in arguments))
    assert refused.exit_code == 2, refused.stderr
    assert refused.stderr
    assert refused.stdout == ""
    assert "Traceback" not in refused.stderr


def test_a_damaged_line_is_named_with_file_and_row(run: Run, pack: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken"
    shutil.copytree(pack, broken)
    with (broken / "corpus.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"id": "D9", "title": ')
    refused = run("evaluate", "--pack", broken, "--model", "bm25")
    assert refused.exit_code == 2
    assert f"corpus.jsonl:{len(DOCUMENTS) + 1}" in refused.stderr


def copy_of_models(folder: Path) -> tuple[Path, str]:
    shutil.copytree(PROJECT / "models", folder)
    return folder, serving_model_id(folder)


def test_an_altered_model_is_refused(run: Run, pack: Path, tmp_path: Path) -> None:
    models, model_id = copy_of_models(tmp_path / "models")
    path = models / model_id / "model.json"
    path.write_text(path.read_text("utf-8").replace("0.", "1.", 1), "utf-8")
    refused = run("evaluate", "--pack", pack, "--models", models)
    assert refused.exit_code == 2
    assert "[model_incompatible]" in refused.stderr


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"model_id": "another"}', "not json"])
def test_a_report_that_is_not_of_this_model_is_refused(
    run: Run, tmp_path: Path, content: str
) -> None:
    models, model_id = copy_of_models(tmp_path / "models")
    (models / model_id / "report.json").write_text(content, "utf-8")
    refused = run("report", "--models", models)
    assert refused.exit_code == 2
    assert "[model_incompatible]" in refused.stderr


def test_report_shows_the_shipped_figures(run: Run) -> None:
    shown = run("report", "--json")
    assert shown.exit_code == 0, shown.stderr
    models = PROJECT / "models"
    assert json.loads(shown.stdout)["model_id"] == serving_model_id(models)
    assert run("report").stdout.count("\n|") >= 3
    assert len(run("report", "--full").stdout) > len(run("report").stdout)


def test_the_shipped_model_loads() -> None:
    models = PROJECT / "models"
    assert load_model(models / serving_model_id(models)).model_id == serving_model_id(models)
