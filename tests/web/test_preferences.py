"""What a person chooses on pages beside the settings."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from matcher.vocabulary import codes, label
from matcher.workflow.messages.kinds import timings
from tests.web.conftest import SignIn
from tests.web.html import check_page
from tests.web.people import read, send, summary

MAIL = "/account/mail"


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_page_of_mails_lists_every_kind_in_both_languages(sign_in: SignIn, lang: str) -> None:
    page = check_page(sign_in("provider").get(f"{MAIL}?lang={lang}"))
    labels = [tag.text.strip() for tag in page.select("main form label")]
    assert labels == [label("notice_kind", kind, lang) for kind in codes("notice_kind")]
    options = [tag.text for tag in page.select("#engagement option")]
    assert [label("mail_timing", code, lang) for code in codes("mail_timing")] == options[1:]
    assert label("mail_timing", "at_once", lang) in options[0]


def test_choice_is_kept_and_can_be_taken_back(sign_in: SignIn, own_database: Database) -> None:
    client = sign_in("provider")
    assert send(client, MAIL, {"engagement": "daily", "search": "none"}).status_code == 303
    kept = timings(own_database, "ACC-DEMO2")
    assert (kept["engagement"], kept["search"], kept["need"]) == ("daily", "none", "")
    page = read(client, MAIL)
    assert page.select_one("#engagement option[selected]")["value"] == "daily"
    assert send(client, MAIL, {}).status_code == 303
    assert set(timings(own_database, "ACC-DEMO2").values()) == {""}


def test_wrong_choice_is_refused_with_the_rest_kept_on_the_page(sign_in: SignIn) -> None:
    client = sign_in("provider")
    refused = send(client, MAIL, {"engagement": "weekly", "search": "daily"})
    assert refused.status_code == 422
    assert len(summary(refused)) == 1
    assert check_page(refused).select_one("#search option[selected]")["value"] == "daily"


def test_account_leads_to_the_choice_and_a_visitor_signs_in_first(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    assert read(client, "/account").select_one(f'main a[href="{MAIL}"]')
    client.post("/sign-out", data={})
    assert client.application.test_client().get(MAIL).status_code in {302, 303}
