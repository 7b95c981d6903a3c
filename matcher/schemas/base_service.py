"""The fields of a service that a pilot base offers (基地服务)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from matcher.records import BaseService
from matcher.schemas.base import Group, RecordSchema, stands_alone
from matcher.schemas.fields import (
    ALWAYS,
    LARGEST_AMOUNT,
    PUBLISH,
    About,
    Code,
    Flag,
    FormMoney,
    Id,
    Level,
    Text,
    Whole,
)
from matcher.schemas.lists import Codes
from matcher.schemas.messages import problem

FOR_PUBLISH = (PUBLISH,)
YUAN = (0, LARGEST_AMOUNT)


def discount(size_zh: str, size_en: str) -> Whole:
    """Return the field of a discount for one size of organisation."""
    return Whole(
        About(
            f"{size_zh}优惠",
            f"Discount for {size_en} organisations",
            "比公布价格低百分之几；100 即免费。",
            "How many per cent below the published price; 100 is free.",
            "30",
            "%",
        ),
        limits=(0, 100),
    )


class BaseServiceSchema(RecordSchema):
    """One service that a pilot base offers."""

    record = BaseService
    record_kind = "base_service"
    label_zh, label_en = "基地服务", "Base service"
    id_field = "service_id"
    text_field = "name"
    money = ("price_min", "price_max")
    ranges = (
        ("price_min", "price_max"),
        ("maturity_from", "maturity_to"),
        ("days_min", "days_max"),
    )
    any_of: ClassVar[Mapping[str, tuple[str, ...]]] = {
        PUBLISH: ("price_max", "price_min", "price_negotiable")
    }
    groups = (
        Group(
            "service",
            "服务",
            "Service",
            ("name", "kind", "description", "validation_types", "mode", "outputs"),
        ),
        Group(
            "fit",
            "适用对象",
            "Who and what it fits",
            (
                "ai_tasks",
                "data_modalities",
                "maturity_from",
                "maturity_to",
                "applicants",
                "applicants_note",
            ),
        ),
        Group(
            "terms",
            "条件",
            "Terms",
            (
                "days_min",
                "days_max",
                "decision_days",
                "price_min",
                "price_max",
                "price_negotiable",
                "discount_large",
                "discount_medium",
                "discount_small",
                "discount_micro",
            ),
        ),
        Group("twin", "英文", "English", ("name_en", "description_en")),
    )

    service_id = Id(About("服务编号", "Service id", example="PB001-S1"))
    pilot_base_id = Id(About("基地编号", "Base id", example="PB001"))
    name = Text(
        About(
            "服务名称",
            "Service name",
            "一行一项服务，说清验证什么。",
            "One service a line; say what is tested.",
            "表面检测产线验证",
        ),
        limits=(2, 40),
        required_for=ALWAYS,
    )
    name_en = Text(About("服务名称（英文）", "Name in English"), limits=(0, 80))
    description = Text(
        About(
            "说明",
            "Description",
            "用什么条件、怎么验证、能得到什么；不要套用同一句话。",
            "With what, how it is tested and what one gets; not the same sentence for each.",
            "在示范产线上连续运行 14 天，与人工抽检对照，给出漏检率和误报率的测试报告。",
        ),
        limits=(0, 300),
        multiline=True,
        required_for=FOR_PUBLISH,
    )
    description_en = Text(
        About("说明（英文）", "Description in English"), limits=(0, 600), multiline=True
    )
    kind = Code(
        About(
            "服务类别",
            "Kind of service",
            "按主要内容选一个。",
            "The one that says most.",
            "verification",
        ),
        "base_service",
        required_for=ALWAYS,
    )
    validation_types = Codes(
        About(
            "验证类别",
            "Kinds of validation",
            "与需求里的“需要哪类验证”对应。",
            "Compared with the kinds that a need asks for.",
            "production",
        ),
        "validation_type",
        limits=(0, 7),
        required_for=FOR_PUBLISH,
    )
    ai_tasks = Codes(
        About(
            "AI 任务",
            "AI task",
            "能验证哪些任务；不填即不限。",
            "Which tasks can be tested; empty means any.",
            "visual_inspection",
        ),
        "ai_task",
        limits=(0, 14),
    )
    data_modalities = Codes(
        About(
            "数据类型",
            "Data modality",
            "能处理哪些数据；不填即不限。",
            "Which data can be handled; empty means any.",
            "image",
        ),
        "data_modality",
        limits=(0, 8),
    )
    maturity_from = Level(
        About("成熟度从", "Maturity from", "低于它的不接。", "Nothing below it is taken.", "4"),
        "maturity",
        required_for=FOR_PUBLISH,
    )
    maturity_to = Level(
        About("成熟度到", "Maturity to", "高于它的不必来。", "Nothing above it needs this.", "8"),
        "maturity",
        required_for=FOR_PUBLISH,
    )
    free_slots = Whole(
        About(
            "剩余名额",
            "Free slots",
            "只在基地没有名额安排时有效；有名额安排时由系统算出。",
            "Counts only where the base has no slot calendar, from which it is else worked out.",
            "3",
            "个",
        ),
        limits=(0, 1000),
    )
    price_min = FormMoney(
        About("价格下限", "Price from", "免费就填 0。", "0 where it is free.", "2", "万元")
    )
    price_max = FormMoney(
        About("价格上限", "Price to", "通常项目的最高价。", "Highest usual price.", "6", "万元")
    )
    price_min_cny = Whole(About("价格下限（元）", "Price from in yuan", unit="元"), limits=YUAN)
    price_max_cny = Whole(About("价格上限（元）", "Price to in yuan", unit="元"), limits=YUAN)
    price_negotiable = Flag(
        About(
            "价格面议",
            "Price negotiable",
            "不公布价格就勾选。",
            "Tick it where no price is published.",
        )
    )
    discount_large = discount("大型单位", "large")
    discount_medium = discount("中型单位", "medium")
    discount_small = discount("小型单位", "small")
    discount_micro = discount("微型单位", "micro")
    decision_days = Whole(
        About(
            "审核天数",
            "Decision time",
            "收到申请后几天内答复；不填按基地的。",
            "Days from application to answer; empty means as for the base.",
            "10",
            "天",
        ),
        limits=(1, 365),
    )
    mode = Code(
        About("服务方式", "Mode", "现场、远程或两者。", "On site, remote or both.", "on_site"),
        "service_mode",
        required_for=FOR_PUBLISH,
    )
    days_min = Whole(
        About("周期从", "Takes from", "最快几天。", "The fewest days.", "14", "天"),
        limits=(1, 1000),
        required_for=FOR_PUBLISH,
    )
    days_max = Whole(
        About("周期到", "Takes up to", "最长几天。", "The most days.", "30", "天"),
        limits=(1, 1000),
        required_for=FOR_PUBLISH,
    )
    applicants = Codes(
        About(
            "谁可以申请",
            "Who may apply",
            "都可以就选“不限”。",
            "Choose 'Anybody' where there is no limit.",
            "small",
        ),
        "applicant",
        limits=(0, 8),
        required_for=FOR_PUBLISH,
    )
    applicants_note = Text(
        About(
            "申请条件说明",
            "More on who may apply",
            "其他条件写在这里。",
            "Further conditions go here.",
            "须有可运行的样机",
        ),
        limits=(0, 150),
    )
    outputs = Codes(
        About(
            "产出",
            "What one gets",
            "完成后交给申请单位的东西。",
            "What the applicant holds in the end.",
            "report",
        ),
        "service_output",
        limits=(0, 3),
        required_for=FOR_PUBLISH,
    )
    sample_report_id = Id(
        About("报告样例", "Sample report", "样例报告的文件。", "A file with a sample report.")
    )

    def problems_together(self, data: Mapping[str, Any]) -> list[tuple[str, Any]]:
        """Refuse a price that is both stated and negotiable, and 'anybody' beside others."""
        found = super().problems_together(data)
        stated = self.amount(data, "price_min") or self.amount(data, "price_max")
        if data.get("price_negotiable") and stated:
            words = {"other_zh": "价格面议", "other_en": "Price negotiable"}
            found.append(("price_negotiable", problem("contradiction", stated, **words)))
        who = data.get("applicants", ())
        if "any" in who and len(who) > 1:
            found.append(("applicants", stands_alone("applicant", "any", who)))
        return found
