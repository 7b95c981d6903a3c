"""Shared vocabularies: code lists, the industry tree and regions, each with both languages.

Everything is read once from ``data/vocabulary`` into immutable objects; nothing here validates a
record or knows a schema. Every layer may call these functions.
"""

from __future__ import annotations

from matcher.vocabulary.codes import codes, find_code, label, options, vocabulary_names
from matcher.vocabulary.files import data_folder
from matcher.vocabulary.industries import (
    find_industries,
    industry_ancestors,
    industry_codes,
    industry_distance,
    industry_label,
    industry_names,
    industry_names_in,
    industry_parent,
    is_industry,
    resolve_industry,
)
from matcher.vocabulary.industry_words import (
    industry_parts,
    known_industry,
    near_industries,
)
from matcher.vocabulary.regions import (
    NATIONWIDE,
    adcode_of,
    distance_km,
    is_region,
    province_of,
    region_codes,
    region_coordinates,
    region_label,
    region_parent,
)

__all__ = [
    "NATIONWIDE",
    "adcode_of",
    "codes",
    "data_folder",
    "distance_km",
    "find_code",
    "find_industries",
    "industry_ancestors",
    "industry_codes",
    "industry_distance",
    "industry_label",
    "industry_names",
    "industry_names_in",
    "industry_parent",
    "industry_parts",
    "is_industry",
    "is_region",
    "known_industry",
    "label",
    "near_industries",
    "options",
    "province_of",
    "region_codes",
    "region_coordinates",
    "region_label",
    "region_parent",
    "resolve_industry",
    "vocabulary_names",
]
