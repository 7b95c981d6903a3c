"""The property tests, run each night on the model that serves and on the records of that night.

A model is tested before it is promoted; but records change under it, so it is tested again. Where a
property that held the time before holds no more, the administrators are told.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path

from sqlite_utils import Database

from matcher.identity import Role
from matcher.records import Catalogue
from matcher.reports.properties import OFF_TOPIC_FILE, Progress, property_report
from matcher.store.connection import write_transaction
from matcher.store.model_checks import ModelCheck, add_check, list_checks
from matcher.store.notices import Message
from matcher.vocabulary.files import data_folder
from matcher.workflow.matching.service import MatchingService
from matcher.workflow.matching.serving import model_digest
from matcher.workflow.messages.notifying import tell_staff

FRESH_FOR = timedelta(hours=12)  # a night's check is not repeated the same night
TOPIC = "model.property_lost"


def is_due(db: Database, models: Path, model_id: str, *, now: datetime) -> bool:
    """Whether a model was not checked since last night, as it is now."""
    last = next(iter(list_checks(db, model_id, limit=1)), None)
    if last is None or last.model_sha256 != model_digest(models, model_id):
        return True
    return now - last.made_at > FRESH_FOR


def check_serving_model(
    db: Database,
    service: MatchingService,
    *,
    now: datetime,
    asked: Catalogue | None = None,
    progress: Progress | None = None,
) -> ModelCheck:
    """Run every property test on the serving model, keep what was found, and tell what was lost.

    Parameters
    ----------
    asked : Catalogue, optional
        Whose cases give the needs; by default the catalogue that is served.

    Raises
    ------
    NotEnoughJudgements
        There is no case to ask.
    """
    snapshot = service.snapshot()
    model_id = snapshot.matcher.model.model_id
    needs = data_folder() / "judgements" / OFF_TOPIC_FILE
    document = property_report(
        snapshot.matcher, asked or snapshot.catalogue, needs, service.today(), progress=progress
    )
    before = list_checks(db, model_id, limit=1)
    model = (model_id, model_digest(service.models_dir, model_id))
    with write_transaction(db, f"keep the check of model {model_id}"):
        add_check(db, model, snapshot.revision, document, now=now)
        found = list_checks(db, model_id, limit=1)[0]
        lost = lost_properties(before[0], found) if before else []
        if lost:
            tell_staff(db, Role.ADMINISTRATOR, _lost_message(model_id, lost), now=now)
    return found


def lost_properties(before: ModelCheck, now: ModelCheck) -> list[dict[str, str]]:
    """Return the properties that held the time before and hold no more."""
    held = {one["name"] for one in before.properties if one["passed"]}
    return [one for one in now.properties if one["name"] in held and not one["passed"]]


def _lost_message(model_id: str, lost: list[dict[str, str]]) -> Message:
    zh = "、".join(one["label_zh"] for one in lost)
    en = "; ".join(one["label_en"] for one in lost)
    return Message(
        TOPIC,
        f"模型 {model_id} 的夜间性质测试有 {len(lost)} 项不再成立：{zh}。",
        f"In last night's test of model {model_id}, {len(lost)} no longer hold: {en}.",
        f"/models/{model_id}",
        "model",
        model_id,
    )
