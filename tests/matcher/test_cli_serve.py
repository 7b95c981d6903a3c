"""``aiplus serve``: the real server on a free loopback port, started and stopped for real."""

from __future__ import annotations

import stat
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli import aiplus
from tests.browser.site import Site, free_port, running_site


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
    assert refused.stderr.count("\n") == 1
    assert "[cannot_serve]" in refused.stderr
    assert port in refused.stderr


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
