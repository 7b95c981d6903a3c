"""How two baselines would have scored the pairs of a stored list, from the records alone."""

from __future__ import annotations

from collections.abc import Callable

from matcher.learning.baseline_query import BaselineQuery
from matcher.learning.rule_baselines import (
    FULL_TRACK_RECORD,
    SIX_WEIGHTS,
    UNKNOWN,
    TagOverlap,
    six_factors,
)
from matcher.records import Capability, Need
from matcher.store.serialise import from_json
from matcher.store.shown_history import HistoryRows, ListRow, PairRow

CLOSENESS = "meaning_affinity"  # the feature that the rule's factor of text similarity reads


def baseline_scores(rows: HistoryRows) -> Callable[[ListRow, PairRow], tuple[float, float]]:
    """Return a function that gives the points of the fixed rule and the overlap of tags of a pair.

    Needs and capabilities are read as they stand now; the rule's factor of closeness is the
    feature that was stored, its factor of credit the middle, since nobody is rated here.
    """
    needs = {row.need_id: from_json(Need, row.payload) for row in rows.needs}
    offers = {row.capability_id: from_json(Capability, row.payload) for row in rows.offers}

    def scores(shown: ListRow, pair: PairRow) -> tuple[float, float]:
        need, offer = needs.get(shown.need_id), offers.get(pair.capability_id)
        if need is None or offer is None:
            return float("nan"), float("nan")
        factors = six_factors(need, offer, None)
        factors["semantic"] = min(max(pair.features.get(CLOSENESS) or 0.0, 0.0), 1.0)
        factors["track_record"] = min(len(offer.case_ids), FULL_TRACK_RECORD) / FULL_TRACK_RECORD
        factors["credit"] = UNKNOWN
        rule = sum(SIX_WEIGHTS[name] * value for name, value in factors.items())
        query = BaselineQuery(need.need_id, need.title, need.problem, need=need)
        return rule, float(TagOverlap([[offer]]).score(query)[0])

    return scores
