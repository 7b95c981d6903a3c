"""A need inside an address: whole again after the way, short, and never trusted."""

from __future__ import annotations

import base64
import zlib
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from web.needs.examples import EXAMPLES
from web.needs.token import (
    DICTIONARY,
    LARGEST_NEED_BYTES,
    LONGEST_TOKEN,
    UnreadableToken,
    pack_need,
    unpack_need,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)
VALUES = st.one_of(
    TEXT, st.lists(TEXT, max_size=5), st.lists(st.dictionaries(TEXT, TEXT), max_size=3)
)


@given(st.dictionaries(TEXT, VALUES, max_size=8))
@settings(max_examples=60, deadline=None)
def test_need_comes_back_as_it_went(raw: dict[str, Any]) -> None:
    token = pack_need(raw)
    assert unpack_need(token) == raw
    assert token.isascii()
    assert not set(token) & set("+/=&?#% ")


@pytest.mark.parametrize("example", EXAMPLES.values(), ids=EXAMPLES)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_example_makes_an_address_that_can_be_mailed(example: dict[str, Any], lang: str) -> None:
    assert len(pack_need({**example[lang], **example["shared"]})) < 1200


def test_longest_need_of_the_form_fits_an_address() -> None:
    # 600 characters of a Chinese text that repeats as little as a real one does.
    problem = "".join(chr(0x4E00 + (number * 7919) % 3000) for number in range(600))
    assert len(pack_need({"title": problem[:40], "problem": problem})) < LONGEST_TOKEN


@pytest.mark.parametrize("token", ["", "x", "!!!", "AAAA", "缺陷", "a" * 9999, "====", "%00"])
def test_damaged_token_is_refused(token: str) -> None:
    with pytest.raises(UnreadableToken):
        unpack_need(token)


def packed(content: bytes) -> str:
    packer = zlib.compressobj(level=9, wbits=-15, zdict=DICTIONARY)
    return base64.urlsafe_b64encode(packer.compress(content) + packer.flush()).decode().rstrip("=")


@pytest.mark.parametrize("content", [b"[]", b'"text"', b"1", b"\xff\xfe", b'{"a":'])
def test_token_that_holds_no_need_is_refused(content: bytes) -> None:
    with pytest.raises(UnreadableToken):
        unpack_need(packed(content))


def test_token_that_would_grow_without_bound_is_refused() -> None:
    bomb = packed(b'{"title":"' + b"a" * 50 * LARGEST_NEED_BYTES + b'"}')
    assert len(bomb) < 20_000
    with pytest.raises(UnreadableToken):
        unpack_need(bomb)


def test_cut_token_is_refused() -> None:
    token = pack_need({"title": "带钢表面缺陷", "problem": "漏检多"})
    with pytest.raises(UnreadableToken):
        unpack_need(token[:-6])


@pytest.mark.parametrize("depth", [5, 400, 900, 90_000])
def test_token_that_nests_without_end_is_refused(depth: int) -> None:
    nested = packed(b'{"a":' + b"[" * depth + b"]" * depth + b"}")
    with pytest.raises(UnreadableToken):
        unpack_need(nested)
