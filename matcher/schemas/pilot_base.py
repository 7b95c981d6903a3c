"""The fields of a pilot base (中试基地): what it is, what it has, how it decides."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from marshmallow import post_load

from matcher.records import PilotBase
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.base_parts import (
    BaseBenchmarkSchema,
    BaseContactSchema,
    DataResourceSchema,
    EquipmentSchema,
    PriorityRuleSchema,
    SlotPeriodSchema,
)
from matcher.schemas.base_service import BaseServiceSchema
from matcher.schemas.fields import (
    ALWAYS,
    CATALOGUE,
    PUBLISH,
    About,
    Code,
    Day,
    Flag,
    Id,
    Region,
    Source,
    Text,
    Whole,
)
from matcher.schemas.lists import Codes, Industries, Records, Texts
from matcher.schemas.messages import problem

FOR_PUBLISH = (PUBLISH,)
NUMBERED = re.compile(r"S\d+")  # the id that a line gets which has none


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
            ("name", "domain", "direction", "industries", "note"),
        ),
        Group("who", "单位与地点", "Who and where", ("lead", "partners", "region", "city")),
        Group("services", "服务", "Services", ("services",)),
        Group(
            "resources",
            "数据与算力",
            "Data and computing",
            (
                "data_resources",
                "compute_chips",
                "compute_total",
                "compute_bookable_percent",
                "compute_scheduler",
            ),
        ),
        Group(
            "equipment",
            "设备与评测基准",
            "Equipment and benchmarks",
            ("equipment", "benchmarks", "compliance"),
        ),
        Group("slots", "名额", "Slots", ("slots",)),
        Group(
            "rules",
            "受理规则",
            "How applications are decided",
            ("priority_rules", "required_documents", "decision_days"),
        ),
        Group("contacts", "联系人", "Contacts", ("contacts",)),
        Group("state", "状态", "State", ("level", "status", "launched", "province")),
        Group("twin", "英文", "English", ("name_en", "direction_en", "lead_en", "note_en")),
    )

    pilot_base_id = Id(About("基地编号", "Base id", example="PB001"), required_for=(CATALOGUE,))
    name = Text(
        About(
            "基地名称",
            "Base name",
            "按批复或挂牌的全称。",
            "The full name as approved.",
            "国家人工智能应用中试基地（制造领域某方向）",
        ),
        limits=(4, 60),
        required_for=ALWAYS,
    )
    name_en = Text(
        About("基地名称（英文）", "Name in English"), limits=(0, 120), required_for=(CATALOGUE,)
    )
    domain = Code(
        About(
            "领域",
            "Field",
            "国家基地按“领域＋方向”命名。",
            "National bases are named by field and direction.",
            "manufacturing",
        ),
        "base_domain",
        required_for=ALWAYS,
    )
    direction = Text(
        About("方向", "Direction", "领域之内做什么。", "What within the field.", "汽车"),
        limits=(0, 40),
        required_for=FOR_PUBLISH,
    )
    direction_en = Text(About("方向（英文）", "Direction in English"), limits=(0, 80))
    industries = Industries(
        About(
            "覆盖行业",
            "Industries covered",
            "GB/T 4754 代码、名称或常用说法。",
            "Code, name or everyday word.",
            "C36",
        ),
        limits=(0, 20),
        required_for=FOR_PUBLISH,
    )
    lead = Text(
        About("牵头单位", "Lead", "谁对基地负责。", "Who answers for the base.", "某研究院"),
        limits=(0, 80),
        required_for=FOR_PUBLISH,
    )
    lead_en = Text(About("牵头单位（英文）", "Lead in English"), limits=(0, 160))
    partners = Texts(
        About("共建单位", "Partners", "用分号分开。", "Parted by semicolons.", "某大学; 某集团"),
        limits=(0, 40),
    )
    region = Region(
        About("所在地", "Region", "省或市。", "Province or city.", "440100"),
        required_for=FOR_PUBLISH,
    )
    city = Text(About("城市", "City", example="广州"), limits=(0, 30))
    province = Text(About("省份", "Province", example="广东"), limits=(0, 30))
    level = Code(About("级别", "Level"), "base_level", required_for=(CATALOGUE,))
    status = Code(About("状态", "Status"), "base_status", required_for=(CATALOGUE,))
    launched = Text(
        About(
            "启动时间",
            "Launched",
            "照公布的写：日期、年月或年份；还没有启动的写“筹备中”。",
            "As published: a date, a month or a year; 'planned' where it has not begun.",
            "2025-07-27",
        ),
        limits=(0, 20),
    )
    note = Text(
        About(
            "说明",
            "Note",
            "基地适合谁来、能做成什么。",
            "Whom the base suits and what it can achieve.",
        ),
        limits=(0, 300),
        multiline=True,
    )
    note_en = Text(About("说明（英文）", "Note in English"), limits=(0, 600), multiline=True)
    source = Source(
        About("来源", "Source", "事实出处。", "Where the facts were published."),
        limits=(0, 500),
        required_for=(CATALOGUE,),
    )
    unverified = Flag(About("未经核实", "Unverified"))
    services = Records(
        About(
            "服务项",
            "Services",
            "每项服务单独一条，写清验证什么、要多久、多少钱。",
            "One entry a service: what is tested, how long, at what price.",
        ),
        BaseServiceSchema,
        id_prefix="S",
        limits=(0, 40),
        required_for=FOR_PUBLISH,
    )
    data_resources = Records(
        About(
            "数据资源",
            "Data resources",
            "基地可以提供的数据，以及怎样使用。",
            "The data that the base can offer, and how they may be used.",
        ),
        DataResourceSchema,
        id_prefix="D",
        limits=(0, 40),
    )
    compute_chips = Texts(
        About(
            "算力芯片",
            "Chips",
            "写型号，用分号分开。",
            "Name the models, parted by semicolons.",
            "昇腾 910B",
        ),
        limits=(0, 20),
    )
    compute_total = Text(
        About("算力总量", "Computing in total", "带单位。", "With its unit.", "200 PFLOPS（FP16）"),
        limits=(0, 60),
    )
    compute_bookable_percent = Whole(
        About(
            "可预约比例",
            "Share that can be booked",
            "外单位能预约的部分。",
            "The part that others can book.",
            "40",
            "%",
        ),
        limits=(0, 100),
    )
    compute_scheduler = Code(
        About(
            "有调度系统",
            "Has a scheduler",
            "能否排队提交任务。",
            "Whether jobs can be queued.",
            "yes",
        ),
        "yes_no",
    )
    equipment = Records(
        About(
            "设备、产线与仿真",
            "Equipment, lines and simulators",
            "能给外单位用的设备。",
            "What others can use.",
        ),
        EquipmentSchema,
        id_prefix="M",
        limits=(0, 60),
    )
    benchmarks = Records(
        About(
            "评测基准",
            "Benchmarks",
            "基地用来评测的数据集和方法。",
            "The data sets and methods of its evaluations.",
        ),
        BaseBenchmarkSchema,
        id_prefix="B",
        limits=(0, 30),
    )
    slots = Records(
        About(
            "名额安排",
            "Slot calendar",
            "一行一期；剩余名额由系统算出。",
            "One period a line; the free ones are worked out.",
        ),
        SlotPeriodSchema,
        id_prefix="T",
        limits=(0, 60),
        required_for=FOR_PUBLISH,
    )
    slots_stated_at = Day(
        About(
            "名额更新于",
            "Slots stated on",
            "提交或确认名额时自动记下。",
            "Noted when the places are sent or confirmed.",
            "2026-11-01",
        )
    )
    priority_rules = Records(
        About(
            "优先规则",
            "Priority rules",
            "名额不够时谁先谁后；发布后所有人都看得到。",
            "Who comes first when places are short; published to everybody.",
        ),
        PriorityRuleSchema,
        id_prefix="P",
        limits=(0, 12),
        required_for=FOR_PUBLISH,
    )
    required_documents = Texts(
        About(
            "申请材料",
            "Required documents",
            "用分号分开。",
            "Parted by semicolons.",
            "营业执照; 技术方案; 数据说明",
        ),
        limits=(0, 20),
        required_for=FOR_PUBLISH,
    )
    decision_days = Whole(
        About(
            "审核天数",
            "Decision time",
            "收到申请后几天内答复。",
            "Days from application to answer.",
            "15",
            "天",
        ),
        limits=(1, 365),
        required_for=FOR_PUBLISH,
    )
    compliance = Codes(
        About(
            "合规能力",
            "Compliance",
            "已经取得的资质。",
            "What has been obtained.",
            "cnas",
        ),
        "base_compliance",
        limits=(0, 5),
    )
    contacts = Records(
        About(
            "联系人",
            "Contacts",
            "按角色填写，不公开。",
            "By role; not published.",
            visibility="private",
        ),
        BaseContactSchema,
        id_prefix="L",
        limits=(0, 6),
        required_for=FOR_PUBLISH,
    )

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse a service that names another base, and slots of a service that is not there."""
        found = super().problems_together(data)
        own = data.get("pilot_base_id", "")
        services = data.get("services", ())
        for service in services:
            if service.pilot_base_id not in ("", own):
                words = {"kind_zh": "本基地", "kind_en": "this base"}
                wrong = problem("unknown_reference", service.pilot_base_id, **words)
                found.append(("services", wrong))
        known = {"", *(service.service_id for service in services)}
        known |= {f"{own}-{service_id}" for service_id in known} if own else set()
        if self.profile == PUBLISH:
            words = {"kind_zh": "基地服务", "kind_en": "base service"}
            found += [
                ("slots", problem("unknown_reference", slot.service_id, **words))
                for slot in data.get("slots", ())
                if slot.service_id not in known
            ]
        return found

    @post_load
    def build(self, data: dict[str, Any], **kwargs: Any) -> Any:
        """Build the record; its services say whose they are, and have ids of their own."""
        own = data.get("pilot_base_id", "")
        if not own:
            return super().build(data, **kwargs)
        names = {
            one.service_id: f"{own}-{one.service_id}"
            for one in data.get("services", ())
            if NUMBERED.fullmatch(one.service_id)
        }
        changed = {
            "services": tuple(
                replace(
                    one,
                    pilot_base_id=own,
                    service_id=names.get(one.service_id, one.service_id),
                )
                for one in data.get("services", ())
            ),
            "slots": tuple(
                replace(one, service_id=names.get(one.service_id, one.service_id))
                for one in data.get("slots", ())
            ),
        }
        return super().build({**data, **changed}, **kwargs)
