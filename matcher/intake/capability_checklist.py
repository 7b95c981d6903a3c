"""The checklist of a complete capability, as data; the points sum to 100."""

from __future__ import annotations

from matcher.intake.checklist import Item, Sight, answered, either, stated
from matcher.records import Claim
from matcher.records.capacity import is_capacity_stale

PROBLEM_SUBSTANCE = 40.0  # Han characters of substance; the form asks for 50 in all
EVIDENCE_SUBSTANCE = 30.0
CLAIM_SUBSTANCE = 4.0
HALF = 0.5


def _problem(sight: Sight) -> float:
    return float(sight.says("problem", PROBLEM_SUBSTANCE))


def _claims(sight: Sight) -> float:
    """Give half for a claim in words, all for one with a figure and its conditions."""
    claims = list(enumerate(sight.record.claims))
    told = [c for n, c in claims if sight.line_says("claims", n, "text", CLAIM_SUBSTANCE)]
    if any(_is_measured(claim) for claim in told):
        return 1.0
    return HALF if told else 0.0


def _is_measured(claim: Claim) -> bool:
    return claim.value is not None and bool(claim.metric and claim.operator and claim.conditions)


def _evidence(sight: Sight) -> float:
    """Be met by one case, or by one proof that says where, what and with which result."""
    if sight.record.case_ids:
        return 1.0
    n_lines = len(sight.record.evidence)
    told = (sight.line_says("evidence", n, "text", EVIDENCE_SUBSTANCE) for n in range(n_lines))
    return float(any(told))


def _backed(sight: Sight) -> float:
    claims = sight.record.claims
    return sum(bool(one.case_ids or one.evidence_ids) for one in claims) / (len(claims) or 1)


def _capacity(sight: Sight) -> float:
    """Count the delivery time, and the free places only while the answer is fresh."""
    weeks = answered(sight.record, ("delivery_weeks",))
    places = answered(sight.record, ("free_slots", "earliest_start"))
    fresh = 0.0 if is_capacity_stale(sight.record, sight.today) else places
    return HALF * weeks + HALF * fresh


def _stack(sight: Sight) -> float:
    """Ask for the chips and systems where support is claimed."""
    share = HALF * answered(sight.record, ("deployments",))
    support = sight.record.domestic_stack
    if support == "none":
        return share + HALF
    named = answered(sight.record, ("domestic_stack",))
    listed = either("adapted_chips", "adapted_systems")(sight)
    return share + HALF * named * (HALF + HALF * listed)


def _valid(sight: Sight) -> float:
    until = sight.record.valid_to
    return float(until is not None and until >= sight.today)


def _english(sight: Sight) -> float:
    record = sight.record
    return HALF * bool(record.name_en) + HALF * bool(record.problem_en)


CAPABILITY_ITEMS: tuple[Item, ...] = (
    Item(
        "problem",
        12,
        ("problem",),
        "解决的问题写清了",
        "The problem solved is clear",
        "写清替谁解决什么、需要什么数据、产出什么。",
        "Say what it solves for whom, from which data, with which result.",
        _problem,
    ),
    Item(
        "place",
        10,
        ("industries", "process_steps", "ai_tasks", "data_modalities"),
        "行业、环节、任务和数据类型都选了",
        "Industry, step, task and data are chosen",
        "四项都选，需求才能找到它。",
        "Choose all four; needs find it by them.",
        stated("industries", "process_steps", "ai_tasks", "data_modalities"),
    ),
    Item(
        "claims",
        10,
        ("claims",),
        "有带数字和条件的性能声明",
        "A claim with a figure and its conditions",
        "至少一条写出指标、比较、数值和在什么条件下测得。",
        "Give at least one metric, comparison, value and the conditions it was measured in.",
        _claims,
    ),
    Item(
        "evidence",
        14,
        ("evidence", "case_ids"),
        "有证据",
        "There is evidence",
        "加一项案例、测试报告、评测、专利或客户证明，写明在哪里、做了什么、结果如何。",
        "Add a case, test report, benchmark, patent or reference: where, what, with which result.",
        _evidence,
    ),
    Item(
        "backed_claims",
        6,
        ("claims",),
        "声明指明了依据",
        "Claims name what they rest on",
        "在每条声明里填上证据或案例的编号。",
        "Put the id of a case or of evidence into each claim.",
        _backed,
    ),
    Item(
        "maturity",
        6,
        ("maturity",),
        "成熟度",
        "Maturity",
        "对照一句话说明选 1–9 级。",
        "Choose level 1-9 by its one-line description.",
        stated("maturity"),
    ),
    Item(
        "deployment",
        8,
        ("deployments", "domestic_stack", "adapted_chips", "adapted_systems"),
        "部署方式与国产化支持",
        "Deployment and domestic stack",
        "选部署方式和国产化支持；有适配的，列出芯片和系统。",
        "Choose both; where it is adapted, list the chips and systems.",
        _stack,
    ),
    Item(
        "minimum_data",
        6,
        ("min_data_modalities", "min_data_volume", "labels_needed", "trains_on_site"),
        "最低数据要求",
        "Least data it needs",
        "说明最少要什么数据、多少、要不要标注、能否现场训练。",
        "Say which data, how much, whether labelled, and whether it trains on site.",
        stated("min_data_modalities", "min_data_volume", "labels_needed", "trains_on_site"),
    ),
    Item(
        "price",
        6,
        ("price_min", "price_max", "price_negotiable"),
        "价格",
        "Price",
        "填价格区间，或勾选面议。",
        "Give a band, or tick 'negotiable'.",
        either("price_min_cny", "price_max_cny", "price_negotiable"),
    ),
    Item(
        "capacity",
        8,
        ("delivery_weeks", "free_slots", "earliest_start"),
        "交付周期和当前可承接数",
        "Delivery time and free slots",
        "填写或更新；60 天前的可承接数不再显示。",
        "Fill in or refresh; slots stated more than 60 days ago are no longer shown.",
        _capacity,
    ),
    Item(
        "area",
        4,
        ("service_regions", "on_site_support"),
        "服务区域与现场支持",
        "Service area and on-site support",
        "填省、市或“全国”，并说明能否到现场。",
        "Give provinces, cities or 'Nationwide', and whether people come on site.",
        stated("service_regions", "on_site_support"),
    ),
    Item(
        "wanted",
        2,
        ("wanted_sizes", "wanted_industries", "min_budget"),
        "希望的客户",
        "Wanted customers",
        "填规模、行业或最低预算中的一项。",
        "Give a size, an industry or the lowest budget.",
        either("wanted_sizes", "wanted_industries", "min_budget_cny"),
    ),
    Item(
        "rights",
        4,
        ("ip_terms", "trains_on_client_data"),
        "知识产权与数据条款",
        "Rights and data terms",
        "说明成果归谁、是否用客户数据训练。",
        "Say who owns the result and whether client data are used for training.",
        stated("ip_terms", "trains_on_client_data"),
    ),
    Item(
        "english",
        2,
        ("name_en", "problem_en"),
        "英文名称和说明",
        "English name and description",
        "补上英文，英文读者才看得懂。",
        "Add them for readers of English.",
        _english,
    ),
    Item(
        "validity",
        2,
        ("valid_to",),
        "有效期",
        "Valid to",
        "填 12 个月内的一天。",
        "Give a day within 12 months.",
        _valid,
    ),
)
