"""The demonstration's accounts: made on an empty database, kept in a file that its owner reads."""

from __future__ import annotations

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli.database import current_database
from matcher.cli.options import note, with_database, with_quiet
from matcher.settings import demo_accounts_path, models_folder

if TYPE_CHECKING:
    from matcher.workflow.demonstration.accounts import DemoAccount

EXAMPLE = """\b
例 · Example:
  aiplus end-demo
"""


@click.command("end-demo", short_help="结束演示 · end the demonstration", epilog=EXAMPLE)
@with_database
@with_quiet
def end_demo(database: Path, quiet: bool) -> None:
    """停用演示账户并撤回其发布的内容 · Disable its accounts, withdraw what they published.

    The site then says no more that its data are for demonstration, and the file with the passwords
    is removed. Make an administrator with `aiplus create-admin` first or afterwards.
    """
    from matcher.workflow.demonstration.end import end_demonstration

    with current_database(database) as db:
        ended = end_demonstration(db, models=models_folder(), now=datetime.now(UTC))
    demo_accounts_path(database).unlink(missing_ok=True)
    note(
        f"停用账户 {ended.n_accounts} 个，撤回记录 {ended.n_records} 条 · "
        f"{ended.n_accounts} accounts disabled, {ended.n_records} records withdrawn",
        quiet=quiet,
    )


def open_if_empty(database: Path) -> None:
    """Make the demonstration's accounts where there is no account, and keep their passwords.

    The passwords stand in a file beside the database that only its owner may read (0600); the
    database has their hashes alone.
    """
    from matcher.store.accounts import find_by_email, list_accounts
    from matcher.workflow.accounts.passwords import Passwords
    from matcher.workflow.demonstration.accounts import open_demonstration
    from matcher.workflow.demonstration.capabilities import add_demo_capabilities
    from matcher.workflow.demonstration.needs import add_demo_needs
    from matcher.workflow.demonstration.rounds import add_demo_rounds
    from matcher.workflow.demonstration.supply import add_demo_supply

    with current_database(database) as db:
        if list_accounts(db, limit=1):
            return
        now = datetime.now(UTC)
        made = open_demonstration(db, Passwords(), now=now)
        need_ids = add_demo_needs(db, now=now)
        add_demo_capabilities(db, now=now)
        reviewer = find_by_email(db, "reviewer@demo.invalid")
        if reviewer is not None:
            add_demo_supply(db, need_ids[1:3], reviewer, now=now)
        administrator = find_by_email(db, "administrator@demo.invalid")
        if administrator is not None:
            add_demo_rounds(db, need_ids[:3], administrator, now=now)
    keep_passwords(database, made)


def keep_passwords(database: Path, made: list[DemoAccount]) -> Path:
    """Write the demonstration's passwords beside the database and return where they are."""
    lines = [f"{account.role}\t{account.email}\t{account.password}\n" for account in made]
    path = demo_accounts_path(database)
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.writelines(lines)
    return path


def has_accounts(database: Path) -> bool:
    """Whether anybody can sign in."""
    from matcher.store.accounts import list_accounts

    with current_database(database, read_only=True) as db:
        return bool(list_accounts(db, limit=1))
