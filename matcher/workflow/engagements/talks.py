"""Messages inside an engagement, and meetings with three times to choose from.

Until both agreed to show who they are, what is written is stored masked: what is not stored cannot
be shown by mistake. The writer sees the same text.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from icalendar import Calendar, Event
from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Actor
from matcher.intake.personal import mask
from matcher.records.engagement import Engagement, EngagementMessage, Meeting
from matcher.schemas.messages import problem
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.consents import standing_consents
from matcher.store.conversations import (
    add_meeting,
    add_message,
    change_meeting,
    list_messages,
    read_meeting,
)
from matcher.store.ownership import is_made_up
from matcher.workflow.engagements import states, wording
from matcher.workflow.engagements.asked import refused
from matcher.workflow.engagements.disclosure import FOR_DETAILS
from matcher.workflow.engagements.parties import engagement_for, sides_of
from matcher.workflow.engagements.steps import advance
from matcher.workflow.engagements.telling import (
    day_words,
    said,
    sides_present,
    tell_sides,
    titles_of,
)
from matcher.workflow.engagements.wording import side_words
from matcher.workflow.messages.notifying import MARK_EN, MARK_ZH
from matcher.workflow.needs.disclosure import names_of
from matcher.workflow.new_ids import new_id

LONGEST_MESSAGE = 4000
N_SLOTS = 3
SHORTEST_MEETING, LONGEST_MEETING = 10, 480  # minutes
FARTHEST_MEETING = timedelta(days=90)


@dataclass(frozen=True, slots=True)
class Proposal:
    """A meeting as somebody proposes it."""

    topic: str
    slots: tuple[datetime, ...]
    minutes: int = 60
    place: str = ""


def send_message(
    db: Database, engagement_id: str, text: str, *, actor: Actor, now: datetime
) -> EngagementMessage:
    """Send a message to the other sides; it also answers a wait for talks to begin.

    Raises
    ------
    UnknownRecord
        When the actor takes no part.
    ImpossibleStep
        Before both sides have accepted, or after the end.
    InvalidRecord
        When the text is empty or longer than 4,000 characters.
    """
    clean = text.strip()
    if not 1 <= len(clean) <= LONGEST_MESSAGE:
        limits = {"minimum": 1, "maximum": LONGEST_MESSAGE}
        raise InvalidRecord("message", {"text": [problem("out_of_range", len(clean), **limits)]})
    with write_transaction(db, f"send a message in engagement {engagement_id}"):
        engagement, side = _speaker(db, engagement_id, actor, states.AFTER_MUTUAL)
        if not is_disclosed(db, engagement):
            clean = mask(clean, _names(db, engagement))
        if engagement.state == states.REVEALED and side in states.PARTIES:
            engagement = advance(db, engagement_id, "start_talks", actor=actor, now=now)
        message = EngagementMessage(0, engagement_id, side, actor.actor_id, clean, now)
        add_message(db, message)
        change = Change("engagement.message", "engagement", engagement_id, {}, {"side": side})
        record_change(db, change, actor=actor, now=now)
        _tell(db, engagement, side, said(wording.MESSAGE, who=side_words(side)), now)
        return message


def read_messages(db: Database, engagement_id: str, *, viewer: Actor) -> list[EngagementMessage]:
    """Return what was written, to those who take part; to a base, since it takes part.

    After a consent was taken back, what was written before is masked for the other side.

    Raises
    ------
    UnknownRecord
        When the viewer takes no part.
    """
    engagement = engagement_for(db, engagement_id, viewer)
    sides = sides_of(engagement, viewer)
    found = list_messages(db, engagement_id)
    if is_disclosed(db, engagement) or states.BROKER in sides:
        return found
    names = _names(db, engagement)
    return [
        message
        if message.side in sides
        else EngagementMessage(
            message.message_id,
            engagement_id,
            message.side,
            "",
            mask(message.text, names),
            message.sent_at,
        )
        for message in found
    ]


def propose_meeting(
    db: Database, engagement_id: str, proposal: Proposal, *, actor: Actor, now: datetime
) -> Meeting:
    """Propose three times for a meeting, once both sides know each other.

    Raises
    ------
    UnknownRecord, ImpossibleStep
        As ``send_message``; and before disclosure.
    InvalidRecord
        When there are not three different times to come, or the length is out of bounds.
    """
    _check(proposal, now)
    with write_transaction(db, f"propose a meeting in engagement {engagement_id}"):
        engagement, side = _speaker(db, engagement_id, actor, states.AFTER_REVEAL)
        meeting = Meeting(
            new_id("MT"),
            engagement_id,
            side,
            proposal.topic.strip()[:200],
            proposal.place.strip()[:200],
            proposal.minutes,
            tuple(sorted(proposal.slots)),
            created_at=now,
        )
        add_meeting(db, meeting, now=now)
        _note(db, meeting, "proposed", actor, now)
        _tell(db, engagement, side, said(wording.MEETING, who=side_words(side)), now)
        return meeting


def answer_meeting(
    db: Database, meeting_id: str, chosen: int | None, *, actor: Actor, now: datetime
) -> Meeting:
    """Choose one of the three times, or none; the one who proposed may take it back.

    Raises
    ------
    UnknownRecord
        When the actor takes no part.
    ImpossibleStep
        When it was answered already, or the time has passed.
    """
    with write_transaction(db, f"answer meeting {meeting_id}"):
        meeting = read_meeting(db, meeting_id)
        engagement, side = _speaker(db, meeting.engagement_id, actor, states.AFTER_REVEAL)
        state = _answer(engagement, meeting, side, chosen, now)
        after = change_meeting(db, meeting, state=state, chosen=chosen)
        _note(db, after, state, actor, now)
        words = wording.MEETING_OFF
        if chosen is not None:
            words = said(wording.MEETING_SET, due=day_words(meeting.slots[chosen]))
        _tell(db, engagement, side, words, now)
        return after


def _answer(
    engagement: Engagement, meeting: Meeting, side: str, chosen: int | None, now: datetime
) -> str:
    is_own = side == meeting.proposed_by
    if chosen is None and meeting.state in ("proposed", "accepted"):
        return "cancelled" if is_own or meeting.state == "accepted" else "refused"
    if meeting.state != "proposed":
        raise refused(engagement, "answer_meeting", "already_done", (side,))
    if is_own or chosen is None:
        raise refused(engagement, "answer_meeting", "wrong_side", (side,))
    if not 0 <= chosen < len(meeting.slots) or meeting.slots[chosen] <= now:
        raise refused(engagement, "answer_meeting", "expired", (side,))
    return "accepted"


def meeting_file(db: Database, meeting_id: str, *, viewer: Actor, now: datetime) -> bytes:
    """Return a meeting that was agreed on, or called off, as an iCalendar file (RFC 5545).

    Raises
    ------
    UnknownRecord
        When no time was chosen, or the viewer takes no part.
    """
    meeting = read_meeting(db, meeting_id)
    engagement = engagement_for(db, meeting.engagement_id, viewer)
    if meeting.chosen is None and meeting.state != "cancelled":
        raise UnknownRecord("meeting", meeting_id)
    sides = sides_of(engagement, viewer)
    zh, en = titles_of(db, engagement, sides[0])
    start = meeting.slots[meeting.chosen or 0]
    event = Event()
    event.add("uid", f"{meeting_id}@aiplus.invalid")
    event.add("dtstamp", now)
    event.add("dtstart", start)
    event.add("dtend", start + timedelta(minutes=meeting.minutes))
    title = meeting.topic or f"{zh} · {en}"
    if is_made_up(db, "engagement", meeting.engagement_id):
        title = f"{title}{MARK_ZH}{MARK_EN}"
    event.add("summary", title)
    event.add("sequence", meeting.sequence)
    event.add("status", "CANCELLED" if meeting.state == "cancelled" else "CONFIRMED")
    if meeting.place:
        event.add("location", meeting.place)
    calendar = Calendar()
    calendar.add("prodid", "-//AI Plus scenario matching//meeting//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "CANCEL" if meeting.state == "cancelled" else "PUBLISH")
    calendar.add_component(event)
    return bytes(calendar.to_ical())


def is_disclosed(db: Database, engagement: Engagement) -> bool:
    """Whether both sides know each other now."""
    agreed = standing_consents(db, engagement.engagement_id)
    return engagement.state in states.AFTER_REVEAL and agreed >= FOR_DETAILS


def _names(db: Database, engagement: Engagement) -> tuple[str, ...]:
    own = names_of(db, engagement.need_organisation_id)
    return (*own, *names_of(db, engagement.provider_organisation_id))


def _speaker(
    db: Database, engagement_id: str, actor: Actor, allowed: tuple[str, ...]
) -> tuple[Engagement, str]:
    engagement = engagement_for(db, engagement_id, actor)
    sides = sides_of(engagement, actor)
    if engagement.state not in allowed:
        why = "wrong_state" if engagement.state in states.OVER else "not_revealed"
        raise refused(engagement, "message", why, sides)
    return engagement, sides[0]


def _check(proposal: Proposal, now: datetime) -> None:
    slots = proposal.slots
    fits = all(now < slot <= now + FARTHEST_MEETING for slot in slots)
    if len(slots) != N_SLOTS or len(set(slots)) != N_SLOTS or not fits:
        raise InvalidRecord(
            "meeting", {"slots": [problem("out_of_range", len(slots), minimum=3, maximum=3)]}
        )
    if not SHORTEST_MEETING <= proposal.minutes <= LONGEST_MEETING:
        limits = {"minimum": SHORTEST_MEETING, "maximum": LONGEST_MEETING}
        raise InvalidRecord(
            "meeting", {"minutes": [problem("out_of_range", proposal.minutes, **limits)]}
        )


def _note(db: Database, meeting: Meeting, what: str, actor: Actor, now: datetime) -> None:
    after = {"meeting_id": meeting.meeting_id, "state": meeting.state}
    change = Change(f"meeting.{what}", "engagement", meeting.engagement_id, {}, after)
    record_change(db, change, actor=actor, now=now)


def _tell(
    db: Database, engagement: Engagement, side: str, words: wording.Words, now: datetime
) -> None:
    others = [one for one in sides_present(engagement) if one != side]
    tell_sides(db, engagement, others, "engagement.message", words, now=now)
