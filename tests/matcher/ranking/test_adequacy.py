"""One need against a small synthetic catalogue: what an answer says must not hang on its length."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from matcher.ranking.affinity import NeedAffinity
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import Adequacy
from matcher.ranking.registry import load_serving_model
from matcher.records import Capability, Catalogue, Need, Provider
from matcher.settings import PROJECT
from matcher.text.embedding import MultilingualEncoder

TODAY = date(2026, 11, 22)
NEED = Need(
    "N1",
    "冷轧带钢表面划伤识别",
    "冷轧带钢的表面划伤靠人工抽检，漏检多。",
    industries=("C31",),
    process_steps=("quality",),
    ai_tasks=("visual_inspection",),
)
TEXTS = {
    "P1": ("带钢表面缺陷识别", "冷轧带钢表面划伤和辊印由相机拍照识别。"),
    "P2": ("客服问答助手", "为银行客户回答账户与贷款问题。"),
    "P3": ("水产养殖监测", "监测鱼塘溶解氧与水温。"),
}


@pytest.fixture(scope="module")
def matcher() -> Matcher:
    """Of three providers the second has every tag of the need, and texts about something else."""
    offers = [Capability(f"K-{i}", i, name, problem=text) for i, (name, text) in TEXTS.items()]
    offers[1] = replace(
        offers[1],
        industries=NEED.industries,
        process_steps=NEED.process_steps,
        ai_tasks=NEED.ai_tasks,
    )
    offers[0] = replace(
        offers[0], industries=("J66",), process_steps=("marketing",), ai_tasks=("forecast",)
    )
    catalogue = Catalogue(
        providers={i: Provider(i, f"合成{i}") for i in TEXTS},
        capabilities={offer.capability_id: offer for offer in offers},
    )
    model = load_serving_model(PROJECT / "models")
    parts = IndexParts(MultilingualEncoder(), stored_means=model.language_means)
    return Matcher(CatalogueIndex(catalogue, parts), model)


def closeness(matcher: Matcher) -> list[float]:
    """How close in meaning the best of each provider is, the best provider first."""
    ranking = matcher.rank(NEED)
    affinity = NeedAffinity(matcher.index, ranking.look_up)
    return [affinity.closest(np.array([row])) for row in ranking.best_rows]


def test_how_many_are_asked_for_does_not_decide_whether_anybody_is_adequate(
    matcher: Matcher,
) -> None:
    close = closeness(matcher)
    assert close[0] < max(close), "the first must not be the closest, or nothing is tested"
    between = Adequacy((close[0] + max(close)) / 2, 0.05)
    strict = Matcher(matcher.index, replace(matcher.model, adequacy=between))
    answers = [strict.match(NEED, today=TODAY, top=top) for top in (1, 2, 3)]
    assert [answer.no_adequate_match for answer in answers] == [False, False, False]
    beyond = Matcher(matcher.index, replace(matcher.model, adequacy=Adequacy(1.1, 0.05)))
    assert all(beyond.match(NEED, today=TODAY, top=top).no_adequate_match for top in (1, 3))
