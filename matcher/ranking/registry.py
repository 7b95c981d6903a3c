"""Models on disk: tables as JSON, a manifest with digests, never a pickle.

A model folder holds ``model.json`` (tables, calibration, adequacy, language means),
``manifest.json`` (format, features in order, digests, versions, metrics, sha256 of ``model.json``)
and what the reports wrote beside them. Loading refuses whatever was altered or made for other
features.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from matcher.errors import ModelIncompatible, ModelMissing, shown
from matcher.ranking.features import FEATURE_NAMES, FEATURES
from matcher.ranking.model import REGIMES, AdditiveModel, Adequacy, Table

FORMAT = 1
MODEL_FILE = "model.json"
MANIFEST_FILE = "manifest.json"
SERVING_FILE = "serving.txt"
CARD_DIGEST = "card_sha256"  # in the manifest; who writes the card adds it


def save_model(model: AdditiveModel, folder: Path, manifest: Mapping[str, Any]) -> None:
    """Write a model and its manifest; the folder is made."""
    folder.mkdir(parents=True, exist_ok=True)
    content = {
        "model_id": model.model_id,
        "tables": {
            regime: {name: _table_json(table) for name, table in tables.items()}
            for regime, tables in model.tables.items()
        },
        "calibration": {name: _table_json(t) for name, t in model.calibration.items()},
        "adequacy": {
            "threshold": model.adequacy.threshold,
            "false_refusal_share": model.adequacy.false_refusal_share,
        },
        "language_means": {
            language: [round(float(x), 5) for x in mean]
            for language, mean in model.language_means.items()
        },
    }
    text = json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    (folder / MODEL_FILE).write_text(text, "utf-8")
    record = {
        **manifest,
        "format": FORMAT,
        "model_id": model.model_id,
        "features": list(FEATURE_NAMES),
        "sha256": hashlib.sha256(text.encode()).hexdigest(),
    }
    (folder / MANIFEST_FILE).write_text(_manifest_text(record), "utf-8")


def load_model(folder: Path) -> AdditiveModel:
    """Load a model, refusing one that is damaged, altered, or made for other features.

    Raises
    ------
    ModelMissing
        The folder or one of its two files does not exist.
    ModelIncompatible
        Anything else is wrong with it; the message says what.
    """
    manifest = _read_json(folder / MANIFEST_FILE)
    if manifest.get("format") != FORMAT:
        raise ModelIncompatible(
            f"{folder.name}/{MANIFEST_FILE}: format {shown(manifest.get('format'))}, this program "
            f"reads {FORMAT}; train the model again with `aiplus train`",
            model=folder.name,
        )
    if manifest.get("features") != list(FEATURE_NAMES):
        raise ModelIncompatible(
            f"{folder.name} was made for other features: {_differences(manifest.get('features'))}; "
            "train the model again with `aiplus train`",
            model=folder.name,
        )
    content = _read_json(folder / MODEL_FILE)
    digest = hashlib.sha256((folder / MODEL_FILE).read_bytes()).hexdigest()
    if digest != manifest.get("sha256"):
        raise ModelIncompatible(
            f"{folder.name}/{MODEL_FILE} was altered: its sha256 is {digest[:12]}…, the manifest "
            f"says {shown(manifest.get('sha256'))}; restore the folder or train again",
            model=folder.name,
        )
    try:
        return _model_of(content, manifest)
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        raise ModelIncompatible(
            f"{folder.name}/{MODEL_FILE} does not hold a model: {error!r}; restore the folder or "
            "train again",
            model=folder.name,
        ) from error


def amend_manifest(folder: Path, **changes: Any) -> None:
    """Write some entries of a manifest anew; a reader sees the old one or the new one, whole."""
    record = {**_read_json(folder / MANIFEST_FILE), **changes}
    beside = folder / f".{MANIFEST_FILE}.new"
    beside.write_text(_manifest_text(record), "utf-8")
    beside.replace(folder / MANIFEST_FILE)


def _manifest_text(record: Mapping[str, Any]) -> str:
    return json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def serving_model_id(models: Path) -> str:
    """Return the id of the model that serves, as written in ``models/serving.txt``.

    Raises
    ------
    ModelMissing
        The file is not there or empty.
    """
    path = models / SERVING_FILE
    try:
        model_id = path.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise ModelMissing(
            f"{path} cannot be read ({error}); it must name the folder of the serving model",
            path=str(path),
        ) from error
    if not model_id or "/" in model_id or model_id.startswith("."):
        raise ModelMissing(f"{path} names no model folder: {shown(model_id)}", path=str(path))
    return model_id


def load_serving_model(models: Path) -> AdditiveModel:
    """Load the model that serves."""
    return load_model(models / serving_model_id(models))


def _read_json(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError as error:
        raise ModelMissing(f"{path} does not exist", path=str(path)) from error
    except (OSError, ValueError, RecursionError) as error:
        raise ModelIncompatible(
            f"{path} is not readable JSON: {error}; restore the folder or train again",
            path=str(path),
        ) from error
    if not isinstance(content, dict):
        raise ModelIncompatible(f"{path} holds {shown(content)}, expected an object")
    return content


def _model_of(content: dict[str, Any], manifest: dict[str, Any]) -> AdditiveModel:
    tables = {
        regime: {f.name: _rising(content["tables"][regime][f.name], f.direction) for f in FEATURES}
        for regime in REGIMES
    }
    return AdditiveModel(
        model_id=str(content["model_id"]),
        tables=tables,
        calibration={name: _rising(t, 1) for name, t in content["calibration"].items()},
        adequacy=Adequacy(
            threshold=float(content["adequacy"]["threshold"]),
            false_refusal_share=float(content["adequacy"]["false_refusal_share"]),
        ),
        language_means={
            language: np.array(mean, dtype=np.float32)
            for language, mean in content["language_means"].items()
        },
        manifest=manifest,
    )


def _table_json(table: Table) -> dict[str, list[float]]:
    return {
        "knots": [round(float(x), 6) for x in table.knots],
        "bits": [round(float(x), 6) for x in table.bits],
    }


def _table(content: dict[str, list[float]]) -> Table:
    knots = np.array(content["knots"], dtype=np.float64)
    bits = np.array(content["bits"], dtype=np.float64)
    if len(knots) != len(bits) or len(knots) < 2 or not np.all(np.diff(knots) > 0):
        raise ValueError("a table needs two or more ascending knots and as many bits")
    if not (np.isfinite(knots).all() and np.isfinite(bits).all()):
        raise ValueError("a table holds a value that is not finite")
    return Table(knots=knots, bits=bits)


def _rising(content: dict[str, list[float]], direction: int) -> Table:
    """Return a table that never falls against its direction: no feature may do what it denies."""
    table = _table(content)
    if (np.diff(table.bits) * direction < 0).any():
        raise ValueError(f"a table of direction {direction:+d} has bits {table.bits.tolist()}")
    return table


def _differences(found: object) -> str:
    names = set(found) if isinstance(found, list) else set()
    missing = [name for name in FEATURE_NAMES if name not in names]
    unknown = sorted(str(name) for name in names if name not in FEATURE_NAMES)
    return f"missing {missing or 'none'}, unknown {unknown or 'none'}, or in another order"
