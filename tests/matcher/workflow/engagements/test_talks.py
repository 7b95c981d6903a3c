"""Messages and meetings: masked until disclosed, three times, a file that calendars read."""

from __future__ import annotations

from datetime import timedelta

import pytest
from icalendar import Calendar

from matcher.errors import ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.store.connection import StoreDatabase
from matcher.store.conversations import list_messages
from matcher.store.engagements import read_engagement
from matcher.workflow.engagements.disclosure import take_back_consent
from matcher.workflow.engagements.talks import (
    Proposal,
    answer_meeting,
    meeting_file,
    propose_meeting,
    read_messages,
    send_message,
)
from tests.matcher.workflow.engagements.world import (
    ENTERPRISE,
    ENTERPRISE_NAME,
    NOW,
    PROVIDER,
    STRANGER,
    brought_to,
)

SLOTS = tuple(NOW + timedelta(days=n, hours=1) for n in (3, 1, 2))
TALK = Proposal("产线勘查，讨论样本", SLOTS, 90, "线上；会议号另发")


def test_before_disclosure_names_are_not_even_stored(db: StoreDatabase) -> None:
    engagement = brought_to(db, "mutual")
    text = f"我们是{ENTERPRISE_NAME}，电话 0512-66668888"
    send_message(db, engagement.engagement_id, text, actor=ENTERPRISE, now=NOW)
    (stored,) = list_messages(db, engagement.engagement_id)
    assert ENTERPRISE_NAME not in stored.text
    assert "66668888" not in stored.text
    assert "我们是" in stored.text


def test_a_message_after_disclosure_begins_the_talks(db: StoreDatabase) -> None:
    engagement = brought_to(db, "revealed")
    send_message(db, engagement.engagement_id, "何时方便？", actor=PROVIDER, now=NOW)
    assert read_engagement(db, engagement.engagement_id).state == "talks"


def test_messages_want_both_sides_interest_and_some_text(db: StoreDatabase) -> None:
    engagement = brought_to(db, "need_accepted")
    with pytest.raises(ImpossibleStep) as caught:
        send_message(db, engagement.engagement_id, "你好", actor=PROVIDER, now=NOW)
    assert caught.value.why == "not_revealed"
    for text in ("  ", "长" * 4001):
        with pytest.raises(InvalidRecord):
            send_message(db, engagement.engagement_id, text, actor=PROVIDER, now=NOW)
    with pytest.raises(UnknownRecord):
        send_message(db, engagement.engagement_id, "你好", actor=STRANGER, now=NOW)


def test_after_a_consent_is_taken_back_old_messages_are_masked_for_the_other(
    db: StoreDatabase,
) -> None:
    engagement = brought_to(db, "talks")
    send_message(db, engagement.engagement_id, ENTERPRISE_NAME, actor=ENTERPRISE, now=NOW)
    (read,) = read_messages(db, engagement.engagement_id, viewer=PROVIDER)
    assert read.text == ENTERPRISE_NAME
    take_back_consent(db, engagement.engagement_id, "contact", actor=ENTERPRISE, now=NOW)
    (masked,) = read_messages(db, engagement.engagement_id, viewer=PROVIDER)
    assert ENTERPRISE_NAME not in masked.text
    (own,) = read_messages(db, engagement.engagement_id, viewer=ENTERPRISE)
    assert own.text == ENTERPRISE_NAME


def test_one_of_three_times_is_chosen_by_the_other_side(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    meeting = propose_meeting(db, engagement.engagement_id, TALK, actor=ENTERPRISE, now=NOW)
    assert meeting.slots == tuple(sorted(SLOTS))
    with pytest.raises(ImpossibleStep) as caught:
        answer_meeting(db, meeting.meeting_id, 0, actor=ENTERPRISE, now=NOW)
    assert caught.value.why == "wrong_side"
    with pytest.raises(UnknownRecord):
        meeting_file(db, meeting.meeting_id, viewer=PROVIDER, now=NOW)
    chosen = answer_meeting(db, meeting.meeting_id, 1, actor=PROVIDER, now=NOW)
    assert (chosen.state, chosen.chosen) == ("accepted", 1)
    with pytest.raises(ImpossibleStep):
        answer_meeting(db, meeting.meeting_id, 2, actor=PROVIDER, now=NOW)


def test_the_calendar_file_is_read_by_a_calendar(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    meeting = propose_meeting(db, engagement.engagement_id, TALK, actor=ENTERPRISE, now=NOW)
    answer_meeting(db, meeting.meeting_id, 0, actor=PROVIDER, now=NOW)
    content = meeting_file(db, meeting.meeting_id, viewer=ENTERPRISE, now=NOW)
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    assert event.decoded("dtstart") == min(SLOTS)
    assert event.decoded("dtend") - event.decoded("dtstart") == timedelta(minutes=90)
    assert str(event["summary"]) == TALK.topic
    assert str(event["status"]) == "CONFIRMED"
    answer_meeting(db, meeting.meeting_id, None, actor=PROVIDER, now=NOW)
    again = Calendar.from_ical(meeting_file(db, meeting.meeting_id, viewer=PROVIDER, now=NOW))
    (event,) = again.walk("VEVENT")
    assert (str(again["method"]), str(event["status"])) == ("CANCEL", "CANCELLED")
    assert int(event["sequence"]) == 2


def test_the_calendar_file_names_what_is_made_up(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    db.conn.execute(
        "UPDATE organisation SET is_demo = 1 WHERE organisation_id = ?",
        [engagement.need_organisation_id],
    )
    meeting = propose_meeting(db, engagement.engagement_id, TALK, actor=ENTERPRISE, now=NOW)
    answer_meeting(db, meeting.meeting_id, 0, actor=PROVIDER, now=NOW)
    content = meeting_file(db, meeting.meeting_id, viewer=ENTERPRISE, now=NOW)
    (event,) = Calendar.from_ical(content).walk("VEVENT")
    assert str(event["summary"]) == f"{TALK.topic}（演示数据） (demonstration)"


@pytest.mark.parametrize(
    "slots",
    [SLOTS[:2], (*SLOTS[:2], SLOTS[0]), (*SLOTS[:2], NOW), (*SLOTS[:2], NOW + timedelta(days=91))],
)
def test_three_different_times_to_come_are_wanted(db: StoreDatabase, slots: tuple) -> None:  # type: ignore[type-arg]
    engagement = brought_to(db, "talks")
    with pytest.raises(InvalidRecord):
        propose_meeting(
            db, engagement.engagement_id, Proposal("会", slots), actor=ENTERPRISE, now=NOW
        )


def test_a_time_that_has_passed_cannot_be_chosen(db: StoreDatabase) -> None:
    engagement = brought_to(db, "talks")
    meeting = propose_meeting(db, engagement.engagement_id, TALK, actor=ENTERPRISE, now=NOW)
    later = min(SLOTS)
    with pytest.raises(ImpossibleStep) as caught:
        answer_meeting(db, meeting.meeting_id, 0, actor=PROVIDER, now=later)
    assert caught.value.why == "expired"
