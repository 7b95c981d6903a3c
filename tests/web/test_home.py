"""The first page: where each visitor goes, and what waits for who is signed in."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from matcher.store.need_status import NeedStatus, add_status
from tests.matcher.people import NOW
from tests.web.conftest import Page, SignIn, reader_of

MAIN = ".next-steps a.is-main"


def test_visitor_is_told_where_each_kind_of_visitor_goes(page: Page) -> None:
    soup = page("/")
    assert soup.select(".next-steps") == []
    assert len(soup.select(".visitors h2 a")) == 3
    assert len(soup.select(".hero .button")) == 1


@pytest.mark.parametrize(
    ("who", "address"),
    [
        ("enterprise", "/my/needs"),
        ("provider", "/capabilities/new"),
        ("base", "/my/bases"),
        ("reviewer", "/review"),
        ("administrator", "/people"),
    ],
)
def test_each_role_sees_what_waits_for_it_and_may_go_there(
    sign_in: SignIn, who: str, address: str
) -> None:
    client = sign_in(who)
    links = [tag["href"] for tag in reader_of(client)("/").select(".next-steps a")]
    assert any(link.startswith(address) for link in links), links
    for link in links:
        assert client.get(link).status_code == 200, link


def test_what_waits_is_counted_and_leads_to_where_it_is_done(
    sign_in: SignIn, own_database: Database
) -> None:
    status = NeedStatus(need_id="N-1", state="in_review", visibility="named", updated_at=NOW)
    add_status(own_database, status, actor="ACC-1")
    first = reader_of(sign_in("reviewer"))("/").select(MAIN)
    assert [(tag["href"], tag.b.text) for tag in first] == [("/review/needs", "1")]
    assert reader_of(sign_in("enterprise"))("/").select(MAIN) == []
