"""Brokers and appeals through their pages: urgency, reasons with an end, and somebody else."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from sqlite_utils import Database

from matcher.identity import Verification
from matcher.store.appeals import read_appeal
from matcher.store.brokering import list_overrides
from matcher.store.engagements import read_engagement
from matcher.store.organisations import update_organisation
from matcher.workflow.engagements.clock_runs import run_clocks
from tests.web.conftest import SignIn
from tests.web.handshake import (
    CAPABILITY,
    LATER,
    NEED,
    PROVIDER,
    Handshake,
    add_answerers,
    add_world,
    send,
)
from tests.web.html import check_page

LIST = f"/broker/needs/{NEED}"
TEXT = "经理人关闭得太早，我方第二天就要答复。"


@pytest.fixture
def handshake(own_database: Database, sign_in: SignIn) -> Handshake:
    add_world(own_database)
    add_answerers(own_database)
    roles = ("enterprise", "provider", "base", "reviewer", "administrator")
    return Handshake({who: sign_in(who) for who in roles})


def test_queue_shows_what_waits_and_a_case_is_taken(
    handshake: Handshake, own_database: Database
) -> None:
    handshake.begin()
    broker = handshake.clients["reviewer"]
    queue = check_page(broker.get("/broker?lang=en"))
    assert "nobody's yet" in queue.main.text
    taken = send(broker, f"{handshake.address}/broker", "/broker")
    assert taken.status_code == 303
    assert read_engagement(own_database, handshake.engagement_id).broker_id == "ACC-DEMO4"
    other = check_page(handshake.clients["administrator"].get("/broker"))
    assert not other.select(".engagement-rows")
    assert check_page(handshake.clients["administrator"].get("/broker?all=1")).select(
        ".engagement-rows"
    )


def test_nobody_but_staff_sees_the_queue(handshake: Handshake) -> None:
    for address in ("/broker", LIST):
        assert handshake.clients["enterprise"].get(address).status_code == 403


def test_a_change_wants_reason_and_end_and_can_be_undone(
    handshake: Handshake, own_database: Database
) -> None:
    broker = handshake.clients["reviewer"]
    typed = {"capability_id": CAPABILITY, "action": "pin", "value": "1", "reason": "短"}
    refused = send(broker, LIST, LIST, **typed, expires_at="2020-01-01")
    assert refused.status_code == 422
    page = check_page(refused)
    assert page.select_one("#capability_id option[selected]")["value"] == CAPABILITY
    assert len(page.select(".error-summary li")) == 2
    good = {**typed, "reason": "现场已经看过，值得先谈"}
    assert send(broker, LIST, LIST, **good).status_code == 303
    (made,) = list_overrides(own_database, NEED)
    undo = f"/broker/changes/{made.override_id}/undo"
    assert send(broker, undo, LIST, reason="").status_code == 422
    assert send(broker, undo, LIST, reason="情况有变").status_code == 303
    assert send(broker, undo, LIST, reason="再撤一次").status_code == 409
    (after,) = list_overrides(own_database, NEED)
    assert after.undone_at is not None
    assert "情况有变" in check_page(broker.get(LIST)).main.text


def test_a_need_without_a_list_leads_on(handshake: Handshake, own_database: Database) -> None:
    broker = handshake.clients["reviewer"]
    page = check_page(broker.get(LIST))
    assert "没有匹配过" in page.select_one("[aria-labelledby=order] .notice").text
    assert page.select_one("#capability_id") is None
    made = send(broker, f"{LIST}/match", LIST)
    assert made.status_code == 303
    page = check_page(broker.get(LIST))
    assert page.select(".match-rows li")
    assert page.select_one("#capability_id option") is not None
    assert handshake.clients["enterprise"].post(f"{LIST}/match").status_code in {400, 403}


def test_a_need_that_has_ended_says_why_there_is_no_list(
    handshake: Handshake, own_database: Database
) -> None:
    own, broker = f"/my/needs/{NEED}", handshake.clients["reviewer"]
    left = {"to_state": "withdrawn", "reason": "不再需要"}
    assert send(handshake.clients["enterprise"], f"{own}/state", own, **left).status_code == 303
    page = check_page(broker.get(LIST))
    assert "不再接受答复" in page.select_one("[aria-labelledby=order] .notice").text
    assert page.select(f"form[action='{LIST}/match']") == []
    assert send(broker, f"{LIST}/match", "/account").status_code == 409


def test_an_appeal_is_decided_by_somebody_else(
    handshake: Handshake, own_database: Database
) -> None:
    """What a broker closed opens again once an appeal is upheld."""
    handshake.begin()
    assert handshake.step("reviewer", "close", reason="双方意向不明").status_code == 303
    provider, new = (
        handshake.clients["provider"],
        f"/appeals/new/engagement/{handshake.engagement_id}",
    )
    short = send(provider, new, new, text="不行")
    assert short.status_code == 422
    assert check_page(short).select_one("#text").text.strip() == "不行"
    filed = send(provider, new, new, text=TEXT)
    assert filed.status_code == 303
    assert send(provider, new, new, text=TEXT).status_code == 409
    decision = f"{filed.location}/decision"
    told = {"decision": "upheld", "reason": "确实太早"}
    same = send(handshake.clients["reviewer"], decision, "/account", **told)
    assert same.status_code == 409
    judge = handshake.clients["administrator"]
    assert send(judge, decision, filed.location, decision="maybe").status_code == 422
    assert send(judge, decision, filed.location, **told).status_code == 303
    appeal = read_appeal(own_database, filed.location.rpartition("/")[2])
    assert appeal.decision == "upheld"
    assert read_engagement(own_database, handshake.engagement_id).state == "shown"
    assert "确实太早" in check_page(provider.get(filed.location)).main.text


def test_appeals_of_others_do_not_exist(handshake: Handshake) -> None:
    handshake.begin()
    provider, new = (
        handshake.clients["provider"],
        f"/appeals/new/engagement/{handshake.engagement_id}",
    )
    filed = send(provider, new, new, text=TEXT)
    assert handshake.clients["base"].get(filed.location).status_code == 404
    assert not check_page(handshake.clients["base"].get("/appeals")).select("table")
    assert check_page(provider.get("/appeals")).select("table")
    assert provider.get("/appeals/new/nonsense/X").status_code == 404


def test_three_silences_let_an_organisation_rest_until_it_comes_back(
    handshake: Handshake, own_database: Database
) -> None:
    """Answer rate and rest come from what the clocks have seen."""
    client = handshake.clients["enterprise"]
    for number in range(3):
        need_id = f"N-{number}"
        add_world(own_database, need_id=need_id, visibility="named")
        address = f"/my/needs/{need_id}/approach/{CAPABILITY}"
        assert send(client, address, address).status_code == 303
    for days in range(30, 400, 30):
        run_clocks(own_database, datetime.now(UTC) + LATER * days / 400)
    page = check_page(handshake.clients["provider"].get("/my/engagements?lang=en"))
    assert "takes no requests at present" in page.main.text
    figures = check_page(client.get("/providers/V900?lang=en")).select_one(".answer-figures")
    assert "0%" in figures.text
    back = send(handshake.clients["provider"], "/my/engagements/return", "/my/engagements")
    assert back.status_code == 303
    page = check_page(handshake.clients["provider"].get("/my/engagements?lang=en"))
    assert "at present" not in page.main.text


def test_a_suspended_organisation_writes_nothing(
    handshake: Handshake, own_database: Database
) -> None:
    handshake.begin()
    changes = {"verification": Verification.SUSPENDED}
    update_organisation(own_database, PROVIDER, changes, now=datetime.now(UTC))
    assert handshake.step("provider", "decline", declines="budget").status_code == 403
