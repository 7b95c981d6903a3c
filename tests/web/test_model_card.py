"""The page of a model's card: the card's own words, of both languages the page's."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from matcher.ranking.registry import serving_model_id
from matcher.reports.model_card import CARD_FILE
from matcher.settings import PROJECT
from tests.web.conftest import SignIn, reader_of
from tests.web.models import NEXT, two_models
from web.administration.card import own_words, sections_of


@pytest.fixture
def models(own_site: Flask, tmp_path: Path) -> Path:
    folder = two_models(tmp_path / "models")
    own_site.config["MODELS"] = str(folder)
    backend = own_site.extensions["backend"]
    backend.models_dir, backend.service = folder, None
    return folder


@pytest.fixture
def administrator(models: Path, sign_in: SignIn) -> FlaskClient:
    return sign_in("administrator")


@pytest.mark.parametrize(("lang", "purpose"), [("zh", "用途"), ("en", "Intended use")])
def test_card_is_read_in_the_pages_language(
    administrator: FlaskClient, models: Path, lang: str, purpose: str
) -> None:
    shipped = serving_model_id(models)
    page = reader_of(administrator)(f"/models/{shipped}/card", lang=lang)
    titles = [tag.text for tag in page.select("article h2")]
    assert titles[0] == purpose
    assert len(page.select("article table tbody tr")) == 3 + 22  # regimes and features
    other = {"zh": "Not for rating companies", "en": "不用于评价企业"}[lang]
    assert other not in page.select_one("article").text
    assert page.select_one("td.number") is not None


def test_model_without_a_card_says_so_and_only_administrators_see_it(
    administrator: FlaskClient, models: Path, sign_in: SignIn
) -> None:
    read = reader_of(administrator)
    assert "no card" in read(f"/models/{NEXT}/card", lang="en").text
    assert read(f"/models/{NEXT}").select_one(f"a[href$='/models/{NEXT}/card']") is not None
    assert administrator.get("/models/none/card").status_code == 404
    assert sign_in("enterprise").get(f"/models/{NEXT}/card").status_code == 403


def test_markup_of_a_card_is_words(administrator: FlaskClient, models: Path) -> None:
    (models / NEXT / CARD_FILE).write_text(
        "## <script>x</script> **<b>** `<i>`\n\n- <p>\n", "utf-8"
    )
    page = reader_of(administrator)(f"/models/{NEXT}/card", lang="en")
    assert page.select("article script, article b, article i") == []
    assert page.select_one("article li").text == "<p>"


def test_sections_keep_what_stands_in_one_language_alone(site: Flask) -> None:
    text = "# t\n\n## 训练 · Training\n\n| a · 甲 | n |\n|---|---|\n| b | 1 |\n\nOnly English.\n"
    with site.test_request_context("/?lang=zh"):
        (section,) = sections_of(text)
        assert (section.title, section.level) == ("训练", 2)
        assert [piece.kind for piece in section.pieces] == ["table", "text"]
        assert own_words("a · 甲") == "甲"
        assert own_words("甲 · 乙") == "甲 · 乙"
    shipped = PROJECT / "models" / serving_model_id(PROJECT / "models") / CARD_FILE
    with site.test_request_context("/?lang=zh"):
        assert len(sections_of(shipped.read_text("utf-8"))) == 4
