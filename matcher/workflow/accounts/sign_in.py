"""Signing in: the password, the second factor, and the throttle that makes guessing slow.

An unknown address, a wrong password and a disabled account give the same answer in the same time,
so that nobody learns who has an account.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.errors import MatcherError
from matcher.identity import Account, actor_of
from matcher.store.accounts import (
    find_by_email,
    key_of_email,
    read_account,
    read_credentials,
    update_account,
)
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.login_attempts import add_attempt, recent_failures
from matcher.store.recovery_codes import use_code
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.accounts.second_factor import matching_step

WINDOW = timedelta(minutes=15)
# NIST SP 800-63B-4, 3.2.2 allows at most 100 failures in a row; far fewer are typing errors.
FREE_FAILURES = 5
FREE_FAILURES_OF_ADDRESS = 30  # an office shares one address
FIRST_WAIT_S = 15


class SignInRefused(MatcherError):
    """The address or the password is wrong, or the account is disabled."""

    code = "sign_in_refused"


class TooManyAttempts(MatcherError):
    """Guessing was slowed down; ``context["wait_s"]`` says for how long."""

    code = "too_many_attempts"


class WrongCode(MatcherError):
    """A code of the second factor is wrong, too old, or was used before."""

    code = "wrong_code"


@dataclass(frozen=True)
class Gate:
    """What a sign-in needs besides the database: the hasher and the key of the digests."""

    passwords: Passwords
    key: bytes

    def digest(self, text: str) -> str:
        """Return the keyed digest under which an address is counted."""
        return hmac.new(self.key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()


def check_password(
    db: Database, gate: Gate, email: str, password: str, *, address: str, now: datetime
) -> Account:
    """Return the account that an e-mail address and a password belong to.

    Parameters
    ----------
    address : str
        The network address that the attempt comes from.

    Raises
    ------
    TooManyAttempts
        Before anything is checked, while the throttle holds.
    SignInRefused
        For every other reason, without saying which.

    Notes
    -----
    Where the account has a second factor the caller asks for it next; the attempt counts as
    succeeded only when all that is asked for was right (``complete_sign_in``).
    """
    keys = (gate.digest(key_of_email(email)), gate.digest(address))
    refuse_while_throttled(db, *keys, now=now)
    account = find_by_email(db, email)
    if account is None:
        gate.passwords.pretend(password)
    else:
        encoded = read_credentials(db, account.account_id).password_hash
        if gate.passwords.fits(password, encoded) and account.is_active:
            if gate.passwords.is_outdated(encoded):
                changes = {"password_hash": gate.passwords.hashed(password)}
                update_account(db, account.account_id, changes)
            return account
    add_attempt(db, *keys, succeeded=False, now=now)
    raise SignInRefused("the e-mail address or the password is wrong")


def check_code(
    db: Database, gate: Gate, account_id: str, code: str, *, address: str, now: datetime
) -> Account:
    """Check the second factor of an account whose password was right; each code works once.

    A recovery code does as well as the six digits.

    Raises
    ------
    TooManyAttempts, WrongCode
    """
    account = read_account(db, account_id)
    keys = (gate.digest(account.email), gate.digest(address))
    refuse_while_throttled(db, *keys, now=now)
    with write_transaction(db, "check a second factor"):
        kept = read_credentials(db, account_id)
        step = None
        if account.has_second_factor:  # a secret that is still being set up opens nothing
            step = matching_step(kept.totp_secret, code, now=now, last_step=kept.totp_last_step)
        if step is not None:
            return update_account(db, account_id, {"totp_last_step": step})
        if use_code(db, account_id, code, now=now):
            change = Change("account.recovery_code_used", "account", account_id)
            record_change(db, change, actor=actor_of(account), now=now)
            return account
    add_attempt(db, *keys, succeeded=False, now=now)
    raise WrongCode("the code is wrong, too old, or was used before")


def complete_sign_in(
    db: Database, gate: Gate, account: Account, *, address: str, now: datetime
) -> Account:
    """Note that an account has signed in; its failures before no longer count."""
    keys = (gate.digest(account.email), gate.digest(address))
    with write_transaction(db, "note a sign-in"):
        add_attempt(db, *keys, succeeded=True, now=now)
        change = Change("account.signed_in", "account", account.account_id)
        record_change(db, change, actor=actor_of(account), now=now)
        return update_account(db, account.account_id, {"last_sign_in_at": now})


def refuse_while_throttled(db: Database, email: str, address: str, *, now: datetime) -> None:
    """Refuse an attempt that comes too soon after too many failures.

    After five failures of an account (thirty of an address) within a quarter of an hour each
    further one doubles the wait from 15 s on, up to the whole quarter.

    Raises
    ------
    TooManyAttempts
        With ``wait_s`` in its context.
    """
    failures = recent_failures(db, email, address, since=now - WINDOW)
    wait = max(
        _wait_left(failures.of_email - FREE_FAILURES, failures.last_of_email, now),
        _wait_left(failures.of_address - FREE_FAILURES_OF_ADDRESS, failures.last_of_address, now),
    )
    if wait > timedelta(0):
        wait_s = -(-wait // timedelta(seconds=1))
        raise TooManyAttempts(f"too many attempts; wait {wait_s} s", wait_s=wait_s)


def _wait_left(n_over: int, last: datetime | None, now: datetime) -> timedelta:
    if n_over < 0 or last is None:
        return timedelta(0)
    wait = min(WINDOW, timedelta(seconds=FIRST_WAIT_S * 2.0 ** min(n_over, 10)))
    return last + wait - now
