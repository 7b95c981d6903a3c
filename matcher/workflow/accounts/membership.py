"""Who acts for an organisation: invite, join, change a role, disable; never without an owner.

Staff of the platform join in the same way, invited by an administrator, and never without one
administrator left.
"""

from __future__ import annotations

import secrets
from datetime import datetime, timedelta

from sqlite_utils import Database

from matcher.errors import InvalidRecord, MatcherError, UnknownRecord
from matcher.identity import ORGANISATION_ROLES, STAFF_ROLES, Account, Actor, Role, actor_of
from matcher.records import NewAccount
from matcher.schemas.messages import problem
from matcher.store.accounts import (
    add_account,
    find_by_email,
    list_accounts,
    read_account,
    update_account,
)
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.notices import Message
from matcher.store.one_time_links import (
    SHOWN_DIGEST,
    Link,
    add_link,
    digest_of_secret,
    end_invitations_of,
    end_resets_of,
    use_link,
    withdraw_invitation,
)
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.accounts.sign_up import new_id
from matcher.workflow.messages.notifying import tell

INVITATION_LASTS = timedelta(hours=72)
SECRET_BYTES = 32
NO_LIMIT = 1_000_000
IN_CHARGE = frozenset({Role.OWNER, Role.ADMINISTRATOR})  # who may invite others


class LastOwner(MatcherError):
    """The last owner of an organisation (or the last administrator) cannot leave that role."""

    code = "last_owner"


class LinkSpent(MatcherError):
    """A one-time link was used, has expired, or never existed."""

    code = "link_spent"


def new_secret() -> str:
    """Return the secret of a link: 256 random bits as text that fits an address."""
    return secrets.token_urlsafe(SECRET_BYTES)


def invite(
    db: Database, email: str, role: str, *, organisation_id: str, actor: Actor, now: datetime
) -> str:
    """Make a link by which somebody joins in a role, and return its secret; it is stored nowhere.

    Parameters
    ----------
    email : str
        A checked address.
    organisation_id : str
        Empty for staff of the platform.

    Raises
    ------
    InvalidRecord
        When the address has an account already.
    ValueError
        When the role does not go with the organisation.
    """
    if role not in (ORGANISATION_ROLES if organisation_id else STAFF_ROLES):
        raise ValueError(f"nobody is invited as {role!r} here")
    secret = new_secret()
    link = Link(
        "invite",
        actor.actor_id,
        now + INVITATION_LASTS,
        organisation_id=organisation_id,
        email=email,
        role=role,
    )
    with write_transaction(db, "invite somebody"):
        if find_by_email(db, email) is not None:
            raise InvalidRecord("invitation", {"email": [problem("email_taken")]})
        add_link(db, secret, link, now=now)
        # The address stays out of the trail, which nobody can erase.
        after = {"role": role, "organisation_id": organisation_id}
        invitation_id = digest_of_secret(secret)[:SHOWN_DIGEST]
        event = Change("invitation.issued", "invitation", invitation_id, after=after)
        record_change(db, event, actor=actor, now=now)
    return secret


def withdraw(
    db: Database, organisation_id: str, invitation_id: str, *, actor: Actor, now: datetime
) -> None:
    """Take an invitation back.

    Raises
    ------
    UnknownRecord
        When the organisation has no open invitation with this id.
    """
    with write_transaction(db, "withdraw an invitation"):
        if not withdraw_invitation(db, organisation_id, invitation_id, now=now):
            raise UnknownRecord("invitation", invitation_id)
        event = Change("invitation.withdrawn", "invitation", invitation_id)
        record_change(db, event, actor=actor, now=now)


