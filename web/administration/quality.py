"""From the match-quality report of a model (``report.json``) to what its page draws.

The report is data made elsewhere; a part that an older one lacks is left out. Every figure keeps
its n and its 95 % interval.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from matcher.errors import ModelIncompatible
from web.charts import Bar, Plot, Scale, reliability
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import industry_label, percent

REPORT_FILE = "report.json"
OURS = {"model", "untrained_fusion", "lambdarank"}  # of the same features: no baselines
Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Figure:
    """A mean and its interval, written with true minus signs and a dash between the limits."""

    mean: str
    interval: str

    @classmethod
    def of(cls, value: Json, *, signed: bool = False) -> Figure:
        sign = "+" if signed else ""
        mean = f"{value['mean']:{sign}.3f}"
        dash = "–" if value["low"] >= 0 else " – "  # a dash beside a minus needs room
        interval = f"[{value['low']:.3f}{dash}{value['high']:.3f}]"
        return cls(mean.replace("-", "−"), interval.replace("-", "−"))


@dataclass(frozen=True, slots=True)
class Row:
    """One system of a table: its figures, the model's gain over it, and a bar."""

    name: str
    is_model: bool
    figures: tuple[Figure, ...]
    gain: Figure | None
    verdict: str
    share: str
    bar: Bar


@dataclass(frozen=True, slots=True)
class Table:
    """Systems compared on the same needs."""

    key: str
    title: str
    note: str
    measures: tuple[str, ...]
    rows: tuple[Row, ...]
    has_share: bool


def read_report(models: Path, model_id: str) -> Json | None:
    """Return the report beside a model, or nothing where none has been made."""
    path = models / model_id / REPORT_FILE
    try:
        report = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise ModelIncompatible(f"{path} cannot be read ({error}); run `make report`") from error
    if not isinstance(report, dict):
        raise ModelIncompatible(f"{path} holds no report; run `make report`")
    return report


def system_name(name: str) -> str:
    words = {
        "model": _("This model"),
        "untrained_fusion": _("The same features, untrained"),
        "lambdarank": _("LightGBM lambdarank, same features"),
        "bm25": _("BM25 of each evidence text, best five summed"),
        "bm25_profile": _("BM25 of the whole profile"),
        "dense": _("Sentence vectors alone"),
        "rrf": _("Reciprocal-rank fusion of both"),
        "fusion": _("Reciprocal-rank fusion of both"),
        "random": _("Random order"),
        "popularity": _("Most evidence first"),
        "popularity_in_industry": _("Same industry, most evidence first"),
        "tag_overlap": _("Tag overlap"),
        "six_factor_rule": _("Fixed-weight six-factor rule"),
    }
    return words.get(name, name)


def measure_name(name: str) -> str:
    words = {
        "ndcg@10": "nDCG@10",
        "ndcg@5": "nDCG@5",
        "mrr": "MRR",
        "recall@1": _("Recall@1"),
        "recall@10": _("Recall@10"),
        "recall@100": _("Recall@100"),
        "pair_accuracy": _("Pair accuracy"),
    }
    return words.get(name, name)


def verdict(value: Json) -> str:
    """Return ``better``, ``worse`` or ``unclear``: whether the interval is clear of zero."""
    if value["low"] > 0:
        return "better"
    return "worse" if value["high"] < 0 else "unclear"


def system_table(key: str, title: str, note: str, block: Json, measures: Sequence[str]) -> Table:
    """Return the table of a block: the model first, then by the first measure."""
    main = measures[0]
    systems = sorted(
        block["systems"], key=lambda s: (s["name"] != "model", -s["measures"][main]["mean"])
    )
    scale = Scale.over([system["measures"][main]["high"] for system in systems])
    rows = tuple(table_row(system, measures, scale) for system in systems)
    return Table(
        key=key,
        title=title,
        note=note,
        measures=tuple(measure_name(name) for name in measures),
        rows=rows,
        has_share=any(row.share for row in rows),
    )


