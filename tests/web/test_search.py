"""Lists of the catalogue: words of both languages, facets, pages, parts for htmx."""

from __future__ import annotations

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.web.conftest import Page
from tests.web.html import parsed

HTMX = {"HX-Request": "true"}


def n_results(soup: BeautifulSoup) -> int:
    return int(
        "".join(
            sign for sign in soup.select_one("[role=status]").text.split("条")[0] if sign.isdigit()
        )
    )


def test_words_of_the_query_are_marked(page: Page) -> None:
    soup = page("/scenarios?q=缺陷")
    assert {mark.text for mark in soup.select(".results mark")} >= {"缺陷"}


def test_english_words_find_what_is_described_in_chinese(page: Page) -> None:
    assert page("/cases?q=blast furnace").select(".results > li")


def test_provider_is_found_by_what_it_offers(page: Page) -> None:
    links = [tag["href"] for tag in page("/providers?q=高炉").select(".results h2 a")]
    assert any(link.startswith("/capabilities/") for link in links)


def test_list_without_a_query_holds_providers_alone(page: Page) -> None:
    links = [tag["href"] for tag in page("/providers").select(".results h2 a")]
    assert links
    assert all(link.startswith("/providers/") for link in links)


def test_facet_narrows_to_its_count_and_can_be_taken_back(page: Page) -> None:
    everything = page("/scenarios")
    option = everything.select_one(".facet a")
    narrowed = page(option["href"])
    assert n_results(narrowed) == int(option.select_one(".facet-count").text)
    assert n_results(narrowed) < n_results(everything)
    chosen = narrowed.select_one(".facet a[aria-current]")
    assert n_results(page(chosen["href"])) == n_results(everything)


def test_facet_survives_a_new_search(page: Page) -> None:
    kept = page("/scenarios?section=C").select_one('form[role=search] input[name="section"]')
    assert kept["value"] == "C"


def test_pages_hold_every_record_once(page: Page) -> None:
    soup, seen = page("/bases"), []
    while True:
        seen += [tag["href"] for tag in soup.select(".results h2 a")]
        following = soup.select_one('.pagination a[rel="next"]')
        if following is None:
            break
        soup = page(following["href"])
    assert len(seen) == len(set(seen)) == n_results(page("/bases"))


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999", "1e9", "²"])
def test_page_that_does_not_exist_is_answered(page: Page, number: str) -> None:
    assert page("/scenarios", page=number).select_one("[role=status]") is not None


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'; DROP TABLE x; --",
        "<script>alert(1)</script>",
        "AND OR NOT",
        "*",
        "😀",
        "缺",
        "a" * 5000,
        "\x00",
        "％",
        "NEAR(a b)",
        "{[(",
        "。，！",
    ],
)
def test_any_text_can_be_searched_for(page: Page, query: str) -> None:
    soup = page("/cases", q=query)
    assert soup.select_one("[role=status]") is not None


def test_empty_result_says_what_to_do(page: Page) -> None:
    notice = page("/bases?q=zzzzqqqq&status=planned").select_one(".notice")
    assert "没有找到" in notice.text
    assert [tag["href"] for tag in notice.select("a")] == ["/bases?q=zzzzqqqq", "/needs/new"]


def test_unknown_value_of_a_facet_finds_nothing(page: Page) -> None:
    assert n_results(page("/scenarios?section=nothing")) == 0


def test_htmx_gets_the_list_alone(client: FlaskClient) -> None:
    part = client.get("/scenarios?q=缺陷", headers=HTMX).get_data(as_text=True)
    assert "<html" not in part
    assert parsed(part).select(".results > li")


@pytest.mark.parametrize("header", ["HX-History-Restore-Request", "HX-Boosted"])
def test_restored_or_boosted_page_is_whole(client: FlaskClient, header: str) -> None:
    whole = client.get("/scenarios", headers={**HTMX, header: "true"}).get_data(as_text=True)
    assert "<h1>" in whole
