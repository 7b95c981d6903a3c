"""Accounts from the command line: the first administrator, what was lost, waiting mail."""

from __future__ import annotations

import os
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from matcher.cli.database import current_database
from matcher.cli.options import note, with_database, with_quiet
from matcher.errors import MatcherError
from matcher.settings import site_address

if TYPE_CHECKING:
    from sqlite_utils import Database

    from matcher.identity import Account

LONGEST_PASSWORD_LINE = 1000
CREATE_EXAMPLE = """\b
例 · Example:
  aiplus create-admin chen@example.org --name 陈某
  aiplus create-admin chen@example.org --password-stdin < password-file
"""
RESET_EXAMPLE = """\b
例 · Example:
  aiplus reset-link chen@example.org
"""
SECOND_FACTOR_EXAMPLE = """\b
例 · Example:
  aiplus reset-second-factor chen@example.org
"""
SEND_EXAMPLE = """\b
例 · Example:
  aiplus send-mail
  AIPLUS_SMTP_HOST=mail.example.org AIPLUS_SMTP_FROM=aiplus@example.org aiplus send-mail
"""


class UnknownAddress(MatcherError):
    """No active account has this e-mail address."""

    code = "unknown_address"


class NoMailServer(MatcherError):
    """No mail server is set, so nothing can be sent."""

    code = "no_mail_server"


@click.command(
    "create-admin", short_help="建立管理员账户 · make an administrator", epilog=CREATE_EXAMPLE
)
@click.argument("email")
@click.option("--name", default="", help="姓名（默认取邮箱 @ 前的部分）· the person's name.")
@click.option(
    "--password-stdin",
    is_flag=True,
    help="从标准输入读一行密码 · read the password as one line of standard input.",
)
@with_database
def create_admin(email: str, name: str, password_stdin: bool, database: Path) -> None:
    """建立管理员账户，密码由提示输入 · Make an administrator; a prompt asks for the password.

    The password is never an argument: arguments are seen by everybody on the machine.
    """
    from matcher.identity import COMMAND_LINE, Role
    from matcher.workflow.accounts.passwords import Passwords
    from matcher.workflow.accounts.staff import add_staff

    with current_database(database) as db:
        password = read_password(password_stdin)
        values = {
            "email": email,
            "name": name or email.split("@")[0],
            "password": password,
            "password_again": password,
        }
        account = add_staff(
            db,
            Passwords(),
            values,
            role=Role.ADMINISTRATOR,
            actor=COMMAND_LINE,
            now=datetime.now(UTC),
        )
    note(f"管理员已建立 · administrator {account.email} ({account.account_id})")


def read_password(from_stdin: bool) -> str:
    """Read a password from standard input or ask for it twice without showing it."""
    if from_stdin:
        return sys.stdin.readline(LONGEST_PASSWORD_LINE).rstrip("\r\n")
    asked: str = click.prompt(
        "密码 · password", hide_input=True, confirmation_prompt="再输一遍 · again", err=True
    )
    return asked


@click.command(
    "reset-link", short_help="生成设置新密码的链接 · a link for a password", epilog=RESET_EXAMPLE
)
@click.argument("email")
@with_database
def reset_link(email: str, database: Path) -> None:
    """打印一个设置新密码的链接 · Print a link that sets a new password, once, within an hour.

    The site's address is AIPLUS_URL (default: http://127.0.0.1:8000).
    """
    from matcher.identity import COMMAND_LINE
    from matcher.workflow.accounts.password_change import issue_reset

    with current_database(database) as db:
        account = active_account(db, email)
        secret = issue_reset(db, account.account_id, actor=COMMAND_LINE, now=datetime.now(UTC))
    click.echo(f"{site_address()}/new-password/{secret}")


def active_account(db: Database, email: str) -> Account:
    """Return the account that signs in with an address.

    Raises
    ------
    UnknownAddress
    """
    from matcher.store.accounts import find_by_email

    account = find_by_email(db, email)
    if account is None or not account.is_active:
        raise UnknownAddress(
            f"没有使用中的账户 · no active account has the address {email!r}; "
            "the page /people/accounts lists them"
        )
    return account


@click.command(
    "reset-second-factor",
    short_help="重置第二重验证 · reset a second factor",
    epilog=SECOND_FACTOR_EXAMPLE,
)
@click.argument("email")
@with_database
def reset_second_factor(email: str, database: Path) -> None:
    """手机丢失且没有恢复码：重置第二重验证 · Reset the second factor of somebody who lost it.

    All sessions of the account end and the person is told. An administrator or reviewer has to set
    another up at the next sign-in. Make sure first who asks.
    """
    from matcher.identity import COMMAND_LINE
    from matcher.workflow.accounts.second_factor_change import reset_for

    with current_database(database) as db:
        account = active_account(db, email)
        after = reset_for(db, account.account_id, actor=COMMAND_LINE, now=datetime.now(UTC))
    owed = (
        "下次登录时须重新设置 · the next sign-in sets up another"
        if after.must_set_second_factor
        else "登录不再要求 · signing in asks for none"
    )
    note(f"已重置 · reset: {account.email} ({account.account_id}); {owed}")


@click.command("send-mail", short_help="发送等待的邮件 · send waiting mail", epilog=SEND_EXAMPLE)
@with_database
@with_quiet
def send_mail(database: Path, quiet: bool) -> None:
    """发送等待的邮件；失败的保留并重试 · Send what waits; what fails is kept and tried again.

    Exit code 1 where something could not be sent. Run it every few minutes, for example by cron.
    """
    from matcher.workflow.messages.mail import mail_server, send_waiting

    server = mail_server(os.environ)
    if server is None:
        raise NoMailServer(
            "没有设置邮件服务器 · no mail server is set; name it in AIPLUS_SMTP_HOST "
            "(docs/operations.md)"
        )
    with current_database(database) as db:
        sending = send_waiting(db, server, site=site_address(), now=datetime.now(UTC))
    note(f"已发送 · sent {sending.n_sent}", quiet=quiet)
    for told in sending.errors:
        note(f"未能发送，稍后重试 · not sent, tried again later: {told}")
    if sending.errors:
        click.get_current_context().exit(1)
