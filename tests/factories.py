"""Records for tests: synthetic, valid by default, changed by keyword where a test varies a fact."""

from __future__ import annotations

from datetime import date
from typing import Any

from matcher.records import (
    BaseBenchmark,
    BaseContact,
    BaseService,
    Capability,
    Case,
    Catalogue,
    Certificate,
    Claim,
    DataResource,
    Equipment,
    Evidence,
    Need,
    OrganisationDetails,
    PilotBase,
    PriorityRule,
    Provider,
    Requirement,
    Scenario,
    SlotPeriod,
)


def make_requirement(**changes: Any) -> Requirement:
    """A measurable requirement on visual inspection."""
    values: dict[str, Any] = {
        "requirement_id": "R1",
        "text": "裂纹检出率不低于 99%",
        "text_en": "Crack detection rate of at least 99%",
        "level": "must",
        "metric": "检出率",
        "operator": ">=",
        "threshold": 99.0,
        "unit": "%",
        "current_value": 92.0,
        "verification": "用 500 件留样盲测",
    }
    return Requirement(**{**values, **changes})


def make_need(**changes: Any) -> Need:
    """A complete need: surface inspection at a steel mill."""
    values: dict[str, Any] = {
        "need_id": "N0001",
        "title": "热轧带钢表面裂纹在线检测",
        "problem": "人工抽检漏检率高，裂纹流入下道工序，每月退货约二十卷；"
        "希望在线识别裂纹、夹杂和划伤，给出位置和等级，减少退货并让质检人员转去处理疑难样本。",
        "title_en": "Online detection of surface cracks on hot-rolled strip",
        "problem_en": "Manual sampling misses cracks that reach the next step; about twenty coils "
        "come back each month. Cracks, inclusions and scratches should be found on line.",
        "language": "zh",
        "industries": ("C31",),
        "process_steps": ("quality",),
        "ai_tasks": ("visual_inspection",),
        "data_modalities": ("image",),
        "affected": "质检班组十二人，下游客户三十家",
        "tried": "试过规则视觉，换钢种后误报太多",
        "requirements": (make_requirement(),),
        "data_leaves_site": "masked",
        "deployments": ("edge", "on_premise"),
        "domestic_stack": "preferred",
        "budget_min_cny": 300_000,
        "budget_max_cny": 800_000,
        "start_by": date(2027, 3, 1),
        "region": "320500",
        "region_preference": "none",
        "needs_base": "advise",
        "validation_types": ("production",),
        "visibility": "named",
        "reply_by": date(2026, 12, 31),
    }
    return Need(**{**values, **changes})


def make_scenario(**changes: Any) -> Scenario:
    """A kind of problem: surface inspection of strip."""
    values: dict[str, Any] = {
        "scenario_id": "SC900",
        "name": "带钢表面缺陷检测",
        "name_en": "Surface inspection of steel strip",
        "pain_point": "人工目检速度慢、漏检多，缺陷流入下道工序。",
        "pain_point_en": "Manual inspection is slow and misses defects that reach the next step.",
        "industry_label": "钢铁",
        "industry_label_en": "Steel",
        "industries": ("C31",),
        "sector": "产业发展",
        "process_steps": ("quality",),
        "ai_tasks": ("visual_inspection",),
        "data_modalities": ("image",),
        "techniques": ("机器视觉",),
        "techniques_en": ("machine vision",),
        "typical_data": ("表面图像",),
        "typical_data_en": ("surface images",),
        "measures": ("漏检率",),
        "measures_en": ("miss rate",),
        "source": "synthetic",
        "origin": "synthetic",
    }
    return Scenario(**{**values, **changes})


def make_provider(**changes: Any) -> Provider:
    """An invented provider."""
    values: dict[str, Any] = {
        "provider_id": "V900",
        "name": "合成示例智能科技",
        "name_en": "Synthetic Example Intelligence",
        "kind": "工业软件企业",
        "kind_en": "industrial software company",
        "summary": "面向钢铁提供表面检测",
        "summary_en": "Surface inspection for steel",
        "region": "320100",
        "city": "南京",
        "province": "江苏",
        "source": "synthetic",
    }
    return Provider(**{**values, **changes})


