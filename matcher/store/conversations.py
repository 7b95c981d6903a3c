"""What the sides of an engagement write to each other, and the meetings that they propose."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import ChangedMeanwhile, UnknownRecord
from matcher.records.engagement import EngagementMessage, Meeting
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_MEETING = (
    "meeting_id, engagement_id, proposed_by, topic, place, minutes, slots, state, chosen, "
    "sequence, created_at"
)


def add_message(db: Database, message: EngagementMessage) -> int:
    """Store a message and return its id."""
    with write_transaction(db, f"store a message of engagement {message.engagement_id}"):
        row = db.conn.execute(
            "INSERT INTO engagement_message (engagement_id, side, author, text, sent_at) "
            "VALUES (?, ?, ?, ?, ?) RETURNING message_id",
            [
                message.engagement_id,
                message.side,
                message.author,
                message.text,
                stamp(message.sent_at),
            ],
        ).fetchone()
    return int(row[0])


def list_messages(
    db: Database, engagement_id: str, *, limit: int = 200, offset: int = 0
) -> list[EngagementMessage]:
    """Return the messages of an engagement, the first one first."""
    with driver_errors("read messages"):
        rows = db.conn.execute(
            "SELECT message_id, engagement_id, side, author, text, sent_at "
            "FROM engagement_message WHERE engagement_id = ? ORDER BY message_id LIMIT ? OFFSET ?",
            [engagement_id, limit, offset],
        ).fetchall()
    return [EngagementMessage(*[*row[:5], datetime.fromisoformat(row[5])]) for row in rows]


def add_meeting(db: Database, meeting: Meeting, *, now: datetime) -> None:
    """Store a meeting that was proposed."""
    with write_transaction(db, f"store a meeting of engagement {meeting.engagement_id}"):
        db.table("meeting").insert(
            {
                "meeting_id": meeting.meeting_id,
                "engagement_id": meeting.engagement_id,
                "proposed_by": meeting.proposed_by,
                "topic": meeting.topic,
                "place": meeting.place,
                "minutes": meeting.minutes,
                "slots": json.dumps([stamp(slot) for slot in meeting.slots]),
                "state": meeting.state,
                "chosen": meeting.chosen,
                "sequence": meeting.sequence,
                "created_at": stamp(now),
            }
        )


def change_meeting(db: Database, meeting: Meeting, *, state: str, chosen: int | None) -> Meeting:
    """Change the state of a meeting that is still as it was read.

    Raises
    ------
    ChangedMeanwhile
        When somebody else answered first.
    """
    with write_transaction(db, f"change meeting {meeting.meeting_id}"):
        cursor = db.conn.execute(
            "UPDATE meeting SET state = ?, chosen = ?, sequence = sequence + 1 "
            "WHERE meeting_id = ? AND sequence = ?",
            [state, chosen, meeting.meeting_id, meeting.sequence],
        )
        if cursor.rowcount != 1:
            raise ChangedMeanwhile("meeting", meeting.meeting_id, meeting.sequence)
        return read_meeting(db, meeting.meeting_id)


def read_meeting(db: Database, meeting_id: str) -> Meeting:
    """Return a meeting.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    with driver_errors("read a meeting"):
        row = db.conn.execute(
            f"SELECT {_MEETING} FROM meeting WHERE meeting_id = ?",  # noqa: S608
            [meeting_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("meeting", meeting_id)
    return _meeting(row)


def list_meetings(db: Database, engagement_id: str) -> list[Meeting]:
    """Return the meetings of an engagement, the last proposed first."""
    with driver_errors("list meetings"):
        rows = db.conn.execute(
            f"SELECT {_MEETING} FROM meeting WHERE engagement_id = ? "  # noqa: S608
            "ORDER BY created_at DESC, meeting_id",
            [engagement_id],
        ).fetchall()
    return [_meeting(row) for row in rows]


def _meeting(row: tuple[Any, ...]) -> Meeting:
    slots = tuple(datetime.fromisoformat(text) for text in json.loads(row[6]))
    created = datetime.fromisoformat(row[10])
    return Meeting(*[*row[:6], slots, *row[7:10], created])
