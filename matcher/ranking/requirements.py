"""Hold each requirement of a need against the evidence of one candidate, with the quote.

A measurable requirement is compared with published figures of the same kind, form, unit and
subject. Any other requirement is met only where a checked case speaks to it; where no text comes
near it as a whole, the things that it names are looked for one by one, in texts and in what the
record states. No line claims more than its evidence: figures are published by their sources and not
measured by this service, and no requirement counts as not met without a figure that contradicts it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.comparison import is_same_figure
from matcher.ranking.findings import (
    SPEAKS,
    EvidenceText,
    Finding,
    asked_language,
    asked_text,
    findings,
    target_of,
    targets_of,
    terms_of,
    twins_of,
)
from matcher.ranking.measures import Measure, amount_words, clauses, measures_in
from matcher.ranking.named_things import Thing, named, named_things, other_words
from matcher.ranking.requirement_words import (
    SILENT,
    Words,
    figure_reason,
    hinted_reason,
    named_reason,
    no_figure_reason,
    operator_words,
    spoken_reason,
)
from matcher.ranking.results import RequirementLine
from matcher.ranking.stated import RECORD, Stated
from matcher.records import Need, Requirement

__all__ = ["EvidenceText", "judge_requirements"]

# Below SPEAKS a text may still come close: nearer than 99 % of all evidence, see ``findings``.
MENTIONS = 0.4
# Of the things that a requirement names, more than this share must be named by one text to count as
# part of an answer: 手机 alone is not 手机告警. Fewer are told and quoted, but count for nothing.
NAMED_SHARE = 0.5
EVIDENCE = "evidence"  # in requirement_words.csv: what people call a kind of it
KIND_ORDER = ("case", "claim", "capability", RECORD)
CHECKED_TRUST = frozenset({"A", "B"})
TRUST_ORDER = ("A", "B", "C", "", "D")
STATUS_ORDER = ("met", "partly", "not_met")

Affinity = Callable[[list[str]], NDArray[np.floating]]


def judge_requirements(
    need: Need,
    units: Sequence[EvidenceText],
    affinity: Affinity,
    stated: Stated | None = None,
) -> tuple[RequirementLine, ...]:
    """Judge every requirement of a need against the evidence of one candidate.

    Parameters
    ----------
    need : Need
        Its requirements may have fields (metric, operator, threshold, unit) or only a text, which
        is then read.
    units : sequence of EvidenceText
        In any order; the order does not change the answer.
    affinity : callable
        From a list of texts to an array ``(n_texts, n_units)`` in [0, 1]; not called without units.
    stated : Stated, optional
        What the candidate's record states in its fields.

    Returns
    -------
    tuple of RequirementLine
        In the order of the need's requirements; ``quote`` is an exact part of the evidence text.

    Raises
    ------
    ValueError
        When ``affinity`` returns an array of another shape.
    """
    requirements = need.requirements
    if not requirements:
        return ()
    if not units:
        return tuple(_no_evidence(item, target_of(item)) for item in requirements)
    near = np.asarray(affinity([_question(need, item) for item in requirements]), dtype=np.float64)
    if near.shape != (len(requirements), len(units)):
        expected = (len(requirements), len(units))
        raise ValueError(f"affinity returned shape {near.shape}, expected {expected}")
    rows = np.nan_to_num(near).tolist()
    return tuple(
        _judge(need, item, units, row, stated) for item, row in zip(requirements, rows, strict=True)
    )


def _question(need: Need, requirement: Requirement) -> str:
    """Return the text whose nearness is asked: a bare "accuracy of 95 %" is about the title."""
    return need.title if _is_bare(requirement) else asked_text(requirement)


def _is_bare(requirement: Requirement) -> bool:
    target = target_of(requirement)
    return target is not None and not target.subject


def _near_as_claimed(units: Sequence[EvidenceText], near: Sequence[float]) -> list[float]:
    """Let claims speak about what their capability is about; a claim seldom repeats it."""
    described = [
        value for unit, value in zip(units, near, strict=True) if unit.kind == "capability"
    ]
    about = max(described, default=0.0)
    return [
        max(value, about) if unit.kind == "claim" else value
        for unit, value in zip(units, near, strict=True)
    ]


def _judge(
    need: Need,
    requirement: Requirement,
    units: Sequence[EvidenceText],
    near: Sequence[float],
    stated: Stated | None,
) -> RequirementLine:
    targets = targets_of(need, requirement)
    if not targets:
        return _judge_words(requirement, units, near) or _judge_things(requirement, units, stated)
    if _is_bare(requirement):
        near = _near_as_claimed(units, near)
    found = findings(targets, units, near, asked_language(requirement))
    ordered = sorted(found, key=_finding_order)
    if not ordered:
        return _no_evidence(requirement, targets[0])
    return _line_of_findings(requirement, targets[0], ordered)


def _finding_order(finding: Finding) -> tuple[object, ...]:
    """Best status first, then the better vouched for, then the nearer; never by position."""
    return (
        STATUS_ORDER.index(finding.status),
        finding.unit.is_weak,
        _trust_rank(finding.unit),
        -finding.nearness,
        finding.unit.evidence_id,
        finding.text,
        finding.measure.start,
        finding.measure.value,
    )


def _trust_rank(unit: EvidenceText) -> int:
    return TRUST_ORDER.index(unit.trust) if unit.trust in TRUST_ORDER else len(TRUST_ORDER)


def _line_of_findings(
    requirement: Requirement, target: Measure, ordered: Sequence[Finding]
) -> RequirementLine:
    """Take the best figure, but say so where another one with a known source contradicts it."""
    best = ordered[0]
    against = next((f for f in ordered if f.status == "not_met" and not f.unit.is_weak), None)
    status, code = best.status, best.status
    if best.status == "met" and against:
        status, code = "partly", "disagree"
    elif best.status == "met" and best.unit.is_weak:
        status = "partly"
    words = figure_reason(
        code,
        _target_words(requirement, target),
        _found_words(best),
        _found_words(against or best),
        best.unit.is_weak,
    )
    return _line(requirement, status, best.unit, best.quote, words)


def _target_words(requirement: Requirement, target: Measure) -> Words:
    shown = target.shown
    if requirement.threshold is not None:
        shown = amount_words(requirement.threshold, requirement.unit)
    return (
        operator_words(target.operator, _as_written(target, requirement.text, shown), "zh"),
        operator_words(target.operator, _as_written(target, requirement.text_en, shown), "en"),
    )


def _found_words(finding: Finding) -> Words:
    measure, unit = finding.measure, finding.unit
    return (
        operator_words(measure.operator, _as_written(measure, unit.text, measure.shown), "zh"),
        operator_words(measure.operator, _as_written(measure, unit.text_en, measure.shown), "en"),
    )


def _as_written(measure: Measure, text: str, otherwise: str) -> str:
    """Return a figure as a text writes it, so that each language shows its own unit."""
    same = (found.shown for found in measures_in(text) if is_same_figure(found, measure))
    return next(same, otherwise)


def _judge_words(
    requirement: Requirement, units: Sequence[EvidenceText], near: Sequence[float]
) -> RequirementLine | None:
    """Judge a requirement without a figure by the evidence that speaks to it most, if any does."""
    speaking = [
        (not _can_meet(unit, nearness), -nearness, _trust_rank(unit), *_identity(unit), i)
        for i, (unit, nearness) in enumerate(zip(units, near, strict=True))
        if nearness >= MENTIONS and twins_of(unit, "zh")
    ]
    if not speaking:
        return None
    first = min(speaking)
    unit = units[first[-1]]
    is_met = not first[0]
    code = "speaks" if is_met else unit.kind if unit.kind in {"case", "claim"} else "capability"
    words = spoken_reason(code, unit.is_weak)
    status = "met" if is_met else "partly"
    return _line(requirement, status, unit, _best_clause(requirement, unit), words)


def _judge_things(
    requirement: Requirement, units: Sequence[EvidenceText], stated: Stated | None
) -> RequirementLine:
    """Judge by the one text that names most of the things that the requirement names."""
    things = named_things(asked_text(requirement), stated.lexicon if stated else None)
    naming = [(unit, named(things, (unit.text, unit.text_en, *_is_a(unit)))) for unit in units]
    if stated:
        naming.append(_naming_fields(things, stated))
    best = min(naming, key=_naming_order, default=None)
    if best is None or not best[1]:
        return _no_evidence(requirement, None)
    unit, found = best
    missing = [thing.shown for thing in things if thing not in found]
    shown = [thing.shown for thing in found]
    is_part = len(found) > NAMED_SHARE * len(things)
    words = (
        named_reason(unit.kind, shown, missing, unit.is_weak)
        if is_part
        else hinted_reason(shown, missing)
    )
    status = "partly" if is_part else "no_evidence"
    return _line(requirement, status, unit, _naming_clause(requirement, unit, found), words)


def _is_a(unit: EvidenceText) -> Sequence[str]:
    """Return what people call this kind of evidence: "a case in a steelworks" asks for a case."""
    zh, en = other_words(EVIDENCE, unit.kind)
    return (*zh, *en)


def _naming_fields(
    things: Sequence[Thing], stated: Stated
) -> tuple[EvidenceText, tuple[Thing, ...]]:
    """Return the fields of the record that name any of the things, as one text, and the things."""
    found = [
        (text, names)
        for text, also in stated.fields
        if (names := named(things, (text.text, text.text_en, *also)))
    ]
    if not found:
        return EvidenceText("", RECORD, ""), ()
    every = {name for _, names in found for name in names}
    whole = replace(
        found[0][0],
        text="，".join(text.text for text, _ in found),
        text_en=", ".join(text.text_en for text, _ in found),
    )
    return whole, tuple(thing for thing in things if thing in every)


def _naming_order(one: tuple[EvidenceText, Sequence[Thing]]) -> tuple[object, ...]:
    """Most things first, then the better kind of evidence and the better vouched for."""
    unit, found = one
    kind = KIND_ORDER.index(unit.kind) if unit.kind in KIND_ORDER else len(KIND_ORDER)
    return -len(found), unit.is_weak, kind, _trust_rank(unit), *_identity(unit)


def _naming_clause(requirement: Requirement, unit: EvidenceText, found: Sequence[Thing]) -> str:
    """Return the clause that names most of the things, in the asked language if any does there."""
    for text in twins_of(unit, asked_language(requirement)):
        if unit.kind == RECORD:
            return text
        pieces = [text[start:end] for start, end in clauses(text)]
        n_named = [len(named(found, (piece,))) for piece in pieces]
        if any(n_named):
            return pieces[n_named.index(max(n_named))]
    return unit.text.strip()


def _can_meet(unit: EvidenceText, nearness: float) -> bool:
    is_checked = unit.trust in CHECKED_TRUST and not unit.unverified
    return unit.kind == "case" and is_checked and nearness >= SPEAKS


def _identity(unit: EvidenceText) -> tuple[str, str, str, str, str]:
    return unit.evidence_id, unit.kind, unit.text, unit.text_en, unit.source


def _best_clause(requirement: Requirement, unit: EvidenceText) -> str:
    """Return the clause that shares most terms with the requirement, else the first."""
    text = next(iter(twins_of(unit, asked_language(requirement))), "")
    wanted = terms_of(asked_text(requirement))
    places = clauses(text)
    if not places:
        return text.strip()
    start, end = max(places, key=lambda place: len(wanted & terms_of(text[place[0] : place[1]])))
    return text[start:end]


def _no_evidence(requirement: Requirement, target: Measure | None) -> RequirementLine:
    words = no_figure_reason(_target_words(requirement, target)) if target else SILENT
    return _line(requirement, "no_evidence", None, "", words)


def _line(
    requirement: Requirement, status: str, unit: EvidenceText | None, quote: str, words: Words
) -> RequirementLine:
    return RequirementLine(
        requirement_id=requirement.requirement_id,
        text=asked_text(requirement),
        level=requirement.level,
        status=status,
        evidence_id=unit.evidence_id if unit else "",
        quote=quote,
        source=unit.source if unit else "",
        reason_zh=words[0],
        reason_en=words[1],
    )
