"""What betrays an anonymous enterprise is found and masked in every spelling."""

from __future__ import annotations

import re
import string
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.intake.names import names_to_mask
from matcher.intake.personal import _FOUND, LABELS, MASK, find_identifying, mask, mask_need
from matcher.intake.texts import LINE_TEXTS, NEED_TEXTS
from matcher.schemas.fields import Text
from matcher.schemas.need import NeedSchema
from matcher.schemas.requirement import RequirementSchema
from tests.factories import make_need, make_requirement

NAMES = ("华为技术", "Huawei", "长虹", "ABB", "宝山钢铁")
TRADITIONAL = str.maketrans("华为术长宝钢铁", "華為術長寶鋼鐵")


@pytest.mark.parametrize(
    ("text", "kind", "found"),
    [
        ("电话 13800138000，转王工", "phone", "13800138000"),
        ("电话+86 138-0013-8000", "phone", "+86 138-0013-8000"),
        ("座机０５１２-６６６６８８８８", "phone", "０５１２-６６６６８８８８"),
        ("热线 400-800-1234", "phone", "400-800-1234"),
        ("call +49 89 1234 5678 now", "phone", "+49 89 1234 5678"),
        ("写信到 li.lei@example.com。", "email", "li.lei@example.com"),
        ("邮箱ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ", "email", "ｌｉ＠ｅｘａｍｐｌｅ．ｃｏｍ"),
        ("见 https://www.example.com.cn/a?b=1，", "web", "https://www.example.com.cn/a?b=1"),
        ("官网example.com.cn查看", "web", "example.com.cn"),
        ("代码91350100M000100Y43，", "credit_code", "91350100M000100Y43"),
        ("身份证 11010519491231002X", "id_number", "11010519491231002X"),
        ("微信号：steel_line88", "account", "steel_line88"),
    ],
)
def test_number_or_address_is_found(text: str, kind: str, found: str) -> None:
    passages = find_identifying(text)
    assert [passage.kind for passage in passages] == [kind]
    assert found in passages[0].text
    assert mask(text) == text.replace(passages[0].text, MASK)


@pytest.mark.parametrize(
    "text",
    [
        "裂纹检出率不低于 99.5%，节拍 1200 件/小时",
        "每年损失 12000000 元，2026-11-22 起",
        "依据 GB/T 4754-2017 与 ISO 27001",
        "温度 1350 到 1500 摄氏度，压力 0.5 MPa",
        "Miss rate below 0.5 %, 1,200,000 images, 24 x 7",
        "采用 YOLOv8 与 ResNet.v2 模型",
    ],
)
def test_ordinary_figures_stay(text: str) -> None:
    assert find_identifying(text) == ()


@pytest.mark.parametrize(
    "spelling",
    ["华为技术", "華為技術", "华 为 技 术", "华-为技术", "华为（技术）", "华\u200b为技术"],
)
def test_name_is_masked_in_every_spelling(spelling: str) -> None:
    assert mask(f"我们{spelling}的产线", NAMES).replace(")", "").replace("）", "") == (
        f"我们{MASK}的产线"
    )


@pytest.mark.parametrize("spelling", ["Huawei", "HUAWEI", "ｈｕａｗｅｉ", "H u a w e i", "Huáwei"])
def test_latin_name_is_masked_in_every_spelling(spelling: str) -> None:
    assert mask(f"the {spelling} plant", NAMES) == f"the {MASK} plant"


def test_short_latin_name_stays_inside_other_words() -> None:
    assert mask("ABB robots at the cabbage field", NAMES) == f"{MASK} robots at the cabbage field"


def test_names_come_with_their_short_forms() -> None:
    names = names_to_mask(
        "华东合成示例钢铁集团有限公司",
        "Synthetic Example Steel Group Co., Ltd.",
        others=("示例钢",),
        credit_code="91350100M000100Y43",
    )
    assert {"华东合成示例钢铁", "Synthetic Example Steel", "示例钢"} <= set(names)
    text = "华东合成示例钢铁的热轧线，示例鋼，Synthetic example steel，９１３５0100Ｍ000100Ｙ４３"
    assert re.fullmatch("■■■的热轧线，■■■，■■■，■■■", mask(text, names))


def test_short_form_that_is_an_everyday_word_is_not_masked() -> None:
    names = names_to_mask("北京人工智能科技有限公司")
    assert mask("用人工智能检测", names) == "用人工智能检测"
    assert mask("北京人工智能科技有限公司", names) == MASK


