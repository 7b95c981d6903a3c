"""The way of a capability or a pilot base through its form: pages, autosave, check, sending.

The views name the kind; everything that both kinds share is here. A page that is left by any
button is kept first, so that nothing typed is lost, whatever is wrong with it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from flask import abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from matcher.errors import InvalidRecord, UnknownRecord
from matcher.schemas.base import RecordSchema
from matcher.schemas.fields import PUBLISH
from matcher.store.connection import write_transaction
from matcher.store.drafts import Draft, delete_draft, read_draft
from matcher.workflow.drafts.keeping import (
    DraftChanged,
    DraftKey,
    DraftTooLarge,
    save_step,
    throw_away,
)
from matcher.workflow.drafts.lines import own_paths, without_blank_lines
from matcher.workflow.drafts.typed import with_step
from matcher.workflow.registration.form_steps import (
    CHECK,
    STEPS,
    Step,
    find_step,
    neighbour,
    step_of,
)
from matcher.workflow.registration.owned_records import Act, ProposalRefused
from matcher.workflow.registration.proposals import Submission
from web import backend, session
from web.draft_windows import asked_basis, new_basis, theirs
from web.form_lengths import too_large
from web.forms import FormState, FormView
from web.i18n import gettext as _
from web.i18n import language
from web.registration.forms import (
    Values,
    anchor_after,
    changed_lines,
    line_act,
    read_page,
)
from web.registration.organisation_choice import (
    changed_choice,
    choice_act,
    find_query,
    pickers,
)
from web.registration.pages import Options, PageForm, summary_rows
from web.registration.panel import LIVE, QUICK, WHOLE

Conflict = Sequence[tuple[str, str]]  # label and what the other window wrote
STAY = ("file:", "unfile:")  # buttons about one file
# What can wait until a record is sent: a draft may be incomplete, and nobody is held up by it.
UNFINISHED = frozenset(
    {
        *("required", "required_one_of", "too_short", "too_long", "too_few"),
        *("unknown_industry", "evidence_missing", "operator_missing"),
    }
)


class Files(Protocol):
    """What a form does with files that are sent with one of its pages."""

    @property
    def page(self) -> str:
        """The code of that page."""

    def take(self, draft: Draft, wish: str, act: Act) -> dict[str, str]:
        """Keep the files that came, and return by line why one was refused."""

    def context(self, draft: Draft) -> dict[str, Any]:
        """Return what the page shows of them."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What one kind of record brings to its form."""

    kind: str
    blueprint: str  # of the form
    folder: str  # of its templates
    own_pages: str  # blueprint of the organisation's own list
    schema: type[RecordSchema]
    order: Mapping[str, tuple[str, ...]]
    options: Callable[[Draft, Values], Options]
    check: Callable[[Draft, Values], dict[str, list[Any]]]  # what keeps it from being sent
    panel: Callable[[Draft, Values, str], dict[str, Any]]  # quick, live or whole
    submit: Callable[[Draft, Values], Submission]
    sent_words: Callable[[Submission], str]
    files: Files | None = None

    def url(self, view: str, **values: Any) -> str:
        return url_for(f"{self.blueprint}.{view}", **values)


def act_now() -> Act:
    """Return for whom the one who is signed in acts."""
    return Act(session.own_organisation(), session.actor(), datetime.now(UTC))


def key_of(flow: Flow, draft_id: str) -> DraftKey:
    return DraftKey(flow.kind, draft_id, session.signed_in().account_id)


def own_draft(flow: Flow, draft_id: str) -> Draft:
    return read_draft(backend.database(), *key_of(flow, draft_id))


def page_of(flow: Flow, code: str) -> Step:
    return find_step(flow.kind, code) or abort(404)


def show_step(flow: Flow, draft_id: str, code: str) -> ResponseReturnValue:
    draft, step = own_draft(flow, draft_id), page_of(flow, code)
    errors = own_errors(flow, draft, step) if request.args.get("check") else {}
    return step_page(flow, draft, step, FormState(dict(draft.values), errors))


def checked(flow: Flow, draft: Draft) -> dict[str, list[Any]]:
    """Return what keeps a draft from being sent, by path as its pages count."""
    schema = flow.schema()
    found = flow.check(draft, without_blank_lines(draft.values, schema))
    return own_paths(found, draft.values, schema)


def own_errors(flow: Flow, draft: Draft, step: Step) -> dict[str, list[Any]]:
    """Return everything that is wrong or missing on one page."""
    found = checked(flow, draft)
    return {path: told for path, told in found.items() if path.split(".")[0] in step.fields}


