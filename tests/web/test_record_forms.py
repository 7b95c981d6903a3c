"""What a page of a long form reads: every line whole and in order, whatever was sent."""

from __future__ import annotations

from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st
from sqlite_utils import Database
from werkzeug.datastructures import MultiDict

from matcher.schemas.capability import CapabilitySchema
from matcher.schemas.pilot_base import PilotBaseSchema
from matcher.store.proposals import list_pending
from matcher.workflow.drafts.lines import own_path, with_ids, without_blank_lines
from matcher.workflow.registration.form_steps import STEPS
from matcher.workflow.registration.typed import typed_values
from tests.factories import make_capability, make_registered_base
from tests.web.conftest import SignIn
from tests.web.html import check_page
from tests.web.registering import CAPABILITY, Form
from web.registration.forms import (
    LineAct,
    changed_lines,
    line_act,
    read_page,
)

SCHEMAS = {"capability": CapabilitySchema(), "pilot_base": PilotBaseSchema()}
NAMES = {kind: [n for step in steps for n in step.fields] for kind, steps in STEPS.items()}
KEYS = st.sampled_from(
    ["name", "claims-0-text", "claims-007-text", "claims-0-evidence_ids", "claims-x-text",
     "evidence-3-evidence_id", "evidence-3-text", "services-0-validation_types", "claims",
     "claims-0-verification", "verification", "__class__", "claims-0-__dict__", "slots-9-total"]
)  # fmt: skip
LINES = st.lists(
    st.fixed_dictionaries(
        {"text": st.text(max_size=8)}, optional={"claim_id": st.text(max_size=5)}
    ),
    max_size=6,
)
HOSTILE = [
    "<script>alert(1)</script>",
    "'; DROP TABLE record_version; --",
    "../../etc/passwd",
    "\x00\x01",
    "字" * 60_000,
    "\ud7ff\uffff",
    "{{ 7 * 7 }}",
    "1e999",
    "-1",
    "2026-02-31",
]

WINDOW = ("basis", "window")


@given(st.lists(st.tuples(KEYS, st.text(max_size=12)), max_size=20), st.sampled_from(list(SCHEMAS)))
def test_any_form_is_read_into_known_fields_with_ids_of_their_own(
    pairs: list[tuple[str, str]], kind: str
) -> None:
    values = read_page(SCHEMAS[kind], NAMES[kind], MultiDict(pairs))
    assert set(values) <= set(NAMES[kind])
    for name, value in values.items():
        definition: Any = SCHEMAS[kind].fields[name]
        if definition.kind == "records":
            ids = [line[definition.schema.id_field] for line in value]
            assert len(set(ids)) == len(ids)
            assert all(set(line) <= set(definition.schema().fields) for line in value)


@given(LINES, st.sampled_from(["add", "remove", "up", "down"]), st.integers(-2, 9))
def test_a_line_act_changes_one_place_and_loses_nothing_else(
    lines: list[dict[str, Any]], verb: str, place: int
) -> None:
    definition: Any = SCHEMAS["capability"].fields["claims"]
    before = {"claims": with_ids(lines, definition), "name": "x"}
    after = changed_lines(before, LineAct(verb, "claims", place), SCHEMAS["capability"])
    assert after["name"] == "x"
    old = sorted(map(str, before["claims"]))
    new = sorted(map(str, after["claims"]))
    is_there = 0 <= place < len(lines)
    if verb in ("up", "down"):
        assert new == old
    elif verb == "remove":
        assert len(new) == len(old) - is_there
        assert set(new) <= set(old)
    else:
        assert set(old) <= set(new)


@pytest.mark.parametrize("text", ["add:nothing", "drop:claims", "remove:claims:9999", "up:name:0"])
def test_buttons_that_do_not_exist_do_nothing(text: str) -> None:
    assert line_act(text, SCHEMAS["capability"]) is None


