"""Every page in a real browser: no errors, nothing from elsewhere, accessible, narrow enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site
from tests.browser.visit import COLOURS, Visit
from tests.browser.walk import LEFT_OUT, Walk, pages_of_site
from tests.web.conftest import make_site

Open = Callable[..., Visit]


@pytest.fixture(scope="module", params=["zh", "en"])
def walk(request: pytest.FixtureRequest, full_site: Site, chromium: Browser) -> Walk:
    """What is found on the way through all pages, each of which is opened once a language."""
    return Walk(chromium, full_site, request.param).through_all()


def test_every_page_is_accessible(walk: Walk) -> None:
    assert walk.barriers == []


def test_no_page_scrolls_sideways_on_a_small_phone(walk: Walk) -> None:
    assert walk.too_wide == {}


def test_every_page_is_readable_in_dark(walk: Walk) -> None:
    assert walk.barriers_in_dark == []


def test_nothing_goes_wrong_on_any_page(walk: Walk) -> None:
    assert walk.problems == []


def test_no_page_is_forgotten(walk: Walk, full_site: Site) -> None:
    """A new page is entered in ``screenshots.PAGES_OF``; what is no page, in ``LEFT_OUT``."""
    pages, seen = pages_of_site(make_site(full_site.database), walk.addresses)
    assert pages - seen - set(LEFT_OUT) == set()
    assert set(LEFT_OUT) - pages == set(), "no longer there"
    assert set(LEFT_OUT) & seen == set(), "left out, and yet seen"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_page_is_in_the_language_of_the_browser(visit: Open, language: str) -> None:
    page = visit(language=language).go("/")
    assert page.locator("html").get_attribute("lang") == {"zh": "zh-Hans", "en": "en"}[language]
    heading = page.locator("h1").inner_text()
    assert any("\u4e00" <= letter <= "\u9fff" for letter in heading) == (language == "zh")


def test_language_can_be_changed_and_stays(visit: Open) -> None:
    page = visit(language="zh").go("/providers")
    page.get_by_role("link", name="English").click()
    page.wait_for_url("**/providers?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    page.goto("/")
    assert page.locator("html").get_attribute("lang") == "en"


def test_every_link_of_the_first_page_leads_somewhere(visit: Open) -> None:
    window = visit(language="en")
    page = window.go("/")
    links = page.locator("a[href^='/']").evaluate_all("all => all.map(one => one.href)")
    assert len(links) > 10
    for link in sorted(set(links)):
        answer = page.request.get(link)
        assert answer.status == 200, link


def test_a_missing_page_says_so_and_leads_back(visit: Open) -> None:
    window = visit(language="en")
    window.expected_statuses.add(404)
    page = window.go("/nowhere")
    assert page.locator("h1").inner_text()
    assert window.accessibility_problems() == []
    page.locator("main a[href='/']").first.click()
    page.wait_for_url(f"{window.site.url}/")
    assert page.locator("h1").is_visible()


def test_a_barrier_would_be_found_in_light_and_in_dark(visit: Open) -> None:
    """The checks above can fail: a picture without words and pale letters do not pass."""
    window = visit(language="en", dark=True)
    page = window.go("/about")
    assert window.accessibility_problems() == []
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML("
        "'beforeend', '<img src=\"/static/site.css\"><p class=\"muted planted\">Pale</p>')"
    )
    page.evaluate("document.querySelector('.planted').style.color = '#444'")
    found = "\n".join(window.accessibility_problems())
    assert "image-alt" in found
    assert "color-contrast" in found
    assert "color-contrast" in "\n".join(window.accessibility_problems(*COLOURS))
