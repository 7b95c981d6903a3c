"""The fields of what a pilot base has besides services: data, machines, slots, rules, people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher.records import (
    BaseBenchmark,
    BaseContact,
    DataResource,
    Equipment,
    PriorityRule,
    SlotPeriod,
)
from matcher.schemas.base import Group, RecordSchema
from matcher.schemas.fields import ALWAYS, PUBLISH, About, Code, Day, Id, Text, Whole
from matcher.schemas.identifiers import Email, Phone
from matcher.schemas.lists import Codes, Texts
from matcher.schemas.messages import problem

FOR_PUBLISH = (PUBLISH,)
MOST_SLOTS = 10_000


class DataResourceSchema(RecordSchema):
    """A data set of a pilot base, and how it may be used."""

    record = DataResource
    record_kind = "data_resource"
    label_zh, label_en = "数据资源", "Data resource"
    id_field = "resource_id"
    text_field = "name"
    groups = (
        Group(
            "data_resource",
            "数据资源",
            "Data resource",
            ("name", "modalities", "size", "labels", "access", "owner", "licence", "name_en"),
        ),
    )

    resource_id = Id(About("数据资源编号", "Resource id", example="D1"))
    name = Text(
        About(
            "数据名称",
            "Name of the data",
            "一行一个数据集。",
            "One data set a line.",
            "带钢表面缺陷图像集",
        ),
        limits=(2, 60),
        required_for=ALWAYS,
    )
    name_en = Text(About("数据名称（英文）", "Name in English"), limits=(0, 120))
    modalities = Codes(
        About("数据类型", "Data modality", "可以多选。", "As many as apply.", "image"),
        "data_modality",
        limits=(0, 8),
        required_for=FOR_PUBLISH,
    )
    size = Text(
        About("规模", "Size", "条数或容量。", "Number of items or volume.", "12 万张，约 300 GB"),
        limits=(0, 60),
        required_for=FOR_PUBLISH,
    )
    labels = Text(
        About(
            "标注情况",
            "Labels",
            "标了什么、标了多少。",
            "What is labelled, and how much of it.",
            "六类缺陷，全部标注",
        ),
        limits=(0, 100),
    )
    access = Code(
        About(
            "使用方式",
            "How it may be used",
            "开放下载、可信空间内使用，或只能到现场。",
            "Open, inside a trusted data space, or only on site.",
            "trusted_space",
        ),
        "data_access",
        required_for=FOR_PUBLISH,
    )
    owner = Text(
        About("数据持有者", "Owner", "谁有权同意使用。", "Who can agree to its use.", "某钢铁集团"),
        limits=(0, 60),
    )
    licence = Text(
        About(
            "许可",
            "Licence",
            "可以做什么、不可以做什么。",
            "What may and may not be done with it.",
            "仅限基地内测试",
        ),
        limits=(0, 100),
    )


class EquipmentSchema(RecordSchema):
    """A machine, a line or a simulator of a pilot base."""

    record = Equipment
    record_kind = "equipment"
    label_zh, label_en = "设备、产线与仿真", "Equipment, lines and simulators"
    id_field = "equipment_id"
    text_field = "name"
    groups = (
        Group(
            "equipment",
            "设备、产线与仿真",
            "Equipment, lines and simulators",
            ("name", "kind", "parameters", "hours_free_week", "name_en"),
        ),
    )

    equipment_id = Id(About("设备编号", "Equipment id", example="M1"))
    name = Text(
        About("名称", "Name", "一行一台或一条。", "One machine or line a line.", "热轧示范线"),
        limits=(2, 60),
        required_for=ALWAYS,
    )
    name_en = Text(About("名称（英文）", "Name in English"), limits=(0, 120))
    kind = Code(
        About("类别", "Kind", "设备、产线或仿真。", "Machine, line or simulator.", "line"),
        "equipment_kind",
        required_for=FOR_PUBLISH,
    )
    parameters = Text(
        About(
            "参数",
            "Parameters",
            "申请单位判断是否合用所需的参数。",
            "What an applicant needs to know to see whether it fits.",
            "板宽 800–1600 mm，速度 15 m/s",
        ),
        limits=(0, 200),
        multiline=True,
    )
    hours_free_week = Whole(
        About(
            "每周可用小时",
            "Hours free a week",
            "平均每周能给外单位用几小时。",
            "Hours a week that others can use, on average.",
            "20",
            "小时",
        ),
        limits=(0, 168),
    )


class BaseBenchmarkSchema(RecordSchema):
    """A benchmark on which a pilot base evaluates."""

    record = BaseBenchmark
    record_kind = "base_benchmark"
    label_zh, label_en = "评测基准", "Benchmark"
    id_field = "benchmark_id"
    text_field = "name"
    groups = (
        Group("benchmark", "评测基准", "Benchmark", ("name", "version", "metrics", "name_en")),
    )

    benchmark_id = Id(About("评测基准编号", "Benchmark id", example="B1"))
    name = Text(
        About(
            "基准名称",
            "Name of the benchmark",
            "一行一个基准。",
            "One benchmark a line.",
            "带钢缺陷识别基准",
        ),
        limits=(2, 60),
        required_for=ALWAYS,
    )
    name_en = Text(About("基准名称（英文）", "Name in English"), limits=(0, 120))
    version = Text(
        About("版本", "Version", "评测用的版本。", "The version in use.", "2.1"), limits=(0, 20)
    )
    metrics = Texts(
        About(
            "指标",
            "Metrics",
            "用分号分开。",
            "Parted by semicolons.",
            "检出率; 误报率",
        ),
        limits=(0, 20),
    )


class SlotPeriodSchema(RecordSchema):
    """How many projects a pilot base takes in one period."""

    record = SlotPeriod
    record_kind = "slot_period"
    label_zh, label_en = "名额", "Slots"
    id_field = "slot_id"
    ranges = (("start", "end"),)
    groups = (
        Group("slot", "名额", "Slots", ("start", "end", "total", "taken", "held", "service_id")),
    )

    slot_id = Id(About("名额编号", "Slot id", example="T1"))
    start = Day(
        About("起", "From", "这一期的第一天。", "First day of the period.", "2026-10-01"),
        required_for=FOR_PUBLISH,
    )
    end = Day(
        About("止", "To", "这一期的最后一天。", "Last day of the period.", "2026-12-31"),
        required_for=FOR_PUBLISH,
    )
    total = Whole(
        About("总名额", "Places", "这一期共接几个项目。", "Projects taken in all.", "6", "个"),
        limits=(0, MOST_SLOTS),
        required_for=FOR_PUBLISH,
    )
    taken = Whole(
        About("已用", "Taken", "已经接下的项目。", "Projects already taken.", "2", "个"),
        limits=(0, MOST_SLOTS),
    )
    held = Whole(
        About(
            "预留", "Held", "留给在审申请的名额。", "Kept for applications under way.", "1", "个"
        ),
        limits=(0, MOST_SLOTS),
    )
    service_id = Id(
        About(
            "哪项服务",
            "Of which service",
            "不选即全部服务合用。",
            "Leave it open where all services share them.",
            "S1",
        )
    )

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse more places taken and held than there are."""
        found = super().problems_together(data)
        total, used = data.get("total"), data.get("taken", 0) + data.get("held", 0)
        if total is not None and used > total:
            found.append(("taken", problem("slots_over_total", used, total=total)))
        return found


