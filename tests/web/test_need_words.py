"""Industries of a need as people write them: known ones taken, others told."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from tests.web.conftest import SignIn
from tests.web.html import check_page
from tests.web.needs import begin, filled, post
from web.i18n import LOCALES

FIRST = {"title": "合同条款审查", "problem": "法务三人每月审两百份合同，漏看违约条款。"}


@pytest.mark.parametrize(
    "industries", ["钢铁、石化", "法律", "Oil & gas", "Steel; petrochemicals", "钢铁和炼丹", "炼丹"]
)
def test_whatever_is_written_as_industry_the_matches_come(
    client: FlaskClient, industries: str
) -> None:
    answer = post(client, "/needs/new", **FIRST, industries=industries)
    assert answer.status_code == 303
    page = check_page(client.get(answer.location))
    assert page.select("#bases")
    assert ("炼丹" in industries) == ("炼丹" in "".join(p.text for p in page.select("#beside")))
    part = post(client, "/needs/preview", **FIRST, industries=industries).text
    assert ("炼丹" in industries) == ("炼丹" in part)


@pytest.mark.parametrize("lang", LOCALES)
def test_unknown_word_stays_in_the_field_with_a_note_beside_it(
    client: FlaskClient, lang: str
) -> None:
    sent = post(client, "/needs/new", **FIRST, industries="钢铁；律师")
    token = sent.location.partition("need=")[2]
    page = check_page(client.get(f"/needs/new?need={token}&lang={lang}"))
    box = page.select_one("#industries")
    assert "律师" in box["value"]
    note = page.select_one("#industries-note")
    assert note["id"] in box["aria-describedby"]
    assert {"zh": "法律服务", "en": "Legal services"}[lang] in note.text


def test_unknown_word_does_not_hold_a_draft_up_but_its_publication(sign_in: SignIn) -> None:
    enterprise = sign_in("enterprise")
    address = begin(enterprise)
    sent = post(enterprise, f"{address}/field", action="continue", industries="律师")
    assert sent.status_code == 303
    assert check_page(enterprise.get(f"{address}/field")).select_one("#industries-note")
    assert "律师" in post(enterprise, f"{address}/field/autosave", industries="律师").text
    whole = filled(enterprise, industries="律师")
    refused = post(enterprise, f"{whole}/publish", accept_near="yes")
    assert refused.status_code == 422
    assert "法律服务" in check_page(refused).select_one(".error-summary").text
