"""The match-quality report for reviewers and administrators: months, selections, files, needs."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, Response, flash, redirect, render_template, request
from flask import url_for as address_of
from flask.typing import ResponseReturnValue

from matcher.errors import UnknownRecord
from matcher.identity import Role
from matcher.reports.history.figures import COLUMNS, rows_of
from matcher.store.jobs import read_job
from matcher.store.report_snapshots import list_snapshots
from matcher.store.synthetic_history import find_synthetic_history
from matcher.workflow.jobs import BUILD_REPORT, KEEP_REPORT, REPORT_KINDS, seems_stopped
from matcher.workflow.learning.report_selection import Selection
from web import access, backend, hx
from web.administration.report import building, needs, page, selection
from web.administration.report.numbers import shown, span_words
from web.administration.report.selection import SELECTED, Report, SelectionForm
from web.administration.report.words import block_title
from web.catalogue.paging import page_number
from web.i18n import gettext as _

blueprint = Blueprint("quality_reports", __name__)
READERS = access.requires(Role.REVIEWER, Role.ADMINISTRATOR)
ADMINISTRATORS = access.requires(Role.ADMINISTRATOR)
ALL = "all"
N_EARLIER = 7


@blueprint.get("/reports")
@READERS
def show_latest() -> ResponseReturnValue:
    place = selection.latest_place()
    if place is None:
        return render_template(
            "pages/quality_reports/none.html",
            due=building.due_months(),
            jobs=building.running(),
            has_invented_year=find_synthetic_history(backend.database()) is not None,
        )
    return report_page(selection.month_report(place))


@blueprint.get("/reports/months")
@READERS
def list_months() -> ResponseReturnValue:
    return render_template(
        "pages/quality_reports/list.html",
        kept=list_snapshots(backend.database()),
        due=building.due_months(),
        jobs=building.running(),
        selection=selection,
        has_invented_year=find_synthetic_history(backend.database()) is not None,
    )


@blueprint.post("/reports/months")
@ADMINISTRATORS
def keep_month() -> ResponseReturnValue:
    wanted = request.form.get("month", "")
    due = [one for one in building.due_months() if f"{one.start:%Y-%m}" == wanted]
    if not due:
        flash(_("There is nothing to keep for this month: it is kept, or it is not over."))
        return redirect(address_of("quality_reports.list_months"), code=303)
    return building.started(KEEP_REPORT, Selection(due[0]))


@blueprint.get("/reports/selected")
@READERS
def show_selected() -> ResponseReturnValue:
    form = asked(request.args)
    if form.errors:
        return render_template("pages/quality_reports/selected.html", form=form), 422
    report = selection.selected_report(form)
    if report is None:
        return render_template("pages/quality_reports/selected.html", form=form)
    return report_page(report)


@blueprint.post("/reports/selected")
@READERS
def build_selected() -> ResponseReturnValue:
    form = asked(request.form)
    if form.errors:
        return render_template("pages/quality_reports/selected.html", form=form), 422
    if request.form.get("again") != "1" and selection.selected_report(form) is not None:
        return redirect(address_of("quality_reports.show_selected", **url_values(form)), code=303)
    return building.started(BUILD_REPORT, form.selection)


@blueprint.get("/reports/jobs/<job_id>")
@READERS
def show_job(job_id: str) -> ResponseReturnValue:
    job = read_job(backend.database(), job_id)
    if job.kind not in REPORT_KINDS:
        raise UnknownRecord("job", job_id)
    name = "partials/_report_job.html" if hx.wants_fragment() else "pages/quality_reports/job.html"
    stopped = seems_stopped(job, datetime.now(UTC))
    return render_template(
        name, job=job, stopped=stopped, goal=building.goal_of(job), what=building.what_of(job)
    )


@blueprint.get("/reports/<place>")
@READERS
def show_report(place: str) -> ResponseReturnValue:
    try:
        return report_page(report_at(place))
    except UnknownRecord:
        invented = f"{place}{selection.MARK}"
        if place == SELECTED or place.endswith(selection.MARK):
            raise
        selection.month_report(invented)  # answers 404 where it is not kept either
        return redirect(address_of("quality_reports.show_report", place=invented), code=303)


@blueprint.get("/reports/<place>.json")
@READERS
def download_json(place: str) -> ResponseReturnValue:
    report = report_at(place)
    text = json.dumps(report.document, ensure_ascii=False, indent=1)
    return download(text, "application/json", f"{report.file_name}.json")


@blueprint.get("/reports/<place>/<block>.csv")
@READERS
def download_csv(place: str, block: str) -> ResponseReturnValue:
    report = report_at(place)
    blocks = report.document["blocks"]
    chosen = list(blocks) if block == ALL else [block]
    if not set(chosen) <= set(blocks):
        raise UnknownRecord("report block", block)
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS)
    writer.writeheader()
    for key in chosen:
        writer.writerows(rows_of(blocks[key]))
    return download("\ufeff" + text.getvalue(), "text/csv", f"{report.file_name}-{block}.csv")


@blueprint.get("/reports/<place>/<block>/needs/<int:number>")
@READERS
def show_needs(place: str, block: str, number: int) -> ResponseReturnValue:
    report = report_at(place)
    figures = report.document["blocks"].get(block, {}).get("figures", [])
    if number >= len(figures):
        raise UnknownRecord("figure", f"{block} {number}")
    wanted, today = page_number(request.args.get("page")), datetime.now(UTC).date()
    return render_template(
        "pages/quality_reports/needs.html",
        report=report,
        block=block,
        figure=shown(figures[number], number, block),
        behind=needs.page_of(figures[number], report.selection, wanted, today),
        came_to=needs.came_to_words,
        period=selection.period_words(report.selection),
        title_of=block_title,
    )


def report_at(place: str) -> Report:
    """Return the report of an address; one that is not there answers 404."""
    if place != SELECTED:
        return selection.month_report(place)
    form = asked(request.args)
    report = None if form.errors else selection.selected_report(form)
    if report is None:
        raise UnknownRecord("report", request.query_string.decode("ascii", "replace"))
    return report


def asked(typed: Mapping[str, str]) -> SelectionForm:
    return SelectionForm(typed, selection.known_options(), datetime.now(UTC).date())


def url_values(form: SelectionForm) -> dict[str, Any]:
    return dict(form.given)


def report_page(report: Report) -> str:
    given = report.given or selection.given_of(report.selection)
    return render_template(
        "pages/quality_reports/show.html",
        report=report,
        document=report.document,
        period=selection.period_words(report.selection),
        before=span_words(*report.document["previous_period"].values()),
        filters=selection.filter_words(report.document["filters"]),
        headline=page.headline_of(report.document),
        sections=page.sections_of(report.document),
        form=asked(given),
        kept=list_snapshots(backend.database(), limit=N_EARLIER),
        selection=selection,
        is_open=request.args.get("tables") == "1",
    )


def download(text: str, kind: str, name: str) -> Response:
    response = Response(text, content_type=f"{kind}; charset=utf-8")
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
