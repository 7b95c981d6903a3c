"""Whole tasks: a provider and a base register, a reviewer approves, and a match shows it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.visit import Visit
from tests.web.registering import BASE, CAPABILITY

Open = Callable[..., Visit]
# Made up for these tests: no company offers it.
NAMES = {"script": "漆器贴金纹饰脱落识别", "no-script": "Lacquer bowl gilding loss detection"}
PROBLEMS = {
    "script": "漆器贴金纹饰脱落靠放大镜逐件查看，费时又漏；用环形光微距相机拍摄漆器表面，"
    "识别金箔脱落、起翘并标出位置和面积，提示补贴，适合漆器作坊的出货检验。",
    "no-script": "Lost gilding on lacquer bowls is found with a magnifying glass, slowly and not "
    "always. A macro camera with ring light photographs every bowl, marks where gold leaf has come "
    "off or lifted, and measures the area, for the final inspection of a lacquer workshop.",
}
LINES = re.compile(r"([a-z_]+)-(\d+)-")


def put(page: Page, answers: Mapping[str, Any]) -> None:
    """Fill in a page of a form as a person does, adding a line where there is none yet."""
    for name, value in answers.items():
        values = value if isinstance(value, list) else [value]
        line = LINES.match(name)
        if line and page.locator(f"#{line[1]}-line-{line[2]}").count() == 0:
            page.locator(f"#{line[1]}-add").click()
            page.wait_for_url(f"**#{line[1]}-line-{line[2]}")
        control = page.locator(f"form#record-form [name='{name}']")
        kind = control.first.get_attribute("type")
        if kind == "hidden":
            continue
        if kind in ("checkbox", "radio"):
            for one in values:
                page.locator(f"form#record-form [name='{name}'][value='{one}']").check()
        elif control.first.evaluate("control => control.tagName") == "SELECT":
            control.first.select_option(values[0])
        else:
            control.first.fill("; ".join(values))


def go_on(page: Page) -> None:
    before = page.url
    page.locator(".form-end button[value=next]").click()
    page.wait_for_url(lambda address: address != before)


def fill(page: Page, pages: Mapping[str, Mapping[str, Any]], window: Visit | None = None) -> None:
    for answers in pages.values():
        put(page, answers)
        if window is not None:
            assert window.accessibility_problems() == []
            assert window.overflow() <= 0
        go_on(page)


def approve_first(window: Visit, name: str) -> None:
    """Open the proposal of this name, look at it and approve it."""
    page = window.go("/review")
    assert window.accessibility_problems() == []
    page.locator("section[aria-labelledby=waiting] th a", has_text=name).click()
    expect(page.locator("h1")).to_contain_text(name)
    assert window.accessibility_problems() == []
    page.locator("button[value=approve]").click()
    page.wait_for_url("**/review")


def begin(window: Visit, place: str, first: str) -> Page:
    page = window.go(f"/{place}/new")
    page.locator("main form button.button").click()
    page.wait_for_url(f"**/pages/{first}")
    return page


def send(page: Page, own: str) -> str:
    """Send what was written and return the id of the record."""
    assert page.locator(".error-summary").count() == 0
    page.locator("form[action$='/send'] button").click()
    page.wait_for_url(f"**/my/{own}/*")
    return page.url.rpartition("/")[2]


def ask(window: Visit, title: str, problem: str) -> Page:
    """Describe a need and return the page with its matches."""
    page = window.go("/needs/new")
    page.locator("#title").fill(title)
    page.locator("#problem").fill(problem)
    page.locator("#industries").fill("C24")
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url("**/matches?need=*")
    return page


@pytest.mark.parametrize(("kind", "language"), [("script", "zh"), ("no-script", "en")])
def test_provider_registers_and_is_matched_after_approval(
    visit: Open, kind: str, language: str
) -> None:
    name, problem, has_script = NAMES[kind], PROBLEMS[kind], kind == "script"
    window = visit(language=language, javascript=has_script)
    window.sign_in("provider")
    page = begin(window, "capabilities", "problem")
    about = {**CAPABILITY["problem"], "name": name, "problem": problem}
    fill(page, {**CAPABILITY, "problem": about}, window if has_script else None)
    record_id = send(page, "capabilities")
    reviewer = visit(language=language)
    reviewer.sign_in("reviewer")
    approve_first(reviewer, name)
    if has_script:
        window.go(f"/my/capabilities/{record_id}")
        assert window.accessibility_problems() == []
    public = window.go(f"/capabilities/{record_id}")
    assert public.locator("h1").inner_text().startswith(name)
    assert "referee-secret" not in public.content()
    asked = ask(visit(language=language, javascript=has_script), name, problem)
    link = asked.locator(f"article.match a[href='/capabilities/{record_id}']").first
    expect(link).to_be_visible()


def test_keyboard_alone_begins_adds_a_line_and_goes_on(visit: Open) -> None:
    window = visit(language="en")
    window.sign_in("provider")
    page = window.go("/capabilities/new")
    page.locator("main form button.button").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/problem")
    page.locator("#name").focus()
    page.keyboard.type("Lacquer gilding check")
    page.keyboard.press("Enter")  # the button that a form takes for Enter goes on and keeps all
    page.wait_for_url("**/pages/proof")
    page.locator("#claims-add").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**#claims-line-0")
    page.locator("#claims-0-text").focus()
    page.keyboard.type("Finds 95% of lost gilding")
    page.locator("button[value='go:problem']").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/pages/problem")
    assert page.locator("#name").input_value() == "Lacquer gilding check"
    page.go_back()
    page.wait_for_url("**/pages/proof*")
    page.goto(page.url.partition("#")[0])
    assert page.locator("#claims-0-text").input_value() == "Finds 95% of lost gilding"


def test_base_passes_the_gate_only_when_complete_and_is_then_matched(visit: Open) -> None:
    name = "漆器检验中试基地（测试用的虚构基地）"
    thin = {"services-0-description": "本服务的介绍待补充，请稍后再看详细说明内容。"}
    base = {**BASE["base"], "name": name, "direction": "漆器"}
    window = visit(language="zh")
    window.expected_statuses.add(422)
    window.sign_in("base")
    page = begin(window, "bases", "base")
    fill(page, {**BASE, "base": base, "services": {**BASE["services"], **thin}}, window)
    assert window.accessibility_problems() == []
    page.locator("form[action$='/send'] button").click()
    expect(page.locator(".error-summary")).to_contain_text("80")
    page.locator(".notice-warn a").first.click()
    page.wait_for_url("**/pages/services*")
    put(page, {"services-0-description": BASE["services"]["services-0-description"]})
    page.locator("button[value='go:check']").click()
    page.wait_for_url("**/check")
    record_id = send(page, "bases")
    reviewer = visit(language="zh")
    reviewer.sign_in("reviewer")
    approve_first(reviewer, name)
    window.go(f"/my/bases/{record_id}")
    assert window.accessibility_problems() == []
    assert "secret@example.org" not in window.go(f"/bases/{record_id}").content()
    problem = "漆器乐器贴金脱落靠放大镜查看，想拍照识别，并先到中试基地验证。"
    asked = ask(visit(language="zh"), "漆器贴金脱落检验的中试", problem)
    expect(asked.locator(f"a[href^='/bases/{record_id}']").first).to_be_attached()


REPORT: dict[str, Any] = {
    "name": "盲测报告.pdf",
    "mimeType": "application/pdf",
    "buffer": b"%PDF-1.7 made up for a test",
}


def attach(page: Page, piece: str, report: dict[str, Any]) -> None:
    """Choose a file for a piece of evidence and send it."""
    page.locator(f"#file-{piece}").set_input_files(report)  # type: ignore[arg-type]
    page.locator(f"button[value='file:{piece}']").click()
    page.wait_for_url(f"**#file-{piece}")
    expect(page.locator(".evidence-file")).to_contain_text(report["name"])


@pytest.mark.parametrize("has_script", [True, False], ids=["script", "no-script"])
def test_a_file_of_evidence_goes_to_the_reviewer_and_to_nobody_else(
    visit: Open, has_script: bool
) -> None:
    name = f"漆器金箔测厚{'甲' if has_script else '乙'}（测试用的虚构能力）"
    window = visit(language="zh", javascript=has_script)
    window.sign_in("provider")
    page = begin(window, "capabilities", "problem")
    fill(page, {"problem": {**CAPABILITY["problem"], "name": name}})
    put(page, CAPABILITY["proof"])
    attach(page, "E1", REPORT)
    if has_script:
        assert window.accessibility_problems() == []
    go_on(page)
    fill(page, {code: CAPABILITY[code] for code in ("conditions", "offer", "customers")})
    record_id = send(page, "capabilities")
    reviewer = visit(language="zh", javascript=has_script)
    reviewer.sign_in("reviewer")
    seen = reviewer.go("/review")
    seen.locator("section[aria-labelledby=waiting] th a", has_text=name).click()
    link = seen.locator(".file-list a")
    expect(link).to_have_text(str(REPORT["name"]))
    address = str(link.get_attribute("href"))
    assert seen.request.get(address).body() == REPORT["buffer"]
    seen.locator("button[value=approve]").click()
    seen.wait_for_url("**/review")
    other = visit(language="zh", javascript=has_script)
    other.sign_in("enterprise")
    assert other.page.request.get(address).status == 404
    assert "盲测报告" not in other.go(f"/capabilities/{record_id}").content()


def test_a_page_written_in_two_windows_loses_nothing(visit: Open) -> None:
    window = visit(language="en", javascript=False)
    window.expected_statuses.add(409)
    window.sign_in("base")
    page = begin(window, "bases", "base")
    other = window.context.new_page()
    other.goto(page.url)
    other.locator("#name").fill("Written in the other window")
    other.locator("button[value=save]").click()
    other.wait_for_url("**/my/bases")
    page.locator("#name").fill("Written here")
    page.locator(".form-end button[value=next]").click()
    expect(page.locator(".error-summary")).to_contain_text("Written in the other window")
    assert page.locator("#name").input_value() == "Written here"
    assert window.overflow() <= 0
    page.locator("button[value=save]").click()
    page.wait_for_url("**/my/bases")
    expect(page.locator("main")).to_contain_text("Written here")
