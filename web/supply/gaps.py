"""Topics of the supply gap as a page shows them: of now, and of the last kept report."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from matcher.store.needs import read_kept_need
from matcher.store.open_calls import calls_by_need
from matcher.store.report_snapshots import ReportSnapshot, read_snapshot_document
from matcher.store.supply_gaps import SupplyGap
from matcher.workflow.learning.history_demonstrations import last_kept
from matcher.workflow.needs.disclosure import ANONYMOUS, INVITED, masked_need, names_of
from matcher.workflow.supply.gaps import Topic
from web import backend
from web.presenters import text_of

BLOCK = "supply_gap"


@dataclass(frozen=True)
class NeedLine:
    """One unmet need of a topic; the title of an anonymous one is masked, its name not shown.

    No call speaks of one that is for invited providers only.
    """

    gap: SupplyGap
    title: str
    is_anonymous: bool
    is_for_invited: bool


@dataclass(frozen=True)
class ReportedTopics:
    """The clusters of the last report that was kept for a month."""

    snapshot: ReportSnapshot
    figures: tuple[dict[str, Any], ...]

    @property
    def last_day(self) -> date:
        return self.snapshot.ends_on - timedelta(days=1)


def lines_of(topic: Topic) -> list[NeedLine]:
    db, lines = backend.database(), []
    for gap in topic.gaps:
        kept = read_kept_need(db, gap.need_id)
        visibility = kept.status.visibility
        need = masked_need(kept.need, visibility, names_of(db, kept.organisation_id))
        title = text_of(need, "title")
        lines.append(NeedLine(gap, title, visibility == ANONYMOUS, visibility == INVITED))
    return lines


def call_of(topic: Topic, called: dict[str, str]) -> str:
    """Return the id of the open call in which most needs of a topic are, or an empty text."""
    found = [called[gap.need_id] for gap in topic.gaps if gap.need_id in called]
    return max(set(found), key=lambda one: (found.count(one), one)) if found else ""


def called_needs() -> dict[str, str]:
    return calls_by_need(backend.database())


def reported_topics() -> ReportedTopics | None:
    """Return the clusters of the last kept report, or None where none is kept."""
    db = backend.database()
    last = last_kept(db)
    if last is None:
        return None
    document = json.loads(
        read_snapshot_document(db, last.starts_on, last.ends_on, synthetic=last.synthetic)
    )
    figures = document["blocks"][BLOCK]["figures"]
    return ReportedTopics(last, tuple(one for one in figures if one["key"] == "cluster"))


def find_figure(reported: ReportedTopics | None, code: str) -> dict[str, Any] | None:
    if reported is None:
        return None
    return next((one for one in reported.figures if one["group"] == code), None)
