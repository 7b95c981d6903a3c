"""Start the real site in a process of its own and stop it again."""

from __future__ import annotations

import os
import selectors
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.shared import copied_database

START_S = 300  # the first start reads every text of the catalogue into vectors
STOP_S = 60
PROJECT = Path(__file__).resolve().parents[2]
AIPLUS = [sys.executable, "-m", "matcher.cli"]


@dataclass(frozen=True)
class Site:
    """A running site."""

    url: str
    accounts: dict[str, tuple[str, str]]  # word before the @ → e-mail address and password
    database: Path
    log: Path
    ids: dict[str, str] = field(default_factory=dict)  # of what was put into it, by what it is
    spare_codes: list[str] = field(default_factory=list)  # each opens once, as recovery codes do


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def running_site(
    folder: Path, *, seed: Path | None = None, own_secret: bool = False
) -> Iterator[Site]:
    """Serve a database with the shipped catalogue from a folder until the block ends.

    The database is a copy of ``seed``, which nobody has open, or made anew. With ``own_secret`` the
    site makes its key itself, as on a first start.
    """
    port = free_port()
    database = folder / "aiplus.db"
    environ = {
        **os.environ,
        "AIPLUS_DATABASE": str(database),
        "AIPLUS_SECRET_KEY": "" if own_secret else "a key for tests alone",
    }
    if seed is not None:
        copied_database(seed, database)
    for command in ("init", "load-catalogue") if seed is None else ():
        subprocess.run([*AIPLUS, command, "--quiet"], env=environ, check=True, cwd=PROJECT)
    log = folder / "serve.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [*AIPLUS, "serve", "--demo", "--port", str(port), "--workers", "1"],
            env=environ,
            cwd=PROJECT,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            wait_until_ready(f"http://127.0.0.1:{port}/health", process, log)
            yield Site(f"http://127.0.0.1:{port}", read_accounts(folder), database, log)
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(STOP_S)
    said = log.read_text("utf-8")
    assert process.returncode == 0, said
    assert "Traceback" not in said, said


def read_accounts(folder: Path) -> dict[str, tuple[str, str]]:
    """Read the demonstration's accounts that the start of the site has made."""
    lines = (folder / "demo-accounts.tsv").read_text("utf-8").splitlines()
    made = [line.split("\t") for line in lines]
    return {email.split("@")[0]: (email, password) for _role, email, password in made}


def wait_until_ready(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_S
    pause = selectors.DefaultSelector()
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text("utf-8")
        try:
            with urllib.request.urlopen(address, timeout=10):
                return
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{address}: {error.read()!r}\n{log.read_text()}") from error
        except OSError:
            pause.select(0.2)
    raise AssertionError(f"not ready within {START_S} s:\n{log.read_text('utf-8')}")
