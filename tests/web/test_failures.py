"""When something is missing or breaks: a page that says what still works, and nothing of ours."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest
from flask import Flask

from tests.web.conftest import make_site
from tests.web.html import check_page, parsed
from web.errors import CODE_WORDS, PLAIN_500, STATUS_WORDS
from web.needs.token import pack_need


@pytest.fixture
def modelless(shipped_database: Path, tmp_path: Path) -> Flask:
    return make_site(shipped_database, AIPLUS_MODELS=str(tmp_path / "none"))


@pytest.mark.parametrize(
    "address",
    ["/", "/scenarios?q=缺陷", "/providers/V001", "/needs/new", "/about", "/reports/quality"],
)
def test_catalogue_can_be_read_without_a_model(modelless: Flask, address: str) -> None:
    response = modelless.test_client().get(address)
    assert response.status_code == 200
    check_page(response)


def test_matching_without_a_model_says_so(modelless: Flask) -> None:
    response = modelless.test_client().get("/matches?example=quality")
    assert response.status_code == 503
    assert response.headers["Retry-After"]
    assert "暂时不能匹配" in check_page(response).h1.text


def test_health_names_what_is_missing(modelless: Flask, site: Flask) -> None:
    ill = modelless.test_client().get("/health")
    assert (ill.status_code, ill.json["ok"], ill.json["problems"]) == (
        503,
        False,
        ["model_missing"],
    )
    well = site.test_client().get("/health")
    assert (well.status_code, well.json["ok"]) == (200, True)
    assert well.json["model_id"]
    assert well.json["database_revision"] >= 1


def test_people_read_the_state_of_the_service_on_a_page(modelless: Flask, site: Flask) -> None:
    well = check_page(site.test_client().get("/status"))
    serving = site.test_client().get("/health").json
    assert serving["model_id"] in well.main.text
    assert "一切正常" in well.main.text
    assert str(serving["database_revision"]) in well.main.text
    ill = check_page(modelless.test_client().get("/status")).main.text
    assert "一切正常" not in ill
    assert "不可用" in ill
    assert "model_missing" not in ill


def test_footer_leads_people_to_the_page_and_not_to_the_answer_for_programs(site: Flask) -> None:
    links = parsed(site.test_client().get("/").text).select("footer a")
    assert "/status" in [link["href"] for link in links]
    assert "/health" not in [link["href"] for link in links]


def test_part_that_fails_answers_with_a_part(modelless: Flask) -> None:
    client = modelless.test_client()
    token = parsed(client.get("/needs/new").text).select_one("[name=csrf_token]")["value"]
    data = {"csrf_token": token, "title": "带钢表面缺陷检测", "problem": "漏检多"}
    part = client.post("/needs/preview", data=data, headers={"HX-Request": "true"})
    assert part.status_code == 503
    assert "<html" not in part.text
    assert parsed(part.text).select_one("[role=alert]") is not None


def test_database_that_is_none_is_told_in_words(tmp_path: Path) -> None:
    path = tmp_path / "aiplus.db"
    path.write_bytes(b"this is not a database, whatever its name says" * 100)
    response = make_site(path).test_client().get("/scenarios")
    assert response.status_code == 503
    assert "数据库" in check_page(response).h1.text


def test_unexpected_fault_shows_no_detail_and_is_logged_once(
    own_site: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    secret = "detail that nobody outside may see"

    def fail() -> str:
        raise ZeroDivisionError(secret)

    fail.access = "public"  # type: ignore[attr-defined]
    own_site.add_url_rule("/fails", "fails", fail)
    with caplog.at_level(logging.ERROR):
        response = own_site.test_client().get("/fails")
    assert response.status_code == 500
    assert secret not in response.text
    number = response.headers["X-Request-ID"]
    assert response.text.count(number) == 2
    records = [record for record in caplog.records if number in record.getMessage()]
    assert len(records) == 1
    assert records[0].exc_info is not None


def test_page_of_last_resort_calls_nothing() -> None:
    text = PLAIN_500.read_text("utf-8")
    assert "{{" not in text
    assert "{%" not in text
    assert "<script" not in text


def test_every_kind_of_problem_has_words_in_both_languages(site: Flask) -> None:
    for lang in ("zh", "en"):
        with site.test_request_context(f"/?lang={lang}"):
            said = [
                str(text)
                for words in (*CODE_WORDS.values(), *STATUS_WORDS.values())
                for text in (words.title, words.explanation, words.next_step)
            ]
        is_chinese = [any("一" <= sign <= "鿿" for sign in text) for text in said]
        assert all(is_chinese) if lang == "zh" else not any(is_chinese)


def test_log_keeps_no_words_of_a_need(site: Flask, caplog: pytest.LogCaptureFixture) -> None:
    need = pack_need({"title": "某厂的秘密配方", "budget_max": "一点点钱"})
    with caplog.at_level(logging.INFO):
        response = site.test_client().get(f"/matches/why-not?provider=V001&need={need}")
    assert response.status_code == 422
    assert "budget_max" in caplog.text
    assert "一点点钱" not in caplog.text


def test_address_cannot_write_a_line_of_the_log(
    site: Flask, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO):
        assert site.test_client().get("/scenarios/x%0aforged").status_code == 404
    assert not [line for line in caplog.text.splitlines() if line.startswith("forged")]


@pytest.mark.parametrize("address", ["/providers", "/", "/scenarios/SC001", "/health"])
def test_reading_makes_no_database_where_there_is_none(tmp_path: Path, address: str) -> None:
    path = tmp_path / "var" / "aiplus.db"
    site = make_site(path, AIPLUS_MODELS=str(tmp_path / "none"))
    assert site.test_client().get(address).status_code == 503
    assert not path.exists()
