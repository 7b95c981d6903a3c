"""Tasks of each role by the keyboard alone: nothing is clicked, and the focus is always seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.store.connection import close_database, open_database
from matcher.store.engagements import read_engagement
from tests.browser.conftest import windows_onto
from tests.browser.people_at_work import signed_in
from tests.browser.site import Site
from tests.browser.visit import Visit, press_until
from tests.web.handshake import SERVICE, Handshake, add_world
from tests.web.registering import Form, own_id

Open = Callable[..., Visit]
Begin = Callable[[str], Handshake]
FOCUS = "document.activeElement.matches({!r})"


@pytest.fixture
def visit(full_site: Site, chromium: Browser) -> Iterator[Open]:
    with windows_onto(full_site, chromium) as open_window:
        yield open_window


@pytest.fixture
def begin(full_site: Site) -> Begin:
    """Publish a need, and let the provider say that it can answer it."""

    def begun(need_id: str) -> Handshake:
        db = open_database(full_site.database)
        add_world(db, need_id=need_id, reply_by=datetime.now(UTC).date() + timedelta(days=30))
        close_database(db)
        handshake = Handshake(signed_in(full_site))
        assert handshake.begin(need_id).status_code == 303
        return handshake

    return begun


def tab_to(page: Page, selector: str) -> None:
    press_until(page, "Tab", FOCUS.format(selector))


def press_enter_on(page: Page, selector: str) -> None:
    """Go to a link or a button, press Enter, and wait for the page that follows."""
    tab_to(page, selector)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def unfold(page: Page, form: str) -> None:
    """Open what a form is folded into."""
    tab_to(page, f"details:has({form}) > summary")
    page.keyboard.press("Enter")
    expect(page.locator(form)).to_be_visible()


def state_of(site: Site, handshake: Handshake) -> str:
    db = open_database(site.database, read_only=True)
    try:
        return read_engagement(db, handshake.engagement_id).state
    finally:
        close_database(db)


def test_enterprise_accepts_and_agrees_with_the_keyboard_alone(
    visit: Open, begin: Begin, full_site: Site
) -> None:
    handshake = begin("N-KEYS-1")
    window = visit(language="en")
    window.sign_in("enterprise")
    page = window.go("/my/engagements")
    press_enter_on(page, f"main a[href='{handshake.address}']")
    press_enter_on(page, "form[action$='/steps/accept'] button")
    assert state_of(full_site, handshake) == "mutual"
    consent = "form[action$='/steps/consent']"
    tab_to(page, f"{consent} input[name=agrees]")
    page.keyboard.press("Space")
    press_enter_on(page, f"{consent} button")
    expect(page.locator(".notice[role=status]").first).to_be_visible()
    expect(page.locator(consent)).to_have_count(0)


def test_enterprise_declines_with_a_reason_and_the_keyboard_alone(
    visit: Open, begin: Begin, full_site: Site
) -> None:
    handshake = begin("N-KEYS-2")
    window = visit(language="zh")
    window.sign_in("enterprise")
    page = window.go(handshake.address)
    form = "form[action$='/steps/decline']"
    unfold(page, form)
    tab_to(page, f"{form} input[name=declines][value=budget]")
    page.keyboard.press("Space")
    press_enter_on(page, f"{form} button")
    assert state_of(full_site, handshake) == "closed"


def test_base_takes_an_application_on_with_the_keyboard_alone(
    visit: Open, begin: Begin, full_site: Site
) -> None:
    handshake = begin("N-KEYS-3")
    for who, action, data in (
        ("enterprise", "accept", {}),
        ("enterprise", "consent", {"agrees": "yes"}),
        ("provider", "consent", {"agrees": "yes"}),
        ("provider", "start_talks", {}),
        ("enterprise", "apply_pilot", {"service": SERVICE}),
    ):
        assert handshake.step(who, action, **data).status_code == 303
    window = visit(language="en")
    window.sign_in("base")
    page = window.go("/my/engagements")
    press_enter_on(page, f"main a[href='{handshake.address}']")
    form = "form[action$='/steps/accept_pilot']"
    unfold(page, form)
    press_enter_on(page, f"{form} button")
    assert state_of(full_site, handshake) == "in_pilot"


def test_reviewer_approves_a_record_with_the_keyboard_alone(visit: Open, full_site: Site) -> None:
    record_id = own_id(Form(signed_in(full_site)["provider"], "capabilities").fill().send())
    window = visit(language="zh")
    window.sign_in("reviewer")
    page = window.go("/review")
    link = page.locator("section[aria-labelledby=waiting] th a").last.get_attribute("href")
    press_enter_on(page, f"main a[href='{link}']")
    press_enter_on(page, "button[value=approve]")
    page.wait_for_url("**/review")
    assert window.go(f"/capabilities/{record_id}").locator("h1").inner_text()
