"""A model made once more: every value that it learned, to the fourth digit.

An updated model from its folder alone; a trained one as far as the catalogue's real cases go, for
the packs that it also learned from lie elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelIncompatible
from matcher.learning.adequacy import choose_adequacy
from matcher.learning.cases import ranked_cases
from matcher.learning.labels_file import LabelSet, read_labels
from matcher.learning.systems import FOLDS_FILE, ServedModel, Tools, load_served
from matcher.learning.training import SEED, build_model, fold_weights
from matcher.learning.two_sided import fit_sides
from matcher.learning.update_from_labels import update_weights
from matcher.learning.updated_model import LABELS_FILE, REGIME, folds_text
from matcher.ranking.engine import IndexParts
from matcher.ranking.features import FEATURE_NAMES
from matcher.ranking.model import Adequacy, Table
from matcher.ranking.sides import PREFIX
from matcher.records import Catalogue

AGREED_DIGITS = 4
GATE, CALIBRATION = "gate", "calibration"
WEIGHTS, TEST, SIDES, ADEQUACY, FOLDS = "weights", "test", "sides", "adequacy", "folds"

Array = NDArray[np.float64]


def reproduce(models: Path, model_id: str) -> dict[str, Any]:
    """Compute again all that an update learned, from its folder; return the largest difference.

    Returns
    -------
    dict
        ``largest_difference`` of a value, ``digits`` to which all agree at least (at most 4),
        ``n_lists``, and ``parts``: the largest difference of the weights, of the test on the newest
        lists, of each side's probability, of the threshold of adequacy and of the folds. A part is
        None where it cannot be computed again: the folds begin at those of the parent, which may
        have gone.

    Raises
    ------
    ModelIncompatible
        The model was not made by an update, or its labels were altered.
    """
    served = load_served(models, model_id)
    labels = _labels(models / model_id, served.model.manifest)
    parts = {
        **_learned(served, labels),
        SIDES: _sides_gap(served, labels),
        ADEQUACY: _adequacy_gap(served, labels),
        FOLDS: _folds_gap(models, served, labels),
    }
    return _compared(parts) | {"n_lists": len(labels.lists)}


def _compared(parts: Mapping[str, float | None]) -> dict[str, Any]:
    gap = max(found for found in parts.values() if found is not None)
    digits = AGREED_DIGITS if gap <= 10.0**-AGREED_DIGITS else int(max(0, -np.log10(gap)))
    return {"largest_difference": gap, "digits": digits, "parts": dict(parts)}


def reproduce_cases(
    models: Path, model_id: str, catalogue: Catalogue, digest: str, tools: Tools
) -> dict[str, Any]:
    """Train the catalogue's tables again on its real cases; return the largest difference.

    Parameters
    ----------
    digest : str
        Of the files of the catalogue, which must be the one that the model was trained on.

    Returns
    -------
    dict
        As ``reproduce``, with ``n_cases``; the parts are the weights, the figures of the gate, the
        calibration and the folds.

    Raises
    ------
    ModelIncompatible
        The model was trained on another state of the catalogue, or learned nothing from it.
    """
    served = load_served(models, model_id)
    kept = served.model.manifest.get("regimes", {}).get(REGIME, {})
    if served.model.manifest.get("catalogue_digest") != digest:
        raise ModelIncompatible(
            f"{model_id} was trained on another state of the catalogue; check that state out first"
        )
    if not kept.get("gate", {}).get("n_queries"):
        raise ModelIncompatible(f"{model_id} learned nothing from the catalogue's cases")
    parts = IndexParts(tools.encoder, tools.cache, tools.lexicon, served.model.language_means)
    queries = ranked_cases(catalogue, parts, progress=tools.progress)[0]
    again, fitted = build_model(
        model_id, {REGIME: queries}, served.model.language_means, served.model.adequacy
    )
    found = fitted[REGIME]
    gaps: dict[str, float | None] = {
        WEIGHTS: float(np.abs(found.weights - _named(kept["weights"])).max()),
        GATE: _record_gap(found.gate, kept["gate"]),
        CALIBRATION: _table_gap(again.calibration[REGIME], served.model.calibration.get(REGIME)),
    }
    if found.is_learned:
        folds = np.array(fold_weights(queries, REGIME))
        path = models / model_id / FOLDS_FILE
        known = np.array(json.loads(path.read_text("utf-8"))["weights"][REGIME])
        gaps[FOLDS] = float(np.abs(folds - known).max())
    return _compared(gaps) | {"n_cases": len(queries)}


def _labels(folder: Path, manifest: Mapping[str, Any]) -> LabelSet:
    path = folder / LABELS_FILE
    if "parent" not in manifest or not path.is_file():
        raise ModelIncompatible(f"{folder.name} was not made by an update of another model")
    text = path.read_text("utf-8")
    if hashlib.sha256(text.encode()).hexdigest() != manifest.get("labels_sha256"):
        raise ModelIncompatible(f"{path.name} of {folder.name} was altered; restore the folder")
    return read_labels(text, f"{folder.name}/{LABELS_FILE}")


def _learned(served: ServedModel, labels: LabelSet) -> dict[str, float]:
    """Return the gaps of the weights and of their test, fitted again from the parent's weights."""
    manifest = served.model.manifest
    again = update_weights(labels.lists, _named(manifest["parent_weights"]), seed=SEED)
    test = {"cut_at": again.cut_at, "n_train": again.n_train, **again.test}
    weights = np.abs(again.weights - _named(manifest["regimes"][REGIME]["weights"])).max()
    return {WEIGHTS: float(weights), TEST: _record_gap(test, manifest["test"])}


