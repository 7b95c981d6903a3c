"""Who sees what of an engagement, in three steps, each agreed to and each revocable.

Summary: public fields, without what betrays an anonymous enterprise. Details: names, contacts and
what is meant for the parties, after both accepted and both agreed to it, apart from accepting.
Data: the sample and the attachments, after both accepted the confidentiality terms and the
enterprise agreed to give it. Taking back a consent closes its step for the future.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, cast

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.identity import Actor, Organisation
from matcher.records import Capability, Need, Provider
from matcher.records.engagement import Consent, Engagement
from matcher.schemas.capability import CapabilitySchema
from matcher.schemas.need import NeedSchema
from matcher.schemas.organisation import OrganisationSchema
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.consents import add_consent, revoke_consent, standing_consents
from matcher.store.history import current_version
from matcher.store.need_status import find_status
from matcher.store.organisations import read_organisation
from matcher.store.versions import read_record_version
from matcher.vocabulary import label
from matcher.workflow.engagements import states, wording
from matcher.workflow.engagements.asked import refused
from matcher.workflow.engagements.fields import (
    ALL,
    PUBLIC,
    WITH_PARTIES,
    ShownField,
    shown_fields,
)
from matcher.workflow.engagements.parties import engagement_for, is_staff, sides_of
from matcher.workflow.engagements.telling import said, sides_present, tell_sides
from matcher.workflow.engagements.wording import side_words
from matcher.workflow.needs.disclosure import NAMED, names_of, province_of

SUMMARY, DETAILS, DATA = "summary", "details", "data"
IDENTITY = ("name", "name_en", "credit_code")
SAMPLE = ("attachment_ids",)
# What each step asks for: pairs of side and consent.
FOR_DETAILS = frozenset({(states.NEED, "contact"), (states.PROVIDER, "contact")})
FOR_DATA = frozenset(
    {
        (states.NEED, "confidentiality"),
        (states.PROVIDER, "confidentiality"),
        (states.NEED, "data"),
    }
)


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What one reader may see of an engagement now."""

    step: str  # vocabulary disclosure_step
    sides: tuple[str, ...]  # on which the reader stands
    need: tuple[ShownField, ...]
    capability: tuple[ShownField, ...]
    enterprise: tuple[ShownField, ...]
    provider: tuple[ShownField, ...]
    attachment_ids: tuple[str, ...]
    is_masked: bool
    missing: tuple[tuple[str, str], ...]  # side and consent that the next step waits for

    @property
    def evidence_files(self) -> dict[str, str]:
        """Return the files of the capability's evidence that are shown: piece → file."""
        pieces = [
            one for one in self.value("capability", "evidence") or () if "attachment_id" in one
        ]
        return {one["evidence_id"]: one["attachment_id"] for one in pieces}

    def value(self, record: str, name: str) -> Any:
        """Return the value of a field that is shown, or None."""
        fields: tuple[ShownField, ...] = getattr(self, record)
        return next((field.value for field in fields if field.name == name), None)


def step_reached(engagement: Engagement, agreed: frozenset[tuple[str, str]]) -> str:
    """Return which step of disclosure an engagement has reached.

    Examples
    --------
    >>> from matcher.records.engagement import Engagement
    >>> talks = Engagement("E", "N", 1, "O", "V", "C", 1, state="talks")
    >>> step_reached(talks, FOR_DETAILS), step_reached(talks, FOR_DETAILS | FOR_DATA)
    ('details', 'data')
    >>> step_reached(talks, frozenset())
    'summary'
    """
    if engagement.state not in states.AFTER_REVEAL or not agreed >= FOR_DETAILS:
        return SUMMARY
    return DATA if agreed >= FOR_DATA else DETAILS


def what_may_see(db: Database, engagement: Engagement, viewer: Actor) -> Disclosure:
    """Return what somebody may see of an engagement, field by field.

    Raises
    ------
    UnknownRecord
        When the viewer takes no part in it.
    """
    sides = sides_of(engagement, viewer)
    if not sides:
        raise UnknownRecord("engagement", engagement.engagement_id)
    agreed = standing_consents(db, engagement.engagement_id)
    step = step_reached(engagement, agreed)
    records = _Records(db, engagement)
    is_known = step != SUMMARY or is_staff(viewer)
    is_need, is_provider = states.NEED in sides, states.PROVIDER in sides
    masks = not (is_known or is_need or records.is_named)
    return Disclosure(
        step=step,
        sides=sides,
        need=records.need_fields(_visible(is_known, is_need), masks=masks),
        capability=shown_fields(
            CapabilitySchema, records.capability, _visible(is_known, is_provider)
        ),
        enterprise=records.enterprise_fields(_visible(is_known, is_need), masks=masks),
        provider=records.provider_fields(_visible(is_known, is_provider)),
        attachment_ids=records.need.attachment_ids if step == DATA or is_need else (),
        is_masked=masks,
        missing=_missing(step, agreed),
    )


def _visible(is_known: bool, is_own: bool) -> tuple[str, ...]:
    if is_own:
        return ALL
    return WITH_PARTIES if is_known else PUBLIC


