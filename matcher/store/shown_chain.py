"""Shown lists in a chain of digests: a score changed later, or a list that is gone, is found.

Each link holds the digest of a list as it was kept and that of the link before it. A list whose
term is over may be removed: a link of its own says so first, and the digest of what was removed
stays, so that the chain can still be followed to its end. ``shown_head`` keeps where it ends. As
with the audit trail, whoever can write the file can make a whole new chain: keep the head's digest
in another place.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.store.audit import GENESIS, BrokenLink, ChainState
from matcher.store.connection import read_snapshot, write_transaction

SHOWN, REMOVED = "shown", "removed"
# What the digest covers, in this order for ever: a column that comes later is not covered.
LIST_COLUMNS = (
    "need_id", "need_version", "need", "model_id", "catalogue_revision", "no_adequate_match",
    "n_eligible", "excluded", "bases", "timing_ms", "record_versions", "origin", "created_at",
    "model_sha256", "computed_on",
)  # fmt: skip
PAIR_COLUMNS = (
    "rank", "provider_id", "provider_version", "capability_id", "capability_version", "bits",
    "probability", "propensity", "features", "explanation", "closeness", "intended_rank", "origin",
    "probability_need", "probability_provider",
)  # fmt: skip
_REAL = frozenset(
    PAIR_COLUMNS.index(name)
    for name in ("bits", "probability", "propensity", "closeness", "probability_need",
                 "probability_provider")
)  # fmt: skip
_LIST = ", ".join(LIST_COLUMNS)
_PAIR = ", ".join(PAIR_COLUMNS)


class _Link(NamedTuple):
    sequence: int
    kind: str
    match_list_id: int
    content_digest: str
    previous_digest: str
    digest: str


def content_digest(row: Sequence[Any], pairs: Iterable[Sequence[Any]]) -> str:
    """Return the SHA-256 of a list: its columns, and those of its pairs by rank.

    The same for what is about to be written and for what is read back: a number of a column of
    reals is one, and there is no negative zero.
    """
    parts = [_marked(value) for value in row]
    for pair in sorted(pairs, key=lambda pair: int(pair[0])):
        parts += [
            _marked(float(value) + 0.0 if at in _REAL and value is not None else value)
            for at, value in enumerate(pair)
        ]
    return _sha256("".join(parts))


def _marked(value: Any) -> str:
    """Return a value so that those beside it cannot be taken for a part of it: a text's length."""
    return f"{len(value)}:{value}" if isinstance(value, str) else f"={value!r};"


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _digest_of_link(facts: Sequence[Any]) -> str:
    return _sha256("".join(_marked(value) for value in facts))


def digest_of_list(db: Database, match_list_id: int) -> str:
    """Return the digest of a list as it lies in the file; empty where it is not there."""
    row = db.conn.execute(
        f"SELECT {_LIST} FROM match_list WHERE match_list_id = ?",  # noqa: S608 - named above
        [match_list_id],
    ).fetchone()
    if row is None:
        return ""
    pairs = db.conn.execute(
        f"SELECT {_PAIR} FROM match_pair WHERE match_list_id = ?",  # noqa: S608 - named above
        [match_list_id],
    ).fetchall()
    return content_digest(row, pairs)


def append_link(db: Database, kind: str, match_list_id: int, content: str) -> None:
    """Add a link; call it inside the transaction that keeps or removes the list."""
    row = db.conn.execute("SELECT sequence, digest FROM shown_head WHERE id = 1").fetchone()
    facts = (int(row[0]) + 1, kind, match_list_id, content, str(row[1]))
    digest = _digest_of_link(facts)
    db.conn.execute(
        "INSERT INTO shown_link (sequence, kind, match_list_id, content_digest, previous_digest, "
        "digest) VALUES (?, ?, ?, ?, ?, ?)",
        [*facts, digest],
    )
    db.conn.execute(
        "UPDATE shown_head SET sequence = ?, digest = ? WHERE id = 1", [facts[0], digest]
    )


