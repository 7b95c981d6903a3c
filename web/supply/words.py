"""What topics and open calls are called: fields as words, states, why a step is refused."""

from __future__ import annotations

from flask_babel import ngettext

from matcher.errors import ImpossibleStep
from matcher.records.open_call import PUBLISHED_FROM
from matcher.store.open_calls import OpenCall
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import industry_label, label, money

STATE_TAGS = {"draft": "tag-none", "open": "tag-ok", "answered": "tag-ok", "closed": "tag-none"}


def state_words(state: str) -> str:
    words = {
        "draft": _("draft"),
        "open": _("open for answers"),
        "answered": _("answered, still open"),
        "closed": _("call closed"),
    }
    return words.get(state, state)


def industry_words(code: str) -> str:
    return industry_label(code) if code else _("industry not stated")


def task_words(code: str) -> str:
    return label("ai_task", code) if code else _("AI task not stated")


def topic_words(industry: str, task: str) -> str:
    """Return what a topic is called, such as: Steel · visual inspection."""
    return f"{industry_words(industry)} · {task_words(task)}"


def blocking_words(code: str) -> str:
    return label("blocking_constraint", code)


def title_of(call: OpenCall) -> str:
    """Return a call's title in the page's language, or in the one that it has."""
    return call.title if language() == "zh" or not call.title_en else call.title_en


def text_of_call(call: OpenCall) -> str:
    return call.text if language() == "zh" or not call.text_en else call.text_en


def enterprises_words(call: OpenCall) -> str:
    """Return how many enterprises wait, as everybody may know it."""
    n = call.public_enterprises
    if n is None:
        return _("fewer than %(number)s enterprises", number=PUBLISHED_FROM)
    return str(ngettext("%(num)s enterprise", "%(num)s enterprises", n))


def budget_words(call: OpenCall) -> str:
    """Return what waits, as everybody may know it, or why that is not told."""
    budget = call.public_budget_cny
    if budget is None:
        return _(
            "not published: fewer than %(number)s enterprises state one that no other call tells",
            number=PUBLISHED_FROM,
        )
    return money(budget)


def changed_words() -> str:
    return _(
        "This call was saved or answered by somebody else while you were writing. What you typed "
        "is kept below: compare it with the call as it is now, then save again to replace that."
    )


def refusal_words(error: ImpossibleStep) -> str:
    words = {
        "closed": _("This call is closed, or was published meanwhile. Nothing was changed."),
        "too_late": _("The date until which it could be answered is over."),
        "synthetic": _(
            "This call rests on invented needs. It can be published in a demonstration only."
        ),
        "no_public_need": _(
            "No call can be drafted for this topic: each of its needs is for invited providers "
            "only, has ended or is not here any more."
        ),
        "needs_changed": _(
            "Since this was drafted, one of its needs has ended or is not for everybody any more. "
            "Discard this draft and draft the call again."
        ),
        "not_entitled": _("Only reviewers and administrators do this."),
    }
    return words.get(error.why, str(error))
