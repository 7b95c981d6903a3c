"""The fields of a claim (性能声明): one statement of a capability, with its evidence."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.records import Claim
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import ALWAYS, About, Code, Id, Number, Text
from matcher.schemas.lists import Ids
from matcher.schemas.messages import problem
from matcher.schemas.requirement import OPERATOR_SIGNS


class ClaimSchema(RecordSchema):
    """One statement that a capability makes about itself."""

    record = Claim
    record_kind = "claim"
    label_zh, label_en = "性能声明", "Claim"
    id_field = "claim_id"
    text_field = "text"
    groups = (
        Group(
            "claim",
            "性能声明",
            "Claim",
            (
                "text",
                "metric",
                "operator",
                "value",
                "unit",
                "conditions",
                "evidence_ids",
                "case_ids",
                "text_en",
            ),
        ),
    )

    claim_id = Id(About("声明编号", "Claim id", example="CAP-V001-1.1"))
    text = Text(
        About(
            "声明",
            "Claim",
            "一句话，带数字和条件。",
            "One sentence with a figure and its conditions.",
            "带钢表面重点缺陷识别准确率 96%",
        ),
        limits=(2, 120),
        required_for=ALWAYS,
    )
    text_en = Text(About("声明（英文）", "Claim in English"), limits=(0, 240))
    metric = Text(About("指标", "Metric", example="识别准确率"), limits=(0, 30))
    operator = Code(About("比较", "Comparison", example=">="), "operator", synonyms=OPERATOR_SIGNS)
    value = Number(About("数值", "Value", example="96"))
    unit = Text(About("单位", "Unit", example="%"), limits=(0, 20))
    conditions = Text(
        About(
            "条件",
            "Conditions",
            "在哪里、由谁公布或测得。",
            "Where, and who published or measured it.",
            "某钢厂热轧线，企业公布",
        ),
        limits=(0, 120),
    )
    case_ids = Ids(
        About("依据的案例", "Cases it rests on", "案例编号。", "Ids of cases.", "C004"),
        limits=(0, 20),
    )
    evidence_ids = Ids(
        About(
            "依据的证据",
            "Evidence it rests on",
            "本能力的证据编号，如 E1。",
            "Ids of the evidence of this capability, such as E1.",
            "E1",
        ),
        limits=(0, 12),
    )

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Want a comparison beside a value."""
        found = super().problems_together(data)
        if data.get("value") is not None and not data.get("operator"):
            found.append(("operator", problem("operator_missing")))
        return found
