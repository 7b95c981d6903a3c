"""The states of an engagement as a table: who may do what, what it needs, who is told.

Nothing here reads a database. ``RULES`` is the whole machine; ``WAITS`` says whose answer each
state waits for, so that no engagement that is not over is ever without a next due date.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

NEED, PROVIDER, BASE, BROKER, SYSTEM_SIDE = "need", "provider", "base", "broker", "system"
PARTIES = (NEED, PROVIDER)
ALL_PARTIES = (NEED, PROVIDER, BASE)

SHOWN, NEED_ACCEPTED, PROVIDER_ACCEPTED = "shown", "need_accepted", "provider_accepted"
MUTUAL, REVEALED, TALKS = "mutual", "revealed", "talks"
PILOT_APPLIED, IN_PILOT, CONTRACTED, CLOSED = "pilot_applied", "in_pilot", "contracted", "closed"
STATES = (
    SHOWN,
    NEED_ACCEPTED,
    PROVIDER_ACCEPTED,
    MUTUAL,
    REVEALED,
    TALKS,
    PILOT_APPLIED,
    IN_PILOT,
    CONTRACTED,
    CLOSED,
)
OVER = frozenset({CONTRACTED, CLOSED})
BEFORE_PILOT = (SHOWN, NEED_ACCEPTED, PROVIDER_ACCEPTED, MUTUAL, REVEALED, TALKS, PILOT_APPLIED)
# States that both sides have reached by accepting.
AFTER_MUTUAL = (MUTUAL, REVEALED, TALKS, PILOT_APPLIED, IN_PILOT, CONTRACTED)
AFTER_REVEAL = (REVEALED, TALKS, PILOT_APPLIED, IN_PILOT, CONTRACTED)

# What a step may ask for, besides the state and the side.
NEEDS_REASON = "reason"
NEEDS_DECLINES = "declines"
NEEDS_CONSENT = "consent"
NEEDS_BASE = "base"
NEEDS_SLOT = "slot"
NEEDS_RESULTS = "results"
NEEDS_QUOTA = "quota"
NEEDS_BOTH = "both"  # neither party is suspended
NEEDS_SILENCE = "silence"  # only what was closed for silence opens again
TO_REVEAL = (NEEDS_CONSENT, NEEDS_BOTH)

# Of two rows with the same action and state, the consent of the other party decides.
OTHER_AGREED, OTHER_SILENT = "other_agreed", "other_silent"


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: an action in some states, by some sides, and where it leads."""

    action: str
    sources: tuple[str, ...]
    target: str
    by: tuple[str, ...]
    needs: tuple[str, ...] = ()
    consent: str = ""  # the consent that this step gives
    when: str = ""  # OTHER_AGREED or OTHER_SILENT


