"""The things that a requirement names, found in texts and in what a record states."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from matcher.ranking.lines.judging import EvidenceText, judge_requirements
from matcher.ranking.lines.named_things import named, named_things
from matcher.ranking.lines.stated import Stated, stated_by
from matcher.ranking.results import RequirementLine
from matcher.records import Capability, Need, Requirement
from matcher.text.lexicon import Lexicon

CAPABILITY = Capability(
    "CAP1",
    "V1",
    "巡检",
    data_modalities=("image", "video"),
    deployments=("on_premise",),
    domestic_stack="none",
)


def unit(text: str, text_en: str = "", kind: str = "capability") -> EvidenceText:
    return EvidenceText("E1", kind, text, text_en, source="S", trust="B")


def judged(
    asked: str, *units: EvidenceText, stated: Stated | None = None, nearness: float = 0.0
) -> RequirementLine:
    """Judge against texts that are all as near as wholes, by default not at all."""
    need = Need("N1", "设备巡检", requirements=(Requirement("R1", asked),))
    near = lambda texts: np.full((len(texts), len(units)), nearness)  # noqa: E731
    return judge_requirements(need, units, near, stated)[0]


@pytest.mark.parametrize(
    ("asked", "things"),
    [
        ("能与现有 DCS 和视频系统对接", ["DCS", "视频"]),
        ("Must connect to the existing MES system", ["MES"]),
        ("需要系统能够提供功能", []),
        ("至少 95 %", []),
        ("", []),
        ("图像图像图像", ["图像"]),
    ],
)
def test_only_words_that_name_something_count(asked: str, things: list[str]) -> None:
    assert [thing.shown for thing in named_things(asked)] == things


def test_a_twin_or_a_translation_names_it_too() -> None:
    lexicon = Lexicon.of([("无人机", "drone"), ("图像", "image")])
    things = named_things("无人机图像", lexicon)
    assert named(things, ["", "Drones take images of every row"]) == things
    assert named(named_things("drone images", lexicon), ["无人机拍摄图像"])
    assert not named(things, ["The dronefly is imaginary"])


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("私有化部署", "只提供云端服务，不支持私有化部署"),
        ("红外图像", "处理可见光，暂不处理红外图像。"),
        ("offline mode", "It runs in the cloud without an offline mode, day and night"),
        ("vibration sensors", "Does not need vibration sensors."),
        ("红外图像", "不能处理红外图像"),
        ("红外图像", "红外图像除外"),
        ("离线运行", "离线运行暂不支持"),
        ("断网运行", "无法断网运行"),
        ("offline mode", "Offline mode is not supported"),
        ("infrared images", "It doesn't support infrared images"),
        ("infrared images", "unable to process infrared images"),
        ("Kafka", "Kafka isn't available"),
        ("红外图像", "红外图像正在研发中"),
        ("不需要云端部署", "提供云端部署"),
        ("不依赖云端", "依赖云端"),
        ("不得依赖云端，云端部署不接受", "依赖云端"),
        ("no cloud", "Runs in the cloud"),
        ("非接触测量", "接触式测量"),
    ],
)
def test_what_a_text_denies_it_does_not_name(asked: str, text: str) -> None:
    line = judged(asked, unit(text))
    assert line.status == "no_evidence"
    assert line.quote in text
    assert "相反" in line.reason_zh
    assert "contrary" in line.reason_en
    near = judged(asked, unit(text, kind="case"), nearness=0.9)
    assert near.status == "no_evidence"


@pytest.mark.parametrize(
    ("asked", "text"),
    [
        ("不需要云端部署", "不需要云端"),
        ("no public cloud", "It runs without any public cloud"),
        ("支持Kafka", "没有人工干预即可接入Kafka"),
        ("支持Kafka", "不仅支持Kafka"),
        ("Kafka", "Not only MQTT but Kafka is supported"),
        ("不锈钢缺陷", "识别不锈钢缺陷"),
        ("安全帽", "识别不戴安全帽"),
    ],
)
def test_what_is_said_as_it_is_asked_is_named(asked: str, text: str) -> None:
    assert judged(asked, unit(text)).status == "partly"
    assert judged(asked, unit(text, kind="case"), nearness=0.9).status == "met"


@pytest.mark.parametrize(
    ("asked", "other", "same"),
    [
        ("通过ISO 27001认证", "通过ISO 9001认证", "通过ISO/IEC 27001:2022认证"),
        ("防护等级IP67", "防护等级IP54", "防护等级达到IP67"),
        ("支持Python 3.11", "支持Python 2.7", "运行于 Python 3.11"),
        ("支持8路相机", "支持2路相机", "接入 8 路相机"),
        ("识别缺陷种类不少于50种", "识别5种缺陷种类", "识别50余种缺陷种类"),
        ("三级等保认证", "二级等保认证", "等保认证为三级"),
        ("at least 8 cameras", "2 cameras, 8 hours a day", "8 cameras"),
    ],
)
def test_a_number_in_a_name_or_a_count_must_be_told(asked: str, other: str, same: str) -> None:
    for kind, nearness in (("capability", 0.0), ("case", 0.9)):
        assert judged(asked, unit(other, kind=kind), nearness=nearness).status == "no_evidence"
    assert judged(asked, unit(same)).status == "partly"
    assert judged(asked, unit(same, kind="case"), nearness=0.9).status == "met"
    assert "不少" not in judged(asked, unit(other)).reason_zh


def test_a_change_in_words_must_be_told_too() -> None:
    assert judged("unplanned stops halved", unit("an unplanned stop")).status == "no_evidence"
    assert judged("产能翻番", unit("产能利用")).status == "no_evidence"


def test_only_what_opposes_all_that_is_asked_is_called_contrary() -> None:
    line = judged("不替代医生诊断", unit("辅助医生诊断"))
    assert (line.status, line.quote) == ("no_evidence", "")
    line = judged("禁止上传客户数据", unit("上传客户资料"))
    assert line.reason_zh == "材料中有看来与这一要求“禁止上传客户数据”相反的说法，请看引文。"


def test_the_number_of_a_list_asks_for_nothing() -> None:
    assert judged("2. 红外图像", unit("红外图像")).status == "partly"


def test_a_denial_ends_with_its_clause() -> None:
    assert judged("红外图像", unit("不支持视频，红外图像可以")).status == "partly"
    assert judged("infrared images", unit("No video, but infrared images")).status == "partly"


def test_more_than_half_of_the_things_are_part_of_an_answer() -> None:
    text = unit("平台接入DCS、气体报警和业务数据，视频联动。另有移动端。")
    line = judged("与 DCS、视频、ERP 对接", text)
    assert (line.status, line.evidence_id) == ("partly", "E1")
    assert line.quote in text.text
    assert "DCS" in line.quote
    assert "“DCS”、“视频”" in line.reason_zh
    assert "“ERP”" in line.reason_zh
    assert "“ERP”" in line.reason_en


def test_half_is_told_and_quoted_but_counts_for_nothing() -> None:
    line = judged("手机告警", unit("用手机照片核验身份。按月出账。"))
    assert (line.status, line.quote) == ("no_evidence", "用手机照片核验身份")
    assert "手机" in line.reason_zh
    assert "告警" in line.reason_zh


def test_naming_alone_never_meets_a_requirement() -> None:
    assert judged("红外图像", unit("红外图像识别", kind="case")).status == "partly"


def test_a_case_is_what_a_requirement_calls_a_case() -> None:
    told = unit(
        "在钢铁企业的产线上识别表面缺陷", "Finds surface defects in a steelworks", kind="case"
    )
    line = judged("有钢铁产线上运行的案例", unit("钢铁表面产线缺陷识别"), told)
    assert (line.status, line.reason_zh.count("案例")) == ("partly", 2)
    assert "没有提到" not in line.reason_zh
    assert judged("reference in a steelworks", told).status == "partly"
    elsewhere = judged("有钢铁产线上运行的案例", unit("在纺织企业识别疵点", kind="case"))
    assert elsewhere.status == "no_evidence"


def test_the_text_that_names_most_is_quoted_whatever_the_order() -> None:
    units = [unit("图像识别"), EvidenceText("E2", "case", "红外图像识别", source="S", trust="B")]
    found = [judged("红外、可见光图像", *order) for order in (units, units[::-1])]
    assert found[0] == found[1]
    assert (found[0].status, found[0].evidence_id) == ("partly", "E2")


def test_what_the_record_states_answers_in_the_words_of_the_asker() -> None:
    stated = stated_by(CAPABILITY, Lexicon.load())
    line = judged("私有化部署", unit("看图"), stated=stated)
    assert (line.status, line.quote, line.evidence_id) == ("partly", "部署方式：本地机房", "CAP1")
    assert "登记" in line.reason_zh
    assert "record" in line.reason_en
    assert judged("runs on premises", unit("看图"), stated=stated).status == "partly"
    both = judged("本地部署，处理视频", unit("看图"), stated=stated)
    assert both.quote == "数据类型：图像、视频，部署方式：本地机房"
    assert judged("支持语音", unit("看图"), stated=stated).status == "no_evidence"


def test_stating_that_there_is_none_answers_nothing() -> None:
    stated = stated_by(CAPABILITY, Lexicon.load())
    assert [text.text for text, _ in stated.fields] == [
        "数据类型：图像、视频",
        "部署方式：本地机房",
    ]
    assert judged("支持国产芯片", unit("看图"), stated=stated).status == "no_evidence"


def test_a_record_of_what_is_not_wanted_answers_nothing() -> None:
    cloud = stated_by(replace(CAPABILITY, deployments=("public_cloud",), data_leaves_site="no"))
    for asked in (
        "不使用公有云",
        "不允许使用公有云",
        "no public cloud",
        "不使用图像",
        "数据可以出厂",
    ):
        line = judged(asked, unit("看护"), stated=cloud)
        assert (line.status, line.evidence_id) == ("no_evidence", "CAP1")
        assert "相反" in line.reason_zh
    assert judged("数据不出厂", unit("看护"), stated=cloud).status == "partly"


def test_a_code_without_words_states_nothing() -> None:
    other = replace(CAPABILITY, deployments=("on_the_moon",), data_modalities=("image", "smell"))
    assert [text.text for text, _ in stated_by(other).fields] == ["数据类型：图像"]
