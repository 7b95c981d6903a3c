"""How comparisons of models, and what speaks for or against one, are put into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from flask import current_app, request

from matcher.errors import ModelError, UnknownRecord
from matcher.ranking.model import Adequacy
from matcher.ranking.registry import load_model
from matcher.reports.property_results import WORDS
from matcher.store.jobs import Job, list_jobs
from matcher.store.model_checks import ModelCheck
from matcher.store.models import Comparison, PromotionRequest, waiting_request
from matcher.workflow.jobs import COMPARE, KINDS, seems_stopped
from matcher.workflow.learning.models import ModelChangeRefused, current_comparison
from matcher.workflow.matching.serving import model_folder, model_folders, serving_id
from matcher.workflow.needs.states import Act
from web import backend, session
from web.administration.quality import system_name
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import percent

FAITHFULNESS = "top_reason_lowers"
VERDICT_TAGS = {
    "better": "tag-ok",
    "equal": "tag-none",
    "worse": "tag-bad",
    "not_enough": "tag-unknown",
}


@dataclass(frozen=True)
class ModelLine:
    """One model in the list."""

    model_id: str
    serves: bool
    is_shadow: bool
    created_on: str
    parent: str
    synthetic: bool
    comparison: Comparison | None
    waiting: PromotionRequest | None
    problem: str = ""


def models_dir() -> Path:
    return Path(current_app.config["MODELS"])


def known_folder(model_id: str) -> Path:
    """Return a model's folder; a name that no model has answers 404."""
    if model_id not in model_folders(models_dir()):
        raise UnknownRecord("model", model_id)
    return models_dir() / model_id


def own_act() -> Act:
    return Act(session.actor(), datetime.now(UTC), request.form.get("reason", ""))


def model_line(model_id: str, shadow: str = "") -> ModelLine:
    """Return what the list says of a model; one that cannot be loaded says why."""
    db, models = backend.database(), models_dir()
    serves = model_id == serving_id(db, models)
    try:
        manifest = load_model(model_folder(models, model_id)).manifest
    except ModelError as error:
        return ModelLine(model_id, serves, False, "", "", False, None, None, str(error))
    return ModelLine(
        model_id,
        serves,
        model_id == shadow,
        str(manifest.get("created_on", "")),
        str(manifest.get("parent", "")),
        bool(manifest.get("synthetic")),
        None if serves else current_comparison(db, models, model_id),
        waiting_request(db, model_id),
    )


def model_lines(shadow: str) -> list[ModelLine]:
    """Return every model, the serving one first, then the newest."""
    lines = [model_line(name, shadow) for name in model_folders(models_dir())]
    lines.sort(key=lambda line: line.created_on, reverse=True)
    return sorted(lines, key=lambda line: not line.serves)


def check_words(check: str) -> str:
    kind, _colon, name = check.partition(":")
    if kind == "property" and name in WORDS:
        return WORDS[name][0 if language() == "zh" else 1]
    words = {
        "ndcg@10": _("Order of the first ten (nDCG@10)"),
        "brier": _("Probability: squared error (Brier)"),
        "calibration_error": _("Probability: calibration error (ECE)"),
        "adequacy": _("From what closeness on somebody is proposed: worth of a proposed pair"),
        "most_shown": _("Share of all that is seen held by the most shown provider"),
        "exposure:small_firms": _("Exposure ratio: small and micro firms"),
        "exposure:little_evidence": _("Exposure ratio: providers with one case or none"),
        "exposure:away_from_hubs": _(
            "Exposure ratio: providers outside the five leading provinces"
        ),
    }
    return words.get(check, check)


def against_words(name: str) -> str:
    words = {"serving": _("the serving model"), "base_rate": _("always the average share")}
    return words.get(name) or system_name(name)


def queries_words(name: str) -> str:
    words = {
        "cases": _("real cases, each left out"),
        "history": _("graded and answered lists"),
        "properties": _("property tests"),
    }
    return words.get(name, name)


def verdict_words(verdict: str) -> str:
    words = {
        "better": _("better"),
        "equal": _("no worse"),
        "worse": _("worse"),
        "not_enough": _("not enough data"),
    }
    return words.get(verdict, verdict)


def section_of(check: str) -> str:
    kind = check.partition(":")[0]
    known = {
        "ndcg@10": "ranking",
        "brier": "calibration",
        "calibration_error": "calibration",
        "adequacy": "adequacy",
    }
    return known.get(kind, "properties" if kind == "property" else "fairness")


