"""Setting up the second factor and using its recovery codes."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from matcher.store.accounts import read_account
from matcher.store.connection import StoreDatabase
from matcher.store.recovery_codes import count_codes
from matcher.workflow.accounts.second_factor_setup import (
    N_RECOVERY_CODES,
    Enrolled,
    SecondFactorSet,
    confirm,
    secret_to_enrol,
)
from matcher.workflow.accounts.sign_in import Gate, WrongCode, check_code
from tests.matcher.people import CHEAP, NOW
from tests.matcher.workflow.people_db import last_event, people_database

GATE = Gate(CHEAP, b"a key for tests")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    with people_database(tmp_path) as opened:
        yield opened


def enrolled(db: StoreDatabase) -> Enrolled:
    secret = secret_to_enrol(db, "ACC-1")
    return confirm(db, "ACC-1", pyotp.TOTP(secret).at(NOW), now=NOW)


def enter(db: StoreDatabase, code: str, after_s: int = 60) -> str:
    now = NOW + timedelta(seconds=after_s)
    return check_code(db, GATE, "ACC-1", code, address="192.0.2.1", now=now).account_id


def test_nothing_is_on_before_a_code_was_right(db: StoreDatabase) -> None:
    secret = secret_to_enrol(db, "ACC-1")
    assert secret_to_enrol(db, "ACC-1") == secret  # a scanned one stays good
    for wrong in ("000000", "", "abc", pyotp.TOTP(secret).at(NOW + timedelta(hours=1))):
        with pytest.raises(WrongCode):
            confirm(db, "ACC-1", wrong, now=NOW)
    assert not read_account(db, "ACC-1").has_second_factor


def test_turning_it_on_ends_other_sessions_and_gives_ten_codes(db: StoreDatabase) -> None:
    before = read_account(db, "ACC-1")
    made = enrolled(db)
    assert made.account.has_second_factor
    assert made.account.session_epoch == before.session_epoch + 1
    assert len(set(made.recovery_codes)) == N_RECOVERY_CODES == count_codes(db, "ACC-1")
    assert last_event(db).action == "account.second_factor_set"
    with pytest.raises(SecondFactorSet):
        secret_to_enrol(db, "ACC-1")


def test_code_of_the_setting_up_does_not_sign_in_as_well(db: StoreDatabase) -> None:
    code = pyotp.TOTP(secret_to_enrol(db, "ACC-1")).at(NOW)
    confirm(db, "ACC-1", code, now=NOW)
    with pytest.raises(WrongCode):
        enter(db, code, after_s=1)


def test_each_recovery_code_works_once_however_it_is_typed(db: StoreDatabase) -> None:
    first, second, *_others = enrolled(db).recovery_codes
    assert enter(db, first) == "ACC-1"
    assert last_event(db).action == "account.recovery_code_used"
    with pytest.raises(WrongCode):
        enter(db, first)
    assert enter(db, f" {second.replace('-', ' ').upper()} ") == "ACC-1"
    assert count_codes(db, "ACC-1") == N_RECOVERY_CODES - 2


def test_secret_that_is_still_being_set_up_opens_nothing(db: StoreDatabase) -> None:
    secret = secret_to_enrol(db, "ACC-1")
    with pytest.raises(WrongCode):
        enter(db, pyotp.TOTP(secret).at(NOW + timedelta(seconds=60)))


def test_recovery_codes_of_another_account_do_not_fit(db: StoreDatabase) -> None:
    code = enrolled(db).recovery_codes[0]
    with pytest.raises(WrongCode):
        check_code(db, GATE, "ACC-2", code, address="192.0.2.1", now=NOW)


def test_codes_are_stored_as_digests_alone(db: StoreDatabase) -> None:
    dump = "\n".join(db.conn.iterdump())
    codes = enrolled(db).recovery_codes
    dump = "\n".join(db.conn.iterdump())
    assert all(code not in dump and code.replace("-", "") not in dump for code in codes)
