"""Every page that needs no model, in both languages; the page fixture checks the rest."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Page
from tests.web.html import check_page
from web.i18n import HTML_LANG
from web.presenters import source_of

ADDRESSES = (
    "/",
    "/scenarios",
    "/scenarios?q=缺陷",
    "/scenarios/SC092",
    "/providers",
    "/providers?q=质检&ai_task=visual_inspection",
    "/providers/V001",
    "/bases",
    "/bases/PB001",
    "/cases",
    "/cases?trust=A&page=2",
    "/cases/C001",
    "/capabilities/CAP-V001-1",
    "/needs/new",
    "/needs/new?example=petrochemical",
    "/needs/new?scenario=SC001",
    "/needs/new?capability=CAP-V001-1",
    "/about",
    "/accessibility",
    "/sign-in",
    "/sign-up",
    "/terms",
    "/forgotten-password",
    "/reports/quality",
    "/open-calls",
    "/open-data",
    "/needs",
    "/search?kind=need",
    "/places/need",
)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_sound_in_both_languages(page: Page, address: str, lang: str) -> None:
    soup = page(address, lang=lang)
    assert soup.html["lang"] == HTML_LANG[lang]


@pytest.mark.parametrize("address", ADDRESSES)
def test_english_page_shows_no_chinese_of_its_own(page: Page, address: str) -> None:
    soup = page(address, lang="en")
    for quoted in soup.select('[lang="zh-Hans"]'):
        if quoted is not soup.html:
            quoted.decompose()
    for kept in soup.select("input, textarea, title"):
        kept.decompose()
    own = [text for text in soup.stripped_strings if any("一" <= sign <= "鿿" for sign in text)]
    assert own == []


def test_home_counts_what_the_catalogue_holds(page: Page) -> None:
    counts = [int(tag.text) for tag in page("/").select(".stats b")]
    assert len(counts) == 4
    assert all(count > 20 for count in counts)


def test_home_offers_three_examples(page: Page) -> None:
    links = [tag["href"] for tag in page("/").select(".card-link a")]
    assert links == [
        "/matches?example=quality",
        "/matches?example=petrochemical",
        "/matches?example=agriculture",
    ]


@pytest.mark.parametrize(
    "address",
    [
        "/scenarios/SC999999",
        "/providers/x",
        "/bases/x",
        "/cases/x",
        "/capabilities/x",
        "/nowhere",
        "/needs/new?scenario=none",
        "/needs/new?capability=none",
    ],
)
def test_unknown_record_is_a_helpful_404(page: Page, address: str) -> None:
    soup = page(address, status=404)
    assert "没有这个页面" in soup.h1.text
    assert soup.select_one('main a[href="/"]') is not None


def test_language_switch_keeps_the_page_and_its_query(page: Page) -> None:
    soup = page("/scenarios?q=缺陷&section=C&page=1")
    english = soup.select_one('.languages a[hreflang="en"]')["href"]
    assert english.startswith("/scenarios?")
    assert "q=%E7%BC%BA%E9%99%B7" in english
    assert "section=C" in english
    assert page(english, lang="en").h1.text == "Scenarios"


def test_choice_of_language_is_remembered(client: FlaskClient) -> None:
    first = client.get("/about?lang=en", headers={"Accept-Language": "zh-CN"})
    assert "language=en" in first.headers["Set-Cookie"]
    later = client.get("/about", headers={"Accept-Language": "zh-CN"})
    assert "How matching works" in later.get_data(as_text=True)


@pytest.mark.parametrize(
    ("wish", "title"),
    [
        ("en-GB,en;q=0.8", "How matching works"),
        ("zh-TW", "匹配原理"),
        ("", "匹配原理"),
        ("fr", "匹配原理"),
    ],
)
def test_first_visit_follows_the_browser(client: FlaskClient, wish: str, title: str) -> None:
    response = client.get("/about", headers={"Accept-Language": wish})
    assert f"<h1>{title}</h1>" in response.get_data(as_text=True)
    assert "Accept-Language" in response.headers["Vary"]


def test_source_is_a_link_only_when_it_can_be_trusted(page: Page) -> None:
    trusted, mirrored = page("/cases/C004"), page("/cases/C001")
    assert trusted.select_one(".source a[href^=http]") is not None
    assert mirrored.select_one("[aria-labelledby=effect] a[href^=http]") is None
    assert "lejucaijing.com" in mirrored.select_one(".source").text


def test_base_says_what_is_not_published(page: Page) -> None:
    facts = page("/bases/PB001").select_one('[aria-labelledby="unpublished"]').text
    assert facts.count("未公布") == 4


def test_page_loads_nothing_from_elsewhere(page: Page) -> None:
    soup = page("/")
    loaded = [tag.get("src") or tag.get("href") for tag in soup.select("script, head link")]
    assert loaded
    assert all(address.startswith("/static/") for address in loaded)


@pytest.mark.parametrize(
    "query", ["endpoint=x", "_scheme=javascript&_external=1", "_anchor=x", "_method=POST", "self=1"]
)
def test_query_never_steers_the_link_to_the_other_language(client: FlaskClient, query: str) -> None:
    soup = check_page(client.get(f"/scenarios?{query}"))
    assert soup.select_one(".languages a")["href"] == f"/scenarios?{query}&lang=en"


def test_query_never_changes_which_record_the_other_language_shows(client: FlaskClient) -> None:
    soup = check_page(client.get("/providers/V001?provider_id=V002&lang=zh"))
    assert soup.select_one(".languages a")["href"] == "/providers/V001?provider_id=V002&lang=en"


def test_refused_part_links_to_a_page_that_can_be_read(client: FlaskClient) -> None:
    soup = check_page(client.post("/needs/preview", data={"title": "表面缺陷检测"}))
    assert client.get(soup.select_one(".languages a")["href"]).status_code == 200


@pytest.mark.parametrize(
    ("address", "host", "is_linked"),
    [
        ("http://[x", "", False),
        ("https://www.gov.cn/a", "gov.cn", True),
        ("https://www.gov.cn@else.where/a", "else.where", True),
    ],
)
def test_source_is_named_by_the_host_it_leads_to(
    site: Flask, address: str, host: str, is_linked: bool
) -> None:
    with site.test_request_context("/"):
        source = source_of(address, "A")
    assert (source.host, source.is_linked) == (host, is_linked)
