"""Sentence vectors of texts, kept by encoder and text digest; encoding is the slowest step.

Fits ``matcher.text.embedding.VectorCache``. A cache: whoever deletes the rows loses only time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from sqlite_utils import Database

from matcher.errors import StoreError, shown
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors

Vectors = NDArray[np.float32]
Precision = Literal["float32", "float16"]


class VectorStore:
    """The vectors of one encoder.

    Parameters
    ----------
    db : Database
        Migrated; open for writing if ``put_many`` is called.
    encoder : str
        Name and version of the encoder; another encoder never sees these vectors.
    precision : {"float32", "float16"}
        How new vectors are written. Half precision halves the file, but a vector then differs a
        little between the run that computed it and the next one.
    """

    def __init__(self, db: Database, encoder: str, precision: Precision = "float32") -> None:
        if not encoder:
            raise ValueError("the encoder has no name, expected one with its version")
        self._db = db
        self._encoder = encoder
        self._precision = precision

    def get_many(self, digests: Sequence[str]) -> dict[str, Vectors]:
        """Return the stored vectors among these, as float32 arrays of shape (n_dimensions,)."""
        with driver_errors("read sentence vectors"):
            rows = self._db.conn.execute(
                "SELECT digest, dtype, vector FROM sentence_vector WHERE encoder = ? "
                "AND digest IN (SELECT value FROM json_each(?))",
                [self._encoder, json.dumps(list(digests))],
            ).fetchall()
        return {digest: _vector(dtype, blob, digest) for digest, dtype, blob in rows}

    def put_many(self, vectors: Mapping[str, Vectors]) -> None:
        """Keep vectors by digest, all in one transaction; one that is there is replaced.

        Raises
        ------
        ValueError
            When a vector is not a row of finite numbers.
        Busy, StoreError
            As ``write_transaction``; nothing was changed.
        """
        rows = [(self._encoder, key, self._precision, self._blob(key, vectors[key]))
                for key in vectors]  # fmt: skip
        if not rows:
            return
        with write_transaction(self._db, "keep sentence vectors"):
            self._db.conn.executemany(
                "INSERT INTO sentence_vector (encoder, digest, dtype, vector) VALUES (?, ?, ?, ?) "
                "ON CONFLICT (encoder, digest) DO UPDATE SET dtype = excluded.dtype, "
                "vector = excluded.vector",
                rows,
            )

    def count(self) -> int:
        """Return how many vectors of this encoder are kept."""
        with driver_errors("count sentence vectors"):
            row = self._db.conn.execute(
                "SELECT count(*) FROM sentence_vector WHERE encoder = ?", [self._encoder]
            ).fetchone()
        return int(row[0])

    def _blob(self, digest: str, vector: Vectors) -> bytes:
        # Little-endian whatever the machine, so that the file can move.
        row = np.asarray(vector).astype("<f2" if self._precision == "float16" else "<f4")
        if row.ndim != 1 or not row.size or not np.isfinite(row).all():
            raise ValueError(
                f"the vector of {digest!r} is {shown(vector)}, expected finite numbers"
            )
        return row.tobytes()


def _vector(dtype: str, blob: bytes, digest: str) -> Vectors:
    width = 2 if dtype == "float16" else 4
    if not blob or len(blob) % width:
        raise StoreError(
            f"the stored vector of {digest!r} has {len(blob)} bytes, expected a multiple of "
            f"{width}; delete the table's rows, they are computed again",
            reason="damaged",
        )
    return np.frombuffer(blob, dtype=f"<f{width}").astype(np.float32)
