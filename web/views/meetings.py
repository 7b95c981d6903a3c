"""Meetings inside an engagement: three times to choose from, and a file for the calendar."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, flash, request
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.store.conversations import read_meeting
from matcher.workflow.engagements.disclosure import SUMMARY
from matcher.workflow.engagements.talks import (
    N_SLOTS,
    Proposal,
    answer_meeting,
    meeting_file,
    propose_meeting,
)
from web import access, backend, session
from web.engagements.page import News, engagement_page, shown_engagement
from web.engagements.words import refusal_words
from web.i18n import gettext as _
from web.moments import CHINA
from web.views.engagements import require_verified, to_engagement

blueprint = Blueprint("meetings", __name__)
FIELDS = ("topic", "place", "minutes", *(f"slot-{number}" for number in range(N_SLOTS)))


@blueprint.post("/engagements/<engagement_id>/meetings")
@access.requires()
def propose(engagement_id: str) -> ResponseReturnValue:
    require_verified()
    typed = {name: request.form.get(name, "")[:200] for name in FIELDS}
    db, now = backend.writable_database(), datetime.now(UTC)
    try:
        propose_meeting(db, engagement_id, proposal_of(typed), actor=session.actor(), now=now)
    except InvalidRecord as error:
        news = News("meeting", meeting_words(error), typed)
        return engagement_page(engagement_id, news), 422
    except ImpossibleStep as error:
        return engagement_page(engagement_id, News("meeting", refusal_words(error), typed)), 409
    flash(_("Proposed. The other side chooses one of the three times."))
    return to_engagement(engagement_id, "meetings")


def proposal_of(typed: dict[str, str]) -> Proposal:
    """Return a meeting as typed; what is no time is left out, so that three are missing."""
    slots = tuple(filter(None, (time_of(typed[f"slot-{n}"]) for n in range(N_SLOTS))))
    minutes = typed["minutes"].strip()
    length = int(minutes) if minutes.isdecimal() and len(minutes) < 6 else 0
    return Proposal(typed["topic"], slots, length, typed["place"])


def time_of(text: str) -> datetime | None:
    """Return a time of day in China as typed into a field of the browser, or None."""
    try:
        return datetime.fromisoformat(text.strip()).replace(tzinfo=CHINA)
    except ValueError:
        return None


def meeting_words(error: InvalidRecord) -> str:
    if "minutes" in error.errors:
        return _("Give the length in minutes, from 10 to 480.")
    return _("Give three different times from now to ninety days ahead.")


@blueprint.post("/engagements/<engagement_id>/meetings/<meeting_id>")
@access.requires()
def answer(engagement_id: str, meeting_id: str) -> ResponseReturnValue:
    """Choose one of the three times, or none of them."""
    require_verified()
    db, now, wish = backend.writable_database(), datetime.now(UTC), request.form.get("chosen", "")
    chosen = int(wish) if wish in {"0", "1", "2"} else None
    try:
        answer_meeting(db, meeting_id, chosen, actor=session.actor(), now=now)
    except ImpossibleStep as error:
        return engagement_page(engagement_id, News("meeting", refusal_words(error))), 409
    flash(_("Done. Those concerned are told."))
    return to_engagement(engagement_id, "meetings")


@blueprint.get("/meetings/<meeting_id>.ics")
@access.requires()
def download_meeting(meeting_id: str) -> ResponseReturnValue:
    db, viewer = backend.database(), session.actor()
    shown = shown_engagement(read_meeting(db, meeting_id).engagement_id)
    if shown.seen.step == SUMMARY:  # a consent was taken back since
        raise UnknownRecord("meeting", meeting_id)
    content = meeting_file(db, meeting_id, viewer=viewer, now=datetime.now(UTC))
    answer = Response(content, content_type="text/calendar; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{meeting_id}.ics"'
    answer.headers["Cache-Control"] = "private, no-store"
    return answer
