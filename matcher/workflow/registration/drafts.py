"""Drafts of capabilities and pilot bases: begun, written page by page, thrown away.

Everything typed is kept, readable or not; a page that is written replaces what was typed on that
page alone. Refused are only classified content and what is far too large.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.store.attachments import delete_attachments
from matcher.store.connection import write_transaction
from matcher.store.drafts import (
    Draft,
    add_draft,
    delete_draft,
    find_draft_of_record,
    list_drafts,
    read_draft,
    write_draft,
)
from matcher.workflow.needs.drafts import FIRST_VERSION, MOST_OF_ACCOUNT, TooManyDrafts, check_typed


def begin(
    db: Database,
    kind: str,
    owner: str,
    values: Mapping[str, Any],
    *,
    record_id: str = "",
    now: datetime,
) -> Draft:
    """Begin a draft with what is there already; of a record that is being changed there is one.

    Raises
    ------
    DraftTooLarge, ClassifiedContent, TooManyDrafts
        Nothing was kept.
    """
    check_typed(values)
    with write_transaction(db, f"begin a draft of a {kind}"):
        open_one = find_draft_of_record(db, kind, record_id, owner) if record_id else None
        if open_one is not None:
            return open_one
        if len(list_drafts(db, kind, owner, limit=MOST_OF_ACCOUNT)) >= MOST_OF_ACCOUNT:
            raise TooManyDrafts(MOST_OF_ACCOUNT)
        draft_id = f"D{secrets.token_hex(8)}"
        draft = Draft(draft_id, kind, owner, record_id, dict(values), "", FIRST_VERSION, now, now)
        add_draft(db, draft)
    return draft


def write_page(
    db: Database,
    draft: Draft,
    fields: Collection[str],
    typed: Mapping[str, Any],
    *,
    step: str,
    now: datetime,
) -> Draft:
    """Keep what was typed on one page; what the page leaves blank is gone.

    Raises
    ------
    DraftTooLarge, ClassifiedContent, UnknownRecord
        Nothing was kept.
    """
    with write_transaction(db, f"write draft {draft.draft_id}"):
        now_kept = read_draft(db, draft.kind, draft.draft_id, draft.owner)
        others = {name: value for name, value in now_kept.values.items() if name not in fields}
        own = {name: value for name, value in typed.items() if name in fields}
        values = {**others, **own}
        check_typed(values)
        if values == now_kept.values and step == now_kept.step:
            return now_kept
        return write_draft(db, now_kept, values, step=step, now=now)


def throw_away(db: Database, kind: str, draft_id: str, owner: str) -> None:
    """Delete a draft with its files.

    Raises
    ------
    UnknownRecord
        When there is none, or it is somebody else's.
    """
    with write_transaction(db, f"delete draft {draft_id}"):
        draft = read_draft(db, kind, draft_id, owner)
        delete_attachments(db, "draft", draft_id)
        delete_draft(db, draft)
