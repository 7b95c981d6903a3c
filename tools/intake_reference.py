"""What the generated parts of docs/intake.md print: the checklist and what was measured.

Called from the cog blocks of that file: ``make docs`` writes them, ``make docs-check`` compares.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from matcher.intake.checks import CHECKS
from matcher.intake.quality import PUBLISH_FROM

RESULTS = Path(__file__).resolve().parents[1] / "benchmarks" / "results"
FIELD_NAMES = {
    "industries": "行业 industry",
    "process_steps": "环节 step",
    "ai_tasks": "AI 任务 AI task",
    "data_modalities": "数据类型 data",
}
SYSTEMS = {
    "most frequent value": "最常见的值 most frequent",
    "plain keyword": "标签与行业名的词 keywords",
    "words alone": "只用词 words alone",
    "scenarios alone": "只用场景 scenarios alone",
}
SETS = {
    "scenarios zh": "场景（中文）scenarios, Chinese",
    "scenarios en": "场景（英文）scenarios, English",
    "case needs zh": "案例需求（中文）needs of cases, Chinese",
    "case needs en": "案例需求（英文）needs of cases, English",
    "case reports zh": "案例报道（中文）reports of cases, Chinese",
    "case reports en": "案例报道（英文）reports of cases, English",
}
CHANGES = {
    "reordered": "调换语序 reordered",
    "no punctuation": "去掉标点 no punctuation",
    "traditional or capitals": "繁体或大写 traditional or capitals",
    "a tenth of the words lost": "丢掉一成的词 a tenth of the words lost",
    "a sentence added": "加一句话 a sentence added",
    "all of it": "以上都有 all of it",
}


def checklist_markdown() -> str:
    """Every line of the checklist with its points, hint and source, the heaviest first."""
    lines = [
        "| 检查 check | 分 points | 提示 hint | 依据 source |",
        "|---|---:|---|---|",
    ]
    for check in CHECKS:
        lines.append(
            f"| `{check.code}` {check.label_zh} · {check.label_en} | {check.points} | "
            f"{check.hint_zh} {check.hint_en} | {check.source} |"
        )
    total = sum(check.points for check in CHECKS)
    lines.append(f"| 合计 total | **{total}** | 发布线 published from: **{PUBLISH_FROM}** | |")
    return "\n".join(lines) + "\n"


def suggestions_markdown() -> str:
    """Hit rates of the suggestions with intervals, beside both baselines and both parts alone."""
    rows = _result("suggestions")["rows"]
    parts = []
    for name, shown in SETS.items():
        lines = [
            f"**{shown}**\n",
            "| 字段 field | n | 首个 hit@1 | 前三 hit@3 | 首个高出 gain@1 | 前三高出 gain@3 | "
            + " | ".join(SYSTEMS.values())
            + " |",
            "|---|---:|" + "---:|" * (4 + len(SYSTEMS)),
        ]
        lines += [_hit_row(row) for row in rows if row["set"] == name]
        parts.append("\n".join(lines))
    return "\n\n".join(parts) + "\n"


def _hit_row(row: dict[str, Any]) -> str:
    ours, gain = row["rates"]["ours"], row["gain"]
    cells = [
        FIELD_NAMES[row["field"]],
        str(ours["hit@1"]["n"]),
        *(_interval(ours[k]) for k in ("hit@1", "hit@3")),
        *(_interval(gain[k]) for k in ("hit@1", "hit@3")),
        *(
            " · ".join(f"{row['rates'][name][k]['mean']:.2f}" for k in ("hit@1", "hit@3"))
            for name in SYSTEMS
        ),
    ]
    return f"| {' | '.join(cells)} |"


def shown_markdown() -> str:
    """How many suggestions a text gets and how many of them are its true tags."""
    lines = [
        "| 文本 texts | n | 有建议 with any | 每条平均 shown each | 其中正确 of which right |",
        "|---|---:|---:|---:|---:|",
    ]
    names = {**SETS, "off topic": "无关需求（合成）off topic, synthetic"}
    for name, row in _result("suggestions")["shown"].items():
        right = "–" if name == "off topic" else f"{row['right_share']:.0%}"
        lines.append(
            f"| {names[name]} | {row['n']} | {row['with_any']:.0%} | "
            f"{row['shown_each']:.1f} | {right} |"
        )
    return "\n".join(lines) + "\n"


def duplicates_markdown() -> str:
    """How near copies and different needs are, and how many reach each threshold."""
    result = _result("duplicates")
    thresholds = list(result["different"]["n_reaching"])
    lines = [
        "| 文本对 pairs | n | 中位 median | 最低 lowest | 最高 highest | "
        + " | ".join(f"≥ {t}" for t in thresholds)
        + " |",
        "|---|---:|---:|---:|---:|" + "---:|" * len(thresholds),
    ]
    rows = [("不同场景 different scenarios", result["different"])]
    rows += [(CHANGES[name], row) for name, row in result["copies"].items()]
    for name, row in rows:
        reaching = " | ".join(str(row["n_reaching"][t]) for t in thresholds)
        lines.append(
            f"| {name} | {row['n']} | {row['median']} | {row['lowest']} | {row['highest']} | "
            f"{reaching} |"
        )
    return "\n".join(lines) + "\n"


def _interval(cell: dict[str, Any]) -> str:
    return f"{cell['mean']:.2f} ({cell['low']:.2f}–{cell['high']:.2f})"


def _result(name: str) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((RESULTS / f"{name}.json").read_text("utf-8"))
    return content
