"""A second factor that is set already: replaced, switched off, or reset for who lost it.

Who acts for the platform opens the records of everybody, so that their second factor, once set, is
never switched off by themselves: another device takes over, and a lost one is reset by somebody
else. Callers have checked the password and a code of the device that goes.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.errors import MatcherError
from matcher.identity import Account, Actor, actor_of
from matcher.store.accounts import read_account, read_credentials, update_account
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.notices import Message
from matcher.store.recovery_codes import replace_codes
from matcher.workflow.accounts.second_factor import matching_step, new_secret
from matcher.workflow.accounts.second_factor_setup import Enrolled, new_recovery_codes
from matcher.workflow.accounts.sign_in import WrongCode
from matcher.workflow.messages.notifying import tell

ADDRESS = "/account/second-factor"


class SecondFactorKept(MatcherError):
    """Who acts for the platform cannot switch the second factor off, only replace the device."""

    code = "second_factor_kept"


class SecondFactorUnset(MatcherError):
    """The account has no second factor that could be replaced or reset."""

    code = "second_factor_unset"


class OwnSecondFactor(MatcherError):
    """Nobody resets the own second factor: another administrator does, or ``aiplus``."""

    code = "own_second_factor"


def take_away(db: Database, account_id: str, *, now: datetime) -> Account:
    """Switch the second factor off.

    Raises
    ------
    SecondFactorKept
        When the account acts for the platform.
    """
    with write_transaction(db, "take a second factor away"):
        before = read_account(db, account_id)
        if before.keeps_second_factor:
            raise SecondFactorKept(f"{account_id} is {before.role}: only another device can follow")
        account = _forget(db, before)
        change = Change("account.second_factor_removed", "account", account_id)
        record_change(db, change, actor=actor_of(account), now=now)
    return account


def begin_replacement(db: Database, account_id: str) -> str:
    """Return the secret of a new device; the old one holds until ``replace``.

    Each call makes another, so that a secret that was on a screen before is worth nothing.

    Raises
    ------
    SecondFactorUnset
    """
    secret = new_secret()
    with write_transaction(db, "begin to replace a second factor"):
        _refuse_unset(read_account(db, account_id))
        update_account(db, account_id, {"totp_next_secret": secret})
    return secret


def replace(db: Database, account_id: str, code: str, *, now: datetime) -> Enrolled:
    """Let the new device take over by its first code; other sessions and old codes end.

    Raises
    ------
    SecondFactorUnset, WrongCode
    """
    codes = new_recovery_codes()
    with write_transaction(db, "replace a second factor"):
        before = read_account(db, account_id)
        _refuse_unset(before)
        secret = read_credentials(db, account_id).totp_next_secret
        step = matching_step(secret, code, now=now, last_step=0) if secret else None
        if step is None:
            raise WrongCode("the code does not fit the secret that was shown")
        changes = {
            "totp_secret": secret,
            "totp_next_secret": "",
            "totp_confirmed_at": now,
            "totp_last_step": step,
            "session_epoch": before.session_epoch + 1,
        }
        account = update_account(db, account_id, changes)
        replace_codes(db, account_id, codes)
        change = Change("account.second_factor_replaced", "account", account_id)
        record_change(db, change, actor=actor_of(account), now=now)
        tell(db, [account_id], _REPLACED, now=now)
    return Enrolled(account, codes)


def renew_codes(db: Database, account_id: str, *, now: datetime) -> tuple[str, ...]:
    """Return new recovery codes in place of those that are left.

    Raises
    ------
    SecondFactorUnset
    """
    codes = new_recovery_codes()
    with write_transaction(db, "renew recovery codes"):
        account = read_account(db, account_id)
        _refuse_unset(account)
        replace_codes(db, account_id, codes)
        change = Change("account.recovery_codes_renewed", "account", account_id)
        record_change(db, change, actor=actor_of(account), now=now)
    return codes


def reset_for(db: Database, account_id: str, *, actor: Actor, now: datetime) -> Account:
    """Reset the second factor of somebody who lost it, which ends every session of theirs.

    Who acts for the platform has to set another up at the next sign-in, before anything else.

    Raises
    ------
    OwnSecondFactor, SecondFactorUnset
    """
    with write_transaction(db, f"reset the second factor of {account_id}"):
        before = read_account(db, account_id)
        if actor.actor_id == account_id:
            raise OwnSecondFactor(f"{account_id} cannot reset the own second factor")
        _refuse_unset(before)
        account = _forget(db, before, must_set=before.keeps_second_factor)
        after = {"must_set_second_factor": account.must_set_second_factor}
        change = Change("account.second_factor_reset", "account", account_id, after=after)
        record_change(db, change, actor=actor, now=now)
        tell(db, [account_id], _RESET, now=now)
    return account


def _forget(db: Database, before: Account, *, must_set: bool = False) -> Account:
    """Leave nothing of a second factor behind, and end every session that rested on it."""
    changes = {
        "totp_secret": "",
        "totp_next_secret": "",
        "totp_confirmed_at": None,
        "totp_last_step": 0,
        "must_set_second_factor": must_set,
        "session_epoch": before.session_epoch + 1,
    }
    account = update_account(db, before.account_id, changes)
    replace_codes(db, before.account_id, ())
    return account


def _refuse_unset(account: Account) -> None:
    if not account.has_second_factor:
        raise SecondFactorUnset(f"{account.account_id} has no second factor")


_REPLACED = Message(
    topic="account.second_factor",
    text_zh="您的第二重验证已换成另一台设备，原来的恢复码失效。如果不是您本人操作，请立即联系管理员。",
    text_en="Your second factor is now on another device and the old recovery codes work no more. "
    "If it was not you, tell the administrator at once.",
    address=ADDRESS,
)
_RESET = Message(
    topic="account.second_factor",
    text_zh="管理员重置了您的第二重验证，您的所有登录都已结束。如果不是您要求的，请立即联系管理员。",
    text_en="An administrator reset your second factor and all your sessions ended. If you did not "
    "ask for it, tell an administrator at once.",
    address=ADDRESS,
)
