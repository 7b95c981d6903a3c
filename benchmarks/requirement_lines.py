"""Measure how requirement lines are judged: ``python -m benchmarks.requirement_lines`` (a minute).

Nobody has labelled such lines, so published claims stand in for them: a claim with a figure is
asked as a requirement under the name of its capability. That capability publishes the very figure,
so a line without an answer misses it; a capability of another provider and of other industry
sections that publishes a figure of the same kind does so of something else, so a line with an
answer is nearly always wrong ("labour cost down 30 %" can be fair everywhere). Two plainer rules
are asked the same: any figure of the kind, and any in a text that is near. Shares with 95 %
bootstrap intervals over the asked claims go to ``benchmarks/results/requirement-lines.json``;
``make docs`` writes the table of docs/evaluation.md.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import numpy as np

from benchmarks.shipped import ROOT, shipped_index
from matcher.learning.bootstrap import bootstrap_mean
from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.catalogue_units import evidence_texts
from matcher.ranking.engine import CatalogueIndex
from matcher.ranking.lines.comparison import compare, is_comparable
from matcher.ranking.lines.findings import EvidenceText, goals_of
from matcher.ranking.lines.judging import judge_requirements
from matcher.ranking.lines.measures import measures_in
from matcher.ranking.lines.stated import stated_by
from matcher.records import Capability, Claim, Need, Requirement
from matcher.text.lexicon import Lexicon

RESULT = ROOT / "benchmarks" / "results" / "requirement-lines.json"
NEAR = 0.4  # of the plain rule of nearness; the affinity of a requirement and a text, in [0, 1]
OTHERS = 6  # capabilities of something else that are asked the same, at most
SEED = 1


@dataclass(frozen=True)
class Asked:
    """One claim as a need, and the capabilities that are asked."""

    need: Need
    own: Capability
    others: tuple[Capability, ...]


@dataclass(frozen=True)
class Line:
    """What the rules compare for one need and one capability."""

    need: Need
    capability: Capability
    texts: list[EvidenceText]
    affinity: NeedAffinity
    lexicon: Lexicon


def asked_claims(index: CatalogueIndex, language: str) -> Iterator[Asked]:
    """Yield every claim with a figure in one language, with others that publish such a figure."""
    draw = np.random.default_rng(SEED)
    capabilities = [index.catalogue.capabilities[i] for i in sorted(index.catalogue.capabilities)]
    for own in capabilities:
        for claim in own.claims:
            text = claim.text if language == "zh" else claim.text_en
            if claim.value is None or not text:
                continue
            twins = (text, "") if language == "zh" else ("", text)
            requirement = Requirement("R1", twins[0], text_en=twins[1])
            title = own.name if language == "zh" else own.name_en
            need = Need("N1", title, language=language, requirements=(requirement,))
            hard = [c for c in capabilities if _is_elsewhere(own, c) and _has_kind(requirement, c)]
            chosen = draw.permutation(len(hard))[:OTHERS]
            yield Asked(need, own, tuple(hard[i] for i in chosen))


def _is_elsewhere(own: Capability, other: Capability) -> bool:
    sections = {code[:1] for code in own.industries}
    is_else = sections.isdisjoint(code[:1] for code in other.industries)
    return is_else and own.provider_id != other.provider_id


def _has_kind(requirement: Requirement, capability: Capability) -> bool:
    figures = [m for claim in capability.claims for m in _measures(claim)]
    return any(is_comparable(goal, m) for goal in goals_of(requirement) for m in figures)


def _measures(claim: Claim) -> list[Any]:
    return [*measures_in(claim.text), *measures_in(claim.text_en)]


def ours(line: Line) -> str:
    """Return the status of the requirement line."""
    stated = stated_by(line.capability, line.lexicon)
    found = judge_requirements(line.need, line.texts, line.affinity.to(line.texts), stated)
    return found[0].status


def any_of_the_kind(line: Line) -> str:
    """Answer by any figure of the kind."""
    return "met" if any(_compared(line, unit) for unit in line.texts) else "no_evidence"


def any_near(line: Line) -> str:
    """Answer by any figure of the kind in a text that is near the requirement as a whole."""
    requirement = line.need.requirements[0]
    near = line.affinity.to(line.texts)([requirement.text or requirement.text_en])[0]
    texts = (unit for unit, value in zip(line.texts, near, strict=True) if value >= NEAR)
    return "met" if any(_compared(line, unit) for unit in texts) else "no_evidence"


def _compared(line: Line, unit: EvidenceText) -> bool:
    goals = goals_of(line.need.requirements[0])
    figures = [*measures_in(unit.text), *measures_in(unit.text_en)]
    return any(
        is_comparable(goal, found) and compare(goal, found) in {"met", "partly", "not_met"}
        for goal in goals
        for found in figures
    )


RULES: dict[str, Callable[[Line], str]] = {
    "ours": ours,
    "any figure of the kind, in a near text": any_near,
    "any figure of the kind": any_of_the_kind,
}


def measured(index: CatalogueIndex, language: str) -> dict[str, Any]:
    """Return for each rule the share of own claims found and of others' wrongly taken."""
    own: dict[str, list[float]] = {name: [] for name in RULES}
    wrong: dict[str, list[float]] = {name: [] for name in RULES}
    for asked in asked_claims(index, language):
        look_up = index.look_up(asked.need, None, today=date(index.evidence.latest_year, 12, 31))
        affinity, lexicon = NeedAffinity(index, look_up), index.parts.lexicon
        for name, rule in RULES.items():
            said = [
                rule(Line(asked.need, c, evidence_texts(c, index.catalogue), affinity, lexicon))
                for c in (asked.own, *asked.others)
            ]
            own[name].append(float(said[0] in {"met", "partly"}))
            if asked.others:
                wrong[name].append(float(np.mean([one != "no_evidence" for one in said[1:]])))
    return {
        name: {
            "n": len(own[name]),
            "found": _interval(own[name]),
            "n_others": len(wrong[name]),
            "wrong": _interval(wrong[name]),
        }
        for name in RULES
    }


def _interval(values: list[float]) -> list[float]:
    found = bootstrap_mean(np.array(values), seed=SEED)
    return [round(float(value), 4) for value in (found.mean, found.low, found.high)]


def main() -> int:
    with shipped_index() as index:
        rows = {language: measured(index, language) for language in ("zh", "en")}
    result = {"measured": datetime.now(UTC).date().isoformat(), "others": OTHERS, "rows": rows}
    RESULT.write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n", "utf-8")
    print(RESULT)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
