"""Who takes part: organisations, the accounts that act for them, and in what role.

``Organisation`` and ``Account`` are what the store returns; neither holds a password. Validation of
what people type lives in ``matcher.schemas``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    """What an account may do; the first two act for an organisation, the others for the platform.

    A reviewer (场景经理人) is also the broker: reviews what is published and helps both sides.
    """

    MEMBER = "member"
    OWNER = "owner"
    REVIEWER = "reviewer"
    ADMINISTRATOR = "administrator"


ORGANISATION_ROLES = (Role.MEMBER, Role.OWNER)
STAFF_ROLES = (Role.REVIEWER, Role.ADMINISTRATOR)


class Side(StrEnum):
    """In what capacity an organisation takes part; it may be more than one."""

    ENTERPRISE = "enterprise"
    PROVIDER = "provider"
    PILOT_BASE = "pilot_base"


class Verification(StrEnum):
    """How far an organisation's identity was checked."""

    PENDING = "pending"
    VERIFIED = "verified"
    REFUSED = "refused"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Organisation:
    """A legal entity with its contact, which others see only after both sides agreed."""

    organisation_id: str
    name: str
    credit_code: str  # 统一社会信用代码, 18 characters with a check character (GB 32100-2015)
    sides: tuple[str, ...]
    name_en: str = ""
    kind: str = ""  # enterprise | institute | base | agency
    size: str = ""  # large | medium | small | micro
    region: str = ""  # adcode
    contact_name: str = ""
    contact_post: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    language: str = ""  # zh | en | both
    verification: str = Verification.PENDING
    verification_reason: str = ""
    verified_at: datetime | None = None
    provider_id: str = ""  # its entry among the providers of the catalogue
    consent_version: str = ""
    consent_at: datetime | None = None
    shares_contact: bool = False  # agreed that a partner sees it after both sides accepted
    is_demo: bool = False
    created_at: datetime | None = None

    def acts_as(self, side: str) -> bool:
        """Whether the organisation takes part in this capacity."""
        return side in self.sides

    @property
    def is_verified(self) -> bool:
        """Whether an administrator has confirmed the identity, and it was not withdrawn."""
        return self.verification == Verification.VERIFIED

    @property
    def is_suspended(self) -> bool:
        """Whether it takes no part at present: nothing can be begun with it.

        So it is when it was suspended, and when it was refused after it had been verified, until it
        is verified again: the reason stays while it waits. Whoever was never verified has nothing
        that could be suspended, and a false claim to another's entry takes nothing from it.
        """
        if self.verification == Verification.SUSPENDED:
            return True
        was_verified = self.verified_at is not None
        return was_verified and not self.is_verified and bool(self.verification_reason)


@dataclass(frozen=True, slots=True)
class Account:
    """A person's access; the e-mail address is its name at sign-in."""

    account_id: str
    email: str
    role: str
    name: str = ""
    organisation_id: str = ""  # empty for those who act for the platform
    language: str = ""
    is_active: bool = True
    session_epoch: int = 1  # raised to end every session that began before
    has_second_factor: bool = False
    must_set_second_factor: bool = False  # was reset: signing in leads to setting another up
    mails: str = "important"  # all | important | none: which notices are mailed too
    is_demo: bool = False
    created_at: datetime | None = None
    last_sign_in_at: datetime | None = None

    @property
    def is_staff(self) -> bool:
        """Whether the account acts for the platform."""
        return self.role in STAFF_ROLES

    @property
    def keeps_second_factor(self) -> bool:
        """Whether a second factor, once set, can only be replaced: the account opens others'."""
        return self.is_staff


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, as the audit trail names it."""

    actor_id: str  # an account id, or what acts without one
    role: str = ""
    organisation_id: str = ""


SYSTEM = Actor("system")
COMMAND_LINE = Actor("command-line")


def actor_of(account: Account) -> Actor:
    """Return an account as one who acts."""
    return Actor(account.account_id, account.role, account.organisation_id)
