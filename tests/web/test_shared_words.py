"""Words of a need are marked where a quoted text has them, and nothing else is."""

from __future__ import annotations

from bs4 import BeautifulSoup
from flask import Flask

from matcher.records import Need, Requirement
from web.needs.shared_words import with_shared_words

NEED = Need(
    "N1",
    "带钢表面缺陷识别",
    "人工抽检漏检多",
    requirements=(Requirement("R1", "与 DCS 对接"),),
)


def marked(site: Flask, text: str, need: Need = NEED) -> list[str]:
    with site.test_request_context("/?lang=zh"):
        soup = BeautifulSoup(with_shared_words(text, need), "html.parser")
    assert soup.text == text
    return [tag.text for tag in soup.select("mark")]


def test_words_of_the_need_are_marked(site: Flask) -> None:
    assert marked(site, "冷轧带钢的表面缺陷由相机识别，接入DCS") == [
        "带钢",
        "表面缺陷",
        "识别",
        "DCS",
    ]


def test_a_text_that_shares_nothing_has_no_mark(site: Flask) -> None:
    assert marked(site, "为银行客户回答账户问题 <b>&") == []


def test_in_the_other_language_its_words_for_the_need_are_marked(site: Flask) -> None:
    with site.test_request_context("/?lang=zh"):
        html = with_shared_words("Cameras find surface defects of strip steel", NEED)
    soup = BeautifulSoup(html, "html.parser")
    assert soup.select_one("span")["lang"] == "en"
    assert "surface defects" in {tag.text for tag in soup.select("mark.mark-other")}


def test_markup_in_a_text_stays_text(site: Flask) -> None:
    with site.test_request_context("/?lang=zh"):
        html = with_shared_words("<script>冷轧带钢的质量控制系统</script>", NEED)
    assert "<script>" not in html
    assert "<mark>带钢</mark>" in html
