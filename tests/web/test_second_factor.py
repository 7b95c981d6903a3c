"""The second factor on the pages: set up, asked for, replaced, kept, reset by another."""

from __future__ import annotations

from datetime import UTC, datetime

import pyotp
import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.accounts import find_by_email
from matcher.store.audit import EventFilter, list_events
from tests.web.conftest import SignIn
from tests.web.html import check_page
from tests.web.people import own_password, read, send, summary

ADDRESS = "/account/second-factor"


def enrolled(client: FlaskClient) -> tuple[str, list[str]]:
    """Set the second factor up; return its secret and the recovery codes."""
    return proved(client, ADDRESS, ADDRESS)


def proved(client: FlaskClient, shown: str, sent: str) -> tuple[str, list[str]]:
    """Read a secret from a page and prove it; return it and the recovery codes."""
    soup = read(client, shown)
    assert soup.select_one(".qr-frame svg path") is not None
    secret = "".join(soup.select_one("main code").text.split())
    code = pyotp.TOTP(secret).at(datetime.now(UTC))
    answer = send(client, sent, {"code": code})
    assert answer.status_code == 200
    return secret, [shown.text for shown in check_page(answer).select(".codes code")]


def half_way(site: Flask, who: str = "enterprise", goal: str = "/sign-in/code") -> FlaskClient:
    """Return a visitor whose password was right and whose code is still to come."""
    account, client = site.extensions["people"][who], site.test_client()
    form = {"email": account.email, "password": account.password, "next": "/account"}
    answer = send(client, "/sign-in", form)
    assert answer.location.startswith(goal)
    assert client.get("/account").status_code == 303
    return client


def test_second_factor_is_asked_for_and_a_recovery_code_stands_in_once(
    sign_in: SignIn, own_site: Flask
) -> None:
    client = sign_in("enterprise")
    _secret, codes = enrolled(client)
    assert len(set(codes)) == 10
    assert "已开启" in read(client, "/account").main.text
    visitor = half_way(own_site)
    assert send(visitor, "/sign-in/code", {"code": "000000"}).status_code == 422
    entered = send(visitor, "/sign-in/code", {"code": codes[0], "next": "/account"})
    assert entered.location == "/account"
    assert visitor.get("/account").status_code == 200
    assert send(half_way(own_site), "/sign-in/code", {"code": codes[0]}).status_code == 422


def test_code_of_the_application_works_once(sign_in: SignIn, own_site: Flask) -> None:
    secret, _codes = enrolled(sign_in("enterprise"))
    later = int(datetime.now(UTC).timestamp()) + 30  # the next period, which is tolerated
    code = pyotp.TOTP(secret).at(later)
    assert send(half_way(own_site), "/sign-in/code", {"code": code}).status_code == 303
    assert send(half_way(own_site), "/sign-in/code", {"code": code}).status_code == 422


