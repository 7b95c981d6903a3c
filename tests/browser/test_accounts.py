"""People in a real browser: sign up, be verified, invite, join; with and without JavaScript."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

import pyotp
import pytest
from playwright.sync_api import Page, expect

from matcher.workflow.demonstration.accounts import synthetic_credit_code
from tests.browser.visit import Visit

Open = Callable[..., Visit]
PASSWORD = "four calm herons"
# Made up for this test: no such organisation exists.
NAMES = {"script": "虚构轴承有限公司", "no-script": "虚构齿轮有限公司"}
NUMBERS = {"script": 501, "no-script": 502}


def fill_sign_up(page: Page, kind: str) -> None:
    page.locator("#name").fill(NAMES[kind])
    page.locator("#credit_code").fill(synthetic_credit_code(NUMBERS[kind]))
    page.locator("input[name=sides][value=enterprise]").check()
    page.locator("#kind").select_option("enterprise")
    page.locator("#region").fill("苏州")
    page.locator("#contact_name").fill("虚构联系人")
    page.locator("#contact_email").fill("contact@example.invalid")
    page.locator("#account-name").fill("虚构负责人")
    page.locator("#account-email").fill(f"owner-{kind}@example.invalid")
    page.locator("#account-password").fill(PASSWORD)
    page.locator("#account-password_again").fill(PASSWORD)


def press(page: Page, name: str) -> None:
    page.locator("main").get_by_role("button", name=name).first.click()


def verify(visit: Open, name: str, *, javascript: bool) -> None:
    """Let the administrator find an organisation in the queue and verify it."""
    window = visit(language="zh", javascript=javascript)
    window.sign_in("administrator")
    page = window.go("/people")
    page.get_by_role("link", name=name).click()
    page.get_by_label("通过核验").check()
    press(page, "确定并通知对方")
    page.wait_for_url("**/people")
    expect(page.locator(".notice[role=status]")).to_contain_text("已通知")


def sign_up(window: Visit, kind: str) -> None:
    window.expected_statuses.add(422)
    page = window.go("/sign-up")
    fill_sign_up(page, kind)
    press(page, "注册")  # the terms are not ticked yet
    expect(page.locator(".error-summary")).to_be_visible()
    assert page.locator("#name").input_value() == NAMES[kind]
    page.locator("#terms").check()
    page.locator("#account-password").fill(PASSWORD)
    page.locator("#account-password_again").fill(PASSWORD)
    press(page, "注册")
    page.wait_for_url("**/organisation")
    expect(page.locator(".page-head")).to_contain_text("待核验")


def read_the_good_news(window: Visit) -> None:
    page = window.go("/inbox")
    expect(page.locator(".notices li").first).to_contain_text("已通过核验")
    press(page, "打开")
    page.wait_for_url("**/organisation")
    expect(page.locator(".page-head")).to_contain_text("已核验")


def invite(window: Visit, kind: str) -> str:
    page = window.go("/organisation/members")
    page.locator("#email").fill(f"member-{kind}@example.invalid")
    press(page, "生成邀请")
    return page.locator("code.one-time").inner_text()


def join(window: Visit, link: str) -> None:
    page = window.go(link)
    assert page.url.endswith("/invitation")
    page.locator("#name").fill("虚构同事")
    page.locator("#password").fill(PASSWORD)
    page.locator("#password_again").fill(PASSWORD)
    press(page, "加入")
    page.wait_for_url(f"{window.site.url}/")
    expect(page.locator(".account-nav")).to_contain_text("虚构同事")


@pytest.mark.parametrize("kind", ["script", "no-script"])
def test_organisation_signs_up_is_verified_and_a_colleague_joins(visit: Open, kind: str) -> None:
    javascript = kind == "script"
    window = visit(language="zh", javascript=javascript)
    sign_up(window, kind)
    verify(visit, NAMES[kind], javascript=javascript)
    read_the_good_news(window)
    join(visit(language="zh", javascript=javascript), invite(window, kind))
    page = window.go("/organisation/members")
    expect(page.locator(".people li")).to_have_count(2)


def test_failed_sign_up_takes_the_focus_and_is_accessible(visit: Open) -> None:
    for language in ("zh", "en"):
        window = visit(language=language)
        window.expected_statuses.add(422)
        page = window.go("/sign-up")
        page.locator("main form button[type=submit]").last.click()
        expect(page.locator(".error-summary")).to_be_focused()
        assert window.accessibility_problems() == []


def test_second_factor_is_set_up_and_moved_with_the_keyboard_alone(visit: Open) -> None:
    window = visit(language="en")
    window.sign_in("base")
    page = window.go("/account/second-factor")
    assert page.locator(".qr-frame svg").bounding_box()["width"] > 150  # type: ignore[index]
    secret = "".join(page.locator("main code").first.inner_text().split())
    page.locator("#code").focus()
    page.keyboard.type(pyotp.TOTP(secret).at(datetime.now(UTC)))
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    assert window.accessibility_problems() == []
    codes = page.locator(".codes code").all_inner_texts()
    move_to_another_device(visit(language="en"), *codes[:2])


def move_to_another_device(again: Visit, recovery: str, second: str) -> None:
    """Sign in with a recovery code, let another device take over, then turn it off."""
    email, password = again.site.accounts["base"]
    page = again.go("/sign-in")
    page.locator("#email").fill(email)
    page.locator("#password").fill(password)
    page.keyboard.press("Enter")
    page.wait_for_url("**/sign-in/code*")
    assert again.accessibility_problems() == []
    page.locator("#code").fill(recovery)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{again.site.url}/")
    page = again.go("/account/second-factor")
    page.locator("#old_password").fill(password)
    assert again.accessibility_problems() == []
    page.locator("#code").fill(second)
    page.keyboard.press("Enter")
    page.wait_for_url("**/second-factor/replace")
    assert again.accessibility_problems() == []
    secret = "".join(page.locator("main code").first.inner_text().split())
    page.locator("#code").fill(pyotp.TOTP(secret).at(datetime.now(UTC)))
    page.keyboard.press("Enter")
    expect(page.locator(".codes li")).to_have_count(10)
    fresh = page.locator(".codes code").first.inner_text()
    page = again.go("/account/second-factor")
    page.locator("#old_password").fill(password)
    page.locator("#code").fill(fresh)
    page.get_by_role("button", name="Turn it off").click()
    page.wait_for_url("**/account")


def test_menu_opens_with_the_keyboard_and_signs_out(visit: Open) -> None:
    window = visit(language="en")
    window.sign_in("provider")
    page = window.go("/")
    page.locator(".account-menu summary").focus()
    page.keyboard.press("Enter")
    expect(page.locator(".account-panel")).to_be_visible()
    assert window.accessibility_problems() == []
    page.get_by_role("button", name="Sign out").click()
    expect(page.locator(".account-nav")).to_contain_text("Sign in")