def comparison_sections(document: dict[str, Any]) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Return the rows of a comparison by what they are about: key, title, rows."""
    titles = {
        "ranking": _("Order"),
        "calibration": _("Probabilities"),
        "adequacy": _("When nobody is adequate"),
        "fairness": _("Fairness"),
        "properties": _("Properties that must hold"),
    }
    rows = document["rows"]
    return [
        (key, title, found)
        for key, title in titles.items()
        if (found := [row for row in rows if section_of(row["check"]) == key])
    ]


def refusal_words(error: ModelChangeRefused) -> str:
    words = {
        "reason_missing": _("Say why; the audit trail keeps it."),
        "serves_already": _("This model serves already."),
        "not_compared": _(
            "This model was not compared with the serving one as both are now. Compare them first."
        ),
        "synthetic": _(
            "This model was trained on synthetic history. It can serve in a demonstration only."
        ),
        "second_person": _("You have asked for it already. Another administrator must agree."),
        "nothing_to_roll_back": _("There is no promotion to undo."),
        "model_changed": _(
            "The folder of the earlier model was changed since. Restore it from a backup first."
        ),
        "exploration_range": _("The share must be between 0 and 10 per cent."),
        "no_request": _("Nothing waits for a second administrator any more."),
    }
    return words.get(error.why, str(error))


def recent_jobs() -> list[tuple[Job, bool]]:
    """Return the last jobs about models, and whether each seems to have died."""
    now = datetime.now(UTC)
    found = list_jobs(backend.database(), kinds=KINDS, limit=5)
    return [(job, seems_stopped(job, now)) for job in found]


def job_words(job: Job) -> str:
    model_id = job.given.get("model_id", "")
    if job.kind == COMPARE:
        return _("Compare %(model)s with the serving model", model=model_id)
    return _("Update: make %(model)s from the labels", model=model_id)


def stage_words(job: Job) -> str:
    words = {
        "start": _("reading the models"),
        "cases": _("asking real cases"),
        "baselines": _("asking the baselines"),
        "property tests": _("testing properties"),
        "labels": _("gathering labels"),
        "fitting": _("fitting weights"),
        "off-policy": _("estimating acceptance"),
    }
    return words.get(job.stage, job.stage)


def adequacy_words(manifest: Mapping[str, Any], adequacy: Adequacy) -> str:
    """Return from what closeness on somebody is proposed, and how that was chosen."""
    found = manifest.get("adequacy")
    threshold, share = f"{adequacy.threshold:.3f}", percent(adequacy.false_refusal_share)
    if found is None:
        return _("closeness %(threshold)s: chosen so that %(share)s of real needs would be refused",
                 threshold=threshold, share=share)  # fmt: skip
    if found["verdict"] != "chosen":
        return _("closeness %(threshold)s, as in the model before: %(why)s (n = %(n)s)",
                 threshold=threshold, why=kept_words(found["verdict"]),
                 n=found["n_pairs"])  # fmt: skip
    return _("closeness %(threshold)s [%(low)s, %(high)s], before %(parent)s: chosen so that one "
             "in twenty such pairs ends in agreement; %(share)s of the lists that found somebody "
             "would be refused (n = %(n)s)",
             threshold=threshold, low=f"{found['low']:.3f}", high=f"{found['high']:.3f}",
             parent=f"{found['parent']:.3f}", share=share, n=found["n_pairs"])  # fmt: skip


def kept_words(verdict: str) -> str:
    words = {
        "too_few": _("too few answers yet to choose another"),
        "no_rise": _("outcomes do not clearly rise with closeness"),
        "not_reached": _("nothing that was shown is so far away"),
        "not_clear": _("outcomes do not clearly speak for another"),
    }
    return words.get(verdict, verdict)


def estimator_words(name: str) -> str:
    words = {
        "naive": _("Plain share"),
        "ips": _("Inverse propensity, clipped (IPS)"),
        "snips": _("Self-normalised (SNIPS)"),
        "doubly_robust": _("Doubly robust (DR)"),
    }
    return words.get(name, name)


def side_words(side: str) -> str:
    words = {
        "need": _("Probability that the enterprise accepts"),
        "provider": _("Probability that the provider accepts"),
        "joint": _("Probability that both accept"),
    }
    return words.get(side, side)


def nights_before(checks: list[ModelCheck], name: str) -> str:
    """Return a property's shares on the nights before the last, the newest first."""
    shares = [
        one["share"] for check in checks[1:] for one in check.properties if one["name"] == name
    ]
    return _(", ").join(percent(share) for share in shares) or "—"
