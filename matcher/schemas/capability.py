"""The fields of a capability (能力): one thing that a provider offers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any, ClassVar

from marshmallow import post_load

from matcher.records import Capability
from matcher.schemas.base import Group
from matcher.schemas.capability_terms import FOR_PUBLISH, CapabilityTerms
from matcher.schemas.claim import ClaimSchema
from matcher.schemas.evidence import CertificateSchema, EvidenceSchema
from matcher.schemas.fields import (
    ALWAYS,
    CATALOGUE,
    PUBLISH,
    About,
    Code,
    Flag,
    Id,
    Level,
    Source,
    Text,
)
from matcher.schemas.lists import Codes, Ids, Industries, Records
from matcher.schemas.messages import problem

SHOWN = (PUBLISH, CATALOGUE)


class CapabilitySchema(CapabilityTerms):
    """One thing that a provider offers, with claims and evidence."""

    record = Capability
    record_kind = "capability"
    label_zh, label_en = "能力", "Capability"
    id_field = "capability_id"
    money = ("price_min", "price_max", "min_budget")
    ranges = (("price_min", "price_max"), ("delivery_weeks_min", "delivery_weeks"))
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
        Group(
            "evidence",
            "声明与证据",
            "Claims and evidence",
            ("claims", "evidence", "case_ids", "maturity"),
        ),
        Group(
            "conditions",
            "部署条件",
            "Conditions",
            (
                "deployments",
                "domestic_stack",
                "adapted_chips",
                "adapted_systems",
                "certificates",
                "certificate_details",
            ),
        ),
        Group(
            "data",
            "需要的数据",
            "Data it needs",
            (
                "data_leaves_site",
                "min_data_modalities",
                "min_data_volume",
                "labels_needed",
                "trains_on_site",
            ),
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
                "delivery_weeks_min",
                "delivery_weeks",
                "free_slots",
                "earliest_start",
                "service_regions",
                "on_site_support",
            ),
        ),
        Group(
            "wanted",
            "希望的客户",
            "Wanted customers",
            (
                "wanted_sizes",
                "wanted_industries",
                "min_budget",
                "excluded_industries",
                "excluded_organisation_ids",
                "excluded_reason",
            ),
        ),
        Group(
            "terms",
            "权利与期限",
            "Rights and validity",
            ("ip_terms", "trains_on_client_data", "valid_to"),
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
    scenario_ids = Ids(
        About(
            "对应场景",
            "Scenarios",
            "对应目录中的哪些场景。",
            "Which scenarios of the catalogue it serves.",
            "SC092",
        ),
        limits=(0, 20),
    )
    industries = Industries(
        About("行业", "Industry", "GB/T 4754 代码、名称或常用说法。", "Code or name.", "C31"),
        limits=(1, 10),
        required_for=SHOWN,
    )
    process_steps = Codes(
        About(
            "业务环节",
            "Process step",
            "用在哪些环节，最多五个。",
            "Where in the business it is used; at most five.",
            "quality",
        ),
        "process_step",
        limits=(1, 5),
        required_for=SHOWN,
    )
    ai_tasks = Codes(
        About(
            "AI 任务",
            "AI task",
            "它做的是哪类任务。",
            "Which kind of task it performs.",
            "visual_inspection",
        ),
        "ai_task",
        limits=(1, 6),
        required_for=SHOWN,
    )
    data_modalities = Codes(
        About("数据类型", "Data modality", "它处理哪些数据。", "Which data it works on.", "image"),
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
    evidence = Records(
        About(
            "证据",
            "Evidence",
            "案例、报告、评测、专利或客户证明；声明用编号指出依据。",
            "Cases, reports, benchmarks, patents, references; claims name them by id.",
        ),
        EvidenceSchema,
        id_prefix="E",
        limits=(0, 12),
    )
    case_ids = Ids(
        About(
            "证据案例",
            "Cases as evidence",
            "本单位在目录中的案例编号。",
            "Ids of your own cases in the catalogue.",
            "C004",
        ),
        limits=(0, 60),
    )
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
        About(
            "部署方式",
            "Deployment",
            "能以哪些方式交付。",
            "The ways in which it can be delivered.",
            "edge",
        ),
        "deployment",
        limits=(1, 4),
        required_for=FOR_PUBLISH,
    )
    domestic_stack = Code(
        About(
            "国产化支持",
            "Domestic stack support",
            "在国产芯片和系统上能否运行。",
            "Whether it runs on domestic chips and systems.",
            "full",
        ),
        "domestic_stack_support",
        required_for=FOR_PUBLISH,
    )
    certificates = Codes(
        About(
            "资质",
            "Certificates",
            "本单位现在持有的证书。",
            "What your organisation holds now.",
            "iso_9001",
        ),
        "certificate",
        limits=(0, 8),
    )
    certificate_details = Records(
        About(
            "证书编号与有效期",
            "Numbers and validity of certificates",
            "过期的证书不计入硬性条件。",
            "An expired one does not count for hard checks.",
        ),
        CertificateSchema,
        id_prefix="Q",
        limits=(0, 16),
    )
    verification = Code(About("核验级别", "Verification level"), "verification")
    source = Source(
        About("来源", "Source", "事实出处。", "Where the facts were published."),
        limits=(0, 500),
        required_for=(CATALOGUE,),
    )
    trust = Code(About("来源等级", "Grade of the source"), "trust")
    unverified = Flag(About("未经核实", "Unverified"))

    def with_aliases(self, given: dict[str, Any]) -> dict[str, Any]:
        """Take ``delivery_weeks_max`` for ``delivery_weeks``: the upper end has one place."""
        if "delivery_weeks_max" in given:
            upper = given.pop("delivery_weeks_max")
            given.setdefault("delivery_weeks", upper)
        return given

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse a price that is both stated and negotiable; publishing wants more."""
        found = super().problems_together(data)
        stated = self.amount(data, "price_min") or self.amount(data, "price_max")
        if data.get("price_negotiable") and stated:
            words = {"other_zh": "价格面议", "other_en": "Price negotiable"}
            found.append(("price_negotiable", problem("contradiction", stated, **words)))
        return found + (self._unfit_to_publish(data) if self.profile == PUBLISH else [])

    def _unfit_to_publish(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        found = self._unknown_evidence(data)
        is_above_declared = data.get("verification", "declared") != "declared"
        if is_above_declared and not (data.get("evidence") or data.get("case_ids")):
            found.append(("verification", problem("evidence_missing", data["verification"])))
        if self.today is not None:
            found += self.day_outside(data, "valid_to", self.today, a_year_after(self.today))
        return found

    def _unknown_evidence(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Return the claims that rest on evidence which this capability does not have."""
        own = {one.evidence_id for one in data.get("evidence", ())}
        words = {"kind_zh": EvidenceSchema.label_zh, "kind_en": EvidenceSchema.label_en}
        return [
            ("claims", problem("unknown_reference", evidence_id, **words))
            for claim in data.get("claims", ())
            for evidence_id in claim.evidence_ids
            if evidence_id not in own
        ]

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Any:
        """Build the record; a certificate given with its number is held like one that is ticked."""
        kinds = (one.kind for one in data.get("certificate_details", ()))
        held = tuple(dict.fromkeys((*data.get("certificates", ()), *filter(None, kinds))))
        return super().build({**data, "certificates": held}, **kwargs)


def a_year_after(day: date) -> date:
    """Return the same day of the next year; 28 February after a 29th.

    Examples
    --------
    >>> a_year_after(date(2028, 2, 29)), a_year_after(date(2026, 7, 1))
    (datetime.date(2029, 2, 28), datetime.date(2027, 7, 1))
    """
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
