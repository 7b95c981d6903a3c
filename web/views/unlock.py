"""Enter the shared word that lets a browser write, or forget it again."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from web import access
from web.i18n import gettext as _

blueprint = Blueprint("unlock", __name__)


@blueprint.get("/unlock")
@access.public
def show_unlock() -> ResponseReturnValue:
    return render_template("pages/unlock.html", wrong=False, goal=request.args.get("next", ""))


@blueprint.post("/unlock")
@access.public
def enter_word() -> ResponseReturnValue:
    goal = request.form.get("next", "")
    if not access.unlock(request.form.get("word", "")):
        return render_template("pages/unlock.html", wrong=True, goal=goal), 422
    flash(_("You can write from this browser for the next eight hours."))
    return redirect(access.local_path(goal) or url_for("home.show_home"), code=303)


@blueprint.post("/lock")
@access.public
def lock_again() -> ResponseReturnValue:
    access.lock()
    flash(_("This browser can no longer write."))
    return redirect(url_for("home.show_home"), code=303)