def _named(weights: Mapping[str, float]) -> Array:
    return np.array([weights[name] for name in FEATURE_NAMES], dtype=np.float64)


def _record_gap(again: Mapping[str, Any], kept: Mapping[str, Any]) -> float:
    """Return the largest difference of two records; infinite where more than a number differs."""
    gaps = [0.0]
    for name in {*again, *kept}:
        ours, theirs = again.get(name), kept.get(name)
        if isinstance(ours, int | float) and isinstance(theirs, int | float):
            gaps.append(abs(float(ours) - float(theirs)))
        elif ours != theirs:
            gaps.append(float("inf"))
    return max(gaps)


def _sides_gap(served: ServedModel, labels: LabelSet) -> float | None:
    """Return the gap of each side's table, on its own knots; None where no answers were kept."""
    kept = {k: t for k, t in served.model.calibration.items() if k.startswith(PREFIX)}
    if not labels.answers:
        return None
    again, _ = fit_sides(labels.answers)
    return max((_table_gap(again[name], kept.get(name)) for name in again), default=0.0)


def _table_gap(again: Table, kept: Table | None) -> float:
    if kept is None or len(again.knots) != len(kept.knots):
        return float("inf")
    return float(max(np.abs(again.knots - kept.knots).max(), np.abs(again.bits - kept.bits).max()))


def _adequacy_gap(served: ServedModel, labels: LabelSet) -> float | None:
    how = served.model.manifest.get("adequacy")
    if how is None:
        return None
    parent = Adequacy(how["parent"], served.model.adequacy.false_refusal_share)
    found, record = choose_adequacy(labels.tried, parent, seed=SEED)
    gap = abs(found.threshold - served.model.adequacy.threshold)
    return max(gap, _record_gap(record.as_json(), how))


def _folds_gap(models: Path, served: ServedModel, labels: LabelSet) -> float | None:
    """Return the gap of the weights without each fold, where the parent is still what it was."""
    manifest = served.model.manifest
    folder = models / manifest["parent"]
    if not folder.is_dir():
        return None
    parent = load_served(models, manifest["parent"])
    if parent.model.manifest.get("sha256") != manifest.get("parent_sha256"):
        return None
    kept = json.loads((models / served.model.model_id / FOLDS_FILE).read_text("utf-8"))
    again = json.loads(folds_text(folder, parent, labels.lists))
    ours, theirs = (np.array(one["weights"][REGIME]) for one in (again, kept))
    return float(np.abs(ours - theirs).max()) if ours.shape == theirs.shape else float("inf")
