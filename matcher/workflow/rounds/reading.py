"""Names for what a round holds by ids: needs as everybody may read them, providers, places.

Used for exports and for pages that others than staff read; a need that is anonymous stays so, and
one that was shown to invited parties alone appears by its id only.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from sqlite_utils import Database

from matcher.allocation.results import Result, Unmatched, result_from
from matcher.errors import ImpossibleStep, UnknownRecord
from matcher.records import Catalogue
from matcher.store.installation import DEMONSTRATION, read_setting
from matcher.store.needs import read_kept_need
from matcher.store.ownership import demonstration_records
from matcher.store.round_parties import list_offers
from matcher.store.rounds import Round
from matcher.workflow.needs.disclosure import INVITED, as_shown
from matcher.workflow.rounds.lifecycle import inputs_of
from matcher.workflow.rounds.scope import parts_of_place, rules_digest, service_ids_of, slot_of


@dataclass(frozen=True, slots=True)
class NeedName:
    """What everybody may read of a need."""

    need_id: str
    title: str
    title_en: str
    enterprise: str  # empty where it is masked
    enterprise_en: str
    visibility: str


@dataclass(frozen=True, slots=True)
class PlaceName:
    """A place of a base in words."""

    place_id: str
    base_id: str
    base: str
    base_en: str
    service_ids: tuple[str, ...]
    service: str  # where the place is of one service
    service_en: str
    start: date | None
    end: date | None


def need_name(db: Database, need_id: str) -> NeedName:
    """Return a need as everybody may read it."""
    try:
        kept = read_kept_need(db, need_id)
    except UnknownRecord:
        return NeedName(need_id, need_id, need_id, "", "", "")
    if kept.status.visibility == INVITED:
        return NeedName(need_id, need_id, need_id, "", "", INVITED)
    shown = as_shown(db, kept, None)
    return NeedName(
        need_id,
        shown.need.title,
        shown.need.title_en,
        shown.organisation_name,
        shown.organisation_name_en,
        shown.visibility,
    )


def place_name(catalogue: Catalogue, place_id: str) -> PlaceName:
    """Return a place with the names of its base and service; what is withdrawn keeps its id."""
    base_id, slot_id = parts_of_place(place_id)
    base = catalogue.pilot_bases.get(base_id)
    if base is None:
        return PlaceName(place_id, base_id, base_id, base_id, (), "", "", None, None)
    slot, ids = slot_of(base, slot_id), service_ids_of(base, slot_id)
    services = [one for one in base.services if one.service_id in ids]
    only = services[0] if len(services) == 1 else None
    return PlaceName(
        place_id,
        base_id,
        base.name,
        base.name_en,
        ids,
        only.name if only else "",
        only.name_en if only else "",
        slot.start if slot else None,
        slot.end if slot else None,
    )


def provider_names(catalogue: Catalogue, provider_id: str) -> tuple[str, str]:
    """Return the name of a provider in both languages."""
    found = catalogue.providers.get(provider_id)
    return (found.name, found.name_en) if found else (provider_id, provider_id)


def result_of(found: Round) -> Result:
    """Return the result that a round holds, previewed or published.

    Raises
    ------
    ImpossibleStep
        Where it has none yet.
    """
    if found.result is None:
        raise ImpossibleStep("read_result", found.state, "not_solved")
    return result_from(json.loads(found.result))


def lock_reasons(db: Database, found: Round) -> dict[tuple[str, str, str], str]:
    """Return why placements were fixed by hand; a lock that bound nobody is none of them."""
    return {lock.key: lock.reason for lock in inputs_of(db, found).locks}


def export_of(db: Database, catalogue: Catalogue, found: Round) -> dict[str, Any]:
    """Return everything that is published of a round, as JSON has it, with masked names masked."""
    result = result_of(found)
    offers = {one.key: one for one in list_offers(db, found.round_id)}
    reasons, made_up = lock_reasons(db, found), demonstration_records(db)
    placements = []
    for option in result.placements:
        place = place_name(catalogue, option.place_id) if option.place_id else None
        offer = offers.get(option.key)
        zh, en = provider_names(catalogue, option.provider_id)
        placements.append(
            {
                **asdict(need_name(db, option.need_id)),
                "provider_id": option.provider_id,
                "provider": zh,
                "provider_en": en,
                "capability_id": option.capability_id,
                "place_id": option.place_id,
                "base": place.base if place else "",
                "base_en": place.base_en if place else "",
                "service_id": option.service_id,
                "period_from": place.start.isoformat() if place and place.start else "",
                "period_to": place.end.isoformat() if place and place.end else "",
                "expected_success": option.score,
                "locked_because": reasons.get(option.key, ""),
                "state": offer.state if offer else "",
                "synthetic": bool(
                    made_up & {("need", option.need_id), ("provider", option.provider_id)}
                ),
            }
        )
    return {
        "demonstration": read_setting(db, DEMONSTRATION) == "1",
        "round": facts_of(found),
        "result": figures_of(found),
        "placements": placements,
        "unmatched_needs": [
            {
                **asdict(need_name(db, one.party_id)),
                **_told(one),
                "synthetic": ("need", one.party_id) in made_up,
            }
            for one in result.unmatched_needs
        ],
        "idle_providers": [
            {**_told(one), "provider": provider_names(catalogue, one.party_id)[0]}
            for one in result.idle_providers
        ],
        "idle_places": [_told(one) for one in result.idle_places],
        "wait_lists": {party: list(waiting) for party, waiting in result.wait_lists.items()},
        "shadow_prices": result.shadow_prices,
    }


def facts_of(found: Round) -> dict[str, Any]:
    """Return what a round was published with, and its digests."""
    return {
        "round_id": found.round_id,
        "title": found.title,
        "title_en": found.title_en,
        "state": found.state,
        "rules": json.loads(found.rules),
        "seed": found.seed,
        "rules_digest": rules_digest(found),
        "inputs_digest": found.inputs_digest,
        "result_digest": found.result_digest,
        "opens_at": found.opens_at.isoformat(),
        "closes_at": found.closes_at.isoformat(),
        "published_at": found.published_at.isoformat() if found.published_at else "",
        "follows": found.follows,
    }


def figures_of(found: Round) -> dict[str, Any]:
    """Return the figures of a result."""
    result = result_of(found)
    return {
        "n_placed": len(result.placements),
        "n_unmatched": len(result.unmatched_needs),
        "expected_successes": result.total_score,
        "first_choice_share": result.first_choice_share,
        "small_share": result.small_share,
        "n_blocking": result.n_blocking,
        "stability": result.stability,
        "first_come_first_served": asdict(result.first_come),
        "closed": list(result.closed),
    }


def _told(one: Unmatched) -> dict[str, Any]:
    return {
        "party_id": one.party_id,
        "reason": one.reason,
        "check": one.check,
        "reason_zh": one.text_zh,
        "reason_en": one.text_en,
        "cut_off": one.cut_off,
    }


COLUMNS = (
    "need_id", "title", "title_en", "enterprise", "outcome", "provider_id", "provider",
    "capability_id", "place_id", "base", "service_id", "period_from", "period_to",
    "expected_success", "locked_because", "state", "reason", "reason_zh", "reason_en", "cut_off",
    "synthetic",
)  # fmt: skip


def csv_of(export: Mapping[str, Any]) -> str:
    """Return one line a need of an export: what it got, or why it got nothing.

    A value that a spreadsheet would read as a formula is put behind an apostrophe.
    """
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, extrasaction="ignore", restval="", lineterminator="\r\n")
    writer.writeheader()
    for outcome, rows in (
        ("placed", export["placements"]),
        ("unmatched", export["unmatched_needs"]),
    ):
        for row in rows:
            writer.writerow({name: _cell(value) for name, value in row.items()}
                            | {"outcome": outcome})  # fmt: skip
    return text.getvalue()


def _cell(value: Any) -> Any:
    is_formula = isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r")
    return f"'{value}" if is_formula else value
