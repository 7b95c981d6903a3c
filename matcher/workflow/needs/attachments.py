"""Attaching files to a record or a draft of any kind: at most five, each looked into first.

Who may attach to what, and who may read, is decided by the caller; an object is a pair of kind and
id, such as ``("draft", "D12")`` or ``("capability", "CAP-1")``.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import unicodedata
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import MatcherError, shown
from matcher.intake.secrecy import SecrecyCheck, find_classified
from matcher.store.attachments import (
    Attachment,
    add_attachment,
    delete_attachments,
    list_attachments,
    read_attachment,
)
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.drafts import Draft, read_draft
from matcher.workflow.drafts.keeping import ClassifiedContent
from matcher.workflow.needs.attachment_kinds import KINDS, extension_of, fault_of, text_of
from matcher.workflow.needs.states import Act

MOST_FILES = 5
LONGEST_NAME = 120
READABLE = frozenset({"csv", "txt"})
_UNFIT = re.compile(r'[\\/:*?"<>|]')


class Target(NamedTuple):
    """What a file belongs to, and whose that is."""

    object_kind: str
    object_id: str
    organisation_id: str


class Upload(NamedTuple):
    """A file as it was sent."""

    file_name: str
    content: bytes


class AttachmentRefused(MatcherError):
    """A file cannot be attached; ``why`` says why.

    One of ``too_many``, ``name``, ``no_piece`` (of evidence) and the words of
    ``attachment_kinds.fault_of``.
    """

    code = "attachment_refused"

    def __init__(self, file_name: str, why: str) -> None:
        super().__init__(f"the file {shown(file_name)} is refused: {why}", why=why)
        self.file_name = file_name
        self.why = why


def attach(db: Database, target: Target, upload: Upload, act: Act) -> Attachment:
    """Store a file with an object.

    Raises
    ------
    AttachmentRefused
        The object has five, or the file is not what its name says, too large or dangerous.
    ClassifiedContent
        Its name or readable text says that it is classified.
    """
    return keep(db, target, looked_into(upload), act)


def attach_to_draft(
    db: Database, draft: Draft, organisation_id: str, upload: Upload, act: Act
) -> Attachment:
    """Store a file with a draft that is still being written.

    Raises
    ------
    AttachmentRefused, ClassifiedContent
        As ``attach``.
    UnknownRecord
        The draft was sent or thrown away meanwhile; the file would belong to nothing.
    """
    sound = looked_into(upload)
    with write_transaction(db, f"attach a file to draft {draft.draft_id}"):
        read_draft(db, draft.kind, draft.draft_id, draft.owner)
        return keep(db, Target("draft", draft.draft_id, organisation_id), sound, act)


def looked_into(upload: Upload) -> Upload:
    """Return a file that may be attached, under a safe name.

    It is unpacked and read through for that, which takes seconds of a large one: never call this
    while the database is locked for writing.

    Raises
    ------
    AttachmentRefused, ClassifiedContent
        As ``attach``.
    """
    name = safe_name(upload.file_name)
    why = fault_of(name, upload.content) if name else "name"
    if why:
        raise AttachmentRefused(name or upload.file_name, why)
    _refuse_secrets(name, upload.content)
    return Upload(name, upload.content)


def keep(db: Database, target: Target, sound: Upload, act: Act) -> Attachment:
    """Store a file that was looked into with an object.

    Raises
    ------
    AttachmentRefused
        The object has five.
    """
    name, content = sound
    attachment = Attachment(
        attachment_id=f"F{secrets.token_hex(8)}",
        owner=target.organisation_id,
        object_kind=target.object_kind,
        object_id=target.object_id,
        file_name=name,
        media_type=KINDS[extension_of(name)].media_type,
        n_bytes=len(content),
        sha256=hashlib.sha256(content).hexdigest(),
        uploaded_by=act.actor.actor_id,
        uploaded_at=act.now,
    )
    with write_transaction(db, "attach a file"):
        if len(list_attachments(db, target.object_kind, target.object_id)) >= MOST_FILES:
            raise AttachmentRefused(name, "too_many")
        add_attachment(db, attachment, content)
        _audit(db, attachment, "attachment.added", act)
    return attachment


def detach(db: Database, target: Target, attachment_id: str, act: Act) -> None:
    """Delete a file of an object.

    Raises
    ------
    UnknownRecord
        The object has no such file.
    """
    with write_transaction(db, "delete a file"):
        found = read_attachment(db, target.object_kind, target.object_id, attachment_id)
        delete_attachments(db, target.object_kind, target.object_id, attachment_id)
        _audit(db, found, "attachment.deleted", act)


def safe_name(file_name: str) -> str:
    r"""Return a file name without folders, control characters and what file systems refuse.

    Examples
    --------
    >>> safe_name("..\\..\\etc/质检 报告.PDF"), safe_name("/")
    ('质检 报告.PDF', '')
    """
    last = re.split(r"[\\/]", unicodedata.normalize("NFC", file_name))[-1]
    kept = "".join(c for c in last if unicodedata.category(c) not in {"Cc", "Cf", "Cs", "Co"})
    name = " ".join(_UNFIT.sub("", kept).split()).strip(". ")
    stem, dot, ending = name.rpartition(".")
    return f"{stem[: LONGEST_NAME - len(ending)]}{dot}{ending}" if stem else ""


def _refuse_secrets(name: str, content: bytes) -> None:
    text = name
    if extension_of(name) in READABLE:
        text += "\n" + (text_of(content) or "")
    found = find_classified(text, "attachment_ids")
    if found:
        raise ClassifiedContent(SecrecyCheck(tuple(found)))


def _audit(db: Database, attachment: Attachment, action: str, act: Act) -> None:
    about = {"sha256": attachment.sha256, "n_bytes": attachment.n_bytes}
    change = Change(
        action,
        attachment.object_kind,
        attachment.object_id,
        after={"attachment_id": attachment.attachment_id, **about},
    )
    record_change(db, change, actor=act.actor, now=act.now)
