"""Capabilities of the demonstration's provider, made up and named so: two published, one waiting.

They go the way of every registration, through the form's checks and a review. They are matched by
the same model as all others: nothing lifts them.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlite_utils import Database

from matcher.identity import actor_of
from matcher.store.accounts import find_by_email
from matcher.store.capabilities import read_capability
from matcher.store.organisations import read_organisation
from matcher.workflow.registration.capability import submit_capability
from matcher.workflow.registration.decisions import Judge, approve
from matcher.workflow.registration.owned_records import Act
from matcher.workflow.registration.typed import typed_values

START_AFTER = timedelta(days=45)
COMMON: Mapping[str, Any] = {
    "process_steps": ["quality"],
    "data_modalities": ["image"],
    "maturity": "6",
    "deployments": ["edge", "on_premise"],
    "domestic_stack": "partial",
    "delivery_weeks_min": "6",
    "delivery_weeks": "12",
    "free_slots": "1",
    "service_regions": ["320000"],
    "price_negotiable": "yes",
    "ip_terms": "shared",
}
OFFERS: tuple[Mapping[str, Any], ...] = (
    {
        **COMMON,
        "name": "演示：竹编纹理断丝识别（虚构）",
        "name_en": "Demonstration: broken strips in bamboo weave (fictitious)",
        "problem": "虚构示例。竹编器皿的篾丝断裂靠老师傅用手摸，费时又容易漏。"
        "用显微相机逐圈拍摄竹编纹理，识别断丝、跳丝并标出位置，提示返修；需要每种花型数十张样图，输出缺陷位置和等级。",
        "problem_en": "Made-up example. Broken strips in bamboo ware are found by touch. A "
        "microscope camera photographs the weave turn by turn and marks what is to be repaired.",
        "industries": ["C20"],
        "ai_tasks": ["visual_inspection"],
        "claims": [
            {
                "text": "断丝检出率不低于 95%（虚构）",
                "text_en": "Finds at least 95% of broken strips (fictitious)",
                "metric": "检出率",
                "operator": ">=",
                "value": "95",
                "unit": "%",
                "conditions": "虚构的盲测",
                "evidence_ids": ["E1"],
            }
        ],
        "evidence": [
            {
                "evidence_id": "E1",
                "kind": "case",
                "text": "虚构示例：在一家虚构的竹编作坊连续试用三个月，"
                "与两名师傅的手工检查逐件对照，断丝检出率百分之九十五，误报每百件两起，记录仅供演示。",
                "client": "某竹编作坊（虚构）",
            }
        ],
    },
    {
        **COMMON,
        "name": "演示：陶瓷釉面针孔分级（虚构）",
        "name_en": "Demonstration: grading pinholes in ceramic glaze (fictitious)",
        "problem": "虚构示例。陶瓷坯体施釉烧成后表面常有针孔，人工对光挑选，标准不一。"
        "用环形光相机拍摄釉面，识别针孔、缩釉并按直径分级，统计到每一窑，帮助调整烧成曲线。",
        "problem_en": "Made-up example. Pinholes in glaze are sorted by eye against the light. "
        "Ring-light cameras find and grade pinholes and count them for every kiln.",
        "industries": ["C30"],
        "ai_tasks": ["visual_inspection"],
    },
)
WAITING: Mapping[str, Any] = {
    "name": "演示：竹编纹理断丝与跳丝识别（虚构）",
    "maturity": "7",
}


def add_demo_capabilities(db: Database, *, now: datetime) -> int:
    """Publish two capabilities of the demonstration's provider and leave a change waiting.

    Returns
    -------
    int
        How many records there are now; 0 where the demonstration's people are missing.
    """
    provider = find_by_email(db, "provider@demo.invalid")
    reviewer = find_by_email(db, "reviewer@demo.invalid")
    if provider is None or reviewer is None:
        return 0
    start = (now + START_AFTER).date().isoformat()
    judge = Judge(actor_of(reviewer), now, "演示 · demonstration")
    published = []
    for offer in OFFERS:
        organisation = read_organisation(db, provider.organisation_id)
        act = Act(organisation, actor_of(provider), now)
        sent = submit_capability(db, {**offer, "earliest_start": start}, act)
        published.append(approve(db, sent.proposal_id, judge))
    act = Act(read_organisation(db, provider.organisation_id), actor_of(provider), now)
    values = {**typed_values(read_capability(db, published[0])), **WAITING}
    submit_capability(db, values, act, record_id=published[0])
    return len(published)
