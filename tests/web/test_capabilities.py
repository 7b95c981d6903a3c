"""Registering a capability: strict, kept on failure, found and matched at once."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.capabilities import read_capability
from tests.web.conftest import SignIn, reader_of, token_of
from tests.web.html import check_page, parsed
from web.need_token import pack_need

CAPABILITY: dict[str, Any] = {
    "name": "琴弦张力的振动图像识别",
    "problem": "（测试用的虚构记录）调律师靠耳朵判断每根琴弦的张力，费时且因人而异。"
    "用高速相机拍摄琴弦振动图像，识别频率和张力偏差，给出每根弦的调整量，适合钢琴工厂的整机检验工位。",
    "industries": "C24",
    "process_steps": ["quality"],
    "ai_tasks": ["visual_inspection"],
    "data_modalities": ["image", "video"],
    "claims-0-text": "张力偏差识别准确率 98%",
    "claims-0-metric": "识别准确率",
    "claims-0-operator": ">=",
    "claims-0-value": "98",
    "claims-0-unit": "%",
    "maturity": "7",
    "deployments": ["edge"],
    "domestic_stack": "partial",
    "price_negotiable": "yes",
    "delivery_weeks": "12",
    "free_slots": "2",
    "earliest_start": "2026-12-01",
    "service_regions": "全国",
}


@pytest.fixture
def writer(sign_in: SignIn) -> FlaskClient:
    return sign_in("provider")


def send(client: FlaskClient, **changes: Any) -> Any:
    data = {**CAPABILITY, "csrf_token": token_of(client, "/capabilities/new"), **changes}
    return client.post("/capabilities/new", data=data)


def test_saved_capability_is_found_and_matched_at_once(writer: FlaskClient) -> None:
    read = reader_of(writer)
    need = pack_need(
        {
            "title": "钢琴琴弦张力检验",
            "problem": "调律靠耳朵判断琴弦张力，希望拍摄振动图像识别偏差。",
        }
    )
    before = [tag["href"] for tag in read("/matches", need=need).select("article.match h3 a")]
    saved = send(writer, provider_id="V040")
    assert saved.status_code == 303
    shown = read(saved.location)
    assert shown.h1.text == CAPABILITY["name"]
    assert "已保存" in shown.select_one("[role=status]").text
    trial = shown.select_one(".actions a.button")["href"]
    assert read(trial).select_one("#title")["value"] == CAPABILITY["name"]
    assert saved.location in [tag["href"] for tag in read("/providers?q=琴弦").select("h2 a")]
    assert saved.location in [tag["href"] for tag in read("/providers/V040").select("h3 a")]
    after = read("/matches", need=need).select_one("article.match")
    assert "/providers/V040" not in before[:1]
    assert after.select_one("h3 a")["href"] == "/providers/V040"
    assert after.select_one(f'a[href="{saved.location}"]') is not None


def test_new_provider_is_registered_with_its_capability(writer: FlaskClient) -> None:
    saved = send(writer, provider_id="", provider_name="测试琴业（虚构）", provider_region="广州")
    assert saved.status_code == 303
    shown = check_page(writer.get(saved.location))
    link = shown.select_one('main dd a[href^="/providers/"]')
    assert link.text == "测试琴业（虚构）"
    assert "广州" in check_page(writer.get(link["href"])).text


def test_refused_record_keeps_everything_and_names_each_field(writer: FlaskClient) -> None:
    response = send(writer, provider_id="", name="短", price_negotiable="", maturity="")
    assert response.status_code == 422
    soup = check_page(response)
    anchors = {tag["href"] for tag in soup.select(".error-summary a")}
    assert anchors == {"#provider_id", "#name", "#price_max", "#maturity"}
    assert soup.select_one("#problem").text.strip() == CAPABILITY["problem"]
    assert soup.select_one("#claims-0-text")["value"] == CAPABILITY["claims-0-text"]
    checked = {tag["value"] for tag in soup.select("input[name=data_modalities][checked]")}
    assert checked == {"image", "video"}


@pytest.mark.parametrize(
    ("changes", "anchor"),
    [
        ({"provider_id": "V999"}, "#provider_id"),
        ({"provider_id": "", "provider_name": "短名" * 50}, "#provider_name"),
        ({"provider_id": "V040", "claims-0-operator": ""}, "#claims-0-operator"),
        ({"provider_id": "V040", "ai_tasks": ["telepathy"]}, "#ai_tasks-0"),
        ({"provider_id": "V040", "delivery_weeks": "1e9"}, "#delivery_weeks"),
        ({"provider_id": "V040", "earliest_start": "明天"}, "#earliest_start"),
        ({"provider_id": "V040", "service_regions": "月球"}, "#service_regions"),
    ],
)
def test_each_mistake_is_led_to(writer: FlaskClient, changes: dict[str, Any], anchor: str) -> None:
    response = send(writer, **changes)
    assert response.status_code == 422
    soup = check_page(response)
    assert [tag["href"] for tag in soup.select(".error-summary a")] == [anchor]
    assert soup.select_one(anchor) is not None


def test_nothing_is_stored_when_a_record_is_refused(writer: FlaskClient) -> None:
    send(writer, provider_id="V040", name="短")
    assert parsed(writer.get("/providers?q=琴弦").text).select("ul.results") == []


def test_what_was_registered_is_shown_as_text(writer: FlaskClient) -> None:
    saved = send(writer, provider_id="V040", name="<b>加粗</b><script>x</script>能力")
    soup = check_page(writer.get(saved.location))
    assert soup.h1.text == "<b>加粗</b><script>x</script>能力"


def test_record_of_somebody_else_cannot_be_taken_over(writer: FlaskClient) -> None:
    before = check_page(writer.get("/capabilities/CAP-V002-1")).h1.text
    saved = send(writer, provider_id="V040", capability_id="CAP-V002-1")
    assert saved.status_code == 303
    assert not saved.location.endswith("/CAP-V002-1")
    assert check_page(writer.get("/capabilities/CAP-V002-1")).h1.text == before


def test_registrant_does_not_grade_himself(writer: FlaskClient, own_database: Database) -> None:
    saved = send(
        writer, provider_id="V040", verification="tested", trust="A", source="https://gov.cn/x"
    )
    record = read_capability(own_database, saved.location.rpartition("/")[2])
    assert (record.verification, record.trust, record.source) == ("declared", "", "")


@pytest.mark.parametrize("name", ["case_ids", "claims-0-case_ids"])
def test_evidence_of_another_provider_is_refused(writer: FlaskClient, name: str) -> None:
    response = send(writer, provider_id="V040", **{name: "C004"})
    assert response.status_code == 422
    assert "该供给方自己的案例" in check_page(response).select_one(".error-summary").text
