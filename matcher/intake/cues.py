"""Words of a text that speak for an industry, a process step, an AI task or a kind of data.

The cue words stand in ``data/vocabulary/tag_words.csv``, names and everyday names of industries in
the vocabulary. A word in the title counts double.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from matcher.text.lexicon_words import words
from matcher.text.terms import normalise
from matcher.vocabulary import data_folder, industry_names_in
from matcher.vocabulary.files import read_vocabulary

TITLE_WEIGHT = 2.0
NAME_WEIGHT = 2.0  # the name of an industry against a word that only hints at it
SHORT_CUE_WEIGHT = 0.5  # a single character stands in many words
DIVISION_LENGTH = 3  # C26: catalogue and form speak of divisions, finer names count for theirs
FIELD_OF = {
    "industry": "industries",
    "process_step": "process_steps",
    "ai_task": "ai_tasks",
    "data_modality": "data_modalities",
}


@dataclass(frozen=True, slots=True)
class Cue:
    """One cue word, as it is looked for, and what it speaks for."""

    field: str
    code: str
    word: str
    sought: str
    is_latin: bool


@dataclass(frozen=True, slots=True)
class Said:
    """What the words of a text say for one code: how much, and which words."""

    weight: float
    words: tuple[str, ...]


@cache
def _cues(folder: Path) -> tuple[Cue, ...]:
    rows = read_vocabulary(folder, "tag_words.csv", ("vocabulary", "code", "zh", "en"))
    return tuple(
        Cue(FIELD_OF[row["vocabulary"]], row["code"], word, sought, language == "en")
        for row in rows
        for language in ("zh", "en")
        for word in row[language].split(";")
        if (sought := _stems(word) if language == "en" else normalise(word)).strip()
    )


def _stems(text: str) -> str:
    return f" {' '.join(word.stem for word in words(normalise(text)))} "


def read_cues(title: str, problem: str) -> Mapping[tuple[str, str], Said]:
    """Return what the words of a need say for each (field, code) that any word speaks for.

    Examples
    --------
    >>> said = read_cues("带钢表面裂纹检测", "人工目检漏检多")
    >>> said["industries", "C31"].words, said["process_steps", "quality"].words
    (('带钢',), ('检测', '漏检', '目检'))
    """
    weights: defaultdict[tuple[str, str], float] = defaultdict(float)
    named: defaultdict[tuple[str, str], dict[str, None]] = defaultdict(dict)
    for text, factor in ((title, TITLE_WEIGHT), (problem, 1.0)):
        for field, code, word, weight in (*_cued(text), *_named(text)):
            weights[field, code] += factor * weight
            named[field, code][word] = None
    return {key: Said(weight, tuple(named[key])) for key, weight in weights.items()}


def _cued(text: str) -> Iterator[tuple[str, str, str, float]]:
    normal, stems = normalise(text), _stems(text)
    for cue in _cues(data_folder()):
        if cue.sought in (stems if cue.is_latin else normal):
            weight = 1.0 if len(cue.word) > 1 else SHORT_CUE_WEIGHT
            yield cue.field, cue.code, cue.word, weight


def _named(text: str) -> Iterator[tuple[str, str, str, float]]:
    """Yield the industries named in a text; a name of two divisions speaks half for each."""
    for name, codes in industry_names_in(normalise(text)).items():
        divisions = dict.fromkeys(code[:DIVISION_LENGTH] for code in codes)
        for code in divisions:
            yield "industries", code, name, NAME_WEIGHT * _length_share(name) / len(divisions)


def _length_share(name: str) -> float:
    """Return up to 1 for a name of four Han characters or two words: short ones say less."""
    length = 2 * len(name.split()) if name.isascii() else len(name)
    return min(length, 4) / 4
