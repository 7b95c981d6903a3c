"""A real site on a free loopback port, and a real Chromium that looks at it.

Where no Chromium is found the tests of this folder are left out, and the end of the run says so.
``make test`` installs one where it can.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser.people_at_work import add_people_at_work
from tests.browser.reports_site import add_year
from tests.browser.rounds_site import add_draft_round
from tests.browser.site import Site, running_site
from tests.browser.visit import Visit
from tests.shared import built_once, copied_database

HERE = Path(__file__).parent
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
LEFT_OUT = pytest.StashKey[int]()

OpenPage = Callable[..., Page]


def find_chromium() -> str | None:
    named = os.environ.get("AIPLUS_CHROMIUM")
    return next((path for name in (named, *NAMES) if name and (path := shutil.which(name))), None)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    ours = [item for item in items if item.path.is_relative_to(HERE)]
    for item in ours:
        item.add_marker(pytest.mark.browser)
    if ours and find_chromium() is None:
        config.stash[LEFT_OUT] = len(ours)
        config.hook.pytest_deselected(items=ours)
        items[:] = [item for item in items if item not in ours]


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Say what was not run; where several processes run the tests, this one has collected none."""
    left_out = config.stash.get(LEFT_OUT, 0)
    if left_out or (find_chromium() is None and config.getoption("numprocesses", None)):
        terminalreporter.section("NOT RUN: browser tests", yellow=True)
        terminalreporter.line(
            f"{left_out or 'All'} browser tests were not run: no Chromium was found. Install it "
            "(Debian: apt-get install chromium fonts-noto-cjk) or name it in AIPLUS_CHROMIUM. "
            "没有找到 Chromium，浏览器测试未运行。"
        )


@pytest.fixture(scope="session")
def site(shipped_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """The whole site as `aiplus serve` starts it, on a database of its own."""
    with running_site(tmp_path_factory.mktemp("site"), seed=shipped_database) as running:
        add_draft_round(running)
        yield running


@pytest.fixture(scope="session")
def year_database(shipped_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shipped catalogue with an invented year and the report of its last month."""

    def build(folder: Path) -> None:
        add_year(copied_database(shipped_database, folder / "aiplus.db"))

    return built_once(tmp_path_factory, "year", build) / "aiplus.db"


@pytest.fixture(scope="session")
def full_site(year_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Another site, on which every page has something to show: a year, and people at work."""
    with running_site(tmp_path_factory.mktemp("full-site"), seed=year_database) as running:
        add_people_at_work(running)
        yield running


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    arguments = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


@pytest.fixture
def visit(site: Site, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    with windows_onto(site, chromium) as open_window:
        yield open_window


@contextmanager
def windows_onto(site: Site, chromium: Browser) -> Iterator[Callable[..., Visit]]:
    """Open windows onto a site; afterwards nothing may have gone wrong in any of them."""
    opened: list[Visit] = []

    def open_window(**wishes: Any) -> Visit:
        opened.append(Visit.start(chromium, site, **wishes))
        return opened[-1]

    yield open_window
    problems = [problem for window in opened for problem in window.problems]
    for window in opened:
        window.close()
    assert problems == []
