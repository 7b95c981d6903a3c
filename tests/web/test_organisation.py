"""An organisation's own pages: profile, members, invitations; what suspended means."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.identity import Verification
from matcher.store.accounts import find_by_email, update_account
from matcher.store.one_time_links import open_invitations
from matcher.store.organisations import read_organisation, update_organisation
from matcher.workflow.accounts.sign_in import FREE_FAILURES
from tests.web.conftest import SignIn
from tests.web.html import check_page
from tests.web.people import PASSWORD, read, send, summary

OWN, OTHER = "ORG-DEMO1", "ORG-DEMO2"  # the enterprise, the provider
EMAIL = "colleague@example.invalid"
JOINING = {"name": "虚构同事", "password": PASSWORD, "password_again": PASSWORD}


def profile(client: FlaskClient) -> dict[str, Any]:
    """What the form of the profile holds, as a browser sends it back."""
    soup = read(client, "/organisation/edit")
    form = soup.select_one('form[action="/organisation/edit"]')
    values: dict[str, Any] = {}
    for control in form.select("input[name], select[name]"):
        if control.get("type") == "checkbox" and not control.has_attr("checked"):
            continue
        chosen = control.select_one("option[selected]")
        text = control.get("value", "") if chosen is None else chosen["value"]
        values.setdefault(control["name"], []).append(text)
    return values


def invite(client: FlaskClient, **changes: str) -> str:
    """Invite somebody and return the path of the link that the page shows once."""
    answer = send(
        client, "/organisation/members/invite", {"email": EMAIL, "role": "member", **changes}
    )
    assert answer.status_code == 200, answer.text
    link: str = check_page(answer).select_one("code.one-time").text
    return link.removeprefix("http://localhost")


def test_unchanged_profile_comes_back_as_it_was(sign_in: SignIn, own_database: Database) -> None:
    client, before = sign_in("enterprise"), read_organisation(own_database, OWN)
    assert send(client, "/organisation/edit", profile(client)).status_code == 303
    assert read_organisation(own_database, OWN) == before


def test_owner_changes_the_profile_and_a_new_name_waits_for_verification(
    sign_in: SignIn, own_database: Database
) -> None:
    client = sign_in("enterprise")
    changes = {"name": "演示制造企业改名（虚构）", "shares_contact": "yes"}
    assert send(client, "/organisation/edit", {**profile(client), **changes}).status_code == 303
    soup = read(client, "/organisation")
    assert "重新核验" in soup.select_one(".notice").text
    after = read_organisation(own_database, OWN)
    assert (after.name, after.verification) == (changes["name"], Verification.PENDING)
    assert after.shares_contact


def test_wrong_profile_keeps_what_was_typed(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    wrong = {**profile(client), "name": "", "contact_email": "nobody"}
    refused = send(client, "/organisation/edit", wrong)
    assert refused.status_code == 422
    assert len(summary(refused)) == 2
    assert check_page(refused).select_one("#contact_email")["value"] == "nobody"


def test_invited_colleague_joins_and_the_link_leaves_no_trace(
    sign_in: SignIn, own_site: Flask, own_database: Database
) -> None:
    path = invite(sign_in("enterprise"))
    visitor = own_site.test_client()
    opened = visitor.get(path)
    assert opened.status_code == 303
    assert opened.location == "/invitation"  # the secret is in no address that a page has
    assert opened.headers["Referrer-Policy"] == "no-referrer"
    assert EMAIL in read(visitor, "/invitation").main.text
    assert send(visitor, "/invitation", JOINING).status_code == 303
    account = find_by_email(own_database, EMAIL)
    assert account is not None
    assert (account.role, account.organisation_id) == ("member", OWN)
    assert "虚构同事" in visitor.get("/").text
    again = own_site.test_client()
    again.get(path)
    assert again.get("/invitation").status_code == 410


@pytest.mark.parametrize(
    ("emails", "expected"),
    [
        (["provider@demo.invalid"] * FREE_FAILURES + ["base@demo.invalid", EMAIL], [422, 429, 429]),
        ([EMAIL] * FREE_FAILURES + [EMAIL.upper(), "another@example.invalid"], [200, 429, 200]),
    ],
)
def test_inviting_is_no_way_to_try_out_addresses_or_to_flood_one(
    sign_in: SignIn, emails: list[str], expected: list[int]
) -> None:
    client = sign_in("enterprise")
    forms = [{"email": email, "role": "member"} for email in emails]
    answers = [send(client, "/organisation/members/invite", form) for form in forms]
    told = [answer.status_code for answer in answers]
    assert told == [expected[0]] * FREE_FAILURES + expected[1:]
    assert "再试" in summary(answers[FREE_FAILURES])[0]


def test_looking_at_an_invitation_does_not_use_it(sign_in: SignIn, own_site: Flask) -> None:
    path = invite(sign_in("enterprise"))
    for _ in range(3):  # a program that checks mail opens every link
        assert own_site.test_client().get(path).status_code == 303
    visitor = own_site.test_client()
    visitor.get(path)
    assert visitor.get("/invitation").status_code == 200


def test_joining_with_another_role_or_address_is_not_possible(
    sign_in: SignIn, own_site: Flask, own_database: Database
) -> None:
    path = invite(sign_in("enterprise"))
    visitor = own_site.test_client()
    visitor.get(path)
    extra = {"role": "administrator", "email": "else@example.invalid", "organisation_id": OTHER}
    assert send(visitor, "/invitation", {**JOINING, **extra}).status_code == 303
    assert find_by_email(own_database, "else@example.invalid") is None
    account = find_by_email(own_database, EMAIL)
    assert account is not None
    assert (account.role, account.organisation_id) == ("member", OWN)


def test_weak_password_is_refused_with_its_reason(sign_in: SignIn, own_site: Flask) -> None:
    path = invite(sign_in("enterprise"))
    visitor = own_site.test_client()
    visitor.get(path)
    weak = {**JOINING, "password": "aaaaaaaaaaaa", "password_again": "b" * 12}
    refused = send(visitor, "/invitation", weak)
    assert refused.status_code == 422
    assert len(summary(refused)) == 2
    assert check_page(refused).select_one("#name")["value"] == JOINING["name"]


@pytest.mark.parametrize("role", ["administrator", "reviewer", "", "nonsense"])
def test_owner_invites_nobody_to_the_staff(
    sign_in: SignIn, own_database: Database, role: str
) -> None:
    form = {"email": EMAIL, "role": role}
    assert send(sign_in("enterprise"), "/organisation/members/invite", form).status_code == 422
    assert (
        open_invitations(own_database, OWN, now=read_organisation(own_database, OWN).created_at)
        == []
    )


def test_withdrawn_invitation_works_no_more(
    sign_in: SignIn, own_site: Flask, own_database: Database
) -> None:
    client = sign_in("enterprise")
    path = invite(client)
    soup = read(client, "/organisation/members")
    action = soup.select_one('form[action*="/withdraw"]')["action"]
    assert send(sign_in("provider"), action).status_code == 404  # of others: it does not exist
    assert send(client, action).status_code == 303
    visitor = own_site.test_client()
    visitor.get(path)
    assert visitor.get("/invitation").status_code == 410


def test_member_reads_but_does_not_manage(
    sign_in: SignIn, own_site: Flask, own_database: Database
) -> None:
    path = invite(sign_in("enterprise"))
    member = own_site.test_client()
    member.get(path)
    send(member, "/invitation", JOINING)
    assert not read(member, "/organisation/members").select("main form")
    account = find_by_email(own_database, EMAIL)
    assert account is not None
    for address in (
        "/organisation/edit",
        "/organisation/members/invite",
        f"/organisation/members/{account.account_id}/role",
        "/organisation/members/ACC-DEMO1/active",
    ):
        assert send(member, address, {"role": "owner"}).status_code == 403


def test_last_owner_cannot_step_down_or_be_disabled(
    sign_in: SignIn, own_database: Database
) -> None:
    client = sign_in("enterprise")
    for act, form in (("role", {"role": "member"}), ("active", {"active": "no"})):
        refused = send(client, f"/organisation/members/ACC-DEMO1/{act}", form)
        assert refused.status_code == 422
        assert check_page(refused).select_one(".error-summary") is not None
    account = find_by_email(own_database, "enterprise@demo.invalid")
    assert account is not None
    assert account.is_active
    assert account.role == "owner"


def test_disabled_colleague_is_signed_out_at_once(sign_in: SignIn, own_site: Flask) -> None:
    owner = sign_in("enterprise")
    path = invite(owner)
    member = own_site.test_client()
    member.get(path)
    send(member, "/invitation", JOINING)
    soup = read(owner, "/organisation/members")
    actions = [form["action"] for form in soup.select('form[action$="/active"]')]
    action = next(one for one in actions if "DEMO" not in one)
    assert member.get("/account").status_code == 200
    assert send(owner, action, {"active": "no"}).status_code == 303
    assert member.get("/account").status_code == 303
    assert send(owner, action, {"active": "yes"}).status_code == 303


@pytest.mark.parametrize("act", ["role", "active"])
def test_people_of_another_organisation_do_not_exist(sign_in: SignIn, act: str) -> None:
    form = {"role": "member", "active": "no"}
    client = sign_in("enterprise")
    for account_id in ("ACC-DEMO2", "ACC-DEMO5", "ACC-404"):
        address = f"/organisation/members/{account_id}/{act}"
        assert send(client, address, form).status_code == 404


def test_suspended_organisation_reads_but_does_not_write(
    sign_in: SignIn, own_database: Database, own_site: Flask
) -> None:
    client = sign_in("enterprise")
    changes = {"verification": Verification.SUSPENDED, "verification_reason": "核实投诉"}
    update_organisation(
        own_database, OWN, changes, now=read_organisation(own_database, OWN).created_at
    )
    assert "核实投诉" in read(client, "/organisation").main.text
    for address in ("/", "/organisation/members", "/inbox", "/account"):
        assert client.get(address).status_code == 200
    for address in ("/organisation/edit", "/organisation/members/invite"):
        refused = send(client, address, {"email": EMAIL})
        assert refused.status_code == 403
        assert "已被暂停" in check_page(refused).h1.text
    for address in ("/inbox/read", "/sign-out"):
        assert send(client, address).status_code == 303


def test_staff_has_no_organisation_pages(sign_in: SignIn) -> None:
    assert sign_in("administrator").get("/organisation").status_code == 403


def test_disabled_account_does_not_sign_in(own_site: Flask, own_database: Database) -> None:
    update_account(own_database, "ACC-DEMO1", {"is_active": False})
    account = own_site.extensions["people"]["enterprise"]
    form = {"email": account.email, "password": account.password}
    assert send(own_site.test_client(), "/sign-in", form).status_code == 422
