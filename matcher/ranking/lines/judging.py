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

from matcher.ranking.lines.figures import Judgement, judge_figures, trust_rank, unanswered
from matcher.ranking.lines.findings import (
    EvidenceText,
    asked_language,
    asked_text,
    goals_of,
    is_telling,
    question_of,
    quote_of,
    terms_of,
    twins_of,
)
from matcher.ranking.lines.measures import clauses
from matcher.ranking.lines.named_things import Thing, named, named_things, other_words
from matcher.ranking.lines.stated import RECORD, Stated
from matcher.ranking.lines.subjects import MENTIONS, NAMED_SHARE, SPEAKS
from matcher.ranking.lines.unread_numbers import Number, numbers_of, untold
from matcher.ranking.lines.wording import (
    SILENT,
    hinted_reason,
    named_reason,
    opposed_reason,
    spoken_reason,
)
from matcher.ranking.results import RequirementLine
from matcher.records import Need, Requirement

__all__ = ["EvidenceText", "judge_requirements"]

EVIDENCE = "evidence"  # in requirement_words.csv: what people call a kind of it
KIND_ORDER = ("case", "claim", "capability", RECORD)
CHECKED_TRUST = frozenset({"A", "B"})

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
        return tuple(_line(item, _without_evidence(item)) for item in requirements)
    near = np.asarray(
        affinity([question_of(need, item) for item in requirements]), dtype=np.float64
    )
    if near.shape != (len(requirements), len(units)):
        expected = (len(requirements), len(units))
        raise ValueError(f"affinity returned shape {near.shape}, expected {expected}")
    rows = np.nan_to_num(near).tolist()
    return tuple(
        _line(item, _judge(need, item, units, row, stated))
        for item, row in zip(requirements, rows, strict=True)
    )


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
) -> Judgement:
    goals = goals_of(requirement)
    if not goals:
        things = named_things(asked_text(requirement), stated.lexicon if stated else None)
        return _judge_words(requirement, units, near, things) or _judge_things(
            requirement, units, stated, things
        )
    if any(map(is_telling, goals)) or not any(goal.subject for goal in goals):
        near = _near_as_claimed(units, near)
    lexicon = stated.lexicon if stated else None
    return judge_figures(need, requirement, goals, units, near, lexicon)


def _judge_words(
    requirement: Requirement,
    units: Sequence[EvidenceText],
    near: Sequence[float],
    things: Sequence[Thing],
) -> Judgement | None:
    """Judge a requirement without a figure by the evidence that speaks to it most, if any does."""
    numbers = numbers_of(asked_text(requirement))
    speaking = [
        (not _can_meet(unit, nearness), -nearness, trust_rank(unit), *_identity(unit), i)
        for i, (unit, nearness) in enumerate(zip(units, near, strict=True))
        if nearness >= MENTIONS
        and twins_of(unit, "zh")
        and not untold(numbers, (unit.text, unit.text_en))
        and _agrees(things, unit)
    ]
    if not speaking:
        return None
    first = min(speaking)
    unit = units[first[-1]]
    is_met = not first[0]
    code = "speaks" if is_met else unit.kind if unit.kind in {"case", "claim"} else "capability"
    words = spoken_reason(code, unit.is_weak)
    status = "met" if is_met else "partly"
    return Judgement(status, words, unit, _best_clause(requirement, unit))


def _agrees(things: Sequence[Thing], unit: EvidenceText) -> bool:
    """Whether a text that is near also affirms and denies what a requirement does.

    Nearness does not tell "needs no cloud" from "runs in the cloud".
    """
    texts = (unit.text, unit.text_en)
    if any(thing.is_opposed_in(texts) and not thing.is_named_in(texts) for thing in things):
        return False
    denied = [thing for thing in things if thing.is_denied]
    return len(named(denied, texts)) >= NAMED_SHARE * len(denied)


def _judge_things(
    requirement: Requirement,
    units: Sequence[EvidenceText],
    stated: Stated | None,
    things: Sequence[Thing],
) -> Judgement:
    """Judge by the one text that names most of the things that the requirement names."""
    numbers = numbers_of(asked_text(requirement))
    naming = [_naming(unit, things, numbers) for unit in units]
    if stated:
        naming.append(_naming_fields(things, numbers, stated))
    best = min(naming, key=_naming_order, default=None)
    if best is None or not best[1]:
        return _opposed(requirement, units, stated, things) or Judgement("no_evidence", SILENT)
    unit, found, unread = best
    missing = [thing.shown for thing in things if thing not in found]
    missing += [number for number in unread if not any(number in shown for shown in missing)]
    shown = [thing.shown for thing in found]
    is_part = len(found) > NAMED_SHARE * len(things) and not unread
    words = (
        named_reason(unit.kind, shown, missing, unit.is_weak)
        if is_part
        else hinted_reason(shown, missing)
    )
    status = "partly" if is_part else "no_evidence"
    return Judgement(status, words, unit, _naming_clause(requirement, unit, found))


