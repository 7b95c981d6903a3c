"""What the header offers to who is signed in, and what it says of this installation."""

from __future__ import annotations

from typing import Any

from flask import Flask, request, url_for

from matcher.errors import StoreError
from matcher.store.installation import DEMONSTRATION, read_setting
from matcher.store.notices import count_unread
from web import backend
from web.access import may_call
from web.administration.people import role_label, state_label
from web.i18n import gettext as _
from web.session import current_account


def account_links() -> list[dict[str, Any]]:
    """Return the pages that the account may call, in the order in which the menu lists them."""
    words = {
        "inbox.show_inbox": _("Inbox"),
        "engagements.list_own": _("Engagements"),
        "my_needs.list_own": _("My needs"),
        "my_capabilities.list_records": _("My capabilities"),
        "my_bases.list_records": _("My base"),
        "broker.show_queue": _("Broker's queue"),
        "my_rounds.list_own": _("Allocation rounds"),
        "rounds.show_list": _("Allocation rounds"),
        "appeals.list_own": _("Appeals"),
        "review.list_proposals": _("Review"),
        "review_needs.list_waiting": _("Needs to review"),
        "searches.list_searches": _("Saved searches"),
        "organisation.show_organisation": _("My organisation"),
        "organisation.list_members": _("Members"),
        "people.list_queue": _("Organisations and accounts"),
        "quality_reports.show_latest": _("Match-quality reports"),
        "judging.show_judging": _("Grade pairs"),
        "models.list_models": _("Models"),
        "supply_gaps.show_gaps": _("Supply gap"),
        "open_calls.list_all": _("Open calls"),
        "regulator.show_pack": _("Regulator’s pack"),
        "audit.show_trail": _("Audit trail"),
        "account.show_account": _("My account"),
    }
    return [
        {
            "label": word,
            "url": url_for(endpoint),
            "is_current": request.endpoint == endpoint,
            "is_inbox": endpoint == "inbox.show_inbox",
        }
        for endpoint, word in words.items()
        if may_call(endpoint)
    ]


def n_unread() -> int:
    """Return how many notices the account has not read; a database in trouble counts none."""
    account = current_account()
    if account is None:
        return 0
    try:
        return count_unread(backend.database(), account.account_id)
    except StoreError:
        return 0


def is_demonstration() -> bool:
    """Whether every page has to say that its data are for demonstration."""
    try:
        return read_setting(backend.database(), DEMONSTRATION) == "1"
    except StoreError:
        return False


def init_app(app: Flask) -> None:
    app.jinja_env.globals.update(
        account_links=account_links,
        n_unread=n_unread,
        is_demonstration=is_demonstration,
        role_label=role_label,
        state_label=state_label,
    )
