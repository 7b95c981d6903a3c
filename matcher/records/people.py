"""What organisations and persons say of themselves at sign-up."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class OrganisationDetails:
    """What an organisation says of itself at sign-up; verification is not its own to say."""

    name: str
    credit_code: str
    name_en: str = ""
    kind: str = ""  # enterprise | institute | base | agency
    sides: tuple[str, ...] = ()  # enterprise | provider | pilot_base
    size: str = ""
    region: str = ""  # adcode
    contact_name: str = ""
    contact_post: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    language: str = ""  # zh | en | both


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody who is to join, or asks to."""

    email: str
    name: str = ""


@dataclass(frozen=True, slots=True)
class NewAccount:
    """What a person types to get an account; the password lives only until it is hashed."""

    email: str
    name: str
    password: str = field(repr=False)
