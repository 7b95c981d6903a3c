"""Declared prior weights: what is assumed before any outcome has been seen.

In natural-log units a feature unit; the sign is the declared direction. Text features start equal,
because equal weights of standardised scores are the fusion to beat. ``LEARNED`` names what labels
may move in each regime; the rest stays as declared here and is listed as a prior in the model card.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.features import FEATURE_BY_NAME, FEATURE_NAMES, TEXT_FEATURE_NAMES

TEXT_WEIGHT = 0.2
CROSS_LANGUAGE_WEIGHT = 0.05
AGE_WEIGHT = -0.2
CATALOGUE_AGE_WEIGHT = -0.05

# With one short text a candidate, the closest text and the meaning of titles carry more than
# topics do. Set by hand, looking at SBIR topics with titles only as evidence.
SHORT_TEXT_WEIGHTS = {
    "lexical_best": 0.25,
    "lexical_recent": 0.25,
    "phrase_affinity": 0.05,
    "topic_recent": 0.05,
    "topic_focus": 0.1,
    "meaning_affinity": 0.1,
    "title_lexical": 0.1,
    "title_meaning": 0.3,
    "lexicon_pivot": 0.1,
}
STRUCTURE_WEIGHTS = {
    "industry_fit": 0.8,
    "process_step_fit": 0.3,
    "ai_task_fit": 0.3,
    "data_fit": 0.2,
    "scenario_affinity": 0.1,
    "evidence_strength": 0.05,
    "verification_level": 0.1,
    "completeness": 0.2,
    "maturity_gap": -0.2,
    "same_province": 0.5,
    "over_budget": -1.0,
    "late_start": -0.05,
}
# How hard labels must pull: the squared distance from the prior costs this much log-loss a need.
STRENGTH = {"long": 1.0, "short": 3.0, "catalogue": 1.0}

_CLOSENESS = tuple(name for name in TEXT_FEATURE_NAMES if name != "evidence_age")
# The cases are Chinese and so is the catalogue's first language: they cannot show what these are
# for, which is a need in one language and a record in the other only.
CROSS_LANGUAGE = ("meaning_affinity", "title_meaning", "lexicon_pivot")
LEARNED = {
    "long": TEXT_FEATURE_NAMES,
    "short": TEXT_FEATURE_NAMES,
    # What records state has no fair labels yet: see ``cases.DISTORTED_FEATURES``.
    "catalogue": tuple(name for name in _CLOSENESS if name not in CROSS_LANGUAGE),
}


def prior_weights(regime: str) -> NDArray[np.float64]:
    """Return the declared weights of a regime in the order of the features."""
    text = dict.fromkeys(_CLOSENESS, TEXT_WEIGHT)
    if regime == "short":
        text = dict(SHORT_TEXT_WEIGHTS)
    if regime == "catalogue":
        text.update(dict.fromkeys(CROSS_LANGUAGE, CROSS_LANGUAGE_WEIGHT))
    age = CATALOGUE_AGE_WEIGHT if regime == "catalogue" else AGE_WEIGHT
    weights = {**text, "evidence_age": age, **STRUCTURE_WEIGHTS}
    wrong = [n for n, w in weights.items() if w * FEATURE_BY_NAME[n].direction < 0]
    if wrong:
        raise ValueError(f"prior weights against the declared direction: {wrong}")
    return np.array([weights[name] for name in FEATURE_NAMES])


def learned_mask(regime: str) -> NDArray[np.bool_]:
    """Return which features labels may move in a regime."""
    return np.array([name in LEARNED[regime] for name in FEATURE_NAMES])