def table_row(system: Json, measures: Sequence[str], scale: Scale) -> Row:
    value = system["measures"][measures[0]]
    gain = system.get("gain", {}).get(measures[0])
    is_model = system["name"] == "model"
    share = system.get("hub_share@5")
    return Row(
        name=system_name(system["name"]),
        is_model=is_model,
        figures=tuple(Figure.of(system["measures"][name]) for name in measures),
        gain=None if gain is None else Figure.of(gain, signed=True),
        verdict="" if gain is None else verdict(gain),
        share="" if share is None else percent(share, 1),
        bar=scale.bar(
            0.0,
            value["mean"],
            "bar-plus" if is_model else "bar-peer",
            interval=(value["low"], value["high"]),
        ),
    )


def measures_of(block: Json) -> list[str]:
    known = block["systems"][0]["measures"]
    wanted = ["ndcg@10", "pair_accuracy"] if block.get("pool") else ["ndcg@10", "mrr", "recall@100"]
    return [name for name in wanted if name in known] or list(known)[:3]


def pack_tables(report: Json) -> Iterator[Table]:
    for number, block in enumerate(report.get("packs", [])):
        how = (
            _("scored by models that had not seen the need")
            if block["out_of_fold"]
            else _("never trained on")
        )
        what = (
            _("the judged candidates alone")
            if block["pool"]
            else _("all %(count)s documents", count=f"{block['n_documents']:,}")
        )
        note = _(
            "%(count)s needs; %(what)s; %(how)s.", count=block["n_queries"], what=what, how=how
        )
        title = f"{block['name']} · {block['split']}"
        yield system_table(f"pack-{number}", title, note, block, measures_of(block))


def case_table(report: Json) -> Table:
    block = report["cases"]
    note = _(
        "%(count)s real cases, each left out in turn: the model sees the need and everything "
        "except that case, and ranks all providers.",
        count=block["n_queries"],
    )
    return system_table("cases", _("Real cases"), note, block, ["mrr", "ndcg@10", "recall@10"])


def case_tables(report: Json) -> Iterator[Table]:
    """The real cases in each of the ways they are asked; a report may hold the first alone."""
    yield case_table(report)
    even, strict = report.get("cases_even"), report.get("cases_strict")
    if even:
        note = _(
            "%(count)s cases again, in a catalogue where every provider that has a case has lost "
            "one: who leads above but not here had recognised the gap, not the right provider.",
            count=even["n_queries"],
        )
        measures = ["ndcg@10", "mrr", "recall@10"]
        yield system_table("cases-even", _("Real cases, evenly"), note, even, measures)
    if even and even.get("trees_on_plain"):
        note = _(
            "The trees that the even lists taught, asked the %(count)s cases left out one at a "
            "time: what remains of their lead there.",
            count=even["trees_on_plain"]["n_queries"],
        )
        title = _("Trees taught evenly, on the cases left out one at a time")
        yield system_table("trees-even", title, note, even["trees_on_plain"], ["ndcg@10", "mrr"])
    if strict:
        note = _(
            "%(count)s cases with the providers’ descriptions taken away too, and everything that "
            "shares a source with the case.",
            count=strict["n_queries"],
        )
        measures = ["mrr", "ndcg@10", "recall@10"]
        yield system_table("cases-strict", _("Real cases, strictly"), note, strict, measures)


def training_tables(report: Json) -> Iterator[Table]:
    """What training adds to the untrained features, and what additivity costs against trees."""
    for number, block in enumerate([*report.get("learned", []), report["cases"]]):
        chosen = [system for system in block["systems"] if system["name"] in OURS]
        note = _("%(count)s needs, scored out of fold.", count=block["n_queries"])
        yield system_table(
            f"learned-{number}",
            source_name(block["source"]),
            note,
            {"systems": chosen},
            ["ndcg@10", "mrr"],
        )


def source_name(source: str) -> str:
    return _("Real cases") if source == "cases" else source


def summary_rows(report: Json) -> list[dict[str, Any]]:
    """Return, a task each, the model beside the best of the baselines.

    The cases asked strictly are a task too: a table that left out where the model loses would lie.
    """
    blocks = [
        (f"{block['name']} · {block['split']}", block, measures_of(block)[0])
        for block in report.get("packs", [])
    ]
    blocks.append((_("Real cases"), report["cases"], "mrr"))
    if report.get("cases_strict"):
        blocks.append((_("Real cases, strictly"), report["cases_strict"], "mrr"))
    return [summary_row(*block) for block in blocks]


