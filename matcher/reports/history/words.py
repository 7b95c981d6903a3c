"""The report as lines of text, in both languages, for a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    yield f"匹配质量 match quality {period['from']} – {period['to']}"
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
    line += f"{figure['value']:.4g}"
    if figure["low"] is not None and figure["high"] is not None:
        line += f" ({figure['low']:.4g} – {figure['high']:.4g})"
    line += f" n={figure['n']}"
    if figure["previous"] is not None:
        line += f", 上期 before {figure['previous']:.4g}"
    return line + (f"  !{figure['alert']}" if figure["alert"] else "")
