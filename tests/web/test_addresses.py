"""Numbers in addresses, up to those that no row can have."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import IntegerConverter

from tests.web.conftest import SignIn

TOO_LARGE = 2**63


def test_a_number_that_no_row_can_have_is_an_unknown_page(own_site: Flask, sign_in: SignIn) -> None:
    client = sign_in("administrator")
    tried = 0
    for rule in own_site.url_map.iter_rules():
        numbers = {n for n, c in rule._converters.items() if isinstance(c, IntegerConverter)}
        if not numbers or "GET" not in (rule.methods or ()):
            continue
        for number, expected in ((TOO_LARGE, {404}), (TOO_LARGE - 1, {200, 303, 403, 404})):
            values = {name: number if name in numbers else "x1" for name in rule.arguments}
            _, address = rule.build(values) or ("", "")
            assert client.get(address).status_code in expected, address
            tried += 1
    assert tried >= 6
