"""A provider registers a capability and finds itself in the next match."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Visit

Open = Callable[..., Visit]
# Made up for this test: no company offers it.
NAMES = {"script": "竹编工艺品纹理断丝识别", "no-script": "陶瓷釉面针孔识别"}
PROBLEMS = {
    "script": "竹编器皿的篾丝断裂靠老师傅用手摸，费时又容易漏；用显微相机逐圈拍摄竹编纹理，"
    "识别断丝、跳丝并标出位置，提示返修。",
    "no-script": "陶瓷坯体施釉烧成后表面常有针孔，人工对光挑选，标准不一；用环形光相机拍摄釉面，"
    "识别针孔、缩釉并按直径分级，统计到每一窑。",
}
PROVIDER = "V002"


def check_first(page: Page, name: str, value: str) -> None:
    page.locator(f"input[name={name}][value={value}]").check()


def fill_capability(page: Page, name: str, problem: str) -> None:
    page.locator("#provider_id").select_option(PROVIDER)
    page.locator("#name").fill(name)
    page.locator("#problem").fill(problem)
    page.locator("#industries").fill("C30")
    check_first(page, "process_steps", "quality")
    check_first(page, "ai_tasks", "visual_inspection")
    check_first(page, "data_modalities", "image")
    page.locator("#maturity").select_option("7")
    check_first(page, "deployments", "edge")
    page.locator("#domestic_stack").select_option("full")
    page.locator("#price_max").fill("80")
    page.locator("#delivery_weeks").fill("10")
    page.locator("#free_slots").fill("2")
    page.locator("#earliest_start").fill("2027-01-15")
    page.locator("#service_regions").fill("100000")


@pytest.mark.parametrize("kind", ["script", "no-script"])
def test_registered_capability_is_matched_at_once(visit: Open, kind: str) -> None:
    name, problem = NAMES[kind], PROBLEMS[kind]
    window = visit(language="zh", javascript=kind == "script")
    window.sign_in("provider")
    page = window.go("/capabilities/new")
    fill_capability(page, name, problem)
    page.locator("main form button[type=submit]").last.click()
    page.wait_for_url(re.compile("/capabilities/CAP"))
    assert page.locator("h1").inner_text().startswith(name)
    shown = page.url

    page = visit(language="zh", javascript=kind == "script").go("/needs/new")
    page.locator("#title").fill(name)
    page.locator("#problem").fill(problem)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/matches?need=*")
    first = page.locator("article.match").first
    expect(first.locator(f"a[href='/providers/{PROVIDER}']")).to_have_count(1)
    link = first.locator("a[href^='/capabilities/']").first.get_attribute("href")
    assert link
    assert shown.endswith(link)


def test_writing_asks_to_sign_in_first(visit: Open) -> None:
    window = visit(language="en")
    page = window.go("/capabilities/new")
    assert "/sign-in" in page.url
    window.expected_statuses.add(422)
    email, password = window.site.accounts["provider"]
    page.locator("#email").fill(email)
    page.locator("#password").fill("a wrong password")
    page.locator("main form button").first.click()
    assert page.locator(".error-summary").first.is_visible()
    assert page.locator("#email").input_value() == email
    page.locator("#password").fill(password)
    page.locator("main form button").first.click()
    page.wait_for_url("**/capabilities/new")
    assert page.locator("#name").is_visible()


def test_an_incomplete_registration_names_every_missing_answer(visit: Open) -> None:
    window = visit(language="zh")
    window.expected_statuses.add(422)
    window.sign_in("provider")
    page = window.go("/capabilities/new")
    page.locator("#name").fill("竹编断丝识别")
    page.locator("main form button[type=submit]").last.click()
    summary = page.locator(".error-summary")
    expect(summary).to_be_focused()
    assert summary.locator("li").count() >= 5
    assert page.locator("#name").input_value() == "竹编断丝识别"
    assert window.accessibility_problems() == []
