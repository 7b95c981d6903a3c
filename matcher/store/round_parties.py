"""Who takes part in an allocation round, whom they may answer about, and the places offered."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

NEED, PROVIDER, PLACE = "need", "provider", "place"
OFFERED, TAKEN_UP, GIVEN_UP = "offered", "taken_up", "given_up"


class Party(NamedTuple):
    """A need, a provider or a place of a base in a round, and whose it is."""

    party_id: str
    kind: str  # need | provider | place
    organisation_id: str  # empty: known from the public catalogue only


class Candidate(NamedTuple):
    """Somebody with whom a need could be placed."""

    need_id: str
    other_id: str  # a provider or a place
    kind: str
    record_id: str  # the capability, or the service
    score: float


@dataclass(frozen=True, slots=True)
class Offer:
    """A placement that was published, or that moved up from the wait-list."""

    offer_id: int
    round_id: str
    need_id: str
    provider_id: str
    place_id: str
    capability_id: str
    service_id: str
    score: float
    origin: str  # result | wait_list
    state: str = OFFERED
    engagement_id: str = ""
    made_at: datetime | None = None
    decided_by: str = ""
    decided_at: datetime | None = None
    reason: str = ""
    given_up_by: str = ""  # the kind of party whose seat is gone: need, provider or place

    def seats_used(self) -> tuple[str, ...]:
        """Return the provider and place whose seats it takes, or took away with it.

        A need that gives up leaves both seats to others. A provider or a base that does so has one
        seat less from then on.
        """
        own = {"need": self.need_id, "provider": self.provider_id, "place": self.place_id}
        seats = [party for party in (self.provider_id, self.place_id) if party]
        if self.state != GIVEN_UP:
            return tuple(seats)
        return tuple(party for party in seats if party == own.get(self.given_up_by))

    @property
    def key(self) -> tuple[str, str, str]:
        """What tells it from other placements."""
        return self.need_id, self.provider_id, self.place_id


_OFFER = tuple(field.name for field in fields(Offer))


def replace_parties(
    db: Database, round_id: str, parties: Iterable[Party], candidates: Iterable[Candidate]
) -> None:
    """Store who takes part and who could be placed with whom, in place of what stood before."""
    with write_transaction(db, f"store who takes part in round {round_id}"):
        for table in ("round_party", "round_candidate"):
            db.conn.execute(f"DELETE FROM {table} WHERE round_id = ?", [round_id])  # noqa: S608
        db.conn.executemany(
            "INSERT INTO round_party (round_id, party_id, kind, organisation_id) "
            "VALUES (?, ?, ?, ?)",
            [(round_id, *party) for party in parties],
        )
        db.conn.executemany(
            "INSERT INTO round_candidate (round_id, need_id, other_id, kind, record_id, score) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            [(round_id, *candidate) for candidate in candidates],
        )


def list_parties(db: Database, round_id: str, *, organisation_id: str | None = None) -> list[Party]:
    """Return the parties of a round, or those that are one organisation's."""
    with driver_errors("read the parties of a round"):
        rows = db.conn.execute(
            "SELECT party_id, kind, organisation_id FROM round_party WHERE round_id = ? "
            "AND (? IS NULL OR organisation_id = ?) ORDER BY kind, party_id",
            [round_id, organisation_id, organisation_id],
        ).fetchall()
    return [Party(*row) for row in rows]


def rounds_of_organisation(db: Database, organisation_id: str) -> list[str]:
    """Return the rounds in which an organisation takes part, the last made first."""
    with driver_errors("list an organisation's rounds"):
        rows = db.conn.execute(
            "SELECT DISTINCT r.round_id, r.created_at FROM round_party AS p "
            "JOIN allocation_round AS r USING (round_id) WHERE p.organisation_id = ? "
            "ORDER BY r.created_at DESC, r.round_id",
            [organisation_id],
        ).fetchall()
    return [row[0] for row in rows]


def candidates_of(db: Database, round_id: str, party: Party) -> list[Candidate]:
    """Return who could be placed with a party, the likeliest first."""
    own = ["", party.party_id] if party.kind != NEED else [party.party_id, ""]
    with driver_errors("read the candidates of a round"):
        rows = db.conn.execute(
            "SELECT need_id, other_id, kind, record_id, score FROM round_candidate "
            "WHERE round_id = ? AND (need_id = ? OR other_id = ?) "
            "ORDER BY score DESC, need_id, other_id",
            [round_id, *own],
        ).fetchall()
    return [Candidate(*row) for row in rows]


class Waiting(NamedTuple):
    """What a round asks of an organisation now."""

    n_rounds_to_answer: int
    n_offers: int


