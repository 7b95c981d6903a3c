"""Classified content is found in either language; trade secrets and denials are left alone."""

from __future__ import annotations

import sys
from types import FrameType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.secrecy import find_classified
from matcher.records import Catalogue
from matcher.text.terms import normalise
from matcher.workflow.drafts.typed import find_secrets
from matcher.workflow.needs.draft_values import values_of_need
from tests.factories import make_need

CLASSIFIED = (
    "本项目涉密，图纸不能带出",
    "数据属于国家秘密",
    "密级：秘密，需在内网处理",
    "绝密型号的装配检测",
    "机密文件自动归档",
    "秘密级图纸识别",
    "秘密★10年",
    "涉 密 网络上的问答助手",
    "涉·密资料检索",
    "涉及军事秘密的影像判读",
    "絕密檔案數位化",
    "Handling of classified documents on site",
    "The drawings are TOP SECRET",
    "Ｔｏｐ　Ｓｅｃｒｅｔ drawings",
    "The data are state secrets",
    "Classification: Secret",
    "SECRET//NOFORN",
    "The line is classified as secret",
    "It runs on a classified network",
)
FINE = (
    "须签署保密协议，遵守商业秘密条款",
    "保护商业机密和客户机密",
    "保证数据的机密性与完整性",
    "采用机密计算保护模型",
    "本项目不涉密，资料均可公开",
    "非涉密场景，数据脱敏后可出场",
    "不涉及国家秘密，无涉密内容",
    "禁止上传涉密资料",
    "缺陷按等级分类，共五级",
    "请注意保密要求",
    "Defects are classified into five grades",
    "A confidentiality agreement and an NDA are signed; trade secrets are protected",
    "The material is unclassified",
    "No classified information is involved",
    "The project does not contain any classified data",
    "Images are classified by a network",
    "Secretary of the board",
)


@pytest.mark.parametrize("text", CLASSIFIED)
def test_classified_content_is_found_where_it_stands(text: str) -> None:
    found = find_classified(text, "problem")
    assert found
    for finding in found:
        assert text[finding.start : finding.end] == finding.word
        assert finding.word in finding.quote
        assert finding.field == "problem"


@pytest.mark.parametrize("text", FINE)
def test_confidence_between_firms_and_denials_are_fine(text: str) -> None:
    assert find_classified(text) == ()


def test_denial_reaches_no_further_than_its_sentence() -> None:
    assert find_classified("本期不涉密。二期涉密。")
    assert find_classified("No photos exist. The plans are top secret.")


@given(before=st.text(max_size=40), after=st.text(max_size=40))
def test_mark_is_found_whatever_stands_around_it(before: str, after: str) -> None:
    text = f"{before}。绝密图纸 {after}"
    assert any(text[f.start : f.end] == f.word == "绝密" for f in find_classified(text))


@given(st.text(max_size=300))
def test_any_text_is_read(text: str) -> None:
    for finding in find_classified(text):
        assert 0 <= finding.start < finding.end <= len(text)


def n_calls_of_normalise(text: str) -> int:
    calls = 0

    def count(frame: FrameType, event: str, _arg: object) -> None:
        nonlocal calls
        calls += event == "call" and frame.f_code is normalise.__code__

    sys.setprofile(count)
    try:
        find_classified(text)
    finally:
        sys.setprofile(None)
    return calls


def test_a_file_of_any_length_costs_no_more_spelling_than_its_alphabet() -> None:
    line = "产线缺陷检测数据，不涉及国家秘密。\n"
    assert n_calls_of_normalise(line * 2_000) == n_calls_of_normalise(line) == len(set(line))


def test_need_is_refused_with_field_words_and_advice() -> None:
    line = {"requirement_id": "R7", "text": "满足机密级要求"}
    check = find_secrets({"title": "涉密图纸识别", "requirements": [line]})
    assert check.is_refused
    assert [(f.field, f.word) for f in check.findings] == [
        ("title", "涉密"),
        ("requirements", "机密"),
    ]
    assert "“涉密”、“机密”" in check.words_zh
    assert "请勿在此填写" in check.words_zh
    assert "“涉密”, “机密”" in check.words_en
    assert "do not enter" in check.words_en


def test_need_that_ticks_classified_is_refused() -> None:
    check = find_secrets({"safety": ["classified"]})
    assert [finding.field for finding in check.findings] == ["safety"]


def test_ordinary_need_is_not_refused() -> None:
    check = find_secrets(values_of_need(make_need()))
    assert (check.is_refused, check.words_zh, check.words_en) == (False, "", "")


def test_nothing_in_the_shipped_catalogue_is_called_classified(
    shipped_catalogue: Catalogue,
) -> None:
    texts = [
        text
        for scenario in shipped_catalogue.scenarios.values()
        for text in (scenario.name, scenario.name_en, scenario.pain_point, scenario.pain_point_en)
    ]
    texts += [c.problem for c in shipped_catalogue.capabilities.values()]
    texts += [c.problem_en for c in shipped_catalogue.capabilities.values()]
    assert len(texts) > 1500
    assert [text for text in texts if find_classified(text)] == []
