"""The fields of a scenario (场景): a kind of problem, with its usual data and techniques."""

from __future__ import annotations

from matcher.records import Scenario
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import ALWAYS, CATALOGUE, About, Flag, Id, Source, Text
from matcher.schemas.lists import Codes, Industries, Texts


class ScenarioSchema(RecordSchema):
    """A catalogue entry: the kind of problem."""

    record = Scenario
    record_kind = "scenario"
    label_zh, label_en = "场景", "Scenario"
    id_field = "scenario_id"
    groups = (
        Group("what", "场景", "Scenario", ("name", "name_en", "pain_point", "pain_point_en")),
        Group(
            "place",
            "行业与环节",
            "Industry and step",
            (
                "industries",
                "industry_label",
                "industry_label_en",
                "sector",
                "process_steps",
                "ai_tasks",
                "data_modalities",
            ),
        ),
        Group(
            "how",
            "技术、数据与指标",
            "Techniques, data and measures",
            (
                "techniques",
                "techniques_en",
                "typical_data",
                "typical_data_en",
                "measures",
                "measures_en",
            ),
        ),
        Group("trust", "来源", "Source", ("source", "origin")),
    )

    scenario_id = Id(About("场景编号", "Scenario id", example="SC001"), required_for=(CATALOGUE,))
    name = Text(About("场景名称", "Scenario name"), limits=(2, 60), required_for=ALWAYS)
    name_en = Text(
        About("场景名称（英文）", "Name in English"), limits=(0, 120), required_for=(CATALOGUE,)
    )
    pain_point = Text(
        About("痛点", "Pain point"), limits=(4, 300), multiline=True, required_for=(CATALOGUE,)
    )
    pain_point_en = Text(
        About("痛点（英文）", "Pain point in English"),
        limits=(0, 600),
        multiline=True,
        required_for=(CATALOGUE,),
    )
    industry_label = Text(About("行业说法", "Industry in words"), limits=(0, 40))
    industry_label_en = Text(About("行业说法（英文）", "Industry in English"), limits=(0, 80))
    industries = Industries(
        About("行业", "Industry", example="C31"), limits=(1, 10), required_for=(CATALOGUE,)
    )
    sector = Text(About("行动方向", "Field of the action plan", example="产业发展"), limits=(0, 40))
    process_steps = Codes(
        About("业务环节", "Process step"),
        "process_step",
        limits=(1, 6),
        required_for=(CATALOGUE,),
    )
    ai_tasks = Codes(
        About("AI 任务", "AI task"), "ai_task", limits=(1, 6), required_for=(CATALOGUE,)
    )
    data_modalities = Codes(
        About("数据类型", "Data modality"),
        "data_modality",
        limits=(1, 8),
        required_for=(CATALOGUE,),
    )
    techniques = Texts(About("技术", "Techniques"), limits=(0, 12))
    techniques_en = Texts(About("技术（英文）", "Techniques in English"), limits=(0, 12))
    typical_data = Texts(About("常用数据", "Typical data"), limits=(0, 12))
    typical_data_en = Texts(About("常用数据（英文）", "Typical data in English"), limits=(0, 12))
    measures = Texts(About("衡量指标", "Measures"), limits=(0, 12))
    measures_en = Texts(About("衡量指标（英文）", "Measures in English"), limits=(0, 12))
    source = Source(
        About("来源", "Source", "事实出处。", "Where the facts were published."),
        limits=(0, 500),
        required_for=(CATALOGUE,),
    )
    origin = Text(
        About("由来", "Origin", "取自哪份清单。", "Which list it came from."), limits=(0, 80)
    )
    unverified = Flag(About("未经核实", "Unverified"))
