"""The administrator's whole month by clicks, from the report to promoting a model and back.

Invented history stands for the month that is over; the page says so wherever it shows.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.ranking.registry import serving_model_id
from matcher.settings import PROJECT
from tests.browser.site import Site, running_site
from tests.browser.visit import Visit

JOB_MS = 500_000  # a real update or comparison on a busy machine
JOB_IS_OVER = "#job a.button, #job .notice-warn"
N_PAIRS = 30


@pytest.fixture(scope="module")
def site_with_a_year(
    year_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site of its own with an invented year and its last month's report kept, and models."""
    folder = tmp_path_factory.mktemp("month-site")
    shutil.copytree(PROJECT / "models", folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIPLUS_MODELS", str(folder / "models"))
        with running_site(folder, seed=year_database) as running:
            yield running


@pytest.fixture
def visit(site_with_a_year: Site, chromium: Browser) -> Iterator[Visit]:
    window = Visit.start(chromium, site_with_a_year, language="zh")
    yield window
    window.close()
    assert window.problems == []


def from_menu(page: Page, name: str) -> None:
    """Open the menu of the account and follow an entry, as a person does."""
    menu = page.locator(".account-menu summary").first
    menu.click()
    page.locator(".account-menu").get_by_role("link", name=name, exact=True).click()
    page.wait_for_load_state()


def grade(page: Page, times: int) -> None:
    """Grade pairs by the keyboard alone, now this grade and now that."""
    for number in range(times):
        page.locator(f"#grade-{(0, 2, 1, 3)[number % 4]}").focus()
        page.keyboard.press("Space")
        with page.expect_navigation():
            page.keyboard.press("Enter")


def wait_for_job(page: Page) -> None:
    page.wait_for_url("**/models/jobs/*")
    expect(page.locator(JOB_IS_OVER)).to_be_visible(timeout=JOB_MS)
    page.locator("#job a.button").click()
    page.wait_for_load_state()


def read_the_report(visit: Visit) -> None:
    """Open last month's report, go to its first weakness and to the needs behind a figure."""
    page = visit.page
    from_menu(page, "匹配质量报告")
    expect(page.locator("h1")).to_contain_text("2026年10月")
    expect(page.locator(".verdict-answer")).not_to_be_empty()
    expect(page.locator("main")).to_contain_text("合成")
    weak = page.locator("section[aria-labelledby=weak] li > a").first
    block = (weak.get_attribute("href") or "").removeprefix("#")
    weak.click()
    expect(page.locator(f"h2#{block}")).to_be_in_viewport()
    page.locator(f"section[aria-labelledby={block}] a[href*='/needs/']:visible").first.click()
    page.wait_for_url("**/needs/*")
    expect(page.locator("h1")).to_be_visible()
    assert visit.accessibility_problems() == []


def grade_thirty(visit: Visit) -> None:
    page = visit.page
    from_menu(page, "评审配对")
    page.get_by_role("button", name="抽取 30 对").click()
    page.wait_for_url("**/judging/pair")
    grade(page, N_PAIRS)
    visit.go("/judging")
    expect(page.locator("progress")).to_have_attribute("value", str(N_PAIRS))


def train_and_compare(visit: Visit) -> str:
    """Make a model from the labels, compare it, and return its id."""
    page = visit.page
    from_menu(page, "模型")
    page.get_by_role("button", name="由标签生成新模型").click()
    wait_for_job(page)
    updated = page.locator("h1").inner_text()
    assert updated.startswith("updated-")
    expect(page.locator("h1 + .tags .tag-synthetic")).to_be_visible()
    page.get_by_role("button", name="用 25 个案例快速比较").click()
    wait_for_job(page)
    expect(page.locator("h1")).to_have_text(updated)
    assert page.locator("section[aria-labelledby=comparison] table").count() == 4
    assert visit.accessibility_problems() == []
    return updated


def test_month_from_the_report_to_the_rollback(visit: Visit) -> None:
    shipped = serving_model_id(PROJECT / "models")
    visit.sign_in("administrator")
    page = visit.go("/")
    read_the_report(visit)
    grade_thirty(visit)
    updated = train_and_compare(visit)
    page.locator("#reason").fill("十月的反馈")
    page.get_by_role("button", name="上线", exact=True).click()
    expect(page.locator("h1 + .tags .tag-ok").first).to_have_text("服务中")

    from_menu(page, "模型")
    expect(page.locator("ul.people li").first).to_contain_text(updated)
    page.get_by_role("button", name=f"回退到 {shipped}").click()
    first = page.locator("ul.people li").first
    expect(first).to_contain_text(shipped)
    expect(first.locator(".tag-ok")).to_have_text("服务中")
    expect(page.locator("ol.timeline li")).to_have_count(2)
