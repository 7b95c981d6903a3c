"""Tell accounts what is new in the searches that they keep.

Called after something was published and by ``aiplus alerts``. One notice a search: however much is
new, and however often this is called, nothing is told twice.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlite_utils import Database

from matcher.store.catalogue import catalogue_revision
from matcher.store.connection import read_snapshot, write_transaction
from matcher.store.notices import Message
from matcher.store.ownership import demonstration_records
from matcher.store.saved_searches import (
    NewResult,
    SavedSearch,
    list_to_tell,
    mark_told,
    new_results,
)
from matcher.text.lexicon import Lexicon
from matcher.workflow.messages.notifying import MARK_EN, MARK_ZH, tell

TOPIC = "search.news"
N_NAMED = 3  # titles in a notice


def deliver_alerts(db: Database, now: datetime, *, limit: int = -1) -> int:
    """Put a notice into the inbox of everyone whose saved search has news; return how many.

    Parameters
    ----------
    db : Database
        Open for writing.
    limit : int
        Look at no more searches than this, those that wait longest first; all by default.
    """
    expand = Lexicon.load().expand
    n_told = 0
    for saved in list_to_tell(db, limit=limit):
        since = max(saved.seen_revision, saved.told_revision)
        with read_snapshot(db, "read the news of a saved search"):
            # What comes between the two would be told, and not be noted as told.
            revision = catalogue_revision(db)
            news = new_results(db, saved, expand=expand, after=since)
        with write_transaction(db, "tell of a saved search"):
            # Somebody else may have told of it since it was read, or it may be gone.
            if mark_told(db, saved, revision) and news:
                message = message_of(saved, news, demonstration_records(db))
                n_told += tell(db, [saved.account_id], message, now=now)
    return n_told


def message_of(
    saved: SavedSearch, news: list[NewResult], made_up: Collection[tuple[str, str]] = ()
) -> Message:
    """Return what is said of the news of a search, in both languages.

    Parameters
    ----------
    made_up : collection of tuple
        Kind and id of the records of demonstrations: they are named as such.
    """
    n_new = sum(1 for each in news if each.is_new)
    n_changed = len(news) - n_new
    named = [(each, (each.kind, each.record_id) in made_up) for each in news[:N_NAMED]]
    zh = [(each.title or each.title_en) + MARK_ZH * marked for each, marked in named]
    en = [(each.title_en or each.title) + MARK_EN * marked for each, marked in named]
    more_zh, more_en = ("等", " and others") if len(news) > N_NAMED else ("", "")
    return Message(
        topic=TOPIC,
        text_zh=f"您保存的检索“{saved.name}”：新增 {n_new} 条，更新 {n_changed} 条，"
        f"包括：{'、'.join(zh)}{more_zh}。",
        text_en=f"Your saved search “{saved.name}”: {n_new} new, {n_changed} changed, "
        f"among them {'; '.join(en)}{more_en}.",
        address=f"/searches/{saved.saved_search_id}",
        object_kind="saved_search",
        object_id=str(saved.saved_search_id),
    )
