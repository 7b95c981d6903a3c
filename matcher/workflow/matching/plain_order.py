"""The order by score alone: without chance, and without what a broker changed in a list.

No score knows who asks or what somebody did before, so there is no history to leave out of it. What
can move a place otherwise is a little chance, where an administrator has set it, and a broker's
change with its reason. Whoever wants neither chooses this order, for one view or for good; lists of
an organisation in which somebody has chosen it are then made without chance.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.identity import actor_of
from matcher.ranking.results import Match
from matcher.store.accounts import list_accounts, read_account
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.matches import StoredMatchList
from matcher.store.preferences import accounts_with, read_preferences, write_preferences

NAME, PLAIN = "order", "plain"
MOST_ACCOUNTS = 10_000


def wants_plain_order(db: Database, account_id: str) -> bool:
    """Whether an account has chosen to see lists in the order of the score alone."""
    return read_preferences(db, account_id).get(NAME) == PLAIN


def organisation_wants_plain_order(db: Database, organisation_id: str) -> bool:
    """Whether somebody of an organisation has chosen it."""
    if not organisation_id:
        return False
    own = list_accounts(db, organisation_id=organisation_id, limit=MOST_ACCOUNTS)
    return not {one.account_id for one in own if one.is_active}.isdisjoint(accounts_with(db, PLAIN))


def choose_order(db: Database, account_id: str, *, is_plain: bool, now: datetime) -> bool:
    """Keep the choice of an account; return whether it is another one than before."""
    with write_transaction(db, f"choose the order of {account_id}"):
        before = wants_plain_order(db, account_id)
        if before == is_plain:
            return False
        write_preferences(db, account_id, {NAME: PLAIN if is_plain else ""}, now=now)
        change = Change(
            "account.order_chosen", "account", account_id, {"plain": before}, {"plain": is_plain}
        )
        record_change(db, change, actor=actor_of(read_account(db, account_id)), now=now)
    return True


def by_score_alone(stored: StoredMatchList) -> tuple[Match, ...]:
    """Return the matches of a kept list as the score orders them."""
    matches = stored.match_list.matches
    return tuple(sorted(matches, key=lambda one: _wanted(stored, one)))


def n_moved_by_chance(stored: StoredMatchList) -> int:
    """Return how many matches of a kept list stand where chance has put them."""
    return sum(_wanted(stored, one) != one.rank for one in stored.match_list.matches)


def _wanted(stored: StoredMatchList, match: Match) -> int:
    return stored.intended.get(match.capability_id, match.rank)
