"""Hard checks of a base service: is it open, does it have room, may the data go there.

Like the checks of a capability: unknown is said, never failed. A base that is only planned or known
by name fails ``open``, so that it is shown as a prospect and never recommended as available.
"""

from __future__ import annotations

import re
from datetime import date
from typing import NamedTuple

from matcher.ranking.results import HardCheck
from matcher.records import BaseService, Capability, Need, PilotBase
from matcher.records.capacity import FRESH_DAYS, is_calendar_stale, service_free_slots
from matcher.retrieval.constraint_words import money

LOWEST, HIGHEST = 1, 9  # technology readiness levels
PUBLISHED_DATE = re.compile(r"[0-9]{4}(?:-[0-9]{2}){0,2}")
# Status → (result, reason code, Chinese, English).
OPEN = {
    "launched": (
        "passed",
        "base_open",
        "基地已启动。",
        "The base has been launched.",
    ),
    "approved": (
        "unknown",
        "base_approved",
        "基地已获批，何时受理申请未公布，请询问基地。",
        "The base is approved; when it takes applications is not published: ask the base.",
    ),
    "under_construction": (
        "unknown",
        "base_under_construction",
        "基地在建设中，是否已受理申请未公布，请询问基地。",
        "The base is under construction; when it takes applications is not published: ask it.",
    ),
    "planned": (
        "failed",
        "base_not_open_yet",
        "基地尚在规划，还没有开放。",
        "The base is planned and not open yet.",
    ),
    "name_only": (
        "failed",
        "base_known_by_name_only",
        "该基地仅见名称，是否开放、提供什么服务均有待核实。",
        "The base is known by name only; whether it is open and what it offers is to be verified.",
    ),
}
STATUS_UNKNOWN = (
    "unknown",
    "base_status_not_stated",
    "基地状态未公布，请询问基地。",
    "The status of the base is not published: ask the base.",
)


class Hosting(NamedTuple):
    """What a check looks at; a base without published services stands with none."""

    need: Need
    base: PilotBase
    service: BaseService | None
    capability: Capability | None
    today: date


def check_base(hosting: Hosting) -> tuple[HardCheck, ...]:
    """Check what the need, the base or the service states.

    Returns
    -------
    tuple of HardCheck
        ``open`` always; the others where they apply.
    """
    need, service = hosting.need, hosting.service
    found = [_open(hosting.base, hosting.today), _data(need)]
    if service is None:
        found.append(_no_service())
    else:
        own = hosting.capability.maturity if hosting.capability else None
        found += [
            _slots(hosting.base, service, hosting.today),
            _maturity(service, own),
            _price(need, service),
        ]
    return tuple(check for check in found if check is not None)


def _open(base: PilotBase, today: date) -> HardCheck:
    published = PUBLISHED_DATE.fullmatch(base.launched)
    # ISO dates compare as texts, and a year or a month with the start of today's date.
    if published and base.launched > today.isoformat()[: len(base.launched)]:
        return HardCheck(
            "open",
            "failed",
            "base_not_open_yet",
            f"基地公布的启动时间为 {base.launched}，还没有开放。",
            f"The base has published {base.launched} as its launch and is not open yet.",
        )
    return HardCheck("open", *OPEN.get(base.status, STATUS_UNKNOWN))


def _no_service() -> HardCheck:
    return HardCheck(
        "service",
        "unknown",
        "base_services_not_published",
        "基地尚未公布服务项，请询问基地。",
        "The base has published no services: ask the base.",
    )


def _data(need: Need) -> HardCheck | None:
    """Say that no base publishes whether it can test where data must stay on site."""
    if need.data_leaves_site != "no":
        return None
    return HardCheck(
        "data_residency",
        "unknown",
        "base_mode_not_stated",
        "需求的数据不可出场；基地未公布能否到现场测试，请询问基地。",
        "The need's data must stay on site; whether the base can test there is not published: "
        "ask the base.",
    )


def _slots(base: PilotBase, service: BaseService, today: date) -> HardCheck | None:
    if is_calendar_stale(base, today):
        return HardCheck(
            "free_slots",
            "unknown",
            "base_slots_stale",
            f"基地的名额已超过 {FRESH_DAYS} 天没有确认，请询问基地。",
            f"The base has not confirmed its places for {FRESH_DAYS} days: ask the base.",
        )
    n = service_free_slots(base, service, today)
    if n is None:
        return None
    status, code = ("passed", "base_slots_free") if n > 0 else ("failed", "base_full")
    return HardCheck(
        "free_slots",
        status,
        code,
        f"该服务当前空余名额 {n} 个。",
        f"Free slots of the service: {n}.",
    )


def _maturity(service: BaseService, own: int | None) -> HardCheck | None:
    """Compare the levels that a service takes with the level of what would be piloted."""
    if service.maturity_from is None and service.maturity_to is None:
        return _range_not_published(own)
    least, most = service.maturity_from or LOWEST, service.maturity_to or HIGHEST
    range_zh = f"该服务受理技术成熟度 {least} 至 {most} 级"
    range_en = f"The service takes maturity levels {least} to {most}"
    if own is None:
        return HardCheck(
            "maturity",
            "unknown",
            "maturity_not_stated",
            f"{range_zh}；能力的成熟度未说明。",
            f"{range_en}; the level of the capability is not stated.",
        )
    is_inside = least <= own <= most
    return HardCheck(
        "maturity",
        "passed" if is_inside else "failed",
        "maturity_in_range" if is_inside else "maturity_out_of_range",
        f"{range_zh}；能力为 {own} 级。",
        f"{range_en}; the capability is at level {own}.",
    )


def _range_not_published(own: int | None) -> HardCheck | None:
    if own is None:
        return None
    return HardCheck(
        "maturity",
        "unknown",
        "maturity_range_not_published",
        f"能力的成熟度为 {own} 级；该服务受理的成熟度范围未公布，请询问基地。",
        f"The capability is at maturity level {own}; the levels that the service takes are not "
        "published: ask the base.",
    )


def _price(need: Need, service: BaseService) -> HardCheck | None:
    """Compare the lowest price of a service with a budget that is a limit."""
    budget, price = need.budget_max_cny, service.price_min_cny
    if not need.budget_is_limit or budget is None or price is None:
        return None
    (budget_zh, budget_en), (price_zh, price_en) = money(budget), money(price)
    return HardCheck(
        "price",
        "passed" if price <= budget else "failed",
        "base_price_within_budget" if price <= budget else "base_price_above_budget",
        f"需求预算上限为{budget_zh}；该服务{price_zh}起。",
        f"The need's budget limit is {budget_en}; the service costs {price_en} or more.",
    )
