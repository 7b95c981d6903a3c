"""What the reader of the first page does next: by role, with counts, only what may be called."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime

from flask import url_for

from matcher.identity import Side
from matcher.store.overview import count_waiting
from matcher.store.round_parties import count_rounds_to_run, count_waiting_for
from web import backend
from web.access import may_call
from web.i18n import gettext as _
from web.session import current_account, current_organisation


@dataclass(frozen=True, slots=True)
class NextStep:
    """One line of the list: words, how many, where to."""

    label: str
    url: str
    count: int | None = None
    is_main: bool = False


def next_steps() -> list[NextStep]:
    """Return what waits first, then what can be begun; empty for a visitor."""
    account, organisation = current_account(), current_organisation()
    if account is None:
        return []
    counts = count_waiting(
        backend.database(),
        account.account_id,
        organisation.organisation_id if organisation else "",
        is_staff=account.is_staff,
    )
    counts |= rounds_waiting(organisation.organisation_id if organisation else "")
    waiting = [
        NextStep(label, url_for(endpoint), counts[name], is_main=True)
        for name, (label, endpoint) in words_of_waiting().items()
        if counts.get(name) and may_call(endpoint)
    ]
    named = {step.url for step in waiting}
    begun = [
        NextStep(label, url_for(endpoint))
        for endpoint, label in words_of_beginning().items()
        if may_call(endpoint) and url_for(endpoint) not in named
    ]
    return waiting + begun


def rounds_waiting(organisation_id: str) -> dict[str, int]:
    """Return what allocation rounds ask of an organisation now, or else of administrators."""
    db, now = backend.database(), datetime.now(UTC)
    if not organisation_id:
        return {"rounds_to_run": count_rounds_to_run(db, now)}
    waits = count_waiting_for(db, organisation_id, now)
    return {"rounds_to_answer": waits.n_rounds_to_answer, "round_offers": waits.n_offers}


def words_of_waiting() -> dict[str, tuple[str, str]]:
    return {
        "organisations_to_verify": (_("organisations wait to be verified"), "people.list_queue"),
        "needs_to_review": (_("needs wait for review"), "review_needs.list_waiting"),
        "proposals_to_review": (_("records wait for review"), "review.list_proposals"),
        "weak_points": (
            _("weak points in the latest match-quality report"),
            "quality_reports.show_latest",
        ),
        "rounds_to_answer": (
            _("allocation rounds wait for your statement"),
            "my_rounds.list_own",
        ),
        "round_offers": (
            _("places of allocation rounds wait for your confirmation"),
            "my_rounds.list_own",
        ),
        "rounds_to_run": (_("allocation rounds wait to be run"), "rounds.show_list"),
        "questions_to_answer": (_("questions wait for your answer"), "my_needs.list_own"),
        "drafts_of_needs": (_("drafts of needs to go on with"), "drafts.list_own_drafts"),
        "drafts_of_capabilities": (
            _("drafts of capabilities to go on with"),
            "my_capabilities.list_records",
        ),
        "drafts_of_bases": (_("drafts of bases to go on with"), "my_bases.list_records"),
        "needs_in_review": (_("needs of yours are in review"), "my_needs.list_own"),
        "needs_open": (_("needs of yours are open"), "my_needs.list_own"),
        "proposals_waiting": (_("records of yours are in review"), "my_capabilities.list_records"),
        "capabilities": (_("capabilities of yours are published"), "my_capabilities.list_records"),
    }


def report_endpoint() -> str:
    """Return which report is read: staff reads what really happened, others the model's own."""
    latest = "quality_reports.show_latest"
    return latest if may_call(latest) else "reports.show_quality"


def is_provider() -> bool:
    """Whether the one who is signed in acts for a provider, who looks for needs to answer."""
    organisation = current_organisation()
    return organisation is not None and organisation.acts_as(Side.PROVIDER)


def words_of_beginning() -> dict[str, str]:
    return {
        "my_needs.list_own": _("My needs"),
        "review_needs.list_waiting": _("Review needs"),
        "review.list_proposals": _("Review registrations"),
        **({"needs.list_needs": _("See the open needs")} if is_provider() else {}),
        "capabilities.new_capability": _("Register a capability"),
        "my_bases.list_records": _("Look after your pilot base"),
        report_endpoint(): _("Read the match-quality report"),
        "people.list_queue": _("Organisations and accounts"),
        "audit.show_trail": _("Audit trail"),
    }
