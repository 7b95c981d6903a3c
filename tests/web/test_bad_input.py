"""Bad input to the forms of capabilities, bases, accounts and organisations, and tokens everywhere.

A clear 4xx that says what to do, everything typed kept, nothing half-written; what is said of needs
stands in ``test_need_hostile.py``, of files in ``test_attachments.py``.
"""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlite_utils import Database

from matcher.store.proposals import list_pending
from tests.web.conftest import SignIn, token_of
from tests.web.html import check_page
from tests.web.people import send
from tests.web.registering import PLACES, Form

WHO = {"capabilities": "provider", "bases": "base"}
NASTY = [
    "\x00",
    "a\x00b\x1b[31m",
    "<script>alert(1)</script>",
    "</textarea><img src=x onerror=x>",
    "'; DROP TABLE account; --",
    "../../../etc/passwd",
    "{{ 7 * 7 }}%s%(x)s",
    "\ud7ff\ufffe\uffff",
    "-5",
    "1e400",
    "NaN",
    "2026-02-30",
    "0000-00-00",
    "9" * 400,
    "长" * 3000,
]
TEXTS = st.one_of(st.sampled_from(NASTY), st.text(max_size=20))
FEW = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
PAGES = [(place, code) for place, pages in PLACES.items() for code in pages]
SAFE = {303, 400, 404, 409, 413, 422, 429}
# What a person or an organisation writes of itself: who → address of the form → its fields.
OWN_FORMS = {
    "/account": ("name", "language", "mails"),
    "/account/mail": ("engagement", "need", "x"),
    "/account/password": ("old_password", "password", "password_again"),
    "/account/second-factor": ("code",),
    "/account/second-factor/replace": ("old_password", "code"),
    "/account/close": ("old_password",),
    "/organisation/edit": (
        "name", "name_en", "credit_code", "sides", "kind", "size", "region", "contact_name",
        "contact_email", "contact_phone", "provider_id", "verification",
    ),
    "/organisation/members/invite": ("email", "role"),
}  # fmt: skip


@pytest.fixture
def forms(sign_in: SignIn) -> dict[str, Form]:
    return {place: Form(sign_in(who), place) for place, who in WHO.items()}


@FEW
@given(
    page=st.sampled_from(PAGES),
    answers=st.dictionaries(st.integers(0, 30), TEXTS, max_size=6),
    act=st.sampled_from(["next", "back", "save", "go:x", "add:claims", "remove:slots:99", "\x00"]),
)
def test_any_page_of_a_registration_is_kept_or_refused(
    forms: dict[str, Form],
    own_database: Database,
    page: tuple[str, str],
    answers: dict[int, str],
    act: str,
) -> None:
    place, code = page
    form, names = forms[place], list(PLACES[place][code])
    typed = {names[i % len(names)]: text for i, text in answers.items()}
    answer = form.write(code, act=act, **typed)
    assert answer.status_code in SAFE
    if answer.status_code != 303:
        check_page(answer)
    form.page(code)
    form.check()
    assert list_pending(own_database) == []


@pytest.mark.parametrize(
    ("place", "code", "name", "text"),
    [
        ("capabilities", "problem", "ai_tasks", "telepathy"),
        ("capabilities", "proof", "maturity", "10"),
        ("capabilities", "proof", "claims-0-operator", "~"),
        ("capabilities", "proof", "claims-0-value", "viel"),
        ("capabilities", "conditions", "deployments", "moon"),
        ("capabilities", "offer", "price_min", "-1"),
        ("capabilities", "offer", "free_slots", "-2"),
        ("capabilities", "offer", "earliest_start", "2027-02-30"),
        ("capabilities", "offer", "delivery_weeks", "9" * 40),
        ("bases", "base", "domain", "astrology"),
        ("bases", "base", "region", "月球"),
        ("bases", "services", "services-0-mode", "by_post"),
        ("bases", "services", "services-0-price_min", "-1"),
        ("bases", "services", "services-0-maturity_from", "0"),
        ("bases", "resources", "compute_bookable_percent", "101"),
        ("bases", "slots", "slots-0-start", "2027-13-01"),
        ("bases", "slots", "slots-0-total", "-6"),
        ("bases", "rules", "decision_days", "-3"),
        ("bases", "rules", "contacts-0-email", "no address"),
    ],
)
def test_wrong_values_stop_their_page_and_stay_as_typed(
    forms: dict[str, Form], place: str, code: str, name: str, text: str
) -> None:
    answer = forms[place].write(code, **{**PLACES[place][code], name: text})
    assert answer.status_code == 422
    link = check_page(answer).select_one(".error-summary a")
    assert link is not None
    assert text[:20] in link.text
    again = forms[place].page(code, "?check=1")
    assert text[:20] in again.select_one(".error-summary").text


