"""What a demonstration made is never taken for what really happened, and teaches nothing real."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import numpy as np
import pytest

from matcher.identity import COMMAND_LINE, Account, Role
from matcher.learning.label_lists import lists_of_history
from matcher.settings import PROJECT
from matcher.store.accounts import add_account
from matcher.store.connection import StoreDatabase, close_database
from matcher.store.installation import DEMONSTRATION, write_setting
from matcher.store.judgements import Judgement, add_judgement
from matcher.store.judging import JudgingItem, add_sample
from matcher.store.report_snapshots import list_snapshots
from matcher.workflow.engagements.opening import Occasion
from matcher.workflow.learning.history import read_history, real_history
from matcher.workflow.learning.history_demonstrations import is_synthetic
from matcher.workflow.learning.labels import all_labels
from matcher.workflow.learning.quality_reports import make_report
from matcher.workflow.learning.report_selection import (
    Selection,
    build_view,
    find_report,
    keep_month,
    month_of,
    months_due,
)
from tests.matcher.workflow.engagements.world import NOW, brought_to, fresh_world
from tests.matcher.workflow.learning.test_history import shown

TODAY = NOW.date()
MARCH = month_of("2026-03")
AFTER = NOW + timedelta(days=40)
MODELS = PROJECT / "models"


@pytest.fixture
def db() -> Iterator[StoreDatabase]:
    """A database in which a need was shown two capabilities, and one of them led to a pilot."""
    world = fresh_world()
    list_id = shown(world)
    brought_to(world, "in_pilot", occasion=Occasion("system", list_id, 1, 0.7))
    yield world
    close_database(world)


def made_up(db: StoreDatabase, organisation_id: str) -> None:
    db.conn.execute(
        "UPDATE organisation SET is_demo = 1 WHERE organisation_id = ?", [organisation_id]
    )
    db.conn.commit()


def turn_on(db: StoreDatabase, *, on: bool = True) -> None:
    write_setting(db, DEMONSTRATION, "1" if on else "0")


def capabilities_shown(db: StoreDatabase) -> list[str]:
    log = real_history(db, today=TODAY)
    found: list[str] = log.capabilities["capability_id"][log.pairs["capability"]].tolist()
    return found


def test_need_of_a_demonstration_is_synthetic_while_it_is_on_and_gone_after_it(
    db: StoreDatabase,
) -> None:
    made_up(db, "O-need")
    turn_on(db)
    log = read_history(db, today=TODAY)
    assert log.synthetic
    assert is_synthetic(db)
    assert (~np.isnat(log.pairs["mutual_at"])).sum() == 1
    turn_on(db, on=False)
    log = read_history(db, today=TODAY)
    assert not log.synthetic
    assert not is_synthetic(db)
    assert {name: log.n(name) for name in ("needs", "lists", "pairs", "applications")} == {
        "needs": 0, "lists": 0, "pairs": 0, "applications": 0,
    }  # fmt: skip
    assert "need" not in log.tables["records"]["kind"].tolist()


def test_capability_of_a_demonstration_leaves_the_places_of_the_others(db: StoreDatabase) -> None:
    assert capabilities_shown(db) == ["CAP-V900-1", "CAP-V901-1"]
    made_up(db, "O-provider")
    log = real_history(db, today=TODAY)
    assert capabilities_shown(db) == ["CAP-V901-1"]
    assert log.capabilities["capability_id"].tolist() == ["CAP-V901-1"]
    assert log.pairs["position"].tolist() == [2]
    assert np.isnat(log.pairs["mutual_at"]).all()


def test_base_of_a_demonstration_brings_neither_applications_nor_slots(db: StoreDatabase) -> None:
    before = real_history(db, today=TODAY)
    assert (before.n("applications"), before.n("slots")) == (1, 1)
    made_up(db, "O-base")
    log = real_history(db, today=TODAY)
    assert (log.n("applications"), log.n("slots")) == (0, 0)
    assert "pilot_base" not in log.tables["records"]["kind"].tolist()
    assert log.n("pairs") == 2


def test_appeal_of_a_demonstration_is_left_out(db: StoreDatabase) -> None:
    db.conn.execute(
        "INSERT INTO appeal VALUES ('AP1', 'need', 'N0001', 'O-stranger', 'A-stranger', 'why', "
        "?, ?, '', '', '', NULL)",
        [NOW.isoformat(), AFTER.isoformat()],
    )
    assert real_history(db, today=TODAY).tables["appeals"]["appeal_id"].tolist() == ["AP1"]
    made_up(db, "O-stranger")
    assert real_history(db, today=TODAY).n("appeals") == 0


def add_demo_reviewer(db: StoreDatabase) -> str:
    account = Account("A-demo", "reviewer@demo.invalid", Role.REVIEWER, is_demo=True)
    add_account(db, account, password_hash="-", now=NOW)
    return account.account_id


def test_grades_of_a_demonstration_teach_only_what_is_called_synthetic(db: StoreDatabase) -> None:
    reviewer = add_demo_reviewer(db)
    drawn = [
        JudgingItem(place, "N0001", capability_id, "plan", 1.0, 2, {"lexical_best": 0.5})
        for place, capability_id in enumerate(("CAP-V900-1", "CAP-V901-1"), start=1)
    ]
    add_sample(db, drawn, {}, seed=7, made_by=reviewer, now=NOW)
    add_judgement(db, Judgement("N0001", "CAP-V901-1", 3, "plan", reviewer, NOW))
    add_judgement(db, Judgement("N0001", "CAP-V900-1", 2, "plan", "A-broker", NOW))
    real = real_history(db, today=TODAY)
    assert real.tables["judgements"]["reviewer"].tolist() == ["A-broker"]
    assert grades_of(db) == (False, [2])
    turn_on(db)
    assert grades_of(db) == (True, [2, 3])
    turn_on(db, on=False)
    made_up(db, "O-need")
    assert grades_of(db) == (False, [])


def grades_of(db: StoreDatabase) -> tuple[bool, list[int]]:
    """Return whether labels are synthetic, and the grades of reviewers among them."""
    log = read_history(db, today=TODAY)
    given = all_labels(db, log, now=AFTER)
    judged = given.lists[: len(given.lists) - len(lists_of_history(log))]
    return given.synthetic, sorted(int(grade) for one in judged for grade in one.grades)


def test_month_of_a_demonstration_is_kept_with_its_mark_and_none_as_real(
    db: StoreDatabase,
) -> None:
    made_up(db, "O-need")
    turn_on(db)
    assert months_due(db, AFTER.date()) == [MARCH]
    assert keep_month(db, MODELS, MARCH, actor=COMMAND_LINE, now=AFTER)
    (kept,) = list_snapshots(db)
    assert kept.synthetic
    turn_on(db, on=False)
    assert months_due(db, AFTER.date()) == []
    assert find_report(db, Selection(MARCH)) is None
    made = build_view(db, MODELS, Selection(MARCH), now=AFTER)
    assert made["synthetic"] is False
    nothing = make_report(None, MARCH, today=AFTER.date())["blocks"]
    for block in ("funnel", "acceptance", "ranking", "supply_gap"):
        assert made["blocks"][block] == nothing[block]