@pytest.mark.parametrize("record", [make_capability(), make_registered_base()])
def test_record_typed_again_and_sent_as_a_form_reads_the_same(record: Any) -> None:
    kind = "capability" if hasattr(record, "capability_id") else "pilot_base"
    typed = {n: v for n, v in typed_values(record).items() if n in NAMES[kind]}
    form: list[tuple[str, str]] = []
    for name, value in typed.items():
        definition: Any = SCHEMAS[kind].fields[name]
        if definition.kind == "records":
            for i, line in enumerate(value):
                for field, cell in line.items():
                    cells = cell if isinstance(cell, list) else [cell]
                    form += [(f"{name}-{i}-{field}", one) for one in cells]
        else:
            form += [(name, one) for one in (value if isinstance(value, list) else [value])]
    read = read_page(SCHEMAS[kind], NAMES[kind], MultiDict(form))
    assert without_blank_lines(read, SCHEMAS[kind]) == typed


@pytest.fixture
def provider(sign_in: SignIn) -> FlaskClient:
    return sign_in("provider")


def test_hostile_values_are_kept_told_and_publish_nothing(
    provider: FlaskClient, own_database: Database
) -> None:
    form = Form(provider, "capabilities")
    for number, value in enumerate(HOSTILE):  # each value on one page, every page in turn
        code = list(CAPABILITY)[number % len(CAPABILITY)]
        response = form.write(code, **dict.fromkeys(CAPABILITY[code], value))
        assert response.status_code in (303, 413, 422), (code, value[:20])
        if response.status_code == 422:
            check_page(response)
    assert list_pending(own_database) == []


def test_five_hundred_lines_and_a_huge_draft_are_refused_in_words(provider: FlaskClient) -> None:
    form = Form(provider, "capabilities")
    lines = {f"claims-{i}-text": f"声明 {i}" for i in range(500)}
    response = form.write("proof", **lines)
    assert response.status_code == 422
    soup = check_page(response)
    assert "最多 8 项" in soup.select_one(".error-summary").text
    assert len(soup.select("[id^=claims-line-]")) == 500
    huge = form.write("problem", problem="很长的文字" * 20_000)
    assert huge.status_code == 422
    assert check_page(huge).select_one("#problem").text.strip() == "很长的文字" * 20_000


def test_step_and_page_that_do_not_exist(provider: FlaskClient) -> None:
    form = Form(provider, "capabilities")
    assert provider.get(f"{form.address}/pages/nowhere").status_code == 404
    assert form.post(f"{form.address}/pages/problem", f"{form.address}/pages/problem", act="go:x")
    stray = form.write("problem", "go:../../admin")
    assert stray.status_code == 404
    without_token = provider.post(f"{form.address}/pages/problem", data={"name": "x"})
    assert without_token.status_code == 400


def drawn(form: Form, code: str) -> dict[str, str]:
    """Return the mark and the name that a page is drawn with, as a window holds them."""
    page = form.page(code)
    return {name: str(page.select_one(f"main [name={name}]")["value"]) for name in WINDOW}


@pytest.mark.parametrize(("place", "code", "field"), [
    ("capabilities", "problem", "name"), ("bases", "base", "note"),
])  # fmt: skip
def test_what_another_window_wrote_is_not_overwritten(
    sign_in: SignIn, place: str, code: str, field: str
) -> None:
    form = Form(sign_in({"capabilities": "provider", "bases": "base"}[place]), place)
    first, second = drawn(form, code), drawn(form, code)
    assert form.write(code, "save", **{field: "先写的名字"}, **first).status_code == 303
    refused = form.write(code, "save", **{field: "后写的名字"}, **second)
    assert refused.status_code == 409
    page = check_page(refused)
    assert "先写的名字" in page.select_one(".error-summary").text
    assert "后写的名字" in page.select_one(f"#{field}").decode()
    assert "先写的名字" in form.page(code).select_one(f"#{field}").decode()
    again = {name: str(page.select_one(f"main [name={name}]")["value"]) for name in WINDOW}
    assert form.write(code, "save", **{field: "后写的名字"}, **again).status_code == 303
    assert "后写的名字" in form.page(code).select_one(f"#{field}").decode()