def make_claim(**changes: Any) -> Claim:
    """A claim with a figure that rests on the default case."""
    values: dict[str, Any] = {
        "claim_id": "CAP-V900-1.1",
        "text": "带钢表面裂纹检出率不低于 99%",
        "text_en": "Crack detection rate on strip of at least 99%",
        "metric": "检出率",
        "operator": ">=",
        "value": 99.0,
        "unit": "%",
        "conditions": "某热轧线，合成数据",
        "case_ids": ("C900",),
    }
    return Claim(**{**values, **changes})


def make_evidence(**changes: Any) -> Evidence:
    """A test report of the default capability, from an invented client."""
    values: dict[str, Any] = {
        "evidence_id": "E1",
        "kind": "test_report",
        "text": "合成数据：在某热轧线连续运行六个月，用五百卷留样盲测，裂纹检出率 99.2%，"
        "误报每班不超过三次，结果由客户质检部门签字确认。",
        "client": "某钢铁企业",
        "referee_contact": "referee@example.org",
        "start": date(2025, 3, 1),
        "end": date(2025, 9, 30),
        "link": "https://example.org/report",
    }
    return Evidence(**{**values, **changes})


def make_certificate(**changes: Any) -> Certificate:
    """An invented certificate that is valid until the end of 2027."""
    values: dict[str, Any] = {
        "certificate_id": "Q1",
        "kind": "iso_9001",
        "number": "SYN-0001",
        "valid_to": date(2027, 12, 31),
    }
    return Certificate(**{**values, **changes})


def make_capability(**changes: Any) -> Capability:
    """A complete capability of the default provider."""
    values: dict[str, Any] = {
        "capability_id": "CAP-V900-1",
        "provider_id": "V900",
        "name": "热轧带钢表面缺陷在线识别",
        "name_en": "Online recognition of surface defects on hot-rolled strip",
        "problem": "用线阵相机拍摄带钢上下表面，识别裂纹、夹杂、划伤和氧化皮并按等级报警，"
        "替代人工抽检；"
        "输入表面图像和钢卷信息，输出缺陷位置、类别与分级。",
        "problem_en": "Line-scan cameras capture both sides of the strip; cracks, inclusions, "
        "scratches and scale are recognised and graded, replacing manual sampling.",
        "scenario_ids": ("SC900",),
        "industries": ("C31",),
        "process_steps": ("quality",),
        "ai_tasks": ("visual_inspection",),
        "data_modalities": ("image",),
        "claims": (make_claim(),),
        "case_ids": ("C900",),
        "maturity": 8,
        "deployments": ("edge", "on_premise"),
        "domestic_stack": "full",
        "data_leaves_site": "no",
        "price_min_cny": 300_000,
        "price_max_cny": 600_000,
        "price_unit": "project",
        "delivery_weeks": 12,
        "free_slots": 2,
        "earliest_start": date(2027, 1, 4),
        "service_regions": ("100000",),
        "certificates": ("iso_9001",),
        "verification": "declared",
        "source": "synthetic",
    }
    return Capability(**{**values, **changes})


def make_case(**changes: Any) -> Case:
    """A past deployment of the default provider at an invented mill."""
    values: dict[str, Any] = {
        "case_id": "C900",
        "what": "热轧线上线表面缺陷识别系统，替代人工抽检",
        "what_en": "A surface inspection system went live on a hot rolling line",
        "effect": "裂纹检出率 99%",
        "effect_en": "Crack detection rate of 99%",
        "user_enterprise": "合成示例钢铁",
        "user_enterprise_en": "Synthetic Example Steel",
        "scenario_id": "SC900",
        "provider_id": "V900",
        "industry": "C31",
        "city": "南京",
        "region": "320100",
        "year": 2025,
        "relation": "third_party",
        "quantified": True,
        "source": "synthetic",
        "trust": "B",
    }
    return Case(**{**values, **changes})


