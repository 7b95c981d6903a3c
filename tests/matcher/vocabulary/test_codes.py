from __future__ import annotations

from pathlib import Path

import pytest

from matcher.errors import ImportFailed, UnknownRecord
from matcher.vocabulary import codes, data_folder, find_code, label, options, vocabulary_names


@pytest.mark.parametrize("name", vocabulary_names())
def test_every_code_has_words_in_both_languages(name: str) -> None:
    assert codes(name)
    for code in codes(name):
        assert label(name, code, "zh").strip()
        assert label(name, code, "en").isascii()


@pytest.mark.parametrize("name", vocabulary_names())
def test_a_code_and_its_labels_all_find_the_code(name: str) -> None:
    for code in codes(name):
        assert find_code(name, code) == code
    for language in ("zh", "en"):
        assert [find_code(name, words) for _, words in options(name, language)] == list(codes(name))


def test_labels_are_found_whatever_their_width_and_case() -> None:
    assert find_code("data_modality", " ＩＭＡＧＥ ") == "image"
    assert find_code("data_modality", "Ｉmage\u3000") == "image"


def test_unknown_list_and_unknown_code_are_named() -> None:
    with pytest.raises(UnknownRecord, match="'no_such_list'"):
        codes("no_such_list")
    with pytest.raises(UnknownRecord, match="'telepathy'"):
        label("ai_task", "telepathy")
    assert find_code("ai_task", "telepathy") == ""


def test_data_folder_follows_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    folder = tmp_path / "elsewhere"
    (folder / "vocabulary").mkdir(parents=True)
    (folder / "vocabulary" / "codes.csv").write_text(
        "vocabulary,code,zh,en\ncolour,red,红,Red\n", encoding="utf-8"
    )
    monkeypatch.setenv("AIPLUS_DATA", str(folder))
    assert data_folder() == folder
    assert options("colour", "zh") == [("red", "红")]
    monkeypatch.delenv("AIPLUS_DATA")
    assert "colour" not in vocabulary_names()


def test_missing_file_and_foreign_header_are_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("AIPLUS_DATA", str(tmp_path / "nowhere"))
    with pytest.raises(ImportFailed, match="AIPLUS_DATA"):
        codes("deployment")
    (tmp_path / "vocabulary").mkdir()
    (tmp_path / "vocabulary" / "codes.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    monkeypatch.setenv("AIPLUS_DATA", str(tmp_path))
    with pytest.raises(ImportFailed, match="columns vocabulary, code, zh, en"):
        codes("deployment")
