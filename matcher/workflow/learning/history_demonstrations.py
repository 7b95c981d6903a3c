"""Which rows of history a demonstration made, and when a whole log is called synthetic.

There are two logs. The real one never holds what a demonstration made: needs, capabilities and
bases of its organisations with everything that hangs on them, appeals that they filed, and what its
staff graded or overrode. The synthetic one holds all that lies in the tables and the invented year
beside it, and is marked as a whole. While an installation's demonstration is on, the synthetic log
is the one that is read; when it has ended, the real one is.
"""

from __future__ import annotations

from typing import NamedTuple

from sqlite_utils import Database

from matcher.store.accounts import list_accounts
from matcher.store.connection import read_snapshot
from matcher.store.installation import DEMONSTRATION, read_setting
from matcher.store.judgements import Judgement
from matcher.store.organisations import list_organisations
from matcher.store.ownership import demonstration_records
from matcher.store.report_snapshots import ReportSnapshot, list_snapshots
from matcher.store.shown_history import BesideRows, HistoryRows, read_history_rows
from matcher.store.synthetic_history import find_synthetic_history

ALL = 1_000_000


class Demonstrations(NamedTuple):
    """What belongs to demonstrations: (kind, id) of records, ids of organisations and accounts."""

    records: frozenset[tuple[str, str]]
    organisations: frozenset[str]
    accounts: frozenset[str]

    def made(self, judgement: Judgement) -> bool:
        """Whether a grade was given by a demonstration, or is about what it made."""
        return judgement.judged_by in self.accounts or self.has_pair(
            judgement.need_id, judgement.capability_id
        )

    def has_pair(self, need_id: str, capability_id: str) -> bool:
        """Whether either side of a pair is a demonstration's."""
        return not self.records.isdisjoint({("need", need_id), ("capability", capability_id)})


def is_synthetic(db: Database) -> bool:
    """Whether what is read of history here is the synthetic log: see the module."""
    is_on = read_setting(db, DEMONSTRATION) == "1"
    return is_on or find_synthetic_history(db) is not None


def last_kept(db: Database) -> ReportSnapshot | None:
    """Return the kept report of the latest month of the log that is read now, or None.

    After a demonstration its reports stay on record, but none of them speaks for the installation.
    """
    wanted = is_synthetic(db)
    return next((one for one in list_snapshots(db) if one.synthetic == wanted), None)


def read_demonstrations(db: Database) -> Demonstrations:
    """Return what belongs to demonstrations, whether or not they have ended."""
    return Demonstrations(
        demonstration_records(db),
        frozenset(one.organisation_id for one in list_organisations(db, limit=ALL) if one.is_demo),
        frozenset(one.account_id for one in list_accounts(db, limit=ALL) if one.is_demo),
    )


def real_rows(db: Database) -> HistoryRows:
    """Return the rows of history without what demonstrations made.

    Pairs keep their list whole, for their places in it count; those of a capability that is left
    out are left out with it, as is every engagement without its need or capability.
    """
    with read_snapshot(db, "read what really happened"):
        rows, demo = read_history_rows(db), read_demonstrations(db)
    return rows._replace(
        lists=[row for row in rows.lists if ("need", row.need_id) not in demo.records],
        needs=[row for row in rows.needs if ("need", row.need_id) not in demo.records],
        offers=[
            row
            for row in rows.offers
            if ("capability", row.capability_id) not in demo.records
            and ("provider", row.provider_id) not in demo.records
        ],
        beside=_real_beside(rows.beside, demo),
    )


def _real_beside(beside: BesideRows, demo: Demonstrations) -> BesideRows:
    """Return what stands beside lists; rows of a need that is left out go with their need."""
    return BesideRows(
        applications=[
            row for row in beside.applications if ("pilot_base", row[0]) not in demo.records
        ],
        overrides=[row for row in beside.overrides if row[3] not in demo.accounts],
        appeals=[row for row in beside.appeals if row[-1] not in demo.organisations],
        judgements=[row for row in beside.judgements if row[2] not in demo.accounts],
        bases=[row for row in beside.bases if ("pilot_base", row[0]) not in demo.records],
    )
