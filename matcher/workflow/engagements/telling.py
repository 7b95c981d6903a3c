"""Tell the sides of an engagement what happened, each with the title that it may read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.intake.personal import mask
from matcher.records import Need
from matcher.records.engagement import Clock, Engagement
from matcher.store.need_status import find_status
from matcher.store.needs import read_need
from matcher.store.notices import Message
from matcher.workflow.engagements import states, wording
from matcher.workflow.engagements.asked import Asked
from matcher.workflow.engagements.parties import accounts_of_side, brokers_of
from matcher.workflow.engagements.wording import Words, reason_words, side_words
from matcher.workflow.messages.notifying import tell
from matcher.workflow.needs.disclosure import NAMED, names_of
from matcher.workflow.working_days import CHINA_TIME

Topic = str


def titles_of(db: Database, engagement: Engagement, side: str) -> tuple[str, str]:
    """Return the need's title in both languages, as a side may read it in a notice.

    Everybody but the enterprise reads it without names where the need is not a named one, also
    after disclosure: a mail cannot be taken back when a consent is.
    """
    try:
        need = read_need(db, engagement.need_id)
    except UnknownRecord:
        return engagement.need_id, engagement.need_id
    titles = (need.title or need.need_id, need.title_en or need.title or need.need_id)
    if side == states.NEED or _visibility(db, need) == NAMED:
        return titles
    names = names_of(db, engagement.need_organisation_id)
    return mask(titles[0], names), mask(titles[1], names)


def _visibility(db: Database, need: Need) -> str:
    status = find_status(db, need.need_id)
    return status.visibility if status is not None else need.visibility


def tell_sides(
    db: Database,
    engagement: Engagement,
    sides: Iterable[str],
    topic: Topic,
    words: Words,
    *,
    now: datetime,
) -> None:
    """Tell every account on some sides; ``{title}`` in the words is filled in for each side."""
    told: set[str] = set()
    for side in dict.fromkeys(sides):
        accounts = [a for a in accounts_of_side(db, engagement, side) if a not in told]
        told |= set(accounts)
        filled = words.filled(title=titles_of(db, engagement, side))
        message = _message(engagement, topic, filled)
        tell(db, accounts, message, now=now)


def _message(engagement: Engagement, topic: str, words: Words) -> Message:
    address = f"/engagements/{engagement.engagement_id}"
    return Message(topic, words.zh, words.en, address, "engagement", engagement.engagement_id)


def escape(text: str) -> str:
    """Return a text that may be filled into words that are filled in again."""
    return text.replace("{", "{{").replace("}", "}}")


def said(words: Words, **values: tuple[str, str]) -> Words:
    """Return words with all but the title filled in; the title differs by side."""
    safe = {name: (escape(zh), escape(en)) for name, (zh, en) in values.items()}
    return words.filled(title=("{title}", "{title}"), **safe)


def sides_present(engagement: Engagement) -> tuple[str, ...]:
    """Return the sides that an engagement has now."""
    return states.ALL_PARTIES if engagement.base_organisation_id else states.PARTIES


def tell_step(asked: Asked, after: Engagement) -> None:
    """Tell everybody but the one who took a step that it was taken."""
    db, before, action, side, now = (
        asked.db, asked.engagement, asked.rule.action, asked.side, asked.now,
    )  # fmt: skip
    words = said(wording.DONE[action], who=side_words(side))
    if after.state == states.MUTUAL and before.state != states.MUTUAL:
        words += wording.MUTUAL_NEXT
    if after.state == states.REVEALED:
        words += wording.REVEALED_NEXT
    if states.NEEDS_DECLINES in asked.rule.needs and asked.given.tell_other:
        words += said(wording.REASONS, reasons=reason_words(asked.given.declines))
    present = dict.fromkeys((*sides_present(before), *sides_present(after)))
    others = [one for one in present if one != side]
    tell_sides(db, _with_base(before, after), others, f"engagement.{action}", words, now=now)
    _tell_broker(db, after, f"engagement.{action}", words, now)


def _with_base(before: Engagement, after: Engagement) -> Engagement:
    """Return the engagement with the base that takes part before or after a step."""
    return after if after.base_organisation_id else before


def _tell_broker(
    db: Database, engagement: Engagement, topic: str, words: Words, now: datetime
) -> None:
    """Tell the assigned broker; while there is none, brokers see it in their queue."""
    if engagement.broker_id:
        filled = words.filled(title=titles_of(db, engagement, states.BROKER))
        message = _message(engagement, topic, filled)
        tell(db, brokers_of(db, engagement.broker_id), message, now=now)


def tell_due(db: Database, engagement: Engagement, clock: Clock, *, now: datetime) -> None:
    """Tell those whose answer is waited for until when it is due."""
    words = Words("“{title}”：", "“{title}”:") + said(wording.NEXT, due=day_words(clock.due_at))
    tell_sides(db, engagement, clock.waits_for, "engagement.due", words, now=now)


def day_words(moment: datetime) -> tuple[str, str]:
    """Return a moment in China's time as a sentence of each language says it.

    Examples
    --------
    >>> from datetime import UTC
    >>> day_words(datetime(2026, 11, 27, 10, 0, tzinfo=UTC))
    ('2026 年 11 月 27 日 18:00', '18:00 on 2026-11-27, China time')
    """
    local = moment.astimezone(CHINA_TIME)
    zh = f"{local.year} 年 {local.month} 月 {local.day} 日 {local:%H:%M}"
    return zh, f"{local:%H:%M} on {local:%Y-%m-%d}, China time"
