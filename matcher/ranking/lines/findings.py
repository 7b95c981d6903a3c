"""Find the published figures of a candidate that measure what a requirement asks for.

Here: the evidence as judging sees it, the targets of a requirement, and which figures may be
compared with it. What follows from a comparison stands in ``figures``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from matcher.ranking.lines.comparison import compare, is_comparable, is_same_figure
from matcher.ranking.lines.measure_words import KINDS
from matcher.ranking.lines.measures import Measure, better_of, measure_of, measures_in
from matcher.ranking.lines.named_things import Translator
from matcher.ranking.lines.subjects import (
    SPEAKS,
    About,
    Subject,
    is_about,
    names_another,
    names_something,
    subject_of,
    things_asked,
)
from matcher.records import Need, Requirement
from matcher.text.terms import detect_language, normalise, ranking_terms

EVERYDAY_KINDS = frozenset({"duration"})  # everything takes time: the kind ties nothing together
IN_BRACKETS = re.compile(r"\s*[（(]([^（）()0-9]{1,24})[)）]")
MOST_QUOTED = 240  # characters of a text that is quoted whole
MOST_GOALS = 40  # figures of one requirement that are judged; no line that people write has more
# Shares of the shorter subject's terms that both subjects hold.
SUBJECT_SHARE = 0.3  # times: the kind ties little together
SUBJECT_SHARE_WITHOUT_KIND = 0.5  # figures that nothing but their words ties together


@dataclass(frozen=True, slots=True)
class EvidenceText:
    """One text that speaks for a candidate; a claim also carries its figure as fields."""

    evidence_id: str
    kind: str  # claim | case | capability
    text: str
    text_en: str = ""
    source: str = ""
    trust: str = ""  # A | B | C | D, "" for a registration
    unverified: bool = False
    metric: str = ""
    operator: str = ""
    value: float | None = None
    unit: str = ""

    @property
    def twins(self) -> tuple[str, str]:
        """Return the text in both languages."""
        return self.text, self.text_en

    @property
    def is_weak(self) -> bool:
        """Whether nobody vouches for the source."""
        return self.unverified or self.trust == "D"


@dataclass(frozen=True, slots=True)
class Finding:
    """One published figure, compared with a target."""

    verdict: str  # met | partly | spans | not_met | open, see ``comparison``
    unit: EvidenceText
    measure: Measure
    text: str  # the twin that holds the figure
    nearness: float
    about: About
    quote: str = ""  # exactly as the evidence has it


class Target(NamedTuple):
    """One target, once for each language that says its subject, and what it is about."""

    measures: list[Measure]
    subject: Subject


def target_of(requirement: Requirement) -> Measure | None:
    """Return the first measurable target of a requirement, from its fields or else from its text.

    Examples
    --------
    >>> target = target_of(Requirement("R1", "漏检率0.5%"))
    >>> target.operator, target.value, target.unit
    ('<=', 0.5, '%')
    """
    return next(iter(goals_of(requirement)), None)


def goals_of(requirement: Requirement) -> list[Measure]:
    """Return every measurable target of a requirement, each once, in order.

    A text without an operator is read by the kind's better direction (准确率 99% means at least);
    where no direction is clear it states no target. Of a range the lax end is asked for.

    Examples
    --------
    >>> goals = goals_of(Requirement("R1", "漏检率不超过0.5%且过杀率在1%到5%之间"))
    >>> [(goal.operator, goal.value) for goal in goals]
    [('<=', 0.5), ('<=', 5.0)]
    """
    in_texts = (_goals_in(text) for text in (requirement.text, requirement.text_en))
    in_text = next(filter(None, in_texts), [])
    if requirement.threshold is None or requirement.operator not in {">=", "<=", "="}:
        return in_text
    metric = requirement.metric or requirement.text or requirement.text_en
    first = measure_of(metric, requirement.operator, requirement.threshold, requirement.unit)
    return [first, *(goal for goal in in_text if goal.kinds and goal.kinds.isdisjoint(first.kinds))]


def _goals_in(text: str) -> list[Measure]:
    goals: list[tuple[Measure, Measure]] = []
    for measure in measures_in(text):
        said = _of_the_same(measure, goals[-1][1] if goals else None)
        operator = said.operator or better_of(said)
        span = said.span
        lax = said.value if span is None else span.low if operator == ">=" else span.high
        if operator and said.value == lax:
            goals.append((measure, replace(said, operator=operator, span=None)))
    once = {
        (goal.kinds, goal.form, goal.subject, goal.operator, goal.value, goal.unit): (measure, goal)
        for measure, goal in reversed(goals)
    }
    different = list(reversed(once.values()))[:MOST_GOALS]
    others = [goal for measure, goal in different if not _is_condition(measure, text)]
    return others or [goal for _, goal in different]


def _of_the_same(measure: Measure, before: Measure | None) -> Measure:
    """Read "提升 5%，达到 98%" as two figures of one thing: the second does not name it again."""
    is_bare = not measure.kinds and not measure.subject and measure.form == "level"
    if is_bare and before and measure.unit == before.unit == "%":
        return replace(measure, kinds=before.kinds, subject=before.subject)
    return measure


def _is_condition(measure: Measure, text: str) -> bool:
    """Whether a time says under what a figure holds (72 小时准确率 95%) and is no target itself."""
    if measure.operator or not measure.kinds or not measure.kinds <= EVERYDAY_KINDS:
        return False
    clause = normalise(text[measure.start : measure.end])
    return not any(KINDS[kind].pattern.search(clause) for kind in measure.kinds)


def targets_of(
    need: Need,
    requirement: Requirement,
    goals: Sequence[Measure],
    lexicon: Translator | None = None,
) -> list[Target]:
    """Return each target, once for each language that says its subject.

    A target without a subject is about that of its neighbours in the requirement, and a bare
    "accuracy of 95 %" about what the need's title says.
    """
    texts = (requirement.text, requirement.text_en)
    twins = [
        [m for text in texts for m in measures_in(text) if is_same_figure(m, goal)]
        for goal in goals
    ]
    subjects = [
        [goal.subject, *(twin.subject for twin in same)]
        for goal, same in zip(goals, twins, strict=True)
    ]
    every = [subject for several in subjects for subject in several if subject]
    title = [terms_of(need.title), terms_of(need.title_en)]
    around = [[m.about for m in (*goals, *(m for text in texts for m in measures_in(text)))]]
    around += [[need.title, need.title_en], [need.problem, need.problem_en]]
    return [
        Target(
            _in_each_language(goal, same, own if any(own) else every or title),
            subject_of([[m.about for m in (goal, *same)], *around], lexicon),
        )
        for goal, same, own in zip(goals, twins, subjects, strict=True)
    ]


def question_of(need: Need, requirement: Requirement) -> str:
    """Return the text whose nearness to the evidence is asked for a requirement.

    Of figures that tell what they measure it is their subject, for the words of the measure are
    shared by all figures of the kind; a bare "accuracy of 95 %" is about the title.
    """
    goals = goals_of(requirement)
    if any(map(is_telling, goals)):
        return things_asked(goal.about for goal in goals if is_telling(goal)) or need.title
    is_bare = bool(goals) and not any(goal.subject for goal in goals)
    return need.title if is_bare else asked_text(requirement)


def is_telling(measure: Measure) -> bool:
    """Whether the kind of a measure says something: everything takes time."""
    return bool(measure.kinds) and not measure.kinds <= EVERYDAY_KINDS


def _in_each_language(
    goal: Measure, twins: Sequence[Measure], subjects: Sequence[frozenset[str]]
) -> list[Measure]:
    if not goal.kinds:
        goal = replace(goal, kinds=goal.kinds.union(*(twin.kinds for twin in twins)))
    named = dict.fromkeys(subject for subject in subjects if subject)
    return [replace(goal, subject=subject) for subject in named] or [goal]


def findings(
    target: Target,
    units: Sequence[EvidenceText],
    near: Sequence[float],
    language: str,
) -> Iterator[Finding]:
    """Yield the published figures that measure what a target does, compared.

    Parameters
    ----------
    target : Target
    units, near : sequences of equal length
        The evidence and how near each text is to the requirement.
    language : str
        ``zh`` or ``en``: the twin that is read first; the other only where that says nothing.
    """
    described = [text for unit in units if unit.kind == "capability" for text in unit.twins]
    for unit, nearness in zip(units, near, strict=True):
        said = [*unit.twins, *(described if unit.kind == "claim" else ())]
        for text in twins_of(unit, language):
            found = list(_of_text(target, unit, text, said, nearness))
            for one in found:
                clause = text[one.measure.start : one.measure.end]
                yield replace(one, quote=quote_of(unit, text, clause, language))
            if found:
                break


def quote_of(unit: EvidenceText, text: str, clause: str, language: str) -> str:
    """Return a clause of a text, or all of its twin if that is in the language asked for.

    Which words of the twin say what the clause does is not known; the whole of it does.
    """
    asked = (unit.text_en if language == "en" else unit.text).strip()
    is_of_other = bool(asked) and text.strip() != asked
    return asked if is_of_other and len(asked) <= MOST_QUOTED else clause


def twins_of(unit: EvidenceText, language: str) -> list[str]:
    """Return the texts of a unit, the reader's language first, without empty ones."""
    twins = (unit.text_en, unit.text) if language == "en" else (unit.text, unit.text_en)
    return [text for text in dict.fromkeys(twins) if text.strip()]


