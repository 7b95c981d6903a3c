"""The third side of a match: bases that fit, bases that are not open, and no base at all."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher import vocabulary
from matcher.ranking.bases.features import FIT, ORDER
from matcher.ranking.bases.hosts import Hosts, rank_base_services
from matcher.ranking.bases.priors import KIND_BITS, STATUS_BITS
from matcher.ranking.catalogue_units import described
from matcher.ranking.results import BaseMatch
from matcher.records import BaseService, Capability, Need, PilotBase, SlotPeriod
from matcher.schemas.loading import load_record
from tests.factories import (
    make_base_service,
    make_capability,
    make_need,
    make_pilot_base,
    make_provider,
)

TODAY = date(2026, 11, 2)


def near(value: float) -> Any:
    return lambda texts: np.full(len(texts), value)


def rank(need: Need, *bases: PilotBase, value: float = 0.3, **sides: Any) -> tuple[BaseMatch, ...]:
    return rank_base_services(need, bases, affinity=near(value), today=TODAY, **sides)


def bits_of(match: BaseMatch) -> dict[str, float]:
    return {contribution.feature: contribution.bits for contribution in match.contributions}


def code_of(match: BaseMatch, name: str) -> tuple[str, str]:
    return next((c.status, c.reason_code) for c in match.checks if c.name == name)


@pytest.fixture(scope="module")
def catalogue() -> list[PilotBase]:
    path = vocabulary.data_folder() / "catalogue" / "pilot_bases.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [load_record("pilot_base", json.loads(line), profile="catalogue") for line in lines]


def wanting(*industries: str, **changes: Any) -> Need:
    return Need(need_id="N1", title="需求", industries=industries, **changes)


@pytest.mark.parametrize(
    ("industry", "pilot_base_id", "status", "code"),
    [
        ("C36", "PB008", "passed", "base_open"),
        ("C2614", "PB016", "failed", "base_known_by_name_only"),
        ("A01", "PB019", "failed", "base_not_open_yet"),
        ("D442", "PB001", "passed", "base_open"),
        ("G55", "PB010", "unknown", "base_under_construction"),
    ],
)
def test_catalogue_base_of_the_industry_comes_first_and_says_whether_it_is_open(
    catalogue: list[PilotBase], industry: str, pilot_base_id: str, status: str, code: str
) -> None:
    first = rank(wanting(industry), *catalogue, value=0.2)[0]
    assert first.pilot_base_id == pilot_base_id
    assert code_of(first, "open") == (status, code)


def test_clinical_need_gets_open_health_bases(catalogue: list[PilotBase]) -> None:
    domains = {base.pilot_base_id: base.domain for base in catalogue}
    matches = rank(wanting("Q84", safety=("medical_device",)), *catalogue, value=0.2)
    assert [domains[match.pilot_base_id] for match in matches] == ["health"] * 3
    assert {code_of(match, "open")[0] for match in matches} == {"passed"}


def test_industry_that_no_base_covers_gets_none(catalogue: list[PilotBase]) -> None:
    assert rank(wanting("S92"), *catalogue, value=0.3) == ()
    assert rank(wanting("C31"), *catalogue, value=0.2) == ()


def test_open_base_comes_before_a_better_one_that_is_not_open() -> None:
    planned = make_pilot_base(pilot_base_id="PB1", status="planned")
    other = make_pilot_base(pilot_base_id="PB2", industries=("C31", "A01", "G55"))
    matches = rank(make_need(), planned, other)
    assert [match.pilot_base_id for match in matches] == ["PB2", "PB1"]


def test_need_without_a_base_gets_none() -> None:
    assert rank(make_need(needs_base="no"), make_pilot_base()) == ()
    assert rank(make_need(needs_base="yes")) == ()


def test_other_section_and_unlike_text_is_not_offered() -> None:
    base = make_pilot_base(industries=("A",))
    assert rank(make_need(), base, value=0.3) == ()
    assert len(rank(make_need(), base, value=0.5)) == 1


@pytest.mark.parametrize(
    ("industries", "bits"),
    [(("C31",), 3.0), (("C",), 2.5), (("C312",), 3.0), (("C312", "A01"), 2.75),
     (("C311",), 1.5), (("C36",), 0.25), (("A01",), -1.0)],
)  # fmt: skip
def test_industry_bits_fall_with_distance(industries: tuple[str, ...], bits: float) -> None:
    need = make_need(industries=("C312",))
    match = rank(need, make_pilot_base(industries=industries), value=0.9)[0]
    assert bits_of(match)["base_industry"] == bits


def test_need_that_names_a_section_is_broader_than_the_base() -> None:
    match = rank(make_need(industries=("C",)), make_pilot_base(), value=0.9)[0]
    assert bits_of(match)["base_industry"] == 1.0


def test_industry_of_the_capability_stands_in_where_the_need_states_none() -> None:
    need = make_need(industries=())
    assert rank(need, make_pilot_base(), value=0.2) == ()
    assert len(rank(need, make_pilot_base(), value=0.2, capability=make_capability())) == 1


def _near_to(capability: Capability, value: float, *, bases: float = 0.05) -> Any:
    own = set(described(capability))
    return lambda texts: np.array([value if text in own else bases for text in texts])


@pytest.mark.parametrize(("nearness", "n_bases"), [(0.0, 0), (0.1, 0), (0.15, 0), (0.3, 1)])
def test_capability_lends_its_industry_only_as_far_as_it_is_near_to_the_need(
    nearness: float, n_bases: int
) -> None:
    need, capability = make_need(industries=(), ai_tasks=()), make_capability()
    hosts = Hosts(need, [make_pilot_base()], _near_to(capability, nearness), TODAY)
    assert len(hosts.rank(capability)) == n_bases
    assert hosts.rank() == ()


def test_nearer_capability_never_lends_less() -> None:
    need, capability = make_need(industries=(), ai_tasks=()), make_capability()
    lent = [
        bits_of(Hosts(need, [make_pilot_base()], affinity, TODAY).rank(capability)[0])
        for affinity in (_near_to(capability, value, bases=0.3) for value in (0.1, 0.2, 0.3, 0.9))
    ]
    industry = [found.get("base_industry", 0.0) for found in lent]
    assert industry == sorted(industry)
    assert industry[0] == 0.0
    assert industry[-1] == 3.0


def test_own_industry_of_a_need_counts_whole_whoever_asks() -> None:
    need, capability = make_need(), make_capability()
    far = Hosts(need, [make_pilot_base()], _near_to(capability, 0.0, bases=0.3), TODAY)
    assert bits_of(far.rank(capability)[0])["base_industry"] == 3.0


def test_lent_industry_is_said_to_be_of_the_capability() -> None:
    need, capability = make_need(industries=()), make_capability()
    match = rank(need, make_pilot_base(), value=0.4, capability=capability)[0]
    said = next(one for one in match.contributions if one.feature == "base_industry")
    assert said.reason_zh.startswith("能力所属行业")
    assert said.reason_en.startswith("The capability's industry")


def test_text_alone_finds_a_base_only_where_it_is_very_near() -> None:
    need = make_need(industries=())
    assert rank(need, make_pilot_base(), value=0.24) == ()
    assert len(rank(need, make_pilot_base(), value=0.26)) == 1


def test_best_service_of_a_base_is_the_one_that_is_shown() -> None:
    services = (
        make_base_service(service_id="S1", kind="ecosystem", validation_types=()),
        make_base_service(service_id="S2", kind="verification", validation_types=("production",)),
        make_base_service(service_id="S3", kind="verification", validation_types=("design",)),
    )
    matches = rank(make_need(), make_pilot_base(services=services))
    assert [match.service_id for match in matches] == ["S2"]
    full = (*services[:1], replace(services[1], free_slots=0))
    assert rank(make_need(), make_pilot_base(services=full))[0].service_id == "S1"


def test_base_without_services_says_so() -> None:
    match = rank(make_need(), make_pilot_base(services=()))[0]
    assert match.service_id == ""
    assert code_of(match, "service") == ("unknown", "base_services_not_published")


def test_place_counts_only_where_the_need_says_so() -> None:
    near_by, far = make_pilot_base(region="320100"), make_pilot_base(region="650100")
    silent = make_need(region="320500", region_preference="none")
    assert rank(silent, near_by)[0].bits == rank(silent, far)[0].bits
    wish = make_need(region="320500", region_preference="prefer")
    assert rank(wish, near_by)[0].bits > rank(wish, far)[0].bits


def test_neighbouring_provider_adds_a_little() -> None:
    base = make_pilot_base(region="320100")
    place = [
        rank(make_need(), base, provider=make_provider(region=region))[0].bits
        for region in ("320100", "320500", "650100", "", "not a region")
    ]
    assert place[0] > place[1] > place[2] == place[3] == place[4]


@pytest.mark.parametrize(
    ("service", "capability", "need", "name", "expected"),
    [
        ({"free_slots": 0}, {}, {}, "free_slots", ("failed", "base_full")),
        ({"free_slots": 2}, {}, {}, "free_slots", ("passed", "base_slots_free")),
        ({}, {"maturity": 5}, {}, "maturity", ("passed", "maturity_in_range")),
        ({}, {"maturity": 3}, {}, "maturity", ("failed", "maturity_out_of_range")),
        ({}, {"maturity": None}, {}, "maturity", ("unknown", "maturity_not_stated")),
        ({"maturity_from": None, "maturity_to": None}, {"maturity": 5}, {},
         "maturity", ("unknown", "maturity_range_not_published")),
        ({}, {}, {"data_leaves_site": "no"},
         "data_residency", ("unknown", "base_mode_not_stated")),
        ({"price_min_cny": 20_000}, {}, {"budget_is_limit": True, "budget_max_cny": 10_000},
         "price", ("failed", "base_price_above_budget")),
        ({"price_min_cny": 20_000}, {}, {"budget_is_limit": True, "budget_max_cny": 20_000},
         "price", ("passed", "base_price_within_budget")),
    ],
)  # fmt: skip
def test_checks_of_a_service(
    service: dict[str, Any],
    capability: dict[str, Any],
    need: dict[str, Any],
    name: str,
    expected: tuple[str, str],
) -> None:
    base = make_pilot_base(services=(make_base_service(**service),))
    match = rank(make_need(**need), base, capability=make_capability(**capability))[0]
    assert code_of(match, name) == expected


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        ({"total": 2, "taken": 2}, ("failed", "base_full")),
        ({"total": 2, "taken": 1}, ("passed", "base_slots_free")),
        ({"total": 2, "service_id": "another"}, None),
        ({"total": 2, "stated": None}, ("unknown", "base_slots_stale")),
    ],
)
def test_places_are_counted_by_the_calendar_alone(
    calendar: dict[str, Any], expected: tuple[str, str] | None
) -> None:
    stated = calendar.pop("stated", TODAY)
    service = make_base_service(free_slots=5)
    base = make_pilot_base(
        services=(service,), slots=(SlotPeriod("T1", **calendar),), slots_stated_at=stated
    )
    match = rank(make_need(), base)[0]
    found = {check.name: (check.status, check.reason_code) for check in match.checks}
    assert found.get("free_slots") == expected


def test_launch_in_the_future_is_not_open_yet() -> None:
    for launched, expected in (
        ("2026-12", "failed"), ("2027", "failed"), ("2026-11-03", "failed"),
        ("2026", "passed"), ("2026-11", "passed"), ("2026-11-02", "passed"), ("unknown", "passed"),
    ):  # fmt: skip
        match = rank(make_need(), make_pilot_base(launched=launched))[0]
        assert code_of(match, "open")[0] == expected, launched


def test_service_made_for_the_task_can_make_a_base_fit() -> None:
    robots = make_base_service(kind="robot_training", validation_types=(), ai_tasks=("robotics",))
    base = make_pilot_base(industries=("C34",), services=(robots,))
    assert rank(make_need(industries=("C38",), ai_tasks=("robotics",)), base, value=0.2)
    assert not rank(make_need(industries=("C38",), ai_tasks=("forecasting",)), base, value=0.2)


def test_wrong_shape_of_the_affinity_is_refused() -> None:
    with pytest.raises(ValueError, match="shape"):
        rank_base_services(
            make_need(), [make_pilot_base()], affinity=lambda _: np.zeros((2, 2)), today=TODAY
        )


def test_every_status_and_kind_of_the_vocabulary_has_a_prior() -> None:
    assert set(KIND_BITS) == set(vocabulary.codes("base_service"))
    assert set(STATUS_BITS) == set(vocabulary.codes("base_status"))


words = st.text(max_size=12)
services = st.builds(
    BaseService,
    service_id=st.sampled_from(("S1", "S2", "S3")),
    pilot_base_id=st.just("PB"),
    name=words,
    description=words,
    kind=st.sampled_from(("", "unheard of", *vocabulary.codes("base_service"))),
    validation_types=st.sampled_from(((), ("design",), ("production", "function"))),
    ai_tasks=st.sampled_from(((), ("robotics",), ("visual_inspection",))),
    maturity_from=st.none() | st.integers(1, 9),
    maturity_to=st.none() | st.integers(1, 9),
    free_slots=st.none() | st.integers(0, 3),
)
bases = st.builds(
    PilotBase,
    pilot_base_id=st.sampled_from(("PB1", "PB2", "PB3", "PB4")),
    name=words,
    domain=st.sampled_from(("", "health", "manufacturing")),
    direction=words,
    industries=st.sampled_from(((), ("C31",), ("C",), ("A01", "C36"), ("nowhere",))),
    region=st.sampled_from(("", "320100", "100000", "elsewhere")),
    status=st.sampled_from(("", *vocabulary.codes("base_status"))),
    launched=words,
    unverified=st.booleans(),
    services=st.lists(services, max_size=3, unique_by=lambda s: s.service_id).map(tuple),
)
some_bases = st.lists(bases, max_size=4, unique_by=lambda base: base.pilot_base_id)
needs = st.builds(
    make_need,
    industries=st.sampled_from(((), ("C31",), ("C312", "A"), ("nowhere",))),
    region_preference=st.sampled_from(("", "none", "prefer", "must")),
    region=st.sampled_from(("", "320500", "elsewhere")),
    data_leaves_site=st.sampled_from(("", "no", "masked")),
    safety=st.sampled_from(((), ("mlps_2",))),
)


def _by_text(texts: Sequence[str]) -> Any:
    """A nearness that differs from text to text and depends on nothing else."""
    return np.array([(sum(map(ord, text)) % 97) / 96 for text in texts])


@given(needs, some_bases, st.randoms())
def test_contributions_sum_order_is_irrelevant_and_no_text_raises(
    need: Need, listed: list[PilotBase], random: Any
) -> None:
    shuffled = [
        replace(base, services=tuple(random.sample(base.services, len(base.services))))
        for base in listed
    ]
    random.shuffle(shuffled)
    sides = {"capability": make_capability(), "provider": make_provider()}
    first = rank_base_services(need, listed, affinity=_by_text, today=TODAY, top=9, **sides)
    second = rank_base_services(need, shuffled, affinity=_by_text, today=TODAY, top=9, **sides)
    assert first == second
    assert len({match.pilot_base_id for match in first}) == len(first)
    for match in first:
        assert match.bits == sum(c.bits for c in match.contributions)
        assert all(c.is_prior and c.reason_zh and c.reason_en for c in match.contributions)


@given(needs, some_bases)
def test_who_asked_before_changes_nothing(need: Need, listed: list[PilotBase]) -> None:
    pairs = [
        (None, None),
        (make_capability(industries=("C31",), ai_tasks=("vision",), maturity=4), make_provider()),
        (make_capability(industries=("A01",), ai_tasks=(), maturity=None), None),
        (make_capability(industries=(), maturity=9), make_provider(region="440000")),
    ]
    hosts = Hosts(need, listed, _by_text, TODAY)
    for capability, provider in [*pairs, *pairs]:
        alone = rank_base_services(
            need,
            listed,
            affinity=_by_text,
            today=TODAY,
            capability=capability,
            provider=provider,
        )
        assert hosts.rank(capability, provider) == alone


@given(needs, some_bases, words)
def test_names_of_provider_and_base_change_nothing(
    need: Need, listed: list[PilotBase], name: str
) -> None:
    renamed = [replace(base, name=name, lead=name) for base in listed]
    before = rank_base_services(
        need, listed, affinity=_by_text, today=TODAY, provider=make_provider()
    )
    after = rank_base_services(
        need, renamed, affinity=_by_text, today=TODAY, provider=make_provider(name=name)
    )
    assert before == after


@given(needs, bases)
def test_base_that_publishes_nothing_fails_nothing(need: Need, base: PilotBase) -> None:
    silent = replace(base, status="", launched="", services=())
    for match in rank(need, silent, value=1.0):
        assert {check.status for check in match.checks} == {"unknown"}


@given(needs, bases, st.floats(0, 1), st.floats(0, 1))
def test_nearer_text_never_lowers_a_base(
    need: Need, base: PilotBase, one: float, other: float
) -> None:
    low, high = sorted((one, other))
    below, above = rank(need, base, value=low), rank(need, base, value=high)
    assert len(below) <= len(above)
    if below and below[0].service_id == above[0].service_id:
        assert below[0].bits <= above[0].bits


def test_every_feature_says_in_one_sentence_what_it_does() -> None:
    assert all((feature.__doc__ or "").strip().endswith(".") for feature in FIT + ORDER)
