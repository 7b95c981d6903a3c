"""What happened, as columns: every pair that was shown, and what became of it.

``HistoryLog`` is the one form in which reports, labels and estimates see history, whether it was
read from the database (``matcher.workflow.learning.history``) or invented
(``matcher.simulation``). Tables refer to each other by row number, so that grouping is counting;
times are UTC, NaT where a thing has not happened. ``synthetic`` stays True through every cut, join
and file.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]
Table = Mapping[str, Array]

TEXT, WHOLE, REAL, TRUTH, TIME = "U", "i8", "f8", "?", "M8[s]"
NEVER = np.datetime64("NaT", "s")
SETTLED_AFTER_DAYS = 28  # 20 working days, after which a shown pair that nobody took up closes
SEPARATOR = "|"

# Table → column → kind. Columns that name another table hold row numbers of it.
SCHEMA: Mapping[str, Mapping[str, str]] = {
    "needs": {
        "need_id": TEXT, "enterprise_id": TEXT, "industry": TEXT, "task": TEXT, "size": TEXT,
        "region": TEXT, "language": TEXT, "published_at": TIME, "since": TIME, "closed_at": TIME,
        "state": TEXT, "budget_cny": REAL,
    },
    "capabilities": {
        "capability_id": TEXT, "provider_id": TEXT, "size": TEXT, "region": TEXT, "language": TEXT,
        "since": TIME, "until": TIME,
    },
    "lists": {
        "list_id": TEXT, "need": WHOLE, "at": TIME, "model_id": TEXT, "origin": TEXT,
        "n_eligible": WHOLE, "no_adequate": TRUTH, "unknown_terms": REAL, "completeness": REAL,
    },
    "exclusions": {"list": WHOLE, "capability": WHOLE, "reason": TEXT},
    "pairs": {
        "list": WHOLE, "capability": WHOLE, "position": WHOLE, "intended": WHOLE,
        "propensity": REAL, "origin": TEXT, "bits": REAL, "probability": REAL,
        "probability_need": REAL, "probability_provider": REAL, "closeness": REAL,
        "score_rule": REAL, "score_tags": REAL, "need_accepted_at": TIME,
        "provider_accepted_at": TIME, "need_declined_at": TIME, "provider_declined_at": TIME,
        "declines_need": TEXT, "declines_provider": TEXT, "closed_at": TIME, "close_cause": TEXT,
        "mutual_at": TIME, "revealed_at": TIME, "talks_at": TIME, "pilot_at": TIME,
        "contracted_at": TIME, "outcome": TEXT, "outcome_at": TIME,
    },
    "applications": {
        "base_id": TEXT, "service_id": TEXT, "need": WHOLE, "applied_at": TIME,
        "decided_at": TIME, "state": TEXT, "asked_type": TRUTH, "fits_type": TRUTH,
    },
    "slots": {"base_id": TEXT, "n_slots": WHOLE, "at": TIME, "until": TIME},
    "overrides": {
        "need": WHOLE, "capability": WHOLE, "action": TEXT, "actor": TEXT, "reason": TEXT,
        "at": TIME,
    },
    "appeals": {
        "appeal_id": TEXT, "kind": TEXT, "filed_at": TIME, "due_at": TIME, "decided_at": TIME,
        "decision": TEXT,
    },
    "rounds": {"round_id": TEXT, "at": TIME, "n_blocking": WHOLE},
    "seats": {"round": WHOLE, "need": WHOLE, "choice": WHOLE, "reason": TEXT},
    "records": {
        "kind": TEXT, "record_id": TEXT, "checked_at": TIME, "updated_at": TIME,
        "completeness": REAL, "is_duplicate": TRUTH, "failed": TEXT,
    },
    "judgements": {
        "need": WHOLE, "capability": WHOLE, "reviewer": TEXT, "grade": WHOLE, "at": TIME,
    },
}  # fmt: skip
POINTS_TO: Mapping[str, str] = {
    "need": "needs",
    "list": "lists",
    "capability": "capabilities",
    "round": "rounds",
}
# When a row of a table came to be; the others are as old as what they point to.
BORN: Mapping[str, str] = {
    "needs": "published_at",
    "lists": "at",
    "applications": "applied_at",
    "slots": "at",
    "overrides": "at",
    "appeals": "filed_at",
    "rounds": "at",
    "judgements": "at",
}
# Words that say how something ended: unknown as long as the time beside them has not come.
ENDS: Mapping[str, Mapping[str, str]] = {
    "pairs": {
        "outcome": "outcome_at",
        "close_cause": "closed_at",
        "declines_need": "need_declined_at",
        "declines_provider": "provider_declined_at",
    },
    "needs": {"state": "closed_at"},
    "appeals": {"decision": "decided_at"},
    "applications": {"state": "decided_at"},
}
# A column that was added later: files of earlier histories do not have it.
UNKNOWN_BEFORE = ("pairs", "closeness")
STILL: Mapping[str, str] = {"needs": "open", "applications": "waiting"}
PARENTS_FIRST = ("needs", "capabilities", "rounds", "lists")


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which part of history: an empty text asks for everything."""

    industry: str = ""  # the beginning of a GB/T code: a section letter or more
    size: str = ""
    region: str = ""
    language: str = ""
    origin: str = ""
    model: str = ""

    def as_json(self) -> dict[str, str]:
        """Return what is asked for, without what is not."""
        names = ("industry", "size", "region", "language", "origin", "model")
        return {name: getattr(self, name) for name in names if getattr(self, name)}


