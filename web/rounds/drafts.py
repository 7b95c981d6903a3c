"""The form of a draft round: what was typed, what is wrong with it, what it makes."""

from __future__ import annotations

import json
import math
import secrets
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from matcher.allocation.inputs import MODES, Rules, canonical_json, rules_from
from matcher.store.rounds import Round
from matcher.workflow.rounds.scope import Scope, scope_of, scope_text
from web.forms import CONTROL
from web.i18n import gettext as _
from web.moments import CHINA
from web.plain_fields import plain_field

NAMES = (
    "title", "title_en", "opens_at", "closes_at", "period_from", "period_to", "mode",
    "small_bonus", "first_bonus", "must_bonus", "seed", "per_need", "least_probability",
    "text_zh", "text_en",
)  # fmt: skip
LONGEST = {"title": 100, "title_en": 150, "text_zh": 2000, "text_en": 2000}
LARGEST_BONUS, LARGEST_SEED, MOST_PER_NEED = 0.5, 2**31 - 1, 50
USUAL_TERM = timedelta(days=14)


@dataclass(slots=True)
class DraftForm:
    """What was typed and what is wrong with it."""

    typed: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)

    def rows(self) -> list[tuple[str, str, str]]:
        """Return anchor, label and message of everything that is wrong."""
        names = labels()
        return [(name, names[name], text) for name, text in self.errors.items()]


def labels() -> dict[str, str]:
    return {
        "title": _("Title"),
        "title_en": _("Title in English"),
        "opens_at": _("Statements from"),
        "closes_at": _("Statements until"),
        "period_from": _("Places from"),
        "period_to": _("Places until"),
        "mode": _("How places are allocated"),
        "small_bonus": _("Bonus for small and micro firms"),
        "first_bonus": _("Bonus for those who take part for the first time"),
        "must_bonus": _("Bonus for each side that says must"),
        "seed": _("Seed of the lottery"),
        "per_need": _("Providers looked at for each need"),
        "least_probability": _("Least probability of a match, per cent"),
        "text_zh": _("Further rules, in Chinese"),
        "text_en": _("Further rules, in English"),
    }


def new_typed(now: datetime) -> dict[str, str]:
    """Return what an empty form proposes."""
    start = now.astimezone(CHINA)
    rules, scope = Rules(), Scope()
    return {
        **dict.fromkeys(NAMES, ""),
        "opens_at": f"{start:%Y-%m-%dT%H:%M}",
        "closes_at": f"{start + USUAL_TERM:%Y-%m-%dT18:00}",
        "period_from": f"{start + USUAL_TERM:%Y-%m-%d}",
        "period_to": f"{start + 13 * USUAL_TERM:%Y-%m-%d}",
        "mode": rules.mode,
        "small_bonus": f"{rules.small_bonus:g}",
        "first_bonus": f"{rules.first_bonus:g}",
        "must_bonus": f"{rules.must_bonus:g}",
        "seed": str(secrets.randbelow(1_000_000)),
        "per_need": str(scope.per_need),
        "least_probability": f"{scope.least_probability * 100:g}",
    }


def typed_of(found: Round) -> dict[str, str]:
    """Return a draft as its form shows it."""
    rules, scope = rules_from(json.loads(found.rules)), scope_of(found)
    return {
        "title": found.title,
        "title_en": found.title_en,
        "opens_at": f"{found.opens_at.astimezone(CHINA):%Y-%m-%dT%H:%M}",
        "closes_at": f"{found.closes_at.astimezone(CHINA):%Y-%m-%dT%H:%M}",
        "period_from": scope.period_from,
        "period_to": scope.period_to,
        "mode": rules.mode,
        "small_bonus": f"{rules.small_bonus:g}",
        "first_bonus": f"{rules.first_bonus:g}",
        "must_bonus": f"{rules.must_bonus:g}",
        "seed": str(found.seed),
        "per_need": str(scope.per_need),
        "least_probability": f"{scope.least_probability * 100:g}",
        "text_zh": rules.text_zh,
        "text_en": rules.text_en,
    }


def read_draft(sent: Mapping[str, str], now: datetime) -> DraftForm:
    """Return a form as it was sent, with its values or with what is wrong."""
    typed = {
        name: CONTROL.sub("", sent.get(name, "")).strip()[: LONGEST.get(name, 40) + 1]
        for name in NAMES
    }
    form = DraftForm(typed)
    for name, read in READERS.items():
        try:
            form.values[name] = read(typed[name])
        except ValueError as error:
            form.errors[name] = str(error)
    _check_order(form, now)
    for name, most in LONGEST.items():
        if len(typed[name]) > most:
            form.errors[name] = _("At most %(most)s characters.", most=most)
    return form


def _check_order(form: DraftForm, now: datetime) -> None:
    values = form.values
    if {"opens_at", "closes_at"} <= set(values):
        if values["closes_at"] <= values["opens_at"]:
            form.errors["closes_at"] = _("This must be after the statements begin.")
        elif values["closes_at"] <= now:
            form.errors["closes_at"] = _("This time has passed.")
    start, end = values.get("period_from"), values.get("period_to")
    if start and end and end < start:
        form.errors["period_to"] = _("This must not be before the first day.")


