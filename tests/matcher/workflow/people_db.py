"""A database with people in it, and what the tests about accounts ask of it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlite_utils import Database

from matcher.identity import Account, Role, actor_of
from matcher.store.audit import AuditEvent, list_events, verify_chain
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.store.notices import list_notices
from tests.matcher.people import add_person


@contextmanager
def people_database(folder: Path) -> Iterator[StoreDatabase]:
    """Open a database with one owner (1), one of another organisation (2), one administrator (9).

    Leaving checks that the audit chain holds.
    """
    db = open_database(folder / "people.db")
    apply_migrations(db)
    add_person(db, 1)
    add_person(db, 2)
    add_person(db, 9, role=Role.ADMINISTRATOR, organisation_id="")
    yield db
    assert verify_chain(db).broken is None
    close_database(db)


def last_event(db: Database) -> AuditEvent:
    return list_events(db, limit=1)[0]


def told(db: Database, account: Account | str) -> list[str]:
    """The topics of what an account was told, newest first."""
    account_id = account if isinstance(account, str) else account.account_id
    return [notice.message.topic for notice in list_notices(db, account_id)]


ADMINISTRATOR = actor_of(Account("ACC-9", "person9@example.invalid", Role.ADMINISTRATOR))
OWNER = actor_of(Account("ACC-1", "person1@example.invalid", Role.OWNER, organisation_id="ORG-1"))
