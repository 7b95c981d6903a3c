"""Alerts: what is new in a saved search is told once, to its owner, in both languages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from matcher.identity import Account, Role, actor_of
from matcher.store.accounts import add_account
from matcher.store.capabilities import save_capability
from matcher.store.catalogue import catalogue_revision, replace_catalogue
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.notices import Message, list_notices
from matcher.store.organisations import add_organisation
from matcher.store.ownership import set_owner
from matcher.store.saved_searches import (
    SavedSearch,
    list_saved,
    mark_seen,
    remove_saved,
    save_search,
)
from matcher.workflow.messages.alerts import deliver_alerts
from matcher.workflow.messages.notifying import marked
from tests.factories import make_capability, make_catalogue, make_provider
from tests.matcher.people import make_organisation
from tests.matcher.store.conftest import NOW, db, path

__all__ = ["db", "path"]  # fixtures of the store's tests


@pytest.fixture
def saved(db: StoreDatabase) -> SavedSearch:
    replace_catalogue(db, make_catalogue(), source="synthetic", now=NOW)
    for number in (1, 2):
        account = Account(f"A{number}", f"person{number}@example.org", Role.REVIEWER)
        add_account(db, account, password_hash="none", now=NOW)
    return save_search(
        db,
        "A1",
        name="窑炉 kiln",
        page="capabilities",
        query="kiln",
        facets={"kind": ["capability"]},
        now=NOW,
    )


def register(db: StoreDatabase, number: int, name: str) -> None:
    capability = make_capability(capability_id=f"CAP-V900-{number}", name=name, name_en="")
    save_capability(db, capability, make_provider(), actor="user:1", now=NOW)


def remove(db: StoreDatabase, _now: datetime) -> None:
    (saved,) = list_saved(db, "A1")
    remove_saved(db, "A1", saved.saved_search_id)


def told(db: StoreDatabase, account: str = "A1") -> list[str]:
    return [notice.message.text_zh for notice in list_notices(db, account)]


def test_news_is_told_once_to_its_owner_across_languages(
    db: StoreDatabase, saved: SavedSearch
) -> None:
    assert deliver_alerts(db, NOW) == 0
    register(db, 2, "水泥窑炉节能控制")
    assert deliver_alerts(db, NOW) == 1
    assert deliver_alerts(db, NOW) == 0
    (text,) = told(db)
    assert "窑炉 kiln" in text
    assert "水泥窑炉节能控制" in text
    notice = list_notices(db, "A1")[0].message
    assert notice.address == f"/searches/{saved.saved_search_id}"
    assert "1 new, 0 changed" in notice.text_en
    assert told(db, "A2") == []


def test_what_is_made_up_is_named_so_in_inbox_and_letters(
    db: StoreDatabase, saved: SavedSearch
) -> None:
    add_organisation(db, make_organisation(1, provider_id="V900", is_demo=True), now=NOW)
    register(db, 2, "水泥窑炉节能控制")
    actor = actor_of(Account("ACC-1", "person1@example.invalid", Role.OWNER))
    set_owner(db, "capability", "CAP-V900-2", "ORG-1", actor=actor, now=NOW)
    assert deliver_alerts(db, NOW) == 1
    assert "水泥窑炉节能控制（演示数据）" in told(db)[0]
    assert "(demonstration)" in list_notices(db, "A1")[0].message.text_en
    about = Message("capability.x", "到期", "Expires", "/x", "capability", "CAP-V900-2")
    assert marked(db, about).text_zh == "到期（演示数据）"
    assert marked(db, about).text_en == "Expires (demonstration)"
    other = about._replace(object_id="CAP-V900-1")
    assert marked(db, other) == other


def test_later_news_is_told_again_but_only_the_later(db: StoreDatabase, saved: SavedSearch) -> None:
    register(db, 2, "水泥窑炉节能控制")
    deliver_alerts(db, NOW)
    register(db, 3, "玻璃窑炉控制")
    assert deliver_alerts(db, NOW) == 1
    assert "水泥" not in told(db)[0]
    assert "玻璃" in told(db)[0]


def test_what_comes_while_news_are_read_is_told_once(
    db: StoreDatabase, path: Path, saved: SavedSearch
) -> None:
    register(db, 2, "水泥窑炉节能控制")
    other = open_database(path)

    def add_before_the_search(statement: str) -> None:
        if statement.startswith("SELECT d.kind"):
            db.conn.set_trace_callback(None)
            register(other, 3, "玻璃窑炉控制")

    db.conn.set_trace_callback(add_before_the_search)
    assert deliver_alerts(db, NOW) == 1
    deliver_alerts(db, NOW)
    close_database(other)
    texts = " ".join(told(db))
    assert (texts.count("水泥"), texts.count("玻璃")) == (1, 1)


def test_what_was_seen_or_is_not_found_is_not_told(db: StoreDatabase, saved: SavedSearch) -> None:
    register(db, 2, "水泥窑炉节能控制")
    mark_seen(db, "A1", saved.saved_search_id, catalogue_revision(db))
    register(db, 3, "语音客服")
    assert deliver_alerts(db, NOW) == 0
    assert told(db) == []


def test_search_without_alerts_is_silent(db: StoreDatabase, saved: SavedSearch) -> None:
    save_search(
        db,
        "A1",
        name=saved.name,
        page=saved.page,
        query=saved.query,
        facets=saved.facets,
        wants_alerts=False,
        now=NOW,
    )
    register(db, 2, "水泥窑炉节能控制")
    assert deliver_alerts(db, NOW) == 0
    assert told(db) == []


@pytest.mark.parametrize("meanwhile", [deliver_alerts, remove])
def test_of_two_that_tell_at_once_one_does_and_of_a_search_that_is_gone_none(
    db: StoreDatabase,
    path: Path,
    saved: SavedSearch,
    meanwhile: Callable[[StoreDatabase, datetime], object],
) -> None:
    register(db, 2, "水泥窑炉节能控制")
    other = open_database(path)

    def act_first(statement: str) -> None:
        if statement.startswith("BEGIN IMMEDIATE"):
            db.conn.set_trace_callback(None)
            meanwhile(other, NOW)

    db.conn.set_trace_callback(act_first)
    assert deliver_alerts(db, NOW) == 0
    close_database(other)
    assert len(told(db)) == (meanwhile is deliver_alerts)
