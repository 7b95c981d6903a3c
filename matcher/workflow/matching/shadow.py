"""Another model beside the serving one: it ranks the same live needs, unseen, and is logged."""

from __future__ import annotations

import logging
from datetime import date
from pathlib import Path

from sqlite_utils import Database

from matcher.errors import MatcherError
from matcher.ranking.eligibility import check_index
from matcher.ranking.matching import Matcher
from matcher.ranking.model import probability
from matcher.ranking.registry import load_model
from matcher.records import Need
from matcher.store.shadow import ShadowPair, save_shadow
from matcher.workflow.learning.models import shadow_model
from matcher.workflow.matching.serving import model_folder


def rank_unseen(matcher: Matcher, need: Need, *, today: date, top: int) -> list[ShadowPair]:
    """Rank a need as ``Matcher.match`` does, without putting anything into words."""
    index = matcher.index
    checked = check_index(index, need, today=today)
    ranking = matcher.rank(need, checked.mask, today=today)
    pairs = []
    for rank, row in enumerate(ranking.best_rows[:top], start=1):
        capability = index.capabilities[int(ranking.look_up.pool.candidates[row])]
        bits = matcher.calibrated(ranking, float(ranking.raw[row]))
        pairs.append(
            ShadowPair(
                rank, capability.capability_id, capability.provider_id, bits, probability(bits)
            )
        )
    return pairs


def log_shadow(
    db: Database, models: Path, serving: Matcher, match_list_id: int, need: Need, *, today: date
) -> bool:
    """Let the shadow model rank a need that was just answered; return whether one did.

    What goes wrong with it is written to the log and never reaches the one who asked.
    """
    model_id = shadow_model(db)
    if not model_id or model_id == serving.model.model_id:
        return False
    try:
        model = load_model(model_folder(models, model_id))
        pairs = rank_unseen(Matcher(serving.index, model), need, today=today, top=20)
        save_shadow(db, match_list_id, model_id, pairs)
    except MatcherError as error:
        logging.getLogger(__name__).warning("shadow %s: [%s] %s", model_id, error.code, error)
        return False
    return True
