"""The administrator's month in a real browser: judge, compare, promote, roll back; axe on each."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from matcher.ranking.registry import serving_model_id
from matcher.settings import PROJECT
from tests.browser.site import Site, running_site
from tests.browser.visit import Visit
from tests.web.models import NEXT, two_models

Open = Callable[..., Visit]
COMPARED_MS = 400_000  # a real comparison on 25 cases, on a busy machine
JOB_IS_OVER = "#job a.button, #job .notice-warn"


@pytest.fixture(scope="module")
def two_model_site(
    shipped_database: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """A site of its own with a second model, so that promoting moves nobody else's scores."""
    folder = tmp_path_factory.mktemp("models-site")
    (folder / "models").mkdir()
    two_models(folder / "models")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AIPLUS_MODELS", str(folder / "models"))
        copied = Path(shutil.copy(shipped_database, folder / "seed.db"))
        with running_site(folder, seed=copied) as running:
            yield running


@pytest.fixture
def window(two_model_site: Site, chromium: Browser) -> Iterator[Open]:
    opened: list[Visit] = []

    def open_window(**wishes: object) -> Visit:
        opened.append(Visit.start(chromium, two_model_site, **wishes))  # type: ignore[arg-type]
        return opened[-1]

    yield open_window
    problems = [problem for one in opened for problem in one.problems]
    for one in opened:
        one.close()
    assert problems == []


def grade(page: Page, times: int) -> None:
    """Grade pairs by the keyboard alone."""
    for _ in range(times):
        before = page.url, page.locator("main form").first.get_attribute("action")
        page.locator("#grade-0").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("ArrowDown")
        assert page.locator("#grade-2").is_checked()
        with page.expect_navigation():
            page.keyboard.press("Enter")
        assert before[1] != page.locator("main form").first.get_attribute("action")


def test_month_of_an_administrator(window: Open) -> None:
    shipped = serving_model_id(PROJECT / "models")
    visit = window(language="zh")
    visit.sign_in("administrator")
    page = visit.go("/judging")
    page.get_by_role("button", name="抽取三十对").click()
    page.wait_for_url("**/judging/pair")
    assert visit.accessibility_problems() == []
    grade(page, 3)
    visit.go("/judging")
    expect(page.locator("progress")).to_have_attribute("value", "3")
    page.get_by_role("button", name="撤回我的上一个评分").click()
    page.wait_for_url("**/judging/pair")

    visit.go(f"/models/{NEXT}")
    page.get_by_role("button", name="用 25 个案例快速比较").click()
    page.wait_for_url("**/models/jobs/*")
    expect(page.locator(JOB_IS_OVER)).to_be_visible(timeout=COMPARED_MS)
    assert visit.accessibility_problems() == []
    page.locator("#job a.button").click()
    page.wait_for_url(f"**/models/{NEXT}")
    assert page.locator("main table").count() == 3
    page.locator("#reason").fill("三月的反馈")
    page.get_by_role("button", name="上线", exact=True).click()
    expect(page.locator("h1 + .tags .tag-ok")).to_have_text("服务中")
    assert visit.accessibility_problems() == []

    visit.go("/models")
    page.get_by_role("button", name=f"回退到 {shipped}").click()
    expect(page.locator("ul.people li").first).to_contain_text(shipped)
    expect(page.locator("ul.people li").first.locator(".tag-ok")).to_have_text("服务中")
    expect(page.locator("ol.timeline li")).to_have_count(2)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_pages_are_accessible_and_narrow_enough(window: Open, language: str, phone: bool) -> None:
    visit = window(language=language, phone=phone)
    visit.sign_in("administrator")
    problems = []
    for path in ("/judging", "/judging/pair", "/models", f"/models/{NEXT}"):
        visit.go(path)
        problems += visit.accessibility_problems()
        if visit.overflow():
            problems.append(f"{path} is {visit.overflow()} px too wide")
    assert problems == []


def test_grading_works_without_script(window: Open) -> None:
    visit = window(language="en", javascript=False)
    visit.sign_in("reviewer")
    page = visit.go("/judging")
    page.get_by_role("button", name="Draw thirty pairs").click()
    page.wait_for_url("**/judging/pair")
    first = page.locator("main form").first.get_attribute("action")
    page.locator("#grade-3").check()
    page.get_by_role("button", name="Keep the grade and go on").click()
    page.wait_for_url("**/judging/pair")
    assert page.locator("main form").first.get_attribute("action") != first
