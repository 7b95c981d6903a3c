"""The inbox: what an account was told, newest first."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.store.notices import count_unread, list_notices, mark_read
from web import access, backend, session
from web.access import local_path
from web.catalogue.paging import page_number
from web.i18n import gettext as _

blueprint = Blueprint("inbox", __name__)
N_PER_PAGE = 20


@blueprint.get("/inbox")
@access.requires()
def show_inbox() -> ResponseReturnValue:
    account_id = session.signed_in().account_id
    page, unread_only = page_number(request.args.get("page")), request.args.get("unread") == "1"
    notices = list_notices(
        backend.database(),
        account_id,
        unread_only=unread_only,
        limit=N_PER_PAGE + 1,
        offset=(page - 1) * N_PER_PAGE,
    )
    return render_template(
        "pages/inbox/list.html",
        notices=notices[:N_PER_PAGE],
        has_more=len(notices) > N_PER_PAGE,
        page=page,
        unread_only=unread_only,
        n_unread_notices=count_unread(backend.database(), account_id),
    )


@blueprint.post("/inbox/read")
@access.requires(suspended=True)
def read_all() -> ResponseReturnValue:
    db = backend.writable_database()
    mark_read(db, session.signed_in().account_id, now=datetime.now(UTC))
    flash(_("Everything is marked as read."))
    return redirect(url_for("inbox.show_inbox"), code=303)


@blueprint.post("/inbox/<int:notice_id>/read")
@access.requires(suspended=True)
def read_one(notice_id: int) -> ResponseReturnValue:
    """Mark a notice as read and go where it leads, or back to the list."""
    db = backend.writable_database()
    mark_read(db, session.signed_in().account_id, notice_id, now=datetime.now(UTC))
    goal = local_path(request.form.get("goal")) or url_for("inbox.show_inbox")
    return redirect(goal, code=303)
