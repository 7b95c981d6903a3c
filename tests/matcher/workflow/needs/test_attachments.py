"""Files: told by their content, read without unpacking, refused in words."""

from __future__ import annotations

import io
import zipfile

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.attachments import list_attachments, read_content
from matcher.workflow.drafts.keeping import ClassifiedContent
from matcher.workflow.needs.attachment_kinds import KINDS, LARGEST_FILE, fault_of, is_bomb
from matcher.workflow.needs.attachments import (
    LONGEST_NAME,
    MOST_FILES,
    AttachmentRefused,
    Target,
    Upload,
    attach,
    detach,
    safe_name,
)
from tests.matcher.store.conftest import db, path
from tests.matcher.workflow.needs_db import act, inhabited

__all__ = ["db", "path"]  # fixtures of the store's tests

TARGET = Target("draft", "D1", "ORG-1")


def archive(**members: bytes) -> bytes:
    """A zip file; double underscores in names stand for slashes, single ones for dots."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(name.replace("__", "/").replace("_", "."), content)
    return made.getvalue()


def office(main: str, **more: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr(main, "<document/>")
        for name, content in more.items():
            file.writestr(name.replace("_", "."), content)
    return made.getvalue()


DOCX = office("word/document.xml")
XLSX = office("xl/workbook.xml")
GOOD = {
    "a.pdf": b"%PDF-1.7 synthetic",
    "a.png": b"\x89PNG\r\n\x1a\nsynthetic",
    "a.jpeg": b"\xff\xd8\xff\xe0synthetic",
    "a.JPG": b"\xff\xd8\xff\xe0synthetic",
    "a.docx": DOCX,
    "a.xlsx": XLSX,
    "a.csv": "列一,列二\n1,2\n".encode(),
    "a.txt": "现场流程".encode("gb18030"),
}


@pytest.mark.parametrize("name", GOOD)
def test_each_kind_is_taken(name: str) -> None:
    assert fault_of(name, GOOD[name]) == ""


def test_every_kind_is_tried() -> None:
    assert {name.rpartition(".")[2].lower() for name in GOOD} == set(KINDS)


@pytest.mark.parametrize("name", GOOD)
@pytest.mark.parametrize("other", ["pdf", "png", "docx", "xlsx"])
def test_a_content_under_another_ending_is_refused(name: str, other: str) -> None:
    if name.lower().endswith(other):
        assert fault_of(name, GOOD[name]) == ""
    else:
        assert fault_of(f"b.{other}", GOOD[name]) in {"content_differs", "damaged"}


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("a.exe", b"MZ", "unknown_type"),
        ("a", b"x", "unknown_type"),
        ("a.html", b"<script>", "unknown_type"),
        ("a.svg", b"<svg/>", "unknown_type"),
        ("a.txt", b"", "empty"),
        ("a.txt", b"a" * (LARGEST_FILE + 1), "too_large"),
        ("a.txt", b"a\x00b", "content_differs"),
        ("a.txt", b"\xff\xff\xff", "content_differs"),
        ("a.docx", DOCX[:-30], "damaged"),
        ("a.docx", b"PK\x03\x04" + b"x" * 200, "damaged"),
        ("a.docx", archive(a_txt=b"x"), "content_differs"),
        ("a.docx", XLSX, "content_differs"),
        ("a.xlsx", office("xl/workbook.xml", vbaProject_bin=b"x"), "macros"),
    ],
)
def test_what_is_not_what_it_says_is_refused(name: str, content: bytes, why: str) -> None:
    assert fault_of(name, content) == why


def test_an_archive_that_unpacks_to_far_more_is_a_bomb() -> None:
    bomb = office("xl/workbook.xml", zeros_xml=b"\0" * 30_000_000)
    assert len(bomb) < 100_000
    assert fault_of("a.xlsx", bomb) == "bomb"


def test_very_many_members_are_a_bomb() -> None:
    many = {f"m{number}_xml": b"" for number in range(2_001)}
    assert fault_of("a.xlsx", office("xl/workbook.xml", **many)) == "bomb"


def test_a_member_that_holds_more_than_it_declares_is_refused() -> None:
    """The declared sizes are changed, so that only reading the member through can tell."""
    made = bytearray(office("xl/workbook.xml", zeros_xml=b"\0" * 1_000_000))
    true_size = (1_000_000).to_bytes(4, "little")
    lie = (10).to_bytes(4, "little")
    assert made.count(true_size) == 2
    assert fault_of("a.xlsx", bytes(made.replace(true_size, lie))) in {"damaged", "bomb"}


@given(st.integers(0, 10**9), st.integers(1, 10**7))
def test_bombs_are_judged_by_ratio_and_size(n_unpacked: int, n_packed: int) -> None:
    if n_unpacked <= 256 * 1024:
        assert not is_bomb(n_unpacked, n_packed)
    if n_unpacked > 60 * 1024 * 1024:
        assert is_bomb(n_unpacked, n_packed)
    assert is_bomb(n_unpacked, n_packed) <= is_bomb(n_unpacked + 1, n_packed)


@given(st.sampled_from(list(GOOD)), st.binary(max_size=400))
def test_any_bytes_under_any_name_are_judged(name: str, content: bytes) -> None:
    words = {"", "empty", "content_differs", "damaged", "bomb", "macros"}
    assert fault_of(name, content) in words
    assert fault_of(name, b"PK\x03\x04" + content) in words


@given(st.text(max_size=300))
def test_any_name_is_made_safe(name: str) -> None:
    safe = safe_name(name)
    assert len(safe) <= LONGEST_NAME + 1
    assert not set(safe) & set('\\/:*?"<>|\0\r\n')
    assert safe_name(safe) == safe or not safe


def test_five_files_are_kept_whole_and_a_sixth_is_refused(db: Database) -> None:
    inhabited(db)
    doing = act(db, "enterprise")
    for number in range(MOST_FILES):
        attach(db, TARGET, Upload(f"{number}.txt", b"text"), doing)
    with pytest.raises(AttachmentRefused) as error:
        attach(db, TARGET, Upload("6.txt", b"text"), doing)
    assert error.value.why == "too_many"
    first, *others = list_attachments(db, "draft", "D1")
    assert read_content(db, first.attachment_id) == b"text"
    detach(db, TARGET, first.attachment_id, doing)
    with pytest.raises(UnknownRecord):
        detach(db, Target("draft", "D2", "ORG-1"), others[0].attachment_id, doing)
    assert len(list_attachments(db, "draft", "D1")) == MOST_FILES - 1


@pytest.mark.parametrize(("name", "text"), [("机密级.txt", "x"), ("a.txt", "本文件为秘密级")])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_classified_files_are_not_kept(db: Database, name: str, text: str, encoding: str) -> None:
    inhabited(db)
    with pytest.raises(ClassifiedContent):
        attach(db, TARGET, Upload(name, text.encode(encoding)), act(db, "enterprise"))
    assert list_attachments(db, "draft", "D1") == []


@pytest.mark.parametrize("name", ["", "/", "..", "\x00", ".txt"])
def test_a_file_without_a_name_is_refused(db: Database, name: str) -> None:
    inhabited(db)
    with pytest.raises(AttachmentRefused) as error:
        attach(db, TARGET, Upload(name, b"x"), act(db, "enterprise"))
    assert error.value.why in {"name", "unknown_type"}


def test_office_file_packed_in_another_way_is_read_or_damaged() -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_LZMA) as file:
        file.writestr("[Content_Types].xml", "<Types/>")
        file.writestr("word/document.xml", "<document/>" * 500)
    whole = made.getvalue()
    assert fault_of("a.docx", whole) == ""
    at = whole.rindex(b"word/document.xml", 0, whole.rindex(b"PK\x01\x02"))
    broken = bytearray(whole)
    broken[at + 40] ^= 0xFF  # inside what is packed
    assert fault_of("a.docx", bytes(broken)) == "damaged"
