"""Appeals under any sequence of acts: decided once, by somebody else, and never without a date."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar

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
from matcher.store.appeals import Appeal, read_appeal
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.brokering import read_override
from matcher.store.clocks import running_clock
from matcher.store.connection import StoreDatabase, close_database
from matcher.vocabulary import codes
from matcher.workflow.engagements.appeals import decide_appeal, file_appeal
from matcher.workflow.engagements.brokering import ListChange, change_list
from matcher.workflow.engagements.clock_runs import run_clocks
from matcher.workflow.working_days import due_after
from tests.matcher.workflow.engagements.world import (
    ADMINISTRATOR,
    BROKER,
    ENTERPRISE,
    NOW,
    OTHER_BROKER,
    PROVIDER,
    STRANGER,
    fresh_world,
)

ACTORS = st.sampled_from(
    (ENTERPRISE, ENTERPRISE, PROVIDER, STRANGER, BROKER, OTHER_BROKER, ADMINISTRATOR)
)
STAFF = (BROKER, OTHER_BROKER, ADMINISTRATOR)
GOOD = "（合成）这次排除没有依据，请复核一遍。"
TEXTS = st.sampled_from(("短", GOOD, " " * 40))


class Appealing(RuleBasedStateMachine):
    """One broker's change to a list and whoever appeals against it."""

    decided: ClassVar[int] = 0  # by all examples together

    def __init__(self) -> None:
        super().__init__()
        self.db: StoreDatabase = fresh_world()
        self.now: datetime = NOW
        self.ids: list[str] = []
        self.decisions: dict[str, Appeal] = {}

    @initialize()
    def change_the_list(self) -> None:
        wanted = ListChange(
            "CAP-V900-1", "exclude", "（合成）理由写在这里", NOW + timedelta(days=80)
        )
        self.override = change_list(self.db, "N0001", wanted, actor=BROKER, now=NOW).override_id

    @rule(actor=ACTORS, text=TEXTS)
    def file(self, actor: Actor, text: str) -> None:
        open_before = {one.organisation_id for one in self._waiting()}
        try:
            appeal = file_appeal(
                self.db, "override", self.override, text, actor=actor, now=self.now
            )
        except (UnknownRecord, InvalidRecord, ImpossibleStep):
            assert {one.organisation_id for one in self._waiting()} == open_before
            return
        assert actor in (ENTERPRISE, PROVIDER)
        assert actor.organisation_id not in open_before
        self.ids.append(appeal.appeal_id)

    @rule()
    def file_as_wanted(self) -> None:
        self.file(ENTERPRISE, GOOD)

    @rule(
        actor=ACTORS,
        decision=st.sampled_from((*codes("appeal_decision"), "maybe")),
        reason=st.sampled_from(("", "（合成）已核对", "（合成）有依据")),
        data=st.data(),
    )
    def decide(self, actor: Actor, decision: str, reason: str, data: st.DataObject) -> None:
        if not self.ids:
            return
        appeal_id = data.draw(st.sampled_from(self.ids))
        before = read_appeal(self.db, appeal_id)
        try:
            after = decide_appeal(self.db, appeal_id, decision, reason, actor=actor, now=self.now)
        except (UnknownRecord, InvalidRecord, ImpossibleStep):
            assert read_appeal(self.db, appeal_id) == before
            return
        assert before.decided_at is None
        assert actor in STAFF
        assert actor != BROKER  # who made the change
        assert reason
        self.decisions[appeal_id] = after
        type(self).decided += 1

    @rule(days=st.integers(1, 12))
    def let_days_pass(self, days: int) -> None:
        self.now += timedelta(days=days)
        run_clocks(self.db, self.now)

    def _waiting(self) -> list[Appeal]:
        found = [read_appeal(self.db, appeal_id) for appeal_id in self.ids]
        return [one for one in found if one.decided_at is None]

    @invariant()
    def one_waits_for_each_side_and_always_with_a_date(self) -> None:
        waiting = self._waiting()
        assert len({one.organisation_id for one in waiting}) == len(waiting)
        for one in waiting:
            assert running_clock(self.db, "appeal", one.appeal_id) is not None
            assert one.due_at == due_after(one.filed_at, 10).at

    @invariant()
    def a_decision_stands(self) -> None:
        for appeal_id, decided in self.decisions.items():
            assert read_appeal(self.db, appeal_id) == decided
            assert running_clock(self.db, "appeal", appeal_id) is None
            events = list_events(self.db, EventFilter("appeal", appeal_id))
            assert [one.action for one in events].count("appeal.decided") == 1
        if any(one.decision == "upheld" for one in self.decisions.values()):
            assert read_override(self.db, self.override).undone_at is not None

    def teardown(self) -> None:
        assert verify_chain(self.db).broken is None
        close_database(self.db)


def test_no_sequence_decides_an_appeal_twice_or_by_who_decided_before() -> None:
    phases = (Phase.explicit, Phase.reuse, Phase.generate)
    run_state_machine_as_test(
        Appealing,
        settings=settings(max_examples=30, stateful_step_count=20, deadline=None, phases=phases),
    )
    assert Appealing.decided > 0
