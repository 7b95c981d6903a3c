"""Tell whether a published figure is about what a requirement asks for, or about something else.

"Accuracy above 90 %" for newly dead pines answers nobody who asks about wheat scab. Nearness of
whole texts cannot tell: they share the words of the measure. So the things that a requirement names
are looked for in the words of the figure and in its text, and the figure's own in the requirement.
Words that fit everything (识别, 缺陷, 目标) name no thing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple

from matcher.ranking.lines.named_things import (
    Thing,
    Translator,
    is_vague,
    named,
    named_things,
    specific,
)

# Of the things that a requirement names, more than this share must be named for a figure's text to
# be about the same: 缺陷 alone is not 绝缘子缺陷.
NAMED_SHARE = 0.5
# Nearness is the engine's affinity of the asked subject and an evidence text, in [0, 1]: half the
# shared words, half the cosine of meanings. Measured for 14 requirements against all evidence of
# the catalogue: a median of 0.02, a 99th percentile of 0.1 to 0.3 by requirement; evidence that
# does speak of the same thing reaches 0.4 to 0.7. Other words for the same thing stay under 0.4, so
# these thresholds miss rather than invent.
SPEAKS = 0.5  # speaks of the same thing
MENTIONS = 0.4  # comes close
REMEMBERED = 8_192  # words of figures of the catalogue
ASKED = 256  # texts of needs: kept while the candidates of one are judged


class About(IntEnum):
    """How sure it is that a figure is about what is asked for; the surest first."""

    SAME = 0
    UNSAID = 1  # it may be: the figure names nothing else, its text speaks of part of it
    OTHER = 2


class Subject(NamedTuple):
    """What a target is about.

    Attributes
    ----------
    ways : the things that it names, once for each language that says them
    words : all of that as it is written
    """

    ways: tuple[tuple[Thing, ...], ...]
    words: tuple[str, ...]

    @property
    def shown(self) -> str:
        """Return what is asked for in its own words, as one name."""
        return _as_one(next(iter(self.words), "").split())


def things_asked(texts: Iterable[str]) -> str:
    """Return the things that some texts name, as one name; empty where they name none.

    Examples
    --------
    >>> things_asked(["小麦赤霉病识别"]), things_asked(["缺陷识别"])
    ('小麦赤霉病', '')
    """
    return _as_one([thing.shown for text in texts for thing in _own_things(text)])


def _as_one(words: Sequence[str]) -> str:
    return (" " if any(map(str.isascii, words)) else "").join(dict.fromkeys(words))


@lru_cache(REMEMBERED)
def _own_things(text: str) -> tuple[Thing, ...]:
    return specific(named_things(text))


def subject_of(said: Iterable[Sequence[str]], lexicon: Translator | None = None) -> Subject:
    """Return the subject that the first of some groups of texts names, a text a language.

    Examples
    --------
    >>> subject = subject_of([["识别"], ["大田小麦赤霉病识别", ""]])
    >>> [thing.shown for thing in subject.ways[0]]
    ['大田', '小麦', '赤霉病']
    """
    words: tuple[str, ...] = ()
    for texts in said:
        words = tuple(filter(str.strip, texts)) or words
        ways = _ways(words, lexicon)
        if ways:
            return Subject(ways, words)
    return Subject((), words)


@lru_cache(ASKED)
def _ways(texts: tuple[str, ...], lexicon: Translator | None) -> tuple[tuple[Thing, ...], ...]:
    """Return the specific things of each text that names any; every candidate asks for the same."""
    return tuple(filter(None, (specific(named_things(text, lexicon)) for text in texts)))


def is_about(subject: Subject, own_words: str, texts: Sequence[str], nearness: float) -> About:
    """Tell whether a figure is about a subject.

    Parameters
    ----------
    own_words : str
        What the figure itself is said to measure, without the words of the measure.
    texts : sequence of str
        The text that holds it, in each language, and what else speaks for it.
    nearness : float
        Of the text and the subject, in [0, 1].

    Examples
    --------
    >>> wheat = subject_of([["小麦赤霉病"]])
    >>> is_about(wheat, "枯死松识别", ["枯死松识别准确率超过90%"], 0.1).name
    'OTHER'
    """
    if names_another(subject, own_words):
        return About.UNSAID if nearness >= SPEAKS else About.OTHER
    is_named = any(named(things, (own_words,)) for things in subject.ways)
    shares = [len(named(things, texts)) / len(things) for things in subject.ways]
    share = max(shares, default=0.0)
    if share > NAMED_SHARE or nearness >= SPEAKS:
        return About.SAME
    return About.UNSAID if share or is_named or nearness >= MENTIONS else About.OTHER


def names_something(terms: Iterable[str]) -> bool:
    """Whether any term of some tells what a figure is about; 效率 and "cost" do not."""
    return not all(map(is_vague, terms))


def names_another(subject: Subject, own_words: str) -> bool:
    """Whether a figure names things, and none that is asked for.

    Examples
    --------
    >>> wheat = subject_of([["小麦赤霉病"]])
    >>> names_another(wheat, "枯死松识别"), names_another(wheat, "缺陷识别")
    (True, False)
    """
    own = _own_things(own_words)
    if not own or any(named(things, (own_words,)) for things in subject.ways):
        return False
    return not any(thing.is_named_in(subject.words) for thing in own)
