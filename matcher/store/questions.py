"""Questions of providers on a need, with the enterprise's answers, read by all who may read it."""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import UnknownRecord
from matcher.store.connection import write_transaction
from matcher.store.driver import driver_errors
from matcher.store.versions import stamp

_COLUMNS = (
    "question_id, need_id, asked_by, organisation_id, text, asked_at, answer, answered_by, "
    "answered_at, hidden_by, hidden_reason"
)


class Question(NamedTuple):
    """A question as it was asked, and what became of it."""

    question_id: str
    need_id: str
    asked_by: str
    organisation_id: str
    text: str
    asked_at: datetime
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    hidden_by: str = ""
    hidden_reason: str = ""

    @property
    def is_hidden(self) -> bool:
        """Whether a reviewer took it from the public page."""
        return bool(self.hidden_by)


def add_question(db: Database, question: Question) -> None:
    """Store a new question."""
    values = question._asdict()
    values["asked_at"] = stamp(question.asked_at)
    values["answered_at"] = None if question.answered_at is None else stamp(question.answered_at)
    with write_transaction(db, f"ask about need {question.need_id}"):
        db.table("question").insert(values)


def read_question(db: Database, need_id: str, question_id: str) -> Question:
    """Return a question on a need.

    Raises
    ------
    UnknownRecord
        When the need has none with this id.
    """
    with driver_errors("read a question"):
        row = db.conn.execute(
            f"SELECT {_COLUMNS} FROM question "  # noqa: S608
            "WHERE question_id = ? AND need_id = ?",
            [question_id, need_id],
        ).fetchone()
    if row is None:
        raise UnknownRecord("question", question_id)
    return _question(row)


def list_questions(
    db: Database, need_id: str, *, with_hidden: bool = False, limit: int = 200
) -> list[Question]:
    """Return the questions on a need, the first one first."""
    with driver_errors(f"list the questions on need {need_id}"):
        rows = db.conn.execute(
            f"SELECT {_COLUMNS} FROM question WHERE need_id = ? "  # noqa: S608
            "AND (? = 1 OR hidden_by = '') ORDER BY asked_at, question_id LIMIT ?",
            [need_id, int(with_hidden), limit],
        ).fetchall()
    return [_question(row) for row in rows]


def count_asked(db: Database, need_id: str, organisation_id: str) -> int:
    """Return how many questions an organisation has asked on a need."""
    with driver_errors("count questions"):
        row = db.conn.execute(
            "SELECT count(*) FROM question WHERE need_id = ? AND organisation_id = ?",
            [need_id, organisation_id],
        ).fetchone()
    return int(row[0])


def write_answer(
    db: Database, question_id: str, answer: str, *, answered_by: str, now: datetime
) -> None:
    """Store the answer to a question, in the place of an earlier one."""
    with write_transaction(db, "answer a question"):
        db.conn.execute(
            "UPDATE question SET answer = ?, answered_by = ?, answered_at = ? "
            "WHERE question_id = ?",
            [answer, answered_by, stamp(now), question_id],
        )


def write_hidden(db: Database, question_id: str, *, hidden_by: str, reason: str) -> None:
    """Take a question from the public page, or put it back where ``hidden_by`` is empty."""
    with write_transaction(db, "hide a question"):
        db.conn.execute(
            "UPDATE question SET hidden_by = ?, hidden_reason = ? WHERE question_id = ?",
            [hidden_by, reason, question_id],
        )


def _question(row: tuple[Any, ...]) -> Question:
    values = list(row)
    values[5] = datetime.fromisoformat(values[5])
    values[8] = None if values[8] is None else datetime.fromisoformat(values[8])
    return Question(*values)
