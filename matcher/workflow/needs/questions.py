"""Questions of verified providers on a published need, and the enterprise's answers.

Both are read by everybody who may read the need, so that no provider knows more than another. On an
anonymous need both are masked, as the need itself is.
"""

from __future__ import annotations

import secrets

from marshmallow import ValidationError
from sqlite_utils import Database

from matcher.errors import InvalidRecord, MatcherError, UnknownRecord
from matcher.identity import STAFF_ROLES, Organisation, Side
from matcher.intake.secrecy import SecrecyCheck, find_classified
from matcher.schemas.messages import problem
from matcher.schemas.values import clean_text, text_length
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.needs import KeptNeed, read_kept_need
from matcher.store.notices import Message
from matcher.store.organisations import read_organisation
from matcher.store.questions import (
    Question,
    add_question,
    count_asked,
    list_questions,
    read_question,
    write_answer,
    write_hidden,
)
from matcher.workflow.drafts.keeping import ClassifiedContent
from matcher.workflow.messages.notifying import tell_organisation
from matcher.workflow.needs.disclosure import (
    INVITED,
    is_invited,
    is_suspended,
    masked_text,
    names_of,
)
from matcher.workflow.needs.notices import public_address, tell_enterprise
from matcher.workflow.needs.states import ANSWERABLE, Act

SHORTEST, LONGEST = 5, 500  # Chinese characters
MOST_OF_ORGANISATION = 10  # questions on one need


class QuestionRefused(MatcherError):
    """A question or answer is not possible now; ``context["why"]`` says why."""

    code = "question_refused"

    def __init__(self, why: str) -> None:
        super().__init__(f"the question is refused: {why}", why=why)
        self.why = why


def ask(db: Database, need_id: str, organisation: Organisation, text: str, *, act: Act) -> Question:
    """Publish a provider's question on a need and tell the enterprise.

    Raises
    ------
    QuestionRefused
        The need takes no questions now, it is the organisation's own, or it has asked too often.
    InvalidRecord, ClassifiedContent
        The text is too short, too long, unreadable or classified.
    UnknownRecord
        There is no such need for this organisation.
    """
    question = Question(
        question_id=f"Q{secrets.token_hex(6)}",
        need_id=need_id,
        asked_by=act.actor.actor_id,
        organisation_id=organisation.organisation_id,
        text=checked_text("text", text),
        asked_at=act.now,
    )
    with write_transaction(db, f"ask about need {need_id}"):
        _check_may_ask(db, read_kept_need(db, need_id), organisation)
        add_question(db, question)
        _audit(db, question, "question.asked", act)
        said = ("收到一个新提问。", "has a new question.")
        tell_enterprise(db, need_id, "need.question", said, act)
    return question


def _check_may_ask(db: Database, kept: KeptNeed, organisation: Organisation) -> None:
    if is_suspended(db, kept) or not _knows_of(kept, organisation.provider_id):
        raise UnknownRecord("need", kept.need.need_id)
    if kept.status.state not in ANSWERABLE:
        raise QuestionRefused("closed")
    if not organisation.acts_as(Side.PROVIDER) or not organisation.is_verified:
        raise QuestionRefused("not_entitled")
    if organisation.organisation_id == kept.organisation_id:
        raise QuestionRefused("own_need")
    if count_asked(db, kept.need.need_id, organisation.organisation_id) >= MOST_OF_ORGANISATION:
        raise QuestionRefused("too_many")


def _knows_of(kept: KeptNeed, provider_id: str) -> bool:
    return kept.status.visibility != INVITED or is_invited(kept, provider_id)


def answer(db: Database, need_id: str, question_id: str, text: str, *, act: Act) -> None:
    """Publish the enterprise's answer and tell who asked.

    Raises
    ------
    QuestionRefused
        The need takes no answers any more, or the question was hidden.
    InvalidRecord, ClassifiedContent
        The text is too short, too long, unreadable or classified.
    UnknownRecord
        There is no such question, or the need is another enterprise's.
    """
    cleaned = checked_text("answer", text)
    with write_transaction(db, f"answer a question on need {need_id}"):
        kept = read_kept_need(db, need_id)
        if act.actor.organisation_id != kept.organisation_id:
            raise UnknownRecord("need", need_id)
        question = read_question(db, need_id, question_id)
        if kept.status.state not in ANSWERABLE or question.is_hidden:
            raise QuestionRefused("closed")
        write_answer(db, question_id, cleaned, answered_by=act.actor.actor_id, now=act.now)
        _audit(db, question, "question.answered", act)
        _tell_asker(db, kept, question, act)


