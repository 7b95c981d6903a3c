"""All labels that an installation has: reviewers' grades and what became of what was shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from sqlite_utils import Database

from matcher.learning.adequacy import tried_pairs
from matcher.learning.history import HistoryLog, moment
from matcher.learning.label_lists import group_digest, lists_of_history, lists_of_judgements
from matcher.learning.labels_file import LabelSet
from matcher.learning.two_sided import Answers, all_answers
from matcher.learning.update_from_labels import LabelledList
from matcher.learning.updated_model import UpdateInput
from matcher.store.judgements import list_judgements
from matcher.store.judging import features_of_items
from matcher.store.organisations import list_organisations
from matcher.store.ownership import owner_of
from matcher.workflow.learning.history_demonstrations import read_demonstrations

SMALL = ("small", "micro")


def judged_lists(db: Database, *, synthetic: bool) -> list[LabelledList]:
    """Return the needs of which reviewers graded pairs, with the features of the draw.

    Parameters
    ----------
    synthetic : bool
        Also what a demonstration graded or was graded; what it teaches must be called synthetic.
    """
    demo = read_demonstrations(db)
    judgements = [one for one in list_judgements(db) if synthetic or not demo.made(one)]
    grades = [
        (one.need_id, one.capability_id, one.grade, one.judged_at.isoformat()) for one in judgements
    ]
    groups = {one.need_id: owner_of(db, "need", one.need_id) or one.need_id for one in judgements}
    return lists_of_judgements(grades, features_of_items(db), groups)


def all_labels(db: Database, log: HistoryLog | None, *, now: datetime) -> UpdateInput:
    """Return judgements and history together, as an update takes them.

    Parameters
    ----------
    log : HistoryLog, optional
        What was shown and what became of it; a synthetic one makes the whole input synthetic.
        Without one, or with a real one, no grade of a demonstration is among the labels.
    now : datetime
        What was shown less than 28 days before may still be answered.
    """
    judged = judged_lists(db, synthetic=log is not None and log.synthetic)
    sources = ("judgements",) if judged else ()
    if log is None:
        return UpdateInput(LabelSet(judged), False, sources)
    lists = [*judged, *lists_of_history(log)]
    labels = LabelSet(lists, nameless(all_answers(log)), tried_pairs(log, moment(now)))
    return UpdateInput(labels, log.synthetic, (*sources, *log.sources))


def nameless(answers: Mapping[str, Answers]) -> dict[str, Answers]:
    """Return answers with digests in place of the ids of enterprises: a folder may travel."""
    return {
        side: replace(one, groups=tuple(group_digest(name) for name in one.groups))
        for side, one in answers.items()
    }


def small_providers(db: Database) -> frozenset[str]:
    """Return the providers of the catalogue whose organisation is small or micro."""
    return frozenset(
        one.provider_id
        for one in list_organisations(db, limit=100_000)
        if one.provider_id and one.size in SMALL
    )
