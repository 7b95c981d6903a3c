"""Who is told what of a need, in both languages; a need without its enterprise's name stays so.

What outsiders are told names the need by its masked title, made in ``disclosure``.
"""

from __future__ import annotations

from datetime import datetime

from sqlite_utils import Database

from matcher.identity import Role
from matcher.store.need_status import NeedStatus
from matcher.store.needs import read_kept_need
from matcher.store.notices import Message
from matcher.store.organisations import find_by_provider
from matcher.store.ownership import owner_of
from matcher.store.questions import list_questions
from matcher.vocabulary import label
from matcher.workflow.messages.notifying import tell_organisation, tell_staff
from matcher.workflow.needs.disclosure import INVITED, masked_need, names_of
from matcher.workflow.needs.states import Act

REVIEWING = (Role.REVIEWER, Role.ADMINISTRATOR)


def own_address(need_id: str) -> str:
    """Return the path at which an enterprise finds its need."""
    return f"/my/needs/{need_id}"


def public_address(need_id: str) -> str:
    """Return the path at which others find a need."""
    return f"/needs/{need_id}"


def tell_state(db: Database, status: NeedStatus, act: Act) -> None:
    """Tell the enterprise, and those outside whom it concerns, that a state has changed."""
    need_id, reason = status.need_id, act.reason.strip()
    zh, en = (label("need_state", status.state, language) for language in ("zh", "en"))
    because_zh = f"理由：{reason}" if reason else ""
    because_en = f" Reason: {reason}" if reason else ""
    said = (f"的状态变为“{zh}”。{because_zh}", f"is now: {en}.{because_en}")
    tell_enterprise(db, need_id, f"need.{status.state}", said, act)
    if status.state == "in_review":
        _tell_reviewers(db, need_id, act.now)
    elif status.published_at is not None:
        outside = (f"的状态变为“{zh}”。", f"is now: {en}.")
        tell_concerned(db, need_id, f"need.{status.state}", outside, act.now)


def tell_enterprise(
    db: Database, need_id: str, topic: str, said: tuple[str, str], act: Act
) -> None:
    """Tell the accounts of the enterprise, but for the one who acts, what happened to its need.

    Parameters
    ----------
    said : (str, str)
        What happened, in Chinese and in English, to follow the need's title.
    """
    need = read_kept_need(db, need_id).need
    message = Message(
        topic,
        f"需求“{need.title}”{said[0]}",
        f"The need “{need.title_en or need.title}” {said[1]}",
        own_address(need_id),
        "need",
        need_id,
    )
    owner = owner_of(db, "need", need_id)
    tell_organisation(db, owner, message, but=act.actor.actor_id, now=act.now)


def _tell_reviewers(db: Database, need_id: str, now: datetime) -> None:
    need = read_kept_need(db, need_id).need
    message = Message(
        "need.to_review",
        f"有一个需求等待审核：“{need.title}”。",
        f"A need waits for review: “{need.title_en or need.title}”.",
        f"/review/needs/{need_id}",
        "need",
        need_id,
    )
    for role in REVIEWING:
        tell_staff(db, role, message, now=now)


def tell_concerned(
    db: Database, need_id: str, topic: str, said: tuple[str, str], now: datetime
) -> None:
    """Tell the invited and those who asked a question what happened to a need.

    Who asked while everybody could read it is told nothing more of one that has become a need for
    invited providers only: for them it does not exist any more.

    Parameters
    ----------
    said : (str, str)
        What happened, in Chinese and in English, to follow the need's title.
    """
    kept = read_kept_need(db, need_id)
    shown = masked_need(kept.need, kept.status.visibility, names_of(db, kept.organisation_id))
    message = Message(
        topic,
        f"需求“{shown.title}”{said[0]}",
        f"The need “{shown.title_en or shown.title}” {said[1]}",
        public_address(need_id),
        "need",
        need_id,
    )
    found = (find_by_provider(db, each) for each in kept.need.invited_provider_ids)
    concerned = [one.organisation_id for one in found if one is not None]
    if kept.status.visibility != INVITED:
        concerned += [question.organisation_id for question in list_questions(db, need_id)]
    for organisation_id in dict.fromkeys(concerned):
        if organisation_id != kept.organisation_id:
            tell_organisation(db, organisation_id, message, now=now)
