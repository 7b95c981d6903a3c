"""The whole report on history: every block, beside the period before, as one plain document."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from matcher.learning.history import EVERYTHING, HistoryLog, Wanted
from matcher.reports.history.acceptance import acceptance_block
from matcher.reports.history.base_use import base_use_block
from matcher.reports.history.calibration import calibration_block
from matcher.reports.history.cold_start import cold_start_block
from matcher.reports.history.coverage import coverage_block
from matcher.reports.history.cut import Cut, Period
from matcher.reports.history.data_quality import data_quality_block
from matcher.reports.history.drift import drift_block
from matcher.reports.history.fairness import fairness_block
from matcher.reports.history.figures import Block, with_previous
from matcher.reports.history.funnel import funnel_block
from matcher.reports.history.headline import headline_of
from matcher.reports.history.human_factor import human_factor_block
from matcher.reports.history.model_record import ModelFacts, model_record_block
from matcher.reports.history.ranking import ranking_block
from matcher.reports.history.stability import stability_block
from matcher.reports.history.supply_gap import supply_gap_block

FORMAT = 1
MAKERS: Mapping[str, Callable[[Cut], Block]] = {
    "ranking": ranking_block,
    "calibration": calibration_block,
    "acceptance": acceptance_block,
    "funnel": funnel_block,
    "coverage": coverage_block,
    "fairness": fairness_block,
    "cold_start": cold_start_block,
    "supply_gap": supply_gap_block,
    "base_use": base_use_block,
    "stability": stability_block,
    "drift": drift_block,
    "human_factor": human_factor_block,
    "data_quality": data_quality_block,
}
BLOCKS = (*MAKERS, "model_record")
AS_OF_NOW = ("data_quality",)  # nobody knows how good records were a period ago


@dataclass(frozen=True)
class ReportOrder:
    """What a report is to be about."""

    period: Period
    wanted: Wanted = EVERYTHING
    models: Mapping[str, ModelFacts] = field(default_factory=dict)


def history_report(
    log: HistoryLog,
    order: ReportOrder,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> dict[str, Any]:
    """Return the report of a period as a JSON-able document.

    Parameters
    ----------
    log : HistoryLog
        All of history; what happened after the period is not looked at.
    progress : callable
        Told (blocks done, blocks in all).
    """
    cut = Cut(log, order.period, order.wanted)
    before = Cut(log, order.period.before, order.wanted)
    blocks = []
    for done, make in enumerate(MAKERS.values(), start=1):
        block = make(cut)
        blocks.append(block if block.key in AS_OF_NOW else with_previous(block, make(before)))
        progress(done, len(BLOCKS))
    record = model_record_block(cut, order.models)
    blocks.append(with_previous(record, model_record_block(before, order.models)))
    progress(len(BLOCKS), len(BLOCKS))
    by_key = {block.key: block for block in blocks}
    return {
        "format": FORMAT,
        "synthetic": log.synthetic,
        "sources": list(log.sources),
        "period": {"from": str(order.period.start), "to": str(order.period.end)},
        "previous_period": {
            "from": str(order.period.before.start),
            "to": str(order.period.before.end),
        },
        "filters": order.wanted.as_json(),
        "choices": choices_of(cut),
        "headline": headline_of(by_key),
        "blocks": {key: by_key[key].as_json() for key in BLOCKS},
    }


def choices_of(cut: Cut) -> dict[str, list[str]]:
    """Return the values by which the report can be filtered."""
    known = cut.known
    columns = {
        "industry": known.needs["industry"].astype("U3"),
        "size": known.needs["size"],
        "region": known.needs["region"],
        "language": known.needs["language"],
        "origin": known.pairs["origin"],
        "model": known.lists["model_id"],
    }
    return {name: sorted({str(v) for v in values if v}) for name, values in columns.items()}
