"""Words that a need and a text have in common are named as people read them."""

from __future__ import annotations

import pytest

from matcher.ranking.reasons.shared_words import AskedWords, Shared, held
from matcher.retrieval.lexical import LexicalIndex
from matcher.text.terms import ranking_terms

EVIDENCE = "冷轧带钢的表面缺陷由相机拍照识别，划伤不再漏检。"
TEXTS = [EVIDENCE, "系统为银行客户回答问题。", "系统监测鱼塘水温。", "系统安排养老院的餐食。"]


@pytest.fixture(scope="module")
def index() -> LexicalIndex:
    return LexicalIndex([ranking_terms(text) for text in TEXTS])


def shared(asked: str, text: str, index: LexicalIndex) -> Shared:
    return AskedWords([asked], index).shared_with(held(text))


def test_words_side_by_side_are_one_name_and_the_most_telling_comes_first(
    index: LexicalIndex,
) -> None:
    found = shared("带钢表面缺陷，划伤", "划伤；带钢表面缺陷", index)
    assert found.names == ("带钢表面缺陷", "划伤")
    assert found.n_words == 4


def test_every_name_stands_in_both_texts(index: LexicalIndex) -> None:
    asked = "冷轧线上的带钢有划伤，表面的缺陷要拍照，我们希望不再漏检"
    found = shared(asked, EVIDENCE, index)
    assert found.names
    for name in found.names:
        assert name in asked
        assert name in EVIDENCE
        assert len(name) > 1


@pytest.mark.parametrize("asked", ["的了吗呢", "钢", "95%", "🎉🎂", "asdf", "我们希望", ""])
def test_grammar_numbers_lone_characters_and_noise_are_no_shared_words(
    asked: str, index: LexicalIndex
) -> None:
    assert shared(asked, EVIDENCE + "我们希望 95% 的了", index) == Shared()


def test_what_most_texts_say_is_not_named(index: LexicalIndex) -> None:
    assert shared("系统要监测水温", TEXTS[2], index).names == ("水温", "监测")


def test_latin_words_are_shared_in_any_form_and_shown_as_the_need_has_them(
    index: LexicalIndex,
) -> None:
    found = shared("Roll marks on strips; scratches", "a roll mark, one scratch, no strip", index)
    assert found.names == ("Roll marks", "scratches", "strips")


def test_twins_count_in_one_language(index: LexicalIndex) -> None:
    twins = AskedWords(["带钢划伤", "strip with scratches"], index, has_twins=True)
    found = twins.shared_with(held("带钢划伤 scratch"))
    assert (twins.n_words, found.n_words) == (2, 2)
    assert found.names == ("带钢划伤", "scratches")


def test_names_keep_their_capitals(index: LexicalIndex) -> None:
    assert "DCS" in shared("接入 DCS 系统", "与dcs对接", index).names


def test_a_translation_is_named_only_where_it_stands_whole(index: LexicalIndex) -> None:
    asked = AskedWords(["surface defect", "roll mark"], index)
    assert asked.named_in(held("finds roll marks on a surface")) == ("roll mark",)


def test_words_that_the_catalogue_knows_are_counted(index: LexicalIndex) -> None:
    asked = AskedWords(["带钢划伤 asdf"], index)
    assert (asked.n_words, asked.n_known) == (3, 2)


@pytest.mark.parametrize(
    ("text", "words", "stands_there"),
    [
        ("物质检测", ["质检"], False),
        ("水质检测", ["质检"], False),
        ("物质检测与质检", ["质检"], True),
        ("质检员", ["质检"], True),
        ("大田作物", ["大田"], True),
        ("冷轧带钢", ["带钢"], True),
        ("冷轧带钢表面缺陷", ["带钢", "表面"], True),
        ("表面缺陷", ["带钢", "表面"], False),
    ],
)
def test_a_word_stands_in_a_text_where_it_is_a_word_there(
    text: str, words: list[str], stands_there: bool
) -> None:
    assert held(text).has(words) is stands_there
