"""The thread of one requirement: asked, matched, planned, measured, learned from."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.ranking.results import RequirementLine
from matcher.records import Requirement
from matcher.records.pilot import Outcome, PilotApplication, PilotLine
from matcher.store.matches import list_match_lists, read_match_list
from matcher.store.needs import list_need_versions
from matcher.store.outcomes import outcomes_of_need
from matcher.store.pilots import lines_of_requirement

NEWEST_LISTS = 5


@dataclass(frozen=True, slots=True)
class Asking:
    """How the requirement read in one version of the need."""

    requirement: Requirement
    version: int
    saved_at: datetime


@dataclass(frozen=True, slots=True)
class Answering:
    """How one candidate fared against it in a list that was shown."""

    match_list_id: int
    shown_at: datetime
    rank: int
    capability_id: str
    line: RequirementLine


@dataclass(frozen=True, slots=True)
class Testing:
    """How it was tested in a pilot, and the result."""

    application: PilotApplication
    line: PilotLine


@dataclass(frozen=True, slots=True)
class Thread:
    """All that happened to one requirement, each part in the order of time."""

    need_id: str
    requirement_id: str
    asked: tuple[Asking, ...]  # only versions in which it changed
    answered: tuple[Answering, ...]
    tested: tuple[Testing, ...]
    outcomes: tuple[Outcome, ...]

    @property
    def current(self) -> Requirement:
        """The requirement as it reads now, or read last."""
        return self.asked[-1].requirement


def requirement_thread(db: Database, need_id: str, requirement_id: str) -> Thread:
    """Return the thread of a requirement; it keeps its id from the need to the result.

    Raises
    ------
    UnknownRecord
        When no version of the need has it.

    Notes
    -----
    Who may read which part is the caller's to decide: candidates' names are not masked here.
    """
    asked = _asked(db, need_id, requirement_id)
    if not asked:
        raise UnknownRecord("requirement", requirement_id)
    tested = lines_of_requirement(db, need_id, requirement_id)
    engaged = {application.engagement_id for application, _ in tested}
    outcomes = [one for one in outcomes_of_need(db, need_id) if one.engagement_id in engaged]
    return Thread(
        need_id,
        requirement_id,
        asked,
        _answered(db, need_id, requirement_id),
        tuple(Testing(application, line) for application, line in tested),
        tuple(outcomes),
    )


def _asked(db: Database, need_id: str, requirement_id: str) -> tuple[Asking, ...]:
    found: list[Asking] = []
    for version in reversed(list_need_versions(db, need_id)):
        for requirement in version.need.requirements:
            is_same = found and found[-1].requirement == requirement
            if requirement.requirement_id == requirement_id and not is_same:
                found.append(Asking(requirement, version.version, version.saved_at))
    return tuple(found)


def _answered(db: Database, need_id: str, requirement_id: str) -> tuple[Answering, ...]:
    newest = list_match_lists(db, need_id)[:NEWEST_LISTS]
    lists = (read_match_list(db, match_list_id) for match_list_id in reversed(newest))
    return tuple(
        Answering(one.match_list_id, one.created_at, match.rank, match.capability_id, line)
        for one in lists
        for match in one.match_list.matches
        for line in match.requirements
        if line.requirement_id == requirement_id
    )
