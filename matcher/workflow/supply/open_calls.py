"""Open calls (揭榜): drafted from a topic of the supply gap, edited, published, answered, closed.

Reviewers and administrators publish; providers answer with one of their own capabilities. Nothing
in a call names an enterprise: it speaks of how many there are and what they ask for.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from sqlite_utils import Database

from matcher.errors import ChangedMeanwhile, ImpossibleStep, InvalidRecord, UnknownRecord
from matcher.identity import COMMAND_LINE, STAFF_ROLES, Actor, Organisation
from matcher.records.open_call import OpenCallTexts
from matcher.reports.history.open_call import MARK_EN, MARK_ZH, draft_open_call, waiting_of
from matcher.schemas import PUBLISH, load_open_call
from matcher.schemas.messages import problem
from matcher.store.audit import Change, record_change
from matcher.store.connection import write_transaction
from matcher.store.installation import DEMONSTRATION, read_setting
from matcher.store.notices import Message
from matcher.store.open_calls import (
    CallAnswer,
    OpenCall,
    add_answer,
    add_call,
    needs_of_call,
    read_call,
    update_call,
)
from matcher.workflow.messages.notifying import tell_staff
from matcher.workflow.needs.notices import tell_enterprise
from matcher.workflow.needs.states import Act
from matcher.workflow.new_ids import new_id
from matcher.workflow.registration.owned_records import read_own
from matcher.workflow.supply.called_needs import (
    callable_part,
    here,
    is_made_up,
    may_be_called,
    targets_of,
)
from matcher.workflow.working_days import CHINA_TIME

DRAFT, OPEN, ANSWERED, CLOSED = "draft", "open", "answered", "closed"
PUBLIC = (OPEN, ANSWERED, CLOSED)
ANSWERABLE = (OPEN, ANSWERED)
LONGEST_NOTE = 500
CALLED = ("已列入公开揭榜任务（不写明单位）。", "is part of an open call, which names nobody.")


def draft_call(db: Database, figure: Mapping[str, Any], *, synthetic: bool, act: Act) -> OpenCall:
    """Draft a call for one topic and keep it; whoever publishes it edits it first.

    Parameters
    ----------
    figure : mapping
        A cluster, as ``Topic.figure`` or the report's block ``supply_gap`` has it.
    synthetic : bool
        Whether the report was; a call for needs of a demonstration always is.

    Raises
    ------
    InvalidRecord
        It is no cluster.
    ImpossibleStep
        This person does not act for the platform; or every need is for invited providers only or
        is not here any more (``no_public_need``).
    """
    _check_staff(act.actor, "draft", DRAFT)
    call_id = new_id("CALL")
    with write_transaction(db, f"draft open call {call_id}"):
        synthetic = synthetic or is_made_up(db, map(str, figure.get("needs", ())))
        figure = callable_part(db, figure, synthetic=synthetic)
        call = _drafted(db, call_id, figure, synthetic, act)
        add_call(db, call, figure["needs"])
        _record(db, "drafted", call_id, {"n_needs": len(figure["needs"])}, act)
    return call


def _drafted(
    db: Database, call_id: str, figure: Mapping[str, Any], synthetic: bool, act: Act
) -> OpenCall:
    drafted = draft_open_call(figure, synthetic=synthetic, targets=targets_of(db, figure["needs"]))
    facts, waiting = figure["facts"], waiting_of(figure)
    return OpenCall(
        call_id=call_id,
        state=DRAFT,
        title=drafted.title,
        title_en=drafted.title_en,
        text=drafted.text,
        text_en=drafted.text_en,
        industry=str(facts["industry"]),
        task=str(facts["task"]),
        blocking=str(facts["constraint"]),
        n_enterprises=waiting.n_enterprises,
        waiting_budget_cny=waiting.budget_cny,
        n_stating_budget=waiting.n_stating,
        reply_by=None,
        contact="",
        synthetic=synthetic,
        made_by=act.actor.actor_id,
        made_at=act.now,
        published_at=None,
        closed_at=None,
        closed_reason="",
        updated_at=act.now,
    )


def edit_call(
    db: Database, call_id: str, typed: Mapping[str, Any], act: Act, *, seen: str | None = None
) -> OpenCall:
    """Change the texts of a draft or of a published call.

    A published call must still fulfil what publishing asks, except that its date may come near.

    Parameters
    ----------
    seen : str, optional
        ``OpenCall.version`` of what was on the screen; None does not ask.

    Raises
    ------
    InvalidRecord
        With every problem; nothing was changed.
    ChangedMeanwhile
        It is no longer at the version that was on the screen.
    ImpossibleStep
        It is closed, or this person does not act for the platform.
    """
    with write_transaction(db, f"edit open call {call_id}"):
        call = _for_staff(db, call_id, "edit", act.actor, (DRAFT, OPEN, ANSWERED))
        _check_seen(call, seen)
        texts = _checked(call, typed, today=None if call.state != DRAFT else _today(act))
        return _save(db, call, texts, {}, "edited", act)


def publish_call(
    db: Database, call_id: str, typed: Mapping[str, Any], act: Act, *, seen: str | None = None
) -> OpenCall:
    """Publish a draft with the texts as they now are; everybody may read it then.

    Raises
    ------
    InvalidRecord
        With every problem; nothing was changed.
    ChangedMeanwhile
        It is no longer at the version that was on the screen, as ``edit_call`` has it.
    ImpossibleStep
        It is no draft; or it rests on invented needs, and this is no demonstration (``synthetic``);
        or one of its needs waits no longer or is not for everybody any more (``needs_changed``).
    """
    with write_transaction(db, f"publish open call {call_id}"):
        call = _for_staff(db, call_id, "publish", act.actor, (DRAFT,))
        if call.synthetic and read_setting(db, DEMONSTRATION) != "1":
            raise ImpossibleStep("publish", call.state, "synthetic", call_id=call_id)
        _check_seen(call, seen)
        needs = here(db, needs_of_call(db, call_id))
        if not all(may_be_called(db, kept) for kept in needs):
            raise ImpossibleStep("publish", call.state, "needs_changed", call_id=call_id)
        texts = _checked(call, typed, profile=PUBLISH, today=_today(act))
        more: dict[str, datetime | str] = {"state": OPEN, "published_at": act.now}
        published = _save(db, call, texts, more, "published", act)
        for kept in needs:
            tell_enterprise(db, kept.need.need_id, "need.called", CALLED, act)
    return published


def close_call(db: Database, call_id: str, act: Act) -> OpenCall:
    """Close a call, or discard a draft; a reason is wanted.

    Raises
    ------
    InvalidRecord
        No reason was given.
    ImpossibleStep
        It is closed already, or this person does not act for the platform.
    """
    with write_transaction(db, f"close open call {call_id}"):
        _for_staff(db, call_id, "close", act.actor, (DRAFT, OPEN, ANSWERED))
        reason = act.reason.strip()[:LONGEST_NOTE]
        if not reason:
            raise InvalidRecord("open_call", {"reason": [problem("required")]})
        changes = {"state": CLOSED, "closed_at": act.now, "closed_reason": reason}
        closed = update_call(db, call_id, changes, now=act.now)
        _record(db, "closed", call_id, {"state": CLOSED}, act._replace(reason=reason))
    return closed


def answer_call(
    db: Database, call_id: str, capability_id: str, note: str, organisation: Organisation, act: Act
) -> OpenCall:
    """Answer a call with one of the organisation's own published capabilities.

    Raises
    ------
    UnknownRecord
        The call is not published, or the capability is not the organisation's.
    InvalidRecord
        The note is too long.
    ImpossibleStep
        The call is closed, or its date is over (``too_late``).
    """
    told = note.strip()
    given = CallAnswer(
        capability_id, organisation.organisation_id, told, act.actor.actor_id, act.now
    )
    with write_transaction(db, f"answer open call {call_id}"):
        call = read_public_call(db, call_id)
        _check_answerable(call, _today(act))
        read_own(db, "capability", capability_id, organisation.organisation_id)
        if len(told) > LONGEST_NOTE:
            size = {"maximum": LONGEST_NOTE, "length": len(told)}
            raise InvalidRecord("open_call", {"note": [problem("over_cap", told, **size)]})
        add_answer(db, call_id, given)
        answered = update_call(db, call_id, {"state": ANSWERED}, now=act.now)
        _record(db, "answered", call_id, {"capability_id": capability_id}, act)
        for role in STAFF_ROLES:
            tell_staff(db, role, _answered(call), now=act.now)
    return answered


def _today(act: Act) -> date:
    """Return the day in China: the date of a call ends when the day ends there."""
    return act.now.astimezone(CHINA_TIME).date()


def _check_answerable(call: OpenCall, today: date) -> None:
    if call.state not in ANSWERABLE:
        raise ImpossibleStep("answer", call.state, "closed", call_id=call.call_id)
    if call.reply_by is not None and today > call.reply_by:
        raise ImpossibleStep("answer", call.state, "too_late", call_id=call.call_id)


def _answered(call: OpenCall) -> Message:
    return Message(
        "open_call.answered",
        f"揭榜任务“{call.title}”收到新的答复。",
        f"The open call “{call.title_en}” has a new answer.",
        f"/open-calls/{call.call_id}",
        "open_call",
        call.call_id,
    )


def read_public_call(db: Database, call_id: str) -> OpenCall:
    """Return a call that was published; a draft, and one discarded as such, is unknown."""
    call = read_call(db, call_id)
    if call.published_at is None:
        raise UnknownRecord("open_call", call_id)
    return call


def texts_of(call: OpenCall) -> dict[str, Any]:
    """Return what of a call is edited, as a form has it."""
    return {
        "title": call.title,
        "text": call.text,
        "title_en": call.title_en,
        "text_en": call.text_en,
        "reply_by": call.reply_by.isoformat() if call.reply_by else "",
        "contact": call.contact,
    }


def _checked(
    call: OpenCall, typed: Mapping[str, Any], *, profile: str = "", today: date | None
) -> OpenCallTexts:
    """Return the texts; a call on invented needs keeps saying so, in both languages."""
    wanted = profile or (PUBLISH if call.state != DRAFT else "match")
    texts = load_open_call(dict(typed), profile=wanted, today=today)
    return marked(texts) if call.synthetic else texts


def marked(texts: OpenCallTexts) -> OpenCallTexts:
    """Return texts that say that they are synthetic, whatever was edited away."""

    def put(mark: str, text: str) -> str:
        return text if not text or text.startswith(mark) else f"{mark}{text}"

    return OpenCallTexts(
        put(MARK_ZH, texts.title),
        put(MARK_ZH, texts.text),
        put(MARK_EN, texts.title_en),
        put(MARK_EN, texts.text_en),
        texts.reply_by,
        texts.contact,
    )


def _save(
    db: Database,
    call: OpenCall,
    texts: OpenCallTexts,
    more: Mapping[str, datetime | str],
    action: str,
    act: Act,
) -> OpenCall:
    changes = {name: getattr(texts, name) for name in texts.__slots__} | dict(more)
    named = sorted(name for name in changes if changes[name] != getattr(call, name))
    with write_transaction(db, f"save open call {call.call_id}"):
        saved = update_call(db, call.call_id, changes, now=act.now)
        _record(db, action, call.call_id, {"changed": named, "state": saved.state}, act)
    return saved


def _for_staff(
    db: Database, call_id: str, action: str, actor: Actor, states: tuple[str, ...]
) -> OpenCall:
    call = read_call(db, call_id)
    _check_staff(actor, action, call.state)
    if call.state not in states:
        raise ImpossibleStep(action, call.state, "closed", call_id=call_id)
    return call


def _check_seen(call: OpenCall, seen: str | None) -> None:
    if seen is not None and seen != call.version:
        raise ChangedMeanwhile("open_call", call.call_id, seen)


def _check_staff(actor: Actor, action: str, state: str) -> None:
    if actor.role not in STAFF_ROLES and actor != COMMAND_LINE:
        raise ImpossibleStep(action, state, "not_entitled")


def _record(db: Database, what: str, call_id: str, after: Mapping[str, Any], act: Act) -> None:
    change = Change(f"open_call.{what}", "open_call", call_id, after=after, reason=act.reason)
    record_change(db, change, actor=act.actor, now=act.now)
