"""Read a round's inputs: who may be placed with whom, what it is worth, how many each side takes.

A pair is worth its calibrated probability of a match. A place at a base adds no outcome that
anybody has measured: its fit comes from declared priors, so it only orders the places of one pair.
The pair keeps its probability at the place that suits it best, and loses in proportion elsewhere;
where a base is advised but not needed, no base at all counts as one of which nothing is known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from sqlite_utils import Database

from matcher.allocation.inputs import NO_BASE, Inputs, Option, Quota
from matcher.errors import UnknownRecord
from matcher.identity import Organisation
from matcher.ranking.matching import Matcher
from matcher.ranking.model import probability
from matcher.ranking.pairs import NOT_ADEQUATE, NeedPairs, Pair, pairs_of
from matcher.ranking.sides import side_probabilities
from matcher.records import Capability, Catalogue, PilotBase
from matcher.store.engagements import capabilities_met
from matcher.store.needs import KeptNeed, read_kept_need
from matcher.store.organisations import find_by_provider, read_organisation
from matcher.store.pilots import slots_taken
from matcher.store.round_parties import placed_organisations
from matcher.store.rounds import Round
from matcher.store.versions import current_versions
from matcher.workflow.engagements.states import CLOSED
from matcher.workflow.needs.disclosure import INVITED, is_invited
from matcher.workflow.needs.states import ANSWERABLE
from matcher.workflow.rounds.choosing import PlaceChoice, arrival, free_of, places_of
from matcher.workflow.rounds.points import SMALL, Applicant, priority_points
from matcher.workflow.rounds.scope import Scope, Seat, parts_of_place, scope_of
from matcher.workflow.working_days import CHINA_TIME

Progress = Callable[[int, int], None]
NO_PLACE, NOT_OPEN, PARTED = "no_fitting_base", "need_not_open", "parted_before"
N_THREADS = 2
UNKNOWN_FIT = 0.5  # nothing speaks for or against: zero bits


@dataclass(frozen=True)
class _World:
    """What the whole round shares while its needs are read; nothing here reads the database."""

    matcher: Matcher
    scope: Scope
    today: date
    places: Mapping[str, PlaceChoice]
    owners: Mapping[str, Organisation]
    line: Mapping[str, float]  # need → 1 for the first that came, towards 0
    parted: Mapping[str, frozenset[str]]  # need → capabilities whose engagement with it is over
    providers: frozenset[str]
    bases: tuple[PilotBase, ...]  # a place as a base of its own, so that each is judged apart

    @property
    def catalogue(self) -> Catalogue:
        return self.matcher.index.catalogue


def gather(
    db: Database,
    matcher: Matcher,
    found: Round,
    *,
    now: datetime,
    progress: Progress | None = None,
) -> Inputs:
    """Return the inputs of a round as the database has them now, without answers and rules.

    Parameters
    ----------
    matcher : Matcher
        The catalogue of the database's revision, with the serving model.
    progress : callable, optional
        Told how many of how many needs are read.
    """
    scope = scope_of(found)
    needs = sorted(_kept(db, scope), key=arrival)
    world = _world(db, matcher, scope, needs, now)
    options: list[Option] = []
    failed: dict[str, str] = {}
    # Most of the time goes to array work, which threads do side by side; the order stays.
    with ThreadPoolExecutor(N_THREADS) as pool:
        for number, (kept, read) in enumerate(
            zip(needs, pool.map(partial(_options, world), needs), strict=True), 1
        ):
            options += read.options
            if read.failed:
                failed[kept.need.need_id] = read.failed
            if progress is not None:
                progress(number, len(needs))
    small, first_timers = _firms(db, world, needs)
    return Inputs(
        needs=tuple(kept.need.need_id for kept in needs),
        options=tuple(options),
        provider_quotas=_provider_quotas(world),
        place_quotas={seat.party_id: _place_quota(world, seat) for seat in scope.places},
        small=small,
        first_timers=first_timers,
        failed_checks=failed,
        seed=found.seed,
        model_id=matcher.model.model_id,
        versions=_versions(db, needs, options, world),
    )


def _kept(db: Database, scope: Scope) -> Iterator[KeptNeed]:
    for need_id in scope.needs:
        yield read_kept_need(db, need_id)


def _world(
    db: Database, matcher: Matcher, scope: Scope, needs: list[KeptNeed], now: datetime
) -> _World:
    known = {base.pilot_base_id: base for base in matcher.index.catalogue.bases_taking_part}
    base_ids = {parts_of_place(seat.party_id)[0] for seat in scope.places}
    places = {
        place.place_id: place
        for base_id in sorted(base_ids & set(known))
        for place in places_of(known[base_id], slots_taken(db, base_id))
    }
    chosen = [places[seat.party_id] for seat in scope.places if seat.party_id in places]
    n = len(needs)
    owners = {kept.organisation_id: _organisation(db, kept.organisation_id) for kept in needs}
    return _World(
        matcher=matcher,
        scope=scope,
        today=now.astimezone(CHINA_TIME).date(),
        places=places,
        owners={key: own for key, own in owners.items() if own is not None},
        line={kept.need.need_id: (n - i) / n for i, kept in enumerate(needs)},
        parted={
            kept.need.need_id: capabilities_met(db, kept.need.need_id, CLOSED) for kept in needs
        },
        providers=frozenset(seat.party_id for seat in scope.providers),
        bases=tuple(_as_base(place) for place in chosen),
    )


def _as_base(place: PlaceChoice) -> PilotBase:
    """Return a place as a base of its own; its free seats are a quota and no check here."""
    services = tuple(replace(one, free_slots=None) for one in place.services)
    return replace(place.base, pilot_base_id=place.place_id, services=services, slots=())


class _Read(NamedTuple):
    """What one need could get, or why that is nothing."""

    options: tuple[Option, ...]
    failed: str = ""  # vocabulary blocking_constraint or round_check


def _options(world: _World, kept: KeptNeed) -> _Read:
    """Return what one need could get."""
    owner = world.owners.get(kept.organisation_id)
    if kept.status.state not in ANSWERABLE or (owner is not None and owner.is_suspended):
        return _Read((), NOT_OPEN)
    found = pairs_of(
        world.matcher,
        kept.need,
        world.bases,
        providers=_asked(world, kept),
        today=world.today,
        top=world.scope.per_need,
    )
    likely = [one for one in found.pairs if one.probability >= world.scope.least_probability]
    parted = world.parted[kept.need.need_id]
    new = [one for one in likely if one.capability.capability_id not in parted]
    options = tuple(option for pair in new for option in _of_pair(world, kept, found, pair))
    if options:
        return _Read(options)
    if likely and not new:
        return _Read((), PARTED)
    return _Read((), found.blocked_by or (NO_PLACE if likely else NOT_ADEQUATE))


def _asked(world: _World, kept: KeptNeed) -> frozenset[str]:
    """Return the providers that may know of a need, but never the enterprise's own entry."""
    own = world.owners.get(kept.organisation_id)
    asked = world.providers - {own.provider_id if own else ""}
    if kept.status.visibility == INVITED:
        return frozenset(one for one in asked if is_invited(kept, one))
    return asked


