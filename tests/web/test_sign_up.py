"""Signing up on the site, and asking an organisation that is registered for an invitation."""

from __future__ import annotations

import pytest
from flask import Flask
from sqlite_utils import Database

from matcher.identity import Role
from matcher.store.accounts import find_by_email
from matcher.store.notices import list_notices
from matcher.store.organisations import count_organisations, find_by_code, read_organisation
from matcher.workflow.demonstration.accounts import synthetic_credit_code
from tests.web.conftest import SignIn, token_of
from tests.web.html import check_page
from tests.web.people import PASSWORD, SIGN_UP, read, send, signed_up, summary
from web import access


def test_new_organisation_is_signed_in_and_told_what_happens_next(
    own_site: Flask, own_database: Database
) -> None:
    client = signed_up(own_site)
    soup = read(client, "/organisation")
    assert "待核验" in soup.select_one(".page-head").text
    assert "虚构轴承有限公司" in soup.h1.text
    account = find_by_email(own_database, SIGN_UP["account-email"])
    assert account is not None
    assert account.role == Role.OWNER
    assert not read_organisation(own_database, account.organisation_id).shares_contact


def test_boxes_of_consent_start_unticked_and_the_terms_are_needed(own_site: Flask) -> None:
    client = own_site.test_client()
    boxes = read(client, "/sign-up").select("#terms, #shares_contact")
    assert len(boxes) == 2
    assert not [box for box in boxes if box.has_attr("checked")]
    sent = {name: text for name, text in SIGN_UP.items() if name != "terms"}
    refused = send(client, "/sign-up", sent)
    assert refused.status_code == 422
    assert any("勾选同意" in line for line in summary(refused))


def test_separate_consent_is_kept(own_site: Flask, own_database: Database) -> None:
    signed_up(own_site, shares_contact="yes")
    found = find_by_code(own_database, SIGN_UP["credit_code"])
    assert found is not None
    assert found.shares_contact


def test_failed_form_keeps_everything_but_the_passwords(own_site: Flask) -> None:
    wrong = {**SIGN_UP, "credit_code": "91350100M000100Y40", "account-email": "nobody"}
    refused = send(own_site.test_client(), "/sign-up", wrong)
    assert refused.status_code == 422
    soup = check_page(refused)
    assert len(soup.select(".error-summary li")) == 2
    for name in ("name", "credit_code", "contact_email", "account-name", "account-email"):
        assert soup.select_one(f"[name={name}]")["value"] == wrong[name]
    assert soup.select_one("[name=sides][value=enterprise]").has_attr("checked")
    assert soup.select_one("#terms").has_attr("checked")
    assert PASSWORD not in refused.text


def test_every_line_of_the_summary_leads_to_its_field(own_site: Flask) -> None:
    soup = check_page(send(own_site.test_client(), "/sign-up"))
    links = [link["href"].removeprefix("#") for link in soup.select(".error-summary a")]
    assert len(links) >= 8
    assert [anchor for anchor in links if soup.find(id=anchor) is None] == []


@pytest.mark.parametrize("name", ["role", "account-role", "account-organisation_id", "is_demo"])
def test_nobody_makes_themselves_an_administrator(
    own_site: Flask, own_database: Database, name: str
) -> None:
    signed_up(own_site, **{name: "administrator"})
    account = find_by_email(own_database, SIGN_UP["account-email"])
    assert account is not None
    assert account.role == Role.OWNER


def test_registered_code_is_told_without_saying_whose(
    own_site: Flask, own_database: Database
) -> None:
    taken = synthetic_credit_code(1)
    refused = send(own_site.test_client(), "/sign-up", {**SIGN_UP, "credit_code": taken})
    assert refused.status_code == 422
    assert "已经注册" in refused.text
    holder = find_by_code(own_database, taken)
    assert holder is not None
    assert holder.name not in refused.text
    asked = check_page(refused).select_one('form[action="/sign-up/ask"] [name=credit_code]')
    assert asked["value"] == taken


