"""What the result page of a stable round says of what blocks."""

from __future__ import annotations

import json

from matcher.store.connection import write_transaction
from tests.web.rounds import Rounds
from tests.web.test_rounds import indexed_world, rounds  # noqa: F401 - fixtures


def test_a_stable_result_says_what_is_known_of_it(rounds: Rounds) -> None:  # noqa: F811
    rounds.solved(mode="stable")
    page = rounds.page("administrator", f"{rounds.address}/result?lang=en")
    assert "Nothing blocks" in page.select_one("section[aria-labelledby=figures] .notice").text
    facts = json.loads(rounds.clients["administrator"].get(f"{rounds.address}/export.json").text)
    assert (facts["result"]["n_blocking"], facts["result"]["stability"]) == (0, "nothing_blocks")
    assert facts["round"]["rules"]["algorithm"] == 3
    with write_transaction(rounds.db):  # as a larger circle of three sides would have it
        rounds.db.conn.execute(
            "UPDATE allocation_round SET result = json_set(result, '$.stability', 'none_exists', "
            "'$.n_blocking', 1) WHERE round_id = ?",
            [rounds.round_id],
        )
    told = rounds.page("administrator", f"{rounds.address}/result?lang=zh")
    assert "不存在" in told.select_one("section[aria-labelledby=figures] .notice-warn").text
