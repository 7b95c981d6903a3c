"""A match taken to a measured pilot by three organisations, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.store.connection import close_database, open_database
from tests.browser.site import Site, running_site
from tests.browser.visit import Visit
from tests.web.handshake import SERVICE, add_answerers, add_world

Open = Callable[..., Visit]


@pytest.fixture(scope="module")
def own_site(shipped_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, since the organisations of this story take part in it."""
    folder = tmp_path_factory.mktemp("handshake")
    with running_site(folder, seed=shipped_database) as running:
        db = open_database(running.database)
        add_answerers(db)
        for kind in ("script", "plain"):
            add_world(db, need_id=f"N-{kind}")
        close_database(db)
        yield running


@pytest.fixture
def visit(own_site: Site, chromium: Browser) -> Iterator[Open]:
    """Open a window onto that site; afterwards nothing may have gone wrong in any of them."""
    opened: list[Visit] = []

    def open_window(**wishes: Any) -> Visit:
        opened.append(Visit.start(chromium, own_site, **wishes))
        return opened[-1]

    yield open_window
    problems = [problem for window in opened for problem in window.problems]
    for window in opened:
        window.close()
    assert problems == []


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state("load")


def told(page: Page) -> None:
    expect(page.locator(".notice[role=status]").first).to_be_visible()


def agree(page: Page) -> None:
    page.locator("form[action$='/steps/consent'] input[name=agrees]").check()
    press(page, "同意披露联系方式")


def answer_need(page: Page) -> str:
    """Say as the provider that the need can be answered; return where the engagement is."""
    page.locator("input[name=capability_id]").first.check()
    press(page, "表示能够满足")
    told(page)
    return "/engagements/" + page.url.partition("/engagements/")[2].partition("#")[0]


def apply_for_pilot(page: Page) -> None:
    page.locator("summary", has_text="申请中试").click()
    page.locator("form[action$='/steps/apply_pilot'] select").select_option(SERVICE)
    press(page, "申请中试")


def measure(window: Visit, address: str) -> None:
    """Accept the pilot as the base and record what was measured."""
    page = window.go(address)
    page.locator("summary", has_text="受理中试").first.click()
    press(page, "受理中试")
    page = window.go(f"{address}/pilot")
    page.locator("#value-R1").fill("99.4")
    page.locator("#met-R2").select_option("yes")
    press(page, "保存结果")
    expect(page.locator("table .tag-met")).to_have_count(2)


@pytest.mark.parametrize("kind", ["script", "plain"])
def test_from_a_need_to_a_measured_pilot(visit: Open, kind: str) -> None:
    """Nothing of the enterprise shows to the provider before both have agreed."""
    windows = {}
    for who in ("enterprise", "provider", "base"):
        windows[who] = visit(language="zh", javascript=kind == "script", phone=who == "base")
        windows[who].sign_in(who)
    address = answer_need(windows["provider"].go(f"/needs/N-{kind}/answer"))
    enterprise = windows["enterprise"].go(address)
    press(enterprise, "表示有意")
    agree(enterprise)
    provider = windows["provider"].go(address)
    assert "演示制造企业" not in provider.content()
    agree(provider)
    assert "演示制造企业" in provider.content()
    apply_for_pilot(windows["enterprise"].go(address))
    measure(windows["base"], address)
    for window in windows.values():
        for path in (address, f"{address}/pilot"):
            window.go(path)
            assert window.overflow() <= 0
            assert kind == "plain" or window.accessibility_problems() == []
