"""Registering a pilot base: the gate, the review, a claim, its slots; contacts stay private."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.ownership import owner_of
from matcher.store.pilot_bases import read_pilot_base, save_pilot_base
from tests.web.conftest import SignIn, reader_of, token_of
from tests.web.html import check_page
from tests.web.registering import BASE, SERVICE, Form, decide, own_id
from web.needs.token import pack_need

SECRETS = ("secret@example.org", "秘密联系人")
NEED = {
    "title": "钢琴琴弦张力检验",
    "problem": "乐器工厂调律靠耳朵判断琴弦张力，希望拍摄振动图像识别偏差，先到中试基地验证。",
    "industries": ["C24"],
    "ai_tasks": ["visual_inspection"],
    "needs_base": "yes",
    "validation_types": ["function"],
}


@pytest.fixture
def base(sign_in: SignIn) -> FlaskClient:
    return sign_in("base")


def published(client: FlaskClient, reviewer: FlaskClient, **changes: dict[str, Any]) -> str:
    record_id = own_id(Form(client, "bases").fill(**changes).send())
    assert decide(reviewer, "approve").status_code == 303
    return record_id


def test_gate_stops_a_thin_base_and_lets_the_completed_one_through(
    base: FlaskClient, sign_in: SignIn, own_site: Flask
) -> None:
    lorem = {"services-0-description": "本服务的介绍待补充，请稍后再看详细说明内容。"}
    form = Form(base, "bases").fill(services=lorem)
    checked = form.check()
    assert "待补充" in checked.select_one(".notice-warn").text
    response = form.send()
    assert response.status_code == 422
    assert "80" in check_page(response).select_one(".error-summary").text
    form.write("services", **{f"services-0-{k}": v for k, v in SERVICE.items()})
    assert int(form.check().select_one("progress")["value"]) >= 80
    record_id = own_id(form.send())
    visitor = own_site.test_client()
    assert visitor.get(f"/bases/{record_id}").status_code == 404
    assert decide(sign_in("reviewer"), "approve").status_code == 303
    page = visitor.get(f"/bases/{record_id}")
    text = check_page(page).main.text
    for said in (SERVICE["name"], "整机检验工位", "本省中小企业优先", "营业执照"):
        assert said in text, said
    assert all(secret not in page.text for secret in SECRETS)
    answer = reader_of(visitor)("/matches", need=pack_need(NEED))
    assert f"/bases/{record_id}" in {tag["href"].partition("#")[0] for tag in answer.select("a")}


def test_services_keep_every_choice_of_every_line(base: FlaskClient) -> None:
    form = Form(base, "bases")
    two = {f"services-1-{k}": v for k, v in {**SERVICE, "service_id": "S2"}.items()}
    form.write("services", "add:services", **BASE["services"], **two)
    page = form.page("services")
    for line in (0, 1):
        boxes = page.select(f"input[name=services-{line}-validation_types][checked]")
        assert {box["value"] for box in boxes} == {"function", "production"}
    assert page.select_one("#services-line-2") is not None
    assert page.select_one("[name=services-2-service_id]")["value"] == "S3"


def test_rules_are_ordered_and_slots_belong_to_a_service(base: FlaskClient) -> None:
    form = Form(base, "bases")
    form.write("services", "save", **BASE["services"])
    options = form.page("slots")
    assert options.select("#slots-line-0") == []
    form.write("slots", "add:slots")
    choices = [tag["value"] for tag in form.page("slots").select("#slots-0-service_id option")]
    assert choices == ["", "S1"]
    form.write("rules", "down:priority_rules:0", **BASE["rules"])
    rules = [tag["value"] for tag in form.page("rules").select("[id$=-text][id^=priority_rules]")]
    assert rules == ["其余按收到申请的先后", "本省中小企业优先"]


def test_places_are_changed_on_the_own_page(
    base: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    record_id = published(base, sign_in("reviewer"))
    address = f"/my/bases/{record_id}"
    data = {"csrf_token": token_of(base, address), "slots-0-total": "6"}
    refused = base.post(f"{address}/slots", data={**data, "slots-0-taken": "9"})
    assert refused.status_code == 422
    assert check_page(refused).select_one("#slots-0-taken")["value"] == "9"
    done = base.post(f"{address}/slots", data={**data, "slots-0-taken": "4", "slots-0-held": "1"})
    assert done.status_code == 303
    slot = read_pilot_base(own_database, record_id).slots[0]
    assert (slot.total, slot.taken, slot.held) == (6, 4, 1)


def test_places_are_counted_by_the_calendar_and_said_to_be_old_after_sixty_days(
    base: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    record_id = published(base, sign_in("reviewer"))
    read = reader_of(base)
    assert "空余名额： 3" in " ".join(read(f"/bases/{record_id}").main.text.split())
    stands = read_pilot_base(own_database, record_id)
    old = replace(stands, slots_stated_at=stands.slots_stated_at - timedelta(days=61))
    save_pilot_base(own_database, old, actor="t", now=datetime.now(UTC))
    assert "超过 60 天未确认" in read(f"/bases/{record_id}").main.text
    own = read(f"/my/bases/{record_id}")
    assert own.select_one("#slots ~ .notice-warn") is not None
    data = {"csrf_token": token_of(base, f"/my/bases/{record_id}"), "slots-0-total": "6"}
    base.post(f"/my/bases/{record_id}/slots", data=data)
    assert read(f"/my/bases/{record_id}").select_one("#slots ~ .notice-warn") is None


def test_base_of_the_catalogue_is_claimed_and_an_administrator_decides(
    base: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    address = "/bases/PB001/claim"
    token = token_of(base, address)
    empty = base.post(address, data={"csrf_token": token, "statement": ""})
    assert empty.status_code == 422
    check_page(empty)
    words = "我们是 2025 年批复中的牵头单位（虚构）。"
    sent = base.post(address, data={"csrf_token": token, "statement": words})
    assert sent.location == "/my/bases"
    assert "待审核" in check_page(base.get("/my/bases/PB001")).text
    reviewer = sign_in("reviewer")
    link = check_page(reviewer.get("/review")).select_one("section[aria-labelledby=waiting] th a")
    page = check_page(reviewer.get(link["href"]))
    assert words in page.text
    assert page.select("[name=decision]") == []
    assert decide(sign_in("administrator"), "approve").status_code == 303
    assert owner_of(own_database, "pilot_base", "PB001") == "ORG-DEMO3"
    told = check_page(base.get("/bases/PB001")).text
    assert "基地已认领" in told
    assert "不是基地自己写的" not in told
    opened = base.post(
        "/my/bases/PB001/edit", data={"csrf_token": token_of(base, "/my/bases/PB001")}
    )
    name = check_page(base.get(opened.location)).select_one("#name")["value"]
    assert name == read_pilot_base(own_database, "PB001").name


@pytest.mark.parametrize("who", ["provider", "enterprise", "reviewer"])
def test_others_are_refused(base: FlaskClient, sign_in: SignIn, who: str) -> None:
    form, stranger = Form(base, "bases"), sign_in(who)
    for address in (f"{form.address}/pages/base", "/bases/new", "/my/bases", "/bases/PB001/claim"):
        assert stranger.get(address).status_code == 403
