"""The handshake through its pages: every step, who sees what, and what a refusal keeps."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from flask import Flask
from sqlite_utils import Database

from matcher.identity import Verification
from matcher.store.accounts import find_by_email
from matcher.store.audit import EventFilter, list_events
from matcher.store.engagements import read_engagement
from matcher.store.notices import list_notices
from matcher.store.organisations import update_organisation
from tests.web.conftest import SignIn
from tests.web.handshake import (
    CAPABILITY,
    ENTERPRISE,
    ENTERPRISE_NAME,
    NEED,
    SECRETS,
    Handshake,
    add_answerers,
    add_world,
    send,
)
from tests.web.html import check_page

ROLES = ("enterprise", "provider", "base", "reviewer")


@pytest.fixture
def world(own_database: Database) -> Database:
    add_world(own_database)
    add_answerers(own_database)
    return own_database


@pytest.fixture
def handshake(world: Database, sign_in: SignIn) -> Handshake:
    return Handshake({who: sign_in(who) for who in ROLES})


def leaks(text: str) -> list[str]:
    return [secret for secret in SECRETS if secret in text]


def state_of(db: Database, handshake: Handshake) -> str:
    return read_engagement(db, handshake.engagement_id).state


def test_each_side_is_told_what_it_can_do_itself(handshake: Handshake) -> None:
    own = f"/my/needs/{NEED}"
    assert send(handshake.clients["enterprise"], f"{own}/match", own).status_code == 303
    handshake.begin()
    told = {"enterprise": "您作为企业可以做的", "provider": "您作为供给方可以做的"}
    for who, words in told.items():
        text = check_page(handshake.clients[who].get(handshake.address)).main.text
        (other,) = set(told.values()) - {words}
        assert words in text
        assert other not in text


def test_both_languages_say_what_is_whose_turn(handshake: Handshake) -> None:
    handshake.begin()
    for language, words in (("zh", "轮到您"), ("en", "your turn")):
        page = check_page(handshake.clients["enterprise"].get(f"/my/engagements?lang={language}"))
        assert words in page.main.text
        assert page.select(".engagement-rows .is-awaited")
    own = check_page(handshake.clients["provider"].get("/my/engagements?lang=en"))
    assert not own.select(".engagement-rows .is-awaited")


def test_the_whole_way_to_a_contract(handshake: Handshake, world: Database) -> None:
    handshake.reveal()
    for who, action, data, state in (
        ("provider", "start_talks", {}, "talks"),
        ("enterprise", "keep_talking", {}, "talks"),
        ("enterprise", "contract", {"agrees": "yes"}, "talks"),
        ("provider", "contract", {"agrees": "yes"}, "contracted"),
    ):
        answer = handshake.step(who, action, **data)
        assert answer.status_code == 303, answer.text
        assert state_of(world, handshake) == state
    events = list_events(world, EventFilter("engagement", handshake.engagement_id), limit=50)
    assert {"engagement.accept", "engagement.contract"} <= {event.action for event in events}


def test_only_steps_of_the_table_are_offered(handshake: Handshake) -> None:
    handshake.begin()
    for who, actions in (("enterprise", {"accept", "decline"}), ("provider", {"decline"})):
        page = check_page(handshake.clients[who].get(handshake.address))
        forms = page.select('form[action*="/steps/"]')
        assert {str(form["action"]).rpartition("/")[2] for form in forms} == actions


def test_nothing_masked_appears_before_disclosure(handshake: Handshake, world: Database) -> None:
    """HTML, title, alternative texts, notices, table and every page behind the engagement."""
    handshake.begin()
    handshake.step("enterprise", "accept")
    text = {"text": "我们是演示制造企业，致电 0512-66668888"}
    assert handshake.post("enterprise", "messages", **text).status_code == 303
    handshake.step("enterprise", "consent", agrees="yes")
    provider = handshake.clients["provider"]
    for address in (
        handshake.address,
        f"{handshake.address}?lang=en",
        f"{handshake.address}/requirements/R1",
        f"{handshake.address}/requirements/R2",
        f"{handshake.address}/pilot",
        "/my/engagements",
        "/my/engagements.csv",
        "/inbox",
        f"/needs/{NEED}/answer",
    ):
        answer = provider.get(address)
        assert answer.status_code == 200, address
        assert leaks(answer.text) == [], address
    account = find_by_email(world, "provider@demo.invalid")
    told = list_notices(world, account.account_id)
    assert told
    assert leaks(" ".join(f"{n.message.text_zh} {n.message.text_en}" for n in told)) == []


def test_after_both_agreed_names_show_and_taking_back_hides_them(handshake: Handshake) -> None:
    handshake.reveal()
    provider = handshake.clients["provider"]
    assert ENTERPRISE_NAME in check_page(provider.get(handshake.address)).main.text
    answer = handshake.post("enterprise", "consents/contact", act="take_back")
    assert answer.status_code == 303
    assert leaks(provider.get(handshake.address).text) == []
    again = handshake.post("enterprise", "consents/contact", agrees="yes")
    assert again.status_code == 303
    assert ENTERPRISE_NAME in provider.get(handshake.address).text


def test_the_page_of_the_need_opens_to_its_party_and_to_nobody_else(
    handshake: Handshake, own_site: Flask
) -> None:
    handshake.begin()
    provider, address = handshake.clients["provider"], f"/needs/{NEED}"
    assert leaks(check_page(provider.get(address)).decode()) == []
    handshake.step("enterprise", "accept")
    for who in ("enterprise", "provider"):
        handshake.step(who, "consent", agrees="yes")
    page = check_page(provider.get(address))
    assert ENTERPRISE_NAME in page.main.text
    assert page.select_one("#contact") is not None
    assert page.select_one(f"a[href='{handshake.address}']") is not None
    for other in (handshake.clients["base"], own_site.test_client()):
        assert leaks(other.get(address).text) == []
    handshake.post("enterprise", "consents/contact", act="take_back")
    assert leaks(check_page(provider.get(address)).decode()) == []


def test_files_come_only_with_the_third_step(handshake: Handshake) -> None:
    handshake.reveal()
    page = check_page(handshake.clients["provider"].get(f"{handshake.address}?lang=en"))
    assert len(page.select(".disclosure .is-on")) == 2
    for who, step in (
        ("enterprise", "confidentiality"),
        ("provider", "confidentiality"),
        ("enterprise", "data"),
    ):
        refused = handshake.post(who, f"consents/{step}")
        assert refused.status_code == 422
        assert handshake.post(who, f"consents/{step}", agrees="yes").status_code == 303
    page = check_page(handshake.clients["provider"].get(handshake.address))
    assert len(page.select(".disclosure .is-on")) == 3
    unknown = handshake.clients["provider"].get(f"{handshake.address}/files/AT-unknown")
    assert unknown.status_code == 404


def test_declining_wants_reasons_and_keeps_what_was_typed(
    handshake: Handshake, world: Database
) -> None:
    handshake.begin()
    refused = handshake.step("enterprise", "decline", note="预算在明年", tell_other="yes")
    assert refused.status_code == 422
    page = check_page(refused)
    assert "请选择一至三个原因" in page.select_one(".error-summary").text
    assert "预算在明年" in page.select_one("textarea[name=note]").text
    four = {"declines": ["budget", "timing", "data", "region"]}
    assert handshake.step("enterprise", "decline", **four).status_code == 422
    told = {"declines": ["budget"], "note": "预算在明年", "tell_other": "yes"}
    assert handshake.step("enterprise", "decline", **told).status_code == 303
    assert state_of(world, handshake) == "closed"
    assert "预算在明年" in handshake.clients["provider"].get(handshake.address).text


def test_reasons_that_are_not_told_stay_with_who_gave_them(handshake: Handshake) -> None:
    handshake.begin()
    handshake.step("enterprise", "decline", declines=["conflict"], note="只给自己看")
    assert "只给自己看" in handshake.clients["enterprise"].get(handshake.address).text
    page = handshake.clients["provider"].get(handshake.address).text
    assert "只给自己看" not in page
    assert "利益冲突" not in page


def test_a_second_click_and_an_old_window_change_nothing(
    handshake: Handshake, world: Database
) -> None:
    handshake.begin()
    assert handshake.step("enterprise", "accept").status_code == 303
    twice = handshake.step("enterprise", "accept")
    assert twice.status_code == 409
    assert "这一步已经做过" in check_page(twice).select_one(".error-summary").text
    token = send(handshake.clients["enterprise"], handshake.address, handshake.address)
    assert token.status_code == 405
    old = handshake.post("enterprise", "steps/decline", version="1", declines="budget")
    assert old.status_code == 409
    assert state_of(world, handshake) == "mutual"


@pytest.mark.parametrize("action", ["accept_pilot", "finish_pilot", "nonsense", "lapse"])
def test_impossible_steps_are_refused_with_a_reason(handshake: Handshake, action: str) -> None:
    handshake.begin()
    answer = handshake.step("enterprise", action)
    assert answer.status_code == 409
    assert check_page(answer).select_one(".error-summary li").text.strip()


def test_other_organisations_learn_nothing(handshake: Handshake) -> None:
    handshake.reveal()
    stranger = handshake.clients["base"]
    for path in ("", "/pilot", "/requirements/R1"):
        assert stranger.get(f"{handshake.address}{path}").status_code == 404
    for path in ("messages", "steps/accept", "meetings", "outcome", "consents/contact"):
        answer = send(stranger, f"{handshake.address}/{path}", text="x", result="contracted")
        assert answer.status_code == 404, path
    assert stranger.get(f"/appeals/new/engagement/{handshake.engagement_id}").status_code == 404
    assert stranger.get("/engagements/EN-NOTHING").status_code == 404


def test_an_invited_need_does_not_exist_for_others(world: Database, sign_in: SignIn) -> None:
    add_world(world, need_id="N-INVITED", visibility="invited", invited_provider_ids=("V001",))
    client = sign_in("provider")
    assert client.get("/needs/N-INVITED/answer").status_code == 404
    assert send(client, "/needs/N-INVITED/answer", capability_id=CAPABILITY).status_code == 404


def test_an_enterprise_approaches_a_provider_of_its_matches(
    world: Database, sign_in: SignIn
) -> None:
    client = sign_in("enterprise")
    assert send(client, f"/my/needs/{NEED}/match").status_code == 303
    page = check_page(client.get(f"/my/needs/{NEED}"))
    links = [str(link["href"]) for link in page.select('#matches a[href*="/approach/"]')]
    assert links
    asked = check_page(client.get(links[0]))
    assert asked.select_one(f'form[action="{links[0]}"]')
    answer = send(client, links[0], links[0])
    assert answer.status_code == 303
    shown = check_page(client.get(answer.location))
    assert "需方有意" in shown.main.text
    assert "系统" in shown.main.text  # where it came from: the list that was kept
    again = send(client, links[0], links[0])
    assert again.location == answer.location
    assert not check_page(client.get(f"/my/needs/{NEED}")).select(f'a[href="{links[0]}"]')


def test_a_broker_acts_for_a_provider_without_account(world: Database, sign_in: SignIn) -> None:
    client, broker = sign_in("enterprise"), sign_in("reviewer")
    address = f"/my/needs/{NEED}/approach/CAP-V001-1"
    answer = send(client, address, address)
    assert answer.status_code == 303, answer.text
    handshake = Handshake({"enterprise": client, "reviewer": broker})
    handshake.address = answer.location
    assert "供给方" in check_page(broker.get(answer.location)).select_one(".next-step").text
    assert handshake.step("reviewer", "accept").status_code == 303
    assert state_of(world, handshake) == "mutual"


def test_quota_is_told_and_an_eleventh_request_refused(world: Database, sign_in: SignIn) -> None:
    client = sign_in("provider")
    for number in range(11):
        add_world(world, need_id=f"N-{number}", visibility="named")
    for number in range(10):
        page = f"/needs/N-{number}/answer"
        assert send(client, page, page, capability_id=CAPABILITY).status_code == 303
    page = check_page(client.get("/needs/N-10/answer?lang=en"))
    assert "10 of at most 10" in page.main.text
    refused = send(client, "/needs/N-10/answer", "/needs/N-10/answer", capability_id=CAPABILITY)
    assert refused.status_code == 409
    assert check_page(refused).select_one(".error-summary")
    assert "CAP-V900-1" in refused.text
    listed = check_page(client.get("/my/engagements?lang=en"))
    assert len(listed.select(".engagement-rows > li")) == 10


def test_a_capability_of_somebody_else_cannot_answer(world: Database, sign_in: SignIn) -> None:
    client, page = sign_in("provider"), f"/needs/{NEED}/answer"
    answer = send(client, page, page, capability_id="CAP-V001-1")
    assert answer.status_code == 422
    assert "请选择" in check_page(answer).select_one(".error-summary").text


def test_an_organisation_that_is_not_verified_takes_no_step(
    handshake: Handshake, world: Database
) -> None:
    handshake.begin()
    changes = {"verification": Verification.PENDING}
    update_organisation(world, ENTERPRISE, changes, now=datetime.now(UTC))
    assert handshake.step("enterprise", "accept").status_code == 403
    assert state_of(world, handshake) == "provider_accepted"


def test_messages_before_disclosure_are_masked_and_empty_ones_refused(
    handshake: Handshake,
) -> None:
    handshake.begin()
    early = handshake.post("provider", "messages", text="早一点问问")
    assert early.status_code == 409
    assert "早一点问问" not in check_page(early).select_one(".error-summary").text
    handshake.step("enterprise", "accept")
    assert handshake.post("provider", "messages", text="  ").status_code == 422
    sent = handshake.post("enterprise", "messages", text="写信到 veiled@example.org 谈")
    assert sent.status_code == 303
    page = check_page(handshake.clients["provider"].get(handshake.address))
    message = page.select_one(".message-list")
    assert "■■■" in message.text
    assert "veiled" not in message.text


def test_list_is_narrowed_by_state_and_exported(handshake: Handshake) -> None:
    handshake.begin()
    client = handshake.clients["enterprise"]
    assert check_page(client.get("/my/engagements?state=provider_accepted")).select(".card-rows li")
    assert not check_page(client.get("/my/engagements?state=talks")).select(".card-rows li")
    table = client.get("/my/engagements.csv?lang=en")
    assert table.content_type.startswith("text/csv")
    assert handshake.engagement_id in table.text
    head, row = table.text.splitlines()
    assert head.endswith("State,Due,Demonstration")
    assert row.endswith(",Yes")


def test_notices_lead_to_the_list_that_fits(sign_in: SignIn) -> None:
    assert sign_in("provider").get("/engagements").location == "/my/engagements"
    assert sign_in("reviewer").get("/engagements").location == "/broker"


def test_public_pages_say_how_somebody_answers(handshake: Handshake) -> None:
    handshake.begin()
    for address in ("/providers/V900?lang=en", "/bases/PB900?lang=en"):
        figures = check_page(handshake.clients["provider"].get(address)).select(".answer-figures")
        assert "too few to say" in figures[0].text
    without = check_page(handshake.clients["provider"].get("/providers/V001"))
    assert not without.select(".answer-figures")
