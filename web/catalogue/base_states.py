"""In what state a base stands to a need: applied for today, known by name only, planned, barred.

One word a state, so that no page says in one place that there is no base and names one in another.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flask import Flask

from matcher.ranking.bases.checks import OPEN
from matcher.ranking.results import BaseMatch, Contribution, HardCheck, Match
from matcher.records import PilotBase
from web.i18n import gettext as _
from web.presenters import label

OPEN_TO_ALL, ASK, BARRED = "open", "ask", "barred"
NAME_ONLY, PLANNED = "name_only", "planned"
CLOSED_STATUSES = frozenset(
    status for status, (result, *_said) in OPEN.items() if result == "failed"
)
STATE_OF = {"base_known_by_name_only": NAME_ONLY, "base_not_open_yet": PLANNED}
STYLES = {
    OPEN_TO_ALL: "ok",
    ASK: "warn",
    BARRED: "failed",
    NAME_ONLY: "unverified",
    PLANNED: "warn",
}


@dataclass(frozen=True, slots=True)
class BaseState:
    """What is said of a base before anything else, and how it looks."""

    code: str
    words: str
    style: str
    checks: tuple[HardCheck, ...]  # what the words do not say yet

    @property
    def can_host(self) -> bool:
        """Whether a pilot could be applied for, as far as anything is published."""
        return self.code in {OPEN_TO_ALL, ASK}


def base_state(match: BaseMatch) -> BaseState:
    """Say in what state a base is; a base that is not open yet offers nothing that could fail."""
    closed = next((c.reason_code for c in match.checks if c.reason_code in STATE_OF), "")
    if closed:
        return _state(STATE_OF[closed], ())
    doubtful = tuple(check for check in match.checks if check.status != "passed")
    if any(check.status == "failed" for check in doubtful):
        return _state(BARRED, doubtful)
    is_open = match.service_id and not any(check.name == "open" for check in doubtful)
    return _state(OPEN_TO_ALL if is_open else ASK, doubtful)


def _state(code: str, checks: tuple[HardCheck, ...]) -> BaseState:
    words = {
        OPEN_TO_ALL: _("service published"),
        ASK: _("ask the base"),
        BARRED: _("none adequate: a condition fails"),
        NAME_ONLY: _("known by name only; cannot be applied to yet"),
        PLANNED: _("planned; cannot be applied to yet"),
    }
    return BaseState(code, words[code], STYLES[code], checks)


def fitting_bases(bases: Sequence[BaseMatch]) -> list[BaseMatch]:
    """Return the base services where a pilot could be applied for, best first."""
    return [one for one in bases if base_state(one).can_host]


def takes_no_applications(base: PilotBase) -> bool:
    """Whether a base is only planned or known by name, so that nobody can apply to it."""
    return base.status in CLOSED_STATUSES


def status_words(base: PilotBase) -> tuple[str, str]:
    """Return what a base's status means to somebody who wants a pilot, and how it looks."""
    if takes_no_applications(base):
        state = _state(base.status, ())
        return state.words, state.style
    return label("base_status", base.status), "ok" if base.status == "launched" else "warn"


def base_reasons(match: BaseMatch, limit: int) -> list[Contribution]:
    """Return what speaks most for a base; all of it is declared, so a reason needs no value."""
    adding = [one for one in match.contributions if one.bits > 0]
    return sorted(adding, key=lambda term: -term.bits)[:limit]


def names_a_base(matches: Iterable[Match]) -> bool:
    """Whether any suggestion of a list names a base, if the need itself has none."""
    return any(match.bases for match in matches)


def init_app(app: Flask) -> None:
    for function in (
        base_state,
        base_reasons,
        fitting_bases,
        names_a_base,
        status_words,
        takes_no_applications,
    ):
        app.jinja_env.globals[function.__name__] = function
