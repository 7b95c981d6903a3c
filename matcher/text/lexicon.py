"""Carry domain terms from Chinese to English and from English to Chinese.

Here: the lexicon of ``data/vocabulary/lexicon.csv`` and how its terms are found in a text. Not
here: translation of sentences; words that are in no row stay as they are. Retrieval,
ranking and the search box call this, so that a Chinese need meets an English-only record and the
reverse. Pure, linear in the length of the text.
"""

from __future__ import annotations

import hashlib
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np

from matcher.text.arrays import ArrayCache, Arrays, code_digest
from matcher.text.lexicon_file import read_pairs
from matcher.text.lexicon_words import WORD, Word, forms, last_joined, words
from matcher.text.spelling import american
from matcher.text.stopwords import ENGLISH_STOP_WORDS, HAN_STOP_CHARACTERS
from matcher.text.terms import HAN, normalise, ranking_terms
from matcher.vocabulary.files import data_folder

__all__ = ["Lexicon"]

Key = tuple[str, ...]
_T = TypeVar("_T", str, Key)

ANY_FORM: Key = ()  # among the forms of a stem: the translations of all of them

_HAN_CHARACTER = re.compile(f"[{HAN}]")


@dataclass(frozen=True, slots=True)
class _Match:
    """One term found: where it stands in the normalised text, and its translations."""

    start: int
    end: int
    translations: tuple[str, ...]


