"""The browser code is the one that the lock names, and reaches the pages only when it is."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.settings import PROJECT
from web.assets import ASSETS, Asset, AssetProblem, copy_asset, digest_of, install, is_current

HTMX = ASSETS[0]


@pytest.fixture
def modules(tmp_path: Path) -> Path:
    source = tmp_path / "node_modules" / HTMX.source
    source.parent.mkdir(parents=True)
    source.write_bytes(b"not the file that is meant")
    return tmp_path / "node_modules"


def test_other_content_than_expected_is_refused(modules: Path, tmp_path: Path) -> None:
    with pytest.raises(AssetProblem, match="sha256"):
        copy_asset(HTMX, modules, tmp_path / "vendor")
    assert not (tmp_path / "vendor").exists()


def test_missing_file_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(AssetProblem, match="npm ci"):
        copy_asset(HTMX, tmp_path, tmp_path / "vendor")


def test_expected_content_is_copied(modules: Path, tmp_path: Path) -> None:
    own = Asset(HTMX.source, HTMX.name, digest_of(modules / HTMX.source))
    copy_asset(own, modules, tmp_path / "vendor")
    assert is_current(own, tmp_path / "vendor")


def test_nothing_is_fetched_when_all_is_there() -> None:
    assert install() == []


def test_lock_names_the_version_and_no_registry() -> None:
    lock = json.loads((PROJECT / "package-lock.json").read_text("utf-8"))
    assert lock["packages"]["node_modules/htmx.org"]["version"] == "2.0.11"
    assert [name for name, entry in lock["packages"].items() if "resolved" in entry] == []
    assert all(entry["integrity"] for name, entry in lock["packages"].items() if name)
