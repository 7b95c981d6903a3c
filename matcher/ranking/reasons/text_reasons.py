"""What the texts of one candidate say for or against it, in sentences that the texts back.

Each function tells of one feature of ``features.affinity``. See ``sentences`` for when the strong
sentence is said and how the levels were found.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from matcher.ranking.affinity import TELLING_SHARE
from matcher.ranking.engine import CatalogueIndex, LookUp
from matcher.ranking.features.affinity import LEXICAL_TIME_CONSTANT_YEARS, topic_focus
from matcher.ranking.features.base import UNKNOWN_AGE_YEARS, view_units
from matcher.ranking.reasons.shared_words import (
    AskedWords,
    Held,
    Shared,
    held,
    need_texts,
    quoted,
)
from matcher.records import Need
from matcher.retrieval.collection import UNKNOWN_YEAR, Unit
from matcher.retrieval.index import UNTITLED_CHARACTERS

SHARED_WORDS = 5
TOPIC_LEVEL = 0.47
MEANING_LEVEL = 0.38
TITLE_MEANING_LEVEL = 0.47
# So many words of a need the catalogue must know before anybody can be said to fit: as many as the
# shortest need that the catalogue itself tells of has (cases, and scenarios in either language).
# One character, an emoji, random letters and most needs from outside industry have fewer.
LEAST_WORDS = 7
WRITTEN_SHARE = 0.5  # of the candidates, from which on a catalogue is written in a language

Sentence = tuple[str, str]  # Chinese, English
UNIT_WORDS = {
    "case": ("一个案例", "one case"),
    "claim": ("一条能力声明", "one claim"),
    "capability": ("能力说明", "its own description"),
    "provider": ("供给方简介", "its provider's profile"),
}
ANY_UNIT = ("一条证据", "one piece of evidence")


@dataclass(frozen=True)
class Reading:
    """A need as its words are looked for in the texts of candidates."""

    index: CatalogueIndex
    look_up: LookUp
    need: Need

    @cached_property
    def whole(self) -> AskedWords:
        """All that the need says in its own words."""
        return self._asked(need_texts(self.need))

    @cached_property
    def title(self) -> AskedWords:
        """What its title says."""
        return self._asked(filter(None, (self.need.title, self.need.title_en)))

    @cached_property
    def translated(self) -> AskedWords:
        """Its domain terms in the other language."""
        lexicon = self.index.parts.lexicon
        return self._asked(lexicon.expand(self.look_up.query.brief.lead) if lexicon else ())

    @property
    def has_topics(self) -> bool:
        """Whether the catalogue knows enough of its words for topics to be more than a guess."""
        return self.look_up.query.known_share >= TELLING_SHARE

    @property
    def n_judged_words(self) -> int:
        """How many of its words it can be judged by: those that the catalogue knows.

        Where the catalogue is written in another language, all of its words are.
        """
        written = self.index.evidence.written_in[self.look_up.query.language]
        is_readable = bool(len(written)) and float(written.mean()) >= WRITTEN_SHARE
        return self.whole.n_known if is_readable else self.whole.n_words

    def _asked(self, texts: Iterable[str]) -> AskedWords:
        return AskedWords(texts, self.index.evidence.lexical, has_twins=self.has_twins)

    @property
    def has_twins(self) -> bool:
        """Whether the need is written in both languages."""
        return bool(self.need.title and self.need.title_en)


class Candidate:
    """The texts of one candidate, as far as they are told of."""

    def __init__(self, reading: Reading, candidate: int) -> None:
        self.reading, self.candidate = reading, candidate
        self.index, self.look_up = reading.index, reading.look_up
        collection = self.index.evidence.collection
        self.units = collection.units_of(np.array([candidate]))
        self.years = collection.years[self.units]

    def best(self, scores: NDArray[np.floating]) -> tuple[Unit, float]:
        """Return the unit with the highest score, and the score."""
        own = scores[self.units]
        at = int(np.argmax(own))
        return self.index.evidence.collection.units[self.units[at]], float(own[at])

    def fresh(self, scores: NDArray[np.floating]) -> NDArray[np.float64]:
        """Return scores that count less the older a unit is."""
        year = self.look_up.query.year or self.index.evidence.latest_year
        years = self.index.evidence.collection.years
        is_dated = (years != UNKNOWN_YEAR) & (year > 0)
        ages = np.where(is_dated, np.maximum(year - years, 0), UNKNOWN_AGE_YEARS)
        return (scores * np.exp(-ages / LEXICAL_TIME_CONSTANT_YEARS)).astype(np.float64)

    def quoted(self, names: Sequence[str]) -> Sentence:
        """Return names as sentences of both languages have them."""
        return quoted(names, has_twins=self.reading.has_twins)

    def shared(self, unit: Unit) -> Shared:
        """Return what the need has in common with a whole unit."""
        return self.reading.whole.shared_with(_whole(unit))


def _whole(unit: Unit) -> Held:
    return held(" 。".join(part for twin in unit.texts for part in twin if part))


def _unit_words(unit: Unit) -> Sentence:
    return UNIT_WORDS.get(unit.kind, ANY_UNIT)


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]


def is_much(shared: Shared, asked: AskedWords) -> bool:
    """Whether as many words are shared as hardly any unrelated pair has, or half of a short need.

    Examples
    --------
    >>> from matcher.retrieval.lexical import LexicalIndex
    >>> is_much(Shared(1, ("x",)), AskedWords(["roll mark"], LexicalIndex([["roll"], ["mark"]])))
    False
    """
    n = shared.n_words
    return n >= SHARED_WORDS or (n > 1 and 2 * n >= asked.n_telling)


def _words_of(one: Candidate, scores: NDArray[np.floating], *, speaks_for: bool) -> Sentence:
    """Tell which words the text nearest in words has in common with the need."""
    unit, score = one.best(scores)
    shared, (zh, en) = one.shared(unit), _unit_words(unit)
    names_zh, names_en = one.quoted(shared.names)
    if not shared.names:
        return _no_names(score, speaks_for=speaks_for)
    if not speaks_for:
        return (
            f"与需求相同的词比一般候选少：{zh}中有{names_zh}",
            f"Fewer words in common with the need than average: {names_en} in {en}",
        )
    if is_much(shared, one.reading.whole):
        return (
            f"{zh}与需求有多处相同的词：{names_zh}",
            f"{_begun(en)} has many words in common with the need: {names_en}",
        )
    return (
        f"比一般候选接近，但相同的词很少：{zh}中有{names_zh}",
        f"Nearer than average, though little is shared: {names_en} in {en}",
    )


def _no_names(score: float, *, speaks_for: bool) -> Sentence:
    """Tell of a candidate that shares no word worth naming; it has ``score`` all the same."""
    if score <= 0:
        return "证据与需求没有相同的词", "Its evidence has no word in common with the need"
    if speaks_for:
        return (
            "用词比一般候选接近，但相同的只有常用词或单字",
            "Nearer in wording than average, but only common words or characters are shared",
        )
    return (
        "与需求相同的只有常用词或单字",
        "Only common words or characters are shared with the need",
    )


def _lexical_best(one: Candidate, speaks_for: bool) -> Sentence:
    return _words_of(one, one.look_up.scores.lexical, speaks_for=speaks_for)


def _lexical_recent(one: Candidate, speaks_for: bool) -> Sentence:
    zh, en = _words_of(one, one.fresh(one.look_up.scores.lexical), speaks_for=speaks_for)
    return f"较新的证据计得更重时：{zh}", f"With recent evidence counting more: {en}"


def _phrases(one: Candidate, speaks_for: bool) -> Sentence:
    unit, _ = one.best(one.look_up.scores.phrase)
    names = [name for name in one.shared(unit).names if len(name) > 2 or " " in name]
    if speaks_for and names:
        zh, en = one.quoted(names)
        return f"证据中有需求里的原有短语：{zh}", f"Phrases of the need stand in the evidence: {en}"
    if speaks_for:
        return (
            "与需求相同的短语比一般候选略多，但没有完整的词语",
            "Slightly more phrases in common than average, yet no whole words",
        )
    return (
        "证据中需求里的短语比一般候选少",
        "Fewer phrases of the need stand in its evidence than average",
    )


def _topics(one: Candidate, speaks_for: bool, level: float, close: Sentence) -> Sentence:
    """Tell how near the topics are; ``close`` is what is said where the level is reached."""
    if not speaks_for:
        return (
            "证据的主题比一般候选离需求远",
            "Its evidence is further from the topics of the need than average",
        )
    if level >= TOPIC_LEVEL and one.reading.has_topics:
        return close
    return (
        "证据的主题比一般候选接近需求，但仍有距离",
        "Nearer to the topics of the need than average, though still some way off",
    )


def _topic_recent(one: Candidate, speaks_for: bool) -> Sentence:
    _, level = one.best(one.look_up.scores.topic)
    close = ("有证据的主题与需求相近", "Some of its evidence is on the topics of the need")
    return _topics(one, speaks_for, level, close)


def _topic_focus(one: Candidate, speaks_for: bool) -> Sentence:
    topic, index = one.look_up.scores.topic, one.index.evidence
    view = view_units(index.collection, np.array([one.candidate]), 0)
    level = float(topic_focus(index.topics.vectors, topic[view.units], view)[0])
    several = int((topic[one.units] >= TOPIC_LEVEL).sum()) > 1
    close = (
        ("有几条证据集中在需求的主题上", "Several pieces of its evidence are on this topic")
        if several
        else ("相关证据的主题与需求相近", "Its relevant evidence is on this topic")
    )
    return _topics(one, speaks_for, level, close)


def _meaning(one: Candidate, speaks_for: bool) -> Sentence:
    unit, level = one.best(one.look_up.scores.meaning)
    zh, en = _unit_words(unit)
    if not speaks_for:
        return (
            "证据的含义比一般候选离需求远",
            "Its evidence is further from the need in meaning than average",
        )
    if level >= MEANING_LEVEL:
        return f"{zh}的含义与需求相近", f"{_begun(en)} is close to the need in meaning"
    return (
        "证据的含义比一般候选接近需求，但仍有距离",
        "Nearer to the need in meaning than average, though still some way off",
    )


def _title(one: Candidate, speaks_for: bool) -> Sentence:
    unit, score = one.best(one.look_up.scores.title_lexical)
    titles = " 。".join(title or text[:UNTITLED_CHARACTERS] for title, text in unit.texts)
    names = one.reading.title.shared_with(held(titles)).names
    zh, en = _unit_words(unit)
    where_zh, where_en = ("标题", "title") if unit.title or unit.title_en else ("开头", "beginning")
    names_zh, names_en = one.quoted(names)
    if names and speaks_for:
        return (
            f"需求标题与{zh}的{where_zh}都有{names_zh}",
            f"The need's title and the {where_en} of {en} have {names_en} in common",
        )
    if names:
        return (
            f"标题中与需求相同的词比一般候选少：{names_zh}",
            f"Fewer words of the title in common than average: {names_en}",
        )
    if score <= 0:
        return (
            "证据的标题与需求标题没有相同的词",
            "No title of its evidence has a word in common with the need's title",
        )
    if speaks_for:
        return (
            "标题的用词比一般候选接近，但相同的只有常用词或单字",
            "Nearer in the wording of titles, but only common words or characters are shared",
        )
    return (
        "标题中与需求相同的只有常用词或单字",
        "Only common words or characters of the titles are shared",
    )


def _title_meaning(one: Candidate, speaks_for: bool) -> Sentence:
    unit, level = one.best(one.look_up.scores.title_meaning)
    zh, en = _unit_words(unit)
    if not speaks_for:
        return (
            "证据标题的含义比一般候选离需求标题远",
            "Titles of its evidence are further from the need's title in meaning than average",
        )
    if level >= TITLE_MEANING_LEVEL:
        return (
            f"需求标题与{zh}的标题含义相近",
            f"The titles of the need and of {en} are close in meaning",
        )
    return (
        "标题的含义比一般候选接近，但仍有距离",
        "Nearer in the meaning of titles than average, though still some way off",
    )


def _pivot(one: Candidate, speaks_for: bool) -> Sentence:
    unit, _ = one.best(one.look_up.scores.pivot)
    names = one.reading.translated.named_in(_whole(unit))
    if names and speaks_for:
        zh, en = quoted(names, has_twins=False)
        return (
            f"需求的术语译成另一种语言后见于证据：{zh}",
            f"Terms of the need, translated, stand in the evidence: {en}",
        )
    if speaks_for:
        return (
            "需求的术语译成另一种语言后，只有部分字词见于证据",
            "Of the need's terms, translated, only parts stand in the evidence",
        )
    return (
        "需求的术语译成另一种语言后，见于其证据的比一般候选少",
        "Fewer of the need's terms, translated, stand in its evidence than average",
    )


def _age(one: Candidate, speaks_for: bool) -> Sentence:
    newest = int(one.years.max(initial=UNKNOWN_YEAR))
    if newest == UNKNOWN_YEAR:
        years = f"{UNKNOWN_AGE_YEARS:.0f}"
        than = ("新", "newer") if speaks_for else ("旧", "older")
        return (
            f"证据都没有注明年份，按 {years} 年前计，比一般候选{than[0]}",
            f"No evidence is dated; counted as {years} years old, {than[1]} than average",
        )
    if speaks_for:
        return (
            f"有年份的证据中，最新的是 {newest} 年的",
            f"The newest dated evidence is from {newest}",
        )
    return (
        f"有年份的证据中，最新的是 {newest} 年的，比一般候选旧",
        f"The newest dated evidence is from {newest}, older than average",
    )


OF_TEXTS: Mapping[str, Callable[[Candidate, bool], Sentence]] = {
    "lexical_best": _lexical_best,
    "lexical_recent": _lexical_recent,
    "phrase_affinity": _phrases,
    "topic_recent": _topic_recent,
    "topic_focus": _topic_focus,
    "meaning_affinity": _meaning,
    "title_lexical": _title,
    "title_meaning": _title_meaning,
    "lexicon_pivot": _pivot,
    "evidence_age": _age,
}
