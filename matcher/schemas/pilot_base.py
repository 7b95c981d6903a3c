"""The fields of a pilot base (中试基地) and of the services it offers (基地服务)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.records import BaseService, PilotBase
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import (
    ALWAYS,
    CATALOGUE,
    LARGEST_AMOUNT,
    About,
    Code,
    Flag,
    FormMoney,
    Id,
    Level,
    Region,
    Source,
    Text,
    Whole,
)
from matcher.schemas.lists import Codes, Industries, Records, Texts
from matcher.schemas.messages import problem

YUAN = (0, LARGEST_AMOUNT)


class BaseServiceSchema(RecordSchema):
    """One service that a pilot base offers."""

    record = BaseService
    record_kind = "base_service"
    label_zh, label_en = "基地服务", "Base service"
    id_field = "service_id"
    money = ("price_min", "price_max")
    ranges = (("price_min", "price_max"), ("maturity_from", "maturity_to"))
    groups = (
        Group(
            "service",
            "服务",
            "Service",
            ("name", "name_en", "description", "description_en", "kind", "validation_types"),
        ),
        Group(
            "terms",
            "条件",
            "Terms",
            (
                "ai_tasks",
                "data_modalities",
                "maturity_from",
                "maturity_to",
                "free_slots",
                "price_min",
                "price_max",
                "decision_days",
            ),
        ),
    )

    service_id = Id(About("服务编号", "Service id", example="PB001-S1"))
    pilot_base_id = Id(About("基地编号", "Base id", example="PB001"))
    name = Text(About("服务名称", "Service name"), limits=(2, 40), required_for=ALWAYS)
    name_en = Text(About("服务名称（英文）", "Name in English"), limits=(0, 80))
    description = Text(About("说明", "Description"), limits=(0, 300), multiline=True)
    description_en = Text(
        About("说明（英文）", "Description in English"), limits=(0, 600), multiline=True
    )
    kind = Code(About("服务类别", "Kind of service"), "base_service", required_for=ALWAYS)
    validation_types = Codes(
        About("验证类别", "Kinds of validation"), "validation_type", limits=(0, 7)
    )
    ai_tasks = Codes(About("AI 任务", "AI task"), "ai_task", limits=(0, 14))
    data_modalities = Codes(About("数据类型", "Data modality"), "data_modality", limits=(0, 8))
    maturity_from = Level(About("成熟度从", "Maturity from", example="4"), "maturity")
    maturity_to = Level(About("成熟度到", "Maturity to", example="8"), "maturity")
    free_slots = Whole(About("剩余名额", "Free slots", unit="个"), limits=(0, 1000))
    price_min = FormMoney(About("价格下限", "Price from", unit="万元"))
    price_max = FormMoney(About("价格上限", "Price to", unit="万元"))
    price_min_cny = Whole(About("价格下限（元）", "Price from in yuan", unit="元"), limits=YUAN)
    price_max_cny = Whole(About("价格上限（元）", "Price to in yuan", unit="元"), limits=YUAN)
    decision_days = Whole(About("审核天数", "Decision time", unit="天"), limits=(1, 365))


class PilotBaseSchema(RecordSchema):
    """A national AI application pilot base, or one that is planned or related."""

    record = PilotBase
    record_kind = "pilot_base"
    label_zh, label_en = "中试基地", "Pilot base"
    id_field = "pilot_base_id"
    groups = (
        Group(
            "what",
            "基地",
            "Base",
            ("name", "name_en", "domain", "direction", "direction_en", "industries"),
        ),
        Group(
            "who",
            "单位与地点",
            "Who and where",
            ("lead", "lead_en", "partners", "region", "city", "province"),
        ),
        Group("state", "状态", "State", ("level", "status", "launched", "note", "note_en")),
        Group("services", "服务", "Services", ("services",)),
    )

    pilot_base_id = Id(About("基地编号", "Base id", example="PB001"), required_for=(CATALOGUE,))
    name = Text(About("基地名称", "Base name"), limits=(4, 60), required_for=ALWAYS)
    name_en = Text(
        About("基地名称（英文）", "Name in English"), limits=(0, 120), required_for=(CATALOGUE,)
    )
    domain = Code(
        About("领域", "Field", example="manufacturing"), "base_domain", required_for=ALWAYS
    )
    direction = Text(About("方向", "Direction", example="汽车"), limits=(0, 40))
    direction_en = Text(About("方向（英文）", "Direction in English"), limits=(0, 80))
    industries = Industries(About("覆盖行业", "Industries covered", example="C36"), limits=(0, 20))
    lead = Text(About("牵头单位", "Lead"), limits=(0, 80))
    lead_en = Text(About("牵头单位（英文）", "Lead in English"), limits=(0, 160))
    partners = Texts(About("共建单位", "Partners"), limits=(0, 40))
    region = Region(About("所在地", "Region", example="440100"))
    city = Text(About("城市", "City", example="广州"), limits=(0, 30))
    province = Text(About("省份", "Province", example="广东"), limits=(0, 30))
    level = Code(About("级别", "Level"), "base_level", required_for=(CATALOGUE,))
    status = Code(About("状态", "Status"), "base_status", required_for=(CATALOGUE,))
    launched = Text(
        About(
            "启动时间",
            "Launched",
            "照公布的写：日期、年月、年份或 planned。",
            "As published: a date, a month, a year or 'planned'.",
            "2025-07-27",
        ),
        limits=(0, 20),
    )
    note = Text(About("说明", "Note"), limits=(0, 300), multiline=True)
    note_en = Text(About("说明（英文）", "Note in English"), limits=(0, 600), multiline=True)
    source = Source(
        About("来源", "Source", "事实出处。", "Where the facts were published."),
        limits=(0, 500),
        required_for=(CATALOGUE,),
    )
    unverified = Flag(About("未经核实", "Unverified"))
    services = Records(
        About("服务项", "Services"), BaseServiceSchema, id_prefix="S", limits=(0, 40)
    )

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse a service that names another base."""
        found = super().problems_together(data)
        own = data.get("pilot_base_id", "")
        for service in data.get("services", ()):
            if service.pilot_base_id != own:
                found.append(
                    (
                        "services",
                        problem(
                            "unknown_reference",
                            service.pilot_base_id,
                            kind_zh="本基地",
                            kind_en="this base",
                        ),
                    )
                )
        return found
