"""What an open call tells of the enterprises behind it, and who may still change or answer it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from matcher.errors import ChangedMeanwhile, ImpossibleStep, InvalidRecord
from matcher.identity import Organisation, Verification
from matcher.store.connection import StoreDatabase, backup, close_database, open_database
from matcher.store.need_status import update_status, write_state
from matcher.store.open_calls import OpenCall, needs_of_call, read_call, read_responses
from matcher.store.organisations import (
    add_organisation,
    read_organisation,
    update_organisation,
)
from matcher.store.ownership import set_owner
from matcher.store.supply_gaps import NOT_TAKEN_UP, SupplyGap, open_gap
from matcher.workflow.needs.states import Act
from matcher.workflow.supply.gaps import topics_now
from matcher.workflow.supply.open_calls import (
    answer_call,
    close_call,
    draft_call,
    edit_call,
    publish_call,
    texts_of,
)
from tests.matcher.workflow.engagements.world import (
    BROKER,
    ENTERPRISE,
    NOW,
    OTHER_BROKER,
    PROVIDER,
    add_need,
    fresh_world,
)

BY_STAFF = Act(BROKER, NOW)
BY_OTHER = Act(OTHER_BROKER, NOW.replace(minute=5), "已有单位承接")
BY_PROVIDER = Act(PROVIDER, NOW)
OWN = "CAP-V900-1"
DATED = {"reply_by": "2026-05-01", "contact": "示例揭榜办公室 office@example.org"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    world = fresh_world()
    backup(world, tmp_path / "aiplus.db")
    close_database(world)
    return tmp_path / "aiplus.db"


@pytest.fixture
def db(path: Path) -> Iterator[StoreDatabase]:
    database = open_database(path)
    set_owner(database, "capability", OWN, "O-provider", actor=PROVIDER, now=NOW)
    yield database
    close_database(database)


def waits(
    db: StoreDatabase, number: int, budget: int | None, visibility: str = "named", owner: str = ""
) -> str:
    """Let a need of an enterprise of its own, or of a given one, wait in vain; return its id."""
    need_id, firm = f"N-{number}", owner or f"O-{number}"
    if not owner:
        other = read_organisation(db, "O-need")
        new = replace(other, organisation_id=firm, credit_code=f"91350100M0001{number:05d}")
        add_organisation(db, new, now=NOW)
    add_need(db, need_id, budget_min_cny=None, budget_max_cny=budget, visibility=visibility)
    set_owner(db, "need", need_id, firm, actor=ENTERPRISE, now=NOW)
    gap = SupplyGap(
        f"GAP-{number}", need_id, firm, NOT_TAKEN_UP, "C31", "visual_inspection", NOT_TAKEN_UP,
        budget, None, NOW,
    )  # fmt: skip
    assert open_gap(db, gap)
    return need_id


def drafted(db: StoreDatabase) -> OpenCall:
    (topic,) = topics_now(db)
    return draft_call(db, topic.figure, synthetic=False, act=BY_STAFF)


def published(db: StoreDatabase) -> OpenCall:
    waits(db, 1, 500_000)
    call = drafted(db)
    return publish_call(db, call.call_id, {**texts_of(call), **DATED}, BY_STAFF)


def test_budget_of_one_enterprise_is_kept_for_staff_and_told_to_nobody(db: StoreDatabase) -> None:
    waits(db, 1, 1_280_000)
    waits(db, 2, None)
    call = drafted(db)
    assert (call.n_enterprises, call.waiting_budget_cny, call.n_stating_budget) == (2, 1_280_000, 1)
    assert call.public_budget_cny is None
    assert call.public_enterprises is None
    assert "128" not in call.text
    assert "1,280,000" not in call.text_en
    assert "平台上少于 3 家企业的需求" in call.text
    assert "needs of fewer than 3 enterprises" in call.text_en
    assert "填写预算的企业少于 3 家，预算不予公布" in call.text
    assert "no budget is published, as fewer than 3 enterprises state one" in call.text_en


def test_budgets_of_three_enterprises_are_told_together(db: StoreDatabase) -> None:
    for number in (1, 2, 3):
        waits(db, number, 1_000_000 * number)
    call = drafted(db)
    assert (call.public_enterprises, call.public_budget_cny) == (3, 6_000_000)
    assert "平台上 3 家企业的 3 项需求" in call.text
    assert "预算合计 600 万元" in call.text
    assert "3 needs of 3 enterprises" in call.text_en
    assert "with stated budgets of CNY 6,000,000 in all" in call.text_en


def test_three_needs_of_one_enterprise_are_one_that_states_a_budget(db: StoreDatabase) -> None:
    waits(db, 1, 1_000_000)
    waits(db, 2, 1_000_000, owner="O-1")
    waits(db, 3, 1_000_000, owner="O-1")
    waits(db, 4, None)
    waits(db, 5, None)
    call = drafted(db)
    assert (call.public_enterprises, call.n_stating_budget, call.public_budget_cny) == (3, 1, None)
    assert "300 万元" not in call.text


def test_need_for_invited_providers_only_is_in_no_part_of_a_call(db: StoreDatabase) -> None:
    shown = [waits(db, number, 1_000_000) for number in (1, 2, 3)]
    hidden = waits(db, 4, 7_770_000, "invited")
    call = drafted(db)
    assert needs_of_call(db, call.call_id) == shown
    assert hidden not in shown
    assert (call.n_enterprises, call.waiting_budget_cny, call.n_stating_budget) == (3, 3_000_000, 3)
    assert "平台上 3 家企业的 3 项需求" in call.text


def test_hidden_need_does_not_lift_a_budget_over_the_limit(db: StoreDatabase) -> None:
    waits(db, 1, 1_000_000)
    waits(db, 2, 1_000_000)
    waits(db, 3, 1_000_000, "invited")
    call = drafted(db)
    assert (call.public_enterprises, call.public_budget_cny) == (None, None)


def test_two_calls_taken_from_each_other_tell_no_budget_of_few(db: StoreDatabase) -> None:
    for number in (1, 2, 3):
        waits(db, number, 1_000_000 * number)
    first = drafted(db)  # no matter that it is not published yet
    waits(db, 4, 7_777_777)
    second = drafted(db)
    assert (first.public_budget_cny, second.public_budget_cny) == (6_000_000, None)
    assert (second.n_enterprises, second.waiting_budget_cny) == (4, 13_777_777)
    assert "预算不予公布（已计入其他揭榜任务的不算）" in second.text
    assert "as fewer than 3 enterprises state one that no other call tells" in second.text_en
    for number in (5, 6):
        waits(db, number, 1_000_000)
    assert drafted(db).public_budget_cny == 15_777_777


def test_discarded_draft_has_told_nothing(db: StoreDatabase) -> None:
    for number in (1, 2, 3):
        waits(db, number, 1_000_000)
    close_call(db, drafted(db).call_id, Act(BROKER, NOW, "重新起草"))
    assert drafted(db).public_budget_cny == 3_000_000


def test_need_that_ended_or_whose_enterprise_is_suspended_is_not_called_for(
    db: StoreDatabase,
) -> None:
    for number in (1, 2, 3, 4, 5):
        waits(db, number, 1_000_000 * number)
    (topic,) = topics_now(db)
    write_state(db, "N-1", "none_suitable", actor="t", reason="没有合适的", now=NOW)
    write_state(db, "N-2", "withdrawn", actor="t", reason="不做了", now=NOW)
    changes = {"verification": Verification.SUSPENDED, "verification_reason": "核查"}
    update_organisation(db, "O-3", changes, now=NOW)
    call = draft_call(db, topic.figure, synthetic=False, act=BY_STAFF)
    assert needs_of_call(db, call.call_id) == ["N-1", "N-4", "N-5"]
    assert call.public_budget_cny == 10_000_000


@pytest.mark.parametrize("changed", ["invited", "withdrawn"])
def test_draft_of_which_a_need_has_gone_is_not_published(db: StoreDatabase, changed: str) -> None:
    for number in (1, 2, 3):
        waits(db, number, 1_000_000)
    call = drafted(db)
    if changed == "invited":
        update_status(db, "N-3", {"visibility": "invited"}, now=NOW)
    else:
        write_state(db, "N-3", "withdrawn", actor="t", reason="不做了", now=NOW)
    with pytest.raises(ImpossibleStep, match="needs_changed"):
        publish_call(db, call.call_id, {**texts_of(call), **DATED}, BY_STAFF)
    assert read_call(db, call.call_id).published_at is None


def test_topic_of_hidden_needs_alone_makes_no_call(db: StoreDatabase) -> None:
    waits(db, 1, 500_000, "invited")
    with pytest.raises(ImpossibleStep) as caught:
        drafted(db)
    assert caught.value.why == "no_public_need"
    assert db.execute("SELECT count(*) FROM open_call").fetchone() == (0,)


def test_needs_that_are_not_here_are_called_for_in_a_synthetic_report_only(
    db: StoreDatabase,
) -> None:
    facts = {
        "industry": "C26", "task": "anomaly", "constraint": NOT_TAKEN_UP, "n_enterprises": 9,
        "waiting_budget_cny": 6_400_000, "n_budgets_stated": 6,
    }  # fmt: skip
    figure: dict[str, Any] = {"key": "cluster", "n": 12, "needs": ["S-1", "S-2"], "facts": facts}
    call = draft_call(db, figure, synthetic=True, act=BY_STAFF)
    assert (call.n_stating_budget, call.public_budget_cny) == (3, 6_400_000)
    with pytest.raises(ImpossibleStep, match="no_public_need"):
        draft_call(db, figure, synthetic=False, act=BY_STAFF)


def test_figure_that_is_no_cluster_is_refused(db: StoreDatabase) -> None:
    with pytest.raises(InvalidRecord, match="cluster"):
        draft_call(db, {"key": "unmet_needs", "facts": {}}, synthetic=False, act=BY_STAFF)


def answered(db: StoreDatabase, call: OpenCall) -> OpenCall:
    own: Organisation = read_organisation(db, "O-provider")
    return answer_call(db, call.call_id, OWN, "已在两条产线验证。", own, BY_PROVIDER)


def test_last_day_for_answers_ends_when_it_ends_in_china(db: StoreDatabase) -> None:
    call = published(db)
    own = read_organisation(db, "O-provider")
    late = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)  # midnight there, still the first of May here
    with pytest.raises(ImpossibleStep, match="too_late"):
        answer_call(db, call.call_id, OWN, "", own, Act(PROVIDER, late))
    last = Act(PROVIDER, late - timedelta(minutes=1))
    assert answer_call(db, call.call_id, OWN, "", own, last).state == "answered"


def edited(db: StoreDatabase, call: OpenCall) -> OpenCall:
    return edit_call(db, call.call_id, {**texts_of(call), "title": "另一个标题"}, BY_STAFF)


def closed(db: StoreDatabase, call: OpenCall) -> OpenCall:
    return close_call(db, call.call_id, Act(BROKER, NOW, "重复关闭"))


def just_before_the_lock(db: StoreDatabase, act: Callable[[], object]) -> None:
    """Let another connection act in the moment in which this one asks for the write lock."""

    def notice(statement: str) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            db.conn.set_trace_callback(None)
            act()

    db.conn.set_trace_callback(notice)


@pytest.mark.parametrize("step", [answered, edited, closed])
def test_call_that_was_closed_in_that_moment_is_left_as_it_is(
    db: StoreDatabase, path: Path, step: Callable[[StoreDatabase, OpenCall], OpenCall]
) -> None:
    call = published(db)
    other = open_database(path)
    just_before_the_lock(db, lambda: close_call(other, call.call_id, BY_OTHER))
    with pytest.raises(ImpossibleStep) as caught:
        step(db, call)
    close_database(other)
    assert caught.value.why == "closed"
    kept = read_call(db, call.call_id)
    assert (kept.state, kept.title, kept.closed_reason) == ("closed", call.title, BY_OTHER.reason)
    assert read_responses(db, call.call_id)[1] == []


def test_draft_that_was_discarded_in_that_moment_is_not_published(
    db: StoreDatabase, path: Path
) -> None:
    waits(db, 1, None)
    call = drafted(db)
    other = open_database(path)
    just_before_the_lock(db, lambda: close_call(other, call.call_id, BY_OTHER))
    with pytest.raises(ImpossibleStep, match="closed"):
        publish_call(db, call.call_id, {**texts_of(call), **DATED}, BY_STAFF)
    close_database(other)
    assert read_call(db, call.call_id).published_at is None


@pytest.mark.parametrize("save", [edit_call, publish_call])
def test_text_that_somebody_else_saved_meanwhile_is_not_written_over(
    db: StoreDatabase, save: Callable[..., OpenCall]
) -> None:
    waits(db, 1, None)
    call = drafted(db)
    theirs = {**texts_of(call), **DATED, "title": "先保存的标题"}
    now = edit_call(db, call.call_id, theirs, BY_OTHER, seen=call.version)
    mine = {**theirs, "title": "后保存的标题"}
    with pytest.raises(ChangedMeanwhile):
        save(db, call.call_id, mine, BY_STAFF, seen=call.version)
    assert read_call(db, call.call_id) == now
    assert save(db, call.call_id, mine, BY_STAFF, seen=now.version).title == "后保存的标题"
