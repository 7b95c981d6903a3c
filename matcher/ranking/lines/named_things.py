"""Which of the things that a requirement names are named in a text, in either language.

A requirement such as "connects to the existing DCS and video systems" names two things; a long
description that speaks of one of them is far from it as a whole, yet says something about it. Words
that name no thing (support, existing, system) stand in ``data/vocabulary/requirement_words.csv``.
A thing that is asked not to be there is named only where a text denies it, too.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Protocol

from matcher.ranking.lines.denials import halves
from matcher.text.lexicon_words import words
from matcher.text.stopwords import ENGLISH_STOP_WORDS
from matcher.text.terms import han_words, normalise
from matcher.vocabulary import data_folder
from matcher.vocabulary.files import read_vocabulary

FILE, COLUMNS = "requirement_words.csv", ("kind", "code", "zh", "en")
GENERIC, VAGUE = "generic", "vague"  # name no thing; name a thing of any kind
MIN_HAN = 2
# 边缘侧 is said of the edge, 手机端 of the phone: what a word of three characters or more ends in.
ENDINGS = ("侧", "端", "化", "性", "类", "型", "式", "声", "级")
REMEMBERED = 8_192


class Translator(Protocol):
    """The part of a lexicon that is needed here."""

    def translations_of(self, word: str) -> list[str]:
        """Return the translations of a word, none of its parts."""
        ...

    def __hash__(self) -> int:
        """Return a hash: what was looked up is remembered."""
        ...


@dataclass(frozen=True, slots=True)
class Thing:
    """One thing that a requirement names.

    Attributes
    ----------
    shown : as the requirement writes it; of a denial the whole
    han : spellings that are looked for in Chinese text, normalised
    stems : the same in English text, each between spaces
    is_denied : asked for is that it is not there ("不依赖云端")
    """

    shown: str
    han: tuple[str, ...]
    stems: tuple[str, ...]
    is_denied: bool = False

    def is_named_in(self, texts: Iterable[str]) -> bool:
        """Whether any of some texts says of it what is asked: that it is there, or that it is not.

        Examples
        --------
        >>> [thing.is_named_in(["平台接入DCS"]) for thing in named_things("与 DCS 和视频系统对接")]
        [True, False]
        >>> [thing.is_named_in(["云端运行"]) for thing in named_things("不依赖云端")]
        [False]
        """
        return any(self._is_in(*_read(text, self.is_denied)) for text in texts)

    def is_opposed_in(self, texts: Iterable[str]) -> bool:
        """Whether any of some texts says the contrary of what is asked."""
        return any(self._is_in(*_read(text, not self.is_denied)) for text in texts)

    def _is_in(self, normal: str, stems: str) -> bool:
        return any(word in normal for word in self.han) or any(w in stems for w in self.stems)


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
    found: dict[object, Thing] = {}
    normal = normalise(text)
    affirmed, denials = halves(text)
    for part, said in ((affirmed, ""), *denials):
        for word in _words(part):
            shown = said.format(part.strip()) if said else _as_written(word, text, normal)
            thing = _thing(shown, word, lexicon, is_denied=bool(said))
            found.setdefault((thing.han, thing.stems, thing.is_denied), thing)
    return tuple(found.values())


def _as_written(word: str, text: str, normal: str) -> str:
    at = normal.find(word)
    return text[at : at + len(word)] if len(normal) == len(text) and at >= 0 else word


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
def _listed(folder: Path, kind: str) -> frozenset[str]:
    zh, en = _other_words(folder)[kind, ""]
    return frozenset((*map(normalise, zh), *(_stems(word).strip() for word in en)))


def _words(normal: str) -> list[str]:
    """Return the words of a normalised text that name something, in order."""
    generic = _listed(data_folder(), GENERIC)
    found = [w for w in han_words(normal) if len(w) >= MIN_HAN and w not in generic]
    for word in words(normal):
        is_thing = word.text not in ENGLISH_STOP_WORDS and word.stem not in generic
        if is_thing and any(map(str.isalpha, word.text)):
            found.append(word.text)
    return sorted(found, key=normal.find)


def _thing(shown: str, word: str, lexicon: Translator | None, *, is_denied: bool) -> Thing:
    translated = lexicon.translations_of(word) if lexicon is not None else []
    spellings = [word, *translated]
    han = [s for s in map(normalise, spellings) if not s.isascii()]
    shorter = [s[:-1] for s in han if len(s) > MIN_HAN and s.endswith(ENDINGS)]
    latin = [_stems(s) for s in spellings if s.isascii()]
    spelled = tuple(dict.fromkeys((*han, *shorter))), tuple(dict.fromkeys(latin))
    return Thing(shown, *spelled, is_denied)


@lru_cache(REMEMBERED)
def _read(text: str, is_denied: bool) -> tuple[str, str]:
    """Return what a text affirms, or denies, as Chinese and as English words are looked for."""
    affirmed, denials = halves(text)
    part = " ".join(denial.what for denial in denials) if is_denied else affirmed
    return part, _stems(part)


def _stems(text: str) -> str:
    return f" {' '.join(word.stem for word in words(normalise(text)))} "


def specific(things: Sequence[Thing]) -> tuple[Thing, ...]:
    """Return those of some things that tell what something is about, in their order.

    Examples
    --------
    >>> [thing.shown for thing in specific(named_things("绝缘子缺陷"))]
    ['绝缘子']
    """
    vague = _listed(data_folder(), VAGUE)
    return tuple(thing for thing in things if vague.isdisjoint(_spelled(thing)))


def is_vague(term: str) -> bool:
    """Whether a term of ``ranking_terms`` stands for no thing in particular, such as 效率."""
    return term in _vague_terms(data_folder())


@cache
def _vague_terms(folder: Path) -> frozenset[str]:
    listed = _listed(folder, VAGUE) | _listed(folder, GENERIC)
    return frozenset(word for word in listed if " " not in word)


def _spelled(thing: Thing) -> set[str]:
    word = normalise(thing.shown)
    return {word, _stems(word).strip()}


def named(things: Sequence[Thing], texts: Sequence[str]) -> tuple[Thing, ...]:
    """Return those of some things that a text or its twin names, in their order."""
    return tuple(thing for thing in things if thing.is_named_in(texts))
