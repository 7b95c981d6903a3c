"""Hostile input: a clear 4xx or a kept draft, never a fault, never something half-written."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from matcher.store.drafts import list_drafts
from tests.web.conftest import SignIn, token_of
from tests.web.html import check_page
from tests.web.needs import STEPS, begin, filled, post

NASTY = [
    "\x00",
    "a\x00b\x1b[31m",
    "<script>alert(1)</script>",
    "</textarea><img src=x>",
    "'; DROP TABLE draft; --",
    "../../../etc/passwd",
    "{{ 7 * 7 }}",
    "%(name)s %s",
    "\ud7ff\ufffe\uffff",
    "١٢٣",
    "-5",
    "1e400",
    "NaN",
    "2026-02-30",
    "0000-00-00",
    "9" * 400,
    "must",
    "want",
]


@pytest.fixture
def visitor(own_site: Flask) -> FlaskClient:
    return own_site.test_client()


NAMES = [name for step in STEPS.values() for name in step]
FORMS = st.dictionaries(
    st.sampled_from([*NAMES, "requirements-999-text", "basis", "window", "need_id", "owner"]),
    st.one_of(st.sampled_from(NASTY), st.text(max_size=20)),
    max_size=8,
)
ACTIONS = st.sampled_from(
    ["continue", "back", "leave", "add", "up:0", "down:-1", "remove:9999999", "accept:title:x",
     "accept:industries:ZZ", "goto:../x", "language:xx", "\x00", ""]
)  # fmt: skip


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(form=FORMS, step=st.sampled_from(list(STEPS)), action=ACTIONS)
def test_any_form_is_kept_or_refused_and_never_a_fault(
    own_site: Flask, form: dict[str, str], step: str, action: str
) -> None:
    client = own_site.extensions.setdefault("hostile", None) or own_site.test_client()
    if own_site.extensions["hostile"] is None:
        own_site.extensions["hostile"] = client
        own_site.extensions["hostile_draft"] = begin(client)
        own_site.extensions["hostile_token"] = token_of(client, "/needs/new")
    address = own_site.extensions["hostile_draft"]
    data = {"csrf_token": own_site.extensions["hostile_token"], **form, "action": action}
    answer = client.post(f"{address}/{step}", data=data)
    assert answer.status_code in {303, 404, 409, 422}
    if answer.status_code != 303:
        check_page(answer)
    check_page(client.get(f"{address}/{step}"))
    check_page(client.get(f"{address}/summary"))


def test_five_hundred_requirement_lines_are_kept_and_refused(visitor: FlaskClient) -> None:
    address = f"{begin(visitor)}/requirements"
    lines = {f"requirements-{n}-text": f"第 {n} 项要求" for n in range(500)}
    answer = post(visitor, address, action="continue", **lines)
    assert answer.status_code == 422
    page = check_page(answer)
    assert "500" in page.select_one(".error-summary").text
    assert len(page.select("input[name$=-text]")) == 500


def test_ten_megabytes_are_refused_and_nothing_is_kept(
    visitor: FlaskClient, own_database: Database
) -> None:
    address = f"{begin(visitor)}/problem"
    text = "长" * 3_400_000
    answer = post(visitor, address, **{**STEPS["problem"], "tried": text})
    assert answer.status_code == 413
    check_page(answer)
    assert post(visitor, "/needs/new", title="x", problem=text).status_code == 413
    assert check_page(visitor.get(address)).select_one("#tried").text.strip() == ""


@pytest.mark.parametrize("text", ["长" * 100_000, "a" * 300_000])
def test_a_text_far_too_long_comes_back_on_its_form_and_is_not_kept(
    visitor: FlaskClient, text: str
) -> None:
    address = f"{begin(visitor)}/problem"
    for action in ("match", "go_on"):
        first = post(visitor, "/needs/new", title="标题", problem=text, action=action)
        assert first.status_code == 422
        assert check_page(first).select_one("#problem").text.strip() == text
        assert "10000" in check_page(first).select_one("#problem-error").text
    step = post(visitor, address, **{**STEPS["problem"], "tried": text})
    assert step.status_code == 422
    page = check_page(step)
    assert page.select_one("#tried").text.strip() == text
    assert page.select_one("#tried")["aria-invalid"] == "true"
    live = post(visitor, f"{address}/autosave", **{**STEPS["problem"], "tried": text})
    assert live.status_code == 422
    assert "没有保存" in live.text
    assert post(visitor, "/needs/preview", title="标题", problem=text).status_code == 200
    assert check_page(visitor.get(address)).select_one("#tried").text.strip() == ""


@pytest.mark.parametrize("token", [None, "", "nonsense", "replayed"])
def test_forms_without_this_session_s_token_are_refused(
    own_site: Flask, visitor: FlaskClient, token: str | None
) -> None:
    address = begin(visitor)
    given = token_of(own_site.test_client(), "/needs/new") if token == "replayed" else token
    data: dict[str, Any] = {"title": "别的标题", "action": "continue"}
    data |= {} if given is None else {"csrf_token": given}
    for path in ("/problem", "/problem/autosave", "/delete", "/publish", "/files"):
        answer = visitor.post(f"{address}{path}", data=data)
        assert answer.status_code == 400
        check_page(answer)
    assert "别的标题" not in visitor.get(f"{address}/problem").text


@pytest.mark.parametrize("thing", ["D0", "..", "%00", "x" * 300, "'; --", "D" + "0" * 16])
def test_ids_that_are_not_one_s_own_are_unknown(sign_in: SignIn, thing: str) -> None:
    client = sign_in("enterprise")
    for address in (
        f"/needs/{thing}",
        f"/my/needs/{thing}",
        f"/needs/drafts/{thing}/problem",
        f"/needs/drafts/{thing}/summary",
        f"/needs/drafts/{thing}/files/F1",
        f"/my/needs/{thing}/files/F1",
    ):
        answer = client.get(address)
        assert answer.status_code in {303, 308, 404}
    for address in (
        f"/needs/drafts/{thing}/publish",
        f"/needs/drafts/{thing}/files",
        f"/my/needs/{thing}/state",
        f"/my/needs/{thing}/copy",
    ):
        assert post(client, address).status_code in {404, 405}


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("visibility", "everybody"),
        ("needs_base", "perhaps"),
        ("domestic_stack", "<b>"),
        ("budget_max", "-1"),
        ("start_by", "2026-02-30"),
        ("deployments", "moon"),
    ],
)
def test_wrong_values_stop_their_step_and_stay_as_typed(
    visitor: FlaskClient, name: str, text: str
) -> None:
    address = begin(visitor)
    step = next(code for code, values in STEPS.items() if name in values)
    answer = post(visitor, f"{address}/{step}", action="continue", **{**STEPS[step], name: text})
    assert answer.status_code == 422
    assert check_page(answer).select_one(".error-summary a")
    draft_again = check_page(visitor.get(f"{address}/{step}?check=1"))
    assert draft_again.select_one(".error-summary") is not None


def test_an_inverted_budget_is_refused(visitor: FlaskClient) -> None:
    address = begin(visitor)
    typed = {**STEPS["terms"], "budget_min": "90", "budget_max": "80"}
    answer = post(visitor, f"{address}/terms", action="continue", **typed)
    assert answer.status_code == 422
    assert check_page(answer).select_one("#budget_min")["value"] == "90"


def test_a_refused_publication_leaves_nothing_behind(
    sign_in: SignIn, own_database: Database
) -> None:
    client = sign_in("enterprise")
    address = filled(client)
    post(client, f"{address}/terms", action="back", **{**STEPS["terms"], "budget_max": "viel"})
    assert post(client, f"{address}/publish").status_code == 422
    assert own_database["need_status"].count == 0
    assert own_database["record_owner"].count == 0
    assert len(list_drafts(own_database, "need", "ACC-DEMO1")) == 1


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_a_line_end_is_one_character_however_it_is_sent(
    visitor: FlaskClient, own_database: Database, end: str
) -> None:
    line = "长" * 48
    seen = "\n".join([line] * 204)  # 9,995 characters: a form takes 10,000
    assert len(seen) == 9_995
    begin(visitor, problem=seen.replace("\n", end))
    [kept] = own_database.query("SELECT * FROM draft")
    assert json.dumps(seen, ensure_ascii=False) in kept["payload"]
    refused = post(visitor, "/needs/new", title="标题", problem=(seen + seen).replace("\n", end))
    assert refused.status_code == 422
    assert "19990" in check_page(refused).select_one("#problem-error").text
    assert "\\" not in check_page(refused).select_one("#problem-error").text
