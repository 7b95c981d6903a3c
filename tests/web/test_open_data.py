"""The open data: what the public reads already, with its meaning, and nothing that is masked."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from flask.testing import FlaskClient
from sqlite_utils import Database

from matcher.cli import aiplus
from matcher.identity import SYSTEM, Actor, Role
from matcher.intake.folding import fold
from matcher.records.pilot import Outcome
from matcher.store.need_status import NeedStatus, add_status
from matcher.store.needs import save_need
from matcher.store.organisations import add_organisation, update_organisation
from matcher.store.outcomes import read_outcome, update_outcome
from matcher.store.ownership import set_owner
from matcher.workflow.engagements.outcomes import allow_publishing, record_outcome
from matcher.workflow.needs.lifecycle import change_state
from matcher.workflow.needs.states import Act, State
from tests.factories import make_need
from tests.matcher.people import make_organisation
from tests.web.conftest import SignIn
from tests.web.handshake import (
    ENTERPRISE,
    NEED,
    OWNERS,
    SECRETS,
    Handshake,
    add_answerers,
    add_world,
)
from tests.web.html import check_page

TABLES = ("needs", "outcomes", "counts", "dictionary")
NAMED = "实名单位的冷轧板形预测"
# Of needs that are in no list, whoever wrote them.
UNLISTED = {
    "invited": "定向邀请的秘密题目",
    "draft": "草稿里的秘密题目",
    "in_review": "审核中的秘密题目",
    "withdrawn": "已撤回的秘密题目",
}
PRIVATE = ("不想合作的原因", "810000", "V901")


def add_need(db: Database, need_id: str, title: str, state: str, **changes: Any) -> None:
    now = datetime.now(UTC)
    values = {"need_id": need_id, "title": title, "visibility": "named", **changes}
    owner = values.pop("owner", "ORG-81")
    save_need(db, make_need(**values), actor="t", now=now)
    set_owner(db, "need", need_id, owner, actor=OWNERS["enterprise"], now=now)
    published = None if state in ("draft", "in_review") else now
    status = NeedStatus(need_id, state, values["visibility"], now, published_at=published)
    add_status(db, status, actor="t")


@pytest.fixture
def world(own_database: Database) -> Database:
    """An anonymous need of the demonstration, a named one of another, and four in no list."""
    add_world(own_database, budget_max_cny=810_000, excluded_provider_ids=("V901",),
              excluded_reason="不想合作的原因")  # fmt: skip
    add_answerers(own_database)
    for number in (81, 82, 83):
        add_organisation(own_database, make_organisation(number), now=datetime.now(UTC))
    add_need(own_database, "N-NAMED", NAMED, "open")
    for state, title in UNLISTED.items():
        visibility = "invited" if state == "invited" else "named"
        shown = "open" if state == "invited" else state
        add_need(own_database, f"N-{state}", title, shown, visibility=visibility)
    return own_database


def file_of(client: FlaskClient, name: str) -> str:
    answer = client.get(f"/open-data/{name}")
    assert answer.status_code == 200
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{name}"'
    return answer.get_data().decode("utf-8-sig")


def lines_of(client: FlaskClient, name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in file_of(client, f"{name}.jsonl").splitlines()]


def everything(client: FlaskClient) -> str:
    """Return every file and the page in both languages, folded as texts are compared."""
    names = [f"{name}.{kind}" for name in TABLES for kind in ("csv", "jsonl")]
    texts = [file_of(client, name) for name in (*names, "README.txt")]
    pages = [client.get(f"/open-data?lang={language}").text for language in ("zh", "en")]
    return fold("\n".join([*texts, *pages])).text


def test_nothing_masked_private_or_unlisted_is_in_any_file(
    own_site: Flask, world: Database
) -> None:
    text = everything(own_site.test_client())
    hidden = [*SECRETS, *UNLISTED.values(), *PRIVATE]
    assert [one for one in hidden if fold(one).text in text] == []
    assert fold(NAMED).text in text
    assert fold("表面裂纹检测").text in text  # what is left of the anonymous one


def test_named_and_anonymous_needs_stand_as_a_visitor_reads_them(
    own_site: Flask, world: Database
) -> None:
    rows = {row["need_id"]: row for row in lines_of(own_site.test_client(), "needs")}
    assert rows.keys() == {NEED, "N-NAMED"}
    assert rows["N-NAMED"]["enterprise"] == make_organisation(81).name
    assert rows[NEED]["enterprise"] == rows[NEED]["enterprise_en"] == ""
    assert rows[NEED].get("region", "0000").endswith("0000")
    assert (rows[NEED]["synthetic"], rows["N-NAMED"]["synthetic"]) == (True, False)
    assert not {"budget_max_cny", "excluded_reason", "invited_provider_ids"} & set(rows[NEED])
    assert rows[NEED]["requirements"][0]["text"]


@pytest.mark.parametrize("state", ["withdrawn", "expired"])
def test_what_is_withdrawn_leaves_the_files_at_once_and_what_is_over_stays(
    own_site: Flask, world: Database, state: str
) -> None:
    client = own_site.test_client()
    assert len(lines_of(client, "needs")) == 2
    now = datetime.now(UTC)
    own = Actor("ACC-81", Role.OWNER, "ORG-81")
    who = own if state == "withdrawn" else SYSTEM
    change_state(world, "N-NAMED", State(state), Act(who, now, "虚构的理由"))
    assert len(lines_of(client, "needs")) == (1 if state == "withdrawn" else 2)


def test_needs_of_a_suspended_enterprise_are_gone(own_site: Flask, world: Database) -> None:
    now = datetime.now(UTC)
    update_organisation(world, "ORG-81", {"verification": "suspended"}, now=now)
    (row,) = lines_of(own_site.test_client(), "needs")
    assert row["need_id"] == NEED


def test_csv_and_json_lines_hold_the_same_and_every_column_is_explained(
    own_site: Flask, world: Database
) -> None:
    client = own_site.test_client()
    meaning = lines_of(client, "dictionary")
    for name in TABLES[:3]:
        reader = csv.DictReader(io.StringIO(file_of(client, f"{name}.csv")))
        rows, lines = list(reader), lines_of(client, name)
        assert len(rows) == len(lines)
        told = {row["column"] for row in meaning if row["file"] == name}
        assert set(reader.fieldnames or ()) == told
        for row, line in zip(rows, lines, strict=True):
            assert set(line) <= told
            texts = {key: value for key, value in line.items() if isinstance(value, str)}
            assert {key: row[key].removeprefix("'") for key in texts} == texts
    assert all(row["label_zh"] and row["label_en"] for row in meaning)


def test_no_cell_is_a_formula(own_site: Flask, world: Database) -> None:
    add_need(world, "N-FORMULA", "=HYPERLINK(1)钢板检测", "open")
    rows = csv.DictReader(io.StringIO(file_of(own_site.test_client(), "needs.csv")))
    found = {row["need_id"]: row["title"] for row in rows}
    assert found["N-FORMULA"] == "'=HYPERLINK(1)钢板检测"


def test_counts_of_one_enterprise_are_not_told_and_of_three_are(
    own_site: Flask, world: Database
) -> None:
    client = own_site.test_client()

    def told() -> dict[tuple[str, str], int | None]:
        own_site.extensions.pop("open_data", None)  # these needs come past the audit trail
        rows = lines_of(client, "counts")
        assert all(row["suppressed"] == (row["n"] is None) for row in rows)
        return {(row["table"], row["value"]): row["n"] for row in rows}

    assert set(told().values()) == {None}
    for number in (81, 82, 83):
        add_need(world, f"N-{number}", f"钢板检测第{number}题", "open", owner=f"ORG-{number}")
    # Four enterprises have open needs, but one alone has one for invited parties.
    assert set(told().values()) == {None}
    for number in (82, 83):
        more = {"visibility": "invited", "owner": f"ORG-{number}"}
        add_need(world, f"N-I{number}", f"定向第{number}题", "open", **more)
    assert told()["needs_by_state", "open"] == 8


def contracted(db: Database, handshake: Handshake, *wishes: str) -> Outcome:
    """Take an engagement to a contract that both sides have said something about."""
    handshake.reveal()
    assert handshake.step("provider", "start_talks").status_code == 303
    now = datetime.now(UTC)
    told = Outcome("", NEED, "contracted")
    outcome = record_outcome(db, handshake.engagement_id, told, actor=OWNERS["enterprise"], now=now)
    for who, wish in zip(("enterprise", "provider"), wishes, strict=True):
        at = now + timedelta(seconds=1)
        allow_publishing(db, outcome.outcome_id, wish, actor=OWNERS[who], now=at)
    return read_outcome(db, outcome.outcome_id)


def test_outcomes_are_there_while_both_sides_agree(
    own_site: Flask, world: Database, sign_in: SignIn
) -> None:
    client = own_site.test_client()
    handshake = Handshake({who: sign_in(who) for who in ("enterprise", "provider")})
    outcome = contracted(world, handshake, "anonymous", "all")
    (row,) = lines_of(client, "outcomes")
    assert row["case_id"] == outcome.case_id
    assert (row["result"], row["synthetic"]) == ("contracted", True)
    assert "user_enterprise" not in row
    text = everything(client)
    assert [one for one in SECRETS if fold(one).text in text] == []
    now = datetime.now(UTC)
    actor = OWNERS["enterprise"]
    allow_publishing(world, outcome.outcome_id, "no", actor=actor, now=now)
    assert lines_of(client, "outcomes") == []


def test_who_was_named_and_wants_it_no_more_is_out(
    own_site: Flask, world: Database, sign_in: SignIn
) -> None:
    handshake = Handshake({who: sign_in(who) for who in ("enterprise", "provider")})
    outcome = contracted(world, handshake, "all", "all")
    client = own_site.test_client()
    assert lines_of(client, "outcomes")[0]["user_enterprise"]
    update_outcome(world, outcome.outcome_id, {"publish_need": "anonymous"})
    own_site.extensions.pop("open_data")
    assert lines_of(client, "outcomes") == []


def test_demonstration_is_named_on_the_page_and_in_what_goes_with_the_files(
    own_site: Flask, world: Database
) -> None:
    client = own_site.test_client()
    assert check_page(client.get("/open-data")).select_one("main .notice .tag-synthetic")
    told = file_of(client, "README.txt")
    assert "【演示数据】" in told
    assert "[SYNTHETIC]" in told
    english = check_page(client.get("/open-data?lang=en"))
    assert "Free to use" in english.select_one("#licence").find_next("p").text


def test_page_leads_to_every_file_and_stands_in_the_footer(client: FlaskClient) -> None:
    soup = check_page(client.get("/"))
    assert soup.select_one('.site-footer a[href="/open-data"]') is not None
    links = check_page(client.get("/open-data")).select("main a[download]")
    assert {one["href"].rpartition("/")[2] for one in links} == {
        "README.txt", *(f"{name}.{kind}" for name in TABLES for kind in ("csv", "jsonl")),
    }  # fmt: skip
    assert all(client.get(one["href"]).status_code == 200 for one in links)


@pytest.mark.parametrize("name", ["needs.xlsx", "..%2Faiplus.db", "needs.csv%00", "README"])
def test_other_files_there_are_none(client: FlaskClient, name: str) -> None:
    assert client.get(f"/open-data/{name}").status_code == 404


def test_command_writes_the_same_files_and_says_what_is_made_up(
    own_site: Flask, world: Database, tmp_path: Path
) -> None:
    environ = {"AIPLUS_DATABASE": str(own_site.config["DATABASE"])}
    folder = tmp_path / "new" / "out"
    call = ["open-data", "--out", str(folder)]
    done = CliRunner(env=environ).invoke(aiplus, call, catch_exceptions=False)
    assert done.exit_code == 0, done.output
    assert "demonstration data" in done.stderr
    client = own_site.test_client()
    for path in folder.iterdir():
        assert path.read_bytes().decode("utf-8-sig") == file_of(client, path.name)
    assert len(list(folder.iterdir())) == 9
    assert ENTERPRISE not in "".join(path.read_text("utf-8") for path in folder.iterdir())
    (tmp_path / "file").write_text("x")
    wrong = ["open-data", "--out", str(tmp_path / "file")]
    assert CliRunner(env=environ).invoke(aiplus, wrong).exit_code == 2
