"""What somebody says with a step, and the step as it is being taken."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import ImpossibleStep
from matcher.identity import Actor
from matcher.records.engagement import Engagement
from matcher.schemas.messages import Problem, problem
from matcher.vocabulary import options
from matcher.workflow.engagements.states import Rule, possible_actions


@dataclass(frozen=True, slots=True)
class Given:
    """What somebody says with a step; a step asks only for some of it."""

    version: int | None = None  # the version that was on the screen; None: whichever stands
    side: str = ""  # for whom, where somebody may act for several sides
    reason: str = ""
    declines: tuple[str, ...] = ()
    note: str = ""
    tell_other: bool = True
    agrees: bool = False
    terms_version: str = ""
    pilot_base_id: str = ""
    service_id: str = ""


NOTHING = Given()


@dataclass(frozen=True, slots=True)
class Asked:
    """A step that somebody wants to take, with all that decides whether it can be taken."""

    db: Database
    engagement: Engagement
    rule: Rule
    side: str
    given: Given
    actor: Actor
    now: datetime


def refused(
    engagement: Engagement, action: str, why: str, sides: tuple[str, ...], **context: Any
) -> ImpossibleStep:
    """Return the error that says why a step is refused and which steps are possible.

    Parameters
    ----------
    why : str
        A code of the vocabulary step_refusal, which has the words in both languages.
    """
    possible = possible_actions(engagement.state, sides)
    return ImpossibleStep(
        action, engagement.state, why, possible, engagement_id=engagement.engagement_id, **context
    )


def unknown_code(vocabulary: str, code: str) -> Problem:
    """Return the problem of a code that its vocabulary does not have, with those that it has."""
    choices = {
        f"choices_{language}": ", ".join(words for _, words in options(vocabulary, language))
        for language in ("zh", "en")
    }
    return problem("unknown_code", code, **choices)
