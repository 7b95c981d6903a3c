"""The pages about models and judging in a real browser: axe, a small phone, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tests.browser.conftest import windows_onto
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
        with running_site(folder, seed=shipped_database) as running:
            yield running


@pytest.fixture
def window(two_model_site: Site, chromium: Browser) -> Iterator[Open]:
    with windows_onto(two_model_site, chromium) as open_window:
        yield open_window


@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_are_accessible_and_narrow_enough(window: Open, language: str) -> None:
    visit = window(language=language)
    visit.sign_in("administrator")
    paths = ("/judging", "/judging/pair", "/models", f"/models/{NEXT}", f"/models/{NEXT}/card")
    problems = [visit.problems_at_every_width(path) for path in paths]
    assert problems == [[]] * len(paths)


def test_grading_works_without_script(window: Open) -> None:
    visit = window(language="en", javascript=False)
    visit.sign_in("reviewer")
    page = visit.go("/judging")
    page.get_by_role("button", name="Draw 30 pairs").click()
    page.wait_for_url("**/judging/pair")
    first = page.locator("main form").first.get_attribute("action")
    page.locator("#grade-3").check()
    page.get_by_role("button", name="Keep the grade and go on").click()
    page.wait_for_url("**/judging/pair")
    assert page.locator("main form").first.get_attribute("action") != first
