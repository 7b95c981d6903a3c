"""Files of a need: attached to its draft, read by the enterprise and the platform's staff."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Side
from matcher.store.attachments import read_attachment
from matcher.store.needs import read_kept_need
from matcher.workflow.drafts.keeping import ClassifiedContent
from matcher.workflow.needs.attachments import AttachmentRefused, Target, attach_to_draft, detach
from matcher.workflow.needs.states import Act
from web import access, backend, session
from web.files import as_download, file_words, sent_file
from web.i18n import gettext as _
from web.needs.draft_form import StepNews, known_step, own_draft, step_page
from web.security import LARGEST_UPLOAD_BYTES, accepts_upload

blueprint = Blueprint("need_files", __name__)
STEP = "publication"


@blueprint.post("/needs/drafts/<draft_id>/files")
@access.requires(side=Side.ENTERPRISE)
@accepts_upload(LARGEST_UPLOAD_BYTES)
def add_file(draft_id: str) -> ResponseReturnValue:
    draft = own_draft(draft_id)
    try:
        attach_to_draft(
            backend.writable_database(),
            draft,
            session.own_organisation().organisation_id,
            sent_file(),
            own_act(),
        )
    except AttachmentRefused as error:
        news = StepNews(file_problem=file_words(error))
        return step_page(draft, known_step(STEP), news), 422
    except ClassifiedContent as error:
        return step_page(draft, known_step(STEP), StepNews(secrecy=error.check)), 422
    flash(_("The file is attached."))
    return to_files(draft_id)


def own_act() -> Act:
    return Act(session.actor(), datetime.now(UTC))


def target_of(draft_id: str) -> Target:
    return Target("draft", draft_id, session.own_organisation().organisation_id)


def to_files(draft_id: str) -> ResponseReturnValue:
    goal = url_for("drafts.show_step", draft_id=draft_id, step=STEP, _anchor="files")
    return redirect(goal, code=303)


@blueprint.post("/needs/drafts/<draft_id>/files/<attachment_id>/delete")
@access.requires(side=Side.ENTERPRISE)
def delete_file(draft_id: str, attachment_id: str) -> ResponseReturnValue:
    own_draft(draft_id)
    detach(backend.writable_database(), target_of(draft_id), attachment_id, own_act())
    flash(_("The file is deleted."))
    return to_files(draft_id)


@blueprint.get("/needs/drafts/<draft_id>/files/<attachment_id>")
@access.requires()
def download_draft_file(draft_id: str, attachment_id: str) -> ResponseReturnValue:
    own_draft(draft_id)
    return as_download(read_attachment(backend.database(), "draft", draft_id, attachment_id))


@blueprint.get("/my/needs/<need_id>/files/<attachment_id>")
@access.requires()
def download_need_file(need_id: str, attachment_id: str) -> ResponseReturnValue:
    """Give a file to the enterprise whose need it is, and to staff; to nobody else it exists."""
    account = session.signed_in()
    kept = read_kept_need(backend.database(), need_id)
    if not account.is_staff and account.organisation_id != kept.organisation_id:
        raise UnknownRecord("attachment", attachment_id)
    return as_download(read_attachment(backend.database(), "need", need_id, attachment_id))
