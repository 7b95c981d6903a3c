"""Answers that were shown, kept whole: what was asked, every pair, and what each rested on.

A stored list can be read back as it was shown and replayed against the same record versions; its
pairs are what later outcomes are joined to.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import InvalidRecord, UnknownRecord, shown
from matcher.ranking.results import BaseMatch, Exclusion, Match, MatchList
from matcher.store.connection import read_snapshot, write_transaction
from matcher.store.driver import driver_errors
from matcher.store.serialise import from_json, from_plain, to_json, to_plain
from matcher.store.shown_chain import (
    LIST_COLUMNS,
    PAIR_COLUMNS,
    SHOWN,
    append_link,
    content_digest,
    next_list_id,
)
from matcher.store.versions import Key, read_head, stamp

ALWAYS_SHOWN = 1.0  # the ranking is deterministic: what is shown was certain to be shown


def _insert(table: str, columns: tuple[str, ...]) -> str:
    names, marks = ", ".join(("match_list_id", *columns)), ", ".join("?" * (1 + len(columns)))
    return f"INSERT INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - columns of our own


_INSERT_LIST = _insert("match_list", LIST_COLUMNS)
_INSERT_PAIR = _insert("match_pair", PAIR_COLUMNS)


@dataclass(frozen=True, slots=True)
class StoredMatchList:
    """A match list as it was shown, with what it rested on."""

    match_list_id: int
    match_list: MatchList
    record_versions: Mapping[Key, int]
    propensities: Mapping[str, float]  # by capability id
    intended: Mapping[str, int]  # the rank that the model wanted, by capability id
    sides: Mapping[str, tuple[float | None, float | None]]  # need's and provider's probability
    origin: str
    created_at: datetime


def save_match_list(  # noqa: PLR0913 (each says something of the whole list)
    db: Database,
    match_list: MatchList,
    *,
    record_versions: Mapping[Key, int],
    origin: str,
    now: datetime,
    propensities: Mapping[str, float] | None = None,
    intended: Mapping[str, int] | None = None,
    origins: Mapping[str, str] | None = None,
    sides: Mapping[str, tuple[float | None, float | None]] | None = None,
) -> int:
    """Store every shown pair of an answer and return the id of the stored list.

    Parameters
    ----------
    record_versions : mapping of (kind, id) to int
        The versions that the answer was computed from, such as ``current_versions`` gives.
    origin : str
        Who or what asked: ``site``, ``command_line``, a job's name.
    now : datetime
        Aware time.
    propensities : mapping of str to float, optional
        Probability in (0, 1] with which each capability was shown, by capability id; 1 for all
        others, since the ranking is deterministic.
    intended, origins : mappings by capability id, optional
        The rank that the model wanted, and why a pair stands where it does, where exploration was
        on; without them the rank and nothing.
    sides : mapping by capability id, optional
        How likely the enterprise and the provider accept the pair, as the model had it then.

    Raises
    ------
    InvalidRecord
        When a value cannot be stored.
    Busy, StoreError
        As ``write_transaction``; nothing was changed.

    Notes
    -----
    Read back, the need is as JSON has it: tuples are lists, dates are text.
    """
    at, computed_on = stamp(now), match_list.computed_on
    need = match_list.need
    pairs = [
        (
            *_pair(match, record_versions, propensities or {}),
            (intended or {}).get(match.capability_id, match.rank),
            (origins or {}).get(match.capability_id, ""),
            *(sides or {}).get(match.capability_id, (None, None)),
        )
        for match in match_list.matches
    ]
    with write_transaction(db, "save a match list"):
        row = (
            str(need.get("need_id", "")),
            _need_version(db, need, record_versions),
            _json(need),
            match_list.model_id,
            match_list.catalogue_revision,
            int(match_list.no_adequate_match),
            match_list.n_eligible,
            _json([to_plain(item) for item in match_list.excluded]),
            _json([to_plain(item) for item in match_list.bases]),
            _json(match_list.timing_ms),
            _json([[kind, key, version] for (kind, key), version in record_versions.items()]),
            origin,
            at,
            match_list.model_sha256,
            computed_on.isoformat() if computed_on else None,
        )
        match_list_id = next_list_id(db)
        db.conn.execute(_INSERT_LIST, [match_list_id, *row])
        db.conn.executemany(_INSERT_PAIR, [(match_list_id, *pair) for pair in pairs])
        append_link(db, SHOWN, match_list_id, content_digest(row, pairs))
    return match_list_id


def _pair(
    match: Match, versions: Mapping[Key, int], propensities: Mapping[str, float]
) -> tuple[Any, ...]:
    # Without its whole row of features a match still says what those that spoke had.
    features = match.features or {item.feature: item.value for item in match.contributions}
    return (
        match.rank,
        match.provider_id,
        versions.get(("provider", match.provider_id)),
        match.capability_id,
        versions.get(("capability", match.capability_id)),
        match.bits,
        match.probability,
        propensities.get(match.capability_id, ALWAYS_SHOWN),
        _json(features),
        to_json(replace(match, features={})),
        match.closeness,
    )


def _need_version(db: Database, need: Mapping[str, Any], versions: Mapping[Key, int]) -> int | None:
    """Return the version of the need asked, when it was saved at all."""
    key = ("need", str(need.get("need_id", "")))
    if key in versions:
        return versions[key]
    head = read_head(db, *key)
    return head.version if head else None


def _json(value: object) -> str:
    try:
        text = json.dumps(
            value, default=_plain_date, ensure_ascii=False, allow_nan=False, separators=(",", ":")
        )
        text.encode("utf-8")
    except (ValueError, TypeError) as error:
        raise InvalidRecord("match_list", {"value": [f"{shown(value)}: {error}"]}) from error
    return text


def _plain_date(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"a {type(value).__name__} cannot be stored")


def read_match_list(db: Database, match_list_id: int) -> StoredMatchList:
    """Return a match list as it was shown.

    Raises
    ------
    UnknownRecord
        When there is none with this id.
    """
    with read_snapshot(db, f"read match list {match_list_id}"):
        row = db.conn.execute(
            "SELECT need, model_id, catalogue_revision, no_adequate_match, n_eligible, excluded, "
            "bases, timing_ms, record_versions, origin, created_at, model_sha256, computed_on "
            "FROM match_list WHERE match_list_id = ?",
            [match_list_id],
        ).fetchone()
        pairs = db.conn.execute(
            "SELECT explanation, capability_id, propensity, features, intended_rank, "
            "probability_need, probability_provider FROM match_pair "
            "WHERE match_list_id = ? ORDER BY rank",
            [match_list_id],
        ).fetchall()
    if row is None:
        raise UnknownRecord("match_list", str(match_list_id))
    need, model_id, revision, no_adequate, n_eligible, excluded, bases, timing = row[:8]
    versions, origin, created_at, model_sha256, computed_on = row[8:]
    return StoredMatchList(
        match_list_id=match_list_id,
        match_list=MatchList(
            model_id=model_id,
            catalogue_revision=revision,
            need=json.loads(need),
            no_adequate_match=bool(no_adequate),
            matches=tuple(
                replace(from_json(Match, pair[0]), features=json.loads(pair[3])) for pair in pairs
            ),
            excluded=tuple(from_plain(Exclusion, item) for item in json.loads(excluded)),
            bases=tuple(from_plain(BaseMatch, item) for item in json.loads(bases)),
            n_eligible=n_eligible,
            computed_on=date.fromisoformat(computed_on) if computed_on else None,
            model_sha256=model_sha256,
            timing_ms=json.loads(timing),
        ),
        record_versions={(kind, key): version for kind, key, version in json.loads(versions)},
        propensities={pair[1]: pair[2] for pair in pairs},
        intended={pair[1]: pair[4] for pair in pairs if pair[4] is not None},
        sides={pair[1]: (pair[5], pair[6]) for pair in pairs if pair[5:7] != (None, None)},
        origin=origin,
        created_at=datetime.fromisoformat(created_at),
    )


def list_match_lists(db: Database, need_id: str) -> list[int]:
    """Return the ids of the lists shown for one need, the last first."""
    with driver_errors(f"list the match lists of need {need_id}"):
        rows = db.conn.execute(
            "SELECT match_list_id FROM match_list WHERE need_id = ? "
            "ORDER BY created_at DESC, match_list_id DESC",
            [need_id],
        ).fetchall()
    return [int(row[0]) for row in rows]


def all_match_lists(db: Database) -> list[int]:
    """Return the ids of all lists that were kept, the first one first."""
    with driver_errors("list all match lists"):
        rows = db.conn.execute("SELECT match_list_id FROM match_list ORDER BY match_list_id")
        return [int(row[0]) for row in rows.fetchall()]
