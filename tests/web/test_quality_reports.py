"""The administrator's report as pages: what the first screen says, and that numbers agree."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient

from matcher.identity import COMMAND_LINE
from matcher.reports.history.build import BLOCKS
from matcher.reports.history.cut import Period
from matcher.settings import PROJECT
from matcher.simulation.year import Plan
from matcher.store.accounts import find_by_email
from matcher.store.installation import DEMONSTRATION, write_setting
from matcher.store.jobs import add_job, end_job, list_jobs, update_job
from matcher.store.need_status import NeedStatus, add_status
from matcher.store.needs import save_need
from matcher.store.ownership import set_owner
from matcher.store.synthetic_history import remove_synthetic_history
from matcher.workflow.demonstration.history import invent_history
from matcher.workflow.jobs import BUILD_REPORT, KEEP_REPORT, REPORT_KINDS, utc_now
from matcher.workflow.learning.quality_reports import last_month
from matcher.workflow.learning.report_selection import Selection, build_view
from tests.factories import make_need
from tests.web.conftest import reader_of
from tests.web.quality_reports import (
    MODELS,
    NOW,
    OCTOBER,
    PLACE,
    SMALL,
    SMALL_QUERY,
    add_reports,
    add_year,
    csv_of,
    figure_rows,
    json_of,
    opened,
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


@pytest.fixture
def fresh(tmp_path: Path) -> Flask:
    """A site on which nothing was shown yet."""
    return site_with_people(tmp_path / "aiplus.db")


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


def test_a_kept_report_stays_as_it_was(fresh: Flask) -> None:
    add_year(fresh, n_pairs=1_000)
    add_reports(fresh)
    client = signed_in(fresh, "administrator")
    before = client.get(f"/reports/{PLACE}.json").text
    with opened(fresh) as db:
        invent_history(db, Plan(8, OCTOBER.end, 1_000), actor=COMMAND_LINE, now=NOW)
    assert client.get(f"/reports/{PLACE}.json").text == before
    address = "/reports/selected?from=2026-10-01&last=2026-10-31&size=small"
    assert "尚" in client.get(address).text or "还没有生成" in client.get(address).text
    assert client.get(address.replace("selected?", "selected.json?")).status_code == 404


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


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_fresh_platform_says_what_will_appear_and_how_to_see_it(fresh: Flask, lang: str) -> None:
    soup = reader_of(signed_in(fresh, "reviewer"))("/reports", lang=lang)
    assert "aiplus demo history" in soup.main.text
    assert soup.select("main form") == []
    assert soup.select(".synthetic-banner") == []
    assert reader_of(signed_in(fresh, "reviewer"))("/reports/months", lang=lang).h1


def test_a_month_that_is_over_can_be_kept_by_an_administrator_alone(fresh: Flask) -> None:
    month = last_month(utc_now().date())
    add_year(fresh, n_pairs=1_000, ends_on=month.end)
    chief, helper = (signed_in(fresh, who) for who in ("administrator", "reviewer"))
    button = reader_of(chief)("/reports").select_one("main form input[name=month]")
    assert button["value"] == f"{month.start:%Y-%m}"
    assert reader_of(helper)("/reports").select("main form") == []
    assert post(helper, "/reports/months", month=button["value"]).status_code == 403
    with opened(fresh) as db:  # as if it were being built already
        given = Selection(month).as_given()
        add_job(db, "JOB1", KEEP_REPORT, given, started_by="a", now=utc_now())
    assert post(chief, "/reports/months", month=button["value"]).location == "/reports/jobs/JOB1"
    refused = post(chief, "/reports/months", month="2000-01")
    assert refused.location == "/reports/months"
    with opened(fresh) as db:
        assert len(list_jobs(db, kinds=REPORT_KINDS)) == 1


def test_no_more_than_two_reports_are_built_at_once(fresh: Flask) -> None:
    add_year(fresh, n_pairs=1_000)
    add_reports(fresh)
    with opened(fresh) as db:
        for number in (1, 2):
            given = {"from": f"2026-0{number}-01", "to": f"2026-0{number}-09"}
            add_job(db, f"JOB{number}", BUILD_REPORT, given, started_by="a", now=utc_now())
    client = signed_in(fresh, "administrator")
    answer = post(client, "/reports/selected", **{**SMALL_QUERY, "size": "large"})
    assert answer.location == "/reports/months"
    soup = reader_of(client)("/reports/months")
    assert "有其他报告正在生成" in soup.select_one("main [role=status]").text
    assert len(soup.select('main a[href^="/reports/jobs/"]')) == 2


def test_a_job_shows_its_progress_and_leads_to_the_report(fresh: Flask) -> None:
    with opened(fresh) as db:
        add_job(db, "JOB1", BUILD_REPORT, SMALL.as_given(), started_by="a", now=utc_now())
        add_job(db, "JOB2", "models.compare", {"model_id": "x"}, started_by="a", now=utc_now())
        update_job(db, "JOB1", n_done=3, n_total=14, stage="history", now=utc_now())
    client = signed_in(fresh, "reviewer")
    read = reader_of(client)
    soup = read("/reports/jobs/JOB1", lang="en")
    assert soup.select_one("progress")["value"] == "3"
    assert soup.select_one("#report-job")["hx-get"] == "/reports/jobs/JOB1"
    assert "Small" in soup.select_one("#report-job").text
    part = client.get("/reports/jobs/JOB1", headers={"HX-Request": "true"}).text
    assert "<html" not in part
    with opened(fresh) as db:
        end_job(db, "JOB1", now=utc_now(), result=SMALL.as_given())
    soup = read("/reports/jobs/JOB1", lang="en")
    assert soup.select_one("#report-job").get("hx-get") is None
    assert soup.select_one("#report-job a.button")["href"].startswith("/reports/selected?")
    assert client.get("/reports/jobs/JOB2").status_code == 404


def test_a_job_that_failed_says_why(fresh: Flask) -> None:
    with opened(fresh) as db:
        given = Selection(OCTOBER).as_given()
        add_job(db, "JOB1", KEEP_REPORT, given, started_by="a", now=utc_now())
        end_job(db, "JOB1", now=utc_now(), problem="[store_error] the disk is full")
    soup = reader_of(signed_in(fresh, "administrator"))("/reports/jobs/JOB1", lang="en")
    assert "the disk is full" in soup.select_one(".notice-warn").text


def test_a_real_need_behind_a_figure_can_be_opened(fresh: Flask) -> None:
    need = make_need(need_id="NEED-1", title="热轧带钢表面裂纹检测")
    with opened(fresh) as db:
        save_need(db, need, actor="ACC-1", now=NOW)
        status = NeedStatus("NEED-1", "open", "named", updated_at=NOW, published_at=NOW)
        add_status(db, status, actor="ACC-1")
        enterprise = find_by_email(db, fresh.extensions["people"]["enterprise"].email)
        assert enterprise is not None
        own = enterprise.organisation_id
        set_owner(db, "need", "NEED-1", own, actor=COMMAND_LINE, now=NOW)
        whole = Selection(Period(date(2026, 11, 1), date(2026, 11, 22)))
        build_view(db, MODELS, whole, now=NOW)
    at = "/reports/selected{}?from=2026-11-01&last=2026-11-21"
    client = signed_in(fresh, "reviewer")
    figures = json_of(client, at.format(".json"))["blocks"]["data_quality"]["figures"]
    number = next(i for i, one in enumerate(figures) if one["needs"] == ["NEED-1"])
    soup = reader_of(client)(at.format(f"/data_quality/needs/{number}"))
    link = soup.select_one("li.card h3 a")
    assert (link.text, link["href"]) == ("热轧带钢表面裂纹检测", "/review/needs/NEED-1")
    assert client.get(link["href"]).status_code == 200


def test_a_report_on_what_really_happened_is_not_called_synthetic(fresh: Flask) -> None:
    with opened(fresh) as db:
        write_setting(db, DEMONSTRATION, "0")
        build_view(db, MODELS, Selection(OCTOBER), now=NOW)
    at = "/reports/selected{}?from=2026-10-01&last=2026-10-31"
    client = signed_in(fresh, "administrator")
    soup = reader_of(client)(at.format(""), lang="en")
    assert soup.select(".synthetic-banner, .report-synthetic, .tag-synthetic") == []
    assert soup.select_one(".verdict-answer").text == "Not enough data to say"
    states = {tag["class"][-1] for tag in soup.select(".report-contents .state")}
    assert "state-none" in states
    assert "state-weak" not in states
    assert {row["synthetic"] for row in csv_of(client, at.format("/all.csv"))} == {"False"}
    assert "synthetic" not in client.get(at.format(".json")).headers["Content-Disposition"]


def test_a_report_of_a_demonstration_without_an_invented_year_is_called_synthetic(
    fresh: Flask,
) -> None:
    with opened(fresh) as db:
        build_view(db, MODELS, Selection(OCTOBER), now=NOW)
    at = "/reports/selected{}?from=2026-10-01&last=2026-10-31"
    client = signed_in(fresh, "administrator")
    soup = reader_of(client)(at.format(""), lang="en")
    assert soup.select_one("main .report-synthetic .synthetic-banner") is not None
    assert {row["synthetic"] for row in csv_of(client, at.format("/all.csv"))} == {"True"}
    assert json_of(client, at.format(".json"))["synthetic"] is True


def test_kept_invented_reports_stay_marked_when_the_demonstration_has_ended(fresh: Flask) -> None:
    add_year(fresh, n_pairs=1_000)
    add_reports(fresh)
    client = signed_in(fresh, "administrator")
    with opened(fresh) as db:
        remove_synthetic_history(db)
        write_setting(db, DEMONSTRATION, "0")
    soup = reader_of(client)(f"/reports/{PLACE}", lang="en")
    assert soup.select_one(".synthetic-banner") is not None
    latest = reader_of(client)("/reports", lang="en")
    assert latest.select(".report-block") == []
    soup = reader_of(client)(f"/reports/{PLACE}/acceptance/needs/3", lang="en")
    assert "History does not know these any more" in soup.select_one(".notice-quiet").text