def test_a_window_may_go_on_with_what_it_saved_itself(provider: FlaskClient) -> None:
    form = Form(provider, "capabilities")
    window = drawn(form, "problem")
    panel = f"{form.address}/pages/problem/panel"
    for typed in ("琴弦", "琴弦张力", "琴弦张力识别"):
        kept = form.post(panel, f"{form.address}/pages/problem", name=typed, **window)
        assert kept.status_code == 200, kept.text
    assert form.write("problem", "next", name="琴弦张力识别系统", **window).status_code == 303
    late = form.post(panel, f"{form.address}/pages/problem", name="另一个窗口",
                     basis=window["basis"], window="another")  # fmt: skip
    assert late.status_code == 422
    assert form.page("problem").select_one("#name")["value"] == "琴弦张力识别系统"


@pytest.mark.parametrize(("place", "code", "name"), [
    ("capabilities", "proof", "evidence"), ("capabilities", "proof", "claims"),
    ("bases", "services", "services"), ("bases", "slots", "slots"), ("bases", "rules", "contacts"),
])  # fmt: skip
def test_a_line_that_was_added_stays_while_others_are_added_and_pages_are_turned(
    sign_in: SignIn, place: str, code: str, name: str
) -> None:
    form = Form(sign_in({"capabilities": "provider", "bases": "base"}[place]), place)
    for n_lines in (1, 2, 3):
        sent = {str(box["name"]): str(box["value"]) for box in hidden_ids(form, code, name)}
        assert form.write(code, f"add:{name}", **sent).status_code == 303
        assert len(hidden_ids(form, code, name)) == n_lines
    sent = {str(box["name"]): str(box["value"]) for box in hidden_ids(form, code, name)}
    assert form.write(code, "next", **sent).status_code == 303
    assert len(hidden_ids(form, code, name)) == 3
    assert form.write(code, f"remove:{name}:1", **sent).status_code == 303
    assert len(hidden_ids(form, code, name)) == 2


def hidden_ids(form: Form, code: str, name: str) -> list[Any]:
    id_field = next(
        schema.fields[name].schema.id_field  # type: ignore[attr-defined]
        for schema in SCHEMAS.values()
        if name in schema.fields
    )
    return list(form.page(code).select(f"input[type=hidden][name$=-{id_field}][name^={name}-]"))


def test_what_is_wrong_with_a_line_is_told_at_that_line_though_a_blank_one_stands_before_it(
    provider: FlaskClient,
) -> None:
    form = Form(provider, "capabilities")
    typed = {"claims-0-claim_id": "K1", "claims-1-claim_id": "K2", "claims-1-text": "很快",
             "claims-1-value": "很多"}  # fmt: skip
    refused = form.write("proof", "next", **typed)
    assert refused.status_code == 422
    page = check_page(refused)
    assert page.select_one("#claims-1-value")["aria-invalid"] == "true"
    assert page.select_one("#claims-0-value").get("aria-invalid") is None
    links = [link["href"] for link in form.check().select(".error-summary a")]
    assert any(link.endswith("#claims-1-value") for link in links)


def test_the_path_of_a_checked_line_counts_the_blank_ones() -> None:
    values = {"claims": [{"claim_id": "K1"}, {"claim_id": "K2", "text": "x"}]}
    schema = SCHEMAS["capability"]
    assert without_blank_lines(values, schema) == {"claims": [values["claims"][1]]}
    assert own_path("claims.0.text", values, schema) == "claims.1.text"
    assert own_path("claims", values, schema) == "claims"
    assert own_path("name", values, schema) == "name"
