from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import UnknownRecord
from matcher.vocabulary import (
    NATIONWIDE,
    adcode_of,
    distance_km,
    province_of,
    region_codes,
    region_coordinates,
    region_label,
    region_parent,
)

placed = st.sampled_from([code for code in region_codes() if code != NATIONWIDE])


@given(placed)
def test_every_region_has_a_province_names_and_a_place_in_china(adcode: str) -> None:
    assert province_of(adcode) in region_codes("province")
    assert region_parent(adcode) in region_codes()
    coordinates = region_coordinates(adcode)
    assert coordinates is not None
    longitude, latitude = coordinates
    assert 73 < longitude < 136
    assert 3 < latitude < 54
    assert adcode_of(region_label(adcode, "zh"), region_label(province_of(adcode))) == adcode
    assert region_label(adcode, "en")


@given(placed, placed)
def test_distance_is_symmetric_and_within_the_country(left: str, right: str) -> None:
    there, back = distance_km(left, right), distance_km(right, left)
    assert there is not None
    assert back is not None
    assert there == pytest.approx(back)
    assert 0 <= there < 5500


def test_known_distances() -> None:
    beijing_shanghai = distance_km("110000", "310000")
    suzhou_shanghai = distance_km("320500", "310000")
    assert beijing_shanghai == pytest.approx(1067, abs=10)
    assert suzhou_shanghai == pytest.approx(84, abs=15)
    assert distance_km("110000", NATIONWIDE) is None


@pytest.mark.parametrize(
    ("name", "adcode"),
    [
        ("深圳", "440300"),
        ("深圳市", "440300"),
        ("Shenzhen", "440300"),
        ("内蒙古", "150000"),
        ("广西", "450000"),
        ("Xi'an", "610100"),
        ("Suzhou", "320500"),
        ("Suzhou (Anhui)", "341300"),
        ("延边", "222400"),
        ("全国", NATIONWIDE),
        ("Lemuria", ""),
        ("", ""),
    ],
)
def test_names_of_both_languages_give_the_adcode(name: str, adcode: str) -> None:
    assert adcode_of(name) == adcode


def test_a_province_narrows_an_ambiguous_name() -> None:
    assert adcode_of("海南") == "460000"
    assert adcode_of("海南", "青海") == "632500"
    assert adcode_of("苏州", "广东") == ""
    assert adcode_of("苏州", "no such province") == ""


@pytest.mark.parametrize(
    ("adcode", "english"),
    [
        ("150000", "Inner Mongolia"),
        ("540000", "Xizang (Tibet)"),
        ("610000", "Shaanxi"),
        ("140000", "Shanxi"),
        ("810000", "Hong Kong"),
        ("820000", "Macao"),
        ("230100", "Harbin"),
        ("650100", "Urumqi"),
        ("150100", "Hohhot"),
        ("540100", "Lhasa"),
        ("140400", "Changzhi"),
        ("411100", "Luohe"),
    ],
)
def test_customary_english_names(adcode: str, english: str) -> None:
    assert region_label(adcode, "en") == english


def test_unknown_region_is_named() -> None:
    with pytest.raises(UnknownRecord, match="'999999'"):
        province_of("999999")
