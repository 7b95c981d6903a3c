"""Worked examples that a visitor can try with one click; made up, and said to be so.

The field of at least one has a base whose services are published; ``test_matches`` holds that.
"""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from web.i18n import gettext as _
from web.i18n import language

EXAMPLES: dict[str, dict[str, dict[str, Any]]] = {
    "quality": {
        "zh": {
            "title": "带钢表面缺陷靠人工目检，漏检多",
            "problem": (
                "冷轧产线带速快，划伤、辊印、氧化铁皮压入等表面缺陷靠质检员抽检，细小缺陷看不清，"
                "漏检后到客户冲压时才发现，造成退货和降级。希望在产线上拍照自动识别缺陷的类别和位置，"
                "及时报警，并把结果写回质量系统。"
            ),
            "requirements": [
                {
                    "text": "重点缺陷识别准确率不低于 95%",
                    "level": "must",
                    "metric": "识别准确率",
                    "operator": ">=",
                    "threshold": 95,
                    "unit": "%",
                },
                {"text": "有钢铁产线上运行的案例", "level": "want"},
            ],
        },
        "en": {
            "title": "Surface defects on steel strip are missed by eye",
            "problem": (
                "The cold rolling line runs fast, and scratches, roll marks and rolled-in scale "
                "are found only by sampling. Fine defects are missed and come back as returns "
                "when the customer stamps the sheet. We want cameras on the line to recognise the "
                "kind and place of each defect, raise an alarm and write the result to the "
                "quality system."
            ),
            "requirements": [
                {
                    "text": "Recognises key defects with at least 95% accuracy",
                    "level": "must",
                    "metric": "recognition accuracy",
                    "operator": ">=",
                    "threshold": 95,
                    "unit": "%",
                },
                {"text": "A case that runs on a steel line", "level": "want"},
            ],
        },
        "shared": {
            "industries": ["C31"],
            "process_steps": ["quality"],
            "ai_tasks": ["visual_inspection"],
            "data_modalities": ["image"],
            "needs_base": "advise",
        },
    },
    "petrochemical": {
        "zh": {
            "title": "化工装置异常与安全风险发现太晚",
            "problem": (
                "炼化装置的温度、压力、液位报警很多，真正的异常淹没在里面；泄漏、人员违章和动火作业"
                "靠巡检和看监控，发现时往往已经扩大。希望结合时序数据和现场视频提前预警，"
                "说明可能的原因和处置办法，减少非计划停车。"
            ),
            "requirements": [
                {
                    "text": "异常预警准确率不低于 90%",
                    "level": "must",
                    "metric": "预警准确率",
                    "operator": ">=",
                    "threshold": 90,
                    "unit": "%",
                },
                {"text": "能与现有 DCS 和视频系统对接", "level": "want"},
            ],
        },
        "en": {
            "title": "Process upsets and safety risks in a chemical plant are seen too late",
            "problem": (
                "The refinery units raise so many temperature, pressure and level alarms that the "
                "real upset drowns among them. Leaks, unsafe acts and hot work are found by "
                "patrols and by watching screens, often after they have grown. We want early "
                "warning from sensor series and site video, with the likely cause and what to do, "
                "and fewer unplanned shutdowns."
            ),
            "requirements": [
                {
                    "text": "Warns of upsets with at least 90% accuracy",
                    "level": "must",
                    "metric": "warning accuracy",
                    "operator": ">=",
                    "threshold": 90,
                    "unit": "%",
                },
                {"text": "Connects to the existing DCS and video systems", "level": "want"},
            ],
        },
        "shared": {
            "industries": ["C25", "C26"],
            "process_steps": ["safety"],
            "ai_tasks": ["anomaly", "detection"],
            "data_modalities": ["sensor", "video"],
            "needs_base": "advise",
        },
    },
    "agriculture": {
        "zh": {
            "title": "大田病虫害发现晚，打药靠经验",
            "problem": (
                "基地有上万亩稻麦，病虫害靠人下田看，发现时常已成片；打药和施肥凭经验，用量偏大。"
                "希望用无人机、遥感和手机拍照识别病虫害和苗情，结合气象预测发生趋势，"
                "给农户能照着做的防治和水肥建议。"
            ),
            "requirements": [
                {
                    "text": "病虫害识别准确率不低于 90%",
                    "level": "must",
                    "metric": "识别准确率",
                    "operator": ">=",
                    "threshold": 90,
                    "unit": "%",
                },
                {"text": "减少农药或化肥用量", "level": "want"},
            ],
        },
        "en": {
            "title": "Crop pests and diseases are found late and sprayed by habit",
            "problem": (
                "On several hundred hectares of rice and wheat, pests and diseases are found by "
                "walking the fields, often when they have spread. Spraying and fertilising go by "
                "habit and use too much. We want drones, satellite images and phone photos to "
                "recognise pests and crop condition, weather to predict how they develop, and "
                "advice that farmers can follow."
            ),
            "requirements": [
                {
                    "text": "Recognises pests and diseases with at least 90% accuracy",
                    "level": "must",
                    "metric": "recognition accuracy",
                    "operator": ">=",
                    "threshold": 90,
                    "unit": "%",
                },
                {"text": "Uses less pesticide or fertiliser", "level": "want"},
            ],
        },
        "shared": {
            "industries": ["A01"],
            "process_steps": ["field"],
            "ai_tasks": ["detection", "forecasting"],
            "data_modalities": ["image", "remote_sensing"],
            "needs_base": "advise",
        },
    },
    "power": {
        "zh": {
            "title": "输电线路和变电站巡检靠人，缺陷发现晚",
            "problem": (
                "线路跨山越岭，绝缘子破损、销钉缺失、树障和山火靠人工巡视和看无人机照片；"
                "一次飞行拍回上万张，判读要几天，漏看时有发生。希望自动识别无人机和监控图像里的"
                "缺陷与隐患，按紧急程度排序，直接生成检修工单。"
            ),
            "requirements": [
                {
                    "text": "绝缘子等缺陷识别准确率不低于 90%",
                    "level": "must",
                    "metric": "识别准确率",
                    "operator": ">=",
                    "threshold": 90,
                    "unit": "%",
                },
                {"text": "有在电网现场运行的案例", "level": "want"},
            ],
        },
        "en": {
            "title": "Defects on power lines and in substations are found late",
            "problem": (
                "Lines cross mountains; broken insulators, missing pins, trees too close and "
                "wildfires are looked for on foot and in drone photos. One flight brings back ten "
                "thousand of them, reading them takes days, and some defects are overlooked. We "
                "want defects and hazards recognised in drone and camera images, ordered by "
                "urgency and turned into work orders."
            ),
            "requirements": [
                {
                    "text": "Recognises defects such as broken insulators with 90% accuracy",
                    "level": "must",
                    "metric": "recognition accuracy",
                    "operator": ">=",
                    "threshold": 90,
                    "unit": "%",
                },
                {"text": "A case that runs on a power grid", "level": "want"},
            ],
        },
        "shared": {
            "industries": ["D44"],
            "process_steps": ["maintenance"],
            "ai_tasks": ["detection", "visual_inspection"],
            "data_modalities": ["image", "video"],
            "needs_base": "advise",
        },
    },
}


