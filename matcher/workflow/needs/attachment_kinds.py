"""Which files may be attached, told by their content and not by their name alone.

Nothing is unpacked to disk: office files are archives, so their members are read as streams, within
limits, only to see that they hold no more than they say.
"""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from collections.abc import Callable, Mapping
from typing import NamedTuple

LARGEST_FILE = 10 * 1024 * 1024  # bytes
LARGEST_UNPACKED = 60 * 1024 * 1024  # bytes of all members of an office file together
MOST_MEMBERS = 2_000
# Deflate reaches 1,032 to 1; real office files of this size stay below 40.
LARGEST_RATIO = 100
RATIO_COUNTS_FROM = 256 * 1024  # bytes unpacked; a small file of blanks may pack well
_CHUNK = 64 * 1024
TEXT_ENCODINGS = ("utf-8-sig", "gb18030")  # the latter is what a Chinese Excel writes


class Kind(NamedTuple):
    """A kind of file that is accepted."""

    media_type: str
    fault: Callable[[bytes], str]  # returns what is wrong with the content, or an empty text


def _starts_with(*beginnings: bytes) -> Callable[[bytes], str]:
    def fault(content: bytes) -> str:
        return "" if content.startswith(beginnings) else "content_differs"

    return fault


def text_of(content: bytes) -> str | None:
    """Return the text of a file, also in the encoding of a Chinese Excel; None where it is none."""
    if b"\0" in content:
        return None
    for encoding in TEXT_ENCODINGS:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return None


def _text_fault(content: bytes) -> str:
    return "content_differs" if text_of(content) is None else ""


def _office_fault(main_part: str) -> Callable[[bytes], str]:
    def fault(content: bytes) -> str:
        if not content.startswith(b"PK\x03\x04"):
            return "content_differs"
        try:
            with zipfile.ZipFile(io.BytesIO(content)) as archive:
                return _archive_fault(archive, main_part, len(content))
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError):
            return "damaged"
        # It wants a password, is packed in an unknown way, or its directory makes no sense.
        except (RuntimeError, ValueError):
            return "damaged"

    return fault


def _archive_fault(archive: zipfile.ZipFile, main_part: str, n_packed: int) -> str:
    members = archive.infolist()
    names = [member.filename for member in members]
    if main_part not in names or "[Content_Types].xml" not in names:
        return "content_differs"
    if any("vbaproject" in name.lower() for name in names):
        return "macros"
    if len(members) > MOST_MEMBERS or len(set(names)) < len(names):
        return "bomb"
    if is_bomb(sum(member.file_size for member in members), n_packed):
        return "bomb"
    return _stream_fault(archive, members, n_packed)


def _stream_fault(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], n_packed: int) -> str:
    """Read every member through, so that one that holds more than it declares shows."""
    n_read = 0
    for member in members:
        with archive.open(member) as stream:
            while chunk := stream.read(_CHUNK):
                n_read += len(chunk)
                if is_bomb(n_read, n_packed):
                    return "bomb"
    return ""


def is_bomb(n_unpacked: int, n_packed: int) -> bool:
    """Whether an archive unpacks to more than an honest document does."""
    if n_unpacked > LARGEST_UNPACKED:
        return True
    return n_unpacked > RATIO_COUNTS_FROM and n_unpacked > LARGEST_RATIO * max(n_packed, 1)


_OFFICE = "application/vnd.openxmlformats-officedocument"
KINDS: Mapping[str, Kind] = {
    "pdf": Kind("application/pdf", _starts_with(b"%PDF-")),
    "png": Kind("image/png", _starts_with(b"\x89PNG\r\n\x1a\n")),
    "jpeg": Kind("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    "jpg": Kind("image/jpeg", _starts_with(b"\xff\xd8\xff")),
    "docx": Kind(f"{_OFFICE}.wordprocessingml.document", _office_fault("word/document.xml")),
    "xlsx": Kind(f"{_OFFICE}.spreadsheetml.sheet", _office_fault("xl/workbook.xml")),
    "csv": Kind("text/csv", _text_fault),
    "txt": Kind("text/plain", _text_fault),
}


def extension_of(file_name: str) -> str:
    """Return the ending of a file name in lower case, without its dot."""
    return file_name.rpartition(".")[2].lower() if "." in file_name else ""


def fault_of(file_name: str, content: bytes) -> str:
    """Return why a file is refused, as a stable word, or an empty text.

    One of ``unknown_type``, ``empty``, ``too_large``, ``content_differs``, ``damaged``, ``bomb``,
    ``macros``.
    """
    kind = KINDS.get(extension_of(file_name))
    if kind is None:
        return "unknown_type"
    if not content:
        return "empty"
    if len(content) > LARGEST_FILE:
        return "too_large"
    return kind.fault(content)
