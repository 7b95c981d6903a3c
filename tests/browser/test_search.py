"""Searching in a real browser: facets with and without script, back, keys, phones, saving."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Visit

Open = Callable[..., Visit]
PAGES = {
    "found": "/search?q=缺陷检测",
    "narrowed": "/capabilities?industry=C31&q=高炉",
    "nothing": "/bases?q=qwxzv&domain=energy",
    "close": "/search?q=Guangdong+drones",
    "map": "/places/case",
    "scenario": "/scenarios/SC016",
}


def total(page: Page) -> int:
    said = page.locator("#results [role=status] b").inner_text()
    return int("".join(sign for sign in said if sign.isdigit()))


@pytest.mark.parametrize("language", ["zh", "en"])
def test_search_pages_are_accessible_and_narrow_enough(visit: Open, language: str) -> None:
    window = visit(language=language)
    problems = [window.problems_at_every_width(path) for path in PAGES.values()]
    assert problems == [[]] * len(PAGES)


def test_box_narrows_the_list_at_once_and_back_takes_it_back(visit: Open) -> None:
    page = visit(language="zh").go("/scenarios")
    before = total(page)
    box = page.locator('input[name="ai_task"][value="forecasting"]')
    offered = int(box.locator("xpath=..").locator(".facet-count").inner_text().split("\n")[-1])
    box.check()
    expect(page.locator(".chip")).to_have_count(1)
    assert total(page) == offered < before
    assert page.url.endswith("/scenarios?ai_task=forecasting")
    focused = page.evaluate("document.activeElement.name")
    assert focused == "ai_task"  # the box keeps the focus though it was drawn anew
    assert "时序预测" in page.title()
    page.go_back()
    expect(page.locator(".chip")).to_have_count(0)
    assert total(page) == before


def test_facets_work_without_script(visit: Open) -> None:
    page = visit(language="en", javascript=False).go("/cases")
    before = total(page)
    page.locator('input[name="relation"]').first.check()
    page.locator(".facet-apply button").click()
    page.wait_for_url("**relation=**")
    assert total(page) < before
    page.locator(".chip").first.click()
    page.wait_for_url(lambda url: "relation" not in url)
    assert total(page) == before


def test_filters_of_a_phone_open_and_stay_open(visit: Open) -> None:
    page = visit(language="zh", phone=True).go("/capabilities")
    box = page.locator('input[name="process_step"]').first
    expect(box).to_be_hidden()
    page.locator("#filters > summary").click()
    box.check()
    expect(page.locator(".chip")).to_have_count(1)
    expect(page.locator('input[name="process_step"]').first).to_be_visible()


def test_tile_is_reached_by_keys_and_leads_to_its_list(visit: Open) -> None:
    page = visit(language="en").go("/places/provider")
    tile = page.locator(".tile-grid a", has_text="Beijing")
    count = int(tile.locator(".tile-count").inner_text())
    tile.focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**region=110000**")
    assert total(page) == count


def test_search_is_saved_and_found_again(visit: Open) -> None:
    window = visit(language="zh")
    window.sign_in("enterprise")
    page = window.go("/capabilities?q=窑炉")
    page.locator('#results a[href^="/searches/new"]').click()
    page.locator("#name").fill("窑炉能力")
    assert window.accessibility_problems() == []
    page.locator("main form .button").click()
    page.wait_for_url("**/searches")
    page.get_by_role("link", name="窑炉能力").click()
    page.wait_for_url("**/searches/*")
    assert window.accessibility_problems() == []