def step_page(
    flow: Flow,
    draft: Draft,
    step: Step,
    state: FormState,
    conflict: Conflict = (),
    *,
    refused_files: Mapping[str, str] | None = None,
) -> str:
    has_files = flow.files is not None and step.code == flow.files.page
    schema = flow.schema(profile=PUBLISH)
    form = PageForm(schema, state, flow.options(draft, state.values))
    return render_template(
        f"pages/{flow.folder}/step.html",
        flow=flow,
        draft=draft,
        step=step,
        steps=steps_of(flow, draft, step.code),
        parts=form.parts(step, flow.order),
        lists=FormView(schema, FormState()),
        problems=summary_rows(form.view),
        basis=new_basis(draft, step),
        conflict=conflict,
        pickers=pickers(draft.draft_id, step, state.values),
        takes_files=has_files,
        refused_files=refused_files or {},
        **(flow.files.context(draft) if flow.files and has_files else {}),
        panel=flow.panel(draft, state.values, QUICK),
        place=STEPS[flow.kind].index(step) + 1,
        n_steps=len(STEPS[flow.kind]) + 1,
        next_label=step_label(flow.kind, neighbour(flow.kind, step.code, 1)),
    )


def steps_of(flow: Flow, draft: Draft, current: str) -> list[dict[str, Any]]:
    """Return the pages of the form for its list of steps, with how much of each is unfinished."""
    codes = [step.code for step in STEPS[flow.kind]] + [CHECK]
    n_open = Counter(page_code(flow, path) for path in checked(flow, draft))
    return [
        {
            "code": code,
            "label": step_label(flow.kind, code),
            "is_current": code == current,
            "n_open": n_open[code],
        }
        for code in codes
    ]


def step_label(kind: str, code: str) -> str:
    step = find_step(kind, code)
    if step is None:
        return _("Check and send")
    return step.label_zh if language() == "zh" else step.label_en


def write_step(flow: Flow, draft_id: str, code: str) -> ResponseReturnValue:
    """Keep a page with the files that came with it, and do what its button says."""
    draft, step = own_draft(flow, draft_id), page_of(flow, code)
    schema, wish = flow.schema(), request.form.get("act", "next")
    typed = read_page(schema, step.fields, request.form)
    act, choice = line_act(wish, schema), choice_act(wish, step)
    if act is not None and act.name not in step.fields:
        act = None
    kept = changed_lines(typed, act, schema) if act else typed
    kept = changed_choice(kept, choice) if choice else kept
    try:
        draft = keep(draft, step, kept)
    except DraftChanged as error:
        return conflict_page(flow, error.draft, step, typed), 409
    except DraftTooLarge:
        state = FormState(with_step(draft.values, step, typed), too_large(schema, typed))
        return step_page(flow, draft, step, state), 422
    refused = take_files(flow, draft, step, wish)
    if refused:
        state = FormState(dict(draft.values))
        return step_page(flow, draft, step, state, refused_files=refused), 422
    if act:
        return to_step(flow, draft, code, anchor_after(act, kept))
    if choice:
        return to_step(flow, draft, code, f"choice-{choice.name}", **find_query(choice))
    if wish.startswith(STAY):
        return to_step(flow, draft, code, f"file-{wish.partition(':')[2]}")
    return leave_step(flow, draft, step, wish)


def take_files(flow: Flow, draft: Draft, step: Step, wish: str) -> dict[str, str]:
    if flow.files is None or step.code != flow.files.page:
        return {}
    return flow.files.take(draft, wish, act_now())


def to_step(flow: Flow, draft: Draft, code: str, anchor: str, **query: str) -> ResponseReturnValue:
    address = flow.url("show_step", draft_id=draft.draft_id, code=code, _anchor=anchor, **query)
    return redirect(address, code=303)


def leave_step(flow: Flow, draft: Draft, step: Step, wish: str) -> ResponseReturnValue:
    """Go where a button leads; on to the next page unless something cannot be read."""
    if wish == "next":
        wrong = wrong_answers(flow, draft, step)
        if wrong:
            return step_page(flow, draft, step, FormState(dict(draft.values), wrong)), 422
    return redirect(goal(flow, draft.draft_id, step.code, wish), code=303)


def keep(draft: Draft, step: Step, typed: Values, *, live: bool = False) -> Draft:
    """Keep a page, unless another window wrote it since the page was drawn."""
    db, now = backend.writable_database(), datetime.now(UTC)
    key = DraftKey(draft.kind, draft.draft_id, draft.owner)
    return save_step(db, key, step, typed, basis=asked_basis(live=live), now=now)


def conflict_page(flow: Flow, draft: Draft, step: Step, typed: Values) -> str:
    """Show what was typed here beside what the other window wrote; sending again keeps this."""
    state = FormState(with_step(draft.values, step, typed))
    return step_page(flow, draft, step, state, theirs(draft, step, typed, flow.schema()))


