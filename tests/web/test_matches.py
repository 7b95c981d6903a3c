"""From a need to its answer, as a browser without script goes the way."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.testing import FlaskClient

from matcher.ranking.results import Contribution
from matcher.schemas import load_need
from matcher.settings import PROJECT
from tests.web.conftest import Page
from tests.web.html import check_page, parsed
from web.needs.examples import EXAMPLES
from web.needs.token import pack_need
from web.presenters import top_reasons

HTMX = {"HX-Request": "true"}
NEED = {
    "title": "冷轧带钢表面缺陷漏检",
    "problem": "产线速度快，划伤和辊印靠人工抽检，漏检多，希望拍照自动识别缺陷类别和位置。",
    "industries": "钢铁",
}


def post(client: FlaskClient, address: str, **data: Any) -> Any:
    token = parsed(client.get("/needs/new").text).select_one("main [name=csrf_token]")["value"]
    return client.post(address, data={**data, "csrf_token": token})


def providers_of(soup: BeautifulSoup) -> list[str]:
    return [tag["href"] for tag in soup.select("article.match h3 a")]


def shares_of(part: Tag) -> list[float]:
    """Return the percentages of a page or of one of its lists, in their order."""
    found = part.select(".shortlist b") or part.select("b")
    texts = [tag.text.strip("<>%") for tag in found]
    return [float(text) for text in texts]


def test_need_is_answered_at_an_address_of_its_own(client: FlaskClient) -> None:
    sent = post(client, "/needs/new", **NEED)
    assert sent.status_code == 303
    assert sent.location.startswith("/matches?need=")
    soup = check_page(client.get(sent.location))
    assert 1 <= len(providers_of(soup)) <= 5
    assert NEED["title"] in soup.select_one("#your-need").text


def test_answer_can_be_changed_and_sent_again(client: FlaskClient) -> None:
    answer = check_page(client.get(post(client, "/needs/new", **NEED).location))
    change = answer.select_one('a[href^="/needs/new?need="]')["href"]
    form = check_page(client.get(change))
    assert form.select_one("#title")["value"] == NEED["title"]
    assert form.select_one("#problem").text.strip() == NEED["problem"]
    assert form.select_one("#industries")["value"] == "钢铁"


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("example", EXAMPLES)
def test_example_is_answered_with_reasons_and_sources(page: Page, example: str, lang: str) -> None:
    soup = page("/matches", lang=lang, example=example)
    first = soup.select_one("article.match")
    assert first.select(".reasons li")
    assert len(first.select(".requirement-lines > li")) == len(
        EXAMPLES[example][lang]["requirements"]
    )
    assert first.select("blockquote .source")
    for group in soup.select(".shortlist"):
        shares = shares_of(group)
        assert shares == sorted(shares, reverse=True)


def test_evidence_of_the_catalogue_is_not_called_a_providers_own_words(page: Page) -> None:
    told = [tag.text for tag in page("/matches?example=petrochemical").select("p.source")]
    assert any("本目录根据公开资料整理" in text for text in told)
    assert not any("自己的" in text or "发布于" in text for text in told)


def test_one_example_ends_with_a_base_whose_service_is_published(page: Page) -> None:
    soup = page("/matches?example=power")
    assert "已公布服务" in soup.select_one('[aria-labelledby="bases"] .card').text
    for card in soup.select("article.match"):
        assert "已公布服务" in card.text
        assert card.select_one("a[href='/bases/PB001']")


def test_bars_of_a_score_add_up_to_it(page: Page) -> None:
    for table in page("/matches?example=quality").select("table.waterfall"):
        cells = [float(tag.text.replace("−", "-")) for tag in table.select("td.number")]
        assert sum(cells[:-1]) == pytest.approx(cells[-1], abs=0.005 * len(cells))
        assert len(table.select("svg")) == len(cells)


def test_bases_are_said_to_be_ordered_by_declared_rules(page: Page) -> None:
    section = page("/matches?example=agriculture").select_one('[aria-labelledby="bases"]')
    assert "声明的先验" in section.text
    assert section.select('a[href^="/bases/"]')


def off_topic_needs() -> list[dict[str, str]]:
    path = PROJECT / "data" / "judgements" / "off_topic_needs.jsonl"
    needs = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line]
    return [{name: need[name] for name in ("title", "problem") if name in need} for need in needs]


def test_need_that_nobody_fits_is_told_so(site: Flask, page: Page) -> None:
    match = site.extensions["backend"].matching().match
    answers = [(need, match(load_need(need))) for need in off_topic_needs()]
    refused = next(n for n, a in answers if not a.says_too_little)
    soup = page("/matches", need=pack_need(refused))
    assert soup.h1.text == "没有足够合适的匹配"
    assert soup.select('[aria-labelledby="help"] a')
    short = next(need for need, answer in answers if answer.says_too_little)
    soup = page("/matches", need=pack_need(short))
    assert soup.h1.text == "请再多说几句"
    assert soup.select('[aria-labelledby="help"] a')
    assert not any(answer.claims_fit for _, answer in answers)


def test_heading_flags_and_groups_go_by_one_rule(page: Page) -> None:
    soup = page("/matches?example=power")
    near = soup.select('[aria-labelledby="matches"] article.match')
    others = soup.select('[aria-labelledby="others"] article.match')
    assert near
    assert others
    assert soup.h1.text == f"{len(near)} 家供给方有与您的需求相近的证据"
    assert not any("没有相近的证据" in card.text for card in near)
    assert all("没有相近的证据" in card.select_one(".match-rank").text for card in others)
    places = [int(line["data-place"]) for line in soup.select(".shortlist > li")]
    told = [card.select_one(".match-rank").text for card in (*near, *others)]
    assert sorted(places) == list(range(1, len(places) + 1))
    assert all(str(place) in words for place, words in zip(places, told, strict=True))


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_is_answered_alike_in_both_languages(
    client: FlaskClient, page: Page, example: str
) -> None:
    found = []
    for lang in ("zh", "en"):
        soup = page("/matches", lang=lang, example=example)
        addresses = [link["href"] for link in soup.select("article.match h3 a")]
        found.append((addresses, shares_of(soup)))
        own = EXAMPLES[example][lang]
        assert soup.select_one("#your-need").text == own["title"]
        lines = [line.text for line in soup.select("article.match")[0].select(".line-head strong")]
        assert lines[: len(own["requirements"])] == [one["text"] for one in own["requirements"]]
        form = check_page(client.get(soup.select_one("a[href*='/needs/new?need=']")["href"]))
        assert form.select_one("#title")["value"] == own["title"]
    assert found[0] == found[1]


def test_condition_that_nobody_fails_openly_excludes_nobody(page: Page) -> None:
    strict = page("/matches", need=pack_need({**NEED, "industries": ["钢铁"], "region": "440300"}))
    assert providers_of(strict)


def test_named_provider_is_explained_with_and_without_script(client: FlaskClient) -> None:
    query = "example=quality&provider=V058"
    whole = check_page(client.get(f"/matches?{query}")).select_one("#why-answer")
    part = parsed(client.get(f"/matches/why-not?{query}", headers=HTMX).text)
    name = whole.select_one("article h3").text
    assert name == "华南农业大学"
    assert part.select_one("article h3").text == name
    assert re.search(r"第 \d+ 位", whole.text)


def test_named_provider_that_does_not_exist_is_a_404(client: FlaskClient) -> None:
    assert client.get("/matches?example=quality&provider=nobody").status_code == 404
    assert client.get("/matches/why-not?example=quality&provider=nobody").status_code == 404


@pytest.mark.parametrize("query", ["", "need=", "need=damaged!", "example=none", "need=%00"])
def test_address_without_a_need_leads_to_the_form(client: FlaskClient, query: str) -> None:
    response = client.get(f"/matches?{query}")
    assert (response.status_code, response.location) == (303, "/needs/new")


def test_address_with_a_need_that_is_not_valid_leads_to_the_form_with_its_values(
    client: FlaskClient,
) -> None:
    token = pack_need({"title": "表面缺陷检测", "budget_max": "很多"})
    response = client.get("/matches", query_string={"need": token})
    assert response.status_code == 303
    assert check_page(client.get(response.location)).select_one("#title")["value"] == "表面缺陷检测"


@pytest.mark.parametrize(
    "raw",
    [
        {"title": 5},
        {"requirements": "x"},
        {"requirements": [3]},
        {"requirements": 5},
        {"requirements": {"a": 1}},
        {"x": 1},
        {"industries": {"a": 1}},
        {"title": None},
        {},
        {"title": "\ud800"},
    ],
)
def test_any_token_is_answered(client: FlaskClient, raw: dict[str, Any]) -> None:
    response = client.get("/matches", query_string={"need": pack_need(raw)}, follow_redirects=True)
    assert response.status_code == 200
    check_page(response)


def test_refused_form_keeps_what_was_typed(client: FlaskClient) -> None:
    response = post(client, "/needs/new", title="表面缺陷检测", budget_max="很多钱")
    assert response.status_code == 422
    soup = check_page(response)
    assert soup.select_one("#title")["value"] == "表面缺陷检测"
    field = soup.select_one("#budget_max")
    assert field["value"] == "很多钱"
    assert field["aria-invalid"] == "true"
    assert all(soup.select_one(f"#{name}").text for name in field["aria-describedby"].split())
    assert soup.select_one(".error-summary a")["href"] == "#budget_max"


@pytest.mark.parametrize(
    "text",
    [
        "缺",
        "😀😀😀",
        "，。！？",
        "<script>alert(1)</script>",
        "'; DROP TABLE record_version; --",
        "质检quality検査 ثقافة",
        "a" * 3000,
    ],
)
def test_any_text_is_answered_and_shown_as_text(client: FlaskClient, text: str) -> None:
    sent = post(client, "/needs/new", title=text[:200], problem=text)
    assert sent.status_code == 303
    soup = check_page(client.get(sent.location))
    assert " ".join(text[:200].split()) in " ".join(soup.select_one("#your-need").text.split())


def test_need_too_long_for_an_address_is_answered_at_once(client: FlaskClient) -> None:
    problem = "".join(chr(0x4E00 + (number * 7919) % 18_000) for number in range(6000))
    response = post(client, "/needs/new", title="一个很长的需求", problem=problem)
    assert response.status_code == 200
    soup = check_page(response)
    assert providers_of(soup)
    assert "太长" in soup.select_one("#your-need ~ .notice").text
    assert soup.select("[href*='need=']") == []  # nothing leads to a form without the text


def test_own_need_is_never_called_an_example(client: FlaskClient) -> None:
    query = {"need": pack_need(NEED), "example": "none"}
    soup = check_page(client.get("/matches", query_string=query))
    assert "您的需求" in soup.select_one('[aria-labelledby="your-need"] .eyebrow').text
    assert soup.select_one('[aria-labelledby="why"] form input')["name"] == "need"


def test_an_example_named_in_the_address_is_not_mixed_into_an_own_need(
    client: FlaskClient,
) -> None:
    problem = "".join(chr(0x4E00 + (number * 7919) % 18_000) for number in range(6000))
    own = {"title": "一个很长的需求", "problem": problem, "requirements-0-text": "响应不超过3秒"}
    plain = check_page(post(client, "/needs/new", **own))
    soup = check_page(post(client, "/needs/new?example=quality", **own))
    assert providers_of(soup) == providers_of(plain)
    for line in EXAMPLES["quality"]["zh"]["requirements"]:
        assert line["text"] not in soup.text
    assert "您的需求" in soup.select_one('[aria-labelledby="your-need"] .eyebrow').text


def test_control_characters_are_refused_in_words(client: FlaskClient) -> None:
    response = post(client, "/needs/new", title="表面\x00缺陷", problem="x")
    assert response.status_code == 422
    assert "U+0000" in check_page(response).select_one(".error-summary").text


def test_preview_shows_a_few_and_no_page(client: FlaskClient) -> None:
    part = post(client, "/needs/preview", **NEED).text
    assert "<html" not in part
    assert 1 <= len(parsed(part).select("ol > li")) <= 3


def test_preview_waits_for_words(client: FlaskClient) -> None:
    assert "再多写几个字" in post(client, "/needs/preview", title="缺").text
    assert "还没有填完整" in post(client, "/needs/preview", **{**NEED, "budget_max": "x"}).text


def test_same_need_gets_the_same_answer(page: Page) -> None:
    answers = [providers_of(page("/matches?example=quality")) for _ in range(2)]
    assert answers[0] == answers[1]


def test_what_holds_for_everybody_is_no_reason_for_one() -> None:
    terms = (
        Contribution("calibration", 3.0, None, "校准", "Calibration"),
        Contribution("lexical_best", 1.0, 2.0, "用词一致", "Same words"),
        Contribution("industry_fit", 2.0, 1.0, "行业相同", "Same industry", is_prior=True),
        Contribution("evidence_age", -1.0, 3.0, "证据陈旧", "Old evidence"),
    )
    found = top_reasons(SimpleNamespace(contributions=terms))
    assert [term.feature for term in found] == ["lexical_best", "industry_fit"]


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_quoted_evidence_marks_the_words_of_the_need(client: FlaskClient, lang: str) -> None:
    soup = parsed(client.get(f"/matches?example=quality&lang={lang}").text)
    first = soup.select_one("article.match blockquote")
    assert first.select("mark")
