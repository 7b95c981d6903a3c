"""A database gets an invented year and the report of its last month, as an administrator would."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from matcher.cli import aiplus

YEAR_ENDS, MONTH, PLACE = "2026-11-01", "2026-10", "2026-10-synthetic"
COMMANDS = (
    ("demo", "history", "--seed", "7", "--pairs", "6000", "--until", YEAR_ENDS, "--yes"),
    ("report", "--from", f"{MONTH}-01", "--to", YEAR_ENDS, "--snapshot"),
)


def add_year(database: Path) -> None:
    """Invent a year, then keep the report of its last month."""
    for command in COMMANDS:
        done = CliRunner(env={"AIPLUS_DATABASE": str(database)}).invoke(aiplus, command)
        assert done.exit_code == 0, done.output
