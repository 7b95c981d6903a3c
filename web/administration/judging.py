"""Words of the judging screen: grades, and why a grade was not taken."""

from __future__ import annotations

from matcher.workflow.learning.judging import JudgingRefused
from web.i18n import gettext as _


def grades() -> list[tuple[str, str, str]]:
    """Return the scale: value, word, what it means."""
    return [
        ("0", _("Does not fit"), _("another problem, or it plainly could not do this")),
        ("1", _("Touches it"), _("a part of the problem, or much would have to be made")),
        ("2", _("Fits"), _("the problem, with some adaptation; worth a talk")),
        ("3", _("Fits wholly"), _("just this, shown in a comparable place; a first choice")),
    ]


def refusal_words(error: JudgingRefused) -> str:
    words = {
        "no_grade": _("Choose a grade from 0 to 3."),
        "unknown_requirement": _("This need has no such requirement line. Choose another one."),
        "graded_already": _("You have graded this pair already."),
        "nothing_to_draw": _("There is nothing left to draw: every pair looked at is graded."),
        "nothing_to_take_back": _("You have given no grade that could be taken back."),
    }
    return words.get(error.why, str(error))
