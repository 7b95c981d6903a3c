"""The handshake: engagements of an organisation, one of them, and each step that can be taken."""

from __future__ import annotations

import csv
import io
from datetime import UTC, datetime

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ChangedMeanwhile, ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.identity import Role
from matcher.store.attachments import read_attachment
from matcher.store.brokering import resting_since
from matcher.store.engagements import Wanted, count_engagements, list_engagements
from matcher.workflow.engagements.asked import Given
from matcher.workflow.engagements.disclosure import give_consent, take_back_consent
from matcher.workflow.engagements.quotas import quota_of, return_from_rest
from matcher.workflow.engagements.states import STATES
from matcher.workflow.engagements.steps import advance
from matcher.workflow.engagements.talks import send_message
from web import access, backend, session
from web.catalogue.marks import is_made_up
from web.catalogue.paging import page_number
from web.engagements.page import (
    TERMS_VERSION,
    News,
    Shown,
    as_shown,
    engagement_page,
    shown_engagement,
)
from web.engagements.words import refusal_words, sides_label
from web.files import as_download
from web.forms import messages
from web.i18n import gettext as _
from web.presenters import label

blueprint = Blueprint("engagements", __name__)
N_PER_PAGE = 20
MOST_EXPORTED = 1000
TYPED = ("reason", "note", "service")  # texts of a step's form
ASKS_AGAIN = {
    "missing_reason",
    "missing_declines",
    "unknown_decline",
    "missing_consent",
    "missing_base",
}


@blueprint.get("/engagements")
@access.requires()
def find_engagements() -> ResponseReturnValue:
    """Lead to the list that is meant for the one who asks; notices point here."""
    organisation = session.current_organisation()
    goal = "engagements.list_own" if organisation is not None else "broker.show_queue"
    return redirect(url_for(goal), code=303)


@blueprint.get("/my/engagements")
@access.requires(Role.MEMBER, Role.OWNER)
def list_own() -> ResponseReturnValue:
    db, own = backend.database(), session.own_organisation().organisation_id
    page, state = page_number(request.args.get("page")), wished_state()
    found = own_rows(state, N_PER_PAGE + 1, (page - 1) * N_PER_PAGE)
    return render_template(
        "pages/engagements/list.html",
        rows=found[:N_PER_PAGE],
        has_more=len(found) > N_PER_PAGE,
        page=page,
        state=state,
        states=STATES,
        counts=count_engagements(db, Wanted(organisation_id=own)),
        quota=quota_of(db, own, datetime.now(UTC)),
        resting=resting_since(db).get(own),
    )


def wished_state() -> str:
    wish = request.args.get("state", "")
    return wish if wish in STATES else ""


def own_rows(state: str, limit: int, offset: int = 0) -> list[Shown]:
    """Return the engagements of the organisation that asks, the one changed last first."""
    wanted = Wanted(organisation_id=session.own_organisation().organisation_id, state=state)
    found = list_engagements(backend.database(), wanted, limit=limit, offset=offset)
    actor = session.actor()
    rows = [as_shown(one, actor) for one in found]
    return sorted(rows, key=lambda row: not row.is_awaited)


