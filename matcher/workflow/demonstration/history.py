"""Put an invented year into a demonstration, and nowhere else by accident.

It goes into a table of its own (see ``matcher.store.synthetic_history``), so that no invented row
can be taken for a real one, and whoever reads history gets a log that says that it is synthetic.
"""

from __future__ import annotations

from datetime import date, datetime

from sqlite_utils import Database

from matcher.errors import MatcherError
from matcher.identity import Actor
from matcher.simulation.year import Plan, simulate_year
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.installation import DEMONSTRATION, write_setting
from matcher.store.synthetic_history import (
    SyntheticHistory,
    has_real_history,
    save_synthetic_history,
)
from matcher.workflow.demonstration.accounts import is_demonstration


class NotADemonstration(MatcherError):
    """Invented history was asked for in a database that is not a demonstration's."""

    code = "not_a_demonstration"


def invent_history(
    db: Database, plan: Plan, *, actor: Actor, now: datetime, anyway: bool = False
) -> SyntheticHistory:
    """Invent a year of matching and keep it in the place of what was invented before.

    Parameters
    ----------
    anyway : bool
        Also where the database is not a demonstration's, if nobody takes part in it yet; it is
        marked as a demonstration then, so that every page says so.

    Raises
    ------
    NotADemonstration
        The database is in real use, or may be; nothing was changed.
    """
    _check_place(db, anyway)
    log, _ = simulate_year(plan)
    about = SyntheticHistory(plan.seed, log.n("pairs"), plan.starts_on, plan.ends_on, now)
    content = log.to_bytes()
    with write_transaction(db, "keep synthetic history"):
        _check_place(db, anyway)
        write_setting(db, DEMONSTRATION, "1")
        save_synthetic_history(db, about, content)
        after = {"seed": plan.seed, "n_pairs": about.n_pairs, "synthetic": True}
        change = Change("history.invented", "installation", "synthetic_history", after=after)
        record_change(db, change, actor=actor, now=now)
    return about


def _check_place(db: Database, anyway: bool) -> None:
    if is_demonstration(db):
        return
    if has_real_history(db):
        raise NotADemonstration(
            "数据库不是演示库且已有真实数据，未写入任何内容 · "
            "this database is not a demonstration and has real accounts or matches; nothing was "
            "written. Name another one with --database",
        )
    if not anyway:
        raise NotADemonstration(
            "数据库不是演示库；如确要写入这个空库，请加 --yes · "
            "this database is not a demonstration; it is empty, so add --yes to make it one",
        )


def first_of_month(day: date) -> date:
    """Return the first day of a month: an invented year ends with the last whole month.

    Examples
    --------
    >>> first_of_month(date(2026, 11, 22))
    datetime.date(2026, 11, 1)
    """
    return day.replace(day=1)
