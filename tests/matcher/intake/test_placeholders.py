"""Text that stands in for text is found and quoted; real text is left alone."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from matcher.intake.placeholders import REASONS, find_placeholders
from matcher.schemas import load_capability, load_pilot_base
from tests.factories import make_base_service, make_capability, make_pilot_base

ROOT = Path(__file__).resolve().parents[3]
DESCRIPTIONS = (
    "在示范产线上连续运行十四天，与人工抽检对照，给出漏检率和误报率的测试报告。",
    "在仿真平台上回放三个月的历史数据，与实际产量对照，给出预测偏差的评测报告。",
    "用标准图像集评测识别算法，给出各类缺陷的检出率和误报率报告。",
)


@pytest.mark.parametrize(
    "text",
    [
        "待补充",
        "基地介绍待完善。",
        "此处填写基地说明",
        "请在此输入说明文字",
        "X" * 3 + "研究院提供支持",  # spelled so, for no file may hold the mark itself
        "由×××单位牵头建设",
        "xxxx",
        "TBD",
        "Description tbd.",
        "Lorem ipsum dolor sit amet",
        "Your text here",
        "【请填写】",
        "[name of the base] offers tests",
        "____年建成",
        "测试测试测试",
        "占位文字",
        "n/a / n/a / tbd",
    ],
)
def test_filler_is_found(text: str) -> None:
    (found,) = find_placeholders("pilot_base", make_pilot_base(note=text))
    assert found.path == "note"
    assert found.quote in text
    assert found.reason_zh
    assert found.reason_en.isascii()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "无",
        "None",
        "适合已有样机、想在真实产线上验证的企业。",
        "提供 4x4 阵列相机与 10×10 cm 标定板。",
        "Tests of visual inspection on a demonstration line, 2,000 coils a year.",
        "某某集团共建，某研究院牵头。",
        "模型名称与版本须在申请时写明。",
        "2025",
        "To do this, bring a prototype.",
    ],
)
def test_real_text_is_left_alone(text: str) -> None:
    assert find_placeholders("pilot_base", make_pilot_base(note=text)) == ()


def test_the_place_is_named_as_in_a_form() -> None:
    services = (
        make_base_service(description=DESCRIPTIONS[0]),
        make_base_service(service_id="PB900-S2", name="待定", description=DESCRIPTIONS[1]),
    )
    found = find_placeholders("pilot_base", make_pilot_base(services=services))
    assert [(one.path, one.code) for one in found] == [("services.1.name", "placeholder")]


def test_one_sentence_for_every_service_is_found_in_each() -> None:
    names = ("模型服务", "算力服务", "数据集服务")
    copied = "面向电力方向提供{}（范围、名额与费用未公布）。"
    services = tuple(
        make_base_service(service_id=f"S{n}", name=name, description=copied.format(name))
        for n, name in enumerate(names)
    )
    own = make_base_service(service_id="S9", description=DESCRIPTIONS[0])
    found = find_placeholders("pilot_base", make_pilot_base(services=(*services, own)))
    assert [one.path for one in found] == [f"services.{n}.description" for n in range(3)]
    assert {one.code for one in found} == {"repeated"}
    assert found[0].reason_zh == REASONS["repeated"][0]


def test_services_in_their_own_words_are_left_alone() -> None:
    services = tuple(
        make_base_service(service_id=f"S{n}", name=name, description=text)
        for n, (name, text) in enumerate(
            zip(("产线验证", "仿真评测", "图像评测"), DESCRIPTIONS, strict=True)
        )
    )
    assert find_placeholders("pilot_base", make_pilot_base(services=services)) == ()


def test_no_shipped_capability_holds_filler() -> None:
    lines = (ROOT / "data/catalogue/capabilities.jsonl").read_text("utf-8").splitlines()
    found = [
        (one.path, one.quote)
        for line in lines
        for one in find_placeholders(
            "capability", load_capability(json.loads(line), profile="catalogue")
        )
    ]
    assert found == []
    assert find_placeholders("capability", make_capability()) == ()


def test_published_facts_about_bases_are_seen_to_be_one_sentence() -> None:
    first = (ROOT / "data/catalogue/pilot_bases.jsonl").read_text("utf-8").splitlines()[0]
    base = load_pilot_base(json.loads(first))
    assert len(find_placeholders("pilot_base", base)) == len(base.services)