def test_wrong_first_code_turns_nothing_on(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    before = read(client, "/account/second-factor").select_one("main code").text
    refused = send(client, "/account/second-factor", {"code": "000000"})
    assert refused.status_code == 422
    assert check_page(refused).select_one("main code").text == before


def test_taking_the_second_factor_away_needs_password_and_code(
    sign_in: SignIn, own_site: Flask
) -> None:
    client = sign_in("enterprise")
    _secret, codes = enrolled(client)
    address, right = "/account/second-factor/remove", own_password(own_site)
    for wrong in (
        {"old_password": "a guess", "code": codes[0]},
        {"old_password": right, "code": "000000"},
        {"code": codes[0]},
    ):
        assert send(client, address, wrong).status_code == 422
    done = send(client, address, {"old_password": right, "code": codes[0]})
    assert done.status_code == 303
    account = own_site.extensions["people"]["enterprise"]
    form = {"email": account.email, "password": account.password}
    assert send(own_site.test_client(), "/sign-in", form).location == "/"


def test_administrator_without_second_factor_is_urged(sign_in: SignIn) -> None:
    client = sign_in("administrator")
    assert read(client, "/people").select_one('.notice a[href="/account/second-factor"]')
    enrolled(client)
    assert not read(client, "/people").select('.notice a[href="/account/second-factor"]')


STAFF = pytest.mark.parametrize("who", ["reviewer", "administrator"])


@STAFF
def test_who_acts_for_the_platform_cannot_switch_it_off(
    sign_in: SignIn, own_site: Flask, own_database: Database, who: str
) -> None:
    client = sign_in(who)
    _secret, codes = enrolled(client)
    page = read(client, ADDRESS)
    assert page.select("[formaction$=remove]") == []
    assert "不能关闭" in page.main.text
    form = {"old_password": own_password(own_site, who), "code": codes[0]}
    refused = send(client, f"{ADDRESS}/remove", form)
    assert refused.status_code == 403
    assert "始终开启" in check_page(refused).h1.text
    account = find_by_email(own_database, f"{who}@demo.invalid")
    assert account is not None
    assert account.has_second_factor
    assert "还剩 10 个" in read(client, ADDRESS).main.text  # none was used up for nothing


def test_member_may_switch_it_off_on_the_same_page(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    enrolled(client)
    assert len(read(client, ADDRESS).select("[formaction$=remove]")) == 1


@pytest.mark.parametrize("who", ["enterprise", "administrator"])
def test_new_device_takes_over_by_its_first_code(
    sign_in: SignIn, own_site: Flask, who: str
) -> None:
    client = sign_in(who)
    old, codes = enrolled(client)
    there = half_way(own_site, who)
    send(there, "/sign-in/code", {"code": codes[1]})
    begun = {"old_password": own_password(own_site, who), "code": codes[0]}
    answer = send(client, f"{ADDRESS}/replace", begun)
    assert answer.location == f"{ADDRESS}/replace"
    before = read(client, answer.location).select_one("main code").text
    refused = send(client, f"{ADDRESS}/new-device", {"code": "000000"})
    assert refused.status_code == 422
    assert len(summary(refused)) == 1
    assert check_page(refused).select_one("main code").text == before
    new, fresh = proved(client, f"{ADDRESS}/replace", f"{ADDRESS}/new-device")
    assert new != old
    assert len(set(fresh)) == 10
    assert not set(fresh) & set(codes)
    assert there.get("/account").status_code == 303  # every other session has ended
    assert client.get(f"{ADDRESS}/replace").location == ADDRESS  # and this is over too
    visitor = half_way(own_site, who)
    assert send(visitor, "/sign-in/code", {"code": codes[2]}).status_code == 422
    assert send(visitor, "/sign-in/code", {"code": fresh[0]}).status_code == 303


@pytest.mark.parametrize("act", ["replace", "codes"])
def test_change_of_the_second_factor_needs_password_and_code(
    sign_in: SignIn, own_site: Flask, act: str
) -> None:
    client = sign_in("administrator")
    _secret, codes = enrolled(client)
    right = own_password(own_site, "administrator")
    for wrong in (
        {"old_password": "a guess", "code": codes[0]},
        {"old_password": right, "code": "000000"},
        {"code": codes[0]},
        {},
    ):
        refused = send(client, f"{ADDRESS}/{act}", wrong)
        assert refused.status_code == 422
        assert len(summary(refused)) == 1
    assert client.get(f"{ADDRESS}/replace").location == ADDRESS
    assert send(client, f"{ADDRESS}/new-device", {"code": "000000"}).location == ADDRESS


def test_page_of_the_new_device_opens_in_the_session_that_proved_the_old_one(
    sign_in: SignIn, own_site: Flask
) -> None:
    client = sign_in("enterprise")
    _secret, codes = enrolled(client)
    stolen = half_way(own_site)
    send(stolen, "/sign-in/code", {"code": codes[1]})
    begun = {"old_password": own_password(own_site), "code": codes[0]}
    assert send(client, f"{ADDRESS}/replace", begun).status_code == 303
    assert stolen.get(f"{ADDRESS}/replace").location == ADDRESS
    with client.session_transaction() as kept:
        kept["replacing"] -= 16 * 60
    assert client.get(f"{ADDRESS}/replace").location == ADDRESS


def test_new_recovery_codes_are_shown_once(sign_in: SignIn, own_site: Flask) -> None:
    client = sign_in("administrator")
    _secret, codes = enrolled(client)
    form = {"old_password": own_password(own_site, "administrator"), "code": codes[0]}
    answer = send(client, f"{ADDRESS}/codes", form)
    fresh = [shown.text for shown in check_page(answer).select(".codes code")]
    assert len(set(fresh)) == 10
    assert "还剩 10 个" in read(client, ADDRESS).main.text
    assert not any(code in client.get(ADDRESS).text for code in fresh)
    visitor = half_way(own_site, "administrator")
    assert send(visitor, "/sign-in/code", {"code": codes[1]}).status_code == 422
    assert send(visitor, "/sign-in/code", {"code": fresh[0]}).status_code == 303


def test_lost_device_is_reset_by_another_and_set_up_anew_before_anything_opens(
    sign_in: SignIn, own_site: Flask, own_database: Database
) -> None:
    reviewer, administrator = sign_in("reviewer"), sign_in("administrator")
    enrolled(reviewer)
    page = "/people/accounts/ACC-DEMO4"
    assert "重置" in read(administrator, page).select_one("[formaction$=second-factor]").text
    assert send(administrator, f"{page}/second-factor").status_code == 303
    assert "下次登录时重新设置" in read(administrator, page).main.text
    event = list_events(own_database, EventFilter("account", "ACC-DEMO4"), limit=1)[0]
    assert (event.action, event.actor) == ("account.second_factor_reset", "ACC-DEMO5")
    assert reviewer.get("/review").status_code == 303  # the session has ended
    visitor = half_way(own_site, "reviewer", "/sign-in/second-factor")
    for closed in ("/account", "/review", ADDRESS):
        assert visitor.get(closed).location.startswith("/sign-in?")
    secret = "".join(read(visitor, "/sign-in/second-factor").select_one("main code").text.split())
    code = pyotp.TOTP(secret).at(datetime.now(UTC))
    assert send(visitor, "/sign-in/code", {"code": code}).status_code in {303, 422}
    assert visitor.get("/review").status_code == 303
    assert send(visitor, "/sign-in/second-factor", {"code": "000000"}).status_code == 422
    proved(visitor, "/sign-in/second-factor", "/sign-in/second-factor")
    assert visitor.get("/review").status_code == 200
    assert "重置了您的第二重验证" in read(visitor, "/inbox").main.text
    assert visitor.get("/sign-in/second-factor").location == "/sign-in"


def test_nobody_resets_the_own_one_and_reviewers_reset_none(sign_in: SignIn) -> None:
    administrator, reviewer = sign_in("administrator"), sign_in("reviewer")
    enrolled(administrator)
    own = "/people/accounts/ACC-DEMO5"
    assert read(administrator, own).select("[formaction$=second-factor]") == []
    assert send(administrator, f"{own}/second-factor").status_code == 403
    assert send(reviewer, f"{own}/second-factor").status_code == 403
    assert administrator.get("/people").status_code == 200
    nothing = send(administrator, "/people/accounts/ACC-DEMO1/second-factor")
    assert nothing.status_code == 409
    check_page(nothing)


@pytest.mark.parametrize("who", ["", "administrator"])
def test_owed_set_up_opens_for_nobody_else(sign_in: SignIn, own_site: Flask, who: str) -> None:
    client = sign_in(who) if who else own_site.test_client()
    assert client.get("/sign-in/second-factor").location == "/sign-in"
    answer = send(client, "/sign-in/second-factor", {"code": "000000"})
    assert answer.location == "/sign-in"