@blueprint.get("/my/engagements.csv")
@access.requires(Role.MEMBER, Role.OWNER)
def export_own() -> ResponseReturnValue:
    """The same list as a table; what is masked on pages is masked here."""
    head = (_("Engagement"), _("Need"), _("Capability"), _("Your side"), _("State"), _("Due"),
            _("Demonstration"))  # fmt: skip
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for row in own_rows(wished_state(), MOST_EXPORTED):
        writer.writerow([plain_cell(cell) for cell in cells_of(row)])
    answer = Response("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    answer.headers["Content-Disposition"] = 'attachment; filename="engagements.csv"'
    return answer


def cells_of(row: Shown) -> list[str]:
    state = label("engagement_state", row.engagement.state)
    due = row.clock.due_at.date().isoformat() if row.clock else ""
    sides = sides_label(row.own_sides)
    made_up = _("Yes") if is_made_up("engagement", row.engagement.engagement_id) else ""
    return [row.engagement.engagement_id, row.title, row.capability, sides, state, due, made_up]


def plain_cell(text: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{text}" if text[:1] in "=+-@\t\r" and text else text


@blueprint.post("/my/engagements/return")
@access.requires(Role.MEMBER, Role.OWNER)
def end_rest() -> ResponseReturnValue:
    own = session.own_organisation().organisation_id
    return_from_rest(backend.writable_database(), own, actor=session.actor(), now=datetime.now(UTC))
    flash(_("Your organisation takes requests again."))
    return redirect(url_for("engagements.list_own"), code=303)


@blueprint.get("/engagements/<engagement_id>")
@access.requires()
def show_engagement(engagement_id: str) -> ResponseReturnValue:
    return engagement_page(engagement_id)


@blueprint.post("/engagements/<engagement_id>/steps/<action>")
@access.requires()
def take_step(engagement_id: str, action: str) -> ResponseReturnValue:
    require_verified()
    given, form = given_step(), f"{action}-{request.form.get('side', '')}"
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        advance(db, engagement_id, action, actor=session.actor(), now=now, given=given)
    except ImpossibleStep as error:
        news = News(form, refusal_words(error), typed_step())
        return engagement_page(engagement_id, news), 422 if error.why in ASKS_AGAIN else 409
    except ChangedMeanwhile:
        news = News(form, changed_words(), typed_step())
        return engagement_page(engagement_id, news), 409
    flash(_("Done. Those concerned are told."))
    return to_engagement(engagement_id)


def require_verified() -> None:
    """Refuse an organisation whose identity nobody has confirmed yet."""
    organisation = session.current_organisation()
    if organisation is not None and not organisation.is_verified:
        raise session.AccessRefused("not_verified")


def changed_words() -> str:
    return _(
        "Somebody acted on this engagement while you were reading it. This is how it stands now; "
        "nothing of yours was done."
    )


def given_step() -> Given:
    """Return what was typed into the form of a step."""
    sent = request.form
    version = sent.get("version", "")
    base, _mark, service = sent.get("service", "").partition("|")
    return Given(
        version=int(version) if version.isdecimal() and len(version) < 10 else None,
        side=sent.get("side", ""),
        reason=sent.get("reason", ""),
        declines=tuple(sent.getlist("declines"))[:10],
        note=sent.get("note", "")[:1000],
        tell_other=sent.get("tell_other") == "yes",
        agrees=sent.get("agrees") == "yes",
        terms_version=TERMS_VERSION,
        pilot_base_id=base,
        service_id=service,
    )


def typed_step() -> dict[str, object]:
    sent = request.form
    typed: dict[str, object] = {name: sent.get(name, "")[:1000] for name in TYPED}
    return {
        **typed,
        "declines": sent.getlist("declines"),
        "silent": [] if sent.get("tell_other") == "yes" else ["yes"],
    }


def to_engagement(engagement_id: str, anchor: str | None = None) -> ResponseReturnValue:
    goal = url_for("engagements.show_engagement", engagement_id=engagement_id, _anchor=anchor)
    return redirect(goal, code=303)


@blueprint.post("/engagements/<engagement_id>/consents/<step>")
@access.requires()
def change_consent(engagement_id: str, step: str) -> ResponseReturnValue:
    """Agree to a step of disclosure, or take an earlier consent back for the future."""
    require_verified()
    db, actor, now = backend.writable_database(), session.actor(), datetime.now(UTC)
    terms = TERMS_VERSION if request.form.get("agrees") == "yes" else ""
    try:
        if request.form.get("act") == "take_back":
            take_back_consent(db, engagement_id, step, actor=actor, now=now)
            flash(_("Taken back. From now on it is no longer shown."))
        else:
            give_consent(db, engagement_id, step, terms_version=terms, actor=actor, now=now)
            flash(_("Agreed. The other side is told."))
    except ImpossibleStep as error:
        status = 422 if error.why in ASKS_AGAIN else 409
        return engagement_page(engagement_id, News(f"{step}-", refusal_words(error))), status
    return to_engagement(engagement_id, "disclosure")


@blueprint.post("/engagements/<engagement_id>/messages")
@access.requires()
def write_message(engagement_id: str) -> ResponseReturnValue:
    require_verified()
    text, now = request.form.get("text", ""), datetime.now(UTC)
    try:
        send_message(
            backend.writable_database(), engagement_id, text, actor=session.actor(), now=now
        )
    except InvalidRecord as error:
        problem = " ".join(messages(error.errors.get("text")))
        return engagement_page(engagement_id, News("message", problem, {"text": text})), 422
    except ImpossibleStep as error:
        news = News("message", refusal_words(error), {"text": text})
        return engagement_page(engagement_id, news), 409
    return to_engagement(engagement_id, "messages")


@blueprint.get("/engagements/<engagement_id>/evidence/<attachment_id>")
@access.requires()
def download_evidence(engagement_id: str, attachment_id: str) -> ResponseReturnValue:
    """Give a file of the capability's evidence to the parties, once it is disclosed to them."""
    shown = shown_engagement(engagement_id)
    if attachment_id not in shown.seen.evidence_files.values():
        raise UnknownRecord("attachment", attachment_id)
    about = "capability", shown.engagement.capability_id
    return as_download(read_attachment(backend.database(), *about, attachment_id))


@blueprint.get("/engagements/<engagement_id>/files/<attachment_id>")
@access.requires()
def download_file(engagement_id: str, attachment_id: str) -> ResponseReturnValue:
    """Give a file of the need to who may see it now: after the third step of disclosure."""
    shown = shown_engagement(engagement_id)
    if attachment_id not in shown.seen.attachment_ids:
        raise UnknownRecord("attachment", attachment_id)
    need_id = shown.engagement.need_id
    return as_download(read_attachment(backend.database(), "need", need_id, attachment_id))
