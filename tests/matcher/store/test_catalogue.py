"""The catalogue: loads are idempotent, revisions grow with every change, users' records stay."""

from __future__ import annotations

import dataclasses
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from matcher.errors import InvalidRecord, StoreError, UnknownRecord
from matcher.records import Capability, Catalogue, Provider
from matcher.store.capabilities import (
    list_capabilities,
    read_capability,
    save_capability,
    withdraw_capability,
)
from matcher.store.catalogue import (
    ImportSummary,
    catalogue_revision,
    changes_since,
    last_changed,
    read_catalogue,
    read_record_version,
    replace_catalogue,
)
from matcher.store.connection import (
    StoreDatabase,
    close_database,
    open_database,
    read_snapshot,
)
from matcher.store.search import search
from matcher.store.versions import current_versions
from tests.factories import (
    make_capability,
    make_case,
    make_catalogue,
    make_provider,
    make_scenario,
)
from tests.matcher.store.conftest import NOW

LATER = NOW + timedelta(days=1)


def load(db: StoreDatabase, catalogue: Catalogue, now: datetime = NOW) -> ImportSummary:
    return replace_catalogue(db, catalogue, source="synthetic", now=now)


def test_what_was_loaded_is_read_back(db: StoreDatabase) -> None:
    catalogue = make_catalogue()
    summary = load(db, catalogue)
    read = read_catalogue(db)
    assert dataclasses.replace(read, revision=0) == dataclasses.replace(catalogue, revision=0)
    assert read.revision == summary.revision == catalogue_revision(db) == 1
    assert sum(summary.added.values()) == 5


def test_an_empty_database_has_an_empty_catalogue(db: StoreDatabase) -> None:
    assert read_catalogue(db) == Catalogue(revision=0)


