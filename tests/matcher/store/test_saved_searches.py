"""Saved searches: kept for one account, and what is new in them by revision."""

from __future__ import annotations

from typing import Any

import pytest

from matcher.errors import UnknownRecord
from matcher.store.capabilities import save_capability, withdraw_capability
from matcher.store.catalogue import catalogue_revision, replace_catalogue
from matcher.store.connection import StoreDatabase
from matcher.store.saved_searches import (
    MAX_SAVED,
    SavedSearch,
    TooManySavedSearches,
    change_saved,
    find_saved,
    list_saved,
    mark_seen,
    new_results,
    remove_saved,
    save_search,
)
from tests.factories import make_capability, make_catalogue, make_pilot_base, make_provider
from tests.matcher.store.conftest import NOW


@pytest.fixture
def filled(db: StoreDatabase) -> StoreDatabase:
    replace_catalogue(db, make_catalogue(), source="synthetic", now=NOW)
    return db


def saved(db: StoreDatabase, account: str = "A1", **changes: Any) -> SavedSearch:
    wish: dict[str, Any] = {
        "name": "带钢", "page": "capabilities", "query": "带钢", "facets": {"kind": ["capability"]},
    }  # fmt: skip
    return save_search(db, account, **{**wish, **changes}, now=NOW)


def register(db: StoreDatabase, number: int, **changes: Any) -> None:
    capability = make_capability(capability_id=f"CAP-V900-{number}", **changes)
    save_capability(db, capability, make_provider(), actor="user:1", now=NOW)


def news(db: StoreDatabase, wanted: SavedSearch) -> list[tuple[str, bool]]:
    again = find_saved(db, wanted.account_id, wanted.saved_search_id)
    return [(each.record_id, each.is_new) for each in new_results(db, again)]


def test_nothing_is_new_when_a_search_is_saved(filled: StoreDatabase) -> None:
    assert news(filled, saved(filled)) == []


def test_what_appears_and_what_changes_is_new_until_it_is_seen(filled: StoreDatabase) -> None:
    wanted = saved(filled)
    register(filled, 2)
    register(filled, 1, name="热轧带钢表面缺陷识别，第二版")
    assert sorted(news(filled, wanted)) == [("CAP-V900-1", False), ("CAP-V900-2", True)]
    mark_seen(filled, "A1", wanted.saved_search_id, catalogue_revision(filled))
    assert news(filled, wanted) == []


def test_what_a_visitor_has_not_seen_stays_new(filled: StoreDatabase) -> None:
    """A page shows one revision; what is stored while it is read is not on it."""
    wanted = saved(filled)
    register(filled, 2)
    shown = catalogue_revision(filled)
    register(filled, 3)
    mark_seen(filled, "A1", wanted.saved_search_id, shown)
    assert news(filled, wanted) == [("CAP-V900-3", True)]
    mark_seen(filled, "A1", wanted.saved_search_id, 10**9)  # no revision of the future
    register(filled, 4)
    assert news(filled, wanted) == [("CAP-V900-4", True)]


def test_only_what_the_search_finds_is_new(filled: StoreDatabase) -> None:
    wanted = saved(filled, facets={"kind": ["capability"], "ai_task": ["forecasting"]})
    register(filled, 2)
    register(filled, 3, ai_tasks=("forecasting",))
    register(filled, 4, ai_tasks=("forecasting",), name="语音", problem="客服", claims=())
    assert news(filled, wanted) == [("CAP-V900-3", True)]
    withdraw_capability(filled, "CAP-V900-3", actor="user:1", now=NOW)
    assert news(filled, wanted) == []


def test_provider_that_did_not_change_is_not_news(filled: StoreDatabase) -> None:
    """It is indexed anew with what it offers, but nobody changed it."""
    wanted = saved(filled, query="", facets={"kind": ["provider"]}, page="providers")
    register(filled, 2)
    assert news(filled, wanted) == []


def test_service_is_news_with_its_base(filled: StoreDatabase) -> None:
    wanted = saved(filled, query="", facets={"kind": ["base_service"]}, page="services")
    changed = make_catalogue(pilot_bases={"PB900": make_pilot_base(note="新说明")})
    replace_catalogue(filled, changed, source="synthetic", now=NOW)
    assert news(filled, wanted) == [("PB900-S1", False)]


def test_same_search_is_kept_once_with_its_last_name(filled: StoreDatabase) -> None:
    first = saved(filled, facets={"kind": ["capability"], "ai_task": ["b", "a"]})
    second = saved(filled, name="新名", facets={"ai_task": ["a", "b"], "kind": ["capability"]})
    assert first.saved_search_id == second.saved_search_id
    assert [each.name for each in list_saved(filled, "A1")] == ["新名"]


def test_search_can_be_renamed_silenced_and_removed(filled: StoreDatabase) -> None:
    wanted = saved(filled)
    quiet = change_saved(filled, "A1", wanted.saved_search_id, name=" 新名 ", wants_alerts=False)
    assert (quiet.name, quiet.wants_alerts) == ("新名", False)
    assert change_saved(filled, "A1", wanted.saved_search_id, name="  ").name == "新名"
    remove_saved(filled, "A1", wanted.saved_search_id)
    assert list_saved(filled, "A1") == []


def test_search_of_another_account_is_not_there(filled: StoreDatabase) -> None:
    wanted = saved(filled)
    number = wanted.saved_search_id
    for act in (
        lambda: find_saved(filled, "A2", number),
        lambda: change_saved(filled, "A2", number, name="x"),
        lambda: remove_saved(filled, "A2", number),
        lambda: mark_seen(filled, "A2", number, 1),
    ):
        with pytest.raises(UnknownRecord):
            act()
    assert list_saved(filled, "A2") == []
    assert list_saved(filled, "A1") == [wanted]


def test_account_keeps_only_so_many(filled: StoreDatabase) -> None:
    for number in range(MAX_SAVED):
        saved(filled, query=str(number))
    with pytest.raises(TooManySavedSearches):
        saved(filled, query="one more")
    assert saved(filled, query="3", name="again").name == "again"
    assert saved(filled, "A2").account_id == "A2"


@pytest.mark.parametrize("changes", [{"name": "  "}, {"facets": {"colour": ["red"]}}])
def test_search_that_makes_no_sense_is_refused(
    filled: StoreDatabase, changes: dict[str, Any]
) -> None:
    with pytest.raises(ValueError, match="expected"):
        saved(filled, **changes)
