"""Which report an address or a form means: a kept month, or other days and a part of history."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import Any

from flask import url_for
from flask_babel import format_date

from matcher.errors import UnknownRecord
from matcher.learning.history import Wanted
from matcher.reports.history.cut import Period
from matcher.store.report_snapshots import list_snapshots
from matcher.workflow.learning.history_demonstrations import is_synthetic
from matcher.workflow.learning.report_selection import (
    Found,
    Selection,
    find_report,
    month_of,
)
from web import backend
from web.administration.report.numbers import span_words
from web.forms import CONTROL, Field
from web.i18n import gettext as _
from web.i18n import language
from web.plain_fields import plain_field
from web.presenters import industry_label, label, region_label

SELECTED = "selected"
MARK = "-synthetic"
FILTERS = ("industry", "size", "region", "language", "origin", "model")
EARLIEST = date(2000, 1, 1)
LONGEST_DAYS = 1100
LONGEST_WISH = 100
Given = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Report:
    """A report that can be shown, and its address.

    Attributes
    ----------
    place : the part of the address: ``2026-10``, ``2026-10-synthetic`` or ``selected``
    given : what the query of the address says, for ``selected``
    """

    place: str
    given: Given
    selection: Selection
    found: Found

    @property
    def document(self) -> dict[str, Any]:
        return self.found.document

    @property
    def synthetic(self) -> bool:
        return bool(self.document["synthetic"])

    def url(self, endpoint: str = "show_report", **values: Any) -> str:
        """Return the address of this report or of a part of it."""
        query: dict[str, Any] = {**values, **self.given}
        return url_for(f"quality_reports.{endpoint}", place=self.place, **query)

    @property
    def file_name(self) -> str:
        """Return how its files are called: an invented one says so."""
        period = self.document["period"]
        parts = ["match-quality", period["from"], *self.document["filters"].values()]
        if self.synthetic:
            parts.insert(0, "synthetic")
        return "-".join("".join(c if c.isalnum() or c == "-" else "_" for c in p) for p in parts)


def month_place(starts_on: date, *, synthetic: bool) -> str:
    return f"{starts_on:%Y-%m}{MARK if synthetic else ''}"


def month_report(place: str) -> Report:
    """Return the kept report of a month; one that is not kept answers 404."""
    period = month_of(place.removesuffix(MARK))
    selection = Selection(period)
    found = find_report(backend.database(), selection, synthetic=place.endswith(MARK))
    if found is None or not found.is_kept:
        raise UnknownRecord("report", place)
    return Report(place, {}, selection, found)


def latest_place() -> str | None:
    """Return the latest kept month of what this database holds, real or invented."""
    db = backend.database()
    synthetic = is_synthetic(db)
    kept = (one for one in list_snapshots(db) if one.synthetic == synthetic)
    return next((month_place(one.starts_on, synthetic=synthetic) for one in kept
                 if Selection(Period(one.starts_on, one.ends_on)).is_month), None)  # fmt: skip


def month_words(day: date) -> str:
    return str(format_date(day, "y年M月" if language() == "zh" else "MMMM y"))


def period_words(selection: Selection) -> str:
    if Selection(selection.period).is_month:
        return month_words(selection.period.start)
    return span_words(str(selection.period.start), str(selection.period.end))


def choice_label(name: str, code: str) -> str:
    """Return the words for a value of a filter."""
    if name == "industry":
        return f"{code} {industry_label(code)}"
    if name == "region":
        return region_label(code)
    vocabulary = {"size": "org_size", "language": "language", "origin": "match_origin"}.get(name)
    return code if vocabulary is None else label(vocabulary, code)


def filter_label(name: str) -> str:
    words = {
        "industry": _("Industry of the need"),
        "size": _("Size of the enterprise"),
        "region": _("Region of the enterprise"),
        "language": _("Language of the need"),
        "origin": _("Where the pair came from"),
        "model": _("Model"),
    }
    return words[name]


def filter_words(given: Given) -> list[tuple[str, str]]:
    """Return what a report is limited to: name and value in words."""
    return [
        (filter_label(name), choice_label(name, given[name])) for name in FILTERS if given.get(name)
    ]


def options_of(document: Mapping[str, Any]) -> dict[str, list[str]]:
    """Return the values that each filter may have: what occurs in history."""
    choices = {name: [str(one) for one in document["choices"].get(name, [])] for name in FILTERS}
    sections = {code[:1] for code in choices["industry"]}
    choices["industry"] = sorted(sections | set(choices["industry"]))
    return choices


class SelectionForm:
    """The form of a selection: what was typed, what is wrong with it, and what it means."""

    def __init__(self, typed: Mapping[str, str], options: Mapping[str, list[str]], today: date):
        names = ("from", "last", *FILTERS)
        self.typed = {n: CONTROL.sub("", typed.get(n, "").strip())[:LONGEST_WISH] for n in names}
        self.options, self.today = options, today

    @cached_property
    def given(self) -> dict[str, str]:
        """What was typed, for an address: nothing that is empty."""
        return {name: value for name, value in self.typed.items() if value}

    @cached_property
    def errors(self) -> dict[str, str]:
        """What is wrong, by the name of the field."""
        found = {name: self._wrong_day(name) for name in ("from", "last")}
        found |= {name: self._wrong_choice(name) for name in FILTERS}
        wrong = {name: text for name, text in found.items() if text}
        if not wrong:
            first, last = self._days()
            if first > last:
                wrong["last"] = _("The last day %(last)s is before the first day %(first)s.",
                                  last=str(last), first=str(first))  # fmt: skip
            elif (last - first).days > LONGEST_DAYS:
                wrong["last"] = _("These are %(days)s days. Ask for %(most)s days at most.",
                                  days=(last - first).days + 1, most=LONGEST_DAYS)  # fmt: skip
        return wrong

    def _days(self) -> tuple[date, date]:
        return date.fromisoformat(self.typed["from"]), date.fromisoformat(self.typed["last"])

    def _wrong_day(self, name: str) -> str:
        text = self.typed[name]
        if not text:
            return _("Give a day, such as 2026-10-01.")
        try:
            day = date.fromisoformat(text)
        except ValueError:
            return _("“%(text)s” is no day. Write it as 2026-10-01.", text=text)
        if day < EARLIEST:
            return _("%(day)s is too early: begin with %(least)s or later.",
                     day=text, least=str(EARLIEST))  # fmt: skip
        if day > self.today:
            return _("%(day)s has not come yet: today is %(today)s.", day=text,
                     today=str(self.today))  # fmt: skip
        return ""

    def _wrong_choice(self, name: str) -> str:
        text = self.typed[name]
        if not text or text in self.options.get(name, []):
            return ""
        return _("“%(text)s” does not occur in what was shown. Choose from the list.", text=text)

    @cached_property
    def selection(self) -> Selection:
        """What is meant; only of a form without errors."""
        first, last = self._days()
        wanted = Wanted(**{name: self.typed[name] for name in FILTERS})
        return Selection(Period(first, last + timedelta(days=1)), wanted)

    @property
    def fields(self) -> list[Field]:
        """The fields for the macros of ``components/form.html``."""
        days = {"from": _("First day"), "last": _("Last day")}
        made = [
            plain_field(name, words, kind="day", value=self.typed[name], errors=self._told(name))
            for name, words in days.items()
        ]
        for name in FILTERS:
            choices = [(one, choice_label(name, one)) for one in self.options.get(name, [])]
            if self.typed[name] and self.typed[name] not in self.options.get(name, []):
                choices.append((self.typed[name], self.typed[name]))
            made.append(plain_field(
                name, filter_label(name), kind="code", value=self.typed[name],
                errors=self._told(name), options=choices, required=False,
            ))  # fmt: skip
        return made

    def _told(self, name: str) -> list[str]:
        return [self.errors[name]] if self.typed["from"] and name in self.errors else []


def given_of(selection: Selection) -> dict[str, str]:
    """Return the query that means a selection."""
    last = selection.period.end - timedelta(days=1)
    days = {"from": str(selection.period.start), "last": str(last)}
    return days | selection.wanted.as_json()


def selected_report(form: SelectionForm) -> Report | None:
    """Return the report that a form without errors means, where it was built."""
    found = find_report(backend.database(), form.selection)
    return None if found is None else Report(SELECTED, form.given, form.selection, found)


def known_options() -> dict[str, list[str]]:
    """Return the values of filters by the latest kept report; none where nothing is kept."""
    place = latest_place()
    return {} if place is None else options_of(month_report(place).document)
