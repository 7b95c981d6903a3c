"""Judge the measurable targets of a requirement by published figures, and word the judgement.

A requirement may name several figures ("misses below 0.5 % and false alarms below 1 %"): each is
judged for itself, and it is met only where each of them is.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from matcher.ranking.lines.comparison import is_same_figure
from matcher.ranking.lines.findings import (
    EvidenceText,
    Finding,
    Target,
    asked_language,
    findings,
    targets_of,
)
from matcher.ranking.lines.measures import Measure, measures_in
from matcher.ranking.lines.named_things import Translator
from matcher.ranking.lines.subjects import About
from matcher.ranking.lines.wording import (
    Words,
    figure_reason,
    joined_reasons,
    no_figure_reason,
    operator_words,
    other_figure_reason,
)
from matcher.records import Need, Requirement

TRUST_ORDER = ("A", "B", "C", "", "D")
# Best first. What a verdict of ``comparison`` says of the requirement:
STATUS_OF = {
    "met": "met",
    "partly": "partly",
    "spans": "partly",
    "not_met": "not_met",
    "open": "no_evidence",
}
VERDICT_ORDER = tuple(STATUS_OF)


class Judgement(NamedTuple):
    """A status, why, and the evidence that decides it with the part that is quoted."""

    status: str
    words: Words
    unit: EvidenceText | None = None
    quote: str = ""


def judge_figures(
    need: Need,
    requirement: Requirement,
    goals: Sequence[Measure],
    units: Sequence[EvidenceText],
    near: Sequence[float],
    lexicon: Translator | None = None,
) -> Judgement:
    """Judge every target of a requirement, at least one; the worst judgement decides.

    Parameters
    ----------
    goals : sequence of Measure
        The targets of the requirement.
    units, near : sequences of equal length
        The evidence and how near each text is to the requirement.
    lexicon : Translator, optional
        Lets a text in the other language name what is asked for, too.
    """
    language = asked_language(requirement)
    parts = [
        _judge_one(requirement, target, sorted(found, key=_finding_order))
        for target in targets_of(need, requirement, goals, lexicon)
        for found in [findings(target, units, near, language)]
    ]
    return parts[0] if len(parts) == 1 else _together(parts)


def unanswered(requirement: Requirement, goals: Sequence[Measure]) -> Judgement:
    """Return the judgement where there is no evidence at all."""
    return _together([_no_figure(requirement, goal) for goal in goals])


def _together(parts: Sequence[Judgement]) -> Judgement:
    """Return the worst: never met while one target has no figure that reaches it."""
    statuses = [part.status for part in parts]
    deciding: tuple[str, ...] = ("no_evidence",)
    if "not_met" in statuses:
        deciding = ("not_met",)
    elif set(statuses) == {"met"}:
        deciding = ("met",)
    elif {"met", "partly"} & set(statuses):
        deciding = ("partly", "met")
    order = [part for one in deciding for part in parts if part.status == one]
    first = next((part for part in order if part.unit), order[0])
    return first._replace(status=deciding[0], words=joined_reasons([part.words for part in parts]))


def _no_figure(requirement: Requirement, target: Measure) -> Judgement:
    return Judgement("no_evidence", no_figure_reason(_target_words(requirement, target)))


def _judge_one(requirement: Requirement, asked: Target, ordered: Sequence[Finding]) -> Judgement:
    """Take the best figure, but say so where another one with a known source contradicts it.

    A figure that may be about something else neither meets nor fails a target.
    """
    if not ordered:
        return _no_figure(requirement, asked.measures[0])
    target, best = _target_words(requirement, asked.measures[0]), ordered[0]
    if best.about is About.OTHER:
        words = other_figure_reason(target, asked.subject.shown)
        return Judgement("no_evidence", words, best.unit, best.quote)
    status, code = STATUS_OF[best.verdict], best.verdict
    against = next((f for f in ordered if _contradicts(f)), best)
    if best.about is About.UNSAID:
        status = "partly" if status in {"met", "partly"} else "no_evidence"
    elif best.verdict == "met" and against is not best:
        status, code = "partly", "disagree"
    elif best.verdict == "met" and best.unit.is_weak:
        status = "partly"
    unsaid = asked.subject.shown if best.about is About.UNSAID else ""
    found, other = _found_words(best), _found_words(against)
    words = figure_reason(code, target, found, other, unsaid, best.unit.is_weak)
    return Judgement(status, words, best.unit, best.quote)


def _contradicts(finding: Finding) -> bool:
    is_sure = finding.about is About.SAME and not finding.unit.is_weak
    return is_sure and finding.verdict == "not_met"


def _finding_order(finding: Finding) -> tuple[object, ...]:
    """Put what is surely meant first, then the best verdict, the better vouched for, the nearer."""
    return (
        finding.about,
        VERDICT_ORDER.index(finding.verdict),
        finding.unit.is_weak,
        trust_rank(finding.unit),
        -finding.nearness,
        finding.unit.evidence_id,
        finding.text,
        finding.measure.start,
        finding.measure.value,
    )


def trust_rank(unit: EvidenceText) -> int:
    """Return the place of a text's source among the grades of trust, the best first."""
    return TRUST_ORDER.index(unit.trust) if unit.trust in TRUST_ORDER else len(TRUST_ORDER)


def _target_words(requirement: Requirement, target: Measure) -> Words:
    return (
        operator_words(target.operator, _as_written(target, requirement.text, target.shown), "zh"),
        operator_words(
            target.operator, _as_written(target, requirement.text_en, target.shown), "en"
        ),
    )


def _found_words(finding: Finding) -> Words:
    measure, unit = finding.measure, finding.unit
    return (
        operator_words(measure.operator, _published(measure, unit.text), "zh"),
        operator_words(measure.operator, _published(measure, unit.text_en), "en"),
    )


def _published(measure: Measure, text: str) -> str:
    """Return a figure as a text publishes it; of a range both ends."""
    if measure.span is None:
        return _as_written(measure, text, measure.shown)
    same = (m.span.shown for m in measures_in(text) if m.span and is_same_figure(m, measure))
    return next(same, measure.span.shown)


def _as_written(measure: Measure, text: str, otherwise: str) -> str:
    """Return a figure as a text writes it, so that each language shows its own unit."""
    same = (found.shown for found in measures_in(text) if is_same_figure(found, measure))
    return next(same, otherwise)