def _of_pair(world: _World, kept: KeptNeed, found: NeedPairs, pair: Pair) -> Iterator[Option]:
    """Yield a pair without a base where that may be, and with each place that suits it."""
    if kept.organisation_id in pair.capability.excluded_organisation_ids:
        return
    fits = {}
    if kept.need.needs_base != "no":
        hosts = found.hosts.rank(pair.capability, pair.provider, world.scope.places_per_need)
        for host in hosts:
            if not any(check.status == "failed" for check in host.checks):
                fits[host.pilot_base_id, host.service_id] = probability(host.bits)
    best = max(fits.values(), default=UNKNOWN_FIT)
    if kept.need.needs_base != "yes":
        yield _option(world, kept, pair, share=min(1.0, UNKNOWN_FIT / best) if fits else 1.0)
    for (place_id, service_id), fit in fits.items():
        option = _option(world, kept, pair, share=fit / best)
        points = priority_points(
            world.places[place_id].base, _applicant(world, kept), fit=fit, today=world.today
        )
        yield replace(option, place_id=place_id, service_id=service_id, place_value=points)


def _option(world: _World, kept: KeptNeed, pair: Pair, *, share: float) -> Option:
    sides = side_probabilities(world.matcher.model, pair.bits)
    score = pair.probability
    return Option(
        kept.need.need_id,
        pair.provider.provider_id,
        NO_BASE,
        pair.capability.capability_id,
        round(score * share, 9),
        round((score if sides.need is None else sides.need) * share, 9),
        round(score if sides.provider is None else sides.provider, 9),
    )


def _applicant(world: _World, kept: KeptNeed) -> Applicant:
    own = world.owners.get(kept.organisation_id)
    return Applicant(kept.need, own.size if own else "", world.line[kept.need.need_id])


def _provider_quotas(world: _World) -> dict[str, Quota]:
    own: dict[str, list[Capability]] = {}
    for capability in world.catalogue.capabilities.values():
        own.setdefault(capability.provider_id, []).append(capability)
    return {
        seat.party_id: _quota(
            seat, free_of(own[seat.party_id], world.today) if seat.party_id in own else 0
        )
        for seat in world.scope.providers
    }


def _place_quota(world: _World, seat: Seat) -> Quota:
    place = world.places.get(seat.party_id)
    return _quota(seat, place.n_free if place is not None else 0)


def _quota(seat: Seat, n_free: int | None) -> Quota:
    """Return what was published for the round, or what is left of it meanwhile."""
    most = seat.most if n_free is None else min(seat.most, n_free)
    return Quota(most, seat.least) if most >= seat.least else Quota(0)


def _firms(
    db: Database, world: _World, needs: list[KeptNeed]
) -> tuple[frozenset[str], frozenset[str]]:
    """Return the needs and providers of small firms, and those that were never placed before."""
    placed = placed_organisations(db)
    small, first = set(), set()
    for kept in needs:
        own = world.owners.get(kept.organisation_id)
        if own is not None and own.size in SMALL:
            small.add(kept.need.need_id)
        if kept.organisation_id not in placed:
            first.add(kept.need.need_id)
    for provider_id in world.providers:
        own = find_by_provider(db, provider_id)
        if own is not None and own.size in SMALL:
            small.add(provider_id)
        if provider_id not in placed:
            first.add(provider_id)
    return frozenset(small), frozenset(first)


def _organisation(db: Database, organisation_id: str) -> Organisation | None:
    try:
        return read_organisation(db, organisation_id)
    except UnknownRecord:
        return None


def _versions(
    db: Database, needs: list[KeptNeed], options: list[Option], world: _World
) -> dict[str, int]:
    """Return which version of each record the inputs were read from."""
    keys = {("capability", option.capability_id) for option in options}
    keys |= {("pilot_base", parts_of_place(seat.party_id)[0]) for seat in world.scope.places}
    read = {f"need/{kept.need.need_id}": kept.version for kept in needs}
    current = current_versions(db, sorted(keys))
    return read | {f"{kind}/{record_id}": n for (kind, record_id), n in current.items()}
