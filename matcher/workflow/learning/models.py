"""Who may let another model serve, and back again; and what live lists try out.

A model that its comparison advises for is promoted by one administrator. One that is worse beyond
its interval, or was found less fair, takes two different administrators and a reason. Every step is
audited. Comparing itself is ``matcher.reports.model_comparison``.
"""

from __future__ import annotations

from pathlib import Path

from sqlite_utils import Database

from matcher.errors import MatcherError
from matcher.identity import Actor, Role
from matcher.ranking.registry import load_model
from matcher.store.accounts import find_account
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.installation import DEMONSTRATION, read_setting, write_setting
from matcher.store.models import (
    Comparison,
    PromotionRequest,
    ServingChange,
    add_change,
    add_request,
    close_requests,
    latest_comparison,
    list_changes,
    read_comparison,
    waiting_request,
)
from matcher.workflow.matching.serving import (
    model_digest,
    model_folder,
    model_folders,
    serving_id,
)
from matcher.workflow.needs.states import Act

LONGEST_REASON = 500
PROMOTED, ASKED, ROLLED_BACK = "promoted", "asked", "rolled_back"
EXPLORATION = "exploration_share"
SHADOW = "shadow_model"
MAX_EXPLORATION = 0.10
ADVISED_EXPLORATION = (0.01, 0.05)

_REFUSALS = {
    "not_entitled": "only an administrator changes the serving model",
    "reason_missing": "a reason is wanted; say why",
    "serves_already": "it serves already",
    "not_compared": "it was not compared with the serving model as both are now; compare first",
    "synthetic": "it was trained on synthetic history, and this is no demonstration",
    "second_person": "its comparison advises against it; another administrator must want it too",
    "nothing_to_roll_back": "no model was promoted, or all promotions were rolled back",
    "model_changed": "the folder of the earlier model was changed since; restore it from a backup",
    "exploration_range": f"the share must be between 0 and {MAX_EXPLORATION}",
    "no_request": "nothing waits for a second administrator",
}


class ModelChangeRefused(MatcherError):
    """The serving model, or what live lists try out, cannot be changed so; ``why`` is a code."""

    code = "model_change_refused"

    def __init__(self, model_id: str, why: str) -> None:
        super().__init__(f"model {model_id!r}: {_REFUSALS[why]}", model=model_id, why=why)
        self.why = why


def _check(actor: Actor, model_id: str, reason: str, *, wants_reason: bool = True) -> str:
    if actor.role != Role.ADMINISTRATOR:
        raise ModelChangeRefused(model_id, "not_entitled")
    told = reason.strip()[:LONGEST_REASON]
    if wants_reason and not told:
        raise ModelChangeRefused(model_id, "reason_missing")
    return told


def current_comparison(db: Database, models: Path, model_id: str) -> Comparison | None:
    """Return the last comparison of a model with the serving one, both as they are now."""
    now_serving = serving_id(db, models)
    return latest_comparison(
        db,
        (model_id, model_digest(models, model_id)),
        (now_serving, model_digest(models, now_serving)),
    )


def promote(db: Database, models: Path, model_id: str, act: Act) -> str:
    """Let a model serve, or ask for a second administrator where its comparison advises against it.

    Returns
    -------
    str
        ``promoted``, or ``asked`` where it now waits for another administrator.

    Raises
    ------
    ModelChangeRefused
        With the reason; nothing was changed.
    ModelError
        The model cannot be loaded.
    """
    reason = _check(act.actor, model_id, act.reason)
    _check_serves_here(db, models, model_id)
    with write_transaction(db, f"promote {model_id}"):
        previous = serving_id(db, models)
        if previous == model_id:
            raise ModelChangeRefused(model_id, "serves_already")
        comparison = current_comparison(db, models, model_id)
        if comparison is None:
            raise ModelChangeRefused(model_id, "not_compared")
        act = act._replace(reason=reason)
        asked_by = ""
        if not comparison.passed:
            asked_by = _asked_by_another(db, comparison, act)
            if not asked_by:
                return ASKED
        change = ServingChange(
            PROMOTED,
            model_id,
            model_digest(models, model_id),
            previous,
            act.actor.actor_id,
            reason,
            act.now,
            comparison.comparison_id,
            asked_by,
        )
        _change(db, change, act)
        close_requests(db, model_id, PROMOTED, closed_by=act.actor.actor_id, now=act.now)
    return PROMOTED


def _check_serves_here(db: Database, models: Path, model_id: str) -> None:
    """Refuse a model that cannot be loaded, and one that invented history taught, for real use."""
    model = load_model(model_folder(models, model_id))
    if model.manifest.get("synthetic") and read_setting(db, DEMONSTRATION) != "1":
        raise ModelChangeRefused(model_id, "synthetic")


def _asked_by_another(db: Database, comparison: Comparison, act: Act) -> str:
    """Return which other administrator asked; where none did, ask in this one's name."""
    model_id = comparison.candidate_id
    waiting = waiting_request(db, model_id)
    if waiting and waiting.comparison_id == comparison.comparison_id and _still_asks(db, waiting):
        if waiting.asked_by == act.actor.actor_id:
            raise ModelChangeRefused(model_id, "second_person")
        return waiting.asked_by
    close_requests(db, model_id, "withdrawn", closed_by=act.actor.actor_id, now=act.now)
    add_request(
        db,
        model_id,
        comparison.comparison_id,
        act.reason,
        asked_by=act.actor.actor_id,
        now=act.now,
    )
    _record(db, "model.promotion_asked", model_id, {}, {"advice": "against"}, act)
    return ""


