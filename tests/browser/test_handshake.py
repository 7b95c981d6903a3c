"""A need taken from its review to a published case by four roles, with scripts and without.

Each step is taken in both languages, in one with scripts and in the other without.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import windows_onto
from tests.browser.site import Site
from tests.browser.visit import Visit
from tests.web.handshake import SERVICE

Open = Callable[..., Visit]
Words = Mapping[str, str]
# What the buttons are called that are pressed by their name.
WORDS = {
    "zh": {
        "answer": "表示能够满足",
        "accept": "表示有意",
        "consent": "同意披露联系方式",
        "apply": "申请中试",
        "pilot": "受理中试",
        "save": "保存结果",
        "enterprise": "演示制造企业",
    },
    "en": {
        "answer": "Say that we can answer it",
        "accept": "Express interest",
        "consent": "Agree to show contacts",
        "apply": "Apply for a pilot",
        "pilot": "Accept the pilot",
        "save": "Save the results",
        "enterprise": "Demonstration Manufacturer",
    },
}


@pytest.fixture
def visit(full_site: Site, chromium: Browser) -> Iterator[Open]:
    with windows_onto(full_site, chromium) as open_window:
        yield open_window


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name, exact=True).first.click()
    page.wait_for_load_state("load")


def told(page: Page) -> None:
    expect(page.locator(".notice[role=status]").first).to_be_visible()


def agree(page: Page, words: Words) -> None:
    page.locator("form[action$='/steps/consent'] input[name=agrees]").check()
    press(page, words["consent"])


def answer_need(page: Page, words: Words) -> str:
    """Say as the provider that the need can be answered; return where the engagement is."""
    page.locator("input[name=capability_id]").first.check()
    press(page, words["answer"])
    told(page)
    return "/engagements/" + page.url.partition("/engagements/")[2].partition("#")[0]


def apply_for_pilot(page: Page, words: Words) -> None:
    page.locator("summary", has_text=words["apply"]).click()
    page.locator("form[action$='/steps/apply_pilot'] select").select_option(SERVICE)
    press(page, words["apply"])


def measure(window: Visit, address: str, words: Words) -> None:
    """Accept the pilot as the base and record what was measured."""
    page = window.go(address)
    page.locator("summary", has_text=words["pilot"]).first.click()
    press(page, words["pilot"])
    page = window.go(f"{address}/pilot")
    page.locator("#value-R1").fill("99.4")
    page.locator("#met-R2").select_option("yes")
    press(page, words["save"])
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


@pytest.mark.parametrize(("kind", "language"), [("script", "zh"), ("plain", "en")])
def test_from_a_need_to_a_published_case(visit: Open, kind: str, language: str) -> None:
    """Nothing of the enterprise shows to the provider before both have agreed."""
    windows, words, has_script = {}, WORDS[language], kind == "script"
    for who in ("enterprise", "provider", "base", "reviewer"):
        windows[who] = visit(language=language, javascript=has_script, phone=who == "base")
        windows[who].sign_in(who)
    publish(windows["reviewer"], f"N-{kind}")
    address = answer_need(windows["provider"].go(f"/needs/N-{kind}/answer"), words)
    enterprise = windows["enterprise"].go(address)
    press(enterprise, words["accept"])
    agree(enterprise, words)
    provider = windows["provider"].go(address)
    assert words["enterprise"] not in provider.content()
    agree(provider, words)
    assert words["enterprise"] in provider.content()
    apply_for_pilot(windows["enterprise"].go(address), words)
    measure(windows["base"], address, words)
    conclude(windows, address)
    rate_and_allow(windows, address)
    case = visit(language=language, javascript=has_script).go(case_of(windows["base"], address))
    assert "99.4" in case.content()
    assert words["enterprise"] not in case.locator("main").inner_text()
    for who in ("enterprise", "provider", "base"):
        window = windows[who]
        for path in (address, f"{address}/pilot"):
            window.go(path)
            assert window.overflow() <= 0
            # axe-core is a script itself; ``test_pages`` runs it here in both languages.
            assert not has_script or window.accessibility_problems() == []
