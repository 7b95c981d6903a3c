"""Say of a need as a whole that nobody was suitable, or that it was met off the platform."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, request
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep, InvalidRecord
from matcher.identity import Side
from matcher.records.pilot import Outcome
from matcher.workflow.engagements.need_outcomes import record_need_outcome
from matcher.workflow.needs.lifecycle import TransitionRefused
from web import access, backend, session
from web.engagements import words
from web.forms import messages
from web.i18n import gettext as _
from web.needs.own import OwnNews, own_need_page, refusal_words
from web.views.my_needs import own_need, to_own_need

blueprint = Blueprint("need_outcomes", __name__)
LONGEST_NOTE, MOST_READ = 1000, 12


@blueprint.post("/my/needs/<need_id>/outcome")
@access.requires(side=Side.ENTERPRISE)
def save_outcome(need_id: str) -> ResponseReturnValue:
    kept, told = own_need(need_id), told_outcome(need_id)
    tells = request.form.get("tell_other") == "yes"
    try:
        ended = record_need_outcome(
            backend.writable_database(),
            need_id,
            told,
            actor=session.actor(),
            now=datetime.now(UTC),
            tells_reasons=tells,
        )
    except InvalidRecord as error:
        return own_need_page(kept, news_of(told, tells, "", error)), 422
    except ImpossibleStep as error:
        return own_need_page(kept, news_of(told, tells, words.refusal_words(error))), 409
    except TransitionRefused as error:
        return own_need_page(kept, news_of(told, tells, refusal_words(error))), 409
    flash(_("Recorded. Thank you: this is how the matching learns."))
    if ended.n_closed:
        told_words = _("Engagements that ended with it: %(count)s. The other sides are told.",
                       count=ended.n_closed)  # fmt: skip
        flash(told_words)
    return to_own_need(need_id)


def told_outcome(need_id: str) -> Outcome:
    sent = request.form
    return Outcome(
        outcome_id="",
        need_id=need_id,
        result=sent.get("result", "")[:40],
        why_not=tuple(sent.getlist("why_not"))[:MOST_READ],
        note=sent.get("note", "").strip()[:LONGEST_NOTE],
    )


def news_of(
    told: Outcome, tells: bool, problem: str = "", error: InvalidRecord | None = None
) -> OwnNews:
    """Return what the page says of a refusal, with everything that was typed."""
    found = error.errors.items() if error else ()
    named = {"result": _("What came of it"), "why_not": _("Reasons")}
    said = [f"{named.get(name, name)}: {text}" for name, all_ in found for text in messages(all_)]
    typed = {"result": told.result, "note": told.note, "tell_other": "yes" if tells else "no"}
    return OwnNews(
        problem=problem or " ".join(said), typed=typed, chosen=told.why_not, about="outcome"
    )
