"""An answer as it is shown live: with a little chance where that is set, and logged both ways."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sqlite_utils import Database

from matcher.ranking.results import Match, MatchList
from matcher.records import Need
from matcher.workflow.learning.models import exploration_share
from matcher.workflow.matching.exploration import Explored, explore
from matcher.workflow.matching.service import MatchingService


@dataclass(frozen=True)
class LiveList:
    """A list as it is shown; without exploration ``explored`` is None."""

    match_list: MatchList
    explored: Explored | None = None


def answer_live(
    db: Database,
    service: MatchingService,
    need: Need,
    *,
    top: int,
    seed: int,
    explores: bool = True,
) -> LiveList:
    """Answer a need as an enterprise sees it.

    Parameters
    ----------
    seed : int
        Decides what chance moves, where exploration is set at all.
    explores : bool
        False where those who asked want no chance in their lists.
    """
    share = exploration_share(db) if explores else 0.0
    if not share:
        return LiveList(service.match(need, top=top))
    asked: list[MatchList] = []

    def ranked(n: int) -> tuple[Match, ...]:
        asked.append(service.match(need, top=n))
        return asked[-1].matches

    explored = explore(ranked, top, share, seed)
    return LiveList(replace(asked[-1], matches=explored.matches), explored)
