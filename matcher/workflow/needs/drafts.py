"""The drafts of needs among the drafts that ``matcher.workflow.drafts`` keeps."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlite_utils import Database

from matcher.store.drafts import Draft
from matcher.workflow.drafts import keeping

KIND = "need"


def start_draft(
    db: Database,
    owner: str,
    values: Mapping[str, Any],
    *,
    now: datetime,
    record_id: str = "",
    step: str = "",
) -> Draft:
    """Begin the draft of a need; see ``keeping.start_draft``."""
    return keeping.start_draft(db, KIND, owner, values, now=now, record_id=record_id, step=step)
