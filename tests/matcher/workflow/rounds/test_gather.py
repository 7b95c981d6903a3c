"""A round's inputs from records and the shipped model: the same each time, with every reason."""

from __future__ import annotations

from copy import copy
from dataclasses import replace
from typing import Any

import pytest

from matcher.allocation.inputs import Inputs, Rules, digest_of
from matcher.allocation.solve import solve_round
from matcher.ranking.matching import Matcher
from matcher.ranking.model import probability
from matcher.records import Need
from matcher.records.engagement import Engagement
from matcher.store.connection import StoreDatabase
from matcher.store.engagements import add_engagement
from matcher.store.need_status import write_state
from matcher.store.needs import read_need
from matcher.store.organisations import update_organisation
from matcher.store.rounds import Round
from matcher.vocabulary import label
from matcher.workflow.rounds.choosing import needs_to_choose, places_of
from matcher.workflow.rounds.gather import gather
from matcher.workflow.rounds.scope import Scope, Seat, scope_text
from tests.matcher.workflow.engagements.world import NOW, add_need, fresh_world
from tests.matcher.workflow.rounds.world import CLOSES


@pytest.fixture
def db(case_needs: list[Need]) -> StoreDatabase:
    """Three needs that real cases answered, and one that nobody in the catalogue can answer."""
    made = fresh_world()
    for number, need in enumerate(case_needs[at] for at in (4, 6, 20)):
        values = {
            name: getattr(need, name)
            for name in ("title", "problem", "title_en", "problem_en", "industries", "ai_tasks")
        }
        add_need(made, f"C{number}", visibility="named", needs_base="advise", **values)
    add_need(made, "C9", visibility="named", title="给猫写诗", problem="想要一首关于猫的诗。",
             title_en="", problem_en="", industries=(), ai_tasks=(), process_steps=(),
             data_modalities=(), requirements=())  # fmt: skip
    return made


def round_of(matcher: Matcher, **changes: Any) -> Round:
    catalogue = matcher.index.catalogue
    places = [
        place.place_id for base in catalogue.pilot_bases.values() for place in places_of(base, {})
    ]
    values: dict[str, Any] = {
        "needs": ("C0", "C1", "C2", "C9"),
        "providers": tuple(Seat(one, 2) for one in sorted(catalogue.providers)),
        "places": tuple(Seat(one, 1) for one in places),
        "least_probability": 0.0,
    }
    scope = Scope(**{**values, **changes})
    return Round("RD", "合成", "open", "{}", scope_text(scope), 7, NOW, CLOSES)


def read(db: StoreDatabase, matcher: Matcher, **changes: Any) -> Inputs:
    return gather(db, matcher, round_of(matcher, **changes), now=NOW)


def test_the_same_records_give_the_same_inputs_and_result(
    db: StoreDatabase, matcher: Matcher
) -> None:
    seen: list[tuple[int, int]] = []
    found = round_of(matcher)
    one = gather(db, matcher, found, now=NOW, progress=lambda *told: seen.append(told))
    other = gather(db, matcher, found, now=NOW)
    assert digest_of(one) == digest_of(other)
    assert solve_round(one).digest == solve_round(other).digest
    assert seen == [(i, 4) for i in range(1, 5)]
    assert one.model_id == matcher.model.model_id
    assert one.versions["need/C0"] == 1


def test_a_pair_is_worth_its_calibrated_probability(db: StoreDatabase, matcher: Matcher) -> None:
    inputs = read(db, matcher, places=())
    matched = matcher.match(read_need(db, "C0"), today=NOW.date(), top=1).matches[0]
    best = max((o for o in inputs.options if o.need_id == "C0"), key=lambda o: o.score)
    assert (best.provider_id, best.capability_id) == (matched.provider_id, matched.capability_id)
    assert best.score == pytest.approx(probability(matched.bits), abs=1e-9)


def test_a_place_orders_and_never_adds_to_a_pair(db: StoreDatabase, matcher: Matcher) -> None:
    bare = {o.key[:2]: o.score for o in read(db, matcher, places=()).options}
    hosted = [o for o in read(db, matcher).options if o.place_id]
    assert hosted
    for option in hosted:
        assert 0.0 < option.score <= bare[option.key[:2]] + 1e-9
        assert 0.0 <= option.place_value <= 1.0
    best: dict[tuple[str, str], float] = {}
    for option in hosted:
        key = (option.need_id, option.provider_id)
        best[key] = max(best.get(key, 0.0), option.score)
    assert all(score == pytest.approx(bare[key], abs=1e-9) for key, score in best.items())


