"""The supply gap, for reviewers and administrators: needs that find nobody, drafting a call."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.identity import Role
from matcher.store.supply_gaps import count_closed
from matcher.workflow.needs.states import Act
from matcher.workflow.supply.gaps import find_topic, topics_now
from matcher.workflow.supply.open_calls import draft_call
from web import access, backend, session
from web.i18n import gettext as _
from web.supply import gaps, words

blueprint = Blueprint("supply_gaps", __name__)
STAFF = access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
REPORT = "report"


@blueprint.get("/supply-gaps")
@STAFF
def show_gaps() -> ResponseReturnValue:
    return gaps_page()


def gaps_page(problem: str = "") -> str:
    g.own_address = (url_for("supply_gaps.show_gaps"), [])
    db = backend.database()
    topics, called = topics_now(db), gaps.called_needs()
    return render_template(
        "pages/supply/gaps.html",
        rows=[(topic, gaps.lines_of(topic), gaps.call_of(topic, called)) for topic in topics],
        n_needs=sum(len(topic.gaps) for topic in topics),
        n_enterprises=len({gap.organisation_id for topic in topics for gap in topic.gaps}),
        budget=sum(sum(topic.budgets) for topic in topics),
        closed=count_closed(db),
        reported=gaps.reported_topics(),
        problem=problem,
        words=words,
    )


@blueprint.post("/supply-gaps/draft")
@STAFF
def draft() -> ResponseReturnValue:
    """Draft an open call for a topic: of now, or of the last kept report."""
    db, code = backend.writable_database(), request.form.get("topic", "")
    synthetic = False
    if request.form.get("source") == REPORT:
        reported = gaps.reported_topics()
        figure = gaps.find_figure(reported, code)
        synthetic = reported is not None and reported.snapshot.synthetic
    else:
        topic = find_topic(topics_now(db), code)
        figure = topic.figure if topic else None
    if figure is None:
        raise UnknownRecord("topic", code)
    act = Act(session.actor(), datetime.now(UTC))
    try:
        call = draft_call(db, figure, synthetic=synthetic, act=act)
    except ImpossibleStep as error:
        return gaps_page(words.refusal_words(error)), 409
    flash(_("Drafted. Read it, add a date and a contact, then publish it."))
    return redirect(url_for("open_calls.edit_call", call_id=call.call_id), code=303)
