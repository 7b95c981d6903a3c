"""How a model that does not serve would have ranked a list that was shown."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors


class ShadowPair(NamedTuple):
    """One candidate at its place in the other model's order."""

    rank: int
    capability_id: str
    provider_id: str
    bits: float
    probability: float


class ShadowSummary(NamedTuple):
    """What is logged of one model: lists, and how far it agrees with what was shown."""

    n_lists: int
    n_same_first: int
    n_pairs: int
    n_shared: int


def save_shadow(
    db: Database, match_list_id: int, model_id: str, pairs: Sequence[ShadowPair]
) -> None:
    """Keep another model's order beside a list that was shown."""
    with write_transaction(db, "keep a shadow ranking"):
        db.conn.executemany(
            "INSERT INTO shadow_pair (match_list_id, model_id, rank, capability_id, provider_id, "
            "bits, probability) VALUES (?, ?, ?, ?, ?, ?, ?)",
            [(match_list_id, model_id, *pair) for pair in pairs],
        )


def read_shadow(db: Database, match_list_id: int, model_id: str) -> list[ShadowPair]:
    """Return another model's order of a list, the best first."""
    with driver_errors("read shadow rankings"):
        rows = db.conn.execute(
            "SELECT rank, capability_id, provider_id, bits, probability FROM shadow_pair "
            "WHERE match_list_id = ? AND model_id = ? ORDER BY rank",
            [match_list_id, model_id],
        ).fetchall()
    return [ShadowPair(*row) for row in rows]


def summarise_shadow(db: Database, model_id: str) -> ShadowSummary:
    """Count the lists that a model ranked in shadow, and what it had in common with them."""
    with driver_errors("summarise shadow rankings"):
        row = db.conn.execute(
            "SELECT count(DISTINCT s.match_list_id), "
            "coalesce(sum(s.rank = 1 AND p.rank = 1), 0), count(*), "
            "count(p.match_list_id) FROM shadow_pair s LEFT JOIN match_pair p "
            "ON p.match_list_id = s.match_list_id AND p.provider_id = s.provider_id "
            "WHERE s.model_id = ?",
            [model_id],
        ).fetchone()
    return ShadowSummary(*map(int, row))
