"""Where this installation keeps its files: the database, the models.

Read from the environment by the command line and the site alike, so that both always mean the same
file. The data folder is ``matcher.vocabulary.files.data_folder``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

DATABASE_VARIABLE = "AIPLUS_DATABASE"
MODELS_VARIABLE = "AIPLUS_MODELS"
DEMO_VARIABLE = "AIPLUS_DEMO"
URL_VARIABLE = "AIPLUS_URL"
PROJECT = Path(__file__).resolve().parents[1]


def database_path(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the database file: ``AIPLUS_DATABASE``, else ``var/aiplus.db`` in the project."""
    return Path(environ.get(DATABASE_VARIABLE) or PROJECT / "var" / "aiplus.db")


def demo_accounts_path(database: Path) -> Path:
    """Return where the passwords of a demonstration's accounts are kept: beside its database."""
    return database.parent / "demo-accounts.tsv"


def site_address(environ: Mapping[str, str] = os.environ) -> str:
    """Return where the site is reached, for links: ``AIPLUS_URL``, else this machine."""
    return (environ.get(URL_VARIABLE) or "http://127.0.0.1:8000").rstrip("/")


def models_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return the folder of stored models: ``AIPLUS_MODELS``, else ``models`` in the project."""
    return Path(environ.get(MODELS_VARIABLE) or PROJECT / "models")
