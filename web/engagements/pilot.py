"""The page of a pilot and its outcome: application, plan, measurements, ratings, publication."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from flask import g, render_template, request, url_for

from matcher.errors import InvalidRecord
from matcher.records.pilot import FollowUp, Outcome, PilotLine, Rating
from matcher.store.outcomes import follow_up_of, list_ratings, outcome_of
from matcher.store.pilots import list_applications, list_lines
from matcher.vocabulary import options
from matcher.workflow.engagements import states
from matcher.workflow.engagements.outcomes import TOLD_IN, ratings_for
from matcher.workflow.engagements.pilots import LinePlan, Measurement
from matcher.workflow.engagements.reading import offers_for
from web import backend, session
from web.engagements.page import News, Shown, shown_engagement
from web.forms import messages
from web.i18n import language

RATED = ("overall", "fit", "responsiveness", "competence")
PILOT_ACTIONS = (
    "apply_pilot", "withdraw_pilot", "accept_pilot", "refuse_pilot", "finish_pilot", "stop_pilot",
)  # fmt: skip
OUTCOME_FIELDS = ("result", "value_band", "starts_on", "ends_on", "note", "n_sites")
LONGEST_NUMBER = 20


@dataclass(slots=True)
class PilotNews:
    """What the page says of a form that was refused, with everything that was typed."""

    about: str = ""  # plan | results | outcome | rating | publish | follow_up
    problems: list[tuple[str, str]] = field(default_factory=list)  # anchor, words
    typed: Mapping[str, str] = field(default_factory=dict)
    chosen: tuple[str, ...] = ()

    def text(self, form: str, name: str, kept: object = "") -> str:
        """Return what was typed into a field of a form, or what is kept."""
        if form == self.about:
            return str(self.typed.get(name, ""))
        return "" if kept is None else str(kept)


def pilot_page(engagement_id: str, news: PilotNews | None = None) -> str:
    db, shown = backend.database(), shown_engagement(engagement_id)
    viewer, engagement = session.actor(), shown.engagement
    g.own_address = (url_for("pilots.show_pilot", engagement_id=engagement_id), [])
    applications = list_applications(db, engagement_id)
    offers = offers_for(db, engagement, viewer, datetime.now(UTC))
    return render_template(
        "pages/pilots/show.html",
        shown=shown,
        seen=shown.seen,
        engagement=engagement,
        news=news or PilotNews(),
        applications=applications,
        lines=lines_of(shown, applications[0].application_id) if applications else [],
        offers=[one for one in offers if one.action in PILOT_ACTIONS],
        catalogue=backend.catalogue(),
        **rights(shown),
        **outcome_context(shown),
    )


def rights(shown: Shown) -> dict[str, bool]:
    """Return which forms the page offers to this reader."""
    sides, state = set(shown.seen.sides), shown.engagement.state
    tests = bool(sides & {states.BASE, states.NEED})
    return {
        "may_plan": tests and state in (states.PILOT_APPLIED, states.IN_PILOT),
        "may_measure": tests and state == states.IN_PILOT,
        "may_tell": bool(sides - {states.BASE}) and state in TOLD_IN,
        "may_rate": bool(sides & set(states.PARTIES)),
        "may_follow_up": bool(sides & {states.NEED, states.BROKER}) and state == states.CONTRACTED,
    }


def lines_of(shown: Shown, application_id: str) -> list[PilotLine]:
    """Return the plan with its results, its texts as this reader may read them."""
    lines = list_lines(backend.database(), application_id)
    if not shown.seen.is_masked:
        return lines
    readable = {one["requirement_id"]: one for one in shown.seen.value("need", "requirements")}
    kept = [line for line in lines if line.requirement_id in readable]
    return [
        replace(
            line,
            text=readable[line.requirement_id].get("text", ""),
            text_en=readable[line.requirement_id].get("text_en", ""),
            metric=readable[line.requirement_id].get("metric", ""),
            method="",
            data="",
            note="",
        )
        for line in kept
    ]


def outcome_context(shown: Shown) -> dict[str, Any]:
    db, viewer, engagement = backend.database(), session.actor(), shown.engagement
    own = language()
    return {
        "outcome": outcome_of(db, engagement.engagement_id),
        "ratings": ratings_for(db, engagement, viewer),
        "n_ratings": len(list_ratings(db, engagement.engagement_id)),
        "rated_items": RATED,
        "follow_up": follow_up_of(db, engagement.engagement_id),
        "results": [one for one in options("outcome_result", own) if one[0] != "none_suitable"],
        "bands": options("value_band", own),
        "wishes": options("may_publish", own),
        "testers": options("pilot_tester", own),
        "later_states": options("follow_up_state", own),
        "decline_options": options("decline_reason", own),
        "step_news": News(),
    }


def typed_all() -> dict[str, str]:
    """Return all that was typed, cut where nobody would read on."""
    return {name: text[:1000] for name, text in request.form.items() if name != "csrf_token"}


def plans_of(lines: list[PilotLine]) -> list[LinePlan]:
    """Return how the lines that have no result yet are to be tested, as typed."""
    sent = request.form
    return [
        LinePlan(
            line.requirement_id,
            method=sent.get(f"method-{line.requirement_id}", ""),
            tester=sent.get(f"tester-{line.requirement_id}", ""),
            data=sent.get(f"data-{line.requirement_id}", ""),
        )
        for line in lines
        if not line.has_result
    ]


def measurements_of(lines: list[PilotLine]) -> list[Measurement]:
    """Return the results that were typed; raises InvalidRecord for what is no number."""
    found, errors = [], {}
    for line in lines:
        key = line.requirement_id
        number, met = (request.form.get(f"{name}-{key}", "").strip() for name in ("value", "met"))
        if not number and not met:
            continue
        try:
            value = number_of(number)
        except ValueError:
            errors[key] = [number]
            continue
        note = request.form.get(f"note-{key}", "")
        judged = {"yes": True, "no": False}.get(met)
        found.append(Measurement(key, value, judged, note))
    if errors:
        raise InvalidRecord("pilot_line", errors)
    return found


def number_of(text: str) -> float | None:
    """Return a measured value; raises ValueError for what is none."""
    if not text:
        return None
    value = float(text[:LONGEST_NUMBER].replace(",", "").rstrip("%"))
    if value != value or abs(value) > 1e15:
        raise ValueError(text)
    return value


def told_outcome(need_id: str) -> Outcome:
    """Return the outcome as typed; raises InvalidRecord for days and counts that are none."""
    sent = {name: request.form.get(name, "").strip() for name in OUTCOME_FIELDS}
    errors: dict[str, list[str]] = {}
    days: dict[str, date | None] = {}
    for name in ("starts_on", "ends_on"):
        try:
            days[name] = date.fromisoformat(sent[name]) if sent[name] else None
        except ValueError:
            errors[name] = [sent[name]]
    if sent["n_sites"] and not (sent["n_sites"].isdecimal() and len(sent["n_sites"]) < 6):
        errors["n_sites"] = [sent["n_sites"]]
    if errors:
        raise InvalidRecord("outcome", errors)
    return Outcome(
        outcome_id="",
        need_id=need_id,
        result=sent["result"],
        value_band=sent["value_band"],
        starts_on=days["starts_on"],
        ends_on=days["ends_on"],
        why_not=tuple(request.form.getlist("why_not"))[:10],
        note=sent["note"][:1000],
        n_sites=int(sent["n_sites"]) if sent["n_sites"] else None,
    )


def told_rating() -> Rating:
    sent = (request.form.get(name, "") for name in RATED)
    overall, fit, responsiveness, competence = (
        int(text) if text in {"1", "2", "3", "4", "5"} else 0 for text in sent
    )
    return Rating("", overall, fit, responsiveness, competence)


def told_follow_up(engagement_id: str) -> FollowUp:
    sites = request.form.get("n_sites", "").strip()
    return FollowUp(
        engagement_id,
        request.form.get("state", ""),
        n_sites=int(sites) if sites.isdecimal() and len(sites) < 6 else None,
        text=request.form.get("text", "").strip()[:1000],
    )


def problem_words(problems: Any) -> str:
    """Return the messages of one field; those of the page itself are texts already."""
    return " ".join(one if isinstance(one, str) else " ".join(messages([one])) for one in problems)
