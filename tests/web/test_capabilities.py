"""Registering a capability: page by page, nothing lost, reviewed, then matched at once."""

from __future__ import annotations

from io import BytesIO
from threading import Thread
from typing import Any

import pytest
from flask import Flask, request_started
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.capabilities import read_capability
from matcher.store.drafts import list_drafts
from matcher.store.proposals import list_pending
from tests.matcher.workflow.at_once import before_its_lock
from tests.web.conftest import SignIn, reader_of, token_of
from tests.web.html import check_page, parsed
from tests.web.registering import CAPABILITY, Form, decide, own_id
from web.backend import writable_database
from web.needs.token import pack_need

SECRETS = ("referee-secret@example.org", "秘密的竞争关系")


@pytest.fixture
def provider(sign_in: SignIn) -> FlaskClient:
    return sign_in("provider")


def published(client: FlaskClient, reviewer: FlaskClient, **changes: dict[str, Any]) -> str:
    record_id = own_id(Form(client, "capabilities").fill(**changes).send())
    assert decide(reviewer, "approve").status_code == 303
    return record_id


def test_capability_is_matched_from_its_approval_on(
    provider: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    read = reader_of(provider)
    title, problem = "钢琴琴弦张力检验", "调律靠耳朵判断琴弦张力，希望拍摄振动图像识别偏差。"
    need = pack_need({"title": title, "problem": problem})
    record_id = own_id(Form(provider, "capabilities").fill().send())
    address = f"/capabilities/{record_id}"
    assert provider.get(address).status_code == 404
    links = [tag["href"] for tag in read("/matches", need=need).select("article.match a[href]")]
    assert address not in links
    assert decide(sign_in("reviewer"), "approve").status_code == 303
    shown = read(address)
    assert shown.h1.text.strip() == CAPABILITY["problem"]["name"]
    first = read("/matches", need=need).select_one("article.match")
    assert address in [tag["href"] for tag in first.select("a[href]")]
    assert first.select_one(".match-head .tag-synthetic").text == "演示"
    found = read("/search", q=title, kind="capability").select_one(".results li")
    assert found.select_one(".tag-synthetic").text == "演示"
    assert shown.select_one(".tags .tag-synthetic").text == "演示"
    assert read_capability(own_database, record_id).provider_id.startswith("VR")


def test_public_page_shows_evidence_level_and_terms_but_nothing_private(
    provider: FlaskClient, sign_in: SignIn, own_site: Any
) -> None:
    record_id = published(provider, sign_in("reviewer"))
    visitor = own_site.test_client()
    for client in (visitor, sign_in("enterprise")):
        page = client.get(f"/capabilities/{record_id}")
        text = check_page(page).main.text
        for said in ("张力偏差识别准确率 98%", "某钢琴工厂", "自报", "面议", "双方共有", "2027年"):
            assert said in text, said
        assert all(secret not in page.text for secret in SECRETS)
    assert all(secret in reader_texts(provider, record_id) for secret in SECRETS)


def reader_texts(client: FlaskClient, record_id: str) -> str:
    """What the owner reads of a record: its first version, private answers and all."""
    return str(client.get(f"/my/capabilities/{record_id}/versions/1").text)


def test_each_page_keeps_what_is_typed_whatever_button_is_pressed(provider: FlaskClient) -> None:
    form = Form(provider, "capabilities")
    form.write("problem", "next", name="琴弦张力识别装置", problem="还没有写完")
    assert form.page("problem").select_one("#name")["value"] == "琴弦张力识别装置"
    form.write("offer", "back", price_max="很贵", free_slots="2")
    assert form.page("offer").select_one("#price_max")["value"] == "很贵"
    form.write("proof", "go:check", maturity="7")
    left = form.write("customers", "save", ip_terms="shared")
    assert left.location == "/my/capabilities"
    own = check_page(provider.get("/my/capabilities"))
    link = own.select_one("section[aria-labelledby=drafts] a")
    assert link.text == "琴弦张力识别装置"
    assert link["href"].endswith("/pages/customers")
    assert form.page("proof").select_one("#maturity-7[checked]") is not None


def test_wrong_answer_is_told_at_once_and_a_missing_one_at_the_end(provider: FlaskClient) -> None:
    form = Form(provider, "capabilities")
    typed = {"price_min": "90", "price_max": "60", "delivery_weeks": "1e9", "free_slots": "-1"}
    response = form.write("offer", **typed)
    assert response.status_code == 422
    soup = check_page(response)
    anchors = [tag["href"] for tag in soup.select(".error-summary a")]
    assert sorted(anchors) == ["#delivery_weeks", "#free_slots", "#price_min"]
    assert all(soup.select_one(anchor)["aria-invalid"] == "true" for anchor in anchors)
    assert soup.select_one("#price_min")["value"] == "90"
    assert form.write("problem", name="琴弦张力识别装置").status_code == 303
    links = [tag["href"] for tag in form.check().select(".error-summary a")]
    assert len(links) > 8
    assert any("/pages/proof?check=1#maturity" in link for link in links)
    again = form.page("proof", "?check=1")
    assert [tag["href"] for tag in again.select(".error-summary a")] == ["#maturity"]
    assert form.send().status_code == 422


def test_a_draft_that_is_only_unfinished_is_let_on_and_says_on_which_page(
    provider: FlaskClient,
) -> None:
    form = Form(provider, "capabilities")
    onward = form.write("problem", name="琴弦", problem="太短", industries="C24、占星")
    assert onward.status_code == 303
    page = form.page("problem")
    assert "占星" in page.select_one("#industries")["value"]
    assert "占星" in page.select_one("#industries-note").text
    assert "50–500" in page.select_one("#problem-length").text
    assert "还差" in page.select_one(".record-step-now .record-step-open").text
    told = form.check().select_one(".error-summary").text
    assert "占星" in told
    assert "至少 50 个汉字" in told
    assert form.send().status_code == 422


def test_lines_are_added_moved_and_removed_without_losing_anything(provider: FlaskClient) -> None:
    form = Form(provider, "capabilities")
    one, two = {"claims-0-text": "声明甲"}, {"claims-1-text": "声明乙", "claims-1-value": "98"}
    added = form.write("proof", "add:claims", **one)
    assert added.location.endswith("/pages/proof#claims-line-1")
    page = form.page("proof")
    assert page.select_one("#claims-line-1") is not None
    assert page.select_one("[name=claims-1-claim_id]")["value"] == "K2"
    ids = {"claims-0-claim_id": "K1", "claims-1-claim_id": "K2"}
    form.write("proof", "up:claims:1", **one, **two, **ids)
    texts = [tag["value"] for tag in form.page("proof").select("[id^=claims-][id$=-text]")]
    assert texts == ["声明乙", "声明甲"]
    assert form.page("proof").select_one("#claims-0-claim_id, [name=claims-0-claim_id]") is not None
    ids = {"claims-0-claim_id": "K2", "claims-1-claim_id": "K1"}
    moved = {"claims-0-text": "声明乙", "claims-0-value": "98", "claims-1-text": "声明甲"}
    form.write("proof", "remove:claims:0", **moved, **ids)
    left = form.page("proof")
    assert [tag["value"] for tag in left.select("[id^=claims-][id$=-text]")] == ["声明甲"]
    assert left.select_one("[name=claims-0-claim_id]")["value"] == "K1"


def test_claim_points_at_evidence_of_the_same_form(provider: FlaskClient) -> None:
    form = Form(provider, "capabilities")
    form.write("proof", "save", **CAPABILITY["proof"])
    box = form.page("proof").select_one("input[name=claims-0-evidence_ids]")
    assert (box["type"], box["value"], box.has_attr("checked")) == ("checkbox", "E1", True)
    form.fill()
    form.write("proof", **{**CAPABILITY["proof"], "claims-0-evidence_ids": ["E7"]})
    assert "已有的编号" in form.check().select_one(".error-summary").text


def test_panel_answers_while_writing_and_keeps_what_is_typed(
    provider: FlaskClient, own_database: Database
) -> None:
    form = Form(provider, "capabilities")
    typed = {
        **CAPABILITY["problem"],
        "csrf_token": token_of(provider, f"{form.address}/pages/problem"),
    }
    answer = provider.post(
        f"{form.address}/pages/problem/panel", data=typed, headers={"HX-Request": "true"}
    )
    assert answer.status_code == 200
    panel = parsed(answer.text)
    assert int(panel.select_one("progress")["value"]) > 10
    assert "需求" in panel.text
    assert panel.select_one("h1") is None
    draft = list_drafts(own_database, "capability", "ACC-DEMO2")[0]
    assert draft.values["name"] == CAPABILITY["problem"]["name"]


def test_registrant_does_not_grade_himself_nor_offers_as_another(
    provider: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    more = {
        "verification": "tested",
        "trust": "A",
        "source": "https://gov.cn/x",
        "provider_id": "V040",
        "capability_id": "CAP-V002-1",
        "evidence-0-check_state": "checked",
        "evidence-0-attachment_id": "A1",
    }
    changes = {code: {**more} for code in CAPABILITY}
    record = read_capability(own_database, published(provider, sign_in("reviewer"), **changes))
    assert (record.verification, record.trust, record.source) == ("declared", "", "")
    assert record.provider_id != "V040"
    assert [one.check_state for one in record.evidence] == ["unchecked"]
    assert [one.attachment_id for one in record.evidence] == [""]


def test_what_was_registered_is_shown_as_text(provider: FlaskClient, sign_in: SignIn) -> None:
    name = "<b>加粗</b><script>x</script>能力"
    record_id = published(provider, sign_in("reviewer"), problem={"name": name})
    for address in (f"/capabilities/{record_id}", f"/my/capabilities/{record_id}"):
        assert check_page(provider.get(address)).h1.text.strip() == name


def test_a_draft_is_sent_only_once(provider: FlaskClient, own_database: Database) -> None:
    form = Form(provider, "capabilities").fill()
    token = token_of(provider, f"{form.address}/check")
    first = provider.post(f"{form.address}/send", data={"csrf_token": token})
    again = provider.post(f"{form.address}/send", data={"csrf_token": token})
    assert (first.status_code, again.status_code) == (303, 404)
    assert len(list_pending(own_database)) == 1


def test_of_two_clicks_at_once_one_sends(
    provider: FlaskClient, sign_in: SignIn, own_site: Flask, own_database: Database
) -> None:
    form = Form(provider, "capabilities").fill()
    address, same = f"{form.address}/send", sign_in("provider")
    tokens = [token_of(client, f"{form.address}/check") for client in (provider, same)]
    first = []

    def send() -> None:
        first.append(same.post(address, data={"csrf_token": tokens[1]}))

    def click() -> None:
        window = Thread(target=send)  # with a request, and a connection, of its own
        window.start()
        window.join()

    def meanwhile(_sender: Flask) -> None:
        request_started.disconnect(meanwhile, own_site)
        before_its_lock(writable_database(), click)

    request_started.connect(meanwhile, own_site)
    second = provider.post(address, data={"csrf_token": tokens[0]})
    assert [one.status_code for one in (*first, second)] == [303, 303]
    assert second.location.endswith("/my/capabilities")
    assert len(list_pending(own_database)) == 1


@pytest.mark.parametrize("who", ["enterprise", "base", "reviewer"])
def test_others_reach_neither_draft_nor_record(
    provider: FlaskClient, sign_in: SignIn, who: str
) -> None:
    form = Form(provider, "capabilities")
    stranger = sign_in(who)
    for address in (f"{form.address}/pages/problem", f"{form.address}/check", "/my/capabilities"):
        assert stranger.get(address).status_code == 403


def test_another_providers_record_does_not_exist(
    provider: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    record_id = published(provider, sign_in("reviewer"))
    form = Form(provider, "capabilities")
    own_database.conn.execute(
        "UPDATE organisation SET sides = '[\"provider\"]' WHERE organisation_id = 'ORG-DEMO1'"
    )
    own_database.conn.commit()
    rival = sign_in("enterprise")
    assert rival.get(f"{form.address}/pages/problem").status_code == 404
    assert rival.get(f"/my/capabilities/{record_id}").status_code == 404
    assert rival.get(f"/my/capabilities/{record_id}/versions/1").status_code == 404
    token = token_of(rival, "/capabilities/new")
    for verb in ("edit", "copy", "withdraw", "renew", "take-back", "capacity"):
        data = {"csrf_token": token, "free_slots": "9"}
        assert rival.post(f"/my/capabilities/{record_id}/{verb}", data=data).status_code == 404
    assert read_capability(own_database, record_id).free_slots == 2


def test_capacity_is_confirmed_in_one_field_and_live_at_once(
    provider: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    record_id = published(provider, sign_in("reviewer"))
    address = f"/my/capabilities/{record_id}"
    own_database.conn.execute(
        "UPDATE record_version SET payload = json_set(payload, '$.capacity_stated_at', "
        "'2026-01-01') WHERE record_id = ? AND valid_to IS NULL",
        [record_id],
    )
    own_database.conn.execute("UPDATE catalogue_state SET revision = revision + 1")
    own_database.conn.execute(
        "UPDATE record_head SET revision = (SELECT revision FROM catalogue_state) "
        "WHERE record_id = ?",
        [record_id],
    )
    own_database.conn.commit()
    assert "承接能力 60 天未确认" in check_page(provider.get(address)).text
    assert "已过时" in check_page(provider.get(f"/capabilities/{record_id}")).text
    token = token_of(provider, address)
    refused = provider.post(f"{address}/capacity", data={"csrf_token": token, "free_slots": "两个"})
    assert refused.status_code == 422
    assert check_page(refused).select_one("#free_slots")["value"] == "两个"
    data = {"csrf_token": token, "free_slots": "5"}
    assert provider.post(f"{address}/capacity", data=data).status_code == 303
    assert "60 天未确认" not in check_page(provider.get(address)).text
    assert read_capability(own_database, record_id).free_slots == 5


def test_copy_renew_and_withdraw(
    provider: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    record_id = published(provider, sign_in("reviewer"))
    address = f"/my/capabilities/{record_id}"
    data = {"csrf_token": token_of(provider, address)}
    copied = provider.post(f"{address}/copy", data=data)
    page = check_page(provider.get(copied.location))
    assert page.select_one("#name")["value"] == CAPABILITY["problem"]["name"]
    assert provider.post(f"{address}/renew", data=data).status_code == 303
    assert provider.post(f"{address}/withdraw", data=data).status_code == 303
    assert provider.get(f"/capabilities/{record_id}").status_code == 404
    found = parsed(provider.get("/capabilities?q=琴弦").text)
    assert found.select(f'a[href="/capabilities/{record_id}"]') == []
    assert "已撤回" in check_page(provider.get(address)).text


def test_edit_opens_with_what_was_refused(provider: FlaskClient, sign_in: SignIn) -> None:
    form = Form(provider, "capabilities").fill()
    record_id = own_id(form.send())
    why = "请补一份第三方测试报告"
    assert decide(sign_in("reviewer"), "return", why).status_code == 303
    address = f"/my/capabilities/{record_id}"
    own = check_page(provider.get(address))
    assert why in own.text
    assert "待修改" in own.text
    opened = provider.post(f"{address}/edit", data={"csrf_token": token_of(provider, address)})
    page = check_page(provider.get(opened.location))
    assert page.select_one("#name")["value"] == CAPABILITY["problem"]["name"]
    again = Form.at(provider, "capabilities", opened.location)
    assert own_id(again.send()) == record_id


PDF = b"%PDF-1.7\n1 0 obj << >> endobj\n%%EOF\n"


def with_file(name: str = "试验报告.pdf", content: bytes = PDF) -> dict[str, Any]:
    """Return the page of claims and evidence with a file for its first piece."""
    return {**CAPABILITY["proof"], "file-E1": (BytesIO(content), name)}


def test_a_file_of_evidence_is_kept_whatever_button_is_pressed(provider: FlaskClient) -> None:
    form = Form(provider, "capabilities")
    assert form.write("proof", "file:E1", **with_file()).status_code == 303
    shown = form.page("proof").select_one(".evidence-file a")
    assert shown.text == "试验报告.pdf"
    assert form.page("proof").select("#file-E1-kept") == []  # nothing of it was sent yet
    answer = provider.get(shown["href"])
    assert answer.data == PDF
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert form.write("proof", "next", **with_file("另一份.pdf")).status_code == 303
    assert [one.text for one in form.page("proof").select(".evidence-file a")] == ["另一份.pdf"]
    assert provider.get(shown["href"]).status_code == 404
    assert form.write("proof", "unfile:E1", **CAPABILITY["proof"]).status_code == 303
    assert form.page("proof").select(".evidence-file") == []


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("报告.exe", b"MZ\x90", "不接受"),
        ("报告.pdf", b"PK\x03\x04", "内容"),
        ("报告.pdf", b"", "空"),
        ("绝密.txt", "本报告密级：机密".encode(), ""),
    ],
)
def test_a_refused_file_is_told_beside_its_piece_and_nothing_typed_is_lost(
    provider: FlaskClient, name: str, content: bytes, said: str
) -> None:
    form = Form(provider, "capabilities")
    refused = form.write("proof", "next", **with_file(name, content))
    assert refused.status_code == 422
    page = check_page(refused)
    assert said in page.text
    kept = form.page("proof")
    assert (
        kept.select_one("#evidence-0-text").text.strip() == CAPABILITY["proof"]["evidence-0-text"]
    )
    assert kept.select(".evidence-file") == []


def test_evidence_files_are_for_reviewers_and_their_owner_and_survive_a_change(
    provider: FlaskClient, sign_in: SignIn, own_site: Flask
) -> None:
    record_id = own_id(Form(provider, "capabilities").fill(proof=with_file()).send())
    reviewer = sign_in("reviewer")
    proposal = check_page(reviewer.get("/review")).select("section[aria-labelledby=waiting] th a")
    page = check_page(reviewer.get(str(proposal[-1]["href"])))
    link = page.select_one(".file-list a")
    assert link.text == "试验报告.pdf"
    assert reviewer.get(link["href"]).data == PDF
    assert provider.get(link["href"]).data == PDF
    for other in (sign_in("enterprise"), sign_in("base")):
        assert other.get(link["href"]).status_code == 404
    assert own_site.test_client().get(link["href"]).status_code == 303
    decide(reviewer, "approve", at=len(proposal) - 1)
    public = own_site.test_client().get(f"/capabilities/{record_id}")
    assert "试验报告" not in check_page(public).text
    assert "附有文件" in check_page(public).text
    checks = check_page(reviewer.get(f"/review/capabilities/{record_id}"))
    assert checks.select_one(f"a[href='{link['href']}']") is not None
    edit = f"/my/capabilities/{record_id}"
    token = parsed(provider.get(edit).text).select_one("main [name=csrf_token]")["value"]
    opened = provider.post(f"{edit}/edit", data={"csrf_token": token})
    form = Form.at(provider, "capabilities", opened.location)
    proof = form.page("proof")
    assert proof.select_one(".evidence-file a").text == "试验报告.pdf"
    assert "90 天" in proof.select_one("#file-E1-kept").text
    assert proof.select_one('[value="unfile:E1"]')["aria-describedby"] == "file-E1-kept"
    assert form.write("customers", "next", ip_terms="client").status_code == 303
    own_id(form.send())
    assert provider.get(link["href"]).data == PDF


def test_a_form_cannot_name_the_file_of_another(provider: FlaskClient, sign_in: SignIn) -> None:
    form = Form(provider, "capabilities")
    forged = {**CAPABILITY["proof"], "evidence-0-attachment_id": "F0", "_files": "F0"}
    record_id = own_id(form.fill(proof=forged).send())
    reviewer = sign_in("reviewer")
    proposal = check_page(reviewer.get("/review")).select("section[aria-labelledby=waiting] th a")
    assert check_page(reviewer.get(str(proposal[-1]["href"]))).select(".file-list a") == []
    assert reviewer.get(f"/capabilities/{record_id}/files/F0").status_code == 404
