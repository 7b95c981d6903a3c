"""Files that people send and read: taken from a form, sent as downloads, refused in words."""

from __future__ import annotations

import io

from flask import Response, request, send_file

from matcher.store.attachments import Attachment, read_content
from matcher.workflow.needs.attachments import AttachmentRefused, Upload
from web import backend
from web.i18n import gettext as _

ACCEPTED = ".pdf,.png,.jpg,.jpeg,.docx,.xlsx,.csv,.txt"
NOTHING = Upload("", b"")


def sent_file(name: str = "file") -> Upload:
    """Return the file that a form's field holds; one without a name where none was chosen."""
    sent = request.files.get(name)
    return NOTHING if sent is None else Upload(sent.filename or "", sent.read())


def as_download(found: Attachment) -> Response:
    """Send a file so that no browser shows it as a page of this site."""
    response = send_file(
        io.BytesIO(read_content(backend.database(), found.attachment_id)),
        mimetype=found.media_type,
        as_attachment=True,
        download_name=found.file_name,
    )
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Cache-Control"] = "private, no-store"
    return response


def file_words(error: AttachmentRefused) -> str:
    """Say why a file was refused, and what to do."""
    words = {
        "too_many": _("Five files are attached already: delete one first."),
        "too_large": _("The file is larger than 10 MB."),
        "empty": _("The file is empty."),
        "name": _("Choose a file first."),
        "no_piece": _("Say what the evidence shows first, then attach its file."),
        "unknown_type": _("This kind of file is not accepted. Send pdf, png, jpeg, docx, xlsx, "
                          "csv or txt."),
        "content_differs": _("The content is not what the ending of the name says."),
        "damaged": _("The file is damaged or asks for a password."),
        "bomb": _("The file unpacks to far more than a document holds, so it is not opened."),
        "macros": _("The file holds macros. Save it without them and send it again."),
    }  # fmt: skip
    return words[error.why]