class PriorityRuleSchema(RecordSchema):
    """One line of the published order in which applicants are served."""

    record = PriorityRule
    record_kind = "priority_rule"
    label_zh, label_en = "优先规则", "Priority rule"
    id_field = "rule_id"
    text_field = "text"
    groups = (Group("rule", "优先规则", "Priority rule", ("text", "kind", "text_en")),)

    rule_id = Id(About("规则编号", "Rule id", example="P1"))
    text = Text(
        About(
            "规则",
            "Rule",
            "一行一条，排在前面的先算；公开给所有人看。",
            "One a line, the first counts most; everybody sees it.",
            "本省中小企业优先",
        ),
        limits=(4, 100),
        required_for=ALWAYS,
    )
    text_en = Text(About("规则（英文）", "Rule in English"), limits=(0, 200))
    kind = Code(
        About("依据", "Based on", "规则看什么。", "What the rule looks at.", "size"),
        "priority_kind",
    )


class BaseContactSchema(RecordSchema):
    """Whom to ask at a pilot base, by role."""

    record = BaseContact
    record_kind = "base_contact"
    label_zh, label_en = "联系人", "Contact"
    id_field = "contact_id"
    groups = (Group("contact", "联系人", "Contact", ("role", "name", "email", "phone")),)

    contact_id = Id(About("联系人编号", "Contact id", example="L1"))
    role = Code(
        About("角色", "Role", "一行一人。", "One person a line.", "coordinator"),
        "contact_role",
        required_for=FOR_PUBLISH,
    )
    name = Text(
        About(
            "姓名",
            "Name",
            "受理申请后才给对方看。",
            "Shown only once an application is accepted.",
            visibility="private",
        ),
        limits=(0, 40),
        required_for=FOR_PUBLISH,
    )
    email = Email(
        About(
            "邮箱",
            "E-mail",
            "工作邮箱。",
            "At work.",
            "name@example.org",
            visibility="private",
        ),
        required_for=FOR_PUBLISH,
    )
    phone = Phone(About("电话", "Telephone", "工作电话。", "At work.", visibility="private"))
