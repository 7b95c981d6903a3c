"""What htmx_flask gets wrong today, so that an upgrade or a removal is a conscious act."""

from __future__ import annotations

import pytest
from flask import Flask
from htmx_flask import make_response
from htmx_flask.constants import RESWAPS

from web import hx


def test_two_ways_of_swapping_are_joined_by_a_missing_comma() -> None:
    assert "beforebeginafterbegin" in RESWAPS
    with pytest.raises(ValueError, match="reswap"):
        make_response("", reswap="beforebegin")


def test_the_package_passes_text_into_headers_as_it_is(site: Flask) -> None:
    with site.test_request_context():
        assert make_response("", push_url="/场景").headers["HX-Push-Url"] == "/场景"


def test_our_headers_are_latin_whatever_the_text(site: Flask) -> None:
    with site.test_request_context():
        response = hx.hx_response("", push_url="/scenarios?q=缺陷", event="已更新")
    for name in ("HX-Push-Url", "HX-Trigger"):
        response.headers[name].encode("latin-1")
    assert response.headers["HX-Push-Url"] == "/scenarios?q=%E7%BC%BA%E9%99%B7"


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, False),
        ({"HX-Request": "true"}, True),
        ({"HX-Request": "true", "HX-Boosted": "true"}, False),
        ({"HX-Request": "true", "HX-History-Restore-Request": "true"}, False),
    ],
)
def test_fragment_is_wanted_only_by_htmx_itself(
    site: Flask, headers: dict[str, str], expected: bool
) -> None:
    with site.test_request_context(headers=headers):
        assert hx.wants_fragment() is expected
