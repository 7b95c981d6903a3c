"""How matching works, what it does not do, and how the site can be used by everybody."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from matcher.errors import ModelError
from matcher.workflow.learning.models import exploration_share
from matcher.workflow.matching.plain_order import wants_plain_order
from web import access, backend, session

blueprint = Blueprint("about", __name__)


def model_info() -> dict[str, Any] | None:
    try:
        return dict(backend.matching().model_info)
    except ModelError:
        return None


@blueprint.get("/about")
@access.public
def show_about() -> ResponseReturnValue:
    account = session.current_account()
    return render_template(
        "pages/about.html",
        model=model_info(),
        exploration=exploration_share(backend.database()),
        is_plain=account is not None and wants_plain_order(backend.database(), account.account_id),
    )


@blueprint.get("/accessibility")
@access.public
def show_accessibility() -> ResponseReturnValue:
    return render_template("pages/accessibility.html")
