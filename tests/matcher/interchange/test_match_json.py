"""The JSON of a match keeps its promised names and says how likely each side accepts."""

from __future__ import annotations

from dataclasses import replace

from matcher.interchange.match_json import match_list_to_json
from tests.matcher.store.test_matches import make_list, make_match

PROMISED = {
    "rank", "provider_id", "provider", "capability_id", "probability", "bits", "adequate",
    "contributions", "requirements", "evidence", "checks", "bases", "counterfactuals",
}  # fmt: skip


def test_sides_stand_beside_the_promised_names() -> None:
    first = make_match(1)
    known = replace(first, probability_need=0.4, probability_provider=0.7, probability_joint=0.3)
    one, other = match_list_to_json(make_list(matches=(known, first)))["matches"]
    assert set(one) >= PROMISED | {"sides", "closeness"}
    assert one["sides"] == {"need": 0.4, "provider": 0.7, "joint": 0.3}
    assert other["sides"] == {"need": None, "provider": None, "joint": None}
    assert one["closeness"] == first.closeness
