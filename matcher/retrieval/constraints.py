"""Hard constraints between a need and a capability: small pure checks, listed in one table.

A check answers *passed*, *failed* or *unknown*, and names the values in one plain sentence in both
languages. Only what the need or the capability states is checked. Unknown is said and never
excludes: empty means "not stated", which is not "no". Soft wishes (a preferred stack, a preferred
province, a late start) are features of the ranking and do not stand here.

The engine calls this for every capability, so answers are remembered by the values they rest on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable
from datetime import date
from functools import lru_cache
from typing import NamedTuple

import matcher.vocabulary as shared_vocabulary
from matcher.ranking.results import HardCheck
from matcher.records import Capability, Need, Provider
from matcher.records.capability import FRESH_DAYS
from matcher.retrieval.constraint_words import (
    DATA_NEEDED,
    NOT_STATED,
    Vocabulary,
    Words,
    industries,
    labels,
    money,
    places,
    say,
)

Checks = tuple[HardCheck, ...]
NOTHING: Checks = ()
NOBODY: frozenset[str] = frozenset()
REMEMBERED = 8192  # answers kept a check; a catalogue has far fewer different values

# What a need's safety level means in papers that a provider can hold.
CERTIFICATE_OF_SAFETY = {
    "explosion_proof": "explosion_proof",
    "mlps_2": "mlps_2",
    "mlps_3": "mlps_3",
    "medical_device": "medical_device",
}
# A stricter filing covers the weaker one.
ALSO_SATISFIED_BY = {"mlps_2": ("mlps_3",)}
# What may leave the site according to the need → what a capability may ask for.
ALLOWED_DATA = {"no": ("no",), "masked": ("no", "masked")}


class Sides(NamedTuple):
    """What a check looks at."""

    need: Need
    capability: Capability
    provider: Provider | None
    today: date
    vocabulary: Vocabulary
    suspended: Collection[str] = NOBODY


def check_capability(
    need: Need,
    capability: Capability,
    provider: Provider | None = None,
    *,
    today: date,
    vocabulary: Vocabulary = shared_vocabulary,
    suspended: Collection[str] = NOBODY,
) -> Checks:
    """Check every hard constraint that the need or the capability states.

    Parameters
    ----------
    need, capability : Need, Capability
        The pair that is checked.
    provider : Provider or None
        Who offers the capability; only its region is read.
    today : date
        Against which an expiry date is read.
    vocabulary : Vocabulary
        Labels and regions; the shared vocabulary unless another is given.
    suspended : collection of str
        Ids of the providers with which nothing can be begun at present.

    Returns
    -------
    tuple of HardCheck
        In the order of ``CHECKS``; empty when nothing is stated.
    """
    sides = Sides(need, capability, provider, today, vocabulary, suspended)
    found: list[HardCheck] = []
    for check in CHECKS.values():
        found += check(sides)
    return tuple(found)


def failed(checks: Iterable[HardCheck]) -> Checks:
    """Return the checks that exclude, in order."""
    return tuple(check for check in checks if check.status == "failed")


@lru_cache(REMEMBERED)
def _one(name: str, passes: bool | None, reason_code: str, **values: Words | int | str) -> Checks:
    """Return one check; ``None`` is unknown."""
    status = "unknown" if passes is None else "passed" if passes else "failed"
    return (say(name, status, reason_code, **values),)


def _excluded_provider(sides: Sides) -> Checks:
    """Fail a provider that the need does not consider.

    The list is private: only a hit is said, so that nobody learns that there is a list.
    """
    if sides.capability.provider_id not in sides.need.excluded_provider_ids:
        return NOTHING
    return _one("excluded_provider", False, "provider_excluded")


def _taking_part(sides: Sides) -> Checks:
    """Fail a provider that is suspended; why is between it and the administrators."""
    if sides.capability.provider_id not in sides.suspended:
        return NOTHING
    return _one("taking_part", False, "provider_not_taking_part")


def _validity(sides: Sides) -> Checks:
    """Fail a registration that has run out."""
    until = sides.capability.valid_to
    if until is None:
        return NOTHING
    is_valid = until >= sides.today
    code = "registration_valid" if is_valid else "registration_expired"
    days = {"until": until.isoformat(), "today": sides.today.isoformat()}
    return _one("validity", is_valid, code, **days)


def _free_slots(sides: Sides) -> Checks:
    """Fail a provider that says it can take nobody now; what it said long ago is not known."""
    n, stated = sides.capability.free_slots, sides.capability.capacity_stated_at
    if n is None:
        return NOTHING
    if stated is not None and (sides.today - stated).days > FRESH_DAYS:
        return _one("free_slots", None, "slots_stale", days=FRESH_DAYS)
    return _one("free_slots", n > 0, "slots_free" if n > 0 else "no_free_slots", n=n)


def _deployment(sides: Sides) -> Checks:
    """Compare the deployment modes that the need accepts with those offered."""
    if not sides.need.deployments:
        return NOTHING
    return _deployment_answer(
        sides.need.deployments, sides.capability.deployments, sides.vocabulary
    )


@lru_cache(REMEMBERED)
def _deployment_answer(
    accepted: tuple[str, ...], offered: tuple[str, ...], vocabulary: Vocabulary
) -> Checks:
    wanted = labels(vocabulary, "deployment", accepted)
    if not offered:
        return _one("deployment", None, "deployment_not_stated", wanted=wanted)
    passes = not set(accepted).isdisjoint(offered)
    code = "deployment_offered" if passes else "deployment_not_offered"
    offered_words = labels(vocabulary, "deployment", offered)
    return _one("deployment", passes, code, wanted=wanted, offered=offered_words)


def _data_residency(sides: Sides) -> Checks:
    """Compare what data may leave the site with what the capability needs to leave it."""
    allowed = sides.need.data_leaves_site
    if allowed not in ALLOWED_DATA:
        return NOTHING
    return _data_answer(allowed, sides.capability.data_leaves_site, sides.vocabulary)


@lru_cache(REMEMBERED)
def _data_answer(allowed: str, needed: str, vocabulary: Vocabulary) -> Checks:
    words = labels(vocabulary, "data_leaves_site", (allowed,))
    if needed not in DATA_NEEDED:
        return _one("data_residency", None, "data_not_stated", allowed=words)
    passes = needed in ALLOWED_DATA[allowed]
    code = "data_stays" if passes else "data_must_stay"
    return _one("data_residency", passes, code, allowed=words, needed=DATA_NEEDED[needed])


def _domestic_stack(sides: Sides) -> Checks:
    """Compare a required domestic stack with the support stated.

    Partial support is *unknown*: whether it covers the chips and systems of this site has to be
    asked. A merely preferred stack is no constraint.
    """
    if sides.need.domestic_stack != "required":
        return NOTHING
    return _stack_answer(sides.capability.domestic_stack, sides.vocabulary)


@lru_cache(REMEMBERED)
def _stack_answer(support: str, vocabulary: Vocabulary) -> Checks:
    passes = {"full": True, "none": False}.get(support)
    code = f"domestic_stack_{support if support in ('full', 'partial', 'none') else 'not_stated'}"
    words = labels(vocabulary, "domestic_stack_support", (support,))
    return _one("domestic_stack", passes, code, support=words)


def _certificates(sides: Sides) -> Checks:
    """Check each certificate that the need names or that its safety level implies.

    A capability that lists certificates has said what it holds, so a missing one fails, and so does
    one whose last day is over; one that lists none has said nothing, so it is unknown.
    """
    need = sides.need
    if not need.certificates and not need.safety:
        return NOTHING
    held, until = certificates_on(sides.capability, sides.today)
    implied = (CERTIFICATE_OF_SAFETY[kind] for kind in need.safety if kind in CERTIFICATE_OF_SAFETY)
    return tuple(
        check
        for kind in dict.fromkeys((*need.certificates, *implied))
        for check in _certificate_answer(kind, held, until, sides.vocabulary)
    )


def certificates_on(
    capability: Capability, today: date
) -> tuple[tuple[str, ...], tuple[tuple[str, date], ...]]:
    """Return the kinds held on a day, and those that are over with their last day.

    A kind that is only ticked, without a number and a day, is taken at its word.
    """
    last_day: dict[str, date] = {}
    for one in capability.certificate_details:
        if not one.kind:  # a line of a draft that is not filled in yet
            continue
        last_day[one.kind] = max(one.valid_to or date.max, last_day.get(one.kind, date.min))
    over = tuple((kind, day) for kind, day in last_day.items() if day < today)
    kinds = dict.fromkeys((*capability.certificates, *last_day))
    return tuple(kind for kind in kinds if last_day.get(kind, today) >= today), over


@lru_cache(REMEMBERED)
def _certificate_answer(
    kind: str,
    held: tuple[str, ...],
    over: tuple[tuple[str, date], ...],
    vocabulary: Vocabulary,
) -> Checks:
    wanted = labels(vocabulary, "certificate", (kind,))
    passes = not {kind, *ALSO_SATISFIED_BY.get(kind, ())}.isdisjoint(held)
    until = dict(over).get(kind)
    if until is not None and not passes:
        day = until.isoformat()
        return _one("certificate", False, "certificate_expired", wanted=wanted, until=day)
    if not held and not over:
        return _one("certificate", None, "certificate_not_stated", wanted=wanted)
    code = "certificate_held" if passes else "certificate_missing"
    held_words = labels(vocabulary, "certificate", held or tuple(dict(over)))
    return _one("certificate", passes, code, wanted=wanted, held=held_words)


def _maturity(sides: Sides) -> Checks:
    """Compare the least maturity asked for with the maturity stated."""
    if sides.need.min_maturity is None:
        return NOTHING
    return _maturity_answer(sides.need.min_maturity, sides.capability.maturity)


@lru_cache(REMEMBERED)
def _maturity_answer(least: int, stated: int | None) -> Checks:
    if stated is None:
        return _one("maturity", None, "maturity_not_stated", least=least)
    code = "maturity_reached" if stated >= least else "maturity_too_low"
    return _one("maturity", stated >= least, code, least=least, stated=stated)


def _excluded_industries(sides: Sides) -> Checks:
    """Check the industries that the provider does not serve with this capability.

    Fails only when every industry of the need is excluded; a partial overlap has to be asked.
    """
    excluded = sides.capability.excluded_industries
    if not excluded:
        return NOTHING
    return _industry_answer(sides.need.industries, excluded, sides.vocabulary)


@lru_cache(REMEMBERED)
def _industry_answer(
    own: tuple[str, ...], excluded: tuple[str, ...], vocabulary: Vocabulary
) -> Checks:
    words = {
        "excluded": industries(vocabulary, excluded),
        "industries": industries(vocabulary, own),
    }
    if not own:
        return _one("excluded_industry", None, "need_industry_not_stated", **words)
    # Codes of GB/T 4754 nest by prefix: C2614 lies in C261, C26 and C.
    inside = [code.startswith(excluded) for code in own]
    if all(inside):
        return _one("excluded_industry", False, "industry_excluded", **words)
    if any(inside) or any(no.startswith(own) for no in excluded):
        return _one("excluded_industry", None, "industry_partly_excluded", **words)
    return _one("excluded_industry", True, "industry_served", **words)


def _region(sides: Sides) -> Checks:
    """Check a province that the need insists on against the service area, then the head office."""
    if sides.need.region_preference != "must":
        return NOTHING
    home = sides.provider.region if sides.provider else ""
    served = sides.capability.service_regions
    return _region_answer(sides.need.region, served, home, sides.vocabulary)


@lru_cache(REMEMBERED)
def _region_answer(
    region: str, served: tuple[str, ...], home: str, vocabulary: Vocabulary
) -> Checks:
    province = _province(region, vocabulary)
    if not province:
        return _one("region", None, "need_region_not_stated")
    known = [place for place in served if vocabulary.is_region(place)]
    head_office = _province(home, vocabulary)
    words = {"province": places(vocabulary, (province,))}
    if not known and not head_office:
        return _one("region", None, "region_not_stated", **words)
    provinces = {head_office, *(_province(place, vocabulary) for place in known)}
    passes = province in provinces or vocabulary.NATIONWIDE in known
    area = dict.fromkeys([*known, head_office] if head_office else known)
    words["places"] = places(vocabulary, tuple(area))
    code = "region_covered" if passes else "region_not_covered"
    return _one("region", passes, code, **words)


def _province(adcode: str, vocabulary: Vocabulary) -> str:
    return vocabulary.province_of(adcode) if adcode and vocabulary.is_region(adcode) else ""


def _price(sides: Sides) -> Checks:
    """Compare the lowest price of a project with a budget that is a limit."""
    need, capability = sides.need, sides.capability
    if not need.budget_is_limit or need.budget_max_cny is None:
        return NOTHING
    return _price_answer(
        need.budget_max_cny, capability.price_min_cny, capability.price_unit, sides.vocabulary
    )


@lru_cache(REMEMBERED)
def _price_answer(budget: int, price: int | None, unit: str, vocabulary: Vocabulary) -> Checks:
    limit = money(budget)
    if price is None:
        return _one("price", None, "price_not_stated", budget=limit)
    if unit != "project":
        unit_words = labels(vocabulary, "price_unit", (unit,)) if unit else NOT_STATED
        values = {"budget": limit, "price": money(price), "unit": unit_words}
        return _one("price", None, "price_unit_differs", **values)
    code = "price_within_budget" if price <= budget else "price_above_budget"
    return _one("price", price <= budget, code, budget=limit, price=money(price))


def _min_budget(sides: Sides) -> Checks:
    """Compare the smallest budget that the provider accepts with the need's upper budget."""
    least, budget = sides.capability.min_budget_cny, sides.need.budget_max_cny
    if least is None:
        return NOTHING
    return _min_budget_answer(least, budget)


@lru_cache(REMEMBERED)
def _min_budget_answer(least: int, budget: int | None) -> Checks:
    if budget is None:
        return _one("min_budget", None, "need_budget_not_stated", least=money(least))
    code = "budget_large_enough" if budget >= least else "budget_too_small"
    return _one("min_budget", budget >= least, code, least=money(least), budget=money(budget))


# Name of the check → the check; the order in which answers are shown.
CHECKS: dict[str, Callable[[Sides], Checks]] = {
    "excluded_provider": _excluded_provider,
    "taking_part": _taking_part,
    "validity": _validity,
    "free_slots": _free_slots,
    "deployment": _deployment,
    "data_residency": _data_residency,
    "domestic_stack": _domestic_stack,
    "certificate": _certificates,
    "maturity": _maturity,
    "excluded_industry": _excluded_industries,
    "region": _region,
    "price": _price,
    "min_budget": _min_budget,
}
