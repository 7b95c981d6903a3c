"""An enterprise writes, sends and follows a need, as a person does it, in each way of using it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Visit, press_until

Open = Callable[..., Visit]
TODAY = datetime.now(UTC).date()
GO_ON = "button[value=continue].button"
FIRST = {
    "zh": (
        "（演示）铸件内部气孔在线检测",
        "铸件气孔靠敲击听音判断，漏判多，每月退货十五批。" * 2 + "希望识别气孔的位置和大小。",
    ),
    "en": (
        "(Demonstration) Find pores inside castings on line",
        "Pores in castings are judged by ear, and fifteen batches come back each month. " * 2,
    ),
}
# Step → how each of its fields is answered: text, a choice, or a box to tick.
ANSWERS: dict[str, dict[str, str]] = {
    "problem": {"#affected": "Twelve inspectors and thirty customers 质检十二人"},
    "field": {"#industries": "C33", "input[name=process_steps][value=quality]": "tick"},
    "requirements": {
        "#requirements-0-text": "99% of pores are found",
        "#requirements-0-metric": "recall",
        "select#requirements-0-operator": ">=",
        "#requirements-0-threshold": "99",
        "#requirements-0-unit": "%",
    },
    "readiness": {
        "input[name=data_modalities][value=image]": "tick",
        "select#data_leaves_site": "masked",
        "input[name=deployments][value=edge]": "tick",
        "select#domestic_stack": "preferred",
    },
    "terms": {
        "#budget_max": "60",
        "#start_by": (TODAY + timedelta(days=90)).isoformat(),
        "#reply_by": (TODAY + timedelta(days=30)).isoformat(),
        "select#needs_base": "advise",
    },
    "publication": {"select#visibility": "anonymous"},
}


def begin(page: Page, language: str) -> None:
    title, problem = FIRST[language]
    page.goto("/needs/new")
    page.locator("#title").fill(title)
    page.locator("#problem").fill(problem)
    page.locator("button[value=go_on]").click()
    page.wait_for_url("**/needs/drafts/*/problem")


def fill_in(window: Visit, language: str, *, with_axe: bool = False) -> list[str]:
    """Answer every step; return what axe finds on the way."""
    page, found = window.page, []
    begin(page, language)
    following = [*list(ANSWERS)[1:], "summary"]
    for answers, after in zip(ANSWERS.values(), following, strict=True):
        for control, answer in answers.items():
            give(page, control, answer)
        if with_axe:
            found += window.accessibility_problems()
        page.locator(GO_ON).click()
        page.wait_for_url(f"**/{after}")
    return found + (window.accessibility_problems() if with_axe else [])


def give(page: Page, control: str, answer: str) -> None:
    if answer == "tick":
        page.locator(control).check()
    elif control.startswith("select"):
        page.locator(control).select_option(answer)
    else:
        page.locator(control).fill(answer)


@pytest.mark.parametrize(
    ("language", "javascript"),
    [("zh", True), ("zh", False), ("en", True), ("en", False)],
    ids=["zh-script", "zh-no-script", "en-script", "en-no-script"],
)
def test_a_need_is_written_sent_opened_and_followed(
    visit: Open, language: str, javascript: bool
) -> None:
    window = visit(language=language, javascript=javascript)
    window.sign_in("enterprise")
    page = window.page
    assert fill_in(window, language, with_axe=javascript) == []
    near = page.locator("input[name=accept_near]")
    if near.count():
        near.check()
    page.locator(".publish-box button[type=submit]").click()
    page.wait_for_url("**/my/needs/N*")
    need_id = page.url.rpartition("/")[2]
    reviewer = visit(language=language, javascript=javascript)
    reviewer.sign_in("reviewer")
    reviewer.go(f"/review/needs/{need_id}").locator("button[value=approve]").click()
    reviewer.page.wait_for_url("**/review/needs")
    page.reload()
    assert page.locator(".match-rows > li").count() == 5
    visitor = visit(language=language, javascript=javascript)
    words = {"zh": "铸件 气孔", "en": "pores castings"}[language]
    found = f"#results a[href='/needs/{need_id}']"
    expect(visitor.go(f"/search?kind=need&q={words}").locator(found)).to_be_visible()
    expect(visitor.go("/search?kind=need&q=演示制造企业").locator(found)).to_have_count(0)
    if javascript:
        assert window.accessibility_problems() == []
        assert reviewer.accessibility_problems() == []


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_providers_are_chosen_by_name(visit: Open, javascript: bool) -> None:
    window = visit(language="en", javascript=javascript)
    window.sign_in("enterprise")
    page = window.page
    begin(page, "en")
    page.locator("button[value='goto:publication']").first.click()
    page.wait_for_url("**/publication")
    page.locator("select#visibility").select_option("invited")
    page.locator("#invited_provider_ids").fill("Huawei")
    if not javascript:
        page.locator("button[value='find:invited_provider_ids']").click()
        page.wait_for_url("**find-invited_provider_ids=Huawei**")
    found = page.locator("#found-invited_provider_ids button[value$=':V001']")
    expect(found).to_be_visible()
    if javascript:
        assert window.accessibility_problems() == []
    found.click()
    chosen = page.locator("#choice-invited_provider_ids .chosen-list li")
    expect(chosen).to_contain_text("Huawei")
    assert page.locator("select#visibility").input_value() == "invited"
    page.locator("#excluded_provider_ids").fill("V002")
    page.locator("#excluded_provider_ids").press("Enter")
    page.locator("#found-excluded_provider_ids button").first.click()
    expect(page.locator("#choice-excluded_provider_ids .chosen-list li")).to_have_count(1)
    chosen.locator("button").click()
    expect(chosen).to_have_count(0)


def test_writing_is_saved_without_a_button_and_the_score_follows(visit: Open) -> None:
    page = visit(language="zh").page
    begin(page, "zh")
    before = int(page.locator(".score b").inner_text())
    page.locator("#affected").fill("质检班组十二人，下游客户三十家")
    expect(page.locator("#saved")).to_contain_text("已于", timeout=60_000)
    expect(page.locator(".score b")).not_to_have_text(str(before), timeout=60_000)
    page.goto("/needs/drafts")
    page.locator(".card h2 a").first.click()
    assert page.locator("#affected").input_value() == "质检班组十二人，下游客户三十家"


def test_requirement_lines_are_added_and_moved_with_the_focus_on_them(visit: Open) -> None:
    page = visit(language="en").page
    begin(page, "en")
    page.locator("button[value='goto:requirements']").click()
    page.wait_for_url("**/requirements")
    page.locator("#requirements-0-text").fill("First requirement")
    page.locator("button[value=add]").click()
    expect(page.locator("#requirement-1")).to_be_focused()
    page.locator("#requirements-1-text").fill("Second requirement")
    page.locator("button[value='up:1']").click()
    expect(page.locator("#requirement-0")).to_be_focused()
    assert page.locator("#requirements-0-text").input_value() == "Second requirement"
    assert page.locator("header.site-header").count() == 1


def test_the_other_language_keeps_a_half_written_sentence(visit: Open) -> None:
    page = visit(language="zh", javascript=False).page
    begin(page, "zh")
    page.locator("#affected").fill("写到一半")
    page.locator(".languages ul button").click()
    page.wait_for_url("**/problem?lang=en")
    assert page.locator("html").get_attribute("lang") == "en"
    assert page.locator("#affected").input_value() == "写到一半"


def test_a_need_is_begun_with_the_keyboard_alone(visit: Open) -> None:
    page = visit(language="en").go("/needs/new")
    press_until(page, "Tab", "document.activeElement.id === 'title'")
    page.keyboard.type(FIRST["en"][0])
    page.keyboard.press("Tab")
    page.keyboard.type(FIRST["en"][1])
    press_until(page, "Tab", "document.activeElement.value === 'go_on'")
    page.keyboard.press("Enter")
    page.wait_for_url("**/needs/drafts/*/problem")
    press_until(page, "Tab", "document.activeElement.id === 'affected'")
    page.keyboard.type("Twelve inspectors and thirty customers")
    press_until(page, "Tab", "document.activeElement.matches('button.button[value=continue]')")
    page.keyboard.press("Enter")
    page.wait_for_url("**/field")
    press_until(page, "Tab", "document.activeElement.id === 'industries'")
    page.keyboard.type("C33")
    page.keyboard.press("Enter")
    page.wait_for_url("**/requirements")
