"""What an engagement is called: whose turn it is, what comes next, why a step is refused."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime

from flask import Flask

from matcher.errors import ImpossibleStep
from matcher.records.engagement import Clock, Engagement
from matcher.workflow.engagements import states
from matcher.workflow.engagements.fields import ShownField
from matcher.workflow.working_days import working_days_between
from web.comparison import SEPARATOR, item_words
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import label

LOOKS = {
    "shown": "none",
    "need_accepted": "warn",
    "provider_accepted": "warn",
    "mutual": "warn",
    "pilot_applied": "warn",
    "closed": "none",
}


def state_look(state: str) -> str:
    """Return how the tag of a state looks; what goes well is green, what waits is amber."""
    return LOOKS.get(state, "ok")


def side_label(side: str) -> str:
    return label("engagement_side", side)


def sides_label(sides: Iterable[str]) -> str:
    return _(", ").join(side_label(side) for side in sides)


def refusal_words(error: ImpossibleStep) -> str:
    """Say why a step is refused and which ones are possible instead."""
    words = label("step_refusal", error.why)
    possible = _(", ").join(label("engagement_action", one) for one in error.possible)
    if error.why in ("wrong_state", "wrong_side", "already_done") and possible:
        return _("%(why)s. Possible now: %(steps)s.", why=words, steps=possible)
    return words


def days_left(clock: Clock | None, now: datetime | None = None) -> int | None:
    """Return the working days until an answer is due; negative once it is over."""
    if clock is None:
        return None
    at = now or datetime.now(UTC)
    if clock.due_at >= at:
        return working_days_between(at, clock.due_at)
    return -max(1, working_days_between(clock.due_at, at))


def due_words(clock: Clock | None) -> str:
    """Say how long is left, in working days."""
    left = days_left(clock)
    if left is None:
        return ""
    if left < 0:
        return _("overdue by working days: %(days)s", days=-left)
    return _("due today") if left == 0 else _("working days left: %(days)s", days=left)


def next_words(engagement: Engagement, is_awaited: bool) -> str:
    """Say what comes next, to the one who is awaited or to the one who waits."""
    if is_awaited:
        words = {
            states.SHOWN: _("Say whether you are interested. Nobody is bound by it."),
            states.NEED_ACCEPTED: _("The enterprise is interested. Accept or decline."),
            states.PROVIDER_ACCEPTED: _("A provider says it can answer. Accept or decline."),
            states.MUTUAL: _("Both are interested. Agree to show your name and contact."),
            states.REVEALED: _("You know each other now. Write, propose a meeting, start talks."),
            states.TALKS: _("Tell how it goes on: a pilot, a contract, or still talking."),
            states.PILOT_APPLIED: _("A pilot is applied for at your base. Accept or refuse it."),
            states.IN_PILOT: _("Record what was measured, requirement by requirement."),
            states.CONTRACTED: _("Ninety days after the contract: say what has become of it."),
        }
        return words.get(engagement.state, "")
    words = {
        states.SHOWN: _("Neither side has said yet that it is interested."),
        states.NEED_ACCEPTED: _("The provider has been asked and decides."),
        states.PROVIDER_ACCEPTED: _("The enterprise has been asked and decides."),
        states.MUTUAL: _("The other side decides whether to show its name and contact."),
        states.PILOT_APPLIED: _("The pilot base decides."),
        states.IN_PILOT: _("The pilot runs; its results are recorded line by line."),
        states.CONTRACTED: _("Contracted. The enterprise is asked again after ninety days."),
        states.CLOSED: _("This engagement is over."),
    }
    return words.get(engagement.state, _("The talks go on."))


def field_words(schema: type, field: ShownField) -> list[str]:
    """Return the value of a shown field as a reader understands it, one text a line."""
    definition = schema().fields[field.name]
    value = field.value
    items = value if isinstance(value, list | tuple) else [value]
    if definition.kind == "records":
        return [str(line.get("text") or line.get("name") or "") for line in items if line]
    words = [item_words(definition, field.name, item) for item in items]
    long_ones = any(len(text) > 40 for text in words)
    return words if long_ones else [SEPARATOR[language()].join(words)]


def shown_label(field: ShownField) -> str:
    return field.label_zh if language() == "zh" else field.label_en


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(state_look=state_look, days_left=days_left, due_words=due_words)
