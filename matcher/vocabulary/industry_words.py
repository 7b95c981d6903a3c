"""Industries as people write them: several in one line, with other words between, nearly right."""

from __future__ import annotations

import re
from difflib import get_close_matches

from matcher.vocabulary.files import folded
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
LONGEST_NAME = 60
MOST_HOLDING = 60
SHORTEST_STEM = 4  # letters; fewer stand at the beginning of too many words
MOST_WORDS = 24  # that one line is taken apart into
ALIKE = 0.75  # of the letters of two names, for a word that is mistyped

_STRONG = re.compile(r"[;；\n]+")
_WEAK = re.compile(
    r"\s*(?:[、，,/|]|&|(?<![a-z])and(?![a-z])|以及|和|与|及)\s*"
    r"|(?<=[\u4e00-\u9fff])\s+(?=[\u4e00-\u9fff])",
    re.IGNORECASE,
)


def known_industry(text: str) -> tuple[str, ...]:
    """Return what a name means, also without its usual ending or with ``&`` for ``and``.

    Examples
    --------
    >>> known_industry("法律"), known_industry("Oil & gas"), known_industry("炼丹")
    (('L723',), ('B07',), ())
    """
    name = folded(text).replace("&", " and ")
    for candidate in (name, *(f"{name}{ending}" for ending in ENDINGS)):
        found = resolve_industry(candidate)
        if found:
            return found
    return ()


def industry_parts(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Take a line of industries apart: each piece with its codes, none where it is not known.

    Names hold the signs that part names, so the longest known name from the left counts. A line
    without any known piece stays whole.

    Examples
    --------
    >>> industry_parts("钢铁、石化")
    [('钢铁', ('C31',)), ('石化', ('C25', 'C26'))]
    >>> industry_parts("农、林、牧、渔业和炼丹")
    [('农、林、牧、渔业', ('A',)), ('炼丹', ())]
    """
    chunks = [chunk.strip() for chunk in _STRONG.split(text)]
    return [part for chunk in chunks if chunk for part in _parts_of(chunk)]


def _parts_of(chunk: str) -> list[tuple[str, tuple[str, ...]]]:
    whole = known_industry(chunk) if len(chunk) <= LONGEST_NAME else ()
    places = _words(chunk)
    if whole or not 1 < len(places) <= MOST_WORDS:
        return [(chunk, whole)]
    parts, start = [], 0
    while start < len(places):
        end = _longest_known(chunk, places, start)
        text = chunk[places[start][0] : places[end][1]]
        parts.append((text, known_industry(text)))
        start = end + 1
    return parts if any(codes for _text, codes in parts) else [(chunk, ())]


def _words(chunk: str) -> list[tuple[int, int]]:
    """Return where the words between the parting signs stand."""
    ends = [(sign.start(), sign.end()) for sign in _WEAK.finditer(chunk)]
    starts = [0, *(end for _start, end in ends)]
    stops = [*(start for start, _end in ends), len(chunk)]
    return [(a, b) for a, b in zip(starts, stops, strict=True) if chunk[a:b].strip()]


def _longest_known(chunk: str, places: list[tuple[int, int]], start: int) -> int:
    """Return the last word of the longest known name from a word on, or that word alone."""
    for end in range(len(places) - 1, start, -1):
        text = chunk[places[start][0] : places[end][1]]
        if len(text) <= LONGEST_NAME and known_industry(text):
            return end
    return start


def near_industries(text: str, limit: int = 3) -> tuple[str, ...]:
    """Return codes of industries whose names hold a text or look like it, the nearest first.

    Examples
    --------
    >>> near_industries("律师"), near_industries("petrochemcals")
    (('L723',), ('C25', 'C26'))
    """
    name = folded(text)
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
