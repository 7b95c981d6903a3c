"""Setting up the second factor, and the recovery codes for a lost telephone."""

from __future__ import annotations

import base64
import secrets
from datetime import datetime
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import MatcherError
from matcher.identity import Account, actor_of
from matcher.store.accounts import read_account, read_credentials, update_account
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.recovery_codes import replace_codes
from matcher.workflow.accounts.second_factor import matching_step, new_secret
from matcher.workflow.accounts.sign_in import WrongCode

N_RECOVERY_CODES = 10
RECOVERY_BYTES = 10  # 80 random bits
GROUP = 4


class SecondFactorSet(MatcherError):
    """The account has a second factor already; take it away first to set up another."""

    code = "second_factor_set"


class Enrolled(NamedTuple):
    """The account with its second factor, and the codes that are shown once."""

    account: Account
    recovery_codes: tuple[str, ...]


def secret_to_enrol(db: Database, account_id: str) -> str:
    """Return the secret that is being set up, making one where there is none.

    Reading the page again shows the same secret, so that a scanned one stays good.

    Raises
    ------
    SecondFactorSet
    """
    with write_transaction(db, "set up a second factor"):
        _refuse_set(read_account(db, account_id))
        kept = read_credentials(db, account_id).totp_secret
        if kept:
            return kept
        secret = new_secret()
        update_account(db, account_id, {"totp_secret": secret, "totp_last_step": 0})
    return secret


def confirm(db: Database, account_id: str, code: str, *, now: datetime) -> Enrolled:
    """Turn the second factor on by a first code, which ends every other session.

    Raises
    ------
    SecondFactorSet, WrongCode
    """
    codes = new_recovery_codes()
    with write_transaction(db, "confirm a second factor"):
        account = read_account(db, account_id)
        _refuse_set(account)
        kept = read_credentials(db, account_id)
        step = None
        if kept.totp_secret:
            step = matching_step(kept.totp_secret, code, now=now, last_step=kept.totp_last_step)
        if step is None:
            raise WrongCode("the code does not fit the secret that was shown")
        changes = {
            "totp_confirmed_at": now,
            "totp_last_step": step,
            "must_set_second_factor": False,
            "session_epoch": account.session_epoch + 1,
        }
        account = update_account(db, account_id, changes)
        replace_codes(db, account_id, codes)
        change = Change("account.second_factor_set", "account", account_id)
        record_change(db, change, actor=actor_of(account), now=now)
    return Enrolled(account, codes)


def new_recovery_codes() -> tuple[str, ...]:
    """Return a fresh set of codes; they are shown once and stored as digests."""
    return tuple(new_recovery_code() for _ in range(N_RECOVERY_CODES))


def new_recovery_code() -> str:
    """Return sixteen letters and digits in groups of four."""
    plain = base64.b32encode(secrets.token_bytes(RECOVERY_BYTES)).decode("ascii").lower()
    return "-".join(plain[at : at + GROUP] for at in range(0, len(plain), GROUP))


def _refuse_set(account: Account) -> None:
    if account.has_second_factor:
        raise SecondFactorSet(f"{account.account_id} has a second factor already")
