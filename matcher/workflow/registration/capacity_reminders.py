"""Remind providers of what goes out of date: free slots after 60 days, validity before its end.

Called from time to time, like the other clocks; each reminder is sent once for what it is about.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.intake.capacity import FRESH_DAYS, is_capacity_stale
from matcher.records import Capability
from matcher.store.connection import write_transaction
from matcher.store.notices import Message, was_told_since
from matcher.store.ownership import list_owned
from matcher.workflow.messages.notifying import tell_organisation
from matcher.workflow.registration.decisions import address_of
from matcher.workflow.registration.owned_records import find_record

BEFORE_END = timedelta(days=30)
STALE, ENDING = "capability.stale", "capability.ending"


def remind_providers(db: Database, now: datetime) -> int:
    """Tell the owners of stale or ending capabilities; return how many reminders were sent."""
    sent = 0
    for record_id, organisation_id in list_owned(db, "capability"):
        record = find_record(db, "capability", record_id)
        if isinstance(record, Capability):
            sent += sum(
                _remind(db, organisation_id, record, topic, now) for topic in due(record, now)
            )
    return sent


def due(record: Capability, now: datetime) -> list[str]:
    """Return what an owner is to be reminded of."""
    today, found = now.date(), []
    if is_capacity_stale(record, today):
        found.append(STALE)
    if record.valid_to is not None and record.valid_to - today <= BEFORE_END:
        found.append(ENDING)
    return found


def _remind(
    db: Database, organisation_id: str, record: Capability, topic: str, now: datetime
) -> bool:
    since = None
    if topic == STALE and record.capacity_stated_at is not None:
        since = record.capacity_stated_at + timedelta(days=FRESH_DAYS)
    if topic == ENDING and record.valid_to is not None:
        since = record.valid_to - BEFORE_END
    with write_transaction(db, f"remind of {record.capability_id}"):
        if was_told_since(db, topic, record.capability_id, since):
            return False
        zh, en = WORDS[topic]
        message = Message(
            topic=topic,
            text_zh=zh.format(name=record.name),
            text_en=en.format(name=record.name_en or record.name),
            address=address_of("capability", record.capability_id),
            object_kind="capability",
            object_id=record.capability_id,
        )
        tell_organisation(db, organisation_id, message, now=now)
    return True


WORDS = {
    STALE: (
        "“{name}”的可承接数已超过 60 天没有确认，不再用于匹配，请更新。",
        "Please confirm the free slots of “{name}”: after 60 days they are not used in matching.",
    ),
    ENDING: (
        "“{name}”的有效期将满或已满，续期后才会继续参与匹配。",
        "The validity of “{name}” ends soon or is over: renew it to go on being matched.",
    ),
}
