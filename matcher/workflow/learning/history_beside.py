"""What history holds beside shown pairs: bases, brokers, appeals, grades, the state of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time
from typing import Any

from matcher.intake.completeness import base_completeness, capability_completeness
from matcher.intake.duplicates import find_near
from matcher.intake.quality import score_need
from matcher.learning.history import SEPARATOR
from matcher.records import BaseService, Capability, Need, PilotBase
from matcher.store.serialise import from_json
from matcher.store.shown_history import HistoryRows
from matcher.workflow.engagements.slots import service_of

Columns = dict[str, list[Any]]
Numbers = Mapping[str, int]


def beside_tables(
    rows: HistoryRows, need: Numbers, offer: Numbers, *, today: date
) -> dict[str, Columns]:
    """Return the tables that stand beside lists and pairs, those that are empty left out."""
    bases = {row[0]: from_json(PilotBase, row[1]) for row in rows.beside.bases}
    made = {
        "applications": _applications(rows, need, bases),
        "slots": _slots(rows, bases),
        "overrides": _paired(
            ("need", "capability", "action", "actor", "reason", "at"),
            rows.beside.overrides,
            need,
            offer,
        ),
        "appeals": _columns(
            ("appeal_id", "kind", "filed_at", "due_at", "decided_at", "decision"),
            (row[:-1] for row in rows.beside.appeals),  # not whose they are
        ),
        "judgements": _paired(
            ("need", "capability", "reviewer", "grade", "at"), rows.beside.judgements, need, offer
        ),
        "records": _records(rows, bases, today),
    }
    return {name: columns for name, columns in made.items() if len(next(iter(columns.values())))}


def _columns(names: tuple[str, ...], rows: Iterable[tuple[Any, ...]]) -> Columns:
    found: Columns = {name: [] for name in names}
    for row in rows:
        for name, value in zip(names, row, strict=True):
            found[name].append("" if value is None else value)
    return found


def _paired(
    names: tuple[str, ...], rows: Iterable[tuple[Any, ...]], need: Numbers, offer: Numbers
) -> Columns:
    """Return columns of rows about a need and a capability that are both known."""
    return _columns(
        names,
        (
            (need[row[0]], offer[row[1]], *row[2:])
            for row in rows
            if row[0] in need and row[1] in offer
        ),
    )


def _applications(rows: HistoryRows, need: Numbers, bases: Mapping[str, PilotBase]) -> Columns:
    wanted = {row.need_id: from_json(Need, row.payload).validation_types for row in rows.needs}
    found = []
    for base_id, service_id, need_id, applied, decided, state in rows.beside.applications:
        if need_id not in need:
            continue
        asked = set(wanted.get(need_id, ()))
        base = bases.get(base_id)
        service = service_of(base, service_id) if base is not None else None
        offered = _offered(base, service)
        found.append(
            (base_id, service_id, need[need_id], applied, decided, state, bool(asked),
             bool(asked & offered))
        )  # fmt: skip
    return _columns(
        ("base_id", "service_id", "need", "applied_at", "decided_at", "state", "asked_type",
         "fits_type"),
        found,
    )  # fmt: skip


def _offered(base: PilotBase | None, service: BaseService | None) -> set[str]:
    """Return the kinds of validation that a service offers, or its whole base."""
    if service is not None:
        return set(service.validation_types)
    return {kind for one in (base.services if base else ()) for kind in one.validation_types}


def _slots(rows: HistoryRows, bases: Mapping[str, PilotBase]) -> Columns:
    since = {row[0]: row[2] for row in rows.beside.bases}
    found = [
        (base_id, slot.total or 0, _midnight(slot.start) or since[base_id], _midnight(slot.end))
        for base_id, base in bases.items()
        for slot in base.slots
    ]
    return _columns(("base_id", "n_slots", "at", "until"), found)


def _midnight(day: date | None) -> str:
    return "" if day is None else datetime.combine(day, time(), UTC).isoformat()


def _records(rows: HistoryRows, bases: Mapping[str, PilotBase], today: date) -> Columns:
    """Return how good each record is as it stands, with the rules of the checklist it misses."""
    checked = datetime.combine(today, time(), UTC).isoformat()
    found: list[tuple[Any, ...]] = []
    earlier: dict[str, list[tuple[str, Need]]] = {}
    for row in rows.needs:
        need = from_json(Need, row.payload)
        quality = score_need(need)
        failed = SEPARATOR.join(line.code for line in quality.missing if not line.earned)
        own = earlier.setdefault(row.organisation_id or row.need_id, [])
        is_near = bool(find_near(need, own))
        own.append((row.need_id, need))
        found.append(
            ("need", row.need_id, checked, row.updated_at, float(quality.score), is_near, failed)
        )
    for offer in rows.offers:
        if offer.until is None:
            score = capability_completeness(from_json(Capability, offer.payload), today=today)
            found.append(
                ("capability", offer.capability_id, checked, offer.since, float(score.score),
                 False, "")
            )  # fmt: skip
    for base_id, _, since in rows.beside.bases:
        score = base_completeness(bases[base_id], today=today)
        found.append(("pilot_base", base_id, checked, since, float(score.score), False, ""))
    return _columns(
        ("kind", "record_id", "checked_at", "updated_at", "completeness", "is_duplicate", "failed"),
        found,
    )