def _still_asks(db: Database, waiting: PromotionRequest) -> bool:
    """Whether the one who asked may still ask: who is disabled or demoted is no second person."""
    asker = find_account(db, waiting.asked_by)
    return asker is None or (asker.is_active and asker.role == Role.ADMINISTRATOR)


def withdraw_request(db: Database, model_id: str, act: Act) -> None:
    """Take back what waits for a second administrator; the one asked may refuse it so, too."""
    reason = _check(act.actor, model_id, act.reason, wants_reason=False)
    with write_transaction(db, f"withdraw the request for {model_id}"):
        n = close_requests(db, model_id, "withdrawn", closed_by=act.actor.actor_id, now=act.now)
        if not n:
            raise ModelChangeRefused(model_id, "no_request")
        _record(db, "model.request_withdrawn", model_id, {}, {}, act._replace(reason=reason))


def rollback_target(db: Database) -> ServingChange | None:
    """Return the promotion that rolling back would undo: the last that was not undone yet."""
    undone = 0
    for change in list_changes(db, limit=1000):
        if change.kind == ROLLED_BACK:
            undone += 1
        elif undone:
            undone -= 1
        else:
            return change
    return None


def roll_back(db: Database, models: Path, act: Act) -> str:
    """Let the model before the last promotion serve again; return its id.

    Raises
    ------
    ModelChangeRefused
        There is nothing to undo, or the earlier model is no longer the one that was, or invented
        history taught it and this is no demonstration.
    ModelError
        The earlier model cannot be loaded.
    """
    reason = _check(act.actor, "", act.reason, wants_reason=False) or "rolled back"
    with write_transaction(db, "roll the serving model back"):
        undone = rollback_target(db)
        if undone is None:
            raise ModelChangeRefused("", "nothing_to_roll_back")
        _check_serves_here(db, models, undone.previous_id)
        return _undo(db, models, undone, act._replace(reason=reason))


def _undo(db: Database, models: Path, undone: ServingChange, act: Act) -> str:
    """Let the model that a promotion replaced serve again; return its id."""
    goal = undone.previous_id
    digest = model_digest(models, goal)
    if _digest_then(db, undone) != digest:
        raise ModelChangeRefused(goal, "model_changed")
    change = ServingChange(
        ROLLED_BACK, goal, digest, undone.model_id, act.actor.actor_id, act.reason, act.now
    )
    _change(db, change, act)
    return goal


def leave_synthetic(db: Database, models: Path, act: Act) -> None:
    """Undo promotions until no model serves, and none ranks unseen, that invented history taught.

    For the end of a demonstration: what it promoted must not judge real needs. Doing it again
    changes nothing.

    Raises
    ------
    ModelChangeRefused
        The earlier model is no longer the one that was; nothing was changed.
    """
    with write_transaction(db, "leave the models of the demonstration"):
        while (undone := rollback_target(db)) is not None:
            if not _is_synthetic(models, serving_id(db, models)):
                break
            _undo(db, models, undone, act)
        if _is_synthetic(models, shadow_model(db)):
            _set(db, SHADOW, "", act)


def _is_synthetic(models: Path, model_id: str) -> bool:
    is_there = model_id in model_folders(models)
    return is_there and bool(load_model(models / model_id).manifest.get("synthetic"))


def _digest_then(db: Database, undone: ServingChange) -> str:
    """Return the digest that the earlier model had when the other one was promoted over it."""
    if undone.comparison_id is None:
        return ""
    return read_comparison(db, undone.comparison_id).serving_sha256


def _change(db: Database, change: ServingChange, act: Act) -> None:
    add_change(db, change)
    after = {"serving": change.model_id, "sha256": change.model_sha256[:12]}
    if change.asked_by:
        after["asked_by"] = change.asked_by
    _record(
        db, f"model.{change.kind}", change.model_id, {"serving": change.previous_id}, after, act
    )


def _record(
    db: Database,
    action: str,
    model_id: str,
    before: dict[str, object],
    after: dict[str, str],
    act: Act,
) -> None:
    change = Change(action, "model", model_id, before, after, act.reason)
    record_change(db, change, actor=act.actor, now=act.now)


def exploration_share(db: Database) -> float:
    """Return the share of shown places that chance may fill; 0 until somebody sets it."""
    return float(read_setting(db, EXPLORATION) or 0.0)


def set_exploration(db: Database, share: float, act: Act) -> None:
    """Set the share of shown places that chance may fill.

    Raises
    ------
    ModelChangeRefused
        When it is not within 0 and a tenth, or this person may not.
    """
    reason = _check(act.actor, "", act.reason, wants_reason=False)
    if not 0.0 <= share <= MAX_EXPLORATION:
        raise ModelChangeRefused("", "exploration_range")
    _set(db, EXPLORATION, f"{share:g}", act._replace(reason=reason))


def shadow_model(db: Database) -> str:
    """Return the id of the model that ranks live lists beside the serving one, or nothing."""
    return read_setting(db, SHADOW)


def set_shadow(db: Database, models: Path, model_id: str, act: Act) -> None:
    """Let a model rank live lists unseen beside the serving one; an empty id ends it."""
    reason = _check(act.actor, model_id, act.reason, wants_reason=False)
    if model_id:
        load_model(model_folder(models, model_id))
    _set(db, SHADOW, model_id, act._replace(reason=reason))


def _set(db: Database, name: str, value: str, act: Act) -> None:
    with write_transaction(db, f"set {name}"):
        before = read_setting(db, name)
        write_setting(db, name, value)
        change = Change(
            f"{name}.set", "setting", name, {"value": before}, {"value": value}, act.reason
        )
        record_change(db, change, actor=act.actor, now=act.now)
