"""From an unmet need to an open call: drafted with a click, published, invited to, answered."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database
from werkzeug.test import TestResponse

from matcher.identity import SYSTEM, Account
from matcher.store.accounts import find_by_email
from matcher.store.audit import EventFilter, list_events, verify_chain
from matcher.store.installation import DEMONSTRATION, write_setting
from matcher.store.notices import list_notices
from matcher.store.open_calls import OpenCall, list_calls, read_responses
from matcher.store.organisations import update_organisation
from matcher.store.ownership import owner_of, set_owner
from matcher.store.report_snapshots import ReportSnapshot, save_snapshot
from matcher.store.supply_gaps import NO_CANDIDATE, SupplyGap, open_gap
from matcher.workflow.demonstration.needs import add_demo_needs
from tests.web.conftest import SignIn, token_of
from tests.web.html import check_page

NOW = datetime.now(UTC)
OWN = "CAP-V002-1"
CLUSTER: dict[str, Any] = {
    "key": "cluster",
    "group": "C26|anomaly|data_must_stay",
    "n": 12,
    "needs": ["S-1", "S-2"],
    "facts": {
        "industry": "C26",
        "task": "anomaly",
        "constraint": "data_must_stay",
        "n_enterprises": 9,
        "waiting_budget_cny": 6_400_000,
        "n_budgets_stated": 10,
    },
}
READY = {
    "title": "带钢表面裂纹在线检测揭榜任务",
    "text": "两家企业在找能在边缘设备上运行的裂纹检测，检出率不低于百分之九十九，"
    "需现场验证，并说明周期和报价。",
    "title_en": "Open call: cracks on strip, found on line",
    "text_en": "Two enterprises look for crack detection that runs on edge devices at the line.",
    "reply_by": (NOW + timedelta(days=30)).date().isoformat(),
    "contact": "示例揭榜办公室 office@example.org",
}


@pytest.fixture
def need_ids(own_database: Database) -> list[str]:
    """Needs of the demonstration, the first two of which nobody came close to."""
    ids = add_demo_needs(own_database, now=NOW)
    for number, need_id in enumerate(ids[:2]):
        gap = SupplyGap(
            f"GAP-{number}", need_id, owner_of(own_database, "need", need_id), NO_CANDIDATE,
            "C31", "visual_inspection", "deployment_not_offered", 800_000, None, NOW,
        )  # fmt: skip
        assert open_gap(own_database, gap)
    return ids


@pytest.fixture
def reviewer(sign_in: SignIn) -> FlaskClient:
    return sign_in("reviewer")


def account(db: Database, word: str) -> Account:
    found = find_by_email(db, f"{word}@demo.invalid")
    assert found is not None
    return found


@pytest.fixture
def provider(sign_in: SignIn, own_database: Database) -> FlaskClient:
    """A provider with a published capability of its own."""
    own = account(own_database, "provider").organisation_id
    set_owner(own_database, "capability", OWN, own, actor=SYSTEM, now=NOW)
    return sign_in("provider")


def post(client: FlaskClient, address: str, page: str, **data: Any) -> TestResponse:
    return client.post(address, data={"csrf_token": token_of(client, page), **data})


def send(client: FlaskClient, address: str, step: str, **data: Any) -> TestResponse:
    """Save or publish the texts of a call, from the form as it now is."""
    form = check_page(client.get(f"{address}/edit")).select_one("main form")
    hidden = {tag["name"]: tag["value"] for tag in form.select("input[type=hidden]")}
    return client.post(f"{address}/{step}", data=hidden | data)


def drafted(reviewer: FlaskClient, db: Database, **data: Any) -> OpenCall:
    form = check_page(reviewer.get("/supply-gaps")).select("form[action='/supply-gaps/draft']")[-1]
    sent = {tag["name"]: tag["value"] for tag in form.select("input")} | data
    assert reviewer.post("/supply-gaps/draft", data=sent).status_code == 303
    return list_calls(db)[0]


def published(reviewer: FlaskClient, db: Database) -> OpenCall:
    call = drafted(reviewer, db)
    page = f"/open-calls/{call.call_id}"
    sent = send(reviewer, page, "publish", **READY)
    assert sent.status_code == 303, sent.text
    return list_calls(db)[0]


@pytest.mark.parametrize("who", ["enterprise", "provider", "base"])
def test_only_staff_sees_the_gap(sign_in: SignIn, own_site: Flask, who: str) -> None:
    assert sign_in(who).get("/supply-gaps").status_code == 403
    assert own_site.test_client().get("/supply-gaps").status_code == 303


def test_page_counts_needs_enterprises_and_budget_and_masks_the_anonymous(
    reviewer: FlaskClient, need_ids: list[str]
) -> None:
    page = check_page(reviewer.get("/supply-gaps"))
    assert [tag.text for tag in page.select(".stats b")] == ["2", "1", "160 万元", "0"]
    card = page.select_one("#now + ul li.card")
    assert "部署方式不支持" in card.select_one(".eyebrow").text
    assert len(card.select("details li")) == 2
    anonymous = [li.text for li in card.select("details li") if "匿名" in li.text]
    assert len(anonymous) == 1
    assert "演示制造企业" not in card.text


def test_page_without_gaps_says_what_would_come_here(reviewer: FlaskClient) -> None:
    assert "没有落空的需求" in check_page(reviewer.get("/supply-gaps")).text


def test_draft_holds_the_targets_of_the_needs_and_names_nobody(
    reviewer: FlaskClient, own_database: Database, need_ids: list[str]
) -> None:
    call = drafted(reviewer, own_database)
    assert (call.state, call.n_enterprises, call.waiting_budget_cny) == ("draft", 1, 800_000)
    assert "80 万元" not in call.text
    assert "800,000" not in call.text_en
    assert "裂纹检出率不低于 99%" in call.text
    assert "Finds at least 99% of cracks" in call.text_en
    assert "演示制造企业" not in call.text + call.title
    page = check_page(reviewer.get(f"/open-calls/{call.call_id}/edit"))
    assert page.select_one("#text").text.strip() == call.text


def test_only_staff_reads_the_exact_figures_of_few_and_of_a_draft_alone(
    reviewer: FlaskClient, own_site: Flask, own_database: Database, need_ids: list[str]
) -> None:
    address = f"/open-calls/{drafted(reviewer, own_database).call_id}"
    exact = check_page(reviewer.get(address)).select_one("#staff-figures")
    assert [tag.text for tag in exact.select("dd")] == ["1", "1", "80 万元"]
    assert send(reviewer, address, "publish", **READY).status_code == 303
    told = {"zh": ("少于 3 家企业", "预算不公开"), "en": ("fewer than 3", "budget not published")}
    for lang, words in told.items():
        for client in (own_site.test_client(), reviewer):
            page = check_page(client.get(f"{address}?lang={lang}"))
            assert page.select_one("#staff-figures") is None
            assert "80 万元" not in page.text
            assert "800,000" not in page.text
            assert words[0] in page.select_one("aside.side-panel").text
            card = check_page(client.get(f"/open-calls?lang={lang}")).select_one("main .card")
            assert words[0] in card.text
            assert words[1] in card.text
            assert "80 万元" not in card.text


def test_figures_of_many_enterprises_are_public(
    reviewer: FlaskClient, own_site: Flask, own_database: Database
) -> None:
    keep_report(own_database, synthetic=True)
    address = f"/open-calls/{published(reviewer, own_database).call_id}"
    visitor = own_site.test_client()
    aside = check_page(visitor.get(address)).select_one("aside.side-panel").text
    card = check_page(visitor.get("/open-calls")).select_one("main .card").text
    for text in (aside, card):
        assert "9 家企业" in text
        assert "640 万元" in text


def test_topic_of_needs_for_invited_providers_makes_no_call_and_says_why(
    reviewer: FlaskClient, own_database: Database, need_ids: list[str]
) -> None:
    own_database.execute("UPDATE need_status SET visibility = 'invited'")
    page = check_page(reviewer.get("/supply-gaps"))
    assert "仅对受邀供给方公开" in page.select_one("#now + ul details").text
    topic = page.select_one("form[action='/supply-gaps/draft'] input[name=topic]")["value"]
    refused = post(reviewer, "/supply-gaps/draft", "/supply-gaps", topic=topic)
    assert refused.status_code == 409
    assert "只对受邀供给方公开" in check_page(refused).select_one(".error-summary").text
    assert list_calls(own_database) == []


@pytest.mark.parametrize("step", ["edit", "publish"])
def test_text_saved_by_somebody_else_meanwhile_is_not_written_over(
    reviewer: FlaskClient, own_database: Database, need_ids: list[str], step: str
) -> None:
    address = f"/open-calls/{drafted(reviewer, own_database).call_id}"
    page = check_page(reviewer.get(f"{address}/edit"))
    old = page.select_one("input[name=updated_at]")["value"]
    assert send(reviewer, address, "edit", **READY | {"title": "先保存的标题"}).status_code == 303
    mine = READY | {"title": "后保存的标题", "contact": "另一个办公室"}
    for bad in (old, "", "昨天"):
        late = send(reviewer, address, step, **mine, updated_at=bad)
        assert late.status_code == 409
        shown = check_page(late)
        assert "有人保存了这项任务" in shown.select_one(".error-summary").text
        assert shown.select_one("#title")["value"] == mine["title"]
        assert shown.select_one("#contact")["value"] == mine["contact"]
        assert list_calls(own_database)[0].title == "【合成演示】先保存的标题"
    again = shown.select_one("input[name=updated_at]")["value"]
    assert send(reviewer, address, step, **mine, updated_at=again).status_code == 303
    assert list_calls(own_database)[0].title == "【合成演示】后保存的标题"


def test_form_with_a_mistake_still_knows_what_it_was_filled_from(
    reviewer: FlaskClient, own_database: Database, need_ids: list[str]
) -> None:
    address = f"/open-calls/{drafted(reviewer, own_database).call_id}"
    seen = list_calls(own_database)[0].version
    refused = send(reviewer, address, "edit", **READY | {"title": ""})
    assert refused.status_code == 422
    assert check_page(refused).select_one("input[name=updated_at]")["value"] == seen


def test_draft_is_nobody_elses_business(
    reviewer: FlaskClient, provider: FlaskClient, own_database: Database, need_ids: list[str]
) -> None:
    address = f"/open-calls/{drafted(reviewer, own_database).call_id}"
    assert provider.get(address).status_code == 404
    assert provider.get(f"{address}/edit").status_code == 403
    assert "还没有揭榜任务" in check_page(provider.get("/open-calls")).text
    assert check_page(reviewer.get("/open-calls")).select_one(".card") is not None


def test_publishing_wants_everything_and_keeps_what_was_typed(
    reviewer: FlaskClient, own_database: Database, need_ids: list[str]
) -> None:
    address = f"/open-calls/{drafted(reviewer, own_database).call_id}"
    late = (NOW + timedelta(days=2)).date().isoformat()
    typed = READY | {"contact": "", "reply_by": late, "title": "新的标题"}
    refused = send(reviewer, address, "publish", **typed)
    assert refused.status_code == 422
    page = check_page(refused)
    assert {a["href"] for a in page.select(".error-summary a")} == {"#contact", "#reply_by"}
    assert page.select_one("#title")["value"] == "新的标题"
    assert list_calls(own_database)[0].state == "draft"
    saved = send(reviewer, address, "edit", **typed)
    assert saved.status_code == 303
    assert list_calls(own_database)[0].title == "【合成演示】新的标题"  # needs of a demonstration


def test_call_goes_all_the_way(
    reviewer: FlaskClient,
    provider: FlaskClient,
    own_site: Flask,
    own_database: Database,
    need_ids: list[str],
) -> None:
    call = published(reviewer, own_database)
    address = f"/open-calls/{call.call_id}"
    told = {
        n.message.topic
        for n in list_notices(own_database, account(own_database, "enterprise").account_id)
    }
    assert "need.called" in told
    visitor = own_site.test_client()
    assert READY["text"] in check_page(visitor.get(address)).main.text
    assert post(reviewer, f"{address}/invite", address).status_code == 303
    invited, _answers = read_responses(own_database, call.call_id)
    assert [one.place for one in invited] == list(range(1, 11))
    assert post(reviewer, f"{address}/invite", address).status_code == 303
    assert read_responses(own_database, call.call_id)[0] == invited

    check_page(provider.get(address))
    note = "边缘盒子方案，已在两条产线验证。"
    answer = {"capability_id": OWN, "note": note}
    assert post(provider, f"{address}/answers", address, **answer).status_code == 303
    assert list_calls(own_database)[0].state == "answered"
    assert note in check_page(reviewer.get(address)).main.text
    assert note not in check_page(visitor.get(address)).main.text
    topics = {
        n.message.topic
        for n in list_notices(own_database, account(own_database, "reviewer").account_id)
    }
    assert "open_call.answered" in topics

    refused = post(reviewer, f"{address}/close", address, reason=" ")
    assert refused.status_code == 422
    assert check_page(refused).select_one("#reason-error") is not None
    assert post(reviewer, f"{address}/close", address, reason="两家已进入洽谈").status_code == 303
    assert post(provider, f"{address}/answers", "/needs/new", **answer).status_code == 409
    assert "两家已进入洽谈" in check_page(visitor.get(address)).main.text
    actions = [e.action for e in list_events(own_database, EventFilter(object_kind="open_call"))]
    assert sorted(actions) == [
        "open_call.answered", "open_call.closed", "open_call.drafted", "open_call.invited",
        "open_call.invited", "open_call.published",
    ]  # fmt: skip
    assert verify_chain(own_database).broken is None


def test_invited_provider_is_told_in_both_languages(
    reviewer: FlaskClient, own_database: Database, need_ids: list[str]
) -> None:
    call = published(reviewer, own_database)
    address = f"/open-calls/{call.call_id}"
    person = account(own_database, "provider")
    post(reviewer, f"{address}/invite", address)
    first = read_responses(own_database, call.call_id)[0][0]
    assert first.n_told == 0
    # The same provider, once it takes part: another call reaches its people.
    update_organisation(
        own_database, person.organisation_id, {"provider_id": first.provider_id}, now=NOW
    )
    again = published(reviewer, own_database)
    page = f"/open-calls/{again.call_id}"
    post(reviewer, f"{page}/invite", page)
    assert read_responses(own_database, again.call_id)[0][0].n_told >= 1
    told = [
        n.message
        for n in list_notices(own_database, person.account_id)
        if n.message.topic == "open_call.invited"
    ]
    assert [message.address for message in told] == [page]
    assert READY["title"] in told[0].text_zh
    assert READY["title_en"] in told[0].text_en


@pytest.mark.parametrize("capability_id", ["", "CAP-V003-1", "nonsense"])
def test_nobody_answers_with_what_is_not_theirs(
    reviewer: FlaskClient,
    provider: FlaskClient,
    own_database: Database,
    need_ids: list[str],
    capability_id: str,
) -> None:
    call = published(reviewer, own_database)
    address = f"/open-calls/{call.call_id}"
    sent = {"capability_id": capability_id, "note": "留下的话"}
    refused = post(provider, f"{address}/answers", address, **sent)
    assert refused.status_code == 422
    page = check_page(refused)
    assert page.select_one("#capability_id-error") is not None
    assert page.select_one("#note").text.strip() == "留下的话"
    assert read_responses(own_database, call.call_id)[1] == []


def test_note_that_is_too_long_says_so(
    reviewer: FlaskClient, provider: FlaskClient, own_database: Database, need_ids: list[str]
) -> None:
    address = f"/open-calls/{published(reviewer, own_database).call_id}"
    sent = {"capability_id": OWN, "note": "长" * 501}
    refused = post(provider, f"{address}/answers", address, **sent)
    assert refused.status_code == 422
    assert "500" in check_page(refused).select_one("#note-error").text


def keep_report(db: Database, *, synthetic: bool) -> None:
    document = {"synthetic": synthetic, "blocks": {"supply_gap": {"figures": [CLUSTER]}}}
    snapshot = ReportSnapshot(
        date(2026, 10, 1), date(2026, 11, 1), synthetic, "model", NOW, "system"
    )
    assert save_snapshot(db, snapshot, json.dumps(document))


def test_topic_of_a_synthetic_report_stays_synthetic_for_good(
    reviewer: FlaskClient, own_site: Flask, own_database: Database
) -> None:
    keep_report(own_database, synthetic=True)
    page = check_page(reviewer.get("/supply-gaps"))
    assert page.select_one("section[aria-labelledby=reported] .tag-synthetic") is not None
    address = f"/open-calls/{drafted(reviewer, own_database).call_id}"
    write_setting(own_database, DEMONSTRATION, "")
    refused = send(reviewer, address, "publish", **READY)
    assert refused.status_code == 409
    write_setting(own_database, DEMONSTRATION, "1")
    assert send(reviewer, address, "publish", **READY).status_code == 303
    call = list_calls(own_database)[0]
    assert call.title.startswith("【合成演示】")
    assert call.text_en.startswith("[Synthetic]")
    shown = check_page(own_site.test_client().get(address))
    assert shown.select_one("main .notice .tag-synthetic") is not None


def test_topic_that_has_gone_is_not_found(reviewer: FlaskClient) -> None:
    sent = post(reviewer, "/supply-gaps/draft", "/judging", topic="C99|x|y")
    assert sent.status_code == 404


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_are_sound_in_both_languages(
    reviewer: FlaskClient, own_database: Database, need_ids: list[str], lang: str
) -> None:
    keep_report(own_database, synthetic=True)
    call = published(reviewer, own_database)
    page = f"/open-calls/{call.call_id}"
    for address in ("/supply-gaps", "/open-calls", page, f"{page}/edit"):
        check_page(reviewer.get(f"{address}?lang={lang}"))
