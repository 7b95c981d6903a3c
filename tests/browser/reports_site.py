"""A running site gets an invented year and the reports of its last months."""

from __future__ import annotations

import os
import subprocess

from tests.browser.site import AIPLUS, PROJECT, Site

YEAR_ENDS, MONTH, PLACE = "2026-11-01", "2026-10", "2026-10-synthetic"


def add_reports(site: Site, *, pairs: int = 6_000) -> None:
    """Invent a year, then keep the report of its last month, as an administrator would."""
    for command in (
        ["demo", "history", "--seed", "7", "--pairs", str(pairs), "--until", YEAR_ENDS],
        ["report", "--from", f"{MONTH}-01", "--to", YEAR_ENDS, "--snapshot"],
    ):
        subprocess.run(
            [*AIPLUS, *command],
            env={**os.environ, "AIPLUS_DATABASE": str(site.database)},
            cwd=PROJECT,
            check=True,
            stdout=subprocess.DEVNULL,
        )
