"""An enterprise describes a need and reads the answer, as a person does it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Visit, press_until

Open = Callable[..., Visit]
NEEDS = {
    "zh": ("冷轧带钢表面缺陷漏检", "产线速度快，划伤和辊印靠人工抽检，漏检多，希望拍照自动识别。"),
    "en": (
        "Surface defects on cold-rolled strip are missed",
        "Scratches and roll marks are found by sampling, many are missed; find them with cameras.",
    ),
}


def write_need(page: Page, language: str) -> None:
    title, problem = NEEDS[language]
    page.locator("#title").fill(title)
    page.locator("#problem").fill(problem)


def providers_shown(page: Page) -> list[str]:
    names: list[str] = page.locator("article.match h3").all_inner_texts()
    return names


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_a_need_leads_to_providers_with_reasons(
    visit: Open, language: str, javascript: bool
) -> None:
    window = visit(language=language, javascript=javascript)
    page = window.go("/")
    page.locator(".hero a.button").click()
    page.wait_for_url("**/needs/new")
    write_need(page, language)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/matches?need=*")
    matches = page.locator("article.match")
    assert 1 <= matches.count() <= 5
    first = matches.first
    assert first.locator("h3 a").inner_text().strip()
    assert first.locator(".reasons li").count() >= 1
    assert "%" in first.locator(".probability").inner_text()
    assert page.locator("#bases").is_visible()
    assert page.locator("body").inner_text().count(NEEDS[language][0]) >= 1


def test_answer_is_the_same_with_and_without_script(visit: Open) -> None:
    lists = []
    for javascript in (True, False):
        page = visit(javascript=javascript).go("/matches?example=quality")
        lists.append(providers_shown(page))
    assert lists[0]
    assert lists[0] == lists[1]


def test_matches_refresh_while_the_need_is_typed(visit: Open) -> None:
    page = visit(language="zh").go("/needs/new")
    preview = page.locator("#preview")
    page.locator("#title").press_sequentially(NEEDS["zh"][0], delay=5)
    expect(preview.locator("ol li").first).to_be_visible(timeout=30_000)
    assert preview.locator("ol li").count() <= 3


def test_an_empty_need_is_refused_with_the_focus_on_what_is_missing(visit: Open) -> None:
    window = visit(language="en")
    window.expected_statuses.add(422)
    page = window.go("/needs/new")
    page.locator("main form button[type=submit]").first.click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_visible()
    expect(summary).to_be_focused()
    summary.locator("a").first.click()
    assert page.evaluate("document.activeElement.id") in {"title", "problem"}
    assert window.accessibility_problems() == []


def test_what_was_typed_survives_a_refusal_without_script(visit: Open) -> None:
    window = visit(language="zh", javascript=False)
    window.expected_statuses.add(422)
    page = window.go("/needs/new")
    write_need(page, "zh")
    page.locator("#industries").fill("占星")
    page.locator("#title").fill("长" * 201)
    page.locator("main form button[type=submit]").first.click()
    assert page.locator(".error-summary").is_visible()
    assert page.locator("#title").input_value() == "长" * 201
    assert page.locator("#problem").input_value() == NEEDS["zh"][1]
    assert page.locator("#industries").input_value() == "占星"


def test_going_back_twice_shows_whole_pages(visit: Open) -> None:
    page = visit(language="zh").go("/needs/new")
    write_need(page, "zh")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/matches?need=*")
    page.locator("article.match h3 a").first.click()
    page.wait_for_url("**/providers/*")
    page.go_back()
    page.wait_for_url("**/matches?need=*")
    assert providers_shown(page)
    page.go_back()
    page.wait_for_url("**/needs/new")
    assert page.locator("h1").is_visible()
    assert page.locator("header.site-header").count() == 1


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_why_not_explains_a_named_provider(visit: Open, javascript: bool) -> None:
    page = visit(language="en", javascript=javascript).go("/matches?example=quality")
    options = page.locator("#provider option")
    assert options.count() > 100
    page.locator("#provider").select_option(index=options.count() - 1)
    page.locator("#provider").locator("xpath=ancestor::form").locator("button").click()
    answer = page.locator("#why-answer .notice, #why-answer article").first
    expect(answer).to_be_visible()
    assert len(answer.inner_text()) > 20


def test_need_to_answer_with_the_keyboard_alone(visit: Open) -> None:
    page = visit(language="en").go("/")
    press_until(page, "Tab", "document.activeElement.matches('.hero a.button')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/needs/new")
    press_until(page, "Tab", "document.activeElement.id === 'title'")
    page.keyboard.type(NEEDS["en"][0])
    page.keyboard.press("Tab")
    page.keyboard.type(NEEDS["en"][1])
    press_until(page, "Tab", "document.activeElement.matches('main form button[type=submit]')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/matches?need=*")
    assert providers_shown(page)


def test_skip_link_is_first_and_leads_to_the_content(visit: Open) -> None:
    page = visit(language="en").go("/")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip-link"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"


def test_nonsense_is_answered_with_nobody_fits(visit: Open) -> None:
    page = visit(language="en").go("/needs/new")
    page.locator("#title").fill("qwxz vvkj zzpt")
    page.locator("#problem").fill("blorf snibble grunkle, frobnicate the whatsit")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/matches?need=*")
    assert page.locator("h1").inner_text() == "No adequate match"
