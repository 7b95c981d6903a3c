"""The order of the score alone: what it leaves out is said, for one view or for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.identity import Actor, Role
from matcher.store.audit import EventFilter, list_events
from matcher.store.matches import list_match_lists, read_match_list, save_match_list
from matcher.store.needs import read_need
from matcher.workflow.engagements.brokering import ListChange, change_list
from matcher.workflow.learning.models import set_exploration
from matcher.workflow.needs.states import Act
from tests.web.conftest import SignIn, reader_of
from tests.web.handshake import NEED, add_world, send
from tests.web.html import check_page

ADMIN = Actor("ACC-DEMO5", Role.ADMINISTRATOR)
BROKER = Actor("ACC-DEMO4", Role.REVIEWER)
PAGE = f"/my/needs/{NEED}"


@pytest.fixture
def swapped(own_site: Flask, own_database: Database) -> list[str]:
    """Keep a list in which chance has swapped the first and the third; return the score's order."""
    add_world(own_database)
    need = read_need(own_database, NEED)
    found = own_site.extensions["backend"].matching().match(need, top=5)
    wanted = [one.capability_id for one in found.matches]
    order = [2, 1, 0, 3, 4]
    shown = tuple(replace(found.matches[i], rank=place) for place, i in enumerate(order, start=1))
    intended = {capability_id: place for place, capability_id in enumerate(wanted, start=1)}
    save_match_list(
        own_database, replace(found, matches=shown), record_versions={}, origin="site",
        now=datetime.now(UTC), intended=intended,
    )  # fmt: skip
    return wanted


def listed(client: FlaskClient, address: str = PAGE) -> list[str]:
    rows = check_page(client.get(address)).select(".match-rows > li p a[href^='/capabilities/']")
    return [str(tag["href"]).rpartition("/")[2] for tag in rows]


def test_chance_shows_as_it_was_kept_and_is_left_out_on_wish(
    swapped: list[str], sign_in: SignIn
) -> None:
    client = sign_in("enterprise")
    first, second, third, *rest = swapped
    assert listed(client) == [third, second, first, *rest]
    page = check_page(client.get(PAGE))
    assert "2" in page.select_one("#order").text
    plain = page.select_one("#order a[href*='order=plain']")["href"]
    assert listed(client, str(plain)) == swapped


def test_change_of_a_broker_is_left_out_as_well(
    swapped: list[str], sign_in: SignIn, own_database: Database
) -> None:
    now = datetime.now(UTC)
    change = ListChange(swapped[0], "exclude", "虚构的理由，仅供测试", now + timedelta(days=5))
    change_list(own_database, NEED, change, actor=BROKER, now=now)
    client = sign_in("enterprise")
    assert swapped[0] not in listed(client)
    assert listed(client, f"{PAGE}?order=plain") == swapped
    assert "虚构的理由" not in client.get(f"{PAGE}?order=plain").text


def test_choice_for_good_holds_for_views_and_for_new_lists(
    swapped: list[str], sign_in: SignIn, own_database: Database
) -> None:
    set_exploration(own_database, 0.1, Act(ADMIN, datetime.now(UTC), "because"))
    client = sign_in("enterprise")
    assert send(client, "/account/order", "/about", order="plain").status_code == 303
    assert send(client, "/account/order", "/about", order="plain").status_code == 303
    assert listed(client) == swapped
    assert listed(client, f"{PAGE}?order=usual") != swapped
    for _ in range(4):
        send(client, f"{PAGE}/match", PAGE)
    lists = [read_match_list(own_database, one) for one in list_match_lists(own_database, NEED)]
    assert len(lists) == 5
    for kept in lists[:4]:
        assert set(kept.propensities.values()) == {1.0}
    events = list_events(own_database, EventFilter("account", "ACC-DEMO1"))
    assert [one.action for one in events].count("account.order_chosen") == 1
    send(client, "/account/order", "/about", order="usual")
    assert check_page(client.get("/about")).select_one('button[name=order][value="plain"]')


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_visitor_reads_that_nothing_personal_decides(client: FlaskClient, lang: str) -> None:
    read = reader_of(client)
    about = read("/about", lang=lang)
    assert about.select_one("#order")
    assert not about.select("form[action='/account/order']")
    result = read("/matches", lang=lang, example="quality")
    assert result.select_one("main a[href='/about#order']")
