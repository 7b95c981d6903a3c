"""Count and fingerprint the files of the data folder, for ``data/README.md`` and its test."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass
from pathlib import Path

DESCRIBED_FOLDERS = ("catalogue", "judgements", "vocabulary")


@dataclass(frozen=True, slots=True)
class DataFile:
    """One file of the data folder."""

    path: str  # relative to the data folder
    n_rows: int  # records, without a header
    sha256: str


def list_data_files(folder: Path) -> list[DataFile]:
    """Return every file of the catalogue, the judgements and the vocabularies, by path."""
    paths = (path for name in DESCRIBED_FOLDERS for path in (folder / name).iterdir())
    return [
        DataFile(
            path.relative_to(folder).as_posix(),
            _count_rows(path),
            hashlib.sha256(path.read_bytes()).hexdigest(),
        )
        for path in sorted(paths)
        if path.is_file()
    ]


def _count_rows(path: Path) -> int:
    with path.open(encoding="utf-8", newline="") as stream:
        if path.suffix == ".csv":
            return max(0, sum(1 for _ in csv.reader(stream)) - 1)
        return sum(1 for line in stream if line.strip())


def data_files_markdown(folder: Path) -> str:
    """Return the table of files, rows and digests as Markdown."""
    header = "| 文件 file | 行数 rows | SHA-256 |\n|---|---:|---|\n"
    return header + "".join(
        f"| `{file.path}` | {file.n_rows} | `{file.sha256}` |\n" for file in list_data_files(folder)
    )