def make_base_service(**changes: Any) -> BaseService:
    """A production test at the default base."""
    values: dict[str, Any] = {
        "service_id": "PB900-S1",
        "pilot_base_id": "PB900",
        "name": "产线测试验证",
        "name_en": "Test and verification on a line",
        "description": "在示范产线上验证视觉检测（合成数据）。",
        "description_en": "Verification of visual inspection on a demonstration line (synthetic).",
        "kind": "verification",
        "validation_types": ("production", "function"),
        "ai_tasks": ("visual_inspection",),
        "data_modalities": ("image",),
        "maturity_from": 5,
        "maturity_to": 9,
        "free_slots": 3,
        "price_min_cny": 20_000,
        "price_max_cny": 60_000,
        "decision_days": 15,
    }
    return BaseService(**{**values, **changes})


def make_pilot_base(**changes: Any) -> PilotBase:
    """A pilot base for steel with one service."""
    values: dict[str, Any] = {
        "pilot_base_id": "PB900",
        "name": "合成示例中试基地（制造领域钢铁方向）",
        "name_en": "Synthetic Example Pilot Base (Manufacturing - Steel)",
        "domain": "manufacturing",
        "direction": "钢铁",
        "direction_en": "Steel",
        "industries": ("C31",),
        "lead": "合成示例研究院",
        "lead_en": "Synthetic Example Institute",
        "region": "320100",
        "city": "南京",
        "province": "江苏",
        "level": "national",
        "status": "launched",
        "launched": "2025-07",
        "source": "synthetic",
        "services": (make_base_service(),),
    }
    return PilotBase(**{**values, **changes})


def make_registered_base(**changes: Any) -> PilotBase:
    """A base with all that its own registration asks for."""
    service = make_base_service(
        mode="on_site",
        days_min=14,
        days_max=30,
        applicants=("any",),
        outputs=("report",),
        discount_small=30,
    )
    values: dict[str, Any] = {
        "services": (service,),
        "note": "适合已有样机、想在真实产线上验证表面检测效果的企业（合成数据）。",
        "data_resources": (
            DataResource(
                "D1",
                "带钢表面缺陷图像集（合成）",
                modalities=("image",),
                size="12 万张",
                access="trusted_space",
            ),
        ),
        "compute_chips": ("昇腾 910B",),
        "compute_total": "20 PFLOPS",
        "compute_bookable_percent": 40,
        "compute_scheduler": "yes",
        "equipment": (Equipment("M1", "热轧示范线（合成）", kind="line", hours_free_week=20),),
        "benchmarks": (BaseBenchmark("B1", "带钢缺陷识别基准（合成）", version="1.0"),),
        "slots": (
            SlotPeriod("T1", date(2026, 10, 1), date(2026, 12, 31), total=6, taken=2, held=1),
        ),
        "priority_rules": (PriorityRule("P1", "本省中小企业优先", kind="size"),),
        "required_documents": ("营业执照", "技术方案"),
        "decision_days": 15,
        "compliance": ("cnas",),
        "contacts": (
            BaseContact("L1", "coordinator", "某联系人", "base@example.org", "025-00000000"),
        ),
    }
    return make_pilot_base(**{**values, **changes})


def make_organisation_details(**changes: Any) -> OrganisationDetails:
    """An invented enterprise; the code is the specimen of GB 32100-2015."""
    values: dict[str, Any] = {
        "name": "合成示例钢铁有限公司",
        "credit_code": "91350100M000100Y43",
        "name_en": "Synthetic Example Steel Co., Ltd.",
        "kind": "enterprise",
        "sides": ("enterprise",),
        "size": "medium",
        "region": "320500",
        "contact_name": "某联系人",
        "contact_post": "数字化部",
        "contact_email": "contact@example.org",
        "contact_phone": "0512-00000000",
        "language": "zh",
    }
    return OrganisationDetails(**{**values, **changes})


def make_catalogue(**changes: Any) -> Catalogue:
    """One of each: scenario, provider, capability, case, pilot base; references resolve."""
    values: dict[str, Any] = {
        "revision": 1,
        "scenarios": {"SC900": make_scenario()},
        "providers": {"V900": make_provider()},
        "capabilities": {"CAP-V900-1": make_capability()},
        "cases": {"C900": make_case()},
        "pilot_bases": {"PB900": make_pilot_base()},
    }
    return Catalogue(**{**values, **changes})