def _tell_asker(db: Database, kept: KeptNeed, question: Question, act: Act) -> None:
    """Tell who asked, if the need is still for them to know of."""
    asker = read_organisation(db, question.organisation_id)
    if not _knows_of(kept, asker.provider_id):
        return
    title = masked_text(kept.need.title, kept.status.visibility, names_of(db, kept.organisation_id))
    message = Message(
        "need.answered",
        f"您在需求“{title}”下的提问有了答复。",
        f"Your question on the need “{title}” was answered.",
        f"{public_address(kept.need.need_id)}#{question.question_id}",
        "need",
        kept.need.need_id,
    )
    tell_organisation(db, asker.organisation_id, message, now=act.now)


def hide(db: Database, need_id: str, question_id: str, *, act: Act) -> None:
    """Take a question with its answer from the page, with a reason, or put it back.

    Raises
    ------
    QuestionRefused
        Not by a member of the staff, or without a reason.
    """
    question = read_question(db, need_id, question_id)
    if act.actor.role not in STAFF_ROLES:
        raise QuestionRefused("not_entitled")
    if question.is_hidden:
        write_hidden_audited(db, question, "", act)
        return
    if not act.reason.strip():
        raise QuestionRefused("reason_missing")
    write_hidden_audited(db, question, act.actor.actor_id, act)


def write_hidden_audited(db: Database, question: Question, hidden_by: str, act: Act) -> None:
    """Store that a question is hidden or shown again, with its audit event."""
    action = "question.hidden" if hidden_by else "question.shown"
    with write_transaction(db, f"{action} {question.question_id}"):
        write_hidden(
            db, question.question_id, hidden_by=hidden_by, reason=act.reason if hidden_by else ""
        )
        _audit(db, question, action, act)


def shown_questions(
    db: Database, need_id: str, *, sees_all: bool, with_hidden: bool = False
) -> list[Question]:
    """Return the questions on a need as a reader may see them, masked where the need is."""
    kept = read_kept_need(db, need_id)
    found = list_questions(db, need_id, with_hidden=with_hidden)
    if sees_all or kept.status.visibility != "anonymous":
        return found
    names = names_of(db, kept.organisation_id)
    return [
        question._replace(
            text=masked_text(question.text, "anonymous", names),
            answer=masked_text(question.answer, "anonymous", names),
        )
        for question in found
    ]


def checked_text(name: str, text: str) -> str:
    """Return a text as it is stored.

    Raises
    ------
    InvalidRecord
        Too short, too long or unreadable.
    ClassifiedContent
        It says that it is classified.
    """
    if len(text) > 2 * LONGEST:
        raise InvalidRecord("question", {name: [_too_long(text)]})
    try:
        cleaned = clean_text(text, multiline=True)
    except ValidationError as error:
        raise InvalidRecord("question", {name: list(error.messages)}) from error
    length = text_length(cleaned)
    if length < SHORTEST:
        limits = {"minimum": SHORTEST, "minimum_en": 2 * SHORTEST, "length": length}
        raise InvalidRecord("question", {name: [problem("too_short", cleaned, **limits)]})
    if length > LONGEST:
        raise InvalidRecord("question", {name: [_too_long(cleaned)]})
    found = find_classified(cleaned, name)
    if found:
        raise ClassifiedContent(SecrecyCheck(tuple(found)))
    return cleaned


def _too_long(text: str) -> object:
    limits = {"maximum": LONGEST, "maximum_en": 2 * LONGEST, "length": text_length(text)}
    return problem("too_long", text, **limits)


def _audit(db: Database, question: Question, action: str, act: Act) -> None:
    after = {"need_id": question.need_id}
    change = Change(action, "question", question.question_id, after=after, reason=act.reason)
    record_change(db, change, actor=act.actor, now=act.now)
