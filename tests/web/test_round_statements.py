"""Statements for a party without an account: entered with a source, and shown as entered."""

from __future__ import annotations

import pytest
from sqlite_utils import Database

from matcher.store.connection import write_transaction
from matcher.store.rounds import list_answers
from tests.web.handshake import NEED
from tests.web.rounds import Rounds
from tests.web.test_rounds import indexed_world, rounds  # noqa: F401 - fixtures

SOURCE = "中试基地 2026-11-20 来函，平台代录"


def silenced(rounds: Rounds) -> str:  # noqa: F811
    """An open round whose provider has no account; the address of its statements."""
    rounds.opened()
    set_account(rounds.db, "")
    return f"{rounds.address}/statements"


def set_account(db: Database, organisation_id: str) -> None:
    with write_transaction(db):
        db.conn.execute("UPDATE round_party SET organisation_id = ? WHERE party_id = 'V900'",
                        [organisation_id])  # fmt: skip


def test_the_operator_enters_what_is_known_with_its_source(rounds: Rounds) -> None:  # noqa: F811
    owner = rounds_owner(rounds)
    address = silenced(rounds)
    page = rounds.page("administrator", rounds.address)
    assert page.select_one(f'a[href="{address}"]') is not None
    listed = rounds.page("administrator", address)
    one = listed.select_one("tbody th a")
    assert one["href"] == f"{address}/enter?party=V900"
    assert rounds.page("administrator", f"{address}?q=%25nobody").select_one("tbody") is None
    form = {"party_id": "V900", f"answer:{NEED}": "no"}
    refused = rounds.post("administrator", f"{address}/enter", one["href"], **form)
    assert refused.status_code == 422
    kept = rounds.clients["administrator"].get(one["href"])
    assert kept.status_code == 200
    assert 'value="no" checked' in refused.text  # what was chosen is still chosen
    sent = rounds.post("administrator", f"{address}/enter", one["href"], source=SOURCE, **form)
    assert sent.status_code == 303
    (stored,) = list_answers(rounds.db, rounds.round_id)
    assert (stored.party_id, stored.answer, stored.source) == ("V900", "no", SOURCE)
    shown = rounds.page("administrator", one["href"]).select_one(".statement-rows")
    assert SOURCE in shown.text
    assert "运营方代录" in shown.text
    mine = f"/my/rounds/{rounds.round_id}"
    assert "代录" in rounds.page("enterprise", mine).select_one("main").text
    assert SOURCE not in rounds.page("enterprise", mine).text  # another's statements stay its own
    set_account(rounds.db, owner)
    assert SOURCE in rounds.page("provider", mine).select_one(".statement-rows").text


def rounds_owner(rounds: Rounds) -> str:  # noqa: F811
    """The organisation of the provider, to which its party is given back."""
    row = rounds.db.conn.execute(
        "SELECT organisation_id FROM organisation WHERE provider_id = 'V900'"
    ).fetchone()
    return str(row[0])


@pytest.mark.parametrize("who", ["reviewer", "enterprise", "provider", "base"])
def test_nobody_else_enters_anything(rounds: Rounds, who: str) -> None:  # noqa: F811
    address = silenced(rounds)
    assert rounds.clients[who].get(address).status_code == 403
    form = {"party_id": "V900", "source": SOURCE, f"answer:{NEED}": "no"}
    assert rounds.post(who, f"{address}/enter", **form).status_code == 403
    assert list_answers(rounds.db, rounds.round_id) == []


def test_late_and_foreign_statements_are_refused(rounds: Rounds) -> None:  # noqa: F811
    address = silenced(rounds)
    form = {"source": SOURCE, f"answer:{NEED}": "no"}
    for party in (NEED, "PB900/T1", "nobody"):
        sent = rounds.post("administrator", f"{address}/enter", party_id=party, **form)
        assert sent.status_code == 404
    rounds.close()
    late = rounds.post("administrator", f"{address}/enter", party_id="V900", **form)
    assert late.status_code == 409
    assert list_answers(rounds.db, rounds.round_id) == []
    page = rounds.page("administrator", f"{address}/enter?party=V900")
    assert page.select_one("main button[type=submit]") is None


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_pages_are_sound_in_both_languages(rounds: Rounds, lang: str) -> None:  # noqa: F811
    address = silenced(rounds)
    for one in (f"{address}?lang={lang}", f"{address}/enter?party=V900&lang={lang}"):
        page = rounds.page("administrator", one)
        assert page.html["lang"] == {"zh": "zh-Hans", "en": "en"}[lang]
