"""Administrators: verifying organisations, linking providers, accounts of others, the staff."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.identity import Actor, Role
from matcher.store.accounts import find_by_email, update_account
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.catalogue import read_catalogue
from matcher.store.notices import count_unread
from matcher.store.organisations import find_by_code, read_organisation
from matcher.store.shown_chain import verify_shown
from matcher.workflow.accounts.verification import link_provider
from tests.web.conftest import SignIn
from tests.web.html import check_page
from tests.web.people import PASSWORD, SIGN_UP, read, send, signed_up, summary
from web.needs.token import pack_need
from web.session import SINCE


@pytest.fixture
def waiting(own_site: Flask, own_database: Database) -> str:
    """The id of an organisation that waits for verification."""
    signed_up(own_site, sides=["enterprise", "provider"])
    found = find_by_code(own_database, SIGN_UP["credit_code"])
    assert found is not None
    return found.organisation_id


def stale(client: FlaskClient) -> None:
    """Make the sign-in older than half an hour, as the signed cookie says it."""
    with client.session_transaction() as kept:
        kept[SINCE] -= 31 * 60


def decide(client: FlaskClient, organisation_id: str, **form: str) -> int:
    return send(client, f"/people/organisations/{organisation_id}/decision", form).status_code


def test_queue_shows_who_waits_and_their_page_has_all_to_check(
    sign_in: SignIn, waiting: str
) -> None:
    client = sign_in("administrator")
    link = read(client, "/people").select_one(".people h2 a")
    assert "虚构轴承有限公司" in link.text
    text = read(client, link["href"]).main.get_text()
    for answer in (SIGN_UP["credit_code"], SIGN_UP["contact_email"], SIGN_UP["account-email"]):
        assert answer in text


def test_verified_organisation_is_told_and_can_publish(
    sign_in: SignIn, waiting: str, own_database: Database
) -> None:
    assert decide(sign_in("administrator"), waiting, decision="verified") == 303
    assert read_organisation(own_database, waiting).is_verified
    account = find_by_email(own_database, SIGN_UP["account-email"])
    assert account is not None
    assert count_unread(own_database, account.account_id) == 1
    event = list_events(own_database, EventFilter("organisation", waiting), limit=1)[0]
    assert (event.action, event.actor) == ("organisation.verified", "ACC-DEMO5")


def test_visitors_are_not_led_to_a_suspended_provider(
    sign_in: SignIn, waiting: str, own_site: Flask, own_database: Database
) -> None:
    administrator, visitor = sign_in("administrator"), own_site.test_client()
    catalogue = read_catalogue(own_database)
    capability_id, capability = next(iter(catalogue.capabilities.items()))
    pages = [f"/capabilities/{capability_id}", f"/providers/{capability.provider_id}"]
    search = f"/search?q={capability.name}&kind=capability&lang=en"

    def warned() -> list[bool]:
        return ["takes no part" in read(visitor, f"{page}?lang=en").main.text for page in pages]

    def is_found() -> bool:
        return read(visitor, search).select_one(f'a[href^="{pages[0]}"]') is not None

    actor = Actor("ACC-DEMO5", Role.ADMINISTRATOR)
    now = datetime.now(UTC)
    link_provider(own_database, waiting, capability.provider_id, actor=actor, now=now)
    assert decide(administrator, waiting, decision="verified") == 303
    assert (warned(), is_found()) == ([False, False], True)
    assert decide(administrator, waiting, decision="suspended", reason="核实投诉") == 303
    assert (warned(), is_found()) == ([True, True], False)
    assert decide(administrator, waiting, decision="verified") == 303
    assert (warned(), is_found()) == ([False, False], True)


def test_suspended_provider_is_marked_where_it_is_found_and_calls_for_nothing(
    sign_in: SignIn, waiting: str, own_site: Flask, own_database: Database
) -> None:
    visitor, catalogue = own_site.test_client(), read_catalogue(own_database)
    capability = next(iter(catalogue.capabilities.values()))
    provider = catalogue.providers[capability.provider_id]
    own = f"/providers/{provider.provider_id}"
    actor, now = Actor("ACC-DEMO5", Role.ADMINISTRATOR), datetime.now(UTC)
    link_provider(own_database, waiting, provider.provider_id, actor=actor, now=now)

    def found(words: str) -> list[str]:
        page = read(visitor, f"/search?q={words}&kind=provider")
        return [
            item.text for item in page.select("ul.results > li") if item.select(f"[href='{own}']")
        ]

    def calls() -> list[str]:
        pages = (own, f"/capabilities/{capability.capability_id}")
        return [tag.text for at in pages for tag in read(visitor, at).select("main a.button")]

    assert decide(sign_in("administrator"), waiting, decision="verified") == 303
    assert calls()
    assert "暂停参与" not in found(provider.name)[0]
    assert capability.name in "".join(found(capability.name))
    assert decide(sign_in("administrator"), waiting, decision="suspended", reason="核实") == 303
    assert not calls()
    assert "暂停参与" in found(provider.name)[0]
    assert capability.name not in "".join(found(capability.name))
    need = pack_need({"title": capability.name, "problem": capability.problem})
    asked = read(visitor, f"/matches?need={need}&provider={provider.provider_id}")
    told = asked.select_one("#why-answer").text
    assert "目前不参与对接" in told
    assert "条件" not in told
    assert "不满足您的条件" not in asked.main.text


def test_demonstration_organisation_is_not_called_verified(sign_in: SignIn) -> None:
    page = read(sign_in("enterprise"), "/organisation")
    assert [tag.text for tag in page.select(".page-head .tag")] == ["演示单位，未经核验"]
    people = read(sign_in("administrator"), "/people/organisations/ORG-DEMO1")
    assert [tag.text for tag in people.select(".page-head .tag")] == ["演示单位，未经核验"]


@pytest.mark.parametrize(
    "form",
    [
        {"decision": "refused"},
        {"decision": "refused", "reason": "   "},
        {"decision": "suspended", "reason": "x"},
        {"decision": "pending"},
        {"decision": "nonsense", "reason": "长" * 5000},
        {},
    ],
)
def test_decision_that_is_not_open_keeps_the_reason_and_decides_nothing(
    sign_in: SignIn, waiting: str, own_database: Database, form: dict[str, str]
) -> None:
    client = sign_in("administrator")
    address = f"/people/organisations/{waiting}/decision"
    refused = send(client, address, form)
    assert refused.status_code == 422
    assert len(summary(refused)) == 1
    shown = check_page(refused).select_one("#reason")["value"]
    assert form.get("reason", "").startswith(shown)
    assert read_organisation(own_database, waiting).verification == "pending"


@pytest.mark.parametrize("who", ["enterprise", "provider", "base", "reviewer"])
def test_nobody_else_sees_or_decides(sign_in: SignIn, own_site: Flask, who: str) -> None:
    client, checked = sign_in(who), 0
    for rule in own_site.url_map.iter_rules():
        if not rule.rule.startswith(("/people", "/audit")):
            continue
        arguments = dict.fromkeys(rule.arguments, "ACC-DEMO1")
        address = own_site.url_map.bind("localhost").build(rule.endpoint, arguments)
        for method in rule.methods & {"GET", "POST"}:
            answer = client.get(address) if method == "GET" else send(client, address)
            assert answer.status_code == 403, address
            checked += 1
    assert checked >= 10


def test_old_sign_in_is_asked_for_the_password_and_keeps_what_was_typed(
    sign_in: SignIn, waiting: str, own_site: Flask, own_database: Database
) -> None:
    client = sign_in("administrator")
    stale(client)
    assert read(client, f"/people/organisations/{waiting}").select_one("#your_password") is not None
    address = f"/people/organisations/{waiting}/decision"
    form = {"decision": "refused", "reason": "名称与登记不符"}
    for wrong in ({}, {"your_password": "a guess"}):
        refused = send(client, address, {**form, **wrong})
        assert refused.status_code == 422
        soup = check_page(refused)
        assert soup.select_one("#reason")["value"] == form["reason"]
        assert soup.select_one("[name=decision][checked]")["value"] == "refused"
    assert read_organisation(own_database, waiting).verification == "pending"
    own = own_site.extensions["people"]["administrator"].password
    assert send(client, address, {**form, "your_password": own}).status_code == 303
    assert read_organisation(own_database, waiting).verification == "refused"
    assert read(client, "/people/staff").select_one("#your_password") is None  # fresh again


def test_provider_is_linked_once_by_name_and_wrong_ones_are_told_and_kept(
    sign_in: SignIn, waiting: str, own_database: Database
) -> None:
    client = sign_in("administrator")
    address = f"/people/organisations/{waiting}/provider"
    page = f"/people/organisations/{waiting}"
    name = read(client, page).select_one("#providers option")["value"]
    assert send(client, address, {"provider_id": name.upper()}).status_code == 303
    assert read(client, page).select_one("#provider_id")["value"] == name
    assert read_organisation(own_database, waiting).provider_id == "V001"
    assert send(client, address, {"provider_id": "V001"}).status_code == 303
    for wrong in ("V404", "'; DROP TABLE organisation; --", "长" * 100):
        refused = send(client, address, {"provider_id": wrong})
        assert refused.status_code == 422
        assert len(summary(refused)) == 1
        assert check_page(refused).select_one("#provider_id")["value"] == wrong
    taken = "/people/organisations/ORG-DEMO2/provider"
    assert send(client, taken, {"provider_id": "V001"}).status_code == 422
    assert send(client, address, {"provider_id": ""}).status_code == 303


@pytest.mark.parametrize(
    "address",
    ["/people/organisations/ORG-404", "/people/accounts/ACC-404", "/people/organisations/%00"],
)
def test_unknown_ids_are_a_404(sign_in: SignIn, address: str) -> None:
    assert sign_in("administrator").get(address).status_code == 404


def test_administrator_makes_a_link_for_a_new_password(sign_in: SignIn, own_site: Flask) -> None:
    answer = send(sign_in("administrator"), "/people/accounts/ACC-DEMO1/reset")
    assert answer.status_code == 200
    path = check_page(answer).select_one("code.one-time").text.removeprefix("http://localhost")
    victim = sign_in("enterprise")
    visitor = own_site.test_client()
    assert visitor.get(path).location == "/new-password"
    form = {"password": PASSWORD, "password_again": PASSWORD}
    done = send(visitor, "/new-password", form)
    assert done.location == "/sign-in"
    assert victim.get("/account").status_code == 303  # every session has ended
    email = own_site.extensions["people"]["enterprise"].email
    signed_in = send(visitor, "/sign-in", {"email": email, "password": PASSWORD})
    assert signed_in.status_code == 303
    again = own_site.test_client()
    again.get(path)
    assert again.get("/new-password").status_code == 410


def test_no_link_for_a_disabled_account(sign_in: SignIn, own_database: Database) -> None:
    client = sign_in("administrator")
    update_account(own_database, "ACC-DEMO1", {"is_active": False})
    assert send(client, "/people/accounts/ACC-DEMO1/reset").status_code == 422


def test_accounts_are_found_by_a_part_of_address_or_name(sign_in: SignIn) -> None:
    client = sign_in("administrator")
    assert len(read(client, "/people/accounts?q=PROVIDER@").select(".people li")) == 1
    assert len(read(client, "/people/accounts").select(".people li")) == 5
    for nobody in ("%", "_", "nobody", "' OR 1=1"):
        soup = check_page(client.get("/people/accounts", query_string={"q": nobody}))
        assert soup.select_one(".empty") is not None


def test_staff_is_invited_and_the_last_administrator_stays(
    sign_in: SignIn, own_site: Flask, own_database: Database
) -> None:
    client = sign_in("administrator")
    form = {"email": "reviewer2@example.invalid", "role": "reviewer"}
    answer = send(client, "/people/staff/invite", form)
    path = check_page(answer).select_one("code.one-time").text.removeprefix("http://localhost")
    visitor = own_site.test_client()
    visitor.get(path)
    joining = {"name": "虚构经理人", "password": PASSWORD, "password_again": PASSWORD}
    assert send(visitor, "/invitation", joining).status_code == 303
    account = find_by_email(own_database, form["email"])
    assert account is not None
    assert (account.role, account.organisation_id) == ("reviewer", "")
    down = {"role": "reviewer"}
    assert send(client, "/people/staff/ACC-DEMO5/role", down).status_code == 422
    assert send(client, "/people/accounts/ACC-DEMO5/active", {"active": "no"}).status_code == 422
    assert send(client, "/people/staff/ACC-DEMO1/role", down).status_code == 404  # no staff
    assert send(client, "/people/staff/ACC-DEMO4/role", {"role": "owner"}).status_code == 400


def test_trail_shows_what_changed_and_that_the_chain_holds(
    sign_in: SignIn, waiting: str, own_database: Database
) -> None:
    client = sign_in("administrator")
    decide(client, waiting, decision="refused", reason="名称与登记不符")
    soup = read(client, f"/audit?object_kind=organisation&object_id={waiting}")
    first = soup.select_one(".events li")
    assert "organisation.refused" in first.text
    assert "演示管理员" in first.text
    assert "名称与登记不符" in first.text
    assert first.select_one(".changes del").text == "pending"
    assert first.select_one(".changes ins").text == "refused"
    checked = read(client, "/audit?check=1")
    trail, lists = checked.select(".notice[role=status]")
    assert verify_chain(own_database).head_digest in trail.text
    assert verify_shown(own_database).head_digest in lists.text


def test_trail_is_filtered_and_paged(sign_in: SignIn) -> None:
    client = sign_in("administrator")
    assert len(read(client, "/audit?action=account.signed_in").select(".events > li")) == 1
    for odd in ("page=999", "page=x", "actor=%00", "action=" + "x" * 500, "object_id=' OR 1=1"):
        assert client.get(f"/audit?{odd}").status_code == 200
    assert read(client, "/audit?actor=nobody").select_one(".events") is None


def test_broken_chain_is_shown(sign_in: SignIn, own_database: Database) -> None:
    client = sign_in("administrator")
    own_database.conn.execute("DROP TRIGGER audit_event_no_update")
    own_database.conn.execute("UPDATE audit_event SET actor = 'x' WHERE sequence = 1")
    own_database.conn.commit()
    warning = read(client, "/audit?check=1").select_one(".notice-warn[role=status]")
    assert "第 1 条" in warning.text
