"""Anybody browses the catalogue; an administrator reads how good the matches are."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.visit import Visit

Open = Callable[..., Visit]


@pytest.mark.parametrize("javascript", [True, False], ids=["script", "no-script"])
@pytest.mark.parametrize("words", ["质检", "quality inspection"])
def test_search_finds_in_both_languages(visit: Open, javascript: bool, words: str) -> None:
    page = visit(language="zh", javascript=javascript).go("/scenarios")
    box = page.locator("input[name=q]").first
    box.fill(words)
    box.press("Enter")
    expect(page.locator("ul.results li h2").first).to_be_visible()
    expect(page.locator("[role=status]").last).to_contain_text(words)
    assert page.locator("ul.results > li").count() >= 3


def test_search_that_finds_nothing_says_what_to_do(visit: Open) -> None:
    page = visit(language="en").go("/cases?q=qwxzvvkjzzpt")
    assert page.locator("ul.results").count() == 0
    assert page.locator("main a[href^='/needs/new']").count() >= 1


def test_a_case_names_its_source(visit: Open) -> None:
    page = visit(language="zh").go("/cases")
    page.locator("ul.results h2 a").first.click()
    page.wait_for_url("**/cases/*")
    assert len(page.locator("main .source").first.inner_text()) > 8


@pytest.mark.parametrize("language", ["zh", "en"])
def test_report_shows_figures_beside_baselines_with_intervals(visit: Open, language: str) -> None:
    window = visit(language=language)
    page = window.go("/reports/quality")
    text = page.locator("main").inner_text()
    assert "BM25" in text
    assert re.search(r"nDCG@10", text)
    assert re.search(r"0?\.\d{2,}\s*[–-]\s*0?\.\d{2,}", text), "no interval is shown"
    assert page.locator("main svg").count() >= 1
    assert page.locator("main table").count() >= 2


def test_report_can_be_read_without_script(visit: Open) -> None:
    with_script = visit(language="en").go("/reports/quality").locator("main table").count()
    without = visit(language="en", javascript=False).go("/reports/quality")
    assert without.locator("main table").count() == with_script
