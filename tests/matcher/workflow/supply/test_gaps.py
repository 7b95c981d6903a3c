"""A need that finds nobody is an entry of the supply gap, until somebody appears or it ends."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from matcher.errors import StoreError
from matcher.ranking.model import Adequacy, Table
from matcher.ranking.registry import load_model, save_model, serving_model_id
from matcher.ranking.results import Exclusion
from matcher.ranking.sides import side_probabilities
from matcher.settings import PROJECT
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase, backup, close_database, open_database
from matcher.store.matches import read_match_list
from matcher.store.need_status import write_state
from matcher.store.needs import read_need
from matcher.store.notices import list_notices
from matcher.store.supply_gaps import NO_CANDIDATE, NOT_TAKEN_UP, list_gaps
from matcher.text.embedding import MultilingualEncoder, SentenceEncoder
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.needs.matches import match_and_keep
from matcher.workflow.supply.gaps import (
    blocking_of,
    find_topic,
    note_answer,
    review_gaps,
    topics_now,
)
from matcher.workflow.supply.rematch import rematch, waits_for_candidates
from tests.matcher.workflow.engagements.world import (
    NOW,
    add_need,
    brought_to,
    fresh_world,
)

TODAY = date(2026, 3, 2)
LATER = NOW + timedelta(days=29)
STRAIGHT = Table(np.array([-4.0, 0.0, 4.0]), np.array([-4.0, 0.0, 4.0]))


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    world = fresh_world()
    backup(world, tmp_path / "aiplus.db")
    close_database(world)
    database = open_database(tmp_path / "aiplus.db")
    yield database
    close_database(database)


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return MultilingualEncoder()


def service_of(
    tmp_path: Path, encoder: SentenceEncoder, threshold: float, name: str = "models"
) -> MatchingService:
    """A service whose model calls nobody adequate below a threshold, and knows both sides."""
    shipped = serving_model_id(PROJECT / "models")
    model = load_model(PROJECT / "models" / shipped)
    sides = {"side:need": STRAIGHT, "side:provider": Table(STRAIGHT.knots, STRAIGHT.bits + 1.0)}
    changed = replace(
        model,
        adequacy=Adequacy(threshold, 0.05),
        calibration={**model.calibration, **sides},
    )
    save_model(changed, tmp_path / name / shipped, model.manifest)
    (tmp_path / name / "serving.txt").write_text(shipped, "utf-8")
    return MatchingService(
        tmp_path / "aiplus.db", tmp_path / name, encoder=encoder, today=lambda: TODAY
    )


def actions(db: StoreDatabase) -> list[str]:
    return [event.action for event in list_events(db, EventFilter(object_id="N0001"))]


def test_answer_without_an_adequate_match_opens_one_entry_that_a_match_closes(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    nobody = service_of(tmp_path, encoder, threshold=1.1)
    kept = match_and_keep(db, nobody, "N0001", now=NOW)
    match_and_keep(db, nobody, "N0001", now=NOW)
    (gap,) = list_gaps(db)
    assert (gap.need_id, gap.kind, gap.match_list_id) == ("N0001", NO_CANDIDATE, kept)
    assert gap.organisation_id == "O-need"
    assert rematch(db, nobody, now=NOW) == 0
    somebody = service_of(tmp_path, encoder, threshold=0.0, name="other")
    assert rematch(db, somebody, now=NOW) == 1
    assert rematch(db, somebody, now=NOW) == 0
    assert list_gaps(db) == []
    (closed,) = list_gaps(db, open_only=False)
    assert closed.closed_why == "candidate_appeared"
    assert sorted(actions(db)) == ["supply_gap.closed", "supply_gap.opened"]
    (told,) = list_notices(db, "A-need")
    assert told.message.topic == "need.candidates"


def test_a_list_that_claims_no_fit_is_a_gap_though_its_candidates_are_near_together(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    service = service_of(tmp_path, encoder, threshold=0.0)
    kept = match_and_keep(db, service, "N0001", now=NOW)
    assert list_gaps(db) == []
    need = read_need(db, "N0001")
    answer = service.match(need)
    apart = tuple(replace(match, adequate=False) for match in answer.matches)
    note_answer(db, need, replace(answer, matches=apart), kept, now=NOW)
    assert not answer.no_adequate_match
    assert [gap.kind for gap in list_gaps(db)] == [NO_CANDIDATE]


def test_each_pair_is_kept_with_both_sides_probabilities(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    service = service_of(tmp_path, encoder, threshold=0.0)
    kept = match_and_keep(db, service, "N0001", now=NOW)
    shown = read_match_list(db, kept).match_list.matches
    rows = db.execute(
        "SELECT capability_id, probability_need, probability_provider FROM match_pair "
        "WHERE match_list_id = ? ORDER BY rank",
        [kept],
    ).fetchall()
    expected = [side_probabilities(service.model, match.bits) for match in shown]
    assert [row[0] for row in rows] == [match.capability_id for match in shown]
    assert [row[1:] for row in rows] == [(one.need, one.provider) for one in expected]
    assert all(row[1] < row[2] for row in rows)


def shown_once(db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder) -> None:
    match_and_keep(db, service_of(tmp_path, encoder, threshold=0.0), "N0001", now=NOW)


def test_need_that_nobody_took_up_in_four_weeks_is_a_gap_once(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    shown_once(db, tmp_path, encoder)
    assert review_gaps(db, now=NOW + timedelta(days=27)) == (0, 0)
    assert review_gaps(db, now=LATER) == (0, 1)
    assert review_gaps(db, now=LATER) == (0, 0)
    (gap,) = list_gaps(db)
    assert gap.kind == NOT_TAKEN_UP


def test_need_that_ended_is_no_gap_any_more(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    shown_once(db, tmp_path, encoder)
    review_gaps(db, now=LATER)
    write_state(db, "N0001", "withdrawn", actor="t", reason="", now=LATER)
    assert review_gaps(db, now=LATER) == (1, 0)
    assert [gap.closed_why for gap in list_gaps(db, open_only=False)] == ["need_ended"]


def test_need_with_which_somebody_agreed_is_no_gap(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    shown_once(db, tmp_path, encoder)
    brought_to(db, "mutual")
    assert review_gaps(db, now=LATER) == (0, 0)


def test_needs_that_are_alike_are_one_topic_with_their_budget(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    add_need(db, "N0002", budget_max_cny=2_000_000)
    nobody = service_of(tmp_path, encoder, threshold=1.1)
    for need_id in ("N0001", "N0002"):
        match_and_keep(db, nobody, need_id, now=NOW)
    (topic,) = topics_now(db)
    need = read_need(db, "N0001")
    assert topic.industry == need.industries[0][:3]
    assert topic.task == need.ai_tasks[0]
    assert topic.n_enterprises == 1
    assert [gap.need_id for gap in topic.gaps] == ["N0001", "N0002"]
    assert sum(topic.budgets) == (need.budget_max_cny or 0) + 2_000_000
    assert find_topic([topic], topic.code) is topic
    assert find_topic([topic], "else") is None


def test_what_blocks_is_the_check_that_kept_out_a_fifth() -> None:
    out = [Exclusion(f"V{i}", f"C{i}", "region_not_covered", "", "") for i in range(3)]
    assert blocking_of(out, 12, NO_CANDIDATE) == "region_not_covered"
    assert blocking_of(out, 13, NO_CANDIDATE) == NO_CANDIDATE
    assert blocking_of([], 0, NO_CANDIDATE) == NO_CANDIDATE


def test_time_runs_only_from_the_first_list_that_showed_somebody(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    match_and_keep(db, service_of(tmp_path, encoder, threshold=1.1), "N0001", now=NOW)
    somebody = service_of(tmp_path, encoder, threshold=0.0, name="other")
    assert rematch(db, somebody, now=LATER) == 1
    assert review_gaps(db, now=LATER) == (0, 0)
    assert list_gaps(db) == []
    assert review_gaps(db, now=LATER + timedelta(days=29)) == (0, 1)
    assert [gap.kind for gap in list_gaps(db)] == [NOT_TAKEN_UP]


def test_need_whose_last_answer_was_nobody_is_a_gap_at_once(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    match_and_keep(db, service_of(tmp_path, encoder, threshold=1.1), "N0001", now=NOW)
    db.conn.execute("DELETE FROM supply_gap")  # answered before entries were kept
    db.conn.commit()
    assert review_gaps(db, now=NOW) == (0, 1)
    assert [gap.kind for gap in list_gaps(db)] == [NO_CANDIDATE]


def test_answer_without_a_match_turns_an_entry_that_nobody_took_up(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    shown_once(db, tmp_path, encoder)
    review_gaps(db, now=LATER)
    nobody = service_of(tmp_path, encoder, threshold=1.1, name="other")
    kept = match_and_keep(db, nobody, "N0001", now=LATER)
    (gap,) = list_gaps(db, open_only=False)
    assert (gap.kind, gap.match_list_id, gap.opened_at) == (NO_CANDIDATE, kept, LATER)
    assert [one.need_id for one in waits_for_candidates(db)] == ["N0001"]
    assert sorted(actions(db)) == ["supply_gap.changed", "supply_gap.opened"]
    match_and_keep(db, nobody, "N0001", now=LATER)
    assert len(actions(db)) == 2


def test_entry_stays_open_until_the_enterprise_can_be_told(
    db: StoreDatabase, tmp_path: Path, encoder: SentenceEncoder
) -> None:
    match_and_keep(db, service_of(tmp_path, encoder, threshold=1.1), "N0001", now=NOW)
    somebody = service_of(tmp_path, encoder, threshold=0.0, name="other")
    db.conn.execute(
        "CREATE TRIGGER full BEFORE INSERT ON notice "
        "BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
    )
    with pytest.raises(StoreError):
        rematch(db, somebody, now=LATER)
    assert [gap.kind for gap in list_gaps(db)] == [NO_CANDIDATE]
    db.conn.execute("DROP TRIGGER full")
    assert rematch(db, somebody, now=LATER) == 1
    assert list_gaps(db) == []
    assert len(list_notices(db, "A-need")) == 1
