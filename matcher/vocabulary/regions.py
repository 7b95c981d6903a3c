"""Regions of GB/T 2260: provinces and cities with coordinates, and how far apart they are."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from math import asin, cos, radians, sin, sqrt
from pathlib import Path
from types import MappingProxyType

from matcher.errors import UnknownRecord
from matcher.vocabulary.files import data_folder, folded, read_vocabulary

NATIONWIDE = "100000"
EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG 1980
COLUMNS = ("adcode", "parent", "zh", "en", "longitude", "latitude", "level")
LEVELS = ("country", "province", "city", "county")
_SUFFIX = re.compile(r"(特别行政区|自治区|自治州|自治县|地区|林区|市|省|盟|县|区)$")
_PEOPLES = re.compile(
    r"(维吾尔|壮族|回族|满族|苗族|彝族|藏族|侗族|瑶族|布依族|土家族|朝鲜族|白族|哈尼族|傣族|黎族|傈僳族|羌族"
    r"|景颇族|蒙古族|(?<=.)蒙古|(?<=.)回|哈萨克|柯尔克孜)+$"
)


@dataclass(frozen=True, slots=True)
class Region:
    """One administrative division; the country itself has no coordinates."""

    adcode: str
    parent: str
    zh: str
    en: str
    level: str
    longitude: float | None
    latitude: float | None


@cache
def _regions(folder: Path) -> Mapping[str, Region]:
    regions = {}
    for row in read_vocabulary(folder, "regions.csv", COLUMNS):
        regions[row["adcode"]] = Region(
            adcode=row["adcode"],
            parent=row["parent"],
            zh=row["zh"],
            en=row["en"],
            level=row["level"],
            longitude=float(row["longitude"]) if row["longitude"] else None,
            latitude=float(row["latitude"]) if row["latitude"] else None,
        )
    return MappingProxyType(regions)


def short_name(zh: str) -> str:
    """Return the everyday name of a region.

    Examples
    --------
    >>> short_name("广西壮族自治区"), short_name("延边朝鲜族自治州"), short_name("昌吉回族自治州")
    ('广西', '延边', '昌吉')
    >>> short_name("内蒙古自治区")
    '内蒙古'
    """
    if zh.startswith("内蒙古"):
        return "内蒙古"
    stem = _SUFFIX.sub("", zh)
    return _PEOPLES.sub("", stem) or stem


@cache
def _adcodes_by_name(folder: Path) -> Mapping[str, tuple[str, ...]]:
    """Return folded name → adcodes; provinces stand before cities, cities before counties."""
    names: dict[str, dict[str, None]] = {}
    for region in sorted(_regions(folder).values(), key=lambda row: LEVELS.index(row.level)):
        for name in (region.adcode, region.zh, short_name(region.zh), region.en):
            names.setdefault(folded(name), {})[region.adcode] = None
    return MappingProxyType({name: tuple(adcodes) for name, adcodes in names.items()})


def _region(adcode: str) -> Region:
    try:
        return _regions(data_folder())[adcode]
    except KeyError as error:
        raise UnknownRecord("region", adcode) from error


def is_region(adcode: str) -> bool:
    """Say whether this adcode is known, the whole country included."""
    return adcode in _regions(data_folder())


def region_codes(level: str = "") -> tuple[str, ...]:
    """Return all adcodes, or those of a level: country, province, city, county.

    Examples
    --------
    >>> len(region_codes("province")), len(region_codes("city"))
    (34, 333)
    """
    regions = _regions(data_folder()).values()
    return tuple(region.adcode for region in regions if not level or region.level == level)


def region_label(adcode: str, language: str = "zh") -> str:
    """Return the name of a region in ``zh`` or ``en``.

    Examples
    --------
    >>> region_label("610000"), region_label("610000", "en"), region_label("540000", "en")
    ('陕西省', 'Shaanxi', 'Xizang (Tibet)')
    """
    region = _region(adcode)
    return region.zh if language == "zh" else region.en


def region_parent(adcode: str) -> str:
    """Return the adcode one level up, or ``""`` for the country."""
    return _region(adcode).parent


def province_of(adcode: str) -> str:
    """Return the province that a region lies in, itself for a province, ``""`` for the country.

    Examples
    --------
    >>> province_of("440300"), province_of("310000"), province_of("100000")
    ('440000', '310000', '')
    """
    region = _region(adcode)
    return "" if region.level == "country" else f"{adcode[:2]}0000"


def adcode_of(name: str, province: str = "") -> str:
    """Return the adcode of a region by its full or everyday name in either language.

    Parameters
    ----------
    name : str
        Such as ``深圳``, ``内蒙古自治区`` or ``Harbin``; an adcode names itself.
    province : str
        Name of a province that narrows the search.

    Returns
    -------
    str
        The highest division of this name, or ``""`` when none is known.

    Examples
    --------
    >>> adcode_of("深圳"), adcode_of("Harbin"), adcode_of("吉林"), adcode_of("吉林", "吉林省")
    ('440300', '230100', '220000', '220000')
    >>> adcode_of("海南", "青海"), adcode_of("江阴"), adcode_of("亚特兰蒂斯")
    ('632500', '320281', '')
    """
    found = _adcodes_by_name(data_folder()).get(folded(name), ())
    if province:
        within = adcode_of(province)
        found = tuple(adcode for adcode in found if within and province_of(adcode) == within)
    return found[0] if found else ""


def region_coordinates(adcode: str) -> tuple[float, float] | None:
    """Return longitude and latitude in degrees; a province stands where its capital is."""
    region = _region(adcode)
    if region.longitude is None or region.latitude is None:
        return None
    return region.longitude, region.latitude


def distance_km(left: str, right: str) -> float | None:
    """Return the great-circle distance between two regions in km, or ``None`` for the country.

    Source
    ------
    Haversine formula on a sphere of the mean Earth radius.

    Examples
    --------
    >>> round(distance_km("110000", "310000"))
    1067
    """
    start, end = region_coordinates(left), region_coordinates(right)
    if start is None or end is None:
        return None
    longitude_1, latitude_1, longitude_2, latitude_2 = map(radians, (*start, *end))
    half_chord = (
        sin((latitude_2 - latitude_1) / 2) ** 2
        + cos(latitude_1) * cos(latitude_2) * sin((longitude_2 - longitude_1) / 2) ** 2
    )
    return 2 * EARTH_RADIUS_KM * asin(sqrt(half_chord))
