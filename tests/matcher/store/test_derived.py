"""What was computed is kept beside the database, and read only where it is whole and the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from matcher.store.derived import DerivedFiles

ARRAYS = {
    "words": np.frombuffer(b'["a"]', dtype=np.uint8),
    "part/gains": np.linspace(0, 1, 300, dtype=np.float32),
    "mask": np.array([True, False]),
    "number": np.array(2.5),
}


@pytest.fixture
def derived(tmp_path: Path) -> DerivedFiles:
    return DerivedFiles.beside(tmp_path / "aiplus.db")


def test_arrays_come_back_number_for_number(derived: DerivedFiles) -> None:
    derived.put("index", "k1", ARRAYS)
    found = derived.get("index", "k1")
    assert found is not None
    assert set(found) == set(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype
        np.testing.assert_array_equal(found[name], array)


def test_nothing_is_found_before_it_was_kept_or_under_another_key(derived: DerivedFiles) -> None:
    assert derived.get("index", "k1") is None
    derived.put("index", "k1", ARRAYS)
    assert derived.get("index", "k2") is None
    assert derived.get("other", "k1") is None


def test_later_arrays_take_the_place_of_earlier_ones(derived: DerivedFiles, tmp_path: Path) -> None:
    derived.put("index", "k1", ARRAYS)
    derived.put("index", "k2", {"number": np.array(7.0)})
    assert derived.get("index", "k1") is None
    assert derived.get("index", "k2") == {"number": np.array(7.0)}
    assert [path.name for path in (tmp_path / "aiplus.db.derived").iterdir()] == ["index.npz"]


def test_a_file_with_any_byte_changed_gives_nothing_or_the_same(
    derived: DerivedFiles, tmp_path: Path
) -> None:
    derived.put("index", "k1", ARRAYS)
    path = tmp_path / "aiplus.db.derived" / "index.npz"
    whole = path.read_bytes()
    for at in range(0, len(whole), 7):
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x55]) + whole[at + 1 :])
        found = derived.get("index", "k1")
        if found is not None:  # a byte that carries nothing, such as a date of the archive
            assert {n: a.tobytes() for n, a in found.items() if n in ARRAYS} == {
                n: a.tobytes() for n, a in ARRAYS.items() if n in found
            }


def test_what_a_stopped_process_left_is_cleared_away(derived: DerivedFiles, tmp_path: Path) -> None:
    folder = tmp_path / "aiplus.db.derived"
    folder.mkdir()
    (folder / "index.abc.part").write_bytes(b"half")
    (folder / "other.abc.part").write_bytes(b"of somebody else")
    derived.put("index", "k1", ARRAYS)
    assert {path.name for path in folder.iterdir()} == {"index.npz", "other.abc.part"}


@pytest.mark.parametrize("share", [0.0, 0.3, 0.9, 0.999])
def test_a_file_cut_short_is_not_read(derived: DerivedFiles, tmp_path: Path, share: float) -> None:
    derived.put("index", "k1", ARRAYS)
    path = tmp_path / "aiplus.db.derived" / "index.npz"
    whole = path.read_bytes()
    path.write_bytes(whole[: int(share * len(whole))])
    assert derived.get("index", "k1") is None


def test_pickled_objects_are_never_loaded(derived: DerivedFiles, tmp_path: Path) -> None:
    path = tmp_path / "aiplus.db.derived" / "index.npz"
    path.parent.mkdir()
    key = np.frombuffer(b"k1", dtype=np.uint8)
    with path.open("wb") as file:
        np.savez(file, key=key, evil=np.array([{"a": 1}], dtype=object))
    assert derived.get("index", "k1") is None


def test_where_nothing_can_be_written_nothing_is_kept_and_nobody_is_disturbed(
    tmp_path: Path,
) -> None:
    (tmp_path / "aiplus.db.derived").write_text("a file where the folder should be", "utf-8")
    derived = DerivedFiles.beside(tmp_path / "aiplus.db")
    derived.put("index", "k1", ARRAYS)
    assert derived.get("index", "k1") is None
