"""Positions of bars, against values worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.charts import Axis, Scale, curve, reliability, round_step, waterfall


@dataclass(frozen=True)
class Term:
    bits: float
    is_prior: bool = False


def test_bars_start_where_the_one_before_ended() -> None:
    bars, total = waterfall([Term(-2.0, is_prior=True), Term(3.0), Term(-1.0)])
    # edges -2, 1, 0 on a scale from -2 to 1: zero at two thirds
    assert [(bar.left, bar.width, bar.style) for bar in bars] == [
        (0.0, 66.67, "bar-prior"),
        (0.0, 100.0, "bar-plus"),
        (66.67, 33.33, "bar-minus"),
    ]
    assert {bar.zero for bar in bars} == {66.67}
    assert (total.left, total.style) == (66.67, "bar-total")


def test_nothing_to_draw_is_drawn_without_fault() -> None:
    bars, total = waterfall([])
    assert bars == []
    assert total.left == 0.0


def test_interval_stays_inside_the_drawing() -> None:
    bar = Scale(0.0, 0.5).bar(0.0, 0.25, "bar-plus", interval=(0.2, 0.9))
    assert (bar.width, bar.low, bar.high) == (50.0, 40.0, 100.0)


@pytest.mark.parametrize("value", [0.0, 1e-9, -1e-9])
def test_tiny_value_is_still_to_be_seen(value: float) -> None:
    bars, _total = waterfall([Term(value), Term(4.0)])
    assert bars[0].width >= 0.4


@pytest.mark.parametrize(
    ("width", "step"),
    [(0.03, 0.05), (0.1, 0.1), (0.21, 0.25), (1.1, 2.0), (7.0, 10.0), (26.0, 50.0)],
)
def test_grid_stands_on_round_numbers(width: float, step: float) -> None:
    assert round_step(width) == pytest.approx(step)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=20))
def test_every_value_lies_inside_its_axis(values: list[float]) -> None:
    axis = Axis.around(values)
    assert axis.low <= min(values) + 1e-6
    assert axis.high >= max(values) - 1e-6
    assert 2 <= len(axis.values()) <= 8


def test_a_promise_that_is_kept_lies_on_the_diagonal() -> None:
    plot = reliability([0.1, 0.4], [0.1, 0.4], [(0.05, 0.2), (0.3, 0.5)], str)
    frame = plot.frame
    for point in plot.points:
        across = (point.x - frame.left) / (frame.right - frame.left)
        up = (frame.bottom - point.y) / (frame.bottom - frame.top)
        assert across == pytest.approx(up, abs=0.01)
        assert point.low is not None
        assert point.high is not None
        assert point.high < point.y < point.low  # y grows downwards


def test_curve_starts_and_ends_at_its_knots() -> None:
    plot = curve([0, 1, 2], [-1.0, 0.0, 3.0], str)
    assert plot.line.startswith(f"M{plot.points[0].x} {plot.points[0].y}L")
    assert plot.points[0].y > plot.points[-1].y
    assert [point.x for point in plot.points] == sorted(point.x for point in plot.points)


def test_density_stands_in_a_strip_below_the_axis() -> None:
    plot = curve([0, 1, 2], [-1.0, 0.0, 3.0], str, [100, 0, 1, 25])
    assert len(plot.strip) == 3  # nothing is drawn where there are no data
    floor = plot.frame.bottom + plot.frame.foot
    assert all(bar.y + bar.height == pytest.approx(floor, abs=0.1) for bar in plot.strip)
    assert min(bar.y for bar in plot.strip) > plot.frame.bottom
    most, _one, quarter = (bar.height for bar in plot.strip)
    assert quarter == pytest.approx(most / 2, abs=0.1)
    assert plot.strip[0].title == "0.0 – 0.5: 100"
    assert plot.strip[0].x == plot.points[0].x


def test_curve_without_data_has_no_strip() -> None:
    for counts in ([], [0, 0, 0]):
        plot = curve([0, 1, 2], [-1.0, 0.0, 3.0], str, counts)
        assert plot.strip == ()
        assert plot.frame.height == curve([0, 1], [0, 1], str).frame.height