RULES: tuple[Rule, ...] = (
    Rule("accept", (SHOWN,), NEED_ACCEPTED, (NEED,), (NEEDS_BOTH, NEEDS_QUOTA)),
    Rule("accept", (SHOWN,), PROVIDER_ACCEPTED, (PROVIDER,), (NEEDS_BOTH, NEEDS_QUOTA)),
    Rule("accept", (NEED_ACCEPTED,), MUTUAL, (PROVIDER,), (NEEDS_BOTH,)),
    Rule("accept", (PROVIDER_ACCEPTED,), MUTUAL, (NEED,), (NEEDS_BOTH,)),
    Rule("consent", (MUTUAL,), MUTUAL, PARTIES, TO_REVEAL, "contact", OTHER_SILENT),
    Rule("consent", (MUTUAL,), REVEALED, PARTIES, TO_REVEAL, "contact", OTHER_AGREED),
    Rule("start_talks", (REVEALED,), TALKS, PARTIES),
    Rule("keep_talking", (TALKS,), TALKS, PARTIES),
    Rule("apply_pilot", (REVEALED, TALKS), PILOT_APPLIED, PARTIES, (NEEDS_BASE,)),
    Rule("withdraw_pilot", (PILOT_APPLIED,), TALKS, PARTIES, (NEEDS_REASON,)),
    Rule("accept_pilot", (PILOT_APPLIED,), IN_PILOT, (BASE,), (NEEDS_SLOT,)),
    Rule("refuse_pilot", (PILOT_APPLIED,), TALKS, (BASE,), (NEEDS_DECLINES,)),
    Rule("finish_pilot", (IN_PILOT,), TALKS, (NEED, BASE), (NEEDS_RESULTS,)),
    Rule("stop_pilot", (IN_PILOT,), TALKS, ALL_PARTIES, (NEEDS_REASON,)),
    Rule("contract", (TALKS,), TALKS, PARTIES, (NEEDS_CONSENT,), "contract", OTHER_SILENT),
    Rule("contract", (TALKS,), CONTRACTED, PARTIES, (NEEDS_CONSENT,), "contract", OTHER_AGREED),
    Rule("decline", BEFORE_PILOT, CLOSED, PARTIES, (NEEDS_DECLINES,)),
    Rule("close", (*BEFORE_PILOT, IN_PILOT), CLOSED, (BROKER,), (NEEDS_REASON,)),
    Rule("lapse", tuple(s for s in BEFORE_PILOT if s != PILOT_APPLIED), CLOSED, (SYSTEM_SIDE,)),
    Rule("lapse_pilot", (PILOT_APPLIED,), TALKS, (SYSTEM_SIDE,)),
    Rule("reopen", (CLOSED,), SHOWN, PARTIES, (NEEDS_SILENCE, NEEDS_BOTH)),
    Rule("reopen", (CLOSED,), SHOWN, (BROKER,), (NEEDS_REASON, NEEDS_BOTH)),
)
ACTIONS = tuple(dict.fromkeys(rule.action for rule in RULES))
CLOSE_CAUSES = {"decline": "declined", "close": "broker", "lapse": "no_answer"}


class Waiting(NamedTuple):
    """Whose answer a state waits for, how long, and what the system does when none comes."""

    kind: str  # vocabulary clock_kind
    sides: tuple[str, ...]
    days: int  # working days
    lapse: str = ""  # an action; empty: the broker is reminded again and again


WAITS: dict[str, Waiting] = {
    SHOWN: Waiting("expire", PARTIES, 20, "lapse"),
    NEED_ACCEPTED: Waiting("reply", (PROVIDER,), 5, "lapse"),
    PROVIDER_ACCEPTED: Waiting("reply", (NEED,), 5, "lapse"),
    MUTUAL: Waiting("consent", PARTIES, 5, "lapse"),
    REVEALED: Waiting("talks", PARTIES, 10, "lapse"),
    TALKS: Waiting("progress", PARTIES, 20, "lapse"),
    PILOT_APPLIED: Waiting("decision", (BASE,), 15, "lapse_pilot"),
    IN_PILOT: Waiting("result", (BASE, NEED), 60),
    CONTRACTED: Waiting("follow_up", (NEED,), 0),  # 90 calendar days; see ``clocks.FOLLOW_UP``
}


def rules_from(state: str, sides: Iterable[str]) -> tuple[Rule, ...]:
    """Return the rows that apply in a state to somebody who stands on some sides.

    Examples
    --------
    >>> [rule.action for rule in rules_from("need_accepted", ["provider"])]
    ['accept', 'decline']
    """
    own = frozenset(sides)
    return tuple(rule for rule in RULES if state in rule.sources and own & set(rule.by))


def possible_actions(state: str, sides: Iterable[str]) -> tuple[str, ...]:
    """Return the names of the steps that a state and a side allow, each once.

    Examples
    --------
    >>> possible_actions("pilot_applied", ["base"])
    ('accept_pilot', 'refuse_pilot')
    """
    return tuple(dict.fromkeys(rule.action for rule in rules_from(state, sides)))


def other_party(side: str) -> str:
    """Return the party across from one of the two parties.

    Examples
    --------
    >>> other_party("need")
    'provider'
    """
    return PROVIDER if side == NEED else NEED
