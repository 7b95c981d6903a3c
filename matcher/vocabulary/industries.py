"""The industry tree of GB/T 4754-2017: sections, divisions, groups and classes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from matcher.errors import UnknownRecord
from matcher.vocabulary.files import data_folder, folded, read_vocabulary

ROOT = ""
SHORTEST_NAME_IN_TEXT = 2


@dataclass(frozen=True, slots=True)
class Industry:
    """One node of the tree; ``en`` is empty for a class, which is then named by its group."""

    code: str
    parent: str
    zh: str
    en: str


@cache
def _tree(folder: Path) -> Mapping[str, Industry]:
    rows = read_vocabulary(folder, "industries.csv", ("code", "parent", "zh", "en"))
    return MappingProxyType({row["code"]: Industry(**row) for row in rows})


@cache
def _names(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Return folded name → codes: everyday names first, then the labels of the standard."""
    names: dict[str, tuple[str, ...]] = {}
    for row in read_vocabulary(folder, "industry_aliases.csv", ("alias", "codes")):
        names[folded(row["alias"])] = tuple(row["codes"].split())
    for industry in sorted(_tree(folder).values(), key=lambda node: (len(node.code), node.code)):
        for name in (industry.zh, industry.en):
            if name:
                names.setdefault(folded(name), (industry.code,))
    return MappingProxyType(names)


def industry_names() -> Mapping[str, tuple[str, ...]]:
    """Return every name that is known, folded, with the codes that it means."""
    return _names(data_folder())


def _industry(code: str) -> Industry:
    try:
        return _tree(data_folder())[code]
    except KeyError as error:
        raise UnknownRecord("industry", code) from error


def is_industry(code: str) -> bool:
    """Say whether this is a code of the standard."""
    return code in _tree(data_folder())


def industry_codes(depth: int | None = None) -> tuple[str, ...]:
    """Return all codes, or those of one depth: 1 section, 2 division, 3 group, 4 class.

    Examples
    --------
    >>> [len(industry_codes(depth)) for depth in (1, 2, 3, 4)]
    [20, 97, 473, 1381]
    """
    tree = _tree(data_folder())
    return tuple(code for code in tree if depth is None or _depth(code) == depth)


def _depth(code: str) -> int:
    """Return 1 to 4; a division is written with its section's letter, so ``C26`` is depth 2."""
    return max(1, len(code) - 1)


def industry_label(code: str, language: str = "zh") -> str:
    """Return the name of an industry; a class without an English name takes its group's.

    Examples
    --------
    >>> industry_label("C26"), industry_label("C2614", "en")
    ('化学原料和化学制品制造业', 'Basic chemical raw materials')
    """
    industry = _industry(code)
    if language == "zh":
        return industry.zh
    return industry.en or industry_label(industry.parent, language)


def industry_parent(code: str) -> str:
    """Return the code one level up, or ``""`` for a section."""
    return _industry(code).parent


def industry_ancestors(code: str) -> tuple[str, ...]:
    """Return the codes above, nearest first.

    Examples
    --------
    >>> industry_ancestors("C2614")
    ('C261', 'C26', 'C')
    """
    parent = industry_parent(code)
    return (parent, *industry_ancestors(parent)) if parent else ()


def industry_distance(left: str, right: str) -> int:
    """Count the steps between two industries through their nearest common ancestor.

    Returns
    -------
    int
        0 for the same code; sections are joined by a root, so 2 between two sections.

    Examples
    --------
    >>> industry_distance("C26", "C2614"), industry_distance("C26", "C31")
    (2, 2)
    >>> industry_distance("C26", "A01")
    4
    """
    left_path = (left, *industry_ancestors(left), ROOT)
    right_path = (right, *industry_ancestors(right), ROOT)
    common = next(code for code in left_path if code in right_path)
    return left_path.index(common) + right_path.index(common)


def resolve_industry(text: str, *, within_text: bool = False) -> tuple[str, ...]:
    """Return the codes that a code, a name or an everyday word names, or ``()``.

    Parameters
    ----------
    text : str
        Such as ``C26``, ``石化`` or ``Iron and steel``.
    within_text : bool
        Also accept a longer text that holds a known name; the longest such name decides.

    Examples
    --------
    >>> resolve_industry("c26"), resolve_industry("石化"), resolve_industry("Dairy products")
    (('C26',), ('C25', 'C26'), ('C144',))
    >>> resolve_industry("华东某炼油企业"), resolve_industry("华东某炼油企业", within_text=True)
    ((), ('C251',))
    """
    name = folded(text)
    code = name.upper()
    if is_industry(code):
        return (code,)
    names = _names(data_folder())
    for candidate in (name, re.sub(r"(行业|产业|领域|企业|\s+(industry|sector))$", "", name)):
        if candidate in names:
            return names[candidate]
    return _longest_name_within(name, names) if within_text else ()


def _longest_name_within(text: str, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """Return the codes of the longest known name in the text; Latin names count as whole words."""
    padded = f" {re.sub(r'[^0-9a-z]+', ' ', text)} "
    best = ""
    for name in names:
        if len(name) < max(SHORTEST_NAME_IN_TEXT, len(best) + 1):
            continue
        if (f" {name} " in padded) if name.isascii() else (name in text):
            best = name
    return names[best] if best else ()


def industry_names_in(text: str) -> dict[str, tuple[str, ...]]:
    """Return the known names that stand in a text with their codes, none within a longer one.

    Examples
    --------
    >>> industry_names_in("为钢铁企业的炼焦与水泥制造")
    {'水泥制造': ('C3011',), '炼焦': ('C2521',), '钢铁': ('C31',)}
    """
    name = folded(text)
    padded = f" {re.sub(r'[^0-9a-z]+', ' ', name)} "
    found = [
        known
        for known in _names(data_folder())
        if len(known) >= SHORTEST_NAME_IN_TEXT
        and ((f" {known} " in padded) if known.isascii() else (known in name))
    ]
    names = _names(data_folder())
    longest: list[str] = []
    for known in sorted(found, key=lambda known: (-len(known), known)):
        if not any(known in longer for longer in longest):
            longest.append(known)
    return {known: names[known] for known in longest}


def find_industries(text: str, limit: int = 10) -> list[str]:
    """Search industries by a text in either language, best first.

    An exact name comes before names that hold the text; upper levels before lower ones.

    Examples
    --------
    >>> find_industries("水稻", 2), find_industries("papermaking")
    (['A011'], ['C222'])
    """
    name = folded(text)
    if not name:
        return []
    found = dict.fromkeys(resolve_industry(text))
    matching = (
        industry.code
        for industry in _tree(data_folder()).values()
        if name in folded(industry.zh) or name in folded(industry.en)
    )
    found.update(dict.fromkeys(sorted(matching, key=lambda code: (len(code), code))))
    return list(found)[:limit]