def test_loading_the_same_twice_changes_nothing(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    again = load(db, make_catalogue(), LATER)
    assert not again.is_change
    assert sum(again.unchanged.values()) == 5
    assert again.revision == 1
    assert db.conn.execute("SELECT count(*) FROM record_version").fetchone()[0] == 5
    assert db.conn.execute("SELECT count(*) FROM catalogue_import").fetchone()[0] == 1


def test_a_changed_record_gets_a_version_and_the_old_one_stays(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    changed = make_scenario(name="改名后的场景")
    summary = load(db, make_catalogue(scenarios={"SC900": changed}), LATER)
    assert summary.changed["scenario"] == 1
    assert read_record_version(db, "scenario", "SC900", 1) == make_scenario()
    assert read_record_version(db, "scenario", "SC900", 2) == changed
    rows = db.conn.execute(
        "SELECT version, valid_to IS NULL FROM record_version WHERE kind = 'scenario' ORDER BY 1"
    ).fetchall()
    assert rows == [(1, 0), (2, 1)]


def test_the_last_change_is_that_of_the_last_load_that_changed_something(
    db: StoreDatabase,
) -> None:
    assert last_changed(db) is None
    load(db, make_catalogue())
    assert last_changed(db) == NOW
    load(db, make_catalogue(), LATER)
    assert last_changed(db) == NOW
    load(db, make_catalogue(cases={}), LATER)
    assert last_changed(db) == LATER


def test_a_record_left_out_is_removed_and_may_return(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    assert load(db, make_catalogue(cases={}), LATER).removed["case"] == 1
    assert read_catalogue(db).cases == {}
    assert read_record_version(db, "case", "C900", 1) == make_case()
    assert current_versions(db, [("case", "C900")]) == {}
    assert load(db, make_catalogue(), LATER).added["case"] == 1
    assert read_catalogue(db).cases == {"C900": make_case()}
    assert current_versions(db, [("case", "C900")]) == {("case", "C900"): 2}


def test_changes_are_listed_by_revision_for_indexing(db: StoreDatabase) -> None:
    first = load(db, make_catalogue()).revision
    second = load(db, make_catalogue(scenarios={"SC900": make_scenario(name="二")})).revision
    third = load(
        db, make_catalogue(scenarios={"SC900": make_scenario(name="二")}, cases={})
    ).revision
    assert first < second < third
    assert len(changes_since(db, 0)) == 5
    assert changes_since(db, first) == [("scenario", "SC900"), ("case", "C900")]
    assert changes_since(db, second) == [("case", "C900")]
    assert changes_since(db, third) == []


def test_a_record_that_cannot_be_stored_stops_the_whole_load(db: StoreDatabase) -> None:
    bad = make_catalogue(scenarios={"SC900": make_scenario(name="\ud800")})
    with pytest.raises(InvalidRecord):
        load(db, bad)
    assert read_catalogue(db) == Catalogue(revision=0)


def test_a_full_disk_keeps_the_catalogue_as_it_was(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    pages = db.conn.execute("PRAGMA page_count").fetchone()[0]
    db.conn.execute(f"PRAGMA max_page_count = {pages}")
    many = {f"SC{i}": make_scenario(scenario_id=f"SC{i}") for i in range(500)}
    with pytest.raises(StoreError) as caught:
        load(db, make_catalogue(scenarios=many))
    assert caught.value.context["reason"] == "disk_full"
    assert read_catalogue(db) == dataclasses.replace(make_catalogue(), revision=1)
    assert search(db, "").total == 6


def test_a_registered_capability_survives_a_reload_with_its_provider(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    mine = make_capability(capability_id="CAP-U1", provider_id="U1")
    provider = make_provider(provider_id="U1", name="用户注册单位")
    saved = save_capability(db, mine, provider, actor="user:1", now=NOW)
    assert (saved.version, saved.revision, saved.is_change) == (1, 2, True)
    summary = load(db, make_catalogue(), LATER)
    assert not summary.is_change
    assert (summary.kept["capability"], summary.kept["provider"]) == (1, 1)
    read = read_catalogue(db)
    assert (read.capabilities["CAP-U1"], read.providers["U1"]) == (mine, provider)


def test_a_shipped_provider_that_a_users_capability_names_is_kept(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    save_capability(db, make_capability(capability_id="CAP-U1"), None, actor="user:1", now=NOW)
    summary = load(db, make_catalogue(providers={}, capabilities={}, cases={}), LATER)
    assert (summary.kept["provider"], summary.removed["capability"]) == (1, 1)
    assert set(read_catalogue(db).providers) == {"V900"}


def test_what_a_user_edited_or_withdrew_is_not_undone_by_a_reload(db: StoreDatabase) -> None:
    two = {
        "CAP-V900-1": make_capability(),
        "CAP-V900-2": make_capability(capability_id="CAP-V900-2"),
    }
    load(db, make_catalogue(capabilities=two))
    edited = make_capability(name="用户更正后的能力名称")
    save_capability(db, edited, None, actor="user:1", now=NOW)
    withdraw_capability(db, "CAP-V900-2", actor="user:1", now=NOW)
    load(db, make_catalogue(capabilities=two), LATER)
    assert read_catalogue(db).capabilities == {"CAP-V900-1": edited}


def test_saving_the_same_capability_again_changes_nothing(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    saved = save_capability(db, make_capability(), make_provider(), actor="user:1", now=NOW)
    assert saved == (1, 1, False)


def test_a_capability_needs_a_provider(db: StoreDatabase) -> None:
    with pytest.raises(UnknownRecord, match="provider"):
        save_capability(db, make_capability(), None, actor="user:1", now=NOW)
    with pytest.raises(ValueError, match="the provider is 'OTHER'"):
        save_capability(
            db, make_capability(), make_provider(provider_id="OTHER"), actor="user:1", now=NOW
        )


@pytest.mark.parametrize("actor", ["", "catalogue"])
def test_nobody_acts_as_the_shipped_catalogue(db: StoreDatabase, actor: str) -> None:
    with pytest.raises(ValueError, match="reserved"):
        save_capability(db, make_capability(), make_provider(), actor=actor, now=NOW)
    assert read_catalogue(db).capabilities == {}


def test_a_time_without_zone_is_a_programming_error(db: StoreDatabase) -> None:
    with pytest.raises(ValueError, match="has no zone"):
        load(db, make_catalogue(), datetime(2026, 1, 1))  # noqa: DTZ001
    assert catalogue_revision(db) == 0


def test_one_capability_is_read_and_withdrawn_by_id(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    assert read_capability(db, "CAP-V900-1") == make_capability()
    assert list_capabilities(db, "V900") == [make_capability()]
    withdraw_capability(db, "CAP-V900-1", actor="user:1", now=NOW)
    assert list_capabilities(db, "V900") == []
    for act in (
        lambda: read_capability(db, "CAP-V900-1"),
        lambda: withdraw_capability(db, "CAP-V900-1", actor="user:1", now=NOW),
    ):
        with pytest.raises(UnknownRecord):
            act()


def test_unknown_versions_are_refused(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    for record_id, version in (("SC900", 2), ("NONE", 1)):
        with pytest.raises(UnknownRecord):
            read_record_version(db, "scenario", record_id, version)


def test_a_record_with_a_field_of_a_newer_program_is_refused(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    db.conn.execute(
        "UPDATE record_version SET payload = json_set(payload, '$.colour', 'red') "
        "WHERE kind = 'provider'"
    )
    db.conn.commit()
    with pytest.raises(InvalidRecord, match="colour"):
        read_catalogue(db)


def test_reading_sees_one_state_while_another_process_writes(path: Path, db: StoreDatabase) -> None:
    load(db, make_catalogue())
    other = open_database(path)
    with read_snapshot(db):
        before = catalogue_revision(db)
        save_capability(other, make_capability(name="改名后的能力一"), None, actor="u", now=NOW)
        assert read_catalogue(db) == dataclasses.replace(make_catalogue(), revision=before)
    assert read_catalogue(db).revision == before + 1
    close_database(other)


def test_the_catalogue_reads_as_the_types_of_the_domain(db: StoreDatabase) -> None:
    load(db, make_catalogue())
    read = read_catalogue(db)
    assert isinstance(read.capabilities["CAP-V900-1"], Capability)
    assert isinstance(read.providers["V900"], Provider)
