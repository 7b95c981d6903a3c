"""An organisation's own capabilities and bases: states, history, what waits, what can be done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.records import Capability, PilotBase
from matcher.records.capacity import FRESH_DAYS, is_calendar_stale, is_capacity_stale
from matcher.schemas import dump_record
from matcher.store.accounts import find_account
from matcher.store.drafts import Draft, find_draft_of_record, list_drafts
from matcher.store.history import list_versions
from matcher.store.ownership import owned_by, owner_of
from matcher.store.proposals import Proposal, find_pending, proposals_of
from matcher.store.versions import read_record_version
from matcher.workflow.drafts.keeping import start_draft
from matcher.workflow.registration.differences import changes_only, compare
from matcher.workflow.registration.evidence_files import noted_from
from matcher.workflow.registration.materiality import Registered
from matcher.workflow.registration.owned_records import find_record
from matcher.workflow.registration.proposals import CLAIM, withdraw_proposal, withdraw_record
from matcher.workflow.registration.typed import typed_again, typed_values
from web import backend, session
from web.comparison import compared
from web.i18n import gettext as _
from web.registration.flow import Flow, act_now
from web.registration.pages import draft_name, first_step

SOON = 30  # days before the end of validity from which renewing is offered first


@dataclass(frozen=True, slots=True)
class OwnRecord:
    """One record of an organisation, published or on its way."""

    record_id: str
    name: str
    record: Registered | None
    waiting: Proposal | None
    last: Proposal | None  # what was decided last
    draft: Draft | None
    is_stale: bool
    ends: str  # "" | soon | over

    @property
    def states(self) -> list[tuple[str, str]]:
        """Return words and the look of a tag for everything that is so."""
        found = [(_("published"), "ok")] if self.record else []
        if self.waiting:
            found.append((_("waits for review"), "warn"))
        elif self.last and self.last.state == "refused" and self.last.is_returned:
            found.append((_("to be changed"), "warn"))
        elif self.last and self.last.state == "refused":
            found.append((_("refused"), "failed"))
        if self.draft:
            found.append((_("draft begun"), "none"))
        if self.ends:
            words = _("validity is over") if self.ends == "over" else _("validity ends soon")
            found.append((words, "failed" if self.ends == "over" else "warn"))
        if self.is_stale:
            found.append((_("capacity not confirmed for 60 days"), "warn"))
        return found or [(_("withdrawn"), "none")]


def today() -> date:
    return datetime.now(UTC).date()


def own_record(kind: str, record_id: str) -> OwnRecord:
    """Return a record of the organisation that asks; another's is unknown."""
    db, own = backend.database(), session.own_organisation().organisation_id
    sent = proposals_of(db, own, kind, record_id)
    owner = owner_of(db, kind, record_id)
    if owner not in ("", own) or not (owner or sent):
        raise UnknownRecord(kind, record_id)
    record = find_record(db, kind, record_id) if owner else None
    waiting = next((one for one in sent if one.is_pending), None)
    decided = next((one for one in sent if one.state in ("approved", "refused")), None)
    account_id = session.signed_in().account_id
    return OwnRecord(
        record_id=record_id,
        name=name_of(record, waiting or decided, record_id),
        record=record,
        waiting=waiting,
        last=decided,
        draft=find_draft_of_record(db, kind, record_id, account_id),
        is_stale=is_stale(record),
        ends=end_of(record),
    )


def is_stale(record: Registered | None) -> bool:
    """Whether what a record can take was not confirmed for so long that nobody counts on it."""
    if isinstance(record, Capability):
        return is_capacity_stale(record, today())
    return isinstance(record, PilotBase) and is_calendar_stale(record, today())


def name_of(record: Registered | None, proposal: Proposal | None, record_id: str) -> str:
    if record is not None:
        return record.name
    if proposal is not None and proposal.payload.get("name"):
        return str(proposal.payload["name"])
    known = backend.catalogue().pilot_bases.get(record_id)
    return known.name if known else record_id


def end_of(record: Registered | None) -> str:
    if not isinstance(record, Capability) or record.valid_to is None:
        return ""
    left = (record.valid_to - today()).days
    return "over" if left < 0 else ("soon" if left <= SOON else "")


def own_records(kind: str) -> list[OwnRecord]:
    db, own = backend.database(), session.own_organisation().organisation_id
    sent = (one.record_id for one in proposals_of(db, own, kind))
    ids = dict.fromkeys((*owned_by(db, own, kind), *sent))
    return [own_record(kind, record_id) for record_id in ids if is_own(kind, record_id, own)]


def is_own(kind: str, record_id: str, own: str) -> bool:
    return owner_of(backend.database(), kind, record_id) in ("", own)


