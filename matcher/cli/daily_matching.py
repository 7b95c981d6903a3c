"""What of the daily duties needs the serving model: the supply gap, and testing the model."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from sqlite_utils import Database

    from matcher.workflow.matching.service import MatchingService


def supply_duty(db: Database, now: datetime) -> str:
    """Close gaps that are settled, open what nobody took up, look again where nobody came close."""
    from matcher.workflow.supply.gaps import review_gaps
    from matcher.workflow.supply.rematch import rematch, waits_for_candidates

    n_closed, n_opened = review_gaps(db, now=now)
    waiting = waits_for_candidates(db)
    n_found = rematch(db, _service(db), now=now) if waiting else 0
    return (
        f"新增 · opened: {n_opened}, 关闭 · closed: {n_closed}, "
        f"有了候选 · candidates appeared: {n_found} / {len(waiting)}"
    )


def model_duty(db: Database, now: datetime) -> str:
    """Run the property tests on the serving model, once a night; they take a minute or two."""
    from matcher.errors import ModelError, NotEnoughJudgements
    from matcher.settings import models_folder
    from matcher.workflow.learning.model_checks import check_serving_model, is_due
    from matcher.workflow.matching.serving import serving_id

    try:
        if not is_due(db, models_folder(), serving_id(db, models_folder()), now=now):
            return "今天已做 · done already"
        found = check_serving_model(db, _service(db), now=now)
    except (ModelError, NotEnoughJudgements) as error:
        return f"未做 · not done: {error}"
    return f"性质成立 · properties that hold: {found.n_held} / {len(found.properties)}"


def _service(db: Database) -> MatchingService:
    from matcher.errors import StoreError
    from matcher.settings import models_folder
    from matcher.workflow.matching.service import MatchingService

    path = getattr(db, "path", None)
    if path is None:
        raise StoreError("matching needs a database file that can be opened again", reason="path")
    return MatchingService(path, models_folder())
