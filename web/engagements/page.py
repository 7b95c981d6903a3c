"""The page of one engagement and the list of them, each with what its reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from flask import g, render_template, url_for

from matcher.identity import Actor
from matcher.records.engagement import Clock, Engagement
from matcher.schemas.capability import CapabilitySchema
from matcher.schemas.need import NeedSchema
from matcher.schemas.organisation import OrganisationSchema
from matcher.store.accounts import find_account
from matcher.store.attachments import Attachment, list_attachments
from matcher.store.clocks import running_clock
from matcher.store.consents import list_consents
from matcher.store.conversations import list_meetings
from matcher.store.pilots import list_applications
from matcher.vocabulary import options
from matcher.workflow.engagements import states
from matcher.workflow.engagements.disclosure import DATA, DETAILS, Disclosure, what_may_see
from matcher.workflow.engagements.parties import engagement_for, is_staff
from matcher.workflow.engagements.reading import history_for, match_of, offers_for
from matcher.workflow.engagements.talks import read_messages
from web import backend, session
from web.catalogue.base_states import takes_no_applications
from web.engagements.words import field_words, next_words, shown_label
from web.i18n import language
from web.presenters import text_of

TERMS_VERSION = "2026-11"  # of the texts in partials/_disclosure.html
STEPS = ("summary", "details", "data")
NOT_LISTED = frozenset(
    {"title", "title_en", "problem", "problem_en", "requirements", "visibility", "name", "name_en"}
)


@dataclass(slots=True)
class News:
    """What the page says of an act that was refused, with everything that was typed."""

    about: str = ""  # the form: an action and a side, or message, meeting
    problem: str = ""
    typed: Mapping[str, Any] = field(default_factory=dict)

    def text(self, form: str, name: str) -> str:
        """Return what was typed into a field of a form."""
        return str(self.typed.get(name, "")) if form == self.about else ""

    def chosen(self, form: str, name: str) -> Sequence[str]:
        """Return what was ticked in a form."""
        found: Sequence[str] = self.typed.get(name, ()) if form == self.about else ()
        return found


UNPROVEN = "no_evidence"  # of a requirement line: nothing published speaks for or against it


@dataclass(frozen=True, slots=True)
class Shown:
    """An engagement as its reader may see it, with its clock."""

    engagement: Engagement
    seen: Disclosure
    clock: Clock | None

    @property
    def is_awaited(self) -> bool:
        """Whether the reader's side is waited for."""
        return self.clock is not None and bool(set(self.clock.waits_for) & set(self.seen.sides))

    @property
    def own_sides(self) -> tuple[str, ...]:
        return tuple(side for side in self.seen.sides if side in states.ALL_PARTIES)

    @property
    def title(self) -> str:
        """The title of the need as this reader may read it."""
        titles = [self.seen.value("need", name) for name in ("title", "title_en")]
        if language() == "en":
            titles.reverse()
        return str(titles[0] or titles[1] or self.engagement.need_id)

    @property
    def enterprise(self) -> str:
        """The name of the enterprise, or nothing while it is masked."""
        if self.seen.is_masked:
            return ""
        return _name(self.seen, "enterprise")

    @property
    def provider(self) -> str:
        return _name(self.seen, "provider") or self.engagement.provider_id

    @property
    def capability(self) -> str:
        return _name(self.seen, "capability") or self.engagement.capability_id

    @property
    def next_words(self) -> str:
        return next_words(self.engagement, self.is_awaited)


def _name(seen: Disclosure, record: str) -> str:
    names = [seen.value(record, name) for name in ("name", "name_en")]
    if language() == "en":
        names.reverse()
    return str(names[0] or names[1] or "")


def shown_engagement(engagement_id: str) -> Shown:
    """Return an engagement to somebody who takes part in it; to others it is unknown."""
    db, viewer = backend.database(), session.actor()
    return as_shown(engagement_for(db, engagement_id, viewer), viewer)


def as_shown(engagement: Engagement, viewer: Actor) -> Shown:
    db = backend.database()
    clock = running_clock(db, "engagement", engagement.engagement_id)
    return Shown(engagement, what_may_see(db, engagement, viewer), clock)


def engagement_page(engagement_id: str, news: News | None = None) -> str:
    shown = shown_engagement(engagement_id)
    g.own_address = (url_for("engagements.show_engagement", engagement_id=engagement_id), [])
    return render_template(
        "pages/engagements/show.html",
        shown=shown,
        seen=shown.seen,
        engagement=shown.engagement,
        clock=shown.clock,
        news=news or News(),
        terms_version=TERMS_VERSION,
        **step_context(shown),
        **talk_context(shown),
        **evidence_context(shown),
    )


