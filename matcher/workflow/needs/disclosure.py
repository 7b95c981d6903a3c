"""Who may see which need, and how much of it.

Named: everybody, with the enterprise's name. Anonymous: everybody, with the name and what betrays
it masked and the place only as a province. Invited: the invited providers' organisations alone. For
everybody else such a need does not exist. The enterprise itself and the platform's staff see all.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import STAFF_ROLES, Account
from matcher.intake.names import names_to_mask, own_domain
from matcher.intake.personal import mask
from matcher.records import Need, Requirement
from matcher.schemas.fields import RecordField
from matcher.schemas.need import NeedSchema
from matcher.store.needs import KeptNeed, read_kept_need
from matcher.store.organisations import read_organisation
from matcher.workflow.needs.states import SHOWN

NAMED, ANONYMOUS, INVITED = "named", "anonymous", "invited"
PUBLIC_VISIBILITIES = (NAMED, ANONYMOUS)
# Not texts: codes, ids and what is no part of what others read.
_UNMASKED = frozenset({"need_id", "language", "scenario_id", "region", "visibility"})
PROVINCE_DIGITS = 2
_BRACKETS = re.compile(r"[（(][^）)]*[）)]")  # such as a place or a legal form behind a name


@dataclass(frozen=True, slots=True)
class ShownNeed:
    """A need as one reader may see it."""

    need: Need  # without what this reader may not see
    state: str
    visibility: str
    version: int
    organisation_name: str  # empty where it is masked
    organisation_name_en: str
    published_at: Any
    reply_by: Any
    is_masked: bool
    is_own: bool
    may_manage: bool  # staff


def names_of(db: Database, organisation_id: str) -> tuple[str, ...]:
    """Return every name by which an organisation could be recognised."""
    try:
        found = read_organisation(db, organisation_id)
    except UnknownRecord:
        return ()
    others = [
        found.contact_name,
        found.contact_email,
        found.contact_phone,
        own_domain(found.contact_email),
    ]
    known = names_to_mask(
        found.name, found.name_en, [other for other in others if other], found.credit_code
    )
    bare = _BRACKETS.sub(" ", found.name_en).strip()
    return tuple(dict.fromkeys((*known, *names_to_mask(name_en=bare))))


def masked_need(need: Need, visibility: str, names: Sequence[str]) -> Need:
    """Return a need without what betrays its enterprise, where it is anonymous."""
    return _masked(need, names) if visibility == ANONYMOUS else need


def masked_text(text: str, visibility: str, names: Sequence[str]) -> str:
    """Return a text without what betrays the enterprise, where the need is anonymous."""
    return mask(text, names) if visibility == ANONYMOUS else text


def _masked(need: Need, names: Sequence[str]) -> Need:
    texts: dict[str, Any] = {
        field.name: mask(value, names)
        for field in fields(need)
        if field.name not in _UNMASKED
        and isinstance(value := getattr(need, field.name), str)
        and value
    }
    lines = tuple(_masked_line(line, names) for line in need.requirements)
    return replace(need, **texts, requirements=lines, region=province_of(need.region))


def _masked_line(line: Requirement, names: Sequence[str]) -> Requirement:
    written = ("text", "text_en", "metric", "unit", "verification")
    texts: dict[str, Any] = {name: mask(getattr(line, name), names) for name in written}
    return replace(line, **texts)


def province_of(region: str) -> str:
    """Return the adcode of the province that a place lies in.

    Examples
    --------
    >>> province_of("320500")
    '320000'
    """
    return f"{region[:PROVINCE_DIGITS]}0000" if region else ""


def visible_part(need: Need, visible: Collection[str] = ("public",)) -> Need:
    """Return a need without the answers that its schema does not show these readers.

    Parameters
    ----------
    visible : collection of str
        The visibilities that are shown, such as ``("public", "parties")``.
    """
    closed = {
        name
        for name, field in NeedSchema().fields.items()
        if isinstance(field, RecordField) and field.about.visibility not in visible
    }
    blank = Need(need_id=need.need_id, title=need.title)
    hidden = {f.name: getattr(blank, f.name) for f in fields(need) if f.name in closed}
    return replace(need, **hidden)


def is_invited(kept: KeptNeed, provider_id: str) -> bool:
    """Whether a provider of the catalogue was invited to a need."""
    return bool(provider_id) and provider_id in kept.need.invited_provider_ids


def sees_all(kept: KeptNeed, account: Account | None) -> bool:
    """Whether somebody sees everything of a need: the enterprise itself, and staff."""
    return account is not None and (
        account.role in STAFF_ROLES or account.organisation_id == kept.organisation_id
    )


def is_suspended(db: Database, kept: KeptNeed) -> bool:
    """Whether the enterprise of a need may take no part at present."""
    return read_organisation(db, kept.organisation_id).is_suspended


def may_see(kept: KeptNeed, account: Account | None, provider_id: str = "") -> bool:
    """Whether somebody may know of a need at all.

    Parameters
    ----------
    provider_id : str
        The catalogue entry of the organisation that the account acts for.
    """
    if sees_all(kept, account):
        return True
    if kept.status.state not in SHOWN or kept.status.published_at is None:
        return False
    if provider_id and provider_id in kept.need.excluded_provider_ids:
        return kept.status.visibility != INVITED
    return kept.status.visibility != INVITED or is_invited(kept, provider_id)


def show_need(
    db: Database, need_id: str, account: Account | None, provider_id: str = ""
) -> ShownNeed:
    """Return a need as somebody may see it.

    Raises
    ------
    UnknownRecord
        When there is none, or this reader may not know of it.
    """
    kept = read_kept_need(db, need_id)
    is_hidden = not sees_all(kept, account) and is_suspended(db, kept)
    if is_hidden or not may_see(kept, account, provider_id):
        raise UnknownRecord("need", need_id)
    return as_shown(db, kept, account)


def as_shown(db: Database, kept: KeptNeed, account: Account | None) -> ShownNeed:
    """Return a need without what a reader, who may know of it, may not see of it."""
    is_own = account is not None and account.organisation_id == kept.organisation_id
    may_manage = account is not None and account.role in STAFF_ROLES
    is_whole = is_own or may_manage
    masks = kept.status.visibility == ANONYMOUS and not is_whole
    need = kept.need if is_whole else visible_part(kept.need)
    if masks:
        need = _masked(need, names_of(db, kept.organisation_id))
    organisation = None if masks else read_organisation(db, kept.organisation_id)
    return ShownNeed(
        need=need,
        state=kept.status.state,
        visibility=kept.status.visibility,
        version=kept.version,
        organisation_name=organisation.name if organisation else "",
        organisation_name_en=organisation.name_en if organisation else "",
        published_at=kept.status.published_at,
        reply_by=kept.status.reply_by,
        is_masked=masks,
        is_own=is_own,
        may_manage=may_manage,
    )
