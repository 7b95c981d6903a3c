"""Writing a need step by step: nothing lost, nothing overwritten, nothing silently filled in."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.drafts import list_drafts
from matcher.workflow.needs.draft_values import STEPS as FORM_STEPS
from tests.web.conftest import SignIn
from tests.web.html import check_page, parsed
from tests.web.needs import STEPS, begin, filled, post

HTMX = {"HX-Request": "true"}


@pytest.fixture
def visitor(own_site: Flask) -> FlaskClient:
    return own_site.test_client()


def test_first_step_asks_for_three_things(visitor: FlaskClient) -> None:
    form = check_page(visitor.get("/needs/new")).select_one("#need-form")
    controls = form.select("input:not([type=hidden]), textarea, select")
    assert [control["name"] for control in controls] == ["title", "problem", "industries"]


def test_going_on_keeps_what_an_example_states(visitor: FlaskClient) -> None:
    form = check_page(visitor.get("/needs/new?example=quality")).select_one("#need-form")
    data = {
        control["name"]: control.get("value", control.text.strip())
        for control in form.select("input, textarea")
    }
    answer = visitor.post("/needs/new", data={**data, "action": "go_on"})
    page = check_page(visitor.get(answer.location.replace("/problem", "/requirements")))
    assert page.select_one("#requirements-0-threshold")["value"] == "95"
    assert len(page.select("fieldset.requirement")) == 2


def test_every_step_has_its_address_progress_and_way_back(visitor: FlaskClient) -> None:
    address = begin(visitor)
    for number, step in enumerate(FORM_STEPS, 1):
        page = check_page(visitor.get(f"{address}/{step.code}"))
        assert f"第 {number} 步，共 6 步" in page.select_one(".eyebrow").text
        assert page.select_one(".step-nav [aria-current=step]").text.strip() == step.label_zh
        back = page.select_one("button[value=back]")
        assert (back is None) == (number == 1)
    assert check_page(visitor.get(f"{address}/summary")).h1.text == "检查并发布"


def test_forward_and_back_lose_nothing(visitor: FlaskClient) -> None:
    address = filled(visitor)
    assert post(visitor, f"{address}/terms", action="back", **STEPS["terms"]).location.endswith(
        "/readiness"
    )
    summary = check_page(visitor.get(f"{address}/summary")).main.get_text(" ")
    for words in ("质检班组十二人", "检出率 ≥ 99%", "80 万元", "苏州", "实名公开", "脱敏"):
        assert words in summary
    assert visitor.get(f"{address}/problem").text.count("质检班组十二人") == 1


def test_suggestions_are_offered_and_taken_only_by_a_button(
    visitor: FlaskClient, own_database: Database
) -> None:
    address = begin(visitor)
    page = check_page(visitor.get(f"{address}/field"))
    offered = [button["value"] for button in page.select("button.suggestion")]
    assert "accept:industries:C31" in offered
    assert page.select_one("#industries")["value"] == ""
    assert page.select("input[name=process_steps][checked]") == []
    post(visitor, f"{address}/field", action="accept:industries:C31")
    answer = post(visitor, f"{address}/field", action="accept:process_steps:quality",
                  industries="C31")  # fmt: skip
    assert answer.location.endswith("/field#process_steps-0")
    page = check_page(visitor.get(f"{address}/field"))
    assert "黑色金属" in page.select_one("#industries")["value"]
    assert page.select_one("input[name=process_steps][checked]")["value"] == "quality"
    assert "accept:industries:C31" not in [b["value"] for b in page.select("button.suggestion")]


def test_a_similar_scenario_is_taken_with_one_click(visitor: FlaskClient) -> None:
    address = begin(visitor)
    first = check_page(visitor.get(f"{address}/problem")).select_one(
        "button[value^='accept:scenario_id:']"
    )
    post(visitor, f"{address}/problem", action=first["value"], **STEPS["problem"])
    page = check_page(visitor.get(f"{address}/problem"))
    assert first["value"] not in [b["value"] for b in page.select("button.suggestion")]
    assert page.select_one("#affected").text.strip() == STEPS["problem"]["affected"]


def test_the_score_says_why_and_leads_to_the_field(visitor: FlaskClient) -> None:
    address = begin(visitor)
    panel = check_page(visitor.get(f"{address}/problem")).select_one("#panel")
    before = int(panel.select_one(".score b").text)
    links = [link["href"] for link in panel.select(".hint-rows a")]
    assert f"{address}/problem#affected" in links
    assert "个候选目前有相近的证据" in panel.select_one(".effect").text
    post(visitor, f"{address}/problem", **STEPS["problem"])
    part = visitor.get(f"{address}/panel").text
    assert "<html" not in part
    assert int(parsed(part).select_one(".score b").text) > before


LINES = {
    "requirements-0-text": "第一项要求",
    "requirements-1-text": "第二项要求",
    "requirements-2-text": "第三项要求",
}


@pytest.mark.parametrize(
    ("action", "order"),
    [
        ("up:1", ["第二项要求", "第一项要求", "第三项要求"]),
        ("down:1", ["第一项要求", "第三项要求", "第二项要求"]),
        ("remove:0", ["第二项要求", "第三项要求"]),
        ("up:0", ["第一项要求", "第二项要求", "第三项要求"]),
        ("remove:99", ["第一项要求", "第二项要求", "第三项要求"]),
        ("add", ["第一项要求", "第二项要求", "第三项要求", ""]),
    ],
)
@pytest.mark.parametrize("script", [True, False], ids=["part", "page"])
def test_requirement_lines_move(
    visitor: FlaskClient, action: str, order: list[str], script: bool
) -> None:
    address = f"{begin(visitor)}/requirements"
    token = parsed(visitor.get(address).text).select_one("[name=csrf_token]")["value"]
    data = {"csrf_token": token, "action": action, **LINES}
    answer = visitor.post(address, data=data, headers=HTMX if script else {})
    if script and action != "remove:99":
        assert "<html" not in answer.text
        page = parsed(answer.text)
        assert len(page.select("[autofocus]")) == 1
    else:
        assert answer.status_code == 303
        page = check_page(visitor.get(answer.location))
    texts = [field.get("value", "") for field in page.select("input[name$=-text]")]
    assert texts == order


@pytest.mark.parametrize("script", [True, False], ids=["part", "page"])
def test_an_empty_requirement_stays_when_another_is_added(
    visitor: FlaskClient, script: bool
) -> None:
    address = f"{begin(visitor)}/requirements"
    page = check_page(visitor.get(address))
    token = page.select_one("main [name=csrf_token]")["value"]
    for n_lines in (2, 3):
        ids = {box["name"]: box["value"] for box in page.select("[name$=-requirement_id]")}
        answer = visitor.post(
            address,
            data={"csrf_token": token, "action": "add", **ids},
            headers=HTMX if script else {},
        )
        page = parsed(answer.text) if script else check_page(visitor.get(answer.location))
        assert len(page.select("fieldset.requirement")) == n_lines
    summary = check_page(visitor.get(f"{address.rpartition('/')[0]}/summary"))
    assert "要求清单" in summary.select_one("#missing").text
    assert "must" not in summary.select_one(".answers").text


def test_more_than_five_musts_are_said_at_once(visitor: FlaskClient) -> None:
    address = f"{begin(visitor)}/requirements"
    lines = {f"requirements-{n}-text": f"第 {n} 项要求" for n in range(6)}
    levels = {f"requirements-{n}-level": "must" for n in range(6)}
    told = post(visitor, f"{address}/autosave", **lines, **levels)
    assert "6 项，最多 5 项" in told.text
    assert "改为“期望”" in told.text
    assert told.headers["HX-Trigger"]


def test_ten_lines_are_the_most(visitor: FlaskClient) -> None:
    address = f"{begin(visitor)}/requirements"
    lines = {f"requirements-{n}-text": f"第 {n} 项要求" for n in range(10)}
    answer = post(visitor, address, action="add", **lines)
    page = check_page(visitor.get(answer.location))
    assert len(page.select("fieldset.requirement")) == 10
    assert page.select("button[value=add]") == []


def test_writing_is_saved_on_the_way_and_said_politely(visitor: FlaskClient) -> None:
    address = begin(visitor)
    page = check_page(visitor.get(f"{address}/problem"))
    assert page.select_one("#saved")["aria-live"] == "polite"
    told = post(visitor, f"{address}/problem/autosave", **{**STEPS["problem"], "tried": "试过"})
    assert "保存" in told.text
    assert check_page(visitor.get(f"{address}/problem")).select_one("#tried").text.strip() == "试过"


def hidden(page: Any) -> dict[str, str]:
    return {name: page.select_one(f"[name={name}]")["value"] for name in ("basis", "window")}


def test_two_tabs_do_not_overwrite_each_other(visitor: FlaskClient) -> None:
    address = f"{begin(visitor)}/problem"
    one, two = (hidden(check_page(visitor.get(address))) for _ in range(2))
    assert post(visitor, address, **{**STEPS["problem"], "tried": "甲"}, **one).status_code == 303
    refused = post(visitor, address, **{**STEPS["problem"], "tried": "乙"}, **two)
    assert refused.status_code == 409
    page = check_page(refused)
    assert "甲" in page.select_one(".error-summary").text
    assert page.select_one("#tried").text.strip() == "乙"
    told = post(visitor, f"{address}/autosave", **{**STEPS["problem"], "tried": "乙"}, **two)
    assert (told.status_code, "没有保存" in told.text) == (422, True)
    assert check_page(visitor.get(address)).select_one("#tried").text.strip() == "甲"
    again = post(visitor, address, **{**STEPS["problem"], "tried": "乙"}, **hidden(page))
    assert again.status_code == 303
    assert check_page(visitor.get(address)).select_one("#tried").text.strip() == "乙"


@pytest.mark.parametrize("name", ["problem", "tried"])
def test_classified_content_is_refused_and_not_kept(visitor: FlaskClient, name: str) -> None:
    address = f"{begin(visitor)}/problem"
    typed = {**STEPS["problem"], name: "图纸为机密级，请勿外传，希望检测表面缺陷"}
    answer = post(visitor, address, **typed)
    assert answer.status_code == 422
    page = check_page(answer)
    assert "机密" in page.select_one(".error-summary").text
    assert "机密级" in page.select_one(f"#{name}").text
    assert "机密级" not in visitor.get(address).text
    assert post(visitor, f"{address}/autosave", **typed).status_code == 422
    assert post(visitor, "/needs/new", **typed).status_code == 422
    assert "涉密" in post(visitor, "/needs/preview", **typed).text


def test_the_language_can_be_changed_in_the_middle_of_a_sentence(visitor: FlaskClient) -> None:
    address = f"{begin(visitor)}/problem"
    typed = {**STEPS["problem"], "tried": "写到一半"}
    answer = post(visitor, address, action="language:en", **typed)
    page = check_page(visitor.get(answer.location))
    assert page.html["lang"] == "en"
    assert page.select_one("#tried").text.strip() == "写到一半"
    first = post(visitor, "/needs/new", action="language:zh", title="只有标题", problem="写到")
    page = check_page(visitor.get(first.location))
    assert (page.html["lang"], page.select_one("#problem").text.strip()) == ("zh-Hans", "写到")


def test_a_refused_form_can_be_read_in_the_other_language(visitor: FlaskClient) -> None:
    address = f"{begin(visitor)}/terms"
    typed = {**STEPS["terms"], "budget_max": "很多钱"}
    refused = post(visitor, address, action="continue", **typed)
    assert refused.status_code == 422
    assert check_page(refused).select_one("#budget_max")["aria-invalid"] == "true"
    page = check_page(visitor.get(f"{address}?lang=en"))
    assert page.select_one("#budget_max")["value"] == "很多钱"
    first = post(visitor, "/needs/new", title="表面缺陷", budget_max="很多钱")
    switch = check_page(first).select_one(".languages ul button")
    again = post(visitor, "/needs/new", action=switch["value"], title="表面缺陷", budget_max="x")
    assert check_page(visitor.get(again.location)).select_one("#title")["value"] == "表面缺陷"


def test_a_draft_comes_along_at_sign_in(own_site: Flask, own_database: Database) -> None:
    client = own_site.test_client()
    address = begin(client)
    account = own_site.extensions["people"]["enterprise"]
    data = {"email": account.email, "password": account.password, "next": f"{address}/summary"}
    answer = post(client, "/sign-in", **data)
    assert answer.location == f"{address}/summary"
    assert check_page(client.get(answer.location)).h1.text == "检查并发布"
    owners = {draft.owner for draft in list_drafts(own_database, "need", "ACC-DEMO1")}
    assert owners == {"ACC-DEMO1"}


def test_a_session_that_ends_loses_nothing(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    address = begin(client)
    post(client, f"{address}/problem", **STEPS["problem"])
    assert post(client, "/sign-out").status_code == 303
    assert client.get(f"{address}/problem").status_code == 404
    again = sign_in("enterprise")
    assert "质检班组十二人" in again.get(f"{address}/problem").text


def test_a_draft_is_unknown_to_everybody_else(visitor: FlaskClient, sign_in: SignIn) -> None:
    address = filled(visitor)
    for client in (sign_in("enterprise"), sign_in("administrator")):
        for path in ("", "/problem", "/summary", "/panel", "/matches"):
            assert client.get(f"{address}{path}").status_code == 404
        for path in ("/problem", "/problem/autosave", "/delete"):
            assert post(client, f"{address}{path}").status_code == 404
    assert visitor.get(f"{address}/summary").status_code == 200


def test_drafts_are_listed_and_deleted(visitor: FlaskClient) -> None:
    address = begin(visitor)
    page = check_page(visitor.get("/needs/drafts"))
    assert STEPS["problem"]["title"] in page.main.text
    assert visitor.get(address).location == f"{address}/problem"
    assert "草稿" in check_page(visitor.get("/needs/new")).select_one(".notice").text
    assert post(visitor, f"{address}/delete").status_code == 303
    assert "没有草稿" in check_page(visitor.get("/needs/drafts")).main.text
    assert visitor.get(f"{address}/problem").status_code == 404


def test_a_draft_leads_to_its_ranked_matches(visitor: FlaskClient) -> None:
    address = filled(visitor)
    answer = visitor.get(f"{address}/matches", follow_redirects=True)
    assert check_page(answer).select("article.match")


@pytest.mark.parametrize("step", ["nowhere", "PROBLEM", "problem%00", "1"])
def test_steps_that_do_not_exist_are_unknown(visitor: FlaskClient, step: str) -> None:
    address = begin(visitor)
    assert visitor.get(f"{address}/{step}").status_code == 404
    assert post(visitor, f"{address}/problem", action=f"goto:{step}").status_code in {303, 404}
