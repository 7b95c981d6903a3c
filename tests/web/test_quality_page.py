"""The administrator's report: every figure with its n and interval, beside the baselines."""

from __future__ import annotations

import copy
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from flask.testing import FlaskClient

from tests.web.conftest import make_site, reader_of
from tests.web.reports import MODEL_ID, make_report, write_models
from web.administration.quality import Figure, verdict

Serve = Callable[[Any], FlaskClient]


@pytest.fixture
def serve(shipped_database: Path, tmp_path: Path) -> Serve:
    """Serve a report that a test gives."""

    def start(report: Any) -> FlaskClient:
        models = write_models(tmp_path / "models", report)
        return make_site(shipped_database, AIPLUS_MODELS=str(models)).test_client()

    return start


def read(client: FlaskClient, lang: str = "zh") -> BeautifulSoup:
    return reader_of(client)("/reports/quality", lang=lang)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_part_is_shown(serve: Serve, lang: str) -> None:
    soup = read(serve(make_report()), lang)
    sections = {tag["aria-labelledby"] for tag in soup.select("main section")}
    assert sections == {
        "summary",
        "ranking",
        "training",
        "calibration",
        "refusals",
        "slices",
        "twins",
        "properties",
        "shapes",
    }
    assert {tag["href"] for tag in soup.select("nav[aria-labelledby=contents] a")} == {
        f"#{name}" for name in sections
    }


def test_summary_sets_the_model_against_the_best_baseline(serve: Serve) -> None:
    rows = read(serve(make_report())).select('[aria-labelledby="summary"] tbody tr')
    assert len(rows) == 3
    assert all("BM25" in row.text for row in rows)  # not lambdarank, which is no baseline
    assert {row.select_one(".tag").text for row in rows} == {"更好"}


def test_summary_shows_the_cases_asked_strictly_too_where_the_model_may_lose(serve: Serve) -> None:
    report = make_report()
    strict = copy.deepcopy(report["cases"])
    for system in strict["systems"][1:]:
        system["gain"]["mrr"] = {"mean": -0.07, "low": -0.12, "high": -0.02}
    rows = read(serve({**report, "cases_strict": strict})).select(
        '[aria-labelledby="summary"] tbody tr'
    )
    assert [row.select_one(".tag").text for row in rows] == ["更好"] * 3 + ["更差"]


def test_model_stands_first_and_every_figure_has_its_interval(serve: Serve) -> None:
    soup = read(serve(make_report()))
    tables = soup.select('[aria-labelledby="ranking"] table')
    assert len(tables) == 3
    for table in tables:
        rows = table.select("tbody tr")
        assert rows[0].th.text == "本模型"
        for row in rows:
            mean, interval = row.select_one("td.number").text.split()
            low, high = interval.strip("[]").split("–")
            assert float(low) <= float(mean) <= float(high)
            assert row.select_one("svg .bar-interval") is not None


def test_popularity_share_is_shown_for_the_cases(serve: Serve) -> None:
    soup = read(serve(make_report()))
    assert "8.0%" in soup.find("h3", id="cases").find_next("table").text


def test_group_without_enough_data_gets_no_figure(serve: Serve) -> None:
    rows = read(serve(make_report())).select('[aria-labelledby="slices"] tbody tr')
    assert "制造业" in rows[0].text
    assert "数据不足" in rows[1].text
    assert "[" not in rows[1].text


def test_reliability_has_a_chart_and_its_table(serve: Serve) -> None:
    section = read(serve(make_report())).select_one('section[aria-labelledby="calibration"]')
    charts = section.select("svg[role=img]")
    assert len(charts) == 2
    assert all(chart["aria-label"] for chart in charts)
    assert len(charts[0].select("circle")) == len(section.select_one("tbody").select("tr"))


def test_property_that_fails_is_said_with_its_trials(serve: Serve) -> None:
    rows = read(serve(make_report())).select('[aria-labelledby="properties"] tbody tr')
    assert [row.select_one(".tag").text for row in rows] == ["成立", "并非总成立"]
    assert "C042" in rows[1].text


def test_shapes_are_ordered_by_what_they_decide(serve: Serve) -> None:
    cards = read(serve(make_report())).select('[aria-labelledby="shapes"] li.card')
    assert [card.code.text for card in cards] == ["evidence_age", "lexical_best", "completeness"]
    assert "声明的先验" in cards[2].text


@pytest.mark.parametrize(
    ("lang", "rising", "falling"),
    [("zh", "只升不降", "只降不升"), ("en", "never fall", "never rise")],
)
def test_shapes_say_their_declared_direction(
    serve: Serve, lang: str, rising: str, falling: str
) -> None:
    cards = read(serve(make_report()), lang).select('[aria-labelledby="shapes"] li.card')
    assert falling in cards[0].text
    assert rising in cards[1].text


