"""Turn text in Chinese or English into comparable terms.

Here: normalisation, terms for the search index, terms for scoring, the language of a text.
Numbers with units stand in ``quantities`` and are offered here too. Not here: vectors, the
bilingual lexicon. Search, retrieval and ranking call this; everything is pure and linear in time.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Literal

from matcher.text.quantities import Quantity, numbers_with_units
from matcher.text.stopwords import ENGLISH_STOP_WORDS, HAN_STOP_CHARACTERS, HAN_STOP_WORDS

if TYPE_CHECKING:
    from snowballstemmer.english_stemmer import EnglishStemmer

__all__ = [
    "HAN",
    "Quantity",
    "detect_language",
    "han_words",
    "normalise",
    "numbers_with_units",
    "ranking_terms",
    "search_terms",
    "token_spans",
]

HAN = r"々〇㐀-䶿一-鿿豈-\ufaff\U00020000-\U0003ffff"  # with the iteration mark and the zero
CHARACTER_PREFIX = "1:"
WORD_PREFIX = "w:"
MIN_WORD_LENGTH = 3  # shorter words are already there as bigrams
HAN_LANGUAGE_SHARE = 0.2  # a Han character carries about as much as five Latin letters
MAX_TERM_LENGTH = 64  # nobody searches for longer tokens; they are keys, digests or an attack

# Control and invisible format characters, and lone surrogates, which no file or database can hold.
# Tab and line ends stay as spaces: they separate words.
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff\ud800-\udfff]+"
)
_HAN_CHARACTER = re.compile(f"[{HAN}]")
_POSSESSIVE = re.compile(r"(?<=[a-z])['’]s\b")
_TOKEN = re.compile(rf"[{HAN}]+|[0-9]+(?:\.[0-9]+)+(?![a-z0-9])|[^\W_{HAN}]+")


@cache
def _simplified() -> dict[int, str]:
    """Return the table from traditional to simplified characters.

    Taken from OpenCC's data character by character: its own ``convert`` writes every alternative
    of an ambiguous character into the text ("於" becomes "于 於") and is quadratic in long runs.
    One character for one character keeps positions, which highlighting needs.
    """
    import opencc  # here: reading its dictionaries costs milliseconds that few texts need

    pairs: dict[str, str] = {}
    for _, _, mapping in opencc.OpenCC("t2s").dict_cache.values():
        pairs.update((old, new.split()[0]) for old, new in mapping.items() if len(old) == 1)
    return {ord(old): pairs.get(new, new) for old, new in pairs.items()}


@cache
def _stemmer() -> EnglishStemmer:
    import snowballstemmer

    return snowballstemmer.stemmer("english")


@lru_cache(maxsize=65_536)
def _stem(word: str) -> str:
    if not word.isascii() or not word.isalpha() or len(word) > MAX_TERM_LENGTH:
        return word
    return str(_stemmer().stemWord(word))


def normalise(text: str) -> str:
    r"""Return the text in the one form in which texts are compared.

    Unicode compatibility form (NFKC), simplified Chinese, lower case, without control and
    invisible characters; tab and line ends become spaces. Applying it twice changes nothing.

    Examples
    --------
    >>> normalise("ＡＩ醫療影像\x00檢測")
    'ai医疗影像检测'
    """
    text = _INVISIBLE.sub("", text)
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    text = re.sub(r"\s", " ", text).lower()
    if text.isascii():
        return text
    # Lower-casing may leave a letter and its accent apart.
    text = unicodedata.normalize("NFKC", text)
    return text.translate(_simplified()) if _HAN_CHARACTER.search(text) else text


def _tokens(text: str) -> list[str]:
    """Return runs of Han characters, and words and numbers of other scripts, in order."""
    normal = normalise(text)
    if "s" in normal:
        normal = _POSSESSIVE.sub("", normal)
    return _TOKEN.findall(normal)


def _is_han(token: str) -> bool:
    return _HAN_CHARACTER.match(token) is not None


def _bigrams(run: str) -> list[str]:
    if len(run) == 1:
        return [run]
    return [run[i : i + 2] for i in range(len(run) - 1)]


def search_terms(text: str) -> list[str]:
    """Split text into the terms of the search index, in order, with repetitions.

    Han runs give their overlapping pairs (a lone character stays), other scripts give words and
    numbers, English reduced to its stem. No dictionary is needed, so no word can be missing.

    Examples
    --------
    >>> search_terms("AI+医疗影像 GPT-4o模型，质检")
    ['ai', '医疗', '疗影', '影像', 'gpt', '4o', '模型', '质检']
    """
    terms: list[str] = []
    for token in _tokens(text):
        if _is_han(token):
            terms.extend(_bigrams(token))
        else:
            terms.append(_stem(token)[:MAX_TERM_LENGTH])
    return terms


def ranking_terms(text: str, *, words: bool = True) -> list[str]:
    """Split text into the terms that scoring weighs, without stop words.

    Parameters
    ----------
    text : str
        Any text in either language.
    words : bool
        Whether to add dictionary words of three or more Han characters.

    Returns
    -------
    list of str
        Kinds are told apart by prefix: ``1:`` a single Han character, ``w:`` a Han word of three
        or more, no prefix a Han pair or the stem of an English word or number. Grouped by run.

    Examples
    --------
    >>> ranking_terms("预测性维护 of machines")
    ['1:预', '1:测', '1:性', '1:维', '1:护', '预测', '测性', '性维', '维护', 'w:预测性', 'machin']
    """
    terms: list[str] = []
    for token in _tokens(text):
        if _is_han(token):
            terms.extend(_han_ranking_terms(token, words))
        elif token not in ENGLISH_STOP_WORDS:
            terms.append(_stem(token)[:MAX_TERM_LENGTH])
    return terms


def _han_ranking_terms(run: str, words: bool) -> Iterator[str]:
    stop = HAN_STOP_CHARACTERS
    yield from (CHARACTER_PREFIX + character for character in run if character not in stop)
    for i in range(len(run) - 1):
        pair = run[i : i + 2]
        if pair not in HAN_STOP_WORDS and not (pair[0] in stop and pair[1] in stop):
            yield pair
    if words and len(run) >= MIN_WORD_LENGTH:
        import rjieba  # here: its dictionary takes a tenth of a second to load

        for word in rjieba.cut(run):
            if len(word) >= MIN_WORD_LENGTH and word not in HAN_STOP_WORDS:
                yield WORD_PREFIX + word


def han_words(text: str) -> list[str]:
    """Return the dictionary words of the Han runs of a text, in order.

    Examples
    --------
    >>> han_words("支持红外图像")
    ['支持', '红外', '图像']
    """
    import rjieba  # here: its dictionary takes a tenth of a second to load

    return [word for run in _tokens(text) if _is_han(run) for word in rjieba.cut(run)]


def detect_language(text: str) -> Literal["zh", "en"]:
    """Say whether a text is Chinese or English by the share of Han among its letters.

    One fifth is enough, for Chinese engineers write many Latin abbreviations; a text without
    letters counts as Chinese, the platform's first language.

    Examples
    --------
    >>> detect_language("基于LightGBM的高炉预测"), detect_language("Furnace (高炉) control")
    ('zh', 'en')
    """
    if text.isascii():
        return "en" if any(character.isalpha() for character in text) else "zh"
    n_han = len(_HAN_CHARACTER.findall(text))
    n_letters = sum(map(str.isalpha, text))
    return "zh" if n_han >= HAN_LANGUAGE_SHARE * n_letters else "en"


def token_spans(text: str) -> list[tuple[str, int, int]]:
    """Return the search terms of a text with the place in the original text each one covers.

    Returns
    -------
    list of (str, int, int)
        Term, start, end (exclusive) in characters of ``text``; in order. A run whose length
        changes under normalisation (a ligature, say) is covered as a whole by each of its terms.
    """
    spans: list[tuple[str, int, int]] = []
    for found in _ORIGINAL_RUN.finditer(text):
        run, start, end = found.group(), found.start(), found.end()
        normal = normalise(run)
        same_places = _keeps_places(run, normal)
        normal = _POSSESSIVE.sub(lambda found: " " * len(found.group()), normal)
        for token in _TOKEN.finditer(normal):
            at = (start + token.start(), start + token.end()) if same_places else (start, end)
            spans.extend(_spans_of_token(token.group(), *at))
    return spans


def _keeps_places(run: str, normal: str) -> bool:
    """Whether normalisation put exactly one character in the place of each."""
    if len(normal) != len(run):
        return False
    return run.isascii() or all(map(str.__eq__, map(normalise, run), normal))


_ORIGINAL_RUN = re.compile(r"[^\s,，。;；、：:!！?？()（）\"“”]+")


def _spans_of_token(token: str, start: int, end: int) -> Iterator[tuple[str, int, int]]:
    if not _is_han(token):
        yield _stem(token)[:MAX_TERM_LENGTH], start, end
        return
    exact = end - start == len(token)
    for i, pair in enumerate(_bigrams(token)):
        yield (pair, start + i, start + i + len(pair)) if exact else (pair, start, end)
