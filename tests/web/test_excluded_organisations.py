"""Organisations that a capability does not serve are chosen by name, with a script and without."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlite_utils import Database
from werkzeug.test import TestResponse

from matcher.store.organisations import add_organisation
from tests.matcher.people import NOW, make_organisation
from tests.web.conftest import SignIn
from tests.web.html import check_page, parsed
from tests.web.people import send
from tests.web.registering import Form

NAME = "excluded_organisation_ids"
OWN = "ORG-DEMO2"  # the provider of the demonstration


@pytest.fixture
def client(sign_in: SignIn, own_database: Database) -> FlaskClient:
    """The provider; an organisation that nothing names in public is registered as well."""
    hidden = make_organisation(71, name="虚构隐身轴承厂", name_en="Hidden Bearings (fictitious)")
    add_organisation(own_database, hidden, now=NOW)
    own_database.conn.commit()
    return sign_in("provider")


@pytest.fixture
def address(client: FlaskClient) -> str:
    return f"{Form(client, 'capabilities').address}/pages/customers"


def post(client: FlaskClient, address: str, act: str, **typed: Any) -> TestResponse:
    return send(client, address, {"act": act, **typed})


def found(client: FlaskClient, address: str, words: str, *beside: str) -> list[str]:
    """Return what the search box finds without a script, beside what is chosen."""
    typed = {f"find-{NAME}": words, NAME: list(beside)}
    sent = post(client, address, f"find:{NAME}", **typed)
    assert sent.status_code == 303
    page = check_page(client.get(sent.location))
    assert page.select_one(f"#{NAME}")["value"] == words
    return [str(one["value"]) for one in page.select(f"#found-{NAME} button")]


def chosen(client: FlaskClient, address: str) -> list[str]:
    page = check_page(client.get(address))
    return [str(one["value"]) for one in page.select(f"#choice-{NAME} input[type=hidden]")]


def test_an_organisation_is_found_by_name_picked_and_dropped(
    client: FlaskClient, address: str
) -> None:
    assert found(client, address, "虚构隐身轴承厂") == [f"pick:{NAME}:ORG-71"]
    picked = post(client, address, f"pick:{NAME}:ORG-71", excluded_reason="有竞争关系")
    assert picked.status_code == 303
    page = check_page(client.get(address))
    assert chosen(client, address) == ["ORG-71"]
    assert "虚构隐身轴承厂" in page.select_one(f"#choice-{NAME} .chosen-list").text
    assert page.select_one("#excluded_reason")["value"] == "有竞争关系"
    assert found(client, address, "虚构隐身轴承厂", "ORG-71") == []  # not offered twice
    assert chosen(client, address) == ["ORG-71"]
    post(client, address, f"drop:{NAME}:ORG-71", **{NAME: "ORG-71"})
    assert chosen(client, address) == []


def test_enter_in_the_search_box_looks_for_the_name_and_keeps_the_rest(
    client: FlaskClient, address: str
) -> None:
    sent = post(client, address, "next", **{f"find-{NAME}": "org-71", NAME: "ORG-DEMO1"})
    page = check_page(client.get(sent.location))
    assert page.select_one(f"#found-{NAME} button")["value"] == f"pick:{NAME}:ORG-71"
    assert chosen(client, address) == ["ORG-DEMO1"]


def test_part_of_a_name_finds_only_who_is_named_in_public(
    client: FlaskClient, address: str, own_database: Database
) -> None:
    assert found(client, address, "隐身轴承") == []
    assert found(client, address, "%") == []
    for whole in ("hidden bearings (fictitious)", make_organisation(71).credit_code, "ORG-71"):
        assert found(client, address, whole) == [f"pick:{NAME}:ORG-71"]
    changes = "UPDATE organisation SET provider_id = 'V002' WHERE organisation_id = 'ORG-71'"
    own_database.conn.execute(changes)
    own_database.conn.commit()
    assert found(client, address, "隐身轴承") == [f"pick:{NAME}:ORG-71"]


def test_nobody_finds_the_own_organisation(client: FlaskClient, address: str) -> None:
    assert found(client, address, OWN) == []


@pytest.mark.parametrize("wrong", [OWN, "ORG-404", "V001", "x"])
def test_own_and_unknown_ids_are_refused_in_words_and_everything_is_kept(
    client: FlaskClient, address: str, wrong: str
) -> None:
    typed = {NAME: ["ORG-71", wrong], "excluded_reason": "有竞争关系"}
    refused = post(client, address, "next", **typed)
    assert refused.status_code == 422
    page = check_page(refused)
    link = page.select_one(".error-summary a")
    assert wrong in link.text
    assert link["href"] == f"#{NAME}"
    assert page.select_one(f"#{NAME}")["aria-invalid"] == "true"
    assert chosen(client, address) == ["ORG-71", wrong]
    assert page.select_one("#excluded_reason")["value"] == "有竞争关系"
    assert post(client, address, "next", **{NAME: "ORG-71"}).status_code == 303


@pytest.mark.parametrize(
    "words", ["没有这样的单位ZZZQ", "<script>alert(1)</script>", "'; DROP TABLE x; --", "^_%"]
)
def test_what_is_not_found_is_said_and_hostile_words_do_no_harm(
    client: FlaskClient, address: str, words: str
) -> None:
    assert found(client, address, words) == []
    part = client.get(
        f"{address.partition('/pages/')[0]}/organisations/{NAME}",
        query_string={f"find-{NAME}": words},
    )
    assert words in parsed(part.text).select_one("p").text
    assert "<script" not in part.text


def test_suggestions_are_for_the_writer_of_the_draft_alone(
    client: FlaskClient, address: str, sign_in: SignIn
) -> None:
    folder = f"{address.partition('/pages/')[0]}/organisations"
    asked = {"query_string": {f"find-{NAME}": "ORG-71"}}
    answer = client.get(f"{folder}/{NAME}", **asked)
    assert parsed(answer.text).select_one("button")["value"] == f"pick:{NAME}:ORG-71"
    assert client.get(f"{folder}/name", **asked).status_code == 404
    assert sign_in("provider").get(f"{folder}/{NAME}", **asked).status_code == 200
    assert sign_in("enterprise").get(f"{folder}/{NAME}", **asked).status_code == 403


def test_a_reviewer_reads_their_names(sign_in: SignIn, client: FlaskClient) -> None:
    customers = {NAME: "ORG-71", "excluded_reason": "有竞争关系"}
    sent = Form(client, "capabilities").fill(customers=customers).send()
    assert sent.status_code == 303, sent.text
    reviewer = sign_in("reviewer")
    link = check_page(reviewer.get("/review")).select_one("section[aria-labelledby=waiting] th a")
    assert "虚构隐身轴承厂" in check_page(reviewer.get(link["href"])).main.text
