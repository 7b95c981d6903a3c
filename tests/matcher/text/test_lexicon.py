"""The lexicon: domain terms found in one language and carried to the other."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import ImportFailed
from matcher.text.lexicon import Lexicon
from matcher.text.lexicon_file import COLUMNS, KINDS
from matcher.text.spelling import american, british
from matcher.text.stopwords import ENGLISH_STOP_WORDS
from matcher.text.terms import normalise, ranking_terms, search_terms
from matcher.vocabulary.files import data_folder

FILE = data_folder() / "vocabulary" / "lexicon.csv"
HAN = re.compile("[一-鿿]")

any_text = st.text(max_size=200)
mixed_text = st.lists(
    st.sampled_from(["钢铁", "檢測", "缺陷", "AI", "’s", "e\u0301", "4.5", "ﬁ", " ", "，", "\x00",
                     "\u200b", "ＧＰＴ", "-", "ß", "\ud800", "的", "neural ", "Networks", "X射线",
                     "deep-learning", "machine\nvision", "/", "3D打印", "高爐"]),
    max_size=30,
).map("".join)  # fmt: skip


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.load()


def _rows() -> list[list[str]]:
    with FILE.open(encoding="utf-8", newline="") as stream:
        return list(csv.reader(stream))


def test_file_has_its_columns_and_no_empty_cell() -> None:
    header, *rows = _rows()
    assert tuple(header) == COLUMNS
    assert [row for row in rows if len(row) != 3 or any(not cell.strip() for cell in row)] == []
    assert [row for row in rows if any(cell != cell.strip() for cell in row)] == []


def test_file_is_large_and_every_kind_is_there() -> None:
    rows = _rows()[1:]
    assert len(rows) >= 4000
    kinds = Counter(row[2] for row in rows)
    assert set(kinds) == KINDS
    assert kinds["ai"] >= 1500


def test_no_pair_is_given_twice_even_in_another_spelling() -> None:
    seen = Counter((normalise(zh), en) for zh, en, _ in _rows()[1:])
    assert [pair for pair, count in seen.items() if count > 1] == []


def test_chinese_side_holds_han_or_is_an_acronym_in_capitals() -> None:
    acronym = re.compile(r"[A-Z0-9][A-Z0-9&-]{1,7}")
    assert [z for z, *_ in _rows()[1:] if not HAN.search(z) and not acronym.fullmatch(z)] == []


def test_english_side_is_lower_case_ascii_and_says_something() -> None:
    terms = [en for _, en, _ in _rows()[1:]]
    assert [en for en in terms if not en.isascii() or en != en.lower()] == []
    assert [en for en in terms if set(en.split()) <= ENGLISH_STOP_WORDS] == []
    assert [en for en in terms if set(search_terms(en)) <= ENGLISH_STOP_WORDS] == []
    assert [en for en in terms if len(re.sub(r"[^a-z0-9]", "", en)) < 2] == []


def test_file_is_sorted_by_kind_then_chinese_then_english() -> None:
    rows = _rows()[1:]
    assert rows == sorted(rows, key=lambda row: (row[2], row[0], row[1]))


@pytest.mark.parametrize(
    ("chinese", "english"),
    [
        ("热轧钢板表面缺陷检测", "surface defect"),  # steel
        ("催化裂化装置泄漏检测", "leak detection"),  # petrochemicals
        ("水稻病虫害遥感监测", "remote sensing monitoring"),  # agriculture
        ("医学影像辅助诊断", "medical image"),  # health
        ("基于强化学习的电网调度", "reinforcement learning"),  # power
    ],
)
def test_chinese_need_finds_the_words_of_an_english_record(
    lexicon: Lexicon, chinese: str, english: str
) -> None:
    assert english in lexicon.expand(chinese)
    assert set(ranking_terms(english)) <= set(lexicon.translate(chinese))


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Predictive maintenance of wind turbines", "预测性维护"),
        ("Leak detection in petrochemical plants", "泄漏检测"),
        ("Crop disease recognition from UAV images", "作物病害"),
        ("Weld defects found by X-ray inspection", "X射线检测"),
        ("Deep-learning models for solder joints", "焊点"),
    ],
)
def test_english_need_finds_the_words_of_a_chinese_record(
    lexicon: Lexicon, english: str, chinese: str
) -> None:
    assert chinese in lexicon.expand(english)
    assert set(ranking_terms(chinese)) <= set(lexicon.translate(english))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("機器學習檢測裂紋", "机器学习检测裂纹"),
        ("MACHINE LEARNING", "machine learning"),
        ("neural networks", "Neural Network"),
        ("ＡＩ质检", "ai质检"),
        ("color difference optimization", "colour difference optimisation"),
        ("the company's robots", "the company robot"),
        ("long short-term memory", "long short term memory"),
    ],
)
def test_spellings_of_the_same_thing_have_the_same_translation(
    lexicon: Lexicon, one: str, other: str
) -> None:
    assert lexicon.translate(one) == lexicon.translate(other) != {}


def test_mixed_text_is_read_in_both_directions() -> None:
    lexicon = Lexicon.of([("AI质检", "ai quality inspection"), ("电路板", "pcb")])
    assert lexicon.expand("AI质检 for PCB") == ["ai quality inspection", "电路板"]


def test_longest_term_wins_and_is_counted_once() -> None:
    lexicon = Lexicon.of(
        [
            ("缺陷", "flaw"),
            ("缺陷检测", "defect detection"),
            ("学习", "learning"),
            ("机器学习", "machine learning"),
        ]
    )
    assert lexicon.expand("缺陷检测") == ["defect detection"]
    assert lexicon.expand("Machine learning") == ["机器学习"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("customers", ["客户"]),
        ("customs", ["海关"]),
        ("optimizations", ["优化"]),
        ("optimizing", ["优化", "优化器"]),
    ],
)
def test_words_of_one_stem_are_told_apart_by_their_form(text: str, expected: list[str]) -> None:
    lexicon = Lexicon.of(
        [
            ("客户", "customer"),
            ("海关", "customs"),
            ("优化", "optimisation"),
            ("优化器", "optimiser"),
        ]
    )
    assert lexicon.expand(text) == expected


def test_weight_is_the_root_of_the_count_shared_among_translations() -> None:
    lexicon = Lexicon.of([("裂纹", "crack"), ("裂纹", "fissure"), ("孔", "hole")])
    assert lexicon.translate("裂纹，裂纹，裂纹，裂纹，孔") == {
        "crack": 1.0, "fissur": 1.0, "hole": 1.0,
    }  # fmt: skip


def test_terms_come_in_both_spellings() -> None:
    weights = Lexicon.of([("色差", "colour difference")]).translate("色差")
    assert weights == {"colour": 1.0, "color": 1.0, "differ": 1.0}


@pytest.mark.parametrize("text", ["machine. Learning", "machine, learning", "machine 学 learning"])
def test_a_term_does_not_reach_across_punctuation(text: str) -> None:
    assert Lexicon.of([("机器学习", "machine learning")]).expand(text) == []


@pytest.mark.parametrize("text", ["3d打印机", "x3d打印"])
def test_a_latin_letter_of_a_chinese_term_does_not_open_inside_a_word(text: str) -> None:
    expected = ["3d printing"] if text.startswith("3") else []
    assert Lexicon.of([("3D打印", "3d printing")]).expand(text) == expected


@pytest.mark.parametrize("text", ["", " ", "，。！", "\x00", "🙂", "\ud800", "的了和", "of the"])
def test_text_without_terms_has_no_translation(lexicon: Lexicon, text: str) -> None:
    assert lexicon.translate(text) == {}
    assert lexicon.expand(text) == []
    assert lexicon.coverage(text) == 0.0


def test_coverage_counts_what_carries_meaning() -> None:
    lexicon = Lexicon.of([("缺陷检测", "defect detection")])
    assert lexicon.coverage("缺陷检测的") == 1.0
    assert lexicon.coverage("缺陷检测布匹") == pytest.approx(4 / 6)
    assert lexicon.coverage("the defect detection of 20 bolts") == pytest.approx(2 / 3)
    assert lexicon.coverage("布匹") == 0.0


@given(any_text | mixed_text)
def test_any_text_is_read_without_error_and_the_same_way_again(text: str) -> None:
    lexicon = Lexicon.load()
    weights = lexicon.translate(text)
    assert all(weight > 0 for weight in weights.values())
    assert all(weights)
    assert list(weights) == list(lexicon.translate(text))
    assert 0.0 <= lexicon.coverage(text) <= 1.0
    assert (lexicon.expand(text) == []) == (weights == {})


@given(any_text | mixed_text)
def test_translation_is_the_same_after_compatibility_normalisation(text: str) -> None:
    lexicon = Lexicon.load()
    normal = unicodedata.normalize("NFKC", text)
    assert lexicon.translate(normal) == lexicon.translate(text)
    assert lexicon.expand(normalise(text)) == lexicon.expand(text)
    assert lexicon.coverage(normal) == lexicon.coverage(text)


def test_every_pair_of_the_file_is_found_from_both_sides(lexicon: Lexicon) -> None:
    lost = [
        (zh, en)
        for zh, en, _ in _rows()[1:]
        if en not in lexicon.expand(zh) or zh not in lexicon.expand(en)
    ]
    assert lost == []


@pytest.mark.parametrize(
    "text",
    [
        "基于深度学习的钢板表面缺陷检测，降低漏检率" * 4600,
        "Deep learning for x-ray inspection. " * 2800,
        "机" * 100_000,
        "a-" * 50_000,
    ],
)
def test_a_hundred_thousand_repeated_characters_say_what_a_hundred_say(
    lexicon: Lexicon, text: str
) -> None:
    assert set(lexicon.translate(text)) == set(lexicon.translate(text[:200]))


def test_the_file_is_read_once(lexicon: Lexicon) -> None:
    assert Lexicon.load() is lexicon
    assert len(lexicon) == len(_rows()) - 1


@pytest.mark.parametrize(
    ("content", "field", "row"),
    [
        ("zh,en\n质检,inspection\n", "header", 1),
        ("zh,en,kind\n质检,inspection\n", "row", 2),
        ("zh,en,kind\n,inspection,process\n", "zh", 2),
        ("zh,en,kind\n质检,,process\n", "en", 2),
        ("zh,en,kind\n质检,the,process\n", "en", 2),
        ("zh,en,kind\n质检,质检,process\n", "en", 2),
        ("zh,en,kind\n质检,inspection,colour\n", "kind", 2),
        ("zh,en,kind\n质检,inspection,ai\n质检,inspection,ai\n", "row", 3),
        ("", "header", 1),
    ],
)
def test_a_wrong_file_is_refused_with_the_place(
    tmp_path: Path, content: str, field: str, row: int
) -> None:
    path = tmp_path / "lexicon.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ImportFailed) as caught:
        Lexicon.load(path)
    assert [(p.field, p.row) for p in caught.value.problems] == [(field, row)]
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [None, b"\xff\xfe\x00"])
def test_a_missing_or_unreadable_file_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "lexicon.csv"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(ImportFailed, match="UTF-8"):
        Lexicon.load(path)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("optimisation", "optimization"),
        ("modelling", "modeling"),
        ("mechanism", "mechanism"),
        ("electrolysis", "electrolysis"),
        ("size", "size"),
        ("programme", "program"),
        ("metre", "meter"),
    ],
)
def test_spelling_goes_both_ways(old: str, new: str) -> None:
    assert american(old) == new
    assert british(new) == british(old) == old


@given(st.from_regex(r"[a-z]{0,14}", fullmatch=True))
def test_british_spelling_is_stable(word: str) -> None:
    assert british(british(word)) == british(word)