def step_context(shown: Shown) -> dict[str, Any]:
    """Return what can be done now, what was done, and who agreed to what."""
    db, viewer, engagement = backend.database(), session.actor(), shown.engagement
    consents = list_consents(db, engagement.engagement_id)
    return {
        "offers": offers_for(db, engagement, viewer, datetime.now(UTC)),
        "history": history_for(db, engagement, viewer),
        "consents": consents,
        "standing": {(one.side, one.step): one for one in consents if one.revoked_at is None},
        "reached": STEPS.index(shown.seen.step),
        "is_staff": is_staff(viewer),
        "broker": _broker_name(engagement.broker_id),
        "decline_options": options("decline_reason", language()),
        "base_choices": base_choices(shown),
        "applications": list_applications(db, engagement.engagement_id),
    }


def _broker_name(broker_id: str) -> str:
    account = find_account(backend.database(), broker_id) if broker_id else None
    return account.name or account.email if account is not None else ""


def talk_context(shown: Shown) -> dict[str, Any]:
    """Return messages, meetings and files."""
    db, engagement = backend.database(), shown.engagement
    engagement_id, is_open = engagement.engagement_id, engagement.state not in states.OVER
    may_talk = engagement.state in states.AFTER_MUTUAL
    files = list_attachments(db, "need", engagement.need_id)
    return {
        "messages": read_messages(db, engagement_id, viewer=session.actor()) if may_talk else [],
        "may_write": may_talk,
        "meetings": list_meetings(db, engagement_id) if shown.seen.step in (DETAILS, DATA) else [],
        "may_meet": engagement.state in states.AFTER_REVEAL and shown.seen.step != "summary",
        "files": [one for one in files if one.attachment_id in shown.seen.attachment_ids],
        "is_open": is_open,
        "now": datetime.now(UTC),
    }


def evidence_context(shown: Shown) -> dict[str, Any]:
    """Return the records field by field, the match with its lines, and the bases that fit."""
    db, engagement, seen = backend.database(), shown.engagement, shown.seen
    match = match_of(db, engagement, seen)
    found = {line.requirement_id: line for line in match.requirements} if match else {}
    asked = seen.value("need", "requirements") or ()
    lines = [(line, found.get(str(line.get("requirement_id")))) for line in asked]
    return {
        "match": match,
        "requirements": lines,
        "unproven": [line for line, answer in lines if answer and answer.status == UNPROVEN],
        "catalogue": backend.catalogue(),
        "evidence_files": evidence_files(shown),
        "need_facts": facts(NeedSchema, seen.need),
        "capability_facts": facts(CapabilitySchema, seen.capability),
        "enterprise_facts": facts(OrganisationSchema, seen.enterprise),
        "provider_facts": facts(OrganisationSchema, seen.provider),
    }


def evidence_files(shown: Shown) -> list[tuple[str, Attachment]]:
    """Return the files of the capability's evidence that this reader may read, by piece."""
    seen = shown.seen.evidence_files
    if not seen:
        return []
    kept = list_attachments(backend.database(), "capability", shown.engagement.capability_id)
    known = {one.attachment_id: one for one in kept}
    return [(piece, known[file]) for piece, file in seen.items() if file in known]


def facts(schema: type, fields: Sequence[Any]) -> list[tuple[str, list[str]]]:
    """Return label and texts of the fields that are not said elsewhere on the page."""
    known = schema().fields
    return [
        (shown_label(one), field_words(schema, one))
        for one in fields
        if one.value is not False
        and one.name not in NOT_LISTED
        and one.name in known
        and not one.name.endswith("_id")
    ]


def base_choices(shown: Shown) -> list[tuple[str, str]]:
    """Return the services that can be applied for, those that the match names first."""
    catalogue = backend.catalogue()
    match = match_of(backend.database(), shown.engagement, shown.seen)
    fitting = [f"{one.pilot_base_id}|{one.service_id}" for one in (match.bases if match else ())]
    found: dict[str, str] = {}
    for base in catalogue.bases_taking_part:
        if takes_no_applications(base):
            continue
        for service in base.services:
            name = f"{text_of(base, 'name')} · {text_of(service, 'name')}"
            found[f"{base.pilot_base_id}|{service.service_id}"] = name
        if not base.services:
            found[f"{base.pilot_base_id}|"] = text_of(base, "name")
    first = [(key, found[key]) for key in fitting if key in found]
    return first + [(key, name) for key, name in found.items() if key not in fitting]
