"""Invited and excluded providers are chosen by name, with a script and without."""

from __future__ import annotations

from flask import Flask
from flask.testing import FlaskClient

from tests.web.conftest import SignIn
from tests.web.html import check_page, parsed
from tests.web.needs import STEPS, begin, post

INVITED, EXCLUDED = "invited_provider_ids", "excluded_provider_ids"


def address_of(client: FlaskClient) -> str:
    """Return where the publication step of a new draft is."""
    return f"{begin(client)}/publication"


def chosen(client: FlaskClient, address: str, name: str) -> list[str]:
    page = check_page(client.get(address))
    return [str(one["value"]) for one in page.select(f"#choice-{name} input[type=hidden]")]


def test_a_provider_is_found_by_name_picked_and_dropped(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    address = address_of(client)
    found = post(client, address, action=f"find:{INVITED}", **{f"find-{INVITED}": "华为"})
    assert found.status_code == 303
    page = check_page(client.get(found.location))
    assert page.select_one(f"#{INVITED}")["value"] == "华为"
    button = page.select_one(f"#found-{INVITED} button")
    assert "华为" in button.text
    assert button["value"] == f"pick:{INVITED}:V001"
    assert page.select(f"#found-{EXCLUDED} button") == []
    assert post(client, address, action=str(button["value"])).status_code == 303
    assert chosen(client, address, INVITED) == ["V001"]
    assert chosen(client, address, EXCLUDED) == []
    again = check_page(client.get(found.location))
    assert again.select(f"#found-{INVITED} button[value$=':V001']") == []
    post(client, address, action=f"drop:{INVITED}:V001", **{INVITED: ["V001"]})
    assert chosen(client, address, INVITED) == []


def test_enter_in_the_search_box_looks_for_the_name_and_keeps_the_rest(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    address = address_of(client)
    sent = post(client, address, action="continue", visibility="invited", **{
        f"find-{EXCLUDED}": "V002", EXCLUDED: ["V001"],
    })  # fmt: skip
    page = check_page(client.get(sent.location))
    assert page.select_one(f"#found-{EXCLUDED} button")["value"] == f"pick:{EXCLUDED}:V002"
    assert chosen(client, address, EXCLUDED) == ["V001"]
    assert page.select_one("#visibility option[selected]")["value"] == "invited"


def test_what_is_not_found_is_said_and_hostile_words_do_no_harm(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    address = address_of(client)
    for words in ("没有这样的单位ZZZQ", "<script>alert(1)</script>", '"; DROP TABLE x; --', "\x00"):
        found = post(client, address, action=f"find:{INVITED}", **{f"find-{INVITED}": words})
        page = check_page(client.get(found.location))
        assert page.find_all("script", string=True) == []
    part = client.get(f"{address.rpartition('/')[0]}/providers/{INVITED}?find-{INVITED}=ZZZQXY")
    assert "ZZZQXY" in parsed(part.text).select_one("p").text


def test_suggestions_are_for_the_writer_of_the_draft_alone(
    sign_in: SignIn, own_site: Flask
) -> None:
    client = sign_in("enterprise")
    folder = address_of(client).rpartition("/")[0]
    answer = client.get(f"{folder}/providers/{INVITED}?find-{INVITED}=华为")
    assert parsed(answer.text).select_one("button")["value"] == f"pick:{INVITED}:V001"
    assert client.get(f"{folder}/providers/title?find-title=华为").status_code == 404
    other = own_site.test_client()
    assert other.get(f"{folder}/providers/{INVITED}?find-{INVITED}=华为").status_code == 404
    assert chosen(client, f"{folder}/publication", INVITED) == []


def test_chosen_providers_are_named_in_the_summary(sign_in: SignIn) -> None:
    client = sign_in("enterprise")
    address = address_of(client)
    typed = {**STEPS["publication"], "visibility": "invited", INVITED: ["V001"]}
    sent = post(client, address, action="continue", **typed)
    assert sent.status_code == 303
    assert "华为" in check_page(client.get(sent.location)).main.text