def asked_text(requirement: Requirement) -> str:
    """Return the text of a requirement in the language in which it was asked."""
    return requirement.text or requirement.text_en


def asked_language(requirement: Requirement) -> str:
    """Return the language in which a requirement was asked."""
    return detect_language(asked_text(requirement))


def terms_of(text: str) -> frozenset[str]:
    """Return the terms that tell what a text is about."""
    return frozenset(t for t in ranking_terms(text, words=False) if not t.startswith("1:"))


def _of_text(
    target: Target, unit: EvidenceText, text: str, said: Sequence[str], nearness: float
) -> Iterator[Finding]:
    for measure in _published(unit, text):
        for asked in target.measures:
            about = _about(asked, target.subject, measure, unit, (text, said, nearness))
            verdict = None if about is None else compare(asked, measure)
            if about is not None and verdict:
                yield Finding(verdict, unit, measure, text, nearness, about)
                break


def _published(unit: EvidenceText, text: str) -> list[Measure]:
    """Return the figures of a text; a claim with fields has exactly one, quoted where it stands."""
    in_text = list(measures_in(text))
    if unit.value is None or not unit.metric:
        return in_text
    stated = measure_of(unit.metric, unit.operator or "=", unit.value, unit.unit)
    for measure in in_text:
        if is_same_figure(measure, stated):
            return [
                replace(
                    stated,
                    kinds=stated.kinds or measure.kinds,
                    subject=stated.subject | measure.subject,
                    about=f"{stated.about} {measure.about}",
                    start=measure.start,
                    end=measure.end,
                    span=measure.span,
                )
            ]
    return [replace(stated, end=len(text))]


