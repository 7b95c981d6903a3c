"""Attempts to sign in, kept so that guessing can be slowed down whichever process sees it.

Neither an e-mail address nor a network address is stored: the caller passes keyed digests.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import NamedTuple

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

KEPT_FOR = timedelta(days=190)  # a log of who tried to get in is kept for half a year at least


class Failures(NamedTuple):
    """Failed attempts since a time, and since the last one that succeeded."""

    of_email: int
    of_address: int
    last_of_email: datetime | None
    last_of_address: datetime | None


def add_attempt(db: Database, email: str, address: str, *, succeeded: bool, now: datetime) -> None:
    """Note one attempt and forget those whose term is over."""
    with write_transaction(db, "note an attempt to sign in"):
        db.table("login_attempt").insert(
            {"email": email, "address": address, "succeeded": int(succeeded), "at": stamp(now)}
        )
        db.conn.execute("DELETE FROM login_attempt WHERE at < ?", [stamp(now - KEPT_FOR)])


def recent_failures(db: Database, email: str, address: str, *, since: datetime) -> Failures:
    """Count failures of an account and of an address since a time.

    Signing in clears the count of the account, never that of the address: otherwise one good
    password would let the same place guess those of others for ever.
    """
    with driver_errors("count attempts to sign in"):
        of_email, last_of_email = db.conn.execute(
            "SELECT count(*), max(at) FROM login_attempt WHERE email = ? AND succeeded = 0 "
            "AND at >= max(?, coalesce((SELECT max(at) FROM login_attempt "
            "WHERE email = ? AND succeeded = 1), ''))",
            [email, stamp(since), email],
        ).fetchone()
        of_address, last_of_address = db.conn.execute(
            "SELECT count(*), max(at) FROM login_attempt "
            "WHERE address = ? AND succeeded = 0 AND at >= ?",
            [address, stamp(since)],
        ).fetchone()
    return Failures(of_email, of_address, _time(last_of_email), _time(last_of_address))


def _time(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
