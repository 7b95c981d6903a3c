"""Searches that an account keeps, and what appeared or changed in them since it last looked.

What was seen is a revision of the catalogue, so nothing is compared and nothing is kept twice. Who
is told of news is decided in ``matcher.workflow.messages.alerts``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import MatcherError, UnknownRecord
from matcher.store.catalogue import catalogue_revision
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.search import Expand, find_changed
from matcher.store.search_documents import FACETS
from matcher.store.versions import stamp

MAX_SAVED = 50  # of one account
MAX_NAME = 80
MAX_NEWS = 100
_COLUMNS = (
    "saved_search_id, account_id, name, page, query, facets, seen_revision, told_revision, "
    "wants_alerts, created_at"
)


class TooManySavedSearches(MatcherError):
    """An account keeps as many searches as it may."""

    code = "too_many_saved_searches"


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """One search of an account; its facets name the kinds of record, too."""

    saved_search_id: int
    account_id: str
    name: str
    page: str  # the list of the site that shows it
    query: str
    facets: Mapping[str, tuple[str, ...]]
    seen_revision: int
    told_revision: int
    wants_alerts: bool
    created_at: datetime


@dataclass(frozen=True, slots=True)
class NewResult:
    """A record that a search finds and that appeared or changed since it was last seen."""

    kind: str
    record_id: str
    title: str
    title_en: str
    is_new: bool  # False: it was there before and has changed


def save_search(  # noqa: PLR0913 (what a search is, whose it is, and when)
    db: Database,
    account_id: str,
    *,
    name: str,
    page: str,
    query: str,
    facets: Mapping[str, Sequence[str]],
    wants_alerts: bool = True,
    now: datetime,
) -> SavedSearch:
    """Keep a search as seen up to now; the same search again only takes the new name.

    Parameters
    ----------
    name : str
        What the account calls it; cut at 80 characters.
    facets : mapping of str to sequence of str
        Chosen values of facets of ``FACETS``, the kinds of record among them.

    Raises
    ------
    TooManySavedSearches
        When the account keeps 50 already.
    ValueError
        When a facet is not known or the name is empty.
    """
    unknown = sorted(set(facets) - set(FACETS))
    short = name.strip()[:MAX_NAME]
    if unknown or not short:
        raise ValueError(f"name {name!r}, unknown facets {unknown}: expected a name and {FACETS}")
    stored = json.dumps({key: sorted(facets[key]) for key in sorted(facets) if facets[key]})
    with write_transaction(db, "save a search"):
        own = list_saved(db, account_id)
        same = [each for each in own if (each.page, each.query) == (page, query)]
        is_there = any(_facets_text(each) == stored for each in same)
        if len(own) >= MAX_SAVED and not is_there:
            raise TooManySavedSearches(
                f"account {account_id} keeps {len(own)} searches, at most {MAX_SAVED}; remove one",
                have=len(own),
                most=MAX_SAVED,
            )
        revision = catalogue_revision(db)
        row = db.conn.execute(
            "INSERT INTO saved_search (account_id, name, "
            "page, query, facets, seen_revision, told_revision, wants_alerts, created_at) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (account_id, page, query, facets) DO UPDATE SET name = excluded.name, "
            "wants_alerts = excluded.wants_alerts RETURNING " + _COLUMNS,
            [account_id, short, page, query, stored, revision, revision, int(wants_alerts),
             stamp(now)],
        ).fetchone()  # fmt: skip
    return _saved(row)


def list_saved(db: Database, account_id: str) -> list[SavedSearch]:
    """Return the searches that an account keeps, the newest first."""
    with driver_errors("list saved searches"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM saved_search WHERE account_id = ? "  # noqa: S608 (as above)
            "ORDER BY created_at DESC, saved_search_id DESC",
            [account_id],
        ).fetchall()
    return [_saved(row) for row in rows]


def find_saved(db: Database, account_id: str, saved_search_id: int) -> SavedSearch:
    """Return one search of an account.

    Raises
    ------
    UnknownRecord
        When the account has no such search; another's is as if it were not there.
    """
    with driver_errors("read a saved search"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM saved_search "  # noqa: S608 (as above)
            "WHERE account_id = ? AND saved_search_id = ?",
            [account_id, saved_search_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("saved search", str(saved_search_id))
    return _saved(row)


def list_to_tell(db: Database, *, limit: int = -1) -> list[SavedSearch]:
    """Return the searches that want alerts and may have news, those that wait longest first."""
    revision = catalogue_revision(db)
    with driver_errors("list saved searches"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM saved_search WHERE wants_alerts = 1 "  # noqa: S608 (as above)
            "AND max(seen_revision, told_revision) < ? "
            "ORDER BY told_revision, saved_search_id LIMIT ?",
            [revision, limit],
        ).fetchall()
    return [_saved(row) for row in rows]


def change_saved(
    db: Database,
    account_id: str,
    saved_search_id: int,
    *,
    name: str = "",
    wants_alerts: bool | None = None,
) -> SavedSearch:
    """Give a search another name, or turn its alerts on or off; what is not given stays.

    Raises
    ------
    UnknownRecord
        As ``find_saved``.
    """
    with write_transaction(db, "change a saved search"):
        before = find_saved(db, account_id, saved_search_id)
        wanted = before.wants_alerts if wants_alerts is None else wants_alerts
        db.conn.execute(
            "UPDATE saved_search SET name = ?, wants_alerts = ? WHERE saved_search_id = ?",
            [name.strip()[:MAX_NAME] or before.name, int(wanted), saved_search_id],
        )
        return find_saved(db, account_id, saved_search_id)


def remove_saved(db: Database, account_id: str, saved_search_id: int) -> None:
    """Forget a search.

    Raises
    ------
    UnknownRecord
        As ``find_saved``.
    """
    with write_transaction(db, "remove a saved search"):
        find_saved(db, account_id, saved_search_id)
        db.conn.execute("DELETE FROM saved_search WHERE saved_search_id = ?", [saved_search_id])


def mark_seen(db: Database, account_id: str, saved_search_id: int, revision: int) -> None:
    """Note that an account has seen what a search found up to a revision; never less than before.

    Raises
    ------
    UnknownRecord
        As ``find_saved``.
    """
    with write_transaction(db, "mark a saved search as seen"):
        find_saved(db, account_id, saved_search_id)
        db.conn.execute(
            "UPDATE saved_search SET seen_revision = max(seen_revision, min(?, ?)) "
            "WHERE saved_search_id = ?",
            [revision, catalogue_revision(db), saved_search_id],
        )


def mark_told(db: Database, saved: SavedSearch, revision: int) -> bool:
    """Note that a notice tells of everything up to a revision; False, where one did meanwhile.

    Of several that read the same search, one notes it.
    """
    with write_transaction(db, "mark a saved search as told"):
        cursor = db.conn.execute(
            "UPDATE saved_search SET told_revision = max(told_revision, ?) "
            "WHERE saved_search_id = ? AND told_revision = ?",
            [revision, saved.saved_search_id, saved.told_revision],
        )
        return bool(cursor.rowcount == 1)


def new_results(
    db: Database, saved: SavedSearch, *, expand: Expand | None = None, after: int | None = None
) -> list[NewResult]:
    """Return what a search finds that appeared or changed since it was last seen.

    Parameters
    ----------
    expand : callable, optional
        As ``search``: without it a search finds nothing in the other language.
    after : int, optional
        Another revision to count from.

    Returns
    -------
    list of NewResult
        At most 100, the latest change first. All words of the search are found in each.
    """
    since = saved.seen_revision if after is None else after
    rows = find_changed(
        db, saved.query, facets=saved.facets, after=since, expand=expand, limit=MAX_NEWS
    )
    return [NewResult(*row) for row in rows]


def _facets_text(saved: SavedSearch) -> str:
    return json.dumps({name: list(values) for name, values in saved.facets.items()})


def _saved(row: tuple[Any, ...]) -> SavedSearch:
    facets = {name: tuple(values) for name, values in json.loads(row[5]).items()}
    number, account_id, name, page, query = row[:5]
    return SavedSearch(
        saved_search_id=int(number),
        account_id=account_id,
        name=name,
        page=page,
        query=query,
        facets=facets,
        seen_revision=int(row[6]),
        told_revision=int(row[7]),
        wants_alerts=bool(row[8]),
        created_at=datetime.fromisoformat(row[9]),
    )
