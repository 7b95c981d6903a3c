"""Remind owners of what goes out of date: free places after 60 days, validity before its end.

Called from time to time, like the other clocks; each reminder is sent once for what it is about.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlite_utils import Database

from matcher.records import PilotBase
from matcher.records.capacity import FRESH_DAYS, is_calendar_stale, is_capacity_stale
from matcher.store.connection import write_transaction
from matcher.store.notices import Message, was_told_since
from matcher.store.ownership import list_owned
from matcher.workflow.messages.notifying import tell_organisation
from matcher.workflow.registration.decisions import address_of
from matcher.workflow.registration.materiality import Registered, kind_of
from matcher.workflow.registration.owned_records import find_record, id_of

BEFORE_END = timedelta(days=30)
STALE, ENDING, CALENDAR = "capability.stale", "capability.ending", "pilot_base.stale"


def remind_owners(db: Database, now: datetime) -> int:
    """Tell the owners of stale or ending records; return how many reminders were sent."""
    sent = 0
    for kind in ("capability", "pilot_base"):
        for record_id, organisation_id in list_owned(db, kind):
            record = find_record(db, kind, record_id)
            if record is not None:
                sent += sum(
                    _remind(db, organisation_id, record, topic, since, now)
                    for topic, since in due(record, now)
                )
    return sent


def due(record: Registered, now: datetime) -> list[tuple[str, date | None]]:
    """Return what an owner is to be reminded of, and since when it is so."""
    today = now.date()
    if isinstance(record, PilotBase):
        return [(CALENDAR, _stale_since(record.slots_stated_at))] * is_calendar_stale(record, today)
    found = [(STALE, _stale_since(record.capacity_stated_at))] * is_capacity_stale(record, today)
    if record.valid_to is not None and record.valid_to - today <= BEFORE_END:
        found.append((ENDING, record.valid_to - BEFORE_END))
    return found


def _stale_since(stated: date | None) -> date | None:
    return None if stated is None else stated + timedelta(days=FRESH_DAYS)


def _remind(
    db: Database,
    organisation_id: str,
    record: Registered,
    topic: str,
    since: date | None,
    now: datetime,
) -> bool:
    kind, record_id = kind_of(record), id_of(record)
    with write_transaction(db, f"remind of {record_id}"):
        if was_told_since(db, topic, record_id, since):
            return False
        zh, en = WORDS[topic]
        message = Message(
            topic=topic,
            text_zh=zh.format(name=record.name),
            text_en=en.format(name=record.name_en or record.name),
            address=address_of(kind, record_id),
            object_kind=kind,
            object_id=record_id,
        )
        tell_organisation(db, organisation_id, message, now=now)
    return True


WORDS = {
    STALE: (
        "“{name}”的可承接数已超过 60 天没有确认，不再用于匹配，请更新。",
        "Please confirm the free slots of “{name}”: after 60 days they are not used in matching.",
    ),
    CALENDAR: (
        "“{name}”的名额已超过 60 天没有确认，匹配时不再计入，请更新或确认。",
        "Please confirm the places of “{name}”: after 60 days they are not counted on in matching.",
    ),
    ENDING: (
        "“{name}”的有效期将满或已满，续期后才会继续参与匹配。",
        "The validity of “{name}” ends soon or is over: renew it to go on being matched.",
    ),
}
