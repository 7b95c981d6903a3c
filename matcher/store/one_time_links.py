"""Links that work once: to set a new password, to join an organisation.

Only the digest of a link's secret is stored, so that reading the database opens nothing.
"""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


class Link(NamedTuple):
    """What a link lets its holder do, and until when."""

    purpose: str  # reset | invite
    issued_by: str
    expires_at: datetime
    account_id: str = ""
    organisation_id: str = ""
    email: str = ""
    role: str = ""


def digest_of_secret(secret: str) -> str:
    """Return the digest under which a link is stored; its secret has 256 random bits."""
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()


def add_link(db: Database, secret: str, link: Link, *, now: datetime) -> None:
    """Store a link; earlier ones of the same purpose for the same account work no more."""
    with write_transaction(db, f"issue a link to {link.purpose}"):
        if link.account_id:
            db.conn.execute(
                "UPDATE one_time_link SET used_at = ? "
                "WHERE purpose = ? AND account_id = ? AND used_at IS NULL",
                [stamp(now), link.purpose, link.account_id],
            )
        db.table("one_time_link").insert(
            {
                "digest": digest_of_secret(secret),
                "purpose": link.purpose,
                "account_id": link.account_id or None,
                "organisation_id": link.organisation_id or None,
                "email": link.email,
                "role": link.role,
                "issued_by": link.issued_by,
                "issued_at": stamp(now),
                "expires_at": stamp(link.expires_at),
                "used_at": None,
            }
        )


def find_link(db: Database, secret: str, purpose: str, *, now: datetime) -> Link | None:
    """Return a link that still works, or None."""
    with driver_errors("read a link"):
        row = db.conn.execute(
            "SELECT purpose, issued_by, expires_at, account_id, organisation_id, email, role "
            "FROM one_time_link "
            "WHERE digest = ? AND purpose = ? AND used_at IS NULL AND expires_at > ?",
            [digest_of_secret(secret), purpose, stamp(now)],
        ).fetchone()
    if row is None:
        return None
    return Link(
        row[0], row[1], datetime.fromisoformat(row[2]), row[3] or "", row[4] or "", row[5], row[6]
    )


def use_link(db: Database, secret: str, purpose: str, *, now: datetime) -> Link | None:
    """Take a link out of use and return it; None when it does not work (any more).

    Of several that use it at once, one gets it.
    """
    with write_transaction(db, "use a link"):
        link = find_link(db, secret, purpose, now=now)
        if link is not None:
            db.conn.execute(
                "UPDATE one_time_link SET used_at = ? WHERE digest = ?",
                [stamp(now), digest_of_secret(secret)],
            )
    return link
