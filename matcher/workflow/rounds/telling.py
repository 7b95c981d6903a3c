"""What the parties of a round are told: each of its own part only, without anybody else's name."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Role
from matcher.store.notices import Message
from matcher.store.round_parties import Party, list_parties
from matcher.store.rounds import Round
from matcher.workflow.engagements.telling import day_words
from matcher.workflow.engagements.wording import Words
from matcher.workflow.messages.notifying import tell_organisation, tell_staff

# What is told, by topic.
WORDS: dict[str, Words] = {
    "round.opened": Words(
        "名额分配轮次“{title}”开始征集意愿。请在{closes}前说明必须、愿意或不；不说视为愿意。",
        "The allocation round “{title}” takes statements: say must, willing or no by {closes}. "
        "Who says nothing is taken as willing.",
    ),
    "round.closed": Words(
        "名额分配轮次“{title}”提前结束征集意愿。理由：{reason}",
        "The allocation round “{title}” takes no more statements, earlier than published. "
        "Reason: {reason}",
    ),
    "round.cancelled": Words(
        "名额分配轮次“{title}”已取消。理由：{reason}",
        "The allocation round “{title}” was called off. Reason: {reason}",
    ),
    "round.placed": Words(
        "名额分配轮次“{title}”已公布结果：贵单位获得名额，请确认。",
        "The result of the allocation round “{title}” is published: you have got a place. "
        "Please confirm it.",
    ),
    "round.unplaced": Words(
        "名额分配轮次“{title}”已公布结果：贵单位本轮没有名额，原因和候补位置见页面。",
        "The result of the allocation round “{title}” is published: no place this time. The page "
        "says why, and where you stand on the wait-list.",
    ),
    "round.moved_up": Words(
        "名额分配轮次“{title}”有名额空出，候补已递补，请确认。",
        "A place became free in the allocation round “{title}” and went to the next on the "
        "wait-list. Please confirm it.",
    ),
    "round.given_up": Words(
        "名额分配轮次“{title}”中，一项安排已放弃。理由：{reason}",
        "A placement of the allocation round “{title}” was given up. Reason: {reason}",
    ),
    "round.seat_freed": Words(
        "名额分配轮次“{title}”中，一项安排的对接已结束，空出的名额按候补名单递补。",
        "The engagement of a placement of the allocation round “{title}” has ended. What it leaves "
        "free goes to the next on the wait-list.",
    ),
    "round.solved": Words(
        "名额分配轮次“{title}”已求解，等待预览和公布。",
        "The allocation round “{title}” is solved and waits for your look and publication.",
    ),
}


def message_of(found: Round, topic: str, address: str, reason: str = "") -> Message:
    """Return what is told about a round, in both languages."""
    closes = day_words(found.closes_at)
    titles = (found.title, found.title_en or found.title)
    zh, en = (
        text.format(title=title, closes=day, reason=reason)
        for text, title, day in zip(WORDS[topic], titles, closes, strict=True)
    )
    return Message(topic, zh, en, address, "round", found.round_id)


def tell_all(db: Database, found: Round, topic: str, *, now: datetime, reason: str = "") -> int:
    """Tell every organisation that takes part, once each; return how many accounts were told."""
    parties = list_parties(db, found.round_id)
    return tell_parties(db, found, parties, topic, now=now, reason=reason)


def tell_parties(
    db: Database,
    found: Round,
    parties: Iterable[Party],
    topic: str,
    *,
    now: datetime,
    reason: str = "",
) -> int:
    """Tell the organisations of some parties, once each."""
    message = message_of(found, topic, f"/my/rounds/{found.round_id}", reason)
    own = dict.fromkeys(party.organisation_id for party in parties if party.organisation_id)
    return sum(tell_organisation(db, one, message, now=now) for one in own)


def tell_results(db: Database, found: Round, placed: set[str], *, now: datetime) -> None:
    """Tell each organisation of a published result whether it got a place."""
    parties = list_parties(db, found.round_id)
    lucky = {party.organisation_id for party in parties if party.party_id in placed}
    winners = [one for one in parties if one.organisation_id in lucky]
    others = [one for one in parties if one.organisation_id not in lucky]
    tell_parties(db, found, winners, "round.placed", now=now)
    tell_parties(db, found, others, "round.unplaced", now=now)


def tell_administrators(db: Database, found: Round, topic: str, *, now: datetime) -> None:
    """Tell the administrators that a round waits for them."""
    message = message_of(found, topic, f"/rounds/{found.round_id}")
    tell_staff(db, Role.ADMINISTRATOR, message, now=now)