def next_list_id(db: Database) -> int:
    """Return the id of the next list; that of one which was removed is never given again."""
    row = db.conn.execute("SELECT coalesce(max(match_list_id), 0) + 1 FROM shown_link").fetchone()
    return int(row[0])


def remove_lists(db: Database, match_list_ids: Iterable[int]) -> int:
    """Remove lists that nothing refers to, with what other models made of them; return how many.

    The digests of what is removed stay in the chain.
    """
    n = 0
    with write_transaction(db, "remove shown lists"):
        for match_list_id in match_list_ids:
            append_link(db, REMOVED, match_list_id, digest_of_list(db, match_list_id))
            for table in ("shadow_pair", "match_list"):
                db.conn.execute(
                    f"DELETE FROM {table} WHERE match_list_id = ?",  # noqa: S608 - from above
                    [match_list_id],
                )
            n += 1
    return n


def verify_shown(db: Database) -> ChainState:
    """Recompute every link and every list; return where the chain first breaks, if it does."""
    with read_snapshot(db, "verify the shown lists"):
        head = db.conn.execute("SELECT sequence, digest FROM shown_head WHERE id = 1").fetchone()
        removed = _removed(db)
        previous, n_links = GENESIS, 0
        for link in _links(db):
            n_links += 1
            why = _fault(link, n_links, previous) or _fault_of_list(db, link, removed)
            if why:
                return ChainState(n_links, previous, BrokenLink(n_links, why))
            previous = link.digest
        why = _fault_at_the_end(db, head, n_links, previous)
    return ChainState(n_links, previous, BrokenLink(n_links + 1, why) if why else None)


def _links(db: Database) -> Iterator[_Link]:
    rows = db.conn.execute(
        "SELECT sequence, kind, match_list_id, content_digest, previous_digest, digest "
        "FROM shown_link ORDER BY sequence"
    )
    for row in rows:
        yield _Link(*row)


def _removed(db: Database) -> dict[int, str]:
    """Return which lists were removed by their term, with the digest that each had then."""
    rows = db.conn.execute(
        "SELECT match_list_id, content_digest FROM shown_link WHERE kind = ?", [REMOVED]
    )
    return dict(rows.fetchall())


def _fault(link: _Link, expected: int, previous: str) -> str:
    if link.sequence != expected:
        return f"link {expected} is missing; the next one found is {link.sequence}"
    if link.previous_digest != previous:
        return f"link {link.sequence} does not continue the link before it"
    if _digest_of_link(link[:-1]) != link.digest:
        return f"link {link.sequence} was changed after it was added"
    return ""


def _fault_of_list(db: Database, link: _Link, removed: dict[int, str]) -> str:
    """Say what is wrong with the list of a link: it must be there as shown, or removed as shown."""
    name = f"shown list {link.match_list_id}"
    found = digest_of_list(db, link.match_list_id)
    if link.match_list_id in removed:
        if found:
            return f"{name} is there although it was removed"
        same = removed[link.match_list_id] == link.content_digest
        return "" if same else f"{name} was changed before it was removed"
    if not found:
        return f"{name} is gone, and no link says that it was removed"
    return "" if found == link.content_digest else f"{name} was changed after it was shown"


def _fault_at_the_end(
    db: Database, head: tuple[int, str] | None, n_links: int, previous: str
) -> str:
    if head is None or int(head[0]) != n_links or head[1] != previous:
        noted = 0 if head is None else int(head[0])
        return f"the chain ends at link {n_links}, its head says {noted}: its end was changed"
    row = db.conn.execute(
        "SELECT min(match_list_id) FROM match_list WHERE match_list_id NOT IN "
        "(SELECT match_list_id FROM shown_link)"
    ).fetchone()
    return "" if row[0] is None else f"shown list {row[0]} stands in no link: it was put in later"
