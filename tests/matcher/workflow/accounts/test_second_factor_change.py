"""A second factor that is set: replaced, switched off where that may be, reset for who lost it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path

import pyotp
import pytest

from matcher.identity import COMMAND_LINE, Actor, Role
from matcher.store.accounts import read_account, read_credentials
from matcher.store.connection import StoreDatabase
from matcher.store.notices import list_notices
from matcher.store.recovery_codes import count_codes
from matcher.workflow.accounts.second_factor_change import (
    OwnSecondFactor,
    SecondFactorKept,
    SecondFactorUnset,
    begin_replacement,
    renew_codes,
    replace,
    reset_for,
    take_away,
)
from matcher.workflow.accounts.second_factor_setup import (
    N_RECOVERY_CODES,
    Enrolled,
    confirm,
    secret_to_enrol,
)
from matcher.workflow.accounts.sign_in import Gate, WrongCode, check_code
from tests.matcher.people import CHEAP, NOW, add_person
from tests.matcher.workflow.people_db import last_event, people_database

GATE = Gate(CHEAP, b"a key for tests")
LATER = NOW + timedelta(minutes=2)
MEMBER, ADMINISTRATOR, REVIEWER = "ACC-1", "ACC-9", "ACC-8"
OTHER = Actor("ACC-7", Role.ADMINISTRATOR)


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    with people_database(tmp_path) as opened:
        add_person(opened, 8, role=Role.REVIEWER, organisation_id="")
        yield opened


def enrolled(db: StoreDatabase, account_id: str) -> Enrolled:
    secret = secret_to_enrol(db, account_id)
    return confirm(db, account_id, pyotp.TOTP(secret).at(NOW), now=NOW)


def enters(db: StoreDatabase, account_id: str, code: str) -> bool:
    try:
        check_code(db, GATE, account_id, code, address="192.0.2.1", now=LATER)
    except WrongCode:
        return False
    return True


def test_member_who_takes_it_away_leaves_no_code_behind(db: StoreDatabase) -> None:
    made = enrolled(db, MEMBER)
    after = take_away(db, MEMBER, now=LATER)
    assert not after.has_second_factor
    assert not after.must_set_second_factor
    assert after.session_epoch == made.account.session_epoch + 1
    assert count_codes(db, MEMBER) == 0
    assert not enters(db, MEMBER, made.recovery_codes[0])


@pytest.mark.parametrize("account_id", [ADMINISTRATOR, REVIEWER])
def test_who_acts_for_the_platform_cannot_take_it_away(db: StoreDatabase, account_id: str) -> None:
    before = enrolled(db, account_id).account
    with pytest.raises(SecondFactorKept):
        take_away(db, account_id, now=LATER)
    assert read_account(db, account_id) == before
    assert count_codes(db, account_id) == N_RECOVERY_CODES


@pytest.mark.parametrize("account_id", [MEMBER, ADMINISTRATOR])
def test_old_device_holds_until_the_new_one_has_shown_a_code(
    db: StoreDatabase, account_id: str
) -> None:
    made = enrolled(db, account_id)
    old = pyotp.TOTP(read_credentials(db, account_id).totp_secret)
    first, secret = begin_replacement(db, account_id), begin_replacement(db, account_id)
    assert first != secret  # one that stood on a screen before is worth nothing
    for wrong in ("000000", "", pyotp.TOTP(first).at(LATER), old.at(LATER)):
        with pytest.raises(WrongCode):
            replace(db, account_id, wrong, now=LATER)
    assert not enters(db, account_id, pyotp.TOTP(secret).at(LATER))
    done = replace(db, account_id, pyotp.TOTP(secret).at(LATER), now=LATER)
    assert done.account.has_second_factor
    assert done.account.session_epoch == made.account.session_epoch + 1
    assert last_event(db).action == "account.second_factor_replaced"
    assert list_notices(db, account_id, limit=1)[0].message.topic == "account.second_factor"
    assert not enters(db, account_id, old.at(LATER))
    assert not enters(db, account_id, made.recovery_codes[0])
    assert enters(db, account_id, pyotp.TOTP(secret).at(LATER + timedelta(seconds=30)))
    assert enters(db, account_id, done.recovery_codes[0])


def test_replacement_ends_once_it_was_used(db: StoreDatabase) -> None:
    enrolled(db, MEMBER)
    code = pyotp.TOTP(begin_replacement(db, MEMBER)).at(LATER)
    replace(db, MEMBER, code, now=LATER)
    with pytest.raises(WrongCode):
        replace(db, MEMBER, code, now=LATER)


def test_new_recovery_codes_replace_the_old_ones(db: StoreDatabase) -> None:
    made = enrolled(db, ADMINISTRATOR)
    codes = renew_codes(db, ADMINISTRATOR, now=LATER)
    assert len(set(codes)) == N_RECOVERY_CODES == count_codes(db, ADMINISTRATOR)
    assert last_event(db).action == "account.recovery_codes_renewed"
    assert not enters(db, ADMINISTRATOR, made.recovery_codes[0])
    assert enters(db, ADMINISTRATOR, codes[0])


@pytest.mark.parametrize(
    ("account_id", "must"), [(MEMBER, False), (REVIEWER, True), (ADMINISTRATOR, True)]
)
@pytest.mark.parametrize("actor", [OTHER, COMMAND_LINE])
def test_reset_is_audited_and_told_and_owed_by_who_acts_for_the_platform(
    db: StoreDatabase, account_id: str, must: bool, actor: Actor
) -> None:
    made = enrolled(db, account_id)
    after = reset_for(db, account_id, actor=actor, now=LATER)
    assert (after.has_second_factor, after.must_set_second_factor) == (False, must)
    assert after.session_epoch == made.account.session_epoch + 1
    event = last_event(db)
    assert (event.action, event.actor) == ("account.second_factor_reset", actor.actor_id)
    assert list_notices(db, account_id, limit=1)[0].message.topic == "account.second_factor"
    assert not enters(db, account_id, made.recovery_codes[0])
    assert not enrolled(db, account_id).account.must_set_second_factor


def test_nobody_resets_the_own_one(db: StoreDatabase) -> None:
    before = enrolled(db, ADMINISTRATOR).account
    with pytest.raises(OwnSecondFactor):
        reset_for(db, ADMINISTRATOR, actor=Actor(ADMINISTRATOR, Role.ADMINISTRATOR), now=LATER)
    assert read_account(db, ADMINISTRATOR) == before


@pytest.mark.parametrize(
    "act",
    [
        lambda db: begin_replacement(db, MEMBER),
        lambda db: replace(db, MEMBER, "000000", now=LATER),
        lambda db: renew_codes(db, MEMBER, now=LATER),
        lambda db: reset_for(db, MEMBER, actor=OTHER, now=LATER),
    ],
)
def test_there_is_nothing_to_change_before_one_is_set(
    db: StoreDatabase, act: Callable[[StoreDatabase], object]
) -> None:
    before = read_account(db, MEMBER)
    with pytest.raises(SecondFactorUnset):
        act(db)
    assert read_account(db, MEMBER) == before