@pytest.mark.parametrize(
    ("place", "code", "inverted"),
    [
        ("capabilities", "offer", {"price_min": "60", "price_max": "30", "price_unit": "project"}),
        ("capabilities", "offer", {"delivery_weeks_min": "20", "delivery_weeks": "12"}),
        ("bases", "services", {"services-0-maturity_from": "8", "services-0-maturity_to": "5"}),
        ("bases", "services", {"services-0-days_min": "30", "services-0-days_max": "14"}),
        ("bases", "services", {"services-0-price_min": "6", "services-0-price_max": "2"}),
        ("bases", "slots", {"slots-0-start": "2027-12-31", "slots-0-end": "2027-01-01"}),
        ("bases", "slots", {"slots-0-total": "2", "slots-0-taken": "3"}),
    ],
)
def test_inverted_ranges_are_refused_and_kept(
    forms: dict[str, Form], place: str, code: str, inverted: dict[str, str]
) -> None:
    form = forms[place].fill()
    form.write(code, act="save", **{**PLACES[place][code], **inverted})
    assert form.check().select_one(".error-summary, .problems, .notice") is not None
    assert form.send().status_code == 422
    shown = form.page(code)
    for name, text in inverted.items():
        control = shown.select_one(f'[name="{name}"]')
        assert control is not None
        chosen = control.select_one("option[selected]") if control.name == "select" else control
        assert chosen is not None
        picked = shown.select_one(f'[name="{name}"][checked]') or chosen
        assert picked["value"] == text


def test_five_hundred_lines_of_a_base_are_kept_and_refused(forms: dict[str, Form]) -> None:
    lines = {f"slots-{number}-total": "1" for number in range(500)}
    answer = forms["bases"].write("slots", **lines)
    assert answer.status_code == 422
    assert check_page(answer).select_one(".error-summary") is not None
    assert len(forms["bases"].page("slots").select("[name$=-total]")) == 500


@pytest.mark.parametrize("address", [*OWN_FORMS, "/sign-up", "/bases/new", "/capabilities/new"])
def test_ten_megabytes_are_refused_in_words(sign_in: SignIn, own_site: Flask, address: str) -> None:
    who = {"/bases/new": "base", "/capabilities/new": "provider"}.get(address, "enterprise")
    client = own_site.test_client() if address == "/sign-up" else sign_in(who)
    answer = send(client, address, {"name": "长" * 3_400_000})
    assert answer.status_code == 413
    check_page(answer)


@FEW
@given(
    address=st.sampled_from(list(OWN_FORMS)),
    answers=st.dictionaries(st.integers(0, 12), TEXTS, max_size=6),
)
def test_any_answer_about_oneself_is_kept_or_refused(
    sign_in: SignIn, own_site: Flask, own_database: Database, address: str, answers: dict[int, str]
) -> None:
    client = own_site.extensions.setdefault("bad_input", None) or sign_in("enterprise")
    own_site.extensions["bad_input"] = client
    names = OWN_FORMS[address]
    typed = {names[i % len(names)]: text for i, text in answers.items()}
    answer = send(client, address, typed)
    assert answer.status_code in SAFE | {200}
    if answer.status_code != 303:
        check_page(answer)
    assert client.get("/account").status_code == 200
    rows = own_database.conn.execute(
        "SELECT role, organisation_id FROM account WHERE account_id = 'ACC-DEMO1'"
    ).fetchall()
    assert rows == [("owner", "ORG-DEMO1")]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("credit_code", "91110000MA00000000"),
        ("kind", "sect"),
        ("size", "-1"),
        ("region", "月球"),
        ("contact_email", "no address"),
        ("sides", "reviewer"),
        ("name", "长" * 500),
    ],
)
def test_wrong_profile_is_refused_and_nothing_of_it_is_written(
    sign_in: SignIn, own_database: Database, name: str, text: str
) -> None:
    before = own_database.conn.execute("SELECT * FROM organisation ORDER BY 1").fetchall()
    client = sign_in("enterprise")
    form = check_page(client.get("/organisation/edit")).select_one("main form")
    held: dict[str, Any] = {
        str(one["name"]): str(one["value"]) for one in form.select("input[name][value]")
    }
    answer = client.post("/organisation/edit", data={**held, name: text})
    assert answer.status_code == 422
    assert check_page(answer).select_one(".error-summary a") is not None
    assert text[:30] in answer.text or name in ("kind", "size", "sides")
    after = own_database.conn.execute("SELECT * FROM organisation ORDER BY 1").fetchall()
    assert after == before


@pytest.mark.parametrize("token", ["missing", "nonsense", "replayed"])
@pytest.mark.parametrize("who", ["", "enterprise", "provider", "base", "administrator"])
def test_no_form_of_the_site_is_taken_without_the_token_of_this_session(
    sign_in: SignIn, own_site: Flask, own_database: Database, who: str, token: str
) -> None:
    client = sign_in(who) if who else own_site.test_client()
    data = {"missing": {}, "nonsense": {"csrf_token": "nonsense"}}.get(token)
    if data is None:  # of another visitor's session
        data = {"csrf_token": token_of(own_site.test_client())}
    events = own_database["audit_event"].count
    refused = 0
    for rule in own_site.url_map.iter_rules():
        if "POST" not in rule.methods:
            continue
        address = own_site.url_map.bind("localhost").build(
            rule.endpoint, dict.fromkeys(rule.arguments, "1")
        )
        answer = client.post(address, data=data)
        assert answer.status_code in {400, 401, 403}, address
        refused += answer.status_code == 400
    assert refused > 20
    assert own_database["audit_event"].count == events