def _opposed(
    requirement: Requirement,
    units: Sequence[EvidenceText],
    stated: Stated | None,
    things: Sequence[Thing],
) -> Judgement | None:
    """Tell of the text that says the contrary of all that is asked, if any does."""
    said = [(unit, (unit.text, unit.text_en)) for unit in units]
    opposing = [
        (unit, contrary, ())
        for unit, texts in (*said, *(stated.fields if stated else ()))
        if (contrary := [thing for thing in things if thing.is_opposed_in(texts)])
        and len(contrary) == len(things)
    ]
    if not opposing:
        return None
    unit, contrary, _ = min(opposing, key=_naming_order)
    words = opposed_reason([thing.shown for thing in contrary])
    turned = [replace(thing, is_denied=not thing.is_denied) for thing in contrary]
    return Judgement("no_evidence", words, unit, _naming_clause(requirement, unit, turned))


def _naming(
    unit: EvidenceText, things: Sequence[Thing], numbers: Sequence[Number]
) -> tuple[EvidenceText, Sequence[Thing], Sequence[str]]:
    """Return a text with the things that it names and the numbers that it does not tell."""
    texts = (unit.text, unit.text_en)
    return unit, named(things, (*texts, *_is_a(unit))), untold(numbers, texts)


def _is_a(unit: EvidenceText) -> Sequence[str]:
    """Return what people call this kind of evidence: "a case in a steelworks" asks for a case."""
    zh, en = other_words(EVIDENCE, unit.kind)
    return (*zh, *en)


def _naming_fields(
    things: Sequence[Thing], numbers: Sequence[Number], stated: Stated
) -> tuple[EvidenceText, Sequence[Thing], Sequence[str]]:
    """Return the fields of the record that name any of the things, as one text, and the things."""
    found = [(text, said, names) for text, said in stated.fields if (names := named(things, said))]
    if not found:
        return EvidenceText("", RECORD, ""), (), ()
    every = {name for *_, names in found for name in names}
    whole = replace(
        found[0][0],
        text="，".join(text.text for text, *_ in found),
        text_en=", ".join(text.text_en for text, *_ in found),
    )
    unread = untold(numbers, [word for _, said, _ in found for word in said])
    return whole, tuple(thing for thing in things if thing in every), unread


def _naming_order(one: tuple[EvidenceText, Sequence[Thing], Sequence[str]]) -> tuple[object, ...]:
    """Most things first, then numbers, then the better kind of evidence and the better vouched."""
    unit, found, unread = one
    kind = KIND_ORDER.index(unit.kind) if unit.kind in KIND_ORDER else len(KIND_ORDER)
    return -len(found), len(unread), unit.is_weak, kind, trust_rank(unit), *_identity(unit)


def _naming_clause(requirement: Requirement, unit: EvidenceText, found: Sequence[Thing]) -> str:
    """Return the clause that names most of the things, in the asked language if any does there."""
    language = asked_language(requirement)
    for text in twins_of(unit, language):
        if unit.kind == RECORD:
            return text
        pieces = [text[start:end] for start, end in clauses(text)]
        n_named = [len(named(found, (piece,))) for piece in pieces]
        if any(n_named):
            return quote_of(unit, text, pieces[n_named.index(max(n_named))], language)
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


def _without_evidence(requirement: Requirement) -> Judgement:
    goals = goals_of(requirement)
    return unanswered(requirement, goals) if goals else Judgement("no_evidence", SILENT)


def _line(requirement: Requirement, judged: Judgement) -> RequirementLine:
    unit = judged.unit
    return RequirementLine(
        requirement_id=requirement.requirement_id,
        text=asked_text(requirement),
        level=requirement.level,
        status=judged.status,
        evidence_id=unit.evidence_id if unit else "",
        quote=judged.quote,
        source=unit.source if unit else "",
        reason_zh=judged.words[0],
        reason_en=judged.words[1],
    )
