"""The demonstration's accounts: made on an empty database, kept in a file that its owner reads."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path

from matcher.cli.database import current_database
from matcher.settings import demo_accounts_path


def open_if_empty(database: Path) -> None:
    """Make the demonstration's accounts where there is no account, and keep their passwords.

    The passwords stand in a file beside the database that only its owner may read (0600); the
    database has their hashes alone.
    """
    from matcher.store.accounts import list_accounts
    from matcher.workflow.demonstration import open_demonstration
    from matcher.workflow.passwords import Passwords

    with current_database(database) as db:
        if list_accounts(db, limit=1):
            return
        made = open_demonstration(db, Passwords(), now=datetime.now(UTC))
    lines = [f"{account.role}\t{account.email}\t{account.password}\n" for account in made]
    path = demo_accounts_path(database)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(lines)
