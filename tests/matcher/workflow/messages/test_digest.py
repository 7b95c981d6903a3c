"""Mail by kind: at once, once a day in one letter, or never; a digest holds each notice once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner

from matcher.cli import aiplus
from matcher.errors import InvalidRecord
from matcher.store.accounts import erase_account, update_account
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase, write_transaction
from matcher.store.mail import waiting_mail
from matcher.store.notices import Message, list_notices, mark_read
from matcher.store.preferences import read_preferences
from matcher.vocabulary import codes
from matcher.workflow.accounts.own_data import personal_data
from matcher.workflow.messages.digest import MOST_LISTED, send_digests
from matcher.workflow.messages.kinds import (
    AT_ONCE,
    DAILY,
    NEVER,
    OTHER,
    TOPICS,
    choose_timings,
    kind_of,
    timings,
)
from matcher.workflow.messages.notifying import tell
from tests.matcher.people import NOW
from tests.matcher.workflow.people_db import people_database, told

DAY = timedelta(days=1)
TALKS = Message("engagement.message", "收到一条消息", "A message came", "/engagements/EN1")
NEWS = Message("search.news", "有新的结果", "There are new results", "/searches")
SAFETY = Message("account.password", "密码已修改", "Your password was changed")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    with people_database(tmp_path) as opened:
        yield opened


def choose(db: StoreDatabase, **wanted: str) -> None:
    choose_timings(db, "ACC-1", wanted, now=NOW)


def bodies(db: StoreDatabase) -> list[str]:
    return [one.letter.body for one in waiting_mail(db, now=NOW + 2 * DAY)]


def test_every_kind_has_words_and_every_topic_a_kind() -> None:
    assert set(codes("notice_kind")) == {*TOPICS, OTHER}
    assert set(codes("mail_timing")) == {AT_ONCE, DAILY, NEVER}
    assert {kind_of(f"{start}x") for starts in TOPICS.values() for start in starts} == set(TOPICS)


def test_choice_by_kind_goes_before_the_setting(db: StoreDatabase) -> None:
    choose(db, engagement=NEVER, search=AT_ONCE)
    for message in (TALKS, NEWS):
        tell(db, ["ACC-1"], message, now=NOW)
    assert len(bodies(db)) == 1
    assert "new results" in bodies(db)[0]
    assert sorted(told(db, "ACC-1")) == ["engagement.message", "search.news"]


def test_what_concerns_the_account_is_mailed_at_once_whatever_was_chosen(db: StoreDatabase) -> None:
    choose(db, **dict.fromkeys(codes("notice_kind"), NEVER))
    tell(db, ["ACC-1"], SAFETY, now=NOW)
    assert len(bodies(db)) == 1


def test_digest_holds_each_unread_notice_once(db: StoreDatabase) -> None:
    tell(db, ["ACC-1"], NEWS, now=NOW - DAY)  # before it was chosen
    choose(db, engagement=DAILY, search=DAILY)
    tell(db, ["ACC-1"], TALKS, now=NOW + timedelta(hours=1))
    tell(db, ["ACC-1"], NEWS, now=NOW + timedelta(hours=2))
    tell(db, ["ACC-1"], Message("search.news", "已读", "read"), now=NOW + timedelta(hours=3))
    read = next(one for one in list_notices(db, "ACC-1") if one.message.text_zh == "已读")
    mark_read(db, "ACC-1", read.notice_id, now=NOW + timedelta(hours=4))
    assert bodies(db) == []
    assert send_digests(db, NOW + DAY) == 1
    assert send_digests(db, NOW + DAY) == 0
    (body,) = bodies(db)
    assert body.count("A message came") == body.count("收到一条消息") == 1
    assert body.count("There are new results") == 1
    assert "已读" not in body
    assert "{site}/engagements/EN1" in body
    tell(db, ["ACC-1"], NEWS, now=NOW + DAY + timedelta(hours=1))
    assert send_digests(db, NOW + 2 * DAY) == 1


def test_notice_told_while_digests_are_written_is_in_one_of_them(db: StoreDatabase) -> None:
    choose(db, search=DAILY)
    tell(db, ["ACC-1"], NEWS, now=NOW + DAY + timedelta(minutes=1))  # the run began at NOW + DAY
    assert send_digests(db, NOW + DAY) == 1
    assert send_digests(db, NOW + 2 * DAY) == 0


def test_notice_stamped_before_a_digest_and_kept_after_it_is_in_the_next(db: StoreDatabase) -> None:
    choose(db, search=DAILY)
    tell(db, ["ACC-1"], NEWS, now=NOW + timedelta(hours=1))
    assert send_digests(db, NOW + DAY) == 1
    tell(db, ["ACC-1"], NEWS, now=NOW + DAY - timedelta(minutes=1))
    assert send_digests(db, NOW + 2 * DAY) == 1
    assert [body.count("new results") for body in bodies(db)] == [1, 1]


def test_digest_knows_new_notices_after_the_old_ones_were_forgotten(db: StoreDatabase) -> None:
    choose(db, search=DAILY)
    for day in (1, 2):
        tell(db, ["ACC-1"], NEWS, now=NOW + day * DAY)
        assert send_digests(db, NOW + day * DAY) == 1
        with write_transaction(db):
            db.conn.execute("DELETE FROM notice")  # SQLite gives their numbers out again


def test_notice_mailed_at_once_is_in_no_digest_of_a_kind_switched_later(db: StoreDatabase) -> None:
    choose(db, engagement=DAILY, search=AT_ONCE)
    tell(db, ["ACC-1"], NEWS, now=NOW + timedelta(hours=1))
    choose(db, search=DAILY)
    assert send_digests(db, NOW + DAY) == 0
    assert len(bodies(db)) == 1


@pytest.mark.parametrize(("later", "n_letters"), [(AT_ONCE, 1), ("", 1), (NEVER, 0)])
def test_waiting_notice_is_mailed_unless_its_kind_is_to_be_never(
    db: StoreDatabase, later: str, n_letters: int
) -> None:
    choose(db, engagement=DAILY)
    tell(db, ["ACC-1"], TALKS, now=NOW + timedelta(hours=1))
    choose(db, engagement=later)
    assert bodies(db) == []
    assert send_digests(db, NOW + DAY) == n_letters
    choose(db, engagement=DAILY)
    assert send_digests(db, NOW + 2 * DAY) == 0
    assert len(bodies(db)) == n_letters


def test_digest_is_in_the_language_of_the_account_and_of_a_length(db: StoreDatabase) -> None:
    update_account(db, "ACC-1", {"language": "en"})
    choose(db, search=DAILY)
    for number in range(MOST_LISTED + 5):
        at = NOW + timedelta(minutes=1 + number)
        tell(db, ["ACC-1"], Message("search.news", "新", f"news {number}."), now=at)
    send_digests(db, NOW + DAY)
    (waiting,) = waiting_mail(db, now=NOW + DAY)
    assert waiting.letter.subject == f"{MOST_LISTED + 5} notices today"
    assert waiting.letter.body.count("news ") == MOST_LISTED
    assert "5 earlier ones" in waiting.letter.body
    assert "新" not in waiting.letter.body


def test_wrong_choice_is_named_and_nothing_kept(db: StoreDatabase) -> None:
    for wanted in ({"engagement": "weekly"}, {"gossip": DAILY}):
        with pytest.raises(InvalidRecord) as caught:
            choose_timings(db, "ACC-1", {"search": NEVER, **wanted}, now=NOW)
        assert set(caught.value.errors) == set(wanted)
    assert read_preferences(db, "ACC-1") == {}


def test_choice_is_audited_shown_with_ones_data_and_erased_with_the_account(
    db: StoreDatabase,
) -> None:
    choose(db, engagement=DAILY)
    choose(db, engagement=DAILY)
    events = list_events(db, EventFilter("account", "ACC-1"))
    assert [one.action for one in events].count("account.mails_chosen") == 1
    assert personal_data(db, "ACC-1")["preferences"]["mail.engagement"] == DAILY
    choose(db, engagement="")
    assert timings(db, "ACC-1")["engagement"] == ""
    choose(db, engagement=DAILY)
    erase_account(db, "ACC-1")
    assert read_preferences(db, "ACC-1") == {}


def test_daily_command_sends_the_digest_once(db: StoreDatabase, tmp_path: Path) -> None:
    choose(db, search=DAILY)
    tell(db, ["ACC-1"], NEWS, now=NOW + timedelta(hours=1))
    path = db.conn.execute("PRAGMA database_list").fetchone()[2]
    outputs = [
        CliRunner().invoke(aiplus, ["daily"], env={"AIPLUS_DATABASE": path}).output
        for _ in range(2)
    ]
    assert ["digests: 1" in text for text in outputs] == [True, False]
