"""Building the whole match-quality report of a model."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from matcher.learning.cases import ranked_cases
from matcher.learning.refusals import refusal_block
from matcher.learning.systems import ServedModel, Tools
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.records import Catalogue
from matcher.reports.properties import property_report
from matcher.reports.quality import (
    PackPart,
    Say,
    case_block,
    even_case_block,
    part_blocks,
    strict_case_block,
)
from matcher.reports.shapes import shape_records
from matcher.reports.twins import twin_report

REPORT_FILE = "report.json"


@dataclass(frozen=True)
class ReportInput:
    """What a report is made from.

    Attributes
    ----------
    parts : splits of packs, read by path; those that are not there are left out and named
    """

    served: ServedModel
    catalogue: Catalogue
    parts: Sequence[PackPart]
    off_topic_needs: Path
    today: date


def build_report(given: ReportInput, tools: Tools, say: Say) -> dict[str, Any]:
    """Measure everything and return the report as one JSON-able document."""
    served, catalogue = given.served, given.catalogue
    parts = IndexParts(tools.encoder, tools.cache, tools.lexicon, served.model.language_means)
    present = [part for part in given.parts if part.folder.is_dir()]
    blocks = [part_blocks(part, served, tools, say) for part in present]
    say("cases: model")
    queries = ranked_cases(catalogue, parts, progress=tools.progress)[0]
    cases = case_block(catalogue, queries, served, tools, say)
    even = even_case_block(catalogue, parts, queries, served, tools, say)
    strict = strict_case_block(catalogue, parts, served, tools, say)
    say("needs with nobody near")
    refusals = refusal_block(catalogue, parts, served.model, tools)
    say("twins of the catalogue")
    twins = twin_report(catalogue, served.model, tools)
    say("property tests")
    matcher = Matcher(CatalogueIndex(catalogue, parts), served.model)
    properties = property_report(matcher, catalogue, given.off_topic_needs, given.today)
    say("shapes")
    shapes = shape_records(served.model, queries)
    return {
        "model_id": served.model.model_id,
        "built_on": given.today.isoformat(),
        "manifest": dict(served.model.manifest),
        "missing_packs": [p.folder.name for p in given.parts if not p.folder.is_dir()],
        "packs": [table for table, _ in blocks],
        "learned": [learned for _, learned in blocks if learned is not None],
        "cases": cases,
        "cases_even": even,
        "cases_strict": strict,
        "refusals": refusals,
        "twins": twins,
        "properties": properties,
        "shapes": shapes,
    }


def save_report(report: dict[str, Any], folder: Path) -> Path:
    """Write a report beside its model."""
    path = folder / REPORT_FILE
    path.write_text(json.dumps(report, ensure_ascii=False, indent=1) + "\n", "utf-8")
    return path
