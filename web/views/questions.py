"""Questions of providers on a need, answers of the enterprise, and what a reviewer hides."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

from flask import Blueprint, flash, redirect, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord
from matcher.identity import Role, Side
from matcher.workflow.drafts.keeping import ClassifiedContent
from matcher.workflow.needs.questions import QuestionRefused, answer, ask, hide
from matcher.workflow.needs.states import Act
from web import access, backend, session
from web.forms import messages
from web.i18n import gettext as _
from web.needs.pages import QuestionNews, need_page

blueprint = Blueprint("questions", __name__)


@blueprint.post("/needs/<need_id>/questions")
@access.requires(side=Side.PROVIDER, verified=True)
def ask_question(need_id: str) -> ResponseReturnValue:
    text, organisation = request.form.get("text", ""), session.own_organisation()

    def act() -> None:
        ask(backend.writable_database(), need_id, organisation, text, act=own_act())

    return answered(need_id, act, text, _("Your question is published. The enterprise is told."))


@blueprint.post("/needs/<need_id>/questions/<question_id>/answer")
@access.requires(side=Side.ENTERPRISE)
def answer_question(need_id: str, question_id: str) -> ResponseReturnValue:
    text = request.form.get("text", "")

    def act() -> None:
        answer(backend.writable_database(), need_id, question_id, text, act=own_act())

    said = _("Your answer is published. Who asked is told.")
    return answered(need_id, act, text, said, question_id)


@blueprint.post("/needs/<need_id>/questions/<question_id>/hide")
@access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
def hide_question(need_id: str, question_id: str) -> ResponseReturnValue:
    reason = request.form.get("reason", "").strip()[:500]

    def act() -> None:
        hide(backend.writable_database(), need_id, question_id, act=own_act(reason))

    return answered(need_id, act, reason, _("Done. The audit trail says why."), question_id)


def own_act(reason: str = "") -> Act:
    return Act(session.actor(), datetime.now(UTC), reason)


def answered(
    need_id: str, act: Callable[[], None], typed: str, said: str, question_id: str = ""
) -> ResponseReturnValue:
    """Do it and lead back to the need, or show the need with what was typed and what is wrong."""
    news = QuestionNews(typed=typed, answered_id=question_id)
    try:
        act()
    except InvalidRecord as error:
        news.problems = [text for found in error.errors.values() for text in messages(found)]
        return need_page(need_id, news), 422
    except ClassifiedContent as error:
        news.secrecy = error.check
        return need_page(need_id, news), 422
    except QuestionRefused as error:
        news.problems = [refusal_words(error)]
        return need_page(need_id, news), 409
    flash(said)
    goal = url_for("needs.show_need", need_id=need_id, _anchor=question_id or "questions")
    return redirect(goal, code=303)


def refusal_words(error: QuestionRefused) -> str:
    words = {
        "closed": _("This need takes no questions or answers any more."),
        "not_entitled": _("This is for verified providers and the enterprise alone."),
        "own_need": _("This is your own need."),
        "too_many": _("You have asked ten questions on this need already."),
        "reason_missing": _("Say why; the reason is kept in the audit trail."),
    }
    return words[error.why]
