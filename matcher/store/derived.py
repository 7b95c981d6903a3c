"""Arrays computed from the records, kept in files beside the database so that a start is fast.

Never the truth: a file that is missing, damaged, or kept under another key is not read, and what
was wanted is computed again. Whoever deletes the folder loses a few seconds. Plain NumPy arrays,
each with a checksum, never a pickle. What the arrays mean is known to those who keep them.
"""

from __future__ import annotations

import logging
import os
import tempfile
import zipfile
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = dict[str, NDArray[Any]]

SUFFIX = ".derived"
KEY = "key"
# What reading a file of any content can raise.
UNREADABLE = (
    OSError,
    ValueError,
    KeyError,
    EOFError,
    MemoryError,
    RuntimeError,  # also where a compression is not known
    zipfile.BadZipFile,
    zlib.error,
)


class DerivedFiles:
    """A folder of kept arrays, one file a name.

    Parameters
    ----------
    folder : Path
        Made when something is kept.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def beside(cls, database: Path) -> DerivedFiles:
        """Return the folder that belongs to a database."""
        return cls(database.with_name(database.name + SUFFIX))

    def get(self, name: str, key: str) -> Arrays | None:
        """Return the arrays kept under this name, or None where not all is as it was kept.

        Parameters
        ----------
        key : str
            A digest of all that the arrays follow from.
        """
        path = self._path(name)
        try:
            with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
                if bytes(file[KEY]) != key.encode():
                    return None
                return {member: file[member] for member in file.files if member != KEY}
        except FileNotFoundError:
            return None
        except UNREADABLE as error:
            _log().info("%s is not used and will be made again: %r", path, error)
            return None

    def put(self, name: str, key: str, arrays: Arrays) -> None:
        """Keep arrays in place of those before; where that is not possible, nothing is kept."""
        path = self._path(name)
        members: dict[str, Any] = {KEY: np.frombuffer(key.encode(), dtype=np.uint8), **arrays}
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for left in self._folder.glob(f"{name}.*.part"):  # by a process that was stopped
                left.unlink(missing_ok=True)
            descriptor, made = tempfile.mkstemp(".part", f"{name}.", self._folder)
        except OSError as error:
            _log().info("%s is not kept: %r", path, error)
            return
        try:
            with os.fdopen(descriptor, "wb") as file:
                np.savez(file, **members)
            Path(made).replace(path)  # at once: a reader sees the old file or the new one
        except OSError as error:
            _log().info("%s is not kept: %r", path, error)
            with suppress(OSError):
                Path(made).unlink()

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npz"


def _log() -> logging.Logger:
    return logging.getLogger(__name__)
