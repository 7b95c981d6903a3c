"""Signing in: the same answer for every wrong word, and guessing that gets slower and slower."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from matcher.store.accounts import read_credentials, update_account
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase, close_database, open_database
from matcher.store.migrations import apply_migrations
from matcher.workflow.accounts.passwords import Effort, Passwords
from matcher.workflow.accounts.second_factor import matching_step, new_secret, provisioning_address
from matcher.workflow.accounts.sign_in import (
    FREE_FAILURES,
    FREE_FAILURES_OF_ADDRESS,
    WINDOW,
    Gate,
    SignInRefused,
    TooManyAttempts,
    WrongCode,
    check_code,
    check_password,
    complete_sign_in,
)
from tests.matcher.people import CHEAP, NOW, PASSWORD, add_person

GATE = Gate(CHEAP, b"a key for tests")
HERE = "192.0.2.1"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "people.db"
    db = open_database(file)
    apply_migrations(db)
    add_person(db)
    close_database(db)
    return file


@pytest.fixture
def db(path: Path) -> Iterator[StoreDatabase]:
    opened = open_database(path)
    yield opened
    close_database(opened)


def fail(db: StoreDatabase, email: str, *, address: str = HERE, after_s: float = 0) -> None:
    with pytest.raises(SignInRefused):
        check_password(
            db, GATE, email, "wrong", address=address, now=NOW + timedelta(seconds=after_s)
        )


def test_right_words_sign_in_however_the_address_is_written(db: StoreDatabase) -> None:
    account = check_password(db, GATE, " Person1@Example.INVALID ", PASSWORD, address=HERE, now=NOW)
    assert account.account_id == "ACC-1"
    done = complete_sign_in(db, GATE, account, address=HERE, now=NOW)
    assert done.last_sign_in_at == NOW
    assert list_events(db, EventFilter(action="account.signed_in"))[0].actor == "ACC-1"


def test_wrong_password_unknown_address_and_disabled_account_say_the_same(
    db: StoreDatabase,
) -> None:
    said = set()
    update_account(db, add_person(db, 2).account_id, {"is_active": False})
    for email, password in (
        ("person1@example.invalid", "wrong"),
        ("nobody@example.invalid", PASSWORD),
        ("person2@example.invalid", PASSWORD),
    ):
        with pytest.raises(SignInRefused) as caught:
            check_password(db, GATE, email, password, address=HERE, now=NOW)
        said.add((str(caught.value), caught.value.code))
    assert len(said) == 1


def test_unknown_address_costs_a_hash_too(db: StoreDatabase) -> None:
    class Counted(Passwords):
        n_checks = 0

        def fits(self, password: str, encoded: str) -> bool:
            self.n_checks += 1
            return super().fits(password, encoded)

    counted = Counted(CHEAP.effort)
    for email in ("person1@example.invalid", "nobody@example.invalid"):
        with pytest.raises(SignInRefused):
            check_password(db, Gate(counted, b"k"), email, "wrong", address=HERE, now=NOW)
    assert counted.n_checks == 2


def test_each_failure_too_many_doubles_the_wait(db: StoreDatabase) -> None:
    at = 0.0
    for _ in range(FREE_FAILURES):
        fail(db, "person1@example.invalid", after_s=at)
    for expected_s in (15, 30, 60, 120):
        with pytest.raises(TooManyAttempts) as caught:
            fail(db, "person1@example.invalid", after_s=at)
        assert caught.value.context["wait_s"] == expected_s
        at += expected_s
        fail(db, "person1@example.invalid", after_s=at)


def test_waiting_lets_the_right_password_in_and_clears_the_count(db: StoreDatabase) -> None:
    for _ in range(FREE_FAILURES):
        fail(db, "person1@example.invalid")
    later = NOW + timedelta(seconds=15)
    with pytest.raises(TooManyAttempts):
        check_password(db, GATE, "person1@example.invalid", PASSWORD, address=HERE, now=NOW)
    account = check_password(db, GATE, "person1@example.invalid", PASSWORD, address=HERE, now=later)
    complete_sign_in(db, GATE, account, address=HERE, now=later)
    fail(db, "person1@example.invalid", after_s=16)


def test_one_address_cannot_guess_through_many_accounts(db: StoreDatabase) -> None:
    for number in range(FREE_FAILURES_OF_ADDRESS):
        fail(db, f"guess{number}@example.invalid")
    with pytest.raises(TooManyAttempts):
        fail(db, "another@example.invalid")
    fail(db, "another@example.invalid", address="192.0.2.2")


def test_old_failures_are_forgotten(db: StoreDatabase) -> None:
    for _ in range(FREE_FAILURES):
        fail(db, "person1@example.invalid")
    after = NOW + WINDOW + timedelta(seconds=1)
    assert check_password(db, GATE, "person1@example.invalid", PASSWORD, address=HERE, now=after)


def test_throttle_holds_for_another_process_too(db: StoreDatabase, path: Path) -> None:
    for _ in range(FREE_FAILURES):
        fail(db, "person1@example.invalid")
    other = open_database(path)
    with pytest.raises(TooManyAttempts):
        fail(other, "person1@example.invalid", address="192.0.2.9")
    close_database(other)


def test_neither_address_is_readable_in_the_database(db: StoreDatabase) -> None:
    fail(db, "person1@example.invalid")
    stored = repr(list(db.conn.execute("SELECT * FROM login_attempt")))
    assert "person1" not in stored
    assert HERE not in stored


def test_hash_of_an_old_effort_is_made_anew_at_sign_in(db: StoreDatabase) -> None:
    stronger = Gate(Passwords(Effort(memory_kib=16, passes=1, lanes=1)), b"k")
    before = read_credentials(db, "ACC-1").password_hash
    check_password(db, stronger, "person1@example.invalid", PASSWORD, address=HERE, now=NOW)
    after = read_credentials(db, "ACC-1").password_hash
    assert after != before
    assert stronger.passwords.fits(PASSWORD, after)


def test_code_of_the_second_factor_works_once(db: StoreDatabase) -> None:
    secret = new_secret()
    update_account(db, "ACC-1", {"totp_secret": secret, "totp_confirmed_at": NOW})
    code = pyotp.TOTP(secret).at(NOW)
    assert check_code(db, GATE, "ACC-1", code, address=HERE, now=NOW).has_second_factor
    with pytest.raises(WrongCode):
        check_code(db, GATE, "ACC-1", code, address=HERE, now=NOW)


@pytest.mark.parametrize("code", ["", "12345", "abcdef", "１２３４５６", "1234567", "\x00"])
def test_what_is_no_code_fits_nothing(code: str) -> None:
    assert matching_step(new_secret(), code, now=NOW, last_step=0) is None


@pytest.mark.parametrize(("shift_s", "fits"), [(-30, True), (30, True), (-90, False), (90, False)])
def test_clocks_may_differ_by_one_period(shift_s: int, fits: bool) -> None:
    secret = new_secret()
    code = pyotp.TOTP(secret).at(NOW + timedelta(seconds=shift_s))
    assert (matching_step(secret, code, now=NOW, last_step=0) is not None) == fits


def test_authenticator_reads_issuer_and_account_from_the_address() -> None:
    read = pyotp.parse_uri(provisioning_address(new_secret(), "person1@example.invalid"))
    assert read.name == "person1@example.invalid"
    assert "AI Plus" in str(read.issuer)
