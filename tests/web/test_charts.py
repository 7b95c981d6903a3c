"""Positions of bars, against values worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from web.charts import Scale, waterfall


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
