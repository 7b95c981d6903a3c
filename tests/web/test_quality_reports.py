"""The administrator's report as pages: what the first screen says, and that numbers agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from matcher.reports.history.build import BLOCKS
from matcher.settings import PROJECT
from tests.web.conftest import reader_of
from tests.web.quality_reports import (
    PLACE,
    SMALL_QUERY,
    add_reports,
    add_year,
    csv_of,
    figure_rows,
    json_of,
    post,
    signed_in,
    site_with_people,
    value_in,
)

Page = Callable[..., BeautifulSoup]
ADDRESSES = (
    "/reports",
    "/reports/months",
    f"/reports/{PLACE}",
    f"/reports/{PLACE}/acceptance/needs/3",
    "/reports/selected?from=2026-10-01&last=2026-10-31&size=small",
    "/reports/selected?from=2026-10-01&last=2026-10-31&size=large",
)
FILES = (f"/reports/{PLACE}.json", f"/reports/{PLACE}/ranking.csv", f"/reports/{PLACE}/all.csv")


@pytest.fixture(scope="module")
def reported(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """A site with an invented year, two kept months and one part; for tests that only read."""
    site = site_with_people(tmp_path_factory.mktemp("reported") / "aiplus.db")
    add_year(site)
    add_reports(site)
    return site


@pytest.fixture(scope="module")
def administrator(reported: Flask) -> FlaskClient:
    return signed_in(reported, "administrator")


@pytest.fixture(scope="module")
def clients(reported: Flask) -> dict[str, FlaskClient]:
    """Somebody of each kind, signed in."""
    return {who: signed_in(reported, who) for who in reported.extensions["people"]}


@pytest.fixture(scope="module")
def page(administrator: FlaskClient) -> Page:
    """Read a page and check it once: the report is long, and tests only look at it."""
    read = cache(reader_of(administrator))
    return lambda address, lang="zh": read(address, lang=lang)


@pytest.fixture(scope="module")
def document(administrator: FlaskClient) -> dict[str, Any]:
    return json_of(administrator, f"/reports/{PLACE}.json")


@pytest.mark.parametrize("address", [*ADDRESSES, *FILES])
def test_only_staff_reads_reports(
    reported: Flask, clients: dict[str, FlaskClient], address: str
) -> None:
    assert reported.test_client().get(address).status_code == 303
    for who in ("enterprise", "provider", "base"):
        assert clients[who].get(address).status_code == 403
    for who in ("reviewer", "administrator"):
        assert clients[who].get(address).status_code == 200


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", ADDRESSES)
def test_page_is_sound_and_in_its_language(page: Page, address: str, lang: str) -> None:
    own = [
        str(text)
        for text in page(address, lang=lang).main.find_all(string=re.compile("[一-鿿]"))
        if lang == "zh" or text.find_parent(lang=True).name == "html"
    ]
    assert bool(own) == (lang == "zh"), own


def test_first_screen_answers_with_figures_and_links(page: Page, document: dict[str, Any]) -> None:
    soup = page("/reports", lang="en")
    verdict = soup.select_one("section.verdict")
    assert verdict["class"][-1] == f"verdict-{document['headline']['trust']}"
    assert verdict.select_one(".verdict-answer").text
    tiles = verdict.select(".tile")
    assert len(tiles) == len(document["headline"]["rests_on"]) == 3
    assert all(re.search(r"\d (pairs|lists)", tile.text) for tile in tiles)
    weak = soup.select('section[aria-labelledby="weak"] li')
    assert len(weak) == len(document["headline"]["weak"]) > 0
    for line in weak:
        assert soup.select_one(f"h2{line.a['href']}") is not None
        assert line.select_one("data") is not None
    assert soup.select('section[aria-labelledby="do"] li a')


@pytest.mark.parametrize("key", BLOCKS)
def test_every_number_of_a_block_is_that_of_its_file(
    page: Page, administrator: FlaskClient, document: dict[str, Any], key: str
) -> None:
    soup = page(f"/reports/{PLACE}", lang="en")
    rows = figure_rows(soup.select_one(f'section[aria-labelledby="{key}"]'))
    kept = csv_of(administrator, f"/reports/{PLACE}/{key}.csv")
    figures = document["blocks"][key]["figures"]
    assert len(rows) == len(kept) == len(figures)
    for number, (line, figure) in enumerate(zip(kept, figures, strict=True)):
        assert value_in(rows[number]) == line["value"]
        assert line["value"] == ("" if figure["value"] is None else repr(figure["value"]))
        assert (line["n"], line["low"]) == (
            str(figure["n"]),
            str(figure["low"] or "") or line["low"],
        )
        assert (rows[number].select_one(".not-enough") is None) == figure["enough_data"]


def test_every_block_has_a_finding_and_its_charts_a_table(page: Page) -> None:
    soup = page("/reports", lang="en")
    assert [one["id"] for one in soup.select(".report-block h2")] == list(BLOCKS)
    for section in soup.select(".report-block"):
        assert section.select_one(".report-finding").text.strip()
    panels = soup.select("figure.panel")
    assert len(panels) > 30
    for panel in panels:
        assert panel.h3.text.strip()
        assert panel.select("details tr[data-figure]")
        assert panel.select("svg")
    for chart in soup.select("svg.report-points"):
        assert chart["role"] == "img"
        assert chart["aria-label"]


def test_tables_can_be_opened_all_at_once_to_print_them(administrator: FlaskClient) -> None:
    text = administrator.get(f"/reports/{PLACE}?tables=1").text
    assert text.count('<details class="print-as-is" open>') > 30
    assert '<details class="print-as-is">' not in text


def test_a_figure_without_enough_data_shows_no_number(page: Page, document: dict[str, Any]) -> None:
    found = [
        (key, number)
        for key, block in document["blocks"].items()
        for number, figure in enumerate(block["figures"])
        if not figure["enough_data"]
    ]
    assert found
    soup = page(f"/reports/{PLACE}", lang="zh")
    for key, number in found:
        row = figure_rows(soup.select_one(f'section[aria-labelledby="{key}"]'))[number]
        cell = row.select_one("td.number")
        assert cell.select_one("data") is None
        assert "数据不足" in cell.text or "尚未达到" in cell.text


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("address", [one for one in ADDRESSES if "large" not in one])
def test_synthetic_is_said_on_every_page(page: Page, address: str, lang: str) -> None:
    soup = page(address, lang=lang)
    word = {"zh": "合成", "en": "ynthetic"}[lang]
    if address == "/reports/months":
        rows = soup.select("tbody tr")
        assert len(rows) == 2
        assert all(word in row.select_one(".tag-synthetic").text for row in rows)
        return
    assert word in soup.select_one("main .report-synthetic .synthetic-banner").text
    blocks = soup.select(".report-block")
    assert all(word in one.select_one(".tag-synthetic").text for one in blocks)


@pytest.mark.parametrize("query", ["", "&size=small"])
def test_synthetic_is_said_in_every_file(administrator: FlaskClient, query: str) -> None:
    if query:
        at = "selected{}?" + "&".join(f"{k}={v}" for k, v in SMALL_QUERY.items())
    else:
        at = PLACE + "{}"
    found = json_of(administrator, f"/reports/{at.format('.json')}")
    assert found["synthetic"] is True
    assert all(block["synthetic"] is True for block in found["blocks"].values())
    for name in ("all", *BLOCKS):
        address = f"/reports/{at.format(f'/{name}.csv')}"
        assert {row["synthetic"] for row in csv_of(administrator, address)} <= {"True"}
        named = administrator.get(address).headers["Content-Disposition"]
        assert named.startswith('attachment; filename="synthetic-')


def test_synthetic_is_printed_on_every_sheet() -> None:
    style = (PROJECT / "web" / "static" / "site.css").read_text("utf-8")
    sheet = re.search(r"@page synthetic \{(.*?)\n\}", style, re.DOTALL)
    assert sheet is not None
    assert "合成数据" in sheet[1]
    assert "Synthetic data" in sheet[1]
    assert re.search(r"\.report-synthetic \{\s*page: synthetic;", style)
    for rule in re.finditer(r"([^{}]*)\{([^{}]*display: none[^{}]*)\}", style):
        assert "synthetic-banner" not in rule[1]
        assert "tag-synthetic" not in rule[1]


def test_a_part_says_what_it_is_limited_to(page: Page, administrator: FlaskClient) -> None:
    soup = page(f"/reports/selected?{query_of(SMALL_QUERY)}", lang="en")
    assert "Size of the enterprise: Small" in " ".join(
        soup.select_one(".report-head .tags").text.split()
    )
    chosen = soup.select_one("#size option[selected]")
    assert chosen["value"] == "small"
    links = [tag["href"] for tag in soup.select('a[href$=".csv"], a[href*=".csv?"]')]
    assert links
    assert all("size=small" in link for link in links)
    whole = csv_of(administrator, f"/reports/{PLACE}/all.csv")
    part = csv_of(administrator, next(link for link in links if "/all.csv" in link))
    n = [next(int(r["n"]) for r in rows if r["key"] == "reached") for rows in (whole, part)]
    assert 0 < n[1] < n[0]


def query_of(values: dict[str, str]) -> str:
    return "&".join(f"{name}={value}" for name, value in values.items())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"from": "yesterday"}, "“yesterday” is no day"),
        ({"from": "2026-13-40"}, "“2026-13-40” is no day"),
        ({"from": ""}, "Give a day"),
        ({"last": "2026-09-01"}, "2026-09-01 is before the first day 2026-10-01"),
        ({"from": "1999-01-01"}, "too early"),
        ({"last": "2199-01-01"}, "2199-01-01 has not come yet"),
        ({"from": "2001-01-01"}, "1100 days at most"),
        ({"size": "purple"}, "“purple” does not occur"),
        ({"industry": "Z99"}, "“Z99” does not occur"),
        ({"region": "<b>"}, "“<b>” does not occur"),
        ({"language": "fr"}, "“fr” does not occur"),
        ({"origin": "moon"}, "“moon” does not occur"),
        ({"model": "none"}, "“none” does not occur"),
    ],
)
@pytest.mark.parametrize("verb", ["get", "post"])
def test_a_selection_that_makes_no_sense_is_refused_in_words(
    administrator: FlaskClient, changes: dict[str, str], told: str, verb: str
) -> None:
    values = {**SMALL_QUERY, **changes}
    if verb == "get":
        response = administrator.get(f"/reports/selected?lang=en&{query_of(values)}")
    else:
        response = post(administrator, "/reports/selected?lang=en", **values)
    assert response.status_code == 422
    soup = BeautifulSoup(response.text, "html5lib")
    if changes != {"from": ""}:
        assert told in soup.select_one(".error-summary").text
    typed = soup.select_one("#size option[selected]")
    assert typed["value"] == values["size"]


def test_a_part_that_was_not_built_offers_to_build_it(administrator: FlaskClient) -> None:
    address = f"/reports/selected?{query_of({**SMALL_QUERY, 'size': 'large'})}"
    soup = reader_of(administrator)(address, lang="en")
    assert "not built yet" in soup.select_one("main .notice").text
    form = soup.select_one("main form.report-form")
    assert (form["method"], form["action"]) == ("post", "/reports/selected")
    assert form.select_one("#size option[selected]")["value"] == "large"


def test_a_part_that_was_built_is_shown_at_once(administrator: FlaskClient) -> None:
    response = post(administrator, "/reports/selected", **SMALL_QUERY)
    assert response.status_code == 303
    assert "size=small" in response.location
    assert administrator.get(response.location).status_code == 200


def test_needs_behind_a_figure_are_shown_with_their_pairs(
    administrator: FlaskClient, document: dict[str, Any]
) -> None:
    figures = document["blocks"]["acceptance"]["figures"]
    number = next(i for i, one in enumerate(figures) if one["dimension"] == "rank")
    soup = reader_of(administrator)(f"/reports/{PLACE}/acceptance/needs/{number}", lang="en")
    shown = [tag.h3.text for tag in soup.select("li.card")]
    assert shown == figures[number]["needs"][:20]
    first = soup.select_one("li.card tbody")
    assert first.select_one("tr td.number").text == "1"
    assert {row.select("td")[-1].text for row in soup.select("li.card tbody tr")} >= {
        "no answer",
        "both sides agreed",
    }
    later = soup.select_one('.pagination a[rel="next"]')["href"]
    more = reader_of(administrator)(later, lang="en")
    assert [tag.h3.text for tag in more.select("li.card")] == figures[number]["needs"][20:40]


@pytest.mark.parametrize(
    "address",
    [
        "/reports/2026-08",
        "/reports/2026-08-synthetic",
        "/reports/2026-13",
        "/reports/nothing",
        "/reports/nothing.json",
        f"/reports/{PLACE}/nothing.csv",
        f"/reports/{PLACE}/nothing/needs/0",
        f"/reports/{PLACE}/ranking/needs/9999",
        "/reports/selected.json?from=x",
        "/reports/selected/all.csv?from=2026-10-01&last=2026-10-31&size=large",
        "/reports/jobs/none",
    ],
)
def test_what_is_not_there_is_not_found(administrator: FlaskClient, address: str) -> None:
    assert administrator.get(address).status_code == 404


def test_a_month_without_a_mark_leads_to_the_invented_one(administrator: FlaskClient) -> None:
    response = administrator.get("/reports/2026-10")
    assert (response.status_code, response.location) == (303, f"/reports/{PLACE}")


def test_menu_and_first_page_lead_to_the_report(administrator: FlaskClient) -> None:
    soup = reader_of(administrator)("/", lang="en")
    assert soup.select_one('.account-panel a[href="/reports"]') is not None
    waiting = soup.select_one('.next-steps a[href="/reports"]')
    assert "weak points" in waiting.find_parent("li").text
