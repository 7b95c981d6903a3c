"""A need under any sequence of acts by anybody: only what its table allows, and nothing leaks."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import ClassVar

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
    run_state_machine_as_test,
)

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.identity import Actor
from matcher.records.pilot import Outcome
from matcher.store.audit import verify_chain
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase, close_database
from matcher.store.engagements import Wanted, list_engagements
from matcher.store.need_status import list_transitions, read_status, update_status
from matcher.store.notices import list_notices
from matcher.store.outcomes import outcomes_of_need
from matcher.store.search import search
from matcher.workflow.engagements.need_outcomes import record_need_outcome
from matcher.workflow.engagements.opening import open_engagement
from matcher.workflow.needs.expiry import expire_and_remind
from matcher.workflow.needs.lifecycle import TransitionRefused, change_state
from matcher.workflow.needs.states import LISTED, STEPS, Act, State
from tests.matcher.workflow.engagements.world import (
    BASE,
    BROKER,
    ENTERPRISE,
    NOW,
    PROVIDER,
    SECRETS,
    STRANGER,
    fresh_world,
)

ACTORS = st.sampled_from((ENTERPRISE, PROVIDER, BASE, BROKER, STRANGER))
STATES = st.sampled_from([*State, "nowhere"])
NEED = "N0001"
ENDED = (State.DONE, State.NONE_SUITABLE)


class NeedLife(RuleBasedStateMachine):
    """One published need and whoever comes by."""

    reached: ClassVar[set[str]] = set()  # by all examples together

    def __init__(self) -> None:
        super().__init__()
        self.db: StoreDatabase = fresh_world()
        self.now: datetime = NOW
        ends = {"expires_at": NOW + timedelta(days=40), "reply_by": date(2026, 4, 11)}
        update_status(self.db, NEED, ends, now=NOW)
        self.start = read_status(self.db, NEED).state

    @rule(actor=ACTORS, to_state=STATES, reason=st.sampled_from(("", "因故")))
    def try_any_state(self, actor: Actor, to_state: str, reason: str) -> None:
        before = read_status(self.db, NEED)
        try:
            after = change_state(self.db, NEED, to_state, Act(actor, self.now, reason))
        except (TransitionRefused, UnknownRecord):
            assert read_status(self.db, NEED) == before
            return
        step = STEPS[State(before.state), State(to_state)]
        assert actor in (ENTERPRISE, BROKER)
        assert reason or not step.wants_reason
        assert after.state == to_state

    @rule(data=st.data())
    def take_a_possible_step(self, data: st.DataObject) -> None:
        state = read_status(self.db, NEED).state
        ways = [to for (source, to) in STEPS if source == state]
        if ways:
            self.try_any_state(data.draw(st.sampled_from((ENTERPRISE, BROKER))),
                               data.draw(st.sampled_from(ways)), "因故")  # fmt: skip

    @rule(
        actor=ACTORS,
        result=st.sampled_from(("none_suitable", "off_platform", "contracted", "")),
        why=st.sampled_from(((), ("capability",), ("budget", "timing"), ("gossip",))),
        tells=st.booleans(),
        rarely=st.integers(0, 3),
    )
    def end_it(
        self, actor: Actor, result: str, why: tuple[str, ...], tells: bool, rarely: int
    ) -> None:
        if rarely:  # so that other states are reached, too
            return
        before, told = read_status(self.db, NEED), Outcome("", "", result, why_not=why)
        n_before = len(outcomes_of_need(self.db, NEED))
        try:
            record_need_outcome(self.db, NEED, told, actor=actor, now=self.now, tells_reasons=tells)
        except (TransitionRefused, UnknownRecord, InvalidRecord, ImpossibleStep):
            assert read_status(self.db, NEED) == before
            assert len(outcomes_of_need(self.db, NEED)) == n_before
            return
        assert actor in (ENTERPRISE, BROKER)
        assert read_status(self.db, NEED).state in ENDED
        assert list_engagements(self.db, Wanted(need_id=NEED, open_only=True)) == []

    @rule(actor=ACTORS, capability_id=st.sampled_from(("CAP-V900-1", "CAP-V901-1", "CAP-404")))
    def come_by(self, actor: Actor, capability_id: str) -> None:
        try:
            open_engagement(self.db, NEED, capability_id, actor=actor, now=self.now)
        except (ImpossibleStep, UnknownRecord):
            return

    @rule(days=st.integers(1, 20))
    def let_days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        expire_and_remind(self.db, self.now)
        assert expire_and_remind(self.db, self.now) == (0, 0)

    @invariant()
    def every_change_is_one_that_the_table_has(self) -> None:
        status = read_status(self.db, NEED)
        self.reached.add(status.state)
        steps = list_transitions(self.db, NEED)
        states = [step.to_state for step in steps] or [self.start]
        assert states[-1] == status.state
        assert all((State(a), State(b)) in STEPS for a, b in pairwise(states))

    @invariant()
    def it_is_found_while_it_takes_answers_and_by_no_masked_word(self) -> None:
        is_listed = read_status(self.db, NEED).state in LISTED
        changed = len(list_transitions(self.db, NEED)) > 1
        if changed:  # the world was made without the listing
            assert (search(self.db, "裂纹", kinds=("need",)).total == 1) == is_listed
        for word in ("隐名", "Veiled"):
            assert search(self.db, word, kinds=("need",)).total == 0

    @invariant()
    def open_engagements_have_a_date_and_notices_no_names(self) -> None:
        for one in list_engagements(self.db, Wanted(need_id=NEED, open_only=True)):
            assert running_clock(self.db, "engagement", one.engagement_id) is not None
        for actor in (PROVIDER, STRANGER, BASE):
            for notice in list_notices(self.db, actor.actor_id, limit=20):
                told = notice.message.text_zh + notice.message.text_en
                assert not any(secret in told for secret in SECRETS)

    def teardown(self) -> None:
        assert verify_chain(self.db).broken is None
        close_database(self.db)


def test_no_sequence_brings_a_need_where_its_table_does_not_lead() -> None:
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    run_state_machine_as_test(
        NeedLife,
        settings=settings(max_examples=40, stateful_step_count=20, deadline=None, phases=phases),
    )
    assert {"open", "none_suitable", "done"} < NeedLife.reached
