"""From a draft to an open need and its end, on the pages; what others see, ask and never see."""

from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.audit import verify_chain
from matcher.store.matches import list_match_lists, read_match_list
from matcher.store.need_status import read_status
from matcher.store.organisations import update_organisation
from tests.matcher.store.conftest import NOW
from tests.matcher.workflow.needs.test_attachments import DOCX, office
from tests.web.conftest import SignIn, token_of
from tests.web.html import check_page
from tests.web.needs import STEPS, TODAY, begin, filled, post, publish, send


@pytest.fixture
def enterprise(sign_in: SignIn) -> FlaskClient:
    return sign_in("enterprise")


@pytest.fixture
def reviewer(sign_in: SignIn) -> FlaskClient:
    return sign_in("reviewer")


def test_what_is_missing_is_listed_with_the_way_to_it(enterprise: FlaskClient) -> None:
    address = begin(enterprise)
    refused = post(enterprise, f"{address}/publish")
    assert refused.status_code == 422
    links = [link["href"] for link in check_page(refused).select(".error-summary a")]
    assert f"{address}/readiness#deployments-0" in links
    assert f"{address}/requirements#requirement-0" in links
    for link in links:
        if link.startswith("/"):
            page = check_page(enterprise.get(link))
            assert page.select_one(f"#{link.partition('#')[2]}") is not None


def test_a_second_click_leads_to_the_need_that_the_first_has_made(
    enterprise: FlaskClient, sign_in: SignIn
) -> None:
    address = f"{filled(enterprise)}/publish"
    first, again = (post(enterprise, address, accept_near="yes") for _ in range(2))
    assert (again.status_code, again.location) == (303, first.location)
    assert post(sign_in("provider"), address).status_code in (403, 404)


def test_a_need_goes_all_the_way(
    enterprise: FlaskClient, reviewer: FlaskClient, own_site: Flask, own_database: Database
) -> None:
    need_id = send(enterprise)
    outsider = own_site.test_client()
    assert outsider.get(f"/needs/{need_id}").status_code == 404
    assert STEPS["problem"]["title"] in check_page(reviewer.get("/review/needs")).main.text
    check_page(reviewer.get(f"/review/needs/{need_id}"))
    answer = post(reviewer, f"/review/needs/{need_id}/decision", decision="approve")
    assert answer.status_code == 303
    page = check_page(outsider.get(f"/needs/{need_id}"))
    assert "80 万元" not in page.text
    assert STEPS["problem"]["title"] in check_page(outsider.get("/needs")).main.text
    own = check_page(enterprise.get(f"/my/needs/{need_id}"))
    assert len(own.select(".match-rows > li")) == 5
    kept = read_match_list(own_database, list_match_lists(own_database, need_id)[0])
    assert kept.record_versions[("need", need_id)] == 1
    listed = check_page(enterprise.get("/my/needs")).select_one("tbody tr")
    assert int(listed.select("td.number")[1].text) > 0
    assert verify_chain(own_database).broken is None


def test_a_reviewer_returns_only_with_a_reason(
    enterprise: FlaskClient, reviewer: FlaskClient, own_database: Database
) -> None:
    need_id = send(enterprise)
    address = f"/review/needs/{need_id}/decision"
    refused = post(reviewer, address, decision="return")
    assert refused.status_code == 422
    assert check_page(refused).select_one(".error-summary a")["href"] == "#reason"
    assert post(reviewer, address, decision="nonsense").status_code == 404
    assert post(reviewer, address, decision="return", reason="请写清数据").status_code == 303
    assert read_status(own_database, need_id).state == "draft"
    assert "请写清数据" in check_page(enterprise.get(f"/my/needs/{need_id}")).main.text


def test_who_may_not_review_or_publish(
    enterprise: FlaskClient, sign_in: SignIn, own_site: Flask, own_database: Database
) -> None:
    need_id = send(enterprise)
    for who in (enterprise, sign_in("provider"), sign_in("base")):
        assert who.get("/review/needs").status_code == 403
        assert post(who, f"/review/needs/{need_id}/decision", decision="approve").status_code == 403
    visitor = own_site.test_client()
    address = filled(visitor)
    assert post(visitor, f"{address}/publish").status_code == 401
    assert "登录后发布" in check_page(visitor.get(f"{address}/summary")).main.text


def test_an_organisation_that_is_not_verified_keeps_its_draft(
    enterprise: FlaskClient, own_database: Database
) -> None:
    address = filled(enterprise)
    update_organisation(own_database, "ORG-DEMO1", {"verification": "pending"}, now=NOW)
    assert post(enterprise, f"{address}/publish").status_code == 403
    assert "尚未通过核验" in check_page(enterprise.get(f"{address}/summary")).main.text


