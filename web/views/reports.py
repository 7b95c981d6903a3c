"""The administrator's report on the quality of the matches, as a page and as a table to keep."""

from __future__ import annotations

import csv
import io
from pathlib import Path

from flask import Blueprint, Response, abort, current_app, render_template
from flask.typing import ResponseReturnValue

from matcher.errors import ModelMissing, StoreError
from matcher.workflow.matching.serving import serving_id
from web import access, backend
from web.administration import quality
from web.administration.quality_csv import csv_rows
from web.administration.quality_refusals import refusal_rows
from web.administration.quality_shapes import shape_cards

blueprint = Blueprint("reports", __name__)


def serving_report() -> tuple[str | None, quality.Json | None]:
    """Return the serving model's id and its report, each only where there is one."""
    models = Path(current_app.config["MODELS"])
    try:
        model_id = serving_id(backend.database(), models)
    except (ModelMissing, StoreError):
        return None, None
    return model_id, quality.read_report(models, model_id)


@blueprint.get("/reports/quality")
@access.public
def show_quality() -> ResponseReturnValue:
    model_id, report = serving_report()
    if report is None:
        return render_template("pages/reports/none.html", model_id=model_id)
    return render_template(
        "pages/reports/quality.html",
        model_id=model_id,
        report=report,
        summary=quality.summary_rows(report),
        packs=list(quality.pack_tables(report)),
        cases=list(quality.case_tables(report)),
        training=list(quality.training_tables(report)),
        calibrations=quality.calibrations(report),
        refusals=refusal_rows(report),
        slices=quality.slice_rows(report),
        twins=list(quality.twin_tables(report)),
        properties=quality.property_rows(report),
        shapes=shape_cards(report),
    )


@blueprint.get("/reports/quality.csv")
@access.public
def download_quality() -> ResponseReturnValue:
    model_id, report = serving_report()
    if report is None:
        abort(404)
    text = io.StringIO()
    csv.writer(text).writerows(csv_rows(report))
    response = Response("\ufeff" + text.getvalue(), content_type="text/csv; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="quality-{model_id}.csv"'
    return response
