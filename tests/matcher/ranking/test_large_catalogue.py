"""A catalogue too large to look at everybody: nobody is lost, and nothing jumps at its border."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from matcher.ranking.engine import CatalogueIndex, IndexParts
from matcher.ranking.matching import Matcher, Ranking
from matcher.ranking.matrix import COLUMN_OF, EXACT_CANDIDATES
from matcher.ranking.model import AdditiveModel
from matcher.ranking.results import Match
from matcher.records import Capability, Catalogue
from tests.factories import make_case, make_catalogue, make_need, make_provider
from tests.matcher.light_encoder import TermEncoder

TODAY = date(2026, 11, 22)
N = EXACT_CANDIDATES + 300
FIELDS = ("钢板", "布匹", "粮仓", "码头", "矿井", "病房", "电网", "水厂", "景区")
TASKS = ("缺陷", "故障", "负荷", "安全", "问答", "排程", "能耗")
NEED = make_need(
    need_id="N-LARGE",
    title="水厂故障",
    title_en="",
    problem="水厂水泵故障发现晚",
    problem_en="",
    industries=("D46",),
    requirements=(),
)


def capability(i: int) -> Capability:
    return Capability(
        capability_id=f"CAP-{i:05}",
        provider_id=f"V{i // 2:05}",
        name=f"{FIELDS[i % 9]}{TASKS[i % 7]}",
        problem=f"{FIELDS[(i * 5) % 9]}{TASKS[(i * 3) % 7]}",
        industries=(("C31", "C17", "G55", "B06", "D46")[i % 5],),
        source="synthetic",
    )


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    capabilities = {c.capability_id: c for c in map(capability, range(N))}
    owners = dict.fromkeys(c.provider_id for c in capabilities.values())
    providers = {p: make_provider(provider_id=p, name=f"合成{p}", summary="") for p in owners}
    return make_catalogue(capabilities=capabilities, providers=providers, cases={})


@pytest.fixture(scope="module")
def large(catalogue: Catalogue, serving_model: AdditiveModel) -> Matcher:
    return Matcher(CatalogueIndex(catalogue, IndexParts(TermEncoder())), serving_model)


def first_eligible(n: int) -> np.ndarray:
    return np.arange(N) < n


def test_a_provider_outside_the_shortlist_is_explained(large: Matcher) -> None:
    ranking = large.rank(NEED)
    seen = {large.index.capabilities[i].provider_id for i in ranking.look_up.pool.candidates}
    unseen = sorted(set(large.index.catalogue.providers) - seen)
    assert len(unseen) > 100
    for provider in (unseen[0], unseen[-1]):
        found = large.why_not(NEED, provider, today=TODAY)
        assert isinstance(found, Match)
        assert found.provider_id == provider
        assert sum(c.bits for c in found.contributions) == pytest.approx(found.bits)


def test_asking_for_a_provider_that_is_shown_changes_nothing_about_it(large: Matcher) -> None:
    shown = large.match(NEED, today=TODAY, top=3)
    for match in shown.matches:
        asked = large.why_not(NEED, match.provider_id, today=TODAY)
        assert isinstance(asked, Match)
        assert (asked.rank, asked.bits) == (match.rank, match.bits)
        assert asked.contributions == match.contributions


def test_the_field_does_not_jump_where_the_shortlist_begins(large: Matcher) -> None:
    whole = large.rank(NEED, first_eligible(EXACT_CANDIDATES))
    short = large.rank(NEED, first_eligible(EXACT_CANDIDATES + 2))
    assert len(whole.look_up.pool.candidates) == EXACT_CANDIDATES
    assert len(short.look_up.pool.candidates) < EXACT_CANDIDATES
    assert n_providers(whole) == EXACT_CANDIDATES // 2
    assert short.n_providers == EXACT_CANDIDATES // 2 + 1
    assert short.field == pytest.approx(whole.field, abs=0.1)
    shares = [r.raw[r.best_rows[0]] - r.field for r in (whole, short)]
    assert shares[0] == pytest.approx(shares[1], abs=0.15)


def n_providers(ranking: Ranking) -> int:
    assert ranking.n_providers == len(ranking.best_rows)
    return ranking.n_providers


def test_evidence_from_the_future_makes_no_other_evidence_older(
    serving_model: AdditiveModel,
) -> None:
    ages = [ages_beside(year, serving_model) for year in (2026, 2031)]
    np.testing.assert_array_equal(ages[0], ages[1])


def ages_beside(year: int, model: AdditiveModel) -> np.ndarray:
    """The ages of the newest evidence of two offers, one of which has a case of this year."""
    cases = {
        "C-0": make_case(case_id="C-0", year=2026, provider_id="V0"),
        "C-1": make_case(case_id="C-1", year=year, provider_id="V1"),
    }
    offers = [
        Capability(f"CAP-{i}", f"V{i}", "钢板缺陷", problem="识别", case_ids=(f"C-{i}",))
        for i in (0, 1)
    ]
    catalogue = make_catalogue(
        capabilities={c.capability_id: c for c in offers},
        providers={f"V{i}": make_provider(provider_id=f"V{i}", summary="") for i in (0, 1)},
        cases=cases,
    )
    index = CatalogueIndex(catalogue, IndexParts(TermEncoder()))
    assert index.evidence.latest_year == year
    assert Matcher(index, model).match(NEED, today=TODAY).matches
    return index.look_up(NEED, today=TODAY).matrix[:, COLUMN_OF["evidence_age"]]
