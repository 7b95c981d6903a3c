"""An allocation round through its pages: chosen, published, answered, solved, published, used."""

from __future__ import annotations

import csv
import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlite_utils import Database

from matcher.identity import Verification
from matcher.records import SlotPeriod
from matcher.settings import PROJECT
from matcher.store.connection import close_database, open_database
from matcher.store.organisations import update_organisation
from matcher.store.pilot_bases import save_pilot_base
from matcher.store.round_parties import list_offers, list_parties
from matcher.store.rounds import list_answers
from matcher.workflow.accounts.passwords import Passwords
from matcher.workflow.demonstration.accounts import open_demonstration
from matcher.workflow.jobs import SOLVE_ROUND
from matcher.workflow.matching.service import MatchingService
from tests.factories import make_registered_base
from tests.shared import copied_database, link_index
from tests.web.conftest import CHEAP, SignIn
from tests.web.handshake import ENTERPRISE, LATER, NEED, SECRETS
from tests.web.html import check_page, parsed
from tests.web.rounds import PLACE, SECOND, Rounds, add_round_world, draft_values

WHO = ("administrator", "reviewer", "enterprise", "provider", "base")


@pytest.fixture(scope="module")
def indexed_world(shipped_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database with the same records, for the arrays of its index: they are built once."""
    path = copied_database(shipped_database, tmp_path_factory.mktemp("rounds") / "aiplus.db")
    db = open_database(path)
    open_demonstration(db, Passwords(CHEAP), now=datetime.now(UTC))
    add_round_world(db)
    close_database(db)
    MatchingService(path, PROJECT / "models")
    return path


@pytest.fixture
def rounds(own_site: Flask, own_database: Database, sign_in: SignIn, indexed_world: Path) -> Rounds:
    add_round_world(own_database)
    link_index(indexed_world, Path(own_site.config["DATABASE"]))
    return Rounds(own_site, {who: sign_in(who) for who in WHO}, own_database)


def test_a_round_goes_from_its_choice_to_an_engagement(rounds: Rounds) -> None:
    rounds.opened()
    # The enterprise sees both needs with their candidates, and nobody else's.
    mine = f"/my/rounds/{rounds.round_id}"
    page = rounds.page("enterprise", mine)
    assert len(page.select(".own-party")) == 2
    assert {field["value"] for field in page.select("[name=party_id]")} == {NEED, SECOND}
    answer = rounds.post("enterprise", f"{mine}/statements", mine, party_id=SECOND,
                         **{"answer:V900": "must"})  # fmt: skip
    assert answer.status_code == 303
    answer = rounds.post("provider", f"{mine}/statements", mine, party_id="V900",
                         **{f"answer:{SECOND}": "must", f"answer:{NEED}": "willing"})  # fmt: skip
    assert answer.status_code == 303
    said = {
        (one.party_id, one.other_id): one.answer for one in list_answers(rounds.db, rounds.round_id)
    }
    assert said == {(SECOND, "V900"): "must", ("V900", SECOND): "must", ("V900", NEED): "willing"}
    rounds.close()
    assert rounds.work(SOLVE_ROUND) == ""
    result = rounds.page("administrator", f"{rounds.address}/result").select_one("#placed").parent
    assert "冷轧带钢表面划伤在线识别" in result.select_one("tbody").text
    answer = rounds.post("administrator", f"{rounds.address}/publish", rounds.address)
    assert answer.status_code == 303
    (offer,) = list_offers(rounds.db, rounds.round_id)
    assert (offer.need_id, offer.provider_id, offer.state) == (SECOND, "V900", "offered")
    # The one who is left reads its own reason and where it waits, the other confirms.
    page = rounds.page("enterprise", mine)
    assert "名次在后" in page.text
    assert "第 1 位" in page.text or "1" in page.select_one(".own-party h3.h5 + ul").text
    answer = rounds.post("enterprise", f"{mine}/offers/{offer.offer_id}/confirm", mine)
    assert answer.status_code == 303
    assert answer.location.startswith("/engagements/")
    answer = rounds.post("provider", f"{mine}/offers/{offer.offer_id}/confirm", mine)
    row = rounds.db.conn.execute("SELECT state, origin FROM engagement").fetchone()
    assert row == ("mutual", "round")


def test_who_gives_a_place_back_is_followed_by_the_wait_list(rounds: Rounds) -> None:
    rounds.published()
    (first,) = list_offers(rounds.db, rounds.round_id)
    mine = f"/my/rounds/{rounds.round_id}"
    goal = f"{mine}/offers/{first.offer_id}/give-up"
    assert rounds.post("enterprise", goal, mine, reason=" ", side="need").status_code == 422
    answer = rounds.post("enterprise", goal, mine, reason="产线停产检修", side="need")
    assert answer.status_code == 303
    gone, new = list_offers(rounds.db, rounds.round_id)
    assert (gone.state, gone.given_up_by) == ("given_up", "need")
    assert new.origin == "wait_list"
    assert {gone.need_id, new.need_id} == {NEED, SECOND}
    assert rounds.post("enterprise", goal, mine, reason="再来一次", side="need").status_code == 409


def test_a_place_that_its_base_withdraws_goes_to_nobody_else(
    own_site: Flask, own_database: Database, sign_in: SignIn
) -> None:
    add_round_world(own_database, needs_base="yes")
    rounds = Rounds(own_site, {who: sign_in(who) for who in WHO}, own_database)
    rounds.published()
    (first,) = list_offers(rounds.db, rounds.round_id)
    assert first.place_id == PLACE
    mine = f"/my/rounds/{rounds.round_id}"
    answer = rounds.post("base", f"{mine}/offers/{first.offer_id}/give-up", mine,
                         reason="设备故障", side="place")  # fmt: skip
    assert answer.status_code == 303
    assert [one.state for one in list_offers(rounds.db, rounds.round_id)] == ["given_up"]


def test_the_page_shows_the_digest_of_the_rules_before_anybody_answers(rounds: Rounds) -> None:
    rounds.opened()
    digests = {
        rounds.page(who, address).select_one(".side-panel .digest").text
        for who, address in (
            ("administrator", rounds.address),
            ("enterprise", f"/my/rounds/{rounds.round_id}"),
            ("base", f"/my/rounds/{rounds.round_id}"),
        )
    }
    assert len(digests) == 1
    assert len(digests.pop()) == 64
    # What is published cannot be changed any more, whatever address somebody types.
    answer = rounds.clients["administrator"].get(f"{rounds.address}/edit")
    assert answer.status_code == 303
    assert rounds.choose("needs", NEED).status_code == 409
    values = {**draft_values(seed="9"), "version": rounds.version()}
    answer = rounds.post("administrator", f"{rounds.address}/edit", **values)
    assert answer.status_code == 409


@pytest.mark.parametrize("who", ["reviewer", "enterprise", "provider", "base"])
def test_rounds_are_an_administrators(rounds: Rounds, who: str) -> None:
    rounds.solved()
    for path in ("/rounds", "/rounds/new", rounds.address, f"{rounds.address}/result",
                 f"{rounds.address}/export.json", f"{rounds.address}/choose/needs"):  # fmt: skip
        assert rounds.clients[who].get(path).status_code == 403, path
    for act in ("open", "close", "solve", "publish", "cancel", "second"):
        assert rounds.post(who, f"{rounds.address}/{act}").status_code == 403, act
    assert rounds.state() == "preview"


def test_a_round_does_not_exist_for_who_takes_no_part(rounds: Rounds) -> None:
    rounds.draft()
    for need_id in (NEED,):
        rounds.choose("needs", need_id)
    mine = f"/my/rounds/{rounds.round_id}"
    # A draft is nobody's business yet.
    assert rounds.clients["enterprise"].get(mine).status_code == 404
    assert rounds.clients["provider"].get(mine).status_code == 404
    assert rounds.clients["administrator"].get("/my/rounds").status_code == 403


def test_nobody_speaks_for_another_party_or_of_strangers(rounds: Rounds) -> None:
    rounds.opened()
    mine = f"/my/rounds/{rounds.round_id}"
    for who, party, other in (
        ("provider", NEED, "V900"),
        ("enterprise", NEED, "V001"),
        ("enterprise", NEED, "no such"),
    ):
        answer = rounds.post(who, f"{mine}/statements", mine, party_id=party,
                             **{f"answer:{other}": "no"})  # fmt: skip
        assert answer.status_code == 404
    answer = rounds.post("enterprise", f"{mine}/statements", mine, party_id=NEED,
                         **{"answer:V900": "perhaps"})  # fmt: skip
    assert answer.status_code == 409
    assert list_answers(rounds.db, rounds.round_id) == []


def test_a_statement_after_the_end_changes_nothing(rounds: Rounds) -> None:
    rounds.opened()
    mine = f"/my/rounds/{rounds.round_id}"
    rounds.close()
    answer = rounds.post("enterprise", f"{mine}/statements", mine, party_id=NEED,
                         **{"answer:V900": "no"})  # fmt: skip
    assert answer.status_code == 409
    assert "期限已过" in answer.text
    assert list_answers(rounds.db, rounds.round_id) == []
    page = rounds.page("enterprise", mine)
    assert all("disabled" in one.attrs for one in page.select("fieldset.statement"))


def test_a_round_is_not_solved_while_statements_are_taken(rounds: Rounds) -> None:
    rounds.opened()
    answer = rounds.post("administrator", f"{rounds.address}/solve", rounds.address)
    assert answer.status_code == 409
    assert "意愿征集尚未截止" in answer.text
    answer = rounds.post("administrator", f"{rounds.address}/close", rounds.address, reason="")
    assert answer.status_code == 422
    answer = rounds.post("administrator", f"{rounds.address}/close", rounds.address,
                         reason="各方已全部表态")  # fmt: skip
    assert answer.status_code == 303
    assert rounds.work(SOLVE_ROUND) == ""
    assert rounds.state() == "preview"


def test_a_lock_wants_a_reason_and_a_new_solution_before_publication(rounds: Rounds) -> None:
    rounds.solved()
    placed = rounds.page("administrator", f"{rounds.address}/result")
    link = placed.select_one('[aria-labelledby="unmatched"] a[href$="/lock"]')["href"]
    other = link.split("/")[4]
    page = rounds.page("administrator", link)
    option = page.select_one("[name=option]")["value"]
    for data in ({"option": option, "reason": " "}, {"option": "V1|", "reason": "重大专项"}):
        assert rounds.post("administrator", link, link, **data).status_code == 422
    answer = rounds.post("administrator", link, link, option=option, reason="国家重大专项")
    assert answer.status_code == 303
    answer = rounds.post("administrator", f"{rounds.address}/publish", rounds.address)
    assert answer.status_code == 409
    assert "请先求解" in answer.text
    assert rounds.work(SOLVE_ROUND) == ""
    table = rounds.page("administrator", f"{rounds.address}/result").select_one(".table-wide")
    assert "国家重大专项" in table.text
    assert (
        rounds.post("administrator", f"{rounds.address}/publish", rounds.address).status_code == 303
    )
    (offer,) = list_offers(rounds.db, rounds.round_id)
    assert offer.need_id == other


def test_the_inputs_are_read_again_when_a_base_withdraws_its_place(rounds: Rounds) -> None:
    rounds.solved()
    today = datetime.now(UTC).date()
    slots = (SlotPeriod("T1", today, today + LATER, total=2, taken=2),)
    save_pilot_base(rounds.db, make_registered_base(slots=slots), actor="t", now=datetime.now(UTC))
    page = rounds.page("administrator", rounds.address)
    assert "PB900" in page.select_one('[aria-labelledby="changed"]').text
    again = {"again": "1"}
    answer = rounds.post("administrator", f"{rounds.address}/solve", rounds.address, **again)
    assert answer.status_code == 422
    assert rounds.work(SOLVE_ROUND, reason="基地撤回名额") == ""
    result = rounds.page("administrator", f"{rounds.address}/result")
    prices = result.select_one('[aria-labelledby="prices"] tbody tr')
    assert [cell.text for cell in prices.select("td")][:2] == ["0", "0"]
    actions = [row[0] for row in rounds.db.conn.execute("SELECT action FROM audit_event")]
    assert "round.freeze_again" in actions


def test_files_keep_masked_names_masked(rounds: Rounds) -> None:
    rounds.published()
    client = rounds.clients["administrator"]
    texts = [client.get(f"{rounds.address}/export.{kind}").get_data(as_text=True)
             for kind in ("json", "csv")]  # fmt: skip
    for secret in SECRETS[:2]:
        named = [json.loads(texts[0]), *csv.DictReader(io.StringIO(texts[1].lstrip("\ufeff")))]
        hidden = [one for one in flat(named) if one.get("need_id") == NEED]
        assert len(hidden) == 2
        assert not any(secret in str(value) for one in hidden for value in one.values())
    assert client.get(f"{rounds.address}/export.exe").status_code == 404


def flat(value: Any) -> list[dict[str, Any]]:
    """Every record inside a value."""
    if isinstance(value, dict):
        return [value, *(one for inner in value.values() for one in flat(inner))]
    return [one for inner in value for one in flat(inner)] if isinstance(value, list) else []


def test_other_parties_never_read_the_anonymous_name(rounds: Rounds) -> None:
    rounds.published()
    for who in ("provider", "base"):
        for address in ("/my/rounds", f"/my/rounds/{rounds.round_id}", "/inbox", "/"):
            text = rounds.clients[who].get(address).text
            assert not any(secret in text for secret in SECRETS), (who, address)


def test_the_need_of_a_suspended_enterprise_is_shown_to_nobody_else(rounds: Rounds) -> None:
    rounds.opened()
    mine = f"/my/rounds/{rounds.round_id}"
    assert f"answer:{SECOND}" in rounds.page("provider", mine).decode()
    changes = {"verification": Verification.SUSPENDED, "verification_reason": "核实投诉"}
    update_organisation(rounds.db, ENTERPRISE, changes, now=datetime.now(UTC))
    for who in ("provider", "base"):
        text = rounds.page(who, mine).decode()
        assert not any(secret in text for secret in (SECOND, NEED, "冷轧带钢表面划伤"))
    assert "冷轧带钢表面划伤" in rounds.page("enterprise", mine).text


def test_each_party_reads_its_own_result_only(rounds: Rounds) -> None:
    rounds.published()
    (offer,) = list_offers(rounds.db, rounds.round_id)
    loser = ({NEED, SECOND} - {offer.need_id}).pop()
    page = rounds.page("provider", f"/my/rounds/{rounds.round_id}")
    assert offer.need_id in page.text
    assert loser not in page.text


def test_what_is_typed_is_kept_beside_every_message(rounds: Rounds) -> None:
    wrong = draft_values(title="", closes_at="昨天", seed="-1", small_bonus="9", mode="dice",
                         period_from="2027-05-01", period_to="2027-01-01")  # fmt: skip
    answer = rounds.post("administrator", "/rounds/new", **wrong)
    assert answer.status_code == 422
    page = check_page(answer)
    assert len(page.select(".error-summary li")) == 6
    assert page.select_one("#seed")["value"] == "-1"
    rounds.draft()
    quotas = {"most-V900": "2", "least-V900": "3"}
    answer = rounds.choose("providers", "V900", **quotas)
    assert answer.status_code == 422
    assert parsed_value(answer.text, "#least-V900") == "3"


def parsed_value(text: str, selector: str) -> str:
    return str(parsed(text).select_one(selector)["value"])


def test_two_administrators_at_once_are_told(rounds: Rounds) -> None:
    rounds.draft()
    version = rounds.version()
    assert rounds.choose("needs", NEED).status_code == 303
    values = {**draft_values(title="另一个标题"), "version": version}
    answer = rounds.post("administrator", f"{rounds.address}/edit", **values)
    assert answer.status_code == 409
    row = rounds.db.conn.execute("SELECT title FROM allocation_round").fetchone()
    assert row[0] == "合成示例轮次"


def test_a_round_about_nothing_is_not_published(rounds: Rounds) -> None:
    rounds.draft()
    answer = rounds.post("administrator", f"{rounds.address}/open", rounds.address)
    assert answer.status_code == 409
    assert "请先选择需求和供给方" in answer.text
    assert list_parties(rounds.db, rounds.round_id) == []


def test_a_round_is_called_off_with_a_reason_that_all_are_told(rounds: Rounds) -> None:
    rounds.opened()
    goal = f"{rounds.address}/cancel"
    assert rounds.post("administrator", goal, rounds.address, reason=" ").status_code == 422
    assert rounds.post("administrator", goal, rounds.address, reason="报名不足").status_code == 303
    assert "报名不足" in rounds.page("base", "/inbox").text
    assert "已取消" in rounds.page("base", f"/my/rounds/{rounds.round_id}").text


def test_a_second_round_is_drafted_of_what_is_left(rounds: Rounds) -> None:
    rounds.published()
    (offer,) = list_offers(rounds.db, rounds.round_id)
    answer = rounds.post("administrator", f"{rounds.address}/second", rounds.address)
    assert answer.status_code == 303
    row = rounds.db.conn.execute(
        "SELECT scope, follows FROM allocation_round WHERE state = 'draft'"
    ).fetchone()
    scope = json.loads(row[0])
    assert row[1] == rounds.round_id
    assert scope["needs"] == sorted({NEED, SECOND} - {offer.need_id})
    assert scope["providers"] == []


def test_the_first_page_says_what_waits(rounds: Rounds) -> None:
    rounds.opened()
    for who in ("enterprise", "provider", "base"):
        assert rounds.page(who, "/").select_one('.next-steps a[href="/my/rounds"]') is not None
    rounds.close()
    assert rounds.page("administrator", "/").select_one('.next-steps a[href="/rounds"]') is not None
    assert rounds.page("enterprise", "/").select_one('.next-steps a[href="/my/rounds"]') is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_are_sound_in_both_languages(rounds: Rounds, lang: str) -> None:
    rounds.published()
    mine = f"/my/rounds/{rounds.round_id}"
    pages = [("administrator", one) for one in ("/rounds", "/rounds/new", rounds.address,
                                                f"{rounds.address}/result")]  # fmt: skip
    pages += [
        (who, one) for who in ("enterprise", "provider", "base") for one in ("/my/rounds", mine)
    ]
    rounds.draft()
    pages += [
        ("administrator", f"{rounds.address}/choose/{kind}")
        for kind in ("needs", "providers", "places")
    ]
    for who, address in pages:
        page = rounds.page(who, f"{address}?lang={lang}")
        assert page.html["lang"] == {"zh": "zh-Hans", "en": "en"}[lang]
