"""Every page in a real browser: no errors, nothing from elsewhere, accessible, narrow enough."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from tests.browser.screenshots import DARK_PAGES_OF, FORMS, PAGES_OF, pages_of_form
from tests.browser.visit import Visit

Open = Callable[..., Visit]


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_is_accessible(visit: Open, language: str) -> None:
    found = []
    for who, pages in PAGES_OF.items():
        window = visit(language=language)
        if who:
            window.sign_in(who)
        for path in pages.values():
            window.go(path)
            found += window.accessibility_problems()
        for _page in pages_of_form(window, FORMS[who]) if who in FORMS else ():
            found += window.accessibility_problems()
    assert found == []


def test_main_pages_are_readable_in_dark(visit: Open) -> None:
    found = []
    for who, pages in DARK_PAGES_OF.items():
        window = visit(dark=True)
        if who:
            window.sign_in(who)
        for path in pages:
            window.go(path)
            found += window.accessibility_problems()
    assert found == []


@pytest.mark.parametrize("language", ["zh", "en"])
def test_no_page_scrolls_sideways_on_a_small_phone(visit: Open, language: str) -> None:
    wide = {}
    for who, pages in PAGES_OF.items():
        window = visit(language=language, phone=True)
        if who:
            window.sign_in(who)
        for path in pages.values():
            page = window.go(path)
            page.locator("details").evaluate_all("all => all.forEach(one => one.open = true)")
            if window.overflow() > 0:
                wide[path] = window.overflow()
        for name in pages_of_form(window, FORMS[who]) if who in FORMS else ():
            if window.overflow() > 0:
                wide[f"{who}: {name}"] = window.overflow()
    assert wide == {}


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
