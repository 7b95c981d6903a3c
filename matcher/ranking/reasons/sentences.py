"""What a feature says of one candidate, backed by what is there and not only by a comparison.

Most features of texts are standardised over the candidates of a need, so that a value above zero
means "more than the average candidate" and nothing else: for a wedding, too, somebody is above the
average. The strong sentence is therefore said only where the raw value behind the feature reaches
a level of its own; below it the sentence says that it is a comparison. Words that are shared are
named, from the very text that counts. Bits and values are read here, never changed.

How the levels were found (catalogue of November 2026, half of its 293 scenarios asked as needs in
Chinese, a sixth in English): of all capabilities that share no industry division, AI task or
scenario with a need, the nearest one reaches such a level for about one need in ten. Capabilities
that serve the scenario reach them in most. ``tests/matcher/ranking/test_reasons.py`` asks again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.engine import CatalogueIndex, LookUp
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.reasons import tag_reasons
from matcher.ranking.reasons.text_reasons import (
    MEANING_LEVEL,
    OF_TEXTS,
    Candidate,
    Reading,
    Sentence,
)
from matcher.records import Capability, Need


class Reasons:
    """Sentences about the candidates of one need.

    Parameters
    ----------
    index : CatalogueIndex
    look_up : LookUp
        Of this need in this index.
    need : Need
    """

    def __init__(self, index: CatalogueIndex, look_up: LookUp, need: Need) -> None:
        self._index, self._look_up, self._need = index, look_up, need
        self.reading = Reading(index, look_up, need)

    def of(
        self, row: int, bits: NDArray[np.float64], values: NDArray[np.float64]
    ) -> dict[str, Sentence]:
        """Return the sentence of every feature that speaks and can be backed by more than itself.

        Parameters
        ----------
        row : int
            Of ``look_up.matrix``.
        bits, values : arrays (n_features,)
            What each feature adds for this candidate, and its value.
        """
        candidate = int(self._look_up.pool.candidates[row])
        one = Candidate(self.reading, candidate)
        capability = self._index.capabilities[candidate]
        told: dict[str, Sentence] = {}
        for i, name in enumerate(FEATURE_NAMES):
            if bits[i] == 0.0 or np.isnan(values[i]):
                continue
            speaks_for, value = bool(bits[i] > 0), float(values[i])
            if name in OF_TEXTS:
                told[name] = OF_TEXTS[name](one, speaks_for)
            else:
                told.update(self._of_records(name, capability, value, speaks_for=speaks_for))
        return told

    def _of_records(
        self, name: str, capability: Capability, value: float, *, speaks_for: bool
    ) -> Mapping[str, Sentence]:
        if name == "scenario_affinity":
            return {name: self._scenario(capability, speaks_for=speaks_for)}
        cases = self._index.catalogue.cases
        found = tag_reasons.sentence(name, self._need, capability, cases, value)
        return {} if found is None else {name: found}

    @cached_property
    def _scenario_meaning(self) -> Mapping[str, float]:
        scenarios = self._index.scenarios
        meaning = scenarios.score_units(self._look_up.query).meaning.tolist()
        return dict(zip(scenarios.collection.candidate_ids, meaning, strict=True))

    def _scenario(self, capability: Capability, *, speaks_for: bool) -> Sentence:
        """Tell of the nearest catalogue scenario that a capability serves."""
        scores, known = self._look_up.scenario_scores, self._index.catalogue.scenarios
        served = [one for one in capability.scenario_ids if one in scores and one in known]
        if not served:
            return (
                "没有写明服务于目录中的哪个场景，按最远的计",
                "States no catalogue scenario that it serves, which counts as the furthest",
            )
        nearest = max(served, key=lambda one: (scores[one], one))
        scenario = known[nearest]
        zh, en = f"“{scenario.name}”", f"“{scenario.name_en or scenario.name}”"
        if not speaks_for:
            return (
                f"服务的目录场景比一般候选离需求远，最近的是{zh}",
                f"Its catalogue scenarios are further from the need than average; nearest: {en}",
            )
        if self._scenario_meaning.get(nearest, 0.0) >= MEANING_LEVEL:
            return f"服务的目录场景{zh}与需求相近", f"Serves the scenario {en}, close to the need"
        return (
            f"服务的目录场景{zh}比一般候选的接近需求，但仍有距离",
            f"Serves the scenario {en}: nearer than average, though still some way off",
        )
