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

SHOWN_DIGEST = 16  # characters of a digest that name a link; they open nothing


class Link(NamedTuple):
    """What a link lets its holder do, and until when."""

    purpose: str  # reset | invite
    issued_by: str
    expires_at: datetime
    account_id: str = ""
    organisation_id: str = ""
    email: str = ""
    role: str = ""


class Invitation(NamedTuple):
    """An invitation that was not used yet, named by the beginning of its digest."""

    invitation_id: str
    email: str
    role: str
    expires_at: datetime


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


def open_invitations(db: Database, organisation_id: str, *, now: datetime) -> list[Invitation]:
    """Return the invitations of an organisation (or, without one, of the staff) that still work."""
    with driver_errors("list invitations"):
        rows = db.conn.execute(
            "SELECT digest, email, role, expires_at FROM one_time_link "
            "WHERE purpose = 'invite' AND coalesce(organisation_id, '') = ? "
            "AND used_at IS NULL AND expires_at > ? ORDER BY issued_at",
            [organisation_id, stamp(now)],
        ).fetchall()
    return [
        Invitation(digest[:SHOWN_DIGEST], email, role, datetime.fromisoformat(expires))
        for digest, email, role, expires in rows
    ]


def withdraw_invitation(
    db: Database, organisation_id: str, invitation_id: str, *, now: datetime
) -> bool:
    """Take an organisation's invitation out of use; False when it has none with this id."""
    with write_transaction(db, "withdraw an invitation"):
        cursor = db.conn.execute(
            "UPDATE one_time_link SET used_at = ? WHERE purpose = 'invite' AND used_at IS NULL "
            "AND coalesce(organisation_id, '') = ? AND substr(digest, 1, ?) = ?",
            [stamp(now), organisation_id, SHOWN_DIGEST, invitation_id],
        )
        return bool(cursor.rowcount)


def end_invitations_of(db: Database, issued_by: str, *, now: datetime) -> int:
    """Take every invitation out of use that somebody issued; return how many worked until now."""
    with write_transaction(db, "end somebody's invitations"):
        cursor = db.conn.execute(
            "UPDATE one_time_link SET used_at = ? WHERE purpose = 'invite' AND issued_by = ? "
            "AND used_at IS NULL AND expires_at > ?",
            [stamp(now), issued_by, stamp(now)],
        )
        return int(cursor.rowcount)


def end_resets_of(db: Database, account_id: str, *, now: datetime) -> int:
    """Take every link out of use that sets a password of an account; return how many worked."""
    with write_transaction(db, "end an account's links for a new password"):
        cursor = db.conn.execute(
            "UPDATE one_time_link SET used_at = ? WHERE purpose = 'reset' AND account_id = ? "
            "AND used_at IS NULL AND expires_at > ?",
            [stamp(now), account_id, stamp(now)],
        )
        return int(cursor.rowcount)


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
