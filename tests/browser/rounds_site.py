"""A running site gets an allocation round that is still being prepared."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from matcher.allocation.inputs import Rules
from matcher.identity import actor_of
from matcher.store.accounts import find_by_email
from matcher.store.connection import close_database, open_database
from matcher.store.rounds import Round
from matcher.workflow.rounds.drafting import draft_round
from matcher.workflow.rounds.lifecycle import DRAFT
from matcher.workflow.rounds.scope import Scope, scope_text
from tests.browser.site import Site

DRAFT_ID = "RD-TEST1"


def add_draft_round(site: Site) -> None:
    """Draft a round as the demonstration's administrator."""
    now = datetime.now(UTC)
    db = open_database(site.database)
    try:
        administrator = find_by_email(db, site.accounts["administrator"][0])
        assert administrator is not None
        new = Round(
            DRAFT_ID,
            "筹备中的合成轮次",
            DRAFT,
            "{}",
            scope_text(Scope()),
            7,
            now + timedelta(days=1),
            now + timedelta(days=15),
            title_en="Synthetic round in preparation",
        )
        draft_round(db, new, Rules(), actor=actor_of(administrator), now=now)
    finally:
        close_database(db)
