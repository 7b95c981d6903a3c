"""Is the service well? A page for people, JSON for whatever watches it."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from flask import Blueprint, jsonify, render_template
from flask.typing import ResponseReturnValue

from matcher.errors import MatcherError
from matcher.store.catalogue import last_changed
from web import access, backend
from web.errors import words_of

blueprint = Blueprint("health", __name__)


@dataclass(slots=True)
class State:
    """What works: 200 for all of it, else 503."""

    ok: bool = True
    database_revision: int | None = None
    model_id: str | None = None
    problems: list[str] = field(default_factory=list)


def read_state() -> State:
    """Say whether the catalogue can be read and a model can match, else with the code of why."""
    state = State()
    try:
        state.database_revision = backend.catalogue().revision
        state.model_id = backend.matching().model_info["model_id"]
    except MatcherError as error:
        state.problems.append(error.code)
    state.ok = not state.problems
    return state


@blueprint.get("/health")
@access.public
def show_health() -> ResponseReturnValue:
    state = read_state()
    return jsonify(asdict(state)), 200 if state.ok else 503


@blueprint.get("/status")
@access.public
def show_status() -> ResponseReturnValue:
    state = read_state()
    return render_template(
        "pages/status.html",
        state=state,
        problem=words_of(state.problems[0], 503).explanation if state.problems else "",
        changed_at=last_changed(backend.database()),
        now=datetime.now(UTC),
    )
