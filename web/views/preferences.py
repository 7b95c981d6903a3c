"""What a person chooses beside the settings: mails by kind, and the order of lists."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord
from matcher.identity import Account
from matcher.vocabulary import codes, label, options
from matcher.workflow.matching.plain_order import PLAIN, choose_order
from matcher.workflow.messages.kinds import choose_timings, standard_timing, timings
from web import access, backend, session
from web.forms import Field, messages
from web.i18n import gettext as _
from web.i18n import language
from web.plain_fields import plain_field, rows_of

blueprint = Blueprint("preferences", __name__)


@blueprint.get("/account/mail")
@access.requires()
def show_mail() -> ResponseReturnValue:
    return mail_page(timings(backend.database(), session.signed_in().account_id))


@blueprint.post("/account/mail")
@access.requires(suspended=True)
def save_mail() -> ResponseReturnValue:
    wanted = {kind: request.form.get(kind, "")[:20] for kind in codes("notice_kind")}
    db, account_id = backend.writable_database(), session.signed_in().account_id
    try:
        choose_timings(db, account_id, wanted, now=datetime.now(UTC))
    except InvalidRecord as error:
        return mail_page(wanted, error), 422
    flash(_("Your choice of mails is saved."))
    return redirect(url_for("preferences.show_mail"), code=303)


@blueprint.post("/account/order")
@access.requires(suspended=True)
def save_order() -> ResponseReturnValue:
    """Choose the order by score alone, or the usual one again, and go back to where it is told."""
    is_plain = request.form.get("order") == PLAIN
    db, account_id = backend.writable_database(), session.signed_in().account_id
    choose_order(db, account_id, is_plain=is_plain, now=datetime.now(UTC))
    flash(_("Lists stand by the score alone now.") if is_plain else _("Lists stand as usual now."))
    return redirect(url_for("about.show_about", _anchor="order"), code=303)


def mail_page(chosen: dict[str, str], error: InvalidRecord | None = None) -> str:
    told = {} if error is None else error.errors
    account = session.signed_in()
    fields = [mail_field(account, kind, chosen[kind], told) for kind in codes("notice_kind")]
    return render_template("pages/account/mail.html", fields=fields, problems=rows_of(fields))


def mail_field(account: Account, kind: str, chosen: str, told: dict[str, list[object]]) -> Field:
    usual = label("mail_timing", standard_timing(account, kind), language())
    choices = [("", _("As my account says: %(timing)s", timing=usual))]
    return plain_field(
        kind,
        label("notice_kind", kind, language()),
        kind="code",
        value=chosen,
        options=[*choices, *options("mail_timing", language())],
        errors=messages(told.get(kind)),
        required=False,
    )
