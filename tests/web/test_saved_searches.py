"""Saving a search: from a list to the account, its news, and nobody else's business."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from bs4 import BeautifulSoup
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.accounts import list_accounts
from matcher.store.capabilities import save_capability
from matcher.store.notices import list_notices
from matcher.workflow.messages.alerts import TOPIC
from tests.factories import make_capability, make_provider
from tests.web.conftest import SignIn, reader_of, token_of
from tests.web.html import check_page
from web import access, backend

LISTED = "/capabilities?q=窑炉&industry=C31&sort=newest"


def save(client: FlaskClient, listed: str = LISTED, **changes: str) -> BeautifulSoup:
    """Save a search as a visitor does: by the link of its results and the form that it opens."""
    read = reader_of(client)
    form = read(read(listed).select_one('a[href^="/searches/new"]')["href"]).select_one("main form")
    data = {tag["name"]: tag.get("value", "") for tag in form.select("input")}
    response = client.post(form["action"], data={**data, **changes}, follow_redirects=True)
    assert response.status_code == 200
    return check_page(response)


def register(db: Database) -> None:
    capability = make_capability(name="水泥窑炉节能控制")
    save_capability(db, capability, make_provider(), actor="user:1", now=datetime.now(UTC))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_search_is_saved_with_what_was_chosen(sign_in: SignIn, lang: str) -> None:
    client = sign_in("enterprise")
    shown = save(client, name="我的窑炉")
    assert "我的窑炉" in shown.select_one("[role=status]").text
    (item,) = reader_of(client)("/searches", lang=lang, page="1").select(".results > li")
    assert "窑炉" in item.select_one(".muted").text
    whole = next(tag["href"] for tag in item.select("a") if tag["href"].startswith("/capa"))
    assert "industry=C31" in whole
    assert "sort=newest" in whole


def test_news_is_shown_until_it_is_marked_as_seen(sign_in: SignIn, own_database: Database) -> None:
    client = sign_in("provider")
    read = reader_of(client)
    save(client)
    assert read("/searches").select(".tag-ok") == []
    register(own_database)
    assert "1" in read("/searches").select_one(".tag-ok").text
    own = read("/searches").select_one(".results h2 a")["href"]
    news = read(own)
    assert [tag["href"] for tag in news.select(".results a")] == ["/capabilities/CAP-V900-1"]
    form = news.select_one('form[action$="/seen"]')
    data = {tag["name"]: tag["value"] for tag in form.select("input")}
    assert client.post(form["action"], data=data).status_code == 303
    assert read(own).select(".results a") == []
    assert "没有新内容" in read(own).text


def test_search_is_renamed_silenced_and_removed(sign_in: SignIn) -> None:
    client = sign_in("base")
    save(client)
    own = reader_of(client)("/searches").select_one(".results h2 a")["href"]
    token = {"csrf_token": token_of(client, own)}
    client.post(f"{own}/change", data={**token, "name": "改名"})
    shown = reader_of(client)(own)
    assert shown.h1.text == "改名"
    assert not shown.select_one("input[name=alerts]").has_attr("checked")
    assert client.post(f"{own}/delete", data=token).status_code == 303
    assert client.get(own).status_code == 404


def test_search_of_another_is_not_there(sign_in: SignIn) -> None:
    owner, other = sign_in("enterprise"), sign_in("provider")
    save(owner)
    own = reader_of(owner)("/searches").select_one(".results h2 a")["href"]
    token = {"csrf_token": token_of(other, LISTED.replace("/capabilities", "/searches/new") +
                                    "&list=capabilities")}  # fmt: skip
    assert other.get(own).status_code == 404
    for act in ("seen", "change", "delete"):
        assert other.post(f"{own}/{act}", data={**token, "name": "x"}).status_code == 404
    assert owner.get(own).status_code == 200


def test_visitor_signs_in_and_comes_back_to_the_search(client: FlaskClient) -> None:
    link = reader_of(client)(LISTED).select_one('a[href^="/searches/new"]')["href"]
    response = client.get(link)
    assert response.status_code == 303
    assert "/sign-in?next=" in response.location
    assert client.get("/searches").status_code == 303
    assert client.post("/searches/1/delete").status_code in {400, 401, 403}


def test_list_without_a_choice_offers_nothing_to_save(client: FlaskClient) -> None:
    assert reader_of(client)("/cases").select('a[href^="/searches/new"]') == []


@pytest.mark.parametrize(
    ("changes", "status"),
    [({"name": "  "}, 422), ({"list": "nothing"}, 404), ({"list": "\x00"}, 404)],
)
def test_search_that_makes_no_sense_is_refused(
    sign_in: SignIn, changes: dict[str, str], status: int
) -> None:
    client = sign_in("enterprise")
    address = "/searches/new?list=cases&q=高炉"
    data = {"csrf_token": token_of(client, address), "list": "cases", "q": "高炉", "name": "x"}
    response = client.post("/searches/new", data={**data, **changes})
    assert response.status_code == status
    shown = check_page(response)
    if status == 422:
        assert shown.select_one("input[name=q]")["value"] == "高炉"
        assert shown.select_one(".error-summary a[href='#name']") is not None


@pytest.mark.parametrize("revision", ["", "-1", "²", "9" * 40, "x"])
def test_any_revision_can_be_sent(sign_in: SignIn, revision: str) -> None:
    client = sign_in("enterprise")
    save(client)
    own = reader_of(client)("/searches").select_one(".results h2 a")["href"]
    data = {"csrf_token": token_of(client, own), "revision": revision}
    assert client.post(f"{own}/seen", data=data).status_code == 303


def test_what_a_request_publishes_reaches_the_inbox_of_those_who_wait_for_it(
    own_site: Flask, sign_in: SignIn, own_database: Database
) -> None:
    def publish() -> str:
        register(backend.writable_database())
        return "published"

    own_site.add_url_rule("/publish", "publish", access.public(publish))
    client = sign_in("enterprise")
    save(client)
    account = list_accounts(own_database)
    assert client.get("/publish").text == "published"
    told = [
        notice.message.text_zh
        for each in account
        for notice in list_notices(own_database, each.account_id)
        if notice.message.topic == TOPIC
    ]
    assert ["水泥窑炉节能控制" in text for text in told] == [True]
