"""Inviting, joining, changing roles, leaving: links work once, one stays always in charge."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Account, Actor, Role, actor_of
from matcher.records import NewAccount
from matcher.store.accounts import read_account, read_credentials, update_account
from matcher.store.audit import EventFilter, list_events
from matcher.store.connection import StoreDatabase
from matcher.store.one_time_links import open_invitations
from matcher.store.organisations import read_organisation
from matcher.workflow.accounts.membership import (
    INVITATION_LASTS,
    LastOwner,
    LinkSpent,
    change_role,
    invite,
    join,
    set_active,
    withdraw,
)
from matcher.workflow.accounts.own_account import change_settings, close_account
from matcher.workflow.accounts.own_data import personal_data
from matcher.workflow.accounts.password_change import (
    RESET_LASTS,
    change_password,
    issue_reset,
    set_password_by_link,
)
from tests.matcher.people import CHEAP, NOW, PASSWORD
from tests.matcher.workflow.people_db import (
    ADMINISTRATOR,
    OWNER,
    last_event,
    people_database,
    told,
)

NEW = NewAccount("ignored@example.invalid", "虚构同事", "six grey pebbles")
EMAIL = "colleague@example.invalid"


@pytest.fixture
def db(tmp_path: Path) -> Iterator[StoreDatabase]:
    with people_database(tmp_path) as opened:
        yield opened


def invited(db: StoreDatabase, email: str = EMAIL, role: str = Role.MEMBER) -> str:
    return invite(db, email, role, organisation_id="ORG-1", actor=OWNER, now=NOW)


def joined(db: StoreDatabase, email: str = EMAIL, role: str = Role.MEMBER) -> Account:
    return join(db, CHEAP, invited(db, email, role), NEW, now=NOW)


def test_invited_person_joins_with_the_invited_address_and_role(db: StoreDatabase) -> None:
    account = joined(db)
    assert (account.email, account.role, account.organisation_id) == (EMAIL, "member", "ORG-1")
    assert CHEAP.fits(NEW.password, read_credentials(db, account.account_id).password_hash)
    assert told(db, "ACC-1") == ["member.joined"]


def test_invitation_works_once(db: StoreDatabase) -> None:
    secret = invited(db)
    join(db, CHEAP, secret, NEW, now=NOW)
    with pytest.raises(LinkSpent):
        join(db, CHEAP, secret, NEW, now=NOW)


def test_invitation_expires(db: StoreDatabase) -> None:
    secret = invited(db)
    with pytest.raises(LinkSpent):
        join(db, CHEAP, secret, NEW, now=NOW + INVITATION_LASTS)


def test_invitation_can_be_withdrawn_by_its_organisation_alone(db: StoreDatabase) -> None:
    secret = invited(db)
    [listed] = open_invitations(db, "ORG-1", now=NOW)
    with pytest.raises(UnknownRecord):
        withdraw(db, "ORG-2", listed.invitation_id, actor=OWNER, now=NOW)
    withdraw(db, "ORG-1", listed.invitation_id, actor=OWNER, now=NOW)
    assert open_invitations(db, "ORG-1", now=NOW) == []
    with pytest.raises(LinkSpent):
        join(db, CHEAP, secret, NEW, now=NOW)


def test_secret_and_address_of_an_invitation_stay_out_of_trail_and_store(db: StoreDatabase) -> None:
    secret = invited(db)
    assert EMAIL not in str(last_event(db))
    dump = "\n".join(db.conn.iterdump())
    assert secret not in dump


def test_address_with_an_account_is_not_invited(db: StoreDatabase) -> None:
    with pytest.raises(InvalidRecord):
        invited(db, "person2@example.invalid")


@pytest.mark.parametrize("role", ["administrator", "reviewer", "nonsense"])
def test_organisation_invites_nobody_to_the_staff(db: StoreDatabase, role: str) -> None:
    with pytest.raises(ValueError, match="invited"):
        invited(db, role=role)


def test_staff_joins_without_an_organisation(db: StoreDatabase) -> None:
    secret = invite(db, EMAIL, "reviewer", organisation_id="", actor=ADMINISTRATOR, now=NOW)
    account = join(db, CHEAP, secret, NEW, now=NOW)
    assert (account.role, account.organisation_id) == ("reviewer", "")


def test_last_owner_stays_in_charge(db: StoreDatabase) -> None:
    member = joined(db)
    for act in (
        lambda: change_role(db, "ORG-1", "ACC-1", "member", actor=OWNER, now=NOW),
        lambda: set_active(db, "ORG-1", "ACC-1", False, actor=OWNER, now=NOW),
        lambda: close_account(db, "ACC-1", now=NOW),
    ):
        with pytest.raises(LastOwner):
            act()
    change_role(db, "ORG-1", member.account_id, "owner", actor=OWNER, now=NOW)
    assert change_role(db, "ORG-1", "ACC-1", "member", actor=OWNER, now=NOW).role == "member"


def test_disabled_owner_is_nobody_in_charge(db: StoreDatabase) -> None:
    other = joined(db, role=Role.OWNER)
    set_active(db, "ORG-1", other.account_id, False, actor=OWNER, now=NOW)
    with pytest.raises(LastOwner):
        change_role(db, "ORG-1", "ACC-1", "member", actor=OWNER, now=NOW)


def test_last_administrator_stays(db: StoreDatabase) -> None:
    with pytest.raises(LastOwner):
        change_role(db, "", "ACC-9", "reviewer", actor=ADMINISTRATOR, now=NOW)
    with pytest.raises(LastOwner):
        close_account(db, "ACC-9", now=NOW)


def test_people_of_others_do_not_exist_for_an_owner(db: StoreDatabase) -> None:
    for act in (
        lambda: change_role(db, "ORG-1", "ACC-2", "member", actor=OWNER, now=NOW),
        lambda: set_active(db, "ORG-1", "ACC-2", False, actor=OWNER, now=NOW),
        lambda: set_active(db, "ORG-1", "ACC-404", False, actor=OWNER, now=NOW),
    ):
        with pytest.raises(UnknownRecord):
            act()


def test_disabling_ends_every_session(db: StoreDatabase) -> None:
    member = joined(db)
    after = set_active(db, "ORG-1", member.account_id, False, actor=OWNER, now=NOW)
    assert not after.is_active
    assert after.session_epoch > member.session_epoch
    assert last_event(db).action == "account.disabled"


def test_new_password_ends_every_session_and_is_told(db: StoreDatabase) -> None:
    before = read_account(db, "ACC-1")
    after = change_password(db, CHEAP, before, "six grey pebbles", now=NOW)
    assert after.session_epoch == before.session_epoch + 1
    assert told(db, "ACC-1") == ["account.password"]
    kept = read_credentials(db, "ACC-1").password_hash
    assert CHEAP.fits("six grey pebbles", kept)
    assert not CHEAP.fits(PASSWORD, kept)


def test_reset_link_works_once_within_its_hour_and_replaces_earlier_ones(db: StoreDatabase) -> None:
    earlier = issue_reset(db, "ACC-1", actor=ADMINISTRATOR, now=NOW)
    secret = issue_reset(db, "ACC-1", actor=ADMINISTRATOR, now=NOW)
    late = NOW + RESET_LASTS
    for spent, when in ((earlier, NOW), (secret, late), ("guess", NOW)):
        with pytest.raises(LinkSpent):
            set_password_by_link(db, CHEAP, spent, "six grey pebbles", now=when)
    before = read_account(db, "ACC-1")
    on_time = late - timedelta(seconds=1)
    after = set_password_by_link(db, CHEAP, secret, "six grey pebbles", now=on_time)
    assert after.session_epoch > before.session_epoch
    with pytest.raises(LinkSpent):
        set_password_by_link(db, CHEAP, secret, "six grey pebbles", now=on_time)


def test_reset_link_opens_no_disabled_account(db: StoreDatabase) -> None:
    secret = issue_reset(db, "ACC-1", actor=ADMINISTRATOR, now=NOW)
    update_account(db, "ACC-1", {"is_active": False})
    with pytest.raises(LinkSpent):
        set_password_by_link(db, CHEAP, secret, "six grey pebbles", now=NOW)


def test_invitation_sets_no_password_and_reset_joins_nobody(db: StoreDatabase) -> None:
    with pytest.raises(LinkSpent):
        set_password_by_link(db, CHEAP, invited(db), "six grey pebbles", now=NOW)
    reset = issue_reset(db, "ACC-1", actor=ADMINISTRATOR, now=NOW)
    with pytest.raises(LinkSpent):
        join(db, CHEAP, reset, NEW, now=NOW)


def test_closed_account_keeps_nothing_that_names_the_person(db: StoreDatabase) -> None:
    member = joined(db)
    change_settings(db, member.account_id, name="虚构改名", language="en", mails="all", now=NOW)
    close_account(db, member.account_id, now=NOW)
    closed = read_account(db, member.account_id)
    assert not closed.is_active
    assert closed.name == ""
    assert EMAIL not in closed.email
    dump = "\n".join(db.conn.iterdump())
    for name in (EMAIL, NEW.name, "虚构改名"):
        assert name not in dump
    assert list_events(db, EventFilter(actor=member.account_id))


def test_address_of_a_closed_account_can_join_again(db: StoreDatabase) -> None:
    close_account(db, joined(db).account_id, now=NOW)
    assert joined(db).email == EMAIL


def test_last_person_suspends_the_organisation_by_leaving(db: StoreDatabase) -> None:
    close_account(db, "ACC-1", now=NOW)
    assert read_organisation(db, "ORG-1").verification == "suspended"
    assert read_organisation(db, "ORG-2").verification == "verified"


def test_personal_data_holds_all_but_secrets(db: StoreDatabase) -> None:
    change_settings(db, "ACC-1", name="虚构改名", language="zh", mails="none", now=NOW)
    data = personal_data(db, "ACC-1")
    assert data["account"]["name"] == "虚构改名"
    assert data["organisation"]["organisation_id"] == "ORG-1"
    assert [act["action"] for act in data["what_you_did"]] == ["account.settings_changed"]
    kept = read_credentials(db, "ACC-1")
    assert kept.password_hash not in str(data)
    assert "ACC-2" not in str(data)


def test_settings_that_stay_leave_no_event(db: StoreDatabase) -> None:
    account = read_account(db, "ACC-1")
    same = change_settings(db, "ACC-1", name=account.name, language="", mails="important", now=NOW)
    assert same == replace(account)
    assert list_events(db) == []


def second_owner(db: StoreDatabase) -> Actor:
    return actor_of(joined(db, "second@example.invalid", Role.OWNER))


def disabled(db: StoreDatabase, account_id: str) -> None:
    set_active(db, "ORG-1", account_id, False, actor=OWNER, now=NOW)


def demoted(db: StoreDatabase, account_id: str) -> None:
    change_role(db, "ORG-1", account_id, Role.MEMBER, actor=OWNER, now=NOW)


def closed(db: StoreDatabase, account_id: str) -> None:
    close_account(db, account_id, now=NOW)


@pytest.mark.parametrize("sent_away", [disabled, demoted, closed])
def test_who_is_in_charge_no_more_brings_nobody_in_by_an_earlier_invitation(
    db: StoreDatabase, sent_away: Callable[[StoreDatabase, str], None]
) -> None:
    second = second_owner(db)
    theirs = invite(
        db, "friend@example.invalid", Role.OWNER, organisation_id="ORG-1", actor=second, now=NOW
    )
    mine = invited(db)
    sent_away(db, second.actor_id)
    with pytest.raises(LinkSpent):
        join(db, CHEAP, theirs, NEW, now=NOW)
    assert join(db, CHEAP, mine, NEW, now=NOW).email == EMAIL


def test_new_password_ends_a_link_that_somebody_else_may_hold(db: StoreDatabase) -> None:
    secret = issue_reset(db, "ACC-1", actor=OWNER, now=NOW)
    change_password(db, CHEAP, read_account(db, "ACC-1"), "seven grey pebbles", now=NOW)
    with pytest.raises(LinkSpent):
        set_password_by_link(db, CHEAP, secret, "six other pebbles", now=NOW)


def test_account_that_was_disabled_and_enabled_again_has_no_open_link(db: StoreDatabase) -> None:
    second = second_owner(db)
    secret = issue_reset(db, second.actor_id, actor=OWNER, now=NOW)
    disabled(db, second.actor_id)
    set_active(db, "ORG-1", second.actor_id, True, actor=OWNER, now=NOW)
    with pytest.raises(LinkSpent):
        set_password_by_link(db, CHEAP, secret, "six other pebbles", now=NOW)
