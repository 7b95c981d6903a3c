"""The fields of a requirement (要求): one measurable line of a need."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.records import Requirement
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import ALWAYS, MATCH, About, Code, Id, Number, Text
from matcher.schemas.messages import problem

OPERATOR_SIGNS = {"≥": ">=", "≤": "<=", "==": "=", "＝": "=", "＞=": ">=", "＜=": "<="}


class RequirementSchema(RecordSchema):
    """One measurable line of a need."""

    record = Requirement
    record_kind = "requirement"
    label_zh, label_en = "要求", "Requirement"
    id_field = "requirement_id"
    text_field = "text"
    groups = (
        Group(
            "requirement",
            "要求",
            "Requirement",
            (
                "text",
                "level",
                "metric",
                "operator",
                "threshold",
                "unit",
                "current_value",
                "verification",
                "text_en",
            ),
        ),
    )

    requirement_id = Id(About("要求编号", "Requirement id", example="R1"))
    text = Text(
        About(
            "要求",
            "Requirement",
            "一行一个可以检验的要求。",
            "One requirement a line, so that it can be checked.",
            "裂纹检出率不低于 99%",
        ),
        limits=(2, 60),
        cap=1000,
        required_for=ALWAYS,
    )
    text_en = Text(About("要求（英文）", "Requirement in English"), limits=(0, 120), cap=1000)
    level = Code(
        About("级别", "Level", "最多五项必须。", "At most five may be must."), "requirement_level"
    )
    metric = Text(About("指标", "Metric", example="检出率"), limits=(0, 30), cap=200)
    operator = Code(About("比较", "Comparison", example=">="), "operator", synonyms=OPERATOR_SIGNS)
    threshold = Number(About("目标值", "Target", example="99"))
    unit = Text(About("单位", "Unit", example="%"), limits=(0, 20), cap=50)
    current_value = Number(About("现状值", "Today's value", example="92"))
    verification = Text(
        About("如何检验", "How it is verified", example="用 500 件留样盲测"), limits=(0, 100)
    )

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Want a comparison beside a target value."""
        found = super().problems_together(data)
        measured = data.get("threshold") is not None
        if self.profile != MATCH and measured and not data.get("operator"):
            found.append(("operator", problem("operator_missing")))
        return found