def _missing(step: str, agreed: frozenset[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    wanted = {SUMMARY: FOR_DETAILS, DETAILS: FOR_DATA, DATA: frozenset()}[step]
    return tuple(sorted(wanted - agreed))


class _Records:
    """The records that an engagement is about, as they stood when it began."""

    def __init__(self, db: Database, engagement: Engagement) -> None:
        self.db, self.engagement = db, engagement
        need = "need", engagement.need_id, engagement.need_version
        self.need = cast(Need, read_record_version(db, *need))
        capability = "capability", engagement.capability_id, engagement.capability_version
        self.capability = cast(Capability, read_record_version(db, *capability))
        status = find_status(db, engagement.need_id)
        visibility = status.visibility if status is not None else self.need.visibility
        self.is_named = visibility == NAMED
        self.names = names_of(db, engagement.need_organisation_id)

    def need_fields(self, visible: tuple[str, ...], *, masks: bool) -> tuple[ShownField, ...]:
        need = self.need
        if masks:
            need = replace(need, region=province_of(need.region))
        names = self.names if masks else None
        return shown_fields(NeedSchema, need, visible, names=names, without=SAMPLE)

    def enterprise_fields(self, visible: tuple[str, ...], *, masks: bool) -> tuple[ShownField, ...]:
        found = read_organisation(self.db, self.engagement.need_organisation_id)
        if not masks:
            return shown_fields(OrganisationSchema, found, visible)
        found = replace(found, region=province_of(found.region))
        return shown_fields(OrganisationSchema, found, visible, names=self.names, without=IDENTITY)

    def provider_fields(self, visible: tuple[str, ...]) -> tuple[ShownField, ...]:
        """Return the organisation of the provider, or what the catalogue says of it."""
        organisation_id = self.engagement.provider_organisation_id
        if organisation_id:
            found: Organisation | Provider = read_organisation(self.db, organisation_id)
        else:
            found = _catalogue_entry(self.db, self.engagement.provider_id)
        return shown_fields(OrganisationSchema, found, visible)


def _catalogue_entry(db: Database, provider_id: str) -> Provider:
    version = current_version(db, "provider", provider_id)
    if version is None:  # withdrawn meanwhile
        return Provider(provider_id, provider_id)
    return cast(Provider, read_record_version(db, "provider", provider_id, version))


def give_consent(
    db: Database, engagement_id: str, step: str, *, terms_version: str, actor: Actor, now: datetime
) -> bool:
    """Agree to a step of disclosure after the sides are known to each other.

    The first consent to show contacts is a step of the engagement itself (``advance``); here it is
    given again after it was taken back, and the consents to confidentiality and to the data.

    Returns
    -------
    bool
        Whether it was not agreed to already.

    Raises
    ------
    UnknownRecord, ImpossibleStep
    """
    with write_transaction(db, f"agree to {step} in engagement {engagement_id}"):
        engagement, side = _party(db, engagement_id, step, actor)
        if not terms_version.strip():
            raise refused(engagement, step, "missing_consent", (side,))
        consent = Consent(0, engagement_id, side, step, terms_version, actor.actor_id, now)
        if not add_consent(db, consent):
            return False
        after = {"side": side, "step": step, "terms_version": terms_version}
        _note(db, engagement, "consent_given", after, actor, now)
        _tell_others(db, engagement, side, step, wording.GIVEN, now)
        return True


def take_back_consent(
    db: Database, engagement_id: str, step: str, *, actor: Actor, now: datetime
) -> bool:
    """Take back a consent for the future; return whether it stood.

    What was read before cannot be made unread; from now on nobody is shown it.

    Raises
    ------
    UnknownRecord, ImpossibleStep
    """
    with write_transaction(db, f"take back {step} in engagement {engagement_id}"):
        engagement, side = _party(db, engagement_id, step, actor)
        stood = revoke_consent(db, engagement_id, side, step, actor=actor.actor_id, now=now)
        if stood:
            _note(db, engagement, "consent_revoked", {"side": side, "step": step}, actor, now)
            _tell_others(db, engagement, side, step, wording.REVOKED, now)
        return stood


def _party(db: Database, engagement_id: str, step: str, actor: Actor) -> tuple[Engagement, str]:
    engagement = engagement_for(db, engagement_id, actor)
    sides = [side for side in sides_of(engagement, actor) if side in states.PARTIES]
    if not sides or step not in ("contact", "confidentiality", "data"):
        raise refused(engagement, step, "not_allowed", sides_of(engagement, actor))
    if step == "data" and sides[0] != states.NEED:
        raise refused(engagement, step, "wrong_side", tuple(sides))
    if engagement.state not in states.AFTER_REVEAL:
        raise refused(engagement, step, "not_revealed", tuple(sides))
    return engagement, sides[0]


def _note(
    db: Database, engagement: Engagement, what: str, after: dict[str, str], actor: Actor,
    now: datetime,
) -> None:  # fmt: skip
    change = Change(f"engagement.{what}", "engagement", engagement.engagement_id, {}, after)
    record_change(db, change, actor=actor, now=now)


def _tell_others(
    db: Database, engagement: Engagement, side: str, step: str, words: wording.Words, now: datetime
) -> None:
    pair = (label("consent_step", step), label("consent_step", step, "en").lower())
    others = [one for one in sides_present(engagement) if one != side]
    text = said(words, who=side_words(side), step=pair)
    tell_sides(db, engagement, others, "engagement.consent", text, now=now)
