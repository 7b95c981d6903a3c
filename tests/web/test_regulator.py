"""The regulator's pack in one click: for administrators, the chain proved, audited itself."""

from __future__ import annotations

import hashlib
import io
import json
import zipfile

import pytest
from flask import Flask
from sqlite_utils import Database

from matcher.store.audit import EventFilter, list_events, verify_chain
from tests.web.conftest import SignIn, token_of
from tests.web.html import check_page

PAGE = "/regulator-pack"


@pytest.mark.parametrize("who", ["enterprise", "reviewer"])
def test_only_administrators_make_it(sign_in: SignIn, own_site: Flask, who: str) -> None:
    client = sign_in(who)
    assert client.get(PAGE).status_code == 403
    sent = client.post(PAGE, data={"csrf_token": token_of(client, "/account")})
    assert sent.status_code == 403
    assert own_site.test_client().get(PAGE).status_code == 303


def test_one_click_gives_a_zip_that_proves_the_chain(
    sign_in: SignIn, own_database: Database
) -> None:
    administrator = sign_in("administrator")
    page = check_page(administrator.get(PAGE))
    assert page.select_one("main .tag-synthetic") is not None  # this is a demonstration
    before = verify_chain(own_database)
    sent = administrator.post(PAGE, data={"csrf_token": token_of(administrator, PAGE)})
    assert sent.status_code == 200
    assert sent.mimetype == "application/zip"
    with zipfile.ZipFile(io.BytesIO(sent.data)) as archive:
        files = {name: archive.read(name).decode() for name in archive.namelist()}
    assert before.head_digest in files["06-audit-chain.en.md"]
    assert files["00-contents.zh.md"].count(".md`") == 11
    assert json.loads(files["03-self-assessment.json"])["synthetic"] is True
    (event,) = list_events(own_database, EventFilter(action="regulator_pack.made"))
    assert json.loads(event.after)["sha256"] == hashlib.sha256(sent.data).hexdigest()
    assert verify_chain(own_database).broken is None
    again = check_page(administrator.get(f"{PAGE}?lang=en"))
    assert len(again.select("section[aria-labelledby=made] li")) == 1
