"""Words for the groups that figures on exposure are split by, for the documents of the pack."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matcher import vocabulary
from matcher.errors import UnknownRecord
from matcher.reports.regulator.facts import EN, Words

ATTRIBUTES: Mapping[str, Words] = {
    "size": Words("规模", "size"),
    "region": Words("所在地", "region"),
    "language": Words("语言", "language"),
    "age": Words("新旧", "new or old"),
}
AGES: Mapping[str, Words] = {
    "new": Words("登记不到 60 天", "registered under 60 days ago"),
    "old": Words("较早登记", "registered earlier"),
}
LISTS: Mapping[str, str] = {"size": "org_size", "language": "org_language"}


def group_of(figure: Mapping[str, Any], language: str) -> str:
    """Return what a figure is split by and which part it is; a dash for the whole.

    Examples
    --------
    >>> group_of({"dimension": "size", "group": "micro"}, "zh")
    '规模：微型'
    >>> group_of({"dimension": "", "group": ""}, "en")
    '–'
    """
    dimension, group = str(figure["dimension"]), str(figure["group"])
    attribute = ATTRIBUTES.get(dimension)
    named = dimension if attribute is None else attribute.of(language)
    told = _part(dimension, group, language) if group else ""
    return (": " if language == EN else "：").join(filter(None, (named, told))) or "–"


def _part(dimension: str, group: str, language: str) -> str:
    if dimension == "age" and group in AGES:
        return AGES[group].of(language)
    if dimension in LISTS:
        return vocabulary.label(LISTS[dimension], group, language)
    try:
        return vocabulary.region_label(group, language) if dimension == "region" else group
    except UnknownRecord:
        return group
