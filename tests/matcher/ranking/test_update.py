"""A changed record is matched at once, and nobody else's score moves for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher
from matcher.ranking.model import AdditiveModel
from matcher.ranking.update import affected_capabilities, extended
from matcher.records import Capability, Catalogue, Need
from tests.factories import (
    make_capability,
    make_case,
    make_catalogue,
    make_claim,
    make_need,
    make_provider,
)

NEED = Need("N", "水下声呐信号异常识别", "声呐信号人工判读慢，漏掉异常目标。", language="zh")


def sonar(**changes: object) -> Capability:
    own = {
        "capability_id": "CAP-SONAR",
        "provider_id": "V-SONAR",
        "name": "水下声呐信号异常识别",
        "problem": "识别水下声呐信号中的异常目标，替代人工判读（合成数据）。",
        "claims": (),
        "case_ids": (),
    }
    return make_capability(**{**own, **changes})


def with_records(catalogue: Catalogue, *capabilities: Capability) -> Catalogue:
    provider = make_provider(provider_id="V-SONAR", name="合成声学")
    return replace(
        catalogue,
        providers={**catalogue.providers, "V-SONAR": provider},
        capabilities={**catalogue.capabilities, **{c.capability_id: c for c in capabilities}},
    )


def scores(index: CatalogueIndex, model: AdditiveModel, need: Need) -> dict[str, float]:
    """Raw bits of each current capability."""
    ranking = Matcher(index, model).rank(need, ~index.retired)
    ids = index.evidence.collection.candidate_ids
    rows = zip(ranking.look_up.pool.candidates, ranking.raw, strict=True)
    return {ids[i]: float(raw) for i, raw in rows}


def test_new_offer_is_found_and_moves_nobody(
    index: CatalogueIndex, serving_model: AdditiveModel, parts: IndexParts
) -> None:
    longer = extended(index, with_records(index.catalogue, sonar()), ["CAP-SONAR"], parts)
    before, after = (scores(i, serving_model, NEED) for i in (index, longer))
    assert max(after, key=after.__getitem__) == "CAP-SONAR"
    assert set(after) == {*before, "CAP-SONAR"}
    for capability_id, score in before.items():
        assert after[capability_id] == pytest.approx(score, abs=1e-4), capability_id
    assert "CAP-SONAR" not in index.catalogue.capabilities


def test_old_version_is_never_shown_again(
    index: CatalogueIndex, serving_model: AdditiveModel, parts: IndexParts, today: date
) -> None:
    first = extended(index, with_records(index.catalogue, sonar()), ["CAP-SONAR"], parts)
    changed = sonar(name="果园病虫害识别", problem="用无人机影像识别果园病虫害（合成数据）。")
    second = extended(first, with_records(first.catalogue, changed), ["CAP-SONAR"], parts)
    assert second.retired.sum() == 1
    after = scores(second, serving_model, NEED)
    assert after["CAP-SONAR"] < scores(first, serving_model, NEED)["CAP-SONAR"]
    answer = Matcher(second, serving_model).match(NEED, today=today, top=500)
    assert [m.capability_id for m in answer.matches].count("CAP-SONAR") == 1
    assert answer.n_eligible == len({c.provider_id for c in second.catalogue.capabilities.values()})
    shown = next(m for m in answer.matches if m.capability_id == "CAP-SONAR")
    assert {e.text for e in shown.evidence} <= {changed.problem}


def test_withdrawn_offer_is_gone(
    index: CatalogueIndex, serving_model: AdditiveModel, parts: IndexParts
) -> None:
    first = extended(index, with_records(index.catalogue, sonar()), ["CAP-SONAR"], parts)
    second = extended(first, index.catalogue, ["CAP-SONAR"], parts)
    before, after = (scores(i, serving_model, NEED) for i in (index, second))
    assert after == pytest.approx(before, abs=1e-4)


def test_unchanged_record_that_is_indexed_anew_keeps_its_score(
    index: CatalogueIndex, serving_model: AdditiveModel, parts: IndexParts, case_needs: list[Need]
) -> None:
    some = sorted(index.catalogue.capabilities)[::8]
    again = extended(index, index.catalogue, some, parts)
    for need in case_needs[::20]:
        before, after = (scores(i, serving_model, need) for i in (index, again))
        assert after == pytest.approx(before, abs=1e-4)


def test_many_changes_one_by_one_are_as_good_as_all_at_once(
    parts: IndexParts, serving_model: AdditiveModel
) -> None:
    base = CatalogueIndex(make_catalogue(), parts)
    offers = [sonar(capability_id=f"CAP-{i}", name=f"声呐识别{i}") for i in range(5)]
    at_once = extended(
        base, with_records(base.catalogue, *offers), [c.capability_id for c in offers], parts
    )
    step = base
    for offer in offers:
        step = extended(step, with_records(step.catalogue, offer), [offer.capability_id], parts)
    one, two = (scores(i, serving_model, NEED) for i in (at_once, step))
    assert one == pytest.approx(two, abs=1e-5)


def test_rebuilt_index_ranks_the_same_offers_first(
    index: CatalogueIndex, serving_model: AdditiveModel, parts: IndexParts
) -> None:
    catalogue = with_records(index.catalogue, sonar())
    followed = extended(index, catalogue, ["CAP-SONAR"], parts)
    rebuilt = CatalogueIndex(catalogue, parts, scenarios=index.scenarios)
    one, two = (scores(i, serving_model, NEED) for i in (followed, rebuilt))
    first, second = (sorted(found, key=lambda i: -found[i])[:5] for found in (one, two))
    assert first[0] == second[0] == "CAP-SONAR"
    assert len(set(first) & set(second)) >= 4


def test_first_offer_of_an_empty_catalogue_is_matched(
    parts: IndexParts, serving_model: AdditiveModel, today: date
) -> None:
    empty = CatalogueIndex(Catalogue(), parts)
    started = extended(empty, make_catalogue(), ["CAP-V900-1"], parts)
    answer = Matcher(started, serving_model).match(make_need(), today=today)
    assert [m.capability_id for m in answer.matches] == ["CAP-V900-1"]
    assert not answer.no_adequate_match


def test_changes_touch_the_offers_that_speak_of_them() -> None:
    other = make_capability(
        capability_id="CAP-V900-2", case_ids=(), claims=(make_claim(case_ids=("C901",)),)
    )
    foreign = make_capability(
        capability_id="CAP-V901-1", provider_id="V901", case_ids=(), claims=()
    )
    catalogue = make_catalogue(
        capabilities={c.capability_id: c for c in (make_capability(), other, foreign)},
        cases={"C900": make_case(), "C901": make_case(case_id="C901")},
    )
    assert affected_capabilities([("case", "C900")], catalogue) == {"CAP-V900-1"}
    assert affected_capabilities([("case", "C901")], catalogue) == {"CAP-V900-2"}
    assert affected_capabilities([("provider", "V900")], catalogue) == {"CAP-V900-1", "CAP-V900-2"}
    assert affected_capabilities([("capability", "CAP-GONE")], catalogue) == {"CAP-GONE"}
    assert affected_capabilities([("pilot_base", "PB900")], catalogue) == set()
