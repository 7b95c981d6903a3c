"""The report as lines of text, in both languages, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from matcher.reports.history.measures import measure_of
from matcher.vocabulary import label

TRUST = {
    "yes": ("可以信任", "yes"),
    "with_care": ("可以，但有薄弱处", "yes, with care"),
    "no": ("不可以", "no"),
    "not_enough_data": ("数据不足，无法判断", "not enough data to say"),
}
SYNTHETIC = (
    "*** 合成数据 synthetic ***  以下数字由程序生成，不是真实结果 · made up, nothing is real"
)
NOT_ENOUGH = "数据不足 not enough data"
MAX_SHORT = 6


def report_lines(report: Mapping[str, Any], *, full: bool) -> Iterator[str]:
    """Return the lines of a report: first what to know, then the figures of each block.

    Parameters
    ----------
    full : bool
        Every figure; otherwise those that are not split by anything.
    """
    if report["synthetic"]:
        yield SYNTHETIC
    period = report["period"]
    last = date.fromisoformat(period["to"]) - timedelta(days=1)  # as people count, and the pages
    yield f"匹配质量 match quality {period['from']} – {last}"
    if report["filters"]:
        yield "筛选 only: " + ", ".join(f"{k}={v}" for k, v in report["filters"].items())
    yield from _headline(report["headline"])
    for key, block in report["blocks"].items():
        zh, en = (label("report_block", key, language) for language in ("zh", "en"))
        yield f"\n## {zh} {en}" + ("  [合成 synthetic]" if block["synthetic"] else "")
        shown = block["figures"] if full else _short(block["figures"])
        for figure in shown:
            yield "  " + figure_line(figure)


def _headline(headline: Mapping[str, Any]) -> Iterator[str]:
    zh, en = TRUST[headline["trust"]]
    yield f"能否信任本期匹配 can it be trusted: {zh} · {en}"
    for weak in headline["weak"]:
        yield f"  薄弱 weak: {weak['zh']} · {weak['en']}"
        yield f"    {figure_line(weak['figure'])}"
    for advice in headline["do"]:
        yield f"  建议 do: {advice['zh']} · {advice['en']}"
    if headline["not_known"]:
        yield "  尚不知道 not known yet: " + ", ".join(headline["not_known"])


def _short(figures: list[dict[str, Any]]) -> list[dict[str, Any]]:
    whole = [figure for figure in figures if not figure["group"]]
    return (whole or figures)[:MAX_SHORT]


def figure_line(figure: Mapping[str, Any]) -> str:
    """Return one figure with its number, interval and the value of the period before."""
    measure = measure_of(figure["key"])
    where = " ".join(figure[name] for name in ("system", "dimension", "group") if figure[name])
    line = f"{measure.zh} {measure.en}{f' [{where}]' if where else ''}: "
    if figure["value"] is None:
        return f"{line}{NOT_ENOUGH} (n={figure['n']})"
    line += written(figure["value"], measure.unit)
    if figure["low"] is not None:
        ends = (figure["low"], figure["high"])  # the upper one may not be known yet
        told = ("…" if end is None else written(end, measure.unit) for end in ends)
        line += f" ({' – '.join(told)})"
    line += f" n={figure['n']}"
    if figure["previous"] is not None:
        line += f", 上期 before {written(figure['previous'], measure.unit)}"
    return line + (f"  !{figure['alert']}" if figure["alert"] else "")


def written(value: float, unit: str) -> str:
    """Return a number in its unit: shares in per cent, as the pages have them.

    Examples
    --------
    >>> written(0.15338, "share"), written(3.04, "days"), written(0.0048, "score")
    ('15.3%', '3.0 天 days', '0.0048')
    """
    if unit == "share":
        return f"{value:.1%}"
    return f"{value:.1f} 天 days" if unit == "days" else f"{value:.4g}"