def join(
    db: Database, passwords: Passwords, secret: str, person: NewAccount, *, now: datetime
) -> Account:
    """Make the account that an invitation is for; the invited address is its name at sign-in.

    Raises
    ------
    LinkSpent
        When the invitation does not work (any more).
    InvalidRecord
        When the address got an account in the meantime.
    """
    hashed = passwords.hashed(person.password)
    with write_transaction(db, "join by an invitation"):
        link = use_link(db, secret, "invite", now=now)
        if link is None:
            raise LinkSpent("the invitation was used, withdrawn or has expired")
        if find_by_email(db, link.email) is not None:
            raise InvalidRecord("account", {"email": [problem("email_taken")]})
        account = Account(
            account_id=new_id("ACC"),
            email=link.email,
            name=person.name,
            role=link.role,
            organisation_id=link.organisation_id,
        )
        add_account(db, account, password_hash=hashed, now=now)
        after = {"role": account.role, "organisation_id": account.organisation_id}
        event = Change("account.created", "account", account.account_id, after=after)
        record_change(db, event, actor=actor_of(account), now=now)
        tell(db, [link.issued_by], _joined(account), now=now)
    return account


def _joined(account: Account) -> Message:
    return Message(
        topic="member.joined",
        text_zh=f"{account.name}已接受邀请并加入。",
        text_en=f"{account.name} has accepted the invitation and joined.",
        address="/organisation/members" if account.organisation_id else "/people/staff",
        object_kind="account",
        object_id=account.account_id,
    )


def colleague(db: Database, organisation_id: str, account_id: str) -> Account:
    """Return an account of an organisation (of the staff, where its id is empty).

    Raises
    ------
    UnknownRecord
        Also for an account of others: that it exists is not said.
    """
    account = read_account(db, account_id)
    if account.organisation_id != organisation_id:
        raise UnknownRecord("account", account_id)
    return account


def change_role(
    db: Database, organisation_id: str, account_id: str, role: str, *, actor: Actor, now: datetime
) -> Account:
    """Give a colleague another role; who is in charge no more has invited nobody.

    Raises
    ------
    LastOwner
        When nobody else could act as owner (or administrator) any more.
    """
    if role not in (ORGANISATION_ROLES if organisation_id else STAFF_ROLES):
        raise ValueError(f"nobody has the role {role!r} here")
    with write_transaction(db, f"change the role of {account_id}"):
        before = colleague(db, organisation_id, account_id)
        if before.role == role:
            return before
        keep_one_in_charge(db, before)
        after = update_account(db, account_id, {"role": role})
        if before.role in IN_CHARGE:
            end_invitations_of(db, account_id, now=now)
        sides = {"role": before.role}, {"role": after.role}
        event = Change("account.role_changed", "account", account_id, *sides)
        record_change(db, event, actor=actor, now=now)
    return after


def set_active(
    db: Database,
    organisation_id: str,
    account_id: str,
    is_active: bool,
    *,
    actor: Actor,
    now: datetime,
) -> Account:
    """Disable a colleague's account, or enable it again.

    Disabling ends at once its sessions, the links that would set its password, and the invitations
    that it issued: whoever is sent away brings nobody in.

    Raises
    ------
    LastOwner
        When nobody else could act as owner (or administrator) any more.
    """
    with write_transaction(db, f"disable or enable {account_id}"):
        before = colleague(db, organisation_id, account_id)
        if before.is_active == is_active:
            return before
        if not is_active:
            keep_one_in_charge(db, before)
            end_links_of(db, account_id, now=now)
        changes = {"is_active": is_active, "session_epoch": before.session_epoch + 1}
        after = update_account(db, account_id, changes)
        action = "account.enabled" if is_active else "account.disabled"
        record_change(db, Change(action, "account", account_id), actor=actor, now=now)
    return after


def end_links_of(db: Database, account_id: str, *, now: datetime) -> None:
    """Take out of use what an account could still do by links when its sessions have ended."""
    end_invitations_of(db, account_id, now=now)
    end_resets_of(db, account_id, now=now)


def keep_one_in_charge(db: Database, leaving: Account) -> None:
    """Refuse to take the last active owner or administrator away."""
    if leaving.role not in IN_CHARGE or not leaving.is_active:
        return
    peers = list_accounts(
        db, organisation_id=leaving.organisation_id, role=leaving.role, limit=NO_LIMIT
    )
    if not any(peer.is_active and peer.account_id != leaving.account_id for peer in peers):
        raise LastOwner(
            f"{leaving.account_id} is the last {leaving.role}; make somebody else one first",
            role=str(leaving.role),
        )
