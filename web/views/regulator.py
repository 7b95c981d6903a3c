"""The regulator's pack, for administrators: what is in it, and one click that makes it."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Blueprint, Response, render_template
from flask.typing import ResponseReturnValue

from matcher.identity import Role
from matcher.reports.regulator.pack import NAMES
from matcher.store.audit import EventFilter, list_events
from matcher.workflow.needs.states import Act
from matcher.workflow.upkeep.regulator_pack import gather_facts, make_pack
from web import access, backend, session
from web.administration.models import models_dir
from web.confirm import confirmation_problem
from web.needs.own import name_of_actor

blueprint = Blueprint("regulator", __name__)
ADMINISTRATORS = access.requires(Role.ADMINISTRATOR)
MADE = EventFilter(action="regulator_pack.made")
N_SHOWN = 10


@blueprint.get("/regulator-pack")
@ADMINISTRATORS
def show_pack() -> ResponseReturnValue:
    return pack_page()


def pack_page(unconfirmed: str = "") -> str:
    db = backend.database()
    act = Act(session.actor(), datetime.now(UTC))
    return render_template(
        "pages/regulator/pack.html",
        names=NAMES,
        facts=gather_facts(db, models_dir(), act, made_by=""),
        made=[
            (event, datetime.fromisoformat(event.at))
            for event in list_events(db, MADE, limit=N_SHOWN)
        ],
        who=name_of_actor,
        unconfirmed=unconfirmed,
    )


@blueprint.post("/regulator-pack")
@ADMINISTRATORS
def download_pack() -> ResponseReturnValue:
    unconfirmed = confirmation_problem()
    if unconfirmed:
        return pack_page(unconfirmed), 422
    account, now = session.signed_in(), datetime.now(UTC)
    packed = make_pack(
        backend.writable_database(),
        models_dir(),
        Act(session.actor(), now),
        made_by=account.name or account.account_id,
    )
    name = f"regulator-pack-{now:%Y%m%d-%H%M}.zip"
    response = Response(packed, mimetype="application/zip")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
