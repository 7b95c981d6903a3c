"""What was changed in a need since a draft that amends it was begun, such as by a colleague."""

from __future__ import annotations

from typing import NamedTuple

from matcher.schemas import dump_record
from matcher.store.drafts import Draft
from matcher.store.needs import read_kept_need
from matcher.store.versions import read_record_version
from matcher.workflow.needs.draft_values import BEGUN_ON
from matcher.workflow.registration.differences import changes_only, compare
from web import backend
from web.needs.answers import Difference, differences


class Meanwhile(NamedTuple):
    """The version that a need has reached, and what is different in it."""

    version: int
    changes: list[Difference]


def changes_meanwhile(draft: Draft) -> Meanwhile | None:
    """Return what a draft would undo; None where nothing was changed, or it is a new need."""
    begun_on = draft.values.get(BEGUN_ON)
    if not draft.record_id or not isinstance(begun_on, int):
        return None
    db = backend.database()
    kept = read_kept_need(db, draft.record_id)
    if kept.version == begun_on:
        return None
    before = read_record_version(db, "need", draft.record_id, begun_on)
    found = compare("need", dump_record(before), dump_record(kept.need))
    return Meanwhile(kept.version, differences(changes_only(found)))
