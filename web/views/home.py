"""The front page: what the service is, and where each kind of visitor goes from here."""

from __future__ import annotations

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import format_number

from web import access, backend
from web.i18n import gettext as _
from web.needs.examples import example_cards
from web.next_steps import next_steps

blueprint = Blueprint("home", __name__)


@blueprint.get("/")
@access.public
def show_home() -> ResponseReturnValue:
    catalogue = backend.catalogue()
    bases = _("pilot bases, planned ones included")
    counts = (
        (len(catalogue.scenarios), _("scenarios"), "catalogue.list_scenarios"),
        (len(catalogue.providers), _("providers"), "catalogue.list_providers"),
        (len(catalogue.pilot_bases), bases, "catalogue.list_bases"),
        (len(catalogue.cases), _("cases"), "catalogue.list_cases"),
    )
    stats = [
        {"count": format_number(count), "label": label, "url": url_for(endpoint)}
        for count, label, endpoint in counts
    ]
    return render_template(
        "pages/home.html", stats=stats, examples=example_cards(), steps=next_steps()
    )
