"""Files of the evidence of a capability: sent with its form, kept with the record, one a piece.

While a form is written its files belong to the draft; when it is sent they go to the record. Which
file proves which piece stands in the draft's notes, so that no form can name somebody else's file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.records import Evidence
from matcher.store.attachments import (
    Attachment,
    delete_attachments,
    find_attachment,
    list_attachments,
    move_attachments,
)
from matcher.store.connection import write_transaction
from matcher.store.drafts import Draft, read_draft
from matcher.workflow.drafts.keeping import DraftKey, change_values
from matcher.workflow.needs.attachments import (
    MOST_FILES,
    AttachmentRefused,
    Target,
    Upload,
    keep,
    looked_into,
)
from matcher.workflow.needs.states import Act as Doing
from matcher.workflow.registration.owned_records import Act

FILES = "_files"  # note of a draft: id of a piece of evidence → id of its file
KIND = "capability"


def noted_files(values: Mapping[str, Any]) -> dict[str, str]:
    """Return which file proves which piece of evidence, as the values of a draft note it."""
    noted = values.get(FILES)
    return {str(piece): str(file) for piece, file in noted.items()} if noted else {}


def noted_from(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of a record that is opened in a form, with a note of its files."""
    lines = [line for line in values.get("evidence") or () if isinstance(line, Mapping)]
    files = {line["evidence_id"]: line["attachment_id"] for line in lines if _has_file(line)}
    return {**values, FILES: files} if files else dict(values)


def _has_file(line: Mapping[str, Any]) -> bool:
    return bool(line.get("attachment_id") and line.get("evidence_id"))


def with_files(
    evidence: Iterable[Evidence], values: Mapping[str, Any], stored: Iterable[Evidence] = ()
) -> tuple[Evidence, ...]:
    """Return pieces of evidence, each with the file that was sent for it.

    Values that say nothing of files leave each stored piece its own.
    """
    kept = {one.evidence_id: one.attachment_id for one in stored}
    noted = noted_files(values) if FILES in values else kept
    return tuple(replace(one, attachment_id=noted.get(one.evidence_id, "")) for one in evidence)


def without_lost_files(db: Database, evidence: Iterable[Evidence]) -> tuple[Evidence, ...]:
    """Return pieces of evidence, none of which names a file that was deleted.

    What was refused long ago and is sent again still names the files of then.
    """
    return tuple(
        replace(one, attachment_id="")
        if one.attachment_id and find_attachment(db, one.attachment_id) is None
        else one
        for one in evidence
    )


def files_by_id(db: Database, draft_id: str, record_id: str) -> dict[str, Attachment]:
    """Return the files of a draft and of the record that it changes, by id."""
    found = list_attachments(db, "draft", draft_id) if draft_id else []
    found += list_attachments(db, KIND, record_id) if record_id else []
    return {one.attachment_id: one for one in found}


def evidence_files(db: Database, draft: Draft) -> dict[str, Attachment]:
    """Return the file of each piece of evidence of a draft that has one."""
    known = files_by_id(db, draft.draft_id, draft.record_id)
    noted = noted_files(draft.values)
    return {piece: known[file] for piece, file in noted.items() if file in known}


def add_file(db: Database, draft: Draft, piece: str, upload: Upload, act: Act) -> Draft:
    """Send a file for a piece of evidence, in place of the one it had.

    Raises
    ------
    AttachmentRefused
        As ``attach``; or five pieces have a file already (``too_many``), or nothing was written
        about this piece yet (``no_piece``).
    ClassifiedContent, UnknownRecord
    """
    sound = looked_into(upload)  # before the lock: nobody else could write meanwhile
    with write_transaction(db, f"attach evidence to draft {draft.draft_id}"):
        draft = _as_it_stands(db, draft)
        lines = draft.values.get("evidence") or ()
        if not any(isinstance(one, Mapping) and one.get("evidence_id") == piece for one in lines):
            raise AttachmentRefused(upload.file_name, "no_piece")
        noted = noted_files(draft.values)
        if len({*noted, piece}) > MOST_FILES:
            raise AttachmentRefused(upload.file_name, "too_many")
        delete_attachments(db, "draft", draft.draft_id, noted.get(piece) or "none")
        target = Target("draft", draft.draft_id, act.organisation.organisation_id)
        added = keep(db, target, sound, Doing(act.actor, act.now))
        return _note(db, draft, {**noted, piece: added.attachment_id}, act)


def remove_file(db: Database, draft: Draft, piece: str, act: Act) -> Draft:
    """Take the file of a piece of evidence away; what is published keeps its own.

    Raises
    ------
    UnknownRecord
        When the piece has none.
    """
    with write_transaction(db, f"remove evidence from draft {draft.draft_id}"):
        draft = _as_it_stands(db, draft)
        noted = noted_files(draft.values)
        if piece not in noted:
            raise UnknownRecord("evidence file", piece)
        delete_attachments(db, "draft", draft.draft_id, noted.pop(piece))
        return _note(db, draft, noted, act)


def _as_it_stands(db: Database, draft: Draft) -> Draft:
    """Return a draft as it is now: another window may have attached a file meanwhile."""
    return read_draft(db, draft.kind, draft.draft_id, draft.owner)


def _note(db: Database, draft: Draft, noted: Mapping[str, str], act: Act) -> Draft:
    key = DraftKey(draft.kind, draft.draft_id, draft.owner)
    return change_values(db, key, {FILES: dict(noted)}, now=act.now)


def hand_over(db: Database, draft: Draft, record_id: str) -> None:
    """Give the files of a draft that was sent to its record."""
    move_attachments(db, ("draft", draft.draft_id), (KIND, record_id))
