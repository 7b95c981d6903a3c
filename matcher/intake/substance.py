"""How much a text says, in one measure for Chinese and English, and nothing for filler.

The unit is a Han character. Repetition says nothing new, placeholders say nothing, and neither do
letters that form no words: ``aaaa``, lorem ipsum, 测试测试 and runs over the keyboard count as 0.
A short answer is an answer: only long texts have to read like sentences.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from matcher.intake.words import find_words, words_of
from matcher.text.lexicon_file import read_pairs
from matcher.text.stopwords import ENGLISH_STOP_WORDS
from matcher.text.terms import HAN, normalise, search_terms
from matcher.vocabulary import data_folder, industry_codes, industry_label

# Over the 293 shipped scenarios, characters of distinct Han words for each distinct English stem of
# the twin: mean and median 1.8, half of them between 1.7 and 1.9.
HAN_PER_WORD = 1.8
# A long Han text whose characters mostly form no words of two or more is no sentence. A short one
# is an answer, which single characters may well make up: 计划科三人 is 计划, 科, 三 and 人.
LEAST_WORD_SHARE = 0.5
LONGEST_ANSWER = 12  # Han characters
# Characters that join or colour what others say: on their own they say nothing.
_EMPTY_HAN = frozenset(
    "的了着过地得之是在有和与及或也都就还又再才不没未别我你您他她它们这那哪其此谁啥么吗呢吧"
    "啊呀哦嗯哎唉哈呵嘿嘻哼喂嘛呃把被让给从到对于为以而但因所如若则乃且呗啦哇一个些"
)
LEAST_PLAUSIBLE_SHARE = 0.6  # of a word's letter triples that English words of the domain have
LEAST_LOREM = 2  # words of the printers' dummy text; none of them is an English word
MAX_READ = 20_000

_HAN_RUN = re.compile(f"[{HAN}]+")
_LATIN = re.compile(r"[a-z]+(?:['’-][a-z]+)*")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_ACRONYM = re.compile(r"(?<![A-Za-z])[A-Z][A-Z0-9]{1,5}(?![A-Za-z])")
_KEYBOARD = re.compile(
    "|".join(
        row[i : i + 4]
        for row in ("qwertyuiop", "asdfghjkl", "zxcvbnm", "poiuytrewq", "lkjhgfdsa", "mnbvcxz")
        for i in range(len(row) - 3)
    )
)
_LOREM = frozenset(
    word
    for line in (
        "lorem ipsum dolor amet consectetur adipiscing elit eiusmod incididunt labore",
        "dolore magna aliqua enim veniam quis nostrud exercitation ullamco laboris",
    )
    for word in line.split()
)


def substance(text: str) -> float:
    """Return how much a text says, in Han characters; 0 for filler.

    Parameters
    ----------
    text : str
        Chinese, English or mixed; the first 20,000 characters are read.

    Examples
    --------
    >>> substance("人工抽检漏检率高"), round(substance("manual sampling misses cracks"), 1)
    (8.0, 7.2)
    >>> substance("计划科三人"), round(substance("three planners"), 1), substance("n/a")
    (5.0, 3.6, 0.0)
    >>> [substance(filler) for filler in ("aaaa", "测试测试", "asdf qwer", "待定", "lorem ipsum")]
    [0.0, 0.0, 0.0, 0.0, 0.0]
    """
    text = text[:MAX_READ]
    normal = normalise(text)
    if is_placeholder(normal):
        return 0.0
    acronyms = {word.lower() for word in _ACRONYM.findall(text)}
    words = _LATIN.findall(normal)
    if sum(word in _LOREM for word in words) >= LEAST_LOREM:
        words = []
    latin = {
        stem for word in words if word in acronyms or _is_word(word) for stem in search_terms(word)
    }
    han = _han_substance(_HAN_RUN.findall(normal))
    if not han and not latin:
        return 0.0
    return han + HAN_PER_WORD * len(latin) + len(set(_NUMBER.findall(normal)))


def is_placeholder(text: str) -> bool:
    """Whether a text consists of nothing but placeholder words, or repeats a piece of itself.

    Examples
    --------
    >>> is_placeholder("待定。"), is_placeholder("测试，测试"), is_placeholder("abcabcabc")
    (True, True, True)
    """
    normal = normalise(text)
    rest = list(normal)
    for found in find_words(normal, data_folder(), "placeholder"):
        rest[found.start() : found.end()] = " " * (found.end() - found.start())
    letters = "".join(c for c in rest if c.isalnum())
    return not letters or _repeats(letters)


def _repeats(letters: str) -> bool:
    """Whether a run of letters is one piece, at most half of it, again and again."""
    shift = (letters + letters).find(letters, 1)
    return len(letters) > 1 and shift < len(letters)


def _han_substance(runs: Sequence[str]) -> float:
    """Return how many characters the distinct words of some runs have; 0 where they say nothing."""
    if _EMPTY_HAN.issuperset("".join(runs)):
        return 0.0
    import rjieba  # here: its dictionary takes a tenth of a second to load

    words = [word for run in runs for word in rjieba.cut(run, False)]
    n_characters = sum(map(len, words))
    in_words = sum(len(word) for word in words if len(word) > 1)
    if n_characters > LONGEST_ANSWER and in_words < LEAST_WORD_SHARE * n_characters:
        return 0.0
    return float(sum(map(len, set(words))))


@cache
def _known_triples(folder: Path) -> frozenset[str]:
    """Return the letter triples of the English words of the vocabularies, ends included."""
    texts = [en for _, en in read_pairs(folder / "vocabulary" / "lexicon.csv")]
    texts += [industry_label(code, "en") for code in industry_codes()]
    texts += [*ENGLISH_STOP_WORDS, *words_of(folder, "people")]
    words = {word for text in texts for word in _LATIN.findall(normalise(text))}
    return frozenset(triple for word in words for triple in _triples(word))


def _triples(word: str) -> list[str]:
    framed = f"^{word}$"
    return [framed[i : i + 3] for i in range(len(framed) - 2)]


def _is_word(word: str) -> bool:
    """Whether a word reads like English, whatever it means."""
    if _KEYBOARD.search(word) or len(set(word)) == 1 < len(word):
        return False
    triples, known = _triples(word), _known_triples(data_folder())
    return sum(triple in known for triple in triples) >= LEAST_PLAUSIBLE_SHARE * len(triples)
