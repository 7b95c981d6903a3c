"""The pages about models and judging in a real browser: axe, a small phone, no script."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.site import Site, running_site
from tests.browser.visit import Visit
from tests.web.models import NEXT, two_models

Open = Callable[..., Visit]


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


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("phone", [False, True], ids=["desk", "phone"])
def test_pages_are_accessible_and_narrow_enough(window: Open, language: str, phone: bool) -> None:
    visit = window(language=language, phone=phone)
    visit.sign_in("administrator")
    problems = []
    for path in ("/judging", "/judging/pair", "/models", f"/models/{NEXT}", f"/models/{NEXT}/card"):
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
