"""Codes that stand in for a lost authenticator, each once; only their digests are stored.

A code has 80 random bits, so that a plain digest of it tells nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp


def digest_of_code(code: str) -> str:
    """Return the digest under which a code is stored, however it was typed."""
    plain = "".join(letter for letter in code.lower() if letter.isalnum())
    return hashlib.sha256(plain.encode("utf-8", "surrogatepass")).hexdigest()


def replace_codes(db: Database, account_id: str, codes: Iterable[str]) -> None:
    """Store an account's codes in place of those that it had."""
    rows = [
        {"account_id": account_id, "digest": digest_of_code(code), "used_at": None}
        for code in codes
    ]
    with write_transaction(db, "store recovery codes"):
        db.conn.execute("DELETE FROM recovery_code WHERE account_id = ?", [account_id])
        if rows:
            db.table("recovery_code").insert_all(rows)


def use_code(db: Database, account_id: str, code: str, *, now: datetime) -> bool:
    """Use a code up; of several that try it at once, one succeeds."""
    with write_transaction(db, "use a recovery code"):
        cursor = db.conn.execute(
            "UPDATE recovery_code SET used_at = ? "
            "WHERE account_id = ? AND digest = ? AND used_at IS NULL",
            [stamp(now), account_id, digest_of_code(code)],
        )
        return bool(cursor.rowcount == 1)


def count_codes(db: Database, account_id: str) -> int:
    """Return how many codes of an account can still be used."""
    with driver_errors("count recovery codes"):
        row = db.conn.execute(
            "SELECT count(*) FROM recovery_code WHERE account_id = ? AND used_at IS NULL",
            [account_id],
        ).fetchone()
    return int(row[0])
