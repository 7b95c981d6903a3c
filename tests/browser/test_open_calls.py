"""From the supply gap to an answered open call in a real browser, with JavaScript and without."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.visit import Visit

Open = Callable[..., Visit]
REPLY_BY = (datetime.now(UTC) + timedelta(days=30)).date().isoformat()
CONTACT = "示例揭榜办公室 office@example.invalid"


def published(visit: Visit) -> str:
    """Draft a call from the first topic, publish it, invite the closest; return its path."""
    visit.sign_in("reviewer")
    page = visit.go("/supply-gaps")
    page.locator("form[action='/supply-gaps/draft'] button").first.click()
    page.wait_for_url("**/open-calls/*/edit")
    address = page.url.removeprefix(visit.site.url).removesuffix("/edit")
    assert page.locator("#text").input_value().startswith("【合成演示】")
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator(".error-summary a[href='#contact']")).to_be_visible()
    page.locator("#reply_by").fill(REPLY_BY)
    page.locator("#contact").fill(CONTACT)
    page.get_by_role("button", name="发布", exact=True).click()
    expect(page.locator("h1 + .tags .tag-ok")).to_have_text("可揭榜")
    page.get_by_role("button", name="邀请最接近的供给方").click()
    expect(page.locator("section[aria-labelledby=invited] ol li")).to_have_count(10)
    return address


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
def test_call_is_drafted_published_and_answered(visit: Open, javascript: bool) -> None:
    reviewer = visit(language="zh", javascript=javascript)
    reviewer.expected_statuses.add(422)
    address = published(reviewer)

    provider = visit(language="zh", javascript=javascript)
    provider.sign_in("provider")
    page = provider.go("/open-calls")
    page.locator(f"a[href='{address}']").click()
    page.wait_for_url(f"**{address}")
    expect(page.locator("main")).to_contain_text("这些需求为演示而虚构")
    page.locator("#capability_id").select_option(index=1)
    page.locator("#note").fill("边缘盒子方案，两条产线已验证。")
    page.get_by_role("button", name="用这项能力揭榜").click()
    expect(page.locator("section[aria-labelledby=answer] .notice-quiet")).to_be_visible()

    page = reviewer.go(address)
    expect(page.locator("section[aria-labelledby=answers] .card")).to_contain_text("边缘盒子方案")
    page.locator("#reason").fill("已有单位揭榜")
    page.get_by_role("button", name="关闭", exact=True).click()
    expect(page.locator("h1 + .tags .tag").first).to_have_text("已关闭")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_of_a_call_are_accessible_and_narrow_enough(visit: Open, language: str) -> None:
    window = visit(language=language)
    window.sign_in("reviewer")
    first = window.go("/open-calls").locator("main .card a").first.get_attribute("href")
    problems = [window.problems_at_every_width(path) for path in (str(first), f"{first}/edit")]
    assert problems == [[], []]
