"""Baselines on left-out cases: they are asked what the model is asked, no word less."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from matcher.learning.case_baselines import case_baseline_scores
from matcher.learning.systems import Tools
from matcher.vocabulary import industry_label
from tests.factories import make_capability, make_case, make_catalogue, make_provider


class LengthEncoder:
    """Vectors that say only how many letters a text has; words alone are tested here."""

    name = "letters"

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return two numbers a text, of length one together."""
        angles = np.array([len(text) / 100.0 for text in texts], dtype=np.float32)
        return np.column_stack((np.cos(angles), np.sin(angles))).astype(np.float32)


def test_baselines_hear_the_industry_that_the_model_hears() -> None:
    """Nothing but the name of the need's industry connects the need with the second provider."""
    case = make_case(need="qqq www", industry="C31")
    named = make_capability(
        capability_id="CAP-V901-1",
        provider_id="V901",
        name=industry_label("C31"),
        name_en="",
        problem="",
        problem_en="",
        claims=(),
        case_ids=(),
        derived_from_case_ids=(),
    )
    catalogue = make_catalogue(
        cases={"C900": case},
        providers={"V900": make_provider(), "V901": make_provider(provider_id="V901", summary="")},
        capabilities={"CAP-V900-1": make_capability(), "CAP-V901-1": named},
    )
    ((_, scores, ids),) = case_baseline_scores(catalogue, Tools(LengthEncoder()))
    assert scores["bm25"][ids.index("V901")] > 0
    assert scores["bm25_profile"][ids.index("V901")] > 0