def test_asking_to_join_answers_the_same_for_known_and_unknown_codes(
    own_site: Flask, own_database: Database
) -> None:
    asker = {"email": "asker@example.invalid", "name": "虚构同事"}
    client, pages = own_site.test_client(), []
    for code in (synthetic_credit_code(1), synthetic_credit_code(98), "nonsense\0"):
        answer = send(client, "/sign-up/ask", {**asker, "credit_code": code})
        assert answer.status_code == 200
        pages.append(check_page(answer).main.get_text())
    assert len(set(pages)) == 1
    owner = own_site.extensions["people"]["enterprise"].email
    account = find_by_email(own_database, owner)
    assert account is not None
    [notice] = list_notices(own_database, account.account_id)
    assert "asker@example.invalid" in notice.message.text_zh


def test_asking_again_and_again_is_slowed_down(own_site: Flask, own_database: Database) -> None:
    client = own_site.test_client()
    form = {"email": "a@example.invalid", "name": "某", "credit_code": synthetic_credit_code(1)}
    answers = [send(client, "/sign-up/ask", form).status_code for _ in range(6)]
    assert answers == [200] * 5 + [429]


def test_trying_out_addresses_is_slowed_down_but_nothing_typed_is_lost(own_site: Flask) -> None:
    client, known = own_site.test_client(), own_site.extensions["people"]["provider"].email
    form = {**SIGN_UP, "account-email": known}
    answers = [send(client, "/sign-up", form) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [422] * 5 + [429]
    kept = check_page(answers[-1]).select_one("#name")["value"]
    assert kept == SIGN_UP["name"]


@pytest.mark.parametrize(
    "hostile", ["<script>alert(1)</script>", "' OR 1=1 --", "\x00\x1b", "长" * 9000]
)
def test_hostile_answers_store_nothing_and_run_nothing(
    own_site: Flask, own_database: Database, hostile: str
) -> None:
    before = count_organisations(own_database)
    for name in ("credit_code", "account-email", "region"):
        refused = send(own_site.test_client(), "/sign-up", {**SIGN_UP, name: hostile})
        assert refused.status_code == 422
        assert "<script>alert" not in check_page(refused).prettify(formatter="html").replace(
            "&lt;", ""
        )
    assert count_organisations(own_database) == before


def test_session_begins_anew_at_sign_up(own_site: Flask) -> None:
    client = own_site.test_client()
    client.get("/sign-up")
    before = client.get_cookie("aiplus")
    send(client, "/sign-up", SIGN_UP)
    after = client.get_cookie("aiplus")
    assert before is not None
    assert after is not None
    assert before.value != after.value


def test_pending_organisation_publishes_nothing_yet(own_site: Flask) -> None:
    client = signed_up(own_site, sides=["enterprise", "provider", "pilot_base"])
    gated = [
        (rule, method)
        for rule in own_site.url_map.iter_rules()
        for method in rule.methods & {"GET", "POST"}
        if access.access_of(own_site.view_functions[rule.endpoint]).verified
    ]
    assert gated
    token = token_of(client)
    for rule, method in gated:
        arguments = dict.fromkeys(rule.arguments, "1")
        address = own_site.url_map.bind("localhost").build(rule.endpoint, arguments)
        response = client.open(address, method=method, data={"csrf_token": token})
        assert response.status_code == 403, address
        assert "尚未通过核验" in check_page(response).h1.text, address


def test_form_without_its_token_is_refused(own_site: Flask, own_database: Database) -> None:
    assert own_site.test_client().post("/sign-up", data=SIGN_UP).status_code == 400
    assert find_by_code(own_database, SIGN_UP["credit_code"]) is None


def test_one_who_is_signed_in_can_still_read_the_terms(sign_in: SignIn) -> None:
    assert "个人信息" in read(sign_in("provider"), "/terms").main.text