def test_a_near_duplicate_is_confirmed_first(
    enterprise: FlaskClient, reviewer: FlaskClient
) -> None:
    first = publish(enterprise, reviewer)
    address = filled(enterprise)
    refused = post(enterprise, f"{address}/publish")
    assert refused.status_code == 422
    assert check_page(refused).select_one(f"#near a[href='/my/needs/{first}']") is not None
    assert post(enterprise, f"{address}/publish", accept_near="yes").status_code == 303


def test_a_need_of_another_organisation_is_unknown(
    enterprise: FlaskClient, reviewer: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    need_id = publish(enterprise, reviewer)
    changes = {"sides": ("provider", "enterprise")}
    update_organisation(own_database, "ORG-DEMO2", changes, now=NOW)
    other = sign_in("provider")
    assert other.get(f"/my/needs/{need_id}").status_code == 404
    for path in ("state", "amend", "copy", "renew", "match"):
        assert post(other, f"/my/needs/{need_id}/{path}", to_state="withdrawn",
                    reason="x").status_code == 404  # fmt: skip
    assert read_status(own_database, need_id).state == "open"
    assert other.get(f"/needs/{need_id}").status_code == 200


def test_an_anonymous_need_betrays_nothing_on_any_page(
    enterprise: FlaskClient, reviewer: FlaskClient, sign_in: SignIn, own_site: Flask
) -> None:
    name = "演示制造企业"
    problem = f"{name}的" + str(STEPS["problem"]["problem"]) + "电话 0512-66668888"
    need_id = publish(enterprise, reviewer, visibility="anonymous", problem=problem,
                      title=f"{name}带钢缺陷检测")  # fmt: skip
    provider = sign_in("provider")
    post(provider, f"/needs/{need_id}/questions", text="带钢宽度是多少？")
    question = check_page(enterprise.get(f"/needs/{need_id}")).select_one(".question-list li")["id"]
    post(enterprise, f"/needs/{need_id}/questions/{question}/answer", text=f"{name}是一米五")
    for client in (provider, own_site.test_client()):
        for address in (f"/needs/{need_id}", "/needs", "/search?q=带钢缺陷"):
            text = client.get(address).text
            assert name not in text
            assert "66668888" not in text
            assert "苏州" not in text
        assert need_id in client.get("/search?q=带钢缺陷&kind=need").text
        for address in (f"/needs?q={name}", f"/search?q={name}&kind=need", "/needs?q=66668888"):
            assert need_id not in check_page(client.get(address)).select_one("#results").decode()
    assert name not in provider.get("/inbox").text
    assert "■■■" in check_page(provider.get(f"/needs/{need_id}")).h1.text


def test_an_invited_need_is_unknown_to_others(
    enterprise: FlaskClient, reviewer: FlaskClient, sign_in: SignIn, own_database: Database
) -> None:
    need_id = publish(enterprise, reviewer, visibility="invited", invited_provider_ids="V001")
    provider = sign_in("provider")
    assert provider.get(f"/needs/{need_id}").status_code == 404
    asked = post(provider, f"/needs/{need_id}/questions", text="带钢宽度是多少？")
    assert asked.status_code == 404
    update_organisation(own_database, "ORG-DEMO2", {"provider_id": "V001"}, now=NOW)
    check_page(provider.get(f"/needs/{need_id}"))
    assert need_id not in provider.get("/needs").text


def test_questions_are_asked_answered_and_hidden_in_sight_of_all(
    enterprise: FlaskClient, reviewer: FlaskClient, sign_in: SignIn, own_site: Flask
) -> None:
    need_id, provider = publish(enterprise, reviewer), sign_in("provider")
    address = f"/needs/{need_id}/questions"
    refused = post(provider, address, text="短")
    assert refused.status_code == 422
    assert check_page(refused).select_one("#text").text.strip() == "短"
    assert post(provider, address, text="<b>带钢</b>宽度是多少？").status_code == 303
    assert post(enterprise, address, text="自己问自己可以吗？").status_code == 403
    page = check_page(enterprise.get(f"/needs/{need_id}"))
    question = page.select_one(".question-list li")["id"]
    assert "<b>带钢</b>" in page.select_one(f"#{question}").text
    assert post(enterprise, f"{address}/{question}/answer", text="一米五左右").status_code == 303
    seen = check_page(own_site.test_client().get(f"/needs/{need_id}"))
    assert "一米五左右" in seen.select_one(f"#{question}").text
    assert post(reviewer, f"{address}/{question}/hide").status_code == 409
    assert post(reviewer, f"{address}/{question}/hide", reason="含广告").status_code == 303
    seen = check_page(own_site.test_client().get(f"/needs/{need_id}"))
    assert seen.select(".question-list li") == []
    assert "含广告" in check_page(reviewer.get(f"/needs/{need_id}")).main.text


def test_amending_copying_renewing_and_withdrawing(
    enterprise: FlaskClient, reviewer: FlaskClient, own_database: Database
) -> None:
    need_id = publish(enterprise, reviewer)
    own = f"/my/needs/{need_id}"
    draft = post(enterprise, f"{own}/amend").location.rpartition("/")[0]
    assert post(enterprise, f"{own}/amend").location.rpartition("/")[0] == draft
    post(enterprise, f"{draft}/terms", **{**STEPS["terms"], "budget_max": "120"})
    assert post(enterprise, f"{draft}/publish").location == own
    changed = check_page(enterprise.get(own)).select_one(".change-list")
    assert changed.find("del").text == "80 万元"
    assert changed.find("ins").text == "120 万元"
    copied = post(enterprise, f"{own}/copy").location
    assert check_page(enterprise.get(copied)).select_one("#title")["value"]
    refused = post(enterprise, f"{own}/renew", reply_by="2020-01-01")
    assert refused.status_code == 422
    assert check_page(refused).select_one("#reply_by")["value"] == "2020-01-01"
    later = (TODAY + timedelta(days=50)).isoformat()
    assert post(enterprise, f"{own}/renew", reply_by=later).status_code == 303
    assert str(read_status(own_database, need_id).reply_by) == later
    refused = post(enterprise, f"{own}/state", to_state="withdrawn")
    assert refused.status_code == 422
    assert check_page(refused).select_one(".error-summary a")["href"] == "#reason-withdrawn"
    assert post(enterprise, f"{own}/state", to_state="done", reason="x").status_code == 409
    assert post(enterprise, f"{own}/state", to_state="withdrawn", reason="停产").status_code == 303
    assert post(enterprise, f"{own}/amend").status_code == 409


def upload(client: FlaskClient, address: str, name: str, content: bytes) -> Any:
    data = {
        "csrf_token": token_of(client, "/needs/new"),
        "file": (io.BytesIO(content), name),
    }
    return client.post(f"{address}/files", data=data, content_type="multipart/form-data")


def test_files_are_downloads_for_those_who_may_read(
    enterprise: FlaskClient, sign_in: SignIn, own_site: Flask
) -> None:
    address = filled(enterprise)
    assert upload(enterprise, address, "工艺 流程.docx", DOCX).status_code == 303
    page = check_page(enterprise.get(f"{address}/publication"))
    link = page.select_one(".file-list a")["href"]
    answer = enterprise.get(link)
    assert answer.data == DOCX
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    need_id = post(enterprise, f"{address}/publish").location.rpartition("/")[2]
    file = link.rpartition("/")[2]
    kept = f"/my/needs/{need_id}/files/{file}"
    assert enterprise.get(kept).data == DOCX
    assert sign_in("reviewer").get(kept).data == DOCX
    assert sign_in("provider").get(kept).status_code == 404
    assert own_site.test_client().get(kept).status_code == 303


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.exe", b"MZ"),
        ("a.pdf", b"not a pdf"),
        ("", b""),
        ("a.txt", b""),
        ("bomb.xlsx", office("xl/workbook.xml", zeros_xml=b"\0" * 20_000_000)),
        ("large.txt", b"a" * (10 * 1024 * 1024 + 1)),
        ("机密级.txt", b"x"),
    ],
)
def test_files_that_may_not_be_kept_are_refused_in_words(
    enterprise: FlaskClient, name: str, content: bytes
) -> None:
    address = begin(enterprise)
    answer = upload(enterprise, address, name, content)
    assert answer.status_code == 422
    page = check_page(answer)
    assert page.select(".field-error, .error-summary")
    assert page.select(".file-list") == []


def test_a_body_beyond_every_file_is_refused(enterprise: FlaskClient) -> None:
    answer = upload(enterprise, begin(enterprise), "a.txt", b"a" * (11 * 1024 * 1024))
    assert answer.status_code == 413
    check_page(answer)
    answer.request.environ["wsgi.input"].close()  # a file of the client's that nobody read


def test_visitors_attach_nothing(own_site: Flask) -> None:
    client = own_site.test_client()
    address = begin(client)
    assert upload(client, address, "a.txt", b"text").status_code == 401
    assert "登录后可以添加附件" in check_page(client.get(f"{address}/publication")).main.text