def wrong_answers(flow: Flow, draft: Draft, step: Step) -> dict[str, list[Any]]:
    """Return what on a page cannot be read; what is only unfinished can wait."""
    kept = {}
    for path, problems in own_errors(flow, draft, step).items():
        wrong = [problem for problem in problems if problem.key not in UNFINISHED]
        if wrong:
            kept[path] = wrong
    return kept


def goal(flow: Flow, draft_id: str, code: str, wish: str) -> str:
    """Return where a button leads."""
    if wish == "save":
        flash(_("Your draft is saved. You find it again under your own records."))
        return url_for(f"{flow.own_pages}.list_records")
    named = wish.removeprefix("go:")
    by = {"next": 1, "back": -1}.get(wish, 0)
    wanted = named if named != wish else neighbour(flow.kind, code, by)
    if wanted != CHECK and find_step(flow.kind, wanted) is None:
        return abort(404)
    if wanted == CHECK:
        return flow.url("show_check", draft_id=draft_id)
    return flow.url("show_step", draft_id=draft_id, code=wanted)


def refresh_panel(flow: Flow, draft_id: str, code: str) -> ResponseReturnValue:
    """Keep a page as it is being written, and answer with what stands beside the form."""
    draft, step = own_draft(flow, draft_id), page_of(flow, code)
    try:
        typed = read_page(flow.schema(), step.fields, request.form)
        draft = keep(draft, step, typed, live=True)
    except DraftChanged:
        return render_template("partials/_panel_conflict.html"), 422
    except DraftTooLarge:
        return render_template("partials/_saved.html", is_too_large=True), 422
    panel = flow.panel(draft, dict(draft.values), LIVE)
    template = f"partials/_{flow.kind}_panel.html"
    return render_template(template, flow=flow, draft=draft, panel=panel, is_live=True)


def show_check(flow: Flow, draft_id: str, refusal: str = "") -> str:
    """Show what would be sent, what it lacks and what it would do."""
    draft = own_draft(flow, draft_id)
    values, errors = dict(draft.values), checked(flow, draft)
    return render_template(
        f"pages/{flow.folder}/check.html",
        flow=flow,
        draft=draft,
        steps=steps_of(flow, draft, CHECK),
        problems=problem_links(flow, draft, values, errors),
        panel=flow.panel(draft, values, WHOLE),
        refusal=refusal,
        n_steps=len(STEPS[flow.kind]) + 1,
    )


def problem_links(
    flow: Flow, draft: Draft, values: Values, errors: dict[str, list[Any]]
) -> list[tuple[str, str, str]]:
    """Return address, label and message of everything wrong, each leading to its page."""
    form = FormView(flow.schema(profile=PUBLISH), FormState(values, errors))
    rows = summary_rows(form)
    paths = [path for path, problems in errors.items() for _problem in problems]
    return [
        (
            flow.url(
                "show_step",
                draft_id=draft.draft_id,
                code=page_code(flow, path),
                check=1,
                _anchor=anchor,
            ),
            label,
            text,
        )
        for path, (anchor, label, text) in zip(paths, rows, strict=True)
    ]


def page_code(flow: Flow, path: str) -> str:
    code = step_of(flow.kind, path.split(".")[0])
    return STEPS[flow.kind][0].code if code == CHECK else code


def send(flow: Flow, draft_id: str) -> ResponseReturnValue:
    """Send a draft; what keeps it from being sent is shown on the page of the check."""
    own_draft(flow, draft_id)
    db = backend.writable_database()
    try:
        with write_transaction(db, "send a draft"):  # read, sent and gone at once: only once
            draft = read_draft(db, *key_of(flow, draft_id))
            sent = flow.submit(draft, without_blank_lines(draft.values, flow.schema()))
            delete_draft(db, draft)
    except UnknownRecord as error:
        if error.context.get("kind") != "draft":
            raise
        return to_own_records(flow)  # a second click: the first has sent it
    except InvalidRecord:
        return show_check(flow, draft_id), 422
    except ProposalRefused as error:
        return show_check(flow, draft_id, refusal=error.code), 422
    flash(flow.sent_words(sent))
    return redirect(url_for(f"{flow.own_pages}.show_record", record_id=sent.record_id), code=303)


def discard(flow: Flow, draft_id: str) -> ResponseReturnValue:
    throw_away(backend.writable_database(), key_of(flow, draft_id))
    flash(_("The draft was thrown away."))
    return to_own_records(flow)


def to_own_records(flow: Flow) -> ResponseReturnValue:
    return redirect(url_for(f"{flow.own_pages}.list_records"), code=303)
