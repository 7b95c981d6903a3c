"""A need taken from its review to a published case by four roles, with scripts and without."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.store.connection import close_database, open_database
from matcher.store.need_status import update_status, write_state
from tests.browser.site import Site, running_site
from tests.browser.visit import Visit
from tests.web.handshake import SERVICE, add_answerers, add_world

Open = Callable[..., Visit]
MONTH = timedelta(days=30)


@pytest.fixture(scope="module")
def own_site(shipped_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site of its own, since the organisations of this story take part in it."""
    folder = tmp_path_factory.mktemp("handshake")
    with running_site(folder, seed=shipped_database) as running:
        db = open_database(running.database)
        add_answerers(db)
        for kind in ("script", "plain"):
            add_world(db, need_id=f"N-{kind}", reply_by=datetime.now(UTC).date() + MONTH)
            now = datetime.now(UTC)
            write_state(db, f"N-{kind}", "in_review", actor="t", reason="", now=now)
            update_status(db, f"N-{kind}", {"quality_score": 90}, now=now)
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


def send(page: Page, form: str) -> None:
    """Send a form, opening what it is folded into, and see that it was taken."""
    found = page.locator(form).first
    folded = found.locator("xpath=ancestor::details[not(@open)]")
    if folded.count():
        folded.first.locator("summary").first.click()
    found.locator("button").last.click()
    page.wait_for_load_state("load")


def publish(window: Visit, need_id: str) -> None:
    """Let a reviewer read the need and publish it."""
    page = window.go(f"/review/needs/{need_id}")
    page.locator("button[value=approve]").first.click()
    page.wait_for_load_state("load")
    told(page)


def conclude(windows: dict[str, Visit], address: str) -> None:
    """End the pilot, confirm the contract, and say what came of it."""
    send(windows["base"].go(address), "form[action$='/steps/finish_pilot']")
    for who in ("enterprise", "provider"):
        page = windows[who].go(address)
        form = page.locator("form[action$='/steps/contract']").first
        folded = form.locator("xpath=ancestor::details[not(@open)]")
        if folded.count():
            folded.first.locator("summary").first.click()
        form.locator("input[name=agrees]").check()
        form.locator("button").last.click()
        page.wait_for_load_state("load")
    page = windows["enterprise"].go(f"{address}/pilot")
    page.locator("#outcome-result").select_option("contracted")
    send(page, "form#outcome")
    told(page)


def rate_and_allow(windows: dict[str, Visit], address: str) -> None:
    """Rate each other, hidden until both have, and let the outcome be published."""
    for who, other in (("enterprise", "provider"), ("provider", "enterprise")):
        page = windows[who].go(f"{address}/pilot")
        for name in ("overall", "fit", "responsiveness", "competence"):
            page.locator(f"#rating-{name}").select_option("4")
        send(page, "form#rating")
        shown = windows[other].go(f"{address}/pilot").locator("dl.facts-narrow")
        expect(shown).to_have_count(0 if who == "enterprise" else 2)
    for who, wish in (("enterprise", "anonymous"), ("provider", "all")):
        page = windows[who].go(f"{address}/pilot")
        page.locator(f"form#publish input[value={wish}]").check()
        send(page, "form#publish")


def case_of(window: Visit, address: str) -> str:
    """Return where everybody reads the case."""
    link = window.go(f"{address}/pilot").locator("main a[href^='/cases/']").first
    return str(link.get_attribute("href"))


@pytest.mark.parametrize("kind", ["script", "plain"])
def test_from_a_need_to_a_published_case(visit: Open, kind: str) -> None:
    """Nothing of the enterprise shows to the provider before both have agreed."""
    windows = {}
    for who in ("enterprise", "provider", "base", "reviewer"):
        windows[who] = visit(language="zh", javascript=kind == "script", phone=who == "base")
        windows[who].sign_in(who)
    publish(windows["reviewer"], f"N-{kind}")
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
    conclude(windows, address)
    rate_and_allow(windows, address)
    case = visit(language="zh", javascript=kind == "script").go(case_of(windows["base"], address))
    assert "99.4" in case.content()
    assert "演示制造企业" not in case.locator("main").inner_text()
    for who in ("enterprise", "provider", "base"):
        window = windows[who]
        for path in (address, f"{address}/pilot"):
            window.go(path)
            assert window.overflow() <= 0
            assert kind == "plain" or window.accessibility_problems() == []
