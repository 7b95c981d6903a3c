"""How matching works, what it does not do, and how the site can be used by everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matcher.errors import ModelError
from web import access, backend

blueprint = Blueprint("about", __name__)


def model_info() -> dict[str, Any] | None:
    try:
        return dict(backend.matching().model_info)
    except ModelError:
        return None


@blueprint.get("/about")
@access.public
def show_about() -> ResponseReturnValue:
    return render_template("pages/about.html", model=model_info())


@blueprint.get("/accessibility")
@access.public
def show_accessibility() -> ResponseReturnValue:
    return render_template("pages/accessibility.html")