EVERYTHING = Wanted()


@dataclass(frozen=True)
class HistoryLog:
    """History as columns; see the module.

    Attributes
    ----------
    tables : the tables of ``SCHEMA``
    features : feature name → float array (n_pairs), NaN where not known
    synthetic : True where any row was invented
    sources : what the log was made from, such as ``database`` or ``synthetic seed 7``
    """

    tables: Mapping[str, Table]
    features: Mapping[str, NDArray[np.float64]]
    synthetic: bool
    sources: tuple[str, ...] = ()

    @property
    def pairs(self) -> Table:
        """The pairs that were shown, one row each."""
        return self.tables["pairs"]

    @property
    def lists(self) -> Table:
        """The lists that were shown."""
        return self.tables["lists"]

    @property
    def needs(self) -> Table:
        """The needs that lists were shown for, and those that had none."""
        return self.tables["needs"]

    @property
    def capabilities(self) -> Table:
        """All that could have been shown."""
        return self.tables["capabilities"]

    def n(self, table: str) -> int:
        """Return the number of rows of a table."""
        return len(next(iter(self.tables[table].values())))

    @property
    def pair_need(self) -> Array:
        """The row of the need of each pair."""
        found: Array = self.lists["need"][self.pairs["list"]]
        return found

    @property
    def shown_at(self) -> Array:
        """When each pair was shown."""
        found: Array = self.lists["at"][self.pairs["list"]]
        return found

    def where(self, masks: Mapping[str, Array]) -> HistoryLog:
        """Return the rows for which the masks are True, and what points to them.

        Parameters
        ----------
        masks : table → bool array (n_rows)
            A table that is not named keeps the rows whose parents stay.
        """
        kept: dict[str, Table] = {}
        number: dict[str, Array] = {}
        pair_mask = np.ones(self.n("pairs"), dtype=bool)
        for name in (*PARENTS_FIRST, *(t for t in SCHEMA if t not in PARENTS_FIRST)):
            table = self.tables[name]
            mask = np.array(masks.get(name, np.ones(self.n(name), dtype=bool)), dtype=bool)
            pointers = [c for c in table if c in POINTS_TO]
            for column in pointers:
                mask &= number[POINTS_TO[column]][table[column]] >= 0
            rows = {column: values[mask] for column, values in table.items()}
            for column in pointers:
                rows[column] = number[POINTS_TO[column]][rows[column]]
            kept[name] = rows
            number[name] = np.where(mask, np.cumsum(mask) - 1, -1)
            pair_mask = mask if name == "pairs" else pair_mask
        features = {name: values[pair_mask] for name, values in self.features.items()}
        return replace(self, tables=kept, features=features)

    def as_of(self, at: np.datetime64) -> HistoryLog:
        """Return what was known at a time: nothing later has happened yet."""
        tables = {}
        for name, table in self.tables.items():
            rows = {
                column: np.where(values > at, NEVER, values) if values.dtype.kind == "M" else values
                for column, values in table.items()
            }
            for word, moment in ENDS.get(name, {}).items():
                ended = ~np.isnat(rows[moment])
                rows[word] = np.where(ended, rows[word], STILL.get(name, ""))
            # An end that is planned, not observed, stays as it is.
            for planned in {"until", "due_at"} & set(rows):
                rows[planned] = table[planned]
            tables[name] = rows
        masks = {name: self.tables[name][born] <= at for name, born in BORN.items()}
        return replace(self, tables=tables).where(masks)

    def only(self, wanted: Wanted) -> HistoryLog:
        """Return the history of some needs and lists."""
        needs, lists = self.needs, self.lists
        mask = np.char.startswith(needs["industry"], wanted.industry)
        for name in ("size", "region", "language"):
            if getattr(wanted, name):
                mask &= needs[name] == getattr(wanted, name)
        shown = np.ones(self.n("lists"), dtype=bool)
        if wanted.model:
            shown &= lists["model_id"] == wanted.model
        pairs = np.ones(self.n("pairs"), dtype=bool)
        if wanted.origin:
            pairs &= self.pairs["origin"] == wanted.origin
        return self.where({"needs": mask, "lists": shown, "pairs": pairs})

    def joined(self, other: HistoryLog) -> HistoryLog:
        """Return both histories as one; it is synthetic where either is."""
        tables: dict[str, Table] = {}
        for name in SCHEMA:
            mine, theirs = self.tables[name], other.tables[name]
            tables[name] = {
                column: np.concatenate(
                    [mine[column], theirs[column] + self._offset(column)]
                    if column in POINTS_TO
                    else [mine[column], theirs[column]]
                )
                for column in mine
            }
        names = dict.fromkeys([*self.features, *other.features])
        return HistoryLog(
            tables,
            {name: np.concatenate([self._feature(name), other._feature(name)]) for name in names},
            self.synthetic or other.synthetic,
            tuple(dict.fromkeys([*self.sources, *other.sources])),
        )

    def _offset(self, column: str) -> int:
        return self.n(POINTS_TO[column])

    def _feature(self, name: str) -> NDArray[np.float64]:
        return self.features.get(name, np.full(self.n("pairs"), np.nan))

    def to_bytes(self) -> bytes:
        """Return the log as one compressed file without anything that could be executed."""
        arrays = {f"{n}/{c}": v for n, table in self.tables.items() for c, v in table.items()}
        arrays |= {f"feature/{name}": values for name, values in self.features.items()}
        facts = json.dumps({"synthetic": self.synthetic, "sources": self.sources})
        arrays["facts"] = np.frombuffer(facts.encode(), dtype=np.uint8)
        file = io.BytesIO()
        np.savez_compressed(file, allow_pickle=False, **arrays)
        return file.getvalue()


