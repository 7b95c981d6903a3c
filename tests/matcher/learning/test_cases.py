"""A tested case is not in the catalogue that it is asked of, nor is anything written from it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from matcher.learning.case_removal import (
    evenly_without_case,
    strictly_without_case,
    without_case,
)
from matcher.learning.cases import (
    DISTORTED_FEATURES,
    EVIDENCE_RELATIONS,
    CaseQuery,
    case_queries,
    evidence_cases,
    first_clause,
    need_of_case,
    ranked_case,
    ranked_cases,
)
from matcher.ranking.catalogue_units import catalogue_collection
from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matrix import COLUMN_OF
from matcher.records import Catalogue
from matcher.retrieval.collection import Collection
from tests.factories import (
    make_capability,
    make_case,
    make_catalogue,
    make_claim,
    make_provider,
    make_scenario,
)
from tests.matcher.light_encoder import TermEncoder


@pytest.fixture(scope="module")
def queries(shipped_catalogue: Catalogue) -> list[CaseQuery]:
    return list(case_queries(shipped_catalogue))


def texts_of(collection: Collection) -> set[str]:
    return {text for unit in collection.units for pair in unit.texts for text in pair if text}


def test_no_text_of_a_tested_case_is_left(
    queries: list[CaseQuery], shipped_catalogue: Catalogue
) -> None:
    for query in queries[::4]:
        case, left = query.case, catalogue_collection(query.catalogue)
        assert case.case_id not in {unit.unit_id for unit in left.units}
        others = {
            text
            for other in query.catalogue.cases.values()
            for text in (other.what, other.need, other.effect)
        }
        for text in (case.what, case.need, case.what_en, case.need_en):
            if text and text not in others:
                assert not any(text in own for own in texts_of(left)), case.case_id


def test_no_claim_and_no_description_that_rests_on_it_is_left(queries: list[CaseQuery]) -> None:
    for query in queries:
        case_id = query.case.case_id
        assert case_id not in query.catalogue.cases
        for capability in query.catalogue.capabilities.values():
            assert case_id not in capability.case_ids
            assert case_id not in capability.derived_from_case_ids
            assert all(case_id not in claim.case_ids for claim in capability.claims)


def test_description_written_from_the_case_is_blank_and_tags_come_from_other_cases(
    queries: list[CaseQuery], shipped_catalogue: Catalogue
) -> None:
    n_blank = 0
    for query in queries:
        for capability_id, before in shipped_catalogue.capabilities.items():
            after = query.catalogue.capabilities[capability_id]
            if query.case.case_id not in before.derived_from_case_ids:
                continue
            n_blank += 1
            assert (after.name, after.name_en, after.problem, after.problem_en) == ("",) * 4
            assert after.maturity is None
            remaining = {query.catalogue.cases[c].industry for c in after.case_ids}
            assert set(after.industries) <= remaining
    assert n_blank >= len(queries) // 2


def test_nobody_else_changes(queries: list[CaseQuery], shipped_catalogue: Catalogue) -> None:
    for query in queries[::10]:
        for capability_id, before in shipped_catalogue.capabilities.items():
            if before.provider_id != query.case.provider_id:
                assert query.catalogue.capabilities[capability_id] is before
        assert query.catalogue.providers is shipped_catalogue.providers


def test_even_removal_takes_one_case_of_everybody(shipped_catalogue: Catalogue) -> None:
    def cases_of(catalogue: Catalogue) -> Counter[str]:
        return Counter(case.provider_id for case in catalogue.cases.values() if case.provider_id)

    before = cases_of(shipped_catalogue)
    drawn = set()
    for case in evidence_cases(shipped_catalogue)[::25]:
        left = evenly_without_case(shipped_catalogue, case)
        assert case.case_id not in left.cases
        assert before - cases_of(left) == Counter(dict.fromkeys(before, 1))
        assert evenly_without_case(shipped_catalogue, case).cases.keys() == left.cases.keys()
        again = evenly_without_case(shipped_catalogue, case, draw=1)
        for one in (left, again):
            drawn.add(frozenset(shipped_catalogue.cases.keys() - one.cases.keys()))
    assert len(drawn) == 2 * len(evidence_cases(shipped_catalogue)[::25])


def test_strict_removal_leaves_nothing_of_the_source_either(shipped_catalogue: Catalogue) -> None:
    for case in evidence_cases(shipped_catalogue)[::10]:
        left = strictly_without_case(shipped_catalogue, case)
        assert not any(provider.summary for provider in left.providers.values())
        for capability in left.capabilities.values():
            if capability.provider_id == case.provider_id and capability.source == case.source:
                said = (capability.name, capability.problem, *capability.claims)
                assert not any(said)


def test_only_published_matches_of_two_parties_are_asked(shipped_catalogue: Catalogue) -> None:
    asked = evidence_cases(shipped_catalogue)
    assert len(asked) >= 90
    for case in asked:
        assert case.relation in EVIDENCE_RELATIONS
        assert not case.weak
        assert not case.unverified
        assert case.provider_id in shipped_catalogue.providers
    assert [case.case_id for case in asked] == sorted(case.case_id for case in asked)


def test_need_is_the_enterprise_words_or_else_the_scenario() -> None:
    catalogue = make_catalogue()
    told = make_case(need="带钢漏检多，退货多。", user_enterprise="合成示例钢铁")
    need = need_of_case(told, catalogue)
    assert need is not None
    assert (need.title, need.problem) == ("带钢漏检多", told.need)
    assert need.industries == ("C31",)
    plain = need_of_case(make_case(), catalogue)
    assert plain is not None
    assert plain.title == make_scenario().name
    assert plain.ai_tasks == ()
    tagged = need_of_case(make_case(), catalogue, tags=True)
    assert tagged is not None
    assert tagged.ai_tasks == ("visual_inspection",)
    assert need_of_case(make_case(scenario_id=""), catalogue) is None


def test_need_names_neither_the_provider_nor_the_case(queries: list[CaseQuery]) -> None:
    for query in queries:
        provider = query.catalogue.providers[query.case.provider_id]
        assert query.case.what not in query.need.problem
        assert provider.name not in query.need.title


@pytest.mark.parametrize(
    ("text", "clause"),
    [
        ("漏检多，退货多", "漏检多"),
        ("Coils come back; why", "Coils come back"),
        ("长" * 90, "长" * 40),
    ],
)
def test_title_is_the_first_clause(text: str, clause: str) -> None:
    assert first_clause(text) == clause


def small_catalogue() -> Catalogue:
    """Three providers; the first answered the case C900 and declares something of its own."""
    own = make_capability(
        derived_from_case_ids=("C900",),
        claims=(make_claim(), make_claim(claim_id="X", case_ids=())),
    )
    plain = {"claims": (), "case_ids": (), "scenario_ids": ()}
    others = [
        make_capability(capability_id="CAP-V901-1", provider_id="V901", name="客服问答", **plain),
        make_capability(capability_id="CAP-V901-2", provider_id="V901", name="带钢检测", **plain),
        make_capability(capability_id="CAP-V902-1", provider_id="V902", name="农田灌溉", **plain),
    ]
    providers = [
        make_provider(provider_id=f"V90{i}", name=f"合成{i}", summary="") for i in range(3)
    ]
    return make_catalogue(
        capabilities={c.capability_id: c for c in (own, *others)},
        providers={p.provider_id: p for p in providers},
    )


def test_case_is_ranked_over_providers_with_one_relevant_and_one_row_each() -> None:
    parts = IndexParts(TermEncoder())
    (found,) = ranked_cases(small_catalogue(), parts)[0]
    assert found.query_id == "C900"
    assert found.group_id == "合成示例钢铁"
    assert found.candidate_ids == ("V900", "V901", "V902")
    assert found.grades.tolist() == [1, 0, 0]
    assert found.matrix.shape == (3, len(COLUMN_OF))
    for name in DISTORTED_FEATURES:
        assert np.isnan(found.matrix[:, COLUMN_OF[name]]).all(), name
    assert not np.isnan(found.matrix[:, COLUMN_OF["lexical_best"]]).any()


def test_tested_provider_keeps_nothing_of_the_case_in_its_features() -> None:
    """Changing the words of the tested case changes no feature of anybody."""
    parts = IndexParts(TermEncoder())
    catalogue = small_catalogue()
    told = replace(catalogue.cases["C900"], what="完全不同的说法", effect="另一个效果")
    other = replace(catalogue, cases={"C900": told})
    (one,), (two,) = (ranked_cases(c, parts)[0] for c in (catalogue, other))
    assert np.array_equal(one.matrix, two.matrix, equal_nan=True)


def test_best_capability_of_a_provider_is_chosen_without_learned_weights() -> None:
    catalogue = small_catalogue()
    case = catalogue.cases["C900"]
    need = need_of_case(case, catalogue)
    assert need is not None
    index = CatalogueIndex(without_case(catalogue, case), IndexParts(TermEncoder()))
    found = ranked_case(CaseQuery(case, need, index.catalogue), index, need)
    view = index.look_up(need)
    ids = [index.capabilities[i].capability_id for i in view.pool.candidates]
    steel = view.matrix[ids.index("CAP-V901-2"), COLUMN_OF["lexical_best"]]
    assert found.matrix[1, COLUMN_OF["lexical_best"]] == steel
