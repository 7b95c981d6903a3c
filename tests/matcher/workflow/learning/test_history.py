"""What the database holds becomes the same log that an invented year is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest

from matcher.allocation.inputs import Inputs, Option, Quota
from matcher.learning.history import HistoryLog
from matcher.learning.history_labels import label_pairs
from matcher.ranking.results import Exclusion
from matcher.store.connection import StoreDatabase, close_database
from matcher.store.judgements import Judgement, add_judgement
from matcher.store.matches import save_match_list
from matcher.workflow.engagements.opening import Occasion
from matcher.workflow.engagements.steps import advance
from matcher.workflow.learning.history import read_history, real_history
from matcher.workflow.learning.history_rounds import choices_of
from tests.matcher.store.test_matches import make_list, make_match
from tests.matcher.workflow.engagements.world import (
    DECLINES,
    ENTERPRISE,
    NOW,
    PROVIDER,
    add_need,
    brought_to,
    fresh_world,
    opened,
)

TODAY = date(2026, 3, 2)
FIRST = make_match(1, provider_id="V900", capability_id="CAP-V900-1")
SECOND = make_match(2, provider_id="V901", capability_id="CAP-V901-1")
KEPT_OUT = Exclusion("V901", "CAP-V901-1", "deployment_not_offered", "不能部署", "Cannot deploy")


@pytest.fixture
def db() -> Iterator[StoreDatabase]:
    world = fresh_world()
    yield world
    close_database(world)


def shown(db: StoreDatabase, need_id: str = "N0001", *, at: datetime = NOW, **changes: Any) -> int:
    kept = {
        name: changes.pop(name) for name in ("origin", "intended", "origins") if name in changes
    }
    values = {"matches": (FIRST, SECOND), "need": {"need_id": need_id, "title": "裂纹"}} | changes
    given: dict[str, Any] = {"origin": "site"} | kept
    return save_match_list(db, make_list(**values), record_versions={}, now=at, **given)


def pair_of(log: HistoryLog, capability_id: str) -> int:
    ids = log.capabilities["capability_id"][log.pairs["capability"]]
    (row,) = np.flatnonzero(ids == capability_id)
    return int(row)


def test_a_shown_list_and_its_engagement_become_pairs_with_their_times(db: StoreDatabase) -> None:
    list_id = shown(db)
    brought_to(db, "in_pilot", occasion=Occasion("system", list_id, 1, 0.7))
    log = real_history(db, today=TODAY)
    assert (log.n("needs"), log.n("lists"), log.n("pairs")) == (1, 1, 2)
    assert not log.synthetic
    first, second = pair_of(log, "CAP-V900-1"), pair_of(log, "CAP-V901-1")
    assert log.lists["origin"].tolist() == ["system"]
    assert log.pairs["position"][[first, second]].tolist() == [1, 2]
    for step in ("need_accepted_at", "provider_accepted_at", "mutual_at", "pilot_at"):
        assert log.pairs[step][first] == np.datetime64("2026-03-02T02:00:00")
        assert np.isnat(log.pairs[step][second])
    assert label_pairs(log).grade[[first, second]].tolist() == [2, -1]
    assert log.needs["industry"].tolist() == ["C31"]
    assert log.needs["region"].tolist() == ["320000"]
    assert log.features["lexical"].tolist() == [0.75, 0.75]
    assert log.pairs["closeness"].tolist() == [0.41, 0.41]
    assert (log.pairs["score_rule"] > 0).all()
    assert log.tables["applications"]["state"].tolist() == ["accepted"]


def test_what_is_shown_again_counts_once_and_a_terminal_not_at_all(db: StoreDatabase) -> None:
    shown(db)
    shown(db, at=NOW + timedelta(days=1))
    shown(db, at=NOW + timedelta(days=2), model_id="m2")
    shown(db, origin="command_line")
    log = real_history(db, today=TODAY)
    assert log.n("pairs") == 4
    assert log.lists["model_id"].tolist() == ["m1", "m2"]


def test_what_met_by_a_search_is_a_list_of_one_under_its_origin(db: StoreDatabase) -> None:
    opened(db, occasion=Occasion("search"))
    log = real_history(db, today=TODAY)
    assert log.pairs["origin"].tolist() == ["search"]
    assert np.isnan(log.pairs["probability"]).all()


def test_a_refusal_keeps_its_reasons_and_its_side(db: StoreDatabase) -> None:
    list_id = shown(db)
    engagement = opened(db, occasion=Occasion("system", list_id, 1, 0.7))
    advance(db, engagement.engagement_id, "accept", actor=ENTERPRISE, now=NOW)
    later = NOW + timedelta(days=1)
    advance(db, engagement.engagement_id, "decline", actor=PROVIDER, now=later, given=DECLINES)
    log = real_history(db, today=TODAY)
    row = pair_of(log, "CAP-V900-1")
    assert log.pairs["declines_provider"][row] == "budget"
    assert log.pairs["close_cause"][row] == "declined"
    assert label_pairs(log).about["over_budget"][row]


def test_chance_and_what_was_kept_out_are_remembered(db: StoreDatabase) -> None:
    shown(
        db,
        matches=(FIRST,),
        excluded=(KEPT_OUT,),
        intended={"CAP-V900-1": 7},
        origins={"CAP-V900-1": "exploration"},
    )
    log = real_history(db, today=TODAY)
    assert (log.pairs["intended"][0], log.pairs["origin"][0]) == (2, "exploration")
    assert log.tables["exclusions"]["reason"].tolist() == ["deployment_not_offered"]


def test_records_and_grades_stand_beside(db: StoreDatabase) -> None:
    add_need(db, "N0002")
    add_judgement(db, Judgement("N0001", "CAP-V900-1", 2, "plan", "A-broker", NOW))
    log = read_history(db, today=TODAY)
    records = log.tables["records"]
    by_kind = {kind: int((records["kind"] == kind).sum()) for kind in ("need", "capability")}
    assert by_kind == {"need": 2, "capability": 2}
    assert records["is_duplicate"].sum() == 1
    assert log.tables["judgements"]["grade"].tolist() == [2]


def test_an_empty_database_has_an_empty_history(db: StoreDatabase) -> None:
    log = real_history(db, today=TODAY)
    assert (log.n("pairs"), log.n("lists"), log.synthetic) == (0, 0, False)


def test_which_wish_a_need_got_in_a_round_is_counted_from_its_own_order() -> None:
    options = (
        Option("N1", "V1", score=0.5, need_value=0.2, provider_value=0.5),
        Option("N1", "V2", score=0.5, need_value=0.9, provider_value=0.5),
        Option("N2", "V1", score=0.5, need_value=0.7, provider_value=0.5),
    )
    placed = [asdict(options[0]), asdict(options[2])]
    inputs = Inputs(("N1", "N2"), options, {"V1": Quota(2), "V2": Quota(1)})
    assert choices_of(inputs, placed) == {"N1": 2, "N2": 1}
