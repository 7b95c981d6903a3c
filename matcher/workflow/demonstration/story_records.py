"""What the story of a demonstration is about: one need, one capability, one base, all made up.

Typed as a person types it into the forms, and sent the way of every registration.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

NEED: Mapping[str, Any] = {
    "title": "演示：搪瓷内胆气孔与鱼鳞爆在线检测",
    "title_en": "Demonstration: pinholes and fish-scaling in enamelled liners, found on line",
    "problem": "虚构示例。演示制造企业的搪瓷内胆烧成后有气孔和鱼鳞爆，靠灯下逐只目检，"
    "每班漏检二十余只，内胆装机后漏水返修；希望在烧成炉出口拍照识别气孔、鱼鳞爆和露铁，标出位置与等级。",
    "problem_en": "Made-up example. Enamelled liners show pinholes and fish-scaling after firing; "
    "inspection under a lamp misses about twenty a shift, and liners leak later. Cameras at the "
    "furnace exit should find pinholes, fish-scaling and bare steel with place and grade.",
    "affected": "烧成车间质检班组十二人，售后每年返修三百台",
    "tried": "试过规则视觉，釉面反光时误报太多",
    "industries": ["C33"],
    "process_steps": ["quality"],
    "ai_tasks": ["visual_inspection"],
    "requirements": [
        {
            "text": "气孔检出率不低于 98%",
            "text_en": "Finds at least 98% of pinholes",
            "level": "must",
            "metric": "检出率",
            "operator": ">=",
            "threshold": "98",
            "unit": "%",
            "current_value": "86",
            "verification": "用 600 只留样内胆盲测",
        },
        {
            "text": "每只检测时间不超过 6 秒",
            "text_en": "No more than 6 seconds a liner",
            "level": "must",
            "metric": "检测时间",
            "operator": "<=",
            "threshold": "6",
            "unit": "秒",
            "current_value": "25",
            "verification": "在示范线上连续计时一个班次",
        },
        {
            "text": "质检班组能自己增加新的缺陷种类",
            "text_en": "The inspectors can add a new kind of defect themselves",
            "level": "want",
        },
    ],
    "data_modalities": ["image"],
    "data_volume": "1_100gb",
    "labelled_share": "21_50",
    "data_leaves_site": "masked",
    "deployments": ["edge", "on_premise"],
    "domestic_stack": "preferred",
    "systems": ["mes"],
    "budget_min": "30",
    "budget_max": "80",
    "region": "320500",
    "needs_base": "yes",
    "validation_types": ["function"],
    "visibility": "anonymous",
}
CAPABILITY: Mapping[str, Any] = {
    "name": "演示：搪瓷釉面气孔与鱼鳞爆识别（虚构）",
    "name_en": "Demonstration: pinholes and fish-scaling in enamel, recognised (fictitious)",
    "problem": "虚构示例。搪瓷制品烧成后的气孔、鱼鳞爆和露铁靠灯下目检，标准不一又易漏。"
    "用环形偏振光相机拍摄内胆釉面，抑制反光，识别气孔、鱼鳞爆和露铁，按直径分级并标出位置；"
    "需要每种釉色数百张样图，输出缺陷位置、等级和每炉统计。",
    "problem_en": "Made-up example. Pinholes, fish-scaling and bare steel in fired enamel are "
    "found by eye under a lamp. Ring-light cameras with polarisers photograph the glaze of a liner "
    "and find, place and grade defects, with counts for every furnace load.",
    "industries": ["C33"],
    "process_steps": ["quality"],
    "ai_tasks": ["visual_inspection"],
    "data_modalities": ["image"],
    "maturity": "7",
    "deployments": ["edge", "on_premise"],
    "domestic_stack": "full",
    "delivery_weeks_min": "6",
    "delivery_weeks": "12",
    "free_slots": "2",
    "service_regions": ["320000"],
    "price_negotiable": "yes",
    "ip_terms": "shared",
    "claims": [
        {
            "text": "搪瓷气孔检出率不低于 98.5%（虚构）",
            "text_en": "Finds at least 98.5% of pinholes in enamel (fictitious)",
            "metric": "检出率",
            "operator": ">=",
            "value": "98.5",
            "unit": "%",
            "conditions": "虚构的盲测，600 只内胆",
            "evidence_ids": ["E1"],
        }
    ],
    "evidence": [
        {
            "evidence_id": "E1",
            "kind": "case",
            "text": "虚构示例：在一条虚构的搪瓷烧成线上试用三个月，与两名质检员逐只对照，"
            "气孔检出率百分之九十八点五，误报每百只一起，记录仅供演示。",
            "client": "某搪瓷厂（虚构）",
        }
    ],
}
BASE: Mapping[str, Any] = {
    "name": "演示：金属制品表面检测中试基地（虚构）",
    "name_en": "Demonstration: pilot base for surfaces of metal products (fictitious)",
    "domain": "manufacturing",
    "direction": "金属制品",
    "direction_en": "Metal products",
    "industries": ["C33"],
    "status": "launched",
    "launched": "2025-07",
    "lead": "演示中试基地（虚构）",
    "lead_en": "Demonstration Pilot Base (fictitious)",
    "province": "江苏",
    "city": "苏州",
    "region": "320500",
    "decision_days": "15",
    "note": "虚构示例。适合已有样机、想在真实烧成线上验证表面检测效果的企业，"
    "现场有留样内胆和标定件。",
    "required_documents": ["营业执照", "技术方案"],
    "compute_total": "10 PFLOPS",
    "compute_bookable_percent": "40",
    "compliance": ["cnas"],
    "contacts": [
        {
            "contact_id": "L1",
            "name": "演示联系人",
            "role": "coordinator",
            "email": "base@demo.invalid",
        }
    ],
    "benchmarks": [{"benchmark_id": "B1", "name": "搪瓷缺陷识别基准（虚构）", "version": "1.0"}],
    "data_resources": [
        {
            "resource_id": "D1",
            "name": "搪瓷内胆缺陷图像集（虚构）",
            "size": "3 万张",
            "modalities": ["image"],
            "access": "trusted_space",
        }
    ],
    "equipment": [
        {
            "equipment_id": "M1",
            "kind": "line",
            "name": "搪瓷烧成示范线（虚构）",
            "hours_free_week": "20",
        }
    ],
    "priority_rules": [{"rule_id": "P1", "kind": "size", "text": "本省中小企业优先（虚构）"}],
    "services": [
        {
            "name": "示范线测试验证",
            "name_en": "Test and verification on the demonstration line",
            "kind": "verification",
            "description": "虚构示例。在搪瓷烧成示范线上验证视觉检测，"
            "提供留样内胆、计时和第三方盲测。",
            "description_en": "Made-up example. Verifies visual inspection on an enamelling line "
            "with kept liners, timing and blind tests by a third party.",
            "ai_tasks": ["visual_inspection"],
            "data_modalities": ["image"],
            "validation_types": ["production", "function"],
            "maturity_from": "5",
            "maturity_to": "9",
            "mode": "on_site",
            "applicants": ["any"],
            "days_min": "14",
            "days_max": "30",
            "decision_days": "15",
            "free_slots": "2",
            "price_min": "2",
            "price_max": "6",
            "discount_small": "30",
            "outputs": ["report"],
        }
    ],
}
REPLY_DAYS, START_DAYS, SLOT_DAYS = 40, 90, 365


def need_values(today: date) -> dict[str, Any]:
    """Return the need as typed on a day."""
    dates = {"reply_by": REPLY_DAYS, "start_by": START_DAYS}
    return {**NEED, **{name: _after(today, days) for name, days in dates.items()}}


def capability_values(today: date) -> dict[str, Any]:
    """Return the capability as typed on a day."""
    return {**CAPABILITY, "earliest_start": _after(today, 14)}


def base_values(today: date) -> dict[str, Any]:
    """Return the base as typed on a day, with one period of two places from then on."""
    slot = {"slot_id": "T1", "start": _after(today, 0), "end": _after(today, SLOT_DAYS)}
    return {**BASE, "slots": [{**slot, "total": "2", "taken": "0", "held": "0"}]}


def _after(today: date, days: int) -> str:
    return (today + timedelta(days=days)).isoformat()
