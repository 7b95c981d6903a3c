"""The fields of a case (案例): a real past deployment, as it was published."""

from __future__ import annotations

from matcher.records import Case
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import (
    ALWAYS,
    CATALOGUE,
    FIRST_YEAR,
    LAST_YEAR,
    About,
    Code,
    Flag,
    Id,
    Industry,
    Region,
    Source,
    Text,
    Whole,
)


class CaseSchema(RecordSchema):
    """A real past deployment: evidence that a provider met a need."""

    record = Case
    record_kind = "case"
    label_zh, label_en = "案例", "Case"
    id_field = "case_id"
    groups = (
        Group("what", "案例", "Case", ("what", "what_en", "effect", "effect_en")),
        Group("need", "当时的需求", "The need at the time", ("need", "need_en")),
        Group(
            "who",
            "谁、在哪里",
            "Who and where",
            ("user_enterprise", "user_enterprise_en", "industry", "city", "region", "year"),
        ),
        Group("links", "关联", "Links", ("provider_id", "scenario_id", "relation")),
        Group("trust", "可信度", "Trust", ("quantified", "source", "trust")),
    )

    case_id = Id(About("案例编号", "Case id", example="C001"), required_for=(CATALOGUE,))
    what = Text(
        About("做了什么", "What was done"), limits=(4, 300), multiline=True, required_for=ALWAYS
    )
    what_en = Text(
        About("做了什么（英文）", "What was done, in English"),
        limits=(0, 600),
        multiline=True,
        required_for=(CATALOGUE,),
    )
    effect = Text(
        About(
            "公布的效果",
            "Published effect",
            "由发布者声明，未经审计。",
            "As claimed by the publisher, not audited.",
        ),
        limits=(0, 300),
        multiline=True,
    )
    effect_en = Text(
        About("公布的效果（英文）", "Published effect, in English"),
        limits=(0, 600),
        multiline=True,
    )
    need = Text(
        About(
            "当时的需求",
            "The need at the time",
            "企业在认识供给方之前会怎样说。",
            "As the enterprise would have said it before it knew any provider.",
        ),
        limits=(0, 400),
        multiline=True,
    )
    need_en = Text(
        About("当时的需求（英文）", "The need, in English"), limits=(0, 800), multiline=True
    )
    user_enterprise = Text(About("使用单位", "User enterprise"), limits=(0, 80))
    user_enterprise_en = Text(About("使用单位（英文）", "User in English"), limits=(0, 160))
    scenario_id = Id(About("场景编号", "Scenario id", example="SC089"))
    provider_id = Id(About("供给方编号", "Provider id", example="V001"))
    industry = Industry(About("行业", "Industry", example="C31"), required_for=(CATALOGUE,))
    city = Text(About("城市", "City", example="上海"), limits=(0, 30))
    region = Region(About("行政区划代码", "Region code", example="310000"))
    year = Whole(About("年份", "Year", example="2024"), limits=(FIRST_YEAR, LAST_YEAR))
    relation = Code(About("双方关系", "Relation of the parties"), "relation")
    quantified = Flag(About("有量化效果", "Effect is a figure"))
    weak = Flag(
        About("弱证据", "Weak evidence", "不作为双方匹配的证据。", "Not counted as a match.")
    )
    source = Source(
        About("来源", "Source", "事实出处。", "Where the facts were published."),
        limits=(0, 500),
        required_for=(CATALOGUE,),
    )
    trust = Code(About("来源等级", "Grade of the source"), "trust", required_for=(CATALOGUE,))
    unverified = Flag(About("未经核实", "Unverified"))
