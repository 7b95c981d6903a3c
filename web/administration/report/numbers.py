"""One figure of the report as people read it; the number itself stays beside its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask_babel import format_decimal, format_number

from matcher.reports.history.measures import measure_of
from web.administration.report.words import counted_words, group_words, method_words, system_words
from web.i18n import gettext as _
from web.i18n import language
from web.presenters import percent

Json = Mapping[str, Any]
MINUS, DASH = "\u2212", "\u2013"
SIGNED = ("gain_", "broker_gain", "skew@5", "calibration_intercept")
WHOLE = 1e-9
SMALLEST_P = 0.001


@dataclass(frozen=True, slots=True)
class Shown:
    """A figure with its words; ``raw`` is the record of the report, with the numbers as they are.

    Attributes
    ----------
    place : the place of the figure in its block, from 0: the address of the needs behind it
    part : what it is split by and which part it is, in words; empty for the whole
    why_not : why there is no number, where there is none
    """

    raw: Json
    place: int
    measure: str
    plain: str
    system: str
    part: str
    value: str
    interval: str
    n: str
    previous: str
    days: str
    method: str
    why_not: str

    @property
    def is_enough(self) -> bool:
        return bool(self.value)

    @property
    def alert(self) -> str:
        return str(self.raw["alert"])

    @property
    def n_needs(self) -> int:
        return int(self.raw["n_needs"])

    @property
    def needs_words(self) -> str:
        return counted_words(self.n_needs, "needs")

    @property
    def name(self) -> str:
        """What tells the figure from the others of its block, in words."""
        return " · ".join(filter(None, (self.measure, self.system, self.part)))


def shown(raw: Json, place: int, block: str) -> Shown:
    """Return a figure of a block with its words."""
    measure = measure_of(raw["key"])
    own = language()
    unit = unit_of(raw, block)
    value = raw["value"]
    return Shown(
        raw=raw,
        place=place,
        measure=str(getattr(measure, own)),
        plain=str(getattr(measure, f"plain_{own}")),
        system=system_words(raw["system"]),
        part=group_words(raw),
        value="" if value is None else written(value, unit, raw["key"]),
        interval=interval_words(raw, unit),
        n=counted_words(raw["n"], raw["n_of"]),
        previous=previous_words(raw, unit),
        days=days_words(raw),
        method=method_words(raw["method"]),
        why_not=why_not(raw) if value is None else "",
    )


def unit_of(raw: Json, block: str) -> str:
    """Return the unit of a figure; completeness is a share of lists and points of records."""
    unit = measure_of(raw["key"]).unit
    return "share" if unit == "points" and block == "drift" else unit


def written(value: float, unit: str, key: str = "") -> str:
    """Return a number in its unit, with a true minus and, for differences, its sign."""
    is_signed = key.startswith(SIGNED)
    if unit == "share" and not is_signed:
        return percent(value, 1)
    if unit == "share":
        return _("%(number)s points", number=_signed(f"{value * 100:+.1f}"))
    if unit == "p":
        return "< 0.001" if value < SMALLEST_P else f"{value:.3f}"
    if unit == "days":
        return _("%(number)s days", number=str(format_decimal(value, "0.0")))
    if unit == "count":
        is_whole = abs(value - round(value)) < WHOLE
        return str(format_number(round(value)) if is_whole else format_decimal(value, "#,##0.0"))
    if unit == "points":
        return f"{value:.1f}"
    digits = 2 if unit == "ratio" else 3
    return _signed(f"{value:{'+' if is_signed else ''}.{digits}f}")


def _signed(text: str) -> str:
    return text.replace("-", MINUS)


def bare(value: float, unit: str, key: str = "") -> str:
    """Return a number without the word of its unit, for the ends of an interval."""
    if unit == "days":
        return str(format_decimal(value, "0.0"))
    if unit == "share" and key.startswith(SIGNED):
        return _signed(f"{value * 100:+.1f}")
    return written(value, unit, key)


def interval_words(raw: Json, unit: str) -> str:
    """Return the 95 % interval, or nothing where there is none; it may be open upwards."""
    low, high, key = raw["low"], raw["high"], raw["key"]
    if raw["value"] is None or low is None:
        return ""
    if high is None:
        return _("from %(low)s, no upper end yet", low=bare(low, unit, key))
    room = " " if low < 0 or key.startswith(SIGNED) else ""
    first, last = bare(low, unit, key), bare(high, unit, key)
    if last.endswith("%") and first[0].isdigit():  # one sign for both ends
        first = first.removesuffix("%")
    return f"{first}{room}{DASH}{room}{last}"


def on_axis(value: float, unit: str, key: str = "") -> str:
    """Return a number as an axis has it: without digits that say nothing."""
    text = bare(value, unit, key)
    if unit in {"score", "ratio", "points", "days", "p"} and "." in text:
        return text.rstrip("0").rstrip(".")
    return text.replace(".0%", "%")


def previous_words(raw: Json, unit: str) -> str:
    """Return the value of the period before, or why there is none."""
    if raw["previous"] is not None:
        return written(raw["previous"], unit, raw["key"])
    if raw["n_previous"] is None:
        return ""
    was_enough = raw["key"].startswith("days_to_") and raw["n_previous"] >= raw["needed"] > 0
    return _("not reached yet") if was_enough else _("not enough data")


def why_not(raw: Json) -> str:
    """Return in words why a figure has no number."""
    if "not_reached" in raw["facts"]:
        if raw["low"] is None:
            return _("not reached yet: too many still wait")
        unit = unit_of(raw, "")
        return _("not reached yet, later than %(time)s: too many still wait",
                 time=written(raw["low"], unit, raw["key"]))  # fmt: skip
    if raw["needed"] and raw["n"] < raw["needed"]:
        return _("not enough data: %(n)s of %(needed)s", n=raw["n"], needed=raw["needed"])
    return _("not enough data")


def days_words(raw: Json) -> str:
    """Return the days that a figure is about, the last one included."""
    if not raw["start"]:
        return ""
    return span_words(raw["start"], raw["end"])


def span_words(start: str, end: str) -> str:
    """Return days from a first one to the one before an end, as they are written in reports."""
    last = date.fromisoformat(end) - timedelta(days=1)
    return f"{start} {DASH} {last.isoformat()}"
