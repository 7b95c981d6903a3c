"""The month's report in a real browser: read, filtered, followed to its needs, printed; axe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.reports.history.build import BLOCKS
from tests.browser.conftest import windows_onto
from tests.browser.reports_site import PLACE
from tests.browser.site import Site
from tests.browser.visit import Visit

Open = Callable[..., Visit]
BUILT_MS = 240_000  # a real build, on a busy machine
MOST_LOOKS = 2000  # as long, by somebody who asks again as soon as the page is there


@pytest.fixture
def window(full_site: Site, chromium: Browser) -> Iterator[Open]:
    with windows_onto(full_site, chromium) as open_window:

        def signed_in(who: str = "administrator", **wishes: object) -> Visit:
            opened: Visit = open_window(**wishes)
            opened.sign_in(who)
            return opened

        yield signed_in


@pytest.mark.parametrize("language", ["zh", "en"])
def test_report_fits_a_small_phone_and_its_charts_can_be_read_there(
    window: Open, language: str
) -> None:
    visit = window(language=language, phone=True)
    page = visit.go("/reports?tables=1")
    assert visit.overflow() == 0
    sizes = page.locator(".report-points text, .row-axis text").evaluate_all(
        "all => all.map(one => one.getBoundingClientRect().height)"
    )
    assert len(sizes) > 100
    assert min(sizes) >= 10


def test_report_is_read_filtered_and_followed_without_a_script(window: Open) -> None:
    visit = window("reviewer", language="en", javascript=False)
    page = visit.go("/reports")
    assert page.locator(".report-block").count() == len(BLOCKS)
    page.locator(".verdict .tile a").first.click()
    expect(page).to_have_url(re.compile("#ranking$"))
    page.locator('.panel a[href*="/needs/"]').first.click()
    assert page.locator("li.card").count() > 0
    page.go_back()
    build(page, "micro")
    shown = page.get_by_role("link", name=re.compile("^(Look again|Read the report)$"))
    for _ in range(MOST_LOOKS):
        # Waits for the page each time: between two pages neither link is there.
        if shown.inner_text() != "Look again":
            break
        shown.click()
    read_the_built(page, "Micro")


def build(page: Page, size: str) -> None:
    """Ask for a part that was not built yet."""
    page.get_by_text("Other days, or a part only").click()
    page.locator("#size").select_option(size)
    page.get_by_role("button", name="Show this part").click()
    page.wait_for_url("**/reports/jobs/*")


def read_the_built(page: Page, size: str) -> None:
    page.get_by_role("link", name="Read the report").click()
    expect(page.locator(".report-head .tags")).to_contain_text(size)
    assert page.locator(".synthetic-banner").is_visible()
    assert page.locator(".report-block").count() == len(BLOCKS)


def test_a_part_is_built_in_the_background_and_the_page_follows_it(window: Open) -> None:
    visit = window(language="en")
    page = visit.go("/reports")
    build(page, "large")
    expect(page.locator("#report-job a.button")).to_be_visible(timeout=BUILT_MS)
    read_the_built(page, "Large")
    page.locator("#size").select_option("large")  # known by now: it is shown at once
    page.get_by_role("button", name="Show this part").click()
    expect(page).to_have_url(re.compile("/reports/selected"))


def test_print_keeps_the_banner_and_leaves_the_tools_out(window: Open) -> None:
    page = window(language="zh").go("/reports")
    page.emulate_media(media="print")
    assert page.locator(".synthetic-banner").is_visible()
    assert page.locator(".report-block .tag-synthetic").first.is_visible()
    for left_out in (".site-header", ".site-footer", ".report-tools", ".report-contents"):
        assert not page.locator(left_out).is_visible()
    assert not page.locator(".print-as-is").first.is_visible()
    sheets = page.pdf(prefer_css_page_size=True)
    assert sheets.startswith(b"%PDF")
    assert 5 <= len(re.findall(rb"/Type\s*/Page\b", sheets)) <= 30
    page.goto(f"/reports/{PLACE}?tables=1")
    page.emulate_media(media="print")
    assert page.locator(".print-as-is tr[data-figure]").first.is_visible()
