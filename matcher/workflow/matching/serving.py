"""Which model serves: what the database records, or what ``models/serving.txt`` names."""

from __future__ import annotations

import hashlib
from pathlib import Path

from sqlite_utils import Database

from matcher.errors import ModelMissing, shown
from matcher.ranking.registry import MANIFEST_FILE, MODEL_FILE, serving_model_id
from matcher.store.models import last_change


def serving_id(db: Database, models: Path) -> str:
    """Return the id of the model that serves an installation.

    Raises
    ------
    ModelMissing
        Nothing is recorded, and ``serving.txt`` names nothing.
    """
    change = last_change(db)
    return change.model_id if change else serving_model_id(models)


def model_folders(models: Path) -> list[str]:
    """Return the ids of the models that are there, in the order of their names."""
    if not models.is_dir():
        return []
    return sorted(folder.name for folder in models.iterdir() if (folder / MANIFEST_FILE).is_file())


def model_folder(models: Path, model_id: str) -> Path:
    """Return the folder of a model, wherever the id came from.

    Raises
    ------
    ModelMissing
        There is none of this name; an address or a path is no name.
    """
    known = model_folders(models)
    if model_id not in known:
        raise ModelMissing(
            f"no model {shown(model_id)} in {models}; there are {', '.join(known) or 'none'}",
            model=model_id,
        )
    return models / model_id


def model_digest(models: Path, model_id: str) -> str:
    """Return the sha256 of a model's tables: what was compared and what serves is this very one."""
    return hashlib.sha256((model_folder(models, model_id) / MODEL_FILE).read_bytes()).hexdigest()
