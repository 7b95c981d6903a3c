"""Where the data folder is, and how a vocabulary file is read."""

from __future__ import annotations

import csv
import os
import unicodedata
from pathlib import Path

from matcher.errors import ImportFailed, RowProblem, shown

DATA_VARIABLE = "AIPLUS_DATA"
# Resolved once: every label asks for the folder, and resolving a path costs 0.1 ms.
CHECKOUT_DATA = Path(__file__).resolve().parents[2] / "data"


def data_folder() -> Path:
    """Return the folder that holds ``vocabulary/`` and ``catalogue/``.

    The environment variable ``AIPLUS_DATA`` wins; otherwise it is ``data/`` beside the package, as
    in a checkout.
    """
    named = os.environ.get(DATA_VARIABLE, "")
    return Path(named) if named else CHECKOUT_DATA


def read_vocabulary(folder: Path, name: str, columns: tuple[str, ...]) -> list[dict[str, str]]:
    """Read one vocabulary file, refusing one that is missing or has other columns.

    Raises
    ------
    ImportFailed
        When the file is missing or its header differs from ``columns``.
    """
    path = folder / "vocabulary" / name
    try:
        with path.open(encoding="utf-8", newline="") as stream:
            reader = csv.DictReader(stream)
            rows = list(reader)
    except OSError as error:
        expected = f"a readable file; set {DATA_VARIABLE} to the data folder of the project"
        problem = RowProblem(str(path), 0, "file", shown(error.strerror), expected)
        raise ImportFailed([problem]) from error
    header = tuple(reader.fieldnames or ())
    if header != columns:
        raise ImportFailed(
            [RowProblem(str(path), 1, "header", shown(header), f"columns {', '.join(columns)}")]
        )
    return rows


def folded(text: str) -> str:
    """Return text in the form in which names are compared: NFKC, one space, no case.

    Examples
    --------
    >>> folded("  Ｘi'an ")
    "xi'an"
    """
    return " ".join(unicodedata.normalize("NFKC", text).split()).casefold()