def list_page(flow: Flow) -> str:
    drafts = list_drafts(backend.database(), flow.kind, session.signed_in().account_id)
    return render_template(
        f"pages/{flow.folder}/own_list.html",
        flow=flow,
        records=own_records(flow.kind),
        drafts=[one for one in drafts if not one.record_id],
        first_step=lambda draft: first_step(flow, draft),
        draft_name=draft_name,
    )


def record_page(flow: Flow, record_id: str, **more: Any) -> str:
    own = own_record(flow.kind, record_id)
    versions = list_versions(backend.database(), flow.kind, record_id)
    return render_template(
        f"pages/{flow.folder}/own_show.html",
        flow=flow,
        own=own,
        record=own.record,
        versions=[(one, actor_words(one.actor)) for one in versions],
        changes=waiting_changes(flow.kind, own),
        is_claim=own.waiting is not None and CLAIM in own.waiting.payload,
        fresh_days=FRESH_DAYS,
        **more,
    )


def waiting_changes(kind: str, own: OwnRecord) -> list[Any]:
    """Return what of a published record would change, or nothing for a first publication."""
    if own.waiting is None or own.record is None or CLAIM in own.waiting.payload:
        return []
    found = compare(kind, dump_record(own.record), own.waiting.payload)
    return compared(kind, changes_only(found))


def actor_words(actor_id: str) -> str:
    """Return who made a version, as the organisation may know it."""
    if actor_id in ("catalogue", "system", "registration"):
        return _("the catalogue") if actor_id == "catalogue" else _("the service")
    account = find_account(backend.database(), actor_id)
    if account is None:
        return _("the service")
    if account.is_staff:
        return _("a reviewer")
    return account.name or account.email


def version_page(flow: Flow, record_id: str, number: int) -> str:
    """Show what a version changed against the one before it."""
    own, db = own_record(flow.kind, record_id), backend.database()
    if owner_of(db, flow.kind, record_id) != session.own_organisation().organisation_id:
        raise UnknownRecord(flow.kind, record_id)
    after = read_record_version(db, flow.kind, record_id, number)
    before = read_record_version(db, flow.kind, record_id, number - 1) if number > 1 else None
    old = None if before is None else dump_record(before)
    changes = changes_only(compare(flow.kind, old, dump_record(after)))
    version = next(
        (one for one in list_versions(db, flow.kind, record_id) if one.version == number), None
    )
    return render_template(
        "pages/review/version.html",
        flow=flow,
        own=own,
        number=number,
        version=version or abort(404),
        who=actor_words(version.actor) if version else "",
        changes=compared(flow.kind, changes),
    )


def edit(flow: Flow, record_id: str) -> ResponseReturnValue:
    """Open a draft with what was sent last, or with what is published."""
    own = own_record(flow.kind, record_id)
    draft = start_draft(
        backend.writable_database(),
        flow.kind,
        session.signed_in().account_id,
        values_to_edit(flow.kind, own),
        record_id=record_id,
        now=datetime.now(UTC),
    )
    return redirect(first_step(flow, draft), code=303)


def values_to_edit(kind: str, own: OwnRecord) -> dict[str, Any]:
    """Return what is waiting, or was refused last, before what is published."""
    proposal = own.waiting
    if proposal is None and own.last is not None and own.last.state == "refused":
        proposal = own.last
    if proposal is not None and CLAIM not in proposal.payload:
        return noted_from(typed_again(kind, proposal.payload))
    if own.record is not None:
        return noted_from(typed_values(own.record))
    former = own.last.payload if own.last else {}
    return noted_from(typed_again(kind, former)) if CLAIM not in former else {}


def withdraw(flow: Flow, record_id: str) -> ResponseReturnValue:
    reason = " ".join(request.form.get("reason", "").split())[:500]
    db = backend.writable_database()
    withdraw_record(db, flow.kind, record_id, act_now(), reason=reason)
    flash(_("Withdrawn: it is found and matched no more. Its history stays with you."))
    return back_to(flow, record_id)


def take_back(flow: Flow, record_id: str) -> ResponseReturnValue:
    """Withdraw what waits for review; it can be taken up again as a draft."""
    db, own = backend.writable_database(), session.own_organisation().organisation_id
    waiting = find_pending(db, flow.kind, record_id)
    if waiting is None or waiting.organisation_id != own:
        raise UnknownRecord("proposal", record_id)
    withdraw_proposal(db, waiting.proposal_id, act_now())
    flash(_("Taken back. Nothing of it is published."))
    return back_to(flow, record_id)


def back_to(flow: Flow, record_id: str) -> ResponseReturnValue:
    return redirect(url_for(f"{flow.own_pages}.show_record", record_id=record_id), code=303)