def from_bytes(content: bytes) -> HistoryLog:
    """Return the log that ``to_bytes`` wrote."""
    with np.load(io.BytesIO(content), allow_pickle=False) as file:
        facts = json.loads(bytes(file["facts"]))
        tables = {
            name: {c: _kept(file, name, c) for c in columns} for name, columns in SCHEMA.items()
        }
        features = {
            name.removeprefix("feature/"): file[name]
            for name in file.files
            if name.startswith("feature/")
        }
    return HistoryLog(tables, features, facts["synthetic"], tuple(facts["sources"]))


def _kept(file: Mapping[str, Array], table: str, column: str) -> Array:
    """Return a column of a file; one that was kept before this was logged does not know it."""
    if (table, column) == UNKNOWN_BEFORE and f"{table}/{column}" not in file:
        return np.full(len(file[f"{table}/list"]), np.nan)
    return file[f"{table}/{column}"]


def make_log(
    given: Mapping[str, Mapping[str, Sequence[Any] | Array]],
    *,
    synthetic: bool,
    features: Mapping[str, Sequence[float] | Array] | None = None,
    sources: tuple[str, ...] = (),
) -> HistoryLog:
    """Return a log of columns, each checked; tables that are not given are empty.

    Raises
    ------
    ValueError
        A table or column is unknown, columns differ in length, or a row number points nowhere.
    """
    tables: dict[str, Table] = {}
    unknown = set(given) - set(SCHEMA)
    if unknown:
        raise ValueError(f"tables {sorted(unknown)} are not in a history log")
    for name, columns in SCHEMA.items():
        tables[name] = _table(name, columns, given.get(name, {}))
    for name, table in tables.items():
        for column in set(table) & set(POINTS_TO):
            n_parents = len(next(iter(tables[POINTS_TO[column]].values())))
            if (
                len(table[column])
                and not (table[column] >= 0).all() & (table[column] < n_parents).all()
            ):
                raise ValueError(f"{name}.{column} points outside {POINTS_TO[column]}")
    n_pairs = len(tables["pairs"]["list"])
    known = {name: np.asarray(values, dtype=REAL) for name, values in (features or {}).items()}
    if any(len(values) != n_pairs for values in known.values()):
        raise ValueError(f"a feature does not have {n_pairs} values, one a pair")
    return HistoryLog(tables, known, synthetic, sources)


def _table(
    name: str, columns: Mapping[str, str], given: Mapping[str, Sequence[Any] | Array]
) -> Table:
    if not given:
        return {column: np.zeros(0, dtype=_dtype(kind)) for column, kind in columns.items()}
    if set(given) != set(columns):
        wrong = sorted(set(given) ^ set(columns))
        raise ValueError(f"{name} lacks or does not have {wrong}")
    made = {column: _column(given[column], kind) for column, kind in columns.items()}
    if len({len(values) for values in made.values()}) > 1:
        raise ValueError(f"the columns of {name} differ in length")
    return made


def _dtype(kind: str) -> str:
    return "U1" if kind == TEXT else kind


def _column(values: Sequence[Any] | Array, kind: str) -> Array:
    if kind == TIME and not isinstance(values, np.ndarray):
        return np.array([moment(value) for value in values], dtype=TIME)
    if kind == TEXT and not len(values):
        return np.zeros(0, dtype="U1")
    return np.asarray(values, dtype=np.str_ if kind == TEXT else kind)


def moment(value: datetime | str | None) -> np.datetime64:
    """Return an aware time, or one as the store writes it, as a column holds it.

    Examples
    --------
    >>> moment("2026-03-01T16:30:00+08:00")
    np.datetime64('2026-03-01T08:30:00')
    """
    if not value:
        return NEVER
    at = datetime.fromisoformat(value) if isinstance(value, str) else value
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "s")
