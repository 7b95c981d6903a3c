"""Block ``data_quality``: are the records good enough to be matched at all?"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np

from matcher.learning.history import SEPARATOR, Array
from matcher.learning.history_labels import has_any
from matcher.learning.probability_metrics import wilson_interval
from matcher.reports.history.cut import DAY, WILSON, Cut, Truths
from matcher.reports.history.figures import LEAST_IN_GROUP, MAX_NEEDS, Block, Figure, named

STALE_DAYS = 180
KINDS = ("need", "capability", "pilot_base")
NORMAL_95 = 1.959963984540054


def data_quality_block(cut: Cut) -> Block:
    """Return completeness, age, duplicates and missed rules of the records as they stand."""
    rows = cut.log.tables["records"]
    figures: list[Figure] = []
    for kind in KINDS:
        inside = rows["kind"] == kind
        stale = rows["updated_at"] < cut.end - STALE_DAYS * DAY
        figures += [
            _mean(cut, named("completeness", kind, dimension="kind", n_of="records"), inside),
            _share(cut, named("stale", kind, dimension="kind", n_of="records"), stale, inside),
            _share(
                cut,
                named("duplicates", kind, dimension="kind", n_of="records"),
                rows["is_duplicate"],
                inside,
            ),
        ]
    figures += _rules(cut)
    return Block("data_quality", tuple(figures), cut.synthetic, ("as_of_now",))


def _empty(cut: Cut, name: Figure, inside: Truths) -> Figure:
    rows = cut.log.tables["records"]
    is_need = inside & (rows["kind"] == "need")
    ids = tuple(rows["record_id"][is_need][:MAX_NEEDS].tolist())
    figure = replace(
        name, n=int(inside.sum()), needed=LEAST_IN_GROUP, needs=ids, n_needs=int(is_need.sum())
    )
    return cut.figure(figure)


def _mean(cut: Cut, name: Figure, inside: Truths) -> Figure:
    """Return the mean points of some records, which do not hang together."""
    empty = _empty(cut, name, inside)
    values: Array = cut.log.tables["records"]["completeness"][inside]
    if empty.n < empty.needed:
        return empty
    mean, error = float(values.mean()), float(values.std(ddof=1) / np.sqrt(len(values)))
    low, high = mean - NORMAL_95 * error, mean + NORMAL_95 * error
    return replace(empty, value=mean, low=low, high=high, method="normal")


def _share(cut: Cut, name: Figure, happened: Truths, inside: Truths) -> Figure:
    empty = _empty(cut, name, inside & happened)
    n = int(inside.sum())
    empty = replace(empty, n=n)
    if n < empty.needed:
        return empty
    n_happened = int((happened & inside).sum())
    low, high = wilson_interval(n_happened, n)
    return replace(empty, value=n_happened / n, low=low, high=high, method=WILSON)


def _rules(cut: Cut) -> list[Figure]:
    """Return the share of needs that miss each rule of the checklist, the most missed first."""
    rows = cut.log.tables["records"]
    is_need = rows["kind"] == "need"
    counts = Counter(
        code for joined in rows["failed"][is_need] for code in str(joined).split(SEPARATOR) if code
    )
    return [
        _share(
            cut,
            named("misses_rule", code, dimension="rule", n_of="records"),
            has_any(rows["failed"], (code,)),
            is_need,
        )
        for code, _ in counts.most_common()
    ]
