"""From records to what a template prints: words for codes, numbers, the right language."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from flask import Flask, request, url_for
from flask_babel import format_decimal, format_number, format_percent
from flask_wtf.csrf import generate_csrf
from markupsafe import Markup, escape

from matcher import vocabulary
from matcher.errors import UnknownRecord
from web.charts import waterfall
from web.i18n import HTML_LANG, language
from web.i18n import gettext as _

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
WAN = 10_000
SMALLEST_POINT_BITS = 0.1
# Entry of the main navigation → the other views that belong to it.
NAVIGATION = {
    "needs.new_need": {"needs.describe_need", "matches.show_matches"},
    "search.search_everything": {"search.show_places"},
    "needs.list_needs": {"needs.show_need"},
    "catalogue.list_scenarios": {"catalogue.show_scenario"},
    "catalogue.list_providers": {
        "catalogue.show_provider",
        "catalogue.list_capabilities",
        "capabilities.show_capability",
    },
    "catalogue.list_bases": {"catalogue.show_base", "catalogue.list_services"},
    "catalogue.list_cases": {"catalogue.show_case"},
    "capabilities.new_capability": {"capabilities.create_capability"},
}


def is_chinese(text: str) -> bool:
    return HAN.search(text) is not None


def text_of(record: Any, name: str) -> str:
    """Return a field in the page's language, or in the language that it has."""
    own: str = getattr(record, name)
    english: str = getattr(record, f"{name}_en", "")
    return english or own if language() == "en" else own or english


def in_language(text: str) -> Markup:
    """Escape a text, naming its language where that is not the page's."""
    if is_own_language(text):
        return escape(text)
    code = "zh" if is_chinese(text) else "en"
    return Markup('<span lang="{}">{}</span>').format(HTML_LANG[code], text)


def is_own_language(text: str) -> bool:
    """Whether a text is in the language of the page; one without letters is in every language."""
    return not re.search(r"[^\W\d_]", text) or is_chinese(text) == (language() == "zh")


def localized(record: Any, name: str) -> Markup:
    return in_language(text_of(record, name))


def label(name: str, code: str) -> str:
    """Return the words for a code; a code that the vocabulary lacks is shown as it is."""
    try:
        return vocabulary.label(name, code, language())
    except UnknownRecord:
        return code


def labels(name: str, codes: Iterable[str]) -> list[str]:
    return [label(name, code) for code in codes]


def industry_label(code: str) -> str:
    try:
        return vocabulary.industry_label(code, language())
    except UnknownRecord:
        return code


def region_label(code: str) -> str:
    try:
        return vocabulary.region_label(code, language())
    except UnknownRecord:
        return code


def place_of(record: Any) -> str:
    """Return where something is, from its code or, failing that, from the name of the city."""
    code = record.region or next(
        filter(None, map(vocabulary.adcode_of, filter(None, (record.city, record.province)))), ""
    )
    return region_label(code) if code else record.city or record.province


def money_range(low: int | None, high: int | None) -> str:
    """Format yuan as people write it: 万元 in Chinese, thousands with CNY in English."""
    if low is None and high is None:
        return _("not published")
    if low is not None and high is not None and low != high:
        return _("%(low)s to %(high)s", low=money(low), high=money(high))
    if low is not None and high is not None:
        return money(low)
    return (
        _("from %(low)s", low=money(low))
        if low is not None
        else _("up to %(high)s", high=money(high))
    )


def money(amount: int | None) -> str:
    if amount is None:
        return _("not published")
    if language() == "zh":
        return f"{format_decimal(amount / WAN, '#,##0.##')} 万元"
    return f"CNY {format_number(amount)}"


def percent(share: float, digits: int = 0) -> str:
    """Format a share; what would round to 0 or 1 without being it says so."""
    step = 10 ** -(digits + 2)
    pattern = "0%" if not digits else "0." + "0" * digits + "%"
    if 0 < share < step / 2:
        return f"<{format_percent(step, pattern)}"
    if 1 - step / 2 < share < 1:
        return f">{format_percent(1 - step, pattern)}"
    return str(format_percent(share, pattern))