def test_shape_shows_where_the_data_lie(serve: Serve) -> None:
    card = read(serve(make_report())).select_one('[aria-labelledby="shapes"] li.card')
    strip = card.select_one("svg .chart-density")
    assert strip.find("title", recursive=False).text
    assert len(strip.select("rect > title")) == 25
    near = [int(row.select("td")[2].text) for row in card.select("tbody tr")]
    assert near == [3, 6, 7, 6, 3]  # 25 parts of one each, to the nearest of five places


def test_shape_of_an_older_report_has_neither_density_nor_direction(serve: Serve) -> None:
    report = make_report()
    for shape in report["shapes"]:
        del shape["density"], shape["direction"]
    card = read(serve(report)).select_one('[aria-labelledby="shapes"] li.card')
    assert card.select_one(".chart-line")
    assert not card.select(".chart-density")
    assert "声明的方向" not in card.text
    assert len(card.select("thead th")) == 2


def test_even_and_strict_cases_stand_beside_the_cases(serve: Serve) -> None:
    plain = make_report()["cases"]
    block = {"n_queries": plain["n_queries"], "systems": plain["systems"]}
    report = make_report(
        cases_even={**block, "n_draws": 2, "trees_on_plain": block}, cases_strict=block
    )
    client = serve(report)
    ids = [tag["id"] for tag in read(client).select('[aria-labelledby="ranking"] h3')]
    assert ids[:4] == ["cases", "cases-even", "trees-even", "cases-strict"]
    rows = csv.DictReader(io.StringIO(client.get("/reports/quality.csv").text.lstrip("\ufeff")))
    tasks = {row["task"] for row in rows if row["part"] == "cases"}
    assert len(tasks) == 4


def test_what_was_not_measured_is_said(serve: Serve) -> None:
    text = read(serve(make_report())).text
    assert "absent-pack" in text
    assert "初步模型" in text


def test_report_of_fewer_parts_is_still_shown(serve: Serve) -> None:
    report = make_report(packs=[], learned=[], shapes=[], missing_packs=[])
    for part in ("twins", "properties", "refusals"):
        del report[part]
    soup = read(serve(report))
    assert soup.select('[aria-labelledby="ranking"] table')
    assert not soup.select('[aria-labelledby="shapes"]')


def test_refusals_are_set_beside_the_simpler_rule(serve: Serve) -> None:
    report = make_report()
    rows = read(serve(report)).select('[aria-labelledby="refusals"] tbody tr')
    assert [row.td.text for row in rows] == ["本模型", "只看语义相近"] * 3
    ours = report["refusals"]["groups"][0]["systems"][0]["refused"]["mean"]
    assert f"{ours:.3f}" in rows[0].text


def test_model_without_a_report_says_how_to_make_one(serve: Serve) -> None:
    notice = read(serve(None)).select_one("main .notice").text
    assert MODEL_ID in notice
    assert "make report" in notice


@pytest.mark.parametrize("content", ["", "{", "[]", "null"])
def test_damaged_report_is_told_in_words(serve: Serve, content: str) -> None:
    assert serve(content).get("/reports/quality").status_code == 503


def test_figures_can_be_kept_as_a_table(serve: Serve) -> None:
    response = serve(make_report()).get("/reports/quality.csv")
    assert response.mimetype == "text/csv"
    assert MODEL_ID in response.headers["Content-Disposition"]
    rows = list(csv.DictReader(io.StringIO(response.text.lstrip("\ufeff"))))
    assert {row["part"] for row in rows} == {"packs", "learned", "cases", "twins", "refusals"}
    assert all(float(row["low"]) <= float(row["mean"]) <= float(row["high"]) for row in rows)


def test_no_report_means_no_table(serve: Serve) -> None:
    assert serve(None).get("/reports/quality.csv").status_code == 404


def test_figures_are_written_with_true_signs() -> None:
    value = {"n": 3, "mean": -0.01, "low": -0.05, "high": 0.03}
    assert Figure.of(value) == Figure("−0.010", "[−0.050 – 0.030]")
    assert Figure.of({**value, "mean": 0.01}, signed=True).mean == "+0.010"


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(0.01, 0.1, "better"), (-0.1, -0.01, "worse"), (-0.1, 0.1, "unclear"), (0.0, 0.1, "unclear")],
)
def test_verdict_needs_an_interval_clear_of_zero(low: float, high: float, expected: str) -> None:
    assert verdict({"low": low, "high": high}) == expected
