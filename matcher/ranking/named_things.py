"""Which of the things that a requirement names are named in a text, in either language.

A requirement such as "connects to the existing DCS and video systems" names two things; a long
description that speaks of one of them is far from it as a whole, yet says something about it. Words
that name no thing (support, existing, system) stand in ``data/vocabulary/requirement_words.csv``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from matcher.text.lexicon_words import words
from matcher.text.stopwords import ENGLISH_STOP_WORDS
from matcher.text.terms import han_words, normalise
from matcher.vocabulary import data_folder
from matcher.vocabulary.files import read_vocabulary

FILE, COLUMNS = "requirement_words.csv", ("kind", "code", "zh", "en")
GENERIC = "generic"
MIN_HAN = 2
# 边缘侧 is said of the edge, 手机端 of the phone: what a word of three characters or more ends in.
ENDINGS = ("侧", "端", "化", "性", "类", "型", "式", "声", "级")
# "不支持私有化部署", "without an offline mode": named, but not there, up to the end of the clause.
DENIED = re.compile(
    "(?:不支持|不提供|不包括|不包含|不含|不具备|不适用于|暂不|尚不|尚未|尚无|没有|无需|不需要?)"
    "[^，。；、,.;:!?()（）]*"
    r"|\b(?:without|not|no|cannot)\b[^,.;:!?()，。；]*"
)
REMEMBERED = 8_192


class Translator(Protocol):
    """The part of a lexicon that is needed here."""

    def expand(self, text: str) -> list[str]:
        """Return the translations of the domain terms of a text."""
        ...


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that a requirement names.

    Attributes
    ----------
    shown : as the requirement writes it
    han : spellings that are looked for in Chinese text, normalised
    stems : the same in English text, each between spaces
    """

    shown: str
    han: tuple[str, ...]
    stems: tuple[str, ...]

    def is_named_in(self, texts: Iterable[str]) -> bool:
        """Whether any of some texts names it, other than to say that it is not there.

        Examples
        --------
        >>> [thing.is_named_in(["平台接入DCS"]) for thing in named_things("与 DCS 和视频系统对接")]
        [True, False]
        """
        return any(
            any(word in normal for word in self.han) or any(word in stems for word in self.stems)
            for normal, stems in map(_read, texts)
        )


def named_things(text: str, lexicon: Translator | None = None) -> tuple[Thing, ...]:
    """Return the things that a requirement names, in order, each once, as it writes them.

    Parameters
    ----------
    lexicon : Translator, optional
        Lets a text in the other language name them, too.

    Examples
    --------
    >>> [thing.shown for thing in named_things("支持可见光和红外图像")]
    ['可见光', '红外', '图像']
    >>> [thing.shown for thing in named_things("works with vibration sensors")]
    ['vibration', 'sensors']
    """
    found: dict[tuple[str, ...], Thing] = {}
    normal = normalise(text)
    for word in _words(normal):
        at = normal.find(word)
        shown = text[at : at + len(word)] if len(normal) == len(text) else word
        thing = _thing(shown, word, lexicon)
        found.setdefault((*thing.han, *thing.stems), thing)
    return tuple(found.values())


def other_words(kind: str, code: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return what else people say for a code, in Chinese and in English; empty where nothing is.

    Examples
    --------
    >>> other_words("deployment", "on_premise")[0][:2]
    ('本地部署', '私有化')
    """
    return _other_words(data_folder()).get((kind, code), ((), ()))


@cache
def _other_words(folder: Path) -> dict[tuple[str, str], tuple[tuple[str, ...], tuple[str, ...]]]:
    rows = read_vocabulary(folder, FILE, COLUMNS)
    return {
        (row["kind"], row["code"]): (
            tuple(filter(None, row["zh"].split(";"))),
            tuple(filter(None, row["en"].split(";"))),
        )
        for row in rows
    }


@cache
def _generic(folder: Path) -> frozenset[str]:
    zh, en = _other_words(folder)[GENERIC, ""]
    return frozenset((*map(normalise, zh), *(_stems(word).strip() for word in en)))


def _words(normal: str) -> list[str]:
    """Return the words of a normalised text that name something, in order."""
    generic = _generic(data_folder())
    found = [w for w in han_words(normal) if len(w) >= MIN_HAN and w not in generic]
    for word in words(normal):
        is_thing = word.text not in ENGLISH_STOP_WORDS and word.stem not in generic
        if is_thing and any(map(str.isalpha, word.text)):
            found.append(word.text)
    return sorted(found, key=normal.find)


def _thing(shown: str, word: str, lexicon: Translator | None) -> Thing:
    translated = lexicon.expand(word) if lexicon is not None else []
    spellings = [word, *translated]
    han = [s for s in map(normalise, spellings) if not s.isascii()]
    shorter = [s[:-1] for s in han if len(s) > MIN_HAN and s.endswith(ENDINGS)]
    latin = [_stems(s) for s in spellings if s.isascii()]
    return Thing(shown, tuple(dict.fromkeys((*han, *shorter))), tuple(dict.fromkeys(latin)))


@lru_cache(REMEMBERED)
def _read(text: str) -> tuple[str, str]:
    """Return a text as Chinese and as English words are looked for, without what it denies."""
    affirmed = DENIED.sub(" ", normalise(text))
    return affirmed, _stems(affirmed)


def _stems(text: str) -> str:
    return f" {' '.join(word.stem for word in words(normalise(text)))} "


def named(things: Sequence[Thing], texts: Sequence[str]) -> tuple[Thing, ...]:
    """Return those of some things that a text or its twin names, in their order."""
    return tuple(thing for thing in things if thing.is_named_in(texts))