def bits(value: float) -> str:
    """Format log2 odds with their sign, a true minus and two digits."""
    return f"{value:+.2f}".replace("-", "−")


def one_in(probability: float) -> str:
    """Say a probability as a frequency, which people read better than a share."""
    if probability >= 0.995:
        return _("among those listed today, more than 99 in 100")
    count = round(probability * 100)
    if count < 1:
        return _("among those listed today, fewer than 1 in 100")
    return _("among those listed today, about %(count)s in 100", count=count)


def said(record: Any, name: str) -> str:
    """Return a sentence that the matcher wrote in both languages."""
    return str(getattr(record, f"{name}_{language()}"))


def asked_line(need: Any, line: Any) -> Markup:
    """Return a requirement in the page's language where the need has it, else as it was asked."""
    asked = (one for one in need.requirements if one.requirement_id == line.requirement_id)
    requirement = next(asked, None)
    return in_language(line.text) if requirement is None else localized(requirement, "text")


def top_reasons(match: Any, limit: int = 3) -> list[Any]:
    """Return what adds most, learned terms before declared priors.

    As with ``weak_points``, what has no value is no reason for this candidate.
    """
    adding = [one for one in match.contributions if one.bits > 0 and one.value is not None]
    return sorted(adding, key=lambda term: (term.is_prior, -term.bits))[:limit]


def weak_points(match: Any, limit: int = 2) -> list[Any]:
    """Return what takes most away from this candidate.

    Terms without a value, such as competition and calibration, are the same story for everybody
    and stand in the whole sum; what is worth less than a tenth of a bit is not worth a line.
    """
    taking = [
        term
        for term in match.contributions
        if term.bits < -SMALLEST_POINT_BITS and term.value is not None and not term.is_prior
    ]
    return sorted(taking, key=lambda term: term.bits)[:limit]


def check_status(status: str) -> str:
    words = {"passed": _("passed"), "failed": _("failed"), "unknown": _("not known")}
    return words.get(status, status)


@cache
def _digest(path: Path, modified_ns: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()[:10]


def asset_url(name: str) -> str:
    """Return the address of a static file, changing whenever the file does."""
    path = Path(__file__).resolve().parent / "static" / name
    return url_for("static", filename=name, v=_digest(path, path.stat().st_mtime_ns))


def has_htmx() -> bool:
    return (Path(__file__).resolve().parent / "static" / "vendor" / "htmx.min.js").is_file()


def navigation() -> list[dict[str, Any]]:
    words = (
        _("Describe a need"),
        _("Search"),
        _("Open needs"),
        _("Scenarios"),
        _("Providers"),
        _("Pilot bases"),
        _("Cases"),
        _("Register a capability"),
    )
    return [
        {
            "label": word,
            "url": url_for(endpoint),
            "is_current": request.endpoint in {endpoint, *others},
            "is_page": request.endpoint == endpoint,
        }
        for word, (endpoint, others) in zip(words, NAVIGATION.items(), strict=True)
    ]


def csrf_field() -> Markup:
    return Markup('<input type="hidden" name="csrf_token" value="{}">').format(generate_csrf())


def init_app(app: Flask) -> None:
    for function in (
        asked_line,
        asset_url,
        bits,
        csrf_field,
        has_htmx,
        in_language,
        industry_label,
        is_own_language,
        label,
        labels,
        localized,
        money,
        money_range,
        navigation,
        one_in,
        percent,
        place_of,
        region_label,
        said,
        text_of,
        top_reasons,
        weak_points,
        check_status,
    ):
        app.jinja_env.globals[function.__name__] = function
    app.jinja_env.globals["waterfall_bars"] = waterfall
    app.jinja_env.filters["said"] = said
