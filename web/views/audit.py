"""The audit trail, for administrators: who changed what, when and why; is the chain unbroken."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from flask import Blueprint, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.identity import Role
from matcher.store.accounts import find_account
from matcher.store.audit import (
    AuditEvent,
    EventFilter,
    count_events,
    known_values,
    list_events,
    verify_chain,
)
from matcher.store.shown_chain import verify_shown
from web import access, backend
from web.administration.audit_words import action_words, object_words
from web.catalogue.paging import page_number
from web.forms import CONTROL

blueprint = Blueprint("audit", __name__)
N_PER_PAGE = 50
LONGEST_WISH = 100


@blueprint.get("/audit")
@access.requires(Role.ADMINISTRATOR)
def show_trail() -> ResponseReturnValue:
    db, wanted, page = backend.database(), wished(), page_number(request.args.get("page"))
    n_events = count_events(db, wanted)
    events = list_events(db, wanted, limit=N_PER_PAGE, offset=(page - 1) * N_PER_PAGE)
    given = {name: value for name, value in wanted._asdict().items() if value}
    return render_template(
        "pages/audit/list.html",
        events=[presented(event) for event in events],
        wanted=wanted,
        n_events=n_events,
        page=page,
        n_pages=max(1, -(-n_events // N_PER_PAGE)),
        page_url=lambda number: url_for("audit.show_trail", **given, page=number),
        kinds=known_values(db, "object_kind"),
        actions=known_values(db, "action"),
        action_words=action_words,
        object_words=object_words,
        chain=verify_chain(db) if request.args.get("check") == "1" else None,
        shown=verify_shown(db) if request.args.get("check") == "1" else None,
    )


def wished() -> EventFilter:
    return EventFilter(
        *(
            CONTROL.sub("", request.args.get(name, "").strip())[:LONGEST_WISH]
            for name in EventFilter._fields
        )
    )


def presented(event: AuditEvent) -> dict[str, Any]:
    """Return an event as the page shows it: who by name, what changed field by field."""
    before, after = json.loads(event.before), json.loads(event.after)
    account = find_account(backend.database(), event.actor)
    return {
        "sequence": event.sequence,
        "at": datetime.fromisoformat(event.at),
        "actor": event.actor,
        "actor_name": (account.name or account.email) if account else "",
        "action": event.action,
        "action_words": action_words(event.action),
        "object_kind": event.object_kind,
        "object_words": object_words(event.object_kind),
        "object_id": event.object_id,
        "reason": event.reason,
        "changes": [
            (name, shown(before.get(name)), shown(after.get(name)))
            for name in sorted({**before, **after})
        ],
        "digest": event.digest[:12],
    }


def shown(value: Any) -> str:
    if value is None or value == "" or value == []:
        return "—"
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
