"""``aiplus serve``: the real server on a free loopback port, started and stopped for real."""

from __future__ import annotations

import os
import shutil
import signal
import stat
import subprocess
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli import aiplus
from tests.browser.site import AIPLUS, PROJECT, STOP_S, Site, free_port, running_site


@pytest.fixture(scope="module")
def site(shipped_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Leaving the fixture checks that Ctrl-C ends the server with code 0 and no traceback."""
    folder = tmp_path_factory.mktemp("serve")
    with running_site(folder, seed=shipped_database, own_secret=True) as running:
        yield running


def test_the_page_comes_from_a_production_server_with_strict_headers(site: Site) -> None:
    with urllib.request.urlopen(f"{site.url}/", timeout=30) as answer:
        assert answer.status == 200
        assert answer.headers["Server"].startswith("gunicorn")
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


def test_start_says_where_the_site_is_and_who_may_sign_in(site: Site) -> None:
    said = site.log.read_text("utf-8")
    assert f"{site.url}/" in said
    assert len(site.accounts) == 5
    for email, password in site.accounts.values():
        assert email in said
        assert password in said
        assert len(password) >= 12
    assert "/reports/quality" in said


def test_secrets_are_readable_by_their_owner_alone(site: Site) -> None:
    for name in ("demo-accounts.tsv", "secret-key"):
        mode = (site.database.parent / name).stat().st_mode
        assert stat.S_IMODE(mode) == 0o600


def test_a_port_in_use_is_told_in_one_line(site: Site) -> None:
    port = site.url.rsplit(":", 1)[1]
    environ = {"AIPLUS_DATABASE": str(site.database)}
    refused = CliRunner(env=environ).invoke(aiplus, ["serve", "--port", port])
    assert refused.exit_code == 2
    demonstration, told = refused.stderr.splitlines()
    assert "demonstration data" in demonstration  # once, though the file is opened twice
    assert "[cannot_serve]" in told
    assert port in told


def test_an_address_of_another_machine_is_refused(site: Site) -> None:
    environ = {"AIPLUS_DATABASE": str(site.database)}
    refused = CliRunner(env=environ).invoke(
        aiplus, ["serve", "--host", "192.0.2.1", "--port", str(free_port())]
    )
    assert refused.exit_code == 2
    assert "192.0.2.1" in refused.stderr


def test_the_database_of_the_command_line_is_the_one_that_is_served(
    site: Site, tmp_path: Path
) -> None:
    assert site.database.exists()
    assert not (tmp_path / "var").exists()
    with urllib.request.urlopen(f"{site.url}/providers", timeout=30) as answer:
        assert 'href="/providers/V' in answer.read().decode("utf-8")


@pytest.mark.parametrize(
    "said",
    [
        "reading model and index",  # nothing is loaded yet
        "Ctrl-C stops it",  # the last line before the workers are made
    ],
)
@pytest.mark.parametrize("attempt", range(2))  # how far the workers are then is chance
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_stop_in_the_middle_of_the_start_is_clean(
    site: Site, tmp_path: Path, said: str, number: signal.Signals, attempt: int
) -> None:
    database = tmp_path / "aiplus.db"
    shutil.copyfile(site.database, database)
    shutil.copytree(f"{site.database}.derived", f"{database}.derived")
    process = subprocess.Popen(
        [*AIPLUS, "serve", "--port", str(free_port())],
        env={**os.environ, "AIPLUS_DATABASE": str(database), "AIPLUS_SECRET_KEY": "for a test"},
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,  # a group of its own: a terminal's Ctrl-C reaches every process
    )
    stream = process.stdout
    assert stream is not None
    lines = []
    for line in stream:
        lines.append(line)
        if said in line:
            break
    os.killpg(process.pid, number)
    rest, _ = process.communicate(timeout=STOP_S)
    shown = "".join(lines) + rest
    assert said in shown
    assert process.returncode == 0, shown
    for word in ("Traceback", "rror", "SIGKILL", "memory", "was sent", "xception"):
        assert word not in shown


def test_the_first_word_after_the_door_decides_how_an_interrupt_ends() -> None:
    asked = (
        "import os, signal, sys; sys.argv[1:] = {words!r}; import matcher.cli as c;"
        # as in a terminal: what runs in the background has interrupts switched off
        "signal.signal(signal.SIGINT, signal.default_int_handler);"
        "sys.meta_path.insert(0, type('F', (), {{'find_spec': staticmethod("
        "lambda name, *_: os.kill(os.getpid(), signal.SIGINT) if name == 'matcher.cli.group'"
        " else None)}})); c.main()"
    )
    for words, code in ((["serve"], 0), (["version"], 130)):
        done = subprocess.run(
            [*AIPLUS[:1], "-c", asked.format(words=words)],
            cwd=PROJECT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == code, done.stderr
        assert "Traceback" not in done.stderr
