"""An amendment that was begun before somebody else changed the need: seen, compared, then sent."""

from __future__ import annotations

from datetime import timedelta

from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.store.needs import read_kept_need
from tests.web.conftest import SignIn
from tests.web.html import check_page
from tests.web.needs import TODAY, post, publish


def test_draft_says_what_it_would_undo_and_replaces_it_when_that_is_confirmed(
    sign_in: SignIn, own_database: Database
) -> None:
    enterprise, reviewer = sign_in("enterprise"), sign_in("reviewer")
    need_id = publish(enterprise, reviewer)
    own = f"/my/needs/{need_id}"
    summary = post(enterprise, f"{own}/amend").location
    assert check_page(enterprise.get(summary)).select_one("#meanwhile") is None
    day = TODAY + timedelta(days=50)
    later = day.isoformat()
    assert post(enterprise, f"{own}/renew", reply_by=later).status_code == 303
    told = check_page(enterprise.get(summary)).select_one("#meanwhile")
    assert told.select_one("ins").text == f"{day.year}年{day.month}月{day.day}日"
    address = summary.removesuffix("/summary")
    refused = post(enterprise, f"{address}/publish")
    assert refused.status_code == 422
    link = check_page(refused).select_one(".error-summary a")
    assert link["href"] == "#meanwhile"
    assert str(read_kept_need(own_database, need_id).need.reply_by) == later
    confirmed = told.select_one("input[name=replaces]")["value"]
    assert post(enterprise, f"{address}/publish", replaces=confirmed).status_code == 303
    assert str(read_kept_need(own_database, need_id).need.reply_by) != later


def test_english_page_says_it_too(sign_in: SignIn) -> None:
    enterprise: FlaskClient = sign_in("enterprise")
    need_id = publish(enterprise, sign_in("reviewer"))
    summary = post(enterprise, f"/my/needs/{need_id}/amend").location
    later = (TODAY + timedelta(days=50)).isoformat()
    post(enterprise, f"/my/needs/{need_id}/renew", reply_by=later)
    told = check_page(enterprise.get(f"{summary}?lang=en")).select_one("#meanwhile")
    assert "Since this draft was begun, the need was changed:" in told.text
