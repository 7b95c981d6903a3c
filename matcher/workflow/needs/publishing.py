"""Publishing a need: what it must fulfil, sending it for review, the decision, changing it later.

A need is sent when its schema's publish profile holds, its score reaches the gate (or a reviewer is
asked to look past it), nothing in it is classified, and near-duplicates were confirmed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta, timezone
from typing import Any, NamedTuple

from sqlite_utils import Database

from matcher.errors import InvalidRecord, MatcherError, UnknownRecord
from matcher.identity import Organisation
from matcher.intake.duplicates import NearNeed, find_near
from matcher.intake.quality import PUBLISH_FROM, NeedQuality, score_need
from matcher.intake.secrecy import SecrecyCheck
from matcher.records import Need
from matcher.schemas import PUBLISH, dump_record, load_need
from matcher.store.attachments import list_attachments, move_attachments
from matcher.store.audit import Change, changed_fields, record_change
from matcher.store.connection import write_transaction
from matcher.store.drafts import Draft, delete_draft, read_draft
from matcher.store.need_status import (
    NeedStatus,
    add_status,
    find_status,
    read_status,
    update_status,
)
from matcher.store.needs import list_kept_needs, read_kept_need, save_need
from matcher.store.organisations import read_organisation
from matcher.store.ownership import owner_of, set_owner
from matcher.workflow.drafts.typed import find_secrets
from matcher.workflow.needs.chosen_providers import provider_problems
from matcher.workflow.needs.draft_values import (
    BEGUN_ON,
    COPIED_FROM,
    STEP_OF_FIELD,
    answers,
    need_so_far,
)
from matcher.workflow.needs.lifecycle import TransitionRefused, capacity_of, change_state
from matcher.workflow.needs.listing import list_in_search
from matcher.workflow.needs.notices import tell_concerned, tell_enterprise
from matcher.workflow.needs.states import Act, State, Who

CHINA = timezone(timedelta(hours=8))  # a reply date ends when the day ends here
AMENDABLE = (State.DRAFT, State.IN_REVIEW, State.OPEN, State.MATCHING)
LIVE = (State.IN_REVIEW, State.OPEN, State.MATCHING, State.IN_PILOT)
PRIVATE = frozenset({"excluded_provider_ids", "excluded_reason", "invited_provider_ids"})


@dataclass(frozen=True, slots=True)
class Readiness:
    """What stands between a draft and its publication."""

    need: Need  # as far as it goes
    quality: NeedQuality
    problems: Mapping[str, list[Any]]  # by path: what the publish profile misses or refuses
    secrecy: SecrecyCheck
    near: tuple[NearNeed, ...]
    near_needs: Mapping[str, Need]

    @property
    def is_complete(self) -> bool:
        """Whether every answer that is required is there and can be read."""
        return not self.problems and not self.secrecy.is_refused

    def step_of(self, path: str) -> str:
        """Return the step of the form in which a problem is mended."""
        return STEP_OF_FIELD.get(path.split(".")[0], "problem")


class Wishes(NamedTuple):
    """What the enterprise has confirmed beside sending."""

    accepts_near: bool = False
    asks_override: bool = False
    replaces: int | None = None  # the version that the writer has seen to be newer than the draft's


class NotPublishable(MatcherError):
    """A need cannot be sent yet; ``why`` says why.

    It holds ``incomplete``, ``score``, ``near``, ``changed`` since the draft was begun, or a state.
    """

    code = "not_publishable"

    def __init__(self, readiness: Readiness, why: tuple[str, ...]) -> None:
        super().__init__(
            f"the need cannot be published: {', '.join(why)}; fields: {sorted(readiness.problems)}",
            why=why,
        )
        self.readiness = readiness
        self.why = why


def check_ready(
    db: Database,
    values: Mapping[str, Any],
    *,
    organisation_id: str = "",
    need_id: str = "",
    today: date,
) -> Readiness:
    """Return what stands between a draft and its publication; nothing is changed."""
    need = need_so_far(values, need_id)
    others: dict[str, Need] = {}
    own_provider = ""
    if organisation_id:
        own_provider = read_organisation(db, organisation_id).provider_id
        kept = list_kept_needs(db, organisation_id=organisation_id, states=LIVE, limit=200)
        others = {one.need.need_id: one.need for one in kept}
    near = find_near(need, others.items())
    return Readiness(
        need,
        score_need(need),
        {**provider_problems(db, values, own_provider), **missing_answers(values, today)},
        find_secrets(values),
        near,
        {one.need_id: others[one.need_id] for one in near},
    )


def missing_answers(values: Mapping[str, Any], today: date) -> dict[str, list[Any]]:
    """Return by path what the publish profile misses or refuses."""
    try:
        load_need(answers(values), profile=PUBLISH, today=today)
    except InvalidRecord as error:
        return error.errors
    return {}


def end_of(day: date) -> datetime:
    """Return when a day is over, in China."""
    return datetime.combine(day + timedelta(days=1), time(), tzinfo=CHINA)


def send_draft(
    db: Database, draft: Draft, organisation: Organisation, act: Act, wishes: Wishes
) -> NeedStatus:
    """Make a need of a draft: a new one goes to review, one that is open is amended at once.

    The draft and its files are read as they stand when the write lock is held: of two clicks at
    once the second gets the need that the first has made.

    Raises
    ------
    NotPublishable
        With everything that is in the way; nothing was changed.
    TransitionRefused
        The need is in a state in which it is not changed any more.
    UnknownRecord
        The draft is gone, and no need was made of it: it was thrown away, or changed one.
    """
    with write_transaction(db, f"send draft {draft.draft_id}"):
        try:
            draft = read_draft(db, draft.kind, draft.draft_id, draft.owner)
        except UnknownRecord:
            made = need_made_of(db, draft.draft_id, organisation.organisation_id)
            if made is None:
                raise
            return made
        return _sent(db, draft, organisation, act, wishes)


def need_made_of(db: Database, draft_id: str, organisation_id: str) -> NeedStatus | None:
    """Return the status of the new need that an organisation has made of a draft, or None."""
    need_id = _id_of_new(draft_id)
    is_own = bool(organisation_id) and owner_of(db, "need", need_id) == organisation_id
    return find_status(db, need_id) if is_own else None


def _id_of_new(draft_id: str) -> str:
    """Return the id of the need that a draft becomes: always the same, and not to be foreseen."""
    return f"N{hashlib.sha256(draft_id.encode()).hexdigest()[:10].upper()}"


def _sent(
    db: Database, draft: Draft, organisation: Organisation, act: Act, wishes: Wishes
) -> NeedStatus:
    readiness = check_ready(
        db,
        draft.values,
        organisation_id=organisation.organisation_id,
        need_id=draft.record_id,
        today=act.now.astimezone(CHINA).date(),
    )
    _refuse_unready(readiness, wishes, has_override=_was_overridden(db, draft.record_id))
    need_id = draft.record_id or _id_of_new(draft.draft_id)
    files = [*list_attachments(db, "need", need_id), *list_attachments(db, "draft", draft.draft_id)]
    attached = tuple(file.attachment_id for file in files)
    need = replace(_published(draft.values, act), need_id=need_id, attachment_ids=attached)
    if draft.record_id:
        _refuse_overtaken(db, draft, readiness, wishes)
        status = _amend(db, need, readiness.quality.score, organisation, act)
    else:
        status = _begin(db, need, readiness.quality.score, (draft, organisation), act)
    if status.state == State.DRAFT:
        status = change_state(db, need_id, State.IN_REVIEW, act)
    move_attachments(db, ("draft", draft.draft_id), ("need", need_id))
    delete_draft(db, draft)
    list_in_search(db, need_id)
    return status


def _refuse_unready(readiness: Readiness, wishes: Wishes, *, has_override: bool) -> None:
    why = []
    if not readiness.is_complete:
        why.append("incomplete")
    looks_past = wishes.asks_override or has_override
    if not readiness.quality.is_publishable and not looks_past:
        why.append("score")
    if readiness.near and not wishes.accepts_near:
        why.append("near")
    if why:
        raise NotPublishable(readiness, tuple(why))


def _refuse_overtaken(db: Database, draft: Draft, readiness: Readiness, wishes: Wishes) -> None:
    """Refuse to undo unseen what was changed since the draft was begun, such as a new date."""
    begun_on = draft.values.get(BEGUN_ON)
    if begun_on is None or read_kept_need(db, draft.record_id).version in {
        begun_on,
        wishes.replaces,
    }:
        return
    raise NotPublishable(readiness, ("changed",))


def _was_overridden(db: Database, need_id: str) -> bool:
    return bool(need_id) and bool(read_status(db, need_id).override_by)


def _published(values: Mapping[str, Any], act: Act) -> Need:
    today = act.now.astimezone(CHINA).date()
    return load_need(answers(values), profile=PUBLISH, today=today)


def _begin(
    db: Database, need: Need, score: int, origin: tuple[Draft, Organisation], act: Act
) -> NeedStatus:
    draft, organisation = origin
    save_need(db, need, actor=act.actor.actor_id, now=act.now)
    set_owner(db, "need", need.need_id, organisation.organisation_id, actor=act.actor, now=act.now)
    status = NeedStatus(
        need_id=need.need_id,
        state=State.DRAFT,
        updated_at=act.now,
        copied_from=str(draft.values.get(COPIED_FROM, "")),
        **notes_of(need, score),
    )
    add_status(db, status, actor=act.actor.actor_id)
    after = {"title": need.title, "visibility": need.visibility, "quality_score": score}
    record_change(
        db, Change("need.created", "need", need.need_id, after=after), actor=act.actor, now=act.now
    )
    return status


def notes_of(need: Need, score: int) -> dict[str, Any]:
    """Return what is noted of a need beside its state."""
    return {
        "visibility": need.visibility,
        "quality_score": score,
        "reply_by": need.reply_by,
        "expires_at": None if need.reply_by is None else end_of(need.reply_by),
        "reminded_at": None,
    }


def _amend(
    db: Database, need: Need, score: int, organisation: Organisation, act: Act
) -> NeedStatus:
    kept = read_kept_need(db, need.need_id)
    state = kept.status.state
    who = capacity_of(act.actor, kept.organisation_id)
    if kept.organisation_id != organisation.organisation_id or who != Who.ENTERPRISE:
        raise TransitionRefused(need.need_id, state, state, "not_entitled")
    if state not in AMENDABLE:
        raise TransitionRefused(need.need_id, state, state, "impossible")
    save_need(db, need, actor=act.actor.actor_id, now=act.now)
    status = update_status(db, need.need_id, notes_of(need, score), now=act.now)
    before, after = changed_fields(public_answers(kept.need), public_answers(need))
    change = Change("need.amended", "need", need.need_id, before=before, after=after)
    record_change(db, change, actor=act.actor, now=act.now)
    if status.published_at is not None:
        tell_concerned(db, need.need_id, "need.amended", ("有修改。", "was amended."), act.now)
    tell_enterprise(db, need.need_id, "need.amended", ("有修改。", "was amended."), act)
    return status


def public_answers(need: Need) -> dict[str, Any]:
    """Return a need as the audit trail keeps it: of private answers only that they are there."""
    dumped = dump_record(need)
    return {name: "…" if name in PRIVATE else value for name, value in dumped.items()}


def approve(db: Database, need_id: str, act: Act) -> NeedStatus:
    """Open a need that was reviewed; below the gate the reason is an override and wanted.

    Raises
    ------
    TransitionRefused
        It is in no state to be opened, its reply date is over (``too_late``), or its score is below
        the gate and no reason was given (``reason_missing``).
    """
    with write_transaction(db, f"approve need {need_id}"):
        status = read_status(db, need_id)
        if status.expires_at is not None and status.expires_at <= act.now:
            raise TransitionRefused(need_id, status.state, State.OPEN, "too_late")
        notes: dict[str, Any] = {"published_at": status.published_at or act.now}
        if (status.quality_score or 0) < PUBLISH_FROM:
            if not act.reason.strip():
                raise TransitionRefused(need_id, status.state, State.OPEN, "reason_missing")
            notes |= {"override_by": act.actor.actor_id, "override_reason": act.reason.strip()}
        return change_state(db, need_id, State.OPEN, act, notes)


def renew(db: Database, need_id: str, dates: Mapping[str, Any], act: Act) -> NeedStatus:
    """Give a need that expired, or is about to, a new reply date and where wanted a new start.

    Raises
    ------
    InvalidRecord
        A date is missing or not possible.
    TransitionRefused
        The need is in a state in which it cannot be renewed, or not by this person.
    """
    given = {name: dates[name] for name in ("reply_by", "start_by") if dates.get(name)}
    today = act.now.astimezone(CHINA).date()
    with write_transaction(db, f"renew need {need_id}"):
        kept = read_kept_need(db, need_id)
        data = {**dump_record(kept.need), **given}
        if "reply_by" not in given:
            data.pop("reply_by", None)
        need: Need = load_need(data, profile=PUBLISH, today=today)
        notes = notes_of(need, score_need(need).score)
        if kept.status.state == State.EXPIRED:
            status = change_state(db, need_id, State.OPEN, act, notes)
        else:
            status = _prolong(db, need_id, notes, act)
        save_need(db, need, actor=act.actor.actor_id, now=act.now)
        list_in_search(db, need_id)
    return status


def _prolong(db: Database, need_id: str, notes: dict[str, Any], act: Act) -> NeedStatus:
    kept = read_kept_need(db, need_id)
    state = kept.status.state
    if capacity_of(act.actor, kept.organisation_id) != Who.ENTERPRISE:
        raise TransitionRefused(need_id, state, State.OPEN, "not_entitled")
    if state not in (State.OPEN, State.MATCHING):
        raise TransitionRefused(need_id, state, State.OPEN, "impossible")
    change = Change(
        "need.renewed",
        "need",
        need_id,
        before={"reply_by": str(kept.status.reply_by)},
        after={"reply_by": str(notes["reply_by"])},
    )
    record_change(db, change, actor=act.actor, now=act.now)
    status = update_status(db, need_id, notes, now=act.now)
    said = (f"的截止答复改为 {notes['reply_by']}。", f"may be answered until {notes['reply_by']}.")
    tell_concerned(db, need_id, "need.renewed", said, act.now)
    return status
