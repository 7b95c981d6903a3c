"""What reviewers see of a proposal: who, since when, what changes, and what to look out for."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.identity import Role
from matcher.intake.completeness import (
    Completeness,
    base_completeness,
    capability_completeness,
    is_base_publishable,
)
from matcher.records import Capability, PilotBase
from matcher.schemas import dump_record
from matcher.store.accounts import find_account
from matcher.store.attachments import Attachment
from matcher.store.history import current_version
from matcher.store.organisations import read_organisation
from matcher.store.proposals import Proposal
from matcher.workflow.registration.capability import near_duplicates
from matcher.workflow.registration.decisions import as_published, level_falls, name_of
from matcher.workflow.registration.differences import compare
from matcher.workflow.registration.evidence_files import files_by_id
from matcher.workflow.registration.materiality import Registered
from matcher.workflow.registration.owned_records import find_record
from matcher.workflow.registration.proposals import CLAIM, proposed_record
from matcher.workflow.registration.provider_entry import namesake
from web import backend, session
from web.comparison import compared
from web.i18n import gettext as _
from web.presenters import label, said, text_of

DAY_S = 86_400


def waiting_row(proposal: Proposal, now: datetime) -> dict[str, Any]:
    """Return one line of the queue."""
    db = backend.database()
    return {
        "proposal": proposal,
        "name": name_of(db, proposal),
        "organisation": organisation_name(proposal.organisation_id),
        "what": what_words(proposal),
        "age_days": int((now - proposal.proposed_at).total_seconds() // DAY_S),
        "state": state_words(proposal),
    }


def organisation_name(organisation_id: str) -> str:
    try:
        return text_of(read_organisation(backend.database(), organisation_id), "name")
    except UnknownRecord:
        return organisation_id


def what_words(proposal: Proposal) -> str:
    if CLAIM in proposal.payload:
        return _("claim of a base")
    kinds = {"capability": _("capability"), "pilot_base": _("pilot base")}
    is_first = proposal.base_version is None
    words = _("first publication") if is_first else _("change")
    return f"{kinds.get(proposal.kind, proposal.kind)} · {words}"


def state_words(proposal: Proposal) -> str:
    words = {
        "pending": _("waits"),
        "approved": _("approved"),
        "refused": _("sent back for a change") if proposal.is_returned else _("refused"),
        "withdrawn": _("taken back"),
    }
    return words[proposal.state]


def refusal_words(code: str) -> str:
    """Return why a decision was not possible, and what to do."""
    words = {
        "reason_missing": _("Say why, in a few words at least."),
        "not_waiting": _("It was decided or taken back meanwhile. Nothing was changed."),
        "record_changed": _(
            "The published record has changed since this was written, so approving it would undo "
            "that change. Ask the proposer to open it and send it again. Nothing was changed."
        ),
        "below_gate": _("The base has fewer than 80 points or holds text that only stands in."),
        "not_verified": _("The organisation is not verified, or suspended. Nothing was changed."),
        "wrong_role": _("Only an administrator decides whose a base of the catalogue is."),
        "evidence_missing": _("A level above “declared” needs a piece of evidence that holds."),
        "unknown_level": _("Choose one of the levels that are offered."),
    }
    return words.get(code, code)


def proposal_context(proposal: Proposal) -> dict[str, Any]:
    """Return everything that the page of a proposal shows beside the form of the decision."""
    db = backend.database()
    current = find_record(db, proposal.kind, proposal.record_id)
    organisation = read_organisation(db, proposal.organisation_id)
    account = find_account(db, proposal.proposed_by)
    context: dict[str, Any] = {
        "current": current,
        "name": name_of(db, proposal),
        "what": what_words(proposal),
        "state": state_words(proposal),
        "organisation": organisation,
        "proposer": account.name or account.email if account else proposal.proposed_by,
        "claim": str(proposal.payload.get(CLAIM, "")),
        "may_decide": may_decide(proposal),
        "is_outdated": is_outdated(proposal),
        "changes": [],
        "same": [],
        "completeness": None,
        "warnings": [],
        "files": [],
    }
    if CLAIM in proposal.payload:
        return context
    try:
        record = as_published(current, proposed_record(proposal))
    except InvalidRecord:
        context["warnings"] = [_("It no longer fits the fields of this version of the service.")]
        return context
    old = None if current is None else whole_dump(current)
    rows = compared(proposal.kind, compare(proposal.kind, old, whole_dump(record)))
    context["changes"] = [row for row in rows if row.is_change]
    context["same"] = [row for row in rows if not row.is_change]
    context["files"] = files_of(record)
    context["completeness"] = found = completeness_of(record)
    context["warnings"] = warnings(proposal, current, record, found)
    return context


def files_of(record: Registered) -> list[tuple[str, Attachment]]:
    """Return the files of a capability's evidence, by piece; a base has none."""
    if not isinstance(record, Capability):
        return []
    known = files_by_id(backend.database(), "", record.capability_id)
    pieces = ((one.evidence_id, known.get(one.attachment_id)) for one in record.evidence)
    return [(piece, file) for piece, file in pieces if file is not None]


def whole_dump(record: Registered) -> dict[str, Any]:
    """Return a dumped record with its level also where that is the lowest, which is the default."""
    dumped = dump_record(record)
    if not isinstance(record, Capability):
        return dumped
    return {**dumped, "verification": record.verification}


def may_decide(proposal: Proposal) -> bool:
    is_administrator = session.signed_in().role == Role.ADMINISTRATOR
    return proposal.is_pending and (CLAIM not in proposal.payload or is_administrator)


def is_outdated(proposal: Proposal) -> bool:
    if not proposal.is_pending:
        return False
    version = current_version(backend.database(), proposal.kind, proposal.record_id)
    return version != proposal.base_version


def completeness_of(record: Registered) -> Completeness:
    today = datetime.now(UTC).date()
    if isinstance(record, Capability):
        return capability_completeness(record, today=today)
    return base_completeness(record, today=today)


def warnings(
    proposal: Proposal, current: Registered | None, record: Registered, found: Completeness
) -> list[str]:
    """Return what a reviewer should look at twice."""
    words = _("Text that only stands in")
    told = [f"{words}: “{one.quote}” – {said(one, 'reason')}" for one in found.placeholders]
    if isinstance(record, PilotBase):
        if not is_base_publishable(found):
            told.append(refusal_words("below_gate"))
        return told
    return told + capability_warnings(proposal, current, record)


def capability_warnings(
    proposal: Proposal, current: Registered | None, record: Capability
) -> list[str]:
    db = backend.database()
    told = [
        _("A claim without evidence: “%(claim)s”", claim=text_of(claim, "text"))
        for claim in record.claims
        if not (claim.evidence_ids or claim.case_ids)
    ]
    told += [
        _("Nearly the same as another of its capabilities: %(name)s", name=text_of(one, "name"))
        for one in near_duplicates(db, record)
    ]
    if level_falls(current, record) and isinstance(current, Capability):
        level = label("verification", current.verification)
        told.append(
            _(
                "What was checked changes: approving ends the level “%(level)s”. Set it again "
                "afterwards if it still holds.",
                level=level,
            )
        )
    organisation = read_organisation(db, proposal.organisation_id)
    known = None if organisation.provider_id else namesake(db, organisation)
    if known is not None:
        told.append(
            _(
                "It will be published under the catalogue's provider of the same name: %(name)s",
                name=f"{text_of(known, 'name')} ({known.provider_id})",
            )
        )
    return told
