"""Gather the facts of the regulator's pack, make it, and audit that it was made."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from sqlite_utils import Database

from matcher.ranking.registry import load_model
from matcher.reports.model_card import CARD_FILE
from matcher.reports.regulator.facts import Chain, Log, PackFacts
from matcher.reports.regulator.pack import pack_bytes
from matcher.store.appeals import list_appeals
from matcher.store.audit import ChainState, Change, record_change, verify_chain
from matcher.store.engagements import count_reached
from matcher.store.installation import DEMONSTRATION, read_setting
from matcher.store.model_checks import list_checks
from matcher.store.models import list_changes
from matcher.store.report_snapshots import read_snapshot_document
from matcher.store.retention import log_spans
from matcher.store.shown_chain import verify_shown
from matcher.workflow.learning.history_demonstrations import last_kept
from matcher.workflow.learning.models import exploration_share, shadow_model
from matcher.workflow.matching.serving import model_folder, serving_id
from matcher.workflow.needs.states import Act
from matcher.workflow.upkeep.retention import TERMS

ALL = 1_000_000
TERM_OF_LOG = {"sign_ins": "login_attempts", "shown_lists": "shown_lists"}


def make_pack(db: Database, models: Path, act: Act, *, made_by: str) -> bytes:
    """Return the pack of this moment; the audit trail keeps its digest.

    Raises
    ------
    ModelError
        The serving model cannot be loaded.
    """
    packed = pack_bytes(gather_facts(db, models, act, made_by=made_by))
    after = {"sha256": hashlib.sha256(packed).hexdigest(), "n_bytes": len(packed)}
    change = Change("regulator_pack.made", "installation", "regulator_pack", after=after)
    record_change(db, change, actor=act.actor, now=act.now)
    return packed


def gather_facts(db: Database, models: Path, act: Act, *, made_by: str) -> PackFacts:
    """Return everything that the pack says, as it is in the database now."""
    model_id = serving_id(db, models)
    folder = model_folder(models, model_id)
    model = load_model(folder)
    checks = list_checks(db, model_id, limit=1)
    card = folder / CARD_FILE
    return PackFacts(
        made_at=act.now,
        made_by=made_by,
        is_demonstration=read_setting(db, DEMONSTRATION) == "1",
        model_id=model_id,
        manifest=model.manifest,
        card=card.read_text("utf-8") if card.is_file() else _no_card(model_id),
        adequacy=(model.adequacy.threshold, model.adequacy.false_refusal_share),
        exploration_share=exploration_share(db),
        shadow_model=shadow_model(db),
        changes=[
            {
                "at": one.made_at.date().isoformat(),
                "model_id": one.model_id,
                "kind": one.kind,
                "reason": one.reason,
            }
            for one in list_changes(db, limit=ALL)
        ],
        report=_last_report(db),
        check=checks[0].properties if checks else (),
        checked_at=checks[0].made_at if checks else None,
        logs=_logs(db),
        chain=_chain(verify_chain(db)),
        shown=_chain(verify_shown(db)),
        counts=_counts(db),
    )


def _no_card(model_id: str) -> str:
    return (
        f"# 模型卡 · Model card: `{model_id}`\n\n"
        "此模型由更新生成，没有单独的模型卡；见其清单和上级模型的模型卡。\n\n"
        "This model was made by an update and has no card of its own; see its manifest and the "
        "card of its parent.\n"
    )


def _last_report(db: Database) -> dict[str, Any] | None:
    last = last_kept(db)
    if last is None:
        return None
    text = read_snapshot_document(db, last.starts_on, last.ends_on, synthetic=last.synthetic)
    found: dict[str, Any] = json.loads(text)
    return found


def _logs(db: Database) -> list[Log]:
    terms = {term.kind: term.kept_for.days for term in TERMS}
    return [
        Log(span.log, span.n, span.oldest, span.newest, terms.get(TERM_OF_LOG.get(span.log, "")))
        for span in log_spans(db)
    ]


def _chain(state: ChainState) -> Chain:
    return Chain(state.n_events, state.head_digest, state.broken.why if state.broken else "")


def _counts(db: Database) -> dict[str, int]:
    appeals = list_appeals(db, limit=ALL)
    spans = {span.log: span.n for span in log_spans(db)}
    return {
        "overrides": spans["overrides"],
        "judgements": spans["judgements"],
        "appeals": len(appeals),
        "appeals_open": sum(not one.decision for one in appeals),
        "appeals_upheld": sum(one.decision == "upheld" for one in appeals),
        "engagements_mutual": count_reached(db, "mutual"),
    }