def test_every_kind_has_words_in_both_languages() -> None:
    text = "示例钢 a@b.cn www.b.cn 13800138000 微信：abcd1 11010519491231002X 91350100M000100Y43"
    found = find_identifying(text, ["示例钢"])
    assert {passage.kind for passage in found} == set(LABELS)
    assert all(passage.label_zh and passage.label_en for passage in found)


def test_every_text_of_an_anonymous_need_is_masked() -> None:
    line = make_requirement(text="在宝钢验证", text_en="Verified at Baosteel", metric="宝钢指标")
    need = make_need(
        title="宝钢热轧裂纹检测",
        problem="寶鋼的产线，联系 13800138000",
        problem_en="The BAOSTEEL line",
        affected="宝钢班组",
        tried="Ｂａｏｓｔｅｅｌ 试过",
        excluded_reason="与宝钢有诉讼",
        requirements=(line,),
    )
    seen = repr(mask_need(need, ["宝钢", "Baosteel"]))
    assert all(name not in seen for name in ("宝钢", "寶鋼", "BAOSTEEL", "Baosteel", "Ｂ", "138"))
    masked = mask_need(need, ["宝钢", "Baosteel"])
    assert masked.title == f"{MASK}热轧裂纹检测"
    assert masked.budget_max_cny == need.budget_max_cny


def test_every_text_field_of_the_forms_is_searched_and_masked() -> None:
    for texts, schema in ((NEED_TEXTS, NeedSchema()), (LINE_TEXTS, RequirementSchema())):
        written = {name for name, field in schema.fields.items() if isinstance(field, Text)}
        assert written == set(texts)


def spelled(name: str, draw: st.DrawFn) -> str:
    """The name with width, case, spacing and characters varied."""
    letters = []
    for letter in name:
        written = draw(st.sampled_from([letter, letter.upper(), letter.lower(), wide(letter)]))
        letters.append(written.translate(TRADITIONAL) if draw(st.booleans()) else written)
    return "".join(
        letter + draw(st.sampled_from(["", "", " ", "\u3000", "-", "·", "\u200b"]))
        for letter in letters
    )


def wide(letter: str) -> str:
    return chr(ord(letter) + 0xFEE0) if letter in string.ascii_letters + string.digits else letter


@st.composite
def betraying_texts(draw: st.DrawFn) -> str:
    parts = st.text(alphabet="的产线a B1华为，。 -长■", max_size=8)
    pieces = [draw(parts)]
    for name in draw(st.lists(st.sampled_from(NAMES), min_size=1, max_size=4)):
        pieces += [spelled(name, draw), draw(parts)]
    return "".join(pieces)


def bare(text: str) -> str:
    """A second way to fold: drop all but letters and masks, simplify the few characters used."""
    back = {new: old for old, new in TRADITIONAL.items()}
    plain = unicodedata.normalize("NFKC", text).casefold().translate(back)
    return "".join(c for c in plain if c.isalnum() or c == "■")


@given(betraying_texts())
def test_masked_text_holds_no_name(text: str) -> None:
    masked = bare(mask(text, NAMES))
    for name in ("华为技术", "huawei", "长虹", "宝山钢铁"):
        assert name not in masked


@given(betraying_texts())
def test_masking_twice_changes_nothing(text: str) -> None:
    once = mask(text, NAMES)
    assert mask(once, NAMES) == once


@given(st.text(max_size=200), st.lists(st.text(max_size=6), max_size=4))
def test_any_text_and_any_names_are_masked(text: str, names: list[str]) -> None:
    masked = mask(text, names)
    assert find_identifying(masked, names) == ()


@given(st.text(max_size=200), st.lists(st.text(max_size=6), max_size=4))
def test_passages_stand_in_order_where_they_say(text: str, names: list[str]) -> None:
    end = 0
    for passage in find_identifying(text, names):
        assert end <= passage.start < passage.end
        assert text[passage.start : passage.end] == passage.text
        end = passage.end


@pytest.mark.parametrize("between", ["+", "-", ".", ",", "、", " "])
def test_addresses_that_stand_together_are_masked_whole(between: str) -> None:
    masked = mask(f"见somebody.else@example.org{between}another @example.org")
    assert not set("abcdefghijklmnopqrstuvwxyz@") & set(masked)


def test_word_before_an_address_is_read_once_and_not_from_each_of_its_letters() -> None:
    email = dict(_FOUND)["email"]
    text = "somebody.else@example.org"
    assert [at for at in range(len(text)) if email.match(text, at)] == [text.index("@")]
    assert mask(f"见{text}，") == f"见{MASK}，"