def count_waiting_for(db: Database, organisation_id: str, now: datetime) -> Waiting:
    """Return in how many open rounds an organisation has said nothing, and its open offers."""
    with driver_errors("count what rounds ask of an organisation"):
        silent = db.conn.execute(
            "SELECT count(DISTINCT r.round_id) FROM round_party AS p "
            "JOIN allocation_round AS r USING (round_id) WHERE p.organisation_id = ? "
            "AND r.state = 'open' AND r.opens_at <= ? AND r.closes_at > ? "
            "AND NOT EXISTS (SELECT 1 FROM round_answer AS a WHERE a.round_id = r.round_id "
            "AND a.party_id = p.party_id)",
            [organisation_id, stamp(now), stamp(now)],
        ).fetchone()
        offers = db.conn.execute(
            "SELECT count(DISTINCT o.offer_id) FROM round_offer AS o JOIN round_party AS p "
            "ON p.round_id = o.round_id AND p.party_id IN (o.need_id, o.provider_id) "
            "WHERE p.organisation_id = ? AND o.state = 'offered'",
            [organisation_id],
        ).fetchone()
    return Waiting(int(silent[0]), int(offers[0]))


def count_rounds_to_run(db: Database, now: datetime) -> int:
    """Return how many rounds wait for an administrator: closed, gathered or solved."""
    with driver_errors("count rounds"):
        row = db.conn.execute(
            "SELECT count(*) FROM allocation_round WHERE state IN ('frozen', 'preview') "
            "OR (state = 'open' AND closes_at <= ?)",
            [stamp(now)],
        ).fetchone()
    return int(row[0])


def parties_that_answered(db: Database, round_id: str) -> set[str]:
    """Return the parties of a round that have said anything."""
    with driver_errors("read who answered in a round"):
        rows = db.conn.execute(
            "SELECT DISTINCT party_id FROM round_answer WHERE round_id = ?", [round_id]
        ).fetchall()
    return {row[0] for row in rows}


def placed_organisations(db: Database) -> set[str]:
    """Return organisations and providers that were in a pilot or a contract, or had a place."""
    with driver_errors("read who took part before"):
        rows = db.conn.execute(
            "SELECT need_organisation_id FROM engagement WHERE state IN ('in_pilot', 'contracted') "
            "UNION SELECT provider_id FROM engagement WHERE state IN ('in_pilot', 'contracted') "
            "UNION SELECT p.organisation_id FROM round_offer AS o JOIN round_party AS p "
            "ON p.round_id = o.round_id AND p.party_id = o.need_id WHERE o.state <> 'given_up' "
            "UNION SELECT provider_id FROM round_offer WHERE state <> 'given_up'"
        ).fetchall()
    return {row[0] for row in rows} - {""}


def add_offer(db: Database, offer: Offer, *, now: datetime) -> int:
    """Store an offer and return its number; its own number and times are given here."""
    values = {name: getattr(offer, name) for name in _OFFER if name != "offer_id"}
    values |= {"made_at": stamp(now), "decided_at": None}
    with write_transaction(db, f"offer a place in round {offer.round_id}"):
        names = ", ".join(values)
        cursor = db.conn.execute(
            f"INSERT INTO round_offer ({names}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
            list(values.values()),
        )
        return int(cursor.lastrowid or 0)


def decide_offer(  # noqa: PLR0913 - what is decided, by whom, when and why
    db: Database,
    before: Offer,
    state: str,
    *,
    engagement_id: str = "",
    actor: str,
    now: datetime,
    reason: str = "",
    given_up_by: str = "",
) -> None:
    """Let an offer be taken up or given up, if it still stands as it was read.

    Raises
    ------
    ImpossibleStep
        When somebody else decided it meanwhile.
    """
    with write_transaction(db, f"decide offer {before.offer_id}"):
        cursor = db.conn.execute(
            "UPDATE round_offer SET state = ?, engagement_id = ?, decided_by = ?, decided_at = ?, "
            "reason = ?, given_up_by = ? WHERE offer_id = ? AND state = ?",
            [
                state,
                engagement_id,
                actor,
                stamp(now),
                reason,
                given_up_by,
                before.offer_id,
                before.state,
            ],
        )
        if cursor.rowcount != 1:
            raise ImpossibleStep("decide_offer", before.state, "already_done")


def read_offer(db: Database, offer_id: int) -> Offer:
    """Return an offer.

    Raises
    ------
    UnknownRecord
        When there is none with this number.
    """
    found = _offers(db, "offer_id = ?", [offer_id])
    if not found:
        raise UnknownRecord("offer", str(offer_id))
    return found[0]


def offers_taken_up_as(db: Database, engagement_id: str) -> list[Offer]:
    """Return the offers whose places an engagement holds: none where it came from no round."""
    return _offers(db, "engagement_id = ? AND state = ?", [engagement_id, TAKEN_UP])


def list_offers(db: Database, round_id: str) -> list[Offer]:
    """Return the offers of a round, in the order in which they were made."""
    return _offers(db, "round_id = ?", [round_id])


def _offers(db: Database, where: str, values: list[Any]) -> list[Offer]:
    with driver_errors("read offers of a round"):
        rows = db.conn.execute(
            f"SELECT {', '.join(_OFFER)} FROM round_offer WHERE {where} ORDER BY offer_id",  # noqa: S608
            values,
        ).fetchall()
    return [_offer(row) for row in rows]


def _offer(row: tuple[Any, ...]) -> Offer:
    values = dict(zip(_OFFER, row, strict=True))
    for name in ("made_at", "decided_at"):
        values[name] = values[name] and datetime.fromisoformat(values[name])
    return Offer(**values)
