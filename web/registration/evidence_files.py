"""The files of a form's pieces of evidence: sent with its page, shown beside each piece."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import request

from matcher.store.drafts import Draft
from matcher.workflow.needs.attachments import AttachmentRefused
from matcher.workflow.registration.evidence_files import add_file, evidence_files, remove_file
from matcher.workflow.registration.owned_records import Act
from matcher.workflow.upkeep.retention import EVIDENCE_FILES_KEPT
from web import backend
from web.files import file_words, sent_file

FIELD = "file-"  # and the id of the piece
REMOVE = "unfile:"


@dataclass(frozen=True, slots=True)
class EvidenceFiles:
    """What the form of a capability does with the files of its evidence."""

    page: str = "proof"

    def take(self, draft: Draft, wish: str, act: Act) -> dict[str, str]:
        """Keep the files that came with a page, whichever button was pressed.

        Returns
        -------
        dict of str to str
            By piece of evidence why its file was refused; the other files are kept.
        """
        db, problems = backend.writable_database(), {}
        if wish.startswith(REMOVE):
            remove_file(db, draft, wish.removeprefix(REMOVE), act)
            return {}
        for name, sent in request.files.items():
            if not name.startswith(FIELD) or not sent.filename:
                continue
            piece = name.removeprefix(FIELD)
            try:
                draft = add_file(db, draft, piece, sent_file(name), act)
            except AttachmentRefused as error:
                problems[piece] = file_words(error)
        return problems

    def context(self, draft: Draft) -> dict[str, Any]:
        """Return the files that a page shows."""
        files = evidence_files(backend.database(), draft)
        return {"files": files, "files_kept_days": EVIDENCE_FILES_KEPT.days}