def _about(
    asked: Measure,
    subject: Subject,
    measure: Measure,
    unit: EvidenceText,
    around: tuple[str, Sequence[str], float],
) -> About | None:
    """Tell whether a figure is about what is asked for; ``None`` where it measures another thing.

    Of a kind that says something, a figure of another thing is worth telling; of a time it is not.
    """
    if not is_comparable(asked, measure):
        return None
    text, said, nearness = around
    if not is_telling(asked):
        own = measure.subject or terms_of(text)
        both = asked.subject & own
        share = len(both) / max(1, min(len(asked.subject), len(own)))
        is_shared = share >= (SUBJECT_SHARE if asked.kinds else SUBJECT_SHARE_WITHOUT_KIND)
        if is_shared and (asked.kinds or names_something(both)):
            return None if names_another(subject, measure.about) else About.SAME
        # Nearness is of the whole text: only a claim holds a single figure that it can speak for.
        is_near = nearness >= SPEAKS and (unit.kind == "claim" or bool(asked.kinds))
        if asked.kinds and not share and _is_one_script(asked.subject, measure.subject):
            return None  # "巡视周期" and "处置周期" are near only in what both of them measure
        if not is_shared and not is_near:
            return None
    behind = IN_BRACKETS.match(text, measure.end)  # "检出率98%（划痕）" is that of 划痕
    own_words = f"{measure.about} {behind[1]}" if behind else measure.about
    about = is_about(subject, own_words, said, nearness)
    return about if about is not About.OTHER or is_telling(asked) else None


def _is_one_script(one: frozenset[str], other: frozenset[str]) -> bool:
    """Whether two subjects are named, and in one script, so that they could share a term."""
    if not one or not other:
        return False
    return all(map(str.isascii, one)) == all(map(str.isascii, other))
