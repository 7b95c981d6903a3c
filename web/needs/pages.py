"""A need as its readers see it, with questions and answers."""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import g, render_template, url_for

from matcher.identity import Side
from matcher.intake.secrecy import SecrecyCheck
from matcher.schemas.organisation import OrganisationSchema
from matcher.workflow.engagements.need_view import need_for_party
from matcher.workflow.needs.disclosure import ShownNeed, show_need
from matcher.workflow.needs.questions import shown_questions
from matcher.workflow.needs.states import ANSWERABLE
from web import backend, session
from web.engagements.page import facts
from web.needs.answers import sections_of

# Said elsewhere on the page, or of no use to a reader.
NOT_LISTED = frozenset({"title", "title_en", "problem", "problem_en", "visibility", "reply_by"})


@dataclass(slots=True)
class QuestionNews:
    """What the page says of a question or an answer that was not accepted."""

    typed: str = ""
    problems: list[str] = field(default_factory=list)
    secrecy: SecrecyCheck | None = None
    answered_id: str = ""  # the question that was being answered; empty: a new one


def reader_provider() -> str:
    """Return the catalogue entry of the organisation that reads, if it has one."""
    organisation = session.current_organisation()
    return "" if organisation is None else organisation.provider_id


def need_page(need_id: str, news: QuestionNews | None = None) -> str:
    """Render a need with as much as this reader may see; unknown where that is nothing."""
    db, account = backend.database(), session.current_account()
    shown = show_need(db, need_id, account, reader_provider())
    party = need_for_party(db, shown, session.actor()) if account is not None else None
    shown = party.shown if party else shown
    g.own_address = (url_for("needs.show_need", need_id=need_id), [])
    sees_all = shown.is_own or shown.may_manage
    questions = shown_questions(db, need_id, sees_all=sees_all, with_hidden=shown.may_manage)
    return render_template(
        "pages/needs/show.html",
        shown=shown,
        need=shown.need,
        sections=sections_of(shown.need, stated_only=True, without=NOT_LISTED),
        questions=questions,
        news=news or QuestionNews(),
        party=party,
        contact=facts(OrganisationSchema, party.seen.enterprise) if party and party.is_open else [],
        is_answerable=shown.state in ANSWERABLE,
        may_ask=may_ask(shown),
    )


def may_ask(shown: ShownNeed) -> bool:
    organisation = session.current_organisation()
    return (
        organisation is not None
        and organisation.acts_as(Side.PROVIDER)
        and organisation.is_verified
        and not shown.is_own
        and shown.state in ANSWERABLE
    )
