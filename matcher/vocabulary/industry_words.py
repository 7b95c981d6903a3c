"""Industries as people write them: several in one line, with other words between, nearly right."""

from __future__ import annotations

import re
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path

from matcher.vocabulary.files import data_folder, folded
from matcher.vocabulary.industries import (
    find_industries,
    industry_label,
    industry_names,
    resolve_industry,
)

# What a name of the standard ends in and people leave out: 法律 is 法律服务, 水泥 is 水泥制造.
ENDINGS = (
    *("业", "服务", "服务业", "制造", "制造业", "开采", "开采业"),
    *(" services", " manufacturing", " industry", " mining"),
)
DEEPEST_NEAR = 3  # a group: finer classes are too many to choose from
LONGEST_NAME = 100  # characters; the longest name of the standard has 73
LONGEST_LINE = 1_000
MOST_HOLDING = 60
SHORTEST_STEM = 4  # letters; fewer stand at the beginning of too many words
MOST_PIECES = 24  # of one line, and words that one piece is taken apart into
ALIKE = 0.75  # of the letters of two names, for a word that is mistyped
N_REMEMBERED = 2_048  # a page reads and shows the same line several times

_STRONG = re.compile(r"[;；\n]")
# White space is collapsed before: nothing here may repeat, or a run of blanks costs its square.
_WEAK = re.compile(
    r" ?(?:[、，,/|]|&|(?<![a-z])and(?![a-z])|以及|和|与|及) ?"
    r"|(?<=[\u4e00-\u9fff]) (?=[\u4e00-\u9fff])",
    re.IGNORECASE,
)
Part = tuple[str, tuple[str, ...]]


def known_industry(text: str) -> tuple[str, ...]:
    """Return what a name means, also without its usual ending or with ``&`` for ``and``.

    Examples
    --------
    >>> known_industry("法律"), known_industry("Oil & gas"), known_industry("炼丹")
    (('L723',), ('B07',), ())
    """
    if len(text) > LONGEST_NAME:
        return ()
    name = _as_named(text)
    for candidate in (name, *(f"{name}{ending}" for ending in ENDINGS)):
        found = resolve_industry(candidate)
        if found:
            return found
    return ()


def industry_parts(text: str) -> list[Part]:
    """Take a line of industries apart: each piece with its codes, none where it is not known.

    Names hold the signs that part names, so the longest known name from the left counts. A line
    without any known piece stays whole; what is longer than anybody writes is not looked into.
    White space within a piece is one blank.

    Examples
    --------
    >>> industry_parts("钢铁、石化")
    [('钢铁', ('C31',)), ('石化', ('C25', 'C26'))]
    >>> industry_parts("农、林、牧、渔业和炼丹")
    [('农、林、牧、渔业', ('A',)), ('炼丹', ())]
    """
    pieces = [" ".join(piece.split()) for piece in _STRONG.split(text)]
    pieces = [piece for piece in pieces if piece]
    if sum(map(len, pieces)) > LONGEST_LINE:
        return [("; ".join(pieces), ())]
    told = pieces[:MOST_PIECES]
    parts = [part for piece in told for part in _parts_of(data_folder(), piece)]
    return [*parts, *((piece, ()) for piece in pieces[MOST_PIECES:])]


@lru_cache(maxsize=N_REMEMBERED)
def _parts_of(_folder: Path, piece: str) -> tuple[Part, ...]:
    """Take apart what stands between strong signs; remembered for the vocabulary of a folder."""
    whole = known_industry(piece)
    places = _words(piece)
    if whole or not 1 < len(places) <= MOST_PIECES:
        return ((piece, whole),)
    parts, start = [], 0
    while start < len(places):
        end = _longest_known(piece, places, start)
        text = piece[places[start][0] : places[end][1]]
        parts.append((text, _listed(text)))
        start = end + 1
    return tuple(parts) if any(codes for _text, codes in parts) else ((piece, ()),)


def _listed(text: str) -> tuple[str, ...]:
    """Return what a name among others means; a lone letter is of R&D, not the code of a section."""
    return known_industry(text) if len(text) > 1 or not text.isascii() else ()


def _words(piece: str) -> list[tuple[int, int]]:
    """Return where the words between the parting signs stand."""
    ends = [(sign.start(), sign.end()) for sign in _WEAK.finditer(piece)]
    starts = [0, *(end for _start, end in ends)]
    stops = [*(start for start, _end in ends), len(piece)]
    return [(a, b) for a, b in zip(starts, stops, strict=True) if piece[a:b].strip()]


def _longest_known(piece: str, places: list[tuple[int, int]], start: int) -> int:
    """Return the last word of the longest known name from a word on, or that word alone."""
    found = end = start
    while end + 1 < len(places):
        if _as_named(piece[places[start][0] : places[end][1]]) not in _beginnings(data_folder()):
            break
        end += 1
        if known_industry(piece[places[start][0] : places[end][1]]):
            found = end
    return found


def _as_named(text: str) -> str:
    """Return text in the form in which the names of the vocabulary are kept."""
    return folded(text.replace("&", " and "))


@cache
def _beginnings(_folder: Path) -> frozenset[str]:
    """Return what stands before the parting signs that names hold themselves."""
    return frozenset(
        name[: sign.start()] for name in industry_names() for sign in _WEAK.finditer(name)
    )


def near_industries(text: str, limit: int = 3) -> tuple[str, ...]:
    """Return codes of industries whose names hold a text or look like it, the nearest first.

    Examples
    --------
    >>> near_industries("律师"), near_industries("petrochemcals")
    (('L723',), ('C25', 'C26'))
    """
    if len(text) > LONGEST_NAME:
        return ()
    return _near(data_folder(), folded(text), limit)


@lru_cache(maxsize=N_REMEMBERED)
def _near(_folder: Path, name: str, limit: int) -> tuple[str, ...]:
    if not name or len(name) > LONGEST_NAME:
        return ()
    holding = [code for code in find_industries(name, MOST_HOLDING) if _names_it(code, name)]
    if not holding:
        names = industry_names()
        close = get_close_matches(name, names, limit, ALIKE)
        holding = [code for one in close for code in names[one]]
    return tuple(dict.fromkeys(code[: DEEPEST_NEAR + 1] for code in holding))[:limit]


def _names_it(code: str, name: str) -> bool:
    """Whether a name stands in a label where a word of that label begins."""
    if not name.isascii():
        return True
    if len(name) < SHORTEST_STEM:
        return False
    return (
        re.search(rf"(?<![a-z]){re.escape(name)}", folded(industry_label(code, "en"))) is not None
    )
