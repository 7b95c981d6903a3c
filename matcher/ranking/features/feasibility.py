"""Whether the work could start: maturity, place, price and time. All are declared priors.

No outcome has taught these weights yet; they are small, and each only speaks when both sides state
the value. NaN means that nothing is stated.
"""

from __future__ import annotations

from collections.abc import Callable

from matcher.ranking.features.base import Feature
from matcher.records import Capability, Need, Provider
from matcher.vocabulary import province_of

NATIONWIDE = "100000"
DAYS_A_WEEK = 7

FEATURES = (
    Feature(
        name="maturity_gap",
        summary="Readiness levels by which the capability falls short of what the need asks.",
        summary_zh="该能力的技术成熟度比需求要求低几级。",
        label_zh="成熟度差距",
        label_en="Maturity gap",
        up_zh="成熟度达到要求",
        up_en="It is mature enough",
        down_zh="成熟度低于要求",
        down_en="It is less mature than asked",
        direction=-1,
        is_prior=True,
        is_relative=False,
    ),
    Feature(
        name="same_province",
        summary="Whether the provider is in the need's province, only where the need prefers it.",
        summary_zh="供给方是否在需求所在省份，仅当需求希望如此时计入。",
        label_zh="同省优先",
        label_en="Same province",
        up_zh="供给方在需求方偏好的省份，或在那里提供服务",
        up_en="The provider is in the province that the need prefers, or serves it",
        down_zh="供给方不在需求方偏好的省份，也没有写明在那里提供服务",
        down_en="The provider is elsewhere and does not say that it serves the province preferred",
        is_prior=True,
        is_relative=False,
    ),
    Feature(
        name="over_budget",
        summary="Share by which the lowest project price exceeds the need's budget, at most 1.",
        summary_zh="最低项目报价超出需求预算的比例，最多为 1。",
        label_zh="超出预算",
        label_en="Over budget",
        up_zh="报价在预算之内",
        up_en="The price is within the budget",
        down_zh="报价高于预算",
        down_en="The price is above the budget",
        direction=-1,
        is_prior=True,
        is_relative=False,
    ),
    Feature(
        name="late_start",
        summary="Weeks by which the earliest start lies after the wanted start, at most 26.",
        summary_zh="最早可开始时间比期望晚几周，最多 26 周。",
        label_zh="开始时间晚于期望",
        label_en="Later than wanted",
        up_zh="能够按期望时间开始",
        up_en="It can start when wanted",
        down_zh="最早开始时间晚于期望",
        down_en="It can only start later than wanted",
        direction=-1,
        is_prior=True,
        is_relative=False,
    ),
)

MAX_WEEKS_LATE = 26.0


def feasibility_functions(
    need: Need,
) -> dict[str, Callable[[Capability, Provider | None], float]]:
    """Return, for every column of this family, its value for a capability and its provider."""
    return {
        "maturity_gap": lambda c, _: maturity_gap(need, c),
        "same_province": lambda c, p: same_province(need, c, p),
        "over_budget": lambda c, _: over_budget(need, c),
        "late_start": lambda c, _: late_start(need, c),
    }


def maturity_gap(need: Need, capability: Capability) -> float:
    """Return readiness levels missing, in [0, 8]; NaN where a side is silent."""
    if need.min_maturity is None or capability.maturity is None:
        return float("nan")
    return float(max(0, need.min_maturity - capability.maturity))


def same_province(need: Need, capability: Capability, provider: Provider | None) -> float:
    """Return 1 in the need's province, else 0; NaN unless the need states a preference."""
    if need.region_preference not in ("prefer", "must") or not need.region:
        return float("nan")
    places = [*capability.service_regions]
    if provider and provider.region:
        places.append(provider.region)
    if not places:
        return float("nan")
    wanted = province_of(need.region)
    return float(any(place != NATIONWIDE and province_of(place) == wanted for place in places))


def over_budget(need: Need, capability: Capability) -> float:
    """Return the relative excess of the lowest project price, in [0, 1]; NaN where unknown."""
    price, budget = capability.price_min_cny, need.budget_max_cny
    if price is None or not budget or capability.price_unit not in ("", "project"):
        return float("nan")
    return min(max(0.0, price / budget - 1.0), 1.0)


def late_start(need: Need, capability: Capability) -> float:
    """Return the weeks that the start would be late, in [0, 26]; NaN where unknown."""
    if need.start_by is None or capability.earliest_start is None:
        return float("nan")
    days = (capability.earliest_start - need.start_by).days
    return min(max(0.0, days / DAYS_A_WEEK), MAX_WEEKS_LATE)