@dataclass(frozen=True, slots=True, repr=False)
class Lexicon:
    """Pairs of Chinese and English terms, looked up by longest match in either direction.

    Immutable; make it with :meth:`load` or :meth:`of`.
    """

    _from_zh: Mapping[str, tuple[str, ...]]
    _from_en: Mapping[Key, Mapping[Key, tuple[str, ...]]]  # by stems, then by form
    _zh_lengths: Mapping[str, tuple[int, ...]]
    _en_lengths: Mapping[str, tuple[int, ...]]

    @classmethod
    def load(cls, path: Path | None = None) -> Lexicon:
        """Read a lexicon file once, by default the one of the data folder.

        Parameters
        ----------
        path : Path, optional
            A CSV file with the columns zh, en, kind.

        Raises
        ------
        ImportFailed
            When the file is missing or a row of it cannot be used; names every such row.

        Examples
        --------
        >>> Lexicon.load().expand("高炉炉温预测")[0]
        'blast furnace'
        """
        return _load(path or _default_path())

    @classmethod
    def kept(cls, cache: ArrayCache, path: Path | None = None) -> Lexicon:
        """Return the lexicon of a file as the cache has it, else read the file and keep it there.

        Raises
        ------
        ImportFailed
            As ``load``.
        """
        path = path or _default_path()
        if not path.is_file():
            return _load(path)  # which says what is wrong
        key = hashlib.sha256(code_digest().encode() + path.read_bytes()).hexdigest()
        arrays = cache.get("lexicon", key)
        if arrays is not None:
            return cls.of_arrays(arrays)
        lexicon = _load(path)
        cache.put("lexicon", key, lexicon.arrays())
        return lexicon

    @classmethod
    def of(cls, pairs: Iterable[tuple[str, str]]) -> Lexicon:
        """Build a lexicon from pairs of a Chinese and an English term.

        Examples
        --------
        >>> Lexicon.of([("漏检率", "miss rate")]).expand("降低漏检率")
        ['miss rate']
        """
        from_zh: dict[str, list[str]] = {}
        from_en: dict[Key, dict[Key, list[str]]] = {}
        for zh, en in pairs:
            _append_once(from_zh.setdefault(normalise(zh), []), en)
            found = words(normalise(en))
            by_form = from_en.setdefault(tuple(word.stem for word in found), {})
            for form in (*forms(found), ANY_FORM):
                _append_once(by_form.setdefault(form, []), zh)
        return cls._of(
            _frozen(from_zh),
            MappingProxyType({stems: _frozen(by_form) for stems, by_form in from_en.items()}),
        )

    @classmethod
    def _of(
        cls,
        from_zh: Mapping[str, tuple[str, ...]],
        from_en: Mapping[Key, Mapping[Key, tuple[str, ...]]],
    ) -> Lexicon:
        return cls(
            from_zh,
            from_en,
            _lengths((term[0], len(term)) for term in from_zh if term),
            _lengths((term[0], len(term)) for term in from_en if term),
        )

    def arrays(self) -> Arrays:
        """Return both directions, to be kept."""
        by_stems = [[s, list(by_form.items())] for s, by_form in self._from_en.items()]
        packed = json.dumps([list(self._from_zh.items()), by_stems]).encode("ascii")
        return {"json": np.frombuffer(packed, dtype=np.uint8)}

    @classmethod
    def of_arrays(cls, arrays: Arrays) -> Lexicon:
        """Return the lexicon that had these arrays."""
        from_zh, from_en = json.loads(arrays["json"].tobytes())
        return cls._of(
            _frozen(dict(from_zh)),
            MappingProxyType(
                {
                    tuple(stems): _frozen({tuple(form): found for form, found in by_form})
                    for stems, by_form in from_en
                }
            ),
        )

    def translate(self, text: str) -> dict[str, float]:
        """Return weighted ranking terms, in the other language, for the domain terms of a text.

        A term found ``n`` times weighs the square root of ``n``, shared equally among its
        translations; where two translations have a word in common, it gets the sum. English terms
        come in British and American spelling.

        Parameters
        ----------
        text : str
            Chinese, English or mixed.

        Returns
        -------
        dict of str to float
            Terms as :func:`matcher.text.terms.ranking_terms` writes them, with weights above zero.

        Examples
        --------
        >>> weights = Lexicon.of([("裂纹", "crack"), ("裂缝", "crack")]).translate("Cracks")
        >>> weights["裂纹"], weights["1:裂"]
        (0.5, 1.0)
        """
        counts = Counter(match.translations for match in self._matches(text))
        weights: dict[str, float] = {}
        for translations, count in counts.items():
            share = math.sqrt(count) / len(translations)
            for translation in translations:
                for term in _terms(translation):
                    weights[term] = weights.get(term, 0.0) + share
        return weights

    def expand(self, text: str) -> list[str]:
        """Return the translations of the domain terms of a text, each once, in order.

        Examples
        --------
        >>> Lexicon.of([("质检", "quality inspection"), ("电路板", "PCB")]).expand("AI质检 for pcb")
        ['quality inspection', '电路板']
        """
        found = sorted(self._matches(text), key=lambda match: match.start)
        return list(dict.fromkeys(term for match in found for term in match.translations))

    def translations_of(self, word: str) -> list[str]:
        """Return the translations of a word that is itself a term; a part of it does not count.

        Examples
        --------
        >>> lexicon = Lexicon.of([("质检", "quality inspection")])
        >>> lexicon.translations_of("质检"), lexicon.translations_of("AI质检员")
        (['quality inspection'], [])
        """
        length = len(normalise(word).strip())
        whole = [match for match in self._matches(word) if match.end - match.start >= length]
        return list(dict.fromkeys(term for match in whole for term in match.translations))

    def coverage(self, text: str) -> float:
        """Return the share of a text, in [0, 1], that terms of the lexicon cover.

        Counted are Han characters and words of other scripts, without grammatical ones and
        numbers; a text with none of them has coverage 0.

        Examples
        --------
        >>> Lexicon.of([("缺陷检测", "defect detection")]).coverage("布匹的缺陷检测")
        0.6666666666666666
        """
        normal = normalise(text)
        units = sorted(_content(normal))
        if not units:
            return 0.0
        covered = bytearray(len(normal))
        for match in self._matches(text):
            covered[match.start : match.end] = b"\x01" * (match.end - match.start)
        return sum(covered[start] for start in units) / len(units)

    def __repr__(self) -> str:
        return f"Lexicon({len(self)} pairs)"

    def __hash__(self) -> int:
        """Return a hash, so that what was looked up in a lexicon can be remembered under it."""
        return hash(len(self._from_zh))

    def __len__(self) -> int:
        return sum(map(len, self._from_zh.values()))

    def _matches(self, text: str) -> list[_Match]:
        normal = normalise(text)
        return [*self._zh_matches(normal), *self._en_matches(normal)]

    def _zh_matches(self, normal: str) -> Iterator[_Match]:
        """Find Chinese terms from left to right, the longest first at each place."""
        terms, lengths, at = self._from_zh, self._zh_lengths, 0
        while at < len(normal):
            step = 1
            for length in lengths.get(normal[at], ()):
                found = terms.get(normal[at : at + length])
                if found and _ends_cleanly(normal, at, at + length):
                    yield _Match(at, at + length, found)
                    step = length
                    break
            at += step

    def _en_matches(self, normal: str) -> Iterator[_Match]:
        """Find English terms from left to right over stems, the longest first at each word."""
        every = words(normal)
        stems = [word.stem for word in every]
        last = last_joined(normal, every)
        at = 0
        while at < len(every):
            step = 1
            for length in self._en_lengths.get(stems[at], ()):
                by_form = self._from_en.get(tuple(stems[at : at + length]))
                if by_form and at + length - 1 <= last[at]:
                    found = every[at : at + length]
                    yield _Match(found[0].start, found[-1].end, _closest(by_form, found))
                    step = length
                    break
            at += step


