"""The whole way of one need, played by four roles: from the first word to the published case.

People, organisations and records are made up and say so. Every act goes through the very use case
that a page calls; the dates lie in the past, so that the follow-up after ninety days is over too.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from functools import cached_property
from pathlib import Path
from random import Random
from typing import NamedTuple

from sqlite_utils import Database

from matcher.errors import StoreError
from matcher.identity import Account, Actor, actor_of
from matcher.ranking.results import Match
from matcher.records.engagement import Engagement
from matcher.store.accounts import find_by_email
from matcher.store.installation import has_own_data
from matcher.store.matches import read_match_list
from matcher.store.organisations import read_organisation
from matcher.workflow.engagements.asked import NOTHING, Given
from matcher.workflow.engagements.steps import advance
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.needs.matches import match_and_keep
from matcher.workflow.registration.owned_records import Act

DAYS_AGO = 220  # when the story begins, before now
TERMS = "2026-11"
AGREES = Given(agrees=True, terms_version=TERMS)
ROLES = ("enterprise", "provider", "base", "reviewer")
MOST_WAITING = 20  # the place in the list by which the story's provider must stand


class Said(NamedTuple):
    """What happened, in both languages."""

    zh: str
    en: str


class StoryStep(NamedTuple):
    """One step that was played."""

    number: int
    role: str
    at: datetime
    said: Said


def refuse_other_data(db: Database) -> None:
    """Refuse a database in which anybody has worked.

    Raises
    ------
    StoreError
        The story is played on a fresh database only; what others wrote is never mixed with it.
    """
    if has_own_data(db):
        raise StoreError(
            "这个数据库里已有账户或数据，演示故事只在全新的库里上演；请用 AIPLUS_DATABASE "
            "指定一个新文件 · this database holds accounts or data, and the story is played on a "
            "fresh one only; name a new file with AIPLUS_DATABASE",
            reason="not_fresh",
        )


class Story:
    """The story on its way: who plays, what exists so far, and which day it is.

    Parameters
    ----------
    path, models : Path
        The database, whose demonstration accounts exist, and the folder of models.
    seed : int
        Decides how long answers take, what is measured, and how they rate each other.
    """

    def __init__(self, db: Database, path: Path, models: Path, *, seed: int, now: datetime) -> None:
        self.db = db
        self.random = Random(seed)  # noqa: S311 - a story, no secret
        self.now = now - timedelta(days=DAYS_AGO)
        self.people = {role: _person(db, role) for role in ROLES}
        self._path, self._models = path, models
        self.need_id = self.capability_id = self.base_id = self.engagement_id = ""
        self.outcome_id = ""
        self.list_id = 0

    @cached_property
    def _service(self) -> MatchingService:
        return MatchingService(self._path, self._models, today=lambda: self.now.date())

    def actor(self, role: str) -> Actor:
        """Return somebody of the story as who acts."""
        return actor_of(self.people[role])

    def owner(self, role: str) -> Act:
        """Return somebody of the story as who registers for an organisation."""
        organisation = read_organisation(self.db, self.people[role].organisation_id)
        return Act(organisation, self.actor(role), self.now)

    def step(self, role: str, action: str, given: Given = NOTHING) -> Engagement:
        """Take one step of the engagement as one of the sides."""
        return advance(
            self.db, self.engagement_id, action, actor=self.actor(role), now=self.now, given=given
        )

    def match(self) -> Match:
        """Match the need, keep the answer, and return the story's provider in it."""
        self.list_id = match_and_keep(self.db, self._service, self.need_id, now=self.now)
        matches = read_match_list(self.db, self.list_id).match_list.matches
        found = [one for one in matches if one.capability_id == self.capability_id]
        if not found:
            raise StoreError(
                f"the story's provider is not among the first {MOST_WAITING} of its own need; "
                "load the shipped catalogue and use the shipped model",
                reason="not_found",
            )
        return found[0]


def _person(db: Database, role: str) -> Account:
    found = find_by_email(db, f"{role}@demo.invalid")
    if found is None:
        raise ValueError(f"the demonstration has no {role}; open it first")
    return found
