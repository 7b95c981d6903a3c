"""The tables of ``docs/evaluation.md``, generated from a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

NAMES = {
    "model": "**this model**",
    "untrained_fusion": "its declared prior weights, untrained",
    "lambdarank": "LightGBM lambdarank, same features",
    "bm25": "BM25 per evidence text, best five summed",
    "bm25_profile": "BM25 of the whole profile",
    "dense": "sentence vectors only",
    "rrf": "reciprocal-rank fusion of both",
    "fusion": "reciprocal-rank fusion of both",
    "random": "random",
    "popularity": "most evidence first",
    "popularity_in_industry": "same industry, most evidence first",
    "tag_overlap": "tag overlap",
    "six_factor_rule": "fixed-weight six-factor rule",
}


def figure(value: Mapping[str, float], digits: int = 3) -> str:
    """Return a mean with its interval.

    Examples
    --------
    >>> figure({"n": 4, "mean": 0.25, "low": 0.1, "high": 0.4})
    '0.250 [0.100, 0.400]'
    """
    return f"{value['mean']:.{digits}f} [{value['low']:.{digits}f}, {value['high']:.{digits}f}]"


def system_table(
    systems: Sequence[Mapping[str, Any]], measures: Sequence[str], gain_in: str
) -> list[str]:
    """Return a table of systems, the model first, then by the first measure."""
    has_hub = any("hub_share@5" in system for system in systems)
    heads = ["system", *measures, f"model's gain in {gain_in}"]
    heads += ["top-5 share of the most frequent"] if has_hub else []
    lines = ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
    ordered = sorted(
        systems, key=lambda s: (s["name"] != "model", -s["measures"][measures[0]]["mean"])
    )
    for system in ordered:
        cells = [NAMES.get(system["name"], system["name"])]
        cells += [figure(system["measures"][m]) for m in measures]
        gain = system.get("gain", {}).get(gain_in)
        cells.append(figure(gain) if gain else "–")
        if has_hub:
            cells.append(f"{system['hub_share@5']:.3f}" if "hub_share@5" in system else "–")
        lines.append("| " + " | ".join(cells) + " |")
    return lines


CALIBRATION_HEAD = (
    "| needs | shown | rate | ECE | Brier | constant | reliability | resolution | log-loss "
    "| constant | slope |"
)


def pack_section(block: Mapping[str, Any]) -> list[str]:
    """Return heading and table of one pack."""
    measures = ["ndcg@10", "pair_accuracy"] if block["pool"] else ["ndcg@10", "mrr", "recall@100"]
    kind = "judged pool" if block["pool"] else f"all {block['n_documents']:,} documents"
    fold = ", scored out of fold" if block["out_of_fold"] else ", not trained on"
    heading = f"### `{block['name']}` {block['split']}, {kind}{fold}: {block['n_queries']} needs"
    return [heading, "", *system_table(block["systems"], measures, measures[0]), ""]


def calibration_lines(block: Mapping[str, Any], what: str) -> str:
    """Return one table row of calibration figures."""
    return (
        f"| {what} | {block['n']:,} | {block['rate']:.3f} | {block['ece']:.4f} | "
        f"{block['brier']:.4f} | {block['brier_constant']:.4f} | "
        f"{block['brier_parts']['reliability']:.4f} | {block['brier_parts']['resolution']:.4f} | "
        f"{block['log_loss']:.4f} | {block['log_loss_constant']:.4f} | {_slope(block)} |"
    )


def _slope(block: Mapping[str, Any]) -> str:
    return "–" if block["line"] is None else f"{block['line']['slope']:.2f}"


def evaluation_markdown(report: Mapping[str, Any]) -> str:
    """Return all tables of a report as Markdown."""
    lines: list[str] = []
    for block in report["packs"]:
        lines += pack_section(block)
    cases = report["cases"]
    lines += [
        f"### Real cases, one left out at a time: {cases['n_queries']} needs, all providers",
        "",
        *system_table(cases["systems"], ["mrr", "ndcg@10", "recall@10"], "mrr"),
        "",
        f"### The same {cases['n_queries']} cases, evenly: every provider has lost a case",
        "",
        f"Each is asked {report['cases_even']['n_draws']} times, of other losses each time, and",
        "counts once. Model and trees are fitted on these lists, out of fold.",
        "",
        *system_table(report["cases_even"]["systems"], ["mrr", "ndcg@10", "recall@10"], "ndcg@10"),
        "",
        "The trees that these lists taught, asked the cases of the table before:",
        "",
        *system_table(
            report["cases_even"]["trees_on_plain"]["systems"], ["ndcg@10", "mrr"], "ndcg@10"
        ),
        "",
        f"### The same {cases['n_queries']} cases, strictly: no descriptions, no shared source",
        "",
        *system_table(report["cases_strict"]["systems"], ["mrr", "ndcg@10", "recall@10"], "mrr"),
        "",
        "### What training adds, and what additivity costs (out of fold)",
        "",
    ]
    for block in [*report["learned"], cases]:
        chosen = [
            s for s in block["systems"] if s["name"] in ("model", "untrained_fusion", "lambdarank")
        ]
        lines += [
            f"`{block['source']}`, {block['n_queries']} needs, tables for `{block['regime']}`:",
            "",
            *system_table(chosen, ["ndcg@10", "mrr"], "ndcg@10"),
            "",
        ]
    lines += [
        "### Calibration of the ten that are shown (fitted on other folds)",
        "",
        "Brier = reliability (low is good) − resolution (high is good) + uncertainty; a slope of 1",
        "says that log-odds are neither too bold (below) nor too timid (above).",
        "",
        CALIBRATION_HEAD,
        "|---|---|---|---|---|---|---|---|---|---|---|",
        *(calibration_lines(b["calibration"], f"`{b['source']}`") for b in report["learned"]),
        calibration_lines(cases["calibration"], "`cases`"),
        "",
        *_refusal_lines(report["refusals"]),
        *_twin_lines(report["twins"]),
        *_slice_lines(cases["slices"]),
        *_property_lines(report["properties"]),
    ]
    return "\n".join(lines).rstrip() + "\n"


def summary_markdown(report: Mapping[str, Any]) -> str:
    """Return the short table of the README: the model beside the best baseline of each task."""
    lines = [
        "| 任务 task | n | 指标 measure | 本模型 model | 最强基线 best baseline | 增益 gain |",
        "|---|---|---|---|---|---|",
    ]
    for block in report["packs"]:
        measure = "mrr" if "terms" in block["name"] else "ndcg@10"
        lines.append(_summary_row(f"`{block['name']}` {block['split']}", block, measure))
    lines.append(_summary_row("real cases, one left out", report["cases"], "mrr"))
    lines.append(_summary_row("real cases, strictly", report["cases_strict"], "mrr"))
    return "\n".join(lines) + "\n"


def _summary_row(task: str, block: Mapping[str, Any], measure: str) -> str:
    ours = next(s for s in block["systems"] if s["name"] == "model")
    others = [
        s for s in block["systems"] if s["name"] not in ("model", "untrained_fusion", "lambdarank")
    ]
    best = max(others, key=lambda s: s["measures"][measure]["mean"])
    return (
        f"| {task} | {block['n_queries']} | {measure} | {figure(ours['measures'][measure])} | "
        f"{NAMES.get(best['name'], best['name'])} {best['measures'][measure]['mean']:.3f} | "
        f"{figure(best['gain'][measure])} |"
    )


REFUSAL_RULES = {"model": "**this model**", "meaning_alone": "closeness in meaning alone"}
REFUSAL_NEEDS = {
    "cases": "real cases",
    "scenarios_zh": "scenarios, in Chinese",
    "scenarios_en": "scenarios, in English",
}


def _refusal_lines(block: Mapping[str, Any]) -> list[str]:
    share = f"{block['false_refusal_share']:.0%}"
    lines = [
        "### “Nobody fits”, said when it is true",
        "",
        "Each need is asked in the whole catalogue and in one without everybody near it: who did",
        "it, who serves the scenario, who shares its industry division or an AI task. The",
        f"threshold refuses {share} of the cases' needs; for cases it is chosen on other folds.",
        "",
        "| needs | rule | n, nobody near | refused: rightly | n, whole | refused: wrongly |",
        "|---|---|---|---|---|---|",
    ]
    for group in block["groups"]:
        needs = REFUSAL_NEEDS.get(group["name"], group["name"])
        lines += [
            f"| {needs} | {REFUSAL_RULES[one['name']]} | {group['n_emptied']} | "
            f"{figure(one['refused'])} | {group['n_whole']} | {figure(one['refused_wrongly'])} |"
            for one in group["systems"]
        ]
    return [*lines, ""]


def _twin_lines(twins: Mapping[str, Any]) -> list[str]:
    lines = [
        "### Two languages: twins of the catalogue, one language on each side",
        "",
        "| task | n | system | MRR | recall@1 | recall@10 |",
        "|---|---|---|---|---|---|",
    ]
    for task in twins["tasks"]:
        for system in task["systems"]:
            measures = system["measures"]
            lines.append(
                f"| {task['name']} | {task['n_queries']} | "
                f"{NAMES.get(system['name'], system['name'])} | "
                + " | ".join(figure(measures[m]) for m in ("mrr", "recall@1", "recall@10"))
                + " |"
            )
    return [*lines, ""]


def _slice_lines(slices: Sequence[Mapping[str, Any]]) -> list[str]:
    lines = [
        "### Slices of the real cases",
        "",
        "| slice | n | MRR | nDCG@10 |",
        "|---|---|---|---|",
    ]
    for part in slices:
        cells = (
            [figure(part["measures"][m]) for m in ("mrr", "ndcg@10")]
            if part["enough"]
            else ["not enough data", "not enough data"]
        )
        lines.append(
            f"| {part['dimension']}: {part['value']} | {part['n']} | {' | '.join(cells)} |"
        )
    return [*lines, ""]


def _property_lines(properties: Mapping[str, Any]) -> list[str]:
    lines = [
        "### Property tests of the serving model",
        "",
        "| property | tried | held | share |",
        "|---|---|---|---|",
    ]
    for record in properties["properties"]:
        lines.append(
            f"| {record['label_en']} | {record['n']} | {record['n_passed']} | "
            f"{record['share']:.3f} |"
        )
    return [*lines, ""]
