"""How likely each side accepts stands where a match is explained, or why it is not known."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from matcher.ranking.model import Table
from matcher.ranking.registry import load_model, save_model
from matcher.records import Need
from tests.web.conftest import reader_of
from tests.web.models import NEXT, two_models
from web.needs.sides import side_words

RISING = np.array([-8.0, 8.0])
TABLES = {
    "side:need": Table(RISING, RISING + 2.0),
    "side:provider": Table(RISING, RISING + 3.0),
    "side:joint": Table(RISING, RISING + 1.0),
}
RECORDS = [
    {"side": side, "n": 1234, "n_accepted": 600, "brier": 0.2, "calibration_error": 0.031}
    for side in ("need", "provider", "joint")
]


@pytest.fixture
def learned(own_site: Flask, tmp_path: Path) -> FlaskClient:
    """The site with a model that has learned what each side answers."""
    models = two_models(tmp_path / "models")
    model = load_model(models / NEXT)
    found = replace(model, calibration={**model.calibration, **TABLES})
    save_model(found, models / NEXT, {**model.manifest, "sides": RECORDS, "synthetic": True})
    (models / "serving.txt").write_text(NEXT, "utf-8")
    backend = own_site.extensions["backend"]
    backend.models_dir, backend.service = models, None
    return own_site.test_client()


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        (
            "zh",
            ["企业会同意", "供给方会同意", "双方都同意", "据 1,234 份答复，平均偏差 3.1 个百分点"],
        ),
        ("en", ["The enterprise accepts", "Both accept", "off by 3.1 points on average"]),
    ],
)
def test_each_side_stands_with_how_far_to_trust_it(
    learned: FlaskClient, lang: str, words: list[str]
) -> None:
    page = reader_of(learned)("/matches?example=quality", lang=lang)
    cards = page.select("article.match")
    assert len(cards) == 5
    for card in cards:
        block = card.select_one("dl.facts")
        assert all(word in block.text for word in words)
        need, provider, joint = (
            float(tag.text.rstrip("%")) for tag in block.select("dd strong.tabular")
        )
        assert joint <= min(need, provider)
        assert card.select_one(".tag-synthetic") is not None
        assert block.find_parent("details") is not None  # it does not crowd the card


@pytest.mark.parametrize(("lang", "word"), [("zh", "尚不知道"), ("en", "Not known yet")])
def test_where_nobody_has_answered_the_page_says_so(
    client: FlaskClient, lang: str, word: str
) -> None:
    page = reader_of(client)("/matches?example=quality", lang=lang)
    for card in page.select("article.match"):
        assert word in card.text
        assert "200" in card.text
        assert card.select_one("dl.facts") is None


def test_kept_match_tells_its_own_figures_and_nothing_where_none_were_kept(site: Flask) -> None:
    service = site.extensions["backend"].matching()
    found = service.match(Need("N1", "表面缺陷检测"), top=1).matches[0]
    assert found.probability_need is None  # the shipped model has learned from no answers
    known = replace(found, probability_need=0.4, probability_joint=0.2)
    with site.test_request_context("/?lang=en"):
        assert side_words(found, is_kept=True) is None
        words = side_words(known, is_kept=True)
    assert words is not None
    assert [(line.who, line.share, line.about) for line in words.lines] == [
        ("The enterprise accepts", "40%", ""),
        ("Both accept", "20%", ""),
    ]
