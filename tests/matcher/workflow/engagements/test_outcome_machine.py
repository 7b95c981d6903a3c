"""Any sequence after the talks: outcomes, ratings, wishes to publish, the follow-up; by anybody."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.identity import Actor
from matcher.records.pilot import FollowUp, Outcome, Rating
from matcher.store.audit import verify_chain
from matcher.store.catalogue import read_catalogue
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase, close_database
from matcher.store.engagements import read_engagement
from matcher.store.outcomes import follow_up_of, list_ratings, outcome_of
from matcher.vocabulary import codes
from matcher.workflow.engagements.clock_runs import (
    AFTER_ESCALATION,
    BETWEEN_REMINDERS,
    run_clocks,
)
from matcher.workflow.engagements.clocks import FOLLOW_UP
from matcher.workflow.engagements.outcomes import (
    allow_publishing,
    follow_up,
    rate,
    ratings_for,
    record_outcome,
)
from matcher.workflow.engagements.steps import advance
from tests.matcher.workflow.engagements.world import (
    AGREES,
    BASE,
    BROKER,
    ENTERPRISE,
    NOW,
    PROVIDER,
    SECRETS,
    STRANGER,
    brought_to,
    fresh_world,
)

ACTORS = st.sampled_from((ENTERPRISE, PROVIDER, BASE, BROKER, STRANGER))
PARTIES = {"need": ENTERPRISE, "provider": PROVIDER}
BEFORE_GIVING_UP = timedelta(days=2 * BETWEEN_REMINDERS + AFTER_ESCALATION)
REFUSALS = (ImpossibleStep, InvalidRecord, UnknownRecord)


class Aftermath(RuleBasedStateMachine):
    """One engagement from its talks to what has become of it."""

    told: ClassVar[int] = 0  # outcomes of all examples together

    def __init__(self) -> None:
        super().__init__()
        self.db: StoreDatabase = fresh_world()
        self.now: datetime = NOW
        self.contracted_at: datetime | None = None

    @initialize()
    def begin(self) -> None:
        self.id = brought_to(self.db, "talks").engagement_id

    def _acts(self, actor: Actor) -> dict[str, Any]:
        return {"actor": actor, "now": self.now}

    @rule(actor=ACTORS)
    def contract(self, actor: Actor) -> None:
        try:
            after = advance(self.db, self.id, "contract", given=AGREES, **self._acts(actor))
        except REFUSALS:
            return
        if after.state == "contracted":
            self.contracted_at = self.now

    @rule(
        actor=ACTORS,
        result=st.sampled_from((*codes("outcome_result"), "nonsense")),
        why=st.sampled_from(((), ("budget",), ("capability",), ("gossip",))),
    )
    def tell_outcome(self, actor: Actor, result: str, why: tuple[str, ...]) -> None:
        before = outcome_of(self.db, self.id)
        told = Outcome("", "", result, why_not=why)
        try:
            after = record_outcome(self.db, self.id, told, **self._acts(actor))
        except REFUSALS:
            assert outcome_of(self.db, self.id) == before
            return
        type(self).told += 1
        assert actor in (ENTERPRISE, PROVIDER, BROKER)
        assert (after.label_grade is None) == (after.label_weight == 0.0)
        if before is not None:  # a later account takes its place, the wishes stay
            assert after.outcome_id == before.outcome_id
            assert after.case_id == before.case_id

    @rule(actor=ACTORS, value=st.integers(0, 6))
    def give_rating(self, actor: Actor, value: int) -> None:
        before = list_ratings(self.db, self.id)
        try:
            rate(self.db, self.id, Rating("", value, 3, 4, 5), **self._acts(actor))
        except REFUSALS:
            assert list_ratings(self.db, self.id) == before
            return
        assert 1 <= value <= 5
        assert actor in (ENTERPRISE, PROVIDER)
        assert len(list_ratings(self.db, self.id)) == len(before) + 1

    @rule(actor=ACTORS, wish=st.sampled_from((*codes("may_publish"), "all", "loudly")))
    def wish_to_publish(self, actor: Actor, wish: str) -> None:
        outcome = outcome_of(self.db, self.id)
        if outcome is None:
            return
        try:
            allow_publishing(self.db, outcome.outcome_id, wish, **self._acts(actor))
        except REFUSALS:
            assert outcome_of(self.db, self.id) == outcome
            return
        assert actor in (ENTERPRISE, PROVIDER)

    @rule(actor=ACTORS, state=st.sampled_from((*codes("follow_up_state"), "")))
    def say_what_became_of_it(self, actor: Actor, state: str) -> None:
        try:
            follow_up(self.db, self.id, FollowUp("", state), **self._acts(actor))
        except REFUSALS:
            return
        assert self.contracted_at is not None
        assert actor in (ENTERPRISE, BROKER)

    @rule(days=st.integers(1, 50))
    def let_days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        run_clocks(self.db, self.now)

    @invariant()
    def ratings_are_hidden_until_both_are_in(self) -> None:
        if not hasattr(self, "id"):
            return
        engagement = read_engagement(self.db, self.id)
        given = {one.side for one in list_ratings(self.db, self.id)}
        for side, actor in PARTIES.items():
            seen = {one.side for one in ratings_for(self.db, engagement, actor)}
            assert seen == (given if len(given) == 2 else given & {side})
        for other in (BASE, BROKER, STRANGER):
            seen = {one.side for one in ratings_for(self.db, engagement, other)}
            assert seen == (given if len(given) == 2 else set())

    @invariant()
    def a_case_is_published_only_as_both_have_allowed(self) -> None:
        if not hasattr(self, "id"):
            return
        outcome = outcome_of(self.db, self.id)
        cases = [one for one in read_catalogue(self.db).cases.values() if one.provider_id == "V900"]
        if outcome is None or not outcome.case_id:
            assert cases == []
            return
        (case,) = cases
        assert case.case_id == outcome.case_id
        capability = read_catalogue(self.db).capabilities["CAP-V900-1"]
        assert case.case_id in capability.case_ids
        if not case.user_enterprise:
            assert not any(secret in str(case) for secret in SECRETS)

    @invariant()
    def a_contract_is_followed_up_after_ninety_days(self) -> None:
        if not hasattr(self, "id") or self.contracted_at is None:
            return
        clock = running_clock(self.db, "engagement", self.id)
        if follow_up_of(self.db, self.id) is None:
            if clock is None:  # two reminders and the broker were no use: nobody is asked for ever
                assert self.now >= self.contracted_at + FOLLOW_UP + BEFORE_GIVING_UP
                return
            assert clock.kind == "follow_up"
            assert clock.due_at >= self.contracted_at + FOLLOW_UP - timedelta(days=1)
        else:
            assert clock is None

    def teardown(self) -> None:
        assert verify_chain(self.db).broken is None
        close_database(self.db)


def test_no_sequence_shows_a_rating_early_or_publishes_against_a_wish() -> None:
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    run_state_machine_as_test(
        Aftermath,
        settings=settings(max_examples=25, stateful_step_count=25, deadline=None, phases=phases),
    )
    assert Aftermath.told > 0


def test_the_rules_lead_to_ratings_a_published_case_and_a_follow_up() -> None:
    """What chance need not reach: without it the invariants could hold for want of anything."""
    one = Aftermath()
    one.begin()
    for actor in (ENTERPRISE, PROVIDER):
        one.contract(actor)
    assert one.contracted_at is not None
    one.tell_outcome(ENTERPRISE, "contracted", ())
    for actor in (ENTERPRISE, PROVIDER):
        check_all(one)
        one.give_rating(actor, 4)
        one.wish_to_publish(actor, "all")
    check_all(one)
    outcome = outcome_of(one.db, one.id)
    assert outcome is not None
    assert outcome.case_id
    assert len(list_ratings(one.db, one.id)) == 2
    one.let_days_pass(50)
    one.let_days_pass(50)
    one.say_what_became_of_it(ENTERPRISE, "in_use")
    assert follow_up_of(one.db, one.id) is not None
    check_all(one)
    one.teardown()


def check_all(one: Aftermath) -> None:
    one.ratings_are_hidden_until_both_are_in()
    one.a_case_is_published_only_as_both_have_allowed()
    one.a_contract_is_followed_up_after_ninety_days()
