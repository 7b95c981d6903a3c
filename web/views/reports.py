"""The administrator's report on the quality of the matches."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from web import access
from web.views.about import model_info

blueprint = Blueprint("reports", __name__)


@blueprint.get("/reports/quality")
@access.public
def show_quality() -> ResponseReturnValue:
    return render_template("pages/reports/quality.html", model=model_info())
