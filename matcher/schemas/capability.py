"""The fields of a capability (能力): one thing that a provider offers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from matcher.records import Capability
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.claim import ClaimSchema
from matcher.schemas.fields import (
    ALWAYS,
    CATALOGUE,
    LARGEST_AMOUNT,
    PUBLISH,
    About,
    Code,
    Day,
    Flag,
    FormMoney,
    Id,
    Level,
    Source,
    Text,
    Whole,
)
from matcher.schemas.lists import Codes, Ids, Industries, Records, Regions
from matcher.schemas.messages import problem

SHOWN = (PUBLISH, CATALOGUE)
FOR_PUBLISH = (PUBLISH,)
YUAN = (0, LARGEST_AMOUNT)


class CapabilitySchema(RecordSchema):
    """One thing that a provider offers, with claims and evidence."""

    record = Capability
    record_kind = "capability"
    label_zh, label_en = "能力", "Capability"
    id_field = "capability_id"
    money = ("price_min", "price_max", "min_budget")
    ranges = (("price_min", "price_max"),)
    any_of: ClassVar[Mapping[str, tuple[str, ...]]] = {
        PUBLISH: ("price_max", "price_min", "price_negotiable")
    }
    groups = (
        Group("what", "能力", "Capability", ("name", "problem", "name_en", "problem_en")),
        Group(
            "place",
            "行业与环节",
            "Industry and step",
            ("industries", "process_steps", "ai_tasks", "data_modalities", "scenario_ids"),
        ),
        Group("evidence", "声明与证据", "Claims and evidence", ("claims", "case_ids", "maturity")),
        Group(
            "conditions",
            "部署条件",
            "Conditions",
            ("deployments", "domestic_stack", "data_leaves_site", "certificates"),
        ),
        Group(
            "offer",
            "价格与交付",
            "Price and delivery",
            (
                "price_min",
                "price_max",
                "price_unit",
                "price_negotiable",
                "delivery_weeks",
                "free_slots",
                "earliest_start",
                "service_regions",
            ),
        ),
        Group(
            "wanted",
            "希望的客户",
            "Wanted customers",
            ("min_budget", "excluded_industries", "valid_to"),
        ),
    )

    capability_id = Id(
        About("能力编号", "Capability id", example="CAP-V001-1"), required_for=(CATALOGUE,)
    )
    provider_id = Id(About("供给方编号", "Provider id", example="V001"), required_for=(CATALOGUE,))
    name = Text(
        About(
            "能力名称",
            "Capability name",
            "一条记录只写一项能力。",
            "One capability a record.",
            "热轧带钢表面缺陷在线识别",
        ),
        limits=(6, 40),
        required_for=ALWAYS,
    )
    name_en = Text(
        About("能力名称（英文）", "Name in English"), limits=(0, 80), required_for=(CATALOGUE,)
    )
    problem = Text(
        About(
            "解决的问题",
            "Problem solved",
            "替谁解决什么，需要什么数据，产出什么。",
            "What it solves for whom, from which data, with which result.",
            "用线阵相机图像识别裂纹、夹杂等缺陷并分级，替代人工抽检。",
        ),
        limits=(50, 500),
        multiline=True,
        required_for=SHOWN,
    )
    problem_en = Text(
        About("解决的问题（英文）", "Problem solved, in English"),
        limits=(0, 1000),
        multiline=True,
        required_for=(CATALOGUE,),
    )
    scenario_ids = Ids(About("对应场景", "Scenarios", example="SC092"), limits=(0, 20))
    industries = Industries(
        About("行业", "Industry", "GB/T 4754 代码、名称或常用说法。", "Code or name.", "C31"),
        limits=(1, 10),
        required_for=SHOWN,
    )
    process_steps = Codes(
        About("业务环节", "Process step", example="quality"),
        "process_step",
        limits=(1, 5),
        required_for=SHOWN,
    )
    ai_tasks = Codes(
        About("AI 任务", "AI task", example="visual_inspection"),
        "ai_task",
        limits=(1, 6),
        required_for=SHOWN,
    )
    data_modalities = Codes(
        About("数据类型", "Data modality", example="image"),
        "data_modality",
        limits=(1, 8),
        required_for=SHOWN,
    )
    claims = Records(
        About("性能声明", "Claims", "最多八条，带数字。", "At most eight, with figures."),
        ClaimSchema,
        id_prefix="K",
        limits=(0, 8),
    )
    case_ids = Ids(About("证据案例", "Cases as evidence", example="C004"), limits=(0, 60))
    derived_from_case_ids = Ids(
        About(
            "撰写所依据的案例",
            "Cases the text was written from",
            "评估时用来防止泄漏。",
            "Keeps evaluation free of leakage.",
            visibility="private",
        ),
        limits=(0, 60),
    )
    maturity = Level(
        About("技术成熟度", "Maturity", "1–9 级。", "Level 1-9.", "8"),
        "maturity",
        required_for=FOR_PUBLISH,
    )
    deployments = Codes(
        About("部署方式", "Deployment", example="edge"),
        "deployment",
        limits=(1, 4),
        required_for=FOR_PUBLISH,
    )
    domestic_stack = Code(
        About("国产化支持", "Domestic stack support", example="full"),
        "domestic_stack_support",
        required_for=FOR_PUBLISH,
    )
    data_leaves_site = Code(
        About(
            "是否需要数据出场",
            "Does data have to leave the site",
            "“不可以”表示数据不出现场也能交付。",
            "'no' means that it works with data kept on site.",
            "no",
        ),
        "data_leaves_site",
    )
    price_min = FormMoney(About("价格下限", "Price from", example="30", unit="万元"))
    price_max = FormMoney(About("价格上限", "Price to", example="80", unit="万元"))
    price_min_cny = Whole(About("价格下限（元）", "Price from in yuan", unit="元"), limits=YUAN)
    price_max_cny = Whole(About("价格上限（元）", "Price to in yuan", unit="元"), limits=YUAN)
    price_unit = Code(About("计价单位", "Price is per", example="project"), "price_unit")
    price_negotiable = Flag(About("价格面议", "Price negotiable"), load_only=True)
    delivery_weeks = Whole(
        About("交付周期", "Delivery time", example="12", unit="周"),
        limits=(1, 104),
        required_for=FOR_PUBLISH,
    )
    free_slots = Whole(
        About("当前可承接数", "Free slots now", example="2", unit="个"),
        limits=(0, 1000),
        required_for=FOR_PUBLISH,
    )
    earliest_start = Day(
        About("最早开始", "Earliest start", example="2026-09-30"), required_for=FOR_PUBLISH
    )
    service_regions = Regions(
        About(
            "服务区域",
            "Service area",
            "省、市，或“全国”。",
            "Provinces, cities, or 'Nationwide'.",
            "100000",
        ),
        limits=(1, 60),
        required_for=FOR_PUBLISH,
    )
    certificates = Codes(
        About("资质", "Certificates", example="iso_9001"), "certificate", limits=(0, 8)
    )
    excluded_industries = Industries(
        About("不承接的行业", "Industries not served", example="C16"), limits=(0, 20)
    )
    min_budget = FormMoney(
        About("最低项目预算", "Lowest project budget", example="20", unit="万元")
    )
    min_budget_cny = Whole(
        About("最低项目预算（元）", "Lowest budget in yuan", unit="元"),
        limits=YUAN,
    )
    verification = Code(About("核验级别", "Verification level"), "verification")
    valid_to = Day(About("有效期至", "Valid to", example="2027-09-30"))
    source = Source(
        About("来源", "Source", "事实出处。", "Where the facts were published."),
        limits=(0, 500),
        required_for=(CATALOGUE,),
    )
    trust = Code(About("来源等级", "Grade of the source"), "trust")
    unverified = Flag(About("未经核实", "Unverified"))

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse a price that is both stated and negotiable."""
        found = super().problems_together(data)
        stated = self.amount(data, "price_min") or self.amount(data, "price_max")
        if data.get("price_negotiable") and stated:
            words = {"other_zh": "价格面议", "other_en": "Price negotiable"}
            found.append(("price_negotiable", problem("contradiction", stated, **words)))
        return found
