"""How likely each side of a match accepts, in words, with how far that can be believed.

The figures come with the match; what they rest on is in the record of the model that made it. Where
too few answers were given there is no figure, and the words say so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask_babel import format_number

from matcher.errors import MatcherError
from matcher.ranking.results import Match
from matcher.ranking.sides import MIN_ANSWERS
from web import backend
from web.i18n import gettext as _
from web.presenters import percent

POINTS = 100.0


@dataclass(frozen=True)
class SideLine:
    """One side: who, how likely, and on how many answers it rests."""

    who: str
    share: str
    about: str


@dataclass(frozen=True)
class SideWords:
    """What the page says: a line for each side that is known, and a sentence about them all."""

    lines: tuple[SideLine, ...]
    trust: str
    is_synthetic: bool = False


def init_app(app: Flask) -> None:
    app.jinja_env.globals["side_words"] = side_words


def side_words(match: Match, *, is_kept: bool = False) -> SideWords | None:
    """Return the words for a match; None for a kept one of which nothing was known.

    Parameters
    ----------
    is_kept : bool
        The match was kept when it was shown: another model may have made it, so that what the
        figures rest on is not told.
    """
    record = {} if is_kept else serving_record()
    known = {str(one["side"]): one for one in record.get("sides", ())}
    shares = {
        "need": (_("The enterprise accepts"), match.probability_need),
        "provider": (_("The provider accepts"), match.probability_provider),
        "joint": (_("Both accept"), match.probability_joint),
    }
    lines = tuple(
        SideLine(who, percent(share), about_words(known.get(side)))
        for side, (who, share) in shares.items()
        if share is not None
    )
    if not lines:
        return None if is_kept else SideWords((), unknown_words(known))
    trust = _(
        "Learned from what was answered to matches with a score like this one; silence counts as "
        "no answer. Like the score, it depends on who else is listed."
    )
    return SideWords(lines, trust, bool(record.get("synthetic")))


def serving_record() -> Mapping[str, Any]:
    """Return the record of the model that serves, nothing where none can be used."""
    try:
        return backend.matching().model_info
    except MatcherError:
        return {}


def about_words(record: Mapping[str, Any] | None) -> str:
    """Return on how many answers a side's figure rests, and how far off it is."""
    if record is None:
        return ""
    n = format_number(int(record["n"]))
    if record["calibration_error"] is None:
        return _("from %(n)s answers", n=n)
    off = f"{record['calibration_error'] * POINTS:.1f}"
    return _("from %(n)s answers, off by %(off)s points on average", n=n, off=off)


def unknown_words(known: Mapping[str, Mapping[str, Any]]) -> str:
    n = max((int(one["n"]) for one in known.values()), default=0)
    if not n:
        return _("Not known yet: the platform has no answers of its own that this model has "
                 "learned from. A figure for each side takes %(needed)s answers.",
                 needed=MIN_ANSWERS)  # fmt: skip
    return _("Not known yet: %(n)s answers so far, a figure for each side takes %(needed)s with "
             "enough of either kind.", n=format_number(n), needed=MIN_ANSWERS)  # fmt: skip
