"""The checklist of a complete pilot base, as data; the points sum to 100.

A base without machines or without computing of its own can still reach the 80 that publishing
asks for: what every applicant needs to know weighs most.
"""

from __future__ import annotations

from typing import Any

from matcher.intake.checklist import Item, Sight, answered, either, stated
from matcher.records.capacity import free_in_period, open_periods

DESCRIPTION_SUBSTANCE = 15.0  # Han characters of substance
RULE_SUBSTANCE = 3.0
NAME_SUBSTANCE = 2.0
HALF = 0.5


def _described(sight: Sight) -> float:
    def good(index: int, service: Any) -> float:
        return float(sight.line_says("services", index, "description", DESCRIPTION_SUBSTANCE))

    return sight.share_of_lines("services", good)


def _terms(sight: Sight) -> float:
    names = ("validation_types", "mode", "days_min", "days_max", "maturity_from", "maturity_to")
    return sight.share_of_lines("services", lambda _, one: answered(one, names))


def _prices(sight: Sight) -> float:
    def priced(_: int, one: Any) -> float:
        return float(one.price_negotiable or one.price_max_cny is not None)

    return sight.share_of_lines("services", priced)


def _people_and_outputs(sight: Sight) -> float:
    return sight.share_of_lines("services", lambda _, one: answered(one, ("applicants", "outputs")))


def _data(sight: Sight) -> float:
    def usable(index: int, one: Any) -> float:
        named = sight.line_says("data_resources", index, "name", NAME_SUBSTANCE)
        return answered(one, ("modalities", "size", "access")) if named else 0.0

    return sight.share_of_lines("data_resources", usable)


def _machines(sight: Sight) -> float:
    def usable(index: int, one: Any) -> float:
        named = sight.line_says("equipment", index, "name", NAME_SUBSTANCE)
        return HALF + HALF * bool(one.parameters or one.hours_free_week) if named else 0.0

    return sight.share_of_lines("equipment", usable)


def _slots(sight: Sight) -> float:
    periods = open_periods(sight.record, sight.today)
    return float(any(free_in_period(one) is not None for one in periods))


def _rules(sight: Sight) -> float:
    def clear(index: int, rule: Any) -> float:
        return float(sight.line_says("priority_rules", index, "text", RULE_SUBSTANCE))

    return sight.share_of_lines("priority_rules", clear)


def _contacts(sight: Sight) -> float:
    def reachable(_: int, one: Any) -> float:
        return float(bool(one.role and one.name and (one.email or one.phone)))

    return sight.share_of_lines("contacts", reachable)


def _english(sight: Sight) -> float:
    services = sight.share_of_lines("services", lambda _, one: float(bool(one.name_en)))
    return HALF * bool(sight.record.name_en) + HALF * services


BASE_ITEMS: tuple[Item, ...] = (
    Item(
        "identity",
        8,
        ("direction", "industries", "lead", "region"),
        "方向、行业、牵头单位和所在地",
        "Direction, industries, lead and region",
        "四项都填，申请单位才知道是不是找对了。",
        "Fill in all four, so that applicants see whether they are right here.",
        stated("direction", "industries", "lead", "region"),
    ),
    Item(
        "services",
        14,
        ("services",),
        "每项服务都有自己的说明",
        "Every service is described in its own words",
        "写清用什么条件、怎么验证、能得到什么；不要套用同一句话。",
        "Say with what and how it is tested and what one gets; not one sentence for all.",
        _described,
    ),
    Item(
        "service_terms",
        12,
        ("services",),
        "验证类别、方式、周期和成熟度范围",
        "Kinds of validation, mode, duration and maturity",
        "逐项服务填齐。",
        "Complete them for every service.",
        _terms,
    ),
    Item(
        "prices",
        7,
        ("services",),
        "每项服务有价格",
        "Every service has a price",
        "填价格上限（免费填 0），或勾选面议。",
        "Give the upper price (0 if free), or tick 'negotiable'.",
        _prices,
    ),
    Item(
        "applicants",
        6,
        ("services",),
        "谁可以申请、得到什么",
        "Who may apply, and what one gets",
        "逐项服务填齐。",
        "Complete them for every service.",
        _people_and_outputs,
    ),
    Item(
        "data_resources",
        8,
        ("data_resources",),
        "数据资源及使用方式",
        "Data resources and how they may be used",
        "列出能提供的数据：类型、规模、怎么用。",
        "List the data on offer: kind, size, how they may be used.",
        _data,
    ),
    Item(
        "computing",
        4,
        ("compute_chips", "compute_total", "compute_bookable_percent", "compute_scheduler"),
        "算力",
        "Computing",
        "填芯片、总量、可预约比例和有无调度。",
        "Give chips, total, the share that can be booked, and whether there is a scheduler.",
        stated("compute_chips", "compute_total", "compute_bookable_percent", "compute_scheduler"),
    ),
    Item(
        "equipment",
        6,
        ("equipment",),
        "设备、产线与仿真",
        "Equipment, lines and simulators",
        "写名称、参数和每周可用小时。",
        "Give name, parameters and free hours a week.",
        _machines,
    ),
    Item(
        "benchmarks",
        3,
        ("benchmarks",),
        "评测基准",
        "Benchmarks",
        "写名称、版本和指标。",
        "Give name, version and metrics.",
        stated("benchmarks"),
    ),
    Item(
        "slots",
        10,
        ("slots",),
        "今后的名额",
        "Slots in the time to come",
        "至少填一期尚未结束的名额。",
        "Give at least one period that is not over.",
        _slots,
    ),
    Item(
        "priority_rules",
        8,
        ("priority_rules",),
        "优先规则",
        "Priority rules",
        "写清名额不够时谁先谁后。",
        "Say who comes first when places are short.",
        _rules,
    ),
    Item(
        "decision",
        6,
        ("required_documents", "decision_days"),
        "申请材料与审核天数",
        "Required documents and decision time",
        "写清要交什么、几天内答复。",
        "Say what to hand in and within how many days you answer.",
        stated("required_documents", "decision_days"),
    ),
    Item(
        "contacts",
        4,
        ("contacts",),
        "联系人",
        "Contacts",
        "按角色填姓名和联系方式；不公开。",
        "By role, with a name and a way to reach them; not published.",
        _contacts,
    ),
    Item(
        "compliance",
        2,
        ("compliance",),
        "合规能力",
        "Compliance",
        "勾选已取得的资质。",
        "Tick what has been obtained.",
        either("compliance"),
    ),
    Item(
        "english",
        2,
        ("name_en", "services"),
        "英文名称",
        "English names",
        "基地和每项服务都补上英文名称。",
        "Add English names for the base and its services.",
        _english,
    ),
)
