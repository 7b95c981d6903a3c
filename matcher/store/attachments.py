"""Files that belong to a record or a draft of any kind. What may be attached is decided elsewhere.

The content stands in the database, so that a backup of one file is a backup of everything.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_COLUMNS = (
    "attachment_id, owner, object_kind, object_id, file_name, media_type, n_bytes, sha256, "
    "uploaded_by, uploaded_at"
)


class Attachment(NamedTuple):
    """What is known of a file without its content."""

    attachment_id: str
    owner: str  # an organisation id
    object_kind: str  # draft | need | capability | ...
    object_id: str
    file_name: str
    media_type: str
    n_bytes: int
    sha256: str
    uploaded_by: str
    uploaded_at: datetime


def add_attachment(db: Database, attachment: Attachment, content: bytes) -> None:
    """Store a new file."""
    values = attachment._asdict() | {"content": content}
    values["uploaded_at"] = stamp(attachment.uploaded_at)
    with write_transaction(db, f"attach a file to {attachment.object_kind}"):
        db.table("attachment").insert(values)


def read_attachment(
    db: Database, object_kind: str, object_id: str, attachment_id: str
) -> Attachment:
    """Return what is known of a file of an object.

    Raises
    ------
    UnknownRecord
        When the object has no such file.
    """
    with driver_errors("read an attachment"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM attachment "  # noqa: S608
            "WHERE attachment_id = ? AND object_kind = ? AND object_id = ?",
            [attachment_id, object_kind, object_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("attachment", attachment_id)
    return _attachment(row)


def find_attachment(db: Database, attachment_id: str) -> Attachment | None:
    """Return what is known of a file, whatever it belongs to, or None."""
    with driver_errors("read an attachment"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM attachment WHERE attachment_id = ?",  # noqa: S608
            [attachment_id],
        ).fetchone()
    return None if row is None else _attachment(row)


def list_attachments(db: Database, object_kind: str, object_id: str) -> list[Attachment]:
    """Return the files of an object, the first one first."""
    with driver_errors("list attachments"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM attachment "  # noqa: S608
            "WHERE object_kind = ? AND object_id = ? ORDER BY uploaded_at, attachment_id",
            [object_kind, object_id],
        ).fetchall()
    return [_attachment(row) for row in rows]


def read_content(db: Database, attachment_id: str) -> bytes:
    """Return the content of a file.

    Raises
    ------
    UnknownRecord
        When there is no such file.
    """
    with driver_errors("read an attachment"):
        row = db.conn.execute(
            "SELECT content FROM attachment WHERE attachment_id = ?", [attachment_id]
        ).fetchone()
    if row is None:
        raise UnknownRecord("attachment", attachment_id)
    return bytes(row[0])


def delete_attachments(
    db: Database, object_kind: str, object_id: str, attachment_id: str = ""
) -> int:
    """Delete one file of an object or, without an id, all of them; return how many there were."""
    with write_transaction(db, "delete attachments"):
        cursor = db.conn.execute(
            "DELETE FROM attachment WHERE object_kind = ? AND object_id = ? "
            "AND ? IN ('', attachment_id)",
            [object_kind, object_id, attachment_id],
        )
        return int(cursor.rowcount)


def move_attachments(db: Database, source: tuple[str, str], target: tuple[str, str]) -> int:
    """Hand the files of one object, as (kind, id), to another; return how many there were."""
    with write_transaction(db, "move attachments"):
        cursor = db.conn.execute(
            "UPDATE attachment SET object_kind = ?, object_id = ? "
            "WHERE object_kind = ? AND object_id = ?",
            [*target, *source],
        )
        return int(cursor.rowcount)


def _attachment(row: tuple[Any, ...]) -> Attachment:
    values = dict(zip(Attachment._fields, row, strict=True))
    values["uploaded_at"] = datetime.fromisoformat(row[-1])
    return Attachment(**values)