def _append_once(items: list[str], item: str) -> None:
    if item not in items:
        items.append(item)


def _frozen(lists: Mapping[_T, list[str]]) -> Mapping[_T, tuple[str, ...]]:
    return MappingProxyType({key: tuple(items) for key, items in lists.items()})


def _lengths(terms: Iterable[tuple[str, int]]) -> Mapping[str, tuple[int, ...]]:
    """Return the lengths, longest first, of the terms that each character or word opens."""
    lengths: dict[str, set[int]] = {}
    for first, length in terms:
        lengths.setdefault(first, set()).add(length)
    return MappingProxyType({k: tuple(sorted(v, reverse=True)) for k, v in lengths.items()})


def _ends_cleanly(normal: str, start: int, end: int) -> bool:
    """Whether a term that opens or closes with a Latin letter does not cut a word in two."""
    return not (
        (start > 0 and _is_latin(normal[start]) and _is_latin(normal[start - 1]))
        or (end < len(normal) and _is_latin(normal[end - 1]) and _is_latin(normal[end]))
    )


def _is_latin(character: str) -> bool:
    return character.isalnum() and _HAN_CHARACTER.match(character) is None


def _closest(by_form: Mapping[Key, tuple[str, ...]], found: list[Word]) -> tuple[str, ...]:
    """Return the translations of the form nearest to the words found.

    A stem joins words of unlike meaning ("customs" and "customer"), so a term written like the
    words counts alone; where there is none ("optimising") all that share the stem do.
    """
    for form in forms(found):
        if form in by_form:
            return by_form[form]
    return by_form[ANY_FORM]


def _content(normal: str) -> Iterator[int]:
    """Return where each Han character or word that carries meaning starts."""
    for han in _HAN_CHARACTER.finditer(normal):
        if han.group() not in HAN_STOP_CHARACTERS:
            yield han.start()
    for word in WORD.finditer(normal):
        text = word.group()
        if text not in ENGLISH_STOP_WORDS and any(map(str.isalpha, text)):
            yield word.start()


@lru_cache(maxsize=32_768)
def _terms(translation: str) -> tuple[str, ...]:
    """Return the distinct ranking terms of a translation, in both spellings if English."""
    terms = [*ranking_terms(translation), *ranking_terms(american(translation))]
    return tuple(dict.fromkeys(terms))


def _default_path() -> Path:
    return data_folder() / "vocabulary" / "lexicon.csv"


@cache
def _load(path: Path) -> Lexicon:
    return Lexicon.of(read_pairs(path))
