"""Every action that the code can put into the audit trail is told in words of both languages."""

from __future__ import annotations

import re

import pytest
from flask import Flask

from matcher.settings import PROJECT
from matcher.vocabulary import codes
from tests.web.conftest import SignIn
from tests.web.html import check_page
from web.administration.audit_words import action_words, object_words
from web.i18n import LOCALES

CHANGE = re.compile(r"Change\(\s*\"([a-z_]+\.[a-z_]+)\",\s*\"([a-z_]+)\"")


def named() -> dict[str, str]:
    """Return every action that is written out in the code, with its kind of object."""
    found: dict[str, str] = {}
    for path in (PROJECT / "matcher").rglob("*.py"):
        found.update(CHANGE.findall(path.read_text("utf-8")))
    return found


def test_the_code_names_actions() -> None:
    assert len(named()) > 40


@pytest.mark.parametrize("lang", LOCALES)
def test_every_action_and_object_has_words(site: Flask, lang: str) -> None:
    steps = {f"engagement.{code}": "engagement" for code in codes("engagement_action")}
    with site.test_request_context(f"/?lang={lang}"):
        every = {**named(), **steps}
        assert [action for action in every if action_words(action) == action] == []
        assert [kind for kind in set(every.values()) if object_words(kind) == kind] == []
        assert action_words("need.from_another_version") == "need.from_another_version"


@pytest.mark.parametrize("lang", LOCALES)
def test_trail_shows_words_with_codes_beside_them(sign_in: SignIn, lang: str) -> None:
    page = check_page(sign_in("administrator").get(f"/audit?lang={lang}"))
    words = {"zh": "账户：登录", "en": "Account: signed in"}[lang]
    assert words in " ".join(page.main.text.split())
    assert page.select_one("code", string="account.signed_in") is not None
    option = page.select_one("#action option[value='account.signed_in']")
    assert words in option.text
