"""Any sequence of steps by anybody: no illegal state, never without a due date, nothing leaks."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import pairwise
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

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.identity import SYSTEM, Actor
from matcher.records.engagement import Engagement
from matcher.records.pilot import PilotLine
from matcher.store.audit import verify_chain
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase, close_database
from matcher.store.consents import standing_consents
from matcher.store.engagements import list_transitions, read_engagement
from matcher.store.notices import list_notices
from matcher.store.pilots import list_lines, slots_taken, standing_application, write_lines
from matcher.vocabulary import codes
from matcher.workflow.engagements import states
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.engagements.disclosure import (
    FOR_DETAILS,
    give_consent,
    take_back_consent,
    what_may_see,
)
from matcher.workflow.engagements.steps import advance
from tests.matcher.workflow.engagements.world import (
    ADMINISTRATOR,
    BASE,
    BROKER,
    ENTERPRISE,
    NOW,
    PROVIDER,
    SECRETS,
    STRANGER,
    TERMS,
    fresh_world,
    opened,
)

ACTORS = st.sampled_from((ENTERPRISE, PROVIDER, BASE, BROKER, ADMINISTRATOR, STRANGER, SYSTEM))
GIVEN = st.builds(
    Given,
    reason=st.sampled_from(("", "因故")),
    declines=st.sampled_from(((), ("budget",), ("nonsense",), ("timing", "data"))),
    tell_other=st.booleans(),
    agrees=st.booleans(),
    terms_version=st.sampled_from(("", TERMS)),
    pilot_base_id=st.sampled_from(("PB900", "PB900", "PB404")),
    service_id=st.sampled_from(("PB900-S1", "PB900-S1", "")),
)
FULL = Given(
    reason="因故", declines=("budget",), agrees=True, terms_version=TERMS,
    pilot_base_id="PB900", service_id="PB900-S1",
)  # fmt: skip


class Handshake(RuleBasedStateMachine):
    """One engagement under any sequence of steps, consents and passing days."""

    reached: ClassVar[set[str]] = set()  # by all examples together

    def __init__(self) -> None:
        super().__init__()
        self.db: StoreDatabase = fresh_world()
        self.now: datetime = NOW

    @initialize()
    def begin(self) -> None:
        self.id = opened(self.db).engagement_id

    @rule(action=st.sampled_from(states.ACTIONS), actor=ACTORS, given=GIVEN)
    def try_anything(self, action: str, actor: Actor, given: Given) -> None:
        self._advance(action, actor, given)

    @rule(data=st.data())
    def take_a_possible_step(self, data: st.DataObject) -> None:
        """Go on with some step that the table allows, so that later states are reached, too."""
        state = read_engagement(self.db, self.id).state
        actors = {"need": ENTERPRISE, "provider": PROVIDER, "base": BASE, "broker": BROKER}
        steps = [
            (side, action)
            for side in actors
            for action in states.possible_actions(state, [side])
            if action not in ("decline", "close") or data.draw(st.integers(0, 9)) == 0
        ]
        if steps:
            side, action = data.draw(st.sampled_from(steps))
            self._advance(action, actors[side], FULL)

    def _advance(self, action: str, actor: Actor, given: Given) -> None:
        before = read_engagement(self.db, self.id)
        try:
            after = advance(self.db, self.id, action, actor=actor, now=self.now, given=given)
        except ImpossibleStep as refusal:
            self._expect_refusal(refusal.why, codes("step_refusal"), before)
            return
        except UnknownRecord:
            assert actor in (STRANGER, BASE)
            assert read_engagement(self.db, self.id) == before
            return
        rules = [row for row in states.RULES if row.action == action]
        assert any(before.state in row.sources and row.target == after.state for row in rules)
        assert after.version == before.version + 1

    def _expect_refusal(self, why: str, known: tuple[str, ...], before: Engagement) -> None:
        assert why in known
        assert read_engagement(self.db, self.id) == before

    @rule(days=st.integers(1, 30))
    def let_days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        run_clocks(self.db, self.now)
        assert run_clocks(self.db, self.now) == {}

    @rule(
        step=st.sampled_from(("contact", "confidentiality", "data")),
        actor=st.sampled_from((ENTERPRISE, PROVIDER)),
        gives=st.booleans(),
    )
    def change_a_consent(self, step: str, actor: Actor, gives: bool) -> None:
        acts: dict[str, Any] = {"actor": actor, "now": self.now}
        before = read_engagement(self.db, self.id)
        try:
            if gives:
                give_consent(self.db, self.id, step, terms_version=TERMS, **acts)
            else:
                take_back_consent(self.db, self.id, step, **acts)
        except ImpossibleStep as refusal:
            self._expect_refusal(refusal.why, ("not_revealed", "wrong_side"), before)

    @rule()
    def measure(self) -> None:
        application = standing_application(self.db, self.id)
        if application is None:
            return
        lines: list[PilotLine] = []
        for line in list_lines(self.db, application.application_id):
            values = {**asdict(line), "met": True, "measured": 99.5, "measured_at": self.now}
            lines.append(PilotLine(**values))
        write_lines(self.db, application.application_id, lines)

    @invariant()
    def states_and_clocks_agree(self) -> None:
        if not hasattr(self, "id"):
            return
        engagement = read_engagement(self.db, self.id)
        self.reached.add(engagement.state)
        clock = running_clock(self.db, "engagement", self.id)
        if engagement.state not in states.OVER:
            assert clock is not None
            assert clock.kind == states.WAITS[engagement.state].kind
            assert clock.next_at > self.now
        if engagement.state == states.CLOSED:
            assert clock is None
        steps = list_transitions(self.db, self.id)
        assert [step.sequence for step in steps] == list(range(1, len(steps) + 1))
        assert steps[-1].to_state == engagement.state
        assert engagement.version == len(steps)
        assert all(a.to_state == b.from_state for a, b in pairwise(steps))

    @invariant()
    def nothing_masked_leaks(self) -> None:
        if not hasattr(self, "id"):
            return
        engagement = read_engagement(self.db, self.id)
        agreed = standing_consents(self.db, self.id) >= FOR_DETAILS
        may_know = agreed and engagement.state in states.AFTER_REVEAL
        seen = what_may_see(self.db, engagement, PROVIDER)
        text = json.dumps(asdict(seen), ensure_ascii=False, default=str)
        assert any(secret in text for secret in SECRETS) == may_know
        for actor in (PROVIDER, BASE, BROKER):
            for notice in list_notices(self.db, actor.actor_id, limit=5):
                told = notice.message.text_zh + notice.message.text_en
                assert not any(secret in told for secret in SECRETS)

    @invariant()
    def slots_are_taken_by_pilots_alone(self) -> None:
        if not hasattr(self, "id"):
            return
        application = standing_application(self.db, self.id)
        state = read_engagement(self.db, self.id).state
        is_waiting = state in (states.PILOT_APPLIED, states.IN_PILOT)
        assert (application is not None) == is_waiting
        assert all(n <= 2 for n in slots_taken(self.db, "PB900").values())

    def teardown(self) -> None:
        assert verify_chain(self.db).broken is None
        close_database(self.db)


def test_no_sequence_of_steps_breaks_the_handshake() -> None:
    # Each example plays a whole history; making a failing one shorter would take minutes.
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    run_state_machine_as_test(
        Handshake,
        settings=settings(max_examples=25, stateful_step_count=30, deadline=None, phases=phases),
    )
    assert {"shown", "mutual", "revealed", "talks", "closed"} <= Handshake.reached