def example_need(key: str) -> dict[str, Any] | None:
    """Return the fields of an example in the page's language, or nothing for an unknown key."""
    example = EXAMPLES.get(key)
    return None if example is None else deepcopy({**example[language()], **example["shared"]})


def example_to_match(key: str) -> dict[str, Any] | None:
    """Return the fields of an example with its texts in both languages, to be matched.

    Both pages ask the same, so that both name the same providers in the same order.
    """
    example = EXAMPLES.get(key)
    if example is None:
        return None
    lines = zip(example["zh"]["requirements"], example["en"]["requirements"], strict=True)
    return deepcopy({
        **example["zh"],
        "title_en": example["en"]["title"],
        "problem_en": example["en"]["problem"],
        "requirements": [{**zh, "text_en": en["text"]} for zh, en in lines],
        "language": "zh",
        **example["shared"],
    })  # fmt: skip


def example_cards() -> list[dict[str, str]]:
    """Return what the home page says about each example."""
    fields = {
        "quality": _("Manufacturing · quality control"),
        "petrochemical": _("Petrochemicals · risk and safety"),
        "agriculture": _("Agriculture · field management"),
        "power": _("Electric power · inspection and maintenance"),
    }
    return [
        {
            "key": key,
            "field": fields[key],
            "title": example[language()]["title"],
            "summary": first_sentence(example[language()]["problem"]),
        }
        for key, example in EXAMPLES.items()
    ]


def first_sentence(text: str) -> str:
    for end in ("。", ". "):
        head, found, _rest = text.partition(end)
        if found and len(head) < len(text):
            return head + end.strip()
    return text
