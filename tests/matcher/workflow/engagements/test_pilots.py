"""From the plan of a pilot to its measured results, outcome, ratings, published case and label."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.records.pilot import FollowUp, Outcome, Rating
from matcher.store.catalogue import read_catalogue
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase
from matcher.store.needs import read_need, save_need
from matcher.store.outcomes import follow_up_of, list_labels
from matcher.store.pilots import list_applications
from matcher.vocabulary import codes
from matcher.workflow.engagements.labels import TEACHES, grade_of
from matcher.workflow.engagements.outcomes import (
    allow_publishing,
    follow_up,
    rate,
    ratings_for,
    record_outcome,
)
from matcher.workflow.engagements.pilots import (
    LinePlan,
    Measurement,
    plan_pilot,
    record_results,
)
from matcher.workflow.engagements.steps import advance
from matcher.workflow.engagements.threads import requirement_thread
from tests.factories import make_requirement
from tests.matcher.workflow.engagements.world import (
    AGREES,
    BASE,
    BROKER,
    ENTERPRISE,
    ENTERPRISE_NAME,
    NOW,
    PROVIDER,
    SECRETS,
    STRANGER,
    brought_to,
)

PASSED = Outcome("", "", "pilot_passed", ends_on=date(2026, 5, 20), value_band="100k_500k")
RATING = Rating("", 4, 5, 4, 3)


def measured(db: StoreDatabase, value: float = 99.2) -> str:
    """A pilot whose two requirements were measured and that is finished."""
    engagement = brought_to(db, "in_pilot")
    results = [Measurement("R1", value), Measurement("R2", met=True, note="合成隐名轧钢自评")]
    record_results(db, engagement.engagement_id, results, actor=BASE, now=NOW)
    advance(db, engagement.engagement_id, "finish_pilot", actor=BASE, now=NOW)
    return engagement.engagement_id


def test_a_plan_has_a_line_for_every_requirement_and_says_how_it_is_tested(
    db: StoreDatabase,
) -> None:
    engagement = brought_to(db, "pilot_applied")
    plan = [LinePlan("R1", "500 件留样盲测", "third_party", "留样图像")]
    lines = plan_pilot(db, engagement.engagement_id, plan, actor=BASE, now=NOW)
    assert [(line.requirement_id, line.target, line.tester) for line in lines] == [
        ("R1", 99.0, "third_party"),
        ("R2", None, "base"),
    ]
    for wrong in (LinePlan("R9", "", "base", ""), LinePlan("R1", "", "nobody", "")):
        with pytest.raises(InvalidRecord):
            plan_pilot(db, engagement.engagement_id, [wrong], actor=BASE, now=NOW)
    with pytest.raises(ImpossibleStep) as caught:
        plan_pilot(db, engagement.engagement_id, plan, actor=PROVIDER, now=NOW)
    assert caught.value.why == "wrong_side"


def test_met_is_computed_where_it_can_be_and_said_where_not(db: StoreDatabase) -> None:
    engagement = brought_to(db, "in_pilot")
    results = [Measurement("R1", 98.9, met=True), Measurement("R2", met=True)]
    lines = record_results(db, engagement.engagement_id, results, actor=BASE, now=NOW)
    assert [line.met for line in lines] == [False, True]
    wish = [Measurement("R2", 5.0)]
    with pytest.raises(InvalidRecord):
        record_results(db, engagement.engagement_id, wish, actor=BASE, now=NOW)


def test_a_finished_pilot_keeps_its_place_and_its_record(db: StoreDatabase) -> None:
    engagement_id = measured(db)
    (application,) = list_applications(db, engagement_id)
    assert (application.state, application.slot_id) == ("finished", "T1")
    assert application.starts_on is not None


def test_ratings_are_hidden_until_both_are_in(db: StoreDatabase) -> None:
    engagement_id = measured(db)
    with pytest.raises(ImpossibleStep):
        rate(db, engagement_id, RATING, actor=ENTERPRISE, now=NOW)
    record_outcome(db, engagement_id, PASSED, actor=ENTERPRISE, now=NOW)
    own = rate(db, engagement_id, RATING, actor=ENTERPRISE, now=NOW)
    assert [one.side for one in own] == ["need"]
    engagement = brought_to(db, "talks")
    for viewer in (PROVIDER, BASE, BROKER):
        assert ratings_for(db, engagement, viewer) == []
    with pytest.raises(ImpossibleStep):
        rate(db, engagement_id, RATING, actor=ENTERPRISE, now=NOW)
    both = rate(db, engagement_id, replace(RATING, overall=2), actor=PROVIDER, now=NOW)
    assert [(one.side, one.overall) for one in both] == [("need", 4), ("provider", 2)]
    assert len(ratings_for(db, engagement, ENTERPRISE)) == 2
    with pytest.raises(InvalidRecord):
        rate(db, engagement_id, replace(RATING, fit=6), actor=PROVIDER, now=NOW)


@pytest.mark.parametrize(
    ("wishes", "is_published", "is_named"),
    [
        (("all", "all"), True, True),
        (("all", "anonymous"), True, False),
        (("anonymous", "all"), True, False),
        (("all", "no"), False, False),
    ],
)
def test_a_case_is_published_as_the_narrower_wish_has_it(
    db: StoreDatabase, wishes: tuple[str, str], is_published: bool, is_named: bool
) -> None:
    engagement_id = measured(db)
    outcome = record_outcome(db, engagement_id, PASSED, actor=ENTERPRISE, now=NOW)
    first = allow_publishing(db, outcome.outcome_id, wishes[0], actor=ENTERPRISE, now=NOW)
    assert first.case_id == ""
    after = allow_publishing(db, outcome.outcome_id, wishes[1], actor=PROVIDER, now=NOW)
    cases = [case for case in read_catalogue(db).cases.values() if case.provider_id == "V900"]
    assert (after.case_id != "", len(cases)) == (is_published, int(is_published))
    for case in cases:
        assert (case.user_enterprise == ENTERPRISE_NAME) == is_named
        if not is_named:
            assert not any(secret in str(case) for secret in SECRETS)
        assert "99.2 %" in case.effect
        assert case.quantified


def test_a_stranger_publishes_nothing(db: StoreDatabase) -> None:
    outcome = record_outcome(db, measured(db), PASSED, actor=ENTERPRISE, now=NOW)
    with pytest.raises(UnknownRecord):
        allow_publishing(db, outcome.outcome_id, "all", actor=STRANGER, now=NOW)


def test_a_failed_pilot_is_graded_by_what_it_met(db: StoreDatabase) -> None:
    engagement_id = measured(db, 80.0)
    failed = Outcome("", "", "pilot_failed", why_not=("capability",))
    outcome = record_outcome(db, engagement_id, failed, actor=BROKER, now=NOW)
    assert (outcome.label_grade, outcome.label_weight) == (1, 1.0)
    (label,) = list_labels(db)
    assert (label.capability_id, label.grade) == ("CAP-V900-1", 1)


@pytest.mark.parametrize(
    ("result", "changes", "grade", "weight"),
    [
        ("contracted", {}, 3, 1.0),
        ("contracted", {"origin": "broker"}, 3, 0.5),
        ("off_platform", {}, 2, 0.5),
        ("off_platform", {"origin": "broker"}, 2, 0.25),
        ("stopped", {"why_not": ("budget", "timing")}, None, 0.0),
        ("stopped", {"why_not": ("capability",)}, 0, 1.0),
        ("paused", {}, None, 0.0),
    ],
)
def test_outcomes_teach_only_what_they_show(
    result: str, changes: dict[str, Any], grade: int | None, weight: float
) -> None:
    assert grade_of(result, **changes) == (grade, weight)


def test_every_reason_says_what_it_teaches() -> None:
    assert set(TEACHES) == set(codes("decline_reason"))
    fits = [code for code, (target, _) in TEACHES.items() if target == "fit"]
    assert fits == ["capability"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"result": "great"},
        {"value_band": "huge"},
        {"why_not": ("weather",)},
        {"starts_on": date(2026, 6, 1)},
    ],
)
def test_an_outcome_that_makes_no_sense_is_refused(
    db: StoreDatabase, wrong: dict[str, Any]
) -> None:
    with pytest.raises(InvalidRecord) as caught:
        record_outcome(db, measured(db), replace(PASSED, **wrong), actor=ENTERPRISE, now=NOW)
    for problems in caught.value.errors.values():
        assert all(one.words("zh") != one.words("en") for one in problems)


def test_after_ninety_days_the_enterprise_says_what_became_of_it(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    for actor in (ENTERPRISE, PROVIDER):
        advance(db, engagement.engagement_id, "contract", actor=actor, now=NOW, given=AGREES)
    later = NOW + timedelta(days=91)
    answer = FollowUp("", "extended", maturity_after=70, n_sites=3)
    with pytest.raises(ImpossibleStep):
        follow_up(db, engagement.engagement_id, answer, actor=PROVIDER, now=later)
    follow_up(db, engagement.engagement_id, answer, actor=ENTERPRISE, now=later)
    kept = follow_up_of(db, engagement.engagement_id)
    assert kept is not None
    assert (kept.state, kept.n_sites) == ("extended", 3)
    assert running_clock(db, "engagement", engagement.engagement_id) is None


def test_the_thread_of_a_requirement_runs_from_the_need_to_the_label(db: StoreDatabase) -> None:
    need = read_need(db, "N0001")
    sharper = make_requirement(text="裂纹检出率不低于 99.5%", threshold=99.5)
    engagement_id = measured(db)
    save_need(db, replace(need, requirements=(sharper,)), actor="t", now=NOW)
    record_outcome(db, engagement_id, PASSED, actor=ENTERPRISE, now=NOW)
    thread = requirement_thread(db, "N0001", "R1")
    assert [asking.requirement.threshold for asking in thread.asked] == [99.0, 99.5]
    assert thread.current.threshold == 99.5
    (testing,) = thread.tested
    # What was measured stays against the target that was planned.
    assert (testing.line.target, testing.line.measured, testing.line.met) == (99.0, 99.2, True)
    assert [outcome.label_grade for outcome in thread.outcomes] == [3]
    with pytest.raises(UnknownRecord):
        requirement_thread(db, "N0001", "R404")
