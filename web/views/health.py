"""Is the service well? JSON for whatever watches it."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from matcher.errors import MatcherError
from web import access, backend

blueprint = Blueprint("health", __name__)


@blueprint.get("/health")
@access.public
def show_health() -> ResponseReturnValue:
    """200 when the catalogue can be read and a model can match, else 503 with the code of why."""
    state: dict[str, object] = {"ok": True, "database_revision": None, "model_id": None}
    problems: list[str] = []
    try:
        state["database_revision"] = backend.catalogue().revision
        state["model_id"] = backend.matching().model_info["model_id"]
    except MatcherError as error:
        problems.append(error.code)
    state["ok"] = not problems
    state["problems"] = problems
    return jsonify(state), 503 if problems else 200
