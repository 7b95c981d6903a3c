"""Drafts of needs, capabilities and bases: begun, written page by page, claimed, thrown away.

Everything typed is kept, readable or not. Refused are only what must not be kept (classified
content), what is far too large, and silently overwriting what another window wrote meanwhile.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import MatcherError
from matcher.intake.secrecy import SecrecyCheck
from matcher.store.attachments import delete_attachments
from matcher.store.connection import write_transaction
from matcher.store.drafts import (
    Draft,
    add_draft,
    claim_drafts,
    delete_draft,
    delete_old_drafts,
    find_draft_of_record,
    list_drafts,
    read_draft,
    write_draft,
)
from matcher.workflow.drafts.typed import FormPage, basis_of, find_secrets, with_step

LARGEST_DRAFT_BYTES = 200_000
VISITOR_PREFIX = "visitor-"
KEEP_VISITORS = timedelta(days=30)
MOST_OF_VISITOR, MOST_OF_ACCOUNT = 5, 50
FIRST_VERSION = 1
WRITERS = "_writers"  # step → the form that wrote it last
SENT = "+sent"  # after the name of a form that was sent whole and is gone from the window


class DraftKey(NamedTuple):
    """Which draft, and who asks for it."""

    kind: str  # need | capability | pilot_base
    draft_id: str
    owner: str


class Basis(NamedTuple):
    """What a form was drawn upon: a mark of what the step held, and the form's own name."""

    mark: str  # of ``basis_of``; empty to write whatever stands there
    window: str = ""
    is_live: bool = False  # saved by itself while it is written, not sent by its button


class ClassifiedContent(MatcherError):
    """What was typed says that it is classified: it is neither kept nor sent on."""

    code = "classified_content"

    def __init__(self, check: SecrecyCheck) -> None:
        fields = sorted({finding.field for finding in check.findings})
        super().__init__(f"classified content in {fields}; nothing was kept", fields=fields)
        self.check = check


class DraftChanged(MatcherError):
    """A step was written in another window since this form was opened; nothing was overwritten."""

    code = "draft_changed"

    def __init__(self, draft: Draft, step: FormPage) -> None:
        super().__init__(
            f"draft {draft.draft_id}, step {step.code}: changed at {draft.updated_at}",
            draft_id=draft.draft_id,
            step=step.code,
        )
        self.draft = draft
        self.step = step


class DraftTooLarge(MatcherError):
    """More text than any record has; nothing was kept."""

    code = "draft_too_large"

    def __init__(self, n_bytes: int) -> None:
        super().__init__(
            f"a draft of {n_bytes} bytes, expected at most {LARGEST_DRAFT_BYTES}; shorten it",
            n_bytes=n_bytes,
            most=LARGEST_DRAFT_BYTES,
        )


class TooManyDrafts(MatcherError):
    """Somebody has as many drafts as may be kept; finish or delete one."""

    code = "too_many_drafts"

    def __init__(self, most: int) -> None:
        super().__init__(f"{most} drafts are kept at most; finish or delete one", most=most)


def check_typed(values: Mapping[str, Any]) -> None:
    """Refuse what must not be kept.

    Raises
    ------
    DraftTooLarge, ClassifiedContent
        Nothing was kept.
    """
    n_bytes = sum(len(str(value).encode("utf-8", "replace")) for value in values.values())
    if n_bytes > LARGEST_DRAFT_BYTES:
        raise DraftTooLarge(n_bytes)
    check = find_secrets(values)
    if check.is_refused:
        raise ClassifiedContent(check)


def start_draft(  # noqa: PLR0913 (what is begun, by whom, upon what, when)
    db: Database,
    kind: str,
    owner: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    record_id: str = "",
    step: str = "",
) -> Draft:
    """Begin a draft with what is there already; of a record that is being changed there is one.

    Raises
    ------
    DraftTooLarge, ClassifiedContent, TooManyDrafts
        Nothing was kept.
    """
    check_typed(values)
    most = MOST_OF_VISITOR if owner.startswith(VISITOR_PREFIX) else MOST_OF_ACCOUNT
    draft_id = f"D{secrets.token_hex(8)}"
    draft = Draft(draft_id, kind, owner, record_id, dict(values), step, FIRST_VERSION, now, now)
    with write_transaction(db, f"start a draft of a {kind}"):
        open_one = find_draft_of_record(db, kind, record_id, owner) if record_id else None
        if open_one is not None:
            return open_one
        if len(list_drafts(db, kind, owner, limit=most)) >= most:
            raise TooManyDrafts(most)
        add_draft(db, draft)
    return draft


def save_step(
    db: Database,
    key: DraftKey,
    step: FormPage,
    typed: Mapping[str, Any],
    *,
    basis: Basis,
    now: datetime,
) -> Draft:
    """Keep what was typed in one step, unless another window wrote it meanwhile.

    A form never gets in its own way: what it saved itself a moment ago it may overwrite. Only what
    it saves by itself must not overwrite what it has sent: on a busy machine that arrives late.

    Raises
    ------
    DraftChanged
        The step holds something that this form did not know; nothing was overwritten.
    DraftTooLarge, ClassifiedContent, UnknownRecord
        Nothing was kept.
    """
    with write_transaction(db, f"write draft {key.draft_id}"):
        draft = read_draft(db, *key)
        values = with_step(draft.values, step, typed)
        check_typed(values)
        writers = dict(draft.values.get(WRITERS, {}))
        last, sent = writers.get(step.code, ""), f"{basis.window}{SENT}"
        is_same = basis_of(values, step) == basis_of(draft.values, step)
        if is_same and draft.step == step.code and (basis.is_live or last != basis.window):
            return draft
        is_late = basis.is_live and last == sent and not is_same
        is_own = bool(basis.window) and last in {basis.window, sent}
        if is_late or (not is_own and _is_overtaken(draft, step, basis, values)):
            raise DraftChanged(draft, step)
        values[WRITERS] = writers | {step.code: basis.window if basis.is_live else sent}
        return write_draft(db, draft, values, step=step.code, now=now)


def _is_overtaken(draft: Draft, step: FormPage, basis: Basis, values: Mapping[str, Any]) -> bool:
    stored = basis_of(draft.values, step)
    return bool(basis.mark) and stored not in {basis.mark, basis_of(values, step)}


def change_values(
    db: Database, key: DraftKey, changes: Mapping[str, Any], *, now: datetime
) -> Draft:
    """Set single answers of a draft, such as a suggestion that was accepted."""
    with write_transaction(db, f"write draft {key.draft_id}"):
        draft = read_draft(db, *key)
        values = {**draft.values, **changes}
        check_typed(values)
        return write_draft(db, draft, values, step=draft.step, now=now)


def throw_away(db: Database, key: DraftKey) -> None:
    """Delete a draft with its files.

    Raises
    ------
    UnknownRecord
        When there is none, or it is somebody else's.
    """
    with write_transaction(db, f"delete draft {key.draft_id}"):
        draft = read_draft(db, *key)
        delete_attachments(db, "draft", key.draft_id)
        delete_draft(db, draft)


def claim(db: Database, visitor: str, account_id: str) -> int:
    """Hand what a visitor has begun to write to the account that signed in; return how many."""
    if not visitor.startswith(VISITOR_PREFIX):
        return 0
    return claim_drafts(db, visitor, account_id)


def forget_visitors(db: Database, now: datetime) -> int:
    """Delete what visitors left lying for a month; return how many drafts."""
    return delete_old_drafts(db, VISITOR_PREFIX, now - KEEP_VISITORS)