def summary_row(task: str, block: Json, measure: str) -> dict[str, Any]:
    ours = next(system for system in block["systems"] if system["name"] == "model")
    others = [system for system in block["systems"] if system["name"] not in OURS]
    best = max(others, key=lambda system: system["measures"][measure]["mean"])
    gain = best["gain"][measure]
    return {
        "task": task,
        "n": block["n_queries"],
        "measure": measure_name(measure),
        "ours": Figure.of(ours["measures"][measure]),
        "best": f"{system_name(best['name'])} {best['measures'][measure]['mean']:.3f}",
        "gain": Figure.of(gain, signed=True),
        "verdict": verdict(gain),
    }


def calibrations(report: Json) -> list[dict[str, Any]]:
    """Return the reliability chart of each source with its figures."""
    found = []
    for block in [*report.get("learned", []), report["cases"]]:
        figures = block.get("calibration")
        if not figures:
            continue
        bins = figures["bins"]
        found.append(
            {
                "title": source_name(block["source"]),
                **{name: figures[name] for name in ("n", "rate", "ece", "brier")},
                "brier_constant": figures["brier_constant"],
                "bins": bins,
                "chart": reliability_chart(bins),
            }
        )
    return found


def reliability_chart(bins: Sequence[Json]) -> Plot | None:
    if not bins:
        return None
    return reliability(
        [each["predicted"] for each in bins],
        [each["observed"] for each in bins],
        [(each["low"], each["high"]) for each in bins],
        percent,
    )


def slice_rows(report: Json) -> list[dict[str, Any]]:
    return [
        {
            "dimension": slice_words(part["dimension"]),
            "value": slice_value(part["dimension"], part["value"]),
            "n": part["n"],
            "figures": [Figure.of(part["measures"][name]) for name in ("mrr", "ndcg@10")]
            if part["enough"]
            else [],
        }
        for part in report["cases"].get("slices", [])
    ]


def slice_words(dimension: str) -> str:
    words = {
        "industry_section": _("Industry"),
        "need_text": _("Words of the need"),
        "provider_history": _("Evidence of the provider"),
    }
    return words.get(dimension, dimension)


def slice_value(dimension: str, value: str) -> str:
    if dimension == "industry_section":
        return industry_label(value)
    words = {
        "own_words": _("written as the enterprise would say it"),
        "scenario": _("taken from the scenario"),
        "other_cases": _("has other cases"),
        "no_other_case": _("has no other case"),
    }
    return words.get(value, value)


def twin_tables(report: Json) -> Iterator[Table]:
    for number, task in enumerate(report.get("twins", {}).get("tasks", [])):
        note = _("%(count)s pairs of the catalogue’s own texts.", count=task["n_queries"])
        measures = [
            name
            for name in ("mrr", "recall@1", "recall@10")
            if name in task["systems"][0]["measures"]
        ]
        yield system_table(f"twins-{number}", twin_name(task["name"]), note, task, measures)


def twin_name(name: str) -> str:
    """Return the words for a task such as ``capabilities zh→en``."""
    kind, _space, direction = name.partition(" ")
    kinds = {"capabilities": _("Capabilities"), "scenarios": _("Scenarios")}
    directions = {
        "zh→en": _("Chinese need, English text"),
        "en→zh": _("English need, Chinese text"),
    }
    return f"{kinds.get(kind, kind)} · {directions.get(direction, direction)}"


def property_rows(report: Json) -> list[dict[str, Any]]:
    own = language()
    return [
        {
            "label": record[f"label_{own}"],
            "detail": record[f"detail_{own}"],
            "n": record["n"],
            "n_passed": record["n_passed"],
            "share": percent(record["share"], 1),
            "passed": record["passed"],
            "failures": record.get("failures", []),
        }
        for record in report.get("properties", {}).get("properties", [])
    ]