def _title(text: str) -> str:
    if not text:
        raise ValueError(_("Give the round a title."))
    return text


def _moment(text: str) -> datetime:
    try:
        return datetime.fromisoformat(text).replace(tzinfo=CHINA).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise ValueError(_("Give a day and a time, such as 2027-03-01 18:00.")) from error


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise ValueError(_("Give a day, such as 2027-03-01.")) from error


def _mode(text: str) -> str:
    if text not in MODES:
        raise ValueError(_("Choose one of them."))
    return text


def _bonus(text: str) -> float:
    return _number(text, 0.0, LARGEST_BONUS)


def _share(text: str) -> float:
    return _number(text.rstrip("%"), 0.0, 100.0) / 100.0


def _number(text: str, least: float, most: float) -> float:
    told = _("Give a number from %(least)s to %(most)s.", least=f"{least:g}", most=f"{most:g}")
    try:
        value = float(text)
    except ValueError as error:
        raise ValueError(told) from error
    if not math.isfinite(value) or not least <= value <= most:
        raise ValueError(told)
    return value


def _whole(least: int, most: int) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not (text.isascii() and text.isdigit()) or not least <= int(text) <= most:
            told = _("Give a whole number from %(least)s to %(most)s.", least=least, most=most)
            raise ValueError(told)
        return int(text)

    return read


READERS: dict[str, Callable[[str], Any]] = {
    "title": _title,
    "opens_at": _moment,
    "closes_at": _moment,
    "period_from": _day,
    "period_to": _day,
    "mode": _mode,
    "small_bonus": _bonus,
    "first_bonus": _bonus,
    "must_bonus": _bonus,
    "seed": _whole(0, LARGEST_SEED),
    "per_need": _whole(1, MOST_PER_NEED),
    "least_probability": _share,
}


def rules_of(form: DraftForm) -> Rules:
    """Return the rules of a form without errors."""
    values, typed = form.values, form.typed
    return Rules(
        mode=values["mode"],
        small_bonus=values["small_bonus"],
        first_bonus=values["first_bonus"],
        must_bonus=values["must_bonus"],
        text_zh=typed["text_zh"],
        text_en=typed["text_en"],
    )


def scope_with(form: DraftForm, scope: Scope) -> Scope:
    """Return a scope with what a form without errors says of it."""
    values = form.values
    return replace(
        scope,
        period_from=values["period_from"],
        period_to=values["period_to"],
        per_need=values["per_need"],
        least_probability=values["least_probability"],
    )


def new_round(form: DraftForm) -> Round:
    """Return the round that a form without errors drafts."""
    values = form.values
    return Round(
        round_id="",
        title=values["title"],
        title_en=form.typed["title_en"],
        state="draft",
        rules="{}",
        scope=scope_text(scope_with(form, Scope())),
        seed=values["seed"],
        opens_at=values["opens_at"],
        closes_at=values["closes_at"],
    )


def changes_of(form: DraftForm, found: Round) -> dict[str, Any]:
    """Return what a form without errors changes of a draft."""
    values = form.values
    return {
        "title": values["title"],
        "title_en": form.typed["title_en"],
        "opens_at": values["opens_at"],
        "closes_at": values["closes_at"],
        "seed": values["seed"],
        "rules": canonical_json(asdict(rules_of(form))),
        "scope": scope_text(scope_with(form, scope_of(found))),
    }


def fields_of(form: DraftForm) -> dict[str, Any]:
    """Return the fields of the form for the macros of ``components/form.html``."""
    kinds = {
        "opens_at": "moment", "closes_at": "moment", "period_from": "day", "period_to": "day",
        "small_bonus": "number", "first_bonus": "number", "must_bonus": "number", "seed": "whole",
        "per_need": "whole", "least_probability": "number", "text_zh": "lines", "text_en": "lines",
    }  # fmt: skip
    optional = {"title_en", "period_from", "period_to", "text_zh", "text_en"}
    names = labels()
    return {
        name: plain_field(
            name,
            names[name],
            kind=kinds.get(name, "text"),
            value=form.typed[name],
            hint=hints().get(name, ""),
            errors=[form.errors[name]] if name in form.errors else (),
            required=name not in optional,
        )
        for name in NAMES
        if name != "mode"
    }


def hints() -> dict[str, str]:
    bonus = _("Added to the expected success of a placement, which lies between 0 and 1.")
    return {
        "closes_at": _("China time. From then on nothing is taken any more."),
        "period_from": _("Only periods of bases that overlap with these days can be chosen."),
        "small_bonus": bonus,
        "first_bonus": bonus,
        "must_bonus": bonus,
        "seed": _("Breaks ties. The same inputs and seed give the same result, years later."),
        "per_need": _("The likeliest that pass every hard check."),
        "least_probability": _("Less likely pairs are not placed together."),
        "text_zh": _("Whatever else holds, such as who may apply; published with the rest."),
    }
