"""Step 62: shown lists in a chain of digests, so that a later change of one, or its loss, shows."""

from __future__ import annotations

from sqlite_utils import Database

from matcher.store.audit import GENESIS
from matcher.store.shown_chain import SHOWN, append_link, digest_of_list
from matcher.store.steps.base import MIGRATIONS

_ADDED_ONLY = "links of shown lists are only ever added"
_AS_SHOWN = "a shown list stays as it was shown"


@MIGRATIONS()
def m0062_shown_chain(db: Database) -> None:
    """Chain every list that was kept, in the order in which they were kept."""
    db.execute("""
        CREATE TABLE shown_link (
            sequence INTEGER PRIMARY KEY CHECK (sequence >= 1),
            kind TEXT NOT NULL CHECK (kind IN ('shown', 'removed')),
            match_list_id INTEGER NOT NULL,
            content_digest TEXT NOT NULL CHECK (length(content_digest) = 64),
            previous_digest TEXT NOT NULL CHECK (length(previous_digest) = 64),
            digest TEXT NOT NULL CHECK (length(digest) = 64),
            UNIQUE (match_list_id, kind)
        ) STRICT""")
    # Where the chain ends, so that cutting off its last links shows too.
    db.execute("""
        CREATE TABLE shown_head (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            sequence INTEGER NOT NULL CHECK (sequence >= 0),
            digest TEXT NOT NULL CHECK (length(digest) = 64)
        ) STRICT""")
    db.execute("INSERT INTO shown_head (id, sequence, digest) VALUES (1, 0, ?)", [GENESIS])
    rows = db.execute("SELECT match_list_id FROM match_list ORDER BY match_list_id").fetchall()
    for (match_list_id,) in rows:
        append_link(db, SHOWN, match_list_id, digest_of_list(db, match_list_id))
    for verb in ("UPDATE", "DELETE"):
        db.execute(f"""
            CREATE TRIGGER shown_link_no_{verb.lower()} BEFORE {verb} ON shown_link
            BEGIN SELECT RAISE(ABORT, '{_ADDED_ONLY}'); END""")
    for table in ("match_list", "match_pair"):
        db.execute(f"""
            CREATE TRIGGER {table}_no_update BEFORE UPDATE ON {table}
            BEGIN SELECT RAISE(ABORT, '{_AS_SHOWN}'); END""")
        db.execute(f"""
            CREATE TRIGGER {table}_no_delete BEFORE DELETE ON {table}
            WHEN NOT EXISTS (SELECT 1 FROM shown_link AS l
                WHERE l.match_list_id = OLD.match_list_id AND l.kind = 'removed')
            BEGIN SELECT RAISE(ABORT, '{_AS_SHOWN}'); END""")  # noqa: S608 - words from above
