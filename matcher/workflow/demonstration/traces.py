"""What a demonstration left in the catalogue beside records of its own: its cases and providers.

A case grows out of an engagement and speaks for a capability, which may be a real provider's that
only the other side was made up for; a provider is entered with its first capability.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.identity import COMMAND_LINE
from matcher.store.audit import Change, record_change
from matcher.store.ownership import demonstration_records
from matcher.store.providers import was_entered_here, withdraw_provider
from matcher.store.published_cases import cases_of_demonstrations, withdraw_case
from matcher.workflow.registration.own_cases import remove_case


def withdraw_traces(db: Database, reason: str, *, now: datetime) -> int:
    """Withdraw the cases and the providers of demonstrations; return how many records.

    A provider that was in the catalogue before is left as it is: it was only lent its name.
    """
    n_withdrawn = 0
    for case_id, capability_id in cases_of_demonstrations(db):
        remove_case(db, capability_id, case_id, actor=COMMAND_LINE, now=now)
        if withdraw_case(db, case_id, actor=COMMAND_LINE.actor_id, now=now):
            n_withdrawn += _audited(db, "case", case_id, reason, now)
    for kind, record_id in sorted(demonstration_records(db)):
        is_trace = kind == "provider" and was_entered_here(db, record_id)
        if is_trace and withdraw_provider(db, record_id, actor=COMMAND_LINE.actor_id, now=now):
            n_withdrawn += _audited(db, kind, record_id, reason, now)
    return n_withdrawn


def _audited(db: Database, kind: str, record_id: str, reason: str, now: datetime) -> int:
    change = Change(f"{kind}.withdrawn", kind, record_id, reason=reason)
    record_change(db, change, actor=COMMAND_LINE, now=now)
    return 1
