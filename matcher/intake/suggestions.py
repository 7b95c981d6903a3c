"""Read the text of a need for its writer: industry, step, task, data kinds, similar scenarios.

Two kinds of evidence count: words of the text (``cues``) and the tags of the catalogue scenarios
that are nearest by words, topic and meaning, each voting by its nearness. Every suggestion says
which word or scenario led to it. The writer stays in charge: nothing is filled in unasked. How
often it is right is measured by ``python -m benchmarks.suggestions``, see ``docs/intake.md``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from matcher.intake.cues import Said, read_cues
from matcher.intake.substance import substance
from matcher.ranking.engine import CatalogueIndex
from matcher.ranking.matrix import standardised
from matcher.records import Scenario
from matcher.retrieval.index import QueryText
from matcher.vocabulary import industry_label, label

FIELDS = ("industries", "process_steps", "ai_tasks", "data_modalities")
VOCABULARY_OF = {
    "process_steps": "process_step",
    "ai_tasks": "ai_task",
    "data_modalities": "data_modality",
}
# Chosen with the shipped scenarios in sight, one left out at a time. For temperatures of 0.5-0.7
# and word shares of 0.8-1.2 the first industry is right for 69-76 % of them; the first step, task
# and kind of data stay within three points. Half of all word evidence is reached at ``HALF_SAID``.
TEMPERATURE = 0.7
WORD_SHARE = 0.8
HALF_SAID = 1.0
PIVOT_WEIGHT = 0.5
UNTOLD = "other"  # says nothing, so it is never suggested
MAX_SUGGESTIONS = 3
MAX_SCENARIOS = 5
MAX_REASONS = 3
LEAST_SUBSTANCE = 4.0  # below this there is nothing to read
LEAST_SCORE = 0.2
# Cosine of the nearest scenario. Below it, and there alone, votes do not count: it lets 95 % of the
# needs of cases through, whose own scenario was left out, and stops two in five off-topic ones.
LEAST_MEANING = 0.2
LEAST_VOTE = 0.02  # of a scenario, to be named as a reason

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Reason:
    """What led to a suggestion: a word of the text, or a scenario that has the tag."""

    kind: str  # word | scenario
    text_zh: str
    text_en: str
    scenario_id: str = ""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """One value for one field of the need, with how strongly it is suggested and why."""

    field: str
    code: str
    label_zh: str
    label_en: str
    score: float  # in [0, 1]; orders suggestions, no probability
    reasons: tuple[Reason, ...]

    @property
    def reason_zh(self) -> str:
        """The reasons in one Chinese phrase."""
        words = "、".join(f"“{r.text_zh}”" for r in self.reasons if r.kind == "word")
        near = "、".join(f"“{r.text_zh}”" for r in self.reasons if r.kind == "scenario")
        parts = [f"文中有{words}"] if words else []
        return "；".join([*parts, f"与场景{near}相近"] if near else parts)

    @property
    def reason_en(self) -> str:
        """The reasons in one English phrase."""
        words = ", ".join(f"“{r.text_en}”" for r in self.reasons if r.kind == "word")
        near = ", ".join(f"“{r.text_en}”" for r in self.reasons if r.kind == "scenario")
        parts = [f"the text says {words}"] if words else []
        return "; ".join([*parts, f"it is close to {near}"] if near else parts)


@dataclass(frozen=True, slots=True)
class ScenarioSuggestion:
    """A catalogue scenario that is like the need."""

    scenario_id: str
    name: str
    name_en: str
    score: float  # its share among all scenarios, in [0, 1]
    meaning: float  # cosine, in [0, 1]


@dataclass(frozen=True, slots=True)
class Suggestions:
    """Everything that was read out of a text; empty where it says nothing the catalogue knows."""

    industries: tuple[Suggestion, ...] = ()
    process_steps: tuple[Suggestion, ...] = ()
    ai_tasks: tuple[Suggestion, ...] = ()
    data_modalities: tuple[Suggestion, ...] = ()
    scenarios: tuple[ScenarioSuggestion, ...] = ()

    def of(self, field: str) -> tuple[Suggestion, ...]:
        """Return the suggestions for a field of ``FIELDS``."""
        if field not in FIELDS:
            raise ValueError(f"field must be one of {FIELDS}, got {field!r}")
        found: tuple[Suggestion, ...] = getattr(self, field)
        return found


@dataclass(frozen=True)
class Neighbours:
    """The scenarios of an index as voters.

    Attributes
    ----------
    scenarios : sequence of Scenario
    votes : float array (n_scenarios,), adds up to 1
    meaning : float array (n_scenarios,), cosines
    """

    scenarios: Sequence[Scenario]
    votes: Array
    meaning: Array

    def nearest(self) -> list[int]:
        """Return the positions of those that are near enough in meaning, the best voter first."""
        return sorted(
            np.flatnonzero(self.meaning >= LEAST_MEANING).tolist(),
            key=lambda i: (-self.votes[i], self.scenarios[i].scenario_id),
        )

    def with_tag(self, field: str, code: str) -> list[Scenario]:
        """Return those near enough that have a tag and a vote worth naming, the best first."""
        return [
            self.scenarios[i]
            for i in self.nearest()
            if code in getattr(self.scenarios[i], field) and self.votes[i] >= LEAST_VOTE
        ]


def suggest(
    title: str,
    problem: str,
    index: CatalogueIndex,
    *,
    language: str = "",
    query: QueryText | None = None,
    without: Collection[str] = (),
) -> Suggestions:
    """Suggest values for the fields of a need from its text.

    Parameters
    ----------
    title, problem : str
        In either language.
    index : CatalogueIndex
        Its scenarios vote.
    query : QueryText, optional
        The text as the index has read it already, which saves reading it again.
    without : collection of str
        Scenarios that do not vote, for measuring.

    Returns
    -------
    Suggestions
        At most three a field and five scenarios, the best first.
    """
    if max(substance(title), substance(problem)) < LEAST_SUBSTANCE:
        return Suggestions()
    asked = query or index.evidence.read_query(title, problem, language=language)
    near = neighbours(index, asked, without)
    said = read_cues(title, problem)
    found = {
        field: tuple(
            _suggestion(field, code, score, said.get((field, code)), near)
            for code, score in rank_codes(field, said, near)[:MAX_SUGGESTIONS]
            if score >= LEAST_SCORE
        )
        for field in FIELDS
    }
    return Suggestions(**found, scenarios=_nearest(near))


def neighbours(index: CatalogueIndex, query: QueryText, without: Collection[str]) -> Neighbours:
    """Return how strongly each scenario of an index votes on a need that has been read."""
    scores = index.scenarios.score_units(query)
    ids = index.scenarios.collection.candidate_ids
    scenarios = [index.catalogue.scenarios[i] for i in ids if i in index.catalogue.scenarios]
    if len(scenarios) != len(ids):  # no scenario at all: the index holds a stand-in
        return Neighbours([], np.zeros(0), np.zeros(0))
    counts = np.array([i not in without for i in ids], dtype=bool)
    channels = (
        (scores.lexical, 1.0),
        (scores.topic, 1.0),
        (scores.meaning, 1.0),
        (scores.title_meaning, 1.0),
        (scores.pivot, PIVOT_WEIGHT),
    )
    columns = [w * standardised(c.astype(np.float64), counts) for c, w in channels]
    closeness = np.sum(columns, axis=0) / sum(weight for _, weight in channels)
    closeness[~counts] = -np.inf
    odds = np.exp((closeness - closeness.max()) / TEMPERATURE) if counts.any() else counts * 0.0
    meaning = np.where(counts, scores.meaning, 0.0).astype(np.float64)
    return Neighbours(scenarios, odds / max(float(odds.sum()), 1e-12), meaning)


def rank_codes(
    field: str, said: Mapping[tuple[str, str], Said], near: Neighbours
) -> list[tuple[str, float]]:
    """Return every code that anything speaks for with its score in [0, 1], best first.

    Votes of scenarios that are all far away in meaning do not count.
    """
    scores: dict[str, float] = {}
    if near.meaning.max(initial=0.0) >= LEAST_MEANING:
        for scenario, vote in zip(near.scenarios, near.votes.tolist(), strict=True):
            for code in getattr(scenario, field):
                scores[code] = scores.get(code, 0.0) + vote
    for (of_field, code), words in said.items():
        if of_field == field:
            told = words.weight / (words.weight + HALF_SAID)
            scores[code] = scores.get(code, 0.0) + WORD_SHARE * told
    total = 1.0 + WORD_SHARE
    ranked = ((code, score / total) for code, score in scores.items() if code != UNTOLD)
    return sorted(ranked, key=lambda pair: (-pair[1], pair[0]))


def _suggestion(
    field: str, code: str, score: float, said: Said | None, near: Neighbours
) -> Suggestion:
    zh, en = (
        industry_label(code, language)
        if field == "industries"
        else label(VOCABULARY_OF[field], code, language)
        for language in ("zh", "en")
    )
    words = [Reason("word", word, word) for word in (said.words if said else ())[:MAX_REASONS]]
    near_by = near.with_tag(field, code)[: max(1, MAX_REASONS - len(words))]
    seen = [Reason("scenario", s.name, s.name_en or s.name, s.scenario_id) for s in near_by]
    return Suggestion(field, code, zh, en, round(score, 4), (*words, *seen))


def _nearest(near: Neighbours) -> tuple[ScenarioSuggestion, ...]:
    return tuple(
        ScenarioSuggestion(
            scenario_id=near.scenarios[i].scenario_id,
            name=near.scenarios[i].name,
            name_en=near.scenarios[i].name_en,
            score=round(float(near.votes[i]), 4),
            meaning=round(float(near.meaning[i]), 4),
        )
        for i in near.nearest()[:MAX_SCENARIOS]
    )
