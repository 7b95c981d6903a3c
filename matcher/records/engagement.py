"""What follows a match: the handshake of both sides, its clock, its steps and its consents."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Engagement:
    """Two sides, and later a base, on their way from a match to an outcome."""

    engagement_id: str
    need_id: str
    need_version: int
    need_organisation_id: str
    provider_id: str
    capability_id: str
    capability_version: int
    provider_organisation_id: str = ""  # empty: the provider has no account, a broker acts for it
    state: str = "shown"  # vocabulary engagement_state
    version: int = 1  # raised by every step, so that of two at once only one is taken
    origin: str = "system"  # vocabulary match_origin
    match_list_id: int | None = None
    rank: int | None = None
    probability: float | None = None
    pilot_base_id: str = ""
    service_id: str = ""
    base_organisation_id: str = ""
    broker_id: str = ""
    close_cause: str = ""  # vocabulary close_cause
    created_at: datetime | None = None
    updated_at: datetime | None = None

    def organisation_of(self, side: str) -> str:
        """Return the id of the organisation on a side, or an empty text."""
        return {
            "need": self.need_organisation_id,
            "provider": self.provider_organisation_id,
            "base": self.base_organisation_id,
        }.get(side, "")


@dataclass(frozen=True, slots=True)
class Transition:
    """One step of an engagement that was taken."""

    sequence: int
    action: str
    from_state: str
    to_state: str
    side: str
    actor: str
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Clock:
    """Somebody's answer that is waited for, and what happens next if it does not come."""

    clock_id: int
    object_kind: str  # engagement | appeal | need
    object_id: str
    kind: str  # vocabulary clock_kind
    waits_for: tuple[str, ...]  # sides
    started_at: datetime
    due_at: datetime
    next_at: datetime  # when the next reminder, escalation or closure comes
    n_reminders: int = 0
    is_provisional: bool = False  # the holidays of that year are not announced yet
    escalated_at: datetime | None = None
    ended_at: datetime | None = None
    ended_by: str = ""  # answered | lapsed | superseded


@dataclass(frozen=True, slots=True)
class Consent:
    """What one side agreed to, and until when."""

    consent_id: int
    engagement_id: str
    side: str
    step: str  # vocabulary consent_step
    terms_version: str
    given_by: str
    given_at: datetime
    revoked_by: str = ""
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Decline:
    """Why a side declined; ``codes`` are of the vocabulary decline_reason."""

    codes: tuple[str, ...]
    note: str = ""
    tell_other: bool = True
    side: str = ""


@dataclass(frozen=True, slots=True)
class EngagementMessage:
    """What one side wrote to the others."""

    message_id: int
    engagement_id: str
    side: str
    author: str
    text: str
    sent_at: datetime


@dataclass(frozen=True, slots=True)
class Meeting:
    """A meeting that one side proposed, with three times to choose from."""

    meeting_id: str
    engagement_id: str
    proposed_by: str  # a side
    topic: str
    place: str
    minutes: int
    slots: tuple[datetime, ...]
    state: str = "proposed"  # proposed | accepted | refused | cancelled
    chosen: int | None = None  # index into slots
    sequence: int = 0  # raised by every change, as calendars want it
    created_at: datetime | None = None
