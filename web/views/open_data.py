"""Open data for everybody: what is in it, what its columns mean, and the files."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from flask import Blueprint, Response, current_app, render_template
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.interchange.open_data import LICENCE_EN, LICENCE_ZH, Table
from matcher.store.audit import list_events
from matcher.workflow.open_data.gather import OpenData, open_data
from web import access, backend
from web.i18n import language

blueprint = Blueprint("open_data", __name__)
TYPES = {"csv": "text/csv", "jsonl": "application/x-ndjson", "txt": "text/plain"}
KEPT = "open_data"


class Made(NamedTuple):
    """The open data as of one event of the audit trail: whatever changes it writes another."""

    key: tuple[int, str]
    data: OpenData

    def table(self, name: str) -> Table:
        return next(one for one in self.data.tables if one.name == name)


@blueprint.get("/open-data")
@access.public
def show_open_data() -> ResponseReturnValue:
    made = made_now()
    return render_template(
        "pages/open_data/show.html",
        tables=made.data.tables,
        counts=made.table("counts"),
        dictionary=made.table("dictionary"),
        sizes={name: len(content) for name, content in made.data.files.items()},
        is_made_up=made.data.is_demonstration,
        licence=LICENCE_ZH if language() == "zh" else LICENCE_EN,
    )


@blueprint.get("/open-data/<name>")
@access.public
def download(name: str) -> ResponseReturnValue:
    content = made_now().data.files.get(name)
    if content is None:
        raise UnknownRecord("open data", name)
    kind = name.rpartition(".")[2]
    answer = Response(content, content_type=f"{TYPES[kind]}; charset=utf-8")
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def made_now() -> Made:
    """Return the open data, made anew after anything was changed and on each new day."""
    db, now = backend.database(), datetime.now(UTC)
    last = list_events(db, limit=1)
    key = (last[0].sequence if last else 0, now.date().isoformat())
    made: Made | None = current_app.extensions.get(KEPT)
    if made is None or made.key != key:
        made = Made(key, open_data(db, now=now))
        current_app.extensions[KEPT] = made
    return made
