"""How the parts of a round are called: its phase, its rules, why something is refused."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from matcher.allocation.inputs import ALGORITHM, FIRST_ALGORITHM
from matcher.errors import ImpossibleStep
from matcher.store.jobs import Job
from matcher.store.rounds import Round
from matcher.workflow.jobs import OPEN_ROUND
from matcher.workflow.rounds.lifecycle import OPEN
from web.i18n import gettext as _
from web.presenters import label

PHASES = ("draft", "open", "closed", "preview", "published")
LOOKS = {"open": "warn", "closed": "warn", "frozen": "warn", "preview": "warn", "published": "ok"}


def phase_of(found: Round, now: datetime) -> str:
    """Return where a round stands: its state, and by the clock before and after the statements."""
    if found.state != OPEN:
        return found.state
    if now < found.opens_at:
        return "announced"
    return "open" if now < found.closes_at else "closed"


def phase_words(phase: str) -> str:
    words = {
        "draft": _("draft"),
        "announced": _("announced"),
        "open": _("statements open"),
        "closed": _("statements closed"),
        "frozen": _("inputs frozen"),
        "preview": _("solved, not published"),
        "published": _("result published"),
        "cancelled": _("called off"),
    }
    return words.get(phase, phase)


def phase_look(phase: str) -> str:
    return LOOKS.get(phase, "none")


def steps_of(phase: str) -> list[tuple[str, bool]]:
    """Return the steps of a round with the one at which it stands."""
    at = {"announced": "open", "frozen": "closed"}.get(phase, phase)
    words = {
        "draft": _("Choose and set rules"),
        "open": _("Statements"),
        "closed": _("Freeze and solve"),
        "preview": _("Look and adjust"),
        "published": _("Publication"),
    }
    return [(words[name], name == at) for name in PHASES]


def mode_words(mode: str, algorithm: int = ALGORITHM) -> tuple[str, str]:
    """Return the name of a mode and what it promises."""
    words = {
        "optimal": _(
            "The highest expected number of successes over all placements together, with the "
            "stated bonuses. Exact, by integer programming."
        ),
        "stable": _first_stable_words()
        if algorithm == FIRST_ALGORITHM
        else _(
            "Enterprises propose in the order of their wishes; then whoever would still gain by "
            "agreeing gets the seats, until no placement is left that all its sides would rather "
            "have. Where three sides decide, such a result need not exist: the result says so and "
            "counts what is left."
        ),
        "ordered": _(
            "Needs choose one after the other by one published order of points. Nobody is left "
            "who would gain on all sides; of the wishes of providers only a no counts."
        ),
    }
    return label("round_mode", mode), words.get(mode, "")


def _first_stable_words() -> str:
    return _(
        "Enterprises propose in the order of their wishes. Between needs and providers no pair "
        "is left that would rather have each other; where places at bases are scarce, too, "
        "what is left is counted and shown."
    )


def stability_words(stability: str) -> str:
    """Return what is known of what blocks in a stable round; empty for any other."""
    words = {
        "nothing_blocks": _("Nothing blocks: no placement is left that all its sides would rather "
                            "have."),
        "none_exists": _("For these needs, providers and places no result exists in which nothing "
                         "blocks. This is proved; fewer than are counted here cannot be reached."),
        "not_found": _("No result was found in which nothing blocks. Whether one exists could not "
                       "be decided for a round of this size; what is left is counted here."),
    }  # fmt: skip
    return words.get(stability, "")


def refusal_words(error: ImpossibleStep) -> str:
    return label("step_refusal", error.why)


def job_words(job: Job) -> str:
    if job.kind == OPEN_ROUND:
        return _("Work out who could be placed with whom, and publish the rules")
    return _("Freeze the inputs and solve the round")


def stage_words(job: Job) -> str:
    words = {
        "start": _("beginning"),
        "models": _("loading the model and the catalogue"),
        "pairs": _("reading needs: who could be placed with whom"),
        "solve": _("solving, and explaining every result"),
    }
    return words.get(job.stage, job.stage)


def offer_words(state: str) -> str:
    words = {
        "offered": _("to be confirmed"),
        "taken_up": _("taken up"),
        "given_up": _("given up"),
    }
    return words.get(state, state)


def offer_look(state: str) -> str:
    return {"taken_up": "ok", "offered": "warn"}.get(state, "none")


def party_words(kind: str) -> str:
    words = {
        "need": _("Enterprises' needs"),
        "provider": _("Providers"),
        "place": _("Places at bases"),
    }
    return words.get(kind, kind)


def reason_words(one: Any) -> str:
    """Return the label of the reason why a party got nothing."""
    return label("unmatched_reason", one.reason)
