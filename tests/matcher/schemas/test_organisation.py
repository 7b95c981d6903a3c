"""Organisations and accounts: identity is checked, and every refusal says what is wrong."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from matcher.errors import InvalidRecord
from matcher.schemas import SCHEMAS, dump_record, load_account, load_organisation
from matcher.schemas.account import password_problems
from tests.factories import make_organisation_details
from tests.matcher.schemas.strategies import with_check_character

GOOD = {
    "email": "Wang.Fang@Example.org",
    "name": "某某",
    "password": "four calm herons",
    "password_again": "four calm herons",
}


def details(**changes: Any) -> dict[str, Any]:
    data = {**dump_record(make_organisation_details()), **changes}
    return {name: value for name, value in data.items() if value is not None}


def problems_of(data: Any, load: Any = load_organisation) -> dict[str, Any]:
    with pytest.raises(InvalidRecord) as caught:
        load(data)
    return {path: problems[0] for path, problems in caught.value.errors.items()}


def keys_of(data: Any, load: Any = load_organisation) -> dict[str, str]:
    return {path: problem.key for path, problem in problems_of(data, load).items()}


def test_a_complete_organisation_is_accepted() -> None:
    assert load_organisation(details()) == make_organisation_details()


@pytest.mark.parametrize("name", ["name", "credit_code", "sides", "kind", "region", "contact_name"])
def test_sign_up_wants(name: str) -> None:
    assert keys_of(details(**{name: None})) == {name: "required"}


@pytest.mark.parametrize(
    ("code", "key"),
    [
        ("9135010", "credit_code_length"),
        ("91350100M000100Y433", "credit_code_length"),
        ("91350100I000100Y43", "credit_code_characters"),
        ("9135O100M000100Y43", "credit_code_characters"),
        ("91350100M000100Y4三", "credit_code_characters"),
        ("91350100M000100Y44", "credit_code_checksum"),
        ("91350100M000200Y43", "credit_code_checksum"),
        (913501001000100, "not_text"),
    ],
)
def test_a_wrong_credit_code_says_what_is_wrong(code: object, key: str) -> None:
    found = problems_of(details(credit_code=code))["credit_code"]
    assert found.key == key
    assert "{" not in found.words("zh") + found.words("en")


def test_the_message_names_the_place_and_the_check_character() -> None:
    found = problems_of(details(credit_code="91350100I000100Y43"))["credit_code"]
    assert "第 9 位是 I" in found.words("zh")
    found = problems_of(details(credit_code="91350100M000100Y44"))["credit_code"]
    assert "末位应为 3" in found.words("zh")


def test_a_credit_code_may_be_typed_with_spaces_and_small_letters() -> None:
    loaded = load_organisation(details(credit_code=" 91350100-m000 100y43 "))
    assert loaded.credit_code == "91350100M000100Y43"


@given(st.text("0123456789ABCDEFGHJKLMNPQRTUWXY", min_size=9, max_size=9), st.integers(8, 16))
def test_one_mistyped_character_is_always_noticed(middle: str, place: int) -> None:
    code = with_check_character(f"91320500{middle}")
    for other in "07AXY":
        if other != code[place]:
            typed = code[:place] + other + code[place + 1 :]
            assert keys_of(details(credit_code=typed)) == {"credit_code": "credit_code_checksum"}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"sides": []}, {"sides": "required"}),
        ({"sides": ["enterprise", "owner"]}, {"sides": "unknown_code"}),
        ({"kind": "club"}, {"kind": "unknown_code"}),
        ({"contact_email": "nobody"}, {"contact_email": "wrong_email"}),
        ({"contact_email": "a@b"}, {"contact_email": "wrong_email"}),
        ({"contact_email": "a..b@example.org"}, {"contact_email": "wrong_email"}),
        ({"contact_email": f"{'a' * 65}@example.org"}, {"contact_email": "wrong_email"}),
        ({"contact_email": "a@example.org\nBcc: b@example.org"}, {"contact_email": "wrong_email"}),
        ({"contact_phone": "1234"}, {"contact_phone": "wrong_phone"}),
        ({"contact_phone": "call me"}, {"contact_phone": "wrong_phone"}),
        ({"verification": "verified"}, {"verification": "unknown_field"}),
    ],
)
def test_sign_up_refuses(changes: dict[str, Any], expected: dict[str, str]) -> None:
    assert keys_of(details(**changes)) == expected


def test_an_account_has_one_spelling_of_its_address() -> None:
    account = load_account(GOOD)
    assert account.email == "wang.fang@example.org"
    assert account.password == "four calm herons"
    assert "herons" not in repr(account)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"password": "short"}, {"password": "password_length"}),
        ({"password": "x" * 129}, {"password": "password_length"}),
        ({"password": "a" * 12}, {"password": "password_simple"}),
        ({"password": "abababababab"}, {"password": "password_simple"}),
        ({"password": "passwordpassword"}, {"password": "password_simple"}),
        ({"password": "123456789012"}, {"password": "password_simple"}),
        ({"password": "zyxwvutsrqpon"}, {"password": "password_simple"}),
        ({"password": "qwertyuiopasd"}, {"password": "password_simple"}),
        ({"password": "wang.fang@example.org"}, {"password": "password_is_own"}),
        ({"password": "Wang.Fang2027"}, {"password": "password_is_own"}),
        ({"password": "four calm herons\x00"}, {"password": "control_characters"}),
        ({"password": ["four calm herons"]}, {"password": "not_text"}),
        ({"password": ""}, {"password": "required"}),
        ({"password_again": "four calm heron"}, {"password_again": "password_differs"}),
        ({"password_again": ""}, {"password_again": "required"}),
        ({"email": "", "password": "four calm herons"}, {"email": "required"}),
    ],
)
def test_an_account_refuses(changes: dict[str, Any], expected: dict[str, str]) -> None:
    data = {**GOOD, **changes}
    if "password" in changes and isinstance(changes["password"], str):
        data["password_again"] = changes["password"] or GOOD["password"]
    found = problems_of(data, load_account)
    assert {path: found[path].key for path in expected} == expected
    assert set(found) <= {*expected, "password_again"}


@given(st.text(min_size=1, max_size=140))
def test_no_message_ever_holds_the_password(password: str) -> None:
    marked = f"{password}·unlikely·"
    with pytest.raises(InvalidRecord) as caught:
        load_account({**GOOD, "password": marked, "password_again": marked[:-1]})
    assert "unlikely" not in str(caught.value.errors)
    assert "unlikely" not in str(caught.value)


@pytest.mark.parametrize(
    "password", ["四只安静的白鹭站在水边呢", "correct horse battery", "Qz7!kd02mmVe"]
)
def test_no_rule_asks_for_kinds_of_characters(password: str) -> None:
    assert password_problems(password, "wang.fang@example.org", "wang.fang", "某某") == []


def test_accounts_are_no_record_that_could_be_written_out() -> None:
    assert "account" not in SCHEMAS
    with pytest.raises(TypeError):
        dump_record(load_account(GOOD))
