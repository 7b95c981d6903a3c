"""The reviewers' pages: who may see them, what is compared, which decisions are possible."""

from __future__ import annotations

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.audit import verify_chain
from matcher.store.capabilities import read_capability, save_capability
from tests.web.conftest import SignIn, token_of
from tests.web.html import check_page
from tests.web.registering import CAPABILITY, Form, decide, own_id


@pytest.fixture
def provider(sign_in: SignIn) -> FlaskClient:
    return sign_in("provider")


@pytest.fixture
def reviewer(sign_in: SignIn) -> FlaskClient:
    return sign_in("reviewer")


def sent_edit(provider: FlaskClient, record_id: str) -> None:
    """Send a published capability again with another name and a louder claim."""
    address = f"/my/capabilities/{record_id}"
    opened = provider.post(f"{address}/edit", data={"csrf_token": token_of(provider, address)})
    form = Form.at(provider, "capabilities", opened.location)
    form.write("problem", **{**CAPABILITY["problem"], "name": "琴弦张力与松动的振动图像识别"})
    claim = f"{record_id}.K1"
    louder = {"claims-0-value": "99", "claims-0-claim_id": claim}
    form.write("proof", **{**CAPABILITY["proof"], **louder})
    assert form.send().status_code == 303


def page_of_first(reviewer: FlaskClient) -> str:
    queue = check_page(reviewer.get("/review"))
    return str(queue.select_one("section[aria-labelledby=waiting] th a")["href"])


def test_queue_counts_and_difference_is_marked(
    provider: FlaskClient, reviewer: FlaskClient, own_database: Database
) -> None:
    record_id = own_id(Form(provider, "capabilities").fill().send())
    counts = [tag.text for tag in check_page(reviewer.get("/review")).select(".tabs .facet-count")]
    assert counts[:3] == ["1", "1", "0"]
    assert decide(reviewer, "approve").status_code == 303
    data = {"csrf_token": token_of(reviewer, f"/review/capabilities/{record_id}")}
    level = {**data, "level": "documents", "reason": "合同原件已核对"}
    assert reviewer.post(f"/review/capabilities/{record_id}/level", data=level).status_code == 303
    sent_edit(provider, record_id)
    page = check_page(reviewer.get(page_of_first(reviewer)))
    assert [tag.text for tag in page.select(".compare ins")] == ["与松动", "99", "自报"]
    assert [tag.text for tag in page.select(".compare del")] == ["98", "材料已核"]
    assert "材料已核" in page.select_one("section[aria-labelledby=warnings]").text
    assert decide(reviewer, "approve").status_code == 303
    record = read_capability(own_database, record_id)
    assert (record.name, record.verification) == ("琴弦张力与松动的振动图像识别", "declared")
    assert verify_chain(own_database).broken is None
    history = check_page(provider.get(f"/my/capabilities/{record_id}/versions/3"))
    assert [tag.text for tag in history.select("ins")][:1] == ["与松动"]


def test_level_and_finding_are_shown_to_everybody(
    provider: FlaskClient, reviewer: FlaskClient, own_site: Flask
) -> None:
    record_id = own_id(Form(provider, "capabilities").fill().send())
    decide(reviewer, "approve")
    address = f"/review/capabilities/{record_id}"
    data = {"csrf_token": token_of(reviewer, address), "reason": "与测试机构电话核实"}
    without = reviewer.post(f"{address}/level", data={**data, "level": "tested", "reason": ""})
    assert without.status_code == 422
    assert check_page(without).select_one("#level-tested").has_attr("checked")
    tested = {**data, "level": "tested"}
    assert reviewer.post(f"{address}/level", data=tested).status_code == 303
    done = reviewer.post(f"{address}/evidence/E1", data={**data, "state": "checked"})
    assert done.status_code == 303
    assert (
        reviewer.post(f"{address}/evidence/E9", data=data | {"state": "checked"}).status_code == 404
    )
    public = check_page(own_site.test_client().get(f"/capabilities/{record_id}"))
    assert "第三方已测" in public.text
    assert "由独立于供给方的机构实测" in public.text
    assert "已核" in public.select_one("#evidence-E1").text
    inbox = check_page(provider.get("/inbox")).text
    assert "与测试机构电话核实" in inbox


def test_refusing_needs_words_and_a_decided_one_is_not_decided_again(
    provider: FlaskClient, reviewer: FlaskClient
) -> None:
    own_id(Form(provider, "capabilities").fill().send())
    page = page_of_first(reviewer)
    mute = decide(reviewer, "refuse")
    assert mute.status_code == 422
    assert check_page(mute).select_one(".error-summary a")["href"] == "#reason"
    assert decide(reviewer, "nonsense").status_code == 404
    token = token_of(reviewer, page)
    data = {"csrf_token": token, "decision": "approve"}
    assert reviewer.post(f"{page}/decision", data=data).status_code == 303
    again = reviewer.post(f"{page}/decision", data=data)
    assert again.status_code == 409
    assert "已有决定" in check_page(again).text


def test_record_that_changed_meanwhile_is_not_overwritten(
    provider: FlaskClient, reviewer: FlaskClient, own_database: Database
) -> None:
    from dataclasses import replace
    from datetime import UTC, datetime

    record_id = own_id(Form(provider, "capabilities").fill().send())
    decide(reviewer, "approve")
    sent_edit(provider, record_id)
    other = replace(read_capability(own_database, record_id), name="别处改过的名称在这里")
    save_capability(own_database, other, None, actor="somebody", now=datetime.now(UTC))
    assert "不能通过" in check_page(reviewer.get(page_of_first(reviewer))).text
    response = decide(reviewer, "approve")
    assert response.status_code == 409
    assert "没有做任何改动" in check_page(response).text
    assert read_capability(own_database, record_id) == other


@pytest.mark.parametrize("who", ["provider", "enterprise", "base"])
def test_review_is_for_staff_alone(sign_in: SignIn, who: str) -> None:
    client = sign_in(who)
    for address in ("/review", "/review/P1", "/review/capabilities/CAP-V002-1"):
        assert client.get(address).status_code == 403
    token = token_of(client, "/account")
    data = {"csrf_token": token, "decision": "approve", "level": "tested", "reason": "自己核的"}
    assert client.post("/review/P1/decision", data=data).status_code == 403
    assert client.post("/review/capabilities/CAP-V002-1/level", data=data).status_code == 403


def test_unknown_proposals_and_records_are_told(reviewer: FlaskClient) -> None:
    for address in ("/review/P1", "/review/capabilities/CAP-NONE", "/review/%00"):
        assert reviewer.get(address).status_code == 404
    assert check_page(reviewer.get("/review?kind=x&page=999")).h1 is not None
