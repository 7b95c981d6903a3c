"""The exposure report: who was seen how often, against how many could have been."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from matcher.reports.history.figures import rows_of
from matcher.reports.history.measures import measure_of
from matcher.reports.regulator.facts import PackFacts, Words, document, table
from matcher.reports.regulator.groups import group_of

TITLE = Words("曝光报告", "Exposure report")
BLOCKS = ("coverage", "fairness")
NONE_KEPT = Words(
    "尚未保存任何月度报告，因此没有数字。可用 `aiplus report --snapshot` 或每日任务生成。",
    "No monthly report is kept yet, so there are no figures; `aiplus report --snapshot` or the "
    "daily task keeps one.",
)


def exposure_report(facts: PackFacts, language: str) -> str:
    """Return the figures on coverage and fairness of the last kept month."""
    if facts.report is None:
        basis = Words("月度报告（尚无）", "monthly reports (none yet)")
        return document(facts, TITLE, [NONE_KEPT.of(language)], basis, language)
    period = facts.report["period"]
    body = [Words("期间", "Period").of(language) + f": {period['from']} – {period['to']}", ""]
    header = Words("指标|分组|数值|95% 区间|n|提示", "Measure|Group|Value|95% interval|n|Flag").of(
        language
    )
    body += table(header.split("|"), list(_rows(facts.report, language)))
    basis = Words(
        f"已保存、不可更改的月度报告 {period['from']} – {period['to']}，区块 {'、'.join(BLOCKS)}；"
        "同目录的 CSV 是同样的数字。",
        f"the kept, unchangeable report of {period['from']} – {period['to']}, blocks "
        f"{' and '.join(BLOCKS)}; the CSV beside it has the same figures.",
    )
    return document(facts, TITLE, body, basis, language)


def _rows(report: Mapping[str, Any], language: str) -> Iterator[list[str]]:
    few = Words("数据不足", "not enough data").of(language)
    flags = {"watch": Words("留意", "watch"), "act": Words("处理", "act")}
    for block in BLOCKS:
        for one in report["blocks"][block]["figures"]:
            measure = measure_of(one["key"])
            where = group_of(one, language)
            has_interval = one["value"] is not None and one["low"] is not None
            interval = f"{one['low']:.3f} – {one['high']:.3f}" if has_interval else "–"
            value = few if one["value"] is None else f"{one['value']:.3f}"
            flag = flags[one["alert"]].of(language) if one["alert"] else ""
            name = measure.zh if language == "zh" else measure.en
            yield [name, where, value, interval, str(one["n"]), flag]


def exposure_rows(facts: PackFacts) -> list[dict[str, Any]]:
    """Return the same figures as rows of a CSV file; each says whether it is synthetic."""
    if facts.report is None:
        return []
    blocks = facts.report["blocks"]
    return [row for block in BLOCKS for row in rows_of(blocks[block])]
