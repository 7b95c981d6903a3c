"""Where no single candidate meets all musts: who covers which, and what nobody does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.records import Requirement
from matcher.schemas import dump_record
from matcher.store.capabilities import save_capability
from tests.factories import (
    make_capability,
    make_claim,
    make_need,
    make_provider,
    make_requirement,
)
from tests.web.conftest import SignIn, reader_of
from tests.web.handshake import add_world
from tests.web.html import check_page
from web.needs.token import pack_need

NOW = datetime(2026, 11, 1, tzinfo=UTC)

TIME = make_requirement(
    requirement_id="R2", text="换型时间不超过 20 分钟", text_en="Changeover within 20 minutes",
    metric="换型时间", operator="<=", threshold=20.0, unit="分钟", current_value=None,
)  # fmt: skip
NOISE = make_requirement(
    requirement_id="R3", text="噪声不超过 31 分贝", text_en="Noise of at most 31 decibels",
    metric="噪声", operator="<=", threshold=31.0, unit="分贝", current_value=None,
)  # fmt: skip
FIRST, SECOND = "CAP-V910-1", "CAP-V911-1"


def add_partners(db: Database) -> None:
    """Two providers, of whom each has evidence for another requirement."""
    claims = {
        FIRST: make_claim(claim_id="CL1", case_ids=()),
        SECOND: make_claim(
            claim_id="CL2", text="换型时间 15 分钟", text_en="Changeover takes 15 minutes",
            metric="换型时间", operator="<=", value=15.0, unit="分钟", case_ids=(),
        ),
    }  # fmt: skip
    for capability_id, claim in claims.items():
        provider_id = capability_id.split("-")[1]
        capability = make_capability(
            capability_id=capability_id, provider_id=provider_id, claims=(claim,), case_ids=()
        )
        provider = make_provider(provider_id=provider_id, name=f"合成示例 {provider_id}")
        save_capability(db, capability, provider, actor="tests", now=NOW)


def asked(*requirements: Requirement) -> dict[str, Any]:
    values = dump_record(make_need(requirements=requirements, needs_base="no"))
    kept = ("title", "problem", "industries", "process_steps", "ai_tasks", "requirements")
    return {name: values[name] for name in kept}


@pytest.fixture
def people(own_database: Database, own_site: Flask) -> FlaskClient:
    add_partners(own_database)
    return own_site.test_client()


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_visitor_reads_who_covers_which_must_and_what_nobody_covers(
    people: FlaskClient, lang: str
) -> None:
    token = pack_need(asked(make_requirement(), TIME, NOISE))
    page = reader_of(people)("/matches", lang=lang, need=token)
    partners = page.select(".partners > li")
    assert {str(tag.select("a")[1]["href"]).rpartition("/")[2] for tag in partners} == {
        FIRST,
        SECOND,
    }
    assert [len(tag.select(".partner-lines > li")) for tag in partners] == [1, 1]
    lines = " ".join(tag.text for tag in page.select(".partner-lines"))
    assert ("换型时间" in lines) or ("Changeover" in lines)
    (gap,) = page.select("section[aria-labelledby=together] .notice-warn li")
    assert "噪声" in gap.text
    assert page.select_one('section[aria-labelledby=together] a[href^="/needs/new?need="]')


def test_one_who_meets_all_needs_no_partner(people: FlaskClient) -> None:
    page = reader_of(people)("/matches", need=pack_need(asked(make_requirement())))
    assert not page.select("#together")


def test_enterprise_approaches_each_partner_from_its_own_page(
    own_database: Database, sign_in: SignIn
) -> None:
    add_partners(own_database)
    add_world(own_database, requirements=(make_requirement(), TIME))
    client = sign_in("enterprise")
    page = check_page(client.get("/my/needs/N-HIDDEN"))
    links = [tag["href"] for tag in page.select(".partners a.button")]
    assert links == [f"/my/needs/N-HIDDEN/approach/{one}" for one in (FIRST, SECOND)]
    assert not page.select("section[aria-labelledby=together] .notice-warn")
    for link in links:
        assert check_page(client.get(link)).select_one("form[method=post]")
