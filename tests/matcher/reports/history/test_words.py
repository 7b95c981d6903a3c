"""The report in a terminal: units, days and intervals as the pages have them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from matcher.learning.history import make_log
from matcher.reports.history.build import ReportOrder, history_report
from matcher.reports.history.figures import Figure
from matcher.reports.history.words import figure_line, report_lines
from tests.matcher.reports.history.test_blocks import OCTOBER

SHARE = Figure("mutual@5", 0.15338, 1089, 0.1309, 0.1752, previous=0.1473, n_previous=900)


@pytest.mark.parametrize(
    ("figure", "told"),
    [
        (SHARE, "前五双方同意率 Agreement@5: 15.3% (13.1% – 17.5%) n=1089, 上期 before 14.7%"),
        (
            replace(SHARE, key="days_to_pilot", value=50.3, low=41.2, high=None, previous=None),
            "进入中试天数 Days to pilot: 50.3 天 days (41.2 天 days – …) n=1089",
        ),
        (
            replace(SHARE, value=None),
            "前五双方同意率 Agreement@5: 数据不足 not enough data (n=1089)",
        ),
        (
            Figure("permutation_p", 0.04, 90, dimension="size", alert="watch"),
            "偶然的可能 Permutation p [size]: 0.04 n=90  !watch",
        ),
    ],
)
def test_figure_is_written_in_its_unit_with_what_it_rests_on(figure: Figure, told: str) -> None:
    assert figure_line(figure.as_json()) == told


def test_the_last_day_is_the_last_that_counts() -> None:
    made = history_report(make_log({}, synthetic=False), ReportOrder(OCTOBER))
    lines = list(report_lines(made, full=False))
    assert "匹配质量 match quality 2026-10-01 – 2026-10-31" in lines
    assert any("数据不足，无法判断" in line for line in lines)
