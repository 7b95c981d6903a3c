"""The command line at its border: making and loading the database, versions, errors, exit codes."""

from __future__ import annotations

import json
import platform
import sqlite3
from collections.abc import Callable
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from matcher import __version__
from matcher.cli import aiplus
from matcher.cli.group import message_of
from matcher.errors import ImportFailed, RowProblem
from matcher.settings import PROJECT, database_path, models_folder
from matcher.vocabulary.files import data_folder

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Run ``aiplus`` on a database of its own; returns what it printed and its exit code."""

    def call(*arguments: str, given: str | bytes | None = None, **environ: str) -> Result:
        settings = {"AIPLUS_DATABASE": str(tmp_path / "test.db"), **environ}
        return CliRunner(env=settings).invoke(
            aiplus, arguments, input=given, catch_exceptions=False
        )

    return call


def copy_of_catalogue(folder: Path) -> Path:
    folder.mkdir()
    for path in (data_folder() / "catalogue").glob("*.jsonl"):
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_init_makes_the_database_and_a_second_one_changes_nothing(run: Run, tmp_path: Path) -> None:
    assert run("init").exit_code == 0
    made = (tmp_path / "test.db").read_bytes()
    again = run("init")
    assert again.exit_code == 0
    assert "nothing to do" in again.stderr
    assert (tmp_path / "test.db").read_bytes() == made


def test_notes_go_to_standard_error_and_quiet_silences_them(run: Run) -> None:
    spoken = run("init")
    assert spoken.stdout == ""
    assert spoken.stderr
    assert run("init", "--quiet").stderr == ""


def test_loading_the_catalogue_twice_changes_nothing(run: Run) -> None:
    run("init")
    first = run("load-catalogue")
    assert first.exit_code == 0
    assert "provider" in first.stderr
    second = run("load-catalogue")
    assert second.exit_code == 0
    assert "added" not in second.stderr
    assert "revision 1" in second.stderr


def test_one_bad_row_refuses_the_whole_catalogue_and_names_it(run: Run, tmp_path: Path) -> None:
    run("init")
    folder = copy_of_catalogue(tmp_path / "catalogue")
    with (folder / "providers.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"provider_id": "V999"}\nnot json\n')
    refused = run("load-catalogue", str(folder))
    assert refused.exit_code == 2
    n_rows = len((folder / "providers.jsonl").read_text("utf-8").splitlines())
    assert f"providers.jsonl:{n_rows - 1}" in refused.stderr
    assert f"providers.jsonl:{n_rows}" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert json.loads(run("version", "--json").stdout)["catalogue_revision"] == 0


def test_a_long_list_of_problems_is_cut() -> None:
    problems = [RowProblem("a.jsonl", row, "name", "''", "text") for row in range(1, 200)]
    words = message_of(ImportFailed(problems))
    assert "199 problems" in words
    assert "149 more" in words
    assert words.count("\n") < 60


def test_loading_without_a_database_says_to_make_one_and_makes_none(
    run: Run, tmp_path: Path
) -> None:
    refused = run("load-catalogue")
    assert refused.exit_code == 2
    assert "aiplus init" in refused.stderr
    assert not (tmp_path / "test.db").exists()


@pytest.mark.parametrize("command", ["init", "load-catalogue", "serve"])
def test_a_foreign_file_is_refused_and_left_alone(run: Run, tmp_path: Path, command: str) -> None:
    foreign = tmp_path / "test.db"
    foreign.write_bytes(b"this is no database " * 500)
    refused = run(command)
    assert refused.exit_code == 2
    assert "[store_error]" in refused.stderr
    assert foreign.read_bytes() == b"this is no database " * 500


@pytest.mark.parametrize("command", ["init", "load-catalogue", "serve"])
def test_a_database_of_a_newer_version_is_refused(run: Run, tmp_path: Path, command: str) -> None:
    run("init")
    with sqlite3.connect(tmp_path / "test.db") as db:
        db.execute(
            "INSERT INTO _sqlite_migrations (migration_set, name, applied_at) "
            "VALUES ('matcher', 'm9999_future', '2099-01-01')"
        )
    db.close()
    refused = run(command)
    assert refused.exit_code == 2
    assert "[schema_out_of_date]" in refused.stderr
    assert "m9999_future" in refused.stderr


def test_a_folder_as_database_is_refused(run: Run, tmp_path: Path) -> None:
    refused = run("init", AIPLUS_DATABASE=str(tmp_path))
    assert refused.exit_code == 2
    assert "folder" in refused.stderr


def test_version_tells_what_runs_even_without_a_database(run: Run) -> None:
    told = run("version", "--json")
    assert told.exit_code == 0
    facts = json.loads(told.stdout)
    assert facts["version"] == __version__
    assert facts["catalogue_revision"] is None
    assert "aiplus init" in facts["problem"]
    assert __version__ in run("version").stdout


def test_defaults_are_in_the_project_whatever_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert database_path({}) == PROJECT / "var" / "aiplus.db"
    assert models_folder({}) == PROJECT / "models"
    assert database_path({"AIPLUS_DATABASE": "other.db"}) == Path("other.db")


def test_a_fault_of_the_program_shows_no_traceback(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: 1 / 0)
    monkeypatch.delenv("AIPLUS_DEBUG", raising=False)
    failed = run("version")
    assert failed.exit_code == 1
    assert "ZeroDivisionError" in failed.stderr
    assert "Traceback" not in failed.stderr


def test_a_debugger_sees_where_a_fault_is(
    run: Run, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(platform, "python_version", lambda: 1 / 0)
    monkeypatch.setenv("AIPLUS_DEBUG", "1")
    assert "Traceback" in run("version").stderr + capfd.readouterr().err


@pytest.mark.parametrize("name", sorted(aiplus.commands))
def test_help_of_every_command_shows_an_example(run: Run, name: str) -> None:
    shown = run(name, "--help")
    assert shown.exit_code == 0
    assert f"aiplus {name}" in shown.stdout.split("Example:")[1]


@pytest.mark.parametrize(
    "arguments", [("nonsense",), ("init", "--nonsense"), ("serve", "--port", "0")]
)
def test_wrong_arguments_end_with_2(run: Run, arguments: tuple[str, ...]) -> None:
    refused = run(*arguments)
    assert refused.exit_code == 2
    assert refused.stdout == ""


def test_every_command_is_registered_under_its_own_name() -> None:
    assert all(isinstance(command, click.Command) for command in aiplus.commands.values())
    assert all(name == command.name for name, command in aiplus.commands.items())
