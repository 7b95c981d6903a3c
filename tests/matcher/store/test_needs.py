"""Needs: versions kept, listed newest first, never part of the catalogue or of search."""

from __future__ import annotations

from datetime import timedelta

import pytest

from matcher.errors import UnknownRecord
from matcher.store.catalogue import catalogue_revision, changes_since, read_record_version
from matcher.store.connection import StoreDatabase
from matcher.store.needs import list_needs, read_need, save_need
from matcher.store.search import search
from tests.factories import make_need
from tests.matcher.store.conftest import NOW


def test_a_need_is_read_back_and_its_versions_stay(db: StoreDatabase) -> None:
    assert save_need(db, make_need(), actor="a", now=NOW) == 1
    assert save_need(db, make_need(), actor="a", now=NOW) == 1
    assert save_need(db, make_need(title="改"), actor="a", now=NOW) == 2
    assert read_need(db, "N0001") == make_need(title="改")
    assert read_record_version(db, "need", "N0001", 1) == make_need()


def test_needs_are_listed_newest_first_by_page(db: StoreDatabase) -> None:
    for i in range(5):
        save_need(db, make_need(need_id=f"N{i}"), actor="a", now=NOW + timedelta(hours=i))
    page = list_needs(db, limit=2, offset=1)
    assert [stored.need.need_id for stored in page] == ["N3", "N2"]
    assert page[0].saved_at == NOW + timedelta(hours=3)


def test_an_unknown_need_is_refused(db: StoreDatabase) -> None:
    with pytest.raises(UnknownRecord, match="no need has the id 'N9'"):
        read_need(db, "N9")


def test_a_need_changes_no_revision_and_cannot_be_searched(db: StoreDatabase) -> None:
    save_need(db, make_need(), actor="a", now=NOW)
    assert catalogue_revision(db) == 0
    assert changes_since(db, 0) == []
    assert search(db, "裂纹").total == 0
    assert search(db, "").total == 0
