"""Every page that needs no model, in both languages; the page fixture checks the rest."""

from __future__ import annotations

from itertools import chain

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import Page
from tests.web.html import check_page
from web import backend
from web.catalogue.sources import source_of
from web.i18n import HTML_LANG

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
    "/status",
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


def test_home_offers_examples(page: Page) -> None:
    links = [tag["href"] for tag in page("/").select(".card-link a")]
    assert links == [
        "/matches?example=quality",
        "/matches?example=petrochemical",
        "/matches?example=agriculture",
        "/matches?example=power",
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


@pytest.mark.parametrize(
    ("address", "zh", "en"),
    [
        ("general knowledge", "常识性资料，未核实，无来源网址", "general knowledge, not verified"),
        (
            "policy article without a recorded address (000_f99a)",
            "政策文章，无来源网址 (000_f99a)",
            "policy article, no source address (000_f99a)",
        ),
        (
            "document without a known address (index id 61400270533)",
            "公开文件，无来源网址 (61400270533)",
            "public document, no source address (61400270533)",
        ),
    ],
)
def test_source_without_an_address_is_told_in_the_language_of_the_page(
    site: Flask, address: str, zh: str, en: str
) -> None:
    for lang, words in (("zh", zh), ("en", en)):
        with site.test_request_context(f"/?lang={lang}"):
            assert source_of(address).text.startswith(words)


def test_no_row_of_the_shipped_catalogue_names_its_source_in_english_on_a_chinese_page(
    site: Flask,
) -> None:
    with site.test_request_context("/?lang=zh"):
        catalogue = backend.catalogue()
        rows = (catalogue.providers, catalogue.cases, catalogue.capabilities, catalogue.scenarios)
        words = {
            source_of(record.source).text
            for record in chain(catalogue.pilot_bases.values(), *(kind.values() for kind in rows))
            if not source_of(record.source).url
        }
    assert words
    assert all("无来源网址" in text for text in words)


@pytest.mark.parametrize("address", ["/capabilities/CAP-V110-1", "/capabilities/CAP-V097-1"])
def test_capability_compiled_without_a_case_is_marked_and_not_called_its_providers_words(
    page: Page, address: str
) -> None:
    text = page(address).main.text
    assert "由本目录整理，供给方没有写过" in text
    assert "未经核实" in text
    assert "自己的描述" not in text
    assert "自报" not in text


def test_address_has_the_grade_of_the_case_that_names_it(page: Page) -> None:
    graded = page("/providers/V005").select_one("dl.facts").text
    assert "来源等级 A" in graded
    assert "本目录根据公开资料整理" in graded


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
