"""The error tree of the domain.

Every error carries a stable ``code`` that the site maps to words in both languages, and a
``context`` with the values that a message names. Messages are developers' English and answer: what
failed, where, the value seen, what was expected, what to do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

SHOWN_VALUE_LENGTH = 80


def shown(value: object) -> str:
    """Return ``repr(value)`` cut to 80 characters, for use in messages."""
    text = repr(value)
    return text if len(text) <= SHOWN_VALUE_LENGTH else text[: SHOWN_VALUE_LENGTH - 1] + "…"


@dataclass(frozen=True, slots=True)
class RowProblem:
    """One thing wrong with one field of one row of an imported file."""

    file: str
    row: int
    field: str
    value: str
    expected: str

    def __str__(self) -> str:
        return f"{self.file}:{self.row} {self.field}: got {self.value}, expected {self.expected}"


class MatcherError(Exception):
    """Root of all errors that the domain raises on purpose."""

    code = "matcher_error"

    def __init__(self, message: str, **context: Any) -> None:
        super().__init__(message)
        self.context = context


class InvalidRecord(MatcherError):
    """A record breaks its schema; ``errors`` maps each field to its messages."""

    code = "invalid_record"

    def __init__(self, kind: str, errors: dict[str, Any]) -> None:
        fields = "; ".join(f"{name}: {messages}" for name, messages in errors.items())
        super().__init__(f"{kind} is not valid: {fields}", kind=kind, errors=errors)
        self.kind = kind
        self.errors = errors


class ImportFailed(MatcherError):
    """A file could not be imported; ``problems`` lists every problem found, none was imported."""

    code = "import_failed"

    def __init__(self, problems: list[RowProblem]) -> None:
        lines = "\n".join(str(problem) for problem in problems)
        super().__init__(f"{len(problems)} problems, nothing imported:\n{lines}", n=len(problems))
        self.problems = problems


class UnknownRecord(MatcherError, LookupError):
    """No record of this kind has this id."""

    code = "unknown_record"

    def __init__(self, kind: str, record_id: str) -> None:
        super().__init__(f"no {kind} has the id {shown(record_id)}", kind=kind, id=record_id)


class ImpossibleStep(MatcherError):
    """A step is not allowed now; the context says why and which steps are."""

    code = "impossible_step"

    def __init__(
        self, action: str, state: str, why: str, possible: tuple[str, ...] = (), **context: Any
    ) -> None:
        allowed = ", ".join(possible) or "none"
        super().__init__(
            f"step {shown(action)} in state {shown(state)}: {why}; possible now: {allowed}",
            action=action,
            state=state,
            why=why,
            possible=possible,
            **context,
        )
        self.why = why
        self.possible = possible


class ChangedMeanwhile(MatcherError):
    """Somebody else changed the record after it was read; nothing was changed."""

    code = "changed_meanwhile"

    def __init__(self, kind: str, record_id: str, version: int | str) -> None:
        super().__init__(
            f"{kind} {shown(record_id)} is no longer at version {version}; read it again",
            kind=kind,
            id=record_id,
            version=version,
        )


class ModelError(MatcherError):
    """A stored model cannot be used."""

    code = "model_error"


class ModelMissing(ModelError):
    """The model folder or one of its files does not exist."""

    code = "model_missing"


class ModelIncompatible(ModelError):
    """The model folder is damaged, altered, or made for other features than this code has."""

    code = "model_incompatible"


class NotEnoughJudgements(MatcherError):
    """A figure was asked for on fewer judgements than it needs to mean anything."""

    code = "not_enough_judgements"

    def __init__(self, have: int, need: int, slice_name: str) -> None:
        super().__init__(
            f"{slice_name}: {have} judged queries, at least {need} are needed",
            have=have,
            need=need,
            slice=slice_name,
        )


class PackError(MatcherError):
    """An evaluation pack is missing a file or holds a line that cannot be read."""

    code = "pack_error"


class StoreError(MatcherError):
    """The database refused or failed."""

    code = "store_error"


class SchemaOutOfDate(StoreError):
    """The database lacks migrations that this code has, or holds some that it does not know."""

    code = "schema_out_of_date"


class Busy(StoreError):
    """Another process held the write lock longer than the busy timeout."""

    code = "busy"
