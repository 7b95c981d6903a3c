"""Reviewers: what waits, what each proposal changes, decisions, and how far things are checked."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Role
from matcher.records import Capability
from matcher.store.need_status import count_by_state
from matcher.store.proposals import count_pending, list_decided, list_pending, read_proposal
from matcher.workflow.needs.states import State
from matcher.workflow.registration.checks import LEVELS, STATES, set_evidence_state, set_level
from matcher.workflow.registration.decisions import Judge, approve, refuse
from matcher.workflow.registration.evidence_files import files_by_id
from matcher.workflow.registration.owned_records import ProposalRefused, find_record
from web import access, backend, session
from web.catalogue.paging import page_number
from web.forms import FormState
from web.i18n import gettext as _
from web.plain_fields import plain_field
from web.presenters import labels
from web.registration.review import proposal_context, refusal_words, waiting_row

blueprint = Blueprint("review", __name__)
staff = access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
N_PER_PAGE = 30
KINDS = ("capability", "pilot_base")


@blueprint.get("/review")
@staff
def list_proposals() -> ResponseReturnValue:
    db, page = backend.database(), page_number(request.args.get("page"))
    wish = request.args.get("kind", "")
    kind = wish if wish in KINDS else ""
    offset = (page - 1) * N_PER_PAGE
    now, counts = datetime.now(UTC), count_pending(db)
    waiting = list_pending(db, kind=kind, limit=N_PER_PAGE, offset=offset)
    return render_template(
        "pages/review/queue.html",
        rows=[waiting_row(one, now) for one in waiting],
        decided=[waiting_row(one, now) for one in list_decided(db)],
        counts=counts,
        n_needs=count_by_state(db, State.IN_REVIEW),
        kind=kind,
        page=page,
        has_more=offset + len(waiting) < (counts.get(kind, 0) if kind else sum(counts.values())),
    )


@blueprint.get("/review/<proposal_id>")
@staff
def show_proposal(proposal_id: str) -> ResponseReturnValue:
    return proposal_page(proposal_id)


def proposal_page(proposal_id: str, refusal: str = "", typed: str = "") -> str:
    proposal = read_proposal(backend.database(), proposal_id)
    reason = plain_field(
        "reason",
        _("Reason"),
        kind="lines",
        value=typed,
        hint=_("The proposer reads it. Needed to refuse and to ask for a change."),
        errors=[refusal_words(refusal)] if refusal == "reason_missing" else (),
        required=False,
    )
    return render_template(
        "pages/review/show.html",
        proposal=proposal,
        reason=reason,
        refusal=refusal_words(refusal) if refusal and refusal != "reason_missing" else "",
        problems=[("reason", _("Reason"), refusal_words(refusal))]
        if refusal == "reason_missing"
        else [],
        **proposal_context(proposal),
    )


@blueprint.post("/review/<proposal_id>/decision")
@staff
def decide(proposal_id: str) -> ResponseReturnValue:
    decision, reason = request.form.get("decision", ""), request.form.get("reason", "")[:2000]
    db, judge = backend.writable_database(), Judge(session.actor(), datetime.now(UTC), reason)
    try:
        if decision == "approve":
            approve(db, proposal_id, judge)
            flash(_("Approved and live."))
        elif decision in ("refuse", "return"):
            refuse(db, proposal_id, judge, wants_change=decision == "return")
            flash(_("Done. The proposer is told why."))
        else:
            raise UnknownRecord("decision", decision)
    except ProposalRefused as error:
        status = 422 if error.code == "reason_missing" else 409
        return proposal_page(proposal_id, error.code, reason), status
    return redirect(url_for("review.list_proposals"), code=303)


@blueprint.get("/review/capabilities/<capability_id>")
@staff
def show_checks(capability_id: str) -> ResponseReturnValue:
    return checks_page(capability_id)


def checks_page(capability_id: str, refusal: str = "", state: FormState | None = None) -> str:
    record = find_record(backend.database(), "capability", capability_id)
    if not isinstance(record, Capability):
        raise UnknownRecord("capability", capability_id)
    return render_template(
        "pages/review/checks.html",
        capability=record,
        levels=list(zip(LEVELS, labels("verification", LEVELS), strict=True)),
        states=list(zip(STATES, labels("evidence_check", STATES), strict=True)),
        files=files_by_id(backend.database(), "", capability_id),
        refusal=refusal_words(refusal) if refusal else "",
        typed=state.values if state else {},
    )


@blueprint.post("/review/capabilities/<capability_id>/level")
@staff
def change_level(capability_id: str) -> ResponseReturnValue:
    level = request.form.get("level", "")
    return checked(capability_id, "", level)


@blueprint.post("/review/capabilities/<capability_id>/evidence/<evidence_id>")
@staff
def change_evidence(capability_id: str, evidence_id: str) -> ResponseReturnValue:
    return checked(capability_id, evidence_id, request.form.get("state", ""))


def checked(capability_id: str, evidence_id: str, finding: str) -> ResponseReturnValue:
    """Store what a check found, of one piece of evidence or of the whole capability."""
    db, reason = backend.writable_database(), request.form.get("reason", "")[:2000]
    judge = Judge(session.actor(), datetime.now(UTC), reason)
    try:
        if evidence_id:
            set_evidence_state(db, capability_id, evidence_id, finding, judge)
        else:
            set_level(db, capability_id, finding, judge)
    except ProposalRefused as error:
        typed: dict[str, Any] = {"about": evidence_id, "finding": finding, "reason": reason}
        return checks_page(capability_id, error.code, FormState(typed)), 422
    flash(_("Saved. The provider is told, and the public page shows it."))
    return redirect(url_for("review.show_checks", capability_id=capability_id), code=303)
