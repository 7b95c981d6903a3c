"""Musts that stand in the text of a need: quoted, one click to accept, none made unasked."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.html import check_page
from tests.web.needs import begin, post
from web.i18n import LOCALES
from web.needs.token import unpack_need

TEXT = "划伤和辊印靠人工抽检，漏检多，每月退货二十卷。数据不得出厂，只能本地部署，预算不超过50万。"
FIRST = {"title": "冷轧带钢表面缺陷检测", "problem": TEXT}
FIELDS = ["data_leaves_site:no", "deployments:on_premise", "budget_max:50"]


@pytest.fixture
def visitor(own_site) -> FlaskClient:  # type: ignore[no-untyped-def]
    client: FlaskClient = own_site.test_client()
    return client


@pytest.mark.parametrize("lang", LOCALES)
def test_results_say_which_words_were_no_condition_and_lead_to_matching_with_them(
    client: FlaskClient, lang: str
) -> None:
    sent = post(client, "/needs/new", **FIRST)
    page = check_page(client.get(f"{sent.location}&lang={lang}"))
    beside = page.select_one("#beside")
    assert len(beside.select("li")) == 3
    assert "数据不得出厂" in beside.text
    goal = str(beside.select_one("a")["href"])
    assert unpack_need(goal.partition("need=")[2])["data_leaves_site"] == "no"
    with_it = check_page(client.get(goal))
    assert "数据不得出厂" not in with_it.select_one("#beside").text
    assert len(with_it.select("#beside li")) == 2


def test_text_without_musts_says_nothing_beside_the_list(client: FlaskClient) -> None:
    first = {**FIRST, "problem": "划伤靠人工抽检，漏检多，最好本地部署，云端也可以。"}
    sent = post(client, "/needs/new", **first)
    assert check_page(client.get(sent.location)).select_one("#beside") is None


def test_a_must_is_accepted_with_one_click_and_nothing_unasked(visitor: FlaskClient) -> None:
    address = begin(visitor, **FIRST)
    page = check_page(visitor.get(f"{address}/problem"))
    offered = [b["value"] for b in page.select("[aria-labelledby=conditions-title] button")]
    assert offered == [f"accept:{one}" for one in FIELDS]
    readiness = check_page(visitor.get(f"{address}/readiness"))
    assert readiness.select("[name=data_leaves_site] option[selected]") == []
    assert readiness.select_one("#condition-deployments button")
    for one in FIELDS:
        sent = post(visitor, f"{address}/problem", action=f"accept:{one}", **FIRST)
        assert sent.status_code == 303
    readiness = check_page(visitor.get(f"{address}/readiness"))
    assert readiness.select_one("[name=data_leaves_site] option[selected]")["value"] == "no"
    assert readiness.select_one("[name=deployments][checked]")["value"] == "on_premise"
    terms = check_page(visitor.get(f"{address}/terms"))
    assert terms.select_one("#budget_max")["value"] == "50"
    assert terms.select_one("#budget_is_limit[checked]") is not None
    page = check_page(visitor.get(f"{address}/problem"))
    assert page.select("[aria-labelledby=conditions-title]") == []


def test_a_condition_that_the_text_does_not_state_is_not_taken(visitor: FlaskClient) -> None:
    address = begin(visitor, **FIRST)
    post(visitor, f"{address}/problem", action="accept:domestic_stack:required", **FIRST)
    page = check_page(visitor.get(f"{address}/readiness"))
    assert page.select("[name=domestic_stack] option[selected]") == []


def test_summary_names_the_musts_that_are_no_conditions(visitor: FlaskClient) -> None:
    address = begin(visitor, **FIRST)
    found = check_page(visitor.get(f"{address}/summary")).select_one("#conditions")
    assert len(found.select("li a")) == 3
