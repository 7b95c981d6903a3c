"""Numbers, findings and drawings of the report, against values worked out by hand."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from flask import Flask

from matcher.reports.history.figures import Figure
from matcher.reports.history.measures import measures
from matcher.vocabulary import codes
from web import create_app
from web.administration.report.answer_blocks import (
    most,
    newcomer_words,
    rising,
    slope_words,
    step_words,
)
from web.administration.report.drawing import (
    Axes,
    Given,
    Look,
    Mark,
    points_chart,
    rows_chart,
)
from web.administration.report.numbers import Shown, interval_words, on_axis, shown, written
from web.administration.report.order_blocks import (
    error_words,
    lead_words,
    leaning,
    like_place,
    worst_group,
)
from web.administration.report.page import BLOCKS, section_of
from web.administration.report.panels import Source
from web.administration.report.spread_blocks import fair_words

EXACT = Figure("mutual", 0.25, 400, 0.2, 0.3, dimension="band", group="5%-10%", needed=10)


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    path = tmp_path_factory.mktemp("words") / "none.db"
    return create_app({"AIPLUS_DATABASE": str(path), "AIPLUS_SECRET_KEY": "k"})


@pytest.fixture(autouse=True)
def english(app: Flask) -> Iterator[None]:
    """The words of a page in English."""
    with app.test_request_context("/?lang=en"):
        yield


def figure(**changes: Any) -> Shown:
    return shown(replace(EXACT, **changes).as_json(), 0, "acceptance")


@pytest.mark.parametrize(
    ("value", "unit", "key", "text"),
    [
        (0.1234, "share", "mutual", "12.3%"),
        (0.0, "share", "mutual", "0.0%"),
        (0.0001, "share", "mutual", "<0.1%"),
        (0.0626, "score", "gain_ndcg@5", "+0.063"),
        (-0.0333, "share", "broker_gain", "−3.3 points"),
        (-0.2988, "score", "skew@5", "−0.299"),
        (1.5, "ratio", "exposure_ratio", "1.50"),
        (1680.0, "count", "unmet_needs", "1,680"),
        (189.47, "count", "eligible_candidates", "189.5"),
        (2.893, "days", "days_to_reply", "2.9 days"),
        (0.0004, "p", "permutation_p", "< 0.001"),
        (75.69, "points", "completeness", "75.7"),
    ],
)
def test_a_number_is_written_in_its_unit(value: float, unit: str, key: str, text: str) -> None:
    assert written(value, unit, key) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({}, "20.0–30.0%"),
        ({"low": None, "high": None}, ""),
        ({"key": "gain_mrr", "value": 0.0, "low": -0.1, "high": 0.1}, "−0.100 – +0.100"),
        ({"key": "days_to_reply", "low": 28.4, "high": None}, "from 28.4, no upper end yet"),
        ({"low": 0.00001, "high": 0.1}, "<0.1%–10.0%"),
        ({"value": None}, ""),
    ],
)
def test_an_interval_keeps_its_ends_apart(changes: dict[str, Any], text: str) -> None:
    one = figure(**changes)
    unit = {"gain_mrr": "score", "days_to_reply": "days"}.get(one.raw["key"], "share")
    assert interval_words(one.raw, unit) == text


@pytest.mark.parametrize(
    ("changes", "text"),
    [
        ({"n": 4}, "not enough data: 4 of 10"),
        ({"facts": {"not_reached": 0.5}, "low": None}, "not reached yet: too many still wait"),
        (
            {"facts": {"not_reached": 0.9}, "key": "days_to_reply", "low": 26.69},
            "not reached yet, later than 26.7 days: too many still wait",
        ),
        ({"needed": 0}, "not enough data"),
    ],
)
def test_what_has_no_number_says_why(changes: dict[str, Any], text: str) -> None:
    one = figure(value=None, **changes)
    assert (one.value, one.interval, one.why_not) == ("", "", text)
    assert not one.is_enough


def test_a_time_that_was_not_reached_before_is_not_called_too_little_data() -> None:
    time = {"key": "days_to_pilot", "dimension": "quantile", "group": "p90", "needed": 30}
    assert figure(**time, n_previous=1_943).previous == "not reached yet"
    assert figure(**time, n_previous=12).previous == "not enough data"
    assert figure(n_previous=12).previous == "not enough data"
    assert figure().previous == ""


def test_every_kind_of_figure_has_a_unit_that_can_be_written() -> None:
    for key, measure in measures().items():
        assert any(letter.isdigit() for letter in written(0.5, measure.unit, key)), key


@pytest.mark.parametrize(
    ("value", "unit", "text"), [(0.2, "share", "20%"), (0.25, "score", "0.25"), (1.0, "ratio", "1")]
)
def test_an_axis_has_no_digits_that_say_nothing(value: float, unit: str, text: str) -> None:
    assert on_axis(value, unit) == text


def bins(*triples: tuple[float, float, float]) -> list[Shown]:
    return [figure(x=x, low=low, high=high, value=(low + high) / 2) for x, low, high in triples]


def test_a_chart_of_promises_is_titled_with_what_it_shows() -> None:
    kept, broken = (0.2, 0.1, 0.3), (0.5, 0.1, 0.3)
    assert leaning(bins(kept, kept), []) == "what was promised came true in 2 of 2 groups"
    told = leaning(bins(broken, broken, kept), [])
    assert told == "in 2 of 3 groups less came true than was promised"
    told = leaning(bins((0.05, 0.1, 0.3), (0.01, 0.1, 0.3)), bins(kept, kept))
    assert told.startswith("in 2 of 2 groups more came true")
    assert told.endswith("places corrected for, it came true in 2 of them")


@pytest.mark.parametrize(
    ("low", "high", "told"),
    [
        (0.01, 0.1, "clearly better than the fixed rule"),
        (-0.1, -0.01, "The fixed rule orders clearly better"),
        (-0.1, 0.1, "No clear difference"),
        (None, None, "Not enough data"),
    ],
)
def test_a_lead_is_claimed_only_when_its_interval_is_clear(
    low: float | None, high: float | None, told: str
) -> None:
    gain = figure(
        key="gain_ndcg@5", system="six_factor_rule", dimension="", group="", low=low, high=high
    )
    assert told in lead_words(Source("ranking", (gain,)))


def test_findings_follow_the_figures() -> None:
    low, high = figure(value=0.1), figure(value=0.3)
    assert rising([low, high]).endswith("from 10.0% to 30.0%")
    assert rising([high, low]) == "A higher probability does not always mean more agreement"
    assert "adds little" in slope_words(figure(value=1.1))
    assert "5.00" in slope_words(figure(key="first_over_last", value=5.0, low=None))
    everybody = figure(dimension="history", group="all", low=0.2, high=0.3)
    young = replace_group(everybody, "new_enterprise", 0.05, 0.1)
    assert "enterprise under 60 days old" in newcomer_words([everybody, young])
    young = replace_group(everybody, "new_enterprise", 0.05, 0.25)
    assert "No newcomers" in newcomer_words([everybody, young])


def replace_group(one: Shown, group: str, low: float, high: float) -> Shown:
    return figure(dimension="history", group=group, low=low, high=high, n=one.raw["n"])


@pytest.mark.parametrize(
    ("value", "sure", "told"),
    [
        (0.5, "less", "surely shown less than could be: Small 0.50"),
        (0.5, "no", "no sure difference; Small is shown least, perhaps by chance: 0.50"),
        (1.6, "more", "surely shown more than could be: Small 1.60"),
        (1.6, "no", "no sure difference"),
        (1.0, "no", "no sure difference"),
    ],
)
def test_fairness_is_said_with_the_certainty_that_the_figure_has(
    value: float, sure: str, told: str
) -> None:
    one = figure(
        key="exposure_ratio", dimension="size", group="small", value=value, low=value - 0.1,
        high=value + 0.1, facts={"sure": sure},
    )  # fmt: skip
    found = fair_words([one])
    assert found.startswith(told)
    assert ("surely" in found) == (sure != "no")


def test_both_sides_of_an_unevenness_are_named_where_both_are_sure() -> None:
    short, long = (
        figure(key="exposure_ratio", dimension="size", group=group, value=value, low=value - 0.1,
               high=value + 0.1, facts={"sure": sure})
        for group, value, sure in (("micro", 0.4, "less"), ("large", 1.7, "more"))
    )  # fmt: skip
    assert fair_words([short, long]).endswith(
        "less than could be: Micro 0.40; surely more: Large 1.70"
    )


def test_the_highest_is_only_called_so_where_that_is_sure() -> None:
    top, near, far = figure(value=0.3, low=0.25, high=0.35), figure(), figure(low=0.1, high=0.2)
    assert most([top, far]).startswith("Most agreement: ")
    assert most([top, near]).startswith("No sure difference; highest: ")


def test_a_reciprocal_rank_is_told_as_the_place_that_would_have_it() -> None:
    rank = figure(key="mrr", dimension="", group="", value=0.707)
    assert like_place(rank) == "as if the first that fits always stood at place 1.4"
    assert like_place(figure(key="ndcg@5")) == ""
    assert like_place(figure(key="mrr", value=None, low=None)) == ""


def test_errors_of_probabilities_are_told_with_what_places_do_to_them() -> None:
    plain = figure(
        key="ece", dimension="", group="", system="joint", value=0.08, low=0.06, high=0.1
    )
    corrected = figure(key="ece_corrected", value=0.03, low=0.0, high=0.06)
    told = error_words(plain, corrected)
    assert "differ by 8.0%" in told
    assert "places corrected for, by 3.0%" in told
    assert "corrected" not in error_words(plain, None)
    group = figure(key="ece_corrected", dimension="size", group="small", value=0.1, low=0.02)
    assert worst_group([group]).startswith("No group is surely above the target of 5%; furthest")
    sure = figure(key="ece_corrected", dimension="size", group="small", value=0.1, low=0.06,
                  alert="watch")  # fmt: skip
    assert worst_group([sure, group]) == "Surely above the target of 5%: Small 10.0%"


def test_contract_is_held_against_talks_for_it_needs_no_pilot() -> None:
    reached = [
        replace(EXACT, key="reached", dimension="stage", group=group, value=n, low=None, high=None)
        for group, n in (("talks", 160.0), ("pilot", 24.0), ("contracted", 1.0))
    ]
    shares = [
        replace(EXACT, key="step_share", dimension="stage", group=group, value=value)
        for group, value in (("pilot", 0.15), ("contracted", 0.006))
    ]
    block = {"key": "funnel", "figures": [one.as_json() for one in (*reached, *shares)]}
    source = Source.of(block)
    pilot, contract = source.all("reached", "stage")[1:]
    assert step_words(source, pilot).endswith("of the step before")
    assert step_words(source, contract).startswith("0.6%")
    assert step_words(source, contract).endswith("of those in talks")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_group_that_a_provider_can_be_of_has_words(app: Flask, language: str) -> None:
    of = {"size": codes("org_size"), "language": codes("org_language"), "age": ("new", "old"),
          "region": ("310000", "440000")}  # fmt: skip
    with app.test_request_context(f"/?lang={language}"):
        for dimension, groups in of.items():
            for group in groups:
                told = figure(dimension=dimension, group=group).part
                assert told
                assert told != group


@pytest.mark.parametrize("key", BLOCKS)
def test_a_block_without_any_figure_is_still_drawn(key: str) -> None:
    block = {"key": key, "synthetic": False, "enough_data": False, "notes": [], "figures": []}
    section = section_of(block)
    assert section.state == "none"
    assert section.finding
    assert section.parts.panels == section.further == ()


def test_rows_stand_on_one_axis_with_their_band_and_lines() -> None:
    chart = rows_chart(
        [Mark(0.5, 0.25, 0.75, 1.0), Mark(None)],
        Look(str, lines=(0.75,), band=(0.25, 0.5), top=1.0),
    )
    first, empty = chart.marks
    assert (first.zero, first.at, first.low, first.high, first.previous) == (0, 50, 25, 75, 100)
    assert (first.left, first.width) == (0.0, 50.0)
    assert (empty.at, empty.width) == (None, 0.0)
    assert (chart.lines, chart.band) == ((75.0,), (25.0, 25.0))


def test_a_bar_below_zero_grows_to_the_left() -> None:
    (mark,) = rows_chart([Mark(-0.5)], Look(str, top=0.5)).marks
    assert mark.zero == 50.0
    assert (mark.left, mark.width) == (0.0, 50.0)


def test_points_without_a_number_are_left_out_of_the_line() -> None:
    given = Given("a", "main", [1, 2, 3], [Mark(0.1, 0.05, 0.2), Mark(None), Mark(0.3)])
    chart = points_chart([given], Axes("x", "y", str, [(1, "one"), (3, "three")]))
    (series,) = chart.series
    assert len(series.points) == 2
    assert series.line.count("L") == 1
    left, right = (tick.at for tick in chart.x_ticks)
    assert [point.x for point in series.points] == [left, right]
    low, high = series.points[0].low, series.points[0].high
    assert low is not None
    assert high is not None
    assert high < series.points[0].y < low  # y grows downwards
    assert chart.diagonal == ""


def test_a_square_chart_has_one_scale_and_a_diagonal() -> None:
    given = Given("a", "main", [0.2, 0.4], [Mark(0.2), Mark(0.4)])
    chart = points_chart([given], Axes("x", "y", str, is_square=True))
    assert [tick.label for tick in chart.x_ticks] == [tick.label for tick in chart.y_ticks]
    assert chart.diagonal.startswith("M")
