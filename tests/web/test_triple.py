"""Need × capability × base stand together; that no base is needed, or none is adequate, is said."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.ranking.results import BaseMatch, HardCheck
from matcher.store.matches import list_match_lists, read_match_list, save_match_list
from matcher.store.needs import read_need
from tests.factories import make_requirement
from tests.matcher.store.conftest import NOW
from tests.web.conftest import SignIn, reader_of
from tests.web.handshake import NEED, Handshake, add_answerers, add_world, send
from tests.web.html import check_page
from tests.web.test_together import asked
from web.catalogue.base_states import base_state, fitting_bases
from web.needs.token import pack_need

PAGE = f"/my/needs/{NEED}"
BARRED = HardCheck("free_slots", "failed", "none_free", "没有空余名额（合成）", "No free place")


def keep(db: Database, site: Flask, *, barred: bool = False) -> None:
    """Keep an answer of the need; with every base of it barred where that is wanted."""
    found = site.extensions["backend"].matching().match(read_need(db, NEED), top=3)

    def marked(one: BaseMatch) -> BaseMatch:
        return replace(one, checks=(*one.checks, BARRED)) if barred else one

    matches = tuple(
        replace(match, bases=tuple(map(marked, match.bases))) for match in found.matches
    )
    save_match_list(db, replace(found, matches=matches), record_versions={}, origin="t", now=NOW)


def rows(client: FlaskClient, lang: str = "zh") -> list[str]:
    page = check_page(client.get(f"{PAGE}?lang={lang}"))
    return [" ".join(tag.text.split()) for tag in page.select(".match-rows .triple-base")]


def test_each_match_of_an_own_need_names_its_base(
    own_database: Database, own_site: Flask, sign_in: SignIn
) -> None:
    add_world(own_database)
    add_answerers(own_database)
    keep(own_database, own_site)
    kept = read_match_list(own_database, list_match_lists(own_database, NEED)[0])
    page = check_page(sign_in("enterprise").get(PAGE))
    assert all(match.bases for match in kept.match_list.matches)
    bases = page.select(".match-rows .triple-base a[href^='/bases/']")
    wanted = [match.bases[0].pilot_base_id for match in kept.match_list.matches]
    assert [str(tag["href"]).rpartition("/")[2] for tag in bases] == wanted


@pytest.mark.parametrize(("lang", "words"), [("zh", "无需基地"), ("en", "no base needed")])
def test_no_base_needed_is_an_answer(
    own_database: Database, own_site: Flask, sign_in: SignIn, lang: str, words: str
) -> None:
    add_world(own_database, needs_base="no")
    keep(own_database, own_site)
    found = rows(sign_in("enterprise"), lang)
    assert found
    assert all(words in row for row in found)


def test_none_adequate_is_an_answer_with_its_reason(
    own_database: Database, own_site: Flask, sign_in: SignIn
) -> None:
    add_world(own_database)
    add_answerers(own_database)
    keep(own_database, own_site, barred=True)
    found = rows(sign_in("enterprise"))
    assert all("没有合适的" in row and "没有空余名额" in row for row in found)


@pytest.mark.parametrize(("wish", "words"), [("no", "无需基地"), ("yes", "没有合适的")])
def test_visitor_reads_the_third_of_the_triple(client: FlaskClient, wish: str, words: str) -> None:
    values = {**asked(make_requirement()), "needs_base": wish}
    page = reader_of(client)("/matches", need=pack_need(values))
    cards = page.select("article.match")
    assert cards
    for card in cards:
        assert any("基地" in tag.text for tag in card.select("h4"))
        assert words in card.text  # the shipped catalogue has no base for steel


@pytest.mark.parametrize(("wish", "words"), [("no", "无需基地"), ("yes", "中试基地")])
def test_engagement_shows_the_triple_to_both_sides(
    own_database: Database, sign_in: SignIn, wish: str, words: str
) -> None:
    add_world(own_database, needs_base=wish)
    add_answerers(own_database)
    handshake = Handshake({who: sign_in(who) for who in ("enterprise", "provider")})
    send(handshake.clients["enterprise"], f"{PAGE}/match", PAGE)
    handshake.begin()
    for client in handshake.clients.values():
        page = check_page(client.get(handshake.address))
        assert words in page.main.text


@pytest.mark.parametrize(
    "address", ["/bases/PB016", "/bases?q=石化化工", "/base-services?q=石化化工"]
)
def test_a_base_that_is_not_open_is_marked_so_wherever_it_is_listed(
    client: FlaskClient, address: str
) -> None:
    page = reader_of(client)(address)
    assert "仅见名称，尚不能申请" in [tag.text for tag in page.select("ul.tags > li")]


STATES = {
    "zh": ("仅见名称，尚不能申请", "没有合适的", "来源："),
    "en": ("known by name only; cannot be applied to yet", "none adequate", "Source:"),
}


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_base_known_by_name_only_is_told_so_with_its_source(client: FlaskClient, lang: str) -> None:
    page = reader_of(client)("/matches", example="petrochemical", lang=lang)
    state, none, source = STATES[lang]
    named = [tag for tag in page.select("article.match, #bases ~ ul > li") if state in tag.text]
    assert len(named) == len(page.select("article.match")) + 1
    assert all("PB016" in str(tag) and source in tag.text for tag in named)
    assert none not in page.main.text


def test_page_that_names_a_base_does_not_say_that_there_is_none(client: FlaskClient) -> None:
    page = reader_of(client)("/matches", need=pack_need({"title": "家电装配线外观检测"}))
    assert page.select("article.match a[href^='/bases/']")
    about = page.select_one('section[aria-labelledby="bases"]').text
    assert "没有指向某个基地" in about
    assert "没有合适的" not in about


def test_letters_without_a_word_get_no_base(client: FlaskClient) -> None:
    page = reader_of(client)("/matches", need=pack_need({"title": "asdfgh qwerty zxcvb"}))
    assert page.select("article.match")
    assert not page.select('article.match a[href^="/bases/"]')
    assert not page.select('section[aria-labelledby="bases"] a[href^="/bases/PB"]')


@pytest.mark.parametrize(
    ("checks", "service_id", "code"),
    [
        ([("open", "passed", "base_open")], "S1", "open"),
        ([("open", "unknown", "base_approved")], "S1", "ask"),
        ([("open", "passed", "base_open"), ("service", "unknown", "x")], "", "ask"),
        ([("open", "failed", "base_known_by_name_only")], "S1", "name_only"),
        ([("open", "failed", "base_not_open_yet")], "", "planned"),
        ([("open", "passed", "base_open"), ("free_slots", "failed", "base_full")], "S1", "barred"),
    ],
)
def test_each_state_of_a_base_is_one_word(
    site: Flask, checks: list[tuple[str, str, str]], service_id: str, code: str
) -> None:
    found = BaseMatch("PB1", service_id, 0.0, (), tuple(HardCheck(*c, "", "") for c in checks))
    with site.test_request_context():
        assert base_state(found).code == code
        assert bool(fitting_bases([found])) is (code in {"open", "ask"})
