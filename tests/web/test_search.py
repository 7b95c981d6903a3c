"""Lists of the catalogue: words of both languages, facets, one address, parts for htmx."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.web.conftest import Page, make_site
from tests.web.html import parsed

HTMX = {"HX-Request": "true"}
LISTS = (
    "/search", "/scenarios", "/capabilities", "/providers", "/bases", "/base-services", "/cases",
)  # fmt: skip


def n_results(soup: BeautifulSoup) -> int:
    said = soup.select_one("#results [role=status] b").text
    return int("".join(sign for sign in said if sign.isdigit()))


def links(soup: BeautifulSoup) -> list[str]:
    return [tag["href"] for tag in soup.select(".results h2 a")]


def box(soup: BeautifulSoup, name: str, value: str) -> BeautifulSoup:
    return soup.select_one(f'.facet input[name="{name}"][value="{value}"]')


def count_beside(option: BeautifulSoup) -> int:
    text = option.find_parent("label").select_one(".facet-count").text
    return int("".join(sign for sign in text if sign.isdigit()))


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_list_is_a_sound_page_with_counts(page: Page, path: str, lang: str) -> None:
    soup = page(path, lang=lang, sort="newest")
    assert n_results(soup) >= len(links(soup)) >= 20
    assert soup.select(".facet input[type=checkbox]")


def test_words_of_the_query_are_marked(page: Page) -> None:
    soup = page("/scenarios?q=缺陷")
    assert {mark.text for mark in soup.select(".results mark:not(.mark-other)")} == {"缺陷"}


@pytest.mark.parametrize(("query", "lang", "other"), [
    ("blast furnace", "zh", "高炉"),
    ("高炉", "en", "blast furnace"),
])  # fmt: skip
def test_words_of_the_other_language_find_and_are_marked_apart(
    page: Page, query: str, lang: str, other: str
) -> None:
    soup = page("/search", q=query, lang=lang)
    assert {mark.text.lower() for mark in soup.select(".results .mark-other")} >= {other}
    assert other in [mark.text for mark in soup.select("#results > p .mark-other")]


def test_snippet_shows_the_place_where_the_word_stands(page: Page) -> None:
    """The words of a claim stand neither in the name nor in the description of the capability."""
    soup = page("/capabilities?q=换电用时")
    assert soup.select_one(".results .snippet mark").text == "换电用时"


def test_markup_in_a_query_is_text(page: Page) -> None:
    soup = page("/search", q="<b>缺陷</b><script>alert(1)</script>")
    assert soup.select("#results script") == []
    assert "<script>" in soup.select_one("#results [role=status]").text


def test_provider_is_found_by_what_it_offers(page: Page) -> None:
    soup = page("/providers?q=高炉")
    assert links(soup)
    assert all(link.startswith("/providers/") for link in links(soup))


def test_everything_is_searched_at_once_and_counted_by_kind(page: Page) -> None:
    soup = page("/search?q=缺陷检测")
    tabs = soup.select(".tabs a")
    counts = [int(tab.select_one(".facet-count").text) for tab in tabs]
    assert counts[0] == sum(counts[1:]) == n_results(soup)
    place = next(n for n, tab in enumerate(tabs) if "kind=capability" in tab["href"])
    chosen = page(tabs[place]["href"])
    assert n_results(chosen) == counts[place]
    assert {link.split("/")[1] for link in links(chosen)} == {"capabilities"}
    assert chosen.select_one('input[name=kind][type=hidden][form="search-form"]') is not None


def test_list_leads_to_the_same_words_elsewhere(page: Page) -> None:
    other = page("/scenarios?q=缺陷").select_one(".elsewhere a")
    assert urlsplit(other["href"]).path != "/scenarios"
    said = int("".join(sign for sign in other.text if sign.isdigit()))
    assert n_results(page(other["href"])) == said


def test_facet_narrows_to_its_count_and_its_chip_takes_it_back(page: Page) -> None:
    everything = page("/scenarios")
    option = box(everything, "ai_task", "forecasting")
    narrowed = page("/scenarios?ai_task=forecasting")
    assert n_results(narrowed) == count_beside(option) < n_results(everything)
    assert box(narrowed, "ai_task", "forecasting").has_attr("checked")
    assert n_results(page(narrowed.select_one(".chips a")["href"])) == n_results(everything)


def test_values_of_one_facet_widen_and_facets_narrow(page: Page) -> None:
    one, other = "ai_task=forecasting", "ai_task=visual_inspection"
    either = n_results(page(f"/scenarios?{one}&{other}"))
    assert either > max(
        n_results(page(f"/scenarios?{one}")), n_results(page(f"/scenarios?{other}"))
    )
    both = page(f"/scenarios?{one}&{other}&process_step=quality")
    assert n_results(both) < either
    offered = count_beside(box(page(f"/scenarios?{one}&{other}"), "process_step", "quality"))
    assert n_results(both) == offered


def test_industry_opens_into_divisions_that_narrow_it(page: Page) -> None:
    section = page("/scenarios?industry=C")
    division = section.select_one('.facet-children[open] input[name="industry"]')
    narrowed = page(f"/scenarios?industry=C&industry={division['value']}")
    assert n_results(narrowed) == count_beside(division) < n_results(section)
    assert box(narrowed, "industry", "C") is None  # part of it is chosen: the chip takes it back
    assert len(narrowed.select(".chip")) == 1


def test_facets_work_without_script(page: Page) -> None:
    """Every box belongs to the form that a plain button sends."""
    soup = page("/capabilities")
    form = soup.select_one("form#search-form[method=get][action='/capabilities']")
    assert form is not None
    controls = soup.select("#facet-fields input, #facet-fields button, #results select")
    assert len(controls) > 20
    assert {control["form"] for control in controls} == {"search-form"}
    assert soup.select_one('#facet-fields button[type="submit"]') is not None


def test_address_is_the_same_however_it_was_chosen(client: FlaskClient) -> None:
    asked = ("/cases?trust=B&trust=A&sort=relevance&page=1&industry=C31&q=+高炉+&lang=en",
             "/cases?q=高炉&industry=C31&trust=A&trust=B&unknown=1")  # fmt: skip
    pushed = {client.get(url, headers=HTMX).headers["HX-Push-Url"] for url in asked}
    assert len(pushed) == 1
    path, query = pushed.pop().split("?")
    assert path == "/cases"
    assert list(parse_qs(query)) == ["q", "industry", "trust"]


def test_address_of_an_earlier_version_still_works(page: Page) -> None:
    assert n_results(page("/scenarios?section=C")) == n_results(page("/scenarios?industry=C"))
    assert n_results(page("/cases?province=440000")) == n_results(page("/cases?region=440000"))


def test_title_says_what_is_shown(page: Page) -> None:
    title = page("/scenarios?q=缺陷&industry=C&page=2", lang="zh").title.text
    assert all(part in title for part in ("场景", "缺陷", "制造业"))


def test_order_is_kept_by_pages_and_facets(page: Page) -> None:
    soup = page("/cases?sort=newest&industry=C")
    following = soup.select_one('.pagination a[rel="next"]')["href"]
    assert parse_qs(urlsplit(following).query) == {
        "sort": ["newest"], "industry": ["C"], "page": ["2"],
    }  # fmt: skip
    assert soup.select_one("#sort option[selected]")["value"] == "newest"


def test_pages_hold_every_record_once(page: Page) -> None:
    soup, seen = page("/bases"), []
    while True:
        seen += links(soup)
        following = soup.select_one('.pagination a[rel="next"]')
        if following is None:
            break
        soup = page(following["href"])
    assert len(seen) == len(set(seen)) == n_results(page("/bases"))


@pytest.mark.parametrize("number", ["0", "-1", "x", "99999", "1e9", "²"])
def test_page_that_does_not_exist_is_the_nearest_that_does(page: Page, number: str) -> None:
    assert links(page("/scenarios", page=number))


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    "query",
    [
        '"', "'; DROP TABLE x; --", "AND OR NOT", "*", "😀", "缺", "a" * 10_000, "缺陷" * 5_000,
        "\x00", "％", "NEAR(a b)", "{[(", "。，！", "title:x", "../../etc/passwd", "%00", "\u202e",
    ],
)  # fmt: skip
def test_any_text_can_be_searched_for(page: Page, path: str, query: str) -> None:
    assert page(path, q=query).select_one("[role=status]") is not None


NAMES = st.sampled_from(
    ["q", "industry", "region", "sort", "page", "kind", "ai_task", "maturity", "section", "x"]
)
VALUES = st.text(max_size=60) | st.sampled_from(["C", "C31", "440000", "\x00", "C'--", "99999999"])


@given(
    path=st.sampled_from([*LISTS, "/places", "/places/case"]),
    arguments=st.lists(st.tuples(NAMES, VALUES), max_size=8),
    headers=st.sampled_from([{}, HTMX]),
)
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_address_breaks_a_list(
    client: FlaskClient, path: str, arguments: list[tuple[str, str]], headers: dict[str, str]
) -> None:
    safe = [(name, value.encode("utf-8", "replace").decode()) for name, value in arguments]
    assert client.get(path, query_string=safe, headers=headers).status_code == 200


def test_empty_result_says_what_to_take_away_and_what_else_to_try(page: Page) -> None:
    notice = page("/bases?q=电力&status=planned&domain=nothing").select_one(".nothing")
    assert "没有找到" in notice.text
    goals = [tag["href"] for tag in notice.select("a")]
    assert goals[-1] == "/needs/new"
    without = next(goal for goal in goals if "domain" not in goal and "status" in goal)
    assert n_results(page(without)) > 0


def test_misspelt_word_leads_to_the_word(page: Page) -> None:
    notice = page("/cases?q=maintainence-schedul", lang="en").select_one(".nothing, .results")
    assert notice is not None
    near = page("/scenarios?q=forcasting", lang="en").select(".nothing a")
    assert "forecasting" in [tag.text for tag in near]


def test_few_hits_are_joined_by_what_is_close_in_meaning(page: Page) -> None:
    soup = page("/search?q=Guangdong drones")
    close = soup.select_one(".close")
    assert "含义相近" in close.text
    found = [tag["href"] for tag in close.select("h2 a")]
    assert found
    assert links(soup)[0] not in found
    assert not set(found) & {tag["href"] for tag in soup.select("#results > .results h2 a")}


def test_meaning_respects_the_facets(page: Page) -> None:
    soup = page("/search?q=机器人做饭&kind=provider")
    found = [tag["href"] for tag in soup.select(".close h2 a")]
    assert found
    assert all(link.startswith("/providers/") for link in found)


def test_search_works_without_a_model(
    site: Flask, tmp_path_factory: pytest.TempPathFactory
) -> None:
    empty = tmp_path_factory.mktemp("no-models")
    client = make_site(site.config["DATABASE"], AIPLUS_MODELS=str(empty)).test_client()
    response = client.get("/search?q=zzzz")
    assert response.status_code == 200
    assert parsed(response.text).select(".close") == []


def test_unknown_value_of_a_facet_finds_nothing_and_can_be_removed(page: Page) -> None:
    soup = page("/scenarios?industry=nothing")
    assert n_results(soup) == 0
    assert n_results(page(soup.select_one(".chip")["href"])) > 0


def test_htmx_gets_the_list_and_the_facets_that_go_with_it(client: FlaskClient) -> None:
    part = client.get("/scenarios?q=缺陷", headers=HTMX).get_data(as_text=True)
    assert "<html" not in part
    soup = parsed(part)
    assert soup.select(".results > li")
    assert soup.select_one('#facet-fields[hx-swap-oob="innerHTML"] input') is not None
    assert "缺陷" in soup.title.text


@pytest.mark.parametrize("header", ["HX-History-Restore-Request", "HX-Boosted"])
def test_restored_or_boosted_page_is_whole(client: FlaskClient, header: str) -> None:
    whole = client.get("/scenarios", headers={**HTMX, header: "true"}).get_data(as_text=True)
    assert "<h1>" in whole


def test_service_leads_to_its_place_on_the_page_of_its_base(client: FlaskClient) -> None:
    link = links(parsed(client.get("/base-services").text))[0]
    goal = client.get(link).location
    shown = parsed(client.get(goal).text)
    assert shown.find(id=urlsplit(goal).fragment) is not None
    assert client.get("/base-services/none").status_code == 404


def tags_of(page: Page, address: str, own: str) -> list[str]:
    hits = page(address).select("ul.results > li")
    hit = next(one for one in hits if one.select(f'[href^="{own}"]'))
    return [tag.text for tag in hit.select(".tags > li")]


def test_hit_tells_what_kind_of_provider_it_is_and_where(page: Page) -> None:
    assert {"工业软件企业", "上海市"} <= set(
        tags_of(page, "/providers?q=宝信软件", "/providers/V002")
    )


def test_hit_without_a_case_behind_it_is_marked(page: Page) -> None:
    address, words = "/capabilities?q=视频结构化与目标检索", "未经核实"
    assert words in tags_of(page, address, "/capabilities/CAP-V097-1")
    assert words not in tags_of(page, "/capabilities?q=高炉炉温", "/capabilities/CAP-V001-1")
