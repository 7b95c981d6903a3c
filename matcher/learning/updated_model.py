"""An updated model on disk: the parent's folder with other weights, and all that made them.

``labels.json`` beside the model holds what was learned from, without names; with the manifest it
gives the same values again to the fourth digit (``matcher.learning.reproduction``). Weights of the
folds are updated from the parent's own folds, so that the model is never measured on what it
learned.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from matcher.errors import ModelIncompatible, shown
from matcher.learning.adequacy import choose_adequacy
from matcher.learning.labels_file import LabelSet, labels_text
from matcher.learning.split import fold_of
from matcher.learning.systems import (
    FOLDS_DIGEST,
    FOLDS_FILE,
    ServedModel,
    load_served,
    query_digest,
)
from matcher.learning.training import N_FOLDS, SEED, named_weights, tables_of
from matcher.learning.two_sided import fit_sides
from matcher.learning.update_from_labels import (
    LabelledList,
    Updated,
    linear_weights,
    most_probable_weights,
    update_weights,
)
from matcher.learning.weight_changes import count_labels, weight_changes
from matcher.ranking.registry import CARD_DIGEST, save_model

REGIME = "catalogue"
HISTORY = "history"  # the source of queries that are made of labels
LABELS_FILE = "labels.json"
LIBRARIES = ("numpy", "scipy", "scikit-learn")

Array = NDArray[np.float64]


@dataclass(frozen=True)
class UpdateInput:
    """What an update learns from.

    Attributes
    ----------
    labels : lists, answers and tried pairs
    synthetic : whether any label was invented
    sources : where the labels come from, in words
    """

    labels: LabelSet
    synthetic: bool
    sources: tuple[str, ...]

    @property
    def lists(self) -> Sequence[LabelledList]:
        """The labelled lists, which move the weights."""
        return self.labels.lists


def update_model(
    models: Path, parent_id: str, model_id: str, given: UpdateInput, *, now: datetime
) -> dict[str, Any]:
    """Write an updated model beside its parent and return its manifest.

    Raises
    ------
    NotEnoughJudgements
        Too few lists tell good pairs from others; nothing was written.
    ModelIncompatible
        There is a folder of this name already, or the parent cannot be updated.
    """
    if (models / model_id).exists():
        raise ModelIncompatible(
            f"there is a model {shown(model_id)} already; choose another name", model=model_id
        )
    parent = load_served(models, parent_id)
    prior = linear_weights(parent.model, REGIME)
    found = update_weights(given.lists, prior, seed=SEED)
    adequacy, how = choose_adequacy(given.labels.tried, parent.model.adequacy, seed=SEED)
    sides, records = fit_sides(given.labels.answers)
    labels, folds = labels_text(given.labels), folds_text(models / parent_id, parent, given.lists)
    manifest = _manifest(parent, given, found, now)
    manifest |= {"adequacy": how.as_json(), "sides": [asdict(record) for record in records]}
    manifest["labels_sha256"] = hashlib.sha256(labels.encode()).hexdigest()
    manifest[FOLDS_DIGEST] = hashlib.sha256(folds.encode()).hexdigest()
    model = replace(
        parent.model,
        model_id=model_id,
        tables={**parent.model.tables, REGIME: tables_of(found.weights)},
        calibration={**parent.model.calibration, **sides},
        adequacy=adequacy,
    )
    save_model(model, models / model_id, manifest)
    (models / model_id / LABELS_FILE).write_text(labels, "utf-8")
    (models / model_id / FOLDS_FILE).write_text(folds, "utf-8")
    return manifest


def folds_text(folder: Path, parent: ServedModel, lists: Sequence[LabelledList]) -> str:
    """Return the parent's folds, those of the catalogue updated without each fold's groups."""
    path = folder / FOLDS_FILE
    content: dict[str, Any] = (
        json.loads(path.read_text("utf-8"))
        if path.exists()
        else {"weights": {}, "trained_queries": []}
    )
    plain = linear_weights(parent.model, REGIME).tolist()
    rows = content["weights"].get(REGIME) or [plain] * N_FOLDS
    content["weights"][REGIME] = [
        [round(float(w), 6) for w in _without_fold(lists, np.array(row), fold, len(rows))]
        for fold, row in enumerate(rows)
    ]
    learned = {query_digest(HISTORY, one.list_id) for one in lists}
    content["trained_queries"] = sorted({*content["trained_queries"], *learned})
    return json.dumps(content, indent=1) + "\n"


def _without_fold(lists: Sequence[LabelledList], prior: Array, fold: int, n_folds: int) -> Array:
    kept = [one for one in lists if fold_of(one.group_id, n_folds, SEED) != fold]
    return most_probable_weights(kept, prior)


def _manifest(
    parent: ServedModel, given: UpdateInput, found: Updated, now: datetime
) -> dict[str, Any]:
    old = parent.model.manifest
    regimes = {name: dict(regime) for name, regime in old.get("regimes", {}).items()}
    own = regimes.setdefault(REGIME, {"gate": {"n_queries": 0}})
    own["weights"] = {n: round(w, 6) for n, w in _named(found.weights).items()}
    return {
        **{name: value for name, value in old.items() if name != CARD_DIGEST},
        "created_on": now.date().isoformat(),
        "seed": SEED,
        "libraries": {**old.get("libraries", {}), **{name: version(name) for name in LIBRARIES}},
        "parent": parent.model.model_id,
        "parent_sha256": old.get("sha256", ""),
        "parent_weights": _named(found.prior),
        "synthetic": given.synthetic or bool(old.get("synthetic")),
        "label_sources": list(given.sources),
        "n_lists": len(given.lists),
        "labels_from": min((one.at for one in given.lists), default=""),
        "labels_until": max((one.at for one in given.lists), default=""),
        "labels": count_labels(given.lists),
        "changes": weight_changes(given.lists, found.weights, found.prior),
        "test": {"cut_at": found.cut_at, "n_train": found.n_train, **found.test},
        "regimes": regimes,
    }


def _named(weights: Array) -> dict[str, float]:
    return {name: float(w) for name, w in zip(named_weights(weights), weights, strict=True)}
