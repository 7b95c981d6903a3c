"""What is published of a round: reasons of locks where they bound, and nowhere else."""

from __future__ import annotations

from dataclasses import replace

from matcher.allocation.inputs import Lock, Quota
from matcher.records import Catalogue
from matcher.store.rounds import read_round
from matcher.workflow.rounds.lifecycle import freeze_round, preview_round
from matcher.workflow.rounds.locks import lock_placement
from matcher.workflow.rounds.offers import publish_and_offer
from matcher.workflow.rounds.reading import export_of
from tests.matcher.workflow.rounds.world import ADMIN, CLOSES, PLACE_ID, frozen, inputs_for, world


def test_a_lock_is_given_as_the_reason_only_where_it_bound(shipped_catalogue: Catalogue) -> None:
    db = world()
    round_id = frozen(db)
    for need_id in ("N0002", "N0003"):
        lock = Lock(need_id, "V900", PLACE_ID, f"重大专项 {need_id}")
        lock_placement(db, round_id, lock, actor=ADMIN, now=CLOSES)
    first, second, third = inputs_for().options
    elsewhere = replace(third, provider_id="V901", capability_id="CAP-V901-1")
    again = replace(
        inputs_for(),
        options=(first, second, elsewhere),
        provider_quotas={"V900": Quota(2), "V901": Quota(1)},
    )
    freeze_round(db, round_id, lambda *_: again, actor=ADMIN, now=CLOSES, reason="供给方撤回")
    preview_round(db, round_id, actor=ADMIN, now=CLOSES)
    publish_and_offer(db, round_id, actor=ADMIN, now=CLOSES)
    export = export_of(db, shipped_catalogue, read_round(db, round_id))
    told = {one["need_id"]: one["locked_because"] for one in export["placements"]}
    assert told == {"N0001": "", "N0002": "重大专项 N0002", "N0003": ""}
