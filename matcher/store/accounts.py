"""Accounts and what they sign in with.

Hashes and secrets leave this module only as ``Credentials``.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import Account
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_COLUMNS = (
    "account_id, email, role, name, organisation_id, language, is_active, session_epoch, "
    "totp_confirmed_at IS NOT NULL, is_demo, created_at, last_sign_in_at, mails, "
    "must_set_second_factor"
)
_CHANGEABLE = frozenset(
    {
        "name",
        "role",
        "language",
        "is_active",
        "password_hash",
        "session_epoch",
        "totp_secret",
        "totp_next_secret",
        "must_set_second_factor",
        "totp_confirmed_at",
        "totp_last_step",
        "last_sign_in_at",
        "mails",
    }
)
# Column and table of what belongs to a person alone and goes with the account.
_OF_A_PERSON = (
    ("account_id", "notice"),
    ("account_id", "recovery_code"),
    ("account_id", "one_time_link"),
    ("account_id", "saved_search"),
    ("account_id", "account_preference"),
    ("owner", "draft"),
)


class Credentials(NamedTuple):
    """What a sign-in is checked against."""

    password_hash: str
    totp_secret: str  # empty until a second factor is being set up
    totp_last_step: int  # the step of the last code that was used; it works once
    totp_next_secret: str  # of a device that is about to take over; empty without one


def key_of_email(email: str) -> str:
    """Return an address as it is compared: trimmed, lower case."""
    return email.strip().lower()


def add_account(db: Database, account: Account, *, password_hash: str, now: datetime) -> None:
    """Store a new account; its e-mail address must not be stored yet."""
    with write_transaction(db, f"add account {account.account_id}"):
        db.table("account").insert(
            {
                "account_id": account.account_id,
                "email": key_of_email(account.email),
                "name": account.name,
                "role": str(account.role),
                "organisation_id": account.organisation_id or None,
                "password_hash": password_hash,
                "language": account.language,
                "mails": account.mails,
                "is_active": int(account.is_active),
                "session_epoch": account.session_epoch,
                "totp_secret": "",
                "totp_confirmed_at": None,
                "totp_last_step": 0,
                "is_demo": int(account.is_demo),
                "created_at": stamp(now),
                "last_sign_in_at": None,
            }
        )


def find_account(db: Database, account_id: str) -> Account | None:
    """Return an account by its id, or None."""
    return _one(db, "account_id", account_id)


def read_account(db: Database, account_id: str) -> Account:
    """Return an account by its id.

    Raises
    ------
    UnknownRecord
        When there is none.
    """
    found = find_account(db, account_id)
    if found is None:
        raise UnknownRecord("account", account_id)
    return found


def find_by_email(db: Database, email: str) -> Account | None:
    """Return an account by its e-mail address, or None."""
    return _one(db, "email", key_of_email(email))


def read_credentials(db: Database, account_id: str) -> Credentials:
    """Return what a sign-in of this account is checked against.

    Raises
    ------
    UnknownRecord
        When there is no such account.
    """
    with driver_errors("read an account"):
        row = db.conn.execute(
            "SELECT password_hash, totp_secret, totp_last_step, totp_next_secret FROM account "
            "WHERE account_id = ?",
            [account_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("account", account_id)
    return Credentials(*row)


def list_accounts(
    db: Database, *, organisation_id: str = "", role: str = "", limit: int = 200, offset: int = 0
) -> list[Account]:
    """Return accounts, of one organisation or role where that is given, the oldest first."""
    with driver_errors("list accounts"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM account "  # noqa: S608
            "WHERE (? = '' OR organisation_id = ?) AND ? IN ('', role) "
            "ORDER BY created_at, account_id LIMIT ? OFFSET ?",
            [organisation_id, organisation_id, role, limit, offset],
        ).fetchall()
    return [_account(row) for row in rows]


def search_accounts(
    db: Database, words: str = "", *, limit: int = 50, offset: int = 0
) -> list[Account]:
    """Return accounts whose address, name or id holds the words, the newest first."""
    like = "%" + words.strip().replace("^", "^^").replace("%", "^%").replace("_", "^_") + "%"
    with driver_errors("search accounts"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM account "  # noqa: S608
            "WHERE email LIKE ? ESCAPE '^' OR name LIKE ? ESCAPE '^' OR account_id LIKE ? "
            "ESCAPE '^' ORDER BY created_at DESC, account_id LIMIT ? OFFSET ?",
            [like, like, like, limit, offset],
        ).fetchall()
    return [_account(row) for row in rows]


def update_account(db: Database, account_id: str, changes: Mapping[str, Any]) -> Account:
    """Change some columns of an account and return it as it now stands.

    Times are given as aware ``datetime``.

    Raises
    ------
    UnknownRecord
        When there is no such account.
    ValueError
        When a column that never changes is named.
    """
    wrong = set(changes) - _CHANGEABLE
    if wrong:
        raise ValueError(f"these columns of an account cannot be changed: {sorted(wrong)}")
    stored = {name: _stored(value) for name, value in changes.items()}
    settings = ", ".join(f"{name} = ?" for name in stored)
    with write_transaction(db, f"change account {account_id}"):
        if stored:
            db.conn.execute(
                f"UPDATE account SET {settings} WHERE account_id = ?",  # noqa: S608
                [*stored.values(), account_id],
            )
        return read_account(db, account_id)


def erase_account(db: Database, account_id: str) -> Account:
    """Take from an account all that names the person, for good; its id stays in the audit trail.

    Raises
    ------
    UnknownRecord
        When there is no such account.
    """
    with write_transaction(db, f"erase account {account_id}"):
        account = read_account(db, account_id)
        address = f"closed-{account_id.lower()}@closed.invalid"
        db.conn.execute(
            "UPDATE account SET email = ?, name = '', password_hash = 'closed', is_active = 0, "
            "totp_secret = '', totp_next_secret = '', totp_confirmed_at = NULL, "
            "must_set_second_factor = 0, session_epoch = session_epoch + 1 "
            "WHERE account_id = ?",
            [address, account_id],
        )
        for column, table in _OF_A_PERSON:
            db.conn.execute(f"DELETE FROM {table} WHERE {column} = ?", [account_id])  # noqa: S608
        # What others were told about the person names them too.
        db.conn.execute(
            "DELETE FROM notice WHERE object_kind = 'account' AND object_id = ?", [account_id]
        )
        db.conn.execute("DELETE FROM mail WHERE recipient = ?", [account.email])
        db.conn.execute("DELETE FROM one_time_link WHERE email = ?", [account.email])
        return read_account(db, account_id)


def _stored(value: Any) -> Any:
    if isinstance(value, datetime):
        return stamp(value)
    if isinstance(value, bool):
        return int(value)
    return value if value is None or isinstance(value, int) else str(value)


def _one(db: Database, column: str, value: str) -> Account | None:
    with driver_errors("read an account"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM account WHERE {column} = ?",  # noqa: S608
            [value],
        ).fetchone()
    return None if row is None else _account(row)


def _account(row: tuple[Any, ...]) -> Account:
    (account_id, email, role, name, organisation_id, language) = row[:6]
    is_active, session_epoch, has_second_factor, is_demo, created_at, last, mails, must = row[6:]
    return Account(
        account_id=account_id,
        email=email,
        role=role,
        name=name,
        organisation_id=organisation_id or "",
        language=language,
        is_active=bool(is_active),
        session_epoch=session_epoch,
        has_second_factor=bool(has_second_factor),
        must_set_second_factor=bool(must),
        is_demo=bool(is_demo),
        mails=mails,
        created_at=datetime.fromisoformat(created_at),
        last_sign_in_at=None if last is None else datetime.fromisoformat(last),
    )