def test_a_need_that_nobody_can_answer_is_told_why(db: StoreDatabase, matcher: Matcher) -> None:
    inputs = read(db, matcher)
    assert inputs.failed_checks["C9"] == "no_adequate_candidate"
    told = {one.party_id: one for one in solve_round(inputs).unmatched_needs}
    assert told["C9"].reason == "failed_check"


def test_a_need_that_was_withdrawn_meanwhile_gets_nothing(
    db: StoreDatabase, matcher: Matcher
) -> None:
    write_state(db, "C0", "withdrawn", actor="t", reason="不再需要", now=NOW)
    inputs = read(db, matcher)
    assert inputs.failed_checks["C0"] == "need_not_open"
    assert not any(option.need_id == "C0" for option in inputs.options)


def test_needs_and_bases_of_the_suspended_take_no_seat(db: StoreDatabase, matcher: Matcher) -> None:
    before = read(db, matcher)
    assert {o.place_id.split("/")[0] for o in before.options} - {""}
    catalogue = matcher.index.catalogue
    idle = frozenset(("pilot_base", base_id) for base_id in catalogue.pilot_bases)
    index = copy(matcher.index)
    index.catalogue = replace(catalogue, suspended=idle)
    hosted = [o for o in read(db, Matcher(index, matcher.model)).options if o.place_id]
    assert hosted == []
    update_organisation(db, "O-need", {"verification": "suspended"}, now=NOW)
    after = read(db, matcher)
    assert after.options == ()
    assert set(after.failed_checks.values()) == {"need_not_open"}
    assert needs_to_choose(db) == []


def test_who_met_before_and_parted_is_not_placed_again(db: StoreDatabase, matcher: Matcher) -> None:
    before = [o for o in read(db, matcher, places=()).options if o.need_id == "C0"]
    last = max(before, key=lambda o: o.score)
    others = {one.capability_id for one in before} - {last.capability_id}
    for capability_id in sorted(others):
        part(db, "C0", capability_id)
    (left,) = [o for o in read(db, matcher, places=()).options if o.need_id == "C0"]
    assert left.capability_id == last.capability_id
    part(db, "C0", last.capability_id)
    inputs = read(db, matcher, places=())
    assert not [o for o in inputs.options if o.need_id == "C0"]
    assert inputs.failed_checks["C0"] == "parted_before"
    told = {one.party_id: one for one in solve_round(inputs).unmatched_needs}
    assert label("round_check", "parted_before", "zh") in told["C0"].text_zh


def part(db: StoreDatabase, need_id: str, capability_id: str) -> None:
    """Store that a need and a capability of the catalogue met, and that it is over."""
    met = Engagement(
        engagement_id=f"EN-{need_id}-{capability_id}",
        need_id=need_id,
        need_version=1,
        need_organisation_id="O-need",
        provider_id=capability_id.split("-")[1],
        provider_organisation_id="",
        capability_id=capability_id,
        capability_version=1,
        state="closed",
        close_cause="declined",
    )
    add_engagement(db, met, now=NOW)


def test_nobody_is_placed_with_its_own_organisation(db: StoreDatabase, matcher: Matcher) -> None:
    before = [o for o in read(db, matcher, places=()).options if o.need_id == "C0"]
    own = max(before, key=lambda o: o.score).provider_id
    update_organisation(db, "O-need", {"provider_id": own}, now=NOW)
    after = {o.provider_id for o in read(db, matcher, places=()).options if o.need_id == "C0"}
    assert own not in after


def test_small_firms_and_first_timers_are_known_and_quotas_kept(
    db: StoreDatabase, matcher: Matcher
) -> None:
    update_organisation(db, "O-need", {"size": "micro"}, now=NOW)
    inputs = read(db, matcher)
    assert {"C0", "C1", "C2", "C9"} <= inputs.small
    assert "C0" in inputs.first_timers
    result = solve_round(replace(inputs, rules=Rules()))
    assert all(quota.most <= 2 for quota in inputs.provider_quotas.values())
    assert len({option.need_id for option in result.placements}) == len(result.placements)
